"""A full name taken apart, where it is certain which part of it is which; left whole where it is not."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from outreach.prospect.persons import around, endings, honorific, words_of

MAX_NAME: Final = 80  # characters: nobody's name is longer, and it bounds the work
_LATIN: Final = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ'’.\- ]+")
_CYRILLIC: Final = re.compile(r"[Ѐ-ԯ'’.\- ]+")
_INITIAL: Final = re.compile(r"\w\.?")


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of a name that are certain, "" for the others. `honorific` is as `persons.honorific` has it."""

    first: str = ""
    middle: str = ""
    last: str = ""
    honorific: str = ""


@lru_cache(maxsize=4096)
def split(full: str, country: str = "", language: str = "") -> Name:
    """The parts of a full name: "Dr. Anna Maria von Berg" is dr, Anna Maria, von Berg.

    `country` (ISO 3166) and `language` are the person's. A wrong "Hello Berg," is worse than none, so a name is
    taken apart only on evidence: a comma, a patronymic, an ending of family names, a particle, capitals, or a
    given name where given names stand. Names in Chinese, Japanese or Korean characters, and those of
    countries where the family name stands first, stay whole; so do single words, initials, companies,
    and names of two people.
    """
    if len(full) > MAX_NAME:
        return Name()
    before, comma, behind = full.partition(",")
    letters = around("behind", "behind_comma")
    if comma and all(word.casefold() in letters for word in behind.replace(",", " ").split()):
        full, comma = before, ""
    if comma:
        return _family_comma(before, behind)
    words, called = _untitled(full)
    if not _are_names(words):
        return Name()
    if len(words) == 1:
        known = bool({"ms", "mr", "mx"} & set(called.split()))
        return Name(last=words[0], honorific=called) if known else Name(honorific=called)
    found = _by_patronymic(words)
    if found is None and not _family_first(words, country, language):
        found = _by_order(words, country, language)
    return replace(found or Name(), honorific=called)


def _untitled(text: str) -> tuple[list[str], str]:
    """The words of a name without what stands before and behind it, and the honorific that stood before."""
    words, before = text.split(), around("before")
    start = next((at for at, word in enumerate(words) if word.casefold() not in before), len(words))
    end = len(words)
    while end > start + 1 and words[end - 1].casefold() in around("behind"):
        end -= 1
    called = honorific(" ".join(words[:start])) if start else ""
    return words[start:end], called


def _are_names(words: Sequence[str]) -> bool:
    """Whether words may be a person's name in Latin or Cyrillic letters, and nothing else."""
    text = " ".join(words)
    if not text or not (_LATIN.fullmatch(text) or _CYRILLIC.fullmatch(text)):
        return False
    if any(word.casefold().rstrip(".") in words_of("no_person") for word in words):
        return False
    inner = words[1:-1]
    return not any("." in word or len(word) < 2 for word in words if word not in inner)


def _family_comma(before: str, behind: str) -> Name:
    """ "Berg, Dr. Anna" and "Berg, Anna von": the family name stands before the comma."""
    family, called = _untitled(before)
    given, more = _untitled(behind)
    particles: list[str] = []
    while len(given) > 1 and given[-1].casefold() in words_of("particles"):
        particles.insert(0, given.pop())
    if not (_are_names(family) and _are_names(given)) or len(family) > 3 or len(given) > 2:
        return Name()
    second = given[1] if len(given) == 2 else ""
    middle = given.pop() if _patronymic(second) or _INITIAL.fullmatch(second) else ""
    last = " ".join([*particles, *family])
    return Name(" ".join(given), middle, last, honorific(f"{called} {more}".strip()) or called or more)


def _by_patronymic(words: Sequence[str]) -> Name | None:
    """The order that a patronymic tells; None where there is none, or none that tells."""
    marked = tuple(at for at, word in enumerate(words) if _patronymic(word))
    match len(words), marked:
        case 3, (2,) | (0, 2):
            return Name(words[1], words[2], words[0])
        case 3, (1,) | (1, 2):
            return Name(words[0], words[1], words[2])
        case 2, (1,):  # of a man's it is not certain: Петрович is a family name too
            return Name(words[0], words[1] if patronymic_gender(words[1]) == "female" else "")
    return None


def patronymic_gender(word: str) -> str:
    """`female` or `male` from the ending of a patronymic, "" for another word."""
    lower = word.casefold()
    if len(lower) < 6:
        return "male" if lower == "ильич" else ""
    if lower.endswith(endings("female_patronymics")):
        return "female"
    return "male" if lower.endswith(endings("male_patronymics")) else ""


def _patronymic(word: str) -> bool:
    return bool(patronymic_gender(word))


def _family_first(words: Sequence[str], country: str, language: str) -> bool:
    """Whether the family name may well stand first, as in China, Korea, Vietnam and Hungary."""
    known = [word.casefold() in words_of("family_first") for word in words]
    return _of(country, language, "family_first") or known[0] or (known[-1] and not _given(words[0]))


def _of(country: str, language: str, custom: str) -> bool:
    """Whether a country or a language has a custom of names."""
    return country.casefold() in words_of(f"{custom}_countries") or language.casefold().partition("-")[
        0
    ] in words_of(f"{custom}_languages")


def _by_order(words: Sequence[str], country: str, language: str) -> Name | None:
    """The parts by endings, capitals, particles and known given names, in this order."""
    if len(words) == 2:
        return _two(*words)
    at = next((at for at, word in enumerate(words) if word.casefold() in words_of("particles")), 0)
    if at:
        rest = words[at:-1]
        whole = at < 4 and all(word.casefold() in words_of("particles") for word in rest)
        return Name(" ".join(words[:at]), "", " ".join(words[at:])) if whole and len(rest) else None
    if words[0].casefold() in words_of("particles") or not _given(words[0]):
        return None
    if len(words) == 3 and _INITIAL.fullmatch(words[1]):
        return Name(words[0], words[1], words[2])
    if any("." in word or len(word) < 2 for word in words):
        return None
    double = _of(country, language, "double")
    given = 2 if _given(words[1]) else 1
    if len(words) - given > (2 if double else 1):
        return None
    return Name(" ".join(words[:given]), "", " ".join(words[given:]))


def _two(first: str, second: str) -> Name | None:
    """Two words: which is the family name?"""
    if {first.casefold(), second.casefold()} & words_of("particles"):
        return None
    for one, other in ((first, second), (second, first)):
        if one.isupper() and not other.isupper() and len(one) > 2:
            return Name(other, "", one)
    family = _family_ending(first), _family_ending(second)
    if family[0] != family[1]:
        return Name(second, "", first) if family[0] else Name(first, "", second)
    known = _given(first), _given(second)
    if known == (True, False):
        return Name(first, "", second)
    if known == (False, True) and _CYRILLIC.fullmatch(first):
        return Name(second, "", first)  # the usual order of Russian lists; in Latin letters it is a guess
    return None


def _family_ending(word: str) -> bool:
    lower = word.casefold()
    return (
        len(lower) > 4
        and lower.endswith(endings("family_endings"))
        and lower not in words_of("given_all_the_same")
        and not _given(word)
    )


def _given(word: str) -> bool:
    """Whether a word, or the first half of a double one, is a common given name; accents do not count."""
    first = word.casefold().partition("-")[0]
    if first in words_of("given"):
        return True
    bare = unicodedata.normalize("NFD", first).encode("ascii", "ignore").decode()
    return bare in words_of("given")
