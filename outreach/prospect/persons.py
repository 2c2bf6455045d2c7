"""What people are called by: forms of address, genders, and names in capitals put right."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Final

from outreach import data

_LETTERS: Final = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]+|[Ѐ-ԯ]+")
_VOWEL: Final = re.compile(r"[aeiouyà-åè-ïò-öø-ýœæаеёиіїоуыэюяәөүұ]")
# A second capital inside of a name: McDonald, O'Brien, D'Angelo. MacLeod and Macdonald are written both ways.
_INNER: Final = re.compile(r"(mc)(?=[a-z]{2})|((?:o|d|l|n|dell|dall|sant)['’ʼ])(?=[a-zà-ÿ]{2})")
_TURKISH: Final = frozenset("ıİŞşĞğ")  # where a capital I may be a small ı
# Words that are small in every name they stand in; others, such as "de", are written both ways.
_SMALL: Final = frozenset({"von", "vom", "zu", "zur", "van", "der", "den", "af", "av"})
_LARGE: Final = frozenset({"st", "saint", "mac", "mc", "ó", "ní", "nic", "uí", "lo"})  # never small
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

    A particle has one at the beginning only ("De Luca"), unless it is small in every name ("von Berg"). The same
    text where there is no telling what is right ("JP", "IJSBRAND", "IŞIL").
    """
    if not (name.isupper() or name.islower()) or not _TURKISH.isdisjoint(name):
        return name
    words = name.lower().split(" ")
    if max(map(len, words)) < 3:
        return name
    particles = words_of("particles")
    if words[-1] in particles or not all(
        word in particles or all(map(_safe, word.split("-"))) for word in words
    ):
        return name
    small = [
        word in _SMALL or (at > 0 and word in particles and word not in _LARGE)
        for at, word in enumerate(words)
    ]
    return " ".join(
        word if low else "-".join(map(_capital, word.split("-")))
        for word, low in zip(words, small, strict=True)
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
    return _pointed(word for kind in kinds for word in _words("around", kind))


@lru_cache(maxsize=1024)
def around_there(kind: str, country: str, language: str) -> frozenset[str]:
    """As `around`, of what stands there in some countries only; by the language where the country is not known."""
    country, language = country.upper(), language.casefold().partition("-")[0]
    return _pointed(
        word.casefold()
        for place in data.table("persons")["around"]["there"]
        if country in place["countries"] or (not country and language in place["languages"])
        for word in place.get(kind, ())
    )


def _pointed(words: Iterable[str]) -> frozenset[str]:
    found = frozenset(words)
    return found | {f"{word}." for word in found if not word.endswith(".")}


def _safe(part: str) -> bool:
    letters = part[found.end() :] if (found := _INNER.match(part)) else part
    return (
        len(letters) > 1
        and _LETTERS.fullmatch(letters) is not None
        and _VOWEL.search(letters) is not None
        and not part.startswith("ij")
    )


def _capital(part: str) -> str:
    at = found.end() if (found := _INNER.match(part)) else 0
    return part[:at].capitalize() + part[at:].capitalize()


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
