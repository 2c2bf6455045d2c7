"""A terminal as a program has it that fills the screen: keys one by one, a screen of its own, and the way back."""

import os
import re
import shutil
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

# One key press: an escape sequence of a terminal (ECMA-48 5.4, or SS3 and a letter), or a character.
_PRESS = re.compile("\x1b\\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|.", re.DOTALL)
ENTER, _BACKSPACE, _ESCAPE = ("\r", "\n"), ("\x7f", "\b"), "\x1b"
_END = "\x04"  # Ctrl-D, and the end of the input
QUIT = ("q", "Q", _ESCAPE, _END)


class Keys:
    """The keys that are pressed, one by one; those typed ahead wait."""

    def __init__(self) -> None:
        self.waiting: deque[str] = deque()

    def press(self) -> str:
        """The next key."""
        if not self.waiting:
            found = os.read(sys.stdin.fileno(), 4096).decode("utf-8", "replace")
            self.waiting.extend(_PRESS.findall(found) or [_END])
        return self.waiting.popleft()


def typed(keys: Keys, question: str) -> str:
    """A line typed at the foot of the screen; "" where Esc left it."""
    words = ""
    while True:
        foot(question + words)
        press = keys.press()
        if press in ENTER:
            return words.strip()
        if press in (_ESCAPE, _END):
            return ""
        words = words[:-1] if press in _BACKSPACE else words + press if press.isprintable() else words


def size() -> tuple[int, int]:
    """Columns and lines: at least so many that there is something to see."""
    now = shutil.get_terminal_size()
    return max(now.columns, 20), max(now.lines, 10)


def show(lines: Sequence[str]) -> None:
    """Draw the screen anew; the first line and the status stand out."""
    drawn = list(lines)
    drawn[0], drawn[-3] = click.style(drawn[0], bold=True), click.style(drawn[-3], reverse=True)
    sys.stdout.write("\x1b[H" + "\x1b[K\r\n".join(drawn) + "\x1b[K\x1b[J")
    sys.stdout.flush()


def foot(text: str) -> None:
    """Write over the last line of the screen."""
    sys.stdout.write(f"\x1b[{size()[1]};1H\x1b[K{text[-size()[0] + 1 :]}")
    sys.stdout.flush()


_ON, _OFF = "\x1b[?1049h\x1b[?25l\x1b[2J", "\x1b[?25h\x1b[?1049l"
"""To the other screen, without a cursor, and back (xterm's private modes 1049 and 25)."""


@contextmanager
def screen() -> Iterator[None]:
    """Around the walk: a screen and keys of its own, until whatever ends it, a SIGTERM too."""
    before = signal.signal(signal.SIGTERM, _end)
    try:
        with _each_key():
            sys.stdout.write(_ON)
            yield
    finally:
        sys.stdout.write(_OFF)
        sys.stdout.flush()
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _each_key() -> Iterator[None]:
    """Each key is read as it is pressed, and not shown. What was typed ahead is kept, so no key is lost.

    `click.getchar` sets the terminal anew for every key, and throws away what was typed in between.
    """
    import termios
    import tty

    keys = sys.stdin.fileno()
    before = termios.tcgetattr(keys)
    tty.setcbreak(keys, termios.TCSADRAIN)
    try:
        yield
    finally:
        termios.tcsetattr(keys, termios.TCSADRAIN, before)


@contextmanager
def aside(pressed: Keys) -> Iterator[None]:
    """Around what asks and prints as usual, on the usual screen with the usual keys; then a key goes back."""
    import termios
    import tty

    keys = sys.stdin.fileno()
    now = termios.tcgetattr(keys)
    usual = [*now[:3], now[3] | termios.ICANON | termios.ECHO, *now[4:]]
    sys.stdout.write(_OFF)
    sys.stdout.flush()
    termios.tcsetattr(keys, termios.TCSADRAIN, usual)
    try:
        yield
    finally:
        tty.setcbreak(keys, termios.TCSADRAIN)
    pressed.press()
    sys.stdout.write(_ON)


def _end(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
