"""The audit: does the store keep what the program promises? It reads everything and believes no index."""

from datetime import datetime

import sqlalchemy as sa

from outreach.report.audit import Check
from outreach.store.audit import counts, history, rows
from outreach.store.tables import event


def audit(tx: sa.Connection, key: bytes, now: datetime) -> list[Check]:
    """Every promise with how much of the store it was checked on, and what breaks it.

    Rows are looked at as they are, the history is replayed event by event, and the caps' counters are
    counted again from it. `key` is the store's: Message-IDs are made with it.
    """
    replayed = history.replay(tx)
    return [
        *rows.checks(tx, key, now),
        *replayed.checks(),
        *counts.checks(tx, replayed),
    ]


def event_counts(tx: sa.Connection) -> dict[str, int]:
    """How many events of each kind the history holds."""
    query = sa.select(event.c.kind, sa.func.count()).group_by(event.c.kind).order_by(event.c.kind)
    return {kind: int(number) for kind, number in tx.execute(query)}
