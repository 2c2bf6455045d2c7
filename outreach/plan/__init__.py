"""The plan: what a launch would do, as values. `make` computes it; nothing here changes anything."""

from outreach.plan.draft import Draft, Earlier, draft
from outreach.plan.make import make
from outreach.plan.values import (
    Enrolled,
    Enrollment,
    Held,
    Last,
    Open,
    Plan,
    Recalled,
    Replacement,
    Replies,
    Reworded,
    State,
)

__all__ = [
    "Draft",
    "Earlier",
    "Enrolled",
    "Enrollment",
    "Held",
    "Last",
    "Open",
    "Plan",
    "Recalled",
    "Replacement",
    "Replies",
    "Reworded",
    "State",
    "draft",
    "make",
]
