"""What an edit by hand changed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outreach.report.lines import labelled, number

SHOWN = 3  # campaigns on a screen; JSON has all


@dataclass(frozen=True, slots=True)
class Edited:
    """People who were changed, and who were as wanted already; those among the changed who live elsewhere now, so
    that their letters are given other times; letters that wait for them, by campaign.
    """

    people: int = 0
    unchanged: int = 0
    moved: int = 0
    waiting: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Edited") -> "Edited":
        return Edited(
            self.people + other.people,
            self.unchanged + other.unchanged,
            self.moved + other.moved,
            dict(Counter(self.waiting) + Counter(other.waiting)),
        )


def text(done: Edited, changes: Sequence[str], next_step: str, *, dry_run: bool) -> str:
    """The screen after an edit. `changes` say what was wanted: `country = DE`, `tagged fair-2026`."""
    already = f"; {done.unchanged:,} already so" if done.unchanged else ""
    letters = sum(done.waiting.values())
    stems = [f"outreach plan {stem} shows it" for stem in list(done.waiting)[:SHOWN]]
    parts = [
        labelled("DRY RUN", "nothing was changed") if dry_run else "",
        labelled("CHANGED", f"{number(done.people, 'person', 'people')}{already}"),
        labelled("TO", *changes),
        labelled("MOVED", f"{number(done.moved, 'person', 'people')}: letters leave in working hours there")
        if done.moved
        else "",
        labelled("WAITING", f"{number(letters, 'letter')}: the text stays until the next launch;", *stems)
        if letters
        else "",
        labelled("NEXT", "the same command without --dry-run" if dry_run else next_step),
    ]
    return "\n".join(filter(None, parts))


def value(done: Edited, fields: Sequence[str], *, dry_run: bool) -> dict[str, Any]:
    """`dry_run`, `changed` and `unchanged` (people), `moved` (people whose letters get other times), `fields`
    (names), `waiting` (letters that keep their text until the next launch, by campaign).
    """
    return {
        "dry_run": dry_run,
        "changed": done.people,
        "unchanged": done.unchanged,
        "moved": done.moved,
        "fields": list(fields),
        "waiting": dict(done.waiting),
    }
