"""Who has been written to: by which mailbox a company, by which campaign a person."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from outreach.model import OPEN_ENROLLMENT
from outreach.plan import Last
from outreach.store.history import LEFT
from outreach.store.tables import enrollment, message


def keepers(tx: sa.Connection) -> dict[str, str]:
    """Company -> the mailbox of its first person who got a letter, or waits for one."""
    wrote = sa.exists().where(message.c.enrollment_id == enrollment.c.id, message.c.status.in_(LEFT))
    first = (
        sa.select(sa.func.min(enrollment.c.id).label("id"))
        .where(enrollment.c.company != "", sa.or_(enrollment.c.status.in_(OPEN_ENROLLMENT), wrote))
        .group_by(enrollment.c.company)
        .subquery()
    )
    query = sa.select(enrollment.c.company, enrollment.c.mailbox).join(first, first.c.id == enrollment.c.id)
    return {row.company: row.mailbox for row in tx.execute(query)}


def last_letters(tx: sa.Connection, *, besides: str) -> Mapping[int, Last]:
    """Prospect id -> the last letter that left in any campaign but that one."""
    newest = sa.func.max(sa.func.coalesce(message.c.sent_at, message.c.marked_at)).label("left_at")
    query = (
        sa.select(message.c.prospect_id, message.c.campaign, newest)
        .where(message.c.status.in_(LEFT), message.c.campaign != besides)
        .group_by(message.c.prospect_id, message.c.campaign)
    )
    found: dict[int, Last] = {}
    for row in tx.execute(query):
        known = found.get(row.prospect_id)
        at: datetime = row.left_at
        if known is None or known.at < at:
            found[row.prospect_id] = Last(row.campaign, at)
    return found
