"""What came back, in counts: read-only."""

from collections import Counter
from datetime import datetime

import sqlalchemy as sa

from outreach.model import EnrollmentStatus, Kind
from outreach.report.standing import CameBack
from outreach.store.tables import answer, enrollment

INTERESTED = "interested"

# What a person's enrollment says, and the kind of mail that would have said it.
_SAYS = {
    EnrollmentStatus.REPLIED: Kind.REPLY,
    EnrollmentStatus.OPTED_OUT: Kind.OPT_OUT,
    EnrollmentStatus.BOUNCED: Kind.HARD_BOUNCE,
}

_STOPPING = (*_SAYS.values(), Kind.SOFT_BOUNCE, Kind.COMPLAINT, Kind.MOVED)


def since(tx: sa.Connection, begin: datetime) -> CameBack:
    """What came back since a moment: mails, and what people entered or servers said while a letter was offered.

    A person of whom a mail says it is counted by the mail alone.
    """
    kinds, interested = _mails(tx, answer.c.at >= begin)
    theirs = answer.c.prospect_id == enrollment.c.prospect_id
    mail = sa.exists().where(theirs, answer.c.kind.in_(_STOPPING)).correlate(enrollment)
    query = (
        sa.select(enrollment.c.status, sa.func.count(enrollment.c.prospect_id.distinct()))
        .where(enrollment.c.status.in_(_SAYS), enrollment.c.updated_at >= begin, ~mail)
        .group_by(enrollment.c.status)
    )
    for status, people in tx.execute(query):
        kinds[_SAYS[EnrollmentStatus(status)]] += people
    return CameBack(kinds, interested)


def after(tx: sa.Connection, number: int) -> CameBack:
    """The mails that were taken after the one with that number."""
    return CameBack(*_mails(tx, answer.c.id > number))


def last(tx: sa.Connection) -> int:
    """The number of the mail that was taken last; 0 before the first."""
    return int(tx.execute(sa.select(sa.func.max(answer.c.id))).scalar() or 0)


def _mails(tx: sa.Connection, those: sa.ColumnElement[bool]) -> tuple[Counter[Kind], int]:
    """Mails by kind, and how many of them show interest."""
    query = sa.select(answer.c.kind, answer.c.intent, sa.func.count()).where(those)
    kinds: Counter[Kind] = Counter()
    interested = 0
    for kind, intent, count in tx.execute(query.group_by(answer.c.kind, answer.c.intent)):
        kinds[Kind(kind)] += count
        interested += count if (kind, intent) == (Kind.REPLY, INTERESTED) else 0
    return kinds, interested
