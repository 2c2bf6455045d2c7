"""The store's history: append-only, in commit order. It names people by id, so an erasure leaves no address."""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from outreach.model import Event
from outreach.report.log import PROGRAM, Entry, entries, kinds
from outreach.store.tables import event, message, prospect


def log(
    tx: sa.Connection,
    at: datetime,
    kind: str,
    *,
    actor: str = "",
    campaign: str = "",
    prospect_id: int | None = None,
    message_id: int | None = None,
    **detail: Any,
) -> None:
    """Add one event. `actor` is the person or the worker that did it; `detail` must be JSON."""
    row = {
        "at": at,
        "kind": kind,
        "actor": actor,
        "campaign": campaign,
        "prospect_id": prospect_id,
        "message_id": message_id,
        "detail": json.dumps(detail, ensure_ascii=False) if detail else "",
    }
    tx.execute(sa.insert(event), row)


def log_many(tx: sa.Connection, at: datetime, kind: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Add one event a row; rows hold campaign, prospect_id and message_id."""
    if rows:
        tx.execute(
            sa.insert(event), [{"at": at, "kind": kind, "actor": actor, "detail": "", **row} for row in rows]
        )


def history(
    tx: sa.Connection,
    *,
    prospect_id: int | None = None,
    message_id: int | None = None,
    campaign: str = "",
    limit: int = 200,
) -> list[Event]:
    """The last `limit` events of a prospect, a message or a campaign, oldest first."""
    query = sa.select(event).order_by(event.c.id.desc()).limit(limit)
    if prospect_id is not None:
        query = query.where(event.c.prospect_id == prospect_id)
    if message_id is not None:
        query = query.where(event.c.message_id == message_id)
    if campaign:
        query = query.where(event.c.campaign == campaign)
    rows = tx.execute(query).all()
    return [
        Event(row.id, row.at, row.kind, row.actor, json.loads(row.detail) if row.detail else {})
        for row in reversed(rows)
    ]


def log_of(
    tx: sa.Connection,
    limit: int,
    *,
    since: datetime | None = None,
    campaign: str = "",
    prospect_id: int | None = None,
    actor: str = "",
    everything: bool = False,
) -> tuple[list[Entry], bool]:
    """The last `limit` lines of the log, oldest first, and whether there are earlier ones.

    What people did, or `everything`, with what the program did by itself.
    """
    query = (
        sa.select(event, message.c.letter, prospect.c.email)
        .outerjoin(message, message.c.id == event.c.message_id)
        .outerjoin(prospect, prospect.c.id == sa.func.coalesce(event.c.prospect_id, message.c.prospect_id))
        .order_by(event.c.id.desc())
    )
    if not everything:
        query = query.where(event.c.kind.in_(kinds(everything=False)), event.c.actor.not_in(PROGRAM))
    if since is not None:
        query = query.where(event.c.at >= since)
    if campaign:
        query = query.where(event.c.campaign == campaign)
    if prospect_id is not None:
        query = query.where(event.c.prospect_id == prospect_id)
    if actor:
        query = query.where(event.c.actor == actor)
    rows = tx.execute(query.execution_options(yield_per=2000))
    lines = entries((_entry(row) for row in rows), everything=everything)
    found = list(islice(lines, limit + 1))
    return found[:limit][::-1], len(found) > limit


def _entry(row: Any) -> Entry:
    return Entry(
        id=row.id,
        at=row.at,
        kind=row.kind,
        actor=row.actor,
        campaign=row.campaign,
        letter=row.letter or "",
        email=row.email or "",
        people=int(row.email is not None),
        message=row.message_id,
        detail=json.loads(row.detail) if row.detail else {},
    )


def actors(tx: sa.Connection) -> list[str]:
    """Everybody who has done something, the program's own parts among them."""
    return sorted(filter(None, tx.execute(sa.select(event.c.actor).distinct()).scalars()))


def forget(tx: sa.Connection, prospect_id: int) -> None:
    """Drop what the events of a person say beyond their kind: a server's answer may name the address."""
    tx.execute(sa.update(event).where(event.c.prospect_id == prospect_id).values(detail=""))
