"""Tags: words that people are marked with, such as the fair they were met at."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from outreach.store.tables import prospect, tag

_AT_ONCE = 1000  # values of an IN: databases take no endless lists


def put(tx: sa.Connection, emails: Sequence[str], names: Sequence[str], now: datetime) -> int:
    """Mark people (by address) with these words; how many marks are new. Unknown addresses are passed over."""
    new = 0
    for start in range(0, len(emails), _AT_ONCE):
        those = sa.select(prospect.c.id).where(prospect.c.email.in_(emails[start : start + _AT_ONCE]))
        ids = list(tx.execute(those).scalars())
        for name in names:
            marked = set(
                tx.execute(
                    sa.select(tag.c.prospect_id).where(tag.c.name == name, tag.c.prospect_id.in_(ids))
                ).scalars()
            )
            rows = [{"prospect_id": each, "name": name, "at": now} for each in ids if each not in marked]
            if rows:
                tx.execute(sa.insert(tag), rows)
            new += len(rows)
    return new


def of(tx: sa.Connection, prospect_id: int) -> list[str]:
    """The tags of a person, in order of the alphabet."""
    query = sa.select(tag.c.name).where(tag.c.prospect_id == prospect_id).order_by(tag.c.name)
    return list(tx.execute(query).scalars())
