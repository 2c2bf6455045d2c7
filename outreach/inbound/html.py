"""HTML of a mail to lines of text, in one pass and without a tree: linear whatever the HTML is like.

Parsers were measured on 256 KB of hostile HTML: html.parser does not end on "<!--<!--...", lexbor takes 9 s
for nested <div>, libxml2 1 s for an element with 26,000 attributes. Reading text and a few containers needs none.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from outreach.inbound.quotes import words

MOST_TAGS = 10_000
MOST_LINES = 5_000
MOST_TAG = 2_000  # characters of a tag whose attributes are read
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:_-]{0,30})")
_ATTRIBUTE = re.compile(r"""([\w:-]{1,40})(?:\s{0,3}=\s{0,3}("[^"]*"|'[^']*'|[^\s"'>]{1,200}))?""")
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_UNSEEN = frozenset(
    (
        "script",
        "style",
        "title",
        "template",
        "noscript",
        "textarea",
        "select",
        "object",
        "iframe",
        "svg",
        "xml",
        "audio",
        "video",
        "canvas",
        "math",
    )
)
_VOID = frozenset(("br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr", "source", "o:p"))
_PARAGRAPH = frozenset(
    ("p", "blockquote", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "dl")
)
_LINE = frozenset(
    (
        "div",
        "br",
        "tr",
        "li",
        "dt",
        "dd",
        "body",
        "html",
        "section",
        "article",
        "header",
        "footer",
        "center",
        "address",
        "form",
        "figure",
        "main",
        "head",
    )
)
_BREAK = _LINE | _PARAGRAPH
_CELL = frozenset(("td", "th"))
_HIDDEN = re.compile(
    r"display\s?:\s?none|visibility\s?:\s?hidden|mso-hide\s?:\s?all|font-size\s?:\s?0(?:px|pt|em|%)?\s?(?:;|!|$)"
    r"|max-height\s?:\s?0(?:px)?\s?(?:;|$)"
)
_RULE_ABOVE = re.compile(
    r"border-top\s?:\s?solid\s#?(?:e1e1e1|b5c4df)|border\s?:\s?none;?\s?border-top\s?:\s?solid"
)
_INDENT = re.compile(r"border(?:-left)?\s?:\s?(?:none|0)")
_QUOTE_PREFIXES = ("yahoo_quoted", "yiv_quoted", "x_yahoo_quoted")


class Line(NamedTuple):
    """A line of text. `mark`: ">" it is quoted, "@" it says who is, "-" it is a signature, "" none of these."""

    text: str
    mark: str = ""


@dataclass(slots=True)
class _Page:
    """The lines so far and the open elements: name and its change ("", ">", "@", "-", "x" unseen, "=" typed)."""

    lines: list[Line] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    stack: list[tuple[str, str]] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    cut: bool = False

    def mark(self) -> str:
        if self.cut:
            return ">"
        return next((mark for mark in ">@-" if self.marks[mark]), "")

    def write(self, text: str) -> None:
        """Text as it stands between two tags."""
        if not text or self.marks["x"]:
            return
        text = unescape(text) if "&" in text else text
        if self.marks["="]:
            first, *others = text.replace("\r\n", "\n").split("\n")
            self.words.append(first)
            for other in others:
                self.end_line()
                self.words.append(other)
        else:
            self.words.append(text)

    def end_line(self, blank: bool = False) -> None:
        """The line ends here; a blank one follows where a paragraph does."""
        text = "".join(self.words)
        self.words.clear()
        text = text.rstrip() if self.marks["="] else _SPACE.sub(" ", text).strip()
        if text or self.marks["="]:
            self.lines.append(Line(text, self.mark()))
        if blank and self.lines and self.lines[-1].text:
            self.lines.append(Line("", self.mark()))

    def begin(self, name: str, change: str) -> None:
        self.stack.append((name, change))
        self.names[name] += 1
        self.marks[change] += 1

    def close(self, name: str) -> None:
        """The innermost element of a name and all that is open within it end; nothing where none is open."""
        while self.names[name]:
            last, change = self.stack.pop()
            self.names[last] -= 1
            self.marks[change] -= 1
            if last == name:
                return


def as_text(html: str) -> str:
    """All that a reader of the HTML sees, quoted parts too, as lines of text."""
    return "\n".join(line.text for line in marked_lines(html)).strip()


@lru_cache(maxsize=2)
def marked_lines(html: str) -> tuple[Line, ...]:
    """The lines of the HTML, quotes and signatures marked; of MOST_TAGS tags and MOST_LINES lines at most.

    Those of the last texts are kept: the detectors of one mail ask for them one after the other.
    """
    page = _Page()
    skip = ""  # what ends the comment or script that we are in
    first, *pieces = html.split("<", MOST_TAGS + 1)
    page.write(first)
    for piece in pieces[:MOST_TAGS]:
        if len(page.lines) > MOST_LINES:
            break
        if skip == "-->":
            _, found, text = piece.partition(skip)
        elif skip:
            found = piece[: len(skip)].lower() if piece[: len(skip)].lower() == skip else ""
            text = piece.partition(">")[2]
        else:
            skip = _piece(page, piece)
            continue
        if found:
            skip = ""
            page.write(text)
    page.end_line()
    return tuple(page.lines)


def _piece(page: _Page, piece: str) -> str:
    """One tag and the text after it; what ends the part to be skipped ("-->", "/script"), "" where none begins."""
    named = _NAME.match(piece)
    if not named:
        if piece.startswith("!--"):
            _, found, text = piece[3:].partition("-->")
            page.write(text)
            return "" if found else "-->"
        page.write(piece.partition(">")[2] if piece[:1] in ("!", "?", "/") else f"<{piece}")
        return ""
    tag, text = _split(piece)
    name = named[1].lower()
    if piece[0] == "/":
        if name in _BREAK:
            page.end_line(blank=name in _PARAGRAPH)
        page.close(name)
    elif name in _UNSEEN:
        return f"/{name}"
    else:
        _open(page, name, tag)
    page.write(text)
    return ""


def _split(piece: str) -> tuple[str, str]:
    """The tag and the text after it, where a quoted value holds ">" too."""
    tag, _, text = piece.partition(">")
    if tag.count('"') % 2:
        more, found, after = text.partition('"')
        if found:
            rest, _, text = after.partition(">")
            tag = f'{tag}>{more}"{rest}'
    return tag, text


def _open(page: _Page, name: str, tag: str) -> None:
    """An element begins: the line before it ends where it is a block, and its frame is put on the stack."""
    if name in _BREAK:
        page.end_line(blank=name in _PARAGRAPH)
    elif name in _CELL and page.words:
        page.words.append(" ")
    change = _change(name, tag) if " " in tag or "\n" in tag or name in ("blockquote", "pre") else ""
    if change == "!":
        page.end_line()
        page.cut, change = True, ""
    elif change:
        page.end_line()
    if name == "p" and page.stack and page.stack[-1][0] == "p":
        page.close("p")
    if name not in _VOID:
        page.begin(name, change)


def _change(name: str, tag: str) -> str:
    """What an element does to the text in it: ">", "@", "-", "x", "=" or "", and "!" for all after it."""
    found = {
        hit[1].lower(): (hit[2] or "").strip("\"'").lower() for hit in _ATTRIBUTE.finditer(tag[:MOST_TAG])
    }
    style = found.get("style", "")
    marks = {found.get(key, "") for key in ("id", "name", "data-marker")} | set(
        found.get("class", "").split()
    )
    if "hidden" in found or (style and _HIDDEN.search(style)):
        return "x"
    if marks & words("html_cuts") or (name == "div" and _RULE_ABOVE.search(style)):
        return "!"
    if marks & words("html_attributions"):
        return "@"
    if marks & words("html_quotes") or any(each.startswith(_QUOTE_PREFIXES) for each in marks if each):
        return ">"
    if name == "blockquote":
        cited = found.get("type") == "cite" or any("quot" in each or "cite" in each for each in marks)
        return ">" if cited or not _INDENT.search(style) else ""
    if marks & words("html_signatures"):
        return "-"
    return "=" if name == "pre" else ""
