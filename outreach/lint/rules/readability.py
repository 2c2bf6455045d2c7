"""How many years of school a text asks of its reader: English and Russian, no other language."""

import re
from collections.abc import Sequence
from functools import cache, partial
from itertools import chain
from typing import NamedTuple

from outreach.lint.match import Cache

_MIN_WORDS = 30  # below, one long name decides
_OFFSET = -15.59

# English: a syllable is a run of vowels, but for those that are silent and those that are two.
_VOWELS = re.compile("[aeiouy]+")
_SILENT = re.compile(
    r"(?:[^aeiouylr]|[aeiou]r|[aeiouyr]l|[gq]u)e$|"  # made, scale; not table, metre
    r"(?:[bdfkmnptvw]|[aeiou]r|[aeiouyr]l|th|[gq]u)es$|"  # makes; not boxes
    r"(?:[^aeioutdyl]|[aeo]y|[aeioul]l)ed$|"  # fixed; not wanted, handled
    r"(?:[^aeiouyl]|[aeiou]l)e(?=(?:ly|ful|fully|less|ments?|ness)$)|"  # safely, movement
    r"^(?:som|ther|war|whol|hom|tim|lif|saf|guid)e(?=[tohwfspl])|"  # something, warehouse
    r"^(?:eve(?=[rn])|busi|ey)"
)
_DOUBLE = re.compile(
    r"i(?=a(?!l$|ls$|lly$|ns?$|ge)|o(?!n|u)|u|et)|"  # variety, studio; not special
    r"(?<![ctxgs])i(?=ou)|(?<![tgscnl])i(?=on)|(?<![cgt])i(?=als?$|ally$)|"  # serious, material
    r"(?<![clptsn])i(?=ent|enc)|^(?:cl|sc)i(?=en)|i(?=ers?$)|"  # audience, client, supplier
    r"(?<=[aeouy])ing|[aeou]y(?=[aeou])|"  # being, employer
    r"(?<=[^gqs])u(?=a|ou|ity)|"  # annual; not quality
    r"(?<=id)ea|(?<=ar)ea$|(?<=lin)ear|(?<=ucl)ear|^react|(?<=cr)e(?=at)|"  # idea, create
    r"oe[mt]|e(?=o(?!p)|um)|ism$"
)
_RUSSIAN_VOWELS = re.compile("[аеёиоуыэюя]")


class Scale(NamedTuple):
    """A school grade: what a word per sentence and a syllable per word add to it, and the highest good one."""

    sentence: float
    syllable: float
    good: float


SCALES = {
    "en": Scale(0.39, 11.8, 8),  # Flesch-Kincaid: Kincaid et al., US Navy report 8-75 (1975)
    "ru": Scale(
        0.5, 8.4, 10
    ),  # the same for Russian: I. Oborneva (2006); good letters have long names of trades
}


def grade(language: str, sentences: Sequence[Sequence[str]]) -> float | None:
    """The school grade of sentences given as their words, in lower case; None: no scale, or under 30 words.

    Words without a letter of the language (numbers, Latin names in a Russian text) are left out.
    """
    scale = SCALES.get(language)
    if scale is None:
        return None
    counted = _counted(language).__getitem__
    sizes = [[*map(counted, said)] for said in sentences]
    every = [*chain.from_iterable(sizes)]
    words = len(every) - every.count(0)
    if words < _MIN_WORDS:
        return None
    worded = sum(map(any, sizes))
    return scale.sentence * words / worded + scale.syllable * sum(every) / words + _OFFSET


@cache
def _counted(language: str) -> Cache[int]:
    """The syllables of each word that letters of a language have had."""
    return Cache(partial(syllables, language))


def syllables(language: str, word: str) -> int:
    """The syllables of a word in lower case; 0: it is no word of the language ("en" or "ru")."""
    if language == "ru":
        return max(1, len(_RUSSIAN_VOWELS.findall(word))) if "а" <= word[0] <= "ё" else 0
    if not "a" <= word[0] <= "z":
        return 0
    return max(1, len(_VOWELS.findall(word)) - len(_SILENT.findall(word)) + len(_DOUBLE.findall(word)))
