"""Between the letters: next steps, missed windows, people who join at night."""

from datetime import datetime, timedelta

from outreach import plan
from outreach.engine import plans
from outreach.engine.revisions import Launched, Revisions
from outreach.errors import InputError, PlanError
from outreach.model import Mailbox, Scope
from outreach.plan import Enrolled, Plan
from outreach.report.joined import Joined, joined
from outreach.schedule.window import next_opening
from outreach.schedule.zones import day_of, zone_of
from outreach.sequence import next_step
from outreach.store import Store, enrolling, launches, leases, settings, steps, stops
from outreach.store import plans as stored
from outreach.store.steps import Next

ACTOR = "sender"
# A laptop closed over a long week-end goes on by itself; after more, a person should look first.
AWAY = timedelta(days=5)


def advance(store: Store, revisions: Revisions, now: datetime) -> int:
    """Schedule the next step of everybody whose last letter has left, or finish them; how many."""
    done = 0
    while people := store.read(stored.to_advance):
        boxes = {desk.mailbox.address: desk.mailbox for desk in store.read(settings.desks)}
        campaigns = {stem: revisions.get(stem) for stem in {each.campaign for each in people}}
        following = [
            _next(launched, each, boxes[each.mailbox], store.key, now)
            for each in people
            if (launched := campaigns[each.campaign])
        ]
        store.write(steps.advance, following, now, ACTOR)
        done += len(following)
        if len(following) < len(people):
            break  # a launch was undone just now: they are no longer there the next time
    return done


def _next(launched: Launched, enrolled: Enrolled, box: Mailbox, key: bytes, now: datetime) -> Next:
    place = next_step(launched.campaign.steps, {each.letter for each in enrolled.sent})
    if place is None:
        return Next(enrolled.id, launched.id, None)
    draft = plan.draft(
        launched.workspace,
        launched.campaign,
        place,
        enrolled.prospect,
        box,
        enrolled.language,
        key=key,
        now=now,
        earlier=enrolled.sent,
    )
    return Next(enrolled.id, launched.id, draft)


def reslot(store: Store, revisions: Revisions, now: datetime) -> int:
    """Give letters whose window has passed their next one, without a burst; how many."""
    done = 0
    while late := store.read(leases.missed, now):
        slots = []
        for letter in late:
            launched = revisions.get(letter.campaign)
            if launched is None:
                continue  # its launch was undone just now
            zone = zone_of(letter.fields, launched.workspace.sender.timezone)
            country = str(letter.fields.get("country", ""))
            opening = next_opening(max(now, letter.due_at), launched.campaign.window, zone, country)
            if opening:
                slots.append((letter.id, opening.opens_at, opening.closes_at))
        store.write(leases.reslot, slots, now)
        done += len(slots)
        if len(slots) < len(late):
            break  # a window that never opens again: `why` says so
    return done


def join(store: Store, revisions: Revisions, now: datetime) -> dict[str, Joined]:
    """Once a day, enroll who matches the campaigns with `enroll = "nightly"`; what happened in each.

    It works under the launched revision and only adds people: nothing is reworded or moved.
    """
    report: dict[str, Joined] = {}
    for stem in store.read(launches.campaigns):
        launched = revisions.get(stem)
        if launched is None or launched.campaign.enroll != "nightly":
            continue
        today = day_of(now, launched.workspace.sender.timezone).isoformat()
        if not store.read(enrolling.may_join, stem, today):
            continue
        try:
            made = plans.make(store, launched.workspace, stem, now)
        except InputError as exc:
            report[stem] = Joined(trouble=exc.message)
            store.write(enrolling.joined, stem, today)
            continue
        people = _join(store, launched, made, today, now)
        if people is not None:
            report[stem] = joined(people, made.held)
    return report


def _join(store: Store, launched: Launched, made: Plan, today: str, now: datetime) -> int | None:
    try:
        return store.write(
            enrolling.join,
            made,
            key=store.key,
            exclusive=launched.campaign.exclusive,
            revision_id=launched.id,
            day=today,
            now=now,
            actor=ACTOR,
        )
    except PlanError:
        return None  # another campaign has just taken somebody on: the next round plans anew


def guard(store: Store, now: datetime) -> str:
    """Hold everything if this store was restored or cloned, or has been away for days; why, or ""."""
    complaint = store.complaint()
    if complaint:
        store.relearn(now)
        _hold(store, complaint, now)
        return complaint
    alive = store.read(leases.last_heartbeat)
    if alive and now - alive > AWAY and store.read(leases.missed, now, 1):
        complaint = f"nothing was sent for {(now - alive).days} days while letters were due"
        _hold(store, complaint, now)
    return complaint


def _hold(store: Store, reason: str, now: datetime) -> None:
    store.write(stops.add_pause, Scope.ALL, "", reason=reason, actor=ACTOR, at=now)
