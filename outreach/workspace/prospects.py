"""Prospect files of every kind as one: a header, found out where titles stand above it, and rows of text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import dropwhile
from pathlib import Path
from typing import Final, Protocol

from outreach.prospect import BadRow
from outreach.workspace import delimited, workbook
from outreach.workspace import encoding as encodings
from outreach.workspace.delimited import Cells
from outreach.workspace.filekind import Kind, kind, refusal
from outreach.workspace.header import Header, Row, line_of, names_email

_SHEETS: Final = 20  # sheets that are looked into


class _Source(Protocol):
    """Where rows come from, again and again; `position` of `size` is how far the newest reading is."""

    @property
    def size(self) -> int: ...
    @property
    def position(self) -> int: ...
    def rows(self) -> Iterator[Row]: ...


@dataclass(slots=True)
class Table:
    """A prospect file: its header, and its rows as often as they are asked for, never whole in memory.

    `guessed` says that the encoding is likely but not certain: show it. `sheet` is the sheet of a workbook,
    "" for text; a workbook's `encoding` and `delimiter` are "". `notes` are what the user should know: which
    sheet was taken, what was passed over.
    """

    path: Path
    encoding: str
    guessed: bool
    delimiter: str
    header: list[str]
    header_line: int
    sheet: str
    notes: list[str]
    _source: _Source
    _asked: bool = field(default=False, init=False)

    @property
    def size(self) -> int:
        """What there is to read, in the measure of `position`; bytes, for text."""
        return self._source.size

    @property
    def position(self) -> int:
        """How far the newest `rows` has read: 0 before it, `size` at its end."""
        return self._source.position if self._asked else 0

    def rows(self) -> Iterator[Row]:
        """Every row below the header that is not empty; a BadRow for each line that is no row.

        A row carries its line in the file or its row in the sheet. Rows of a sheet are as wide as the header:
        what stands to the right of it belongs to no column. Raises InputError if the file has changed.
        """
        self._asked = True
        below = dropwhile(lambda row: line_of(row) <= self.header_line, self._source.rows())
        return self._fitted(below) if self.sheet else below

    def _fitted(self, rows: Iterable[Row]) -> Iterator[Row]:
        width = len(self.header)
        for row in rows:
            if isinstance(row, BadRow):
                yield row
                continue
            number, cells = row
            missing = width - len(cells)
            if missing > 0:
                yield number, cells + [""] * missing
            elif missing == 0 or any(map(str.strip, cells[:width])):
                yield number, cells[:width]


def open_table(
    path: Path | str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
) -> Table:
    """The table of a file of text (CSV, TSV ...) or of a workbook (XLSX, XLSM, XLSB, XLS, ODS).

    The encoding is what a byte order mark says, else UTF-8 if the whole file is valid, else what
    charset-normalizer makes of the lines that are not ASCII. The delimiter is the one of , ; tab | that cuts
    the first lines evenly, or what a first line `sep=;` says. `sheet` is a name or a number from 1, else the
    first visible sheet that has a header. The header is the line `header_row`, else found out (see Header).

    Raises InputError: no such file, no table, empty, a header only, an unknown encoding, delimiter or sheet.
    """
    path = Path(path)
    try:
        stamp = delimited.stamp(path.stat())
        if kind(path) is Kind.WORKBOOK:
            return _workbook(path, sheet, header_row, stamp)
        if sheet:
            raise refusal(path, "this is a file of text, which has no sheets", "leave --sheet out")
        found, guessed = (delimited.codec(encoding, path), False) if encoding else encodings.detect(path)
        char = delimited.checked_delimiter(delimiter, path) if delimiter is not None else ""
        char = char or delimited.find_delimiter(path, found, names_email)
        text = delimited.Text(path, found, char, stamp)
        header = Header.of(text.rows(), header_row)
    except OSError as exc:
        raise refusal(path, exc.strerror or str(exc), "check the path and your permissions") from exc
    if header.row is None:
        message = f"line {header_row} is empty or not there" if header_row else "the file is empty"
        raise refusal(path, message, "it needs a header line and a line for each prospect")
    line, cells = _readable(path, header.row)
    return _filled(Table(path, found, guessed, char, cells, line, "", header.notes("line"), text))


def _workbook(path: Path, wanted: str | None, header_row: int | None, stamp: delimited.Stamp) -> Table:
    """The table of one sheet; without a wanted one the first that has a header, else the first with cells."""
    sheet = workbook.open_sheet(path, wanted, stamp)
    header = Header.of(sheet.rows(), header_row)
    if wanted is None and not header.found:
        for name in sheet.visible[1:_SHEETS]:
            other = workbook.open_sheet(path, name, stamp)
            candidate = Header.of(other.rows(), header_row)
            if candidate.found or (header.row is None and candidate.row is not None):
                sheet, header = other, candidate
            if header.found:
                break
    notes = []
    if wanted is None and len(sheet.others) > 1:
        names = tuple(name if name in sheet.visible else f"{name} (hidden)" for name in sheet.others)
        shown = workbook.named(names)
        notes = [
            f"sheet {workbook.named((sheet.name,))} (of {len(names)}: {shown}): another one with --sheet"
        ]
    if header.row is None:
        what = f"row {header_row}" if header_row else f"sheet {workbook.named((sheet.name,))}"
        raise refusal(path, f"{what} is empty", "it needs a row with the names of the columns")
    line, cells = _readable(path, header.row)
    rows = sheet.rows() if sheet.width > len(cells) else ()
    wide = (row[0] for row in rows if not isinstance(row, BadRow) and len(row[1]) > len(cells))
    beside = next((number for number in wide if number > line), 0)
    notes += header.notes("row")
    if beside:
        notes.append(f"what stands to the right of the header is passed over, first in row {beside}")
    return _filled(Table(path, "", False, "", cells, line, sheet.name, notes, sheet))


def _readable(path: Path, row: Row) -> Cells:
    if isinstance(row, BadRow):
        hint = "the first line must name the columns, one of them `email`"
        raise refusal(path, f"the header cannot be read: {row.reason}", hint, row.line)
    return row


def _filled(table: Table) -> Table:
    """The table, which has a row at least."""
    if next(table.rows(), None) is None:
        hint = "add a line for each prospect"
        message = "the file has a header and no prospects"
        raise refusal(table.path, message, hint, table.header_line)
    table._asked = False
    return table
