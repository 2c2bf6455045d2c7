"""The socket below imaplib, with bounds of time and memory.

The manual of imaplib leaves the methods that open, read, write and close to be replaced. Its own wait anew for
each byte, keep whatever is announced, and lose their place where a time-out meets half a line, as it may in IDLE.
"""

import imaplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from outreach.mailbox.wire import clean

MOST_ANSWER = 24 << 20  # bytes of all that is answered to one command
_LINE = 100  # bytes that a line counts more than it has: imaplib takes 10 us and some memory for each


class Line(imaplib.IMAP4):
    """imaplib's client, greeted: it blocks, and raises TimeoutError or ConnectionError out of bounds.

    `said` is the last line that came, "" if none did since `begin`.

    :param tls: None speaks in clear.
    :param seconds: for connecting and the greeting.
    :param reach: told once, as soon as there is something to end, how another thread can end it (`cut`);
        whatever waits on it then fails.
    """

    def __init__(
        self,
        host: str,
        port: int,
        tls: ssl.SSLContext | None,
        seconds: float,
        reach: Callable[[Callable[[], None]], None],
    ) -> None:
        self.said = b""
        self.leaving = False  # a BYE is in order
        self._tls, self._reach = tls, reach
        self._received = bytearray()
        self.begin(seconds)
        super().__init__(host, port, seconds)

    def begin(self, seconds: float) -> None:
        """From here on all that is sent and answered has so much time, and MOST_ANSWER bytes."""
        self._deadline = time.monotonic() + seconds
        self._left = MOST_ANSWER - len(self._received)
        self.said = b""

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connects, and shakes hands where there is TLS."""
        self.sock = socket.create_connection((host, port), timeout)
        self._reach(self.cut)
        if self._tls is not None:
            try:
                # The handshake comes after, as until it is over `sock` would be a socket that is no more.
                self.sock = made = self._tls.wrap_socket(
                    self.sock, server_hostname=host, do_handshake_on_connect=False
                )
                made.do_handshake()
            except BaseException:
                self.sock.close()
                raise

    def readline(self) -> bytes:
        """One line with its end. What came of a line before a TimeoutError is not lost."""
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            self._receive()
        self.said = self._taken(end + 1)
        self._spend(_LINE)
        if self.said[:5].upper() == b"* BYE" and not self.leaving:
            text = clean(self.said[5:500].decode("utf-8", "replace"))
            raise ConnectionError(f"the server ended the connection: {text}")
        return self.said

    def read(self, size: int) -> bytes:
        """So many bytes, which the server has announced."""
        if size > MOST_ANSWER:
            raise ConnectionError(f"the server announces {size} bytes in one piece")
        while len(self._received) < size:
            self._receive()
        return self._taken(size)

    def send(self, data: Any) -> None:
        """Sends bytes."""
        self.sock.settimeout(self._remaining())
        self.sock.sendall(data)

    def shutdown(self) -> None:
        """Ends the connection at once, without a word."""
        self.cut()
        self.sock.close()

    def cut(self) -> None:
        """Ends the connection under another thread that waits on it, which fails there at once."""
        with suppress(OSError):  # the plain socket's: that of TLS would go on in clear
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken

    def _receive(self) -> None:
        self.sock.settimeout(self._remaining())
        data = self.sock.recv(1 << 16)
        if not data:
            raise ConnectionError("the server ended the connection")
        self._spend(len(data))
        self._received += data

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise ConnectionError(f"the server answers one command with more than {MOST_ANSWER >> 20} MB")

    def _remaining(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left

    def _log(self, line: str) -> None:
        """Nothing: imaplib keeps the last ten lines of both sides here, the login among them."""
