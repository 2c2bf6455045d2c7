"""How people join a campaign: by a launch, or at night under the launched revision."""

from datetime import datetime

import sqlalchemy as sa

from outreach.errors import PlanError
from outreach.model import CampaignStatus, EnrollmentStatus
from outreach.plan import Enrollment, Plan
from outreach.store import contacts, events, replies, settings, suppressions
from outreach.store.steps import letter_columns
from outreach.store.tables import campaign, enrollment, message


def enroll(
    tx: sa.Connection, key: bytes, made: Plan, exclusive: bool, revision_id: int, now: datetime, actor: str
) -> int:
    """Enroll a plan's new people but for those who must not join any more; how many.

    Since it was made they may have been suppressed, have replied, or another seller has got their company.
    """
    new, stem = _still(tx, key, made, now), made.campaign
    if not new:
        return 0
    rows = [
        {
            "prospect_id": each.prospect.id,
            "campaign": stem,
            "company": each.prospect.company,
            "mailbox": each.mailbox,
            "language": each.language,
            "status": EnrollmentStatus.ACTIVE,
            "exclusive": exclusive,
            "created_at": now,
            "updated_at": now,
        }
        for each in new
    ]
    try:
        tx.execute(sa.insert(enrollment), rows)
    except sa.exc.IntegrityError as exc:
        raise PlanError("somebody was enrolled in the meantime", hint="outreach plan shows it anew") from exc
    query = sa.select(enrollment.c.prospect_id, enrollment.c.id).where(enrollment.c.campaign == stem)
    ids: dict[int, int] = {row.prospect_id: row.id for row in tx.execute(query)}
    letters = [
        {
            **letter_columns(each.draft, revision_id),
            "enrollment_id": ids[each.prospect.id],
            "prospect_id": each.prospect.id,
            "campaign": stem,
            "mailbox": each.mailbox,
            "company": each.prospect.company,
        }
        for each in new
    ]
    tx.execute(sa.insert(message), letters)
    about = [{"campaign": stem, "prospect_id": each.prospect.id, "message_id": None} for each in new]
    events.log_many(tx, now, "enrolled", about, actor)
    return len(new)


def _still(tx: sa.Connection, key: bytes, made: Plan, now: datetime) -> list[Enrollment]:
    """Those of a plan's new people who may still join."""
    replied, limits = replies.latest(tx), settings.house(tx).limits
    kept = contacts.sellers_companies(tx)
    return [
        each
        for each in made.new
        if suppressions.find(tx, key, each.prospect.email) is None
        and not replies.keep_quiet(limits, each.prospect, replied, now)
        and kept.get(each.prospect.company, each.mailbox) == each.mailbox
    ]


def may_join(tx: sa.Connection, stem: str, day: str) -> bool:
    """Whether a running campaign has not yet taken on its people of that day (ISO date)."""
    row = tx.execute(sa.select(campaign).where(campaign.c.stem == stem)).one()
    return bool(row.status == CampaignStatus.LAUNCHED and row.joined_on < day)


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
