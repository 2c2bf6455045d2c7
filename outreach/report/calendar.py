"""The calendar: who gets what when, day by day."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from outreach.report.lines import day, labelled, number, padded
from outreach.report.needs import UNREAD
from outreach.schedule.calendar import Departure, by_day
from outreach.schedule.zones import zone

ROOM = 19  # lines of days and letters: with head and end a screen of 24
PROMISE = "The sender works off exactly this, until an edit, an answer or a failure changes it."


@dataclass(frozen=True, slots=True)
class Agenda:
    """Departures of `days` days in the sender's `zone`. `campaign` is "" for all of them.

    `held` are letters that will not leave, by what holds them. `launched` is False where it shows what a
    launch now would come to. `pauses` keep letters back that are not in it, each with the command that ends
    it; `unread` are mailboxes with follow-ups that wait because their inboxes are not read. `later` letters
    more leave after `until`, the end of the days; the `last` then.
    """

    departures: Sequence[Departure]
    campaign: str
    days: int
    zone: str
    launched: bool = True
    pauses: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, int] = field(default_factory=dict)
    until: datetime | None = None
    later: int = 0
    last: datetime | None = None
    held: Mapping[str, int] = field(default_factory=dict)


def text(agenda: Agenda, *, whole: bool) -> str:
    """The days with their letters; on one screen unless `whole`."""
    return "\n".join([*_head(agenda), *_days(agenda, whole=whole), *_end(agenda)])


def _head(agenda: Agenda) -> Iterator[str]:
    whose = f" of {agenda.campaign}" if agenda.campaign else ""
    yield f"{number(len(agenda.departures), 'letter')}{whose} in {number(agenda.days, 'day')}, {agenda.zone} time"
    if not agenda.launched:
        yield "Not launched yet: this is what a launch now would come to."
    for what, command in agenda.pauses.items():
        yield f"Not in it: {what}: {command}"
    for address, letters in agenda.unread.items():
        wait = number(letters, "follow-up waits", "follow-ups wait")
        yield f"Not in it: {wait}: {UNREAD.format(address)}"
    for reason, letters in agenda.held.items():
        yield f"Not in it: {number(letters, 'follow-up')} that will be held, {reason}"


def _days(agenda: Agenda, *, whole: bool) -> Iterator[str]:
    """Every day with its counts, and its letters as far as there is room."""
    days = list(by_day(agenda.departures, agenda.zone).values())
    room = len(agenda.departures) if whole else max(0, ROOM - len(days))
    shown = days if whole else days[:ROOM]
    for letters in shown:
        boxes = Counter(each.track.mailbox for each in letters)
        counts = ", ".join(f"{address} {count}" for address, count in sorted(boxes.items()))
        yield f"{day(letters[0].at, agenda.zone)}: {number(len(letters), 'letter')} ({counts})"
        yield from (_line(each, agenda) for each in letters[:room])
        if 0 < room < len(letters):
            yield f"  and {len(letters) - room:,} more: --all"
        room = max(0, room - len(letters))
    if days[len(shown) :]:
        yield f"and {number(len(days) - len(shown), 'more day')}: --all"
    if agenda.later and agenda.until and agenda.last:
        days_ = agenda.days + (agenda.last - agenda.until).days + 1
        yield f"{agenda.later:,} more after {day(agenda.until, agenda.zone)}: --days {days_}"


def _line(each: Departure, agenda: Agenda) -> str:
    here, there = _clock(each.at, agenda.zone), _clock(each.at, each.track.zone)
    city = each.track.zone.rpartition("/")[2].replace("_", " ")
    local = f"({there} {city})" if there != here else ""
    letter = each.letter if agenda.campaign else f"{each.track.campaign}/{each.letter}"
    return f"  {here}  {padded(each.track.email, 32)}  {letter}  {local}".rstrip()


def _clock(at: datetime, zone_name: str) -> str:
    return f"{at.astimezone(zone(zone_name)):%H:%M}"


def _end(agenda: Agenda) -> Iterator[str]:
    campaign = f" {agenda.campaign}" if agenda.campaign else ""
    if not agenda.launched:
        yield labelled("NEXT", f"outreach launch{campaign}")
    elif agenda.departures:
        yield PROMISE
        yield labelled("NEXT", "outreach status")
    else:
        yield labelled("NEXT", f"outreach why{campaign}" if campaign else "outreach plan")


def value(agenda: Agenda) -> list[dict[str, Any]]:
    """`[{"at", "email", "campaign", "letter", "mailbox", "step"}]` in order of time; `step` counts from 1."""
    return [
        {
            "at": each.at,
            "email": each.track.email,
            "campaign": each.track.campaign,
            "letter": each.letter,
            "mailbox": each.track.mailbox,
            "step": each.step + 1,
        }
        for each in agenda.departures
    ]
