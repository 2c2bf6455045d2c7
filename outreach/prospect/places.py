"""Countries and languages as people write them, in any common language, to their codes."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from itertools import chain
from typing import Final

from outreach import data
from outreach.prospect.columns import fold

_ASIDE: Final = re.compile(r"\s*[(（\[][^()（）\[\]]*[)）\]]\s*")  # "Germany (DE)"
_SUBDIVISION: Final = re.compile(r"([A-Z]{2})-(?:[A-Z]{3}|[A-Z]?[0-9]{1,2})")
_PARTS: Final = re.compile(r"\s*[/|]\s*|\s+[-–—]\s+|(?<=^[A-Za-z]{2})-(?=\w{3})")
_MOST_PARTS: Final = 3
_SHORTEST, _LONGEST, _NEAR = 5, 40, 0.85  # letters of a name that may be a misspelt one, and how near that is


def country_code(text: str) -> str:
    """The ISO 3166 code (alpha-2) of a country's code or name; "" for what is neither, or two countries' name.

    NA, Namibia's code, is "" too: it nearly always says that the country is not known. Of "CH - Schweiz" and
    "België/Belgique" both parts must say the same; of "GB-ENG" (ISO 3166-2) the first is the country.
    """
    text = " ".join(text.split())  # a pattern that tries every run of spaces would take its square
    code = text.upper()
    if code in data.country_zones() and code != "NA":
        return code
    if found := _code(text, _countries(), _country_names):
        return found
    if (part := _SUBDIVISION.fullmatch(code)) and part[1] in data.country_zones():
        return part[1]
    parts = _PARTS.split(text)
    if not 1 < len(parts) <= _MOST_PARTS:
        return ""
    said = {country_code(part) for part in parts}
    return said.pop() if len(said) == 1 else ""


@lru_cache(maxsize=256)
def meant_country(text: str) -> str:
    """The name of the country that a misspelt one is nearly ("Deutschland" for "Deutschlnd"); "" where none is.

    Only to ask: it takes 30 ms, and may be wrong.
    """
    folded = fold(text)
    if not _SHORTEST <= len(folded) <= _LONGEST:
        return ""
    names = {**_country_names(), **_countries()}
    found = get_close_matches(folded, (name for name, code in names.items() if code), n=1, cutoff=_NEAR)
    if not found:
        return ""
    written = {fold(name): name for every in data.table("places")["countries"].values() for name in every}
    return written.get(found[0]) or _english(names[found[0]])


def language_code(text: str) -> str:
    """The code of a language's name, or of a code that is in common use for it; "" for anything else.

    Codes of two letters are not looked up: only those that are no language's, such as `kz`, are known here.
    """
    return _code(" ".join(text.split()), _languages(), _language_names)


def _code(text: str, own: Mapping[str, str], more: Callable[[], Mapping[str, str]]) -> str:
    """The code of the first reading of a name that has one: our own table first, then all of CLDR."""
    readings = dict.fromkeys(filter(None, map(fold, _readings(text))))
    found = next((own[reading] for reading in readings if reading in own), "")
    if found or (len(fold(text)) <= 2 and text.isascii()):
        return found
    names = more()
    bare = (_bare(reading) for reading in readings)
    return next((names[name] for name in chain(readings, bare) if names.get(name)), "")


def _readings(text: str) -> Iterator[str]:
    """A name as it stands, without what is in brackets, and without words such as "Republic of" or "language"."""
    yield text
    without = _ASIDE.sub(" ", text).strip()
    yield without
    lower = without.casefold()
    for prefix in data.table("places")["prefixes"]:
        if lower.startswith(f"{prefix.casefold()} "):
            yield without[len(prefix) :]
    for suffix in data.table("places")["suffixes"]:
        if lower.endswith(f" {suffix.casefold()}"):
            yield without[: -len(suffix)]


def _bare(name: str) -> str:
    """A folded name without accents."""
    return "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))


@cache
def _countries() -> Mapping[str, str]:
    """Folded name or code of three letters -> code."""
    table = data.table("places")
    words = table["alpha3"].split()
    longer = {fold(three): two for three, two in zip(words[::2], words[1::2], strict=True)}
    return longer | {fold(name): code for code, names in table["countries"].items() for name in names}


@cache
def _languages() -> Mapping[str, str]:
    """Folded name or code in common use -> code."""
    return {fold(name): code for code, names in data.table("places")["languages"].items() for name in names}


@cache
def _country_names() -> Mapping[str, str]:
    return _names("territories", frozenset(data.country_zones()))


def _english(code: str) -> str:
    from babel.localedata import load

    return str(load("en")["territories"][code])


@cache
def _language_names() -> Mapping[str, str]:
    from babel.localedata import load

    codes = frozenset(code for code in load("en")["languages"] if len(code) == 2)
    return _names("languages", codes)


def _names(kind: str, codes: frozenset[str]) -> Mapping[str, str]:
    """Folded name -> code in all languages, with accents and without; "" where it names two.

    It takes half a second and 40 MB, so it is made when a name is met that our own table does not have.
    """
    from babel.localedata import load

    found: dict[str, str] = {}
    for language in data.table("places")["spoken"].split():
        for code, name in load(language)[kind].items():
            if code in codes:
                folded = fold(name)
                for each in {folded, _bare(folded)}:
                    found[each] = code if found.get(each, code) == code else ""
    return found
