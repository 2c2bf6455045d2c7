"""A campaign's dates, and the caps that bind: lines of a screen, and JSON."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from outreach.report.lines import day, number
from outreach.schedule.outlook import Cap, Outlook
from outreach.schedule.zones import day_of

MOST = 3  # mailboxes named on the screen


def dates(seen: Outlook, now: datetime, zone: str) -> Iterator[str]:
    """ "Mon 23 Nov - Fri 18 Dec; follow-ups end Tue 12 Jan", and how many letters do not fit."""
    if seen.first:
        last = seen.last_first or seen.first
        start, stop, end = (_date(at, now, zone) for at in (seen.first, last, seen.end or last))
        firsts = start if start == stop else f"{start} - {stop}"
        yield f"{firsts}; follow-ups end {end}" if seen.end != seen.last_first else firsts
    if seen.later:
        letters = number(seen.later, "letter")
        people = number(seen.people_later, "person", "people")
        begun = f", {people} not even begun" if seen.people_later else ""
        yield f"within {seen.days} days {letters} do not fit{begun}"
    if not seen.first and not seen.later:
        yield "no letter waits"


def _date(at: datetime, now: datetime, zone: str) -> str:
    year = day_of(at, zone).year
    return day(at, zone) + (f" {year}" if year != day_of(now, zone).year else "")


def limits(seen: Outlook, mailboxes: Sequence[str]) -> Iterator[str]:
    """The caps that bind, as "ann@ 30/day from 1 Dec (ramp: 11 today)"."""
    boxes = [cap for cap in seen.caps if cap.kind == "mailbox"]
    for cap in boxes[:MOST]:
        yield f"{_short(cap.name, mailboxes)} {cap.per_day}/day{_growth(cap)}"
    if boxes[MOST:]:
        yield f"and {number(len(boxes) - MOST, 'more mailbox', 'more mailboxes')}"
    for cap in seen.caps:
        if cap.kind != "mailbox":
            yield _shared(cap)
    if not seen.caps:
        yield "no cap is reached"


def _growth(cap: Cap) -> str:
    if cap.today >= cap.per_day:
        return ""
    since = f" from {_day(cap.grown)}" if cap.grown else ""
    return f"{since} (ramp: {cap.today} today)"


def _day(on: date) -> str:
    return f"{on.day} {on:%b}"


def _short(address: str, among: Sequence[str]) -> str:
    """ "ann@" where that is clear."""
    local = address.partition("@")[0]
    return f"{local}@" if sum(each.partition("@")[0] == local for each in among) == 1 else address


def _shared(cap: Cap) -> str:
    """A cap that is not one mailbox's own."""
    return {
        "new": f"{number(cap.per_day, 'new person', 'new people')} a day (max_new_per_day)",
        "domain": f"{number(cap.per_day, 'letter')} a day from {cap.name} ([limits] domain_per_day)",
        "company": f"{number(cap.per_day, 'letter')} a day to one company ([limits] company_per_day)",
    }[cap.kind]


def value(seen: Outlook) -> dict[str, Any]:
    """`{"dates": {"starts", "first", "last_first", "end", "letters", "days", "later", "people_later"},
    "limits": [{"kind", "name", "per_day", "days", "today", "grown"}]}`, as `Outlook` and `Cap` say.

    The times of `dates` may be null, `grown` too.
    """
    named = ("starts", "first", "last_first", "end", "letters", "days", "later", "people_later")
    capped = ("kind", "name", "per_day", "days", "today", "grown")
    return {
        "dates": {name: getattr(seen, name) for name in named},
        "limits": [{name: getattr(cap, name) for name in capped} for cap in seen.caps],
    }
