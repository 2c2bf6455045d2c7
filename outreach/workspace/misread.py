"""Texts that were read in a wrong encoding: here, or by another program before the file was saved."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple


class Misread(NamedTuple):
    """What is wrong with a text, and the text that was meant."""

    reason: str
    text: str


MENDED: Final = ": mended in the errors file"
"""How a reason ends where `Misread.text` is right."""

_MIXED: Final = "the line is in UTF-8, the file is not: encodings are mixed"
_READ_AS: Final = ("cp1252", "cp1251")  # what programs take UTF-8 for that ask nobody
# What the bytes of UTF-8 look like then. One "Ã" before a symbol is proof enough; of the others, which end
# words in capitals before a closing quote, there must be two.
_PROOF: Final = re.compile(r"Ã[\x80-\xbf\u0152-\u2122]|(?:[ÄÅÐÑРС][^\x00-\x7f].*?){2}", re.DOTALL)
# All of a text, its cells, its words: one cell may be damaged beside others that are not, and one word.
_PIECES: Final = tuple(map(re.compile, (r"(?s:.+)", r"[^\t\r\n,;|\"]+", r"[^\t\r\n,;|\" ]+")))
_MEANT: Final = re.compile("[\x00-\x7f\u00a0-\u017f\u0400-\u04ff\u2010-\u2026\u20ac\u2116]+")
_WORD: Final = re.compile(r"\S*[^\x00-\x7f]\S*")


def finder(encoding: str) -> Callable[[str], Misread | None]:
    """What to ask about each line that is not ASCII of a file in this encoding."""
    letters = bytes(range(256)).decode(encoding, errors="replace")
    if encoding.startswith("utf"):
        return encoded_twice
    # Only for alphabets: two of their letters make a letter of UTF-8 in no word, two Chinese characters may.
    return _mixed_in(encoding) if len(letters) == 256 else lambda line: None


def encoded_twice(text: str) -> Misread | None:
    """Whether a text was UTF-8 that another program took for Windows-1252 or 1251, as in MÃ¼ller for Müller.

    A line is misread where one of its cells is.
    """
    if not _PROOF.search(text):
        return None
    for pieces in _PIECES:
        for found in pieces.finditer(text):
            if meant := _meant(found[0]):
                # Without the garbled word: the errors file would be misread for its sake when it comes back.
                word = _WORD.search(meant)
                right = word[0][:40] if word else meant[:40]
                reason = f"letters were encoded twice, {right!r} was meant{MENDED}"
                return Misread(reason, pieces.sub(lambda piece: _meant(piece[0]) or piece[0], text))
    return None


def _meant(text: str) -> str:
    """The text that became this one when a program misread it; "" where that cannot be told."""
    for encoding in _READ_AS if _PROOF.search(text) else ():
        try:
            meant = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        if _MEANT.fullmatch(meant):
            return meant
    return ""


def _mixed_in(encoding: str) -> Callable[[str], Misread | None]:
    def meant(line: str) -> Misread | None:
        try:
            return Misread(_MIXED, line.encode(encoding).decode("utf-8"))
        except UnicodeError:
            return encoded_twice(line)

    return meant
