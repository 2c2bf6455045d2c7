"""What came back: mails are read, matched and acted upon, wherever they come from."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from types import TracebackType
from typing import Protocol, Self

from outreach.inbound import Mail, Reading, parse
from outreach.inbound.arrived import Arrived
from outreach.inbound.classify import classify
from outreach.inbound.clues import Clues, clues, fingerprint, opt_out_token
from outreach.inbound.headers import clean
from outreach.inbound.intent import read as intent_of
from outreach.inbound.reading import UNREAD
from outreach.mailbox.folders import Role, shown
from outreach.mailbox.imapread import Batch
from outreach.model import Cursor, Kind
from outreach.store import Store, answers, copies, settings
from outreach.store.copies import OwnCopy

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

    async def wait(self, seconds: float) -> None: ...

    async def append_sent(self, raw: bytes, at: datetime) -> None: ...


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
    ours = {desk.mailbox.address for desk in store.read(settings.desks)}
    for raw in mails:
        tally.read += 1
        raw = raw[: answers.MOST_RAW]
        own = own_copy(raw, mailbox, now, ours, sent=sent)
        if own:
            store.write(copies.own_copy, own, now)
            continue
        waiting.append(arrived(raw, mailbox, folder, now))
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
            for uid in batch.lost:  # the server has it and does not hand it over: it may be an answer
                name = f"{folder} {batch.cursor.validity} {uid}"
                one = _unread(mailbox, folder, name, clock(), b"", f"mail {uid}: read it with a mail program")
                await asyncio.to_thread(store.write, answers.take, store.key, [one], None, clock())
            tally = await asyncio.to_thread(
                feed,
                store,
                mailbox,
                [each.raw for each in batch.mails],
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


def arrived(raw: bytes, mailbox: str, folder: str, now: datetime) -> Arrived:
    """What a mail says, as the store takes it.

    One that defeats the reading is put aside with the reason, for a person to look at, and the rest goes on.
    """
    try:
        mail = parse(raw, now)
        reading = classify(mail)
        return _arrived(mail, raw, reading, mailbox, folder, now)
    except Exception as exc:  # mail is hostile, and a mistake of ours must not stop all other answers
        trouble = f"{type(exc).__name__}: read it with a mail program"
        return _unread(mailbox, folder, sha256(raw).hexdigest()[:32], now, raw, trouble)


def _arrived(mail: Mail, raw: bytes, reading: Reading, mailbox: str, folder: str, now: datetime) -> Arrived:
    at = _when(mail, now)
    return Arrived(
        mailbox=mailbox,
        folder=folder,
        fingerprint=fingerprint(mail),
        at=at,
        sender=clean(mail.sender),
        subject=clean(mail.subject),
        header_id=clean(mail.message_id),
        raw=raw,
        reading=reading,
        clues=clues(mail, reading),
        intent=str(intent_of(reading.said, at.date()).kind) if reading.kind is Kind.REPLY else "",
    )


def _unread(mailbox: str, folder: str, name: str, now: datetime, raw: bytes, trouble: str) -> Arrived:
    """A mail of which nothing is known but that it is there."""
    reading = Reading(Kind.UNRELATED, UNREAD, trouble=trouble)
    subject = f"(a mail in {shown(folder) or 'a file'} that could not be read)"
    return Arrived(mailbox, folder, name, now, "", subject, "", raw, reading, Clues((), "", (), ""))


def own_copy(raw: bytes, mailbox: str, now: datetime, ours: Collection[str], *, sent: bool) -> OwnCopy | None:
    """The copy of a mail that one of `ours` has sent; None of any other mail."""
    try:
        mail = parse(raw)
        if not sent and mail.sender not in ours:
            return None
        token = opt_out_token(mail.header("list-unsubscribe"))
        name = clean(mail.message_id)
        return OwnCopy(mailbox, fingerprint(mail), name, token, mail.recipients, _when(mail, now))
    except Exception:  # as above; what we cannot read tells us nothing about our own mail
        return None


def _when(mail: Mail, now: datetime) -> datetime:
    """When a mail was written; one that says it comes from tomorrow, or from long ago, is not believed."""
    return mail.date if mail.date and now - timedelta(days=365) < mail.date <= now else now
