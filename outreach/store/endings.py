"""Endings by a person's word: of one prospect's enrollments, or of a whole campaign."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from outreach.model import OPEN_ENROLLMENT, CampaignStatus, EnrollmentStatus, MessageStatus
from outreach.store import events, stops
from outreach.store.tables import campaign, enrollment, message


@dataclass(frozen=True, slots=True)
class Ending:
    """What an ending stops: open enrollments (of these campaigns), the letters that wait for them, and those
    that are leaving right now, which nothing calls back.
    """

    campaigns: tuple[str, ...]
    people: int
    letters: int
    leaving: int


def ahead(tx: sa.Connection, *, campaign: str = "", prospect_id: int | None = None) -> Ending:
    """What an ending of that campaign, of that person, or of that person there would stop now."""
    wanted = [enrollment.c.campaign == campaign] if campaign else []
    wanted += [enrollment.c.prospect_id == prospect_id] if prospect_id is not None else []
    opened = (*wanted, enrollment.c.status.in_(OPEN_ENROLLMENT))
    by_campaign = sa.select(enrollment.c.campaign, sa.func.count()).where(*opened)
    by_campaign = by_campaign.group_by(enrollment.c.campaign).order_by(enrollment.c.campaign)
    people = tx.execute(by_campaign).all()
    letters = (
        sa.select(sa.func.count())
        .select_from(message)
        .join(enrollment, enrollment.c.id == message.c.enrollment_id)
        .where(*wanted)
    )
    waiting = tx.execute(letters.where(message.c.status.in_(stops.CANCELLABLE))).scalar_one()
    leaving = tx.execute(letters.where(message.c.status == MessageStatus.SENDING)).scalar_one()
    return Ending(tuple(stem for stem, _ in people), sum(count for _, count in people), waiting, leaving)


def stop(
    tx: sa.Connection, prospect_id: int, *, campaign: str, reason: str, at: datetime, actor: str
) -> Ending:
    """Stop a person's enrollments, in one campaign or ("") in all; what that stopped."""
    done = ahead(tx, campaign=campaign, prospect_id=prospect_id)
    status = EnrollmentStatus.STOPPED
    stops.stop(tx, prospect_id, status, reason=reason, at=at, actor=actor, campaign=campaign)
    return done


def end(tx: sa.Connection, stem: str, *, reason: str, at: datetime, actor: str) -> Ending:
    """End a campaign: its open enrollments are stopped and their waiting letters cancelled.

    A letter whose body is leaving goes out; nothing follows it. A later launch starts the campaign again
    for people who were never in it.
    """
    done = ahead(tx, campaign=stem)
    people = sa.and_(enrollment.c.campaign == stem, enrollment.c.status.in_(OPEN_ENROLLMENT))
    letters = sa.and_(message.c.campaign == stem, message.c.status.in_(stops.CANCELLABLE))
    stopped = tx.execute(sa.select(enrollment.c.prospect_id).where(people)).scalars().all()
    cancelled = tx.execute(sa.select(message.c.prospect_id, message.c.id).where(letters)).all()
    ended = {"status": EnrollmentStatus.STOPPED, "reason": reason, "advance": False, "updated_at": at}
    tx.execute(sa.update(enrollment).where(people).values(**ended))
    gone = {"status": MessageStatus.CANCELLED, "reason": reason, "token": None, "lease_until": None}
    tx.execute(sa.update(message).where(letters).values(**gone))
    over = sa.update(campaign).where(campaign.c.stem == stem)
    tx.execute(over.values(status=CampaignStatus.ENDED))
    numbers = {"people": done.people, "letters": done.letters}
    events.log(tx, at, "ended", actor=actor, campaign=stem, reason=reason, **numbers)
    for kind, rows in (
        (EnrollmentStatus.STOPPED, [(person, None) for person in stopped]),
        (MessageStatus.CANCELLED, cancelled),
    ):
        about = [{"campaign": stem, "prospect_id": person, "message_id": number} for person, number in rows]
        events.log_many(tx, at, kind, about, actor)
    return done
