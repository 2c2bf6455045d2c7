"""What people are called by: forms of address, genders, and names in capitals put right."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from outreach import data

_LETTERS: Final = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]+|[Ѐ-ԯ]+")
_VOWEL: Final = re.compile(r"[aeiouyà-åè-ïò-öø-ýœæаеёиіїоуыэюяәөүұ]")
_UNSAFE: Final = re.compile("mc|mac...|ij")  # names with a capital inside: McDonald, MacLeod, IJsbrand
_TURKISH: Final = frozenset("ıİŞşĞğ")  # where a capital I may be a small ı
# Words that are small in every name they stand in; others, such as "de", are written both ways.
_SMALL: Final = frozenset({"von", "vom", "zu", "zur", "van", "der", "den", "af", "av"})
_SPLIT: Final = re.compile(r"[\s/,]+|(?<=\.)(?=\w{2})")
GENDERS: Final = ("ms", "mr", "mx")
DEGREES: Final = ("prof", "dr")  # the higher one is said


@lru_cache(maxsize=1024)
def honorific(text: str) -> str:
    """A form of address in our words: `ms`, `mr` or `mx`, then `dr` or `prof`; "mr dr" for "Herrn Dr.".

    "" if any word of the text is not one of a form of address, or if two of them exclude each other.
    """
    found: set[str] = set()
    whole = _honorifics().get(_plain(text))
    for word in [text] if whole else filter(None, _SPLIT.split(text)):
        meaning = _honorifics().get(_plain(word))
        if meaning is None:
            return ""
        found.add(meaning)
    genders = [each for each in GENDERS if each in found]
    degree = next((each for each in DEGREES if each in found), "")
    return " ".join(filter(None, (*genders, degree))) if len(genders) < 2 else ""


@lru_cache(maxsize=256)
def gender(text: str, header: str = "") -> str:
    """`female`, `male` or `other`; "" for a text that says none of them, as M in a Spanish column does.

    `header` is the folded header of its column.
    """
    word = _plain(text)
    return _of_headers().get(header, {}).get(word, _genders().get(word, ""))


def recased(name: str) -> str:
    """A name all in capitals or all in small letters with a capital at each word: "ANNA BERG" is "Anna Berg".

    Only where that is surely right: the same text where it is not ("JP", "MCDONALD", "DE LUCA", "d'angelo").
    """
    if not (name.isupper() or name.islower()) or not _TURKISH.isdisjoint(name):
        return name
    words = name.lower().split(" ")
    if max(map(len, words)) < 3:
        return name
    particles = words_of("particles")
    for place, word in enumerate(words):
        if word in particles:
            if not place or place == len(words) - 1 or word not in _SMALL:
                return name
        elif not all(map(_safe, word.split("-"))):
            return name
    return " ".join(
        word if word in _SMALL else "-".join(map(str.capitalize, word.split("-"))) for word in words
    )


@cache
def words_of(kind: str) -> frozenset[str]:
    """A list of `packs/persons.toml` under [names] as a set, in small letters."""
    return _words("names", kind)


@cache
def endings(kind: str) -> tuple[str, ...]:
    """As `words_of`, for `str.endswith`."""
    return tuple(sorted(words_of(kind)))


@cache
def around(*kinds: str) -> frozenset[str]:
    """As `words_of`, of what stands before and behind names, with and without a full stop where either will do."""
    words = frozenset[str]().union(*(_words("around", kind) for kind in kinds))
    return words | {f"{word}." for word in words if not word.endswith(".")}


def _safe(part: str) -> bool:
    return (
        len(part) > 1
        and _LETTERS.fullmatch(part) is not None
        and _VOWEL.search(part) is not None
        and _UNSAFE.match(part) is None
    )


def _plain(text: str) -> str:
    """A word for comparison: small, without full stops and spaces."""
    return text.casefold().replace(".", "").replace(" ", "")


def _words(table: str, kind: str) -> frozenset[str]:
    listed = data.table("persons")[table][kind]
    return frozenset(word.casefold() for word in (listed.split() if isinstance(listed, str) else listed))


@cache
def _honorifics() -> Mapping[str, str]:
    """Plain word -> `ms`, `mr`, `mx`, `dr`, `prof` or `none`."""
    table = data.table("persons")["honorifics"]
    return {_plain(word): meaning for meaning, words in table.items() for word in (meaning, *words)}


@cache
def _of_headers() -> Mapping[str, Mapping[str, str]]:
    """Folded header -> plain word -> gender, where it is another one than elsewhere."""
    columns = data.table("persons")["gender_columns"]
    return {_plain(header): column["words"] for column in columns for header in column["headers"]}


@cache
def _genders() -> Mapping[str, str]:
    table = data.table("persons")["genders"]
    return {_plain(word): meaning for meaning, words in table.items() for word in words}
