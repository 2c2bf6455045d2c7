"""Cells that say nothing: what stands for a value where there is none, and what is no name of a person."""

import html
import re
from functools import cache
from typing import Final

from outreach import data

NAME, THING, ANY = "name", "thing", "any"
"""Kinds of columns: names of people; companies, jobs and places; all others."""

_AROUND: Final = "()[]<>\"' "
_XS: Final = "xх"  # Latin and Cyrillic
_X: Final = re.compile(f"[{_XS}]{{3,}}")
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,31}[0-9]{0,2});")
# Digits but for a number that lists put behind namesakes ("Bob7"), an address or a link, what templates are
# written with, and the mark of a letter that a program lost.
_IN_NO_NAME: Final = re.compile(
    r"(?<![^\W_])\d|\d(?=[^\W\d_])|[<>@＜＞＠{}\[\]%|*_#=$\\?？]|://|\bwww\.", re.IGNORECASE
)


def no_value(text: str, kind: str) -> bool:
    """Whether the text of a cell stands for no value: "N/A", "-", "k.A."; in a column for names also "test"."""
    plain = text.casefold().replace(" ", "")
    if plain in _words(kind):
        return True
    if plain[:1].isalpha() and plain[0] not in _XS:  # nearly all: what follows is not for them
        return text in _as_written()
    if not any(map(str.isalnum, plain)):
        return True
    if plain[0] in _AROUND:
        return no_value(text.strip(_AROUND), kind)
    return text in _as_written() or _X.fullmatch(plain) is not None


def no_name(text: str) -> bool:
    """Whether a text is surely no name of a person: a number, a date, an address, "[First Name]", "J?rgen"."""
    return _IN_NO_NAME.search(text) is not None or not any(map(str.isalpha, text))


def is_firm(text: str) -> bool:
    """Whether a text in a column for a part of a name ends as the name of a firm does."""
    return text.casefold().rpartition(" ")[2] in _listed("firms")


def unescaped(text: str) -> str:
    """A text whose letters were written for a web page, "J&uuml;rgen", as it is read; also one escaped twice.

    Every turn makes it shorter, so it ends.
    """
    while (plain := _ENTITY.sub(lambda found: html.unescape(found[0]), text)) != text:
        text = plain
    return text


@cache
def _words(kind: str) -> frozenset[str]:
    return _listed(ANY) | _listed(kind)


@cache
def _as_written() -> frozenset[str]:
    return frozenset(data.table("nothing")["as_written"])


@cache
def _listed(kind: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in data.table("nothing")[kind])
