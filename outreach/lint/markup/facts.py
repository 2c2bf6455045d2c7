"""The facts that are read from a letter's HTML. All places are offsets into the HTML as it was given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from outreach.lint.markup.style import Colour


class Anchor(NamedTuple):
    """A link: where it leads, the text it shows ("" for a picture), its characters [start, end)."""

    href: str
    shown: str
    start: int
    end: int


class Picture(NamedTuple):
    """An `<img>`. `alt` is None where it has none; `width` and `height` are pixels, None where unknown."""

    src: str
    alt: str | None
    width: int | None
    height: int | None
    start: int
    end: int

    @property
    def pixel(self) -> bool:
        """Is it too small to be seen (at most 2 by 2)?"""
        return self.width is not None and self.height is not None and self.width <= 2 and self.height <= 2

    @property
    def area(self) -> int | None:
        """Square pixels, None where unknown."""
        return None if self.width is None or self.height is None else self.width * self.height


class Hidden(NamedTuple):
    """Text [start, end) that its reader does not see: how it hides, and what it says."""

    how: str
    text: str
    start: int
    end: int


class Share(NamedTuple):
    """How much of the visible text has some look: its characters without spaces, and the first such piece."""

    letters: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Markup:
    """What a letter's HTML shows and hides.

    `text` is what is read, lines as a reader sees them; `letters` its characters without spaces; `size` the
    bytes of the HTML. `colours` are those of text outside links, `grounds` those behind text, `sizes` pixels
    (16 where nothing is said), `faces` the first names of font lists. `bold` are the pieces in bold,
    `bold_letters` their characters. `faint` is text whose contrast with its background is low: the ratio
    (W3C, WCAG 2.2; 1 to 21) and the place.
    """

    text: str
    letters: int
    size: int
    anchors: tuple[Anchor, ...]
    pictures: tuple[Picture, ...]
    hidden: tuple[Hidden, ...]
    faint: tuple[tuple[float, Share], ...]
    colours: Mapping[Colour, Share]
    grounds: Mapping[Colour, Share]
    sizes: Mapping[float, Share]
    faces: Mapping[str, Share]
    bold: tuple[Share, ...]
    bold_letters: int
