"""SHELL: the sender of one machine. APScheduler only ticks; what is due and what was done is in the store."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from outreach.engine.inboxes import Inboxes, News
from outreach.engine.notify import Notifier
from outreach.engine.rounds import Engine, Round, Work
from outreach.errors import OutreachError, StoreError

ROUND = timedelta(seconds=2)
READ = timedelta(minutes=2)  # follow-ups need an inbox read within ten minutes
BEAT = timedelta(seconds=30)  # leases last 12 minutes: a few beats may fail
NOTIFY = timedelta(minutes=1)
LOOK = timedelta(seconds=1)
PATIENCE = 20.0  # seconds that one slow server may hold up the other mailboxes
LAST_COPIES = 30.0  # seconds that a stop leaves for copies of what has just left
LONGEST_WAIT = 60.0  # seconds between two tries while the store is away

Told = TypeVar("Told")
Job = Callable[[], Awaitable[None]]


class Every(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """Ticks at once, then each time a span after the last tick.

    The library's own interval catches up on every tick that was missed: after a clock that began in 1970
    was set right, those are a billion.
    """

    def __init__(self, span: timedelta) -> None:
        self.span = span

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        return now + self.span if previous else now


class Daemon:
    """Runs an engine until a signal (or `stop`) ends it: the letters in hand are finished first.

    :param look: called every second on a thread, to tell what has happened; may raise StoreError.
    :param say: takes one line for people.
    :param inboxes: what is read beside; None reads nothing.
    :param notifier: tells the operator by mail; None tells nobody.
    :param edited: asked when people have joined: campaigns whose files differ from the revision with that number.
    """

    def __init__(
        self,
        engine: Engine,
        look: Callable[[], None],
        say: Callable[[str], None],
        inboxes: Inboxes | None = None,
        notifier: Notifier | None = None,
        edited: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self._engine, self._look_on, self._say, self._inboxes = engine, look, say, inboxes
        self._notifier, self._edited = notifier, edited
        self._uninformed = ""
        self._well = False  # a round has gone well since the operator's monitor was told so
        self._working = asyncio.Lock()
        self._aside = asyncio.Lock()  # held by what goes on beside the rounds
        self._over = asyncio.Event()
        self._left = asyncio.Event()  # letters have left of which there may be no copy
        self._failures = 0
        self._again_at = 0.0  # on the loop's clock: nobody sets that one
        self._crash: Exception | None = None
        self._unread: dict[str, str] = {}  # mailboxes that cannot be read, and why

    async def run(self) -> None:
        """Send what is due, for as long as it lasts. Returns after a stop, when nothing is in hand."""
        async with (
            self._ticking((self._round, ROUND)),
            self._beside(self._follow()),
            self._beside(self._file()),
            self._beside(self._notify()),
        ):
            await self._over.wait()
            async with self._working:  # the round in hand has come to its end
                await self._finish()
            await self._file_last()
        if self._crash:
            raise self._crash

    async def once(self, limit: int | None = None) -> Work:
        """Send what may leave now, at most `limit` letters, and end; what came of it, letters aside.

        StoreError if the store goes away.
        """
        work = Work()
        async with self._ticking(), self._working:
            if self._inboxes:
                await self._unless_stopped(self._inboxes.read(), self._heard)
            while not self._over.is_set():
                done = await self._engine.round(limit)
                work.add(done)
                if limit is not None:
                    limit -= sum(done.sent.verdicts.values()) + len(done.sent.refused)
                if not done.sent.letters or limit == 0:
                    break
            if self._inboxes:
                await self._unless_stopped(self._inboxes.file(), self._heard)
            if self._over.is_set():
                await self._file_last()
            work.limited = limit == 0
            if self._notifier:
                await self._unless_stopped(self._inform(self._notifier, not work.held), work.failed.append)
        for line in work.failed:
            self._say(line)
        return work

    def stop(self) -> None:
        """End after the letters in hand. Asked again, it only says so: nothing may be cut off."""
        if self._over.is_set():
            self._say("still finishing the letter in hand: a server may take ten minutes to answer")
            return
        self._say("stopping: the letter in hand is finished first")
        self._engine.stop()
        self._over.set()

    @asynccontextmanager
    async def _ticking(self, *more: tuple[Job, timedelta]) -> AsyncIterator[None]:
        """Beats and news while the caller works, then a tidy end."""
        # A round that lasts longer than its interval is no reason for a warning on the user's screen.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        once_each = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()}, job_defaults=once_each, timezone=UTC
        )
        for job, span in ((self._beat, BEAT), (self._look, LOOK), *more):
            scheduler.add_job(job, Every(span))
        with _signals(self.stop):
            scheduler.start()
            watch = asyncio.create_task(self._watch(scheduler))
            try:
                yield
            finally:
                watch.cancel()
                scheduler.pause()
                await asyncio.sleep(0)  # what has been started is under way now, and is waited for
                async with self._aside:
                    scheduler.shutdown(wait=False)
                    await asyncio.sleep(0)  # the loop does it
                await self._leave()

    async def _round(self) -> None:
        loop = asyncio.get_running_loop()
        if self._over.is_set() or loop.time() < self._again_at:
            return
        async with self._working:
            try:
                if self._failures:
                    await asyncio.to_thread(self._engine.start_over)
                done = await self._engine.round(patience=PATIENCE)
            except OutreachError as exc:
                self._back_off(exc)
            except Exception as exc:  # a mistake of ours: end in order, then show it
                self._crash = exc
                self._engine.stop()
                self._over.set()
            else:
                self._recovered()
                self._well = not done.held
                if done.sent.letters:
                    self._left.set()
                await self._tell(done)

    async def _unless_stopped(
        self, work: Coroutine[Any, Any, list[Told]], tell: Callable[[Told], None]
    ) -> None:
        """Tell what comes of something that a stop gives up: what has been done stays."""
        working, stopped = asyncio.create_task(work), asyncio.create_task(self._over.wait())
        try:
            await asyncio.wait((working, stopped), return_when=asyncio.FIRST_COMPLETED)
            for news in working.result() if working.done() else ():
                tell(news)
        finally:
            for task in (working, stopped):
                task.cancel()
            await asyncio.gather(working, stopped, return_exceptions=True)

    @asynccontextmanager
    async def _beside(self, work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
        """Let something go on beside the rounds."""
        working = asyncio.create_task(work)
        working.add_done_callback(self._crashed)
        try:
            yield
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    async def _follow(self) -> None:
        """Read the inboxes again and again."""
        if self._inboxes:
            await self._inboxes.follow(self._heard, READ.total_seconds())

    async def _file(self) -> None:
        """File copies as soon as letters have left."""
        while self._inboxes:
            await self._left.wait()
            self._left.clear()
            with suppress(StoreError):  # the rounds tell
                for news in await self._inboxes.file():
                    self._heard(news)

    async def _file_last(self) -> None:
        """File copies of what left at the end, for a while: the next sender may be on another machine."""
        if self._inboxes:
            with suppress(StoreError, TimeoutError):
                async with asyncio.timeout(LAST_COPIES):
                    for news in await self._inboxes.file():
                        self._heard(news)

    async def _notify(self) -> None:
        """Tell the operator from time to time. Whatever goes wrong with that must not end the sending."""
        while self._notifier:
            await asyncio.sleep(NOTIFY.total_seconds())
            well, self._well = self._well, False
            for line in await self._inform(self._notifier, well):
                self._say(line)

    async def _inform(self, notifier: Notifier, well: bool) -> list[str]:
        try:
            return await notifier.turn(well=well)
        except Exception as exc:  # even a mistake of ours
            trouble = f"the operator could not be told: {type(exc).__name__}: {exc}"
            new, self._uninformed = trouble != self._uninformed, trouble
            return [trouble] if new else []

    def _heard(self, news: News) -> None:
        """A mailbox that cannot be read is told once, until it can again."""
        if news.trouble and self._unread.get(news.mailbox) == news.trouble:
            return
        self._unread[news.mailbox] = news.trouble
        if news.text:
            self._say(news.text)

    def _crashed(self, task: asyncio.Task[None]) -> None:
        """A mistake of ours in what goes on beside the rounds: end in order, then show it."""
        if not task.cancelled() and isinstance(exc := task.exception(), Exception):
            self._crash = exc
            self._engine.stop()
            self._over.set()

    async def _finish(self) -> None:
        """Wait for slow servers that a round went on without."""
        try:
            await self._engine.finish()
        except OutreachError as exc:
            self._say(exc.message)

    def _back_off(self, exc: OutreachError) -> None:
        wait = min(LONGEST_WAIT, 2.0 ** min(self._failures, 6))
        if not self._failures:
            self._say(f"{exc.message}; nothing leaves, trying again until it works")
        self._failures += 1
        self._again_at = asyncio.get_running_loop().time() + wait

    def _recovered(self) -> None:
        if self._failures:
            self._failures = 0
            self._say("it works again")

    async def _tell(self, done: Round) -> None:
        for stem, joined in done.joined.items():
            self._say(f"{stem}: {joined.text}")
        if done.joined:
            for stem, number in (await asyncio.to_thread(self._edited)).items():
                self._say(f"{stem}: files differ from revision {number}: outreach plan {stem}")

    async def _beat(self) -> None:
        """Keep the leases of a long round. Between rounds a long silence must show: a round asks for it first."""
        if not self._working.locked():
            return
        async with self._aside:
            with suppress(StoreError):  # the round tells
                await asyncio.to_thread(self._engine.heartbeat)

    async def _look(self) -> None:
        async with self._aside:
            with suppress(StoreError):
                await asyncio.to_thread(self._look_on)

    async def _watch(self, scheduler: AsyncIOScheduler) -> None:
        """A clock that was set back leaves the next ticks hours away: bring them near again."""
        while True:
            await asyncio.sleep(LOOK.total_seconds())
            now = datetime.now(UTC)
            for job in scheduler.get_jobs():
                if job.next_run_time - now > 2 * job.trigger.span:
                    job.modify(next_run_time=now)

    async def _leave(self) -> None:
        try:
            await asyncio.to_thread(self._look_on)
            await asyncio.to_thread(self._engine.leave)
        except StoreError as exc:
            self._say(f"{exc.message}; what was in hand is settled by the next sender")


@contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    """SIGTERM, Ctrl-C and a closed terminal call `stop`; what the caller ignores (nohup) stays ignored."""
    loop = asyncio.get_running_loop()
    candidates = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    taken = [each for each in candidates if signal.getsignal(each) != signal.SIG_IGN]
    for each in taken:
        loop.add_signal_handler(each, stop)
    try:
        yield
    finally:
        for each in taken:
            loop.remove_signal_handler(each)
