"""A company's name as a letter says it: without its legal form."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

from outreach import data

_LONGEST: Final = 6  # words of a legal form
_ENDS: Final = " ,;-–—"
_PLAIN: Final = re.compile(r"[\s.,/()+&]+")
_GLUED: Final = re.compile(r"(?<=\w)(?=[«„“])|(?<=^ООО|^ТОО|^ЗАО|^ОАО|^ПАО|^ЖШС)(?=\")")


@lru_cache(maxsize=4096)
def short_name(company: str) -> str:
    """A company's name without legal forms at its ends and without the quotation marks around it.

    The name itself where nothing else would be left, or a common word only: "The Limited", "Las Vegas NV".
    Forms that may be a part of the name stay.
    """
    whole = text = _GLUED.sub(" ", " ".join(unicodedata.normalize("NFC", company).split()))
    while (shorter := _unquoted(_without_form(text))) != text:
        text = shorter
    return whole if text.casefold() in _listed("common") else text


def _without_form(text: str) -> str:
    """The text without one legal form, if something is left then."""
    if text.startswith(_listed("joined")) or text.endswith(_listed("joined")):
        for glued in _listed("joined"):
            rest = (text.removesuffix(glued) if text.endswith(glued) else text.removeprefix(glued)).strip(
                _ENDS
            )
            if rest and rest != text:
                return rest
    words = text.split(" ")
    plain = [_folded(word) for word in text.split(" ")]
    for count in range(min(_LONGEST, len(words) - 1), 0, -1):
        if "".join(plain[-count:]) in _forms("behind") and _looks_like_one(words[-count:]):
            return " ".join(words[:-count]).rstrip(_ENDS) or text
        form, name = "".join(plain[:count]), " ".join(words[count:])
        if form in _forms("before") and _looks_like_one(words[:count]):
            return name.lstrip(_ENDS) or text
        if form in _forms("before_quotes") and _unquoted(name) != name:
            return name
    return text


def _looks_like_one(words: list[str]) -> bool:
    """Whether words that are a form's by their letters are meant as one: "AS", "a.s." and "Oy", but not "as"."""
    text = "".join(words)
    long = sum(map(str.isalpha, text)) > 2
    return long or text.isupper() or text.count(".") > 1 or text in _listed("behind")


def _unquoted(text: str) -> str:
    """The text without the pair of quotation marks around all of it."""
    for first, last in map(tuple, _listed("quotes")):
        inner = text[1:-1]
        if len(text) > 2 and text[0] == first and text[-1] == last and inner.strip(_ENDS):
            at = inner.find(last)
            if at < 0 or inner[:at].endswith((" ", "(")) or (first != last and first in inner[:at]):
                return inner.strip(_ENDS)
    return text


@cache
def _forms(kind: str) -> frozenset[str]:
    return frozenset(map(_folded, _listed(kind)))


def _folded(text: str) -> str:
    """A form for comparison; a Turkish İ is an i, and not one with a dot above it."""
    return _PLAIN.sub("", text.replace("İ", "i").casefold())


@cache
def _listed(kind: str) -> tuple[str, ...]:
    return tuple(data.table("legal_forms")[kind])
