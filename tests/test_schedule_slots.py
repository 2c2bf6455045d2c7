"""A mailbox's day: its slots, the pause between two letters whatever happened before, its ramp and its cap."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outreach import data
from outreach.model import Gap, Mailbox
from outreach.schedule.slots import EPOCH, Pace, cap, next_slot, ramp_step, slots
from outreach.schedule.zones import day_bounds, day_of, zone

SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=seconds) for seconds in (1, 60, 3600, 86400))
SEED, ANN = "5eed", "ann@northwind.example"
GAP = Gap(3 * MINUTE, 10 * MINUTE)
ZONES = sorted(data.zone_names())
# Zones whose midnight is left out, shown twice, or moved by half an hour, beside the usual ones.
HARD_ZONES = ["America/Havana", "Asia/Beirut", "Africa/Cairo", "America/Santiago", "Australia/Lord_Howe"]
HARD_ZONES += ["Antarctica/Troll", "Pacific/Apia", "Europe/London", "Asia/Kathmandu", "UTC"]
MONDAY = date(2026, 11, 23)


def box(gap: Gap = GAP, **settings: object) -> Mailbox:
    return Mailbox(ANN, "Ann Lee", gap=gap, **settings)  # type: ignore[arg-type]


zones = st.one_of(st.sampled_from(HARD_ZONES), st.sampled_from(ZONES))
days = st.one_of(
    st.dates(date(2011, 1, 1), date(2040, 12, 30)),
    # The days on which those clocks are turned, and their neighbours.
    st.sampled_from([date(2026, 3, 8), date(2026, 11, 1), date(2026, 3, 29), date(2026, 4, 24)]),
    st.sampled_from([date(2026, 4, 5), date(2026, 9, 6), date(2011, 12, 29), date(2011, 12, 30)]),
)


@st.composite
def gaps(draw: st.DrawFn) -> Gap:
    low = draw(st.one_of(st.integers(20, 3600), st.sampled_from([43200, 86400])))
    high = draw(st.one_of(st.just(low), st.integers(low, min(2 * low + 60, 86400))))
    return Gap(timedelta(seconds=low), timedelta(seconds=high))


@settings(deadline=None)
@given(days, gaps(), zones)
@example(date(2026, 3, 7), GAP, "America/Havana")
@example(date(2011, 12, 30), GAP, "Pacific/Apia")
def test_a_days_slots_lie_in_that_day_with_the_drawn_pauses_between_them(
    day: date, gap: Gap, zone_name: str
) -> None:
    found = slots(SEED, ANN, day, gap, zone_name)
    assert all(moment.astimezone(zone(zone_name)).date() == day for moment in found)
    pauses = [after - before for before, after in pairwise(found)]
    assert all(gap.low <= pause <= gap.high for pause in pauses)
    start, end = day_bounds(day, zone_name)
    if start == end:
        assert not found
        return
    assert (found[0] if found else end) - start <= gap.low  # the day is used from its first minutes
    assert not found or found[-1] + gap.high >= end  # to its last
    assert all(moment.microsecond == 0 for moment in found)


def test_pauses_are_drawn_over_the_whole_range() -> None:
    found = slots(SEED, ANN, MONDAY, GAP, "UTC")
    pauses = [(after - before) / MINUTE for before, after in pairwise(found)]
    assert min(pauses) < 3.5
    assert max(pauses) > 9.5
    assert 6 < sum(pauses) / len(pauses) < 7
    assert len(set(pauses)) > 100


def test_every_mailbox_day_and_store_has_slots_of_its_own_and_always_the_same() -> None:
    ours = slots(SEED, ANN, MONDAY, GAP, "UTC")
    slots.cache_clear()
    assert slots(SEED, ANN, MONDAY, GAP, "UTC") == ours
    clock = [moment.time() for moment in ours]
    others = [
        slots("another", ANN, MONDAY, GAP, "UTC"),
        slots(SEED, "max@northwind.example", MONDAY, GAP, "UTC"),
        slots(SEED, ANN, MONDAY + DAY, GAP, "UTC"),
    ]
    for other in others:
        assert len({*clock} & {moment.time() for moment in other}) < len(clock) / 10


def test_slots_are_part_of_the_contract() -> None:
    """Another build of this program must find the same slots, or a calendar shown before it would lie."""
    found = slots(SEED, ANN, MONDAY, GAP, "Europe/London")
    assert len(found) == 226
    assert [moment.strftime("%H:%M:%S") for moment in found[:4]] == [
        "00:00:42",
        "00:04:54",
        "00:13:30",
        "00:22:33",
    ]


@st.composite
def situations(draw: st.DrawFn) -> tuple[Gap, str, Pace, datetime]:
    """A mailbox somewhere, what it did last (also in the future: the clock was set back), and now."""
    zone_name, gap = draw(zones), draw(gaps())
    day = draw(days)
    start = datetime.combine(day, time(0), tzinfo=zone(zone_name)).astimezone(UTC)
    around = st.timedeltas(-3 * HOUR, 27 * HOUR)
    now = start + draw(around)
    if draw(st.booleans()):
        now = draw(st.sampled_from(slots(SEED, ANN, day, gap, zone_name) or (now,)))
    if draw(st.booleans()):
        return gap, zone_name, Pace(), now
    mark = start + draw(around)
    before = slots(SEED, ANN, day_of(mark, zone_name), gap, zone_name)
    slot = max((each for each in before if each <= mark), default=EPOCH)
    return gap, zone_name, Pace(last_slot=slot, last_mark=mark), now


@settings(deadline=None, max_examples=200)
@given(situations(), st.integers(0, 100))
def test_the_next_slot_is_never_past_never_too_soon_and_never_used_twice(
    situation: tuple[Gap, str, Pace, datetime], percent: int
) -> None:
    gap, zone_name, pace, now = situation
    when, slot = next_slot(SEED, box(gap), pace, now, zone_name)
    assert when >= now
    assert when - pace.last_mark >= gap.low
    assert pace.last_slot < slot <= when
    assert slot in slots(SEED, ANN, day_of(slot, zone_name), gap, zone_name)
    # Who looks in between finds the same moment, who looks at it may send: the calendar told the truth.
    between = now + (when - now) * percent / 100
    assert next_slot(SEED, box(gap), pace, between, zone_name)[0] == max(when, between)
    assert next_slot(SEED, box(gap), pace, when, zone_name) == (when, slot)
    # One letter a slot: after this one the next may not leave within the shortest pause.
    after = replace(pace, last_slot=slot, last_mark=when)
    later, other = next_slot(SEED, box(gap), after, when, zone_name)
    assert later - when >= gap.low
    assert other > slot


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10**6), zones, st.sampled_from([date(2026, 3, 7), date(2026, 10, 31), MONDAY]))
def test_a_worker_that_is_often_away_never_sends_faster_for_it(luck: int, zone_name: str, day: date) -> None:
    chance = random.Random(luck)
    now = datetime.combine(day, time(20), tzinfo=zone(zone_name)).astimezone(UTC)
    pace, marks, used = Pace(), [], []
    for _ in range(120):
        # Seconds from one look to the next, now and then hours; once in a while the clock is set back.
        now += chance.choice([5 * SECOND, 5 * SECOND, MINUTE, 7 * MINUTE, 3 * HOUR, -2 * HOUR])
        when, slot = next_slot(SEED, box(), pace, now, zone_name)
        if when == now:
            pace = replace(pace, last_slot=slot, last_mark=now)
            marks.append(now)
            used.append(slot)
    assert marks
    assert all(b - a >= GAP.low for a, b in pairwise(marks))
    assert len(set(used)) == len(used)
    assert used == sorted(used)


def test_a_slot_missed_by_minutes_is_used_late_but_hours_of_downtime_give_one_letter() -> None:
    day = slots(SEED, ANN, MONDAY, GAP, "UTC")
    late = day[100] + MINUTE
    assert next_slot(SEED, box(), Pace(day[99], day[99]), late, "UTC") == (late, day[100])
    used = Pace(day[100], late)
    assert next_slot(SEED, box(), used, late, "UTC") == (max(day[101], late + GAP.low), day[101])
    # Forty slots went by: the last of them is used at once, the others are lost.
    back = day[140] + MINUTE
    assert next_slot(SEED, box(), used, back, "UTC") == (back, day[140])
    assert next_slot(SEED, box(), Pace(day[140], back), back, "UTC")[1] == day[141]


def test_the_last_slot_of_a_day_and_the_first_of_the_next_keep_the_shortest_pause() -> None:
    for day in (MONDAY + timedelta(days=each) for each in range(200)):
        last = slots(SEED, ANN, day, GAP, "UTC")[-1]
        when, _ = next_slot(SEED, box(), Pace(last, last), last, "UTC")
        assert when == max(last + GAP.low, slots(SEED, ANN, day + DAY, GAP, "UTC")[0])
        assert when - last <= GAP.high + GAP.low


def test_a_clock_that_was_set_back_gives_no_slot_again() -> None:
    day = slots(SEED, ANN, MONDAY, GAP, "UTC")
    pace = Pace(day[100], day[100])
    when, slot = next_slot(SEED, box(), pace, day[90], "UTC")
    assert (when, slot) == (day[101], day[101])
    between_claim_and_mark = Pace(last_slot=day[100], last_mark=day[50])
    assert next_slot(SEED, box(), between_claim_and_mark, day[60], "UTC") == (day[101], day[101])


def test_without_a_gap_a_mailbox_may_always_send() -> None:
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    for pace in (Pace(), Pace(now, now), Pace(now + HOUR, now + HOUR)):
        assert next_slot(SEED, box(Gap(timedelta(0), timedelta(0))), pace, now, "UTC") == (now, now)


def test_a_gap_from_nothing_is_at_least_a_second() -> None:
    found = slots(SEED, ANN, MONDAY, Gap(timedelta(0), 2 * SECOND), "UTC")
    assert {after - before for before, after in pairwise(found)} == {SECOND, 2 * SECOND}


# --- Ramp and cap -------------------------------------------------------------------------------------


def sent_on(mailbox: Mailbox, pace: Pace, day: date, *, troubled: bool = False) -> Pace:
    """What the first mark of a day does to the pace."""
    return replace(pace, ramp_step=ramp_step(mailbox, pace, day), ramp_day=day, troubled=troubled)


def test_a_new_mailbox_grows_by_two_letters_with_every_clean_day_that_it_sends_on() -> None:
    mailbox, pace, day, caps = box(per_day=30), Pace(), MONDAY, []
    for _ in range(16):
        caps.append(cap(mailbox, pace, day))
        pace = sent_on(mailbox, pace, day)
        assert cap(mailbox, pace, day) == caps[-1]  # the same all day long
        day += DAY * 3  # days without letters teach nothing and cost nothing
    assert caps == [5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 30, 30, 30]


@pytest.mark.parametrize(
    ("per_day", "step", "days", "troubled", "letters"),
    [
        (30, 0, 1, False, 7),
        (30, 4, 0, False, 13),  # the same day
        (30, 4, 0, True, 13),  # trouble counts from the next day on
        (30, 4, 1, True, 11),
        (30, 0, 1, True, 5),
        (30, 4, 30, False, 15),
        (30, 4, 30, True, 11),
        (30, 4, 31, False, 9),
        (30, 5, 31, True, 9),
        (30, 5, 400, False, 9),
        (30, 4, -1, False, 13),  # the clock was set back
        # A mailbox that has long reached its cap feels trouble and rest as well.
        (30, 200, 0, False, 30),
        (30, 200, 1, False, 30),
        (30, 200, 1, True, 29),
        (30, 200, 31, False, 17),
        (50, 200, 31, False, 27),
        (3, 0, 1, False, 3),
        (3, 9, 31, True, 3),
        (5, 1, 1, False, 5),
        (6, 0, 1, False, 6),
        (1, 0, 1, True, 1),
    ],
)
def test_the_cap_of_a_day(per_day: int, step: int, days: int, troubled: bool, letters: int) -> None:
    pace = Pace(ramp_step=step, ramp_day=MONDAY, troubled=troubled)
    assert cap(box(per_day=per_day), pace, MONDAY + timedelta(days=days)) == letters
    assert cap(box(per_day=per_day, ramp=False), pace, MONDAY + timedelta(days=days)) == per_day


def test_a_raised_cap_is_grown_into() -> None:
    seasoned = Pace(ramp_step=13, ramp_day=MONDAY)
    assert [cap(box(per_day=40), seasoned, MONDAY + timedelta(days=days)) for days in (0, 1)] == [31, 33]


@settings(deadline=None)
@given(
    st.integers(1, 60),
    st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=40),
)
def test_the_cap_never_exceeds_the_mailbox_and_never_jumps(
    per_day: int, life: list[tuple[int, bool]]
) -> None:
    mailbox, pace, day = box(per_day=per_day), Pace(), MONDAY
    before = cap(mailbox, pace, day)
    assert before == min(5, per_day)
    for later, troubled in life:
        day += timedelta(days=later)
        today = cap(mailbox, pace, day)
        assert 1 <= today <= per_day
        assert today <= before + 2
        pace, before = sent_on(mailbox, pace, day, troubled=troubled), today
