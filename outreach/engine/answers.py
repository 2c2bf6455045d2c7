"""What came back: mails are read, matched and acted upon, wherever they come from."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

from outreach.inbound import Mail, Reading, parse
from outreach.inbound.classify import classify
from outreach.inbound.clues import clues, fingerprint, opt_out_token
from outreach.inbound.headers import clean
from outreach.inbound.intent import read as intent_of
from outreach.mailbox.folders import Role
from outreach.mailbox.imapread import Batch
from outreach.model import Cursor, Kind
from outreach.schedule.window import is_holiday
from outreach.schedule.zones import day_bounds
from outreach.store import Store, answers, settings
from outreach.store.answers import Arrived, OwnCopy

BATCH = 50  # mails that are taken in one transaction
FIRST_LOOK = timedelta(days=30)  # how far back a folder is read that was never read before


class Inbox(Protocol):
    """What reading needs of a mailbox."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def folders(self) -> Mapping[Role, str]: ...

    async def read(self, folder: str, cursor: Cursor | None, since: datetime, most: int = ...) -> Batch: ...


@dataclass
class Tally:
    """What came of reading: mails looked at, answers by kind, the numbers of new answers."""

    read: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    taken: list[int] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count another one in."""
        self.read += other.read
        self.kinds += other.kinds
        self.taken += other.taken


def feed(
    store: Store,
    mailbox: str,
    mails: Iterable[bytes],
    now: datetime,
    *,
    folder: str = "",
    reached: Cursor | None = None,
    sent: bool = False,
) -> Tally:
    """Take mails that came to a mailbox; with `reached` its cursor moves in the same transaction as the last.

    What is in its Sent folder (`sent`), or was written by one of our mailboxes, is no answer.
    """
    tally, waiting = Tally(), []
    house = store.read(settings.house)
    ours = {desk.mailbox.address for desk in store.read(settings.desks)}
    for raw in mails:
        tally.read += 1
        mail = parse(raw)
        if sent or mail.sender in ours:
            store.write(answers.own_copy, _own(mail, mailbox, now), now)
            continue
        waiting.append(_arrived(mail, raw, mailbox, folder, now, house.timezone))
        if len(waiting) >= BATCH:
            _take(store, waiting, None, now, tally)
            waiting = []
    if waiting or reached:
        _take(store, waiting, (mailbox, reached) if reached else None, now, tally)
    return tally


async def read_inbox(store: Store, inbox: Inbox, mailbox: str, clock: Callable[[], datetime]) -> Tally:
    """Read everything new in the folders of a mailbox; from then on its follow-ups may leave for ten minutes.

    Each batch is taken with its cursor in one transaction, so that a reader that dies loses nothing and
    does nothing twice. MailboxError where the mailbox cannot be read: what was taken until then stays.
    """
    total, started = Tally(), clock()
    known = await asyncio.to_thread(store.read, answers.cursors, mailbox)
    for role, folder in (await inbox.folders()).items():
        at, more = known.get(folder), True
        while more:
            batch = await inbox.read(folder, at, started - FIRST_LOOK)
            mails = [each.raw for each in batch.mails if each.raw]
            tally = await asyncio.to_thread(
                feed,
                store,
                mailbox,
                mails,
                clock(),
                folder=folder,
                reached=batch.cursor,
                sent=role is Role.SENT,
            )
            total.add(tally)
            at, more = batch.cursor, batch.more
    await asyncio.to_thread(store.write, settings.inbox_read, mailbox, started)
    return total


def _take(
    store: Store, arrived: list[Arrived], reached: tuple[str, Cursor] | None, now: datetime, tally: Tally
) -> None:
    taken = store.write(answers.take, store.key, arrived, reached, now)
    for number, one in taken:
        tally.taken.append(number)
        tally.kinds[one.reading.kind] += 1


def _arrived(mail: Mail, raw: bytes, mailbox: str, folder: str, now: datetime, zone: str) -> Arrived:
    reading = _read(mail)
    at = _when(mail, now)
    return Arrived(
        mailbox=mailbox,
        folder=folder,
        fingerprint=fingerprint(mail),
        at=at,
        sender=clean(mail.sender),
        subject=clean(mail.subject),
        header_id=clean(mail.message_id),
        raw=raw[: answers.MOST_RAW],
        reading=reading,
        clues=clues(mail, reading),
        until=_until(reading, zone),
        intent=str(intent_of(reading.said, at.date()).kind) if reading.kind is Kind.REPLY else "",
    )


def _own(mail: Mail, mailbox: str, now: datetime) -> OwnCopy:
    token = opt_out_token(mail.header("list-unsubscribe"))
    return OwnCopy(mailbox, clean(mail.message_id), token, mail.recipients, _when(mail, now))


def _when(mail: Mail, now: datetime) -> datetime:
    """When a mail was written; one that says it comes from tomorrow, or from long ago, is not believed."""
    return mail.date if mail.date and now - timedelta(days=365) < mail.date <= now else now


def _read(mail: Mail) -> Reading:
    """What a mail says; one that defeats the reading is put aside with the reason, and the rest goes on."""
    try:
        return classify(mail)
    except Exception as exc:  # mail is hostile, and a mistake of ours must not stop all other answers
        return Reading(Kind.UNRELATED, "it could not be read", trouble=type(exc).__name__)


def _until(reading: Reading, zone: str) -> datetime | None:
    """The morning of the first working day on which somebody absent is back."""
    if reading.return_date is None:
        return None
    return day_bounds(_working(reading.return_date), zone)[0]


def _working(day: date, country: str = "") -> date:
    while day.weekday() > 4 or is_holiday(day, country):
        day += timedelta(days=1)
    return day
