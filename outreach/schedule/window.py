"""The sending window: when a letter may leave, in whose calendar; and when the next step falls due."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from outreach.model import Delay, Window
from outreach.schedule.zones import day_of, instants, zone

LOOK_AHEAD = 400  # days searched for an opening: more than a year of blackout is a mistake
MIDNIGHT = time(0)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Opening:
    """One stretch of an open window in UTC: `opens_at` is included, `closes_at` is not."""

    opens_at: datetime
    closes_at: datetime


@cache
def public_holidays(country: str, year: int) -> frozenset[date]:
    """A year's public holidays of a country (ISO 3166 code); none where the `holidays` package knows none.

    A whole year at once: the package's own calendars fill themselves when they are asked, and another
    thread could see one half filled, take a holiday for a business day, and remember that.
    """
    import holidays  # 0.2 s to import: only where a country's calendar is asked for

    if country not in holidays.list_supported_countries(include_aliases=False):
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year, expand=False))


def is_holiday(day: date, country: str) -> bool:
    """Whether that day is a public holiday of a country (ISO 3166 code, or "")."""
    return bool(country) and day in public_holidays(country, day.year)


def closed_because(day: date, window: Window, country: str) -> str:
    """Why nothing leaves on that day: "before the start", "weekend", "not a day of the window", "blackout",
    "holiday", or "" if it may.
    """
    if window.first_day and day < window.first_day:
        return "before the start"
    if day.weekday() not in window.days:
        return "weekend" if day.weekday() >= SATURDAY else "not a day of the window"
    if day in window.blackout:
        return "blackout"
    if window.holidays and is_holiday(day, country):
        return "holiday"
    return ""


def _open_on(day: date, window: Window, where: ZoneInfo) -> Opening | None:
    """The window of one day. Where the clock is turned, the shorter reading: never a minute outside."""
    last = day + timedelta(days=1) if window.end == MIDNIGHT else day
    starts, ends = instants(day, window.start, where), instants(last, window.end, where)
    opening = Opening(starts[1], ends[0])
    if opening.opens_at >= opening.closes_at and starts[0] < starts[1]:
        # Both ends lie in the hour that is shown twice: take its first showing. In the hour
        # that is never shown this gives an end before the start, so the day stays closed.
        opening = Opening(starts[0], ends[0])
        if not _shown(opening, day, window, where):
            return None
    return opening if opening.opens_at < opening.closes_at else None


def _shown(opening: Opening, day: date, window: Window, where: ZoneInfo) -> bool:
    """Whether the wall clock at an opening really shows the window's start on that day."""
    local = opening.opens_at.astimezone(where)
    return local.date() == day and local.time() >= window.start


@lru_cache(maxsize=65536)
def _opening(moment_day: date, window: Window, zone_name: str, country: str) -> tuple[Opening, ...]:
    """The first openings of the days from `moment_day` on: two, so that one may lie before the moment."""
    found: list[Opening] = []
    where = zone(zone_name)
    for offset in range(LOOK_AHEAD):
        day = moment_day + timedelta(days=offset)
        opening = None if closed_because(day, window, country) else _open_on(day, window, where)
        if opening:
            found.append(opening)
            if len(found) == 2:
                break
    return tuple(found)


def next_opening(moment: datetime, window: Window, zone_name: str, country: str = "") -> Opening | None:
    """The stretch in which a letter may leave at or after `moment` (UTC), or None within 400 days.

    `opens_at` is never before `moment`. `zone_name` is the prospect's zone; a window with a zone of its
    own overrides it. Holidays are those of `country`.
    """
    name = zone_name if window.timezone == "prospect" else window.timezone
    for opening in _opening(day_of(moment, name), window, name, country):
        if moment < opening.closes_at:
            return Opening(max(moment, opening.opens_at), opening.closes_at)
    return None


def is_open(moment: datetime, window: Window, zone_name: str, country: str = "") -> bool:
    """Whether a letter may leave at that instant."""
    opening = next_opening(moment, window, zone_name, country)
    return opening is not None and opening.opens_at == moment


def due_after(sent_at: datetime, delay: Delay, zone_name: str, country: str = "") -> datetime:
    """When the next step falls due after an actual send: hours count exactly, days start at local midnight.

    Business days are Monday to Friday without the public holidays of the prospect's country.
    """
    if delay.seconds:
        return sent_at + timedelta(seconds=delay.seconds)
    day = day_of(sent_at, zone_name)
    if not delay.business:
        return _midnight(day + timedelta(days=delay.days), zone_name)
    left = delay.days
    while left > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and not is_holiday(day, country):
            left -= 1
    return _midnight(day, zone_name)


def at_work(day: date, zone_name: str, country: str = "") -> datetime:
    """When the first working day from that day on starts, in that zone: for somebody who is back on it."""
    while day.weekday() > 4 or is_holiday(day, country):
        day += timedelta(days=1)
    return _midnight(day, zone_name)


def _midnight(day: date, zone_name: str) -> datetime:
    return instants(day, MIDNIGHT, zone(zone_name))[1].astimezone(UTC)
