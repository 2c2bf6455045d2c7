"""How values are shown in a letter, and the few filters a letter may use."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from jinja2 import Undefined

from outreach.model import Value

OUTPUT = 200_000
"""Characters a rendered letter may have, and any text on the way to it."""

_DIRECTIVE = re.compile(r"%-?.?")
_DATE: dict[str, Callable[[date], str]] = {
    "%d": lambda day: f"{day.day:02}",
    "%-d": lambda day: str(day.day),
    "%m": lambda day: f"{day.month:02}",
    "%-m": lambda day: str(day.month),
    "%Y": lambda day: f"{day.year:04}",
    "%y": lambda day: f"{day.year % 100:02}",
    "%%": lambda day: "%",
}


class Filter(NamedTuple):
    """A filter: its function and how many arguments it takes beside the value."""

    call: Callable[..., object]
    least: int = 0
    most: int = 0


def show(value: object) -> str:
    """A value as a reader sees it: 20 not 20.0, a date as 2026-11-21. ValueError if it has no such form."""
    if isinstance(value, bool):
        raise ValueError("a yes/no value is not text: write {% if field %} ... {% endif %}")
    if isinstance(value, float):
        text = f"{Decimal(repr(value)):f}"
        if not text.lstrip("-")[0].isdigit():
            raise ValueError(f"{text} is not a number one can write")
        return text.removesuffix(".0")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int):
        return str(value)
    raise ValueError("the value is missing")


def _replace(value: Value, old: Value, new: Value) -> str:
    text, out, into = show(value), show(old), show(new)
    if not out:
        raise ValueError("`replace` needs a text to look for")
    if len(text) + text.count(out) * (len(into) - len(out)) > OUTPUT:
        raise ValueError(f"`replace` makes more than {OUTPUT} characters")
    return text.replace(out, into)


def _number(name: str, value: Value) -> int | float:
    try:
        number = float(value) if isinstance(value, str) else value
    except ValueError:
        number = None
    if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) < 1e15:
        raise ValueError(f"`{name}` needs a number, not {value!r:.40}")
    return number


def _round(value: Value, digits: Value = 0) -> int | float:
    if not isinstance(digits, int) or not 0 <= digits <= 9:
        raise ValueError("`round` takes 0 to 9 digits")
    number = round(_number("round", value), digits)
    return number if digits else int(number)


def _date(value: Value, pattern: Value) -> str:
    if not isinstance(value, date):
        raise ValueError(f"`date` needs a date, not {value!r:.40}")

    def directive(hit: re.Match[str]) -> str:
        if hit[0] not in _DATE:
            raise ValueError(f"`date` knows {' '.join(_DATE)}, not {hit[0]}")
        return _DATE[hit[0]](value)

    return _DIRECTIVE.sub(directive, show(pattern))


def _default(value: Any, fallback: Any, also_false: Any = False) -> Any:
    return fallback if isinstance(value, Undefined) or (also_false and not value) else value


FILTERS: dict[str, Filter] = {
    "capitalize": Filter(lambda value: show(value).capitalize()),
    "date": Filter(_date, 1, 1),
    "default": Filter(_default, 1, 2),
    "first": Filter(lambda value: show(value)[:1]),
    "int": Filter(lambda value: int(_number("int", value))),
    "last": Filter(lambda value: show(value)[-1:]),
    "length": Filter(lambda value: len(show(value))),
    "lower": Filter(lambda value: show(value).lower()),
    "replace": Filter(_replace, 2, 2),
    "round": Filter(_round, 0, 1),
    "title": Filter(lambda value: re.sub(r"\w[\w'\u2019]*", lambda word: word[0].capitalize(), show(value))),
    "trim": Filter(lambda value: show(value).strip()),
    "upper": Filter(lambda value: show(value).upper()),
}
