"""What came of a letter: the delivery, its effects, and the way out of `uncertain`."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach.model import (
    OPEN_MESSAGE,
    Accepted,
    Answer,
    Deferred,
    EnrollmentStatus,
    MessageStatus,
    Rejected,
    Scope,
)
from outreach.sequence import EFFECTS, FOREVER, RETRY, Effect, Verdict, rest_of, retry_at, verdict
from outreach.store import events, marks, stops, suppressions
from outreach.store.claims import Claimed
from outreach.store.tables import delivery, enrollment, event, mailbox, message, prospect

PROVED = "proved to have left"
FOUND = "found to have left"  # a letter that this store, being older than it, has not sent
_LETTER = (
    sa.select(
        *(message.c.id, message.c.enrollment_id, message.c.prospect_id, message.c.campaign, message.c.letter),
        *(message.c.mailbox, message.c.status, message.c.marked_at, message.c.tries, message.c.first_try_at),
        *(message.c.opens_at, message.c.closes_at, prospect.c.email, mailbox.c.setbacks),
    )
    .join(prospect, prospect.c.id == message.c.prospect_id)
    .join(mailbox, mailbox.c.address == message.c.mailbox)
    .where(
        message.c.id == sa.bindparam("this_letter"),
        message.c.token == sa.bindparam("claim"),
        message.c.status.in_([MessageStatus.CLAIMED, MessageStatus.SENDING, MessageStatus.UNCERTAIN]),
    )
)
_SENT = (
    sa.update(message)
    .where(message.c.id == sa.bindparam("this_letter"))
    .values(
        status=MessageStatus.SENT,
        sent_at=sa.bindparam("now"),
        reason="",
        token=None,
        lease_until=None,
    )
)
_ADVANCE = (
    sa.update(enrollment)
    .where(enrollment.c.id == sa.bindparam("person"), enrollment.c.status == EnrollmentStatus.ACTIVE)
    .values(advance=True)
)
_WAITS = sa.update(enrollment).where(enrollment.c.id == sa.bindparam("person")).values(advance=False)
_OPEN = sa.select(message.c.id).where(
    message.c.enrollment_id == sa.bindparam("person"), message.c.status.in_(OPEN_MESSAGE)
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the record did: the verdict, and how the message stands now."""

    verdict: Verdict
    status: MessageStatus


def record(tx: sa.Connection, key: bytes, letter: Claimed, answer: Answer, now: datetime) -> Recorded | None:
    """Write down what a server answered and do what it means; None if the letter is no longer ours.

    Taken by token, from `claimed` (refused before any body), `sending`, or `uncertain` (this worker was
    thought dead). An unclear answer makes the letter uncertain.
    """
    result = verdict(answer)
    row = tx.execute(_LETTER, {"this_letter": letter.id, "claim": letter.token}).first()
    if row is None:
        return None
    effect = EFFECTS[result]
    erased = "@" not in row.email
    code, said = (None, "") if erased else _said(answer)  # it may name the person
    tx.execute(
        sa.insert(delivery),
        {
            "message_id": row.id,
            "marked_at": row.marked_at if row.status != MessageStatus.CLAIMED else None,
            "at": now,
            "mailbox": row.mailbox,
            "outcome": result,
            "code": code,
            "answer": said,
        },
    )
    status = _after(tx, row, effect, f"{result}: {said}", now)
    _rest(tx, row, effect, f"{result}: {said}", now)
    if effect.suppress and not erased:
        suppressions.add(
            tx,
            key,
            [row.email],
            reason=f"bounced: {said}",
            at=now,
            actor="sender",
            status=EnrollmentStatus.BOUNCED,
        )
    _log(tx, row, now, status, verdict=str(result), code=code, answer=said)
    if status == MessageStatus.UNCERTAIN and settle_proved(tx, row.id, now):
        status = MessageStatus.SENT
    return Recorded(result, status)


def _said(answer: Answer) -> tuple[int | None, str]:
    """The reply code, and what the server said in one line, codes first."""
    code = answer.code if isinstance(answer, Accepted | Deferred | Rejected) else None
    enhanced = getattr(answer, "enhanced", "")
    text = answer.text.removeprefix(enhanced).lstrip()  # most servers put it into the text as well
    return code, " ".join(part for part in (str(code or ""), enhanced, text) if part)


def _log(tx: sa.Connection, row: Any, now: datetime, status: MessageStatus, **detail: Any) -> None:
    about = {"campaign": row.campaign, "prospect_id": row.prospect_id, "message_id": row.id}
    events.log(tx, now, status, actor="sender", **about, letter=row.letter, **detail)


def _after(tx: sa.Connection, row: Any, effect: Effect, reason: str, now: datetime) -> MessageStatus:
    """Change the message as the effect says; its new status."""
    if effect.message == MessageStatus.SENT:
        tx.execute(_SENT, {"this_letter": row.id, "now": now})
        tx.execute(_ADVANCE, {"person": row.enrollment_id})
        return MessageStatus.SENT
    values: dict[str, Any] = {"status": effect.message, "token": None, "lease_until": None, "reason": reason}
    if effect.message == MessageStatus.UNCERTAIN:
        values.pop("token")
    if effect.message == MessageStatus.SCHEDULED:
        values |= _again(row, effect, now)
    if effect.message in (MessageStatus.SCHEDULED, MessageStatus.HELD):
        values |= _cancelled(tx, row)
    tx.execute(sa.update(message).where(message.c.id == row.id).values(**values))
    return MessageStatus(values["status"])


def _again(row: Any, effect: Effect, now: datetime) -> dict[str, Any]:
    """When a letter that is not out may be offered again."""
    rest = rest_of(effect, row.setbacks)
    if rest is not None:
        # The mailbox rests; nobody blames the recipient. But should it be this very letter that the
        # server stumbles over, the others must come first when it goes on.
        later = now + rest + min(rest, RETRY[0]) if rest < FOREVER else now
        return {"due_at": later, "opens_at": max(later, row.opens_at)}
    tries, since = row.tries + 1, row.first_try_at or now
    due_at = retry_at(tries, since, now)
    if due_at is None:
        return {"status": MessageStatus.HELD, "reason": "deferred for 48 hours"}
    back_off = {"tries": tries, "first_try_at": since, "due_at": due_at}
    return {**back_off, "opens_at": max(due_at, row.opens_at)}


def _cancelled(tx: sa.Connection, row: Any) -> dict[str, Any]:
    """What becomes of a letter that would wait again, if its person was stopped meanwhile."""
    status = tx.execute(
        sa.select(enrollment.c.status).where(enrollment.c.id == row.enrollment_id)
    ).scalar_one()
    stopped = status != EnrollmentStatus.ACTIVE
    return {"status": MessageStatus.CANCELLED, "reason": status} if stopped else {}


def _rest(tx: sa.Connection, row: Any, effect: Effect, reason: str, now: datetime) -> None:
    """Let the mailbox rest after a setback; forget the setbacks after an accepted letter."""
    change = sa.update(mailbox).where(mailbox.c.address == row.mailbox)
    if effect.rest is None:
        if effect.message == MessageStatus.SENT and row.setbacks:
            tx.execute(change.values(setbacks=0))
        return
    rest = rest_of(effect, row.setbacks)
    until = None if rest is None or rest >= FOREVER else now + rest
    stops.add_pause(tx, Scope.MAILBOX, row.mailbox, reason=reason, actor="sender", at=now, until=until)
    trouble = {"troubled": True} if effect.trouble else {}
    tx.execute(change.values(setbacks=mailbox.c.setbacks + 1, **trouble))


def hold(tx: sa.Connection, letter: Claimed, reason: str, now: datetime) -> None:
    """Hold a claimed letter that cannot be composed: a person must look at it."""
    ours = sa.and_(message.c.id == letter.id, message.c.token == letter.token)
    held = {"status": MessageStatus.HELD, "reason": reason, "token": None, "lease_until": None}
    tx.execute(sa.update(message).where(ours).values(**held))
    events.log(
        tx,
        now,
        "held",
        actor="sender",
        campaign=letter.campaign,
        prospect_id=letter.prospect_id,
        message_id=letter.id,
        reason=reason,
    )


def unmark(tx: sa.Connection, letter: Claimed) -> bool:
    """Undo a mark whose body certainly did not leave; whether the letter was still ours."""
    ours = sa.and_(
        message.c.id == letter.id,
        message.c.token == letter.token,
        message.c.status.in_([MessageStatus.SENDING, MessageStatus.UNCERTAIN]),
    )
    row = tx.execute(sa.select(message).where(ours)).first()
    if row is None:
        return False
    back = {"status": MessageStatus.SCHEDULED, "token": None, "lease_until": None, "reason": ""}
    values = {**back, "marked_at": None, "raw": None, **_cancelled(tx, row)}
    tx.execute(sa.update(message).where(ours).values(**values))
    marks.uncount(tx, row)
    about = {"campaign": row.campaign, "prospect_id": row.prospect_id, "message_id": row.id}
    events.log(tx, row.marked_at, "unmarked", actor="sender", **about)
    return True


def settle(
    tx: sa.Connection,
    message_id: int,
    *,
    sent: bool,
    now: datetime,
    actor: str,
    said: str = "settled by a person",
) -> bool:
    """Settle an uncertain letter: it was sent (`said` tells how one knows), or a person lets it be tried once
    more; whether it was uncertain.

    Tried once more it keeps its Message-ID, so that a server that has it may drop the copy.
    """
    row = tx.execute(
        sa.select(message).where(message.c.id == message_id, message.c.status == MessageStatus.UNCERTAIN)
    ).first()
    if row is None:
        return False
    if sent:
        answer = {"outcome": Verdict.ACCEPTED, "answer": said}
        about = {"message_id": row.id, "marked_at": row.marked_at, "at": now, "mailbox": row.mailbox}
        tx.execute(sa.insert(delivery), {**about, **answer})
        _after(tx, row, EFFECTS[Verdict.ACCEPTED], "", row.marked_at or now)
    else:
        values = {"status": MessageStatus.SCHEDULED, "token": None, "reason": "", **_cancelled(tx, row)}
        tx.execute(sa.update(message).where(message.c.id == row.id).values(**values))
    kind = "settled as sent" if sent else "released"
    about = {"campaign": row.campaign, "prospect_id": row.prospect_id, "message_id": row.id}
    events.log(tx, now, kind, actor=actor, **about)
    return True


def proved(
    tx: sa.Connection, message_id: int, *, now: datetime, actor: str, said: str, left: datetime | None = None
) -> None:
    """Take note of a proof that a letter has left, such as a mail that names it.

    An uncertain one is settled. One that is still leaving is, should it become uncertain. One that waits or was
    cancelled, as in a store that was restored, has `left` at that moment and is sent; without it the proof says
    nothing of such a letter.
    """
    if settle(tx, message_id, sent=True, now=now, actor=actor, said=said):
        return
    if left and _found(tx, message_id, left, now, actor, said):
        return
    leaving = sa.and_(message.c.id == message_id, message.c.status == MessageStatus.SENDING)
    row = tx.execute(sa.select(message.c.campaign, message.c.prospect_id).where(leaving)).first()
    if row is not None:
        about = {"campaign": row.campaign, "prospect_id": row.prospect_id, "message_id": message_id}
        events.log(tx, now, PROVED, actor=actor, **about, reason=said)


def unsent(tx: sa.Connection, message_ids: Collection[int]) -> Sequence[Any]:
    """Those of the letters that this store has not sent, as rows: they wait, or were cancelled before any try.

    The letters of a launch that was undone are not among them: whoever joins again has the old row again.
    """
    never = sa.and_(message.c.status == MessageStatus.CANCELLED, message.c.marked_at.is_(None))
    query = (
        sa.select(message)
        .join(enrollment, enrollment.c.id == message.c.enrollment_id)
        .where(message.c.id.in_(message_ids), enrollment.c.status != EnrollmentStatus.WITHDRAWN)
        .where(sa.or_(message.c.status.in_(stops.CANCELLABLE), never))
    )
    return tx.execute(query).all()


def _found(tx: sa.Connection, message_id: int, left: datetime, now: datetime, actor: str, said: str) -> bool:
    """Count a letter that was not sent here as sent at that moment; whether there was one.

    Its next step counts from then; one that waits in the place of a cancelled letter gives way. Who was stopped
    stays stopped.
    """
    row = next(iter(unsent(tx, [message_id])), None)
    if row is None:
        return False
    if row.status == MessageStatus.CANCELLED:
        others = message.c.enrollment_id == row.enrollment_id
        stops.cancel(tx, others, reason=f"{row.letter} has left in its place", at=now, actor=actor)
    about = {"message_id": row.id, "marked_at": left, "at": left, "mailbox": row.mailbox}
    tx.execute(sa.insert(delivery), {**about, "outcome": Verdict.ACCEPTED, "answer": said})
    _after(tx, row, EFFECTS[Verdict.ACCEPTED], "", left)
    tx.execute(sa.update(message).where(message.c.id == row.id).values(marked_at=left))
    if tx.execute(_OPEN, {"person": row.enrollment_id}).first():  # another one is leaving, or may have left
        tx.execute(_WAITS, {"person": row.enrollment_id})
    marks.count_found(tx, row, left)
    about = {"campaign": row.campaign, "prospect_id": row.prospect_id, "message_id": row.id}
    events.log(tx, left, FOUND, actor=actor, **about, reason=said)
    return True


def settle_proved(tx: sa.Connection, message_id: int, now: datetime) -> bool:
    """Settle a letter that has just become uncertain if it was proved before that it has left."""
    proof = sa.select(event.c.detail).where(event.c.message_id == message_id, event.c.kind == PROVED)
    detail = tx.execute(proof.order_by(event.c.id.desc()).limit(1)).scalar()
    if detail is None:
        return False
    said = str(json.loads(detail or "{}").get("reason", "it was proved before"))
    return settle(tx, message_id, sent=True, now=now, actor="sender", said=said)


def retry(tx: sa.Connection, message_id: int, *, now: datetime, actor: str) -> bool:
    """A person lets a held letter be offered again, after a server had refused or deferred it for too long.

    False if it is not held, or is held for its own text (then a launch with the mended file frees it).
    """
    tried = sa.select(delivery.c.id).where(delivery.c.message_id == message.c.id).exists()
    this = sa.and_(message.c.id == message_id, message.c.status == MessageStatus.HELD, tried)
    row = tx.execute(sa.select(message.c.campaign, message.c.prospect_id).where(this)).first()
    if row is None:
        return False
    again = {"status": MessageStatus.SCHEDULED, "reason": "", "tries": 0, "first_try_at": None}
    tx.execute(sa.update(message).where(message.c.id == message_id).values(**again))
    about = {"campaign": row.campaign, "prospect_id": row.prospect_id, "message_id": message_id}
    events.log(tx, now, "retried", actor=actor, **about)
    return True
