"""People's fields and tags, changed by hand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from outreach.model import MessageStatus, Value
from outreach.prospect import company_key
from outreach.report.edited import Edited
from outreach.store import events, prospects, tags
from outreach.store.tables import message, prospect

_COLUMNS: Final = ("source", "basis")  # kept beside the fields
_PLACE: Final = frozenset(("timezone", "country"))  # where somebody lives decides when letters may leave
_WAITING: Final = (MessageStatus.SCHEDULED, MessageStatus.CLAIMED, MessageStatus.HELD)
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to change: fields to their values (None clears one), tags to put on and to take away."""

    values: Mapping[str, Value | None] = field(default_factory=dict)
    tag: tuple[str, ...] = ()
    untag: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Change:
    """What an edit does to one person: the names of the fields that change, and the columns as they become."""

    id: int
    fields: tuple[str, ...]
    columns: Mapping[str, Any]


def edit(tx: sa.Connection, ids: Sequence[int], wanted: Edit, *, now: datetime, actor: str) -> Edited:
    """Change people (by id); what that changed. Who is as wanted already is left alone, and so are the erased.

    The history gets the names of the fields, never the values: those go with the person.
    """
    changes = list(_changes(tx, ids, wanted))
    present = [each.id for each in changes]
    told = {each.id: each.fields for each in changes if each.fields}
    moved = [each.id for each in changes if not _PLACE.isdisjoint(each.fields)]
    if told:
        prospects.void_windows(tx, moved, now)
        this = sa.update(prospect).where(prospect.c.id == sa.bindparam("known"))
        rows = [{"known": each.id, **each.columns} for each in changes if each.fields]
        tx.execute(this.values(updated_at=now), rows)
    on, off = tags.add(tx, present, wanted.tag, now), tags.take(tx, present, wanted.untag)
    details: dict[int, dict[str, Any]] = {who: {"fields": list(names)} for who, names in told.items()}
    for name, marks in (("tagged", on), ("untagged", off)):
        for who, tag in marks:
            details.setdefault(who, {}).setdefault(name, []).append(tag)
    for who, detail in details.items():
        events.log(tx, now, "edited", actor=actor, prospect_id=who, **detail)
    return Edited(len(details), len(present) - len(details), len(moved), _waiting(tx, told))


def try_edit(tx: sa.Connection, ids: Sequence[int], wanted: Edit) -> Edited:
    """What `edit` would do, without doing it."""
    changes, theirs = list(_changes(tx, ids, wanted)), tags.of_many(tx, ids)
    told = [each.id for each in changes if each.fields]
    people = {
        each.id
        for each in changes
        if each.fields
        or not set(wanted.tag).issubset(theirs.get(each.id, ()))
        or not set(wanted.untag).isdisjoint(theirs.get(each.id, ()))
    }
    moved = sum(not _PLACE.isdisjoint(each.fields) for each in changes)
    return Edited(len(people), len(changes) - len(people), moved, _waiting(tx, told))


def _changes(tx: sa.Connection, ids: Sequence[int], wanted: Edit) -> Iterator[_Change]:
    """What the fields' part of an edit does to each person who is still there."""
    decode = prospects.decode_fields(tx)
    for some in _parts(ids):
        query = sa.select(prospect).where(prospect.c.id.in_(some), prospect.c.email.contains("@"))
        for row in tx.execute(query.order_by(prospect.c.id)):
            old = {**decode(row.fields), **{name: getattr(row, name) for name in _COLUMNS}}
            new = {**old, **{name: "" if to is None else to for name, to in wanted.values.items()}}
            names = tuple(name for name in wanted.values if old.get(name, "") != new[name])
            yield _Change(row.id, names, _columns(row.email, new))


def _columns(email: str, values: dict[str, Value]) -> dict[str, Any]:
    """The columns of a person with these values; an empty one is a missing one."""
    beside = {name: str(values.pop(name)) for name in _COLUMNS}
    fields = {name: value for name, value in values.items() if value != ""}
    company = company_key(email, str(fields.get("company", "")))
    return {**beside, "fields": prospects.encode(fields), "company": company}


def _waiting(tx: sa.Connection, ids: Iterable[int]) -> dict[str, int]:
    """How many letters wait for these people, by campaign: they were written before."""
    found: dict[str, int] = {}
    for some in _parts(list(ids)):
        theirs = (message.c.prospect_id.in_(some), message.c.status.in_(_WAITING))
        query = sa.select(message.c.campaign, sa.func.count()).where(*theirs).group_by(message.c.campaign)
        for campaign, letters in tx.execute(query):
            found[campaign] = found.get(campaign, 0) + letters
    return dict(sorted(found.items()))


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
