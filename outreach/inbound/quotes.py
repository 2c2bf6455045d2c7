"""The words with which mail programs mark quotes, as sets and patterns. Everything is compared folded."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from outreach.data import table

LOOKED_AT = 600  # characters of a line, or of the few lines that make up a mark
_DIRECTIONS = dict.fromkeys((0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF))
_SPACES = dict.fromkeys((0xA0, 0x202F, 0x2009, 0x3000), " ")
# What a line without words may consist of: white space of all kinds, and marks that nobody sees.
_BLANK = "".join(char for char in map(chr, range(0x3001)) if char.isspace()) + "".join(map(chr, _DIRECTIONS))
_AWAY = MappingProxyType({**_DIRECTIONS, **_SPACES, 0x2019: "'"})


def bare(line: str) -> str:
    """A line without what cannot be seen at its ends."""
    return line.strip() if line.isascii() else line.strip(_BLANK)


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
def endings(name: str) -> tuple[str, ...]:
    """A list as `str.endswith` takes it."""
    return tuple(sorted(words(name)))


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


def begins(name: str, line: str) -> int:
    """Where the entry of a list ends that a folded line begins with, 0 for none; words end where entries do."""
    for size, parted, entries in _by_first_letter(name).get(line[:1], ()):
        if line[:size] in entries:
            after = line[size : size + 1]
            if not parted or not (after.isalnum() or after == "_"):
                return size
    return 0


@cache
def _by_first_letter(name: str) -> Mapping[str, Sequence[tuple[int, bool, frozenset[str]]]]:
    """The entries of a list by first letter, length (the longest first) and whether a word ends with them."""
    found: dict[str, dict[tuple[int, bool], set[str]]] = {}
    for each in words(name):
        last = each[-1]
        parted = (last.isascii() and last.isalnum()) or _cased(last)
        found.setdefault(each[0], {}).setdefault((len(each), parted), set()).add(each)
    return MappingProxyType(
        {
            first: [(*key, frozenset(entries)) for key, entries in sorted(groups.items(), reverse=True)]
            for first, groups in found.items()
        }
    )


def _cased(letter: str) -> bool:
    """Whether a letter is of a script that has capitals (and so parts its words)."""
    return letter.upper() != letter.lower()


def _either(entries: Iterable[str]) -> str:
    """A pattern for any of the entries, the longest first."""
    return "|".join(re.escape(each) for each in sorted(entries, key=lambda each: (-len(each), each)))
