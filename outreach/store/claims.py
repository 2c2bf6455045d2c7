"""The claim: which letters of a mailbox are ours to send now."""

import secrets
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from outreach.model import CampaignStatus, Mailbox, MessageStatus, Outgoing
from outreach.schedule.picker import Due, Usage, mailbox_full, pick
from outreach.schedule.slots import cap, next_slot
from outreach.schedule.zones import day_of
from outreach.store import settings, stops
from outreach.store.tables import campaign, mailbox, message, prospect, usage

# Longer than the ten minutes a server may take after the final dot (RFC 5321 4.5.3.2.6).
LEASE = timedelta(minutes=12)
FRESH = timedelta(minutes=10)  # an inbox read longer ago holds the mailbox's follow-ups
AHEAD = 16  # letters a mailbox without a gap may claim at once, for each of its connections


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter that is ours to send until its lease runs out."""

    id: int
    token: str
    campaign: str
    letter: str
    prospect_id: int
    outgoing: Outgoing


def claim(tx: sa.Connection, address: str, worker_id: int, now: datetime, room: int) -> list[Claimed]:
    """Up to `room` letters of one mailbox that may leave now, each with a token and a lease.

    With a gap there is one letter a slot. Caps count what was marked today and what is claimed.
    """
    desk = settings.desk(tx, address)
    if desk is None:
        return []
    house = settings.house(tx)
    box, day = desk.mailbox, day_of(now, house.timezone)
    when, slot = next_slot(house.id, box, desk.pace, now, house.timezone)
    room = min(room, _room(tx, box))
    if when > now or room <= 0:
        return []
    used = _usage(tx, day)
    full = cap(box, desk.pace, day)
    candidates = _candidates(tx, box, desk.inbox_read_at, now, used)
    chosen: list[Due] = []
    while len(chosen) < (room if box.gap.none else 1) and not mailbox_full(address, full, house.limits, used):
        due = pick(candidates, now, house.limits, used)
        if due is None:
            break
        used.count(address, due.company, due.campaign, first=due.first)
        chosen.append(due)
    candidates.close()  # before the rows it reads are changed
    letters = _take(tx, chosen, worker_id, now)
    if letters:
        tx.execute(
            sa.update(mailbox).where(mailbox.c.address == address).values(last_slot=slot, last_mark=now)
        )
    return letters


def _room(tx: sa.Connection, box: Mailbox) -> int:
    """How many more letters this mailbox may have in flight, over all workers."""
    flying = sa.select(sa.func.count()).where(
        message.c.mailbox == box.address,
        message.c.status.in_([MessageStatus.CLAIMED, MessageStatus.SENDING]),
    )
    allowed = box.connections * (AHEAD if box.gap.none else 1)
    return allowed - int(tx.execute(flying).scalar_one())


def _usage(tx: sa.Connection, day: date) -> Usage:
    """The day's marks and what is claimed. The marks of companies are read as they come up."""
    used = Usage(day)
    query = sa.select(usage.c.scope, usage.c.name, usage.c.letters).where(
        usage.c.day == day, usage.c.scope.in_(["mailbox", "domain", "new"])
    )
    counters = {"mailbox": used.mailboxes, "domain": used.domains, "new": used.new}
    for scope, name, letters in tx.execute(query):
        counters[scope][name] = letters
    claimed = sa.select(message.c.mailbox, message.c.company, message.c.campaign, message.c.first).where(
        message.c.status == MessageStatus.CLAIMED
    )
    for address, company, stem, first in tx.execute(claimed):
        used.count(address, company, stem, first=first)
    return used


def _candidates(
    tx: sa.Connection, box: Mailbox, inbox_read_at: datetime | None, now: datetime, used: Usage
) -> Generator[Due, None, None]:
    """The mailbox's letters that may leave now, in the picker's order, with their companies' usage noted."""
    query = (
        sa.select(message.c.id, message.c.company, message.c.campaign, message.c.first, message.c.due_at)
        .add_columns(message.c.opens_at, message.c.closes_at, campaign.c.new_per_day, usage.c.letters)
        .join(campaign, campaign.c.stem == message.c.campaign)
        .outerjoin(
            usage,
            (usage.c.day == used.day) & (usage.c.scope == "company") & (usage.c.name == message.c.company),
        )
        .where(
            message.c.mailbox == box.address,
            message.c.status == MessageStatus.SCHEDULED,
            message.c.opens_at <= now,
            message.c.closes_at > now,
            campaign.c.status == CampaignStatus.LAUNCHED,
            ~stops.pausing(now),
        )
        .order_by(message.c.first, message.c.due_at, message.c.id)
    )
    if not fresh(box, inbox_read_at, now):
        query = query.where(message.c.first)
    counted: set[str] = set()
    for row in tx.execute(query.execution_options(yield_per=64)):
        if row.company not in counted:  # what is claimed is in `used` already, what was marked is not
            counted.add(row.company)
            used.companies[row.company] += row.letters or 0
        yield Due(
            id=row.id,
            mailbox=box.address,
            company=row.company,
            campaign=row.campaign,
            first=row.first,
            new_per_day=row.new_per_day,
            due_at=row.due_at,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
        )


def fresh(box: Mailbox, inbox_read_at: datetime | None, now: datetime) -> bool:
    """Whether we may rely on having seen every answer: read within ten minutes, or entered by hand."""
    return box.answers == "manual" or (inbox_read_at is not None and now - inbox_read_at <= FRESH)


_TAKE = (
    sa.update(message)
    .where(message.c.id == sa.bindparam("taken"), message.c.status == MessageStatus.SCHEDULED)
    .values(
        status=MessageStatus.CLAIMED,
        token=sa.bindparam("new_token"),
        worker_id=sa.bindparam("worker"),
        lease_until=sa.bindparam("lease"),
    )
)
_TAKEN = (
    sa.select(message, prospect.c.email)
    .join(prospect, prospect.c.id == message.c.prospect_id)
    .where(message.c.id.in_(sa.bindparam("ids", expanding=True)))
)


def _take(tx: sa.Connection, chosen: Sequence[Due], worker_id: int, now: datetime) -> list[Claimed]:
    if not chosen:
        return []
    tokens = {due.id: secrets.token_hex(8) for due in chosen}
    each = {"worker": worker_id, "lease": now + LEASE}
    tx.execute(_TAKE, [{"taken": taken, "new_token": token, **each} for taken, token in tokens.items()])
    rows = {row.id: row for row in tx.execute(_TAKEN, {"ids": list(tokens)})}
    return [
        Claimed(row.id, tokens[row.id], row.campaign, row.letter, row.prospect_id, outgoing(row))
        for row in (rows[due.id] for due in chosen)
    ]


def outgoing(row: Any) -> Outgoing:
    """What a message row (joined with its prospect's e-mail) is composed from."""
    return Outgoing(
        message_id=row.message_id,
        to_email=row.email,
        to_name=row.to_name,
        subject=row.subject,
        text=row.text,
        html=row.html,
        references=tuple(row.thread.split()),
        unsubscribe=row.message_id[1:].partition("@")[0],
    )


def release(tx: sa.Connection, claimed: Sequence[Claimed]) -> None:
    """Put letters back that are still claimed by their token."""
    for letter in claimed:
        tx.execute(
            sa.update(message)
            .where(ours(letter), message.c.status == MessageStatus.CLAIMED)
            .values(status=MessageStatus.SCHEDULED, token=None, lease_until=None)
        )


def ours(letter: Claimed) -> sa.ColumnElement[bool]:
    """A condition over `message`: this letter, still with its token."""
    return sa.and_(message.c.id == letter.id, message.c.token == letter.token)
