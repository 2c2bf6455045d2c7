"""What HTML attributes and inline CSS say about text: its colours, size, face, weight, and whether it hides.

Only `style=""` and the old attributes (`<font>`, `bgcolor`) are read. Style sheets are not: mail programs drop
many of them, and letters made by hand or by Markdown have none.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, TypeAlias

Colour: TypeAlias = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
LINK: Colour = (0, 0, 238)
BASE = 16.0
"""Pixels of text nobody gave a size."""

# CSS Color Module Level 4 §6.1: the sixteen of HTML 4, and others that letters use.
_NAMED = dict(
    re.findall(
        r"([a-z]+) ([0-9a-f]{6})",
        """black 000000 silver c0c0c0 gray 808080 grey 808080 white ffffff maroon 800000 red ff0000 purple 800080
fuchsia ff00ff magenta ff00ff green 008000 lime 00ff00 olive 808000 yellow ffff00 navy 000080 blue 0000ff
teal 008080 aqua 00ffff cyan 00ffff orange ffa500 gold ffd700 pink ffc0cb hotpink ff69b4 deeppink ff1493
crimson dc143c tomato ff6347 orangered ff4500 darkred 8b0000 brown a52a2a beige f5f5dc ivory fffff0 snow fffafa
darkgreen 006400 darkblue 00008b royalblue 4169e1 steelblue 4682b4 skyblue 87ceeb lightblue add8e6 indigo 4b0082
violet ee82ee whitesmoke f5f5f5 gainsboro dcdcdc lightgray d3d3d3 lightgrey d3d3d3 darkgray a9a9a9
darkgrey a9a9a9 dimgray 696969 dimgrey 696969 slategray 708090 lightyellow ffffe0 lightgreen 90ee90""",
    )
)
_HEX = re.compile(r"#?([0-9a-f]{3,8})")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,/]+([\d.]{1,8}%?))?\s*\)")

# Pixels of CSS size keywords and of `<font size=1..7>` (HTML Living Standard §15.3.4).
_KEYWORDS = {
    "xx-small": 9,
    "x-small": 10,
    "small": 13,
    "medium": 16,
    "large": 18,
    "x-large": 24,
    "xx-large": 32,
}
_FONT_SIZES = (10, 13, 16, 18, 24, 32, 48)
_RELATIVE = {"smaller": 0.83, "larger": 1.2}
_LENGTH = re.compile(r"(-?\d{0,6}\.?\d{1,6})(px|pt|em|rem|%|)")
_PIXELS = {"px": 1.0, "": 1.0, "pt": 4 / 3, "rem": BASE}
_OF_PARENT = {"em": 1.0, "%": 0.01}
_SHORTHAND = re.compile(r"([\w.%-]{1,16})(?:/\S{1,16})?\s+(\S.*)", re.DOTALL)
_BOLD = frozenset(("bold", "bolder", "600", "700", "800", "900"))
_LIGHT = frozenset(("normal", "lighter", "100", "200", "300", "400", "500"))
_HIDING = (
    ("display", re.compile("none$"), "display: none"),
    ("visibility", re.compile("hidden$|collapse$"), "visibility: hidden"),
    ("opacity", re.compile(r"0*\.?0+%?$"), "opacity: 0"),
    ("text-indent", re.compile(r"-\d{3}"), "text-indent outside the page"),
)
_NO_LENGTH = re.compile(r"0+(?:\.0+)?(?:px|pt|em|%)?$")


class Style(NamedTuple):
    """What one element says of its own text; None where it says nothing.

    `size` is (number, unit), unit "px" or "em" (times the parent's). `ground` is its background colour,
    `picture` tells that a picture or gradient lies there instead. `hiding` is how it hides its text, or "".
    """

    colour: Colour | None = None
    ground: Colour | None = None
    picture: bool = False
    size: tuple[float, str] | None = None
    face: str = ""
    bold: bool | None = None
    hiding: str = ""


PLAIN = Style()


@lru_cache(maxsize=1024)
def inline(css: str) -> Style:
    """The style of a `style=""` attribute."""
    said = _declarations(css.lower())
    background = said.get("background-color") or said.get("background", "")
    picture = any(
        "url(" in value or "gradient(" in value for value in (background, said.get("background-image", ""))
    )
    size, face = said.get("font-size", ""), said.get("font-family", "")
    short = _SHORTHAND.match(said.get("font", "")[:200])
    while short and not (short[1] in _KEYWORDS or _LENGTH.fullmatch(short[1])):  # "italic bold 14px Arial"
        short = _SHORTHAND.match(short[2])
    if short:
        size, face = size or short[1], face or short[2]
    weight = {said.get("font-weight", ""), *said.get("font", "").split()}
    colour = said.get("color", "")
    return Style(
        parse_colour(colour),
        parse_colour(background) or _first_colour(background),
        picture,
        parse_size(size),
        face.partition(",")[0].strip(" \"'"),
        True if weight & _BOLD else False if weight & _LIGHT else None,
        _hiding(said) or ("transparent colour" if colour == "transparent" or _clear(colour) else ""),
    )


def _declarations(css: str) -> Mapping[str, str]:
    pairs = (part.partition(":") for part in css.split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def _hiding(said: Mapping[str, str]) -> str:
    for name, pattern, how in _HIDING:
        if name in said and pattern.match(said[name]):
            return how
    if said.get("overflow") == "hidden":
        for name in ("height", "max-height", "width", "max-width"):
            if _NO_LENGTH.match(said.get(name, "")):
                return f"{name}: 0"
    return ""


def attributes(tag: str, given: Mapping[str, str]) -> Style:
    """The style of an element: its old attributes first, over them its `style=""`."""
    style = inline(given["style"]) if "style" in given else PLAIN
    if "hidden" in given and not style.hiding:
        style = style._replace(hiding="hidden")
    if tag == "font":
        size = _font_size(given.get("size", ""))
        style = style._replace(
            colour=style.colour or parse_colour(given.get("color", "").lower()),
            size=style.size or ((size, "px") if size else None),
            face=style.face or given.get("face", "").lower().partition(",")[0].strip(" \"'"),
        )
    if "bgcolor" in given and style.ground is None:
        style = style._replace(ground=parse_colour(given["bgcolor"].lower()))
    if "background" in given:
        style = style._replace(picture=True)
    if tag == "body" and style.colour is None:
        style = style._replace(colour=parse_colour(given.get("text", "").lower()))
    return style


def _font_size(said: str) -> float:
    """Pixels of `<font size>`: 1 to 7, or steps from 3 ("+1"); 0 for nonsense."""
    digits = said.strip().lstrip("+-")[:2]
    if not (digits.isascii() and digits.isdigit()):
        return 0.0
    step = int(digits)
    if "+" in said or "-" in said:
        step = 3 + step if "+" in said else 3 - step
    return float(_FONT_SIZES[min(7, max(1, step)) - 1])


def parse_size(said: str) -> tuple[float, str] | None:
    """A CSS font size as (number, "px") or (factor of the parent's, "em"); None for none or nonsense."""
    if said in _KEYWORDS:
        return float(_KEYWORDS[said]), "px"
    if said in _RELATIVE:
        return _RELATIVE[said], "em"
    length = _LENGTH.fullmatch(said)
    if not length:
        return None
    number, unit = float(length[1]), length[2]
    if unit in _OF_PARENT:
        return number * _OF_PARENT[unit], "em"
    return number * _PIXELS[unit], "px"


def parse_colour(said: str) -> Colour | None:
    """A CSS colour (lower case): name, #rgb, #rrggbb, rgb(); None for none, nonsense or a see-through one."""
    if not said:
        return None
    plain = _HEX.fullmatch(_NAMED.get(said, said))
    if plain and len(plain[1]) in (3, 4):
        return int(plain[1][0] * 2, 16), int(plain[1][1] * 2, 16), int(plain[1][2] * 2, 16)
    if plain and len(plain[1]) in (6, 8):
        return int(plain[1][:2], 16), int(plain[1][2:4], 16), int(plain[1][4:6], 16)
    mixed = _RGB.fullmatch(said)
    if mixed and not _clear(said):
        return min(255, int(mixed[1])), min(255, int(mixed[2])), min(255, int(mixed[3]))
    return None


def _first_colour(background: str) -> Colour | None:
    """The colour in a `background` shorthand with more than a colour ("#fff url(x) no-repeat")."""
    words = background.split()[:8] if " " in background else []
    return next((colour for colour in map(parse_colour, words) if colour), None)


def _clear(said: str) -> bool:
    """Is this an rgba() colour that nothing shows of?"""
    mixed = _RGB.fullmatch(said)
    return bool(mixed and mixed[4] and not mixed[4].strip("0.%"))


@lru_cache(maxsize=1024)
def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, 1 (the same) to 21 (black on white): W3C, WCAG 2.2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def saturation(colour: Colour) -> float:
    """How far a colour is from grey: 0 for black, white and grey, 1 for a pure colour (S of HSV)."""
    return (max(colour) - min(colour)) / max(colour) if max(colour) else 0.0
