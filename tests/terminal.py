"""A person at a terminal: the program in a process of its own, on a terminal that echoes what is typed."""

import os
import pty
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from select import select

PATIENCE = 60.0  # seconds: no test waits so long unless something is broken


class Terminal:
    """Runs `outreach ARGS` in a folder; `seen` is everything on the screen so far.

    :param environ: variables beyond this process's own. No keyring is used unless they name one.
    """

    def __init__(self, folder: Path, *args: str, environ: Mapping[str, str] | None = None) -> None:
        self.seen = ""
        self._read_to = 0
        self._pressed: int | None = None  # how much was seen when Ctrl-C was pressed
        given = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", **(environ or {})}
        self._child, self._terminal = pty.fork()
        if self._child == 0:  # pragma: no cover
            os.environ.update(given)
            os.execv(sys.executable, [sys.executable, "-m", "outreach", "-C", str(folder), *args])

    def until(self, words: str) -> str:
        """Waits for these words after those waited for before; what stands between."""
        while words not in self.seen[self._read_to :]:
            assert self._more(), f"no {words!r} in:\n{self.seen}"
        start = self._read_to
        self._read_to = self.seen.index(words, start) + len(words)
        return self.seen[start : self._read_to]

    def answer(self, question: str, text: str) -> str:
        """Waits for a question and types the answer and Enter; what stood on the screen up to it."""
        before = self.until(question)
        os.write(self._terminal, f"{text}\n".encode("utf-8", "surrogateescape"))
        return before

    def interrupt(self) -> None:
        """Presses Ctrl-C, and again where nothing comes of it: CPython's readline may miss one as it starts."""
        os.write(self._terminal, b"\x03")
        self._pressed = len(self.seen)

    def end(self) -> int:
        """Waits for the program to end; its exit code."""
        while self._more():
            pass
        code = os.waitstatus_to_exitcode(os.waitpid(self._child, 0)[1])
        os.close(self._terminal)
        return code

    def _more(self) -> bool:
        missed = self._pressed is not None and self.seen[self._pressed :].strip() in ("", "^C")
        if missed and not select([self._terminal], [], [], 3)[0]:
            self.interrupt()
        if not select([self._terminal], [], [], PATIENCE)[0]:
            os.kill(self._child, signal.SIGKILL)
            raise AssertionError(f"nothing more comes after:\n{self.seen}")
        try:
            more = os.read(self._terminal, 4096)
        except OSError:  # how Linux tells that the other side is closed
            return False
        self.seen += more.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(more)
