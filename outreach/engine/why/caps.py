"""Which caps bind a letter, and who stands before it in its mailbox's line."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from outreach.engine.revisions import Launched
from outreach.engine.why.scene import HORIZON, Scene
from outreach.model import Message, Prospect
from outreach.report.explained import Outcome, Rule
from outreach.schedule.calendar import Departure
from outreach.schedule.slots import cap
from outreach.schedule.window import Opening, next_opening
from outreach.schedule.zones import day_of, zone_of

SHOWN = 5  # full days that are named


def today(
    scene: Scene, launched: Launched, person: Prospect, letter: Message, leaves: Departure | None
) -> Rule:
    """What has been used of today's caps, and the open days on which the letter cannot leave for want of room."""
    used, limits, desk = scene.used, scene.house.limits, scene.desks[letter.mailbox]
    counted = [
        ("mailbox", letter.mailbox, used.mailboxes, cap(desk.mailbox, desk.pace, used.day)),
        ("domain", desk.mailbox.domain, used.domains, limits.domain_per_day),
        ("company", letter.company, used.companies, limits.company_per_day),
    ]
    new = launched.campaign.max_new_per_day
    if letter.first and new is not None:
        counted.append(("new", letter.campaign, used.new, new))
    rows = [
        {"scope": scope, "name": name, "used": counter[name], "limit": limit}
        for scope, name, counter, limit in counted
    ]
    full = list(_full_days(scene, launched, person, letter, leaves, rows)) if leaves else []
    outcome = Outcome.WAITS if full else Outcome.YES
    return Rule("caps", outcome, {"today": rows, "full": full})


def _full_days(
    scene: Scene,
    launched: Launched,
    person: Prospect,
    letter: Message,
    leaves: Departure,
    rows: list[dict[str, Any]],
) -> Iterator[dict[str, Any]]:
    """The days whose window passes without the letter, each with the cap that is used up by then."""
    zone = zone_of(person.fields, launched.workspace.sender.timezone)
    country, window = str(person.fields.get("country", "")), launched.campaign.window
    opening = next_opening(max(letter.due_at, scene.now), window, zone, country)
    shown = 0
    while opening is not None and opening.closes_at <= leaves.at and shown < SHOWN:
        yield _fullest(scene, letter, day_of(opening.opens_at, scene.house.timezone), rows)
        shown += 1
        opening = next_opening(opening.closes_at, window, zone, country)


def _fullest(scene: Scene, letter: Message, day: date, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The cap of the letter's own (company, campaign) that is used up on that day; else its mailbox's queue."""
    if day in scene.desks[letter.mailbox].mailbox.away:
        return {"day": day, "scope": "away", "name": letter.mailbox, "limit": 0}
    gone = [each for each in scene.passed if day_of(each.at, scene.house.timezone) == day]
    counts = {
        "company": sum(each.track.company == letter.company for each in gone),
        "new": sum(each.track.campaign == letter.campaign and each.step == 0 for each in gone),
        "domain": sum(each.track.mailbox.endswith(f"@{rows[1]['name']}") for each in gone),
    }
    for row in reversed(rows):
        scope = row["scope"]
        earlier = row["used"] if day == scene.used.day else 0
        if scope in counts and counts[scope] + earlier >= row["limit"]:
            return {"day": day, "scope": scope, "name": row["name"], "limit": row["limit"]}
    letters = sum(each.track.mailbox == letter.mailbox for each in gone)
    return {"day": day, "scope": "queue", "name": letter.mailbox, "limit": letters}


def slot(scene: Scene, letter: Message, leaves: Departure | None, opens: Opening) -> Rule:
    """Its place in the line: the calendar lets the letters of a mailbox leave one after the other.

    `leaves` None: the line is longer than the calendar looks ahead, so somebody must make room.
    """
    gap = scene.desks[letter.mailbox].mailbox.gap
    before = [
        each
        for each in scene.passed
        if each.track.mailbox == letter.mailbox
        and opens.opens_at <= each.at
        and (leaves is None or each.at < leaves.at)
    ]
    facts = {
        "mailbox": letter.mailbox,
        "before": len(before),
        "gap": [gap.low.total_seconds(), gap.high.total_seconds()],
        "days": HORIZON.days,
    }
    if leaves is None:
        return Rule("slot", Outcome.STOPS, facts)
    return Rule("slot", Outcome.YES if leaves.at <= scene.now else Outcome.WAITS, facts, leaves.at)
