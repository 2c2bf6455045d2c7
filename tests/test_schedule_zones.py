"""Whose clock counts: a prospect's zone, and how long the day is that caps are counted in."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.schedule.zones import country_zone, day_bounds, day_of, zone_of
from tests.clocks import DAY, TICK, moments, turns, zones


@pytest.mark.parametrize(
    ("country", "name"),
    [
        ("GB", "Europe/London"),
        ("IE", "Europe/Dublin"),
        ("DE", "Europe/Berlin"),
        ("CN", "Asia/Shanghai"),  # Urumqi keeps another clock, business does not
        ("IN", "Asia/Kolkata"),
        ("JP", "Asia/Tokyo"),
        ("FR", "Europe/Paris"),
        ("ZA", "Africa/Johannesburg"),
        # Several zones on one clock are one: Kazakhstan since 2024, Argentina, Viet Nam.
        *(("KZ", "Asia/Almaty"), ("AR", "America/Argentina/Buenos_Aires"), ("VN", "Asia/Ho_Chi_Minh")),
        # Several clocks: nobody may guess.
        *((country, "") for country in ("US", "CA", "RU", "AU", "BR", "MX", "ID", "ES", "PT", "CL", "NZ")),
        *(("XX", ""), ("", "")),
    ],
)
def test_a_country_with_one_clock_tells_the_zone(country: str, name: str) -> None:
    assert country_zone(country) == name


def test_the_prospects_own_zone_comes_first_then_the_country_then_the_sender() -> None:
    assert zone_of({"timezone": "America/Denver", "country": "DE"}, "Europe/London") == "America/Denver"
    assert zone_of({"country": "DE"}, "Europe/London") == "Europe/Berlin"
    assert zone_of({"country": "US"}, "Europe/London") == "Europe/London"
    assert zone_of({"country": "XX"}, "Europe/London") == "Europe/London"
    assert zone_of({}, "Europe/London") == "Europe/London"


@settings(deadline=None)
@given(zones.flatmap(lambda name: st.tuples(st.just(name), moments(name))))
def test_a_day_holds_every_instant_that_shows_its_date(place: tuple[str, datetime]) -> None:
    """Caps are counted by `day_of`, slots are made for `day_bounds`: they must mean the same day."""
    zone_name, moment = place
    start, end = day_bounds(day_of(moment, zone_name), zone_name)
    if going_back(zone_name, moment):
        return
    assert start <= moment < end
    assert day_of(start - TICK, zone_name) < day_of(moment, zone_name)
    assert day_of(end, zone_name) > day_of(moment, zone_name)


def going_back(zone_name: str, moment: datetime) -> bool:
    """Whether the date itself goes back thereabouts, as it did in Newfoundland until 2010, at 00:01."""
    near = [turn for turn, _ in turns(zone_name, moment.year) if abs(turn - moment) < DAY]
    return any(day_of(turn, zone_name) < day_of(turn - TICK, zone_name) for turn in near)


@pytest.mark.parametrize(
    ("day", "zone_name", "hours"),
    [
        (date(2026, 3, 7), "America/Havana", 24),  # the day before midnight is left out is a whole one
        (date(2026, 3, 8), "America/Havana", 23),
        (date(2026, 11, 1), "America/Havana", 25),
        (date(2026, 4, 24), "Africa/Cairo", 23),
        (date(2026, 4, 5), "Australia/Lord_Howe", 24.5),
        (date(2011, 12, 29), "Pacific/Apia", 24),
        (date(2011, 12, 30), "Pacific/Apia", 0),
        (date(2011, 12, 31), "Pacific/Apia", 24),
    ],
)
def test_how_long_a_day_is(day: date, zone_name: str, hours: float) -> None:
    start, end = day_bounds(day, zone_name)
    assert end - start == hours * timedelta(hours=1)
