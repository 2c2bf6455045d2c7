"""The sender: claim, offer, mark, body, record. DESIGN: at most once, whatever dies, freezes or doubles."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from outreach import compose
from outreach.errors import ComposeError, StoreError
from outreach.model import Accepted, Answer, Deferred, Mailbox, Rejected, Unknown, Unreachable
from outreach.sequence import EFFECTS
from outreach.store import Store, claims, marks, records, settings
from outreach.store.claims import Claimed
from outreach.store.marks import Marked
from outreach.store.records import Recorded

Clock = Callable[[], datetime]
Result = TypeVar("Result")
# A machine that slept between mark and body must not send the letter hours later.
STALE = timedelta(seconds=60)
RETRIES = (0.5, 2.0, 10.0, 20.0)  # seconds between tries to write down an answer


class Line(Protocol):
    """One connection of a mailbox, as `mailbox.smtp.Session` is one."""

    @property
    def is_open(self) -> bool: ...
    async def open(self) -> Unreachable | Deferred | Rejected | None: ...
    async def offer(
        self, recipient: str, size: int, message_id: str = ""
    ) -> Deferred | Rejected | Unreachable | None: ...
    async def body(self, raw: bytes) -> Accepted | Deferred | Rejected | Unknown: ...
    async def abandon(self) -> None: ...
    async def close(self) -> None: ...


@dataclass(slots=True)
class Sent:
    """What a round of sending came to: letters by verdict, and those whose mark was refused, with why."""

    verdicts: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    @property
    def letters(self) -> int:
        return self.verdicts.get("accepted", 0)

    def count(self, verdict: str) -> None:
        self.verdicts[verdict] = self.verdicts.get(verdict, 0) + 1


class Sending:
    """Sends what is due. `line` opens connections of a mailbox; `clock` tells the time (aware, UTC).

    The mailboxes `without` a password are left to other workers, which may have it.
    """

    def __init__(
        self,
        store: Store,
        worker_id: int,
        line: Callable[[Mailbox], Line],
        clock: Clock,
        without: Collection[str] = (),
    ) -> None:
        self._without = without
        self._store, self._worker, self._line, self._clock = store, worker_id, line, clock
        self._left: int | None = None
        self._drains: dict[str, asyncio.Task[None]] = {}  # by mailbox
        self._sent = Sent()
        self.stopping = False  # finish the letters in hand, claim no more

    async def send_due(self, limit: int | None = None, patience: float | None = None) -> Sent:
        """Send every letter that may leave now from every mailbox, at most `limit`; what came of it.

        A server may take its time: after `patience` seconds the other mailboxes go on without it, and what
        comes of its letters is told by a later call. None waits for all.
        """
        self._left = limit
        for desk in await asyncio.to_thread(self._store.read, settings.desks):
            if desk.mailbox.address not in (*self._drains, *self._without):
                self._drains[desk.mailbox.address] = asyncio.create_task(self._drain(desk.mailbox))
        return await self.finish(patience)

    async def finish(self, patience: float | None = None) -> Sent:
        """Wait for the mailboxes that are being worked off, at most `patience` seconds.

        Where one failed: for all of them, so that no letter in hand is cut off; then its error is raised.
        """
        if not self._drains:
            return Sent()
        done, _ = await asyncio.wait(self._drains.values(), timeout=patience)
        errors = [error for task in done if (error := task.exception())]
        if errors:
            await asyncio.wait(self._drains.values())
            self._drains.clear()
            raise errors[0]
        self._drains = {address: task for address, task in self._drains.items() if task not in done}
        sent, self._sent = self._sent, Sent()
        return sent

    async def _drain(self, mailbox: Mailbox) -> None:
        """Work off one mailbox over its connections until nothing may leave."""
        hand: deque[Claimed] = deque()
        claiming = asyncio.Lock()
        try:
            await _all(self._work(mailbox, hand, claiming) for _ in range(mailbox.connections))
        finally:
            if hand:
                await asyncio.to_thread(self._store.write, claims.release, list(hand))

    async def _work(self, mailbox: Mailbox, hand: deque[Claimed], claiming: asyncio.Lock) -> None:
        """One connection: takes letters from the hand, claims more when it is empty."""
        line: Line | None = None
        try:
            while not self.stopping:
                async with claiming:
                    if not hand:
                        hand.extend(await self._claim(mailbox))
                    if not hand:
                        return
                    letter = hand.popleft()
                line = line or self._line(mailbox)
                if not await self._send(line, mailbox, letter):
                    hand.clear()  # its pause has put them back
        finally:
            if line is not None:
                await line.close()

    async def _claim(self, mailbox: Mailbox) -> list[Claimed]:
        room = mailbox.connections * claims.AHEAD
        if self._left is not None:
            room = min(room, self._left)
        if room <= 0:
            return []
        letters = await asyncio.to_thread(
            self._store.write, claims.claim, mailbox.address, self._worker, self._clock(), room
        )
        if self._left is not None:
            self._left -= len(letters)
        return letters

    async def _send(self, line: Line, mailbox: Mailbox, letter: Claimed) -> bool:
        """Bring one claimed letter to an end: sent, refused, put back, held, or uncertain.

        Whether the mailbox may go on: not after an answer that lets it rest.
        """
        try:
            raw = compose.compose(letter.outgoing, mailbox, self._clock())
            compose.check(raw, letter.outgoing, mailbox)
        except ComposeError as exc:
            await asyncio.to_thread(self._store.write, records.hold, letter, exc.message, self._clock())
            self._sent.count("held")
            return True
        refusal = None if line.is_open else await line.open()
        outgoing = letter.outgoing
        refusal = refusal or await line.offer(outgoing.to_email, len(raw), outgoing.message_id)
        if refusal is not None:
            return await self._record(letter, refusal)
        if await self._mark(line, letter, raw):
            return await self._record(letter, await line.body(raw))
        return True

    async def _mark(self, line: Line, letter: Claimed, raw: bytes) -> bool:
        """Whether the body may leave now. If not, the connection is dropped so that it never does."""
        marked_at = self._clock()
        try:
            answer = await asyncio.to_thread(
                self._store.write, marks.mark, self._store.key, letter, raw, marked_at
            )
        except StoreError:
            await self._take_back(line, letter)  # it may be marked all the same, but unwitnessed
            raise
        if not isinstance(answer, Marked):
            await line.abandon()
            self._sent.refused.append(answer.reason)
            return False
        if self._clock() - marked_at > STALE:
            await self._take_back(line, letter)
            self._sent.refused.append("this machine slept")
            return False
        return True

    async def _take_back(self, line: Line, letter: Claimed) -> None:
        await line.abandon()
        await asyncio.to_thread(self._store.write, records.unmark, letter)

    async def _record(self, letter: Claimed, answer: Answer) -> bool:
        """Write down what came of a letter; whether its mailbox may go on."""
        recorded = await self._written_down(letter, answer)
        self._sent.count(recorded.verdict if recorded else "lost")
        return recorded is None or EFFECTS[recorded.verdict].rest is None

    async def _written_down(self, letter: Claimed, answer: Answer) -> Recorded | None:
        """Record an answer; while the store is away try for half a minute, for the answer is known only here."""
        waits = iter(RETRIES)
        while True:
            try:
                return await asyncio.to_thread(
                    self._store.write, records.record, self._store.key, letter, answer, self._clock()
                )
            except StoreError:
                wait = next(waits, None)
                if wait is None:
                    raise
                await asyncio.sleep(wait)


async def _all(works: Iterable[Awaitable[None]]) -> None:
    """Wait for all, also where one fails: the others' letters in hand are not cut off. Then the first error."""
    results = await asyncio.gather(*works, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
