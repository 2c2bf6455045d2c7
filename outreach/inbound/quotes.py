"""The words with which mail programs mark quotes, as sets and patterns. Everything is compared folded."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from outreach.data import table

LOOKED_AT = 600  # characters of a line, or of the few lines that make up a mark
_DIRECTIONS = dict.fromkeys((0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF))
_SPACES = dict.fromkeys((0xA0, 0x202F, 0x2009, 0x3000), " ")
_AWAY = MappingProxyType({**_DIRECTIONS, **_SPACES, 0x2019: "'"})


def folded(text: str) -> str:
    """A line as the tables are written: case-folded, no direction marks, straight apostrophes, plain spaces."""
    text = text[:LOOKED_AT]
    if not text.isascii():
        text = text.translate(_AWAY)
    return text.casefold().strip()


@cache
def words(name: str) -> frozenset[str]:
    """A list of packs/quotes.toml as a set."""
    return frozenset(map(str.casefold, table("quotes")[name]))


@cache
def labels() -> Mapping[str, frozenset[str]]:
    """What a header line's name may mean: "von" -> {"from"}. Some names mean several things."""
    found: dict[str, set[str]] = {}
    for meaning, names in table("quotes")["labels"].items():
        for name in names:
            found.setdefault(name.casefold(), set()).add(meaning)
    return MappingProxyType({name: frozenset(meanings) for name, meanings in found.items()})


@cache
def wrote() -> re.Pattern[str]:
    """Finds "wrote" in a folded line, in any of the languages."""
    whole = _either(words("wrote"))
    return re.compile(rf"(?<!\w)(?:{whole})(?!\w)|{_either(words('wrote_joined'))}")


@cache
def beginnings(name: str) -> re.Pattern[str]:
    """Matches a folded line that begins with an entry of a list; a word ends where the entry ends."""
    spaced = [each for each in words(name) if (each[-1].isascii() and each[-1].isalnum()) or _cased(each[-1])]
    joined = [each for each in words(name) if each not in spaced]
    return re.compile(
        "|".join(rf"(?:{_either(group)}){end}" for group, end in ((spaced, r"(?!\w)"), (joined, "")) if group)
    )


def _cased(letter: str) -> bool:
    """Whether a letter is of a script that has capitals (and so parts its words)."""
    return letter.upper() != letter.lower()


def _either(entries: Iterable[str]) -> str:
    """A pattern for any of the entries, the longest first."""
    return "|".join(re.escape(each) for each in sorted(entries, key=lambda each: (-len(each), each)))
