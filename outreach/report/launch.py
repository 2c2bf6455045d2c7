"""What `launch` says beside the plan: what has changed since it was shown, the question, and the end."""

import textwrap
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from outreach.plan import Recalled
from outreach.report import plan
from outreach.report.lines import LABEL, WIDTH, labelled, moment, number
from outreach.report.sender import sender_line

SHIFT = timedelta(minutes=1)  # dates that move by less are not told
NAMED = 5  # people named on the screen


def changes(since: Recalled, screen: plan.Screen) -> str:
    """The lines about it, "" if nothing has changed."""
    lines = [part for line in _changes(since, screen) for part in textwrap.wrap(line, WIDTH - LABEL - 1)]
    return labelled("SINCE", *lines) if lines else ""


def _changes(since: Recalled, screen: plan.Screen) -> Iterator[str]:
    if since.dropped:
        people = [f"{each.email or 'somebody'} ({each.hold.reason})" for each in since.dropped[:NAMED]]
        rest = [f"{len(since.dropped) - NAMED} more"] if since.dropped[NAMED:] else []
        yield f"{number(len(since.dropped), 'person', 'people')} dropped out: {', '.join(people + rest)}"
    if since.added:
        more = number(since.added, "person matches", "people match")
        yield f"{more} only now and will not be in it: outreach plan {screen.campaign.stem}"
    for name, then, now in moved(since, screen):
        yield f"{name} moves from {moment(then, screen.zone)} to {moment(now, screen.zone)}"


def moved(since: Recalled, screen: plan.Screen) -> Iterator[tuple[str, datetime, datetime]]:
    """The dates that have moved since the plan was shown: which, then, now."""
    names = {"first": "the first departure", "last_first": "the last first letter", "end": "the last letter"}
    for name, words in names.items():
        then, now = getattr(since, name), getattr(screen.outlook, name)
        if then and now and abs(now - then) >= SHIFT:
            yield words, then, now


def question(screen: plan.Screen) -> str:
    """ "Launch this? 16 letters from Mon 23 Nov 09:10"."""
    made, starts = screen.plan, screen.outlook.starts
    if not made.new:
        return "Launch these changes?"
    since = f" from {moment(starts, screen.zone)}" if starts else ""
    return f"Launch this? {number(len(made.new), 'letter')}{since}"


def done(screen: plan.Screen, revision: int, first: datetime | None, people: int) -> str:
    """The end of a launch: what holds now, the first departure, how to undo, and whether somebody sends."""
    stem, made = screen.campaign.stem, screen.plan
    alone = "before that nothing leaves" if not screen.revision else f"the others: outreach calendar {stem}"
    leaves = f"{moment(first, screen.zone)}; {alone}" if first else "nothing leaves as it is"
    if not first and screen.pauses:
        leaves = f"nothing leaves while paused: {next(iter(screen.pauses.values()))}"
    new, fewer = number(people, "new person", "new people"), len(made.new) - people
    out = [f"{number(fewer, 'person', 'people')} must not join any more: outreach plan {stem} says why"]
    nights = f"nobody joins at night before `outreach launch {stem}`: this is a pilot"
    pilot = bool(screen.pilot_of) and screen.campaign.enroll == "nightly"
    return "\n".join(
        [
            labelled("LAUNCHED", f"{stem} revision {revision}, {new}", *(out if fewer else [])),
            *([labelled("NIGHTLY", nights)] if pilot else []),
            labelled("FIRST", leaves),
            labelled("UNDO", f"outreach undo {stem}     (until the first letter has left)"),
            labelled("SENDER", sender_line(screen.workers, made.as_of, screen.last_alive)),
            labelled("NEXT", f"outreach calendar {stem}"),
        ]
    )


def value(
    screen: plan.Screen, since: Recalled, revision: int | None, first: datetime | None, people: int
) -> dict[str, Any]:
    """A launch as JSON: the plan (see `report.plan.value`), and what became of it.

    `{"launched": true, "revision": 1, "people": 16, "first": time, "dropped": [{"email", "code", "reason"}],
    "added": 0, "moved": [{"what", "then", "now"}], "plan": {...}}`. Not launched (empty, or `--dry-run`):
    `launched` is false, `revision` null and `people` how many would join. `added` people match only now and are
    not in it.
    """
    return {
        "launched": revision is not None,
        "revision": revision,
        "people": len(screen.plan.new) if revision is None else people,
        "first": first,
        "dropped": [
            {"email": each.email, "code": each.hold.code, "reason": each.hold.reason}
            for each in since.dropped
        ],
        "added": since.added,
        "moved": [{"what": what, "then": then, "now": now} for what, then, now in moved(since, screen)],
        "plan": plan.value(screen),
    }
