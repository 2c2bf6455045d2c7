"""Text made comparable: lower case, one form per letter, disguises undone; every place leads back."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from outreach.lint.hidden import hidden
from outreach.lint.scripts import foreign
from outreach.lint.spelled import Disguise, Edit, spelled

# Signs that only look different, one for one: spaces, hyphens, apostrophes. Full-width signs are added below.
_ALIKE = {
    **dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000", " "),
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
    **dict.fromkeys("\u0085\u2028\u2029", "\n"),
    **dict.fromkeys("\u2010\u2011", "-"),
    **dict.fromkeys("\u2018\u02bc\uff07", "'"),
    **{chr(0xFEE0 + code): chr(code) for code in range(0x21, 0x7F) if code != 0x27},
}
# Letters of other alphabets in Unicode that stand for plain ones: mathematical, script, in circles or squares.
# Not: ™, №, ½, ², º and the like. NFKC makes letters of them, and "Name™" would become "NameTM".
_WIDE_LETTERS = (
    "\uff21-\uff3a\uff41-\uff5a\u24b6-\u24e9\U0001d400-\U0001d7cb"
    "\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189"
    "\u2102\u210a-\u2113\u2115\u2119-\u211d\u2124\u2128\u212c\u212d\u212f-\u2131\u2133\u2134\u2145-\u2149"
)
_WIDE = re.compile(f"[{_WIDE_LETTERS}\U0001d7ce-\U0001d7ff]+")
_WIDE_WORD = re.compile(f"[{_WIDE_LETTERS}]{{2,}}")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_COMPOSED = re.compile("\\w?[\u0300-\u036f]{1,16}|[\ufb00-\ufb06]|[\uff61-\uff9f]{1,40}")
# Plain Cyrillic and Chinese are told first: what is neither is rare, and the long list looked through seldom.
_SPECIAL = re.compile(
    f"[^\0-\u007f\u0400-\u052f\u4e00-\u9fff](?<=[{re.escape(''.join(_ALIKE))}{_WIDE_LETTERS}\U0001d7ce-\U0001d7ff\u00ad\u0300-\u036f\u061c\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufb00-\ufb06\ufe00-\ufe0f\ufeff"
    "\uff61-\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff])"
)
_TURKISH = "İığş"
_LOWER = (("ё", "е"), ("’", "'"))
# What the pre-search looks at: letters (a: ASCII, u: others and all other signs), figures and signs read as
# letters (0, !), white space, and signs that stand between letters (dot: within words, dash: also in honest ones).
_KINDS = {
    "a": "a-z A-Z",
    "0": "0-9 $ @",
    "!": "! |",
    ".": ". _ * / ~ ^",
    "-": "- + =",
    "u": "?",
    " ": "\t \n \r",
}


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made comparable. `places[i]` is the offset in the original of character `i`; None: the same.

    With places there is one more at the end: where the original ends. `disguises` are what was undone:
    (kind, start, end) in the original, kind one of "invisible", "mixed", "spaced", "leet", "width".
    """

    text: str
    places: Sequence[int] | None = None
    disguises: tuple[Disguise, ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The characters [start, end) of the folded text as [start, end) of the original."""
        if self.places is None:
            return start, end
        first = self.places[start]
        return first, first if start >= end else max(self.places[end - 1] + 1, self.places[end])


def fold(text: str) -> Folded:
    """The text folded for matching: as long as nothing but case differs, the places are the same.

    Upper case, ё and typographic apostrophes, spaces and hyphens become plain; letters of mathematical and
    full-width alphabets, composed accents and ligatures as NFKC has them; invisible characters go; a word
    of two scripts gets the one most of its letters are in; spaced ("f r e e") and l33t spellings are joined.
    Accents of Latin letters stay.
    """
    folded = Folded(text)
    if not text.isascii():
        if _SPECIAL.search(text):
            folded = _plain(folded)
        edits, disguises = foreign(folded.text)
        folded = _edited(folded, edits, disguises)
    shape = folded.text.encode("ascii", "replace").translate(_shapes())
    edits, disguises = spelled(folded.text, shape)
    if edits:
        folded = _edited(folded, edits, disguises)
    if not folded.disguises:
        return Folded(lower(folded.text), folded.places)
    return Folded(lower(folded.text), folded.places, tuple(sorted(folded.disguises, key=lambda one: one[1:])))


def lower(text: str) -> str:
    """Lower case letter for letter, ё as е, ’ as '. Turkish: where its letters are, I is the one without a dot."""
    if text.isascii():
        return text.lower()
    if any(letter in text for letter in _TURKISH):
        text = text.replace("İ", "i").replace("I", "ı")
    text = text.lower()
    for letter, plain in _LOWER:
        text = text.replace(letter, plain)
    return text


def _plain(folded: Folded) -> Folded:
    """Without invisible characters, with plain letters for those of other alphabets."""
    folded = _edited(folded, *hidden(folded.text))
    text = folded.text
    found: list[Disguise] = []
    if _WIDE.search(text):
        if not _CJK.search(text):  # there full-width letters are ordinary typing
            found = [("width", *hit.span()) for hit in _WIDE_WORD.finditer(text)]
        wide = [Edit(*hit.span(), "".join(map(_narrow, hit[0]))) for hit in _WIDE.finditer(text)]
        folded = _edited(folded, wide, found)
    composed = [Edit(*hit.span(), _composed(hit[0])) for hit in _COMPOSED.finditer(folded.text)]
    folded = _edited(folded, composed, ())
    return Folded(folded.text.translate(_alike()), folded.places, folded.disguises)


@cache
def _narrow(letter: str) -> str:
    """The plain letter or figure for one of another alphabet; white on black ones have no NFKC form."""
    for first in (0x1F150, 0x1F170):
        if first <= ord(letter) < first + 26:
            return chr(ord("A") + ord(letter) - first)
    plain = unicodedata.normalize("NFKC", letter)
    return plain if len(plain) == 1 else letter


def _composed(text: str) -> str:
    """Letters with their accents as one character; accents that no letter has (Z̴a̷lgo) go."""
    return re.sub("[\u0300-\u036f]+", "", unicodedata.normalize("NFKC", text))


def _edited(folded: Folded, edits: Iterable[Edit], disguises: Iterable[Disguise]) -> Folded:
    """With edits made, which are in order and apart; disguises are places of the text before."""
    edits = list(edits)
    if not edits:
        return folded
    found = tuple((kind, *folded.original(start, end)) for kind, start, end in disguises)
    text, places = folded.text, folded.places
    even = all(len(new) == end - start for start, end, new in edits)
    parts: list[str] = []
    kept: list[int] = []
    done = 0
    for start, end, new in edits:
        parts += (text[done:start], new)
        if not even:
            kept += range(done, start)
            kept += range(start, end) if len(new) == end - start else [start] * len(new)
        done = end
    parts.append(text[done:])
    if not even:
        kept += range(done, len(text) + 1)
        places = kept if places is None else [places[place] for place in kept]
    return Folded("".join(parts), places, folded.disguises + found)


@cache
def _alike() -> dict[int, str]:
    return str.maketrans(_ALIKE)


@cache
def _shapes() -> bytes:
    """A table for bytes.translate: what the pre-search takes each ASCII character for; the rest is a comma."""
    table = bytearray(b"," * 256)
    for kind, signs in _KINDS.items():
        for sign in signs.split(" "):
            low, high = (sign[0], sign[2]) if len(sign) == 3 else (sign, sign)
            for code in range(ord(low), ord(high) + 1):
                table[code] = ord(kind)
    table[ord(" ")] = ord(" ")
    return bytes(table)
