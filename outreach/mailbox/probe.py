"""Looking at a mailbox's servers step by step: connection, TLS, login, folders. Nothing is sent or changed.

`smtp.Session` and `imap.Inbox` tell that they cannot go on; here each step is told by itself, with what to do.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote

import aiosmtplib

from outreach.errors import MailboxError
from outreach.mailbox import imapwire, smtp
from outreach.mailbox.folders import Role, roles, shown
from outreach.mailbox.imapline import Line
from outreach.mailbox.imapwire import RefusedError
from outreach.mailbox.oauth import OAuthError
from outreach.mailbox.tokens import Login
from outreach.mailbox.wire import Endpoint, Wire, clean, endpoint, reason, spoken, verified_tls
from outreach.model import Mailbox
from outreach.report.trying import Step

TIMEOUT = 20.0  # seconds for each step: a person waits
_USUAL: Mapping[str, str] = MappingProxyType(
    {"smtp": "smtps:// with port 465, or smtp:// with port 587", "imap": "port 993"}
)
GREETING = 2.0  # seconds for a server of this machine to begin: it is not far
_NEVER = 5  # how an answer begins that trying again does not change
_NO_METHOD = 504
_FOREIGN = (*imapwire.FOREIGN, aiosmtplib.SMTPException, RefusedError, OAuthError)
_FOLDERS: Mapping[Role, str] = MappingProxyType({Role.INBOX: "inbox", Role.JUNK: "junk", Role.SENT: "sent"})


@dataclass(slots=True)
class _Notes:
    """The steps so far, and which one is under way."""

    protocol: Literal["smtp", "imap"]
    at: Endpoint
    login: Login | None
    address: str
    steps: list[Step] = field(default_factory=list)
    stage: str = "connect"
    since: float = field(default_factory=time.monotonic)

    def done(self, said: str) -> None:
        """The step under way went well."""
        now = time.monotonic()
        self.steps.append(Step(self._name(), True, said, seconds=now - self.since))
        self.since = now

    def failed(self, exc: Exception) -> None:
        """The step under way failed: in words."""
        self.fell(*_explained(exc, self))

    def fell(self, fault: str, said: str, todo: str) -> None:
        """The step under way failed, as those words say."""
        if (
            fault == "tls" and self.stage == "connect"
        ):  # both are one call where TLS is there from the first byte
            self.done(f"{self.at.host}:{self.at.port}")
            self.stage = "tls"
        spent = time.monotonic() - self.since
        self.steps.append(Step(self._name(), False, said, todo, fault, spent))

    def _name(self) -> str:
        return f"{self.protocol} {self.stage}"

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Around all steps: what ends them is noted."""
        try:
            yield
        except _FOREIGN as exc:
            self.failed(exc)


async def sending(
    mailbox: Mailbox, login: Login | None, *, tls: ssl.SSLContext | None = None, seconds: float = TIMEOUT
) -> list[Step]:
    """The steps "smtp connect", "smtp tls" and "smtp login", up to the first that fails.

    :param login: None where the server's URL names no user.
    :param tls: another trust than the system's.
    :param seconds: for each step.
    :raises MailboxError: the URL is wrong, or names a user without a login.
    """
    at = endpoint(mailbox.smtp)
    notes = _Notes("smtp", at, login, mailbox.address)
    context = (tls or verified_tls()) if at.tls != "none" else None
    wire = Wire(
        hostname=at.host,
        port=at.port,
        use_tls=at.tls == "implicit",
        start_tls=False,
        local_hostname=mailbox.domain,
        tls_context=context,
    )
    if await asyncio.to_thread(_in_clear_by_mistake, notes, seconds):
        return notes.steps
    try:
        with notes.trying():
            await wire.connect(timeout=seconds)
            notes.done(f"{at.host}:{at.port}")
            notes.stage = "tls"
            await wire.secure(at, seconds, tls)
            notes.done(_secured(wire.get_transport_info("ssl_object")))
            notes.stage = "login"
            await _log_in(wire, notes, seconds)
    finally:
        wire.drop()
    return notes.steps


async def _log_in(wire: Wire, notes: _Notes, seconds: float) -> None:
    user = notes.at.user
    if not user:
        await _without_login(wire, notes, seconds)
        return
    if isinstance(notes.login, str):
        await wire.log_in(user, notes.login, seconds)
    elif notes.login is None:
        raise MailboxError(f"no password for {notes.address}")
    else:
        token = await asyncio.to_thread(notes.login.token)
        await wire.log_in_by_token(user, token, seconds)
    notes.done(f"as {user}")


async def _without_login(wire: Wire, notes: _Notes, seconds: float) -> None:
    """Whether the server takes a sender that did not log in: MAIL is asked, and taken back."""
    answer = await wire.ask(f"MAIL FROM:<{notes.address}>".encode("ascii", "replace"), seconds)
    if answer.code // 100 == _NEVER:
        todo = f"name a user: {_url(notes, 'smtps' if notes.at.tls == 'implicit' else 'smtp')}"
        notes.fell("refused", f"it takes no letter without a login: {spoken(answer)}", todo)
        return
    await wire.ask(b"RSET", seconds)
    notes.done("none is asked for: its URL names no user")


def waits_for_tls(host: str, port: int, seconds: float = GREETING) -> bool:
    """Whether a server says nothing in clear and speaks TLS from the first byte. No certificate is asked for.

    It blocks, for some times `seconds` at most; False where there is no server.
    """
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection((host, port), seconds) as line, suppress(TimeoutError):
            line.recv(1)
            return False
        with socket.create_connection((host, port), seconds) as line, blind.wrap_socket(line):
            return True
    except (OSError, ValueError):
        return False


def _in_clear_by_mistake(notes: _Notes, seconds: float) -> bool:
    """Whether the URL says no TLS, for a server of this machine that waits for it: then that is noted."""
    at = notes.at
    if at.tls != "none" or not waits_for_tls(at.host, at.port, min(GREETING, seconds)):
        return False
    notes.done(f"{at.host}:{at.port}")
    notes.stage = "tls"
    notes.fell("tls", "it speaks TLS from the first byte", f"write {_url(notes, f'{notes.protocol}s')}")
    return True


def _url(notes: _Notes, scheme: str) -> str:
    """The server's URL by another scheme, with a user in it."""
    host = f"[{notes.at.host}]" if ":" in notes.at.host else notes.at.host
    return f"{scheme}://{quote(notes.at.user or notes.address, safe='')}@{host}:{notes.at.port}"


async def reading(
    mailbox: Mailbox, login: Login, *, tls: ssl.SSLContext | None = None, seconds: float = TIMEOUT
) -> list[Step]:
    """The steps "imap connect", "imap tls" and "imap login", then "inbox", "junk" and "sent" with their mails.

    Folders are opened read-only: no mail is marked as seen. Parameters as for `sending`.

    :raises MailboxError: the URL is wrong.
    """
    cuts: list[Callable[[], None]] = []
    try:
        return await asyncio.to_thread(_reading, mailbox, login, tls, seconds, cuts.append)
    except asyncio.CancelledError:
        for cut in cuts:
            cut()
        raise


def _reading(
    mailbox: Mailbox,
    login: Login,
    tls: ssl.SSLContext | None,
    seconds: float,
    reach: Callable[[Callable[[], None]], None],
) -> list[Step]:
    at = endpoint(mailbox.imap, "imap")
    notes = _Notes("imap", at, login, mailbox.address)
    context = (tls or verified_tls()) if at.tls != "none" else None
    wire: imapwire.Wire | None = None
    if _in_clear_by_mistake(notes, seconds):
        return notes.steps
    try:
        with notes.trying():
            wire = imapwire.Wire(Line(at.host, at.port, context, seconds, reach))
            notes.done(f"{at.host}:{at.port}")
            notes.stage = "tls"
            notes.done("speaks TLS, certificate trusted" if context else "none: this machine itself")
            notes.stage = "login"
            user = at.user or mailbox.address
            if isinstance(login, str):
                wire.log_in(user, login, seconds)
            else:
                wire.log_in_by_token(user, login.token(), seconds)
            notes.done(f"as {user}")
            notes.stage = "folders"
            notes.steps += _folders(wire, seconds)
    finally:
        if wire is not None:
            wire.log_out(smtp.TIMEOUTS["quit"])
    return notes.steps


def _folders(wire: imapwire.Wire, seconds: float) -> Iterator[Step]:
    """One step a folder; a missing one for junk or sent mail does no harm but is told."""
    found = roles(wire.folders(seconds))
    for role, name in _FOLDERS.items():
        since = time.monotonic()
        if role not in found:
            said = "has no folder for it that can be recognized"
            yield Step(name, None, said, fault="folder")
            continue
        try:
            opened = wire.examine(found[role], seconds)
        except RefusedError as exc:
            todo = "look at the mailbox with a mail program"
            said = clean(f"{shown(found[role])} cannot be opened: {exc}")
            yield Step(name, False, said, todo, "folder", time.monotonic() - since)
            continue
        said = clean(shown(found[role]))
        yield Step(name, True, said, seconds=time.monotonic() - since, mails=opened.exists)


def _secured(found: object) -> str:
    """How a connection is secured, in words."""
    if isinstance(found, ssl.SSLObject | ssl.SSLSocket):
        return f"{(found.version() or 'TLS').replace('TLSv', 'TLS ')}, certificate trusted"
    return "none: this machine itself"


def _explained(exc: Exception, notes: _Notes) -> tuple[str, str, str]:
    """A failure as (fault, what happened, what to do)."""
    if isinstance(exc, OAuthError):
        return "login", clean(exc.message), exc.hint or f"sign in again: {_auth(notes)}"
    refused = _login_refused(exc, notes)
    if refused is not None:
        return refused
    for cause in _causes(exc):
        for kind, explain in _KINDS:
            if isinstance(cause, kind):
                return explain(cause, notes)
    return "unreachable", reason(exc), f"check {notes.protocol}: is that the right host and port?"


def _login_refused(exc: Exception, notes: _Notes) -> tuple[str, str, str] | None:
    if notes.stage != "login":
        return None
    if isinstance(exc, aiosmtplib.SMTPAuthenticationError):
        passing = exc.code // 100 == 4
        said = spoken(aiosmtplib.SMTPResponse(exc.code, exc.message))
    elif isinstance(exc, RefusedError):
        passing, said = exc.passing, clean(str(exc))
    else:
        return None
    if passing:
        return "busy", f"not now: {said}", "try again in some minutes"
    if not isinstance(notes.login, str):
        return "login", f"login refused: {said}", f"sign in again: {_auth(notes)}"
    if isinstance(exc, aiosmtplib.SMTPAuthenticationError) and exc.code == _NO_METHOD:
        todo = f"is that the right port? Usual is {_USUAL['smtp']}. If it asks for no login, name no user"
        return "login", f"login refused: {said}", todo
    todo = "check user name and password; many providers want an app password, not the one of their web page"
    return "login", f"login refused: {said}", todo


def _auth(notes: _Notes) -> str:
    return f"outreach mailbox auth {notes.address}"


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """The error and what lies below it: the library wraps what the system said."""
    seen: BaseException | None = exc
    for _ in range(5):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


# What OpenSSL says of a certificate -> what to do; the first that fits.
_CERTIFICATES: Mapping[str, str] = MappingProxyType(
    {
        "expired": "its owner has to renew it; or is this machine's date wrong?",
        "mismatch": "the server goes by another name: ask the provider for the right host",
        "self": "nobody known vouches for it: if the server is your own, name its certificate in SSL_CERT_FILE",
        "": "does a virus scanner or a proxy sit between? Or the host name is not the right one",
    }
)


def _certificate(exc: BaseException, notes: _Notes) -> tuple[str, str, str]:
    why = clean(getattr(exc, "verify_message", "") or str(exc))
    said = f"the certificate of {notes.at.host} is not trusted: {why}"
    return "tls", said, next(todo for word, todo in _CERTIFICATES.items() if word in why.lower())


def _handshake(exc: BaseException, notes: _Notes) -> tuple[str, str, str]:
    said = f"no TLS on port {notes.at.port}: {reason(exc) if isinstance(exc, Exception) else ''}"
    return "tls", said, f"is that the right port? Usual is {_USUAL[notes.protocol]}"


def _unknown_host(exc: BaseException, notes: _Notes) -> tuple[str, str, str]:
    return (
        "unreachable",
        f"there is no server {notes.at.host}",
        "check its spelling, and whether this machine is online",
    )


def _refused(exc: BaseException, notes: _Notes) -> tuple[str, str, str]:
    return (
        "unreachable",
        f"{notes.at.host} takes no connection on port {notes.at.port}",
        "is that the right port, and does the server run? Or is a firewall in between?",
    )


def _silent(exc: BaseException, notes: _Notes) -> tuple[str, str, str]:
    return (
        "unreachable",
        f"{notes.at.host}:{notes.at.port} does not answer",
        "check host and port; many networks and rented servers block mail ports: ask yours",
    )


_Explain = Callable[[BaseException, _Notes], tuple[str, str, str]]
# What the system said, the special before the general: TimeoutError and the others are OSErrors too.
_KINDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], _Explain], ...] = (
    (ssl.SSLCertVerificationError, _certificate),
    (ssl.SSLError, _handshake),
    (socket.gaierror, _unknown_host),
    (ConnectionRefusedError, _refused),
    ((TimeoutError, aiosmtplib.SMTPTimeoutError), _silent),
)
