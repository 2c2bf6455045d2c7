"""The values of a window: weekdays, clock times and blackout dates."""

import re
from datetime import date, datetime, time, timedelta

from outreach.errors import did_you_mean
from outreach.workspace import dated
from outreach.workspace.schema import RefusedError, shown

_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {word: place for place, name in enumerate(_NAMES) for word in (name[:3], name)}
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
_MAX_BLACKOUT = timedelta(days=366)


def weekdays(value: object) -> frozenset[int]:
    """Days of the week, Monday 0: "mon-fri", "mon,wed,fri", "mon-thu, sat"."""
    if not isinstance(value, str):
        raise RefusedError(f"must be text, not {shown(value)}", 'write it like "mon-fri" or "mon, wed, fri"')
    found: set[int] = set()
    for part in value.lower().replace("–", "-").split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        start, end = _weekday(first, value), _weekday(last if dash else first, value)
        found |= {(start + step) % 7 for step in range((end - start) % 7 + 1)}
    return frozenset(found)


def _weekday(word: str, value: str) -> int:
    if word not in _DAYS:
        what = f"{shown(word)}, which is no weekday{did_you_mean(word, _DAYS)}" if word else "an empty place"
        raise RefusedError(f"holds {what}: {shown(value)}", 'write it like "mon-fri" or "mon, wed, fri"')
    return _DAYS[word]


def clock(value: object) -> time:
    """A time of the day: "09:00". Midnight at the end of a day is "24:00" or "00:00"; both are 00:00."""
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found or int(found[2]) > 59 or int(found[1]) * 60 + int(found[2]) > 24 * 60:
        raise RefusedError(f"must be a time of day, not {shown(value)}", 'write it like "09:00"')
    return time(int(found[1]) % 24, int(found[2]))


def start_clock(value: object) -> time:
    """A time of the day at which a window opens; "24:00" is none."""
    if isinstance(value, str) and value.strip().startswith("24"):
        raise RefusedError(f"must be a time of day, not {shown(value)}", 'midnight at the start is "00:00"')
    return clock(value)


def day(value: object) -> date:
    """A date: 2026-12-01, with or without quotes."""
    if not isinstance(value, date | str) or isinstance(value, datetime):
        raise RefusedError(f"must be a date, not {shown(value)}", "write it like 2026-12-01")
    try:
        return value if isinstance(value, date) else date.fromisoformat(value.strip())
    except ValueError as exc:
        hint = dated.hint(str(value)) or "write it like 2026-12-01"
        raise RefusedError(f"is no date: {shown(value)}", hint) from exc


def blackout(value: object) -> frozenset[date]:
    """Dates without letters: a list of dates or "2026-12-24..2027-01-02" (both days included)."""
    if not isinstance(value, list):
        raise RefusedError(f"must be a list of dates, not {shown(value)}", 'like ["2026-12-24..2027-01-02"]')
    return frozenset(day for place, entry in enumerate(value) for day in _days(entry, place))


def _days(entry: object, place: int) -> list[date]:
    if isinstance(entry, date) and not isinstance(entry, datetime):
        return [entry]
    first, dots, last = str(entry).partition("..")
    try:
        start = date.fromisoformat(first.strip())
        end = date.fromisoformat(last.strip()) if dots else start
    except ValueError as exc:
        message = f"holds {shown(entry)}, which is no date"
        hint = dated.hint(str(entry)) or "write 2026-12-24, or a range in quotes"
        raise RefusedError(message, hint, (place,)) from exc
    if end < start:
        message = f"holds a range that runs backwards: {shown(entry)}"
        raise RefusedError(message, "the earlier day comes first", (place,))
    if end - start > _MAX_BLACKOUT:
        message = f"holds a range of more than a year: {shown(entry)}"
        raise RefusedError(message, "split it, or end the campaign", (place,))
    return [start + timedelta(days=day) for day in range((end - start).days + 1)]
