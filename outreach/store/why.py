"""What an explanation is made from: enrollments, waiting letters, pauses, the history. Read-only."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach.model import OPEN_MESSAGE, EnrollmentStatus, Event, MessageStatus, Scope
from outreach.store import stops
from outreach.store.tables import enrollment, event, message

WAITING = (MessageStatus.SCHEDULED, MessageStatus.CLAIMED, MessageStatus.HELD)


@dataclass(frozen=True, slots=True)
class Enrollment:
    """One prospect's enrollment in one campaign. `advance`: the next letter is about to be written."""

    id: int
    campaign: str
    status: EnrollmentStatus
    reason: str
    mailbox: str
    advance: bool
    created_at: datetime
    updated_at: datetime


def enrollments(tx: sa.Connection, prospect_id: int) -> list[Enrollment]:
    """Every campaign the prospect is or was in, the latest last."""
    theirs = (enrollment.c.prospect_id == prospect_id, enrollment.c.status != EnrollmentStatus.WITHDRAWN)
    query = sa.select(enrollment).where(*theirs).order_by(enrollment.c.id)
    return [
        Enrollment(
            row.id,
            row.campaign,
            EnrollmentStatus(row.status),
            row.reason,
            row.mailbox,
            row.advance,
            row.created_at,
            row.updated_at,
        )
        for row in tx.execute(query)
    ]


def people(tx: sa.Connection, stem: str) -> dict[str, int]:
    """How many people of a campaign have each status."""
    query = (
        sa.select(enrollment.c.status, sa.func.count())
        .where(enrollment.c.campaign == stem, enrollment.c.status != EnrollmentStatus.WITHDRAWN)
        .group_by(enrollment.c.status)
        .order_by(enrollment.c.status)
    )
    return {status: int(number) for status, number in tx.execute(query)}


@dataclass(frozen=True, slots=True)
class Letter:
    """An open letter, with what decides when it may leave."""

    id: int
    mailbox: str
    company: str
    first: bool
    prospect_id: int
    status: str
    reason: str
    tries: int
    due_at: datetime
    opens_at: datetime
    closes_at: datetime


def open_letters(tx: sa.Connection, stem: str) -> Iterator[Letter]:
    """The open letters of a campaign, streamed: use them inside the read."""
    query = (
        sa.select(message.c.id, message.c.mailbox, message.c.company, message.c.first, message.c.prospect_id)
        .add_columns(message.c.status, message.c.reason, message.c.tries)
        .add_columns(message.c.due_at, message.c.opens_at, message.c.closes_at)
        .where(message.c.campaign == stem, message.c.status.in_(OPEN_MESSAGE))
        .order_by(message.c.id)
    )
    for row in tx.execute(query.execution_options(yield_per=2000)):
        yield Letter(*row)


@dataclass(frozen=True, slots=True)
class Covered:
    """How many letters a pause keeps back, and how many are leaving right now, which nothing can stop."""

    waiting: int
    leaving: int


def covered(tx: sa.Connection, scope: Scope, name: str) -> Covered:
    """What a pause of that scope and name covers."""
    waiting, leaving = (_within(scope, name, *among) for among in (WAITING, (MessageStatus.SENDING,)))
    return Covered(tx.execute(waiting).scalar_one(), tx.execute(leaving).scalar_one())


def due(tx: sa.Connection, now: datetime, scope: Scope, name: str) -> int:
    """How many scheduled letters of that scope could have left by now."""
    letters = _within(scope, name, MessageStatus.SCHEDULED).where(message.c.opens_at <= now)
    return int(tx.execute(letters).scalar_one())


def overlapping(tx: sa.Connection, now: datetime, scope: Scope, name: str) -> set[tuple[str, str]]:
    """The pauses in force (scope and name; those of single people left out) that cover letters of that scope."""
    wider = [each for each in stops.pauses(tx, now) if each["scope"] != Scope.PROSPECT]
    found = set()
    for each in wider:
        both = _within(scope, name, *WAITING).where(_of(each["scope"], each["name"]))
        if tx.execute(both).scalar_one():
            found.add((each["scope"], each["name"]))
    return found


def _of(scope: str, name: str) -> sa.ColumnElement[bool]:
    """A condition over `message`: it is of that scope and name."""
    return {
        Scope.ALL: sa.true(),
        Scope.CAMPAIGN: message.c.campaign == name,
        Scope.MAILBOX: message.c.mailbox == name,
        Scope.PROSPECT: sa.cast(message.c.prospect_id, sa.Text) == name,
    }[Scope(scope)]


def _within(scope: Scope, name: str, *statuses: MessageStatus) -> sa.Select[int]:
    where = (_of(scope, name), message.c.status.in_(statuses))
    return sa.select(sa.func.count()).select_from(message).where(*where)


def history(
    tx: sa.Connection,
    *,
    prospect_id: int | None = None,
    number: int | None = None,
    campaign: str = "",
    limit: int = 200,
) -> list[Event]:
    """The last events of a prospect, a message or a campaign, oldest first; details name campaign and letter."""
    query = (
        sa.select(event, message.c.letter)
        .outerjoin(message, message.c.id == event.c.message_id)
        .order_by(event.c.id.desc())
        .limit(limit)
    )
    if prospect_id is not None:
        query = query.where(event.c.prospect_id == prospect_id)
    if number is not None:
        query = query.where(event.c.message_id == number)
    if campaign:  # what happened to the campaign, not to each of its people
        query = query.where(event.c.campaign == campaign, event.c.prospect_id.is_(None))
    return [_event(row) for row in reversed(tx.execute(query).all())]


def _event(row: Any) -> Event:
    about = {"campaign": row.campaign, "letter": row.letter, "message": row.message_id}
    detail = {name: value for name, value in about.items() if value}
    return Event(
        row.id,
        row.at,
        row.kind,
        row.actor,
        {**detail, **(json.loads(row.detail) if row.detail else {})},
    )
