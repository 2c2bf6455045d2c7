"""What a launch writes: the revision, enrollments and first letters, in one transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach.errors import PlanError
from outreach.model import (
    CampaignStatus,
    EnrollmentStatus,
    Limits,
    Mailbox,
    MessageStatus,
)
from outreach.plan import Draft, Plan, Replacement, Reworded
from outreach.store import events, replies, settings, stops, suppressions
from outreach.store.tables import campaign, enrollment, message, revision


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
    renamed: Mapping[str, str],
    mailboxes: list[Mailbox],
    limits: Limits,
    timezone: str,
    now: datetime,
    actor: str,
) -> int:
    """Do what a plan says, in one transaction; the number of the revision that now holds.

    `renamed` letters (old stem -> new) are the same letters: also those that have left.

    PlanError if somebody was enrolled elsewhere in the meantime: plan again.
    """
    settings.save(tx, mailboxes, limits, timezone)
    number, revision_id = _put_revision(tx, made, files, accepted, now)
    _put_campaign(tx, made.campaign, name, revision_id, new_per_day, now)
    people = _enroll(tx, key, made, exclusive, revision_id, now, actor)
    _rename(tx, made.campaign, renamed, now, actor)
    for reworded in made.reworded:
        reword(tx, reworded, revision_id, now, actor)
    for replacement in made.replaced:
        replace(tx, replacement, made.campaign, revision_id, now, actor)
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
    return number


def _put_revision(
    tx: sa.Connection, made: Plan, files: Mapping[str, str], accepted: Mapping[str, str], now: datetime
) -> tuple[int, int]:
    """The number and id of the revision that now holds: a new one where the files have changed."""
    current = launched(tx, made.campaign)
    if current and not made.files_changed:
        return current.number, current.id
    number = current.number + 1 if current else 1
    row = {
        "campaign": made.campaign,
        "number": number,
        "files": json.dumps(dict(files)),
        "accepted": json.dumps(dict(accepted)),
        "at": now,
    }
    return number, _id(tx.execute(sa.insert(revision), row))


def _rename(tx: sa.Connection, stem: str, renamed: Mapping[str, str], now: datetime, actor: str) -> None:
    """Give letters their new names, or a later launch, whose file no longer says `was`, would take one that
    has left for another letter and send it again. Their Message-IDs stay.
    """
    for old, new in renamed.items():
        there = sa.select(message.c.enrollment_id).where(message.c.campaign == stem, message.c.letter == new)
        these = (message.c.campaign == stem, message.c.letter == old, message.c.enrollment_id.not_in(there))
        if tx.execute(sa.update(message).where(*these).values(letter=new)).rowcount:
            events.log(tx, now, "renamed", actor=actor, campaign=stem, old=old, new=new)


def _id(result: sa.CursorResult[Any]) -> int:
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def _put_campaign(
    tx: sa.Connection, stem: str, name: str, revision_id: int, new_per_day: int | None, now: datetime
) -> None:
    values: dict[str, Any] = {"name": name, "status": CampaignStatus.LAUNCHED}
    values |= {"revision_id": revision_id, "new_per_day": new_per_day}
    if tx.execute(sa.update(campaign).where(campaign.c.stem == stem).values(**values)).rowcount == 0:
        tx.execute(sa.insert(campaign), {"stem": stem, "launched_at": now, **values})


def _enroll(
    tx: sa.Connection, key: bytes, made: Plan, exclusive: bool, revision_id: int, now: datetime, actor: str
) -> int:
    """Enroll a plan's new people but for those who were suppressed or have replied meanwhile; how many."""
    replied, limits = replies.latest(tx), settings.house(tx).limits
    new = [
        each
        for each in made.new
        if suppressions.find(tx, key, each.prospect.email) is None
        and not replies.keep_quiet(limits, each.prospect, replied, now)
    ]
    stem = made.campaign
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
            **_letter(each.draft, revision_id),
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


def _letter(draft: Draft, revision_id: int) -> dict[str, Any]:
    """The columns of a message that its draft decides."""
    return {
        **_text(draft, revision_id),
        "letter": draft.letter,
        "first": draft.step == 0,
        "message_id": draft.message_id,
        "due_at": draft.due_at,
        "opens_at": draft.opens_at,
        "closes_at": draft.closes_at,
    }


def _text(draft: Draft, revision_id: int) -> dict[str, Any]:
    return {
        "revision_id": revision_id,
        "thread": " ".join(draft.thread),
        "to_name": draft.to_name,
        "subject": draft.subject,
        "text": draft.content.text,
        "html": draft.content.html,
        "status": MessageStatus.HELD if draft.hold else MessageStatus.SCHEDULED,
        "reason": draft.hold.reason if draft.hold else "",
    }


def reword(tx: sa.Connection, change: Reworded, revision_id: int, now: datetime, actor: str) -> None:
    """Give a waiting letter the new text or times; one that is under way keeps what it has."""
    waiting = message.c.status.in_([MessageStatus.SCHEDULED, MessageStatus.HELD])
    draft = change.draft
    values = (
        _letter(draft, revision_id)
        if change.moved
        else {
            **_text(draft, revision_id),
            "letter": draft.letter,
            "message_id": draft.message_id,
        }
    )
    changed = tx.execute(
        sa.update(message).where(message.c.id == change.message_id, waiting).values(**values)
    ).rowcount
    if changed:
        kind = "reworded" if change.text else "moved"
        events.log(tx, now, kind, actor=actor, message_id=change.message_id, letter=draft.letter)


def replace(
    tx: sa.Connection, change: Replacement, stem: str, revision_id: int, now: datetime, actor: str
) -> None:
    """Put another letter in the place of the waiting one, or end the sequence."""
    reason = f"the sequence changed: {change.draft.letter if change.draft else 'it ends'} comes now"
    if stops.cancel(tx, message.c.id == change.message_id, reason=reason, at=now, actor=actor) == 0:
        return  # it is under way: the next step is found when it has left
    _schedule(tx, change.enrollment_id, change.draft, revision_id, now, actor)


@dataclass(frozen=True, slots=True)
class Next:
    """What comes after an enrollment's last sent letter under a revision: a draft, or None for the end."""

    enrollment_id: int
    revision_id: int
    draft: Draft | None


_TO_ADVANCE = (
    sa.select(enrollment.c.id)
    .join(campaign, campaign.c.stem == enrollment.c.campaign)
    .where(
        enrollment.c.id == sa.bindparam("person"),
        enrollment.c.advance,
        campaign.c.revision_id == sa.bindparam("revision"),
    )
)


def advance(tx: sa.Connection, steps: Sequence[Next], now: datetime, actor: str) -> None:
    """Schedule next letters. One that another worker has scheduled, or a launch has overtaken, is left out."""
    for step in steps:
        asked = {"person": step.enrollment_id, "revision": step.revision_id}
        if tx.execute(_TO_ADVANCE, asked).first():
            _schedule(tx, step.enrollment_id, step.draft, step.revision_id, now, actor)


_ACTIVE = sa.select(enrollment).where(
    enrollment.c.id == sa.bindparam("person"), enrollment.c.status == EnrollmentStatus.ACTIVE
)
_SETTLED = (
    sa.update(enrollment)
    .where(enrollment.c.id == sa.bindparam("person"))
    .values(status=sa.bindparam("now_is"), advance=False, updated_at=sa.bindparam("at"))
)


def _schedule(
    tx: sa.Connection, enrollment_id: int, draft: Draft | None, revision_id: int, now: datetime, actor: str
) -> None:
    """Make a draft the open letter of an active enrollment; None finishes it."""
    row = tx.execute(_ACTIVE, {"person": enrollment_id}).first()
    if row is None:
        return
    about: dict[str, Any] = {"campaign": row.campaign, "prospect_id": row.prospect_id}
    if draft is None:
        events.log(tx, now, "finished", actor=actor, **about)
    else:
        _put_letter(tx, row, draft, revision_id)
        events.log(
            tx, now, "scheduled", actor=actor, **about, letter=draft.letter, due=draft.opens_at.isoformat()
        )
    status = EnrollmentStatus.ACTIVE if draft else EnrollmentStatus.FINISHED
    tx.execute(_SETTLED, {"person": enrollment_id, "now_is": status, "at": now})


def _put_letter(tx: sa.Connection, row: Any, draft: Draft, revision_id: int) -> None:
    """Insert the letter; one that was cancelled when the sequence changed takes its old row again."""
    values = _letter(draft, revision_id)
    again = sa.update(message).where(
        message.c.enrollment_id == row.id,
        message.c.letter == draft.letter,
        message.c.status == MessageStatus.CANCELLED,
    )
    if tx.execute(again.values(**values, tries=0, first_try_at=None)).rowcount == 0:
        owner = {"enrollment_id": row.id, "prospect_id": row.prospect_id, "campaign": row.campaign}
        place = {"mailbox": row.mailbox, "company": row.company}
        tx.execute(sa.insert(message), {**values, **owner, **place})


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
    current = launched(tx, made.campaign)
    if current is None or current.id != revision_id or not may_join(tx, made.campaign, day):
        return None
    joined(tx, made.campaign, day)
    return _enroll(tx, key, made, exclusive, revision_id, now, actor)


def joined(tx: sa.Connection, stem: str, day: str) -> None:
    """Take note that a campaign has taken on its people of that day."""
    tx.execute(sa.update(campaign).where(campaign.c.stem == stem).values(joined_on=day))
