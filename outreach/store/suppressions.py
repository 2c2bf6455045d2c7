"""Suppression: who must not be written to. It wins over everything and survives re-import and erasure."""

import hmac
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from outreach.model import EnrollmentStatus, Suppression
from outreach.store import events, journal, stops
from outreach.store.journal import Entry, lasting
from outreach.store.tables import event, prospect, suppression

JOURNAL = "journal"  # the actor of what the journal brings back
LIFTED = "unsuppressed"


def digest(key: bytes, kind: str, value: str) -> str:
    """The keyed hash that stays when the address itself is erased (HMAC-SHA256, 32 hex digits)."""
    return hmac.digest(key, f"{kind}:{value}".encode(), "sha256").hex()[:32]


def names(email: str) -> list[tuple[str, str]]:
    """What would suppress an address, as (kind, value): itself, its domain and every parent domain."""
    labels = email.rpartition("@")[2].split(".")
    domains = [".".join(labels[place:]) for place in range(max(1, len(labels) - 1))]
    return [("address", email), *(("domain", domain) for domain in domains)]


def digests(key: bytes, email: str) -> list[str]:
    """The hashes that would suppress an address: its own, its domain's and every parent domain's."""
    return [digest(key, kind, value) for kind, value in names(email)]


def find(tx: sa.Connection, key: bytes, email: str) -> Suppression | None:
    """The suppression that covers an address, if any."""
    query = sa.select(suppression).where(suppression.c.hash.in_(digests(key, email))).limit(1)
    row = tx.execute(query).first()
    return Suppression(row.id, row.kind, row.value, row.reason, row.at) if row else None


def exactly(tx: sa.Connection, key: bytes, value: str) -> Suppression | None:
    """The suppression of that very address or domain, not of a domain around it."""
    hashed = digest(key, "address" if "@" in value else "domain", value)
    row = tx.execute(sa.select(suppression).where(suppression.c.hash == hashed)).first()
    return Suppression(row.id, row.kind, row.value, row.reason, row.at) if row else None


def covered(tx: sa.Connection, key: bytes, emails: Iterable[str]) -> frozenset[str]:
    """Those of the addresses that are suppressed, by themselves or by a domain."""
    by_domain: dict[str, list[str]] = {}
    for email in emails:
        by_domain.setdefault(email.rpartition("@")[2], []).append(email)
    hashes: dict[str, list[str]] = {}
    for people in by_domain.values():
        for email in people:
            hashes.setdefault(digest(key, "address", email), []).append(email)
        for hashed in digests(key, people[0])[1:]:
            hashes.setdefault(hashed, []).extend(people)
    wanted = list(hashes)
    found: set[str] = set()
    for start in range(0, len(wanted), 1000):
        query = sa.select(suppression.c.hash).where(suppression.c.hash.in_(wanted[start : start + 1000]))
        for hashed in tx.execute(query).scalars():
            found.update(hashes[hashed])
    return frozenset(found)


def known(tx: sa.Connection, key: bytes, values: Iterable[str]) -> frozenset[str]:
    """Those of the addresses and domains that are suppressed in so many words."""
    hashes = {digest(key, "address" if "@" in value else "domain", value): value for value in values}
    wanted = list(hashes)
    found: set[str] = set()
    for start in range(0, len(wanted), 1000):
        query = sa.select(suppression.c.hash).where(suppression.c.hash.in_(wanted[start : start + 1000]))
        found.update(hashes[hashed] for hashed in tx.execute(query).scalars())
    return frozenset(found)


def count(tx: sa.Connection) -> int:
    """How many suppressions there are."""
    return int(tx.execute(sa.select(sa.func.count()).select_from(suppression)).scalar_one())


def all_hashes(tx: sa.Connection) -> dict[str, str]:
    """Every suppression as hash -> reason, for planning over many people."""
    return {row.hash: row.reason for row in tx.execute(sa.select(suppression.c.hash, suppression.c.reason))}


def listed(tx: sa.Connection, limit: int = 1000) -> list[Suppression]:
    """The newest suppressions."""
    rows = tx.execute(sa.select(suppression).order_by(suppression.c.id.desc()).limit(limit))
    return [Suppression(row.id, row.kind, row.value, row.reason, row.at) for row in rows]


def add(
    tx: sa.Connection,
    key: bytes,
    values: Iterable[str],
    *,
    reason: str,
    at: datetime,
    actor: str,
    status: EnrollmentStatus = EnrollmentStatus.STOPPED,
) -> int:
    """Suppress addresses and domains (a value without @) and stop everyone they cover; how many were new.

    Everything scheduled or claimed for them is cancelled in the same transaction. The person's own word takes
    the place of an earlier reason that could be lifted.
    """
    new = 0
    for value in values:
        known = exactly(tx, key, value)
        told = known is None or (bool(lasting(reason)) and not lasting(known.reason))
        if told:
            kind = "address" if "@" in value else "domain"
            entry = Entry(kind, digest(key, kind, value), journal.code(reason), at)
            _put(tx, entry, value, reason)
            journal.note(tx, entry)
        new += known is None
        for prospect_id in tx.execute(sa.select(prospect.c.id).where(covers(value))).scalars().all():
            if told:
                events.log(tx, at, "suppressed", actor=actor, prospect_id=prospect_id, reason=reason)
            stops.stop(tx, prospect_id, status, reason=reason, at=at, actor=actor)
    return new


def _put(tx: sa.Connection, entry: Entry, value: str, reason: str) -> None:
    """Write a suppression, or why and when of the one that is there. `value` is "" where it is not known."""
    about = {"reason": reason, "at": entry.at}
    known = sa.update(suppression).where(suppression.c.hash == entry.hash)
    if tx.execute(known.values(**about)).rowcount == 0:
        tx.execute(sa.insert(suppression), {"kind": entry.kind, "hash": entry.hash, "value": value, **about})


def lift(tx: sa.Connection, key: bytes, value: str, *, reason: str, at: datetime, actor: str) -> bool:
    """Undo the suppression of an address or domain, which was a mistake; whether there was one.

    Nobody who was stopped goes on by it.
    """
    kind = "address" if "@" in value else "domain"
    hashed = digest(key, kind, value)
    if tx.execute(sa.delete(suppression).where(suppression.c.hash == hashed)).rowcount == 0:
        return False
    journal.note(tx, Entry(kind, hashed, "lifted", at, lifted=True))
    known = tx.execute(sa.select(prospect.c.id).where(covers(value))).scalars().all()
    for prospect_id in known or (None,):
        # The hash tells the journals of other machines.
        events.log(tx, at, LIFTED, actor=actor, prospect_id=prospect_id, reason=reason, hash=hashed)
    return True


def entries(tx: sa.Connection) -> list[Entry]:
    """Every suppression as the journal has it."""
    rows = tx.execute(sa.select(suppression).order_by(suppression.c.id))
    return [Entry(row.kind, row.hash, journal.code(row.reason), row.at) for row in rows]


def marks(tx: sa.Connection) -> frozenset[str]:
    """The mark of every suppression, as in the journal; quick: it is asked at each opening."""
    reason = suppression.c.reason
    own_word = sa.or_(*(sa.func.substr(reason, 1, len(word)) == word for word in journal.LASTING))
    mark = suppression.c.hash + sa.case((own_word, "!"), else_="")
    joined = tx.execute(sa.select(sa.func.aggregate_strings(mark, ","))).scalar()
    return frozenset(joined.split(",")) if joined else frozenset()


def lacking(tx: sa.Connection, known: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Of the journal's entries that this store does not have, or for a reason that could be lifted: (those to
    suppress again, the liftings of others).

    Somebody lifted these knowingly, after they were added, perhaps from another machine: the history has it.
    """
    here = marks(tx)
    missing = [entry for entry in known if not here & {entry.mark, f"{entry.hash}!"}]
    since = _lifted(tx) if missing else {}
    lifted = [
        replace(entry, reason="lifted", at=since[entry.hash], lifted=True)
        for entry in missing
        if entry.hash in since and since[entry.hash] >= entry.at
    ]
    undone = {entry.hash for entry in lifted}
    return [entry for entry in missing if entry.hash not in undone], lifted


def _lifted(tx: sa.Connection) -> dict[str, datetime]:
    """When each hash was lifted the last time, as far as the history says."""
    told = sa.select(event.c.at, event.c.detail).where(event.c.kind == LIFTED).order_by(event.c.id)
    return {json.loads(row.detail or "{}").get("hash", ""): row.at for row in tx.execute(told)}


def relearn(tx: sa.Connection, key: bytes, known: Iterable[Entry], *, at: datetime) -> int:
    """Suppress again what the journal knows and an older store does not; how many.

    The people they cover are stopped, and their letters cancelled. Addresses are known only of prospects.
    """
    wanted = {entry.hash: entry for entry in lacking(tx, known)[0]}
    values: dict[str, str] = {}
    people: dict[int, str] = {}
    if wanted:
        rows = tx.execute(sa.select(prospect.c.id, prospect.c.email).where(prospect.c.email.contains("@")))
        for row in rows:
            for kind, value in names(row.email):
                hashed = digest(key, kind, value)
                if hashed in wanted:
                    values[hashed] = value
                    people[row.id] = f"{wanted[hashed].reason}, known from the journal"
    for hashed, entry in wanted.items():
        reason = f"{entry.reason}, known from the journal"
        _put(tx, entry, values.get(hashed, ""), reason)
    for prospect_id, reason in people.items():
        events.log(tx, at, "suppressed", actor=JOURNAL, prospect_id=prospect_id, reason=reason)
        stops.stop(tx, prospect_id, EnrollmentStatus.STOPPED, reason=reason, at=at, actor=JOURNAL)
    return len(wanted)


def covers(value: str) -> sa.ColumnElement[bool]:
    """A condition over `prospect`: an address or domain (with its subdomains) covers it."""
    if "@" in value:
        return prospect.c.email == value
    return sa.or_(
        prospect.c.email.endswith(f"@{value}", autoescape=True),
        prospect.c.email.endswith(f".{value}", autoescape=True),
    )
