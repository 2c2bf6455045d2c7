"""What the calendar comes to for one campaign: from when to when, what does not fit, which caps bind."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from outreach.campaign import Campaign
from outreach.model import Limits
from outreach.schedule.calendar import Calendar
from outreach.schedule.slots import cap
from outreach.schedule.zones import day_of

AHEAD = 400  # days looked ahead


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap that keeps letters back on `days` days. `kind` is mailbox, domain, new or company.

    At most `per_day` letters leave a day. A mailbox that still grows may send `today`, and all of `per_day`
    from `grown` on (None: not within the days looked at).
    """

    kind: str
    name: str
    per_day: int
    days: int
    today: int
    grown: date | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """A campaign's departures within `days`; times are UTC, None where nothing leaves.

    `starts` is when the first of the people who are new gets a letter, `first` when anybody does.
    `later` letters leave after that or never; `people_later` people do not even get their first one.
    """

    days: int
    letters: int
    starts: datetime | None
    first: datetime | None
    last_first: datetime | None
    end: datetime | None
    later: int = 0
    people_later: int = 0
    caps: tuple[Cap, ...] = ()


def look(
    calendar: Calendar,
    campaign: Campaign,
    limits: Limits,
    new: Collection[str] = (),
    *,
    now: datetime,
    zone_name: str,
    days: int = AHEAD,
) -> Outlook:
    """Play the calendar forward and tell what it comes to for a campaign; `new` are addresses to be enrolled."""
    today = day_of(now, zone_name)
    pace = {
        desk.mailbox.address: (desk.mailbox.per_day, cap(desk.mailbox, desk.pace, today))
        for desk in calendar.desks
    }
    own = [
        (each.at, each.step == 0, each.track.email)
        for each in calendar.departures(now + timedelta(days=days))
        if each.track.campaign == campaign.stem
    ]
    left = [each for each in calendar.left() if each.track.campaign == campaign.stem]
    return Outlook(
        days=days,
        letters=len(own),
        starts=next((at for at, first, email in own if first and email in new), None),
        first=own[0][0] if own else None,
        last_first=max((at for at, first, _ in own if first), default=None),
        end=own[-1][0] if own else None,
        later=sum(len(each.track.steps) - each.step for each in left),
        people_later=sum(each.first for each in left),
        caps=tuple(_caps(calendar, campaign, limits, pace)),
    )


def _caps(
    calendar: Calendar, campaign: Campaign, limits: Limits, pace: dict[str, tuple[int, int]]
) -> Iterator[Cap]:
    """The caps that kept letters of this campaign's mailboxes back, as its owner would look for them."""
    bound = calendar.bound
    for address in campaign.mailboxes:
        if days := bound.get(("mailbox", address)):
            per_day, now = pace[address]
            yield Cap("mailbox", address, per_day, len(days), now, calendar.grown.get(address))
    if campaign.max_new_per_day is not None and (days := bound.get(("new", campaign.stem))):
        most = campaign.max_new_per_day
        yield Cap("new", campaign.stem, most, len(days), most)
    for name in dict.fromkeys(address.rpartition("@")[2] for address in campaign.mailboxes):
        if days := bound.get(("domain", name)):
            yield Cap("domain", name, limits.domain_per_day, len(days), limits.domain_per_day)
    if days := bound.get(("company", "")):
        yield Cap("company", "", limits.company_per_day, len(days), limits.company_per_day)
