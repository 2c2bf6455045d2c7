"""Lanes: letters of one mailbox that open and close together, so that a long queue is never gone through whole."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush

from outreach.model import Step, Window
from outreach.schedule.slots import EPOCH
from outreach.schedule.window import next_opening


@dataclass(frozen=True, slots=True)
class Track:
    """One prospect's way through a campaign: what the calendar needs to know to play it forward.

    `steps` end before the one that will be held, `held` says which that is and for want of what.
    """

    email: str
    mailbox: str
    company: str
    campaign: str
    window: Window
    zone: str
    country: str
    steps: tuple[Step, ...]
    new_per_day: int | None = None
    held: str = ""


@dataclass(frozen=True, slots=True)
class Queued:
    """A letter that waits: `id` orders it as the store would, `step` is its place in the track's steps.

    `rests_until` is the end of the pause that keeps it.
    """

    id: int
    track: Track
    step: int
    due_at: datetime
    rests_until: datetime | None = None

    @property
    def first(self) -> bool:
        return self.step == 0


@dataclass(slots=True)
class Lane:
    """The first letters, or the follow-ups, of one campaign to one zone and country: one window for all.

    `parked` are those that may not leave before `parked_until`: their company has had enough that day. `resting`
    are those kept by a pause, by when both it has ended and they are due.
    """

    track: Track  # of any of its letters: what they have in common
    first: bool
    waiting: list[tuple[datetime, int, Queued]] = field(default_factory=list)
    parked: list[Queued] = field(default_factory=list)
    resting: list[tuple[datetime, int, Queued]] = field(default_factory=list)
    parked_until: datetime = EPOCH
    opens_at: datetime = EPOCH
    closes_at: datetime = EPOCH

    def add(self, letter: Queued) -> None:
        if letter.rests_until:
            free_at = max(letter.rests_until, letter.due_at)
            heappush(self.resting, (free_at, letter.id, replace(letter, rests_until=None)))
        else:
            heappush(self.waiting, (letter.due_at, letter.id, letter))

    def park(self, letter: Queued, until: datetime) -> None:
        """Set a letter aside until the next day of the caps."""
        self.parked.append(letter)
        self.parked_until = until

    def left(self) -> Iterator[Queued]:
        """Its letters, in no order."""
        yield from (letter for _, _, letter in (*self.waiting, *self.resting))
        yield from self.parked

    def best(self, moment: datetime) -> tuple[bool, datetime, int] | None:
        """The place in the order (`Due.order`) of the letter that this lane would send at `moment`, if any."""
        self._release(moment)
        if not self.waiting or self.waiting[0][0] > moment or not self._is_open(moment):
            return None
        due_at, number, _ = self.waiting[0]
        return (self.first, due_at, number)

    def take(self) -> Queued:
        return heappop(self.waiting)[2]

    def opens(self, moment: datetime) -> datetime | None:
        """The earliest instant from `moment` on at which a letter may leave, caps aside; None if there is none."""
        self._release(moment)
        times = [self.waiting[0][0]] if self.waiting else []
        times += [self.resting[0][0]] if self.resting else []
        if self.parked:
            times.append(self.parked_until)
        if not times:
            return None
        track, earliest = self.track, max(moment, min(times))
        opening = next_opening(earliest, track.window, track.zone, track.country)
        return opening.opens_at if opening else None

    def _is_open(self, moment: datetime) -> bool:
        if not self.opens_at <= moment < self.closes_at:
            opening = next_opening(moment, self.track.window, self.track.zone, self.track.country)
            if opening is None:
                return False
            self.opens_at, self.closes_at = opening.opens_at, opening.closes_at
        return self.opens_at <= moment

    def _release(self, moment: datetime) -> None:
        while self.resting and self.resting[0][0] <= moment:
            self.add(heappop(self.resting)[2])
        if self.parked and self.parked_until <= moment:
            for letter in self.parked:
                self.add(letter)
            self.parked.clear()
