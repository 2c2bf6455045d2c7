"""Which language a text is in, as far as rules need it, and the words that open, close and turn its letters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from outreach.data import table
from outreach.lint.normal import lower

LANGUAGES = ("en", "ru", "kk", "mn", "zh", "de", "fr", "es", "it", "pt", "pl", "tr", "uk", "ja")
"""Languages with packs of their own."""

_SCRIPTS = (
    ("cjk", re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")),
    ("cyrillic", re.compile("[\u0400-\u052f]+")),
    ("latin", re.compile("[A-Za-z\u00c0-\u024f]+")),
)
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]+")
_PLAIN_SHARE = 0.8  # of the characters: ASCII, as in all languages with Latin letters
_KANA_SHARE = 0.1  # of the characters; Chinese texts have a の at most
_CJK_WEIGHT = 3  # a character says as much as several letters
_SAMPLE = 600  # characters that a language is judged by
_MARK_SHARE = 0.02  # of the letters; real texts have 7-15 %, a foreign name in a letter hardly one
_SMALL_WORDS = 2  # fewer say nothing about a language

# Letters of Cyrillic languages that Russian does not have, first come first served: Kazakh has those of the
# other two as well. Letters that only one language has decide before those that several share.
_CYRILLIC = (("kk", "әғқңұһ", "әғқңұһіөү"), ("uk", "їєґі", "їєґі"), ("mn", "өү", "өү"))


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one language that letters are recognised by, all in lower case.

    `greetings` and `signoffs` begin a line; the rest stand anywhere. `we` and `you` are single words;
    `asks`, `offers` and `optout` are beginnings of words or several words.
    """

    greetings: tuple[str, ...]
    signoffs: tuple[str, ...]
    we: frozenset[str]
    you: frozenset[str]
    asks: tuple[str, ...]
    offers: tuple[str, ...]
    optout: tuple[str, ...]
    vague: frozenset[str]


@cache
def words(language: str) -> Words:
    """The words of a language, folded as `normal.lower` does; English ones where there are none of its own."""
    try:
        found: Mapping[str, list[str]] = table(f"words/{language if language in LANGUAGES else 'en'}")
    except FileNotFoundError:
        found = {}
    lists = {name: tuple(map(lower, found.get(name, ()))) for name in Words.__dataclass_fields__}
    return Words(
        greetings=lists["greetings"],
        signoffs=lists["signoffs"],
        we=frozenset(lists["we"]),
        you=frozenset(lists["you"]),
        asks=lists["asks"],
        offers=lists["offers"],
        optout=lists["optout"],
        vague=frozenset(lists["vague"]),
    )


def script_of(text: str) -> str:
    """The script most letters of a text's beginning are in: "latin", "cyrillic", "cjk" or "other"."""
    head = text[:_SAMPLE]
    if len(head.encode("ascii", "ignore")) >= len(head) * _PLAIN_SHARE:
        return "latin"
    counts = {name: len("".join(pattern.findall(head))) for name, pattern in _SCRIPTS}
    counts["cjk"] *= _CJK_WEIGHT
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else "other"


def detect(text: str) -> str:
    """The language of a text among LANGUAGES, by script, marker letters and small words; "en" if unsure."""
    head = text[:_SAMPLE].lower()
    script = script_of(head)
    if script == "latin":
        return _latin(head)
    if script == "cyrillic":
        return _cyrillic(head, len(head) - len(head.encode("ascii", "ignore")))
    if script == "cjk":
        kana = len("".join(_KANA.findall(head)))
        return "ja" if kana > len("".join(_SCRIPTS[0][1].findall(head))) * _KANA_SHARE else "zh"
    return "en"


def _cyrillic(head: str, letters: int) -> str:
    for language, own, marks in _CYRILLIC:
        if any(map(head.count, own)) and sum(map(head.count, marks)) >= letters * _MARK_SHARE:
            return language
    return "ru"


def _latin(head: str) -> str:
    """By votes: each small word of a language is one, a letter only it has is two."""
    languages = _small_words()
    votes: dict[str, int] = {}
    for word in head.split():
        for language in languages.get(word, ()):
            votes[language] = votes.get(language, 0) + 1
    if not head.isascii():
        for language, letters in table("tongues")["letters"].items():
            if found := sum(map(head.count, letters)):
                votes[language] = votes.get(language, 0) + 2 * found
    best = max(votes, key=lambda language: (votes[language], language == "en"), default="en")
    return best if votes.get(best, 0) >= _SMALL_WORDS else "en"


@cache
def _small_words() -> Mapping[str, tuple[str, ...]]:
    """Small word -> the languages that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for language, listed in table("tongues")["words"].items():
        for word in listed.split():
            found[word] = (*found.get(word, ()), language)
    return found
