"""Stops and pauses. A stop cancels what waits in its own transaction.

The mark asks again, so whoever comes second sees the first.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach.model import OPEN_ENROLLMENT, EnrollmentStatus, MessageStatus, Scope
from outreach.store import events
from outreach.store.tables import enrollment, message, pause

# An answer may still come to a campaign whose letters have all left, or that was stopped.
_ANSWERABLE = (EnrollmentStatus.FINISHED, EnrollmentStatus.STOPPED, EnrollmentStatus.REPLIED)
CANCELLABLE = (MessageStatus.SCHEDULED, MessageStatus.CLAIMED, MessageStatus.HELD)


def stop(
    tx: sa.Connection,
    prospect_id: int,
    status: EnrollmentStatus,
    *,
    reason: str,
    at: datetime,
    actor: str,
    campaign: str = "",
) -> int:
    """End a person's open enrollments (in one campaign, or in all) and cancel their letters; how many ended."""
    where = [enrollment.c.prospect_id == prospect_id, enrollment.c.status.in_(OPEN_ENROLLMENT)]
    if campaign:
        where.append(enrollment.c.campaign == campaign)
    ended = tx.execute(sa.select(enrollment.c.id, enrollment.c.campaign).where(*where)).all()
    for row in ended:
        tx.execute(
            sa.update(enrollment)
            .where(enrollment.c.id == row.id)
            .values(status=status, reason=reason, advance=False, updated_at=at)
        )
        cancel(tx, message.c.enrollment_id == row.id, reason=reason, at=at, actor=actor)
        events.log(tx, at, status, actor=actor, campaign=row.campaign, prospect_id=prospect_id, reason=reason)
    return len(ended)


def note(tx: sa.Connection, prospect_id: int, status: EnrollmentStatus, reason: str, at: datetime) -> str:
    """Write an answer down in the newest enrollment that can have one; its campaign, "" for none."""
    newest = (
        sa.select(enrollment)
        .where(enrollment.c.prospect_id == prospect_id, enrollment.c.status != EnrollmentStatus.WITHDRAWN)
        .order_by(enrollment.c.id.desc())
    )
    row = tx.execute(newest.limit(1)).first()
    if row is None or row.status not in _ANSWERABLE:
        return ""
    if (row.status, status) == (EnrollmentStatus.REPLIED, EnrollmentStatus.BOUNCED):
        return ""  # that they have replied says more, also to their colleagues
    values = {"status": status, "reason": reason, "updated_at": at}
    tx.execute(sa.update(enrollment).where(enrollment.c.id == row.id).values(**values))
    return str(row.campaign)


def is_going(tx: sa.Connection, prospect_id: int) -> bool:
    """Whether a person is in a campaign that goes on for them."""
    theirs = sa.and_(enrollment.c.prospect_id == prospect_id, enrollment.c.status.in_(OPEN_ENROLLMENT))
    return tx.execute(sa.select(enrollment.c.id).where(theirs).limit(1)).first() is not None


def cancel(tx: sa.Connection, where: sa.ColumnElement[bool], *, reason: str, at: datetime, actor: str) -> int:
    """Cancel the letters that wait, also those claimed but not yet marked; how many."""
    rows = tx.execute(
        sa.select(message.c.id, message.c.campaign, message.c.prospect_id).where(
            where, message.c.status.in_(CANCELLABLE)
        )
    ).all()
    for row in rows:
        tx.execute(
            sa.update(message)
            .where(message.c.id == row.id)
            .values(status=MessageStatus.CANCELLED, reason=reason, token=None, lease_until=None)
        )
        events.log(
            tx,
            at,
            "cancelled",
            actor=actor,
            campaign=row.campaign,
            prospect_id=row.prospect_id,
            message_id=row.id,
            reason=reason,
        )
    return len(rows)


def pausing(now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """A condition over `message`: some pause in force at `now` covers it."""
    return sa.exists().where(_covers(), in_force(now)).correlate(message)


def pausing_for_good(now: datetime, *, but: Scope | None = None) -> sa.ColumnElement[bool]:
    """A condition over `message`: some pause in force at `now` covers it that has no end, `but` of that scope."""
    for_good = sa.and_(pause.c.until.is_(None), pause.c.scope != but if but else sa.true())
    return sa.exists().where(_covers(), in_force(now), for_good).correlate(message)


def rests_until(now: datetime) -> sa.ScalarSelect[datetime | None]:
    """The end of the last pause in force at `now` that covers a `message`; NULL for none."""
    ends = sa.select(sa.func.max(pause.c.until)).where(_covers(), in_force(now))
    return ends.correlate(message).scalar_subquery()


def _covers() -> sa.ColumnElement[bool]:
    return sa.or_(
        pause.c.scope == Scope.ALL,
        sa.and_(pause.c.scope == Scope.CAMPAIGN, pause.c.name == message.c.campaign),
        sa.and_(pause.c.scope == Scope.MAILBOX, pause.c.name == message.c.mailbox),
        sa.and_(pause.c.scope == Scope.PROSPECT, pause.c.name == sa.cast(message.c.prospect_id, sa.Text)),
    )


def in_force(now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """A condition over `pause`: it holds at `now`."""
    return sa.or_(pause.c.until.is_(None), pause.c.until > now)


def pauses(tx: sa.Connection, now: datetime) -> list[dict[str, Any]]:
    """The pauses in force: scope, name, reason, actor, at, until."""
    return [dict(row) for row in tx.execute(sa.select(pause).where(in_force(now))).mappings()]


def paused_for_good(tx: sa.Connection) -> dict[int, str]:
    """People who are paused without an end, by id, and why."""
    query = sa.select(pause.c.name, pause.c.reason).where(
        pause.c.scope == Scope.PROSPECT, pause.c.until.is_(None)
    )
    return {int(row.name): row.reason for row in tx.execute(query)}


def add_pause(
    tx: sa.Connection,
    scope: Scope,
    name: str,
    *,
    reason: str,
    actor: str,
    at: datetime,
    until: datetime | None = None,
) -> None:
    """Pause something from now on: claimed letters go back, and no mark passes until it is resumed.

    A pause without an end is never shortened by one with an end.
    """
    values = {"reason": reason, "actor": actor, "at": at, "until": until}
    same = sa.and_(pause.c.scope == scope, pause.c.name == name)
    known = tx.execute(sa.select(pause).where(same, in_force(at))).first()
    if known and (known.until is None or (until is not None and until <= known.until)):
        return
    tx.execute(sa.delete(pause).where(same))
    tx.execute(sa.insert(pause), {"scope": scope, "name": name, **values})
    tx.execute(
        sa.update(message)
        .where(message.c.status == MessageStatus.CLAIMED, pausing(at))
        .values(status=MessageStatus.SCHEDULED, token=None, lease_until=None)
    )
    _log(tx, at, "paused", scope, name, actor, reason, until)


def resume(tx: sa.Connection, scope: Scope, name: str, *, actor: str, at: datetime) -> int:
    """Undo a pause; how many were undone."""
    same = sa.and_(pause.c.scope == scope, pause.c.name == name)
    undone = tx.execute(sa.delete(pause).where(same)).rowcount
    if undone:
        _log(tx, at, "resumed", scope, name, actor, "", None)
    return undone


def _log(
    tx: sa.Connection,
    at: datetime,
    kind: str,
    scope: Scope,
    name: str,
    actor: str,
    reason: str,
    until: datetime | None,
) -> None:
    events.log(
        tx,
        at,
        kind,
        actor=actor,
        campaign=name if scope == Scope.CAMPAIGN else "",
        prospect_id=int(name) if scope == Scope.PROSPECT else None,
        scope=str(scope),
        name="" if scope == Scope.PROSPECT else name,
        reason=reason,
        until=until.isoformat() if until else "",
    )
