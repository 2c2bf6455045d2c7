"""The values of the files: text, numbers, choices, durations and zones, each from what TOML holds."""

import re
import unicodedata
from collections.abc import Callable, Set
from datetime import timedelta
from functools import cache
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import available_timezones

from outreach import data
from outreach.errors import did_you_mean
from outreach.model import Delay, Gap
from outreach.sequence import REPLY_STOPS
from outreach.workspace.schema import RefusedError, shown

_UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3600),
}
_DAY_UNITS = {"day": 1, "days": 1, "week": 7, "weeks": 7}
_CONTROL = ("Cc", "Cs", "Zl", "Zp")  # Unicode categories
_MAX_DELAY_DAYS = 365
_AMOUNT = re.compile(r"(\d{1,6})\s*([a-z]+(?: [a-z]+)?)")
_RANGE = re.compile(r"(\d{1,6})(?:\s*-\s*(\d{1,6}))?\s*([a-z]+)")


def _text(value: object, *, lines: bool) -> str:
    if not isinstance(value, str):
        raise RefusedError(f"must be text in quotes, not {shown(value)}")
    text = unicodedata.normalize("NFC", value.strip())
    if not text:
        raise RefusedError("is empty")
    for character in text:
        if unicodedata.category(character) in _CONTROL and not (lines and character in "\n\t"):
            raise RefusedError(f"holds the control character U+{ord(character):04X}", "write it without")
    return text


def text(value: object) -> str:
    """One line of text that is not empty and holds no control character."""
    return _text(value, lines=False)


def lines(value: object) -> str:
    """Text that may go over several lines, but holds no other control character."""
    return _text(value, lines=True)


def verbatim(value: object) -> str:
    """Text over one or more lines, exactly as it stands in the file, so that places in it can be found."""
    lines(value)
    return str(value)


def flag(value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise RefusedError(f"must be true or false, not {shown(value)}", "without quotes")
    return value


def whole(low: int, high: int) -> Callable[[object], int]:
    """A parser for a whole number from `low` to `high`."""

    def parse(value: object) -> int:
        if isinstance(value, str) and value.strip().isdigit():
            raise RefusedError("must be a number without quotes", f"write {value.strip()}")
        if isinstance(value, bool) or not isinstance(value, int):
            raise RefusedError(f"must be a whole number, not {shown(value)}")
        if not low <= value <= high:
            raise RefusedError(f"must be from {low} to {high}, not {value}")
        return value

    return parse


def choice(*known: str) -> Callable[[object], str]:
    """A parser for one of the known words."""

    def parse(value: object) -> str:
        if value not in known:
            suggestion = did_you_mean(value, known) if isinstance(value, str) else ""
            words = " or ".join(f'"{word}"' for word in known)
            raise RefusedError(f"must be {words}, not {shown(value)}{suggestion}")
        return str(value)

    return parse


def reply_stops(value: object) -> str:
    """Whose letters a reply stops: "company", "person", or "30 days" for a pause of the colleagues."""
    if isinstance(value, str) and value in REPLY_STOPS:
        return value
    found = re.fullmatch(r"([1-9]\d{0,2}) days?", value) if isinstance(value, str) else None
    if not found:
        raise RefusedError(f'must be "company", "person" or a time like "30 days", not {shown(value)}')
    return f"{found[1]} days"


def days(value: object) -> int:
    """A time in whole days: "180 days"; "0 days" is none."""
    found = re.fullmatch(r"(\d{1,4}) days?", value.strip()) if isinstance(value, str) else None
    if not found:
        raise RefusedError(f'must be a time like "180 days", not {shown(value)}')
    return int(found[1])


def texts(value: object) -> tuple[str, ...]:
    """A list of texts, none of them twice."""
    if not isinstance(value, list):
        raise RefusedError(f"must be a list, not {shown(value)}", 'write it in brackets: ["..."]')
    found: list[str] = []
    for place, entry in enumerate(value):
        try:
            found.append(text(entry))
        except RefusedError as refused:
            raise RefusedError(f"entry {place + 1} {refused.message}", refused.hint, (place,)) from refused
        if found[-1] in found[:-1]:
            raise RefusedError(f"names {shown(found[-1])} twice", "once is enough", (place,))
    return tuple(found)


def table(value: object) -> dict[str, Any]:
    """A table; what is in it is checked by itself."""
    if not isinstance(value, dict):
        raise RefusedError(
            f"must be a table, not {shown(value)}", "its name stands in brackets on a line of its own"
        )
    return value


def tables(name: str) -> Callable[[object], list[dict[str, Any]]]:
    """A parser for a list of tables, written [[name]]."""

    def parse(value: object) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise RefusedError(
                "must be a list of tables", f"write the heading in double brackets: [[{name}]]"
            )
        if not value:
            raise RefusedError("is empty", f"write at least one [[{name}]]")
        return value

    return parse


def country(value: object) -> str:
    """An ISO 3166 country code."""
    code = text(value)
    if code.upper() not in data.country_zones():
        hint = (
            'two letters, "GB" for the United Kingdom' if code.upper() == "UK" else 'two letters: "GB", "DE"'
        )
        raise RefusedError(f"must be an ISO country code, not {shown(code)}", hint)
    return code.upper()


def zone(value: object) -> str:
    """The name of an IANA time zone."""
    return _zone(value, _zones())


def window_zone(value: object) -> str:
    """ "prospect" or the name of an IANA time zone."""
    return _zone(value, _zones() | {"prospect"})


def _zone(value: object, known: Set[str]) -> str:
    name = text(value)
    if name not in known:
        message = f"is no time zone: {shown(name)}{did_you_mean(name, sorted(known))}"
        raise RefusedError(message, 'a zone is named like "Europe/London"')
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def delay(value: object) -> Delay:
    """A delay between two letters: "3 business days", "2 days", "1 week", "4 hours", "30 min"."""
    found = _AMOUNT.fullmatch(_duration_text(value))
    amount, unit = (int(found[1]), found[2]) if found else (0, "")
    business, bare = unit.startswith("business "), unit.removeprefix("business ")
    result = None
    if bare in _DAY_UNITS and not (business and bare.startswith("week")):
        result = Delay(days=amount * _DAY_UNITS[bare], business=business)
    elif unit in _UNITS:
        result = Delay(seconds=amount * _UNITS[unit])
    if result is None:
        raise RefusedError(
            f"is not a delay: {shown(value)}",
            'write it like "3 business days", "2 days", "4 hours" or "30 min"',
        )
    if not 0 < result.days * 86400 + result.seconds <= _MAX_DELAY_DAYS * 86400:
        raise RefusedError(
            f"must be more than nothing and at most {_MAX_DELAY_DAYS} days, not {shown(value)}"
        )
    return result


def gap(value: object) -> Gap:
    """The pause between two letters of a mailbox: "3-10 min", "90-180 s", "5 min", "0 s"."""
    found = _RANGE.fullmatch(_duration_text(value))
    if not found or found[3] not in _UNITS:
        raise RefusedError(
            f"is not a pause: {shown(value)}", 'write it like "3-10 min", "90-180 s" or "5 min"'
        )
    unit = _UNITS[found[3]]
    low, high = int(found[1]) * unit, int(found[2] or found[1]) * unit
    if low > high:
        raise RefusedError(f"runs backwards: {shown(value)}", f'write it "{found[2]}-{found[1]} {found[3]}"')
    if high > 86400:
        raise RefusedError(f"must be at most a day, not {shown(value)}")
    return Gap(timedelta(seconds=low), timedelta(seconds=high))


def grace(value: object) -> timedelta:
    """The time between a launch and its first letter: "10 min", "2 hours", "0 min"."""
    found = _AMOUNT.fullmatch(_duration_text(value))
    seconds = {**_UNITS, "day": 86400, "days": 86400}.get(found[2]) if found else None
    if found is None or seconds is None:
        raise RefusedError(f"is not a time span: {shown(value)}", 'write it like "10 min" or "2 hours"')
    if int(found[1]) * seconds > 7 * 86400:
        raise RefusedError(f"must be at most 7 days, not {shown(value)}")
    return timedelta(seconds=int(found[1]) * seconds)


def _duration_text(value: object) -> str:
    if not isinstance(value, str):
        raise RefusedError(
            f"must be text with a unit, not {shown(value)}", 'write the unit too, in quotes: "3 days"'
        )
    return " ".join(value.lower().replace("–", "-").split())


def inside(name: str) -> bool:
    """Whether a relative path stays in the folder it counts from."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and "\0" not in name
