"""Prospects: import in batches, read, erase. A re-import fills in; it never revives anybody."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from outreach.model import EnrollmentStatus, Fields, FieldType, MessageStatus, Prospect, Scope, Value
from outreach.prospect import Row, company_key, repeats
from outreach.prospect.refusals import unwilling
from outreach.store import events, stops, suppressions, tags
from outreach.store.tables import (
    EPOCH,
    MICROSECOND,
    answer,
    delivery,
    enrollment,
    field,
    message,
    pause,
    prospect,
    suppression,
    tag,
    usage,
)

FILL, SKIP, UPDATE = "fill", "skip", "update"
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=date.isoformat, separators=(",", ":"))
_DECODE = json.JSONDecoder().raw_decode  # what is stored has no white space around it


@dataclass(slots=True)
class Imported:
    """What an import did, in rows; `tagged` counts tags that people did not have, `differing` the people who
    were to be filled in and keep a value that the row has otherwise, `refused` those suppressed anew because
    the file says that they have opted out.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    suppressed: int = 0
    tagged: int = 0
    differing: int = 0
    refused: int = 0

    def __iadd__(self, other: "Imported") -> "Imported":
        for part in dataclass_fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))
        return self


def field_types(tx: sa.Connection) -> dict[str, FieldType]:
    """The fields that prospects have, and their types."""
    return {name: FieldType(kind) for name, kind in tx.execute(sa.select(field))}


def fix_types(tx: sa.Connection, types: Mapping[str, FieldType]) -> None:
    """Fix the types of fields that are new; a known field keeps its type."""
    known = field_types(tx)
    new = [{"name": name, "type": kind} for name, kind in types.items() if name not in known]
    if new:
        tx.execute(sa.insert(field), new)


def encode(values: Fields) -> str:
    """A prospect's fields as JSON; dates as ISO text."""
    return _ENCODER.encode(values)


def decode_fields(tx: sa.Connection) -> Callable[[str], dict[str, Value]]:
    """A function from stored JSON to a prospect's fields, dates as dates."""
    dates = [name for name, kind in field_types(tx).items() if kind is FieldType.DATE]

    def decode(text: str) -> dict[str, Value]:
        values: dict[str, Value] = _DECODE(text)[0]
        for name in dates:
            if name in values:
                values[name] = date.fromisoformat(str(values[name]))
        return values

    return decode


def add_batch(
    tx: sa.Connection,
    key: bytes,
    rows: Sequence[Row],
    *,
    on_existing: str,
    now: datetime,
    tags: Mapping[str, Sequence[str]] = MappingProxyType({}),
    refused: Mapping[str, Sequence[str]] = MappingProxyType({}),
    actor: str = "",
) -> Imported:
    """Add or merge rows of distinct addresses. `on_existing`: fill (missing fields), skip (but for a
    consent that is taken back), or update. `tags`
    (address -> tags) go to all of them, also to people whom the row does not change. `refused` (reason ->
    addresses) have opted out: they are suppressed first.

    A suppressed address is left as it is, and not added if it was unknown or erased.
    """
    anew = [
        suppressions.add(tx, key, emails, reason=why, at=now, actor=actor, status=EnrollmentStatus.OPTED_OUT)
        for why, emails in refused.items()
    ]
    wanted = _allowed(tx, key, rows)
    done = Imported(suppressed=len(rows) - len(wanted), refused=sum(anew))
    before = newest_id(tx)
    done.added = _insert(tx, wanted, now)
    if done.added < len(wanted):  # the usual case is that nobody has to be looked up
        known = _known(tx, [row.email for row in wanted], before)
        changes, done.differing = _changes(tx, wanted, known, on_existing)
        elsewhere = [each["known"] for each in changes if each.pop("elsewhere")]
        if changes:
            void_windows(tx, elsewhere, now)
            who = sa.update(prospect).where(prospect.c.id == sa.bindparam("known"))
            tx.execute(who.values(updated_at=now), changes)
        done.changed, done.unchanged = len(changes), len(known) - len(changes)
    done.tagged = _mark(tx, wanted, tags, now)
    return done


def try_batch(
    tx: sa.Connection,
    key: bytes,
    rows: Sequence[Row],
    *,
    on_existing: str,
    tags: Mapping[str, Sequence[str]] = MappingProxyType({}),
    refused: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Imported:
    """What `add_batch` would do, without doing it."""
    out = {email for emails in refused.values() for email in emails}
    wanted = [row for row in _allowed(tx, key, rows) if row.email not in out]
    known = _known(tx, [row.email for row in wanted])
    changes, differing = _changes(tx, wanted, known, on_existing)
    marks = {(row.email, name) for row in wanted for name in tags.get(row.email, ())}
    return Imported(
        added=len(wanted) - len(known),
        changed=len(changes),
        unchanged=len(known) - len(changes),
        suppressed=len(rows) - len(wanted),
        tagged=len(marks - _marks(tx, list(known)) if marks else marks),
        differing=differing,
        refused=len(out) - len(suppressions.known(tx, key, out)),
    )


def _mark(tx: sa.Connection, rows: Sequence[Row], names: Mapping[str, Sequence[str]], now: datetime) -> int:
    """Give the people of the rows their tags; how many are new."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for row in rows if names else ():
        alike.setdefault(tuple(names.get(row.email, ())), []).append(row.email)
    return sum(tags.put(tx, emails, wanted, now) for wanted, emails in alike.items() if wanted)


def _marks(tx: sa.Connection, emails: Sequence[str]) -> set[tuple[str, str]]:
    """The tags that people have: address and tag."""
    found: set[tuple[str, str]] = set()
    joined = sa.select(prospect.c.email, tag.c.name).join(tag, tag.c.prospect_id == prospect.c.id)
    for start in range(0, len(emails), 1000):
        some = joined.where(prospect.c.email.in_(emails[start : start + 1000]))
        found.update((email, name) for email, name in tx.execute(some))
    return found


def _allowed(tx: sa.Connection, key: bytes, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows of those who are not suppressed."""
    if tx.execute(sa.select(suppression.c.id).limit(1)).first() is None:
        return rows
    covered = suppressions.covered(tx, key, [row.email for row in rows])
    return [row for row in rows if row.email not in covered]


_INSERTED = ("email", "company", "fields", "source", "basis", "created_at", "updated_at")


def _insert(tx: sa.Connection, rows: Sequence[Row], now: datetime) -> int:
    """Add those who are not there yet; how many. By the driver: SQLAlchemy's own way takes twice as long."""
    if not rows:
        return 0
    at = (now - EPOCH) // MICROSECOND
    values = [(row.email, row.company, encode(row.fields), row.source, row.basis, at, at) for row in rows]
    mark = "?" if tx.dialect.name == "sqlite" else "%s"
    marks = ", ".join(mark for _ in _INSERTED)
    sql = f"INSERT INTO prospect ({', '.join(_INSERTED)}) VALUES ({marks}) ON CONFLICT (email) DO NOTHING"
    return tx.exec_driver_sql(sql, values).rowcount


def _known(tx: sa.Connection, emails: Sequence[str], newest: int | None = None) -> dict[str, Any]:
    """Those of the addresses that are in the store (with an id up to `newest`), with their rows."""
    found: dict[str, Any] = {}
    for start in range(0, len(emails), 1000):
        query = sa.select(prospect).where(prospect.c.email.in_(emails[start : start + 1000]))
        if newest is not None:
            query = query.where(prospect.c.id <= newest)
        found |= {row.email: row for row in tx.execute(query)}
    return found


def _changes(
    tx: sa.Connection, rows: Sequence[Row], known: Mapping[str, Any], on_existing: str
) -> tuple[list[dict[str, Any]], int]:
    """What the rows change in the prospects that are known: new column values, and the id as `known`; and how
    many keep a value that their row has otherwise. Whoever is without consent in a row is so also where the
    others are skipped.
    """
    if on_existing == SKIP:
        rows = [
            replace(row, fields={"consent": False}, source="", basis="")
            for row in rows
            if unwilling(row.fields)
        ]
    if not rows or not known:
        return [], 0
    decode, overwrite = decode_fields(tx), on_existing == UPDATE
    changes, differing = [], 0
    for row in rows:
        old = known.get(row.email)
        if old is None:
            continue
        before = decode(old.fields)
        if values := _merged(old, before, row, overwrite=overwrite):
            changes.append({"known": old.id, **values})
        differing += not overwrite and any(
            before.get(name, value) != value
            for name, value in row.fields.items()
            if not (name == "consent" and unwilling(row.fields))  # it is taken
        )
    return changes, differing


def _merged(old: Any, before: Mapping[str, Value], row: Row, *, overwrite: bool) -> dict[str, Any]:
    """The column values of a known prospect with a row merged in; none if nothing changes.

    A row that names somebody else fills in nothing.
    """
    merged, apart = repeats.together(before, row.fields)
    taken = row if apart not in repeats.NAMES else None
    source, basis = old.source or (taken.source if taken else ""), old.basis or (taken.basis if taken else "")
    if overwrite:
        merged = repeats.updated(before, row.fields)
        source, basis = row.source or old.source, row.basis or old.basis
    if unwilling(row.fields):
        merged = {**merged, "consent": False}  # whatever the store says: to be silent is the lesser wrong
    if merged == before and (source, basis) == (old.source, old.basis):
        return {}
    company = company_key(old.email, str(merged.get("company", "")))
    elsewhere = any(before.get(name) != merged.get(name) for name in ("timezone", "country"))
    values = {"fields": encode(merged), "company": company, "source": source, "basis": basis}
    return {**values, "elsewhere": elsewhere}


def void_windows(tx: sa.Connection, ids: Sequence[int], now: datetime) -> None:
    """Letters to people who turn out to live elsewhere: the sender finds their working hours anew."""
    for start in range(0, len(ids), 1000):
        waiting = (
            message.c.prospect_id.in_(ids[start : start + 1000]),
            message.c.status.in_([MessageStatus.SCHEDULED, MessageStatus.CLAIMED]),
            message.c.closes_at > now,
        )
        tx.execute(sa.update(message).where(*waiting).values(closes_at=now))


def _prospect(row: Any, decode: Callable[[str], dict[str, Value]]) -> Prospect:
    values = decode(row.fields)
    return Prospect(row.id, row.email, row.company, values, row.source, row.basis, row.created_at)


def everyone(tx: sa.Connection) -> Iterator[Prospect]:
    """All prospects in the order of their import, streamed. Erased ones are left out."""
    decode = decode_fields(tx)
    query = sa.select(prospect).where(prospect.c.email.contains("@")).order_by(prospect.c.id)
    for row in tx.execute(query.execution_options(yield_per=2000)):
        yield _prospect(row, decode)


def get(tx: sa.Connection, email: str) -> Prospect | None:
    """The prospect with that address (lower case)."""
    row = tx.execute(sa.select(prospect).where(prospect.c.email == email)).first()
    return _prospect(row, decode_fields(tx)) if row else None


def by_emails(tx: sa.Connection, emails: Sequence[str]) -> dict[str, Prospect]:
    """Those of the addresses (lower case) that are in the store, with their prospects."""
    decode = decode_fields(tx)
    return {email: _prospect(row, decode) for email, row in _known(tx, emails).items()}


def newest_id(tx: sa.Connection) -> int:
    """The highest id of a prospect, 0 where there is none."""
    return tx.execute(sa.select(sa.func.max(prospect.c.id))).scalar() or 0


def by_ids(tx: sa.Connection, ids: Iterable[int]) -> dict[int, Prospect]:
    """Prospects by id."""
    decode, wanted = decode_fields(tx), list(ids)
    found: dict[int, Prospect] = {}
    for start in range(0, len(wanted), 1000):
        query = sa.select(prospect).where(prospect.c.id.in_(wanted[start : start + 1000]))
        found |= {row.id: _prospect(row, decode) for row in tx.execute(query)}
    return found


def near(tx: sa.Connection, email: str, limit: int = 2000) -> list[str]:
    """Addresses at the same domain or with the same local part: for "did you mean"."""
    local, _, domain = email.rpartition("@")
    like = sa.or_(
        prospect.c.email.startswith(f"{local}@", autoescape=True),
        prospect.c.email.endswith(f"@{domain}", autoescape=True),
    )
    return list(tx.execute(sa.select(prospect.c.email).where(like).limit(limit)).scalars())


def count(tx: sa.Connection) -> int:
    """How many prospects there are."""
    return int(tx.execute(sa.select(sa.func.count()).select_from(prospect)).scalar_one())


def erase(tx: sa.Connection, key: bytes, person: Prospect, *, now: datetime, actor: str) -> None:
    """Forget a person: fields, letters' texts and bytes, server answers, and every reason that somebody wrote
    or a server gave, which may name them. A keyed hash keeps them suppressed.
    """
    suppressions.add(
        tx,
        key,
        [person.email],
        reason="erased",
        at=now,
        actor=actor,
        status=EnrollmentStatus.STOPPED,
    )
    stops.stop(tx, person.id, EnrollmentStatus.STOPPED, reason="erased", at=now, actor=actor)
    hashed = suppressions.digest(key, "address", person.email)
    tx.execute(sa.update(suppression).where(suppression.c.hash == hashed).values(value="", reason="erased"))
    tx.execute(sa.delete(pause).where(pause.c.scope == Scope.PROSPECT, pause.c.name == str(person.id)))
    letters = sa.select(message.c.id).where(message.c.prospect_id == person.id)
    tx.execute(sa.update(delivery).where(delivery.c.message_id.in_(letters)).values(answer=""))
    gone = {"to_name": "", "subject": "", "text": "", "html": None, "raw": None}
    tx.execute(sa.update(message).where(message.c.prospect_id == person.id).values(**gone))
    theirs = sa.or_(answer.c.prospect_id == person.id, answer.c.sender == person.email)
    tx.execute(sa.delete(answer).where(theirs))
    for holder in (message, enrollment):  # at a consumer domain the company is the address
        tx.execute(sa.update(holder).where(holder.c.prospect_id == person.id).values(company="", reason=""))
    tx.execute(sa.delete(usage).where(usage.c.name == person.email))
    tx.execute(sa.delete(tag).where(tag.c.prospect_id == person.id))
    events.forget(tx, person.id)
    empty = {"email": f"erased-{person.id}", "company": "", "fields": "{}", "source": "", "basis": ""}
    tx.execute(sa.update(prospect).where(prospect.c.id == person.id).values(**empty, updated_at=now))
    events.log(tx, now, "erased", actor=actor, prospect_id=person.id)
