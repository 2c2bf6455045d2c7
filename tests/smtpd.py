"""Mail servers that misbehave: by the recipient's name, or by a script of answers."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Peer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from outreach.mailbox.sandbox import Sandbox, marked
from outreach.mailbox.smtp import Session
from outreach.model import Mailbox

HANG_UP = b""
SILENCE = None
BOB = "bob@acme.example"
LETTER = b"From: ann@northwind.example\r\nSubject: Shelving\r\n\r\nHi Bob,\r\n.hidden\r\n..\r\n.\r\nAnn\r\n"

S = TypeVar("S", bound=AbstractAsyncContextManager[Any])
T = TypeVar("T")


def mailbox(smtp: str) -> Mailbox:
    return Mailbox("ann@northwind.example", "Ann Lee", smtp=smtp)


def on(server: S, scene: Callable[[S], Awaitable[T]]) -> T:
    """Plays a scene against a server that runs."""

    async def play() -> T:
        async with server:
            return await scene(server)

    return asyncio.run(play())


async def send(session: Session, recipient: str = BOB, letter: bytes = LETTER) -> object:
    """Offers a letter and sends its body: the first answer that is not a go-ahead."""
    return await session.offer(recipient, len(letter)) or await session.body(letter)


class Misbehaving(Sandbox):
    """The sandbox, but `dropbefore...@` loses the connection before the 354, `dropbody...@` in the letter,
    `dropafter...@` once it took the letter, and `slow...@` is answered when `gate` is set.
    """

    def __init__(self, users: Mapping[str, str] | None = None) -> None:
        super().__init__(users)
        self.gate = asyncio.Event()
        self.waiting = asyncio.Event()

    def connection(self) -> SMTP:
        return _Dropping(
            self,
            hostname="sandbox.test",
            loop=asyncio.get_running_loop(),
            auth_require_tls=False,
            authenticator=self._login,
        )

    async def handle_DATA(self, server: SMTP, peer: Peer, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, peer, envelope)
        if marked(envelope.rcpt_tos[0], "slow"):
            self.waiting.set()
            await self.gate.wait()
        if marked(envelope.rcpt_tos[0], "dropafter"):
            await _lose(server)
        return answer


class Secured(Sandbox):
    """The sandbox with TLS from the first byte."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__()
        self.tls = tls

    async def _listen(self) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(self._accept, "127.0.0.1", 0, ssl=self.tls)


class Guarded(Sandbox):
    """The sandbox as many local relays are: nobody logs in or sends before STARTTLS."""

    def __init__(self, users: Mapping[str, str], tls: ssl.SSLContext) -> None:
        super().__init__(users)
        self.tls = tls

    def connection(self) -> SMTP:
        return SMTP(
            self,
            hostname="sandbox.test",
            loop=asyncio.get_running_loop(),
            tls_context=self.tls,
            require_starttls=True,
            auth_require_tls=True,
            authenticator=self._login,
        )


class _Dropping(SMTP):
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        assert self.envelope is not None
        address = self.envelope.rcpt_tos[0] if self.envelope.rcpt_tos else ""
        if marked(address, "dropbefore"):
            await _lose(self)
        if marked(address, "dropbody"):
            await self.push("354 go on")
            await self._reader.readline()
            await _lose(self)
        await super().smtp_DATA(arg)


async def _lose(server: SMTP) -> None:
    """Cuts the connection; the loss then cancels whoever waits here."""
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()
    await asyncio.get_running_loop().create_future()


class Scripted:
    """A server on a free loopback port that answers each verb from a table and writes down what it heard.

    "hello" is the greeting and "." the end of a letter. HANG_UP ends the connection, SILENCE says nothing.
    """

    answers: Mapping[str, bytes | None] = {
        "hello": b"220 scripted.test\r\n",
        "EHLO": b"250 scripted.test\r\n",
        "MAIL": b"250 ok\r\n",
        "RCPT": b"250 ok\r\n",
        "DATA": b"354 go on\r\n",
        ".": b"250 taken\r\n",
        "RSET": b"250 ok\r\n",
        "AUTH": b"235 2.7.0 welcome\r\n",
        "STARTTLS": b"220 go on\r\n",
        "QUIT": b"221 bye\r\n",
    }

    def __init__(
        self, answers: Mapping[str, bytes | None] | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.answers = {**type(self).answers, **(answers or {})}
        self.tls = tls
        self.heard: list[str] = []
        self.letters: list[bytes] = []
        self.gone = asyncio.Event()
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def verbs(self) -> list[str]:
        return [line.split(" ")[0].split(":")[0] for line in self.heard]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.at_once)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    @property
    def at_once(self) -> ssl.SSLContext | None:
        """The TLS of a connection's first byte: none if there is a STARTTLS to wait for."""
        return None if b"STARTTLS" in (self.answers["EHLO"] or b"") else self.tls

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._talk(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # the client went first, or the test is over
        finally:
            writer.transport.abort()
            self.gone.set()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = self.answers["hello"]
        while answer != HANG_UP:
            if answer is not SILENCE:
                writer.write(answer)
                await writer.drain()
            line = (await reader.readline()).decode("latin-1")
            if not line:
                return
            verb = line.strip().split(" ")[0]
            self.heard.append(line.strip())
            answer = self.answers.get(verb, b"500 what?\r\n")
            if verb == "STARTTLS" and answer:
                writer.write(answer)
                assert self.tls is not None
                await writer.start_tls(self.tls)
                answer = SILENCE
            if verb == "DATA" and answer and answer.startswith(b"354"):
                writer.write(answer)
                answer = await self._letter(reader)

    async def _letter(self, reader: asyncio.StreamReader) -> bytes | None:
        lines: list[bytes] = []
        while (line := await reader.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if lines or line:
            self.letters.append(b"".join(lines))
        return self.answers["."] if line else HANG_UP


def certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS for a host name, and the file a client must trust to believe it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{name}.crt", folder / f"{name}.key"
    public.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public
