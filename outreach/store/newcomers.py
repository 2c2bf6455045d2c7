"""Who matches a campaign, and who of them is not in it: the people whom a launch or a night adds."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from outreach.model import EnrollmentStatus
from outreach.segment import Condition
from outreach.store import people
from outreach.store.history import Past
from outreach.store.tables import enrollment


def tally(
    tx: sa.Connection, conditions: Mapping[str, Condition], as_of: datetime
) -> dict[str, tuple[int, int]]:
    """How many people match each campaign's condition, and how many of them never joined it, by its stem.

    Those whom a plan would hold are among them. Everybody is read once, whatever the number of campaigns.
    """
    tests = [(stem, condition.match, _joined(tx, stem)) for stem, condition in conditions.items()]
    counts, more = dict.fromkeys(conditions, 0), dict.fromkeys(conditions, 0)
    facts = frozenset().union(*(condition.uses for condition in conditions.values()))
    for number, fields in people.each(tx, Past(tx).of(facts, as_of)):
        for stem, match, joined in tests:
            if match(fields):
                counts[stem] += 1
                more[stem] += number not in joined
    return {stem: (counts[stem], more[stem]) for stem in conditions}


def _joined(tx: sa.Connection, stem: str) -> set[int]:
    """Who is in a campaign or was; an undone launch never took anybody on."""
    these = (enrollment.c.campaign == stem, enrollment.c.status != EnrollmentStatus.WITHDRAWN)
    return set(tx.execute(sa.select(enrollment.c.prospect_id).where(*these)).scalars())
