"""Word groups found in a text: one look-up per word, however many groups there are."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import compress, count
from typing import NamedTuple, TypeAlias

from outreach.lint.copy import Copy, Piece, words_in
from outreach.lint.language import words
from outreach.lint.match import Cache
from outreach.lint.normal import fold

Rest: TypeAlias = tuple[str, ...]

_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


class Said(NamedTuple):
    """A part of a letter's text, its characters folded, and the words among them."""

    piece: Piece
    text: str
    words: list[str]


def said(copy: Copy, piece: Piece) -> Said:
    """What a piece of the letter's text says."""
    start, end = piece
    folded = copy.folded
    if folded.places is not None:
        start, end = (bisect_left(folded.places, place) for place in piece)
    text = folded.text[start:end]
    return Said(piece, text, words_in(text))


class Terms:
    """Word groups such as "let me know" or "unsubscri".

    A group stands where a word begins; its last word may go on ("unsubscri" is in "unsubscribed"). Groups
    in Chinese or Japanese characters stand anywhere. Groups and texts are compared in folded form.
    """

    def __init__(self, groups: Iterable[str]) -> None:
        self._strings: list[str] = []
        self._starts: dict[str, tuple[str, ...]] = {}  # groups of one word, by its first letter
        self._pairs: dict[str, list[str]] = {}  # groups of two words: what comes after the first one
        self._longer: dict[str, dict[str, list[Rest]]] = {}  # after the first one and the second one
        for group in groups:
            folded = fold(group).text
            if _CJK.search(folded):
                self._strings.append("".join(folded.split()))
                continue
            match words_in(folded):
                case [first]:
                    self._starts[first[0]] = (*self._starts.get(first[0], ()), first)
                case [first, last]:
                    self._pairs.setdefault(first, []).append(last)
                case [first, second, *rest]:
                    self._longer.setdefault(first, {}).setdefault(second, []).append(tuple(rest))
        self._next = Cache(self._next_of)

    def within(self, said: Sequence[str], text: str) -> bool:
        """Whether a group is in a text, given its words in order and the text itself, both folded."""
        # Asked of all words without a loop in Python: few begin a group.
        for place in compress(count(), map(self._next.__getitem__, said)):
            after = said[place + 1] if place + 1 < len(said) else ""
            if after.startswith(self._next[said[place]]) and self._at(said, place, after):
                return True
        if not self._strings or text.isascii():
            return False
        dense = "".join(text.split())
        return any(string in dense for string in self._strings)

    def _next_of(self, word: str) -> tuple[str, ...]:
        """What the word after this one must begin with for a group to be there; "": it is one alone."""
        if word.startswith(self._starts.get(word[0], ())):
            return ("",)
        return (*self._pairs.get(word, ()), *self._longer.get(word, ()))

    def _at(self, said: Sequence[str], place: int, after: str) -> bool:
        """Whether a group is where the first word of one and the beginning of its second have been found."""
        word = said[place]
        if self._next[word] == ("",) or after.startswith(tuple(self._pairs.get(word, ()))):
            return True
        return any(_goes_on(said, place + 2, rest) for rest in self._longer.get(word, {}).get(after, ()))


def _goes_on(said: Sequence[str], place: int, rest: Rest) -> bool:
    """Whether the words from `place` on are those of `rest`, the last one at least begins so."""
    *whole, last = rest
    end = place + len(whole)
    return end < len(said) and said[end].startswith(last) and list(said[place:end]) == whole


@cache
def asks(language: str) -> Terms:
    """What makes a sentence a request."""
    return Terms(words(language).asks)


@cache
def offers(language: str) -> Terms:
    """What says what somebody makes or does."""
    return Terms(words(language).offers)


@cache
def opt_outs(language: str) -> Terms:
    """What tells a reader how to get no more letters."""
    return Terms(words(language).optout)
