"""Whose clock counts: a prospect's zone, and the day that caps are counted in."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from outreach import data
from outreach.model import Fields

# One instant a month: zones that agree on all of them are one zone for a business day.
_SAMPLES = tuple(datetime(2026, month, 15, tzinfo=UTC) for month in range(1, 13))


@cache
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name."""
    return ZoneInfo(name)


@cache
def country_zone(country: str) -> str:
    """The one zone of a country (ISO 3166 code), or "" where it has several or is unknown."""
    official = data.table("zones")["official"].get(country)
    if official:
        return str(official)
    names = data.country_zones().get(country, ())
    clocks = {tuple(moment.astimezone(zone(name)).utcoffset() for moment in _SAMPLES) for name in names}
    return names[0] if len(clocks) == 1 else ""


def zone_of(fields: Fields, fallback: str) -> str:
    """A prospect's zone: the `timezone` field, else a country with one zone, else `fallback`."""
    return str(fields.get("timezone") or "") or country_zone(str(fields.get("country") or "")) or fallback


def instants(day: date, clock: time, where: ZoneInfo) -> tuple[datetime, datetime]:
    """The earliest and latest UTC instant that a wall clock shows as `day clock`.

    They differ only where the clock is turned: shown twice (autumn) or never (spring, PEP 495).
    """
    local = datetime.combine(day, clock, tzinfo=where)
    both = (local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC))
    return min(both), max(both)


def day_of(moment: datetime, name: str) -> date:
    """The calendar day of an instant in that zone."""
    return moment.astimezone(zone(name)).date()


def day_bounds(day: date, name: str) -> tuple[datetime, datetime]:
    """The UTC instants at which that day starts and the next one starts, in that zone.

    Where the clock shows midnight twice the day starts with the first; where it leaves midnight out the day
    starts when the clock is turned, so a day that was left out altogether is empty (PEP 495: fold 0 is both).
    """
    where = zone(name)
    start = datetime.combine(day, time(0), tzinfo=where)
    end = datetime.combine(day + timedelta(days=1), time(0), tzinfo=where)
    return start.astimezone(UTC), end.astimezone(UTC)
