"""A mail server in this process, for the demo and for tests: it takes letters and delivers them nowhere.

Some local parts are answered as the real world would: `nouser...@` does not exist, `full...@` is over
quota, `greylist...@` must be tried twice, `quota...@` meets the sender's daily limit, `policy...@` is
refused after the text was seen.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as Peer

AT_RECIPIENT: Mapping[str, str] = {
    "nouser": "550 5.1.1 no such person here",
    "full": "452 4.2.2 mailbox is full",
    "quota": "550 5.4.5 daily sending limit exceeded",
}
AFTER_TEXT: Mapping[str, str] = {"policy": "550 5.7.1 refused by content policy"}
GREYLISTED = "451 4.7.1 greylisted, please try again later"


@dataclass(frozen=True, slots=True)
class Received:
    """A letter the sandbox took: its place in the order of arrival from 0, envelope, and bytes as sent."""

    order: int
    mail_from: str
    rcpt_to: tuple[str, ...]
    data: bytes


class Sandbox:
    """An SMTP server on a free loopback port of the running loop: `async with Sandbox() as server`.

    `url` is what `[[mailbox]] smtp` takes, `received` what came so far.

    :param users: names and passwords; with any, a login is required.
    """

    def __init__(self, users: Mapping[str, str] | None = None) -> None:
        self.users = dict(users or {})
        self.received: list[Received] = []
        self.port = 0
        self._seen: set[str] = set()
        self._connections: WeakSet[SMTP] = WeakSet()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The server's URL, with the first user's name."""
        user = f"{next(iter(self.users))}@" if self.users else ""
        return f"smtp://{user}127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await self._listen()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for connection in self._connections:
            if connection.transport is not None:
                connection.transport.close()
        await self._server.wait_closed()

    async def _listen(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(self._accept, "127.0.0.1", 0)

    def _accept(self) -> SMTP:
        connection = self.connection()
        self._connections.add(connection)
        return connection

    def connection(self) -> SMTP:
        """The protocol that serves one client; `self` is its handler."""
        return SMTP(
            self,
            hostname="sandbox.test",
            ident="outreach sandbox",
            loop=asyncio.get_running_loop(),
            auth_require_tls=False,
            authenticator=self._login,
        )

    def _login(
        self, server: SMTP, peer: Peer, envelope: Envelope, mechanism: str, secret: LoginPassword
    ) -> AuthResult:
        user, password = secret.login.decode(), secret.password.decode()
        return AuthResult(success=self.users.get(user) == password, handled=False, auth_data=secret)

    async def handle_MAIL(  # noqa: N802 -- the library calls it so
        self, server: SMTP, peer: Peer, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The answer to MAIL FROM; aiosmtpd calls it."""
        if self.users and not peer.authenticated:
            return "530 5.7.0 authentication required"
        envelope.mail_from = address
        return "250 2.1.0 sender ok"

    async def handle_RCPT(  # noqa: N802 -- the library calls it so
        self, server: SMTP, peer: Peer, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The answer to RCPT TO; aiosmtpd calls it."""
        for marker, answer in AT_RECIPIENT.items():
            if marked(address, marker):
                return answer
        if marked(address, "greylist") and address not in self._seen:
            self._seen.add(address)
            return GREYLISTED
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, server: SMTP, peer: Peer, envelope: Envelope) -> str:  # noqa: N802 -- the library calls it so
        """The answer to the final dot; aiosmtpd calls it."""
        for marker, answer in AFTER_TEXT.items():
            if any(marked(address, marker) for address in envelope.rcpt_tos):
                return answer
        assert envelope.original_content is not None
        assert envelope.mail_from is not None
        order = len(self.received)
        letter = Received(order, envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content)
        self.received.append(letter)
        return f"250 2.0.0 taken as {order}"


def marked(address: str, marker: str) -> bool:
    """True for full@, full7@ and full-ann@, but not for the family of fuller@."""
    return address.startswith(marker) and not address[len(marker) :][:1].isalpha()
