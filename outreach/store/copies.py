"""What our mailboxes have sent: proofs of letters, what was written by hand, and copies still to be filed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from outreach.model import OPEN_ENROLLMENT, OPEN_MESSAGE, EnrollmentStatus, MessageStatus, Scope
from outreach.store import events, records, stops
from outreach.store.owners import BY_ID, Owner, by_token, letter_where
from outreach.store.responses import ACTOR
from outreach.store.tables import enrollment, event, message, prospect

BY_HAND = "written to by hand"
IN_SENT = "found in the Sent folder"
STRANGE = "the Sent folder has a letter to them that this store does not know"
DOUBLED = "the Sent folder has another first letter to them"
RECENT = timedelta(days=2)  # a letter older than that is not filed any more
_MOST = 50  # copies that are filed at one reading


@dataclass(frozen=True, slots=True)
class OwnCopy:
    """A mail that a mailbox of ours has sent; `token` is that of the opt-out address in its header."""

    mailbox: str
    fingerprint: str
    header_id: str
    token: str
    recipients: tuple[str, ...]
    at: datetime


def own_copy(tx: sa.Connection, copy: OwnCopy, now: datetime) -> None:
    """Take note of a mail that the mailbox itself has sent.

    Our own letter proves that it has left. Any other one to somebody we are writing to was written by hand:
    from then on a person talks to them, and nothing more goes out by itself until it is resumed. Read again,
    it changes nothing.
    """
    ours = _letter(tx, copy)
    if ours and ours.message_id is not None:
        # What was sent to somebody else, to look at it before, has not reached its reader.
        left = copy.at if ours.email in copy.recipients else None
        records.proved(tx, ours.message_id, now=now, actor=ACTOR, said=IN_SENT, left=left)
        return
    people = (
        sa.select(prospect.c.id)
        .join(enrollment, enrollment.c.prospect_id == prospect.c.id)
        .where(prospect.c.email.in_(copy.recipients), enrollment.c.status.in_(OPEN_ENROLLMENT))
        .where(enrollment.c.created_at <= copy.at)
        .distinct()
    )
    for prospect_id in tx.execute(people).scalars().all():
        if _is_new(tx, prospect_id, copy.fingerprint):
            reason = f"{BY_HAND} from {copy.mailbox}"
            stops.add_pause(tx, Scope.PROSPECT, str(prospect_id), reason=reason, actor=ACTOR, at=now)
            about = {"prospect_id": prospect_id, "reason": reason, "copy": copy.fingerprint}
            events.log(tx, now, BY_HAND, actor=ACTOR, **about)


def _letter(tx: sa.Connection, copy: OwnCopy) -> Owner | None:
    """The letter of this store that a mail of ours is a copy of."""
    return letter_where(tx, message.c.message_id == f"<{copy.header_id}>", BY_ID) or by_token(tx, copy.token)


def _ours(tx: sa.Connection, copy: OwnCopy) -> Owner | None:
    """The same, but none of a launch that was undone: what left then is the letter of a later launch."""
    found = _letter(tx, copy)
    undone = (
        sa.select(message.c.id)
        .join(enrollment, enrollment.c.id == message.c.enrollment_id)
        .where(message.c.id == (found.message_id if found else None))
        .where(enrollment.c.status == EnrollmentStatus.WITHDRAWN)
    )
    return None if found and tx.execute(undone).first() else found


def recognize(tx: sa.Connection, copies: Sequence[OwnCopy], now: datetime) -> list[OwnCopy]:
    """Take note of those mails that are letters of this store; the others, of which nothing is noted."""
    strange = []
    for copy in copies:
        if _ours(tx, copy):
            own_copy(tx, copy, now)
        else:
            strange.append(copy)
    return strange


def would_find(tx: sa.Connection, copies: Sequence[OwnCopy]) -> tuple[int, list[OwnCopy]]:
    """How many of the mails are letters that would count as sent, and those that are no letters of this store."""
    owners = [(copy, _ours(tx, copy)) for copy in copies]
    arrived = {
        owner.message_id
        for copy, owner in owners
        if owner and owner.message_id is not None and owner.email in copy.recipients
    }
    return len(records.unsent(tx, arrived)), [copy for copy, owner in owners if owner is None]


def found(tx: sa.Connection, after: int) -> int:
    """How many letters were found to have left since the event with that id."""
    query = sa.select(sa.func.count()).where(event.c.kind == records.FOUND, event.c.id > after)
    return int(tx.execute(query).scalar_one())


def pause_strangers(
    tx: sa.Connection, copies: Sequence[OwnCopy], now: datetime
) -> tuple[list[str], list[str]]:
    """Pause the readers of letters of which this store knows nothing: (those paused, those it does not know).

    They were written to under a launch that it has not seen; another launch would write to them again.
    """
    emails = {email for copy in copies for email in copy.recipients}
    known = tx.execute(sa.select(prospect.c.id, prospect.c.email).where(prospect.c.email.in_(emails))).all()
    for row in known:
        stops.add_pause(tx, Scope.PROSPECT, str(row.id), reason=STRANGE, actor=ACTOR, at=now)
    paused = {row.email for row in known}
    return sorted(paused), sorted(emails - paused)


def pause_doubled(tx: sa.Connection, now: datetime) -> list[str]:
    """Pause whom a first letter waits for although one was found to have left to them; who.

    The launch that this store knows has it in the place of theirs. A person decides.
    """
    had = sa.select(event.c.message_id).where(event.c.kind == records.FOUND)
    left = sa.select(message.c.enrollment_id).where(message.c.id.in_(had), message.c.first)
    people = (
        sa.select(prospect.c.id, prospect.c.email)
        .join(message, message.c.prospect_id == prospect.c.id)
        .where(message.c.status.in_(OPEN_MESSAGE), message.c.first, message.c.enrollment_id.in_(left))
        .order_by(prospect.c.email)
    )
    rows = tx.execute(people).all()
    for row in rows:
        stops.add_pause(tx, Scope.PROSPECT, str(row.id), reason=DOUBLED, actor=ACTOR, at=now)
    return [row.email for row in rows]


def _is_new(tx: sa.Connection, prospect_id: int, fingerprint: str) -> bool:
    told = sa.select(event.c.detail).where(event.c.prospect_id == prospect_id, event.c.kind == BY_HAND)
    return all(json.loads(each or "{}").get("copy") != fingerprint for each in tx.execute(told).scalars())


@dataclass(frozen=True, slots=True)
class Unfiled:
    """A letter that has left and of which the Sent folder has no copy yet."""

    id: int
    raw: bytes
    sent_at: datetime


def unfiled(tx: sa.Connection, mailbox: str, now: datetime) -> Sequence[Unfiled]:
    """The mailbox's letters of the last two days without a copy in Sent, the oldest first."""
    query = (
        sa.select(message.c.id, message.c.raw, message.c.sent_at)
        .where(message.c.mailbox == mailbox, message.c.status == MessageStatus.SENT)
        .where(message.c.sent_at > now - RECENT, message.c.filed_at.is_(None), message.c.raw.is_not(None))
        .order_by(message.c.id)
        .limit(_MOST)
    )
    return [Unfiled(row.id, bytes(row.raw), row.sent_at) for row in tx.execute(query)]


def filed(tx: sa.Connection, message_id: int, now: datetime) -> None:
    """Take note that a letter's copy is in the Sent folder."""
    tx.execute(sa.update(message).where(message.c.id == message_id).values(filed_at=now))
