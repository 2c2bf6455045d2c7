"""What a user should know of a list that was imported: values left out, and signs that it is a poor one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from outreach.report.lines import LABEL, WIDTH, broken

ROLE, CONSUMER, NAMELESS = "role address", "consumer address", "no first name"
_PLURALS: Final = {
    ROLE: "role addresses",
    CONSUMER: "consumer addresses",
    "likely mistyped domain": "likely mistyped domains",
    "unusable tag": "unusable tags",
}
_LOST: Final = ("unknown", "unusable", "unclear", "left out", "more than", "employees")  # values to look at
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
        " outreach plan CAMPAIGN --held held.csv",
    ),
)


MOST_VALUES: Final = 100  # of one kind that are kept
_SHOWN: Final = 3  # of a kind that loses them


@dataclass(slots=True)
class Warned:
    """A kind of warning: in how many rows, and the line and the value of the first of them. `values` are the
    first different values, as the warning quotes them, with the line of each.
    """

    rows: int
    line: int
    example: str = ""
    values: dict[str, int] = field(default_factory=dict)

    def add(self, line: int, *value: str) -> None:
        """Count one more row."""
        self.rows += 1
        for text in value:
            if len(self.values) < MOST_VALUES:
                self.values.setdefault(text, line)


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
    where = f"such as {each.example} in line" if each.example else "the first in line"
    many = _PLURALS.get(kind, kind) if each.rows > 1 else kind
    others = list(each.values.items())[1:_SHOWN] if kind.startswith(_LOST) else []
    more = "".join(f", {value} in line {line}" for value, line in others)
    return broken(f"{each.rows:,} {many}{share}, {where} {each.line}{more}", WIDTH - LABEL - 1, rest="  ")


def hints(warnings: Mapping[str, Warned], nameless: int, good: int) -> list[Hint]:
    """What the warnings say of a list of `good` rows, `nameless` of them without a first name."""
    if good < ENOUGH:
        return []
    rows = {kind: each.rows for kind, each in warnings.items()} | {NAMELESS: nameless}
    found = [(kind, rows.get(kind, 0) / good, limit, text) for kind, limit, text in _HINTS]
    return [
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
        "values": [{"value": value, "line": line} for value, line in warned.values.items()],
    }
