"""Addresses and URLs in the files: checked without asking the network, and never with a secret in them."""

import re
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlsplit

from outreach.prospect import address
from outreach.workspace import values
from outreach.workspace.schema import SECRET_HINT, RefusedError, shown

_EXAMPLES = {
    "smtp": '"smtps://ann@smtp.northwind.example:465", or smtp:// for STARTTLS on port 587',
    "imap": '"imaps://ann@imap.northwind.example:993"',
}
_STORES = ("sqlite:///", "postgresql+psycopg://")


def mail_address(value: object) -> str:
    """An e-mail address in lower case with an ASCII domain, checked without DNS."""
    text = values.text(value)
    try:
        return address(text)
    except ValueError as exc:
        raise RefusedError(f"is no e-mail address: {shown(text)}", str(exc)) from exc


def mail_addresses(value: object) -> tuple[str, ...]:
    """One address or more, each as `mail_address` gives it."""
    found = []
    for place, text in enumerate(values.texts(value)):
        try:
            found.append(mail_address(text))
        except RefusedError as refused:
            raise RefusedError(f"entry {place + 1} {refused.message}", refused.hint, (place,)) from refused
    if not found:
        raise RefusedError("is empty", "write at least one address")
    return tuple(found)


def mail_url(protocol: str) -> Callable[[object], str]:
    """A parser for the URL of a mail server, `protocol` "smtp" or "imap": user, host, port and no secret.

    smtps and imaps speak TLS from the first byte. smtp:// is upgraded by STARTTLS, which the sender
    requires on every host but loopback. imap:// is for loopback only.
    """

    def parse(value: object) -> str:
        url = values.text(value)
        parts = _split(url, f"write {_EXAMPLES[protocol]}")
        if parts.password is not None:
            raise RefusedError("holds a password", SECRET_HINT)
        if parts.scheme not in (protocol, f"{protocol}s"):
            raise RefusedError(f"must start with {protocol}s://", f"write {_EXAMPLES[protocol]}")
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise RefusedError("must end after the host and port", f"write {_EXAMPLES[protocol]}")
        if parts.scheme == "imap" and not _loopback(parts.hostname or ""):
            raise RefusedError("would read mail without TLS", "use imaps:// and port 993")
        return url

    return parse


def web_url(value: object) -> str:
    """An http(s) URL."""
    url = values.text(value)
    example = 'write it like "https://northwind.example/privacy"'
    parts = _split(url, example)
    if parts.password is not None:
        raise RefusedError("holds a password", SECRET_HINT)
    if parts.scheme not in ("http", "https"):
        raise RefusedError(f"must start with https://, not {shown(parts.scheme)}", example)
    return url


def beat_url(value: object) -> str:
    """A URL that is called while all goes well: https, for it often holds a secret, or this machine's own."""
    url = web_url(value)
    parts = urlsplit(url)
    if parts.scheme == "http" and not _loopback(parts.hostname or ""):
        raise RefusedError("must start with https://", "http:// is for this machine alone")
    return url


def store_url(value: object) -> str:
    """The URL of the store: sqlite:///file or postgresql+psycopg://..., without a password."""
    url = values.text(value)
    if not url.startswith(_STORES) or url in _STORES:
        raise RefusedError(
            "must be sqlite:///FILE or postgresql+psycopg://HOST/DATABASE", 'like "sqlite:///outreach.db"'
        )
    if url.startswith("sqlite"):
        return url
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as exc:
        raise RefusedError(
            "is no database URL", 'like "postgresql+psycopg://outreach@db.example/outreach"'
        ) from exc
    if parts.password or any("password" in name for name, _ in parse_qsl(parts.query)):
        raise RefusedError("holds a password", f"{SECRET_HINT} (PGPASSFILE, PGPASSWORD)")
    return url


def _split(url: str, hint: str) -> SplitResult:
    """The parts of a URL with a host and, if any, a valid port. The message never shows the URL: secrets."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise RefusedError("is no URL", hint) from exc
    if not parts.hostname or port == 0 or re.search(r"\s", url):
        raise RefusedError("is no URL" if "://" not in url else "lacks a host", hint)
    return parts


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
