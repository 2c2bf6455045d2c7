"""The small pieces that screens are made of: labelled lines, tables, numbers, times."""

import textwrap
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from outreach.schedule.zones import zone

WIDTH = 80
LABEL = 9  # "NEEDS YOU", "SENT     ", ...


def width(text: str) -> int:
    """How many columns a terminal gives a text: two for a wide letter, none for a mark on the one before."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def fit(text: str, columns: int) -> str:
    """A text cut to that many columns, with an ellipsis where something is left out, padded to them."""
    if width(text) > columns:
        text = text[: 4 * columns]  # marks have no width: a letter with three of them is whole
        while text and width(text) > columns - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (columns - width(text))


def padded(text: str, columns: int) -> str:
    """A text padded to that many columns, never cut: it is needed whole, as an address is."""
    return text + " " * (columns - width(text))


def wrapped(text: str) -> str:
    """A letter's text for a screen: long lines broken between words."""
    lines = text.split("\n")
    return "\n".join(
        line
        if width(line) <= WIDTH
        else textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in lines
    )


def broken(text: str, columns: int = WIDTH, *, first: str = "", rest: str = "") -> list[str]:
    """A text in lines of at most that many columns, the first begun with `first`, the others with `rest`.

    Lines are broken between words; within a word only where it is longer than a line, as Chinese text is.
    """
    lines: list[str] = []
    line, bare = first, True
    for word in text.split():
        longer = width(rest + word) > columns
        if not bare and not longer and width(line) + 1 + width(word) > columns:
            lines.append(line)
            line, bare = rest, True
        line, bare = line if bare else line + " ", False
        if longer:
            *full, line = _chopped(line + word, columns, rest)
            lines += full
        else:
            line += word
    return [*lines, line]


def _chopped(text: str, columns: int, rest: str) -> list[str]:
    """A text cut wherever a line is full."""
    lines, line, used = [], "", 0
    for char in text:
        wide = width(char)
        if used + wide > columns:
            lines.append(line)
            line, used = rest, width(rest)
        line, used = line + char, used + wide
    return [*lines, line]


def labelled(label: str, *texts: str) -> str:
    """A screen's line: a label of one column, then text; further texts stand under the first."""
    first, *others = [text for text in texts if text] or [""]
    lines = [f"{label:<{LABEL}} {first}".rstrip(), *(" " * (LABEL + 1) + text for text in others)]
    return "\n".join(lines)


def table(
    rows: Iterable[Sequence[str]], header: Sequence[str], total: int = WIDTH, whole: Collection[str] = ()
) -> str:
    """Rows under a header, columns as wide as needed; the widest columns give way to fit `total`, but for
    those that must stay `whole`.
    """
    cells = [list(header), *([" ".join(cell.split()) for cell in row] for row in rows)]
    widths = [max(width(row[place]) for row in cells) for place in range(len(header))]
    spaces = 2 * (len(widths) - 1)
    giving = [place for place, name in enumerate(header) if name not in whole]
    while giving and sum(widths) + spaces > total:
        widest = max(giving, key=widths.__getitem__)
        if widths[widest] <= 8:
            break
        widths[widest] -= 1
    lines = (
        "  ".join(fit(cell, columns) for cell, columns in zip(row, widths, strict=True)) for row in cells
    )
    return "\n".join(line.rstrip() for line in lines)


def number(count: int, one: str, many: str = "") -> str:
    """ "1 letter", "2 letters", "1,200 letters"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def moment(at: datetime, zone_name: str) -> str:
    """ "Mon 23 Nov 09:04", in that zone."""
    local = at.astimezone(zone(zone_name))
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def day(at: datetime, zone_name: str) -> str:
    """ "Mon 23 Nov", in that zone."""
    local = at.astimezone(zone(zone_name))
    return f"{local:%a} {local.day} {local:%b}"


def ago(span: timedelta) -> str:
    """ "20 s ago", "2 min ago", "3 h ago", "5 days ago"."""
    seconds = int(span.total_seconds())
    for size, name in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (name != "days" and seconds >= size):
            return f"{seconds // size} {name} ago"
    return f"{max(seconds, 0)} s ago"
