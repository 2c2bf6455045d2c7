"""The plain text of a parsed Markdown letter, every part with its place in the template."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from markdown_it.token import Token

from outreach.errors import Problem, Where
from outreach.template.pieces import Piece, Place
from outreach.template.slots import FIRST, MARK, Slot, link_marks, slots
from outreach.template.source import Tape

_WEB = re.compile(r"(?:https?://|mailto:).", re.IGNORECASE)
DEEPEST = 4
"""Lists in each other: far beyond, the parser drops words."""

_LINK_HINT = "write [words](https://...), [words](mailto:...) or [words]({{ field }})"


class _Content(NamedTuple):
    """A paragraph as the parser sees it, without the markers and blanks before its lines."""

    text: str
    lines: list[tuple[int, int]]  # start of each line here, and in the source

    def after(self, written: str, at: int) -> int:
        """The end of the next such text."""
        return self.text.index(written, at) + len(written)

    def offset(self, at: int) -> int:
        """The place in the source."""
        start, offset = self.lines[bisect_right(self.lines, at, key=lambda line: line[0]) - 1]
        return offset + at - start


class Writer:
    """Walks the tokens in order and copies from the source, so that each part's offset stays known.

    Markers are dropped, list bullets become `- `, a link is `words (address)` or the bare address.
    What Markdown letters do not have (headings, images, titles) is gathered in `problems`. The links'
    addresses in the tokens get their marks for the HTML.
    """

    def __init__(self, pieces: Sequence[Piece], tape: Tape) -> None:
        values = iter(range(FIRST, 0x110000))
        words = [chr(next(values)) if piece.text is None else piece.text for piece in pieces]
        self.source = "".join(words)
        self.parts: list[tuple[str | Slot, Place]] = []
        self.problems: list[Problem] = []
        self._pieces, self._tape = pieces, tape
        self._starts = list(accumulate(map(len, words), initial=0))
        self._lines = list(accumulate((len(line) + 1 for line in self.source.split("\n")), initial=0))
        self._expressions = [piece.place[3] for piece in pieces if piece.text is None]
        self._last = 0  # the line after the last one written
        self._indents: list[str] = []
        self._fresh = True  # nothing stands on the current line but a list marker
        self._link = (0, "")  # the open link: its first part, its address

    def blocks(self, tokens: Sequence[Token]) -> None:
        """Write paragraphs and lists."""
        for token in tokens:
            first, end = token.map or (0, 0)
            if token.type == "inline":
                self._separate(first)
                self._inline(token, first)
                self._last, self._fresh = end, False
            elif token.type == "list_item_open":
                self._separate(first)
                marker = f"{token.info}{token.markup} " if token.info else "- "
                line = self.source[self._lines[first] : self._lines[first + 1]]
                at = self._lines[first] + len(line) - len(line.lstrip())
                if len(self._indents) == DEEPEST:
                    self._problem(at, f"more than {DEEPEST} lists in each other", "write it flat")
                self._made(marker, at)
                self._indents.append(" " * len(marker))
                self._last, self._fresh = first + 1, True
            elif token.type == "list_item_close":
                self._indents.pop()
                self._fresh = False
            elif token.type == "heading_open":
                hint = "write the words in a line of their own, in **bold** if need be"
                self._problem(self._lines[first], "a letter has no headings", hint)

    def _separate(self, line: int) -> None:
        if self.parts and not self._fresh:
            blank = "\n\n" if line > self._last else "\n"
            self._made(blank + "".join(self._indents), self._lines[self._last] - 1)

    def _inline(self, paragraph: Token, first: int) -> None:
        """Follow a paragraph's tokens through its content, where `at` is how far they have come."""
        content, at = _Content(paragraph.content, self._paragraph_lines(paragraph.content, first)), 0
        for token in paragraph.children or ():
            if token.type in ("text", "text_special"):
                written = token.markup or token.content
                at = content.after(written, at)
                self._own(content.offset(at - len(token.content)), token.content)
                token.type = "text"  # for the HTML
            elif token.type in ("softbreak", "hardbreak"):
                at = content.after("\n", at)
                self._made("\n" + "".join(self._indents), content.offset(at - 1))
            elif token.type == "link_open":
                at = content.after("<" if token.info == "auto" else "[", at)
                self._open_link(token, content.offset(at - 1))
            elif token.type == "link_close":
                end = token.meta.get("end") or content.after(">", at)
                address = content.text.find(self._link[1], at, end)
                self._close_link(content.offset(at), content.offset(max(address, at)))
                at = end
            elif token.type == "image":
                hint = "link to the picture: [words](https://...)"
                self._problem(content.offset(at), "a letter has no images", hint)
                break
            else:  # emphasis
                at = content.after(token.markup, at)

    def _paragraph_lines(self, content: str, first: int) -> list[tuple[int, int]]:
        """For each line of a paragraph's content: its start there, and that place in the source."""
        found, start = [], 0
        for number, line in enumerate(content.split("\n"), start=first):
            raw = self.source[self._lines[number] : self._lines[number + 1] - 1]
            words = line.strip(" \t")
            found.append((start, self._lines[number] + raw.rfind(words) - line.find(words)))
            start += len(line) + 1
        return found

    def _open_link(self, token: Token, at: int) -> None:
        href = str(token.attrs["href"])
        if not MARK.match(href) and not _WEB.match(href):
            self._problem(at, f"`{self._readable(href):.80}` is not a web address", _LINK_HINT)
        if token.attrs.pop("title", None):
            self._problem(at, "a letter's links have no titles", _LINK_HINT)
        self._link = (len(self.parts), href)
        token.attrs["href"] = link_marks(href)

    def _close_link(self, label_end: int, address_at: int) -> None:
        first, href = self._link
        said = [
            part if isinstance(part, str) else f"{{{{ {place[3]} }}}}" for part, place in self.parts[first:]
        ]
        shown = href[7:] if href.lower().startswith("mailto:") else href
        marked = link_marks(href)[len(href) - len(shown) :]
        if "".join(said) in (self._readable(href), self._readable(shown)):  # the words are the address
            modes = iter([part.mode for part in slots(marked) if isinstance(part, Slot)])
            self.parts[first:] = [
                (part._replace(mode=next(modes)) if isinstance(part, Slot) else part, place)
                for part, place in self.parts[first:]
            ]
            return
        self._made(" (", label_end)
        self._own(address_at + len(href) - len(shown), marked)
        self._made(")", address_at + len(href))

    def _readable(self, text: str) -> str:
        """A text with the expressions in place of its marks."""
        return MARK.sub(lambda hit: f"{{{{ {self._expressions[ord(hit[0]) - FIRST]} }}}}", text)

    def _own(self, at: int, text: str) -> None:
        """Copy words that stand in the source at `at`, cut where one piece ends and the next begins."""
        start, end = at, at + len(text)
        while at < end:
            index = min(bisect_right(self._starts, at), len(self._pieces)) - 1
            stop = min(end, self._starts[index + 1]) if index + 1 < len(self._pieces) else end
            self._made(text[at - start : stop - start], at)
            at = stop

    def _made(self, text: str, at: int) -> None:
        """Add a text whose place is that of offset `at`; the source need not hold it in this form."""
        file, line, column, _ = self._place(at)
        for part in slots(text):
            expression = self._expressions[part.value] if isinstance(part, Slot) else ""
            self.parts.append((part, (file, line, column, expression)))

    def _place(self, at: int) -> Place:
        index = bisect_right(self._starts, min(at, len(self.source) - 1)) - 1
        piece = self._pieces[index]
        if piece.text is None:
            return piece.place
        where = self._tape.where(piece.at + at - self._starts[index])
        return where.file, where.line, where.column, ""

    def _problem(self, at: int, message: str, hint: str) -> None:
        file, line, column, _ = self._place(at)
        self.problems.append(Problem(Where(file, line, column), message, hint))
