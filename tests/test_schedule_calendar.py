"""The calendar is the truth: it says what a slow, simple sender would do, letter by letter, and nothing else."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.model import Delay, Gap, Limits, Mailbox, Step, Window
from outreach.schedule.calendar import Departure, Desk, Queued, Track, by_day
from outreach.schedule.slots import Pace
from outreach.schedule.window import due_after, is_open
from outreach.schedule.zones import day_of
from tests.slow_sender import MONDAY, Sender, World

SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=seconds) for seconds in (1, 60, 3600, 86400))
INTRO, FOLLOWUP = Step("intro"), Step("followup", Delay(3, business=True))
WHOLE_WEEK = frozenset(range(7))
GAP, NO_GAP = Gap(3 * MINUTE, 10 * MINUTE), Gap(timedelta(0), timedelta(0))


def box(name: str = "ann", *, gap: Gap = GAP, **more: object) -> Mailbox:
    address = name if "@" in name else f"{name}@northwind.example"
    return Mailbox(address, "Ann Lee", gap=gap, **{"ramp": False, **more})  # type: ignore[arg-type]


def track(email: str = "bob@acme.example", **more: object) -> Track:
    settings: dict[str, object] = {
        "mailbox": "ann@northwind.example",
        "company": email.rpartition("@")[2],
        "campaign": "shops",
        "window": Window(),
        "zone": "Europe/London",
        "country": "GB",
        "steps": (INTRO, FOLLOWUP),
    }
    return Track(email, **{**settings, **more})  # type: ignore[arg-type]


def waiting(*tracks: Track, due_at: datetime = MONDAY) -> list[Queued]:
    return [Queued(number, each, 0, due_at) for number, each in enumerate(tracks, start=1)]


def people(count: int, **more: object) -> list[Track]:
    return [track(f"bob@firm{number}.example", **more) for number in range(count)]


# --- Worlds -------------------------------------------------------------------------------------------

ZONES = ["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana"]
STARTS = [  # a common day, and days shortly before the clock is turned in one of the zones
    *("2026-11-23T08:00", "2026-03-06T12:00", "2026-03-27T16:00", "2026-10-30T22:00", "2026-04-03T03:30"),
    *("2026-12-23T15:00", "2026-10-23T23:59"),
]


@st.composite
def mailboxes(draw: st.DrawFn, name: str, now: datetime) -> Desk:
    low = draw(st.sampled_from([0, 0, 25 * 60, 3600, 4 * 3600]))
    gap = Gap(low * SECOND, (low + draw(st.sampled_from([0, 2 * low]))) * SECOND)
    ramp = draw(st.booleans())
    mailbox = box(name, gap=gap, per_day=draw(st.sampled_from([1, 2, 3, 7, 30])), ramp=ramp)
    if draw(st.booleans()):
        return Desk(mailbox, Pace())
    ago = draw(st.timedeltas(-HOUR, 40 * DAY))
    day = day_of(now - ago, "Europe/London")
    pace = Pace(now - ago, now - ago, draw(st.integers(0, 14)), day, draw(st.booleans()))
    return Desk(mailbox, pace)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start = draw(st.sampled_from([time(0), time(0, 30), time(1, 45), time(9), time(16, 50), time(23)]))
    ends = [time(0), time(2, 15), time(9, 5), time(17), time(23, 30)]
    end = draw(st.sampled_from([end for end in ends if end == time(0) or end > start]))
    days = draw(st.sampled_from([frozenset(range(5)), WHOLE_WEEK, frozenset({1, 6})]))
    return Window(days, start, end, draw(st.sampled_from(["prospect", "prospect", *ZONES])))


@st.composite
def campaigns(draw: st.DrawFn, name: str) -> dict[str, object]:
    delay = st.one_of(
        st.builds(Delay, days=st.integers(1, 4), business=st.booleans()),
        st.builds(Delay, seconds=st.sampled_from([60, 3600, 5 * 3600, 30 * 3600])),
    )
    steps = [Step("intro"), *(Step(f"step{n}", draw(delay)) for n in range(draw(st.integers(0, 2))))]
    most = draw(st.sampled_from([None, None, 1, 2]))
    return {"campaign": name, "window": draw(windows()), "steps": tuple(steps), "new_per_day": most}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    now = datetime.fromisoformat(draw(st.sampled_from(STARTS))).replace(tzinfo=UTC)
    now += draw(st.timedeltas(timedelta(0), 8 * HOUR))
    names = ["ann", "max", "eve@southwind.example"][: draw(st.integers(1, 3))]
    desks = [draw(mailboxes(name, now)) for name in names]
    plans = [draw(campaigns(name)) for name in ("shops", "offices")[: draw(st.integers(1, 2))]]
    queued = []
    for number in range(1, draw(st.integers(1, 14)) + 1):
        person = track(
            f"bob{number}@firm{draw(st.integers(1, 5))}.example",
            mailbox=draw(st.sampled_from(desks)).mailbox.address,
            zone=draw(st.sampled_from(ZONES)),
            country=draw(st.sampled_from(["", "GB", "US"])),
            **draw(st.sampled_from(plans)),
        )
        step = draw(st.integers(0, len(person.steps) - 1))
        due_at = now + draw(st.one_of(st.just(timedelta(0)), st.timedeltas(-2 * DAY, 3 * DAY)))
        queued.append(Queued(number, person, step, due_at))
    limits = Limits(company_per_day=draw(st.integers(1, 3)), domain_per_day=draw(st.integers(1, 8)))
    used = {desk.mailbox.address: draw(st.integers(0, 2)) for desk in desks}
    return World(desks, queued, now, limits, used, draw(st.sampled_from(ZONES)), draw(st.integers(2, 30)))


def told(departures: list[Departure]) -> list[str]:
    return [f"{each.at:%a %Y-%m-%d %H:%M:%S} {each.track.email} {each.letter}" for each in departures]


@settings(deadline=None, max_examples=100)
@given(worlds())
def test_the_calendar_says_what_a_slow_simple_sender_does(world: World) -> None:
    found = world.departures()
    assert told(found) == told(Sender(world).play())
    assert told(world.departures()) == told(found)  # asked again it says the same


@settings(deadline=None, max_examples=100)
@given(worlds())
def test_no_promise_is_broken_by_any_departure(world: World) -> None:
    calendar = world.calendar()
    found = list(calendar.departures(world.until))
    assert [each.at for each in found] == sorted(each.at for each in found)
    days = [(day_of(each.at, world.zone), each) for each in found]
    today = day_of(world.now, world.zone)
    boxes = {desk.mailbox.address: desk.mailbox for desk in world.desks}
    mailbox = Counter((day, each.track.mailbox) for day, each in days)
    domain = Counter((day, each.track.mailbox.rpartition("@")[2]) for day, each in days)
    for address, letters in world.used.items():
        if mailbox[today, address]:
            assert mailbox[today, address] + letters <= boxes[address].per_day
    assert all(letters <= boxes[address].per_day for (_, address), letters in mailbox.items())
    assert all(letters <= world.limits.domain_per_day for letters in domain.values())
    company = Counter((day, each.track.company) for day, each in days)
    assert all(letters <= world.limits.company_per_day for letters in company.values())
    new = Counter((day, each.track.campaign) for day, each in days if each.step == 0)
    most = {each.track.campaign: each.track.new_per_day for each in world.queued}
    assert all(letters <= (most[name] or letters) for (_, name), letters in new.items())
    for each in found:
        assert is_open(each.at, each.track.window, each.track.zone, each.track.country)
    for desk in world.desks:
        marks = [each.at for each in found if each.track.mailbox == desk.mailbox.address]
        marks = [desk.pace.last_mark, *marks]
        if not desk.mailbox.gap.none:
            assert all(b - a >= desk.mailbox.gap.low for a, b in pairwise(marks))
    for letter in world.queued:
        way = [each for each in found if each.track.email == letter.track.email]
        assert [each.step for each in way] == list(range(letter.step, letter.step + len(way)))
        assert not way or way[0].at >= letter.due_at
        for before, after in pairwise(way):
            delay = after.track.steps[after.step].after
            assert after.at >= due_after(before.at, delay, after.track.zone, after.track.country)
    left = {(each.track.email, each.step) for each in calendar.left()}
    gone = {(each.track.email, each.step) for each in found}
    assert not left & gone
    assert {(each.track.email, each.step) for each in world.queued} <= left | gone


@settings(deadline=None, max_examples=50)
@given(worlds())
def test_in_the_end_every_letter_has_left(world: World) -> None:
    """Nothing starves behind a cap, a pause or a closed window."""
    world.days = 300
    found = world.departures()
    assert len(found) == sum(len(each.track.steps) - each.step for each in world.queued)


@settings(deadline=None, max_examples=50)
@given(worlds())
def test_a_longer_look_only_adds_to_a_shorter_one(world: World) -> None:
    longer = told(world.departures())
    world.days //= 2
    shorter = told(world.departures())
    assert longer[: len(shorter)] == shorter


# --- Examples to be read ------------------------------------------------------------------------------


def test_a_first_letter_and_its_follow_up_three_business_days_later() -> None:
    world = World([Desk(box(gap=NO_GAP), Pace())], waiting(track()))
    assert told(world.departures()) == [
        "Mon 2026-11-23 09:00:00 bob@acme.example intro",
        "Thu 2026-11-26 09:00:00 bob@acme.example followup",
    ]


def test_a_day_of_twelve_letters_keeps_its_pauses_and_the_next_day_follow_ups_go_first() -> None:
    steps = (INTRO, Step("followup", Delay(1)))
    queue = waiting(*people(20, steps=steps))
    found = World([Desk(box(per_day=12), Pace())], queue, days=8).departures()
    days = by_day(found, "Europe/London")
    assert list(days) == ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"]
    assert [each.step for each in days["2026-11-23"]] == [0] * 12
    assert [each.step for each in days["2026-11-24"]] == [1] * 12
    assert [each.step for each in days["2026-11-25"]] == [0] * 8
    first = [each.track.email for each in days["2026-11-23"]]
    assert first == [each.email for each in people(12)]
    pauses = {b.at - a.at for a, b in pairwise(found) if b.at - a.at < HOUR}
    assert min(pauses) >= 3 * MINUTE
    assert max(pauses) <= 10 * MINUTE


def test_a_new_mailbox_grows_and_one_in_trouble_takes_a_step_back() -> None:
    queue = waiting(*people(60, steps=(INTRO,)))
    new = World([Desk(box(ramp=True), Pace())], queue, days=12)
    assert [len(each) for each in by_day(new.departures(), "UTC").values()] == [5, 7, 9, 11, 13, 15]
    pace = Pace(ramp_step=5, ramp_day=date(2026, 11, 20), troubled=True)
    hurt = World([Desk(box(ramp=True), pace)], queue, days=12)
    assert [len(each) for each in by_day(hurt.departures(), "UTC").values()] == [13, 15, 17, 15]


def test_a_company_gets_two_letters_a_day_and_others_pass_by() -> None:
    acme = [track(f"bob{number}@acme.example", steps=(INTRO,)) for number in range(3)]
    world = World([Desk(box(), Pace())], waiting(*acme, track("eve@birch.example", steps=(INTRO,))))
    assert [(each.at.date().day, each.track.email) for each in world.departures()] == [
        (23, "bob0@acme.example"),
        (23, "bob1@acme.example"),
        (23, "eve@birch.example"),
        (24, "bob2@acme.example"),
    ]


def test_letters_go_in_the_readers_working_hours_not_ours() -> None:
    zones = {"bob@tokyo.example": "Asia/Tokyo", "eve@ny.example": "America/New_York"}
    tracks = [track(email, zone=zone, country="", steps=(INTRO,)) for email, zone in zones.items()]
    assert told(World([Desk(box(gap=NO_GAP), Pace())], waiting(*tracks)).departures()) == [
        "Mon 2026-11-23 14:00:00 eve@ny.example intro",
        "Tue 2026-11-24 00:00:00 bob@tokyo.example intro",
    ]


def test_what_can_never_leave_is_named_and_holds_nothing_up() -> None:
    closed = frozenset(date(2026, 1, 1) + timedelta(days=each) for each in range(1000))
    never = track("bob@acme.example", window=Window(blackout=closed))
    orphan = track("eve@birch.example", mailbox="gone@northwind.example")
    world = World([Desk(box(), Pace())], waiting(never, orphan, track("tom@cedar.example")))
    calendar = world.calendar()
    assert [each.track.email for each in calendar.departures(world.until)] == ["tom@cedar.example"] * 2
    assert [each.track.email for each in calendar.never] == ["bob@acme.example", "eve@birch.example"]


def test_the_caps_that_kept_letters_back_are_named_with_their_days() -> None:
    queue = waiting(*people(25, steps=(INTRO,)))
    calendar = World([Desk(box(per_day=10), Pace())], queue).calendar()
    assert len(list(calendar.departures(MONDAY + 5 * DAY))) == 25
    assert calendar.bound == {("mailbox", "ann@northwind.example"): {date(2026, 11, 23), date(2026, 11, 24)}}
    few = World([Desk(box(), Pace())], waiting(*people(3, steps=(INTRO,), new_per_day=1))).calendar()
    assert len(list(few.departures(MONDAY + 5 * DAY))) == 3
    assert few.bound == {("new", "shops"): {date(2026, 11, 23), date(2026, 11, 24)}}


@pytest.mark.parametrize("zone", ["Africa/Cairo", "America/Havana", "Asia/Beirut", "America/Santiago"])
def test_the_hour_before_a_midnight_that_is_left_out_is_planned_as_it_is_sent(zone: str) -> None:
    """Where the clock goes from 24:00 to 01:00 the day before is whole: letters of that hour are its own."""
    day = {"Africa/Cairo": date(2026, 4, 23), "America/Havana": date(2026, 3, 7)}
    day |= {"Asia/Beirut": date(2026, 3, 28), "America/Santiago": date(2026, 9, 5)}
    evening = datetime.combine(day[zone], time(22), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    tracks = people(30, zone=zone, country="", window=Window(WHOLE_WEEK, time(22), time(23, 59)))
    world = World([Desk(box(per_day=12), Pace())], waiting(*tracks, due_at=evening), evening, zone=zone)
    found = world.departures()
    assert told(found) == told(Sender(world).play())
    that_day = by_day(found, zone)[day[zone].isoformat()]
    assert len(that_day) == 12
    assert that_day[-1].at - evening > HOUR


def test_a_day_is_the_senders_day() -> None:
    tokyo = datetime(2026, 11, 23, 20, tzinfo=UTC)  # the 24th in Tokyo
    found = [Departure(tokyo, track(), 0), Departure(tokyo + 4 * HOUR, track(), 1)]
    assert {day: len(each) for day, each in by_day(found, "UTC").items()} == {
        "2026-11-23": 1,
        "2026-11-24": 1,
    }
    assert {day: len(each) for day, each in by_day(found, "Asia/Tokyo").items()} == {"2026-11-24": 2}


def test_the_calendar_goes_on_from_where_a_mailbox_stands() -> None:
    desk = Desk(box(per_day=4), Pace())
    world = World([desk], waiting(*people(6, steps=(INTRO,))), used={desk.mailbox.address: 3})
    assert [len(each) for each in by_day(world.departures(), "UTC").values()] == [1, 4, 1]
    late = Desk(box(), Pace(last_mark=MONDAY + 3 * HOUR, last_slot=MONDAY + 3 * HOUR))
    assert World([late], waiting(track())).departures()[0].at >= MONDAY + 3 * HOUR + 3 * MINUTE


def test_a_letter_whose_pause_ends_later_may_still_leave_first() -> None:
    """Ann's pause ends on Tuesday, but she is due on Friday; Bob's ends on Wednesday, and he is due by then."""
    ann, bob = people(2, steps=(INTRO,))
    queued = [
        Queued(1, ann, 0, MONDAY + 4 * DAY, MONDAY + DAY),
        Queued(2, bob, 0, MONDAY + DAY, MONDAY + 2 * DAY + 4 * HOUR),
    ]
    found = World([Desk(box(gap=NO_GAP), Pace())], queued).departures()
    assert [(each.track, each.at) for each in found] == [
        (bob, MONDAY + 2 * DAY + 4 * HOUR),
        (ann, MONDAY + 4 * DAY + HOUR),
    ]
