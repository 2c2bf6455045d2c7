"""HTML read in one pass: a tolerant scanner of tags, the styles that hold for each piece of text, and the facts.

Offsets are needed and any input must be read in linear time, so the tags are found by one regular expression
in which nothing can match in two ways (possessive repeats, an end that the end of input satisfies too).
"""

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from html import unescape
from typing import NamedTuple, TypeVar

from outreach.lint.markup.facts import Anchor, Hidden, Markup, Picture, Share
from outreach.lint.markup.style import BASE, BLACK, LINK, PLAIN, WHITE, Colour, Style, attributes, contrast

_INSIDE = r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?)*+"""
_TOKEN = re.compile(
    rf"<!--(?:[^-]++|-(?!->))*+(?:-->|\Z)"
    rf"|<(style|script|title|textarea|noscript)(?![\w-]){_INSIDE}(?:>[^<]*+(?:<(?!/\1)[^<]*+)*+|\Z)"
    rf"|<(/?)([a-zA-Z][^\s/>]*+)({_INSIDE})(?:>|\Z)"
    r"|<[!?/][^>]*+(?:>|\Z)",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([^\s=/>"']++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]++)))?+""")
_SPACE = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\s*\n\s*")
_UNSEEN = re.compile("[\\s\u00a0\u00ad\u034f\u200b-\u200f\u2007\u2060\ufeff]+")
_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.\d*)?\s*(?:px)?\s*$")
_STYLED_PIXELS = re.compile(r"(?<![\w-])(width|height)\s*:\s*(\d{1,5})(?:\.\d+)?px", re.IGNORECASE)

_VOID = frozenset(
    ("br", "hr", "img", "input", "meta", "link", "area", "base", "col", "wbr", "embed", "source")
)
_BLOCK = frozenset(
    (
        *("p", "div", "br", "hr", "li", "ul", "ol", "tr", "table", "td", "th", "blockquote", "pre", "center"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "header", "footer", "body"),
    )
)
_CLOSES_ITSELF = frozenset(("p", "li", "td", "th", "tr", "option", "a"))
_HEADINGS = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h4": 1.0, "h5": 0.83, "h6": 0.67}
_OWN_SIZE = {**_HEADINGS, "small": 0.83, "big": 1.2}
_BOLD = frozenset(("b", "strong"))
_TINY = 1.0  # pixels
_Key = TypeVar("_Key")
_EXCERPT = 200  # characters kept of a hidden text
_FAINT = 3.0  # WCAG 2.2 §1.4.3 asks 4.5 of text, 3 of large text


class _Frame(NamedTuple):
    """An open element and how text looks in it; `bold` and `hiding_from` are where that began."""

    tag: str
    colour: Colour = BLACK
    ground: Colour | None = WHITE
    size: float = BASE
    face: str = ""
    bold: int = -1
    hiding: str = ""
    hiding_from: int = -1


@lru_cache(maxsize=4)
def read(html: str) -> Markup:
    """The facts of a letter's HTML. Any string is read, in linear time; what is no HTML is text."""
    return _Scan(html).facts()


class _Scan:
    """One pass over one HTML text."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.stack = [_Frame("")]
        self.open: Counter[str] = Counter()
        self.seen: list[str] = []
        self.letters = 0
        self.link: tuple[str, int, int] | None = None  # href, offset, how many pieces were read before
        self.anchors: list[Anchor] = []
        self.pictures: list[Picture] = []
        self.hidden: dict[int, Hidden] = {}
        self.faint: dict[float, Share] = {}
        self.looks: tuple[dict[Colour, Share], dict[Colour, Share], dict[float, Share], dict[str, Share]]
        self.looks = ({}, {}, {}, {})
        self.bold: dict[int, Share] = {}

    def facts(self) -> Markup:
        """Scan, and give what was found."""
        at = 0
        for token in _TOKEN.finditer(self.html):
            if token.start() > at:
                self._text(at, token.start())
            at = token.end()
            if token[3]:
                self._tag(token)
        self._text(at, len(self.html))
        self._end_link(len(self.html))
        text = _BLANK_LINES.sub("\n", "".join(self.seen)).strip()
        colours, grounds, sizes, faces = self.looks
        return Markup(
            text,
            self.letters,
            len(self.html.encode("utf-8", "surrogatepass")),
            tuple(self.anchors),
            tuple(self.pictures),
            tuple(self.hidden.values()),
            tuple(self.faint.items()),
            colours,
            grounds,
            sizes,
            faces,
            tuple(self.bold.values()),
            sum(piece.letters for piece in self.bold.values()),
        )

    def _tag(self, token: re.Match[str]) -> None:
        tag = token[3].lower()
        if tag in _BLOCK:
            self.seen.append("\n")
        if token[2]:
            self._close(tag, token.end())
            return
        given = _attributes(token[4]) if "=" in token[4] or "hidden" in token[4] else {}
        if tag == "img":
            self._picture(given, token)
        if tag not in _VOID:
            self._open(tag, given, token)

    def _open(self, tag: str, given: Mapping[str, str], token: re.Match[str]) -> None:
        if tag in _CLOSES_ITSELF and (tag == "a" or self.stack[-1].tag == tag):
            self._close(tag, token.start())
        if tag == "a" and "href" in given:
            self.link = (given["href"].strip(), token.start(), len(self.seen))
        style = attributes(tag, given) if given else PLAIN
        self.stack.append(_inside(self.stack[-1], tag, style, token.start()))
        self.open[tag] += 1

    def _close(self, tag: str, at: int) -> None:
        """Close an element and what is open in it; nothing where no such element is open."""
        if not self.open[tag]:
            return
        if tag == "a":
            self._end_link(at)
        while True:
            closed = self.stack.pop().tag
            self.open[closed] -= 1
            if closed == tag:
                return

    def _end_link(self, at: int) -> None:
        if self.link:
            href, start, before = self.link
            shown = " ".join("".join(self.seen[before:]).split())
            self.anchors.append(Anchor(href, shown, start, at))
            self.link = None

    def _picture(self, given: Mapping[str, str], token: re.Match[str]) -> None:
        sides = {name: int(value) for name, value in _STYLED_PIXELS.findall(given.get("style", "").lower())}
        for name in ("width", "height"):
            pixels = _PIXELS.match(given.get(name, ""))
            if name not in sides and pixels:
                sides[name] = int(pixels[1])
        place = (sides.get("width"), sides.get("height"), token.start(), token.end())
        self.pictures.append(Picture(given.get("src", "").strip(), given.get("alt"), *place))

    def _text(self, start: int, end: int) -> None:
        """Account for the text [start, end) between two tags."""
        raw = self.html[start:end]
        said = _SPACE.sub(" ", unescape(raw) if "&" in raw else raw)
        letters = len(_UNSEEN.sub("", said))
        if not letters:
            self.seen.append(" ")
            return
        frame = self.stack[-1]
        root = frame.hiding_from
        how = frame.hiding or (f"font of {frame.size:g} px" if frame.size <= _TINY else "")
        ratio = contrast(frame.colour, frame.ground) if frame.ground else 21.0
        if not how and ratio < 1.1:
            how = "the colour of its background"
        if how:
            root = root if root >= 0 else start
            before = self.hidden.get(root) or Hidden(how, "", start, end)
            self.hidden[root] = Hidden(how, (before.text + said)[:_EXCERPT], before.start, end)
            return
        self.seen.append(said)
        self.letters += letters
        if ratio < _FAINT:
            _add(self.faint, round(ratio, 2), letters, start, end)
        self._look(frame, letters, start, end)

    def _look(self, frame: _Frame, letters: int, start: int, end: int) -> None:
        colours, grounds, sizes, faces = self.looks
        if not self.link:
            _add(colours, frame.colour, letters, start, end)
        if frame.ground:
            _add(grounds, frame.ground, letters, start, end)
        _add(sizes, frame.size, letters, start, end)
        if frame.face:
            _add(faces, frame.face, letters, start, end)
        if frame.bold >= 0:
            _add(self.bold, frame.bold, letters, start, end)


def _attributes(inside: str) -> dict[str, str]:
    """The attributes of a tag, names in lower case; the first of two of the same name counts."""
    given: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(inside):
        value = double or single or bare
        given.setdefault(name.lower(), unescape(value) if "&" in value else value)
    return given


def _inside(outer: _Frame, tag: str, style: Style, at: int) -> _Frame:
    """How text looks in an element that begins at `at`, given how it looks around it."""
    size = outer.size * _OWN_SIZE.get(tag, 1.0)
    if style.size:
        number, unit = style.size
        size = number if unit == "px" else outer.size * number
    bold = style.bold if style.bold is not None else (True if tag in _BOLD else None)
    inherited = LINK if tag == "a" else outer.colour  # a link has its own colour, whatever stands around it
    hiding_from = at if style.hiding and not outer.hiding else outer.hiding_from
    return _Frame(
        tag,
        style.colour or inherited,
        style.ground or (None if style.picture else outer.ground),
        round(size, 1),
        style.face or outer.face,
        outer.bold if bold is None else at if bold and outer.bold < 0 else outer.bold if bold else -1,
        outer.hiding or style.hiding,
        hiding_from,
    )


def _add(looks: dict[_Key, Share], key: _Key, letters: int, start: int, end: int) -> None:
    before = looks.get(key)
    looks[key] = (
        Share(before.letters + letters, before.start, before.end) if before else Share(letters, start, end)
    )
