"""Whose a mail is that came back: the person, and our letter where it is known."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from outreach.compose.trial import is_trial
from outreach.data import words
from outreach.inbound.arrived import Arrived
from outreach.inbound.clues import REPORTS, topic
from outreach.inbound.reading import UNREAD
from outreach.model import Kind, MessageStatus
from outreach.store.tables import mailbox, message, prospect
from outreach.subjects import bare, marked

BY_HAND = "a person"
_LONG_AGO = timedelta(days=90)  # an answer without a reference is to nothing older
_SOON = timedelta(days=10)  # nor is a report: servers give up after five days (RFC 5321 4.5.4.1)
BY_ID, BY_TOKEN = "Message-ID", "the letter's own address"
PROOFS = (BY_ID, BY_TOKEN)  # that the very letter has arrived somewhere
_WRITTEN = (MessageStatus.SENT, MessageStatus.UNCERTAIN, MessageStatus.SENDING)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a mail is: the person, our letter if it is known, and how that was found."""

    prospect_id: int
    email: str
    company: str
    campaign: str
    message_id: int | None
    found_by: str


def find(tx: sa.Connection, one: Arrived) -> Owner | None:
    """Whose a mail is: by the Message-IDs it names, newest first, its own address, then who and what about.

    A report that returns another mail than one of ours is nobody's, whomever it names.
    """
    names = [f"<{name}>" for name in one.clues.message_ids]
    known = {row.message_id: row for row in tx.execute(_LETTERS.where(message.c.message_id.in_(names)))}
    for name in names:
        if name in known:
            return _owner(known[name], BY_ID)
    named = by_token(tx, one.clues.token)
    if named:
        return named
    if one.reading.kind in REPORTS and names:
        return None
    found = _by_address(tx, one)
    if found is None and one.reading.kind is Kind.OPT_OUT:  # whoever asks is heard, whatever it answers
        found = newest_letter(tx, one.sender, "address")
    return found


def theirs(one: Arrived, owner: Owner) -> Arrived:
    """The mail as far as it is about its owner: a report on several addresses says something of each."""
    notices = tuple(each for each in one.reading.notices if each.recipient == owner.email)
    if not notices or notices == one.reading.notices:
        return one
    return replace(one, reading=replace(one.reading, kind=notices[0].kind, notices=notices))


def about_them(one: Arrived, owner: Owner) -> bool:
    """Whether what a mail says is said of its owner's own address.

    A report may name whom the letter was passed on to; an absence note may be that of another reader.
    """
    if one.reading.kind is Kind.MOVED:
        return one.sender in ("", owner.email)
    return not one.reading.recipients or owner.email in one.reading.recipients


def by_token(tx: sa.Connection, token: str) -> Owner | None:
    """The letter whose own addresses, for opt-outs and reports, have this token: its Message-ID's local part."""
    if not token:
        return None
    ours = {address.rpartition("@")[2] for address in _mailboxes(tx)}
    return letter_where(
        tx, message.c.message_id.in_([f"<{token}@{each}>" for each in sorted(ours)]), BY_TOKEN
    )


def _mailboxes(tx: sa.Connection) -> set[str]:
    return set(tx.execute(sa.select(mailbox.c.address)).scalars())


def _is_colleague(tx: sa.Connection, one: Arrived) -> bool:
    """Whether a mail is from a mailbox of ours, or from somebody at a domain that is ours alone."""
    ours = _mailboxes(tx) | {one.mailbox}
    domains = {address.rpartition("@")[2] for address in ours} - words("consumer_domains")
    return one.sender in ours or one.sender.rpartition("@")[2] in domains


def _by_address(tx: sa.Connection, one: Arrived) -> Owner | None:
    """The newest letter to such an address, best one of that mailbox and on the same topic.

    A report comes to the mailbox that sent the letter, and soon.
    """
    report = one.reading.kind in REPORTS
    recent = sa.and_(
        message.c.mailbox == one.mailbox if report else sa.true(),
        message.c.status.in_(_WRITTEN),
        message.c.marked_at > one.at - (_SOON if report else _LONG_AGO),
        message.c.marked_at < one.at + timedelta(days=1),  # clocks differ; an older mail answers nothing
        prospect.c.email.in_(one.clues.addresses),
    )
    rows = tx.execute(_LETTERS.where(recent).limit(20)).all()
    rows = [row for row in rows if row.mailbox == one.mailbox] or rows
    same = [row for row in rows if one.clues.topic and topic(row.subject) == one.clues.topic]
    return _owner((same or rows)[0], "address and subject" if same else "address") if rows else None


_LETTERS = (
    sa.select(
        *(message.c.id, message.c.message_id, message.c.campaign, message.c.subject, message.c.company),
        *(message.c.prospect_id, message.c.mailbox, prospect.c.email),
    )
    .join(prospect, prospect.c.id == message.c.prospect_id)
    .order_by(message.c.id.desc())
)


def letter_where(tx: sa.Connection, where: sa.ColumnElement[bool], found_by: str) -> Owner | None:
    """The newest letter of which a condition over `message` and `prospect` is true, as somebody's own."""
    row = tx.execute(_LETTERS.where(where).limit(1)).first()
    return _owner(row, found_by) if row else None


def _owner(row: Any, found_by: str) -> Owner:
    return Owner(row.prospect_id, row.email, row.company, row.campaign, row.id, found_by)


def newest_letter(tx: sa.Connection, email: str, found_by: str) -> Owner | None:
    """The person of an address with the newest letter that has left to them, if one has; None: nobody we know."""
    row = tx.execute(sa.select(prospect).where(prospect.c.email == email)).first()
    if row is None:
        return None
    where = sa.and_(message.c.prospect_id == row.id, message.c.status.in_(_WRITTEN))
    return letter_where(tx, where, found_by) or Owner(row.id, row.email, row.company, "", None, found_by)


def is_near(tx: sa.Connection, one: Arrived) -> bool:
    """Whether somebody may have answered from an address we do not know, so that a person should look.

    One of a company that we wrote to, or who answers a letter's very subject; or nobody can tell, because the mail
    could not be read. Whoever complains is heard, and whoever opts out, but for colleagues who try that on a test
    letter.
    """
    on_trial = any(map(is_trial, one.clues.message_ids))
    if one.reading.kind is Kind.COMPLAINT:
        return True
    if one.reading.kind is Kind.OPT_OUT:
        return not (on_trial and _is_colleague(tx, one))
    if on_trial:
        return False
    if one.reading.why == UNREAD:
        return True
    if one.reading.kind is Kind.UNRELATED:
        return False
    written = sa.and_(message.c.mailbox == one.mailbox, message.c.status.in_(_WRITTEN))
    query = sa.select(message.c.id).limit(1)
    if marked(one.subject):
        same = sa.and_(written, message.c.subject == bare(one.subject))
        if tx.execute(query.where(same)).first():
            return True
    domains = {address.rpartition("@")[2] for address in one.clues.addresses}
    domains -= {one.mailbox.rpartition("@")[2], ""} | words("consumer_domains")
    if not domains:
        return False
    there = sa.or_(*(prospect.c.email.endswith(f"@{each}", autoescape=True) for each in sorted(domains)[:5]))
    query = query.join(prospect, prospect.c.id == message.c.prospect_id)
    return tx.execute(query.where(written, there)).first() is not None
