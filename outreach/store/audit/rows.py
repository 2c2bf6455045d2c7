"""Promises about rows: what may stand beside what, and which states may not occur at all."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach import compose
from outreach.model import OPEN_ENROLLMENT, OPEN_MESSAGE, EnrollmentStatus, MessageStatus
from outreach.report.audit import Check
from outreach.sequence import Verdict
from outreach.store.claims import LEASE
from outreach.store.records import FOUND
from outreach.store.stops import CANCELLABLE
from outreach.store.tables import delivery, enrollment, event, message, prospect, worker

IN_FLIGHT = (MessageStatus.CLAIMED, MessageStatus.SENDING)
WITH_TOKEN = (*IN_FLIGHT, MessageStatus.UNCERTAIN)
_ACCEPTED = sa.and_(delivery.c.message_id == message.c.id, delivery.c.outcome == Verdict.ACCEPTED)


def checks(tx: sa.Connection, key: bytes, now: datetime) -> list[Check]:
    """The checks of this module, in the order they are shown."""
    plain: tuple[Callable[[sa.Connection], Check], ...] = (
        _one_open_message,
        _one_accepted_delivery,
        _one_open_enrollment,
        _sent_is_proved,
        _accepted_is_sent,
        _statuses,
        _goes_on,
        _stopped_waits_for_nothing,
    )
    return [*(check(tx) for check in plain), _leases(tx, now), _message_ids(tx, key)]


def _count(tx: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    return int(tx.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one())


def _twice(tx: sa.Connection, column: sa.Column[Any], *where: sa.ColumnElement[bool]) -> list[Any]:
    """The values of a column that more than one row has, of the rows of that condition."""
    query = sa.select(column).where(*where).group_by(column).having(sa.func.count() > 1).order_by(column)
    return list(tx.execute(query).scalars())


def _letters(tx: sa.Connection, *where: sa.ColumnElement[bool]) -> tuple[str, ...]:
    query = sa.select(message.c.id).where(*where).order_by(message.c.id)
    return tuple(f"letter {number}" for number in tx.execute(query).scalars())


def _one_open_message(tx: sa.Connection) -> Check:
    opened = message.c.status.in_(OPEN_MESSAGE)
    broken = tuple(f"enrollment {each}" for each in _twice(tx, message.c.enrollment_id, opened))
    promise = "no enrollment has two open letters"
    return Check("open_messages", promise, _count(tx, message, opened), broken)


def _one_accepted_delivery(tx: sa.Connection) -> Check:
    accepted = delivery.c.outcome == Verdict.ACCEPTED
    broken = tuple(f"letter {each}" for each in _twice(tx, delivery.c.message_id, accepted))
    promise = "no letter was accepted twice"
    return Check("accepted_deliveries", promise, _count(tx, delivery, accepted), broken)


def _one_open_enrollment(tx: sa.Connection) -> Check:
    opened = sa.and_(enrollment.c.exclusive, enrollment.c.status.in_(OPEN_ENROLLMENT))
    broken = tuple(f"prospect {each}" for each in _twice(tx, enrollment.c.prospect_id, opened))
    promise = "nobody is in two exclusive campaigns at once"
    return Check("open_enrollments", promise, _count(tx, enrollment, opened), broken)


def _sent_is_proved(tx: sa.Connection) -> Check:
    """An erased person's letters keep their delivery, but neither bytes nor address; one that was found in the
    Sent folder after a restore was made elsewhere.
    """
    sent = message.c.status == MessageStatus.SENT
    erased = sa.select(prospect.c.id).where(~prospect.c.email.contains("@"))
    found = sa.exists().where(event.c.message_id == message.c.id, event.c.kind == FOUND)
    bare = sa.and_(message.c.raw.is_(None), message.c.prospect_id.not_in(erased), ~found)
    unproved = sa.or_(~sa.exists().where(_ACCEPTED), message.c.sent_at.is_(None), bare)
    promise = "every sent letter has its accepted delivery, time and bytes"
    return Check("sent_letters", promise, _count(tx, message, sent), _letters(tx, sent, unproved))


def _accepted_is_sent(tx: sa.Connection) -> Check:
    """A letter that a server took and that still waits would leave a second time."""
    accepted = sa.exists().where(_ACCEPTED)
    unmarked = sa.exists().where(_ACCEPTED, delivery.c.marked_at.is_(None))
    broken = _letters(tx, sa.or_(sa.and_(accepted, message.c.status != MessageStatus.SENT), unmarked))
    promise = "what a server accepted was marked before, and is sent now"
    checked = _count(tx, delivery, delivery.c.outcome == Verdict.ACCEPTED)
    return Check("accepted_letters", promise, checked, broken)


def _statuses(tx: sa.Connection) -> Check:
    """A token means that some worker may act on the letter: none without one, none left behind."""
    status = message.c.status
    tokenless = sa.or_(*(column.is_(None) for column in (message.c.token, message.c.worker_id)))
    broken = sa.or_(
        status.not_in(list(MessageStatus)),
        sa.and_(status.in_(IN_FLIGHT), sa.or_(tokenless, message.c.lease_until.is_(None))),
        sa.and_(status.not_in(WITH_TOKEN), message.c.token.is_not(None)),
        sa.and_(
            status == MessageStatus.SENDING, sa.or_(message.c.raw.is_(None), message.c.marked_at.is_(None))
        ),
    )
    people = sa.select(enrollment.c.id).where(enrollment.c.status.not_in(list(EnrollmentStatus)))
    strange = tuple(f"enrollment {each}" for each in tx.execute(people.order_by(enrollment.c.id)).scalars())
    checked = _count(tx, message) + _count(tx, enrollment)
    promise = "every status is known, every letter in flight has its worker"
    return Check("statuses", promise, checked, (*_letters(tx, broken), *strange))


def _goes_on(tx: sa.Connection) -> Check:
    """Nobody falls between two steps: an open enrollment has its next letter or is to get one."""
    opened = enrollment.c.status.in_(OPEN_ENROLLMENT)
    waiting = sa.exists().where(
        message.c.enrollment_id == enrollment.c.id, message.c.status.in_(OPEN_MESSAGE)
    )
    query = sa.select(enrollment.c.id).where(opened, ~enrollment.c.advance, ~waiting)
    stuck = tx.execute(query.order_by(enrollment.c.id)).scalars()
    promise = "every open enrollment has a letter or is about to get one"
    return Check(
        "next_letters", promise, _count(tx, enrollment, opened), tuple(f"enrollment {each}" for each in stuck)
    )


def _stopped_waits_for_nothing(tx: sa.Connection) -> Check:
    closed = enrollment.c.status.not_in(OPEN_ENROLLMENT)
    ended = sa.select(enrollment.c.id).where(closed)
    broken = _letters(tx, message.c.status.in_(CANCELLABLE), message.c.enrollment_id.in_(ended))
    promise = "no letter waits for somebody who was stopped"
    return Check("stopped_people", promise, _count(tx, enrollment, closed), broken)


def _leases(tx: sa.Connection, now: datetime) -> Check:
    """A lease that ran out is settled by the next sender; if one was there since, it should have been."""
    flying = sa.select(message.c.id, message.c.lease_until).where(
        message.c.status.in_(IN_FLIGHT), message.c.lease_until.is_not(None)
    )
    alive = tx.execute(sa.select(sa.func.max(worker.c.heartbeat_at))).scalar()
    broken, notes, checked = [], [], 0
    for number, until in tx.execute(flying.order_by(message.c.id)):
        checked += 1
        if until <= now and alive and alive > until + LEASE:
            broken.append(f"letter {number}")
        elif until <= now:
            notes.append(f"letter {number}: its sender is gone; the next `outreach run` settles it")
    promise = "no letter is held by a sender long gone"
    return Check("leases", promise, checked, tuple(broken), tuple(notes))


def _message_ids(tx: sa.Connection, key: bytes) -> Check:
    """The Message-ID can be made again from the store's key, so it can be looked up after a restore."""
    query = (
        sa.select(message.c.id, message.c.message_id, message.c.campaign, message.c.letter, message.c.mailbox)
        .add_columns(prospect.c.email)
        .join(prospect, prospect.c.id == message.c.prospect_id)
        .where(prospect.c.email.contains("@"))
        .order_by(message.c.id)
    )
    broken, checked = [], 0
    former = _former_names(tx)
    for row in tx.execute(query.execution_options(yield_per=2000)):
        checked += 1
        domain = row.mailbox.rpartition("@")[2]
        names = {row.letter, *former.get((row.campaign, row.letter), ())}
        ids = {compose.message_id(key, row.campaign, row.email, name, domain) for name in names}
        if row.message_id not in ids:
            broken.append(f"letter {row.id}")
    return Check("message_ids", "every Message-ID is the one its letter must have", checked, tuple(broken))


def _former_names(tx: sa.Connection) -> dict[tuple[str, str], set[str]]:
    """(campaign, letter) -> the names the letter had before: its Message-IDs may be made with them."""
    former: dict[tuple[str, str], set[str]] = {}
    renames = (
        sa.select(event.c.campaign, event.c.detail).where(event.c.kind == "renamed").order_by(event.c.id)
    )
    for campaign, detail in tx.execute(renames):
        old, new = (json.loads(detail)[name] for name in ("old", "new"))
        former.setdefault((campaign, new), set()).update({old, *former.get((campaign, old), ())})
    return former
