"""The sending window: nothing leaves outside it, in any zone whatever its clock does; when a step falls due."""

from collections.abc import Container, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import holidays
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outreach.model import Delay, Window
from outreach.schedule.window import (
    LOOK_AHEAD,
    Opening,
    closed_because,
    due_after,
    is_holiday,
    is_open,
    next_opening,
)
from outreach.schedule.zones import day_bounds, day_of, zone
from tests.clocks import DAY, TICK, moments, turns, zones

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
COUNTRIES = ["", "GB", "US", "DE", "KZ", "CN", "IL", "ZA", "XX"]


def opened(moment: datetime, window: Window, zone_name: str, country: str = "") -> bool:
    """The promise itself, judged by nothing but the wall clock and the calendar on the wall."""
    local = moment.astimezone(zone(zone_name if window.timezone == "prospect" else window.timezone))
    return (
        window.start <= local.time()
        and (local.time() < window.end or window.end == time(0))
        and local.weekday() in window.days
        and local.date() not in window.blackout
        and not (window.holidays and local.date() in holidays_of(country))
    )


@cache
def holidays_of(country: str) -> Container[date]:
    if country not in holidays.list_supported_countries(include_aliases=False):
        return ()
    days: Container[date] = holidays.country_holidays(country)
    return days


def openings(moment: datetime, until: datetime, *where: object) -> Iterator[Opening]:
    """One opening after the other, as a letter would meet them that never leaves."""
    while moment < until:
        opening = next_opening(moment, *where)  # type: ignore[arg-type]
        if opening is None:
            return
        assert moment <= opening.opens_at < opening.closes_at
        yield opening
        moment = opening.closes_at


clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0, fold=0))


@st.composite
def windows(draw: st.DrawFn, near: datetime) -> Window:
    start = draw(clocks)
    end = draw(st.one_of(st.just(time(0)), clocks.filter(lambda clock: clock == time(0) or clock > start)))
    return Window(
        days=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        start=start,
        end=end,
        timezone=draw(st.one_of(st.just("prospect"), zones)),
        blackout=frozenset(
            near.date() + timedelta(days=each) for each in draw(st.sets(st.integers(-1, 5), max_size=2))
        ),
        holidays=draw(st.booleans()),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[datetime, Window, str, str]:
    zone_name = draw(zones)
    moment = draw(moments(zone_name))
    return moment, draw(windows(moment)), zone_name, draw(st.sampled_from(COUNTRIES))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


WHOLE_WEEK = frozenset(range(7))


@settings(deadline=None, max_examples=100)
@given(cases())
@example((at("2026-03-08T04:00"), Window(WHOLE_WEEK, time(2, 30), time(17)), "America/New_York", ""))
@example((at("2026-03-08T04:00"), Window(WHOLE_WEEK, time(1), time(2, 30)), "America/New_York", ""))
@example((at("2026-03-08T04:00"), Window(WHOLE_WEEK, time(2, 10), time(2, 50)), "America/New_York", ""))
@example((at("2026-11-01T03:00"), Window(WHOLE_WEEK, time(1, 30), time(17)), "America/New_York", ""))
@example((at("2026-11-01T03:00"), Window(WHOLE_WEEK, time(0), time(1, 30)), "America/New_York", ""))
@example((at("2026-11-01T03:00"), Window(WHOLE_WEEK, time(1, 10), time(1, 50)), "America/New_York", ""))
@example((at("2026-04-04T13:00"), Window(WHOLE_WEEK, time(1, 40), time(1, 50)), "Australia/Lord_Howe", ""))
@example((at("2011-12-29T09:00"), Window(WHOLE_WEEK, time(9), time(0)), "Pacific/Apia", ""))
@example((at("2011-12-29T09:00"), Window(WHOLE_WEEK, time(0), time(0)), "Pacific/Apia", ""))
@example((at("2010-11-06T00:00"), Window(WHOLE_WEEK, time(0), time(0)), "America/St_Johns", ""))
@example((at("2026-03-08T03:00"), Window(WHOLE_WEEK, time(0), time(1)), "America/Havana", ""))
@example((at("2026-11-01T03:00"), Window(WHOLE_WEEK, time(0, 15), time(0)), "America/Havana", ""))
def test_nothing_leaves_outside_the_window_and_only_a_turned_clock_shortens_it(
    case: tuple[datetime, Window, str, str],
) -> None:
    moment, window, zone_name, country = case
    until = moment + 4 * DAY
    found = list(openings(moment, until, window, zone_name, country))
    for opening in found[:4]:
        for instant in (opening.opens_at, *minutes(opening.opens_at, opening.closes_at)):
            assert opened(instant, window, zone_name, country), instant
        assert opened(opening.closes_at - TICK, window, zone_name, country)
    turned = turns(zone_name if window.timezone == "prospect" else window.timezone, moment.year)
    for instant in minutes(moment, until):
        covered = any(each.opens_at <= instant < each.closes_at for each in found)
        if opened(instant, window, zone_name, country) and not covered:
            assert any(abs(instant - turn) <= shift for turn, shift in turned), f"missed {instant}"


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    minute = start.replace(second=0, microsecond=0)
    while minute < end:
        if minute >= start:
            yield minute
        minute += MINUTE


@settings(deadline=None)
@given(cases(), st.timedeltas(timedelta(0), 3 * DAY))
def test_an_opening_is_the_same_whenever_one_asks(
    case: tuple[datetime, Window, str, str], later: timedelta
) -> None:
    """The plan, the claim and the calendar ask at different moments: they must see one window."""
    moment, *where = case
    instant = moment + later
    ahead = next((o for o in openings(moment, instant + TICK, *where) if o.closes_at > instant), None)
    ahead = ahead or next(openings(instant, instant + TICK, *where), None)
    asked = next_opening(instant, *where)  # type: ignore[arg-type]
    assert asked == (Opening(max(instant, ahead.opens_at), ahead.closes_at) if ahead else None)
    assert is_open(instant, *where) == (asked is not None and asked.opens_at == instant)  # type: ignore[arg-type]


def local(moment: datetime, zone_name: str) -> str:
    return moment.astimezone(zone(zone_name)).strftime("%a %Y-%m-%d %H:%M %z")


@pytest.mark.parametrize(
    ("moment", "zone_name", "country", "opens", "closes"),
    [
        # Friday evening in Leeds: Monday morning.
        ("2026-11-27T18:00", "Europe/London", "GB", "Mon 2026-11-30 09:00 +0000", "17:00"),
        # In the middle of the window: now.
        ("2026-11-26T10:30", "Europe/London", "GB", "Thu 2026-11-26 10:30 +0000", "17:00"),
        # The window's last instant is outside.
        ("2026-11-26T17:00", "Europe/London", "GB", "Fri 2026-11-27 09:00 +0000", "17:00"),
        # Christmas Eve after hours, 2026-12-28 being the substitute for Boxing Day on a Saturday.
        ("2026-12-24T18:00", "Europe/London", "GB", "Tue 2026-12-29 09:00 +0000", "17:00"),
        ("2026-10-02T18:00", "Europe/Berlin", "DE", "Mon 2026-10-05 09:00 +0200", "17:00"),
        # Nauryz, 21 to 23 March, of which the 21st and 22nd fall on a week-end: substitutes follow.
        ("2026-03-20T18:00", "Asia/Almaty", "KZ", "Thu 2026-03-26 09:00 +0500", "17:00"),
        # An unknown country has no holidays.
        ("2026-12-24T18:00", "Europe/London", "XX", "Fri 2026-12-25 09:00 +0000", "17:00"),
        ("2026-12-24T18:00", "Europe/London", "", "Fri 2026-12-25 09:00 +0000", "17:00"),
    ],
)
def test_working_hours_of_the_prospect(
    moment: str, zone_name: str, country: str, opens: str, closes: str
) -> None:
    opening = next_opening(at(moment), Window(), zone_name, country)
    assert opening is not None
    assert local(opening.opens_at, zone_name) == opens
    assert local(opening.closes_at, zone_name)[15:20] == closes


def test_a_window_with_its_own_zone_ignores_the_prospects_clock_but_not_their_holidays() -> None:
    window = Window(timezone="Europe/London")
    opening = next_opening(at("2026-07-01T00:00"), window, "Asia/Tokyo", "JP")
    assert opening == Opening(at("2026-07-01T08:00"), at("2026-07-01T16:00"))
    tokyo = next_opening(at("2026-07-20T00:00"), window, "Asia/Tokyo", "JP")  # Marine Day
    assert tokyo == Opening(at("2026-07-21T08:00"), at("2026-07-21T16:00"))


def test_a_night_that_ends_at_midnight_lasts_until_midnight() -> None:
    opening = next_opening(at("2026-07-01T12:00"), Window(WHOLE_WEEK, time(18), time(0)), "UTC")
    assert opening == Opening(at("2026-07-01T18:00"), at("2026-07-02T00:00"))


def test_a_spring_morning_in_the_hour_that_is_left_out_stays_closed() -> None:
    window = Window(WHOLE_WEEK, time(2, 10), time(2, 50))
    opening = next_opening(at("2026-03-08T05:00"), window, "America/New_York")
    assert opening is not None
    assert local(opening.opens_at, "America/New_York") == "Mon 2026-03-09 02:10 -0400"


def test_an_autumn_window_within_the_hour_that_comes_twice_opens_the_first_time() -> None:
    window = Window(WHOLE_WEEK, time(1, 10), time(1, 50))
    opening = next_opening(at("2026-11-01T04:00"), window, "America/New_York")
    assert opening == Opening(at("2026-11-01T05:10"), at("2026-11-01T05:50"))


def test_blackout_dates_are_the_prospects_dates() -> None:
    window = Window(WHOLE_WEEK, time(0), time(0), blackout=frozenset({date(2026, 7, 1)}))
    auckland = next_opening(at("2026-06-30T11:00"), window, "Pacific/Auckland")
    assert auckland == Opening(at("2026-06-30T11:00"), at("2026-06-30T12:00"))
    after = next_opening(at("2026-06-30T12:00"), window, "Pacific/Auckland")
    assert after == Opening(at("2026-07-01T12:00"), at("2026-07-02T12:00"))


@pytest.mark.parametrize(
    ("day", "country", "reason"),
    [
        (date(2026, 11, 28), "GB", "weekend"),
        (date(2026, 11, 30), "GB", "blackout"),
        (date(2026, 12, 25), "GB", "holiday"),
        (date(2026, 12, 25), "", ""),
        (date(2026, 11, 27), "GB", ""),
    ],
)
def test_why_a_day_is_closed(day: date, country: str, reason: str) -> None:
    window = Window(blackout=frozenset({date(2026, 11, 30)}))
    assert closed_because(day, window, country) == reason
    assert closed_because(date(2026, 12, 25), Window(holidays=False), "GB") == ""


def test_a_window_that_never_opens_is_found_out_and_a_long_rest_is_not_one() -> None:
    first = date(2026, 1, 1)

    def after_rest_of(days: int) -> Opening | None:
        rest = frozenset(first + timedelta(days=each) for each in range(days))
        return next_opening(at("2026-01-01T00:00"), Window(WHOLE_WEEK, blackout=rest), "UTC")

    assert after_rest_of(LOOK_AHEAD) is None
    found = after_rest_of(LOOK_AHEAD - 1)
    assert found is not None
    assert found.opens_at == at("2026-01-01T09:00") + timedelta(days=LOOK_AHEAD - 1)


@pytest.mark.filterwarnings("ignore:Requested Holidays are available only")
def test_every_country_has_holidays_for_every_year() -> None:
    """None of them may fail when a letter is planned."""
    for country in holidays.list_supported_countries(include_aliases=False):
        for year in (1990, 2026, 2040):
            days = {date(year, 1, 1) + timedelta(days=each) for each in range(366)}
            known = {day for day in days if day in holidays_of(country)}
            assert {day for day in days if is_holiday(day, country)} == known, country


def test_threads_that_ask_at_once_see_the_same_holidays() -> None:
    years = range(1950, 2090)
    with ThreadPoolExecutor(8) as threads:
        answers = [threads.submit(is_holiday, date(year, 12, 25), "GB") for year in years for _ in range(8)]
        assert all(answer.result() for answer in answers)


# --- When the next step falls due ---------------------------------------------------------------------


def test_hours_count_exactly_and_through_a_turned_clock() -> None:
    assert due_after(at("2026-03-28T23:30"), Delay(seconds=4 * 3600), "Europe/Berlin", "DE") == at(
        "2026-03-29T03:30"
    )


@pytest.mark.parametrize(
    ("sent", "delay", "zone_name", "country", "due"),
    [
        # Sent on Friday: Wednesday is the third business day.
        ("2026-11-27T12:00", Delay(3, business=True), "Europe/London", "GB", "Wed 2026-12-02 00:00 +0000"),
        # On Sunday by hand: Monday is the first.
        ("2026-11-29T12:00", Delay(1, business=True), "Europe/London", "GB", "Mon 2026-11-30 00:00 +0000"),
        # Christmas, Boxing Day's substitute on Monday 28.
        ("2026-12-24T12:00", Delay(1, business=True), "Europe/London", "GB", "Tue 2026-12-29 00:00 +0000"),
        # Without a country only week-ends are skipped.
        ("2026-12-24T12:00", Delay(1, business=True), "Europe/London", "", "Fri 2026-12-25 00:00 +0000"),
        # Half past midnight on Saturday in Almaty is still Friday in London.
        ("2026-11-27T19:30", Delay(1, business=True), "Asia/Almaty", "KZ", "Mon 2026-11-30 00:00 +0500"),
        ("2026-11-27T19:30", Delay(1, business=False), "Asia/Almaty", "KZ", "Sun 2026-11-29 00:00 +0500"),
        (
            "2026-11-26T23:30",
            Delay(1, business=True),
            "America/Los_Angeles",
            "US",
            "Fri 2026-11-27 00:00 -0800",
        ),
        # Days count week-ends and holidays; it is the window that keeps them.
        ("2026-12-24T12:00", Delay(2), "Europe/London", "GB", "Sat 2026-12-26 00:00 +0000"),
        # Midnight is left out in Havana on 8 March 2026, and shown twice on 1 November.
        ("2026-03-07T12:00", Delay(1), "America/Havana", "", "Sun 2026-03-08 01:00 -0400"),
        ("2026-10-31T12:00", Delay(1), "America/Havana", "", "Sun 2026-11-01 00:00 -0500"),
        # 30 December 2011 did not exist in Samoa.
        ("2011-12-29T12:00", Delay(1), "Pacific/Apia", "", "Sat 2011-12-31 00:00 +1400"),
    ],
)
def test_days_count_from_the_day_on_which_the_letter_left(
    sent: str, delay: Delay, zone_name: str, country: str, due: str
) -> None:
    assert local(due_after(at(sent), delay, zone_name, country), zone_name) == due


@settings(deadline=None)
@given(zones.flatmap(lambda name: st.tuples(st.just(name), moments(name))), st.data())
def test_a_business_delay_leaves_exactly_that_many_business_days(
    place: tuple[str, datetime], data: st.DataObject
) -> None:
    zone_name, sent_at = place
    days, country = data.draw(st.integers(1, 20)), data.draw(st.sampled_from(COUNTRIES))
    due = due_after(sent_at, Delay(days, business=True), zone_name, country)
    first, last = day_of(sent_at, zone_name), day_of(due, zone_name)
    between = [first + timedelta(days=each) for each in range(1, (last - first).days + 1)]
    business = [day for day in between if day.weekday() < 5 and day not in holidays_of(country)]
    left_out = {day for day in between if day_bounds(day, zone_name)[0] == day_bounds(day, zone_name)[1]}
    assert len(business) - days in ({0} if not left_out else {0, 1})
    assert business[-1] == last or left_out
    assert day_of(due - 2 * HOUR - TICK, zone_name) < last or due - 2 * HOUR < day_bounds(last, zone_name)[0]
