"""Who matches a campaign and never was in it: the people whom a launch or a night adds."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from outreach.segment import Condition
from outreach.store import people
from outreach.store.tables import enrollment


def tally(tx: sa.Connection, conditions: Mapping[str, Condition], as_of: datetime) -> dict[str, int]:
    """How many people match each campaign's condition and were never enrolled in it: stem -> people.

    Those whom a plan would hold are among them.
    """
    counts = {}
    for stem, condition in conditions.items():
        inside = sa.select(enrollment.c.prospect_id).where(enrollment.c.campaign == stem)
        joined = set(tx.execute(inside).scalars())
        counts[stem] = sum(number not in joined for number in people.ids(tx, condition, as_of))
    return counts
