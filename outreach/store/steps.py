"""The letters of a sequence: written by a launch, reworded or replaced by the next one, and what follows them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach.model import EnrollmentStatus, MessageStatus
from outreach.plan import Draft, Replacement, Reworded
from outreach.store import events, memo, stops
from outreach.store.tables import campaign, enrollment, message


def letter_columns(draft: Draft, revision_id: int) -> dict[str, Any]:
    """The columns of a message that its draft decides: text, times, Message-ID, status."""
    return {
        **text_columns(draft, revision_id),
        "letter": draft.letter,
        "first": draft.step == 0,
        "message_id": draft.message_id,
        "due_at": draft.due_at,
        "opens_at": draft.opens_at,
        "closes_at": draft.closes_at,
    }


def text_columns(draft: Draft, revision_id: int) -> dict[str, Any]:
    """Those of them that its text decides, and whether it is held."""
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


@dataclass(frozen=True, slots=True)
class Changes:
    """What other files make of a campaign's letters: stems old -> new, waiting ones reworded, and replaced."""

    renamed: Mapping[str, str]
    reworded: Sequence[Reworded]
    replaced: Sequence[Replacement]


def change(
    tx: sa.Connection, stem: str, changes: Changes, revision_id: int, now: datetime, actor: str
) -> int:
    """Do all of them under that revision; how many waiting letters are others than before."""
    rename(tx, stem, changes.renamed, now, actor)
    done = sum(reword(tx, each, revision_id, now, actor) for each in changes.reworded)
    return done + sum(replace(tx, each, stem, revision_id, now, actor) for each in changes.replaced)


def put_claims_back(tx: sa.Connection, stem: str) -> None:
    """Let a campaign's letters wait that a worker has claimed: none leaves with what was true before."""
    claimed = (message.c.campaign == stem, message.c.status == MessageStatus.CLAIMED)
    values = {"status": MessageStatus.SCHEDULED, "token": None, "lease_until": None}
    tx.execute(sa.update(message).where(*claimed).values(**values))


def rename(tx: sa.Connection, stem: str, renamed: Mapping[str, str], now: datetime, actor: str) -> None:
    """Give letters their new names, or a later launch, whose file no longer says `was`, would take one that
    has left for another letter and send it again. Their Message-IDs stay.
    """
    known = former(tx, stem)
    for old, new in renamed.items():
        there = sa.select(message.c.enrollment_id).where(message.c.campaign == stem, message.c.letter == new)
        these = (message.c.campaign == stem, message.c.letter == old, message.c.enrollment_id.not_in(there))
        if tx.execute(sa.update(message).where(*these).values(letter=new)).rowcount:
            events.log(tx, now, "renamed", actor=actor, campaign=stem, old=old, new=new)
            known = {name: new if called == old else called for name, called in known.items()} | {old: new}
            known.pop(new, None)
            memo.put(tx, f"renamed {stem}", json.dumps(known))


def former(tx: sa.Connection, stem: str) -> dict[str, str]:
    """The names that letters of a campaign had before, and have no more: old -> the name they have now."""
    names: dict[str, str] = json.loads(memo.get(tx, f"renamed {stem}") or "{}")
    return names


def reword(tx: sa.Connection, change: Reworded, revision_id: int, now: datetime, actor: str) -> int:
    """Give a waiting letter the new text or times; 0 where it is under way and keeps what it has, else 1."""
    waiting = message.c.status.in_([MessageStatus.SCHEDULED, MessageStatus.HELD])
    draft = change.draft
    values = (
        letter_columns(draft, revision_id)
        if change.moved
        else {
            **text_columns(draft, revision_id),
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
    return changed


def replace(
    tx: sa.Connection, change: Replacement, stem: str, revision_id: int, now: datetime, actor: str
) -> int:
    """Put another letter in the place of the waiting one, or end the sequence; 0 where it is under way, else 1."""
    reason = f"the sequence changed: {change.draft.letter if change.draft else 'it ends'} comes now"
    if stops.cancel(tx, message.c.id == change.message_id, reason=reason, at=now, actor=actor) == 0:
        return 0  # the next step is found when it has left
    _schedule(tx, change.enrollment_id, change.draft, revision_id, now, actor)
    return 1


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
        put_letter(tx, row, draft, revision_id)
        events.log(
            tx, now, "scheduled", actor=actor, **about, letter=draft.letter, due=draft.opens_at.isoformat()
        )
    status = EnrollmentStatus.ACTIVE if draft else EnrollmentStatus.FINISHED
    tx.execute(_SETTLED, {"person": enrollment_id, "now_is": status, "at": now})


def put_letter(tx: sa.Connection, row: Any, draft: Draft, revision_id: int) -> None:
    """Write the letter of an enrollment's row; one that was cancelled takes its old row again."""
    place = {"mailbox": row.mailbox, "company": row.company}
    values = {**letter_columns(draft, revision_id), **place}
    again = sa.update(message).where(
        message.c.enrollment_id == row.id,
        message.c.letter == draft.letter,
        message.c.status == MessageStatus.CANCELLED,
    )
    if tx.execute(again.values(**values, tries=0, first_try_at=None)).rowcount == 0:
        owner = {"enrollment_id": row.id, "prospect_id": row.prospect_id, "campaign": row.campaign}
        tx.execute(sa.insert(message), {**values, **owner})
