"""Tables of text: the delimiter found out, then row by row, however large or broken the file is."""

import codecs
import csv
import os
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, BinaryIO, Final, TypeAlias

from outreach.prospect import BadRow
from outreach.workspace import misread
from outreach.workspace.filekind import refusal

MAX_LINE: Final = 65_536  # characters; half of what the csv module takes as one cell
MAX_RECORD: Final = 100  # lines that one row may stretch over
_SAMPLE_LINES: Final = 50  # that the delimiter is found out from
_BREAKS: Final = re.compile("[\t\r\n\x0b\x0c\u2028\u2029]+")
# What is written around numbers so that a spreadsheet leaves them alone, and what pandas makes of them.
_NUMBER: Final = re.compile(r"=\"([^\"]*)\"|=(\+?[0-9]+)|([0-9]{5,})\.0")
_ALIASES: Final = {"shift_jis": "cp932"}  # as Windows writes it, with the letters that names need
DELIMITERS: Final = (",", ";", "\t", "|")

Cells: TypeAlias = tuple[int, list[str]]
"""A row: the number of its first line in the file, counted from 1, and its cells."""

Stamp: TypeAlias = tuple[int, int, int]
"""What changes with a file: its number, its size, and when it was written."""


def stamp(found: os.stat_result) -> Stamp:
    """The stamp of a file."""
    return found.st_ino, found.st_size, found.st_mtime_ns


@dataclass(slots=True)
class Text:
    """The rows of a file of text, as often as they are asked for, never whole in memory."""

    path: Path
    encoding: str
    delimiter: str
    stamp: Stamp
    _reading: BinaryIO | None = None

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.stamp[1]

    @property
    def position(self) -> int:
        """How many bytes the newest `rows` has read: 0 before it, `size` at its end."""
        if self._reading is None:
            return 0
        return self.size if self._reading.closed else self._reading.tell()

    def rows(self) -> Iterator[Cells | BadRow]:
        """Every row that is not empty, the header too; a BadRow for each line that is no row.

        After a quote that is never closed reading goes on at the next line, so a typing error costs one row.
        A byte that the encoding does not know becomes U+FFFD, which no value may hold. Raises InputError
        if the file is no longer what it was.
        """
        with _opened(self.path, self.encoding) as file:
            self._reading = file.buffer  # type: ignore[attr-defined]  # a TextIOWrapper has one
            self._check(file)
            yield from _rows(file, self.delimiter, misread.finder(self.encoding))
            self._check(file)

    def _check(self, file: IO[str]) -> None:
        if stamp(os.fstat(file.fileno())) != self.stamp:
            raise changed(self.path)


def changed(path: Path) -> Exception:
    """The file is no longer the one that was opened."""
    hint = "import it again when nothing writes to it any more; what is in already does no harm"
    return refusal(path, "the file was changed while it was read", hint)


def tidy(cells: list[str]) -> list[str]:
    """The cells of a row with a space for every line break and tab inside, which no letter has room for."""
    if "".join(cells).isprintable():
        return cells
    return [cell if cell.isprintable() else _unbroken(cell) for cell in cells]


def _unbroken(cell: str) -> str:
    parts = _BREAKS.split(cell)
    return cell if len(parts) == 1 else " ".join(filter(None, map(str.strip, parts)))


class _Lines:
    """The lines of a file for csv.reader, which gives back those that a stray quote swallowed."""

    def __init__(self, file: IO[str]) -> None:
        self.count = 0  # lines taken so far
        self.taken: list[str] = []  # those of the current row
        self._file = file
        self._again: deque[str] = deque()

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MAX_RECORD:
            raise csv.Error("too many lines")
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        self.count += 1
        self.taken.append(line)
        if _too_long(line):
            raise csv.Error("too long")
        return line

    def _read(self) -> str:
        """The next line of the file; of one that is too long only its start, the rest is passed over."""
        line = rest = self._file.readline(MAX_LINE)
        while _too_long(rest):
            rest = self._file.readline(MAX_LINE)
        # Files put together from others have a byte order mark each; the decoder takes one off.
        return line if self.count else line.lstrip("\ufeff")

    def back(self) -> str:
        """Gives back all lines of the current row but its first; what was wrong with the row."""
        swallowed = self.taken[1:]
        self._again.extendleft(reversed(swallowed))
        self.count -= len(swallowed)
        if _too_long(self.taken[0]):
            return f"the line is longer than {MAX_LINE:,} characters"
        closed = not swallowed and self.taken[0].count('"') % 2 == 0
        return 'a quote inside a quoted cell must be doubled: ""' if closed else "a quote is never closed"


def _too_long(line: str) -> bool:
    return len(line) == MAX_LINE and not line.endswith(("\r", "\n"))


def _rows(
    file: IO[str], delimiter: str, ask: Callable[[str], misread.Misread | None]
) -> Iterator[Cells | BadRow]:
    """The rows of an open file, its header too; empty ones and a `sep=` line are passed over."""
    lines = _Lines(file)
    # strict: else a stray quote joins cells silently, and the end of the file ends any quote
    parser = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.taken.clear()
        start = lines.count + 1
        try:
            cells = next(parser)
        except StopIteration:
            return
        except csv.Error:
            yield BadRow(start, lines.back(), lines.taken[0].rstrip("\r\n"))
            parser = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        text = "".join(lines.taken)
        if not text.isascii() and (found := ask(text)):
            yield BadRow(start, found.reason, found.text.rstrip("\r\n"))
        elif any(map(str.strip, cells)) and not (start == 1 and _separator(text)):
            yield start, _numbers(tidy(cells)) if "=" in text or ".0" in text else tidy(cells)


def _numbers(cells: list[str]) -> list[str]:
    """Cells without what protects or disfigures a number: ="01067", =+4917212345, 491721234567.0."""
    found = (
        _NUMBER.fullmatch(cell) if cell.startswith("=") or cell.endswith(".0") else None for cell in cells
    )
    return [
        next(filter(None, each.groups()), "") if each else cell
        for each, cell in zip(found, cells, strict=True)
    ]


def _opened(path: Path, encoding: str) -> IO[str]:
    name = "utf-8-sig" if encoding == "utf-8" else encoding  # both read UTF-8 without a mark
    return path.open(encoding=name, errors="replace", newline="")


def codec(name: str, path: Path) -> str:
    """The name that Python has for an encoding. Raises InputError for an unknown one."""
    try:
        "".encode(name)  # refuses codecs that are not for text, such as base64
        found = codecs.lookup(name).name
        return _ALIASES.get(found, found)
    except (LookupError, ValueError) as exc:
        raise refusal(path, f"unknown encoding {name!r}", "such as utf-8, windows-1251 or gb18030") from exc


def checked_delimiter(delimiter: str, path: Path) -> str:
    """The character that a user means by a delimiter. Raises InputError for what is none."""
    char = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
    if len(char) != 1 or char in '"\r\n':
        raise refusal(path, f"{delimiter!r} is no delimiter", "one character, or `tab`")
    return char


def find_delimiter(path: Path, encoding: str, is_header: Callable[[Sequence[str]], bool]) -> str:
    """What a first line `sep=;` names, else the delimiter that cuts out a header and the first rows evenly.

    A comma if none does.
    """
    with _opened(path, encoding) as file:
        lines = list(islice(iter(lambda: file.readline(MAX_LINE), ""), _SAMPLE_LINES))
    if lines and (named := _separator(lines[0])):
        return named
    return max(DELIMITERS, key=lambda char: _fitness(lines, char, is_header))


def _separator(line: str) -> str:
    """What Excel's own first line `sep=;` names, else ""."""
    found = re.fullmatch(r"\"?sep=(.)\"?", line.strip("\r\n\ufeff"), re.IGNORECASE)
    return found[1] if found else ""


def _fitness(
    lines: Sequence[str], delimiter: str, is_header: Callable[[Sequence[str]], bool]
) -> tuple[bool, float, int]:
    """Whether a header comes out, the share of the rows that are as wide as most are, and that width."""
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return False, 0.0, 0
    widths = Counter(map(len, rows))
    width, count = max(widths.items(), key=lambda each: (each[1], each[0]), default=(0, 0))
    header = any(len(row) > 1 and is_header(row) for row in rows)
    return (header, round(count / len(rows), 1), width) if width > 1 else (header, 0.0, 0)
