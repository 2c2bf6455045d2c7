"""Where phrases stand in a folded text: by their rarest words, or by characters for Chinese and Japanese."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from itertools import compress, count
from typing import NamedTuple, TypeVar

from outreach.lint.characters import CharacterTrie
from outreach.lint.copy import LOOSE
from outreach.lint.index import Pack
from outreach.lint.phrase import ANY, LONGEST_WORD, NUMBER, SIGNS, Phrase, paths, stem

# Ends of sentences, unless a figure goes on ("No. 1"); of paragraphs; of list items.
_STOP = r"(?<![.!?…])[.!?…]++(?=[\"')\]»”]{0,3}(?:\s++[^\d]|\s*+\Z))|\n[^\S\n]*+(?:\n|[-*•·–—]\s)"
_LETTER = r"[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"  # Han and kana stand in runs, not in words
_TOKEN = re.compile(rf"{_LETTER}+(?:'{_LETTER}+)*|[{SIGNS}]|{_STOP}")
_END = "\0"  # a stop where a text is ASCII
# The same stops; a search for one character of a few goes over all others quickly.
_ASCII_STOP = re.compile(
    r"[.!?\n](?:(?<=[.!?])(?<![.!?].)[.!?]*+(?=[\"')\]]{0,3}(?:\s++[^\d]|\s*+\Z))"
    r"|(?<=\n)[^\S\n]*+(?:\n|[-*]\s))"
)
_ENDS = frozenset(f".!?…\n{_END}")
_BREAKS = bytes(code if chr(code).isalnum() or chr(code) in f"'%${_END}" else 0x20 for code in range(256))
_CACHED = 100_000  # words; a run over many letters must not fill the memory

_Edges = frozenset[str]
_Misses = Callable[[_Edges], bool]  # whether a word of these edges is not what a step asks for
_Steps = Sequence[tuple[int, _Misses]]  # with how far away the word stands
_NOTHING: _Edges = frozenset()
_NO_WORD: _Edges = frozenset((".",))  # what ends a sentence, and the text
_Computed = TypeVar("_Computed")


class Hit(NamedTuple):
    """A phrase, in characters [start, end) of the folded text."""

    phrase: Phrase
    start: int
    end: int


class _Ending(NamedTuple):
    """A phrase, and the groups of words that must not stand right behind it, or right before it."""

    phrase: Phrase
    before: Sequence[_Steps]
    after: Sequence[_Steps]


class _Wording(NamedTuple):
    """A wording of a phrase around its rarest word: where it begins and ends, and its other words."""

    pack: int
    number: int
    first: int
    last: int
    others: _Steps


class _Look(NamedTuple):
    """The wordings there may be when a certain other word stands `away` words behind a rare one."""

    away: int
    misses: _Misses
    wordings: Mapping[str, Sequence[_Wording]]


class Cache(dict[str, _Computed]):
    """What a function gives for each word, computed once; a dict, so that `map` can look up in it."""

    def __init__(self, compute: Callable[[str], _Computed]) -> None:
        self._compute = compute

    def __missing__(self, word: str) -> _Computed:
        if len(self) >= _CACHED:
            self.clear()
        found = self[word] = self._compute(word)
        return found


class Matcher:
    """Finds phrases, of several languages at once, in time linear in the text."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._packs = tuple(packs)
        wordless = (pack for pack in self._packs if not pack.where.longest)
        self._characters = CharacterTrie(
            phrase for pack in wordless for phrase in pack.phrases() if phrase.characters
        )
        self._vocabulary = frozenset().union(*(pack.where.vocabulary for pack in self._packs))
        self._languages = sorted({edge.partition(":")[0] for edge in self._vocabulary if ":" in edge})
        self._prefixes = sorted({len(edge) - 1 for edge in self._vocabulary if edge[-1] == "*"})
        self._around = [_END] * max((pack.where.longest for pack in self._packs), default=0)
        self._edges = Cache(self._edges_of)
        self._looks = Cache(lambda word: self._looks_of(self._edges[word]))
        self._looked: dict[
            _Edges, Sequence[_Look]
        ] = {}  # far fewer than words: `stem*` is what many words are
        self._endings: dict[tuple[int, int], _Ending] = {}

    def _edges_of(self, word: str) -> _Edges:
        """What of the phrases' words a word may stand for."""
        if word[0] in _ENDS:
            return _NO_WORD
        if len(word) > LONGEST_WORD:
            return _NOTHING
        found = [f"{language}:{stem(word, language)}" for language in self._languages]
        found += [word[:size] + "*" for size in self._prefixes if size <= len(word)]
        found += (word + "=", NUMBER if word[0].isdigit() else "")
        return self._vocabulary.intersection(found) or _NOTHING

    def _looks_of(self, edges: _Edges) -> Sequence[_Look]:
        """Where to look for what when a word of these edges has come, as the rarest of some wordings."""
        if edges not in self._looked:
            found: dict[int, dict[str, list[_Wording]]] = {}
            for edge in sorted(edges):  # a set has another order in every process
                for away, other, wording in self._wordings(edge):
                    found.setdefault(away, {}).setdefault(other, []).append(wording)
            looks = [_Look(away, frozenset(each).isdisjoint, each) for away, each in sorted(found.items())]
            self._looked[edges] = looks
        return self._looked[edges]

    def _wordings(self, edge: str) -> Iterator[tuple[int, str, _Wording]]:
        """The wordings whose rarest word has this edge, with an edge of the second one and how far it is away."""
        for place, pack in enumerate(self._packs):
            for line in pack.where.wordings.get(edge, "").splitlines():
                number, rarest, second, *path = line.split(" ")
                first, away = -int(rarest), int(second) - int(rarest)
                others = [step for step in _steps(path, first) if step[0] not in (0, away)]
                wording = _Wording(place, int(number), first, first + len(path) - 1, others)
                for other in path[int(second)].split("|") if away else (edge,):
                    yield away, other, wording

    def every(self, text: str, words: Sequence[str]) -> Iterator[Hit]:
        """Each phrase of a folded text, given with its words, also where one lies within another.

        Twice where two wordings of a phrase say the same.
        """
        yield from (Hit(*hit) for hit in self._characters.find(text))
        if not self._around:
            return
        words = [*self._around, *words, *self._around]
        found = [*self._found(words)]
        said = words[: 1 + max((last for _, _, last in found), default=-1)]
        end = 0  # nothing between two words looks like the second one
        ends = [(end := end if word == _END else text.find(word, end) + len(word)) for word in said]
        yield from (Hit(phrase, ends[first] - len(words[first]), ends[last]) for phrase, first, last in found)

    def _found(self, words: Sequence[str]) -> Iterator[tuple[Phrase, int, int]]:
        """The phrases that stand in words with ends around: (phrase, first word, last word)."""
        edges, looks = self._edges, self._looks
        for place in compress(count(), map(looks.__getitem__, words)):
            for away, misses, wordings in looks[words[place]]:
                # Most words are the rarest of some wording, and few have the second one beside them.
                beside = edges[words[place + away]]
                if misses(beside):
                    continue
                for edge in sorted(wordings.keys() & beside):
                    for pack, number, first, last, others in wordings[edge]:
                        if self._stands(words, place, others):
                            ending = self._ending(pack, number)
                            if not self._guarded(ending, words, place + first, place + last):
                                yield ending.phrase, place + first, place + last

    def _stands(self, words: Sequence[str], place: int, steps: _Steps) -> bool:
        """Whether the words around a place are those of some steps."""
        return all(not misses(self._edges[words[place + away]]) for away, misses in steps)

    def _guarded(self, ending: _Ending, words: Sequence[str], first: int, last: int) -> bool:
        """Whether what stands beside the words `first` to `last` says that they do not count."""
        return any(self._stands(words, last + 1, steps) for steps in ending.before) or any(
            len(steps) <= first and self._stands(words, first - len(steps), steps) for steps in ending.after
        )

    def _ending(self, pack: int, number: int) -> _Ending:
        """A phrase with its guards, which are taken apart when it is found first."""
        if (pack, number) not in self._endings:
            phrase = self._packs[pack].phrases()[number]
            self._endings[pack, number] = _Ending(
                phrase, _groups(phrase.not_before, phrase), _groups(phrase.not_after, phrase)
            )
        return self._endings[pack, number]

    def edges(self, word: str) -> Set[str]:
        """What of the phrases' words a folded word may stand for."""
        return self._edges[word]

    def knows(self, text: str, words: Sequence[str]) -> bool:
        """Whether a folded text, given with its words, has a word or a character of some phrase."""
        return any(self._edges[word] for word in words if word[0] not in _ENDS) or self._characters.knows(
            text
        )


@cache
def _misses(step: str) -> _Misses:
    """Whether a word is none of those of a step of a path."""
    edges = step.split("|")
    return _NO_WORD.issubset if ANY in edges else frozenset(edges).isdisjoint


def _steps(path: Iterable[str], first: int = 0) -> _Steps:
    return [(away, _misses(step)) for away, step in enumerate(path, first)]


def _groups(guards: Iterable[str], phrase: Phrase) -> Sequence[_Steps]:
    return [_steps(path) for guard in guards for path in paths(guard, phrase.language)]


def words_of(text: str) -> list[str]:
    """The words of a folded text, signs that count as words, and the ends of its sentences."""
    if not text.isascii() or _END in text:
        return _TOKEN.findall(text)
    text = _ASCII_STOP.sub(f" {_END} ", text)
    for sign in "%$":
        text = text.replace(sign, f" {sign} ")
    if "'" in text:
        text = LOOSE.sub(" ", text)
    return text.encode("ascii").translate(_BREAKS).decode("ascii").split()
