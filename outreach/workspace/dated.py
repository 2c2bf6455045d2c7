"""Days as people write them, where a file wants 2026-12-25."""

import re
from datetime import date
from typing import Final

_FORM: Final = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})", re.ASCII)
_WITHIN: Final = re.compile(rf"(?<![\w./'\"-]){_FORM.pattern}(?![\w./-])", re.ASCII)
ISO: Final = "a date is year-month-day, such as 2026-12-25"


def meant(text: str) -> date | None:
    """The day that "25.12.2026", "12/25/2026" or "2026.12.25" is; None for one that may be two, and for none.

    With dots the day comes first; with other signs nobody knows which of two numbers up to 12 is the month.
    """
    found = _FORM.fullmatch(text.strip())
    if not found:
        return None
    first, sign, second, third = int(found[1]), found[2], int(found[3]), int(found[4])
    if len(found[1]) == 4:
        return _day(first, second, third)
    if sign == "." or first > 12 or first == second:
        return _day(third, second, first)
    return _day(third, first, second) if second > 12 else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year > 999 else None
    except ValueError:
        return None


def hint(text: str) -> str:
    """How to write the day that a text is; "" for a text that is none, or in that order already."""
    found = _FORM.fullmatch(text.strip())
    if not found or (found[2] == "-" and len(found[1]) == 4) or max(map(len, found.groups())) < 4:
        return ""
    day = meant(text)
    return f"write {day.isoformat()}" if day else ISO


def hint_within(line: str) -> str:
    """The same for the first day without quotes in a line of a file, before a comment."""
    found = _WITHIN.search(line.partition("#")[0])
    return hint(found[0]) if found else ""
