"""CSV that a spreadsheet opens without running what stands in it."""

from collections.abc import Iterable
from datetime import date

from outreach.model import Value

# What makes a cell a formula in a spreadsheet, in every width (OWASP, CSV injection).
_FORMULA = frozenset("=+-@＝＋－＠")
_SHIFTS = ("\t", "\r")  # at the start they move what follows into a cell of its own
MARK = "'"  # a spreadsheet takes what follows for text


def escaped(value: Value) -> str:
    """A value as a cell: text that a spreadsheet would run is marked with an apostrophe; dates are ISO 8601."""
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case str():
            return MARK + value if _runs(value.lstrip(MARK)) else value
        case _:
            return str(value)


def unescaped(cell: str) -> str:
    """The text that `escaped` made the cell of. Other cells stay as they are, 't Hooft too."""
    return cell[1:] if cell[:1] == MARK and _runs(cell.lstrip(MARK)) else cell


def _runs(text: str) -> bool:
    return text.startswith(_SHIFTS) or text.strip()[:1] in _FORMULA


def line(cells: Iterable[str], delimiter: str = ",") -> str:
    """One line of CSV (RFC 4180) with its end, every cell in quotes."""
    return delimiter.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells) + "\r\n"
