"""What people make of mails that came back: whose they are, what they mean, and all of them read again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from outreach.data import words
from outreach.engine.answers import arrived
from outreach.errors import OutreachError
from outreach.inbound.arrived import Arrived
from outreach.inbound.intent_packs import Want
from outreach.model import Kind
from outreach.store import Store, inbox, owners


def assign(store: Store, number: int, email: str, *, now: datetime, actor: str) -> Kind:
    """Say whose a mail is, and do what it means for that person; its kind.

    OutreachError if nobody has that address.
    """
    owner = store.read(owners.newest_letter, email, owners.BY_HAND)
    if owner is None:
        raise OutreachError(f"{email} is not in the store", hint="outreach prospects list")
    one = _again(store, number, now)
    store.write(inbox.judge, store.key, number, one, owner, now=now, actor=actor)
    return one.reading.kind


def mark(store: Store, number: int, want: Want, *, now: datetime, actor: str) -> None:
    """Say what a reply wants. Who wants something is a person: a mail that was taken for none now stops them."""
    (row,) = store.read(inbox.listed, number=number)
    if row["kind"] != Kind.REPLY and want != Want.OPT_OUT:
        one = _again(store, number, now)
        reading = replace(one.reading, kind=Kind.REPLY, why="a person said so", return_date=None)
        one = replace(one, reading=reading)
        owner = store.read(inbox.owner, number)
        store.write(inbox.judge, store.key, number, one, owner, now=now, actor=actor)
    store.write(inbox.intend, number, str(want), now=now, actor=actor)
    if want == Want.OPT_OUT:
        opt_out(store, number, now=now, actor=actor)


def opt_out(store: Store, number: int, *, domain: bool = False, now: datetime, actor: str) -> tuple[str, ...]:
    """Suppress whom `opting_out` names; the addresses or domains."""
    values = opting_out(store, number, domain=domain)
    store.write(inbox.opt_out, store.key, number, values, now=now, actor=actor)
    return values


def opting_out(store: Store, number: int, *, domain: bool = False) -> tuple[str, ...]:
    """Who wrote a mail and whose it is, or their whole domains.

    OutreachError for a domain that many strangers share, and where a mail names nobody.
    """
    (row,) = store.read(inbox.listed, number=number)
    values = tuple(dict.fromkeys(each for each in (row["email"], row["sender"]) if each and "@" in each))
    if domain:
        values = tuple(dict.fromkeys(each.rpartition("@")[2] for each in values))
        shared = next((each for each in values if each in words("consumer_domains")), "")
        if shared:
            raise OutreachError(f"{shared} belongs to many people", hint=f"outreach inbox optout {number}")
    if not values:
        raise OutreachError(f"mail {number} has no sender", hint="outreach suppress add ADDRESS")
    return values


@dataclass(frozen=True, slots=True)
class Difference:
    """A mail that would be read otherwise now: what it was and what it is, each a column of the store."""

    number: int
    email: str
    was: dict[str, Any]
    now: dict[str, Any]


_TOLD = ("kind", "intent", "returns_on", "successor")  # what people are told of; the rest is kept with it


def reclassify(
    store: Store, numbers: Iterable[int], *, now: datetime, actor: str, dry_run: bool = False
) -> Iterator[Difference]:
    """Read these stored mails again (`inbox.numbers`: all that no person has corrected); what is different now.

    A mail that is of another kind now has that kind's effect; nothing that was done is undone.
    """
    for number in numbers:
        rows = store.read(inbox.listed, number=number)
        if not rows or not store.read(inbox.raw, number):
            continue  # erased meanwhile, or never handed over by its server
        row, one = rows[0], _again(store, number, now)
        is_now = {
            "kind": str(one.reading.kind),
            "intent": one.intent,
            "returns_on": one.reading.return_date,
            "successor": one.reading.successor,
        }
        was = {name: row[name] for name in _TOLD}
        if was == is_now:
            continue
        yield Difference(number, row["email"] or row["sender"], was, is_now)
        if not dry_run:
            _reread(store, number, one, same_kind=was["kind"] == is_now["kind"], now=now, actor=actor)


def _reread(store: Store, number: int, one: Arrived, *, same_kind: bool, now: datetime, actor: str) -> None:
    if same_kind:
        store.write(inbox.note, number, one)
        return
    owner = store.read(inbox.owner, number) or store.read(owners.find, one)
    store.write(inbox.judge, store.key, number, one, owner, now=now, actor=actor, corrected=False)


def _again(store: Store, number: int, now: datetime) -> Arrived:
    """A stored mail, read once more as it was when it came; what a person said of it stays."""
    (row,) = store.read(inbox.listed, number=number)
    raw = store.read(inbox.raw, number)
    one = arrived(raw, row["mailbox"], row["folder"], now)
    one = replace(one, at=row["at"], fingerprint=row["fingerprint"])
    if not row["corrected"]:
        return one
    said = {"kind": Kind(row["kind"]), "why": row["why"], "return_date": row["returns_on"]}
    return replace(one, reading=replace(one.reading, **said), intent=row["intent"])
