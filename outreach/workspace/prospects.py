"""Prospect files: encoding and delimiter found out, then row by row, however large or broken the file is."""

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, BinaryIO, Final, TypeAlias

from outreach.errors import InputError, problem
from outreach.prospect import BadRow
from outreach.workspace import encoding as encodings

MAX_LINE: Final = 65_536  # characters; half of what the csv module takes as one cell
MAX_RECORD: Final = 100  # lines that one row may stretch over
_SAMPLE_LINES: Final = 50  # that the delimiter is found out from
DELIMITERS: Final = (",", ";", "\t", "|")

Cells: TypeAlias = tuple[int, list[str]]
"""A row: the number of its first line in the file, counted from 1, and its cells."""

_NO_TABLES: Final = (
    (b"PK\x03\x04", "an Excel workbook or another archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a compressed file"),
)


@dataclass(slots=True)
class Table:
    """A prospect file: its header, and its rows as often as they are asked for, never whole in memory.

    `guessed` says that the encoding is likely but not certain: show it. `size` is in bytes.
    """

    path: Path
    encoding: str
    guessed: bool
    delimiter: str
    size: int
    header: list[str] = field(default_factory=list)
    header_line: int = 0
    _reading: BinaryIO | None = None

    @property
    def position(self) -> int:
        """How many bytes the newest `rows` has read: 0 before it, `size` at its end."""
        if self._reading is None:
            return 0
        return self.size if self._reading.closed else self._reading.tell()

    def rows(self) -> Iterator[Cells | BadRow]:
        """Every row below the header that is not empty; a BadRow for each line that is no row.

        After a quote that is never closed reading goes on at the next line, so a typing error costs one row.
        A byte that the encoding does not know becomes U+FFFD, which no value may hold.
        """
        with _opened(self.path, self.encoding) as file:
            self._reading = file.buffer  # type: ignore[attr-defined]  # a TextIOWrapper has one
            rows = _rows(file, self.delimiter)
            yield from islice(rows, 1, None) if self.header else rows


def open_table(path: Path | str, *, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """The table of a CSV or TSV file.

    The encoding is what a byte order mark says, else UTF-8 if the whole file is valid, else what
    charset-normalizer makes of the lines that are not ASCII. The delimiter is the one of , ; tab | that cuts
    the first lines evenly, or what a first line `sep=;` says.

    Raises InputError: no such file, no table, empty, a header only, an unknown encoding or delimiter.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            _check_kind(path, file.read(MAX_LINE))
        found, guessed = (_codec(encoding, path), False) if encoding else encodings.detect(path)
        table = Table(path, found, guessed, _checked(delimiter, path) or _delimiter(path, found), size)
        first = list(islice(table.rows(), 2))
    except OSError as exc:
        raise _error(path, exc.strerror or str(exc), "check the path and your permissions") from exc
    if not first:
        raise _error(path, "the file is empty", "it needs a header line and a line for each prospect")
    if isinstance(first[0], BadRow):
        hint = "the first line must name the columns, one of them `email`"
        raise _error(path, f"the header cannot be read: {first[0].reason}", hint, first[0].line)
    table.header_line, table.header = first[0]
    table._reading = None
    if len(first) == 1:
        hint = "add a line for each prospect"
        raise _error(path, "the file has a header and no prospects", hint, table.header_line)
    return table


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
        return line

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


def _rows(file: IO[str], delimiter: str) -> Iterator[Cells | BadRow]:
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
        if any(map(str.strip, cells)) and not (start == 1 and _separator(lines.taken[0])):
            yield start, cells


def _opened(path: Path, encoding: str) -> IO[str]:
    name = "utf-8-sig" if encoding == "utf-8" else encoding  # both read UTF-8 without a mark
    return path.open(encoding=name, errors="replace", newline="")


def _check_kind(path: Path, head: bytes) -> None:
    hint = "save or export it as CSV UTF-8 and import that"
    for magic, kind in _NO_TABLES:
        if head.startswith(magic):
            raise _error(path, f"this is {kind}, not a table of text", hint)
    marked = head.startswith(tuple(mark for mark, _ in encodings.MARKS))
    if not marked and not encodings.unmarked_utf16(head) and head.count(0) > len(head) / 10:
        raise _error(path, "this is a binary file, not a table of text", hint)


def _codec(name: str, path: Path) -> str:
    try:
        "".encode(name)  # refuses codecs that are not for text, such as base64
        return codecs.lookup(name).name
    except (LookupError, ValueError) as exc:
        raise _error(path, f"unknown encoding {name!r}", "such as utf-8, windows-1251 or gb18030") from exc


def _checked(delimiter: str | None, path: Path) -> str:
    if delimiter is None:
        return ""
    char = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
    if len(char) != 1 or char in '"\r\n':
        raise _error(path, f"{delimiter!r} is no delimiter", "one character, or `tab`")
    return char


def _delimiter(path: Path, encoding: str) -> str:
    """The delimiter that cuts the first rows most evenly into more than one cell, a comma if none does."""
    with _opened(path, encoding) as file:
        lines = list(islice(iter(lambda: file.readline(MAX_LINE), ""), _SAMPLE_LINES))
    if lines and (named := _separator(lines[0])):
        return named
    return max(DELIMITERS, key=lambda char: _evenness(lines, char))


def _separator(line: str) -> str:
    """What Excel's own first line `sep=;` names, else ""."""
    found = re.fullmatch(r"\"?sep=(.)\"?", line.strip("\r\n\ufeff"), re.IGNORECASE)
    return found[1] if found else ""


def _evenness(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    """The share of rows with as many cells as the first one, and that number."""
    try:
        rows = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0.0, 0
    if not rows or rows[0] < 2:
        return 0.0, 0
    return round(rows.count(rows[0]) / len(rows), 1), rows[0]


def _error(path: Path, message: str, hint: str, line: int = 0) -> InputError:
    return InputError([problem(message, hint=hint, file=str(path), line=line)])
