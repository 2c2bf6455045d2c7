"""How many people a firm has, as lists write it: a number, a range, a guess."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from outreach import data

_LONGEST: Final = 60  # characters
_POINT: Final = re.compile(r"(?<=\d)[.,]00?$")  # "1200.0", of a spreadsheet
_MOST: Final = 10_000_000  # nobody employs more


def headcount(text: str) -> tuple[int, bool] | None:
    """The number, of a range the lower end, and whether the text says it exactly; None where it says none.

    Nobody employs parts of people: "1,200" and "1.200" are a thousand and two hundred, whoever reads it.
    """
    text = _POINT.sub("", text.strip().lower())
    found = _form().fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    low, high = _number(found["low"], found["k"]), _number(found["high"], found["k2"])
    if low is not None and found["high"] and found["k2"] and not found["k"]:
        low = low * 1000  # "1-5K"
    if low is None or low > _MOST or (found["high"] and (high is None or high <= low)):
        return None
    inexact = (found["loose"], found["high"], found["k"], found["more"])
    return low, not any(inexact)


def _number(digits: str | None, thousand: str | None) -> int | None:
    if not digits:
        return None
    if not thousand:
        plain = re.sub(r"\D", "", digits)
        return int(plain) if plain == digits or len(re.split(r"\D", digits)[-1]) == 3 else None
    return round(float(digits.replace(",", ".")) * 1000) if re.fullmatch(r"\d+(?:[.,]\d+)?", digits) else None


@cache
def _form() -> re.Pattern[str]:
    words = data.table("headcount")
    number = r"\d{1,3}(?:[ .,'’]\d{3})+|\d+(?:[.,]\d)?"
    loose, to = _any((*words["about"], *words["over"])), _any(words["to"])
    k, people = _any(words["thousand"]), _any(words["people"])
    return re.compile(
        rf"(?P<loose>(?:{loose})\s*)?(?P<low>{number})\s*(?P<k>{k})?"
        rf"(?:\s*(?:{to})\s*(?P<high>{number})\s*(?P<k2>{k})?)?(?P<more>\s*\+)?(?:\s*(?:{people}))?"
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
