"""One IMAP connection: commands and answers within bounds of time and memory, logging in, and IDLE.

It blocks; `imap.Inbox` runs it in a thread. The standard library's client keeps every answer whole, however
large, breaks when a line comes in two pieces, and remembers the login in a log: so this one is our own.
"""

import re
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeAlias

from outreach.mailbox.wire import clean

MOST_LITERAL = 1 << 20  # bytes that are kept of one literal; the rest is read past
MOST_ANSWER = 24 << 20  # bytes of all answers to one command

Response: TypeAlias = tuple[bytes, ...]
"""One line without its end; where it held literals: text, literal, text, ..., text."""

_LOOK_UP = 0.5  # seconds
_LITERAL = re.compile(rb"\{(\d{1,12})\}\Z")
_NEWS = re.compile(rb"\* \d{1,10} (?:EXISTS|RECENT)\b", re.IGNORECASE)
_CODE = re.compile(r"\[([A-Z-]{1,40})[\] ]")


class BrokenError(Exception):
    """The conversation cannot go on: ended by the server, out of bounds, or no IMAP."""


class RefusedError(Exception):
    """The server said NO or BAD to a command; `code` is the response code, as AUTHENTICATIONFAILED, or ""."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        found = _CODE.match(text.upper())
        self.code = found[1] if found else ""


FOREIGN = (BrokenError, RefusedError, OSError, ValueError)
"""What a connection raises: the two above; socket, TLS, timeout (OSError); a host name (ValueError)."""


class Wire:
    """A connection to an IMAP server, greeted but not logged in.

    :param tls: None speaks in clear.
    :param seconds: for connecting and the greeting.
    :raises FOREIGN: it could not be made.
    """

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, seconds: float) -> None:
        self._received = bytearray()
        self._count = 0
        self._begin(seconds)
        self._socket = socket.create_connection((host, port), timeout=seconds)
        try:
            if tls is not None:
                self._socket = tls.wrap_socket(self._socket, server_hostname=host)
            greeting = self._response()[0]
            if not greeting.upper().startswith(b"* OK"):
                raise BrokenError(f"greets with {_text(greeting)}")
            self.capabilities = self._capable(seconds)
        except BaseException:
            self.drop()
            raise

    def ask(self, command: bytes, seconds: float, then: Iterable[bytes] = ()) -> list[Response]:
        """One command and its untagged answers.

        :param then: what is sent, piece by piece, as often as the server asks for more.
        :raises RefusedError: it answered NO or BAD; the connection is still good.
        :raises FOREIGN: the connection is not.
        """
        self._begin(seconds)
        tag = self._tagged(command)
        pieces, answers = iter(then), list[Response]()
        while True:
            response = self._response()
            line = response[0]
            if line.startswith(b"* "):
                if line[2:6].upper().strip() == b"BYE" and command != b"LOGOUT":
                    raise BrokenError(f"the server ended the connection: {_text(line[6:])}")
                answers.append(response)
            elif line.startswith(b"+"):
                self._send(_next(pieces) + b"\r\n")
            else:
                _accepted(tag, line)
                return answers

    def log_in(self, user: str, password: str, seconds: float) -> None:
        """Logs in with a password, by AUTHENTICATE PLAIN (RFC 4616) or by LOGIN.

        :raises RefusedError: refused. No exception holds the password.
        """
        name, secret = (part.encode("utf-8", "surrogateescape") for part in (user, password))
        if b"AUTH=PLAIN" in self.capabilities:
            self.ask(b"AUTHENTICATE PLAIN", seconds, [b64encode(b"\0%b\0%b" % (name, secret))])
        elif b"LOGINDISABLED" in self.capabilities:
            raise RefusedError("[PRIVACYREQUIRED] the server takes no password here")
        else:  # as literals, which need no quoting
            self.ask(b"LOGIN {%d}" % len(name), seconds, [b"%b {%d}" % (name, len(secret)), secret])
        self.capabilities = self._capable(seconds)

    def log_in_by_token(self, user: str, token: str, seconds: float) -> None:
        """Logs in with an OAuth access token by XOAUTH2.

        :raises RefusedError: refused. No exception holds the token.
        """
        # A refusal comes as a challenge with the reason, which an empty line answers.
        payload = f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
        self.ask(b"AUTHENTICATE XOAUTH2", seconds, [b64encode(payload), b""])
        self.capabilities = self._capable(seconds)

    def idle(self, seconds: float, answer_within: float, enough: Callable[[], bool]) -> bool:
        """IDLE (RFC 2177) for so long, or until the selected folder has new mail: True if it has.

        :param enough: asked every half second; True ends it early.
        """
        self._begin(answer_within)
        tag = self._tagged(b"IDLE")
        news = False
        while not (line := self._response()[0]).startswith(b"+"):
            if not line.startswith(b"* "):
                _accepted(tag, line)
                raise BrokenError("IDLE ended before it began")
            news = news or bool(_NEWS.match(line))
        end = time.monotonic() + seconds
        while not news and not enough() and (left := end - time.monotonic()) > 0:
            self._begin(min(left, _LOOK_UP))
            with suppress(TimeoutError):
                line = self._response()[0]
                news = bool(_NEWS.match(line))
                if line[:5].upper() == b"* BYE" or not line.startswith(b"* "):
                    raise BrokenError(f"IDLE was ended: {_text(line)}")
        self._begin(answer_within)
        self._send(b"DONE\r\n")
        while (line := self._response()[0]).startswith(b"* "):
            news = news or bool(_NEWS.match(line))
        _accepted(tag, line)
        return news

    def log_out(self, seconds: float) -> None:
        """Says goodbye as far as that can be said, and ends the connection."""
        try:
            with suppress(*FOREIGN):
                self.ask(b"LOGOUT", seconds)
        finally:
            self.drop()

    def drop(self) -> None:
        """Ends the connection at once, without a word."""
        self.interrupt()
        self._socket.close()

    def interrupt(self) -> None:
        """Cuts the connection under another thread that waits on it, which fails there at once."""
        with suppress(OSError):  # the plain socket's: that of TLS would go on in clear
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _capable(self, seconds: float) -> frozenset[bytes]:
        answers = self.ask(b"CAPABILITY", seconds)
        words = [line.upper().split() for line, *_ in answers]
        return frozenset(word for line in words if line[1:2] == [b"CAPABILITY"] for word in line[2:])

    def _begin(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self._left = MOST_ANSWER

    def _tagged(self, command: bytes) -> bytes:
        self._count += 1
        tag = b"o%d" % self._count
        self._send(b"%b %b\r\n" % (tag, command))
        return tag

    def _send(self, data: bytes) -> None:
        self._socket.settimeout(self._remaining())
        self._socket.sendall(data)

    def _response(self) -> Response:
        parts = [self._line()]
        while found := _LITERAL.search(parts[-1]):
            parts += [self._literal(int(found[1])), self._line()]
        return tuple(parts)

    def _line(self) -> bytes:
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            self._receive()
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return line.removesuffix(b"\r")

    def _literal(self, size: int) -> bytes:
        if size > MOST_ANSWER:
            raise BrokenError(f"announces {size} bytes in one piece")
        kept = bytearray()
        while size:
            if not self._received:
                self._receive()
            piece = self._received[:size]
            del self._received[:size]
            size -= len(piece)
            kept += piece[: MOST_LITERAL - len(kept)]
        return bytes(kept)

    def _receive(self) -> None:
        self._socket.settimeout(self._remaining())
        data = self._socket.recv(1 << 16)
        if not data:
            raise BrokenError("the server ended the connection")
        self._left -= len(data)
        if self._left < 0:
            raise BrokenError(f"answers one command with more than {MOST_ANSWER >> 20} MB")
        self._received += data

    def _remaining(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


def _accepted(tag: bytes, line: bytes) -> None:
    """Nothing if a line is the OK to a command; RefusedError or BrokenError if it is not."""
    said, _, rest = line.partition(b" ")
    status, _, text = rest.partition(b" ")
    if said != tag or status.upper() not in (b"OK", b"NO", b"BAD"):
        raise BrokenError(f"the server answered out of turn: {_text(line)}")
    if status.upper() != b"OK":
        raise RefusedError(_text(text) or status.decode("ascii", "replace"))


def _next(pieces: Iterator[bytes]) -> bytes:
    for piece in pieces:
        return piece
    raise BrokenError("the server asks for more than there is")


def _text(raw: bytes) -> str:
    return clean(raw[:500].decode("utf-8", "replace"))
