"""The release of a held store: what left without it is looked for in the Sent folders and counts as sent.

Message-IDs are made from the store's key, so a letter in Sent is recognized by a store that is older than it.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from outreach.engine import forecast, upkeep
from outreach.engine.answers import Inbox, own_copy
from outreach.engine.inboxes import Bounded, Inboxes
from outreach.engine.revisions import Revisions
from outreach.engine.sending import Clock
from outreach.errors import MailboxError
from outreach.mailbox.folders import Role
from outreach.model import Mailbox, Scope
from outreach.report.release import MANUAL, SHOWN, Survey
from outreach.report.standing import SENDER, Next
from outreach.store import Store, copies, settings, status
from outreach.store import release as stored
from outreach.store.copies import OwnCopy

MARGIN = timedelta(days=1)  # clocks differ, and a server tells days only
AHEAD = timedelta(days=60)
BATCH = 200  # mails in one transaction


@dataclass(frozen=True, slots=True)
class Sight:
    """Mails that our mailboxes have sent since the store last knew, and mailboxes of which nobody can tell.

    From those of them that are `unlaunched` this store has launched nothing: only the workspace names them.
    """

    copies: Sequence[OwnCopy]
    blind: Mapping[str, str]
    unlaunched: Sequence[str] = ()


async def look(
    store: Store, connect: Callable[[Mailbox], Inbox], clock: Clock, named: Sequence[Mailbox] = ()
) -> Sight:
    """Read the Sent folders, whatever was read of them before. Nothing is changed, here or there.

    Those of the store's mailboxes, and of the ones that are `named` in the workspace: they may be newer than it.
    """
    since = store.read(stored.known_until)
    if since is None:
        return Sight((), {})
    must = {*store.read(status.mailboxes_in_use), *(box.address for box in named)}
    launched = {desk.mailbox.address: desk.mailbox for desk in store.read(settings.desks)}
    boxes = {**{box.address: box for box in named}, **launched}
    seen = await asyncio.gather(
        *(_sent(box, connect, since - MARGIN, clock, set(boxes)) for box in boxes.values())
    )
    blind = {
        address: found
        for address, found in zip(boxes, seen, strict=True)
        if isinstance(found, str) and address in must
    }
    copies = [copy for found in seen if not isinstance(found, str) for copy in found]
    return Sight(copies, blind, [address for address in blind if address not in launched])


async def _sent(
    box: Mailbox, connect: Callable[[Mailbox], Inbox], since: datetime, clock: Clock, ours: set[str]
) -> list[OwnCopy] | str:
    """The mails in a Sent folder, or why nobody can look."""
    if box.answers != "imap" or not box.imap:
        return MANUAL
    found: list[OwnCopy] = []
    try:
        async with Bounded(connect(box)) as inbox:
            folder = (await inbox.folders()).get(Role.SENT)
            if folder is None:
                return "it has no Sent folder"
            at, more = None, True
            while more:
                batch = await inbox.read(folder, at, since)
                mails = (own_copy(each.raw, box.address, clock(), ours, sent=True) for each in batch.mails)
                found += [mail for mail in mails if mail]
                at, more = batch.cursor, batch.more
    except TimeoutError:
        return "it is slow: try again"
    except MailboxError as exc:
        return f"{exc.message}{f'; {exc.hint}' if exc.hint else ''}"
    return found


@dataclass(frozen=True, slots=True)
class Strange:
    """Letters in Sent that a store knows nothing of: how many, and their readers, now paused or `unknown`."""

    letters: int
    paused: Sequence[str] = ()
    unknown: Sequence[str] = ()


def _written_by_us(strange: Sequence[OwnCopy]) -> list[OwnCopy]:
    """Those that are letters of a campaign: what people write has no opt-out address of that name."""
    return [copy for copy in strange if copy.token and copy.header_id.startswith(f"{copy.token}@")]


def _letters(ours: Sequence[OwnCopy]) -> int:
    """A mailbox may file two copies of a letter."""
    return len({copy.header_id for copy in ours})


def settle(store: Store, sight: Sight, clock: Clock) -> Strange:
    """Count what was seen as sent, and pause whom it would have another first letter for; what is left over.

    A follow-up is recognized once the letter before it counts as sent, so it takes a pass a step.
    """
    revisions = Revisions(store)
    strange, before = list(sight.copies), -1
    while len(strange) != before:
        before = len(strange)
        parts = (strange[start : start + BATCH] for start in range(0, before, BATCH))
        strange = [copy for part in parts for copy in store.write(copies.recognize, part, clock())]
        upkeep.advance(store, revisions, clock())
    doubled = store.write(copies.pause_doubled, clock())
    ours = _written_by_us(strange)
    paused, unknown = store.write(copies.pause_strangers, ours, clock())
    return Strange(_letters(ours), sorted({*paused, *doubled}), unknown)


def held(store: Store, now: datetime) -> tuple[str, bool]:
    """Why a store is held by the program itself ("": it is not), and whether letters may have left without it."""
    complaint = store.complaint()
    own = (
        each.reason
        for each in store.read(status.pauses, now)
        if each.scope is Scope.ALL and each.actor == SENDER
    )
    return complaint or next(own, ""), bool(complaint)


def survey(
    store: Store,
    connect: Callable[[Mailbox], Inbox],
    clock: Clock,
    *,
    change: bool,
    named: Sequence[Mailbox] = (),
) -> Survey:
    """Find out what a person should know before the store goes on; without `change` it is left as it is. `named`:
    the mailboxes of the workspace.

    With it: what is in Sent counts as sent, the inboxes are read, the journal's suppressions are known again,
    and windows that were missed are given anew.
    """
    hold, behind = held(store, clock())
    sight = asyncio.run(look(store, connect, clock, named)) if behind else Sight((), {})
    missing = store.witness.missing(store.read(settings.house).marks) if behind else None
    if not change:
        found, strange = store.read(copies.would_find, sight.copies)
        unknown = _letters(_written_by_us(strange))
        seen = Survey(hold, behind, (), 0, found=found, unknown=unknown, relearned=store.learned)
    else:
        left = settle(store, sight, clock)
        news = asyncio.run(Inboxes(store, connect, clock).read())
        learned, revisions = store.relearn(clock()), Revisions(store)
        upkeep.advance(store, revisions, clock())
        upkeep.reslot(store, revisions, clock())
        found = store.read(copies.found, store.read(stored.last))
        told = [each.text for each in news if each.text]
        seen = Survey(hold, behind, (), 0, found=found, relearned=learned, news=told)
        seen = replace(seen, unknown=left.letters, paused=left.paused, strangers=left.unknown)
    return replace(
        seen,
        missing=missing,
        blind=sight.blind,
        unlaunched=sight.unlaunched,
        trouble=store.journal.trouble,
        due=store.read(stored.overdue, clock()),
        waiting=store.read(stored.waiting),
        first=_first(store, clock()),
    )


def _first(store: Store, now: datetime) -> list[Next]:
    """The first letters to leave once the hold is lifted."""
    ahead = forecast.calendar(store, now, released=True).departures(now + AHEAD)
    return [
        Next(each.at, each.track.email, each.letter, each.track.campaign, each.track.mailbox)
        for each in islice(ahead, SHOWN)
    ]


def release(store: Store, seen: Survey, *, now: datetime, actor: str) -> None:
    """A person lets the store go on as it is and from here."""
    if seen.behind:
        store.release()
    store.write(stored.release, now=now, actor=actor, reason=seen.hold, proved=not seen.unproved)
