"""When a letter that waits may leave: delay, zone, window, caps, its place in the line."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from outreach.engine.revisions import Launched
from outreach.engine.why import caps
from outreach.engine.why.scene import Scene
from outreach.model import Message, MessageStatus, Prospect, Step, Window
from outreach.report.explained import Chain, Outcome, Rule
from outreach.schedule.calendar import Departure
from outreach.schedule.window import MIDNIGHT, Opening, closed_because, due_after, next_opening
from outreach.schedule.zones import country_zone, day_of, zone_of
from outreach.sequence import Verdict
from outreach.store import messages
from outreach.store import why as stored

SHOWN = 5  # closed or full days that are named
DAY = timedelta(days=1)
BUSINESS = Window()  # what business days are counted by
STANDING_STILL = {
    MessageStatus.HELD: ("held", Outcome.STOPS),
    MessageStatus.UNCERTAIN: ("uncertain", Outcome.STOPS),
    MessageStatus.CLAIMED: ("underway", Outcome.WAITS),
    MessageStatus.SENDING: ("underway", Outcome.WAITS),
}


def with_letter(scene: Scene, person: Prospect, letter: Message, rules: list[Rule]) -> Chain:
    """The chain of somebody for whom a letter is open; `rules` are those that come before its time."""
    pauses = _pauses(scene, person, letter)
    facts = {"letter": letter.letter, "message": letter.id, "status": letter.status}
    if letter.status in STANDING_STILL:
        name, outcome = STANDING_STILL[letter.status]
        rule = Rule(name, outcome, {**facts, "reason": letter.reason}, letter.marked_at)
        return Chain(letter.campaign, [*rules, rule, *pauses], letter.letter)
    rules = [*rules, *pauses]
    stopped = any(rule.outcome is Outcome.STOPS for rule in rules)
    leaves = None if pauses or stopped else scene.departure(letter.campaign, person.email)
    rules += _times(scene, person, letter, leaves, played=not (pauses or stopped))
    if stopped:
        return Chain(letter.campaign, rules, letter.letter)
    return Chain(
        letter.campaign,
        rules,
        letter.letter,
        at=leaves.at if leaves else None,
        not_before=_after_pauses(scene, person, letter, pauses),
    )


def _pauses(scene: Scene, person: Prospect, letter: Message) -> list[Rule]:
    """The pauses that cover the letter; those that end before its window opens keep nothing back."""
    opens = opening(scene.revisions.must(letter.campaign), person, max(letter.due_at, scene.now))
    return [
        replace(rule, outcome=Outcome.NOTE)
        if opens and rule.facts["until"] and rule.facts["until"] <= opens.opens_at
        else rule
        for rule in scene.paused(letter.campaign, letter.mailbox, person.email)
    ]


def _after_pauses(scene: Scene, person: Prospect, letter: Message, pauses: list[Rule]) -> datetime | None:
    """The first opening after the last of the pauses has ended, if they all end by themselves."""
    ends = [rule.facts["until"] for rule in pauses]
    if not ends or None in ends:
        return None
    found = opening(scene.revisions.must(letter.campaign), person, max(letter.due_at, *ends))
    return found.opens_at if found else None


def _times(
    scene: Scene, person: Prospect, letter: Message, leaves: Departure | None, *, played: bool
) -> Iterator[Rule]:
    """`played`: the calendar was asked when the letter leaves."""
    launched = scene.revisions.must(letter.campaign)
    opens = opening(launched, person, max(letter.due_at, scene.now))
    yield _due(scene, launched, person, letter)
    yield _zone(launched, person)
    yield _window(scene, launched, person, letter, opens)
    yield caps.today(scene, launched, person, letter, leaves)
    if played and opens is not None:
        yield caps.slot(scene, letter, leaves, opens)
    if not letter.first:
        yield scene.inbox(letter.mailbox, due=letter.opens_at <= scene.now)
    yield scene.sender()


def opening(launched: Launched, person: Prospect, moment: datetime) -> Opening | None:
    """The stretch in which a letter to that person may leave, at or after `moment`."""
    return next_opening(moment, launched.campaign.window, zone_for(launched, person), _country(person))


def due(scene: Scene, launched: Launched, person: Prospect, place: int, last: Message) -> datetime:
    """When that step falls due after the last letter that was sent."""
    delay = launched.campaign.steps[place].after
    return due_after(last.sent_at or scene.now, delay, zone_for(launched, person), _country(person))


def zone_for(launched: Launched, person: Prospect) -> str:
    """The person's own zone, as far as it is known."""
    return zone_of(person.fields, launched.workspace.sender.timezone)


def _country(person: Prospect) -> str:
    return str(person.fields.get("country", ""))


def _due(scene: Scene, launched: Launched, person: Prospect, letter: Message) -> Rule:
    """The delay since the letter before, or what a server asked for."""
    outcome = Outcome.YES if letter.due_at <= scene.now else Outcome.WAITS
    tried = scene.store.read(messages.deliveries, [letter.id])[letter.id]
    if tried and tried[-1].outcome == Verdict.DEFERRED:
        facts = {"letter": letter.letter, "tries": letter.tries, "answer": tried[-1].answer}
        return Rule("deferred", outcome, facts, letter.due_at)
    return Rule("delay", outcome, _delay(scene, launched, person, letter), letter.due_at)


def _delay(scene: Scene, launched: Launched, person: Prospect, letter: Message) -> dict[str, Any]:
    campaign, zone, country = launched.campaign, zone_for(launched, person), _country(person)
    step = next((each for each in campaign.steps if letter.letter in (each.letter, each.was)), Step(""))
    last = _before(scene, letter)
    if last is not None and last.sent_at:
        since, after = last.sent_at, str(step.after)
        expected = due_after(last.sent_at, step.after, zone, country)
    else:
        since = _enrolled_at(scene, letter)
        after = f"{campaign.grace.total_seconds() / 60:g} min"
        expected = since + campaign.grace
    return {
        "letter": letter.letter,
        "first": letter.first,
        "since": since if expected == letter.due_at else None,  # moved by a later launch
        "after": after,
        "exact": bool(step.after.seconds),
        "zone": zone,
        "country": country,
        "holidays": _holidays(since, letter.due_at, zone, country) if step.after.business else [],
    }


def _enrolled_at(scene: Scene, letter: Message) -> datetime:
    enrollments = scene.store.read(stored.enrollments, letter.prospect_id)
    return next(each.created_at for each in enrollments if each.id == letter.enrollment_id)


def _before(scene: Scene, letter: Message) -> Message | None:
    """The letter that was sent before it in the same sequence."""
    letters = scene.store.read(messages.of_prospect, letter.prospect_id)
    sent = [each for each in letters if each.enrollment_id == letter.enrollment_id and each.sent_at]
    return max(sent, key=lambda each: each.sent_at or scene.now, default=None)


def _holidays(since: datetime | None, until: datetime, zone: str, country: str) -> list[date]:
    """The weekdays between that did not count."""
    found: list[date] = []
    if since is None or not country:
        return found
    day, last = day_of(since, zone) + DAY, day_of(until, zone)
    while day < last:
        if closed_because(day, BUSINESS, country) == "holiday":
            found.append(day)
        day += DAY
    return found


def _zone(launched: Launched, person: Prospect) -> Rule:
    zone, country = zone_for(launched, person), _country(person)
    window = launched.campaign.window.timezone
    source = (
        "window"
        if window != "prospect"
        else "column"
        if person.fields.get("timezone")
        else "country"
        if country_zone(country)
        else "sender"
    )
    facts = {"zone": zone if source != "window" else window, "from": source, "country": country}
    return Rule("zone", Outcome.YES, facts)


def _window(
    scene: Scene, launched: Launched, person: Prospect, letter: Message, opens: Opening | None
) -> Rule:
    window, country = launched.campaign.window, _country(person)
    zone = zone_for(launched, person) if window.timezone == "prospect" else window.timezone
    closed: list[dict[str, object]] = []
    day = day_of(max(letter.due_at, scene.now), zone)
    while opens and day < day_of(opens.opens_at, zone) and len(closed) < SHOWN:
        why = closed_because(day, window, country)
        closed += [{"day": day, "why": why}] if why else []
        day += DAY
    is_open = opens is not None and opens.opens_at <= scene.now
    facts = {
        "days": sorted(window.days),
        "start": f"{window.start:%H:%M}",
        "end": "24:00" if window.end == MIDNIGHT else f"{window.end:%H:%M}",
        "open": is_open,
        "closed": closed,
    }
    outcome = Outcome.YES if is_open else Outcome.WAITS if opens else Outcome.STOPS
    return Rule("window", outcome, facts, opens.opens_at if opens else None)
