"""What was launched and holds for every worker: mailboxes with their pace, limits, the day of the caps."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from outreach.model import Gap, Limits, Mailbox
from outreach.schedule.slots import Pace
from outreach.store import tables
from outreach.store.tables import EPOCH, mailbox

_HOUSE = sa.select(tables.house)
_DESK = sa.select(mailbox).where(mailbox.c.address == sa.bindparam("address"))


@dataclass(frozen=True, slots=True)
class House:
    """What counts for all mailboxes: the store's id (seed of slots), its marks, limits, the zone of the day."""

    id: str
    marks: int
    limits: Limits
    timezone: str


def house(tx: sa.Connection) -> House:
    """The settings of the last launch; defaults before the first."""
    row = tx.execute(_HOUSE).one()
    return House(row.id, row.marks, _limits(row.limits), row.timezone or "UTC")


@lru_cache(maxsize=16)
def _limits(text: str) -> Limits:
    return Limits(**json.loads(text)) if text else Limits()


def save(tx: sa.Connection, boxes: list[Mailbox], limits: Limits, timezone: str) -> None:
    """Make these settings the ones that every worker obeys. A mailbox keeps its pace."""
    tx.execute(sa.update(tables.house).values(limits=json.dumps(asdict(limits)), timezone=timezone))
    for box in boxes:
        settings = json.dumps(_to_json(box))
        same = mailbox.c.address == box.address
        if tx.execute(sa.update(mailbox).where(same).values(settings=settings)).rowcount == 0:
            tx.execute(sa.insert(mailbox), {"address": box.address, "settings": settings})


def snapshot(tx: sa.Connection, addresses: list[str]) -> dict[str, Any]:
    """The settings that hold now, for these mailboxes, as `restore` takes them."""
    row = tx.execute(_HOUSE).one()
    query = sa.select(mailbox.c.address, mailbox.c.settings).where(mailbox.c.address.in_(addresses))
    boxes = {each.address: each.settings for each in tx.execute(query)}
    return {"limits": row.limits, "timezone": row.timezone, "mailboxes": boxes}


def restore(tx: sa.Connection, known: dict[str, Any]) -> None:
    """Make the settings of a snapshot hold again; mailboxes that are newer than it keep theirs."""
    tx.execute(sa.update(tables.house).values(limits=known["limits"], timezone=known["timezone"]))
    for address, text in known["mailboxes"].items():
        tx.execute(sa.update(mailbox).where(mailbox.c.address == address).values(settings=text))


def _to_json(box: Mailbox) -> dict[str, Any]:
    gap = [box.gap.low.total_seconds(), box.gap.high.total_seconds()]
    return {**asdict(box), "gap": gap, "away": sorted(day.isoformat() for day in box.away)}


@lru_cache(maxsize=256)
def _from_json(text: str) -> Mailbox:
    values = json.loads(text)
    low, high = (timedelta(seconds=seconds) for seconds in values.pop("gap"))
    away = frozenset(map(date.fromisoformat, values.pop("away", ())))
    return Mailbox(**values, gap=Gap(low, high), away=away)


@dataclass(frozen=True, slots=True)
class Desk:
    """A mailbox as the store knows it: settings as launched, pace, when its inbox was last read."""

    mailbox: Mailbox
    pace: Pace
    setbacks: int
    inbox_read_at: datetime | None
    inbox_trouble: str = ""  # why it could not be read the last time


def desk_of(row: Any) -> Desk:
    """A row with the mailbox table's columns as a Desk."""
    pace = Pace(
        last_slot=row.last_slot or EPOCH,
        last_mark=row.last_mark or EPOCH,
        ramp_step=row.ramp_step,
        ramp_day=row.ramp_day,
        troubled=row.troubled,
    )
    return Desk(_from_json(row.settings), pace, row.setbacks, row.inbox_read_at, row.inbox_trouble)


def desk(tx: sa.Connection, address: str) -> Desk | None:
    """One mailbox, None if nothing was ever launched from it."""
    row = tx.execute(_DESK, {"address": address}).first()
    return desk_of(row) if row else None


def desks(tx: sa.Connection) -> list[Desk]:
    """All mailboxes that something was launched from, by address."""
    return [desk_of(row) for row in tx.execute(sa.select(mailbox).order_by(mailbox.c.address))]


def inbox_read(tx: sa.Connection, address: str, at: datetime) -> None:
    """Take note that a mailbox's inbox has been read up to `at`: its follow-ups may go for ten minutes."""
    read = {"inbox_read_at": at, "inbox_trouble": ""}
    tx.execute(sa.update(mailbox).where(mailbox.c.address == address).values(**read))


def inbox_unread(tx: sa.Connection, address: str, why: str) -> None:
    """Take note why a mailbox's inbox could not be read."""
    tx.execute(sa.update(mailbox).where(mailbox.c.address == address).values(inbox_trouble=why))


def assume(tx: sa.Connection, store_id: str, key: bytes) -> None:
    """Give an unused store that identity, from its next opening on: slots and Message-IDs follow from it."""
    tx.execute(sa.update(tables.house).values(id=store_id, key=key.hex()))
