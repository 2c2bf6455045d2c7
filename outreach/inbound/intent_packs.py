"""The packs of intents made ready: the kinds and strengths of phrases, and each language's words.

A pack (`packs/intents/LANGUAGE.toml`) has phrases of four strengths. A plain one counts wherever it stands. One
of `opening` counts where it begins a reply, as "yes" does. One of `mild`, mostly praise, counts where no plain
one is found, one of `weak` where nothing else is, nor a question. `nothing` are words that only look like a wish
or a refusal ("no problem"), `but` those after which a refusal may turn into a wish. `<name>` in a phrase stands
for the words of `sets`, `#` for a number in figures or words.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache

from outreach.data import table
from outreach.inbound.wording import Phrases, Words, fold

OPENING, MILD, WEAK = "opening ", "mild ", "weak "
LEVELS = ("", OPENING, MILD, WEAK)  # before the name of a kind
NOTHING, BUT = "nothing", "but"
_SET = re.compile(r"<([a-z_]{1,20})>")
_NUMBER = re.compile(r"(?<![^\s|])#(?=[\s|?]|$)")  # not one before characters: they have no words for numbers


class Want(StrEnum):
    """What a reply seems to want."""

    INTERESTED = "interested"
    LATER = "later"
    NOT_INTERESTED = "not_interested"
    REFERRAL = "referral"
    QUESTION = "question"
    OPT_OUT = "opt_out"
    HOSTILE = "hostile"
    UNCLEAR = "unclear"


KINDS = (
    Want.OPT_OUT,
    Want.HOSTILE,
    Want.REFERRAL,
    Want.LATER,
    Want.NOT_INTERESTED,
    Want.INTERESTED,
    Want.QUESTION,
)


@cache
def marks() -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """The common words and the own letters of each language."""
    packs = table("intents/languages")
    return {
        language: (
            frozenset(Words.of(" ".join(packs["common"][language])).words),
            frozenset(packs["letters"].get(language, "")),
        )
        for language in packs["common"]
    }


@cache
def phrases(language: str) -> Phrases:
    """The phrases of a language, of all kinds and strengths."""
    pack = table(f"intents/{language}")
    kinds = {kind: {language: filled(language, pack.get(kind, ()))} for kind in (*KINDS, NOTHING, BUT)}
    requests = () if pack.get("own_requests") else table("answers/optout")["request"].get(language, ())
    kinds[Want.OPT_OUT]["requests"] = [each for each in requests if each not in pack[Want.NOT_INTERESTED]]
    for level in LEVELS[1:]:
        for kind, found in pack.get(level.strip(), {}).items():
            kinds[level + kind] = {language: filled(language, found)}
    return Phrases(kinds, whole=True)


def filled(language: str, rows: Iterable[str]) -> list[str]:
    """Phrases with the words of the language's sets and its numbers put in."""
    pack = table(f"intents/{language}")
    sets = {name: "|".join(found) for name, found in pack.get("sets", {}).items()}
    numbers = "|".join(("#", *pack.get("numbers", ())))
    return [_NUMBER.sub(numbers, _SET.sub(lambda name: sets[name[1]], row)) for row in rows]


@cache
def denials(language: str) -> tuple[frozenset[str], int]:
    """The folded words of a language that deny what follows them, and how far after it they do so too."""
    pack = table(f"intents/{language}")
    return frozenset(fold(word) for word in pack["not"]), int(pack.get("not_follows", False))


@cache
def writer(language: str) -> tuple[str, ...]:
    """The folded words by which a writer means himself."""
    return tuple(fold(word) for word in table(f"intents/{language}")["me"])
