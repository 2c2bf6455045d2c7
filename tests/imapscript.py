"""An IMAP server that says what a test wants: late, broken, too much, or nothing."""

import asyncio
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TypeAlias

import pytest

from outreach.mailbox.imap import Batch, Cursor, Fetched, Inbox, InboxError
from outreach.model import Mailbox
from tests.smtpd import on

HANG_UP = b"\0hang up"
SILENCE = b""
PAUSE = b"\0pause"  # between two pieces that must not arrive together

Script: TypeAlias = bytes | list[bytes]
"""What is answered each time, or one after the other, the last one again and again. $ is the command's tag."""


SECRET = "Tr0ub4dor-3"
START = datetime(2026, 11, 20, tzinfo=UTC)
THE_MAIL = Fetched("INBOX", 9, b"A: b\n", 5, datetime(2026, 11, 20, 12, tzinfo=UTC))  # is MAIL
TAG = re.compile(r"[A-P]{4}[0-9]+")  # imaplib's

OPENED = b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 10] ok\r\n$ OK [READ-ONLY] ok\r\n"
HEAD = b'UID 9 RFC822.SIZE 5 INTERNALDATE "20-Nov-2026 12:00:00 +0000"'
MAIL = b"* 1 FETCH (%b BODY[]<0> {5}\r\nA: b\n)\r\n" % HEAD
DONE = b"$ OK ok\r\n"


class Scripted:
    """A server on a free loopback port: `async with Scripted({"EXAMINE": ...}) as server`.

    Answers are found by the command without its tag: the longest beginning that the table knows. "hello" is the
    greeting, "+" what follows the line after a continuation.
    """

    answers: Mapping[str, Script] = {
        "hello": b"* OK scripted\r\n",
        "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE\r\n$ OK ok\r\n",
        "AUTHENTICATE": b"+ \r\n",
        "+": b"$ OK welcome\r\n",
        "LOGIN": b"$ OK welcome\r\n",
        "LIST": b'* LIST () "/" INBOX\r\n* LIST (\\Sent) "/" Sent\r\n$ OK ok\r\n',
        "EXAMINE": OPENED,
        "UID SEARCH": b"* SEARCH 9\r\n$ OK ok\r\n",
        "UID FETCH": MAIL + DONE,
        "IDLE": b"+ idling\r\n* 3 EXISTS\r\n",
        "DONE": b"$ OK ok\r\n",
        "APPEND": b"+ go on\r\n",
        "LOGOUT": b"* BYE\r\n$ OK ok\r\n",
    }

    def __init__(
        self, answers: Mapping[str, Script] | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        table = {**type(self).answers, **(answers or {})}
        self.left = {verb: [said] if isinstance(said, bytes) else list(said) for verb, said in table.items()}
        self.heard: list[str] = []
        self.tls = tls
        self.idling = asyncio.Event()
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        tag = b"*"
        try:
            goes_on = await self._say(writer, "hello", tag)
            while goes_on and (line := await reader.readline()):
                first, _, rest = line.decode("latin-1").strip().partition(" ")
                command = rest if rest and TAG.fullmatch(first) else "DONE" if first == "DONE" else "+"
                tag = first.encode() if command not in ("DONE", "+") else tag
                self.heard.append(f"{first} {rest}".strip() if command == "+" else command)
                goes_on = await self._say(writer, command, tag)
        except (OSError, asyncio.CancelledError):
            pass  # the client went first, or the test is over
        finally:
            writer.transport.abort()

    async def _say(self, writer: asyncio.StreamWriter, command: str, tag: bytes) -> bool:
        verb = max((verb for verb in self.left if command.startswith(verb)), key=len, default="")
        says = self.left.get(verb, [b"$ BAD what?\r\n"])
        answer = says.pop(0) if len(says) > 1 else says[0]
        said, hang_up, _ = answer.partition(HANG_UP)
        for piece in said.replace(b"$", tag).split(PAUSE):
            writer.write(piece)
            await writer.drain()
            if PAUSE in said:
                await asyncio.sleep(0.05)
        if command == "IDLE":
            self.idling.set()
        return not hang_up


def inbox(server: Scripted, timeouts: dict[str, float] | None = None, secret: str = SECRET) -> Inbox:
    """A scripted server's mailbox."""
    box = Mailbox("ann@northwind.example", "Ann Lee", imap=f"imap://ann@127.0.0.1:{server.port}")
    return Inbox(box, secret, timeouts=timeouts)


def read(answers: dict[str, Script], cursor: Cursor | None = None) -> Batch:
    """The first batch of a scripted server."""

    async def scene(server: Scripted) -> Batch:
        async with inbox(server) as ours:
            return await ours.read("INBOX", cursor, START)

    return on(Scripted(answers), scene)


def refused(answers: dict[str, Script], timeouts: dict[str, float] | None = None) -> InboxError:
    """The error that reading a scripted server comes to."""

    async def scene(server: Scripted) -> InboxError:
        with pytest.raises(InboxError) as caught:
            async with inbox(server, timeouts) as ours:
                await ours.read("INBOX", None, START)
        return caught.value

    return on(Scripted(answers), scene)
