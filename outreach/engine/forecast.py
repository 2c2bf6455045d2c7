"""The calendar of what the store holds, and of what a plan would add: played forward with the picker."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from outreach.campaign import Campaign, Workspace
from outreach.engine.revisions import Revisions
from outreach.model import Mailbox, Prospect
from outreach.plan import Draft, Plan
from outreach.plan.letters import until_held
from outreach.schedule.calendar import Calendar, Departure, Desk, Queued, Track
from outreach.schedule.outlook import AHEAD, Outlook, look
from outreach.schedule.slots import Pace
from outreach.schedule.zones import zone_of
from outreach.store import Store, claims, queue, settings


def calendar(
    store: Store,
    now: datetime,
    *,
    planned: tuple[Workspace, Plan] | None = None,
    without_answers: bool = False,
    released: bool = False,
) -> Calendar:
    """The calendar from `now` on: all letters that wait, and the steps after them.

    `planned` adds a plan that is not launched yet, with its limits and mailboxes, in place of what the
    store holds of that campaign. Follow-ups of a mailbox whose inbox is not read wait for that and are
    `kept`; `without_answers` plays them as if it were. `released`: as if there were no
    pause of everything.
    """
    house = store.read(settings.house)
    stored = store.read(settings.desks)
    desks = {desk.mailbox.address: Desk(desk.mailbox, desk.pace) for desk in stored}
    read_at = {desk.mailbox.address: desk.inbox_read_at for desk in stored}
    limits, timezone = house.limits, house.timezone
    if planned:
        workspace, made = planned
        limits, timezone = workspace.limits, workspace.sender.timezone
        for address in workspace.campaigns[made.campaign].mailboxes:
            pace = desks[address].pace if address in desks else Pace()
            desks[address] = Desk(workspace.mailboxes[address], pace)
    boxes = [desk.mailbox for desk in desks.values()]
    unread = {box.address for box in boxes if not claims.fresh(box, read_at.get(box.address), now)}
    return Calendar(
        desks.values(),
        _queued(store, now, planned, released=released),
        now=now,
        seed=store.id,
        limits=limits,
        usage=store.read(queue.used, now, timezone),
        zone_name=timezone,
        unread=() if without_answers else unread,
    )


def unread(store: Store, workspace: Workspace, stem: str, now: datetime) -> list[str]:
    """The mailboxes of a campaign that would keep its follow-ups, for their inboxes are not read."""
    campaign = workspace.campaigns[stem]
    if len(campaign.steps) < 2:
        return []
    read_at = {desk.mailbox.address: desk.inbox_read_at for desk in store.read(settings.desks)}
    return [
        address
        for address in campaign.mailboxes
        if not claims.fresh(workspace.mailboxes[address], read_at.get(address), now)
    ]


def _queued(
    store: Store, now: datetime, planned: tuple[Workspace, Plan] | None, *, released: bool
) -> Iterator[Queued]:
    revisions, last = Revisions(store), 0
    campaigns: dict[str, tuple[Workspace, Campaign]] = {}
    drafts = _redrafted(planned[1]) if planned else {}
    for row in store.read(queue.waiting, now, held=bool(drafts), released=released):
        last = max(last, row.id)
        if row.held and row.id not in drafts:
            continue
        if row.campaign not in campaigns:
            campaigns[row.campaign] = _campaign(revisions, row.campaign, planned)
        workspace, campaign = campaigns[row.campaign]
        person = Prospect(0, row.email, row.company, row.fields)
        if row.id not in drafts:
            names = [(step.letter, step.was) for step in campaign.steps]
            step = next((place for place, each in enumerate(names) if row.letter in each), None)
            if step is not None:  # else the plan ends the sequence of somebody who is paused
                track = _track(workspace, campaign, person, row.mailbox, step)
                yield Queued(row.id, track, step, row.due_at, row.rests_until)
        elif (draft := drafts[row.id]) and not draft.hold:
            track = _track(workspace, campaign, person, row.mailbox, draft.step)
            yield Queued(row.id, track, draft.step, draft.due_at, row.rests_until)
    if planned:
        workspace, made = planned
        campaign = workspace.campaigns[made.campaign]
        for place, each in enumerate(made.new, start=last + 1):
            track = _track(workspace, campaign, each.prospect, each.mailbox, 0)
            yield Queued(place, track, 0, each.draft.due_at)


def _redrafted(made: Plan) -> dict[int, Draft | None]:
    """What a plan makes of the letters that wait: by message, None where the sequence ends."""
    reworded: dict[int, Draft | None] = {each.message_id: each.draft for each in made.reworded}
    replaced = {each.message_id: each.draft for each in made.replaced}
    left = {each.message_id: None for each in made.leaving if each.message_id is not None}
    return reworded | replaced | left


def _campaign(
    revisions: Revisions, stem: str, planned: tuple[Workspace, Plan] | None
) -> tuple[Workspace, Campaign]:
    if planned and planned[1].campaign == stem:
        return planned[0], planned[0].campaigns[stem]
    launched = revisions.must(stem)
    return launched.workspace, launched.campaign


def _track(workspace: Workspace, campaign: Campaign, person: Prospect, mailbox: str, place: int) -> Track:
    """Somebody's way from a step on, as far as the fields that the letters need are there."""
    box, fields = workspace.mailboxes.get(mailbox) or Mailbox(mailbox, ""), person.fields
    steps, held = until_held(workspace, campaign, person, box, place)
    return Track(
        email=person.email,
        mailbox=mailbox,
        company=person.company,
        campaign=campaign.stem,
        window=campaign.window,
        zone=zone_of(fields, workspace.sender.timezone),
        country=str(fields.get("country", "")),
        steps=campaign.steps[:steps],
        held=held,
        new_per_day=campaign.max_new_per_day,
    )


def outlook(store: Store, workspace: Workspace, made: Plan, now: datetime, days: int = AHEAD) -> Outlook:
    """What the calendar would come to for a plan's campaign, were it launched `now`, every inbox read, and nothing
    paused as a whole.
    """
    return look(
        calendar(store, now, planned=(workspace, made), without_answers=True, released=True),
        workspace.campaigns[made.campaign],
        workspace.limits,
        {each.prospect.email for each in made.new},
        now=now,
        zone_name=workspace.sender.timezone,
        days=days,
    )


def first_departure(store: Store, made: Plan, now: datetime, days: int = AHEAD) -> datetime | None:
    """When the first letter of a launched plan leaves: one to a new person, or where there is none, any."""
    new = {each.prospect.email for each in made.new}
    for each in calendar(store, now).departures(now + timedelta(days=days)):
        if each.track.campaign == made.campaign and (not new or each.track.email in new):
            return each.at
    return None


def departures(store: Store, now: datetime, until: datetime) -> list[Departure]:
    """Who gets what when, until then."""
    return list(calendar(store, now).departures(until))
