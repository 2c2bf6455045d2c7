"""What people enter by hand: marks, suppressions, erasures; each tells whom it stopped."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from outreach.model import OPEN_ENROLLMENT, EnrollmentStatus, MessageStatus, Prospect
from outreach.report.stopped import Stopped, Suppressed
from outreach.sequence import MARKS
from outreach.store import events, prospects, replies, stops, suppressions
from outreach.store.tables import enrollment, event, message, prospect


def mark(tx: sa.Connection, key: bytes, person: Prospect, how: str, *, at: datetime, actor: str) -> Stopped:
    """Enter that a person replied, opted out or bounced (a key of `MARKS`), and stop what that stops.

    Where nothing is open any more, it is written down in the campaign the person was in last.
    """
    rule, reason = MARKS[how], how.replace("-", " ")
    last = _last_event(tx)
    if rule.suppress:
        suppressions.add(tx, key, [person.email], reason=reason, at=at, actor=actor, status=rule.enrollment)
    stops.stop(tx, person.id, rule.enrollment, reason=reason, at=at, actor=actor)
    if rule.colleagues:
        replies.stop_colleagues(tx, person.id, at, actor)
    stopped = _since(tx, last)
    if stopped.people:
        return stopped
    noted = stops.note(tx, person.id, rule.enrollment, reason, at)
    events.log(tx, at, rule.enrollment, actor=actor, campaign=noted, prospect_id=person.id, reason=reason)
    return Stopped(noted=noted)


def suppress(
    tx: sa.Connection, key: bytes, values: Sequence[str], *, reason: str, at: datetime, actor: str
) -> Suppressed:
    """Suppress addresses and domains, each given once, and stop everyone they cover."""
    last = _last_event(tx)
    added = suppressions.add(tx, key, values, reason=reason, at=at, actor=actor)
    # For `log`: most of them are nobody's we know. Without the reason, which may name somebody.
    events.log(tx, at, "suppress", actor=actor, values=len(values), known=len(values) - added)
    return Suppressed(added, len(values) - added, _since(tx, last))


def try_suppress(tx: sa.Connection, key: bytes, values: Sequence[str]) -> Suppressed:
    """What `suppress` would do, without doing it."""
    known = suppressions.known(tx, key, values)
    people: set[tuple[str, str]] = set()
    letters: set[int] = set()
    open_parts = (
        sa.select(prospect.c.email, enrollment.c.campaign, message.c.id, message.c.status)
        .select_from(prospect)
        .join(enrollment, enrollment.c.prospect_id == prospect.c.id)
        .outerjoin(message, message.c.enrollment_id == enrollment.c.id)
        .where(enrollment.c.status.in_(OPEN_ENROLLMENT))
    )
    for value in values:
        for row in tx.execute(open_parts.where(suppressions.covers(value))):
            people.add((row.email, row.campaign))
            if row.status in stops.CANCELLABLE:
                letters.add(row.id)
    stopped = Stopped(tuple(sorted(people)), len(letters))
    return Suppressed(len(values) - len(known), len(known), stopped)


def erase(tx: sa.Connection, key: bytes, person: Prospect, *, at: datetime, actor: str) -> Stopped:
    """Forget a person, as `prospects.erase` does."""
    last = _last_event(tx)
    prospects.erase(tx, key, person, now=at, actor=actor)
    stopped = _since(tx, last)
    people = tuple((person.email, campaign) for _, campaign in stopped.people)
    return Stopped(people, stopped.cancelled, stopped.leaving)


def _last_event(tx: sa.Connection) -> int:
    return tx.execute(sa.select(sa.func.max(event.c.id))).scalar() or 0


def _since(tx: sa.Connection, last: int) -> Stopped:
    """What was stopped after that event: writes run one at a time, so all later ones are this one's."""
    later = (
        sa.select(event.c.kind, event.c.campaign, event.c.prospect_id, prospect.c.email)
        .join(prospect, prospect.c.id == event.c.prospect_id)
        .where(event.c.id > last)
        .order_by(event.c.id)
    )
    rows = tx.execute(later).all()
    ended = [row for row in rows if row.kind in set(EnrollmentStatus) and row.campaign]
    ids = sorted({row.prospect_id for row in ended})
    leaving = 0
    for start in range(0, len(ids), 1000):
        theirs = message.c.prospect_id.in_(ids[start : start + 1000])
        query = sa.select(sa.func.count()).where(theirs, message.c.status == MessageStatus.SENDING)
        leaving += int(tx.execute(query).scalar_one())
    people = tuple((row.email, row.campaign) for row in ended)
    return Stopped(people, sum(row.kind == MessageStatus.CANCELLED for row in rows), leaving)
