"""Where in a text to look for phrases of words: each wording stands under the rarest of its words."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from outreach.lint.phrase import ANY, Phrase, paths


@dataclass(frozen=True, slots=True)
class Index:
    """Wordings of phrases by what their rarest word must be, and all that any of their words may be.

    `wordings` has for an edge lines "PHRASE PLACE SECOND EDGE EDGE ...": the number of the phrase, the place
    of the rarest word, that of the word to ask for next (the same one where there is no other), all edges.
    `longest` is the number of words of the longest wording.
    """

    wordings: Mapping[str, str]
    vocabulary: frozenset[str]
    longest: int


class Pack(NamedTuple):
    """Phrases and their index. The phrases of a built-in pack are read when one of them is found."""

    where: Index
    phrases: Callable[[], Sequence[Phrase]]


def pack(phrases: Iterable[Phrase]) -> Pack:
    """Phrases with an index made on the spot."""
    every = tuple(phrases)
    return Pack(indexed(every), lambda: every)


def indexed(phrases: Sequence[Phrase], said: Mapping[str, int] = MappingProxyType({})) -> Index:
    """The index of the phrases of words; those of characters are left out.

    `said` tells how often letters have words of an edge. Where it is silent, an edge is as frequent as phrases
    have it.
    """
    every = [
        (number, path)
        for number, phrase in enumerate(phrases)
        if not phrase.characters
        for pattern in phrase.patterns
        for path in filter(None, paths(pattern, phrase.language))
    ]
    counts = Counter(edge for _, path in every for step in path for edge in step.split("|"))
    common = {edge: said.get(edge, 0) + often / (1 + sum(counts.values())) for edge, often in counts.items()}
    common[ANY] = inf
    wordings: dict[str, dict[str, None]] = defaultdict(dict)
    for number, path in every:
        often = [sum(common[edge] for edge in step.split("|")) for step in path]
        place = often.index(min(often))
        line = f"{number} {place} {_second(often, place)} {' '.join(path)}"
        for edge in path[place].split("|"):
            wordings[edge][line] = None
    guards = {
        step for phrase in phrases if not phrase.characters for path in guarding(phrase) for step in path
    }
    return Index(
        {edge: "\n".join(lines) for edge, lines in sorted(wordings.items())},
        frozenset({*counts, *(edge for step in guards for edge in step.split("|"))} - {ANY}),
        max((len(path) for _, path in every), default=0),
    )


def guarding(phrase: Phrase) -> list[tuple[str, ...]]:
    """The paths of all guards of a phrase."""
    guards = (*phrase.not_before, *phrase.not_after)
    return [path for guard in guards for path in paths(guard, phrase.language)]


def _second(often: Sequence[float], place: int) -> int:
    """The rarer neighbour of a place; further away, or the place itself, where any word may stand beside it."""
    others = [other for other in range(len(often)) if other != place and often[other] < inf]
    return min(others, key=lambda other: (abs(other - place) > 1, often[other], other), default=place)
