"""Every zone's clock as tests draw it: instants near those at which it is turned, among others."""

from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import strategies as st

from outreach import data
from outreach.schedule.zones import zone

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
TICK = timedelta(microseconds=1)
ZONES = sorted(data.zone_names())
# Clocks that are turned by half an hour, by two, at midnight, in winter, for a month of fasting, or by a day.
ODD_ZONES = [
    *("Australia/Lord_Howe", "Antarctica/Troll", "Europe/Dublin", "Africa/Casablanca", "Africa/El_Aaiun"),
    *("America/Havana", "Asia/Beirut", "America/Santiago", "Africa/Cairo", "Asia/Gaza", "Asia/Tehran"),
    *("Pacific/Apia", "Pacific/Fakaofo", "Pacific/Kwajalein", "Pacific/Kiritimati", "America/St_Johns"),
    *("Antarctica/Casey", "Antarctica/Vostok", "Pacific/Chatham", "Asia/Kathmandu", "Asia/Pyongyang"),
    *("America/New_York", "Europe/London", "Asia/Gaza", "America/Asuncion", "America/Caracas"),
]

zones = st.one_of(st.sampled_from(ODD_ZONES), st.sampled_from(ZONES))


@cache
def turns(zone_name: str, year: int) -> list[tuple[datetime, timedelta]]:
    """When the clock is turned in that year (UTC), and by how much."""
    where, found = zone(zone_name), []
    for day in range(-2, 368):
        low = datetime(year, 1, 1, tzinfo=UTC) + day * DAY
        high = low + DAY
        before, after = low.astimezone(where).utcoffset(), high.astimezone(where).utcoffset()
        assert before is not None
        assert after is not None
        while before != after and high - low > MINUTE:
            middle = low + (high - low) // 2
            middle = middle.replace(second=0, microsecond=0)
            low, high = (middle, high) if middle.astimezone(where).utcoffset() == before else (low, middle)
        if before != after:
            found.append((high, abs(after - before)))
    return found


@st.composite
def moments(draw: st.DrawFn, zone_name: str) -> datetime:
    """Any instant from 1990 to 2040; every other one shortly before the clock is turned there."""
    anywhere = draw(st.datetimes(datetime(1990, 1, 1), datetime(2040, 12, 30), timezones=st.just(UTC)))
    near = turns(zone_name, anywhere.year)
    if not near or draw(st.booleans()):
        return anywhere
    return draw(st.sampled_from(near))[0] - draw(st.timedeltas(timedelta(0), 2 * DAY))
