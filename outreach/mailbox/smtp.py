"""SMTP submission in two halves: the offer, which may be repeated, and the body, which may not.

Foreign exceptions end here: every outcome of talking to a server is an `Answer`.
"""

import asyncio
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType

import aiosmtplib

from outreach.compose import return_path
from outreach.errors import MailboxError
from outreach.mailbox.oauth import OAuthError
from outreach.mailbox.tokens import Login
from outreach.mailbox.wire import (
    FOREIGN,
    Endpoint,
    Wire,
    clean,
    endpoint,
    reason,
    refusal_of,
    spoken,
    transparent,
    verified_tls,
)
from outreach.model import Accepted, Deferred, Mailbox, Rejected, Unknown, Unreachable

__all__ = ["TIMEOUTS", "Endpoint", "Session", "endpoint"]

TIMEOUTS: Mapping[str, float] = MappingProxyType(
    {"connect": 300, "auth": 300, "mail": 300, "rcpt": 300, "data": 120, "body": 600, "quit": 5}
)
"""Seconds to wait for each answer: the minima of RFC 5321 §4.5.3.2, but for QUIT, which nothing hangs on."""

_ADDRESS = re.compile(r"[!-;=?-~]{1,64}@[A-Za-z0-9.:\[\]-]{1,255}")  # what fits between < and >
_CLOSING = 421


class Session:
    """One SMTP connection of one mailbox, with at most one letter in flight.

    `offer` then `body`, or `offer` then `abandon`. After a failure the session is either ready for the next
    offer or closed (`is_open`); a closed one may be opened again. A cancelled call drops the connection.

    :param password: for the user the mailbox's URL names, or OAuth access; None where it names none.
    :param tls: another trust than the system's.
    :param timeouts: seconds by stage, where other than TIMEOUTS.
    :raises MailboxError: the URL is wrong, names a user without a password, or the address is not ASCII.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        password: Login | None,
        *,
        tls: ssl.SSLContext | None = None,
        timeouts: Mapping[str, float] | None = None,
    ) -> None:
        self._endpoint = endpoint(mailbox.smtp)
        if not _ADDRESS.fullmatch(mailbox.address):
            raise MailboxError(f"{mailbox.address!r} cannot be written as an SMTP sender")
        if self._endpoint.user and password is None:
            raise MailboxError(f"no password for {mailbox.address}")
        self._mailbox = mailbox
        self._password = password or ""
        self._tls = tls
        self._timeouts = {**TIMEOUTS, **(timeouts or {})}
        self._wire: Wire | None = None
        self._offered = False

    @property
    def is_open(self) -> bool:
        """False before `open`, and once either side has ended the connection."""
        return self._wire is not None and self._wire.is_connected

    async def open(self) -> Unreachable | Deferred | Rejected | None:
        """Connects, secures and logs in; None when letters may be offered.

        A refused login is `Unreachable(auth=True)` if a person must act, `Deferred("auth", ...)` if not.
        """
        if self.is_open:
            return None
        self._drop()
        at, seconds = self._endpoint, self._timeouts
        secured = at.tls != "none"
        stage = "connect"
        try:
            wire = self._wire = Wire(
                hostname=at.host,
                port=at.port,
                use_tls=at.tls == "implicit",
                start_tls=False,
                # The name of this machine is nobody's business; some relays want a domain of the customer.
                local_hostname=self._mailbox.domain,
                tls_context=(self._tls or await asyncio.to_thread(verified_tls)) if secured else None,
            )
            await wire.connect(timeout=seconds[stage])
            await wire.secure(at, seconds[stage], self._tls)
            stage = "auth"
            if at.user:
                await self._log_in(wire, at.user, seconds[stage])
        except OAuthError as exc:
            self._drop()
            return self._unreachable(exc.message, auth=exc.auth)
        except FOREIGN as exc:
            self._drop()
            return self._trouble(stage, exc)
        except BaseException:
            self._drop()
            raise
        return None

    async def _log_in(self, wire: Wire, user: str, timeout: float) -> None:
        """With the password, or with an access token that is fetched first if need be."""
        if isinstance(self._password, str):
            await wire.log_in(user, self._password, timeout)
            return
        token = await asyncio.to_thread(self._password.token)
        try:
            await wire.log_in_by_token(user, token, timeout)
        except aiosmtplib.SMTPAuthenticationError:
            self._password.forget()
            raise

    async def offer(
        self, recipient: str, size: int, message_id: str = ""
    ) -> Deferred | Rejected | Unreachable | None:
        """MAIL, RCPT and DATA up to the 354 for a letter of `size` bytes; None when its body may follow.

        With its Message-ID a report on the letter names it, where the server or the mailbox can do that: as the
        envelope's id (RFC 3461 4.4), or in the address that the report is sent to.

        No byte of the letter leaves here: whatever fails is safe to repeat.
        """
        if self._offered:
            raise RuntimeError("a letter is already on offer: send its body or abandon it")
        wire = self._wire
        if wire is None or not wire.is_connected:
            return self._unreachable("not connected")
        refusal = self._unfit(wire, recipient, size)
        if refusal is not None:
            return refusal
        try:
            for stage, command, wanted in self._envelope(wire, recipient, size, message_id):
                response = await wire.ask(command, self._timeouts[stage])
                if response.code // 100 != wanted:
                    return await self._turned_down(wire, stage, response)
        except FOREIGN as exc:
            self._drop()
            return self._unreachable(reason(exc))
        except BaseException:
            self._drop()
            raise
        self._offered = True
        return None

    async def body(self, raw: bytes) -> Accepted | Deferred | Rejected | Unknown:
        """Sends the letter that was offered, and waits for the server's word on it.

        :param raw: the finished message, 7-bit, CRLF lines, not dot-stuffed.
        :return: Unknown if the body began to leave and no clear answer came back. A connection found lost
            before that is `Deferred("data", ...)`: a server cannot deliver what it was not sent.
        """
        wire = self._wire
        if wire is None or not self._offered:
            raise RuntimeError("no letter is on offer")
        self._offered = False
        if not wire.is_connected:
            self._drop()
            return Deferred(
                "data", _CLOSING, "4.4.2", "the connection was lost before the body; nothing was sent"
            )
        try:
            response = await wire.finish(transparent(raw), self._timeouts["body"])
        except FOREIGN as exc:
            self._drop()
            return Unknown("body", f"no answer to the body: {reason(exc)}")
        except BaseException:
            self._drop()
            raise
        if response.code == _CLOSING or response.code // 100 not in (2, 4, 5) or wire.out_of_step:
            self._drop()
        if response.code // 100 == 2:
            return Accepted(response.code, clean(response.message))
        return refusal_of("body", response) or Unknown("body", f"the server answered {spoken(response)}")

    async def abandon(self) -> None:
        """Drops the connection: after an offer even QUIT would be taken for the letter's text."""
        self._drop()

    async def close(self) -> None:
        """Ends the session with QUIT, or at once where that cannot be said."""
        wire, self._wire = self._wire, None
        offered, self._offered = self._offered, False
        if wire is None:
            return
        try:
            if wire.is_connected and not offered:
                with suppress(*FOREIGN):
                    await wire.quit(timeout=self._timeouts["quit"])
        finally:
            wire.drop()

    def _drop(self) -> None:
        wire, self._wire = self._wire, None
        self._offered = False
        if wire is not None:
            wire.drop()

    def _unfit(self, wire: Wire, recipient: str, size: int) -> Rejected | None:
        """What need not be asked: an address that would break the command, a letter over the SIZE limit."""
        if not _ADDRESS.fullmatch(recipient):
            return Rejected(
                "rcpt", 553, "5.1.3", f"not asked: {recipient[:80]!r} is no address SMTP can carry"
            )
        limit = wire.esmtp_extensions.get("size", "").strip()
        if limit.isdecimal() and 0 < int(limit) < size:  # 0: no fixed limit (RFC 1870 §4)
            return Rejected("mail", 552, "5.3.4", f"not asked: {size} bytes, and the server takes {limit}")
        return None

    def _envelope(
        self, wire: Wire, recipient: str, size: int, message_id: str
    ) -> Iterator[tuple[str, bytes, int]]:
        """The commands up to the body: stage, command, first digit of the wanted answer."""
        extensions = wire.esmtp_extensions
        dsn = "dsn" in extensions  # ask for failures and delays, never for a receipt (RFC 3461 §4)
        sender = return_path(self._mailbox.address, message_id, plus=self._mailbox.plus and bool(message_id))
        mail = f"MAIL FROM:<{sender}>"
        mail += f" SIZE={size}" if "size" in extensions else ""
        mail += " RET=HDRS" if dsn else ""
        mail += f" ENVID={_xtext(message_id.strip('<>'))}" if dsn and message_id else ""
        yield "mail", mail.encode("ascii"), 2
        rcpt = f"RCPT TO:<{recipient}>"
        rcpt += f" NOTIFY=FAILURE,DELAY ORCPT=rfc822;{_xtext(recipient)}" if dsn else ""
        yield "rcpt", rcpt.encode("ascii"), 2
        yield "data", b"DATA", 3

    async def _turned_down(
        self, wire: Wire, stage: str, response: aiosmtplib.SMTPResponse
    ) -> Deferred | Rejected | Unreachable:
        """The answer to a refused command, and a session that can take the next letter, or is closed."""
        refusal = refusal_of(stage, response)
        if refusal is None or not wire.is_connected:
            self._drop()
            return refusal or self._unreachable(f"the server answered {spoken(response)}")
        try:
            reset = (await wire.ask(b"RSET", self._timeouts["mail"])).code // 100 == 2
        except FOREIGN:
            reset = False
        if not reset:
            self._drop()
        return refusal

    def _trouble(self, stage: str, exc: Exception) -> Deferred | Rejected | Unreachable:
        """What a failed `open` comes to."""
        if isinstance(exc, aiosmtplib.SMTPResponseException):
            response = aiosmtplib.SMTPResponse(exc.code, exc.message)
            refusal = refusal_of(stage, response)
            login = isinstance(exc, aiosmtplib.SMTPAuthenticationError)
            if login and not isinstance(refusal, Deferred):
                return self._unreachable(f"login refused: {spoken(response)}", auth=True)
            if refusal is not None:
                return refusal
        return self._unreachable(reason(exc))

    def _unreachable(self, why: str, *, auth: bool = False) -> Unreachable:
        return Unreachable(clean(f"{self._endpoint.host}:{self._endpoint.port}: {why}"), auth)


def _xtext(address: str) -> str:
    """An ASCII address as a DSN parameter's value (RFC 3461 §4)."""
    return address.replace("+", "+2B").replace("=", "+3D")
