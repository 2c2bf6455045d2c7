"""Phrases as strings of characters: white space is removed, traditional letters are simplified."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

from outreach.data import table
from outreach.lint.normal import fold
from outreach.lint.phrase import Phrase, wordings

_PHRASES = ""
# What stands between two characters without parting them; a blank line does part them.
_RUN = re.compile(r"[^\s*·•_\-~|^#+=]+|\n[^\S\n]*+\n")
_PLAIN = re.compile("[\u4e00-\u9fff\u3040-\u30ff]*")  # nothing to fold
_CHARACTER = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

_Node = dict[str, Any]
_NOWHERE: _Node = {}


class _Ending(NamedTuple):
    """A phrase, and the strings that must not stand right behind it or right before it."""

    phrase: Phrase
    before: tuple[str, ...]
    after: tuple[str, ...]


@cache
def _simple() -> dict[int, str]:
    """Traditional character -> the simplified one."""
    return str.maketrans({pair[0]: pair[1] for pair in table("traditional")["pairs"].split()})


def simplified(text: str) -> str:
    """A folded text in simplified characters, each in its place."""
    return text.translate(_simple())


def has_characters(text: str) -> bool:
    """Whether a text has Chinese or Japanese characters."""
    return not text.isascii() and _CHARACTER.search(text) is not None


def key(wording: str) -> str:
    """A pattern without groups as it is compared."""
    if _PLAIN.fullmatch(wording):
        return simplified(wording)
    return "".join(_RUN.findall(simplified(fold(wording).text)))


def _keys(patterns: Iterable[str]) -> tuple[str, ...]:
    return tuple(key(wording) for pattern in patterns for wording in wordings(pattern))


class CharacterTrie:
    """Finds strings of characters, also one within another."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._strings: defaultdict[str, list[tuple[str, _Ending]]] = defaultdict(list)
        self._root: dict[str, _Node] = {}  # filled when a text has the first character of a string
        self._known: set[str] = set()
        for phrase in phrases:
            ending = _Ending(phrase, _keys(phrase.not_before), _keys(phrase.not_after))
            for string in filter(None, _keys(phrase.patterns)):
                self._known.update(string)
                self._strings[string[0]].append((string, ending))

    def knows(self, text: str) -> bool:
        """Whether a folded text has a character of some phrase."""
        return not self._known.isdisjoint(simplified(text))

    def find(self, text: str) -> Iterator[tuple[Phrase, int, int]]:
        """The phrases of a folded text: (phrase, start, end)."""
        if not self._strings or not has_characters(text):
            return
        runs = [match.span() for match in _RUN.finditer(text)]
        plain = simplified(text)
        joined = "".join(plain[start:end] for start, end in runs)
        ends = list(accumulate(end - start for start, end in runs))

        def place(index: int) -> int:
            run = bisect_right(ends, index)
            return runs[run][1] - (ends[run] - index)

        for first, character in enumerate(joined):
            if character in self._strings:
                for phrase, size in self._begin(joined, first):
                    yield phrase, place(first), place(first + size - 1) + 1

    def _begin(self, text: str, first: int) -> Iterator[tuple[Phrase, int]]:
        """The phrases that begin at a place, and their lengths."""
        node = self._root.get(text[first]) or self._grown(text[first])
        for last in range(first, len(text)):
            if last > first:
                node = node.get(text[last], _NOWHERE)
            if not node:
                return
            for phrase, before, after in node.get(_PHRASES, ()):
                if not text.startswith(before, last + 1) and not text.endswith(after, 0, first):
                    yield phrase, last + 1 - first

    def _grown(self, first: str) -> _Node:
        """The node of the strings that begin with a character."""
        root = self._root[first] = _Node()
        for string, ending in self._strings[first]:
            node = root
            for character in string[1:]:
                node = node.setdefault(character, {})
            node.setdefault(_PHRASES, []).append(ending)
        return root
