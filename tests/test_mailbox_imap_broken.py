"""IMAP servers that are broken, hostile or away: bounded time and memory, one clear error, and then on."""

import asyncio
import socket
import time
from contextlib import suppress

import pytest

from outreach.mailbox.imap import Cursor, Inbox, InboxError
from outreach.mailbox.imapline import MOST_ANSWER
from outreach.model import Mailbox
from tests.imapscript import (
    DONE,
    HANG_UP,
    MAIL,
    OPENED,
    PAUSE,
    SECRET,
    SILENCE,
    START,
    THE_MAIL,
    Scripted,
    inbox,
    refused,
)
from tests.smtpd import on

QUICK = dict.fromkeys(("connect", "auth", "command", "fetch", "append", "logout"), 0.3)


def test_nothing_but_reading_is_asked_for() -> None:
    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            batch = await ours.read("INBOX", None, START)
            assert batch.mails == (THE_MAIL,)
        assert [line for line in server.heard if "AUTH" not in line and "CAPABILITY" not in line][1:] == [
            'EXAMINE "INBOX"',
            "UID SEARCH SINCE 19-Nov-2026",
            "UID FETCH 9 (UID RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.1048576>)",
            "LOGOUT",
        ]

    on(Scripted(), scene)


# Lost


@pytest.mark.parametrize("verb", ["hello", "CAPABILITY", "AUTHENTICATE", "+", "EXAMINE", "UID SEARCH"])
@pytest.mark.parametrize("way", [HANG_UP, b"* BYE too old\r\n" + HANG_UP, b"* 1 EXI" + HANG_UP])
def test_a_connection_lost_anywhere_is_one_error_and_the_next_call_goes_on(verb: str, way: bytes) -> None:
    usual = Scripted.answers[verb]
    assert isinstance(usual, bytes)

    async def scene(server: Scripted) -> None:
        ours = inbox(server)
        with pytest.raises(InboxError, match=f"127.0.0.1:{server.port}: ") as lost:
            await ours.read("INBOX", None, START)
        assert not lost.value.auth
        assert lost.value.hint
        async with ours:
            assert (await ours.read("INBOX", None, START)).mails == (THE_MAIL,)

    on(Scripted({verb: [way, usual, usual, usual]}), scene)


@pytest.mark.parametrize("kept", range(0, len(MAIL), 9))
def test_a_connection_lost_within_a_mail_loses_no_mail(kept: int) -> None:
    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            with pytest.raises(InboxError):
                await ours.read("INBOX", None, START)
            assert (await ours.read("INBOX", None, START)).mails == (THE_MAIL,)

    on(Scripted({"UID FETCH": [MAIL[:kept] + HANG_UP, MAIL + DONE]}), scene)


def test_nobody_listening_is_one_error_too() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def scene() -> None:
        with pytest.raises(InboxError, match=f"127.0.0.1:{port}: Connection refused"):
            await Inbox(Mailbox("a@b.example", "A", imap=f"imap://127.0.0.1:{port}"), SECRET).folders()

    asyncio.run(scene())


@pytest.mark.parametrize("verb", ["hello", "CAPABILITY", "+", "EXAMINE", "UID FETCH"])
def test_a_silent_server_is_not_waited_for_for_ever(verb: str) -> None:
    begun = time.monotonic()
    error = refused({verb: SILENCE}, QUICK)
    assert "timed out" in error.message
    assert time.monotonic() - begun < 5


def test_a_reading_that_is_given_up_ends_at_once_and_the_next_one_goes_on() -> None:
    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            begun = time.monotonic()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await ours.read("INBOX", None, START)
            server.left.update(Scripted().left)
            assert (await ours.read("INBOX", None, START)).mails == (THE_MAIL,)
            assert time.monotonic() - begun < 5

    on(Scripted({"UID FETCH": MAIL[:50]}), scene)


@pytest.mark.parametrize(
    ("scheme", "verb"),
    [("imaps", "hello"), ("imap", "hello"), ("imap", "+")],
    ids=["TLS", "greeting", "login"],
)
def test_a_connection_that_is_being_made_is_given_up_at_once(scheme: str, verb: str) -> None:
    """The thread that makes it is free for the next call, and does not keep a process from its end."""

    async def scene(server: Scripted) -> None:
        url = f"{scheme}://ann@127.0.0.1:{server.port}"
        ours = Inbox(Mailbox("ann@northwind.example", "Ann Lee", imap=url), SECRET)
        begun = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await ours.folders()
        server.left["hello"] = [HANG_UP]
        with pytest.raises(InboxError):
            await ours.folders()
        assert time.monotonic() - begun < 5

    on(Scripted({"+": SILENCE, verb: SILENCE}), scene)


# Too much, or something else


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"* 1 FETCH (UID 9 BODY[]<0> {99999999999}\r\n", "announces 99999999999 bytes"),
        (b"* 1 FETCH (UID 9 BODY[]<0> " + b"x" * (MOST_ANSWER + 1), "more than 24 MB"),
        (b"* OK still here\r\n" * (MOST_ANSWER // 15), "more than 24 MB"),
        (b"* 1 FETCH (UID 9)\r\n" * (MOST_ANSWER // 15), "more than 24 MB"),
        (b"a99 OK done\r\n", "unexpected response"),
        (b"\0\xff\r\n", "unexpected response"),
        (b"* BYE \xff too old\r\n", "ended the connection: \ufffd too old"),
    ],
    ids=["announced", "one line", "many lines", "many answers", "a foreign tag", "no IMAP", "goodbye"],
)
def test_an_answer_out_of_bounds_ends_the_conversation(answer: bytes, why: str) -> None:
    assert why in refused({"UID FETCH": answer}, {"fetch": 60}).message


@pytest.mark.parametrize("piece", [b"* OK still here\r\n", b"x"], ids=["line by line", "byte by byte"])
def test_a_server_that_drips_does_not_hold_us_for_ever(piece: bytes) -> None:
    begun = time.monotonic()
    error = refused({"UID FETCH": PAUSE.join([piece] * 100)}, QUICK)
    assert "timed out" in error.message
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize(
    "line",
    [b"(" * 100_000, b'"' * 100_001, b'("\\' * 50_000, b") NIL (a) \xff", b"{9", b"[" * 200_000, b"(" * 990],
    ids=["lists", "quotes", "escapes", "loose ends", "half a literal", "codes", "a deep list"],
)
@pytest.mark.parametrize(
    ("verb", "start"),
    [
        ("LIST", b"* LIST "),
        ("EXAMINE", b"* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT "),
        ("UID SEARCH", b"* SEARCH "),
        ("UID FETCH", b"* 1 FETCH "),
    ],
)
def test_whatever_a_server_says_ends_in_bounded_time_and_reading_goes_on(
    verb: str, start: bytes, line: bytes
) -> None:
    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            begun = time.monotonic()
            with suppress(InboxError):
                await ours.folders()
                await ours.read("INBOX", Cursor("INBOX", 7, 8), START)
            assert time.monotonic() - begun < 2
            server.left.update(Scripted().left)
            assert (await ours.read("INBOX", Cursor("INBOX", 7, 8), START)).mails == (THE_MAIL,)

    on(Scripted({verb: start + line + b"\r\n" + DONE}), scene)


# IDLE, which is only a hint


@pytest.mark.parametrize(
    "answer",
    [
        b"$ NO not today\r\n",
        b"$ OK what?\r\n",
        b"+ idling\r\n* BYE\r\n" + HANG_UP,
        b"+ idling\r\n$ OK enough\r\n",
        b"+ idling\r\n\0\0\r\n",
        b"+ idling\r\n* 3" + (PAUSE * 12 + b"x" * (10 << 20)) * 3,
    ],
    ids=["refused", "no answer", "goodbye", "ended", "no IMAP", "a line without end"],
)
def test_trouble_while_waiting_means_look_again_but_not_in_circles(answer: bytes) -> None:
    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            begun = time.monotonic()
            await ours.wait(30)
            assert time.monotonic() - begun < 5
            await ours.wait(0.01)
            assert server.heard.count("IDLE") == 1
            assert (await ours.read("INBOX", None, START)).mails == (THE_MAIL,)

    on(Scripted({"IDLE": answer}), scene)


@pytest.mark.parametrize(
    ("said", "wakes"),
    [
        (b"* OK Still he" + PAUSE + b"re\r\n* 3 EX" + PAUSE + b"ISTS\r\n", True),
        (b"* 3 EXISTS\r\n* 1 RECENT\r\n", True),
        (b"* 1 EXPUNGE\r\n" + PAUSE + b"* 2 EXISTS\r\n", True),
        (b"* 1 EXISTS\r\n" + PAUSE + b"* 2 EXISTS\r\n", True),
        (b"* 2 EXISTS\r\n* 0 RECENT\r\n" + PAUSE + b"* 2 EXISTS\r\n", False),
        (b"* 1 EXPUNGE\r\n* 1 EXISTS\r\n", False),
        (b"* OK Still here\r\n" + PAUSE + b"* 2 FETCH (FLAGS (\\Seen))\r\n", False),
    ],
    ids=["in pieces", "at once", "one went, one came", "fewer, then one more", "the same", "fewer", "other"],
)
def test_news_wake_however_they_come_and_a_sign_of_life_does_not(said: bytes, wakes: bool) -> None:
    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            begun = time.monotonic()
            await ours.wait(30 if wakes else 0.4)
            assert time.monotonic() - begun < 5
            assert wakes or time.monotonic() - begun >= 0.4
            assert server.heard[-1] == "DONE"
            assert (await ours.read("INBOX", None, START)).mails == (THE_MAIL,)

    on(Scripted({"IDLE": b"+ idling\r\n" + said}), scene)


@pytest.mark.parametrize(
    ("was", "now", "wakes"),
    [
        (b"UIDNEXT 10", b"UIDNEXT 11", True),
        (b"UIDVALIDITY 7", b"UIDVALIDITY 8", True),
        (b"2 EXISTS", b"3 EXISTS", True),
        (b"2 EXISTS", b"1 EXISTS", False),
    ],
)
def test_what_came_between_reading_and_waiting_wakes_and_what_was_deleted_does_not(
    was: bytes, now: bytes, wakes: bool
) -> None:
    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            await ours.read("INBOX", None, START)
            begun = time.monotonic()
            await ours.wait(30 if wakes else 0.3)
            assert time.monotonic() - begun < 5
            assert ("IDLE" in server.heard) is not wakes

    on(Scripted({"EXAMINE": [OPENED, OPENED.replace(was, now)], "IDLE": b"+ idling\r\n"}), scene)


def test_where_nothing_tells_waiting_is_sleeping() -> None:
    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            begun = time.monotonic()
            await ours.wait(0.2)
            assert time.monotonic() - begun >= 0.2
            assert "IDLE" not in server.heard

    on(Scripted({"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n$ OK ok\r\n"}), scene)
