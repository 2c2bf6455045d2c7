"""All campaigns of a workspace in one line each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from outreach.plan import Plan
from outreach.report.lines import table


@dataclass(frozen=True, slots=True)
class Line:
    """A campaign's plan, and how the campaign stands: "" before its first launch."""

    plan: Plan
    name: str
    status: str


def text(lines: Sequence[Line]) -> str:
    """A table of campaigns, and how to see one of them."""
    header = ("CAMPAIGN", "NAME", "STATUS", "NEW", "HELD", "CHANGED")
    rows = [
        (
            each.plan.campaign,
            each.name,
            each.status or "not launched",
            *(str(count) for count in _counts(each)),
        )
        for each in lines
    ]
    first = next((each for each in lines if not each.plan.empty), lines[0])
    return f"{table(rows, header)}\n\nNEXT      outreach plan {first.plan.campaign}"


def value(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """`[{"campaign", "name", "status", "empty", "new", "held", "changed"}]`; `status` is "" before a launch."""
    return [
        {
            "campaign": each.plan.campaign,
            "name": each.name,
            "status": each.status,
            "empty": each.plan.empty,
            **dict(zip(("new", "held", "changed"), _counts(each), strict=True)),
        }
        for each in lines
    ]


def _counts(each: Line) -> tuple[int, int, int]:
    made = each.plan
    return len(made.new), len(made.held), len(made.reworded) + len(made.replaced)
