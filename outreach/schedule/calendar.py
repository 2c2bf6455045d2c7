"""The calendar: the picker played forward, so that what it shows is what will happen."""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from outreach.model import Limits, Mailbox, Step, Window
from outreach.schedule.picker import Due, Usage, mailbox_full, pick
from outreach.schedule.slots import Pace, cap, next_slot, ramp_step
from outreach.schedule.window import due_after, next_opening
from outreach.schedule.zones import day_bounds, day_of

SPENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Track:
    """One prospect's way through a campaign: what the calendar needs to know to play it forward."""

    email: str
    mailbox: str
    company: str
    campaign: str
    window: Window
    zone: str
    country: str
    steps: tuple[Step, ...]
    new_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A letter that waits: `id` orders it as the store would, `step` is its place in the track's steps."""

    id: int
    track: Track
    step: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Departure:
    """A letter leaves: when (UTC), which step of whose track."""

    at: datetime
    track: Track
    step: int

    @property
    def letter(self) -> str:
        return self.track.steps[self.step].letter


@dataclass(frozen=True, slots=True)
class Desk:
    """A mailbox as the calendar finds it: its settings and what it has done so far."""

    mailbox: Mailbox
    pace: Pace


@dataclass(slots=True)
class _Queue:
    """One mailbox's letters: those whose window is ahead, and those that may leave, best first."""

    desk: Desk
    ahead: list[tuple[datetime, tuple[bool, datetime, int], Due]] = field(default_factory=list)
    ready: list[tuple[tuple[bool, datetime, int], Due]] = field(default_factory=list)
    cursor: tuple[datetime, datetime] | None = None

    def add(self, due: Due) -> None:
        heapq.heappush(self.ahead, (due.opens_at, due.order, due))

    def admit(self, moment: datetime) -> None:
        """Move what has opened by `moment` to the ready letters."""
        while self.ahead and self.ahead[0][0] <= moment:
            _, order, due = heapq.heappop(self.ahead)
            heapq.heappush(self.ready, (order, due))


class Calendar:
    """Plays queued letters forward from `now`. Iterate over `departures(until)`."""

    def __init__(
        self,
        desks: Iterable[Desk],
        queued: Iterable[Queued],
        *,
        now: datetime,
        seed: str,
        limits: Limits,
        usage: Usage,
        zone_name: str,
    ) -> None:
        self._now, self._seed, self._limits, self._zone = now, seed, limits, zone_name
        self._usage = usage
        self._queues = {desk.mailbox.address: _Queue(desk) for desk in desks}
        self._waiting: dict[int, Queued] = {}
        self._last_id = 0
        self.never: list[Queued] = []  # no window within a year
        for letter in queued:
            self._last_id = max(self._last_id, letter.id)
            self._enqueue(letter, now)

    def departures(self, until: datetime) -> Iterator[Departure]:
        """Every letter that leaves before `until`, in order of time."""
        moments = [(slot, address) for address in self._queues if (slot := self._next(address, self._now))]
        heapq.heapify(moments)
        while moments:
            moment, address = heapq.heappop(moments)
            if moment >= until:
                return
            departure = self._leave(self._queues[address], moment)
            if departure:
                yield departure
            following = self._next(address, moment, spent=departure is None)
            if following:
                heapq.heappush(moments, (following, address))

    def _next(self, address: str, moment: datetime, *, spent: bool = False) -> datetime | None:
        """When this mailbox should look again: its next slot at which some letter's window is open.

        `spent`: at `moment` nothing could leave, so look later.
        """
        queue = self._queues[address]
        queue.admit(moment)
        if spent:
            moment = self._after_spent(queue, moment)
        elif not queue.ready:
            moment = max(moment, queue.ahead[0][0]) if queue.ahead else moment
        if not queue.ready and not queue.ahead:
            return None
        queue.cursor = next_slot(self._seed, queue.desk.mailbox, queue.desk.pace, moment, self._zone)
        return queue.cursor[0]

    def _after_spent(self, queue: _Queue, moment: datetime) -> datetime:
        """The next moment at which something can have changed: a window opens, or a new day's caps."""
        opens = queue.ahead[0][0] if queue.ahead and not queue.ready else self._tomorrow(moment)
        return max(opens, moment + SPENT)

    def _tomorrow(self, moment: datetime) -> datetime:
        return day_bounds(day_of(moment, self._zone), self._zone)[1]

    def _full(self, desk: Desk, moment: datetime) -> bool:
        day = day_of(moment, self._zone)
        if day > self._usage.day:
            self._usage = Usage(day)
        letters = cap(desk.mailbox, desk.pace, day)
        return bool(mailbox_full(desk.mailbox.address, letters, self._limits, self._usage))

    def _leave(self, queue: _Queue, moment: datetime) -> Departure | None:
        """The letter that the picker chooses at `moment`, marked as gone; None if none may leave."""
        queue.admit(moment)
        if self._full(queue.desk, moment):
            return None
        while queue.ready:
            due = heapq.heappop(queue.ready)[1]
            letter = self._waiting.pop(due.id)
            if pick((due,), moment, self._limits, self._usage):
                self._mark(queue, due, moment)
                return self._gone(letter, moment)
            # Its window has passed, or its company or campaign has had enough letters today.
            self._enqueue(letter, moment if due.closes_at <= moment else self._tomorrow(moment))
        return None

    def _mark(self, queue: _Queue, due: Due, moment: datetime) -> None:
        desk, day = queue.desk, day_of(moment, self._zone)
        slot = queue.cursor[1] if queue.cursor else moment
        pace = replace(
            desk.pace,
            last_slot=slot,
            last_mark=moment,
            ramp_step=ramp_step(desk.pace, day),
            ramp_day=max(day, desk.pace.ramp_day or day),
            troubled=desk.pace.troubled and desk.pace.ramp_day == day,
        )
        queue.desk = replace(desk, pace=pace)
        self._usage.count(due.mailbox, due.company, due.campaign, first=due.first)

    def _gone(self, letter: Queued, moment: datetime) -> Departure:
        track, step = letter.track, letter.step + 1
        if step < len(track.steps):
            due_at = due_after(moment, track.steps[step].after, track.zone, track.country)
            self._last_id += 1
            self._enqueue(Queued(self._last_id, track, step, due_at), due_at)
        return Departure(moment, track, letter.step)

    def _enqueue(self, letter: Queued, moment: datetime) -> None:
        track = letter.track
        opening = next_opening(max(letter.due_at, moment), track.window, track.zone, track.country)
        if opening is None or track.mailbox not in self._queues:
            self.never.append(letter)
            return
        self._waiting[letter.id] = letter
        due = Due(
            id=letter.id,
            mailbox=track.mailbox,
            company=track.company,
            campaign=track.campaign,
            first=letter.step == 0,
            new_per_day=track.new_per_day,
            due_at=letter.due_at,
            opens_at=opening.opens_at,
            closes_at=opening.closes_at,
        )
        self._queues[track.mailbox].add(due)


def by_day(departures: Iterable[Departure], zone_name: str) -> Mapping[str, list[Departure]]:
    """Departures grouped by calendar day of that zone, ISO dates in order."""
    days: dict[str, list[Departure]] = {}
    for departure in departures:
        days.setdefault(day_of(departure.at, zone_name).isoformat(), []).append(departure)
    return days
