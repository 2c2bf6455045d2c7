"""One round of the unattended work, as the daemon and `run --once` do it."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from outreach.engine import upkeep
from outreach.engine.process import Process
from outreach.engine.revisions import Revisions
from outreach.engine.sending import Clock, Line, Sending, Sent
from outreach.model import Mailbox
from outreach.report.joined import Joined
from outreach.store import Store, leases, settings

BEAT = timedelta(seconds=15)


@dataclass(slots=True)
class Work:
    """What the rounds of one run came to, sending aside: who joined, and what dead workers had left behind.

    `limited` is whether so many letters had left as were allowed, `failed` what could not be told the operator.
    """

    joined: dict[str, Joined] = field(default_factory=dict)
    put_back: int = 0
    uncertain: int = 0
    held: str = ""
    limited: bool = False
    failed: list[str] = field(default_factory=list)

    def add(self, done: "Round") -> None:
        """Count a round in."""
        self.joined |= done.joined
        self.put_back += done.put_back
        self.uncertain += done.uncertain
        self.held = done.held


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    sent: Sent
    held: str = ""  # why everything is held: restored, cloned, or away for days
    joined: dict[str, Joined] = field(default_factory=dict)
    put_back: int = 0
    uncertain: int = 0


class Engine:
    """A worker on one store; each `round` does everything that is due. Mailboxes `without` a password rest."""

    def __init__(
        self,
        store: Store,
        line: Callable[[Mailbox], Line],
        clock: Clock,
        process: Process,
        without: Collection[str] = (),
    ) -> None:
        self._store, self._clock, self._process, self._line = store, clock, process, line
        self._without = without
        self._revisions = Revisions(store)
        self._beaten_at = clock()
        upkeep.guard(store, clock())  # before this worker's own heartbeat hides a long silence
        self.worker_id = store.write(leases.enter, process.host, process.place, process.pid, clock())
        self._sending = Sending(store, self.worker_id, line, clock, without)

    async def round(self, limit: int | None = None, patience: float | None = None) -> Round:
        """Reap, schedule next steps, re-slot, enroll who joins at night, send what is due (at most `limit`).

        After `patience` seconds it returns while slow servers still have letters in hand: `finish` waits.
        """
        now = self._clock()
        held = await asyncio.to_thread(upkeep.guard, self._store, now)
        await asyncio.to_thread(self._beat, now)
        put_back, uncertain = await asyncio.to_thread(self._reap, now)
        if held:
            return Round(Sent(), held, {}, put_back, uncertain)
        joined = await asyncio.to_thread(upkeep.join, self._store, self._revisions, now)
        await asyncio.to_thread(self._prepare)
        sent = await self._sending.send_due(limit, patience)
        await asyncio.to_thread(self._prepare)
        return Round(sent, "", joined, put_back, uncertain)

    def _beat(self, now: datetime) -> None:
        """A heartbeat, unless the last one was just now: an idle worker should not write all the time."""
        if not timedelta(0) <= now - self._beaten_at < BEAT:
            self.heartbeat()

    def _reap(self, now: datetime) -> tuple[int, int]:
        if not self._store.read(leases.any_in_flight):
            return 0, 0
        return self._store.write(leases.reap, now, self._process.is_dead)

    async def finish(self) -> None:
        """Wait until no letter is in hand any more."""
        await self._sending.finish()

    def _prepare(self) -> None:
        upkeep.advance(self._store, self._revisions, self._clock())
        upkeep.reslot(self._store, self._revisions, self._clock())

    def heartbeat(self) -> None:
        """Say that this worker is alive and renew its leases."""
        self._beaten_at = self._clock()
        self._store.write(leases.heartbeat, self.worker_id, self._beaten_at)

    def stop(self) -> None:
        """Finish the letters in hand and claim no more."""
        self._sending.stopping = True

    @property
    def stopping(self) -> bool:
        return self._sending.stopping

    def start_over(self) -> None:
        """Go on as a new worker after the store was away.

        What the old one had in hand and could not write down is then settled by the next `round`: its
        own heartbeats would keep those leases alive for ever.
        """
        self.leave()
        now, process, left = self._clock(), self._process, self._sending
        self.worker_id = self._store.write(leases.enter, process.host, process.place, process.pid, now)
        self._sending = Sending(self._store, self.worker_id, self._line, self._clock, self._without)
        self._sending.stopping, left.stopping = left.stopping, True

    def leave(self) -> None:
        """Say that this worker has ended in order, and take note of the marks in the witness."""
        self._store.write(leases.leave, self.worker_id, self._clock())
        self._store.witness.saw(self._store.read(settings.house).marks)
