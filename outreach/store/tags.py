"""Tags: words that people are marked with, such as the fair they were met at."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from outreach.store.tables import prospect, tag

T = TypeVar("T")
_AT_ONCE = 1000  # values of an IN: databases take no endless lists


def put(tx: sa.Connection, emails: Sequence[str], names: Sequence[str], now: datetime) -> int:
    """Mark people (by address) with these words; how many marks are new. Unknown addresses are passed over."""
    new = 0
    for some in _parts(emails):
        those = prospect.c.email.in_(some)
        for name in dict.fromkeys(names):
            # The database finds the people and those who have the tag: a list may have a million rows.
            without = sa.exists().where(tag.c.prospect_id == prospect.c.id, tag.c.name == name)
            values = (prospect.c.id, sa.literal(name), sa.literal(now, tag.c.at.type))
            found = sa.select(*values).where(those, ~without)
            insert = sa.insert(tag).from_select(["prospect_id", "name", "at"], found)
            new += tx.execute(insert, execution_options={"preserve_rowcount": True}).rowcount
    return new


def add(tx: sa.Connection, ids: Sequence[int], names: Iterable[str], now: datetime) -> list[tuple[int, str]]:
    """Mark people with these words; the marks that are new, each with its person."""
    new = []
    for some in _parts(ids):
        for name in dict.fromkeys(names):
            marked = set(tx.execute(_marked(some, name)).scalars())
            new += [(each, name) for each in some if each not in marked]
    if new:
        tx.execute(sa.insert(tag), [{"prospect_id": who, "name": name, "at": now} for who, name in new])
    return new


def take(tx: sa.Connection, ids: Sequence[int], names: Iterable[str]) -> list[tuple[int, str]]:
    """Take these words away from people; the marks that went, each with its person."""
    gone = []
    for some in _parts(ids):
        for name in dict.fromkeys(names):
            gone += [(each, name) for each in tx.execute(_marked(some, name)).scalars()]
            tx.execute(sa.delete(tag).where(tag.c.name == name, tag.c.prospect_id.in_(some)))
    return gone


def _marked(ids: Sequence[int], name: str) -> sa.Select[int]:
    return sa.select(tag.c.prospect_id).where(tag.c.name == name, tag.c.prospect_id.in_(ids))


def of(tx: sa.Connection, prospect_id: int) -> list[str]:
    """The tags of a person, in order of the alphabet."""
    return of_many(tx, [prospect_id]).get(prospect_id, [])


def of_many(tx: sa.Connection, ids: Sequence[int] | None) -> dict[int, list[str]]:
    """The tags of these people (None: of all) who have some, by id, each in order of the alphabet."""
    found: dict[int, list[str]] = {}
    query = sa.select(tag.c.prospect_id, tag.c.name).order_by(tag.c.name)
    for where in [sa.true()] if ids is None else [tag.c.prospect_id.in_(some) for some in _parts(ids)]:
        for who, name in tx.execute(query.where(where)):
            found.setdefault(who, []).append(name)
    return found


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
