"""A launch taken back before any of its letters has left: as if it never was."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach.errors import PlanError
from outreach.model import OPEN_ENROLLMENT, CampaignStatus, EnrollmentStatus, MessageStatus
from outreach.store import events, steps
from outreach.store.launches import Revision, launched
from outreach.store.steps import Changes
from outreach.store.tables import campaign, delivery, enrollment, event, message, revision

TOUCHED = (MessageStatus.SENDING, MessageStatus.SENT, MessageStatus.UNCERTAIN, MessageStatus.FAILED)


@dataclass(frozen=True, slots=True)
class LastLaunch:
    """The newest launch of a campaign: when, by whom, the revision that it made hold.

    `back_to` is the revision that held before it where it made a new one; None where the campaign had none.
    `people` are those who joined by it and are still in it, `out` letters of that revision that were offered
    to a server since: then it cannot be undone. `ended` says that it opened a campaign that had ended.
    """

    at: datetime
    actor: str
    revision: Revision
    renewed: bool
    back_to: Revision | None
    people: int
    out: int
    ended: bool


def last_launch(tx: sa.Connection, stem: str) -> LastLaunch:
    """The launch that an undo would take back; PlanError where there is none."""
    query = sa.select(event).where(event.c.campaign == stem, event.c.kind.in_(["launched", "undone"]))
    newest = tx.execute(query.order_by(event.c.id.desc()).limit(1)).first()
    current = launched(tx, stem)
    if newest is None or newest.kind == "undone" or current is None:
        raise PlanError(f"{stem} has no launch that could be undone", hint="outreach log")
    since = tx.execute(sa.select(revision.c.at).where(revision.c.id == current.id)).scalar_one()
    renewed = since == newest.at
    joined = _joined(stem, newest.at)
    people = sa.select(sa.func.count()).select_from(enrollment).where(joined)
    tried = sa.select(delivery.c.message_id).where(delivery.c.at >= newest.at)
    theirs = message.c.enrollment_id.in_(sa.select(enrollment.c.id).where(joined))
    out = sa.select(sa.func.count()).where(
        message.c.campaign == stem,
        sa.or_(theirs, message.c.revision_id == current.id) if renewed else theirs,
        sa.or_(
            sa.and_(message.c.status.in_(TOUCHED), message.c.marked_at >= newest.at), message.c.id.in_(tried)
        ),
    )
    return LastLaunch(
        at=newest.at,
        actor=newest.actor,
        revision=current,
        renewed=renewed,
        back_to=_before(tx, stem, current.number) if renewed else current,
        people=int(tx.execute(people).scalar_one()),
        out=int(tx.execute(out).scalar_one()),
        ended=bool(json.loads(newest.detail or "{}").get("reopens")),
    )


def _joined(stem: str, at: datetime) -> sa.ColumnElement[bool]:
    """Those who joined a campaign by the launch of that moment, or since, and whom nothing has stopped."""
    return sa.and_(
        enrollment.c.campaign == stem,
        enrollment.c.created_at >= at,
        enrollment.c.status.in_(OPEN_ENROLLMENT),
    )


def _before(tx: sa.Connection, stem: str, number: int) -> Revision | None:
    """The revision that held before the one of that number."""
    earlier = sa.and_(revision.c.campaign == stem, revision.c.number < number)
    row = tx.execute(sa.select(revision).where(earlier).order_by(revision.c.number.desc()).limit(1)).first()
    if row is None:
        return None
    accepted = json.loads(row.accepted or "{}")
    return Revision(row.id, row.number, json.loads(row.files), accepted, CampaignStatus.LAUNCHED)


def undo(
    tx: sa.Connection,
    stem: str,
    launch: LastLaunch,
    replan: Callable[[sa.Connection], Changes | None],
    *,
    now: datetime,
    actor: str,
) -> int:
    """Take a launch back; how many letters that wait were written anew as they were before.

    People who joined leave without a trace and may join again; who was stopped by an exclude file goes on.
    `replan` says, once they have gone, what the files of the revision before make of the letters that wait.
    PlanError if a letter has left meanwhile, or somebody has launched again.
    """
    again = last_launch(tx, stem)
    if (again.at, again.out) != (launch.at, 0):
        raise PlanError("a letter has left or the campaign was launched again meanwhile", hint="outreach log")
    ids = sa.select(enrollment.c.id).where(_joined(stem, launch.at))
    tx.execute(sa.delete(message).where(message.c.enrollment_id.in_(ids)))
    tx.execute(sa.delete(enrollment).where(_joined(stem, launch.at)))
    _reopen(tx, stem, launch.at, now, actor)
    changed = 0
    if launch.renewed:
        _put_back(tx, stem, launch)
        changes = replan(tx)
        if changes and launch.back_to:
            changed = steps.change(tx, stem, changes, launch.back_to.id, now, actor)
    if launch.ended:
        tx.execute(sa.update(campaign).where(campaign.c.stem == stem).values(status=CampaignStatus.ENDED))
    back = launch.back_to.number if launch.back_to else 0
    events.log(tx, now, "undone", actor=actor, campaign=stem, revision=back, people=launch.people)
    return changed


def _put_back(tx: sa.Connection, stem: str, launch: LastLaunch) -> None:
    """The revision before holds again; a campaign that had none is not launched any more."""
    this = campaign.c.stem == stem
    if launch.back_to:
        tx.execute(sa.update(campaign).where(this).values(revision_id=launch.back_to.id))
    else:
        tx.execute(sa.delete(campaign).where(this))
    tx.execute(sa.delete(revision).where(revision.c.id == launch.revision.id))


def _reopen(tx: sa.Connection, stem: str, at: datetime, now: datetime, actor: str) -> None:
    """Who was stopped by the launch itself goes on, unless another campaign has them by now."""
    elsewhere = enrollment.alias()
    taken = sa.exists().where(
        elsewhere.c.prospect_id == enrollment.c.prospect_id, elsewhere.c.status.in_(OPEN_ENROLLMENT)
    )
    stopped = (
        enrollment.c.campaign == stem,
        enrollment.c.status == EnrollmentStatus.STOPPED,
        enrollment.c.updated_at == at,
        ~taken,
    )
    rows: list[Any] = list(
        tx.execute(sa.select(enrollment.c.id, enrollment.c.prospect_id).where(*stopped)).all()
    )
    values = {"status": EnrollmentStatus.ACTIVE, "reason": "", "advance": True, "updated_at": now}
    for row in rows:
        tx.execute(sa.update(enrollment).where(enrollment.c.id == row.id).values(**values))
        events.log(tx, now, "reopened", actor=actor, campaign=stem, prospect_id=row.prospect_id)
