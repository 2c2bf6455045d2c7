"""What a mail that came back does: `sequence.RESPONSES`, in the transaction that keeps the mail."""

import json
from datetime import datetime, timedelta

import sqlalchemy as sa

from outreach.inbound.arrived import Arrived
from outreach.inbound.headers import nameless
from outreach.model import EnrollmentStatus, Kind, MessageStatus, Scope
from outreach.schedule.window import at_work
from outreach.schedule.zones import zone_of
from outreach.sequence import FOREVER, OURS, SOFT_LIMIT, THEIRS, Response
from outreach.store import prospects, records, replies, settings, stops, suppressions
from outreach.store.owners import PROOFS, Owner
from outreach.store.tables import answer, message, prospect

ACTOR = "inbox"


def respond(
    tx: sa.Connection, key: bytes, one: Arrived, owner: Owner, response: Response, now: datetime, actor: str
) -> None:
    """Do what a mail means to the person it is about, and to the letter that it proves to have arrived."""
    what = _reason(one)
    if owner.message_id is not None and owner.found_by in PROOFS:
        said = f"a mail that came back names it ({one.reading.kind.replace('_', ' ')})"
        # A colleague who was shown the letter beforehand proves nothing about the reader's own.
        theirs = owner.email in (one.sender, *one.reading.recipients)
        left = one.at if theirs else None
        records.proved(tx, owner.message_id, now=now, actor=actor, said=said, left=left)
    _rest_mailbox(tx, one, now)
    status = response.status or EnrollmentStatus.BOUNCED
    people = _people(tx, one, owner)
    if response.suppress or (one.reading.kind is Kind.SOFT_BOUNCE and _too_often(tx, owner)):
        emails = [email for email in people.values() if "@" in email]
        suppressions.add(tx, key, emails, reason=what, at=now, actor=actor, status=status)
    if response.status:
        for prospect_id in people:
            if not stops.stop(tx, prospect_id, status, reason=what, at=now, actor=actor):
                stops.note(tx, prospect_id, status, what, now)
    if response.colleagues:
        replies.stop_colleagues(tx, owner.prospect_id, now, actor)
    if response.rest is not None and stops.is_going(tx, owner.prospect_id):
        _rest(tx, one, owner, response.rest, now, actor)


def _rest(tx: sa.Connection, one: Arrived, owner: Owner, rest: timedelta, now: datetime, actor: str) -> None:
    """Let the person rest: until they are back where that is known."""
    until = _back_at(tx, one, owner) or (None if rest >= FOREVER else now + rest)
    if until is None or until > now:
        reason = f"{one.reading.kind.replace('_', ' ')}: {one.reading.why}"[:200]
        person = str(owner.prospect_id)
        stops.add_pause(tx, Scope.PROSPECT, person, reason=reason, actor=actor, at=now, until=until)


def _back_at(tx: sa.Connection, one: Arrived, owner: Owner) -> datetime | None:
    """The morning on which somebody absent is back at work, where they are."""
    if one.reading.return_date is None:
        return None
    fields = prospects.by_ids(tx, [owner.prospect_id])[owner.prospect_id].fields
    zone = zone_of(fields, settings.house(tx).timezone)
    return at_work(one.reading.return_date, zone, str(fields.get("country") or ""))


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
        if rest is not None and one.reading.kind in (Kind.SOFT_BOUNCE, Kind.COMPLAINT):
            until = None if rest >= FOREVER else now + rest
            reason = f"{notice.reason}: {nameless(notice.text)}"[:300]
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
