"""Letters sent as far as the store knows: claim, mark and record without a network."""

from datetime import datetime, timedelta

from outreach.engine import forecast, upkeep
from outreach.engine.revisions import Revisions
from outreach.model import Accepted, Answer
from outreach.store import Store, claims, leases, marks, records, settings
from outreach.store.marks import Marked

TAKEN = Accepted(250, "2.0.0 queued")
RAW = b"Subject: as it left\r\n\r\nHello.\r\n"


def worker(store: Store, now: datetime, host: str = "srv1") -> int:
    """A sender that is alive now."""
    return store.write(leases.enter, host, "place", 1, now)


def take(store: Store, now: datetime, *, by: int = 1) -> list[claims.Claimed]:
    """The letters of all mailboxes that may leave now, claimed."""
    boxes = [desk.mailbox.address for desk in store.read(settings.desks)]
    return [letter for box in boxes for letter in store.write(claims.claim, box, by, now, 100)]


def mark(store: Store, letter: claims.Claimed, now: datetime) -> None:
    """Mark a claimed letter: its body is leaving."""
    marked = store.write(marks.mark, store.key, letter, RAW, now)
    assert isinstance(marked, Marked), marked
    store.witness.saw(marked.marks)


def post(store: Store, now: datetime, answer: Answer = TAKEN, *, by: int = 1) -> int:
    """Send what may leave now; how many letters got that answer."""
    letters = take(store, now, by=by)
    for letter in letters:
        mark(store, letter, now)
        store.write(records.record, store.key, letter, answer, now)
    upkeep.advance(store, Revisions(store), now)
    return len(letters)


def play(store: Store, now: datetime, days: float, *, by: int = 1) -> datetime:
    """Send every letter at the moment the calendar names, for so many days; the moment after."""
    until = now + timedelta(days=days)
    revisions = Revisions(store)
    while True:
        upkeep.reslot(store, revisions, now)
        ahead = forecast.departures(store, now, until)
        if not ahead:
            return until
        now = ahead[0].at
        upkeep.reslot(store, revisions, now)
        assert post(store, now, by=by), f"the calendar is wrong about {now}"
