"""A launch taken back before any of its letters has left. Its rows stay, withdrawn: no id is ever used again."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach.errors import PlanError
from outreach.model import OPEN_ENROLLMENT, OPEN_MESSAGE, CampaignStatus, EnrollmentStatus, MessageStatus
from outreach.store import events, memo, prospects, replies, settings, steps, suppressions
from outreach.store.launches import Revision, before_launch, launched
from outreach.store.steps import Changes
from outreach.store.stops import CANCELLABLE
from outreach.store.tables import campaign, delivery, enrollment, event, message, revision

UNDONE = "its launch was undone"


@dataclass(frozen=True, slots=True)
class LastLaunch:
    """The newest launch of a campaign: its event, when, by whom, the revision that it made hold.

    `renewed`: it made a new one. `back_to` is the revision that held before it; None where the campaign had none.
    `people` are those who joined since and are still in it, `out` the letters of the campaign's people, of that
    launch, that were offered to a server since: then it cannot be undone. `before` is what held before it.
    """

    event: int
    at: datetime
    actor: str
    revision: Revision
    renewed: bool
    back_to: Revision | None
    people: int
    out: int
    before: dict[str, Any]


def last_launch(tx: sa.Connection, stem: str) -> LastLaunch:
    """The launch that an undo would take back; PlanError where there is none."""
    query = sa.select(event).where(
        event.c.campaign == stem, event.c.kind.in_(["launched", "undone", "ended"])
    )
    newest = tx.execute(query.order_by(event.c.id.desc()).limit(1)).first()
    current, noted = launched(tx, stem), memo.get(tx, before_launch(stem))
    if newest is not None and newest.kind == "ended":
        raise PlanError(f"{stem} was ended since its launch: nothing waits", hint=f"outreach plan {stem}")
    if newest is None or newest.kind == "undone" or current is None or not noted:
        raise PlanError(f"{stem} has no launch that could be undone", hint="outreach log")
    before = json.loads(noted)
    if "event" not in before:
        raise PlanError(f"{stem} was launched by an older version", hint=f"outreach pause {stem}")
    renewed = current.id != (before["campaign"] or {}).get("revision_id")
    joined = _joined(stem, before)
    return LastLaunch(
        event=newest.id,
        at=newest.at,
        actor=newest.actor,
        revision=current,
        renewed=renewed,
        back_to=_before(tx, stem, current.number) if renewed else current,
        people=int(tx.execute(sa.select(sa.func.count()).select_from(enrollment).where(joined)).scalar_one()),
        out=int(tx.execute(_out(stem, before, current.id if renewed else 0)).scalar_one()),
        before=before,
    )


def _since(stem: str, before: dict[str, Any]) -> sa.ColumnElement[bool]:
    """Those who joined a campaign by a launch, or since. Not by the clock, which may have been set back."""
    joining = (event.c.campaign == stem, event.c.id > before["event"], event.c.kind == "enrolled")
    return sa.and_(
        enrollment.c.campaign == stem,
        enrollment.c.prospect_id.in_(sa.select(event.c.prospect_id).where(*joining)),
    )


def _joined(stem: str, before: dict[str, Any]) -> sa.ColumnElement[bool]:
    """Those of them whom nothing has stopped."""
    return sa.and_(_since(stem, before), enrollment.c.status.in_(OPEN_ENROLLMENT))


def _out(stem: str, before: dict[str, Any], renewed: int) -> sa.Select[int]:
    """How many letters a server was offered since a launch: of those who joined, and of its new revision."""
    theirs = message.c.enrollment_id.in_(sa.select(enrollment.c.id).where(_since(stem, before)))
    marks = (event.c.campaign == stem, event.c.id > before["event"], event.c.kind == "marked")
    tried = sa.select(delivery.c.message_id).where(delivery.c.id > before["delivery"])
    return sa.select(sa.func.count()).where(
        message.c.campaign == stem,
        sa.or_(theirs, message.c.revision_id == renewed),
        sa.or_(message.c.id.in_(sa.select(event.c.message_id).where(*marks)), message.c.id.in_(tried)),
    )


def _before(tx: sa.Connection, stem: str, number: int) -> Revision | None:
    """The revision that held before the one of that number."""
    earlier = (revision.c.campaign == stem, revision.c.number < number, ~revision.c.undone)
    query = sa.select(revision).where(*earlier).order_by(revision.c.number.desc()).limit(1)
    row = tx.execute(query).first()
    if row is None:
        return None
    accepted = json.loads(row.accepted or "{}")
    return Revision(row.id, row.number, json.loads(row.files), accepted, CampaignStatus.LAUNCHED)


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: waiting letters that are as before, and people who go on that the launch had stopped."""

    letters: int
    reopened: tuple[str, ...]


def undo(
    tx: sa.Connection,
    stem: str,
    launch: LastLaunch,
    replan: Callable[[sa.Connection], Changes | None],
    *,
    key: bytes,
    now: datetime,
    actor: str,
) -> Undone:
    """Take a launch back. `replan` says what the files of the revision before make of the letters that wait.

    Letters that were claimed go back first: no worker leaves with a text that was undone. People who joined
    are withdrawn and may join again; whom the launch itself stopped or finished goes on, unless something
    else has stopped them since. PlanError if a letter has left meanwhile, or somebody has launched again.
    """
    again = last_launch(tx, stem)
    if (again.event, again.out) != (launch.event, 0):
        raise PlanError("a letter has left or the campaign was launched again meanwhile", hint="outreach log")
    steps.put_claims_back(tx, stem)
    _withdraw(tx, stem, launch.before, now, actor)
    changed = 0
    _put_back(tx, stem, launch)
    reopened = _reopen(tx, key, stem, launch, now, actor)
    if launch.renewed:
        changes = replan(tx)
        if changes and launch.back_to:
            changed = steps.change(tx, stem, changes, launch.back_to.id, now, actor)
    back = launch.back_to.number if launch.back_to else 0
    events.log(tx, now, "undone", actor=actor, campaign=stem, revision=back, people=launch.people)
    return Undone(changed, reopened)


def _withdraw(tx: sa.Connection, stem: str, before: dict[str, Any], now: datetime, actor: str) -> None:
    joined = _joined(stem, before)
    people = tx.execute(sa.select(enrollment.c.prospect_id).where(joined)).scalars().all()
    ids = sa.select(enrollment.c.id).where(joined)
    waiting = (message.c.enrollment_id.in_(ids), message.c.status.in_(CANCELLABLE))
    tx.execute(sa.update(message).where(*waiting).values(status=MessageStatus.CANCELLED, reason=UNDONE))
    values = {"status": EnrollmentStatus.WITHDRAWN, "reason": UNDONE, "advance": False, "updated_at": now}
    tx.execute(sa.update(enrollment).where(joined).values(**values))
    about = [{"campaign": stem, "prospect_id": person, "message_id": None} for person in people]
    events.log_many(tx, now, EnrollmentStatus.WITHDRAWN, about, actor)


def _put_back(tx: sa.Connection, stem: str, launch: LastLaunch) -> None:
    """What held before holds again; a campaign that was never launched before is not launched any more."""
    this, known = campaign.c.stem == stem, launch.before["campaign"]
    if known:
        tx.execute(sa.update(campaign).where(this).values(**known))
    else:
        tx.execute(sa.delete(campaign).where(this))
    if launch.renewed:
        tx.execute(sa.update(revision).where(revision.c.id == launch.revision.id).values(undone=True))
    _settings_back(tx, launch)


def _settings_back(tx: sa.Connection, launch: LastLaunch) -> None:
    """Caps and limits of before hold again, or will once a later launch is undone that says what holds now."""
    acts = (event.c.id > launch.event, event.c.kind.in_(["launched", "undone"]))
    rows = tx.execute(sa.select(event.c.campaign, event.c.kind).where(*acts).order_by(event.c.id)).all()
    for place, row in enumerate(rows):
        then = next((each.kind for each in rows[place + 1 :] if each.campaign == row.campaign), "")
        if row.kind == "launched" and then != "undone":
            if not then:  # it is the last of its campaign, so that it can be undone
                _hand_on(tx, before_launch(row.campaign), launch.before["settings"])
            return
    settings.restore(tx, launch.before["settings"])


def _hand_on(tx: sa.Connection, name: str, held: dict[str, Any]) -> None:
    """Let the memo of a launch say that these settings held before it."""
    noted = json.loads(memo.get(tx, name))
    boxes = noted["settings"]["mailboxes"] | held["mailboxes"]
    memo.put(tx, name, json.dumps({**noted, "settings": {**held, "mailboxes": boxes}}))


def _reopen(
    tx: sa.Connection, key: bytes, stem: str, launch: LastLaunch, now: datetime, actor: str
) -> tuple[str, ...]:
    """Let those go on whom the launch itself stopped or finished, and nothing else has stopped since."""
    stopped, finished = launch.before["stopped"], launch.before["finished"]
    ended = (EnrollmentStatus.STOPPED, EnrollmentStatus.FINISHED)
    query = sa.select(enrollment).where(
        enrollment.c.campaign == stem,
        enrollment.c.status.in_(ended),
        enrollment.c.updated_at == launch.at,
        sa.or_(enrollment.c.prospect_id.in_(stopped), enrollment.c.id.in_(finished)),
    )
    rows = tx.execute(query).all()
    people = prospects.by_ids(tx, [row.prospect_id for row in rows])
    replied, limits = replies.latest(tx), settings.house(tx).limits
    values = {"status": EnrollmentStatus.ACTIVE, "reason": "", "updated_at": now}
    under_way = sa.select(message.c.enrollment_id).where(message.c.status.in_(OPEN_MESSAGE))
    busy = set(tx.execute(under_way.where(message.c.campaign == stem)).scalars())  # uncertain, or leaving
    reopened = []
    for row in rows:
        person = people[row.prospect_id]
        silent = suppressions.find(tx, key, person.email) or replies.keep_quiet(limits, person, replied, now)
        if "@" not in person.email or silent or _touched(tx, row.prospect_id, launch.event):
            continue
        on = {**values, "advance": row.id not in busy}
        tx.execute(sa.update(enrollment).where(enrollment.c.id == row.id).values(**on))
        events.log(tx, now, "reopened", actor=actor, campaign=stem, prospect_id=row.prospect_id)
        reopened.append(person.email)
    return tuple(reopened)


def _touched(tx: sa.Connection, prospect_id: int, after: int) -> bool:
    """Whether something was said of a person since a launch (a stop by hand, an answer), or they are elsewhere."""
    since = sa.and_(event.c.prospect_id == prospect_id, event.c.id > after)
    there = sa.and_(enrollment.c.prospect_id == prospect_id, enrollment.c.status.in_(OPEN_ENROLLMENT))
    asked = (sa.select(event.c.id).where(since), sa.select(enrollment.c.id).where(there))
    return any(tx.execute(query.limit(1)).first() for query in asked)
