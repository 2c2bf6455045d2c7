"""A terminal as a program has it that fills the screen: keys one by one, a screen of its own, and the way back."""

import codecs
import os
import re
import select
import shutil
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import click

from outreach.report.lines import width

# One key press: an escape sequence of a terminal (ECMA-48 5.4, or SS3 and a letter), or a character.
_PRESS = re.compile("\x1b\\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|.", re.DOTALL)
ENTER, _BACKSPACE, _ESCAPE = ("\r", "\n"), ("\x7f", "\b"), "\x1b"
_END = "\x04"  # Ctrl-D, and the end of the input
QUIT = ("q", "Q", _ESCAPE, _END)


_UNFINISHED = re.compile("\x1b(?:\\[[0-9;]*|O)?\\Z")
SOON = 0.05  # seconds in which the rest of an arrow key comes, also over a slow line; else it was Esc


class Keys:
    """The keys that are pressed, one by one; those typed ahead wait. `wake` ends a wait without a key."""

    def __init__(self) -> None:
        self.waiting: deque[str] = deque()
        self._source = sys.stdin.fileno()
        self._text = codecs.getincrementaldecoder("utf-8")("replace")
        self._ear, self._bell = os.pipe()
        for end in (self._ear, self._bell):
            os.set_blocking(end, False)

    def press(self) -> str:
        """The next key; "" where there is none, but the screen is to be drawn anew."""
        while not self.waiting:
            heard, _, _ = select.select([self._source, self._ear], [], [])
            if self._ear in heard:
                os.read(self._ear, 4096)
                return ""
            text = self._read()
            while _UNFINISHED.search(text) and select.select([self._source], [], [], SOON)[0]:
                more = self._read()
                text += more
                if more == _END:
                    break
            self.waiting.extend(_PRESS.findall(text))
        return self.waiting.popleft()

    def forget(self) -> None:
        """Drop what was typed ahead."""
        import termios

        self.waiting.clear()
        termios.tcflush(self._source, termios.TCIFLUSH)

    def _read(self) -> str:
        """What was typed by now; "" for half a character."""
        raw = os.read(self._source, 4096)
        return self._text.decode(raw) if raw else _END

    def wake(self) -> None:
        """Have `press` come back, also from a signal handler."""
        with suppress(BlockingIOError):  # it is awake
            os.write(self._bell, b"!")

    def close(self) -> None:
        """Give back what the waiting takes."""
        os.close(self._ear)
        os.close(self._bell)


def typed(keys: Keys, question: str) -> str:
    """A line typed at the foot of the screen; "" where Esc or Ctrl-C left it."""
    words = ""
    try:
        while True:
            foot(question + words)
            press = keys.press()
            if press in ENTER:
                return words.strip()
            if press in (_ESCAPE, _END):
                return ""
            words = words[:-1] if press in _BACKSPACE else words + press if press.isprintable() else words
    except KeyboardInterrupt:
        return ""


def agreed(keys: Keys, question: str) -> bool:
    """Whether the next key is y; what was typed before the question was seen is no answer to it."""
    keys.forget()
    press = ""
    try:
        while not press:
            foot(f"{question} y/n")
            press = keys.press()
    except KeyboardInterrupt:
        return False
    return press in ("y", "Y")


def size() -> tuple[int, int]:
    """Columns and lines: at least so many that there is something to see."""
    now = shutil.get_terminal_size()
    return max(now.columns, 20), max(now.lines, 10)


def show(lines: Sequence[str], status: int = 0) -> None:
    """Draw the screen anew; the first line and the `status` lines above the last two stand out."""
    drawn = list(lines)
    drawn[0] = click.style(drawn[0], bold=True)
    for place in range(-2 - status, -2):
        drawn[place] = click.style(drawn[place], reverse=True)
    sys.stdout.write("\x1b[H" + "\x1b[K\r\n".join(drawn) + "\x1b[K\x1b[J")
    sys.stdout.flush()


def alone(text: str) -> None:
    """Write a line at the top of the empty screen, before there is something to see."""
    sys.stdout.write(f"\x1b[H\x1b[J{text}\r\n")
    sys.stdout.flush()


def foot(text: str) -> None:
    """Write over the last line of the screen; of a long text its end is seen."""
    columns, rows = size()
    text = text[-columns:]
    while width(text) >= columns:
        text = text[1:]
    sys.stdout.write(f"\x1b[{rows};1H\x1b[K{text}")
    sys.stdout.flush()


_ON, _OFF = "\x1b[?1049h\x1b[?25l\x1b[2J", "\x1b[?25h\x1b[?1049l"
"""To the other screen, without a cursor, and back (xterm's private modes 1049 and 25)."""


class Screen:
    """A screen of its own on which each key is read as it is pressed, and not shown; and the way back.

    What was typed ahead is kept, so no key is lost: `click.getchar` sets the terminal anew for every key, and
    throws away what was typed in between.
    """

    def __init__(self) -> None:
        import termios

        self.keys = Keys()
        self._terminal = sys.stdin.fileno()
        self._usual = termios.tcgetattr(self._terminal)

    def take(self) -> None:
        """To the other screen."""
        import termios
        import tty

        tty.setcbreak(self._terminal, termios.TCSADRAIN)
        self._write(_ON)

    def give_back(self) -> None:
        """To the usual screen, with the terminal as it was."""
        import termios

        self._write(_OFF)
        termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._usual)

    def _write(self, code: str) -> None:
        """Not by `sys.stdout`, which a signal may have stopped in the middle of a write."""
        os.write(sys.stdout.fileno(), code.encode())

    def stop(self, number: int, frame: object) -> None:
        """Ctrl-Z: the shell gets its terminal as it was; once it says `fg` the screen is drawn anew."""
        self.give_back()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)  # goes on here
        signal.signal(signal.SIGTSTP, self.stop)
        self.take()
        self.keys.wake()

    def wait(self) -> None:
        """Until some key is pressed, on whatever screen."""
        import termios
        import tty

        tty.setcbreak(self._terminal, termios.TCSADRAIN)
        while not self.keys.press():
            pass

    def resized(self, number: int, frame: object) -> None:
        """The window has another size."""
        self.keys.wake()


@contextmanager
def screen() -> Iterator[Screen]:
    """Around the walk: a screen and keys of its own, until whatever ends it, a SIGTERM too."""
    own = Screen()
    acts = {signal.SIGTERM: _end, signal.SIGTSTP: own.stop, signal.SIGWINCH: own.resized}
    before = {number: signal.signal(number, act) for number, act in acts.items()}
    try:
        own.take()
        yield own
    finally:
        for number, act in before.items():
            signal.signal(number, act)
        sys.stdout.flush()
        own.give_back()
        own.keys.close()


@contextmanager
def aside(own: Screen) -> Iterator[None]:
    """Around what asks and prints as usual, on the usual screen with the usual keys; then a key goes back."""
    sys.stdout.flush()
    own.give_back()
    stopped = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    try:
        yield
        own.wait()
    finally:
        signal.signal(signal.SIGTSTP, stopped)
        own.take()


def has_screen() -> bool:
    """Whether who calls sees a browser that is opened here: a terminal's own browser would take the screen."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    return sys.platform in ("darwin", "win32") and "SSH_CONNECTION" not in os.environ


def _end(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
