"""How things stand: read from the store, the calendar and the launched revisions."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import islice

from outreach.engine import forecast, plans
from outreach.engine.process import this_process
from outreach.engine.revisions import Launched, Revisions
from outreach.errors import OutreachError
from outreach.model import CampaignStatus, Mailbox, Scope
from outreach.report.sender import alive
from outreach.report.standing import SENDER, Box, Counted, Course, Next, Pause, Standing, Tonight
from outreach.schedule.calendar import Departure
from outreach.schedule.picker import mailbox_full
from outreach.schedule.slots import cap, next_slot
from outreach.schedule.zones import day_bounds, day_of
from outreach.store import Store, came_back, claims, inbox, leases, prospects, queue, settings, status
from outreach.store.leases import Worker
from outreach.store.status import Queue
from outreach.store.tables import EPOCH

AHEAD = timedelta(days=60)
MANY = 20_000  # departures looked through for the next one of each mailbox and campaign
FEW = 500  # prospects whose letters are written to find out who would join: a second or two
INSTANT = timedelta(microseconds=1)


def look(
    store: Store, now: datetime, zone: str, since: datetime | None = None, *, tonight: bool = False
) -> Standing:
    """How things stand; letters and people are counted from `since` on (default: today).

    `zone` is where people read the times; with `tonight` it finds out who would join nightly campaigns. It
    changes nothing.
    """
    queues = store.read(status.queues, now)
    stems = {each.stem for each in store.read(status.courses) if each.waiting}
    coming = list(_coming(store, now, set(queues), stems))
    pauses = store.read(status.pauses, now)
    workers = senders(store)
    opened = [each.open_since for each in queues.values() if each.open_since]
    begin = since or day_bounds(day_of(now, zone), zone)[0]
    return Standing(
        now=now,
        since=begin,
        zone=zone,
        hold=_hold(store, pauses),
        sent=store.read(status.letters, begin),
        ended=store.read(status.ended, begin),
        came_back=store.read(came_back.since, begin),
        uncertain=store.read(status.uncertain),
        answers=store.read(inbox.waiting, day_of(now, zone)),
        held=store.read(status.held),
        pauses=pauses,
        boxes=list(_boxes(store, now, queues, coming, _in_hand(store, workers, now))),
        courses=list(_courses(store, coming, now if tonight else None)),
        workers=workers,
        last_alive=store.read(leases.last_heartbeat),
        overdue=min(opened, default=None),
    )


def watch(store: Store, now: datetime, zone: str) -> Standing:
    """What may need a person, looked up at little cost: no letters ahead, no campaigns, no senders."""
    queues, pauses = store.read(status.queues, now), store.read(status.pauses, now)
    return Standing(
        now=now,
        since=now,
        zone=zone,
        hold=_hold(store, pauses),
        sent=Counted(),
        ended=(),
        uncertain=store.read(status.uncertain),
        held=(),
        pauses=pauses,
        boxes=list(_boxes(store, now, queues, (), {})),
        courses=(),
        workers=(),
        last_alive=None,
        overdue=None,
    )


def letters_ahead(store: Store, now: datetime, zone: str) -> tuple[int, int]:
    """How many letters leave in the rest of today, and tomorrow, as the calendar has it."""
    today = day_of(now, zone)
    midnight, end = day_bounds(today + timedelta(days=1), zone)
    leaving = [each.at for each in islice(forecast.calendar(store, now).departures(end), MANY)]
    first = sum(at < midnight for at in leaving)
    return first, len(leaving) - first


def senders(store: Store) -> list[Worker]:
    """The workers that have not ended, but for those that are surely dead."""
    here = this_process()
    return [each for each in store.read(leases.workers) if not here.is_dead(each)]


def leaving(
    store: Store, now: datetime, limit: int | None = None, *, without: Collection[str] = ()
) -> list[Next]:
    """The letters that a sender would let leave now, at most `limit`; none while the store is held.

    Mailboxes `without` a password send nothing.
    """
    if _hold(store, store.read(status.pauses, now)):
        return []
    departures = forecast.calendar(store, now).departures(now + INSTANT)
    own = (each for each in departures if each.track.mailbox not in without)
    return [_next(each) for each in islice(own, limit)]


def _hold(store: Store, pauses: Collection[Pause]) -> str:
    """Why the store as a whole must not send before a person has released it."""
    own = (each.reason for each in pauses if each.scope is Scope.ALL and each.actor == SENDER)
    return store.complaint() or next(own, "")


def held(store: Store, now: datetime) -> str:
    """Why the store as a whole must not send before a person has released it; "" if it may."""
    return _hold(store, store.read(status.pauses, now))


def _reads(desk: settings.Desk, now: datetime) -> bool:
    return claims.fresh(desk.mailbox, desk.inbox_read_at, now)


def _coming(store: Store, now: datetime, boxes: Collection[str], stems: Collection[str]) -> Iterator[Next]:
    """Departures up to where each mailbox and each campaign has had its next one."""
    wanted = {*(("mailbox", address) for address in boxes), *(("campaign", stem) for stem in stems)}
    for departure in islice(forecast.calendar(store, now).departures(now + AHEAD), MANY):
        found = {("mailbox", departure.track.mailbox), ("campaign", departure.track.campaign)}
        if wanted & found:
            yield _next(departure)
        wanted -= found
        if not wanted:
            return


def _next(departure: Departure) -> Next:
    track = departure.track
    return Next(departure.at, track.email, departure.letter, track.campaign, track.mailbox)


def _in_hand(store: Store, workers: Collection[Worker], now: datetime) -> Mapping[str, int]:
    """Letters that a live sender other than this process has in hand, by mailbox."""
    pid, place = this_process().pid, this_process().place
    others = [each.id for each in alive(workers, now) if (each.pid, each.place) != (pid, place)]
    return store.read(status.in_hand, others)


def _boxes(
    store: Store,
    now: datetime,
    queues: Mapping[str, Queue],
    coming: Collection[Next],
    in_hand: Mapping[str, int],
) -> Iterator[Box]:
    house = store.read(settings.house)
    used, today = store.read(queue.used, now, house.timezone), day_of(now, house.timezone)
    for desk in desks(store):
        box, waits = desk.mailbox, queues.get(desk.mailbox.address, Queue())
        allowed = cap(box, desk.pace, today)
        yield Box(
            address=box.address,
            per_day=box.per_day,
            cap=allowed,
            used=used.mailboxes[box.address],
            full=mailbox_full(box.address, allowed, house.limits, used),
            ramp=box.ramp,
            reads=_reads(desk, now),
            inbox_trouble=desk.inbox_trouble,
            waiting=waits.waiting,
            ready=waits.ready,
            due=waits.due,
            follow_ups=waits.follow_ups,
            opens_at=waits.opens_at,
            slot=next_slot(house.id, box, desk.pace, now, house.timezone)[0],
            elsewhere=in_hand.get(box.address, 0),
            next=next((each for each in coming if each.mailbox == box.address), None),
            away=_away(box, today),
            setbacks=desk.setbacks,
        )


def desks(store: Store) -> list[settings.Desk]:
    """The launched mailboxes, but for what an undone launch left: nothing was sent from it, no campaign has it."""
    found, used = store.read(settings.desks), store.read(status.mailboxes_in_use)
    idle = {each.mailbox.address for each in found if each.pace.last_mark == EPOCH} - used
    if idle:
        revisions = Revisions(store)
        launched = (revisions.get(each.stem) for each in store.read(status.courses))
        idle -= {address for each in launched if each for address in each.campaign.mailboxes}
    return [each for each in found if each.mailbox.address not in idle]


def _away(box: Mailbox, today: date) -> date | None:
    """The last day of the absence that a mailbox is in."""
    last = None
    while today in box.away:
        last, today = today, today + timedelta(days=1)
    return last


def _courses(store: Store, coming: Collection[Next], now: datetime | None) -> Iterator[Course]:
    """The campaigns; with `now` who would join those that are nightly."""
    revisions = Revisions(store)
    for each in store.read(status.courses):
        running = each.status is CampaignStatus.LAUNCHED
        launched = revisions.get(each.stem)
        by_night = launched is not None and launched.campaign.enroll == "nightly"
        nightly = running and by_night and not each.pilot
        yield Course(
            stem=each.stem,
            name=each.name,
            status=each.status,
            people=each.people,
            waiting=each.waiting,
            nightly=nightly,
            next=next((letter for letter in coming if letter.campaign == each.stem), None),
            tonight=_tonight(store, launched, now) if nightly and launched and now else None,
            pilot=running and by_night and each.pilot,
        )


def _tonight(store: Store, launched: Launched, now: datetime) -> Tonight | None:
    """Who would join a campaign as it was launched; None where that takes long, or cannot be said."""
    if store.read(prospects.count) > FEW:
        return None
    try:
        made = plans.make(store, launched.workspace, launched.campaign.stem, now)
    except OutreachError:  # the sender tells what is wrong when they are to join
        return None
    return Tonight(len(made.new), len(made.held))
