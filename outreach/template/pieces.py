"""The pieces a rendered letter is made of, each with its place in the template, and how they tile a text."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from outreach.errors import Where
from outreach.model import Span

Place: TypeAlias = tuple[str, int, int, str]
"""File, line, column, and the expression (empty for the letter's own words): the tail of a Span."""


class Piece(NamedTuple):
    """One output of a template at offset `at` of the tape: its own words, or (text None) an expression."""

    text: str | None
    at: int
    place: Place


def trim(parts: list[tuple[str, Place]], front: str, back: str) -> None:
    """Take the given characters off both ends of a text in parts, in place; places follow."""
    while parts:
        text, place = parts.pop()
        if text := text.rstrip(back):
            parts.append((text, place))
            break
    while parts and parts[0][0][:1] in front:
        text, (file, line, column, field) = parts.pop(0)
        cut = text[: len(text) - len(text.lstrip(front))]
        if not field:
            line, column = (line + cut.count("\n"), 1) if "\n" in cut else (line, column + len(cut))
        if len(cut) < len(text):
            parts.insert(0, (text[len(cut) :], (file, line, column, field)))
            break


def tile(parts: Sequence[tuple[str, Place]]) -> tuple[str, tuple[Span, ...]]:
    """The text, and spans that cover it from end to end without gap or overlap."""
    spans: list[Span] = []
    start = 0
    for text, place in parts:
        if text:
            end = start + len(text)
            spans.append(Span(start, end, *place))
            start = end
    return "".join([text for text, _ in parts]), tuple(spans)


def locate(text: str, spans: Sequence[Span], offset: int) -> Where:
    """The place in the template that the character at `offset` of a rendered text comes from.

    Exact to the character in the letter's own words; a value's characters all point at its `{{`.
    """
    index = bisect_right(spans, offset, key=lambda each: each.start) - 1
    if index < 0:
        return Where()
    span = spans[index]
    if span.field:
        return Where(span.file, span.line, span.column)
    before = text[span.start : offset]
    lines = before.count("\n")
    column = len(before) - before.rfind("\n") if lines else span.column + len(before)
    return Where(span.file, span.line + lines, column)
