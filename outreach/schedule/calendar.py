"""The calendar: the picker played forward, so that what it shows is what will happen."""

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from outreach.model import Limits, Mailbox
from outreach.schedule.lanes import Lane, Queued, Track
from outreach.schedule.picker import Due, Usage, mailbox_full, pick
from outreach.schedule.slots import Pace, cap, next_slot, ramp_step
from outreach.schedule.window import due_after, next_opening
from outreach.schedule.zones import day_bounds, day_of

__all__ = ["Calendar", "Departure", "Desk", "Queued", "Track", "by_day"]

SPENT = timedelta(seconds=1)


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
    """One mailbox's letters in their lanes, and the slot it looks at: (when, slot)."""

    desk: Desk
    lanes: dict[tuple[bool, str, str, str], Lane] = field(default_factory=dict)
    cursor: tuple[datetime, datetime] | None = None

    def add(self, letter: Queued) -> None:
        track = letter.track
        key = (letter.first, track.campaign, track.zone, track.country)
        if key not in self.lanes:
            self.lanes[key] = Lane(track, letter.first)
        self.lanes[key].add(letter)


class Calendar:
    """Plays queued letters forward from `now`. Iterate over `departures(until)`.

    Afterwards `bound` tells which caps kept letters back, (kind, name) -> days: "mailbox" and "domain" by
    name, "new" by campaign, "company" of any name. `grown` tells since when a mailbox had all of `per_day`.
    `never` are letters for which no window opens within a year, or that have no mailbox; `kept` are follow-ups
    that do not leave because their mailbox is among the `unread`: nobody knows who has answered.
    """

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
        unread: Collection[str] = (),
    ) -> None:
        self._now, self._seed, self._limits, self._zone = now, seed, limits, zone_name
        self._usage, self._unread = usage, unread
        self._queues = {desk.mailbox.address: _Queue(desk) for desk in desks}
        self._taken: dict[int, Queued] = {}
        self._last_id = 0
        self.never: list[Queued] = []
        self.kept: list[Queued] = []
        self.bound: dict[tuple[str, str], set[date]] = {}
        self.grown: dict[str, date] = {}
        for letter in queued:
            self._last_id = max(self._last_id, letter.id)
            self._enqueue(letter, now)

    @property
    def desks(self) -> list[Desk]:
        """The mailboxes as they stand at the last departure."""
        return [queue.desk for queue in self._queues.values()]

    def left(self) -> Iterator[Queued]:
        """The letters that have not left, those that never will among them; the steps after them not."""
        for queue in self._queues.values():
            for lane in queue.lanes.values():
                yield from lane.left()
        yield from self.never

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
            following = self._next(address, moment if departure else moment + SPENT)
            if following:
                heapq.heappush(moments, (following, address))

    def _next(self, address: str, moment: datetime) -> datetime | None:
        """When this mailbox should look again: its next slot at which some letter's window is open."""
        queue = self._queues[address]
        self._turn(moment)
        if self._full(queue.desk, moment):
            moment = self._tomorrow(moment)
        opens = [at for lane in queue.lanes.values() if (at := self._opens(lane, moment))]
        if not opens:
            return None
        queue.cursor = next_slot(self._seed, queue.desk.mailbox, queue.desk.pace, min(opens), self._zone)
        return queue.cursor[0]

    def _opens(self, lane: Lane, moment: datetime) -> datetime | None:
        """When the lane may send a letter; not today if its campaign has had enough new people."""
        opens = lane.opens(moment)
        if opens and self._has_enough(lane) and day_of(opens, self._zone) <= self._usage.day:
            self._bind("new", lane.track.campaign)
            return lane.opens(self._tomorrow(moment))
        return opens

    def _has_enough(self, lane: Lane) -> bool:
        track = lane.track
        return (
            lane.first
            and track.new_per_day is not None
            and (self._usage.new[track.campaign] >= track.new_per_day)
        )

    def _turn(self, moment: datetime) -> None:
        """Start the caps anew where a new day has begun."""
        day = day_of(moment, self._zone)
        if day > self._usage.day:
            self._usage = Usage(day)

    def _tomorrow(self, moment: datetime) -> datetime:
        return day_bounds(day_of(moment, self._zone), self._zone)[1]

    def _full(self, desk: Desk, moment: datetime) -> bool:
        """Whether a cap stops this mailbox for the rest of the day."""
        box, day = desk.mailbox, day_of(moment, self._zone)
        return bool(mailbox_full(box.address, cap(box, desk.pace, day), self._limits, self._usage))

    def _leave(self, queue: _Queue, moment: datetime) -> Departure | None:
        """The letter that the picker chooses at `moment`, marked as gone; None if none may leave."""
        self._turn(moment)
        if self._full(queue.desk, moment):
            return None
        due = pick(self._candidates(queue, moment), moment, self._limits, self._usage)
        if due is None:
            return None
        self._mark(queue, due, moment)
        departure = self._gone(self._taken.pop(due.id), moment)
        self._note(queue, moment)
        return departure

    def _candidates(self, queue: _Queue, moment: datetime) -> Iterator[Due]:
        """The mailbox's letters that may leave at `moment`, in order; those passed over wait until tomorrow."""
        while True:
            lanes = [lane for lane in queue.lanes.values() if not self._has_enough(lane)]
            ready = [(order, lane) for lane in lanes if (order := lane.best(moment))]
            if not ready:
                return
            lane = min(ready, key=lambda each: each[0])[1]
            letter = lane.take()
            self._taken[letter.id] = letter
            yield Due(
                id=letter.id,
                mailbox=letter.track.mailbox,
                company=letter.track.company,
                campaign=letter.track.campaign,
                first=letter.first,
                new_per_day=letter.track.new_per_day,
                due_at=letter.due_at,
                opens_at=lane.opens_at,
                closes_at=lane.closes_at,
            )
            self._bind("company", "")
            lane.park(self._taken.pop(letter.id), self._tomorrow(moment))

    def _mark(self, queue: _Queue, due: Due, moment: datetime) -> None:
        desk, day = queue.desk, day_of(moment, self._zone)
        slot = queue.cursor[1] if queue.cursor else moment
        pace = replace(
            desk.pace,
            last_slot=slot,
            last_mark=moment,
            ramp_step=ramp_step(desk.mailbox, desk.pace, day),
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

    def _note(self, queue: _Queue, moment: datetime) -> None:
        """Take note of a mailbox that has grown to all of its `per_day`, and of a cap that keeps letters back."""
        box, day = queue.desk.mailbox, self._usage.day
        letters = cap(box, queue.desk.pace, day)
        if letters >= box.per_day:
            self.grown.setdefault(box.address, day)
        kind = mailbox_full(box.address, letters, self._limits, self._usage)
        if kind and any(lane.best(moment) for lane in queue.lanes.values()):
            self._bind(kind, box.address if kind == "mailbox" else box.domain)

    def _bind(self, kind: str, name: str) -> None:
        self.bound.setdefault((kind, name), set()).add(self._usage.day)

    def _enqueue(self, letter: Queued, moment: datetime) -> None:
        track = letter.track
        if not letter.first and track.mailbox in self._unread:
            self.kept.append(letter)
            return
        earliest = max(letter.due_at, letter.rests_until or moment, moment)
        opening = next_opening(earliest, track.window, track.zone, track.country)
        if opening is None or track.mailbox not in self._queues:
            self.never.append(letter)
        else:
            self._queues[track.mailbox].add(letter)


def by_day(departures: Iterable[Departure], zone_name: str) -> Mapping[str, list[Departure]]:
    """Departures grouped by calendar day of that zone, ISO dates in order."""
    days: dict[str, list[Departure]] = {}
    for departure in departures:
        days.setdefault(day_of(departure.at, zone_name).isoformat(), []).append(departure)
    return days
