"""Leases: who is at work, what a dead or frozen worker left behind, and windows that were missed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from outreach.model import CampaignStatus, Fields, MessageStatus
from outreach.store import events, records
from outreach.store.claims import LEASE
from outreach.store.prospects import decode_fields
from outreach.store.tables import campaign, message, prospect, worker


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that sends. `place` is the machine, boot and process space its `pid` counts in."""

    id: int
    host: str
    place: str
    pid: int
    started_at: datetime
    heartbeat_at: datetime


def enter(tx: sa.Connection, host: str, place: str, pid: int, now: datetime) -> int:
    """Register a worker; its id."""
    row = {"host": host, "place": place, "pid": pid, "started_at": now, "heartbeat_at": now}
    added = tx.execute(sa.insert(worker), row).inserted_primary_key
    assert added is not None
    return int(added[0])


def leave(tx: sa.Connection, worker_id: int, now: datetime) -> None:
    """Take note that a worker has ended in order."""
    same = worker.c.id == worker_id
    tx.execute(sa.update(worker).where(same).values(stopped_at=now, heartbeat_at=now))


def heartbeat(tx: sa.Connection, worker_id: int, now: datetime) -> None:
    """Say that a worker is alive and renew its leases; a lease that has run out is not revived."""
    tx.execute(sa.update(worker).where(worker.c.id == worker_id).values(heartbeat_at=now))
    tx.execute(
        sa.update(message)
        .where(
            message.c.worker_id == worker_id,
            message.c.status.in_([MessageStatus.CLAIMED, MessageStatus.SENDING]),
            message.c.lease_until > now,
        )
        .values(lease_until=now + LEASE)
    )


def workers(tx: sa.Connection, *, running: bool = True) -> list[Worker]:
    """Workers that have not said that they ended, the newest first; with `running=False` all."""
    query = sa.select(worker).order_by(worker.c.id.desc()).limit(100)
    if running:
        query = query.where(worker.c.stopped_at.is_(None))
    return [
        Worker(row.id, row.host, row.place, row.pid, row.started_at, row.heartbeat_at)
        for row in tx.execute(query)
    ]


def last_heartbeat(tx: sa.Connection) -> datetime | None:
    """When any worker was last alive."""
    latest: datetime | None = tx.execute(sa.select(sa.func.max(worker.c.heartbeat_at))).scalar()
    return latest


def any_in_flight(tx: sa.Connection) -> bool:
    """Whether any letter is claimed or being sent, by whomever."""
    flying = message.c.status.in_([MessageStatus.CLAIMED, MessageStatus.SENDING])
    return tx.execute(sa.select(message.c.id).where(flying).limit(1)).first() is not None


def reap(tx: sa.Connection, now: datetime, is_dead: Callable[[Worker], bool]) -> tuple[int, int]:
    """Settle what dead workers and run-out leases left: (letters put back, letters now uncertain).

    `is_dead` is asked for each worker with letters in flight; it must be sure. A claimed letter goes
    back, its token is void. A letter whose body may have left becomes uncertain, never sent again by itself.
    """
    flying = tx.execute(
        sa.select(message.c.id, message.c.status, message.c.campaign, message.c.prospect_id)
        .add_columns(message.c.worker_id, message.c.lease_until)
        .where(message.c.status.in_([MessageStatus.CLAIMED, MessageStatus.SENDING]))
    ).all()
    if not flying:
        return 0, 0
    found = tx.execute(sa.select(worker).where(worker.c.id.in_({row.worker_id for row in flying})))
    dead = {
        row.id
        for row in found
        if row.stopped_at
        or is_dead(Worker(row.id, row.host, row.place, row.pid, row.started_at, row.heartbeat_at))
    }
    counts = {MessageStatus.CLAIMED: 0, MessageStatus.SENDING: 0}
    for row in flying:
        if row.worker_id in dead or row.lease_until <= now:
            counts[MessageStatus(row.status)] += 1
            _settle(tx, row.id, MessageStatus(row.status), row.campaign, row.prospect_id, now)
    return counts[MessageStatus.CLAIMED], counts[MessageStatus.SENDING]


def _settle(
    tx: sa.Connection, message_id: int, status: MessageStatus, stem: str, prospect_id: int, now: datetime
) -> None:
    change = sa.update(message).where(message.c.id == message_id, message.c.status == status)
    if status == MessageStatus.CLAIMED:
        tx.execute(change.values(status=MessageStatus.SCHEDULED, token=None, lease_until=None))
        return
    reason = "the sender stopped while this letter was leaving: it may have arrived"
    # The token stays: a worker that was only frozen may still record what came of it.
    tx.execute(change.values(status=MessageStatus.UNCERTAIN, reason=reason, lease_until=None))
    events.log(
        tx,
        now,
        "uncertain",
        actor="sender",
        campaign=stem,
        prospect_id=prospect_id,
        message_id=message_id,
        reason=reason,
    )
    records.settle_proved(tx, message_id, now)


@dataclass(frozen=True, slots=True)
class Missed:
    """A scheduled letter whose window has passed, with what a new window depends on."""

    id: int
    campaign: str
    due_at: datetime
    fields: Fields


def missed(tx: sa.Connection, now: datetime, limit: int = 500) -> list[Missed]:
    """Scheduled letters of running campaigns whose window has passed."""
    query = (
        sa.select(message.c.id, message.c.campaign, message.c.due_at, prospect.c.fields)
        .join(prospect, prospect.c.id == message.c.prospect_id)
        .join(campaign, campaign.c.stem == message.c.campaign)
        .where(
            message.c.status == MessageStatus.SCHEDULED,
            message.c.closes_at <= now,
            campaign.c.status == CampaignStatus.LAUNCHED,
        )
        .limit(limit)
    )
    types = decode_fields(tx)
    return [Missed(row.id, row.campaign, row.due_at, types(row.fields)) for row in tx.execute(query)]


def reslot(tx: sa.Connection, slots: Sequence[tuple[int, datetime, datetime]], now: datetime) -> None:
    """Give scheduled letters that have missed theirs new windows: (message id, opens_at, closes_at).

    One that a launch has given another window meanwhile keeps that.
    """
    for message_id, opens_at, closes_at in slots:
        tx.execute(
            sa.update(message)
            .where(
                message.c.id == message_id,
                message.c.status == MessageStatus.SCHEDULED,
                message.c.closes_at <= now,
            )
            .values(opens_at=opens_at, closes_at=closes_at)
        )
