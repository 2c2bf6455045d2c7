"""One sheet of a workbook as lines of JSON. Not imported: run as a program, in a process of its own.

The library makes room for every cell between the first and the last, so that 2 KB with one cell in the far
corner ask for 400 GB, and it is Rust, which then ends the process. Here that is this process only.

`sheetdump.py FILE [SHEET]` writes a line `[row, [cell, ...]]` for every row that is not empty (rows count from
1) and `{"sheets": [[name, visible], ...], "sheet": name, "width": cells, "first": column}` to standard error:
`sheet` is null if there is no such one, `width` is that of the widest row, `first` the column (from 0) that the
rows start in. The exit code says what else went wrong.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

    Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta
    Merged: TypeAlias = tuple[tuple[int, int], tuple[int, int]]

PASSWORD: Final = 3
DAMAGED: Final = 4
TOO_LARGE: Final = 5
UNREADABLE: Final = 6  # the file, or the disk to write on

_MEMORY: Final = 2 << 30  # bytes: Excel's million rows of 20 columns take 0.7 GB, the texts come on top
_OUTPUT: Final = 1 << 30  # bytes: one long text may stand in a million cells
_ROWS: Final = 1 << 20  # that a sheet of Excel or LibreOffice has
_EXACT: Final = (
    10**15
)  # a spreadsheet keeps 15 digits; the rest of a longer number is lost in the file already
_encode: Final = json.JSONEncoder(separators=(",", ":")).encode


def main(path: str, wanted: str = "") -> int:
    """Write the sheet of that name or number (see _chosen), or the first one to be seen; the exit code."""
    _limit_memory()
    import python_calamine

    try:
        return _dump(_opened(path), wanted)
    except python_calamine.PasswordError:
        return PASSWORD
    except MemoryError:
        return TOO_LARGE
    except OSError as exc:
        return UNREADABLE if exc.errno else DAMAGED  # the library's own have no number
    except BaseException:  # a panic in Rust is no Exception
        return DAMAGED


def _opened(path: str) -> "CalamineWorkbook":
    """The workbook, taken for what its name says (only so a password is noticed), else for what it is."""
    import python_calamine

    try:
        return python_calamine.load_workbook(path)
    except python_calamine.PasswordError:
        raise
    except (python_calamine.CalamineError, UnicodeError):  # the latter for a name that is no UTF-8
        with open(path, "rb") as file:
            return python_calamine.load_workbook(file)


def _limit_memory() -> None:
    import resource

    for what, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # macOS has no such limit, and the user's own may be lower
            resource.setrlimit(what, (most, resource.getrlimit(what)[1]))


def _dump(book: "CalamineWorkbook", wanted: str) -> int:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    visible = {each.name: each.visible is SheetVisibleEnum.Visible for each in book.sheets_metadata}
    names = [each.name for each in book.sheets_metadata if each.typ is SheetTypeEnum.WorkSheet]
    seen = [each for each in names if visible[each]]
    name = _chosen(names, seen, wanted) if wanted else next(iter(seen or names), None)
    width, left = 0, _OUTPUT
    sheet = book.get_sheet_by_name(name) if name is not None else None
    if sheet and sheet.end and sheet.end[0] >= _ROWS:
        return TOO_LARGE  # a number that no spreadsheet has, and every row before it would be gone through
    for row in _rows(sheet) if sheet else ():
        left -= sys.stdout.write(_encode(row) + "\n")
        width = max(width, len(row[1]))
        if left < 0:
            return TOO_LARGE
    sys.stdout.flush()
    listed = [[each, visible[each]] for each in names]
    first = sheet.start[1] if sheet and sheet.start else 0
    sys.stderr.write(_encode({"sheets": listed, "sheet": name, "width": width, "first": first}))
    return 0


def _chosen(names: Sequence[str], seen: Sequence[str], wanted: str) -> str | None:
    """The sheet of that name, of that name in other case, or the one that is the so manieth to be seen."""
    folded = {name.strip().casefold(): name for name in reversed(names)}
    numbered = {str(place): name for place, name in enumerate(seen, start=1)}
    return wanted if wanted in names else folded.get(wanted.strip().casefold()) or numbered.get(wanted)


def _rows(sheet: "CalamineSheet") -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each to its last cell that is not."""
    if sheet.start is None:
        return
    # most cells are texts, and a call for each of them takes longer than reading them
    rows = ([cell if type(cell) is str else _text(cell) for cell in row] for row in sheet.iter_rows())
    merged = sheet.merged_cell_ranges
    for number, cells in enumerate(_filled(rows, merged, sheet.start[1]) if merged else rows, start=1):
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield number, cells


def _filled(rows: Iterable[list[str]], merged: "Iterable[Merged]", first: int) -> Iterator[list[str]]:
    """The rows with the text of a cell that is merged over several rows in each of them, as it is seen.

    Of cells merged side by side the first keeps the text: a title is no value of the columns it stands over.
    `first` is the number of the first column, from 0.
    """
    starts: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in merged:
        if bottom > top:
            starts.setdefault(top, []).append((left - first, bottom))
    going: dict[int, tuple[str, int]] = {}  # column -> its text and the last row that has it
    for number, cells in enumerate(rows):
        for place, (text, last) in tuple(going.items()):
            cells[place] = text
            if number == last:
                del going[place]
        for place, last in starts.get(number, ()):
            if 0 <= place < len(cells):
                going[place] = cells[place], last
        yield cells


def _text(cell: "Cell") -> str:
    """A cell as a person reads it: no ".0" behind phone numbers, dates as ISO 8601; an error is empty."""
    match cell:
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case int() | float():
            return _number(cell)
        case datetime():
            return cell.isoformat(" ", "seconds" if cell.second else "minutes")
        case time():
            return cell.isoformat("seconds" if cell.second else "minutes")
        case date():
            return cell.isoformat()
        case timedelta():
            minutes, seconds = divmod(round(cell.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def _number(value: float) -> str:
    """The shortest form of the 15 digits that a spreadsheet keeps; with an exponent if it had more of them."""
    if not isfinite(value):
        return ""
    short = f"{value:.15g}".upper()
    return short if abs(value) >= _EXACT else format(Decimal(short), "f")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
