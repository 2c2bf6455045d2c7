"""What came back: each mail once, with its effect and the folder's cursor in one transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from outreach.data import words
from outreach.inbound.clues import Clues, topic
from outreach.inbound.reading import Reading
from outreach.model import OPEN_ENROLLMENT, Cursor, EnrollmentStatus, Kind, MessageStatus, Scope
from outreach.sequence import FOREVER, OURS, RESPONSES, SOFT_LIMIT, THEIRS, Response
from outreach.store import byhand, events, records, stops, suppressions
from outreach.store.tables import answer, cursor, enrollment, message, prospect

ACTOR = "inbox"
MOST_RAW = 256 << 10  # bytes of a mail that are kept
_LONG_AGO = timedelta(days=90)  # an answer without a reference is to nothing older
_BY_ID, _BY_TOKEN = "Message-ID", "opt-out address"
_PROOFS = (_BY_ID, _BY_TOKEN)  # that the very letter has arrived somewhere
_WRITTEN = (MessageStatus.SENT, MessageStatus.UNCERTAIN, MessageStatus.SENDING)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that came back, read. `at` is when it arrived; `until` when an absent person is back."""

    mailbox: str
    folder: str
    fingerprint: str
    at: datetime
    sender: str
    subject: str
    header_id: str
    raw: bytes
    reading: Reading
    clues: Clues
    until: datetime | None = None
    intent: str = ""


@dataclass(frozen=True, slots=True)
class OwnCopy:
    """A mail that a mailbox of ours has sent; `token` is that of the opt-out address in its header."""

    mailbox: str
    header_id: str
    token: str
    recipients: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a mail is: the person, our letter if it is known, and how that was found."""

    prospect_id: int
    email: str
    company: str
    campaign: str
    message_id: int | None
    found_by: str


def cursors(tx: sa.Connection, mailbox: str) -> dict[str, Cursor]:
    """How far the folders of a mailbox have been read."""
    rows = tx.execute(sa.select(cursor).where(cursor.c.mailbox == mailbox))
    return {row.folder: Cursor(row.folder, row.validity, row.uid) for row in rows}


def take(
    tx: sa.Connection,
    key: bytes,
    arrived: Sequence[Arrived],
    reached: tuple[str, Cursor] | None,
    now: datetime,
) -> list[tuple[int, Arrived]]:
    """Keep mails that came back, do what each means, and move the cursor (mailbox, cursor); the new ones.

    A mail seen before changes nothing. One that has nothing to do with anybody we wrote to is not kept: it
    is the mailbox owner's own affair.
    """
    taken = []
    for one in arrived:
        same = sa.and_(answer.c.mailbox == one.mailbox, answer.c.fingerprint == one.fingerprint)
        if tx.execute(sa.select(answer.c.id).where(same)).first() is None:
            owner = find_owner(tx, one)
            if owner or _near(tx, one):
                taken.append((_keep(tx, key, one, owner, now), one))
    if reached:
        mailbox, place = reached
        same = sa.and_(cursor.c.mailbox == mailbox, cursor.c.folder == place.folder)
        tx.execute(sa.delete(cursor).where(same))
        tx.execute(sa.insert(cursor), {"mailbox": mailbox, **asdict(place)})
    return taken


def _near(tx: sa.Connection, one: Arrived) -> bool:
    """Whether somebody may have answered from an address we do not know: one of a company that we wrote to."""
    if one.reading.kind in (Kind.OPT_OUT, Kind.COMPLAINT):
        return True
    domains = {address.rpartition("@")[2] for address in one.clues.addresses}
    domains -= {one.mailbox.rpartition("@")[2], ""} | words("consumer_domains")
    if one.reading.kind is Kind.UNRELATED or not domains:
        return False
    there = sa.or_(*(prospect.c.email.endswith(f"@{each}", autoescape=True) for each in sorted(domains)[:5]))
    query = sa.select(message.c.id).join(prospect, prospect.c.id == message.c.prospect_id)
    written = sa.and_(message.c.mailbox == one.mailbox, message.c.status.in_(_WRITTEN), there)
    return tx.execute(query.where(written).limit(1)).first() is not None


def own_copy(tx: sa.Connection, copy: OwnCopy, now: datetime) -> None:
    """Take note of a mail that the mailbox itself has sent.

    Our own letter proves that it has left. Any other one to somebody we are writing to was written by hand:
    from then on a person talks to them, and nothing more goes out by itself until it is resumed.
    """
    ours = _letter(tx, message.c.message_id == f"<{copy.header_id}>", _BY_ID) or _by_token(tx, copy.token)
    if ours and ours.message_id is not None:
        said = "found in the Sent folder"
        records.settle(tx, ours.message_id, sent=True, now=now, actor=ACTOR, said=said)
        return
    people = (
        sa.select(prospect.c.id)
        .join(enrollment, enrollment.c.prospect_id == prospect.c.id)
        .where(prospect.c.email.in_(copy.recipients), enrollment.c.status.in_(OPEN_ENROLLMENT))
        .where(enrollment.c.created_at <= copy.at)
        .distinct()
    )
    for prospect_id in tx.execute(people).scalars().all():
        reason = f"written to by hand from {copy.mailbox}"
        stops.add_pause(tx, Scope.PROSPECT, str(prospect_id), reason=reason, actor=ACTOR, at=now)


def _keep(tx: sa.Connection, key: bytes, one: Arrived, owner: Owner | None, now: datetime) -> int:
    response = RESPONSES[one.reading.kind] if owner else None
    row = {
        **{name: getattr(one, name) for name in ("mailbox", "folder", "fingerprint", "at", "sender")},
        **{name: getattr(one, name) for name in ("subject", "header_id", "raw", "intent")},
        **{name: getattr(one.reading, name) for name in ("kind", "why", "text", "successor", "trouble")},
        "notices": json.dumps([asdict(each) for each in one.reading.notices], ensure_ascii=False),
        "returns_on": one.reading.return_date,
        "prospect_id": owner.prospect_id if owner else None,
        "message_id": owner.message_id if owner else None,
        "found_by": owner.found_by if owner else "",
        "waiting": response.waiting if response else True,
    }
    number = int(tx.execute(sa.insert(answer).values(row).returning(answer.c.id)).scalar_one())
    if owner and response:
        _respond(tx, key, one, owner, response, now)
        events.log(
            tx,
            now,
            "answer",
            actor=ACTOR,
            campaign=owner.campaign,
            prospect_id=owner.prospect_id,
            message_id=owner.message_id,
            reason=f"{one.reading.kind.replace('_', ' ')}, outreach inbox show {number}",
        )
    return number


def _respond(
    tx: sa.Connection, key: bytes, one: Arrived, owner: Owner, response: Response, now: datetime
) -> None:
    """Do what a mail means to the person it is about, and to the letter that it proves to have arrived."""
    what = _reason(one)
    if owner.message_id is not None and owner.found_by in _PROOFS:
        said = f"a mail that came back names it ({one.reading.kind.replace('_', ' ')})"
        records.settle(tx, owner.message_id, sent=True, now=now, actor=ACTOR, said=said)
    _rest_mailbox(tx, one, now)
    status = response.status or EnrollmentStatus.BOUNCED
    people = _people(tx, one, owner)
    if response.suppress or (one.reading.kind is Kind.SOFT_BOUNCE and _too_often(tx, owner)):
        emails = [email for email in people.values() if "@" in email]
        suppressions.add(tx, key, emails, reason=what, at=now, actor=ACTOR, status=status)
    if response.status:
        for prospect_id in people:
            if not stops.stop(tx, prospect_id, status, reason=what, at=now, actor=ACTOR):
                byhand.note(tx, prospect_id, status, what, now)
    if response.colleagues:
        _stop_colleagues(tx, owner, now)
    rest = response.rest
    if rest is not None:
        until = one.until or (None if rest >= FOREVER else now + rest)
        if until is None or until > now:
            reason = f"{one.reading.kind.replace('_', ' ')}: {one.reading.why}"[:200]
            person = str(owner.prospect_id)
            stops.add_pause(tx, Scope.PROSPECT, person, reason=reason, actor=ACTOR, at=now, until=until)


def _stop_colleagues(tx: sa.Connection, owner: Owner, now: datetime) -> None:
    """A company that answers is talked to by a person: nobody else there gets a letter by itself."""
    others = (
        sa.select(enrollment.c.prospect_id)
        .where(enrollment.c.company == owner.company, enrollment.c.prospect_id != owner.prospect_id)
        .where(enrollment.c.status.in_(OPEN_ENROLLMENT))
        .distinct()
    )
    for prospect_id in tx.execute(others).scalars().all():
        reason = "a colleague replied"
        stops.stop(tx, prospect_id, EnrollmentStatus.STOPPED, reason=reason, at=now, actor=ACTOR)


def _reason(one: Arrived) -> str:
    """Why somebody is stopped, for people."""
    if one.reading.kind is Kind.HARD_BOUNCE and one.reading.notices:
        return f"bounced: {one.reading.notices[0].text}"[:300]
    return f"{one.reading.kind.replace('_', ' ')} by mail"


def _people(tx: sa.Connection, one: Arrived, owner: Owner) -> dict[int, str]:
    """Whom a mail stops, with their addresses: whose letter it answers, and whoever wrote it, if known to us."""
    people = {owner.prospect_id: owner.email}
    if one.reading.kind in (Kind.REPLY, Kind.OPT_OUT):
        writer = tx.execute(sa.select(prospect.c.id).where(prospect.c.email == one.sender)).scalar()
        if writer is not None:
            people[writer] = one.sender
    return people


def _rest_mailbox(tx: sa.Connection, one: Arrived, now: datetime) -> None:
    """What a report says about us is nobody else's fault: our mailbox rests, as it does when a server says it."""
    for notice in one.reading.notices:
        rest = OURS.get(notice.reason)
        if rest is not None and one.reading.kind is Kind.SOFT_BOUNCE:
            until = None if rest >= FOREVER else now + rest
            reason = f"{notice.reason}: {notice.text}"[:300]
            stops.add_pause(
                tx, Scope.MAILBOX, one.mailbox, reason=reason, actor="sender", at=now, until=until
            )


def _too_often(tx: sa.Connection, owner: Owner) -> bool:
    """Whether the last letters to a person have all come back, for a reason that lies with the mailbox there."""
    last = (
        sa.select(message.c.id)
        .where(message.c.prospect_id == owner.prospect_id, message.c.status == MessageStatus.SENT)
        .order_by(message.c.id.desc())
        .limit(SOFT_LIMIT)
    )
    letters = set(tx.execute(last).scalars())
    soft = sa.and_(answer.c.message_id.in_(letters), answer.c.kind == Kind.SOFT_BOUNCE)
    rows = tx.execute(sa.select(answer.c.message_id, answer.c.notices).where(soft))
    back = {
        row.message_id for row in rows if any(each["reason"] in THEIRS for each in json.loads(row.notices))
    }
    return len(letters) == SOFT_LIMIT and back == letters


def find_owner(tx: sa.Connection, one: Arrived) -> Owner | None:
    """Whose a mail is: by the Message-IDs it names, newest first, our opt-out token, then who and what about."""
    names = [f"<{name}>" for name in one.clues.message_ids]
    known = {row.message_id: row for row in tx.execute(_LETTERS.where(message.c.message_id.in_(names)))}
    for name in names:
        if name in known:
            return _owner(known[name], _BY_ID)
    named = _by_token(tx, one.clues.token)
    if named:
        return named
    found = _by_address(tx, one)
    if found is None and one.reading.kind is Kind.OPT_OUT:  # whoever asks is heard, whatever it answers
        row = tx.execute(sa.select(prospect).where(prospect.c.email == one.sender)).first()
        found = Owner(row.id, row.email, row.company, "", None, "address") if row else None
    return found


def _by_token(tx: sa.Connection, token: str) -> Owner | None:
    """The letter whose opt-out address has this token: the local part of its Message-ID."""
    if not token:
        return None
    return _letter(tx, message.c.message_id.startswith(f"<{token}@", autoescape=True), _BY_TOKEN)


def _by_address(tx: sa.Connection, one: Arrived) -> Owner | None:
    """The newest letter of that mailbox to such an address, best one on the same topic."""
    recent = sa.and_(
        message.c.mailbox == one.mailbox,
        message.c.status.in_(_WRITTEN),
        message.c.marked_at > one.at - _LONG_AGO,
        message.c.marked_at < one.at + timedelta(days=1),  # clocks differ; an older mail answers nothing
        prospect.c.email.in_(one.clues.addresses),
    )
    rows = tx.execute(_LETTERS.where(recent).limit(20)).all()
    same = [row for row in rows if one.clues.topic and topic(row.subject) == one.clues.topic]
    return _owner((same or rows)[0], "address and subject" if same else "address") if rows else None


_LETTERS = (
    sa.select(
        *(message.c.id, message.c.message_id, message.c.campaign, message.c.subject, message.c.company),
        *(message.c.prospect_id, prospect.c.email),
    )
    .join(prospect, prospect.c.id == message.c.prospect_id)
    .order_by(message.c.id.desc())
)


def _letter(tx: sa.Connection, where: sa.ColumnElement[bool], found_by: str) -> Owner | None:
    row = tx.execute(_LETTERS.where(where).limit(1)).first()
    return _owner(row, found_by) if row else None


def _owner(row: Any, found_by: str) -> Owner:
    return Owner(row.prospect_id, row.email, row.company, row.campaign, row.id, found_by)


def listed(
    tx: sa.Connection,
    *,
    waiting: bool = False,
    unmatched: bool = False,
    number: int | None = None,
    limit: int = 50,
) -> list[Mapping[str, Any]]:
    """The newest answers, with the address of the person and the letter they belong to; or that one."""
    wanted: list[sa.ColumnElement[bool]] = [answer.c.waiting] if waiting else []
    wanted += [answer.c.prospect_id.is_(None)] if unmatched else []
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


def waiting(tx: sa.Connection) -> int:
    """How many mails wait for a person."""
    return int(tx.execute(sa.select(sa.func.count()).where(answer.c.waiting)).scalar_one())


def done(tx: sa.Connection, number: int, *, now: datetime, actor: str) -> None:
    """A person has seen to a mail."""
    row = tx.execute(sa.select(answer.c.prospect_id, answer.c.message_id).where(answer.c.id == number)).one()
    tx.execute(sa.update(answer).where(answer.c.id == number).values(waiting=False))
    about = {"prospect_id": row.prospect_id, "message_id": row.message_id}
    events.log(tx, now, "answer done", actor=actor, answer=number, **about)
