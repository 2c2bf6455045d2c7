"""Values in a Markdown letter: characters that stand for them while it is parsed, and their filling.

No value ever meets the Markdown parser; no file may contain these characters (source.clean refuses them).
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from html import escape
from typing import NamedTuple
from urllib.parse import quote

FIRST = 0xF0000
"""The character for value 0 as words; the letter's nth value is n characters further."""

MANY = 15_000  # more values than a letter of the greatest length has room for
MARK = re.compile("([\U000f0000-\U000ffffd])")
_WEB = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)


class Mode(IntEnum):
    """What a value is where it stands: words, a link's address, a part of one, a part of a mailto."""

    WORDS = 0
    ADDRESS = 1
    PART = 2
    MAIL = 3


class Slot(NamedTuple):
    """Where the nth value of a letter goes, and as what."""

    value: int
    mode: Mode


def slots(text: str) -> Iterator[str | Slot]:
    """A text cut at its marks."""
    for part in MARK.split(text):
        if MARK.fullmatch(part):
            mode, value = divmod(ord(part) - FIRST, MANY)
            yield Slot(value, Mode(mode))
        elif part:
            yield part


def link_marks(href: str) -> str:
    """A link's address with its marks changed from words to parts of an address."""
    inner = Mode.MAIL if href.lower().startswith("mailto:") else Mode.PART

    def mark(hit: re.Match[str]) -> str:
        return chr(ord(hit[0]) + MANY * (inner if hit.start() else Mode.ADDRESS))

    return MARK.sub(mark, href)


def fill(value: str, mode: Mode) -> str:
    """A value as it stands in the text. ValueError for a link's address that is none."""
    if mode is Mode.WORDS:
        return value
    if mode is Mode.ADDRESS:
        if not _WEB.fullmatch(value):
            raise ValueError(f"{value!r:.60} is not a web address: one starts with https://")
        return quote(value, safe=":/?#[]@!$&'()*+,;=%~")
    return quote(value, safe="/@" if mode is Mode.MAIL else "/")


def fill_html(value: str, mode: Mode) -> str:
    """A value as it stands in the HTML: escaped, line breaks kept."""
    return escape(fill(value, mode)).replace("\n", "<br>\n")
