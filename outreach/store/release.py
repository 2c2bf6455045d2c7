"""Letting a held store go on: since when it may lack letters, what is overdue, and the act itself."""

from datetime import datetime

import sqlalchemy as sa

from outreach.model import CampaignStatus, MessageStatus, Scope
from outreach.report.release import Overdue
from outreach.report.standing import SENDER
from outreach.store import events, stops
from outreach.store.restore import RESTORE, made
from outreach.store.tables import campaign, event, memo, message, pause

RELEASED = "released"
_WAITING = (MessageStatus.SCHEDULED, MessageStatus.CLAIMED)


def known_until(tx: sa.Connection) -> datetime | None:
    """The last letter that this store itself has let go, or its first launch; before that, the moment of its
    backup where it was restored, or its first act. None: it is empty. What left later may have left without it.
    """
    marked: datetime | None = tx.execute(
        sa.select(sa.func.max(event.c.at)).where(event.c.kind == "marked")
    ).scalar()
    launched: datetime | None = tx.execute(sa.select(sa.func.min(campaign.c.launched_at))).scalar()
    first: datetime | None = tx.execute(sa.select(sa.func.min(event.c.at))).scalar()
    return marked or launched or made(tx) or first


def last(tx: sa.Connection) -> int:
    """The event of the store's last release; 0 before the first. That of a single letter has the same name."""
    own = sa.and_(event.c.kind == RELEASED, event.c.message_id.is_(None))
    return int(tx.execute(sa.select(sa.func.max(event.c.id)).where(own)).scalar() or 0)


def overdue(tx: sa.Connection, now: datetime) -> list[Overdue]:
    """The letters of running campaigns that are due and wait, most first."""
    letters = sa.func.count().label("letters")
    query = (
        sa.select(
            message.c.campaign, message.c.mailbox, letters, sa.func.min(message.c.due_at).label("oldest")
        )
        .join(campaign, campaign.c.stem == message.c.campaign)
        .where(message.c.status.in_(_WAITING), message.c.due_at <= now)
        .where(campaign.c.status == CampaignStatus.LAUNCHED)
        .group_by(message.c.campaign, message.c.mailbox)
        .order_by(letters.desc(), message.c.campaign, message.c.mailbox)
    )
    return [Overdue(row.campaign, row.mailbox, row.letters, row.oldest) for row in tx.execute(query)]


def waiting(tx: sa.Connection) -> int:
    """How many letters wait in running campaigns."""
    query = (
        sa.select(sa.func.count())
        .select_from(message)
        .join(campaign, campaign.c.stem == message.c.campaign)
        .where(message.c.status.in_(_WAITING), campaign.c.status == CampaignStatus.LAUNCHED)
    )
    return int(tx.execute(query).scalar_one())


def release(tx: sa.Connection, *, now: datetime, actor: str, reason: str, proved: bool) -> None:
    """Undo the hold that the program put on everything; a pause of a person stays. `reason`: why it was held."""
    own = sa.and_(pause.c.scope == Scope.ALL, pause.c.actor == SENDER)
    if tx.execute(sa.select(pause.c.id).where(own)).first():
        stops.resume(tx, Scope.ALL, "", actor=actor, at=now)
    tx.execute(sa.delete(memo).where(memo.c.name == RESTORE))
    events.log(tx, now, RELEASED, actor=actor, reason=reason, proved=proved)
