"""What waits to be sent, and what has been used of today's caps: for the calendar and the status."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from outreach.model import CampaignStatus, EnrollmentStatus, Fields, MessageStatus, Scope
from outreach.schedule.picker import Usage
from outreach.schedule.zones import day_of
from outreach.store import stops
from outreach.store.prospects import decode_fields
from outreach.store.tables import campaign, enrollment, message, prospect, usage


@dataclass(frozen=True, slots=True)
class Waiting:
    """A scheduled letter with what its times depend on."""

    id: int
    campaign: str
    letter: str
    mailbox: str
    company: str
    email: str
    fields: Fields
    due_at: datetime
    held: bool = False
    rests_until: datetime | None = None  # the end of the pause that keeps it


def waiting(tx: sa.Connection, now: datetime, *, held: bool = False, released: bool = False) -> list[Waiting]:
    """The letters that are scheduled or claimed (or `held`) and not paused for good, in the order of their ids.

    `released`: as if nothing paused everything.
    """
    statuses = [MessageStatus.SCHEDULED, MessageStatus.CLAIMED, *([MessageStatus.HELD] if held else [])]
    query = (
        sa.select(message.c.id, message.c.campaign, message.c.letter, message.c.mailbox, message.c.company)
        .add_columns(message.c.due_at, message.c.status, prospect.c.email, prospect.c.fields)
        .add_columns(stops.rests_until(now).label("rests_until"))
        .join(prospect, prospect.c.id == message.c.prospect_id)
        .join(campaign, campaign.c.stem == message.c.campaign)
        .join(enrollment, enrollment.c.id == message.c.enrollment_id)
        .where(
            message.c.status.in_(statuses),
            campaign.c.status == CampaignStatus.LAUNCHED,
            enrollment.c.status == EnrollmentStatus.ACTIVE,
            ~stops.pausing_for_good(now, but=Scope.ALL if released else None),
        )
        .order_by(message.c.id)
    )
    decode = decode_fields(tx)
    return [
        Waiting(
            row.id,
            row.campaign,
            row.letter,
            row.mailbox,
            row.company,
            row.email,
            decode(row.fields),
            row.due_at,
            row.status == MessageStatus.HELD,
            row.rests_until,
        )
        for row in tx.execute(query)
    ]


def used(tx: sa.Connection, now: datetime, timezone: str) -> Usage:
    """What has been used of today's caps, in the zone of the caps' day."""
    found = Usage(day_of(now, timezone))
    counters = {
        "mailbox": found.mailboxes,
        "domain": found.domains,
        "company": found.companies,
        "new": found.new,
    }
    for row in tx.execute(sa.select(usage).where(usage.c.day == found.day)):
        counters[row.scope][row.name] = row.letters
    return found
