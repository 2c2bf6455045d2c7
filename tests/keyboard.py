"""A person who steps through letters with keys: the program on a real terminal, its screen line by line."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.launched import PATIENCE

_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
HOME = "\x1b[H"
OUTREACH = (sys.executable, "-m", "outreach")


class Keyboard:
    """`outreach ARGS` on a terminal of 80 x 24; `types` presses keys, `sees` waits for words on the screen."""

    def __init__(self, folder: Path, *args: str, program: Sequence[str] = OUTREACH) -> None:
        self._main, self.end = pty.openpty()
        fcntl.ioctl(self._main, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self.end)
        environ = {**os.environ, "OUTREACH_STATE": str(folder / "state"), "TERM": "xterm"}
        for name in ("COLUMNS", "LINES", "DISPLAY", "WAYLAND_DISPLAY"):
            environ.pop(name, None)
        command = [*program, *args]
        ends = {"stdin": self.end, "stdout": self.end, "stderr": self.end}
        self.program: subprocess.Popen[bytes] = subprocess.Popen(
            command, cwd=folder, env=environ, start_new_session=True, preexec_fn=self._own, **ends
        )  # type: ignore[call-overload]
        self.said = ""

    def _own(self) -> None:
        """Its terminal is the one that signals it, as a shell's is."""
        fcntl.ioctl(self.end, termios.TIOCSCTTY, 0)

    def types(self, keys: str) -> None:
        self.said = ""
        os.write(self._main, keys.encode())

    def sees(self, words: str) -> str:
        """The text of the screen, once these words stand on it."""
        return self._until(lambda: words in self.seen, words)

    @property
    def seen(self) -> str:
        """What was written since the last keys, without the codes."""
        return _CODES.sub("", self.said)

    def _until(self, there: Callable[[], bool], what: str) -> str:
        last = time.monotonic() + PATIENCE
        while not there():
            ready, _, _ = select.select([self._main], [], [], max(last - time.monotonic(), 0))
            assert ready, f"no {what!r}:\n{self.said}"
            self.said += os.read(self._main, 65536).decode("utf-8", "replace")
        return _CODES.sub("", self.said.rpartition(HOME)[2])

    def resized(self, columns: int, rows: int) -> None:
        self.said = ""
        fcntl.ioctl(self._main, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def ends(self) -> int:
        """Its exit code; the terminal is as it was before."""
        self._until(lambda: "\x1b[?1049l" in self.said, "way back to the usual screen")
        code = self.program.wait(PATIENCE)
        assert "\x1b[?25h" in self.said
        assert termios.tcgetattr(self.end) == self.before
        return code


@contextmanager
def keyboard(folder: Path, *args: str, program: Sequence[str] = OUTREACH) -> Iterator[Keyboard]:
    each = Keyboard(folder, *args, program=program)
    try:
        yield each
    finally:
        if each.program.poll() is None:
            each.program.kill()
        each.program.wait(PATIENCE)
        os.close(each.end)
        os.close(each._main)
