"""A mailbox's day: its slots (seeded, so that the calendar can show them) and its cap (ramp)."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

from outreach.model import Gap, Mailbox
from outreach.schedule.zones import day_bounds, day_of

RAMP_STEP = 2  # more with every clean sending day (Instantly: +2 a day; Google: never double)
RAMP_IDLE = timedelta(days=30)  # after so long a rest the ramp starts again from half
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHORTEST = timedelta(seconds=1)  # a drawn gap is never shorter, or a day would have endless slots


@dataclass(frozen=True, slots=True)
class Pace:
    """What a mailbox has done: its last slot and mark (UTC), the ramp step it stands on and since which day."""

    last_slot: datetime = EPOCH
    last_mark: datetime = EPOCH
    ramp_step: int = 0
    ramp_day: date | None = None  # the last sending day
    troubled: bool = False  # a pause by policy, quota or authentication since that day


def _draw(seed: str, mailbox: str, day: date, place: int) -> float:
    """Slot luck in [0, 1): a pure function of its arguments."""
    digest = blake2b(f"{seed}|{mailbox}|{day.isoformat()}|{place}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


@lru_cache(maxsize=128)
def slots(seed: str, mailbox: str, day: date, gap: Gap, zone_name: str) -> tuple[datetime, ...]:
    """The instants (UTC) of a mailbox's day at which a letter may leave; the day is counted in `zone_name`."""
    start, end = day_bounds(day, zone_name)
    moment = start + timedelta(seconds=round(gap.low.total_seconds() * _draw(seed, mailbox, day, 0)))
    found: list[datetime] = []
    while moment < end:
        found.append(moment)
        drawn = gap.low + (gap.high - gap.low) * _draw(seed, mailbox, day, len(found))
        moment += max(timedelta(seconds=round(drawn.total_seconds())), SHORTEST)
    return tuple(found)


def next_slot(
    seed: str, mailbox: Mailbox, pace: Pace, now: datetime, zone_name: str
) -> tuple[datetime, datetime]:
    """(when, slot): the first instant from `now` on at which this mailbox may send, and the slot it uses.

    A slot not used in its minute may be used later, until the next one; older ones are lost, so downtime
    never leads to a burst. Between two letters lies at least the shortest gap.
    """
    if mailbox.gap.none:
        return now, now
    moment = max(now, pace.last_mark + mailbox.gap.low)
    today = slots(seed, mailbox.address, day_of(moment, zone_name), mailbox.gap, zone_name)
    place = bisect_right(today, moment)
    if place and today[place - 1] > pace.last_slot:
        return moment, today[place - 1]
    base = max(moment, pace.last_slot)  # the last slot lies ahead where the clock was set back
    for offset in (0, 1, 2):
        day = day_of(base, zone_name) + timedelta(days=offset)
        instants = slots(seed, mailbox.address, day, mailbox.gap, zone_name)
        place = bisect_right(instants, base)
        if place < len(instants):
            return instants[place], instants[place]
    raise AssertionError("a gap of more than a day has no slots: the workspace refuses it")


def ramp_step(mailbox: Mailbox, pace: Pace, day: date) -> int:
    """The ramp step of a sending day: one more after a clean day, one less after trouble, half after a rest.

    It ends where the mailbox's own cap is reached: from there trouble and rest must be felt at once.
    """
    top = max(0, -((mailbox.ramp_from - mailbox.per_day) // RAMP_STEP))
    step = min(pace.ramp_step, top)
    if pace.ramp_day is None or day <= pace.ramp_day:
        return step
    if day - pace.ramp_day > RAMP_IDLE:
        return step // 2
    return max(0, step - 1) if pace.troubled else min(step + 1, top)


def cap(mailbox: Mailbox, pace: Pace, day: date) -> int:
    """How many letters this mailbox may send on that day."""
    if day in mailbox.away:
        return 0
    if not mailbox.ramp:
        return mailbox.per_day
    return min(mailbox.per_day, mailbox.ramp_from + RAMP_STEP * ramp_step(mailbox, pace, day))
