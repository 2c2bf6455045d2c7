"""The inbox for people: what came back, what waits, and what a person says about it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from outreach.inbound.arrived import Arrived
from outreach.model import EnrollmentStatus, Event, Prospect
from outreach.store import answers, events, suppressions
from outreach.store.answers import TAKEN
from outreach.store.owners import Owner, letter_where
from outreach.store.tables import answer, event, message, prospect


def listed(
    tx: sa.Connection,
    *,
    today: date | None = None,
    unmatched: bool = False,
    number: int | None = None,
    limit: int = 50,
) -> list[Mapping[str, Any]]:
    """The newest answers, with the address of the person and the letter they belong to; or that one.

    With `today` only those that wait for a person on that day.
    """
    wanted = _wanted(today, unmatched)
    wanted += [answer.c.id == number] if number is not None else []
    query = (
        sa.select(
            *(column for column in answer.c if column.name != "raw"),
            prospect.c.email,
            message.c.campaign,
            message.c.letter,
        )
        .outerjoin(prospect, prospect.c.id == answer.c.prospect_id)
        .outerjoin(message, message.c.id == answer.c.message_id)
        .where(*wanted)
        .order_by(answer.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in tx.execute(query).mappings()]


def waiting(tx: sa.Connection, today: date) -> int:
    """How many mails wait for a person on that day."""
    return count(tx, today=today)


def count(tx: sa.Connection, *, today: date | None = None, unmatched: bool = False) -> int:
    """How many mails `listed` has without its limit."""
    query = sa.select(sa.func.count()).select_from(answer).where(*_wanted(today, unmatched))
    return int(tx.execute(query).scalar_one())


def _wanted(today: date | None, unmatched: bool) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = [answer.c.prospect_id.is_(None)] if unmatched else []
    if today:
        wanted += [answer.c.waiting, sa.or_(answer.c.later.is_(None), answer.c.later <= today)]
    return wanted


def raw(tx: sa.Connection, number: int) -> bytes:
    """The bytes of a mail as far as they were read."""
    return bytes(tx.execute(sa.select(answer.c.raw).where(answer.c.id == number)).scalar_one() or b"")


def numbers(tx: sa.Connection) -> Sequence[int]:
    """The numbers of all mails that no person has corrected or seen to."""
    untouched = sa.and_(~answer.c.corrected, ~answer.c.done)
    return tx.execute(sa.select(answer.c.id).where(untouched).order_by(answer.c.id)).scalars().all()


def numbers_of(tx: sa.Connection, person: Prospect) -> Sequence[int]:
    """The numbers of the mails that a person wrote, or that are about them."""
    theirs = sa.or_(answer.c.prospect_id == person.id, answer.c.sender == person.email)
    return tx.execute(sa.select(answer.c.id).where(theirs)).scalars().all()


def owner(tx: sa.Connection, number: int) -> Owner | None:
    """Whose a mail is, as it stands in the store."""
    row = tx.execute(
        sa.select(answer.c.message_id, answer.c.prospect_id, answer.c.found_by, prospect.c.email)
        .add_columns(prospect.c.company)
        .join(prospect, prospect.c.id == answer.c.prospect_id)
        .where(answer.c.id == number)
    ).first()
    if row is None:
        return None
    found = letter_where(tx, message.c.id == row.message_id, row.found_by) if row.message_id else None
    return found or Owner(row.prospect_id, row.email, row.company, "", None, row.found_by)


def judge(
    tx: sa.Connection,
    key: bytes,
    number: int,
    one: Arrived,
    owner: Owner | None,
    *,
    now: datetime,
    actor: str,
    corrected: bool = True,
) -> None:
    """Give a mail another meaning or another owner, and do what that means; nothing that was done is undone."""
    waits = answers.waits(one, owner)
    values = {**answers.said(one), **answers.whose(owner), "waiting": waits, "corrected": corrected}
    tx.execute(sa.update(answer).where(answer.c.id == number).values(**values))
    if owner is None:
        _log(tx, number, "answer marked", now, actor, said=str(one.reading.kind))
    else:
        answers.act(tx, key, number, one, owner, now=now, actor=actor)


def note(tx: sa.Connection, number: int, one: Arrived) -> None:
    """Write down what a mail is now read as, where that changes nothing for anybody."""
    tx.execute(sa.update(answer).where(answer.c.id == number).values(**answers.said(one)))


def intend(tx: sa.Connection, number: int, intent: str, *, now: datetime, actor: str) -> None:
    """A person says what a reply wants."""
    change = sa.update(answer).where(answer.c.id == number)
    tx.execute(change.values(intent=intent, corrected=True))
    _log(tx, number, "answer marked", now, actor, said=intent)


def done(tx: sa.Connection, number: int, *, now: datetime, actor: str) -> None:
    """A person has seen to a mail."""
    tx.execute(sa.update(answer).where(answer.c.id == number).values(waiting=False, done=True, later=None))
    _log(tx, number, "answer done", now, actor)


ANSWERED, PERHAPS_ANSWERED = "answered by hand", "perhaps answered by hand"
NOT_ANSWERED = "answer refused by the server"


def answering(
    tx: sa.Connection, number: int, kind: str, message_id: str, *, now: datetime, actor: str
) -> None:
    """Take note of how far a person's answer to a mail is, under that Message-ID; ANSWERED: the mail is done."""
    if kind == ANSWERED:
        change = sa.update(answer).where(answer.c.id == number)
        tx.execute(change.values(waiting=False, done=True, later=None))
    _log(tx, number, kind, now, actor, message=message_id)


def answered(tx: sa.Connection, number: int) -> Event | None:
    """When a person answered a mail, the last time; else the last try, None for never. Also where it was nobody's
    then.
    """
    person = tx.execute(sa.select(answer.c.prospect_id).where(answer.c.id == number)).scalar()
    whose = sa.or_(event.c.prospect_id.is_(None), event.c.prospect_id == person)
    kinds = event.c.kind.in_([ANSWERED, PERHAPS_ANSWERED, NOT_ANSWERED])
    rows = tx.execute(sa.select(event).where(whose, kinds).order_by(event.c.id.desc()))
    found = (Event(row.id, row.at, row.kind, row.actor, json.loads(row.detail or "{}")) for row in rows)
    of_it = [each for each in found if each.detail.get("mail") == number]
    return next((each for each in of_it if each.kind == ANSWERED), next(iter(of_it), None))


def effects(tx: sa.Connection, number: int) -> Sequence[Event]:
    """What happened to its person when a mail was taken, and what people did because of it, oldest first.

    What people did names the mail; what its taking did stands before the event that names it, and behind the
    taking of the mail before.
    """
    person = tx.execute(sa.select(answer.c.prospect_id).where(answer.c.id == number)).scalar()
    if person is None:
        return []
    found = events.history(tx, prospect_id=person)
    took = next((each for each in found if _names(each, number)), None)
    before = max((each.id for each in found if took and each.kind == TAKEN and each.id < took.id), default=0)
    done = {each.id for each in found if took and before < each.id <= took.id and _with(each, took)}
    return [each for each in found if each.id in done or each.detail.get("mail") == number]


def _with(each: Event, took: Event) -> bool:
    return (each.at, each.actor) == (took.at, took.actor)


def _names(each: Event, number: int) -> bool:
    """Whether an event is that of the taking of a mail."""
    return each.kind == TAKEN and str(each.detail.get("reason", "")).endswith(f"outreach inbox show {number}")


def later(tx: sa.Connection, number: int, day: date, *, now: datetime, actor: str) -> None:
    """Let a mail wait for a person again from that day on, not before."""
    tx.execute(sa.update(answer).where(answer.c.id == number).values(waiting=True, done=False, later=day))
    _log(tx, number, "answer put off", now, actor, said=f"until {day.isoformat()}")


def opt_out(
    tx: sa.Connection, key: bytes, number: int, values: Sequence[str], *, now: datetime, actor: str
) -> int:
    """Suppress addresses and domains because of a mail, which is done with that; how many were new."""
    reason = f"opt out by mail {number}"
    status = EnrollmentStatus.OPTED_OUT
    new = suppressions.add(tx, key, values, reason=reason, at=now, actor=actor, status=status)
    done(tx, number, now=now, actor=actor)
    return new


def _log(
    tx: sa.Connection, number: int, kind: str, now: datetime, actor: str, said: str = "", **detail: Any
) -> None:
    row = tx.execute(sa.select(answer.c.prospect_id, answer.c.message_id).where(answer.c.id == number)).one()
    about = {"prospect_id": row.prospect_id, "message_id": row.message_id}
    reason = ", ".join(filter(None, (f"mail {number}", said.replace("_", " "))))
    events.log(tx, now, kind, actor=actor, mail=number, reason=reason, **about, **detail)
