"""The end of a campaign: nobody in it gets another letter."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from outreach.model import OPEN_ENROLLMENT, CampaignStatus, EnrollmentStatus, MessageStatus
from outreach.store import events, stops
from outreach.store.tables import campaign, enrollment, message


@dataclass(frozen=True, slots=True)
class Ending:
    """What ending a campaign stops: people, the letters that wait for them, and those it comes too late for."""

    people: int
    letters: int
    leaving: int


def ahead(tx: sa.Connection, stem: str) -> Ending:
    """What `end` would stop now."""
    people = sa.select(sa.func.count()).where(
        enrollment.c.campaign == stem, enrollment.c.status.in_(OPEN_ENROLLMENT)
    )
    waiting = _letters(stem).where(message.c.status.in_(stops.CANCELLABLE))
    leaving = _letters(stem).where(message.c.status == MessageStatus.SENDING)
    return Ending(*(int(tx.execute(query).scalar_one()) for query in (people, waiting, leaving)))


def _letters(stem: str) -> sa.Select[tuple[int]]:
    return sa.select(sa.func.count()).select_from(message).where(message.c.campaign == stem)


def end(tx: sa.Connection, stem: str, *, reason: str, at: datetime, actor: str) -> Ending:
    """End a campaign: its open enrollments are stopped and their waiting letters cancelled.

    A letter whose body is leaving goes out; nothing follows it. A later launch starts the campaign again
    for people who were never in it.
    """
    done = ahead(tx, stem)
    people = sa.and_(enrollment.c.campaign == stem, enrollment.c.status.in_(OPEN_ENROLLMENT))
    letters = sa.and_(message.c.campaign == stem, message.c.status.in_(stops.CANCELLABLE))
    stopped = tx.execute(sa.select(enrollment.c.prospect_id).where(people)).scalars().all()
    cancelled = tx.execute(sa.select(message.c.prospect_id, message.c.id).where(letters)).tuples().all()
    ended = {"status": EnrollmentStatus.STOPPED, "reason": reason, "advance": False, "updated_at": at}
    tx.execute(sa.update(enrollment).where(people).values(**ended))
    gone = {"status": MessageStatus.CANCELLED, "reason": reason, "token": None, "lease_until": None}
    tx.execute(sa.update(message).where(letters).values(**gone))
    tx.execute(sa.update(campaign).where(campaign.c.stem == stem).values(status=CampaignStatus.ENDED))
    numbers = {"people": done.people, "letters": done.letters}
    events.log(tx, at, "ended", actor=actor, campaign=stem, reason=reason, **numbers)
    for kind, rows in (
        (EnrollmentStatus.STOPPED, [(person, None) for person in stopped]),
        (MessageStatus.CANCELLED, cancelled),
    ):
        about = [{"campaign": stem, "prospect_id": person, "message_id": number} for person, number in rows]
        events.log_many(tx, at, kind, about, actor)
    return done
