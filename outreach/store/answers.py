"""What came back: each mail once, with its effect and the folder's cursor in one transaction."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach.inbound.arrived import Arrived
from outreach.model import Cursor
from outreach.sequence import Response, response_to
from outreach.store import events, owners
from outreach.store.owners import Owner
from outreach.store.responses import ACTOR, respond
from outreach.store.tables import answer, cursor

TAKEN = "answer"
MOST_RAW = 512 << 10  # bytes of a mail that are read and kept


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
    for each in arrived:
        one = each
        if not is_known(tx, one):
            owner = owners.find(tx, one)
            if owner:
                one = owners.theirs(one, owner)
                number = keep(tx, one, owner)
                act(tx, key, number, one, owner, now=now)
                taken.append((number, one))
            elif owners.is_near(tx, one):
                taken.append((keep(tx, one, None), one))
    if reached:
        mailbox, place = reached
        same = sa.and_(cursor.c.mailbox == mailbox, cursor.c.folder == place.folder)
        tx.execute(sa.delete(cursor).where(same))
        tx.execute(sa.insert(cursor), {"mailbox": mailbox, **asdict(place)})
    return taken


def is_known(tx: sa.Connection, one: Arrived) -> bool:
    """Whether that mail of that mailbox was taken before."""
    same = sa.and_(answer.c.mailbox == one.mailbox, answer.c.fingerprint == one.fingerprint)
    return tx.execute(sa.select(answer.c.id).where(same)).first() is not None


def keep(tx: sa.Connection, one: Arrived, owner: Owner | None) -> int:
    """Keep a mail, without any effect; its number."""
    row = {
        **{name: getattr(one, name) for name in ("mailbox", "folder", "fingerprint", "at", "sender")},
        **{name: getattr(one, name) for name in ("subject", "header_id", "raw")},
        **said(one),
        **whose(owner),
        "waiting": waits(one, owner),
    }
    return int(tx.execute(sa.insert(answer).values(row).returning(answer.c.id)).scalar_one())


def waits(one: Arrived, owner: Owner | None) -> bool:
    """Whether a mail asks a person to look: one that is nobody's always does."""
    return owner is None or _response(one, owner).waiting


def _response(one: Arrived, owner: Owner) -> Response:
    return response_to(one.reading.kind, one.reading.reasons, about_them=owners.about_them(one, owner))


def said(one: Arrived) -> dict[str, Any]:
    """The columns of what a mail was read as."""
    return {
        **{name: getattr(one.reading, name) for name in ("kind", "why", "text", "successor", "trouble")},
        "intent": one.intent,
        "notices": json.dumps([asdict(each) for each in one.reading.notices], ensure_ascii=False),
        "returns_on": one.reading.return_date,
    }


def whose(owner: Owner | None) -> dict[str, Any]:
    """The columns of the person and letter that a mail belongs to."""
    return {
        "prospect_id": owner.prospect_id if owner else None,
        "message_id": owner.message_id if owner else None,
        "found_by": owner.found_by if owner else "",
    }


def act(
    tx: sa.Connection,
    key: bytes,
    number: int,
    one: Arrived,
    owner: Owner,
    *,
    now: datetime,
    actor: str = ACTOR,
) -> None:
    """Do what a mail means to the person it is about, and write that down."""
    respond(tx, key, one, owner, _response(one, owner), now, actor)
    events.log(
        tx,
        now,
        TAKEN,
        actor=actor,
        campaign=owner.campaign,
        prospect_id=owner.prospect_id,
        message_id=owner.message_id,
        reason=f"{one.reading.kind.replace('_', ' ')}, outreach inbox show {number}",
    )
