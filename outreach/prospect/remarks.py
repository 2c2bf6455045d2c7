"""What people write beside a person: "BITTE NICHT ANSCHREIBEN" in a column for notes."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, Final

from outreach import data

_LONGEST: Final = 2_000  # characters of a cell that are looked through
_SHORTEST: Final = 3
_WORD: Final = re.compile(r"[^\W_]+")
_LINKS: Final = ("://", "www.", "@")  # ".../unsubscribed?id=7" says nothing of anybody
_GAP: Final = r"[\W_]+"


@lru_cache(maxsize=4096)
def unwanted(text: str) -> bool:
    """Whether a remark about somebody says not to write to them, in so many words.

    It may be about the past or about somebody else, so whoever has one is to be looked at, not suppressed.
    """
    if len(text) < _SHORTEST:
        return False
    words = text[:_LONGEST].casefold().split()
    text = " ".join(word for word in words if not any(sign in word for sign in _LINKS))
    if _joined().search(text):
        return True
    if _first_words().isdisjoint(_WORD.findall(text)):
        return False  # most of them, and the search takes ten times as long
    return _phrases().search(text) is not None


@cache
def _first_words() -> frozenset[str]:
    """The words that phrases begin with, also with their hyphens and apostrophes left out."""
    starts = [
        phrase.partition(" ")[0] for parts in data.table("refusals")["remarks"] for phrase in parts["before"]
    ]
    joined = [re.sub("[-']", "", start) for start in starts]
    return frozenset(word for start in (*starts, *joined) for word in _WORD.findall(start.casefold()))


@cache
def _phrases() -> re.Pattern[str]:
    table = data.table("refusals")
    aside = rf"(?!\ +(?:\w+\ +){{0,2}}{_any(table['aside']['words'])}(?!\w))"
    spaced = "|".join(map(_phrase, table["remarks"]))
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w){aside}")


@cache
def _joined() -> re.Pattern[str]:
    return re.compile(_any(data.table("refusals")["joined"]["remarks"]))


def _phrase(parts: dict[str, Any]) -> str:
    found = _any(parts["before"])
    if "between" in parts:
        found += rf"(?:{_GAP}{_any(parts['between'])})?"
    return found + (_GAP + _any(parts["then"]) if "then" in parts else "")


def _any(phrases: Iterable[str]) -> str:
    """A pattern for one of the phrases; the longer ones first, since the first that fits is taken."""
    return f"(?:{'|'.join(map(_written, sorted(phrases, key=len, reverse=True)))})"


def _written(phrase: str) -> str:
    """A pattern for a phrase however its words are joined: e-mail, email; don't, don’t, dont."""
    signs = {" ": _GAP, "-": r"[\W_]?", "'": "['’ʼ´`]?"}
    return "".join(signs.get(sign) or re.escape(sign) for sign in phrase.casefold())
