"""A name whose order nothing else tells, taken apart by its owner's address: "Xavier Grall" at x.grall@."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import Final

from outreach.prospect.names import Name, is_given, surely_given, without_family
from outreach.prospect.persons import words_of

_PARTS: Final = re.compile(r"[._\-]+")
_DIGITS: Final = "0123456789"
# How letters are written in addresses; the rest lose their accents.
_WRITTEN: Final = {
    "ä": ("ae", "a"),
    "ö": ("oe", "o"),
    "ü": ("ue", "u"),
    "ß": ("ss",),
    "ø": ("o", "oe"),
    "æ": ("ae",),
    "å": ("a", "aa"),
    "ł": ("l",),
    "ı": ("i",),
    "đ": ("d", "dj"),
}
_SHORTEST: Final = 3  # letters of an address that tells
_MOST: Final = 8  # ways to write one word


def by_address(words: Sequence[str], local: str, country: str, language: str) -> Name:
    """The parts of a name of two or three words in Latin letters that the part of an address before the @ tells.

    A whole word behind another one's initial or the other whole word is the family name: x.grall, xgrall and
    xavier.grall. Nothing is told by grall.x, which may be grall.xavier or a given name and an initial.
    """
    plain = local.rstrip(_DIGITS)
    if len(words) not in (2, 3) or len(plain) < _SHORTEST or without_family(words, country, language):
        return Name()
    found = [
        name
        for at in range(len(words))
        if _fits(words, at, plain) and (name := _with_family(words, at, country, language))
    ]
    return found[0] if len(found) == 1 else Name()


def contradicted(first: str, last: str, local: str) -> bool:
    """Whether an address has the two parts of a name the other way round: "Grall Xavier" at x.grall@."""
    plain = local.rstrip(_DIGITS)
    return _fits((last, first), 1, plain) and not _fits((first, last), 1, plain)


def _with_family(words: Sequence[str], at: int, country: str, language: str) -> Name | None:
    """The name if the word at that place is the family name; None where it cannot be."""
    family = words[at]
    if surely_given(family) or family.casefold() in words_of("particles"):
        return None
    double = country.casefold() in words_of("double_countries") or language.casefold()[:2] in words_of(
        "double_languages"
    )
    if len(words) == 2:
        first = words[1 - at]
        known = is_given(first) or family.casefold() in words_of("family_first")
        return Name(first, "", family) if known else None
    if at == 1 and double and is_given(words[0]) and not is_given(words[1]):
        return Name(words[0], "", f"{words[1]} {words[2]}")
    if at == 2 and not double and is_given(words[0]) and is_given(words[1]):
        return Name(f"{words[0]} {words[1]}", "", family)
    return None


def _fits(words: Sequence[str], at: int, local: str) -> bool:
    """Whether an address has the word at that place as its family name behind the others, or their initials."""
    ends = [family for family in _ways(words[at]) if local.endswith(family)]
    if not ends:
        return False
    whole = [_ways(word) for place, word in enumerate(words) if place != at][: 2 if at == 2 else 1]
    joined = {"".join(each) for each in product(*whole)} | {
        "".join(way[0] for way in each) for each in product(*whole)
    }
    before = joined | set(whole[0]) | {way[0] for way in whole[0]}
    parts = _PARTS.split(local)
    if len(parts) == 1:
        return any(len(family) > 2 and local.removesuffix(family) in before for family in ends)
    return parts[-1] in ends and "".join(parts[:-1]) in before


@lru_cache(maxsize=4096)
def _ways(word: str) -> tuple[str, ...]:
    """How a word is written in addresses, without what is no letter."""
    found = [""]
    for letter in word.casefold():
        plain = unicodedata.normalize("NFD", letter).encode("ascii", "ignore").decode()
        ways = _WRITTEN.get(letter, (plain if plain.isalpha() else "",))
        found = [before + way for before in found for way in ways][:_MOST]
    return tuple(way for way in found if way) or ("?",)
