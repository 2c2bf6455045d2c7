"""Which row of a table names its columns: people put titles, dates and groups of columns above it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from outreach.prospect import BadRow, address
from outreach.prospect.columns import aliases, fold
from outreach.workspace.delimited import Cells

_ROWS: Final = 20  # that are not empty, in which the header is looked for
_LONGEST: Final = 100  # characters; a longer cell is neither the name of a column nor an address

Row: TypeAlias = Cells | BadRow


@dataclass(frozen=True, slots=True)
class Header:
    """The row that names the columns, None for a table without rows.

    `found` says that it names a column for the e-mail address. `above` are the numbers of the rows, not empty
    ones, that were passed over.
    """

    row: Row | None
    found: bool = False
    above: tuple[int, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[Row], number: int | None = None) -> "Header":
        """The row of that number; without a number the first of 20 rows that names the address column.

        Where none does: the first row with a text in the column of the first address, else the first row. A
        row that is as full and has more names of fields wins over one below it, in which "E-Mail" is a value.
        """
        if number is not None:
            return cls._of(rows, number)
        seen: list[Row] = []
        first: Row | None = None
        found: Row | None = None
        for row in islice(rows, _ROWS):
            first = first or row
            if (place := _address_place(row)) is not None:
                found = found or next((each for each in seen if _cell(each, place)), None)
                break
            # Twice in a column: a cell that reaches over two rows, of which the second has the finer names.
            if _places(row) and (found is None or _places(row) & _places(found)):
                found = row
            elif found:
                break
            seen.append(row)
        if found is None:
            return cls(first)
        found = _fuller(found, seen)
        above = tuple(line_of(row) for row in seen if line_of(row) < line_of(found))
        group = next((row for row in reversed(seen) if line_of(row) < line_of(found)), None)
        return cls(_joined(found, group), bool(_places(found)), above)

    @classmethod
    def _of(cls, rows: Iterable[Row], number: int) -> "Header":
        """The row of that number."""
        group: Row | None = None
        for row in rows:
            if line_of(row) == number:
                return cls(_joined(row, group), bool(_places(row)))
            if line_of(row) > number:
                break
            group = row
        return cls(None)

    def notes(self, what: str) -> list[str]:
        """What to tell about the rows above it; `what` is the word for a row."""
        if not self.above or self.row is None:
            return []
        first, last = self.above[0], self.above[-1]
        above = f"{what} {first} above it was" if first == last else f"{what}s {first}-{last} above it were"
        return [f"the header is {what} {line_of(self.row)}: {above} passed over"]


def line_of(row: Row) -> int:
    """The line of a file or the row of a sheet that a row starts in, from 1."""
    return row.line if isinstance(row, BadRow) else row[0]


def names_email(cells: Sequence[str]) -> bool:
    """Whether one of the cells is a known name of the column for the e-mail address."""
    return any(field_of(cell) == "email" for cell in cells)


def field_of(cell: str) -> str:
    """The field that a header is a known name of, "" for none."""
    return aliases().get(fold(cell), "") if len(cell) <= _LONGEST else ""


def holds_address(cells: Sequence[str]) -> bool:
    """Whether one of the cells is an e-mail address and nothing else."""
    return any(map(_is_address, cells))


def beside(cells: Sequence[str]) -> tuple[int, list[str]]:
    """How many columns the first of two tables side by side has, and what to tell; 0 and nothing for one.

    Two tables have an empty column between them, and both an address column and another of the same names.
    """
    names = [fold(cell[:_LONGEST]) for cell in cells]
    for gap in (at for at, cell in enumerate(names) if not cell):
        left, right = names[:gap], names[gap:]
        shared = set(filter(None, left)) & set(right)
        if len(shared) > 1 and any(aliases().get(name) == "email" for name in shared):
            start = next(at for at in range(gap, len(names)) if names[at]) + 1
            told = f"two tables side by side: the second, from column {start} on, was passed over"
            return gap, [f"{told}; copy it into a file of its own"]
    return 0, []


def _fuller(found: Row, seen: Sequence[Row]) -> Row:
    """The row, or one above it for which "E-Mail" in the row is what a link says, not the name of a column."""
    if isinstance(found, BadRow) or not (places := _places(found)):
        return found
    beside = [cell for at, cell in enumerate(found[1]) if cell.strip() and at not in places]
    known = sum(map(bool, map(field_of, beside)))
    for row in seen:
        if isinstance(row, BadRow) or row[0] >= found[0]:
            continue
        filled = [cell for cell in row[1] if cell.strip()]
        more = sum(map(bool, map(field_of, filled))) > known or (beside and not known)
        if len(filled) > max(1, len(beside)) and more and not _places(row):
            return row
    return found


def _joined(row: Row, group: Row | None) -> Row:
    """The row, with "Company Name" where a row above it puts the column `Name` under the title `Company`."""
    if isinstance(row, BadRow) or group is None or isinstance(group, BadRow):
        return row
    titles = [at for at, cell in enumerate(group[1]) if cell.strip()]
    if not titles or titles == [0] or len(titles) >= sum(map(bool, map(str.strip, row[1]))):
        return row
    cells = list(row[1])
    for at, cell in enumerate(cells):
        title = next((group[1][each].strip() for each in reversed(titles) if each <= at), "")
        if field_of(title) == "company" and field_of(cell) == "full_name":
            both = f"{title} {cell.strip()}"
            cells[at] = both if field_of(both) == "company" else title
    return row[0], cells


def _places(row: Row | None) -> frozenset[int]:
    """The columns that a row names as those of the e-mail address."""
    if row is None or isinstance(row, BadRow):
        return frozenset()
    return frozenset(at for at, cell in enumerate(row[1]) if names_email([cell]))


def _address_place(row: Row) -> int | None:
    """The column of the first address in a row."""
    cells = [] if isinstance(row, BadRow) else row[1]
    return next((at for at, cell in enumerate(cells) if _is_address(cell)), None)


def _cell(row: Row, place: int) -> str:
    return "" if isinstance(row, BadRow) or len(row[1]) <= place else row[1][place].strip()


def _is_address(cell: str) -> bool:
    if "@" not in cell or len(cell) > _LONGEST:
        return False
    try:
        address(cell.strip())
    except ValueError:
        return False
    return True
