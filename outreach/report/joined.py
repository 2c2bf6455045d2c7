"""Who joined a campaign at night: one worker's act, told by the sender and by `run --once`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outreach.plan import Held
from outreach.report import holds


@dataclass(frozen=True, slots=True)
class Joined:
    """How many people joined, how many were held back and why; `trouble` is why nobody could join."""

    people: int = 0
    held: Mapping[str, int] = field(default_factory=dict)  # reason -> people
    why: str = ""  # the reasons in words
    trouble: str = ""

    @property
    def text(self) -> str:
        """ "20 joined, 2 held: no first_name"."""
        if self.trouble:
            return f"nobody could join: {self.trouble}"
        reasons = f": {self.why}" if self.why else ""
        return f"{self.people:,} joined, {sum(self.held.values()):,} held{reasons}"


def joined(people: int, held: Sequence[Held]) -> Joined:
    """So many joined under a plan that held those."""
    why = holds.counted(held).partition(": ")[2] if held else ""
    return Joined(people, Counter(each.hold.reason for each in held), why)


def value(found: Mapping[str, Joined]) -> list[dict[str, Any]]:
    """`[{"campaign", "people", "held": [{"reason", "people"}], "trouble"}]`."""
    return [
        {
            "campaign": stem,
            "people": each.people,
            "held": [{"reason": reason, "people": count} for reason, count in each.held.items()],
            "trouble": each.trouble,
        }
        for stem, each in found.items()
    ]
