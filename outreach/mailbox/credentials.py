"""A mailbox's password or OAuth grant, from where secrets live: never from a URL, an argument or the store."""

import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from outreach.errors import MailboxError
from outreach.mailbox import oauth
from outreach.mailbox.oauth import Grant
from outreach.mailbox.tokens import Access, Login
from outreach.mailbox.wire import endpoint
from outreach.model import Mailbox

SERVICE = "outreach"
"""The service name of our passwords in the keyring; the user name is the mailbox's address."""

LONGEST = 4000
"""Bytes of a secret as UTF-8, at most: an app password has 16, a grant under 3,000."""

_LINE_END = 2  # bytes at most behind the secret in its file
_RECOMMENDED = 1  # keyring's own mark: plain-text and null backends rank below it


class NoPasswordError(MailboxError):
    """There is none at all for a mailbox; the hint is the ways to give it."""


def login(mailbox: Mailbox, environ: Mapping[str, str], root: Path) -> Login | None:
    """What a mailbox logs in with: a password (or app password), or OAuth access if `keep` was handed a grant.

    Looked for in the system's keyring, in a systemd credential, in the environment, and in the mailbox's
    `password_file`, in that order; the first one wins. An empty one is a missing one. None if nothing asks for
    a login: the SMTP URL names no user, and no inbox is read.

    :param environ: the process environment.
    :param root: the workspace; a relative `password_file` starts there.
    :raises NoPasswordError: there is none.
    :raises MailboxError: the file is unsafe or unreadable. No message holds a secret.
    """
    if not endpoint(mailbox.smtp).user and not mailbox.imap:
        return None
    kept = _from_keyring(mailbox.address)
    found = (
        kept
        or _from_systemd(mailbox.address, environ)
        or environ.get(variable(mailbox.address))
        or _from_file(mailbox, root)
    )
    if not found:
        raise NoPasswordError(f"no password for {mailbox.address}", hint=_ways(mailbox))
    grant = oauth.read(found)
    if grant is None:
        return found
    # A refresh token that was replaced goes back to the keyring; elsewhere the old one is good for months.
    return Access(grant, partial(_grant_into_keyring, mailbox.address) if kept else None)


def keep(mailbox: Mailbox, secret: Grant | str, root: Path, *, in_keyring: bool = True) -> str:
    """Keeps a grant or a password in the keyring, or where there is none in the mailbox's `password_file`.

    :param in_keyring: False where it is to be in the file though there is a keyring.
    :return: where it is now, for people.
    :raises MailboxError: neither is possible. No message holds the secret.
    """
    text = secret if isinstance(secret, str) else oauth.written(secret)
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        raise MailboxError(f"the password of {mailbox.address} is longer than {LONGEST} bytes")
    if in_keyring and _into_keyring(mailbox.address, text):
        return "the keyring"
    if not mailbox.password_file:
        hint = f'give its [[mailbox]] a password_file, like "{mailbox.address}.password", and try again'
        raise MailboxError(f"no keyring to keep the login of {mailbox.address} in", hint=hint)
    path = root / mailbox.password_file
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600 from the start
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(f"{text}\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as exc:
        raise MailboxError(f"password file {path} of {mailbox.address}: {exc.strerror}") from exc
    except UnicodeEncodeError:
        raise MailboxError(f"the password of {mailbox.address} is no text") from None  # the error carries it
    return str(path)


def has_keyring() -> bool:
    """Whether there is a keyring that keeps secrets safe. Whether somebody will unlock it only a try can tell."""
    return next(_keyrings(), None) is not None


def variable(address: str) -> str:
    """The environment variable of an address: OUTREACH_PASSWORD_ANN_NORTHWIND_EXAMPLE."""
    plain = "".join(char if char.isascii() and char.isalnum() else "_" for char in address)
    return f"OUTREACH_PASSWORD_{plain.upper()}"


def _ways(mailbox: Mailbox) -> str:
    address = mailbox.address
    file = mailbox.password_file or "FILE"
    return (
        f"one of: keyring set {SERVICE} {address}"
        f" · LoadCredential={SERVICE}.{address}:PATH in the systemd unit"
        f" · the environment variable {variable(address)}"
        f' · password_file = "{file}" in its [[mailbox]], after chmod 600 {file}'
    )


def _from_keyring(address: str) -> str | None:
    """The keyring's answer, or None: no package, no real backend, nothing there, or nobody to unlock it."""
    for backend in _keyrings():
        try:
            found = backend.get_password(SERVICE, address)
        except Exception:  # backends raise what their desktop raises; an unattended job has other sources
            continue
        if found:
            return str(found)
    return None


def _into_keyring(address: str, secret: str) -> bool:
    """Keeps a secret in the first real backend that takes it; False if none does."""
    for backend in _keyrings():
        try:
            backend.set_password(SERVICE, address, secret)
        except Exception:  # as above; a token just fetched is good all the same
            continue
        return True
    return False


def _grant_into_keyring(address: str, grant: Grant) -> bool:
    return _into_keyring(address, oauth.written(grant))


def _keyrings() -> Iterator[Any]:
    """The backends that keep secrets safe, the preferred one first."""
    try:
        import keyring
    except ImportError:  # an optional package
        return
    backend = keyring.get_keyring()
    for candidate in getattr(backend, "backends", (backend,)):  # a chainer holds several
        try:
            safe = candidate.priority >= _RECOMMENDED
        except Exception:  # it cannot even tell
            continue
        if safe:
            yield candidate


def _from_systemd(address: str, environ: Mapping[str, str]) -> str | None:
    """A credential that systemd put before us alone; its directory is ours to read, so no mode is checked."""
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if not folder or "/" in address:
        return None
    path = Path(folder, f"{SERVICE}.{address}")
    return _read(path, mailbox=address) if path.is_file() else None


def _from_file(mailbox: Mailbox, root: Path) -> str | None:
    if not mailbox.password_file:
        return None
    path = root / mailbox.password_file
    return _read(path, mailbox=mailbox.address, private=True)


def _read(path: Path, *, mailbox: str, private: bool = False) -> str:
    """The text of a secret file without its last newline.

    :raises MailboxError: unreadable, no plain file, too large, not UTF-8, or (`private`) others may read it.
    """
    what = f"password file {path} of {mailbox}"
    try:
        # Opened before it is judged, so that it is one and the same file; a pipe must not block us.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise MailboxError(f"{what}: not a regular file")
            if private and os.name == "posix":
                _refuse_shared(status, path, what)
            raw = file.read(LONGEST + _LINE_END + 1)
    except OSError as exc:
        raise MailboxError(f"{what}: {exc.strerror}", hint="create it or correct password_file") from exc
    if len(raw.rstrip(b"\r\n")) > LONGEST or len(raw) > LONGEST + _LINE_END:
        raise MailboxError(
            f"{what}: larger than {LONGEST} bytes", hint="it holds the password and nothing else"
        )
    try:
        return raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise MailboxError(f"{what}: not UTF-8 text") from None  # the exception carries the bytes


def _refuse_shared(status: os.stat_result, path: Path, what: str) -> None:
    if status.st_uid not in (os.geteuid(), 0):
        raise MailboxError(f"{what}: belongs to somebody else", hint=f"chown {os.geteuid()} {path}")
    if status.st_mode & 0o077:
        mode = stat.filemode(status.st_mode)
        raise MailboxError(f"{what}: others may read it ({mode})", hint=f"chmod 600 {path}")
