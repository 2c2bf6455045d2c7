"""What mails are read as when they are read again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from outreach.report.inbox import date_of, kind_name
from outreach.report.lines import fit, labelled, number

MOST = 50  # differences on a screen


class Difference(Protocol):
    """A mail that is read otherwise now: its number, whose it is, and what it was and is."""

    @property
    def number(self) -> int: ...
    @property
    def email(self) -> str: ...
    @property
    def was(self) -> Mapping[str, Any]: ...
    @property
    def now(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Again:
    """What came of reading `mails` once more; with `dry_run` nothing was changed."""

    differences: Sequence[Difference]
    mails: int
    dry_run: bool


def text(again: Again, columns: int) -> str:
    """The mails that are read otherwise now, and how many."""
    count = len(again.differences)
    would = "would be" if again.dry_run else "is" if count == 1 else "are"
    total = f"{count:,} of {number(again.mails, 'mail')} {would} read otherwise now"
    lines = [fit(_line(each), columns).rstrip() for each in again.differences[:MOST]]
    if count > MOST:
        lines.append(f"... and {count - MOST:,} more, all with --format json")
    follow = "outreach inbox reclassify" if again.dry_run and count else "outreach inbox waiting"
    return "\n".join([*lines, *([""] if lines else []), total, labelled("NEXT", follow)])


def _line(one: Difference) -> str:
    return f"{one.number:<5} {one.email or '?'}: {_said(one.was)} -> {_said(one.now)}"


def _said(what: Mapping[str, Any]) -> str:
    day: date | None = what["returns_on"]
    parts = (
        kind_name(what["kind"], what["intent"]),
        f"back on {date_of(day)}" if day else "",
        f"instead: {what['successor']}" if what["successor"] else "",
    )
    return ", ".join(filter(None, parts))


def value(again: Again) -> dict[str, Any]:
    """`mails`, `dry_run`, and `changed`: each with `mail` (number), `email`, `was` and `now`, both with `kind`,
    `intent`, `returns_on`, `successor`.
    """
    return {
        "mails": again.mails,
        "dry_run": again.dry_run,
        "changed": [
            {"mail": each.number, "email": each.email, "was": dict(each.was), "now": dict(each.now)}
            for each in again.differences
        ],
    }
