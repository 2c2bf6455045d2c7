"""The words of a condition, and the error that points into it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from outreach.errors import OutreachError

MAX_TEXT: Final = 10_000
MAX_NUMBER: Final = 30

Literal: TypeAlias = str | int | float | bool | date

_WORDS: Final = frozenset({"and", "or", "not", "in", "like", "is", "true", "false"})
_FOREIGN: Final = {
    **dict.fromkeys(("=", "==="), "=="),
    **dict.fromkeys(("<>", "!==", "≠"), "!="),
    **dict.fromkeys(("=>", "≥"), ">="),
    **dict.fromkeys(("=<", "≤"), "<="),
    **dict.fromkeys(("&&", "&"), "and"),
    **dict.fromkeys(("||", "|"), "or"),
    "!": "not",
}
"""What people type from other languages, and what it is called here."""

_SMART_QUOTES: Final = frozenset(
    "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2032\u2033\u2039\u203a\u00b4«»`"
)
_SYMBOL: Final = re.compile(r"!==?|===?|<=|>=|<>|=>|=<|&&?|\|\|?|[=<>!≠≥≤()\[\],]")
_NUMBER_LIKE: Final = re.compile(r"-?[0-9][\w.:/-]*")
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_QUOTED: Final = re.compile(r"""'(?:[^'\n]|'')*'|"(?:[^"\n]|"")*\"""")


class SegmentError(OutreachError):
    """A condition cannot be understood.

    `line` and `column` are 1-based and count in the text the user wrote: that of the named segment `segment`,
    or the condition itself where `segment` is empty.
    """

    def __init__(self, message: str, *, hint: str, line: int, column: int, segment: str) -> None:
        super().__init__(message, hint=hint)
        self.line = line
        self.column = column
        self.segment = segment


@dataclass(frozen=True, slots=True)
class Source:
    """A text the user wrote: the condition itself, or a named segment."""

    text: str
    segment: str = ""

    def error(self, at: int, message: str, hint: str = "") -> SegmentError:
        """The error for the place `at`, a 0-based offset in the text."""
        line = self.text.count("\n", 0, at) + 1
        column = at - self.text.rfind("\n", 0, at)
        return SegmentError(message, hint=hint, line=line, column=column, segment=self.segment)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: `kind` is name, word, symbol, text, number or end; it covers [at, end) of the source."""

    kind: str
    text: str
    at: int
    end: int
    value: Literal = ""

    def says(self, *texts: str) -> bool:
        """Whether this is one of these words or symbols of the language (never a name or a quoted text)."""
        return self.kind in ("word", "symbol") and self.text in texts


def shown(text: str) -> str:
    """Text as an error repeats it: short, and without characters a terminal would act on."""
    safe = "".join(char if char.isprintable() else f"U+{ord(char):04X}" for char in text[:41])
    return safe if len(text) <= 40 else safe[:40] + "…"


def tokens(source: Source) -> Iterator[Token]:
    """The words of the source, an `end` last.

    Raises SegmentError at the first that is none, and for a text that is too long.
    """
    text = source.text
    if len(text) > MAX_TEXT:
        hint = "split it into named segments, or mark the people with a field when you import them"
        raise source.error(MAX_TEXT, f"the condition is longer than {MAX_TEXT:,} characters", hint)
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _token(source, at)
        yield token
        at = token.end
    yield Token("end", "", at, at)


def _token(source: Source, at: int) -> Token:
    text, char = source.text, source.text[at]
    if char in "'\"":
        return _quoted(source, at)
    if found := _NUMBER_LIKE.match(text, at):
        return _number(source, found[0], at)
    if found := _SYMBOL.match(text, at):
        if meant := _FOREIGN.get(found[0]):
            raise source.error(at, f"`{found[0]}` is not used in conditions", f"write `{meant}`")
        return Token("symbol", found[0], at, found.end())
    if char == "_" or char.isidentifier():
        return _name(text, at)
    if char in _SMART_QUOTES:
        raise source.error(
            at, f"`{char}` is not a straight quote", "put text in 'single' or \"double\" quotes"
        )
    hint = "delete it, or put it in quotes if it belongs to a text"
    raise source.error(at, f"unexpected character `{shown(char)}`", hint)


def _name(text: str, at: int) -> Token:
    end = at + 1
    # Segment names are TOML keys, which may hold hyphens; there is no subtraction to confuse them with.
    while end < len(text) and (text[end] == "-" or f"a{text[end]}".isidentifier()):
        end += 1
    name = text[at:end]
    word = name.lower()
    return Token("word", word, at, end) if word in _WORDS else Token("name", name, at, end)


def _quoted(source: Source, at: int) -> Token:
    found = _QUOTED.match(source.text, at)
    quote = source.text[at]
    if not found:
        hint = f"close it with {quote} on the same line; a quote inside a text is written twice: 'O''Brien'"
        raise source.error(at, "this quote is never closed", hint)
    value = found[0][1:-1].replace(quote * 2, quote)
    return Token("text", found[0], at, found.end(), value)


def _number(source: Source, text: str, at: int) -> Token:
    if _ISO_DATE.fullmatch(text):
        raise source.error(at, f"the date {text} needs quotes", f"write '{text}'")
    if not _NUMBER.fullmatch(text):
        hint = "write digits and a decimal point, as in 1000 or 2.5; put a text or a date in quotes"
        raise source.error(at, f"`{shown(text)}` is not a number", hint)
    if len(text) > MAX_NUMBER:
        raise source.error(at, f"the number `{shown(text)}` is too long", f"use at most {MAX_NUMBER} digits")
    value: Literal = float(text) if "." in text else int(text)
    return Token("number", text, at, at + len(text), value)


def iso_date(text: str) -> date | None:
    """The day that 'YYYY-MM-DD' names (no other ISO 8601 form), None if it names none."""
    if not _ISO_DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
