"""Who already got a letter, and in the words of which revision."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from outreach.model import MessageStatus
from outreach.report.people import Got
from outreach.store.history import LEFT
from outreach.store.tables import message, revision

_AT_ONCE: Final = 1000  # values of an IN: databases take no endless lists


def letters(tx: sa.Connection) -> dict[str, dict[str, set[int]]]:
    """Letters that have left, each with the campaigns it left in and the revisions it was written under."""
    query = (
        sa.select(message.c.letter, message.c.campaign, revision.c.number)
        .join(revision, revision.c.id == message.c.revision_id)
        .where(message.c.status.in_(LEFT))
        .distinct()
    )
    found: dict[str, dict[str, set[int]]] = {}
    for letter, campaign, number in tx.execute(query):
        found.setdefault(letter, {}).setdefault(campaign, set()).add(number)
    return found


@dataclass(frozen=True, slots=True)
class Which:
    """A letter that has left: in that campaign ("": in any), under that revision (None: under any)."""

    letter: str
    campaign: str = ""
    number: int | None = None


def people(tx: sa.Connection, which: Which) -> set[int]:
    """To whom it has left."""
    return set(tx.execute(sa.select(message.c.prospect_id).where(*_of(which))).scalars())


def by_person(tx: sa.Connection, which: Which, ids: Sequence[int]) -> dict[int, list[Got]]:
    """How these people got it."""
    at = sa.type_coerce(sa.func.coalesce(message.c.sent_at, message.c.marked_at), message.c.sent_at.type)
    query = (
        sa.select(message.c.prospect_id, message.c.campaign, message.c.letter, message.c.status)
        .add_columns(revision.c.number, at.label("at"))
        .join(revision, revision.c.id == message.c.revision_id)
        .order_by(message.c.id)
    )
    found: dict[int, list[Got]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = message.c.prospect_id.in_(ids[start : start + _AT_ONCE])
        for row in tx.execute(query.where(some, *_of(which))):
            got = Got(row.campaign, row.letter, row.number, row.at, row.status != MessageStatus.SENT)
            found.setdefault(row.prospect_id, []).append(got)
    return found


def _of(which: Which) -> list[sa.ColumnElement[bool]]:
    """The conditions over `message` that a letter stands for."""
    where = [message.c.letter == which.letter, message.c.status.in_(LEFT)]
    if which.campaign:
        where.append(message.c.campaign == which.campaign)
    if which.number is not None:
        numbered = sa.select(revision.c.id).where(revision.c.number == which.number)
        where.append(message.c.revision_id.in_(numbered))
    return where
