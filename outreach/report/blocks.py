"""Labelled blocks of a screen, their texts wrapped to it."""

import textwrap
from collections.abc import Sequence

from outreach.report.lines import LABEL, WIDTH, labelled

MANY = 5  # lines of one kind; the JSON has all of them


def block(label: str, *texts: str) -> str:
    """A label with its texts, each wrapped and begun on a line of its own."""
    room = WIDTH - LABEL - 1
    wrapped = [line for each in texts for line in textwrap.wrap(each, room, break_on_hyphens=False)]
    return labelled(label, *wrapped)


def some(lines: Sequence[str]) -> list[str]:
    """The first few lines, and how many more there are."""
    more = len(lines) - MANY
    return [*lines[:MANY], *([f"and {more} more"] if more > 0 else [])]
