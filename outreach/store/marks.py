"""The mark: the last question before a letter's body leaves."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from outreach.model import CampaignStatus, EnrollmentStatus, MessageStatus
from outreach.schedule.slots import ramp_step
from outreach.schedule.zones import day_of
from outreach.store import events, settings, stops, suppressions
from outreach.store.claims import LEASE, Claimed, fresh, release
from outreach.store.tables import Instant, campaign, enrollment, house, mailbox, message, suppression, usage
from outreach.store.writer import Witnessed


class Marked(Witnessed):
    """The mark stands, here and in the witness: the body may leave."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The mark was refused: no body may leave. Why."""

    reason: str


_NOW = sa.bindparam("now", type_=Instant)
_OURS = sa.and_(message.c.id == sa.bindparam("this_letter"), message.c.token == sa.bindparam("claim"))
_QUESTION = (
    sa.select(
        *(message.c.id, message.c.campaign, message.c.mailbox, message.c.company, message.c.first),
        *(message.c.opens_at, message.c.closes_at, mailbox, house.c.marks, house.c.timezone),
        enrollment.c.status.label("enrolled"),
        campaign.c.status.label("launched"),
        stops.pausing(_NOW).label("paused"),
        sa.select(suppression.c.reason)
        .where(suppression.c.hash.in_(sa.bindparam("hashes", expanding=True)))
        .limit(1)
        .scalar_subquery()
        .label("suppressed"),
    )
    .select_from(message)
    .join(enrollment, enrollment.c.id == message.c.enrollment_id)
    .join(campaign, campaign.c.stem == message.c.campaign)
    .join(mailbox, mailbox.c.address == message.c.mailbox)
    .join(house, sa.true())
    .where(_OURS, message.c.status == MessageStatus.CLAIMED, message.c.lease_until > _NOW)
)
_SENDING = (
    sa.update(message)
    .where(_OURS)
    .values(
        status=MessageStatus.SENDING,
        marked_at=_NOW,
        raw=sa.bindparam("bytes", type_=sa.LargeBinary),
        lease_until=sa.bindparam("lease"),
    )
)
_ONE_MORE = sa.update(house).values(marks=house.c.marks + 1)
_PACE = sa.update(mailbox).where(mailbox.c.address == sa.bindparam("box"))


def mark(tx: sa.Connection, key: bytes, letter: Claimed, raw: bytes, now: datetime) -> Marked | Refused:
    """Is this letter still ours, due, wanted and allowed? Then its body may leave.

    If so its status is `sending` with the exact bytes. If not, it goes back or is cancelled, and why.
    """
    hashes = suppressions.digests(key, letter.outgoing.to_email)
    asked = {"this_letter": letter.id, "claim": letter.token, "now": now, "hashes": hashes}
    row = tx.execute(_QUESTION, asked).first()
    if row is None:
        return Refused("the claim is gone: stopped, paused, or its lease ran out")
    if row.suppressed is not None or row.enrolled != EnrollmentStatus.ACTIVE:
        reason = row.enrolled if row.suppressed is None else row.suppressed
        stops.cancel(tx, message.c.id == row.id, reason=reason, at=now, actor="sender")
        return Refused(f"stopped: {reason}")
    reason = _not_now(row, now)
    if reason:
        release(tx, [letter])
        return Refused(reason)
    return _mark(tx, letter, row, raw, now)


def _not_now(row: Any, now: datetime) -> str:
    """Why a letter that is still wanted may not leave at this moment; "" if it may."""
    desk = settings.desk_of(row)
    hindrances = (
        (row.launched != CampaignStatus.LAUNCHED, "the campaign is not running"),
        (row.paused, "paused"),
        (not row.opens_at <= now < row.closes_at, "the window has closed"),
        (not row.first and not fresh(desk.mailbox, desk.inbox_read_at, now), "the inbox was not read"),
    )
    return next((reason for hinders, reason in hindrances if hinders), "")


def _mark(tx: sa.Connection, letter: Claimed, row: Any, raw: bytes, now: datetime) -> Marked:
    ours = {"this_letter": letter.id, "claim": letter.token}
    tx.execute(_SENDING, {**ours, "now": now, "bytes": raw, "lease": now + LEASE})
    day, desk = day_of(now, row.timezone or "UTC"), settings.desk_of(row)
    _count(tx, day, row, 1)
    pace: dict[str, Any] = {"last_mark": now}
    if desk.pace.ramp_day is None or day > desk.pace.ramp_day:  # not where the clock was set back
        pace |= {"ramp_step": ramp_step(desk.mailbox, desk.pace, day), "ramp_day": day, "troubled": False}
    tx.execute(_PACE.values(**pace), {"box": row.mailbox})
    tx.execute(_ONE_MORE)
    events.log(
        tx,
        now,
        "marked",
        actor="sender",
        campaign=letter.campaign,
        prospect_id=letter.prospect_id,
        message_id=letter.id,
    )
    return Marked(row.marks + 1)


def uncount(tx: sa.Connection, row: Any) -> None:
    """Take a marked message's row out of the counters of its day again: its body did not leave."""
    _count(tx, day_of(row.marked_at, settings.house(tx).timezone), row, -1)


def count_found(tx: sa.Connection, row: Any, left: datetime) -> None:
    """Count a letter that has left without a mark of this store in the caps of its day, and for the gap."""
    _count(tx, day_of(left, settings.house(tx).timezone), row, 1)
    earlier = sa.or_(mailbox.c.last_mark.is_(None), mailbox.c.last_mark < left)
    tx.execute(sa.update(mailbox).where(mailbox.c.address == row.mailbox, earlier).values(last_mark=left))


def _count(tx: sa.Connection, day: date, row: Any, letters: int) -> None:
    """Add to the caps' counters of a day."""
    counters = {
        "mailbox": row.mailbox,
        "domain": row.mailbox.rpartition("@")[2],
        "company": row.company,
        **({"new": row.campaign} if row.first else {}),
    }
    rows = [
        {"day": day, "scope": scope, "name": name, "letters": letters} for scope, name in counters.items()
    ]
    tx.execute(_COUNT[tx.dialect.name], rows)


def _upsert(dialect: Any) -> Any:
    insert = dialect.insert(usage)
    more = {"letters": usage.c.letters + insert.excluded.letters}
    return insert.on_conflict_do_update(index_elements=["day", "scope", "name"], set_=more)


_COUNT = {"sqlite": _upsert(sqlite), "postgresql": _upsert(postgresql)}
