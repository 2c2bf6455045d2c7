"""How things stand, in counts, and what has happened since: read-only."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach.model import (
    OPEN_ENROLLMENT,
    CampaignStatus,
    EnrollmentStatus,
    MessageStatus,
    Scope,
)
from outreach.report.news import GENERAL, KINDS, Happening
from outreach.report.standing import Counted, Ended, Kept, Pause
from outreach.sequence import Verdict
from outreach.store import stops
from outreach.store.tables import (
    campaign,
    delivery,
    enrollment,
    event,
    mailbox,
    message,
    pause,
    prospect,
)

WAITING = (MessageStatus.SCHEDULED, MessageStatus.CLAIMED)
MANY = 1000  # happenings read at once
REASONS = 5  # why letters are held: that many reasons are told apart


def letters(tx: sa.Connection, since: datetime) -> Counted:
    """Letters since a moment, by what came of offering them."""
    query = (
        sa.select(message.c.first, delivery.c.outcome, sa.func.count())
        .join(message, message.c.id == delivery.c.message_id)
        .where(delivery.c.at >= since)
        .group_by(message.c.first, delivery.c.outcome)
    )
    counts = {(bool(first), outcome): count for first, outcome, count in tx.execute(query)}

    def total(*verdicts: Verdict) -> int:
        return sum(count for (_, outcome), count in counts.items() if outcome in verdicts)

    return Counted(
        first=counts.get((True, Verdict.ACCEPTED), 0),
        follow_ups=counts.get((False, Verdict.ACCEPTED), 0),
        deferred=total(Verdict.DEFERRED),
        refused=total(Verdict.BAD_RECIPIENT, Verdict.CONTENT),
    )


def ended(tx: sa.Connection, since: datetime) -> list[Ended]:
    """People whose sequence was ended since a moment before its last letter, most frequent first."""
    people = sa.func.count(enrollment.c.prospect_id.distinct())
    going = (*OPEN_ENROLLMENT, EnrollmentStatus.FINISHED, EnrollmentStatus.WITHDRAWN)
    query = (
        sa.select(enrollment.c.status, enrollment.c.reason, people.label("people"))
        .where(enrollment.c.status.not_in(going), enrollment.c.updated_at >= since)
        .group_by(enrollment.c.status, enrollment.c.reason)
        .order_by(people.desc(), enrollment.c.status, enrollment.c.reason)
    )
    return [Ended(EnrollmentStatus(row.status), row.reason, row.people) for row in tx.execute(query)]


def uncertain(tx: sa.Connection) -> int:
    """Letters of which nobody knows whether they left."""
    query = sa.select(sa.func.count()).where(message.c.status == MessageStatus.UNCERTAIN)
    return int(tx.execute(query).scalar_one())


def held(tx: sa.Connection) -> list[Kept]:
    """The most frequent reasons why letters are held, each with one of the people."""
    count = sa.func.count()
    query = (
        sa.select(message.c.reason, count.label("letters"), sa.func.min(prospect.c.email).label("email"))
        .join(prospect, prospect.c.id == message.c.prospect_id)
        .where(message.c.status == MessageStatus.HELD)
        .group_by(message.c.reason)
        .order_by(count.desc(), message.c.reason)
        .limit(REASONS)
    )
    return [Kept(row.reason, row.letters, row.email) for row in tx.execute(query)]


def pauses(tx: sa.Connection, now: datetime) -> list[Pause]:
    """The pauses in force, the widest first; a person's by address."""
    widest = list(Scope)
    rows = tx.execute(
        sa.select(pause, prospect.c.email)
        .outerjoin(
            prospect,
            sa.and_(pause.c.scope == Scope.PROSPECT, pause.c.name == sa.cast(prospect.c.id, sa.Text)),
        )
        .where(stops.in_force(now))
        .order_by(pause.c.id)
    )
    found = [
        Pause(Scope(row.scope), row.email or row.name, row.reason, row.actor, row.at, row.until)
        for row in rows
    ]
    return sorted(found, key=lambda each: widest.index(each.scope))


@dataclass(frozen=True, slots=True)
class Queue:
    """The scheduled letters of one mailbox that no pause covers."""

    waiting: int = 0
    ready: int = 0  # their window is open now
    due: int = 0  # their time has come, and their window has still to open
    follow_ups: int = 0
    opens_at: datetime | None = None  # the first window ahead
    open_since: datetime | None = None  # the first window that has opened


def queues(tx: sa.Connection, now: datetime) -> Mapping[str, Queue]:
    """What each mailbox has to send."""
    opened = message.c.opens_at <= now
    query = (
        sa.select(
            message.c.mailbox,
            sa.func.count().label("waiting"),
            sa.func.count().filter(opened, message.c.closes_at > now).label("ready"),
            sa.func.count().filter(~opened, message.c.due_at <= now).label("due"),
            sa.func.count().filter(~message.c.first).label("follow_ups"),
            sa.func.min(message.c.opens_at).filter(~opened).label("opens_at"),
            sa.func.min(message.c.opens_at).filter(opened).label("open_since"),
        )
        .join(campaign, campaign.c.stem == message.c.campaign)
        .where(
            message.c.status.in_(WAITING),
            campaign.c.status == CampaignStatus.LAUNCHED,
            ~stops.pausing(now),
        )
        .group_by(message.c.mailbox)
    )
    return {
        row.mailbox: Queue(row.waiting, row.ready, row.due, row.follow_ups, row.opens_at, row.open_since)
        for row in tx.execute(query)
    }


def in_hand(tx: sa.Connection, workers: Collection[int]) -> dict[str, int]:
    """How many letters those workers have in hand, by mailbox."""
    flying = [MessageStatus.CLAIMED, MessageStatus.SENDING]
    query = (
        sa.select(message.c.mailbox, sa.func.count())
        .where(message.c.status.in_(flying), message.c.worker_id.in_(workers))
        .group_by(message.c.mailbox)
    )
    return {address: int(letters) for address, letters in tx.execute(query)}


@dataclass(frozen=True, slots=True)
class Course:
    """A launched campaign with its people by status and its letters that wait, paused ones too."""

    stem: str
    name: str
    status: CampaignStatus
    people: Mapping[EnrollmentStatus, int]
    waiting: int
    pilot: bool  # nobody joins it at night


def courses(tx: sa.Connection) -> list[Course]:
    """The campaigns that were launched, by stem."""
    people: dict[str, dict[EnrollmentStatus, int]] = {}
    by_status = sa.select(enrollment.c.campaign, enrollment.c.status, sa.func.count()).where(
        enrollment.c.status != EnrollmentStatus.WITHDRAWN
    )
    for stem, status, count in tx.execute(by_status.group_by(enrollment.c.campaign, enrollment.c.status)):
        people.setdefault(stem, {})[EnrollmentStatus(status)] = count
    scheduled = sa.select(message.c.campaign, sa.func.count()).where(message.c.status.in_(WAITING))
    waiting: dict[str, int] = dict(tx.execute(scheduled.group_by(message.c.campaign)).all())
    query = sa.select(campaign.c.stem, campaign.c.name, campaign.c.status, campaign.c.pilot)
    return [
        Course(stem, name, CampaignStatus(status), people.get(stem, {}), waiting.get(stem, 0), pilot)
        for stem, name, status, pilot in tx.execute(query.order_by(campaign.c.stem))
    ]


def mailboxes_in_use(tx: sa.Connection) -> set[str]:
    """The mailboxes of people whose sequence is not over."""
    query = sa.select(enrollment.c.mailbox).where(enrollment.c.status.in_(OPEN_ENROLLMENT)).distinct()
    return set(tx.execute(query).scalars())


def mailboxes_to_read(tx: sa.Connection, since: datetime) -> set[str]:
    """The mailboxes in use, and those that a letter has left since then: an answer may still come."""
    recent = sa.select(mailbox.c.address).where(mailbox.c.last_mark > since)
    return mailboxes_in_use(tx) | set(tx.execute(recent).scalars())


def newest(tx: sa.Connection) -> int:
    """The id of the last event; 0 before the first."""
    return int(tx.execute(sa.select(sa.func.max(event.c.id))).scalar() or 0)


def happenings(tx: sa.Connection, after: int, workers: Collection[int]) -> tuple[Sequence[Happening], int]:
    """What those workers did with letters, and what concerns every sender, after the event with that id.

    Given with the id to ask from the next time.
    """
    last = newest(tx)
    rows = tx.execute(
        sa.select(event, message.c.letter, prospect.c.email)
        .outerjoin(message, message.c.id == event.c.message_id)
        .outerjoin(prospect, prospect.c.id == event.c.prospect_id)
        .where(
            event.c.id > after,
            event.c.id <= last,
            event.c.kind.in_(KINDS),
            sa.or_(event.c.kind.in_(GENERAL), message.c.worker_id.in_(workers)),
        )
        .order_by(event.c.id)
        .limit(MANY)
    ).all()
    return [_happening(row) for row in rows], rows[-1].id if len(rows) == MANY else last


def _happening(row: Any) -> Happening:
    said: dict[str, Any] = json.loads(row.detail) if row.detail else {}
    until = said.get("until")
    return Happening(
        at=row.at,
        kind=row.kind,
        actor=row.actor,
        campaign=row.campaign,
        letter=row.letter or "",
        email=row.email or "",
        verdict=str(said.get("verdict", "")),
        said=str(said.get("answer") or said.get("reason") or ""),
        scope=str(said.get("scope", "")),
        name=str(said.get("name", "")),
        until=datetime.fromisoformat(until) if until else None,
        people=int(said.get("people", 0)),
    )
