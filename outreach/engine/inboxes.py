"""The inboxes of the mailboxes in use: read side by side, once or for as long as a sender runs."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from outreach.engine.answers import Inbox, read_inbox
from outreach.engine.sending import Clock
from outreach.errors import MailboxError, StoreError
from outreach.mailbox.folders import Role, files_sent
from outreach.mailbox.imapread import Batch
from outreach.mailbox.wire import endpoint
from outreach.model import Cursor, Mailbox
from outreach.report.inbox import came_back
from outreach.store import Store, copies, settings, status

SLOW = 90.0  # seconds for each thing that is asked of a mailbox: a batch of its mails, for one
BREATH = 1.0  # seconds before a mailbox is read that is said to have mail: mails come together
QUIET = 5.0  # seconds from a reading that brought nothing to the next: a server may tell of mail for ever
LATE = timedelta(days=90)  # so long after a letter its answers are looked for


class Bounded:
    """An inbox of which everything but waiting for mail is a TimeoutError after SLOW seconds.

    Each call has them anew: a mailbox that brings batch after batch is read to its end, however long that takes.
    """

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def __aenter__(self) -> Self:
        async with asyncio.timeout(SLOW):
            await self._inbox.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._inbox.__aexit__(kind, exc, trace)

    async def folders(self) -> Mapping[Role, str]:
        async with asyncio.timeout(SLOW):
            return await self._inbox.folders()

    async def read(self, folder: str, cursor: Cursor | None, since: datetime, most: int = 100) -> Batch:
        async with asyncio.timeout(SLOW):
            return await self._inbox.read(folder, cursor, since, most)

    async def wait(self, seconds: float) -> None:
        await self._inbox.wait(seconds)

    async def append_sent(self, raw: bytes, at: datetime) -> None:
        async with asyncio.timeout(SLOW):
            await self._inbox.append_sent(raw, at)


@dataclass(frozen=True, slots=True)
class News:
    """What reading a mailbox brought: a line for people, "" for nothing; `trouble` what could not be done."""

    mailbox: str
    text: str
    trouble: str = ""

    def breath(self, waited: float) -> float:
        """The seconds until a mailbox that is said to have mail is read again, `waited` seconds after this."""
        brought = self.text and not self.trouble
        return BREATH if brought else max(BREATH, QUIET - waited)


class Inboxes:
    """Reads what came back to the store's mailboxes, and files in Sent what they have sent.

    :param connect: an inbox of a mailbox, not yet connected.
    """

    def __init__(self, store: Store, connect: Callable[[Mailbox], Inbox], clock: Clock) -> None:
        self._store, self._connect, self._clock = store, connect, clock
        self._open: dict[str, Bounded] = {}  # by mailbox: connections that are kept
        self._filing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def read(self) -> list[News]:
        """Read all of them once; what there is to tell of each. StoreError where the store is away."""
        return list(await asyncio.gather(*map(self._read, await self._in_use())))

    async def file(self) -> list[News]:
        """Put copies of all that has left into Sent; what could not be. StoreError where the store is away.

        Who restores a backup elsewhere finds there what left after it. An inbox that could not be read is left
        alone: its reading tells why, and files what is missing once it works.
        """
        desks = await asyncio.to_thread(self._store.read, settings.desks)
        boxes = (desk.mailbox for desk in desks if not desk.inbox_trouble)
        mine = [box for box in boxes if _read_by_us(box) and not files_sent(endpoint(box.smtp).host)]
        return [news for news in await asyncio.gather(*map(self._file_all, mine)) if news.trouble]

    async def follow(self, tell: Callable[[News], None], seconds: float) -> None:
        """Read them again and again: when a server tells of new mail, and every so many seconds. Never returns.

        One that cannot be read is told, and tried again as often.
        """
        readers: dict[Mailbox, asyncio.Task[None]] = {}
        try:
            while True:
                with suppress(StoreError):  # the rounds tell
                    used = await self._in_use()
                    for box in readers.keys() - set(used):
                        readers.pop(box).cancel()
                    for box in used:
                        if box not in readers or readers[box].done():
                            if box in readers:
                                readers[box].result()  # a mistake of ours shows
                            readers[box] = asyncio.create_task(self._keep_reading(box, tell, seconds))
                await asyncio.sleep(seconds)
        finally:
            for reader in readers.values():
                reader.cancel()
            await asyncio.gather(*readers.values(), return_exceptions=True)

    async def _in_use(self) -> list[Mailbox]:
        since = self._clock() - LATE
        used = await asyncio.to_thread(self._store.read, status.mailboxes_to_read, since)
        desks = await asyncio.to_thread(self._store.read, settings.desks)
        boxes = (desk.mailbox for desk in desks if desk.mailbox.address in used)
        return [box for box in boxes if _read_by_us(box)]

    async def _read(self, box: Mailbox) -> News:
        try:
            async with Bounded(self._connect(box)) as inbox:
                return await self._look(inbox, box)
        except (TimeoutError, MailboxError) as exc:
            return await self._troubled(box, exc)

    async def _keep_reading(self, box: Mailbox, tell: Callable[[News], None], seconds: float) -> None:
        """Read one inbox over one connection until that fails."""
        loop = asyncio.get_running_loop()
        try:
            async with Bounded(self._connect(box)) as inbox:
                while True:
                    news = await self._look(inbox, box)
                    tell(news)
                    self._open[box.address] = inbox
                    ended = loop.time()
                    await inbox.wait(seconds)
                    await asyncio.sleep(min(news.breath(loop.time() - ended), seconds))
        except (TimeoutError, MailboxError) as exc:
            tell(await self._troubled(box, exc))
        except StoreError:
            return  # the rounds tell
        finally:
            self._open.pop(box.address, None)

    async def _look(self, inbox: Inbox, box: Mailbox) -> News:
        """File what was sent, then read: so the copies are behind the cursor as well."""
        unfiled = "" if files_sent(endpoint(box.smtp).host) else await self._file(inbox, box)
        tally = await read_inbox(self._store, inbox, box.address, self._clock)
        if unfiled and not tally.kinds:
            return _unfiled(box, unfiled)
        return News(box.address, f"{box.address}: {came_back(tally.kinds)}" if tally.kinds else "", unfiled)

    async def _file_all(self, box: Mailbox) -> News:
        """File batch after batch, over the connection that is open, or one of its own."""
        trouble = ""
        try:
            while not trouble and await self._unfiled(box):
                if box.address in self._open:
                    trouble = await self._file(self._open[box.address], box)
                else:
                    async with Bounded(self._connect(box)) as inbox:
                        trouble = await self._file(inbox, box)
        except TimeoutError:
            trouble = "slow"
        except MailboxError as exc:
            trouble = exc.message
        return _unfiled(box, trouble)

    async def _unfiled(self, box: Mailbox) -> Sequence[copies.Unfiled]:
        return await asyncio.to_thread(self._store.read, copies.unfiled, box.address, self._clock())

    async def _file(self, inbox: Inbox, box: Mailbox) -> str:
        """Put a batch of copies of what has left into Sent; why that cannot be, or ""."""
        async with self._filing[box.address]:
            for letter in await self._unfiled(box):
                try:
                    await inbox.append_sent(letter.raw, letter.sent_at)
                except MailboxError as exc:  # answers are read all the same
                    return exc.message
                await asyncio.to_thread(self._store.write, copies.filed, letter.id, self._clock())
        return ""

    async def _troubled(self, box: Mailbox, exc: TimeoutError | MailboxError) -> News:
        """What cannot be read, told and noted for the status; what was taken stays.

        A slow mailbox must not keep the others from being read; one that cannot be read holds its follow-ups.
        """
        if isinstance(exc, MailboxError):
            why, hint = exc.message, f"; {exc.hint}" if exc.hint else ""
            text = f"NEEDS YOU: the inbox of {box.address} cannot be read: {why}{hint}"
        else:
            why = "slow"
            text = f"the inbox of {box.address} is slow: the next reading goes on where this one ended"
        with suppress(StoreError):  # the rounds tell
            await asyncio.to_thread(self._store.write, settings.inbox_unread, box.address, why)
        return News(box.address, text, why)


def _read_by_us(box: Mailbox) -> bool:
    return box.answers == "imap" and bool(box.imap)


def _unfiled(box: Mailbox, trouble: str) -> News:
    return News(box.address, f"copies of what was sent cannot be filed: {trouble}", trouble)
