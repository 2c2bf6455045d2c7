"""Light Markdown: one parsed layout gives the text and the HTML of a letter; values are filled in afterwards.

The parser sees only the letter's own words, with one private character in place of each value. So no
value can become Markdown or HTML, and a layout serves every person whose letter takes the same branches.

Paragraphs, `- ` and `1. ` lists, **bold**, *emphasis*, [links](https://...), <https://...>, and lines
broken as typed. Headings, images and link titles are refused; all else stands literally.
"""

from collections.abc import Sequence
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, link

from outreach.errors import Problem
from outreach.template.pieces import Piece, Place
from outreach.template.slots import Slot, slots
from outreach.template.source import Tape
from outreach.template.writer import Writer

KEPT = 64
"""Layouts remembered per letter: one for each combination of branches taken."""

BRACKETS = 200
"""`[` per letter: the parser's time grows with their square."""


class Layout(NamedTuple):
    """A letter's text in parts with their places, its HTML in parts, and what is wrong with it."""

    text: tuple[tuple[str | Slot, Place], ...]
    html: tuple[str | Slot, ...]
    problems: tuple[Problem, ...]


class Layouts:
    """The layouts of one letter, by the pieces its branches chose."""

    def __init__(self, pieces: Sequence[Piece], tape: Tape) -> None:
        self._pieces = pieces
        self._tape = tape
        self._made: dict[tuple[int, ...], Layout] = {}

    def problems(self) -> list[Problem]:
        """What is wrong with the whole letter, all its branches in a row."""
        return list(self.of(tuple(range(len(self._pieces)))).problems)

    def of(self, indices: tuple[int, ...]) -> Layout:
        """The layout of the pieces with these indices."""
        layout = self._made.get(indices)
        if layout is None:
            if len(self._made) >= KEPT:
                self._made.clear()
            layout = self._made[indices] = _lay_out([self._pieces[index] for index in indices], self._tape)
        return layout


def _lay_out(pieces: Sequence[Piece], tape: Tape) -> Layout:
    if sum((piece.text or "").count("[") for piece in pieces) > BRACKETS:
        where = tape.where(pieces[0].at)
        return Layout((), (), (Problem(where, f"more than {BRACKETS} `[`", "a letter has a few links"),))
    writer = Writer(pieces, tape)
    tokens = _MARKDOWN.parse(writer.source)
    writer.blocks(tokens)
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Layout(tuple(writer.parts), tuple(slots(html)), tuple(writer.problems))


def _link(state: StateInline, silent: bool) -> bool:
    """Markdown's link rule, which also notes where in the paragraph the link ends."""
    if not link(state, silent):
        return False
    if not silent:
        state.tokens[-1].meta["end"] = state.pos
    return True


class _LightMarkdown(MarkdownIt):
    """The parser. Addresses stay as written: they are checked and quoted once the values are known."""

    def __init__(self) -> None:
        super().__init__("zero", {"html": False, "breaks": True, "xhtmlOut": False, "maxNesting": 20})
        self.enable(["heading", "list", "autolink", "emphasis", "escape", "image", "link", "newline"])
        self.disable("text_join")  # it hides which characters were escaped
        self.inline.ruler.at("link", _link)

    def normalizeLink(self, url: str) -> str:  # noqa: N802 -- the library calls it so
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 -- the library calls it so
        return link

    def validateLink(self, url: str) -> bool:  # noqa: N802 -- the library calls it so
        return True


_MARKDOWN = _LightMarkdown()
