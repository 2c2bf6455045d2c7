"""One SMTP connection below the envelope: aiosmtplib with DATA cut in two, and where it connects to."""

import asyncio
import base64
import ipaddress
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias, cast
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib
from aiosmtplib.protocol import normalize_message_line_endings

from outreach.errors import MailboxError
from outreach.model import Deferred, Rejected

Security: TypeAlias = Literal["implicit", "starttls", "none"]

FOREIGN = (aiosmtplib.SMTPException, OSError, ValueError)
"""What a connection may raise: the library's own; socket, TLS, timeout (OSError); host name (ValueError)."""

_EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "smtp": "write smtps://USER@HOST:465, or smtp://USER@HOST:587 for STARTTLS",
        "imap": "write imaps://USER@HOST:993",
    }
)
_NEXT_METHOD = frozenset({500, 502, 504, 538})  # this method will not do; anything else is about the password
_ENHANCED = re.compile(r"([245])\.\d{1,3}\.\d{1,3}(?!\S)")
_TEXT_LIMIT = 500
_SEARCHED = 10_000  # characters of what a server said: more than anybody is shown
_LEAST, _ENOUGH = 4, 12  # characters of a secret that give it away: fewer stand in any text, more need not
REPEATED = "it repeats the login in its answer, which is not shown"
_PORTS: dict[Security, int] = {"implicit": 465, "starttls": 587, "none": 25}
_IMAP_PORTS: dict[Security, int] = {"implicit": 993, "none": 143}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a mailbox sends or is read: `user` is "" where the URL names none."""

    host: str
    port: int
    user: str
    tls: Security


def endpoint(url: str, protocol: Literal["smtp", "imap"] = "smtp") -> Endpoint:
    """What a server's URL of outreach.toml says: `smtps://user@host:465`, `imaps://user@host:993`.

    `smtps` and `imaps` are TLS from the first byte (RFC 8314 §3.2, §3.3). `smtp` must upgrade by STARTTLS,
    `imap` is refused, except that a loopback host is spoken to in clear (see `Wire.secure` for logins).

    :raises MailboxError: no such scheme, no host, a bad port, or a secret inside; never quotes the URL.
    """
    name, example = f"the {protocol.upper()} URL", _EXAMPLES[protocol]
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MailboxError(f"{name} cannot be read", hint=example) from None  # exc quotes the URL
    _check(url, parts, protocol)
    host = parts.hostname or ""
    tls: Security = "implicit" if parts.scheme[4:] else "none" if is_loopback(host) else "starttls"
    if protocol == "imap" and tls == "starttls":
        raise MailboxError(f"{name} would read mail without TLS", hint=example)
    ports = _PORTS if protocol == "smtp" else _IMAP_PORTS
    return Endpoint(host, port or ports[tls], unquote(parts.username or ""), tls)


def _check(url: str, parts: SplitResult, protocol: str) -> None:
    name, example = f"the {protocol.upper()} URL", _EXAMPLES[protocol]
    if parts.password is not None:
        raise MailboxError(f"{name} holds a password", hint=f"take it out: {example}; change the password")
    if parts.scheme not in (protocol, f"{protocol}s"):
        raise MailboxError(f"{name} starts with neither {protocol}s:// nor {protocol}://", hint=example)
    if not parts.hostname:
        raise MailboxError(f"{name} names no host", hint=example)
    extra = parts.path.strip("/") or parts.query or parts.fragment
    if extra or not (url.isascii() and url.isprintable()) or " " in url:
        raise MailboxError(f"{name} has more than user, host and port", hint=example)


def is_loopback(host: str) -> bool:
    """True for localhost, 127.0.0.0/8 and ::1, where nobody else can listen."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def verified_tls() -> ssl.SSLContext:
    """A client context that checks certificate and host name and refuses what is older than TLS 1.2.

    Trust is the system's; the environment's SSL_CERT_FILE or SSL_CERT_DIR replace it, as OpenSSL has it.
    """
    context = ssl.create_default_context()
    context.minimum_version = max(context.minimum_version, ssl.TLSVersion.TLSv1_2)
    return context


def transparent(raw: bytes) -> bytes:
    """A letter as DATA carries it: CRLF lines, leading dots doubled, the final dot (RFC 5321 §4.5.2)."""
    lines = raw.count(b"\r\n")
    if not (raw.endswith(b"\r\n") and raw.count(b"\r") == lines == raw.count(b"\n")):
        raw = normalize_message_line_endings(raw)  # a bare LF could end the letter early for some servers
    first = b"." if raw.startswith(b".") else b""
    return first + raw.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def refusal_of(stage: str, response: aiosmtplib.SMTPResponse) -> Deferred | Rejected | None:
    """Deferred for 4yz, Rejected for 5yz (RFC 5321 §4.2.1), None for any other code."""
    digit = response.code // 100
    if digit not in (4, 5):
        return None
    text = clean(response.message)
    found = _ENHANCED.match(text)
    enhanced = found[0] if found and int(found[1]) == digit else ""  # the two must agree (RFC 2034 §4)
    return (Deferred if digit == 4 else Rejected)(stage, response.code, enhanced, text)


def spoken(response: aiosmtplib.SMTPResponse) -> str:
    """An answer as one line: code and text."""
    return f"{response.code} {clean(response.message)}"


def reason(exc: Exception) -> str:
    """What went wrong on a connection, as one line."""
    for error in (exc.__cause__, exc):  # the library wraps what the system said in its own words
        if isinstance(error, ssl.SSLCertVerificationError):
            return clean(f"certificate not trusted: {error.verify_message}")
        said = getattr(error, "strerror", "") or getattr(error, "message", "") or str(error or "")
        if said:
            return clean(said)
    return type(exc).__name__


def clean(text: str) -> str:
    """One short printable line of what a server said: no control characters, no undecoded bytes."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())[:_TEXT_LIMIT]


def repeats(text: str, user: str, secret: str) -> bool:
    """Whether what a server said holds the secret of a login, as it is or in a form that a login sends it in.

    Those are the base64 of PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195) and XOAUTH2. The beginning of one
    counts: servers cut long lines.
    """
    sent = (secret, f"\0{user}\0{secret}", f"{user} ", f"user={user}\x01auth=Bearer {secret}")
    forms = (secret, *map(_base64, sent))
    said = _squeezed(text[:_SEARCHED])
    begins = (_squeezed(form[:_SEARCHED])[:_ENOUGH] for form in forms)
    return any(each in said for each in begins if len(each) >= _LEAST)


def _base64(text: str) -> str:
    """Those characters of a text's base64 that no text behind it can change."""
    raw = text.encode("utf-8", "surrogateescape")
    return base64.b64encode(raw[: len(raw) // 3 * 3]).decode("ascii")


def _squeezed(text: str) -> str:
    """A text without what quoting adds to it, and folding."""
    return "".join(char for char in text if char not in '\\"' and not char.isspace())


@contextmanager
def _unrepeated(user: str, secret: str) -> Iterator[None]:
    """Around a login: an answer that would give the secret away says so in its place."""
    try:
        yield
    except aiosmtplib.SMTPResponseException as exc:
        if not repeats(exc.message, user, secret):
            raise
        refused = isinstance(exc, aiosmtplib.SMTPAuthenticationError)
        kind = aiosmtplib.SMTPAuthenticationError if refused else aiosmtplib.SMTPResponseException
        raise kind(exc.code, REPEATED) from None
    except aiosmtplib.SMTPException as exc:
        if not repeats(str(exc), user, secret):
            raise
        raise aiosmtplib.SMTPServerDisconnected(REPEATED) from None


class Wire(aiosmtplib.SMTP):
    """aiosmtplib's client, whose own `data()` cannot tell a refused offer from a lost body."""

    AUTH_METHODS = ("plain", "login", "cram-md5")  # TLS hides them all; PLAIN is the one every server has

    async def ask(self, command: bytes, timeout: float) -> aiosmtplib.SMTPResponse:
        """One command, one answer of any code.

        :raises SMTPServerDisconnected: no answer, or one too many, so that later ones cannot be trusted.
        """
        response = await self.execute_command(command, timeout=timeout)
        if self.out_of_step:
            raise aiosmtplib.SMTPServerDisconnected("the server answered out of turn")
        return response

    async def finish(self, data: bytes, timeout: float) -> aiosmtplib.SMTPResponse:
        """What follows a 354: the whole letter, dot included, and the answer to that dot."""
        if self.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        self.protocol.write(data)
        return await self.protocol.read_response(timeout)

    @property
    def out_of_step(self) -> bool:
        """True if the server said something that no command asked for."""
        return self.protocol is not None and bool(self.protocol._buffer)

    async def greet(self, timeout: float) -> None:
        """EHLO, or HELO where that is all the server knows."""
        self.timeout = timeout
        await self._ehlo_or_helo_if_needed()

    async def secure(self, at: Endpoint, timeout: float, tls: ssl.SSLContext | None = None) -> None:
        """Says EHLO, and what else has to come before a login or a letter.

        STARTTLS where `at` demands it; on this machine too where a user is to log in and the server lets
        nobody in before it. A certificate that is not trusted ends the connection there as well.

        :param tls: another trust than the system's, for a connection that was opened in clear.
        """
        if at.tls == "starttls":
            await self.upgrade(timeout)
            return
        await self.greet(timeout)
        if at.tls == "none" and at.user and self._hides_logins():
            self.tls_context = tls or await asyncio.to_thread(verified_tls)
            await self.upgrade(timeout)

    def _hides_logins(self) -> bool:
        """Whether the server offers STARTTLS, and no login as long as that is not done (RFC 4954 §4)."""
        return self.supports_extension("starttls") and not self.server_auth_methods

    async def upgrade(self, timeout: float) -> None:
        """STARTTLS and a second EHLO: what was announced in clear does not count (RFC 3207 §4.2)."""
        await self.greet(timeout)
        if not self.supports_extension("starttls"):
            raise aiosmtplib.SMTPException("offers no STARTTLS; no login and no letter goes in clear")
        await self.starttls(timeout=timeout)
        await self.greet(timeout)

    async def log_in(self, user: str, password: str, timeout: float) -> None:
        """Logs in by the first method both sides know; a refused password is not tried again by another.

        :raises SMTPAuthenticationError: refused, or no method in common. No exception holds the password.
        """
        with _unrepeated(user, password):
            await self._by_password(user, password, timeout)

    async def _by_password(self, user: str, password: str, timeout: float) -> None:
        offered = ", ".join(self.server_auth_methods) or "none"
        refused = aiosmtplib.SMTPAuthenticationError(504, f"no login method in common (offered: {offered})")
        for method in self.supported_auth_methods:
            attempt = getattr(self, f"auth_{method.replace('-', '')}")
            try:
                await attempt(user, password, timeout=timeout)
                return
            except aiosmtplib.SMTPAuthenticationError as exc:
                if exc.code not in _NEXT_METHOD:
                    raise
                refused = exc
        raise refused

    async def log_in_by_token(self, user: str, token: str, timeout: float) -> None:
        """Logs in by XOAUTH2 with an access token.

        :raises SMTPAuthenticationError: refused, or the server offers no XOAUTH2. No exception holds the token.
        """
        if "xoauth2" not in self.server_auth_methods:
            offered = ", ".join(self.server_auth_methods) or "none"
            raise aiosmtplib.SMTPAuthenticationError(504, f"takes no OAuth token (offered: {offered})")
        with _unrepeated(user, token):
            await self.auth_xoauth2(user, token, timeout=timeout)

    def drop(self) -> None:
        """Ends the connection at once. Unlike `close()` it sends nothing that is still buffered."""
        if self.transport is not None:
            cast(asyncio.WriteTransport, self.transport).abort()
        self.close()
