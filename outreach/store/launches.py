"""What a launch writes: the revision, enrollments and first letters, in one transaction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach.errors import PlanError
from outreach.model import CampaignStatus, EnrollmentStatus, Limits, Mailbox
from outreach.plan import Plan
from outreach.store import enrolling, events, memo, settings, steps, stops
from outreach.store.tables import campaign, delivery, event, revision


@dataclass(frozen=True, slots=True)
class Revision:
    """A campaign as launched: its number, the texts of all files it was made from, and the linter's codes that
    the launch let through, each with its reason.
    """

    id: int
    number: int
    files: Mapping[str, str]
    accepted: Mapping[str, str]
    status: CampaignStatus


@dataclass(frozen=True, slots=True)
class Applied:
    """What a launch did: the number of the revision that now holds, and how many people joined."""

    revision: int
    people: int


def launched(tx: sa.Connection, stem: str) -> Revision | None:
    """The revision that unattended work uses; None before the first launch."""
    row = tx.execute(
        sa.select(revision, campaign.c.status)
        .join(campaign, campaign.c.revision_id == revision.c.id)
        .where(campaign.c.stem == stem)
    ).first()
    if row is None:
        return None
    accepted = json.loads(row.accepted or "{}")
    return Revision(row.id, row.number, json.loads(row.files), accepted, CampaignStatus(row.status))


def coming(tx: sa.Connection, stem: str) -> int:
    """The number that a campaign's next revision gets: also those that were undone have had theirs."""
    newest = sa.select(sa.func.max(revision.c.number)).where(revision.c.campaign == stem)
    return (tx.execute(newest).scalar() or 0) + 1


def campaigns(tx: sa.Connection) -> dict[str, CampaignStatus]:
    """The campaigns that have been launched, by stem."""
    query = sa.select(campaign.c.stem, campaign.c.status).order_by(campaign.c.stem)
    return {stem: CampaignStatus(status) for stem, status in tx.execute(query)}


def apply(
    tx: sa.Connection,
    made: Plan,
    *,
    key: bytes,
    name: str,
    files: Mapping[str, str],
    accepted: Mapping[str, str],
    exclusive: bool,
    new_per_day: int | None,
    pilot: bool,
    renamed: Mapping[str, str],
    mailboxes: list[Mailbox],
    limits: Limits,
    timezone: str,
    now: datetime,
    actor: str,
) -> Applied:
    """Do what a plan says, in one transaction: the revision that now holds, and how many people joined.

    `renamed` letters (old stem -> new) are the same letters: also those that have left.

    PlanError if somebody was enrolled elsewhere in the meantime, or the campaign launched or undone: plan again.
    """
    _must_hold(tx, made)
    before = _before(tx, made, [box.address for box in mailboxes])
    steps.put_claims_back(tx, made.campaign)
    settings.save(tx, mailboxes, limits, timezone)
    number, revision_id = _put_revision(tx, made, files, accepted, now)
    about = {"name": name, "revision_id": revision_id, "new_per_day": new_per_day, "pilot": pilot}
    _put_campaign(tx, made.campaign, now, **about)
    people = enrolling.enroll(tx, key, made, exclusive, revision_id, now, actor)
    changes = steps.Changes(renamed, made.reworded, made.replaced)
    steps.change(tx, made.campaign, changes, revision_id, now, actor)
    for each in made.leaving:
        stops.stop(
            tx,
            each.prospect_id,
            EnrollmentStatus.STOPPED,
            reason=each.reason,
            at=now,
            actor=actor,
            campaign=made.campaign,
        )
    detail: dict[str, Any] = {"revision": number, "people": people}
    if accepted:
        detail["accepted"] = dict(accepted)
    events.log(tx, now, "launched", actor=actor, campaign=made.campaign, **detail)
    memo.put(tx, before_launch(made.campaign), json.dumps(before))
    return Applied(number, people)


def _must_hold(tx: sa.Connection, made: Plan) -> None:
    """PlanError where another revision holds than the plan was made against."""
    holds = sa.select(campaign.c.revision_id).where(campaign.c.stem == made.campaign)
    if (tx.execute(holds).scalar() or 0) != made.base:
        raise PlanError(
            f"{made.campaign} was launched or undone in the meantime", hint=f"outreach plan {made.campaign}"
        )


def before_launch(stem: str) -> str:
    """The memo of what an undo of a campaign's last launch needs to know."""
    return f"before launch {stem}"


def _before(tx: sa.Connection, made: Plan, boxes: list[str]) -> dict[str, Any]:
    """What holds before a launch, the last event and delivery until then, and whom the launch itself stops and
    finishes: an undo puts it back.
    """
    row = tx.execute(sa.select(campaign).where(campaign.c.stem == made.campaign)).mappings().first()
    kept = ("name", "status", "revision_id", "new_per_day", "pilot")
    return {
        "event": tx.execute(sa.select(sa.func.max(event.c.id))).scalar() or 0,
        "delivery": tx.execute(sa.select(sa.func.max(delivery.c.id))).scalar() or 0,
        "campaign": {name: row[name] for name in kept} if row else None,
        "settings": settings.snapshot(tx, boxes),
        "stopped": [each.prospect_id for each in made.leaving],
        "finished": [each.enrollment_id for each in made.replaced if each.draft is None],
    }


def _put_revision(
    tx: sa.Connection, made: Plan, files: Mapping[str, str], accepted: Mapping[str, str], now: datetime
) -> tuple[int, int]:
    """The number and id of the revision that now holds: a new one where the files have changed."""
    current = launched(tx, made.campaign)
    if current and not made.files_changed:
        return current.number, current.id
    number = coming(tx, made.campaign)
    row = {
        "campaign": made.campaign,
        "number": number,
        "files": json.dumps(dict(files)),
        "accepted": json.dumps(dict(accepted)),
        "at": now,
    }
    return number, _id(tx.execute(sa.insert(revision), row))


def _id(result: sa.CursorResult[Any]) -> int:
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def _put_campaign(tx: sa.Connection, stem: str, now: datetime, **values: Any) -> None:
    values["status"] = CampaignStatus.LAUNCHED
    if tx.execute(sa.update(campaign).where(campaign.c.stem == stem).values(**values)).rowcount == 0:
        tx.execute(sa.insert(campaign), {"stem": stem, "launched_at": now, **values})
