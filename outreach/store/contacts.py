"""Who has been written to: by which mailbox a company, by which campaign a person."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from outreach.model import MessageStatus
from outreach.plan import Last
from outreach.store import settings
from outreach.store.tables import enrollment, message


def keepers(tx: sa.Connection) -> dict[str, str]:
    """Company -> the mailbox that its first enrolled person was given."""
    first = (
        sa.select(sa.func.min(enrollment.c.id).label("id"))
        .where(enrollment.c.company != "")
        .group_by(enrollment.c.company)
        .subquery()
    )
    query = sa.select(enrollment.c.company, enrollment.c.mailbox).join(first, first.c.id == enrollment.c.id)
    return {row.company: row.mailbox for row in tx.execute(query)}


def sellers_companies(tx: sa.Connection) -> dict[str, str]:
    """Company -> the mailbox that keeps it: those of mailboxes that are a seller's."""
    sellers = {desk.mailbox.address for desk in settings.desks(tx) if desk.mailbox.owner}
    return {company: box for company, box in keepers(tx).items() if box in sellers} if sellers else {}


def last_letters(tx: sa.Connection, *, besides: str) -> Mapping[int, Last]:
    """Prospect id -> the last letter that left in any campaign but that one."""
    newest = sa.func.max(message.c.sent_at).label("sent_at")
    query = (
        sa.select(message.c.prospect_id, message.c.campaign, newest)
        .where(message.c.status == MessageStatus.SENT, message.c.campaign != besides)
        .group_by(message.c.prospect_id, message.c.campaign)
    )
    found: dict[int, Last] = {}
    for row in tx.execute(query):
        known = found.get(row.prospect_id)
        at: datetime = row.sent_at
        if known is None or known.at < at:
            found[row.prospect_id] = Last(row.campaign, at)
    return found
