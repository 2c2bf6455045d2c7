"""What a user should know of a list that was imported: values left out, and signs that it is a poor one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from outreach.prospect import places
from outreach.report.lines import LABEL, WIDTH, broken

ROLE, CONSUMER, NAMELESS = "role address", "consumer address", "no first name"
REMARK: Final = "held in every plan for a remark not to write"
_PLURALS: Final = {
    ROLE: "role addresses",
    CONSUMER: "consumer addresses",
    "likely mistyped domain": "likely mistyped domains",
    "unusable tag": "unusable tags",
    "name with a number, kept": "names with a number, kept",
}
# Values to look at.
_LOST: Final = ("unknown", "unusable", "unclear", "left out", "more than", "employees", REMARK)
ENOUGH: Final = 10  # rows from which a share says something
# From which share of the rows on a list is a poor one, and what to do. The shares are Warmbly's.
_HINTS: Final = (
    (
        ROLE,
        0.15,
        "are role addresses: nobody in particular reads them, and they complain more. Find a person's address,"
        " or leave them out of the segment: not email like 'info@%'",
    ),
    (
        CONSUMER,
        0.40,
        "are addresses at consumer domains: is this a list of firms? Without a `company` column each counts as"
        " a company of its own",
    ),
    (
        NAMELESS,
        0.10,
        'have no first name: write {{ first_name | default("there") }} in the letters, or fill in the names:'
        ' outreach prospects list "first_name is missing", then outreach prospects set ADDRESS first_name=NAME',
    ),
)
_REMARKED: Final = (
    'held for a remark: outreach prospects list "consent == false". Who must not be written to: outreach'
    " suppress add ADDRESS. Who may: outreach prospects set ADDRESS consent=yes"
)

MOST_VALUES: Final = 100  # of one kind that are kept
_SHOWN: Final = 3  # of a kind that loses them
_WORDS: Final = "unknown"  # values that may be known by another word: it counts how often each stands there
_ALL_SHOWN: Final = 8  # of them
_COUNTRY: Final = "unknown country"


@dataclass(slots=True)
class Seen:
    """A value that was warned of: the line of the first, and in how many rows."""

    line: int
    rows: int = 0


@dataclass(slots=True)
class Warned:
    """A kind of warning: in how many rows, and the line and the value of the first of them. `values` are the
    first different values, as the warning quotes them.
    """

    rows: int
    line: int
    example: str = ""
    values: dict[str, Seen] = field(default_factory=dict)

    def add(self, line: int, *value: str) -> None:
        """Count one more row."""
        self.rows += 1
        for text in value:
            if text in self.values or len(self.values) < MOST_VALUES:
                self.values.setdefault(text, Seen(line)).rows += 1


@dataclass(frozen=True, slots=True)
class Hint:
    """A sign that a list is a poor one: the share of its rows (0 to 1), and what to do."""

    kind: str
    share: float
    text: str


def lines(warnings: Mapping[str, Warned], good: int) -> list[str]:
    """The kinds of warnings, the most frequent first, each with its share of the `good` rows."""
    found = sorted(warnings.items(), key=lambda item: -item[1].rows)
    return [line for kind, each in found for line in _line(kind, each, good)]


def _line(kind: str, each: Warned, good: int) -> list[str]:
    share = f" ({each.rows / good:.0%})" if good >= ENOUGH else ""
    many = _PLURALS.get(kind, kind) if each.rows > 1 else kind
    words = kind.startswith(_WORDS)
    ranked = sorted(each.values.items(), key=lambda item: -item[1].rows if words else 0)
    most = _ALL_SHOWN if words else _SHOWN if kind.startswith(_LOST) else 1
    shown = [_place(kind, value, seen) for value, seen in ranked[:most]]
    if not shown:
        shown = [f"{each.example} in line {each.line}" if each.example else ""]
    where = f"such as {', '.join(shown)}" if shown[0] else f"the first in line {each.line}"
    more = f" and {len(ranked) - most:,} more" if words and len(ranked) > most else ""
    return broken(f"{each.rows:,} {many}{share}, {where}{more}", WIDTH - LABEL - 1, rest="  ")


def _place(kind: str, value: str, seen: Seen) -> str:
    """A value, where it stands first and how often it does, and what was meant by it."""
    meant = places.meant_country(value[1:-1]) if kind == _COUNTRY else ""
    said = [f"{seen.rows:,} rows"] if seen.rows > 1 and kind.startswith(_WORDS) else []
    said += [f"did you mean {meant}?"] if meant else []
    return f"{value} in line {seen.line}" + (f" ({'; '.join(said)})" if said else "")


def hints(warnings: Mapping[str, Warned], nameless: int, good: int) -> list[Hint]:
    """What the warnings say of a list of `good` rows, `nameless` of them without a first name."""
    held = warnings[REMARK].rows if REMARK in warnings else 0
    always = [Hint(REMARK, round(held / max(good, held), 3), f"{held:,} {_REMARKED}")] if held else []
    if good < ENOUGH:
        return always
    rows = {kind: each.rows for kind, each in warnings.items()} | {NAMELESS: nameless}
    found = [(kind, rows.get(kind, 0) / good, limit, text) for kind, limit, text in _HINTS]
    return always + [
        Hint(kind, round(share, 3), f"{share:.0%} {text}")
        for kind, share, limit, text in found
        if share > limit
    ]


def value(kind: str, warned: Warned) -> dict[str, Any]:
    """A kind of warning as JSON has it."""
    return {
        "kind": kind,
        "rows": warned.rows,
        "line": warned.line,
        "example": warned.example,
        "values": [
            {"value": value, "line": seen.line, "rows": seen.rows} for value, seen in warned.values.items()
        ],
    }
