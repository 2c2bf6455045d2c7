"""Prospect files of every kind as one: a header, found out where titles stand above it, and rows of text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from outreach.prospect import BadRow
from outreach.workspace import delimited, misread, sheetxml, workbook
from outreach.workspace import encoding as encodings
from outreach.workspace.body import Body
from outreach.workspace.delimited import Cells, Stamp
from outreach.workspace.filekind import Kind, kind, refusal
from outreach.workspace.header import Header, Row, beside, holds_address, names_email

_SHEETS: Final = 20  # sheets that are looked into
_LINKS: Final = "E-Mail"  # what a column that is made of links is called


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
    sheet was taken, what was passed over. That are rows which a filter hides, the header where it is there
    again, and totals at the end.
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
    _body: Body
    _linked: bool = False  # the last column is made of the addresses that cells lead to
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
        below = self._body.people(self._source.rows())
        return self._fitted(below) if self.sheet else below

    def _fitted(self, rows: Iterable[Row]) -> Iterator[Row]:
        width = len(self.header) - self._linked
        for row in rows:
            if isinstance(row, BadRow):
                yield row
                continue
            number, cells = row
            missing = width - len(cells)
            if missing < 0 and not any(map(str.strip, cells[:width])):
                continue
            if missing:
                cells = cells[:width] + [""] * missing
            yield number, [*cells, self._address(number, cells)] if self._linked else cells

    def _address(self, number: int, cells: Sequence[str]) -> str:
        """The address in a row, or else the one that a cell of it leads to."""
        shown = next((cell for cell in cells if holds_address([cell])), "")
        return shown or next(iter(self._body.links.get(number, {}).values()), "")

    def checked(self) -> "Table":
        """The table, read once to its end. Raises InputError for one without a row."""
        self._body.survey(self._source.rows())
        self.notes += self._body.notes
        if next(self.rows(), None) is None:
            raise self._empty()
        self._asked = False
        return self

    def _empty(self) -> Exception:
        if holds_address(self.header) or sum(cell.count("@") for cell in self.header) > 1:
            message = "the file is one line of addresses, not a table"
            hint = "put each address on a line of its own, below a line with the word email"
        elif self._body.hidden:
            message = "all rows below the header are hidden"
            hint = "clear the filter (or unhide the rows), save the workbook and import it again"
        else:
            message, hint = "the file has a header and no prospects", "add a line for each prospect"
        return refusal(self.path, message, hint, self.header_line)


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
    the first lines evenly, or what a first line `sep=;` says. `sheet` is a name, or a number from 1 among the
    visible sheets, else the first visible one that has a header. The header is the line `header_row`, else
    found out (see Header). Rows that an XLSX hides are passed over, as a filter has left them out.

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
        text, header = _text(path, found, char, header_row, stamp)
        if guessed and not header.found:  # a header that makes sense says more than how often letters occur
            others = (_text(path, name, char, header_row, stamp) for name in encodings.OTHERS)
            text, header = next((other for other in others if other[1].found), (text, header))
    except OSError as exc:
        raise refusal(path, exc.strerror or str(exc), "check the path and your permissions") from exc
    if header.row is None:
        message = f"line {header_row} is empty or not there" if header_row else "the file is empty"
        raise refusal(path, message, "it needs a header line and a line for each prospect")
    line, cells = _readable(path, header.row)
    width, note = beside(cells)
    notes = [*header.notes("line"), *note]
    body = Body(line, cells, width)
    table = Table(
        path, text.encoding, guessed, text.delimiter, cells[: width or None], line, "", notes, text, body
    )
    return table.checked()


def _text(
    path: Path, encoding: str, delimiter: str, header_row: int | None, stamp: Stamp
) -> tuple[delimited.Text, Header]:
    """A file of text as that encoding has it, and its header."""
    char = delimiter or delimited.find_delimiter(path, encoding, names_email)
    text = delimited.Text(path, encoding, char, stamp)
    return text, Header.of(text.rows(), header_row)


def _workbook(path: Path, wanted: str | None, header_row: int | None, stamp: Stamp) -> Table:
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
    if header.row is None:
        what = f"row {header_row}" if header_row else f"sheet {workbook.named((sheet.name,))}"
        raise refusal(path, f"{what} is empty", "it needs a row with the names of the columns")
    line, cells = _readable(path, header.row)
    width, note = beside(cells)
    notes = [*_sheet_notes(sheet, wanted), *header.notes("row"), *note]
    marks = sheet.marks
    places = (marks.unread, marks.links, marks.flags)
    unread, links, flags = (sheetxml.shifted(each, sheet.first) for each in places)
    body = Body(line, cells, width, marks.hidden, unread, links, flags)
    cells = cells[: width or None]
    if sheet.width > len(cells) and not width:
        wide = (row[0] for row in sheet.rows() if not isinstance(row, BadRow) and len(row[1]) > len(cells))
        if right := next((number for number in wide if number > line), 0):
            notes.append(f"what stands to the right of the header is passed over, first in row {right}")
    linked = not header.found and any(number > line for number in marks.links)
    if linked:
        where = sheetxml.first({row: each for row, each in marks.links.items() if row > line})
        notes.append(f"the column {_LINKS!r} is made of the mail links of cells, first in {where}")
        cells = [*cells, _LINKS]
    notes += _marked(sheet, line)
    return Table(path, "", False, "", cells, line, sheet.name, notes, sheet, body, linked).checked()


def _sheet_notes(sheet: workbook.Sheet, wanted: str | None) -> list[str]:
    """Which sheet was read, unless there is only one to be read."""
    if len(sheet.others) < 2 and wanted is None:
        return []
    of = f" (of {len(sheet.others)}: {workbook.listed(sheet.others, sheet.visible)})"
    other = ": another one with --sheet" if wanted is None else ""
    return [f"sheet {workbook.named((sheet.name,))}{of if len(sheet.others) > 1 else ''}{other}"]


def _marked(sheet: workbook.Sheet, line: int) -> list[str]:
    """What the user should know of cells below the header that are not as they seem."""
    marks, notes = sheet.marks, []
    if hidden := sorted(row for row in marks.hidden if row > line):
        rows = f"{len(hidden):,} rows are" if len(hidden) > 1 else "1 row is"
        notes.append(
            f"{rows} hidden, first row {hidden[0]}, and passed over: clear the filter and save to import them"
        )
    unread = {row: each for row, each in marks.unread.items() if row > line}
    if unread:
        cells = sum(map(len, unread.values()))
        what = f"{cells:,} formulas have" if cells > 1 else "1 formula has"
        where = sheetxml.first(unread)
        notes.append(
            f"{what} no stored value, first in {where}: open the workbook in Excel, save, import again"
        )
    if marks.errors:
        what = f"{marks.errors:,} cells hold errors" if marks.errors > 1 else "1 cell holds an error"
        notes.append(f"{what} such as #REF!, first in {marks.error}: taken as empty")
    return notes


def _readable(path: Path, row: Row) -> Cells:
    if isinstance(row, BadRow):
        hint = "the first line must name the columns, one of them `email`"
        if row.reason.endswith(misread.MENDED):
            hint = "another program has spoilt it: export the list from where it is from anew, as CSV UTF-8"
        reason = row.reason.removesuffix(misread.MENDED)
        raise refusal(path, f"the header cannot be read: {reason}", hint, row.line)
    return row
