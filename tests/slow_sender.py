"""A slow, simple sender to judge the calendar by: it looks at every instant and goes through every letter."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from outreach.model import Limits
from outreach.schedule.calendar import Calendar, Departure, Desk, Queued
from outreach.schedule.picker import Usage
from outreach.schedule.slots import Pace, cap, next_slot, ramp_step, slots
from outreach.schedule.window import due_after, is_open
from outreach.schedule.zones import day_bounds, day_of

DAY = timedelta(days=1)
SEED = "5eed"
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)


@dataclass
class World:
    """All that a calendar is made from."""

    desks: list[Desk]
    queued: list[Queued]
    now: datetime = MONDAY
    limits: Limits = Limits()
    used: dict[str, int] = field(default_factory=dict)  # letters that mailboxes have sent today
    zone: str = "Europe/London"
    days: int = 30

    @property
    def until(self) -> datetime:
        return self.now + self.days * DAY

    def calendar(self) -> Calendar:
        usage = Usage(day_of(self.now, self.zone))
        for address, letters in self.used.items():
            usage.count(address, "earlier.example", "earlier", first=False, letters=letters)
        return Calendar(
            self.desks,
            self.queued,
            now=self.now,
            seed=SEED,
            limits=self.limits,
            usage=usage,
            zone_name=self.zone,
        )

    def departures(self) -> list[Departure]:
        return list(self.calendar().departures(self.until))


class Sender:
    """Looks at every instant at which anything can change, goes through every letter, and sends what it may."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pace = {desk.mailbox.address: desk.pace for desk in world.desks}
        self.boxes = {desk.mailbox.address: desk.mailbox for desk in sorted(world.desks, key=_address)}
        self.letters = list(world.queued)
        self.last_id = max((each.id for each in world.queued), default=0)
        self.sent: list[Departure] = []
        self.counts: Counter[tuple[date, str, str]] = Counter()
        today = day_of(world.now, world.zone)
        for address, letters in world.used.items():
            self.counts[today, "mailbox", address] = letters
            self.counts[today, "domain", address.rpartition("@")[2]] += letters

    def play(self) -> list[Departure]:
        instants = self.instants()
        while instants:
            now = min(instants)
            instants.discard(now)
            if not any(each.due_at <= now for each in self.letters):
                continue
            for address in self.boxes:
                while letter := self.choose(address, now):
                    self.send(letter, now)
                    due = [each.due_at for each in self.letters if each.track == letter.track]
                    more = {*due, now + self.boxes[address].gap.low}
                    instants |= {each for each in more if now < each < self.world.until}
        return self.sent

    def instants(self) -> set[datetime]:
        """Slots, the starts of windows (both readings of a turned clock), due times, and midnights."""
        world, found = self.world, {self.world.now}
        windows = {(each.track.window, each.track.zone) for each in world.queued}
        for offset in range(-1, world.days + 2):
            day = world.now.date() + timedelta(days=offset)
            found.update(day_bounds(day, world.zone))
            for desk in world.desks:
                if not desk.mailbox.gap.none:
                    found.update(slots(SEED, desk.mailbox.address, day, desk.mailbox.gap, world.zone))
            for window, zone in windows:
                where = ZoneInfo(zone if window.timezone == "prospect" else window.timezone)
                opens = datetime.combine(day, window.start, tzinfo=where)
                found.update(opens.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        found.update(each.due_at for each in world.queued)
        found.update(desk.pace.last_mark + desk.mailbox.gap.low for desk in world.desks)
        return {each for each in found if world.now <= each < world.until}

    def choose(self, address: str, now: datetime) -> Queued | None:
        world, mailbox, pace = self.world, self.boxes[address], self.pace[address]
        day = day_of(now, world.zone)
        if next_slot(SEED, mailbox, pace, now, world.zone)[0] > now:
            return None
        if self.counts[day, "mailbox", address] >= cap(mailbox, pace, day):
            return None
        if self.counts[day, "domain", mailbox.domain] >= world.limits.domain_per_day:
            return None
        able = [each for each in self.letters if each.track.mailbox == address and self.may(each, now, day)]
        return min(able, key=lambda each: (each.step == 0, each.due_at, each.id), default=None)

    def may(self, letter: Queued, now: datetime, day: date) -> bool:
        to, new = letter.track, self.counts[day, "new", letter.track.campaign]
        return (
            letter.due_at <= now
            and self.counts[day, "company", to.company] < self.world.limits.company_per_day
            and (letter.step > 0 or to.new_per_day is None or new < to.new_per_day)
            and is_open(now, to.window, to.zone, to.country)
        )

    def send(self, letter: Queued, now: datetime) -> None:
        to, day = letter.track, day_of(now, self.world.zone)
        mailbox, pace = self.boxes[to.mailbox], self.pace[to.mailbox]
        slot = next_slot(SEED, mailbox, pace, now, self.world.zone)[1]
        step, new_day = ramp_step(mailbox, pace, day), day != pace.ramp_day
        self.pace[to.mailbox] = Pace(slot, now, step, day, pace.troubled and not new_day)
        for kind, name in (("mailbox", to.mailbox), ("domain", mailbox.domain), ("company", to.company)):
            self.counts[day, kind, name] += 1
        self.counts[day, "new", to.campaign] += letter.step == 0
        self.letters.remove(letter)
        self.sent.append(Departure(now, to, letter.step))
        if letter.step + 1 < len(to.steps):
            self.last_id += 1
            due_at = due_after(now, to.steps[letter.step + 1].after, to.zone, to.country)
            self.letters.append(Queued(self.last_id, to, letter.step + 1, due_at))


def _address(desk: Desk) -> str:
    return desk.mailbox.address
