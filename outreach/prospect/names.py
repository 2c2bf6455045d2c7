"""A full name taken apart, where it is certain which part of it is which; left whole where it is not."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

from outreach import data
from outreach.prospect.persons import GENDERS, around, around_there, endings, honorific, words_of

MAX_NAME: Final = 80  # characters: nobody's name is longer, and it bounds the work
GIVEN_FIRST: Final = "given"
FAMILY_FIRST: Final = "family"
_LATIN: Final = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ'’ʼ.\- ]+")
_CYRILLIC: Final = re.compile(r"[Ѐ-ԯ'’ʼ.\- ]+")
_INITIAL: Final = re.compile(r"\w\.?")
_FEW: Final = 9  # names in the said order to one in the other
_ROLE: Final = 5  # letters: shorter ones are names too ("Post")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.-?){1,3}")
_ASIDE: Final = re.compile(r"\s+\([^()]*\)$")  # "Anna Berg (Purchasing)"


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of a name that are certain, "" for the others. `honorific` is as `persons.honorific` has it."""

    first: str = ""
    middle: str = ""
    last: str = ""
    honorific: str = ""


@lru_cache(maxsize=4096)
def split(full: str, country: str = "", language: str = "", order: str = "") -> Name:
    """The parts of a full name: "Dr. Anna Maria von Berg" is dr, Anna Maria, von Berg.

    `country` (ISO 3166) and `language` are the person's; `order` is what the column's header says, GIVEN_FIRST or
    FAMILY_FIRST, "" if nothing. A wrong "Hello Berg," is worse than none, so a name is taken apart only on
    evidence: the header, a comma with a given name behind it, a patronymic, or a given name where given
    names stand and no other. Names in Chinese, Japanese or Korean characters, those of countries where the family
    name stands first or where there is none, single given names, initials, companies, and names of two people
    stay whole.
    """
    if len(full) > MAX_NAME:
        return Name()
    full = _ASIDE.sub("", full)
    before, comma, behind = full.partition(",")
    if comma and _is_no_name(behind):
        full, comma = before, ""
    if comma:
        return _family_comma(before, behind, country, language, order)
    words, called = untitled(full, country, language)
    if called and (family := _beside_initials(words)):
        return Name(last=family, honorific=called)
    if not are_names(words):
        return Name()
    if len(words) == 1:
        return Name(last=words[0] if _lone_family(words[0], full, called) else "", honorific=called)
    found = None
    if not without_family(words, country, language):
        found = _by_patronymic(words, country, language)
        if found is None and (order == FAMILY_FIRST or not _family_first(words, country, language)):
            found = _by_order(words, country, language, order)
            if found is None and order != FAMILY_FIRST and set(GENDERS) & set(called.split()):
                found = _behind_title(words, country, language)
    return replace(found or Name(), honorific=called)


def kept(order: str, fulls: Iterable[str]) -> bool:
    """Whether the names of a column are in the order that its header says, as far as given names tell it.

    "Nom et prénom" stands above "Anne Laurent" too.
    """
    for_it = against = 0
    for full in fulls:
        words = untitled(full[:MAX_NAME])[0]
        if len(words) == 2 and "," not in full:
            first, second = map(surely_given, words)
            for_it += (second if order == FAMILY_FIRST else first) and first != second
            against += (first if order == FAMILY_FIRST else second) and first != second
    return against * _FEW <= for_it


def are_names(words: Sequence[str]) -> bool:
    """Whether words may be a person's name in Latin or Cyrillic letters, and nothing else."""
    text = " ".join(words)
    if not text or not (_LATIN.fullmatch(text) or _CYRILLIC.fullmatch(text)):
        return False
    if any(word.casefold().strip(".-") in no_person() for word in words):
        return False
    if all(word.casefold() in words_of("particles") for word in words):
        return False
    outer = [word for word in (words[0], words[-1]) if word.casefold() not in words_of("particles")]
    return all("." not in word and sum(map(str.isalpha, word)) > 1 for word in outer)


@cache
def no_person() -> frozenset[str]:
    """Words of no person's name: firms, departments, jobs, and what addresses of departments begin with."""
    roles = (word for word in data.table("addresses")["roles"] if len(word) >= _ROLE)
    return words_of("no_person") | (frozenset(roles) - words_of("role_names"))


def has_patronymics(country: str, language: str) -> bool:
    """Whether people there have patronymics; the language counts only where the country is not known."""
    return _of(country, "" if country else language, "patronymic")


def patronymic_gender(word: str) -> str:
    """`female` or `male` from the ending of a patronymic, "" for another word."""
    lower = word.casefold()
    if len(lower) < 6:
        return "male" if lower == "ильич" else ""
    if lower.endswith(endings("female_patronymics")):
        return "female"
    return "male" if lower.endswith(endings("male_patronymics")) else ""


def family_ending(word: str) -> bool:
    """Whether a word ends as Slavic family names do, and is no given name."""
    lower = word.casefold()
    return len(lower) > 4 and lower.endswith(endings("family_endings")) and not is_given(word)


def untitled(text: str, country: str = "", language: str = "") -> tuple[list[str], str]:
    """The words of a name without what stands before and behind it, and the honorific that stood there.

    `country` and `language` tell of words that are forms of address in some places only.
    """
    words, behind = text.split(), around("behind")
    before = (around("before"), around_there("before", country, language))
    after = (around("called_behind"), around_there("called_behind", country, language))
    small = [word.casefold() for word in words]
    start = next(
        (at for at, word in enumerate(small) if not any(word in each for each in before)), len(words)
    )
    if len(words) - start > 2 and small[start] in around_there("before_two", country, language):
        start += 1
    end, called = len(words), words[:start]
    while end > start + 1 and (small[end - 1] in behind or any(small[end - 1] in each for each in after)):
        end -= 1
        called += words[end : end + 1] if small[end] not in behind else []
    return words[start:end], honorific(" ".join(called)) if called else ""


def _is_no_name(behind: str) -> bool:
    """Whether what stands behind a comma is letters such as "MBA", or a job: no word of it is a name."""
    letters = around("behind", "behind_comma")
    words = behind.replace(",", " ").split()
    return all(word.casefold() in letters for word in words) or any(
        word.casefold().strip(".") in words_of("jobs") for word in words
    )


def _beside_initials(words: Sequence[str]) -> str:
    """The only word of a name besides initials, if it is a family name: "Mr J. R. Hartley"."""
    whole = [word for word in words if not _INITIALS.fullmatch(word)]
    if len(whole) != 1 or not 1 < len(words) < 4 or is_given(whole[0]) or not are_names(whole):
        return ""
    return whole[0]


def _lone_family(word: str, full: str, called: str) -> bool:
    """Whether the only word behind a form of address is a family name: "Frau Berg", but neither "Frau Anna" nor
    "Mr Sanjeev": not everywhere is it the family name that people say there.
    """
    if not set(GENDERS) & set(called.split()) or is_given(word):
        return False
    return (
        not around("family_behind").isdisjoint(full.casefold().split())
        or _family(word)
        or word.casefold() in words_of("family_first")
    )


def _behind_title(words: Sequence[str], country: str, language: str) -> Name | None:
    """ "Herr Volker Reh" where given names stand first: a common one and one that is none. Of "Herr Rektor Meyer"
    only the family name is certain.
    """
    small = [word.casefold() for word in words]
    if len(words) != 2 or not words_of("particles").isdisjoint(small) or is_given(words[1]):
        return None
    if (
        not _of(country, "" if country else language, "family_last")
        or words[0].isupper()
        or words[1].isupper()
    ):
        return None
    if is_given(words[0]):
        return Name(words[0], "", words[1])
    return Name(last=words[1]) if _family(words[1]) and not _family(words[0]) else None


def _family_comma(before: str, behind: str, country: str, language: str, order: str) -> Name:
    """ "Berg, Dr. Anna" and "Berg, Anna von": the family name stands before the comma.

    It may also be a job, a place or another person that stands behind it.
    """
    family, called = untitled(before, country, language)
    given, more = untitled(behind, country, language)
    both = honorific(f"{called} {more}".strip())
    particles: list[str] = []
    while len(given) > 1 and given[-1].casefold() in words_of("particles"):
        particles.insert(0, given.pop())
    own = [word for word in family if word.casefold() not in words_of("particles")]
    second = given[1] if len(given) == 2 else ""
    named = len(own) == 1 < len(family) and family[0] not in own  # "von der Heide", who is no Heide
    beside = bool(_patronymic(second) or _INITIAL.fullmatch(second))
    certain = (
        are_names(family)
        and are_names(given[:1])
        and len(given) < 3
        and (len(own) == 1 or (len(own) == 2 and _of(country, language, "double") and all(map(_family, own))))
        and is_given(given[0])
        and (not any(map(is_given, own)) or named or not any(map(surely_given, own)))
        and (not second or beside or is_given(second))
        and not without_family([*family, *given], country, language)
    )
    if not certain:
        return Name(honorific=both)
    first = given[:1] if beside else given
    return Name(" ".join(first), second if beside else "", " ".join([*particles, *family]), both)


def _by_patronymic(words: Sequence[str], country: str, language: str) -> Name | None:
    """The order that a patronymic tells; None where there is none, or none that tells.

    A man's may be a family name (Rabinovich): it counts only beside a Slavic family name, or where people have
    patronymics.
    """
    marked = tuple(at for at, word in enumerate(words) if _patronymic(word))
    if not marked:
        return None
    told = patronymic_gender(words[min(marked[-1], 1 if 1 in marked else 2)]) == "female"
    told = told or has_patronymics(country, language)
    match len(words), marked:
        case 3, (2,) | (0, 2):
            certain = not is_given(words[0]) and (
                told or (is_given(words[1]) and (0 in marked or family_ending(words[0])))
            )
            return Name(words[1], words[2], words[0]) if certain else None
        case 3, (1,) | (1, 2):
            certain = is_given(words[0]) and (told or family_ending(words[2]))
            return Name(words[0], words[1], words[2]) if certain else None
        case 2, (1,) if is_given(words[0]):
            return Name(words[0], words[1] if patronymic_gender(words[1]) == "female" else "")
    return None


def _patronymic(word: str) -> bool:
    return bool(patronymic_gender(word))


def without_family(words: Sequence[str], country: str, language: str) -> bool:
    """Whether the last word may be the father's name and no family's, as in Iceland and Ethiopia."""
    return (
        _of(country, language, "no_family")
        or any(word.casefold() in words_of("sons") for word in words)
        or words[-1].casefold() in words_of("fathers")
        or words[-1].casefold().endswith(endings("father_endings"))
    )


def _family_first(words: Sequence[str], country: str, language: str) -> bool:
    """Whether the family name may well stand first, as in China, Korea, Vietnam and Hungary."""
    known = [word.casefold() in words_of("family_first") for word in words]
    return _of(country, language, "family_first") or known[0] or (known[-1] and not is_given(words[0]))


def _of(country: str, language: str, custom: str) -> bool:
    """Whether a country or a language has a custom of names."""
    return country.casefold() in words_of(f"{custom}_countries") or language.casefold().partition("-")[
        0
    ] in words_of(f"{custom}_languages")


def _by_order(words: Sequence[str], country: str, language: str, order: str) -> Name | None:
    """The parts by the header, capitals, particles and known given names."""
    if len(words) == 2:
        return _two(words[0], words[1], country, order)
    small = [word.casefold() in words_of("particles") for word in words]
    if order == FAMILY_FIRST:
        at = small.index(False)  # the name is not made of particles alone
        given = words[at + 1 :]
        certain = 0 < len(given) < 3 and all(map(is_given, given)) and not surely_given(words[at])
        return Name(" ".join(given), "", " ".join(words[: at + 1])) if certain else None
    if any(small):
        return _by_particle(words, small.index(True))
    first, second, last = words[0], words[1], words[-1]
    if not is_given(first) or (is_given(last) and not _INITIAL.fullmatch(second)):
        return None
    if len(words) == 3 and _INITIAL.fullmatch(second):
        return Name(first, second, last)
    if any("." in word or len(word) < 2 for word in words):
        return None
    count = 2 if is_given(second) else 1
    if count == 2 and not surely_given(second):
        return None
    if _of(country, language, "double"):
        certain = len(words) == count + 2 and _family(words[count])
    else:
        certain = (len(words), count) == (3, 2) and (surely_given(first) or _family(last))
    return Name(" ".join(words[:count]), "", " ".join(words[count:])) if certain else None


def _by_particle(words: Sequence[str], at: int) -> Name | None:
    """Given names, then particles, then one word: "Anna Maria von Berg", but not "María del Carmen"."""
    given, rest, last = words[:at], words[at:-1], words[-1].casefold()
    certain = (
        0 < at < 3
        and all(map(is_given, given))
        and all(map(surely_given, given[1:]))
        and rest
        and all(word.casefold() in words_of("particles") for word in rest)
        and last not in words_of("particles")
        and last not in words_of("devotions")
    )
    return Name(" ".join(given), "", " ".join(words[at:])) if certain else None


def _two(first: str, second: str, country: str, order: str) -> Name | None:
    """Two words: which is the family name?"""
    if {first.casefold(), second.casefold()} & words_of("particles"):
        return None
    if order:
        given, family = (first, second) if order == GIVEN_FIRST else (second, first)
        doubted = _family(given) or (is_given(family) and not is_given(given)) or _louder(given, family)
        doubted = doubted or (surely_given(family) and not surely_given(given))
        return None if doubted else Name(given, "", family)
    for one, other in ((first, second), (second, first)):
        if _louder(one, other):
            return Name(other, "", one) if is_given(other) and not is_given(one) else None
    known = is_given(first), is_given(second)
    if known == (True, False) and (surely_given(first) or _family(second)):
        return Name(first, "", second)
    western = country.casefold() in words_of("family_last_countries")
    if known == (True, True) and western and surely_given(first) and not surely_given(second):
        pair = {first.casefold().partition("-")[0], second.casefold()} & words_of("doubling")
        return None if pair else Name(first, "", second)
    if known != (False, True):
        return None
    if _CYRILLIC.fullmatch(first) and (family_ending(first) or surely_given(second)):
        return Name(second, "", first)
    return None


def _louder(one: str, other: str) -> bool:
    """Whether only the first of two words is in capitals."""
    return len(one) > 2 and one.isupper() and not other.isupper()


def is_given(word: str) -> bool:
    """Whether a word, or the first half of a double one, is a common given name; accents do not count."""
    return _listed(word.casefold().partition("-")[0], "given")


def surely_given(word: str) -> bool:
    """Whether a word is a given name that is hardly ever a family name: Anna and Hans-Peter, but not Werner."""
    halves = word.casefold().split("-")
    if not all(_listed(half, "given") for half in halves):
        return False
    return len(halves) > 1 or not _listed(halves[0], "also_family")


def _family(word: str) -> bool:
    """Whether a word is a common family name and no given name."""
    lower = word.casefold().rpartition("-")[2]
    return not is_given(word) and (
        _listed(lower, "family")
        or (len(lower) > 4 and lower.endswith(endings("sure_endings")))
        or (_CYRILLIC.fullmatch(lower) is not None and family_ending(word))
    )


def _listed(word: str, kind: str) -> bool:
    if word in words_of(kind):
        return True
    bare = unicodedata.normalize("NFD", word).encode("ascii", "ignore").decode()
    return bool(bare) and bare in words_of(kind)
