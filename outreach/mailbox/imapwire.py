"""One IMAP connection: what reading a mailbox asks of a server, by IMAPClient over a line with bounds.

It blocks; `imap.Inbox` runs it in a thread. An error is a RefusedError, after which the connection is still good,
or one of FOREIGN, after which it is to be dropped.
"""

import imaplib
import logging
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from imapclient import SEEN, IMAPClient
from imapclient.response_parser import parse_response

from outreach.mailbox.folders import Folder
from outreach.mailbox.imapline import Line
from outreach.mailbox.wire import REPEATED, clean, repeats

MOST_MAIL = 1 << 20  # bytes that are read of one mail

Items: TypeAlias = Mapping[bytes, object]
"""What FETCH says of one mail: INTERNALDATE as a datetime, numbers as int, strings and literals as bytes."""

_UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
"""Besides its own errors, what the library raises on an answer that is no IMAP."""

FOREIGN = (imaplib.IMAP4.error, OSError, *_UNREADABLE)
"""What ends a connection: the library's errors; socket, TLS, timeout (OSError); a host name (ValueError)."""

MAILS = ("UID", "RFC822.SIZE", "INTERNALDATE", f"BODY.PEEK[]<0.{MOST_MAIL}>")
"""What FETCH is asked for where a mail is read: its first MOST_MAIL bytes, and that without marking it as seen."""

SIZES = ("UID", "RFC822.SIZE")
"""What FETCH is asked for before many mails are read."""

_MOST_UID = (1 << 32) - 1
_LOOK_UP = 0.5  # seconds
_SAID = 10_000  # bytes of a line that are looked at for what must not be shown
_UID = re.compile(rb"[0-9]{1,10}")
_COUNT = re.compile(rb"\* (\d{1,10}) (EXISTS|EXPUNGE)\b", re.IGNORECASE)
_ENDED = re.compile(rb"[A-P]{4}\d+ (OK|NO|BAD)\b(.{0,500})")
_CODE = re.compile(r"\[([A-Z-]{1,40})[\] ]")
_PASSING = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN", "OVERQUOTA", "THROTTLED"})
_BUSY = re.compile(
    r"too many|simultaneous|temporar|try again|rate limit|throttl|system error|unavailable", re.IGNORECASE
)
_CLOSED = frozenset({"\\noselect", "\\nonexistent"})
_ATOM = re.compile(r"[A-Za-z0-9@._+=&'/~!#$-]+")
_UNSAFE = re.compile(rb"[\r\n\0]")

logging.getLogger("imapclient").addHandler(logging.NullHandler())  # its warnings are no lines for a terminal


class RefusedError(Exception):
    """The server said NO or BAD to a command, or what cannot be read.

    `passing`: by its response code (RFC 5530) or its words, it may say otherwise later.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        code = _CODE.match(text.upper())
        self.passing = bool(code and code[1] in _PASSING) or bool(_BUSY.search(text))


@dataclass(frozen=True, slots=True)
class Opened:
    """What EXAMINE said: the folder's UIDVALIDITY, the UID of the mail to come (0 where unsaid), and how many
    mails there are.
    """

    validity: int
    next: int
    exists: int = 0


class _Client(IMAPClient):  # type: ignore[misc]  # the library has no types
    """The library over a line that is made already, with folder names as the server writes them."""

    def __init__(self, line: Line) -> None:
        self._line = line
        super().__init__("", ssl=False)
        line.debug = 0  # the library's 5 writes out every answer, as large as it is, for a log
        self.normalise_times = False

    def _create_IMAP4(self) -> Line:  # noqa: N802 -- the library calls it so
        return self._line

    def _normalise_folder(self, folder_name: str) -> bytes:
        return quoted(folder_name)


class Wire:
    """What is asked of an IMAP server over a line that is greeted but not logged in.

    Every time is in seconds for whole answers.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._client = _Client(line)

    def log_in(self, user: str, password: str, seconds: float) -> None:
        """Logs in with a password, by AUTHENTICATE PLAIN (RFC 4616) or by LOGIN.

        :raises RefusedError: refused. No exception holds the password.
        """
        name, secret = (part.encode("utf-8", "surrogateescape") for part in (user, password))
        with self._unrepeated(user, password), self._asking(seconds) as client:
            if client.has_capability("AUTH=PLAIN"):
                client.sasl_login("PLAIN", lambda _: b"\0%b\0%b" % (name, secret))
            elif client.has_capability("LOGINDISABLED"):
                raise RefusedError("[PRIVACYREQUIRED] the server takes no password here")
            elif not (_ATOM.fullmatch(user) and password.isascii() and password.isprintable()):
                raise RefusedError(
                    "the server takes only LOGIN, and that no such letters in name or password"
                )
            else:
                client.login(user, password)

    def log_in_by_token(self, user: str, token: str, seconds: float) -> None:
        """Logs in with an OAuth access token by XOAUTH2.

        :raises RefusedError: refused. No exception holds the token.
        """
        # A refusal comes as a challenge with the reason, which an empty line answers.
        payload = f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
        with self._unrepeated(user, token), self._asking(seconds) as client:
            client.sasl_login("XOAUTH2", lambda challenge: b"" if challenge else payload)

    def can_idle(self, seconds: float) -> bool:
        """Whether the server, once logged in to, tells of new mail."""
        with self._asking(seconds) as client:
            return bool(client.has_capability("IDLE"))

    def folders(self, seconds: float) -> tuple[Folder, ...]:
        """The folders of LIST that can be opened, with their marks (RFC 6154); lines that are none left out."""
        with self._asking(seconds) as client:
            marked = client.has_capability("SPECIAL-USE") and client.has_capability("LIST-EXTENDED")
            # Not by `list_folders`, which takes all lines for one: Exchange leaves quotes away now and then.
            said, lines = self._line.list('""', '"*" RETURN (SPECIAL-USE)' if marked else '"*"')
            _accept(said)
        return tuple(folder for line in lines if (folder := _folder(line)))

    def examine(self, folder: str, seconds: float) -> Opened:
        """Opens a folder read-only.

        :raises RefusedError: there is no such folder, or it has no lasting UIDs.
        """
        with self._asking(seconds) as client:
            said = client.select_folder(folder, readonly=True)
        validity = said.get(b"UIDVALIDITY", 0)
        if not 0 < validity < 1 << 63:
            raise RefusedError("the server gives this folder's mails no lasting numbers (UIDVALIDITY)")
        return Opened(validity, said.get(b"UIDNEXT", 0), said.get(b"EXISTS", 0))

    def search(self, criteria: bytes, seconds: float) -> list[int]:
        """The UIDs of the open folder's mails that fit, in order, each once."""
        # Not by the library's `search`, which takes one line only: DavMail writes one for each mail.
        with self._asking(seconds):
            said, lines = self._line.uid("SEARCH", criteria)  # type: ignore[arg-type]  # bytes go as they are
            _accept(said)
        numbers = (int(each) for line in lines if line for each in line.split() if _UID.fullmatch(each))
        return sorted({uid for uid in numbers if 0 < uid <= _MOST_UID})

    def fetch(self, uids: Collection[int], seconds: float, items: Sequence[str]) -> dict[int, Items]:
        """MAILS, or SIZES, of these mails of the open folder.

        What is not there any more is not in the answer.
        """
        try:
            with self._asking(seconds) as client:
                return dict(client.fetch(uids, items))
        except RefusedError:
            self._line.response("FETCH")  # what came in spite of it would count as the next answer's
            raise

    def append(self, folder: str, raw: bytes, at: datetime, seconds: float) -> None:
        """Files a mail as seen, arrived at an aware time."""
        with self._asking(seconds) as client:
            client.append(folder, raw, (SEEN,), at)

    def idle(self, seconds: float, answer_within: float, known: int, enough: Callable[[], bool]) -> None:
        """IDLE (RFC 2177) for so long, or until the open folder has more mails than were `known`.

        A server may repeat the number that it has told already, and what is deleted counts off (RFC 3501 7.4.1).

        :param enough: asked every half second; True ends it early.
        """
        with self._asking(answer_within) as client:
            client.idle()
            end = time.monotonic() + seconds
            news = False
            while not news and not enough() and (left := end - time.monotonic()) > 0:
                self._line.begin(min(left, _LOOK_UP))
                with suppress(TimeoutError):  # the library's `idle_check` breaks at half a line
                    line = self._line.readline()
                    if count := _COUNT.match(line):
                        exists = known - 1 if count[2].upper() == b"EXPUNGE" else int(count[1])
                        news, known = exists > known, exists
                    if not line.startswith(b"* "):
                        raise ConnectionError("the server ended IDLE")
            self._line.begin(answer_within)
            client.idle_done()

    def log_out(self, seconds: float) -> None:
        """Says goodbye as far as that can be said, and ends the connection."""
        self._line.leaving = True
        try:
            with suppress(RefusedError, *FOREIGN), self._asking(seconds) as client:
                client.logout()
        finally:
            self.drop()

    def drop(self) -> None:
        """Ends the connection at once, without a word."""
        self._line.shutdown()

    @contextmanager
    def _unrepeated(self, user: str, secret: str) -> Iterator[None]:
        """Around a login: an error that would give the secret away says so in its place."""
        try:
            yield
        except (RefusedError, *FOREIGN) as exc:
            said = self._line.said[:_SAID].decode("utf-8", "replace")
            if not any(repeats(each, user, secret) for each in (str(exc), said)):
                raise
            if not isinstance(exc, RefusedError):
                raise ConnectionError(REPEATED) from None
            refused = RefusedError(REPEATED)
            refused.passing = exc.passing
            raise refused from None

    @contextmanager
    def _asking(self, seconds: float) -> Iterator[IMAPClient]:
        """The client for what must be answered within so many seconds.

        :raises RefusedError: the library failed, but the answer was a whole one: its last line says so.
        """
        self._line.begin(seconds)
        try:
            yield self._client
        except imaplib.IMAP4.abort:
            raise
        except (imaplib.IMAP4.error, *_UNREADABLE) as exc:
            ended = _ENDED.match(self._line.said)
            if ended is None:
                raise
            text = clean(ended[2].decode("utf-8", "replace"))
            why = "its answer cannot be read" if ended[1] == b"OK" else text or "without a word"
            raise RefusedError(why) from exc


def _accept(said: str) -> None:
    """imaplib raises at BAD by itself, but at NO not always."""
    if said != "OK":
        raise imaplib.IMAP4.error(said)


def _folder(line: object) -> Folder | None:
    """What one line of LIST says, or None: it cannot be read, or the folder not be opened."""
    try:
        found = parse_response([line])
    except FOREIGN:
        return None
    match found[:3], found[3:]:  # behind the name at most extended data (RFC 5258)
        case (tuple(marks), bytes() | None as between, bytes() | int() as name), (() | (tuple(),)):
            raw = name if isinstance(name, bytes) else b"%d" % name
            attributes = frozenset(
                mark.decode("latin-1").lower() for mark in marks if isinstance(mark, bytes)
            )
            if not attributes & _CLOSED and not _UNSAFE.search(raw):
                delimiter = (between or b"").decode("latin-1")
                return Folder(attributes, delimiter, raw.decode("utf-8", "surrogateescape"))
    return None


def quoted(text: str) -> bytes:
    """A string between quotes, as a command takes it.

    :raises ValueError: it holds a line end or NUL.
    """
    raw = text.encode("utf-8", "surrogateescape")
    if _UNSAFE.search(raw):
        raise ValueError("a line end in a quoted string")
    return b'"%b"' % re.sub(rb'(["\\])', rb"\\\1", raw)
