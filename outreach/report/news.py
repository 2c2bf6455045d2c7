"""What a running sender tells: one line for each event."""

from dataclasses import dataclass
from datetime import datetime

from outreach.model import Scope
from outreach.report import refusals
from outreach.report.inbox import kind_name
from outreach.report.lines import WIDTH, broken, moment, number
from outreach.report.standing import SENDER
from outreach.schedule.zones import zone
from outreach.sequence import EFFECTS, Verdict

# What servers say of a letter; all else is from a person, or from a program of theirs.
REPORTS = ("hard_bounce", "soft_bounce", "delayed", "delivered")
# Events of letters are told by the worker that had them in hand, these by every sender.
ANSWER = "answer"  # a mail that came back
GENERAL = ("paused", "resumed", "uncertain", "launched", ANSWER)
KINDS = ("sent", "scheduled", "failed", "held", *GENERAL)
LONG = WIDTH  # characters of a server's answer that are told


@dataclass(frozen=True, slots=True)
class Happening:
    """An event as it is told. `said` is a server's answer or a reason; `verdict` "" where no server spoke."""

    at: datetime
    kind: str
    actor: str
    campaign: str
    letter: str
    email: str
    verdict: str
    said: str
    scope: str
    name: str
    until: datetime | None
    people: int


def line(event: Happening, zone_name: str) -> str:
    """ "10:42 sent retail-intro to bob@acme.example"; "" for what need not be told."""
    words = _pause(event, zone_name) if event.scope else _letter(event)
    if not words:
        return ""
    said, *below = words.split("\n")
    first = f"{event.at.astimezone(zone(zone_name)):%H:%M} "
    return "\n".join([*broken(said, first=first, rest=" " * 6), *below])


def _answer(event: Happening) -> str:
    """ "reply from bob@acme.example to intro: outreach inbox show 3"."""
    said, _, command = event.said.partition(", ")
    kind, who = said.replace(" ", "_"), event.email if "@" in event.email else "a person since erased"
    if kind in REPORTS:
        what = f"{kind_name(kind)} of {event.letter or 'a letter'} to {who}"
    else:
        what = f"{kind_name(kind)} from {who}" + (f" to {event.letter}" if event.letter else "")
    return f"{what}: {command}" if command else what


def _letter(event: Happening) -> str:
    if event.kind == ANSWER:
        return _answer(event)
    if event.kind == "launched":
        if event.actor == SENDER:
            return ""  # who joined at night is told by the round
        return f"launched {event.campaign}: {number(event.people, 'person', 'people')} new"
    what = f"{event.letter} to {event.email if '@' in event.email else 'a person since erased'}"
    said = event.said if len(event.said) <= LONG else event.said[: LONG - 1] + "…"
    if event.kind == "sent":
        return f"sent {what}"
    if event.kind == "scheduled":
        # Where the whole mailbox has to rest, its pause is told.
        rests = event.verdict and EFFECTS[Verdict(event.verdict)].rest is not None
        return f"deferred {what}: {said}" if event.verdict and not rests else ""
    if event.kind == "failed":
        return f"bounced {what}: {said}"
    way_out = "; settle it: outreach uncertain list" if event.kind == "uncertain" else ""
    return f"{event.kind} {what}: {said}{way_out}"


def _pause(event: Happening, zone_name: str) -> str:
    """A pause that began or ended. What the program stopped by itself for good is told loudly."""
    name = event.name or ("everything" if event.scope == Scope.ALL else "a person")
    said = refusals.told(event.said, event.actor)
    if event.kind == "resumed":
        return f"resumed {name}"
    if event.until:
        return f"{name} paused until {moment(event.until, zone_name)}" + (f": {said}" if said else "")
    if event.actor != SENDER:
        return f"{name} paused by {event.actor}" + (f": {event.said}" if event.said else "")
    if event.scope == Scope.ALL:
        return "\n".join(held(event.said))
    return f"PAUSED {name}: {said}\n      mend it, then: outreach resume {event.name}"


def held(reason: str) -> list[str]:
    """That nothing may leave from this store, and the way out."""
    return [
        *broken(f"NOTHING IS SENT: {reason}", rest="  "),
        "      see how things stand: outreach status",
        "      let it go on: outreach release",
    ]
