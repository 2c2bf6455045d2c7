"""Who has replied, and what that means for the colleagues: `[limits] reply_stops`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach.model import OPEN_ENROLLMENT, EnrollmentStatus, Kind, Limits, Prospect, Scope
from outreach.plan import Replies
from outreach.sequence import COLLEAGUE, FOREVER, colleagues_rest, quiet_until
from outreach.store import settings, stops
from outreach.store.tables import answer, enrollment, prospect


def latest(tx: sa.Connection) -> Replies:
    """When people and their companies have last replied, by mail or as a person entered it."""
    by_mail = sa.select(answer.c.prospect_id, prospect.c.company, answer.c.at.label("replied_at")).where(
        answer.c.kind == Kind.REPLY, answer.c.prospect_id == prospect.c.id
    )
    by_hand = sa.select(
        enrollment.c.prospect_id, enrollment.c.company, enrollment.c.updated_at.label("replied_at")
    ).where(enrollment.c.status == EnrollmentStatus.REPLIED)
    people: dict[int, datetime] = {}
    companies: dict[str, datetime] = {}
    for row in (*tx.execute(by_mail), *tx.execute(by_hand)):
        _later(people, row.prospect_id, row.replied_at)
        _later(companies, row.company, row.replied_at)
    return Replies(people, companies)


def _later(latest: dict[Any, datetime], name: Any, at: datetime) -> None:
    latest[name] = max(at, latest.get(name, at))


def keep_quiet(limits: Limits, person: Prospect, replies: Replies, now: datetime) -> bool:
    """Whether somebody must not join now, because they or a colleague have replied."""
    until = quiet_until(limits, replies.people.get(person.id), replies.companies.get(person.company))
    return until is not None and now < until


def stop_colleagues(tx: sa.Connection, prospect_id: int, now: datetime, actor: str) -> None:
    """A company that answers is talked to by a person: nobody else there gets a letter by itself.

    As `[limits] reply_stops` says: for good, for some days, or not at all.
    """
    rest = colleagues_rest(settings.house(tx).limits)
    company = tx.execute(sa.select(prospect.c.company).where(prospect.c.id == prospect_id)).scalar()
    if not rest or not company:
        return
    others = (
        sa.select(enrollment.c.prospect_id)
        .where(enrollment.c.company == company, enrollment.c.prospect_id != prospect_id)
        .where(enrollment.c.status.in_(OPEN_ENROLLMENT))
        .distinct()
    )
    about: Mapping[str, Any] = {"reason": COLLEAGUE, "actor": actor, "at": now}
    for colleague in tx.execute(others).scalars().all():
        if rest >= FOREVER:
            stops.stop(tx, colleague, EnrollmentStatus.STOPPED, **about)
        else:
            stops.add_pause(tx, Scope.PROSPECT, str(colleague), until=now + rest, **about)
