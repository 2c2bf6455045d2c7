"""A phrase that should not stand in a letter, and the tokens its patterns are made of.

Patterns of words: `offer` is every form with its stem (the form itself where a language has no stemmer),
`offer=` that form alone, `offer*` every word that begins so, `_` any one word, `#` a word that begins with a
figure, `(buy/order here)` one or the other; `%` and signs of money are words. Chinese and Japanese patterns
are strings of characters, with groups but without the other signs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain, product
from math import prod
from types import MappingProxyType
from typing import NamedTuple

from Stemmer import Stemmer

from outreach.lint.normal import fold

ANY = "_"
"""The pattern token that stands for any one word."""

NUMBER = "#"
"""The pattern token that stands for any word that begins with a figure."""

CHARACTER_LANGUAGES = ("zh", "ja")
"""Languages whose phrases are strings of characters, found without white space."""

_STEMMERS: Mapping[str, str] = MappingProxyType(
    {
        **{"en": "english", "ru": "russian", "de": "german", "fr": "french", "es": "spanish"},
        **{"it": "italian", "pt": "portuguese", "pl": "polish", "tr": "turkish"},
    }
)
LONGEST_WORD = 60
"""Characters; what is longer is noise and matches nothing."""

SIGNS = "%$€£¥₽₸₮₴"
"""Signs that are words of their own."""

_PART = re.compile(rf"[^\W_]+(?:'[^\W_]+)*|[{SIGNS}]")
_GROUP = re.compile(r"\(([^()]*)\)")  # alternatives: (one/another)
_CHUNK = re.compile(r"(?:\([^()]*\)|[^\s()])+")  # a word, or a group, or both in one
_DOTLESS = str.maketrans("ı", "i", "\u0307")  # Turkish capitals lose their dots on the way to lower case


class Category(NamedTuple):
    """What the phrases of one code have in common: the name of their files, and the points of one by default."""

    name: str
    weight: float


CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {
        "SPM101": Category("stock", 3),
        "SPM102": Category("urgency", 3),
        "SPM103": Category("free", 2),
        "SPM104": Category("money", 3),
        "SPM105": Category("hype", 2),
        "SPM106": Category("prize", 4),
        "SPM107": Category("defence", 3),
        "SPM108": Category("shady", 4),
        "SPM109": Category("click", 1),
        "STR405": Category("opener", 0),
        "STR406": Category("buzz", 0),
        "STR410": Category("greeting", 0),
        "SEQ803": Category("checking", 0),
    }
)
"""The codes that phrases may belong to."""


def category(code: str) -> Category:
    """The category of a code; one of a user's own has phrases that give no points."""
    return CATEGORIES.get(code) or Category(code.lower(), 0)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One meaning, in as many wordings as `patterns` has. Patterns and guards are kept as they were written.

    It does not count where a word group of `not_before` follows it or one of `not_after` precedes it.
    `scope` is "" (anywhere), "subject", "body", or "ask" (the sentence with the request, or the last one).
    `line` is that of its table in the pack, 0 where unknown.
    """

    code: str
    language: str
    patterns: tuple[str, ...]
    weight: float
    scope: str = ""
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    hint: str = ""
    rewrite: str = ""
    line: int = 0

    @property
    def id(self) -> str:
        """The same in every build, for people too: language, category and first wording."""
        return f"{self.language}/{category(self.code).name}/{wordings(self.patterns[0])[0]}"

    @property
    def characters(self) -> bool:
        """Whether its patterns are strings of characters, not of words."""
        return self.language in CHARACTER_LANGUAGES


def wordings(pattern: str) -> list[str]:
    """Everything a pattern stands for, without groups: `(buy/order) now` is `buy now` and `order now`."""
    if "(" not in pattern:
        return [pattern]
    parts = [part.split("/") if place % 2 else [part] for place, part in enumerate(_GROUP.split(pattern))]
    return [" ".join("".join(each).split()) for each in product(*parts)]


def count_wordings(pattern: str) -> int:
    """How many wordings a pattern stands for, without writing them out."""
    return prod(group.count("/") + 1 for group in _GROUP.findall(pattern))


def paths(pattern: str, language: str) -> list[tuple[str, ...]]:
    """A pattern of words as edges that a text's words must give, one after the other.

    An edge is `en:offer` (a stem), `offers=` (a form), `offer*` (a beginning), `#`, `_`, or several of them
    parted by `|`. Mostly one path; a group with an alternative of several words makes more.
    """
    if "(" not in pattern:
        return [edges(pattern, language)]
    steps: list[list[tuple[str, ...]]] = []
    for chunk in _CHUNK.findall(pattern):
        alternatives = [edges(wording, language) for wording in wordings(chunk)]
        single = sorted({path[0] for path in alternatives if len(path) == 1})
        longer = dict.fromkeys(path for path in alternatives if len(path) != 1)
        steps.append([*([("|".join(single),)] if single else []), *longer])
    return [tuple(edge for path in each for edge in path) for each in product(*steps)]


def edges(wording: str, language: str) -> tuple[str, ...]:
    """The path of a pattern without groups."""
    return tuple(chain.from_iterable(map(_tokens(language).__getitem__, wording.split())))


class _Tokens(dict[str, tuple[str, ...]]):
    """The edges of each token that a pattern of one language has had."""

    def __init__(self, language: str) -> None:
        super().__init__({ANY: (ANY,), NUMBER: (NUMBER,)})
        self._language = language

    def __missing__(self, token: str) -> tuple[str, ...]:
        mark = token[-1] if token[-1] in "=*" else ""
        word = plain(token.removesuffix(mark))
        parts = [word] if word.isalnum() else _PART.findall(word)
        forms = [_form(part, self._language) if mark != "=" else part + mark for part in parts]
        if mark == "*" and parts:
            forms[-1] = parts[-1] + mark
        found = self[token] = tuple(forms)
        return found


@cache
def _tokens(language: str) -> _Tokens:
    return _Tokens(language)


def plain(word: str) -> str:
    """A word of a pattern, folded; most are written so already."""
    if word.isascii():
        return word.lower()
    return word if word.islower() and word.isalnum() and "ё" not in word else fold(word).text


def _form(word: str, language: str) -> str:
    stemmed = stem(word, language)
    return f"{language}:{stemmed}" if stemmed else word + "="


def stem(word: str, language: str) -> str:
    """The Snowball stem of a folded word; "" where the language has no stemmer, or the word is none."""
    stemmer = _stemmer(language)
    if stemmer is None or word in SIGNS:
        return ""
    stemmed: str = stemmer.stemWord(word)
    return stemmed.translate(_DOTLESS) if language == "tr" else stemmed


@cache
def _stemmer(language: str) -> Stemmer | None:
    algorithm = _STEMMERS.get(language)
    return Stemmer(algorithm, 0) if algorithm else None  # 0: no cache of its own, ours keeps the edges
