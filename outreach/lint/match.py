"""Where phrases stand in a folded text: a trie over words, and one over characters for Chinese and Japanese."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress, count
from operator import contains
from typing import Any, NamedTuple, TypeVar

from outreach.lint.characters import CharacterTrie
from outreach.lint.copy import LOOSE
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
_PHRASES = ""  # the key of a node under which the phrases that end there are kept; no edge is empty

_Node = dict[str, Any]
_Path = tuple[str, ...]
_Edges = frozenset[str]
_ANY_WORD = frozenset((ANY,))
_NOTHING: frozenset[str] = frozenset()
_NO_WORD = frozenset((".",))  # what ends a sentence, and the text
_Computed = TypeVar("_Computed")


class Hit(NamedTuple):
    """A phrase, in characters [start, end) of the folded text."""

    phrase: Phrase
    start: int
    end: int


class _Guard(NamedTuple):
    """Word groups that must not stand on one side of a phrase. `nearest` are their words next to it."""

    groups: tuple[_Path, ...]
    nearest: frozenset[str]


class _Ending(NamedTuple):
    """A phrase whose last word has come, and what must not stand beside it."""

    phrase: Phrase
    before: _Guard
    after: _Guard


class _Fan(NamedTuple):
    """Where phrases go on that begin with a word, by the edge of the second one; and those that end with it."""

    onward: dict[str, list[_Node]]
    endings: list[_Ending]


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

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        every = tuple(phrases)
        self._paths: dict[str, list[tuple[_Path, _Ending]]] = defaultdict(list)
        self._root: dict[str, _Node] = {}  # filled when a text has the first word of a path
        self._vocabulary: set[str] = set()
        self._characters = CharacterTrie(phrase for phrase in every if phrase.characters)
        self._languages = tuple(dict.fromkeys(each.language for each in every if not each.characters))
        for phrase in every:
            if not phrase.characters:
                self._add(phrase)
        self._groups: dict[str, list[str]] = {}
        for group in [edge for edge in self._vocabulary if "|" in edge]:
            for edge in group.split("|"):
                self._groups.setdefault(edge, []).append(group)
        self._vocabulary |= self._groups.keys()
        self._prefixes = sorted(
            {len(edge) - 1 for edge in self._vocabulary if edge[-1] == "*" and "|" not in edge}
        )
        self._edges = Cache(self._edges_of)
        self._fans = Cache(self._fan_of)
        self._seconds = Cache(self._seconds_of)

    def _add(self, phrase: Phrase) -> None:
        following = [path for guard in phrase.not_before for path in paths(guard, phrase.language)]
        preceding = [path for guard in phrase.not_after for path in paths(guard, phrase.language)]
        ending = _Ending(
            phrase,
            _Guard(tuple(following), frozenset(guard[0] for guard in following if guard)),
            _Guard(tuple(preceding), frozenset(guard[-1] for guard in preceding if guard)),
        )
        self._vocabulary.update(edge for guard in (*following, *preceding) for edge in guard)
        for pattern in phrase.patterns:
            for path in filter(None, paths(pattern, phrase.language)):
                self._paths[path[0]].append((path, ending))
                self._vocabulary.update(path)

    def _edges_of(self, word: str) -> _Edges:
        """What of the phrases' words a word may stand for, and any word for `_`."""
        if word[0] in _ENDS:
            return _NO_WORD
        if len(word) > LONGEST_WORD:
            return _ANY_WORD
        vocabulary = self._vocabulary
        found = [f"{language} {stem(word, language)}" for language in self._languages]
        found += [word[:size] + "*" for size in self._prefixes if size <= len(word)]
        found += (word + "=", NUMBER if word[0].isdigit() else "")
        found = [edge for edge in found if edge in vocabulary]
        if not found and ANY not in self._groups:
            return _ANY_WORD
        found.append(ANY)
        return frozenset((*found, *(group for edge in found for group in self._groups.get(edge, ()))))

    def _fan_of(self, word: str) -> _Fan:
        """Where the phrases go on that begin with this word."""
        onward: dict[str, list[_Node]] = defaultdict(list)
        endings: list[_Ending] = []
        for first in sorted(self._edges[word]):  # a set has another order in every process
            if first in self._paths:
                node = self._root.get(first) or self._grown(first)
                endings += node.get(_PHRASES, ())
                for edge in filter(None, node):
                    onward[edge].append(node[edge])
        return _Fan(dict(onward), endings)

    def _grown(self, first: str) -> _Node:
        """The node of the paths that begin with an edge."""
        root = self._root[first] = _Node()
        for path, ending in self._paths[first]:
            node = root
            for edge in path[1:]:
                node = node.setdefault(edge, {})
            node.setdefault(_PHRASES, []).append(ending)
        return root

    def _seconds_of(self, word: str) -> frozenset[str]:
        """The words with which they go on; where the word is a phrase itself, anything."""
        if self._edges[word] is _ANY_WORD:
            return _NOTHING
        fan = self._fans[word]
        return frozenset((*fan.onward, *((ANY, *_NO_WORD) if fan.endings else ())))

    def every(self, text: str, words: Sequence[str]) -> Iterator[Hit]:
        """Each phrase of a folded text, given with its words, also where one lies within another."""
        yield from (Hit(*hit) for hit in self._characters.find(text))
        if not self._paths:
            return
        words = [*words, _END]
        edges, seconds = self._edges, self._seconds
        found: list[tuple[Phrase, int, int]] = []
        # Half of the words begin some phrase, and few go on with it, so this is asked first.
        for place in compress(count(), map(seconds.__getitem__, words)):
            if not seconds[words[place]].isdisjoint(edges[words[place + 1]]):
                self._walk(words, place, found)
        if found:
            end = 0  # nothing between two words looks like the second one
            said = words[: max(last for _, _, last in found) + 1]
            ends = [(end := end if word == _END else text.find(word, end) + len(word)) for word in said]
            yield from (
                Hit(phrase, ends[first] - len(words[first]), ends[last]) for phrase, first, last in found
            )

    def _walk(self, words: Sequence[str], first: int, found: list[tuple[Phrase, int, int]]) -> None:
        """Adds the phrases that begin with one word: (phrase, first word, last word). After `words` is an end."""
        fan, last = self._fans[words[first]], first
        endings, following = fan.endings, self._edges[words[first + 1]]
        # Common words begin hundreds of phrases, and few of those go on with the next word.
        nodes = [node for edge in sorted(fan.onward.keys() & following) for node in fan.onward[edge]]
        while True:
            for ending in endings:
                if self._free(words, first, last, ending):
                    found.append((ending.phrase, first, last))
            if not nodes:
                return
            last += 1
            before, nodes, endings = nodes, [], []
            following = self._edges[words[last + 1]]
            for node in before:
                if _PHRASES in node:
                    endings += node[_PHRASES]
                if common := node.keys() & following:
                    nodes += [node[edge] for edge in sorted(common)]

    def _free(self, words: Sequence[str], first: int, last: int, ending: _Ending) -> bool:
        """Whether no guard forbids a phrase here."""
        return not (
            self._stands(words, last + 1, 0, ending.before)
            or self._stands(words, first - 1, -1, ending.after)
        )

    def _stands(self, words: Sequence[str], place: int, side: int, guard: _Guard) -> bool:
        """Whether a guard's words stand at a place: beginning there (side 0), or ending there (-1)."""
        if place < 0 or guard.nearest.isdisjoint(self._edges[words[place]]):
            return False
        for group in guard.groups:
            start = place + side * (len(group) - 1)
            said = [self._edges[word] for word in words[start : start + len(group)]] if start >= 0 else []
            if len(said) == len(group) and all(map(contains, said, group)):
                return True
        return False

    def knows(self, text: str, words: Sequence[str]) -> bool:
        """Whether a folded text, given with its words, has a word or a character of some phrase."""
        return any(len(self._edges[word]) > 1 for word in words) or self._characters.knows(text)


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
