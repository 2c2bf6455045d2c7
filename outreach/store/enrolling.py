"""How people join a campaign: by a launch, or at night under the launched revision."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach.errors import PlanError
from outreach.model import CampaignStatus, EnrollmentStatus
from outreach.plan import Enrollment, Plan
from outreach.store import contacts, events, replies, settings, suppressions
from outreach.store.steps import letter_columns, put_letter
from outreach.store.tables import campaign, enrollment, message


def enroll(
    tx: sa.Connection, key: bytes, made: Plan, exclusive: bool, revision_id: int, now: datetime, actor: str
) -> int:
    """Enroll a plan's new people but for those who must not join any more; how many.

    Since it was made they may have been suppressed, have replied, or another seller has got their company. Who
    joined by a launch that was undone gets the old row back.
    """
    new, stem = _still(tx, key, made, now), made.campaign
    if not new:
        return 0
    rows = {each.prospect.id: _columns(each, stem, exclusive, now) for each in new}
    again = _withdrawn(tx, stem, rows)
    fresh = [row for number, row in rows.items() if number not in again]
    try:
        if fresh:
            tx.execute(sa.insert(enrollment), fresh)
        for number, row_id in again.items():
            tx.execute(sa.update(enrollment).where(enrollment.c.id == row_id).values(**rows[number]))
    except sa.exc.IntegrityError as exc:
        raise PlanError("somebody was enrolled in the meantime", hint="outreach plan shows it anew") from exc
    _put_letters(tx, stem, new, again, revision_id)
    about = [{"campaign": stem, "prospect_id": each.prospect.id, "message_id": None} for each in new]
    events.log_many(tx, now, "enrolled", about, actor)
    return len(new)


def _columns(each: Enrollment, stem: str, exclusive: bool, now: datetime) -> dict[str, Any]:
    return {
        "prospect_id": each.prospect.id,
        "campaign": stem,
        "company": each.prospect.company,
        "mailbox": each.mailbox,
        "language": each.language,
        "status": EnrollmentStatus.ACTIVE,
        "reason": "",
        "advance": False,
        "exclusive": exclusive,
        "created_at": now,
        "updated_at": now,
    }


def _withdrawn(tx: sa.Connection, stem: str, people: Collection[int]) -> dict[int, int]:
    """Those of the people whose launch was undone: prospect id -> the enrollment they have."""
    query = sa.select(enrollment.c.prospect_id, enrollment.c.id).where(
        enrollment.c.campaign == stem, enrollment.c.status == EnrollmentStatus.WITHDRAWN
    )
    return {row.prospect_id: row.id for row in tx.execute(query) if row.prospect_id in people}


def _put_letters(
    tx: sa.Connection, stem: str, new: Sequence[Enrollment], again: Mapping[int, int], revision_id: int
) -> None:
    """Write the first letters."""
    query = sa.select(enrollment).where(enrollment.c.campaign == stem)
    rows = {row.prospect_id: row for row in tx.execute(query)}
    letters = [
        {
            **letter_columns(each.draft, revision_id),
            "enrollment_id": rows[each.prospect.id].id,
            "prospect_id": each.prospect.id,
            "campaign": stem,
            "mailbox": each.mailbox,
            "company": each.prospect.company,
        }
        for each in new
        if each.prospect.id not in again
    ]
    if letters:
        tx.execute(sa.insert(message), letters)
    for each in new:
        if each.prospect.id in again:
            put_letter(tx, rows[each.prospect.id], each.draft, revision_id)


def _still(tx: sa.Connection, key: bytes, made: Plan, now: datetime) -> list[Enrollment]:
    """Those of a plan's new people who may still join."""
    replied, limits = replies.latest(tx), settings.house(tx).limits
    kept = {company: box for company, box in contacts.keepers(tx).items() if box in made.sellers}
    return [
        each
        for each in made.new
        if suppressions.find(tx, key, each.prospect.email) is None
        and not replies.keep_quiet(limits, each.prospect, replied, now)
        and kept.get(each.prospect.company, each.mailbox) == each.mailbox
    ]


def may_join(tx: sa.Connection, stem: str, day: str) -> bool:
    """Whether a running campaign, and no mere pilot, has not yet taken on its people of that day (ISO date)."""
    row = tx.execute(sa.select(campaign).where(campaign.c.stem == stem)).first()
    return bool(row and row.status == CampaignStatus.LAUNCHED and not row.pilot and row.joined_on < day)


def join(
    tx: sa.Connection,
    made: Plan,
    *,
    key: bytes,
    exclusive: bool,
    revision_id: int,
    day: str,
    now: datetime,
    actor: str,
) -> int | None:
    """Enroll a plan's new people under the launched revision, once a day; how many joined.

    None where the campaign has ended, was launched anew, or another worker has done it: those came first.
    """
    holds = tx.execute(sa.select(campaign.c.revision_id).where(campaign.c.stem == made.campaign)).scalar()
    if holds != revision_id or not may_join(tx, made.campaign, day):
        return None
    joined(tx, made.campaign, day)
    return enroll(tx, key, made, exclusive, revision_id, now, actor)


def joined(tx: sa.Connection, stem: str, day: str) -> None:
    """Take note that a campaign has taken on its people of that day."""
    tx.execute(sa.update(campaign).where(campaign.c.stem == stem).values(joined_on=day))
