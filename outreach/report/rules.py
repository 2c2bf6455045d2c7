"""How each rule of an explanation reads. The facts are the engine's, the words are here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from outreach.model import EnrollmentStatus, MessageStatus, Scope
from outreach.report import refusals
from outreach.report.lines import day, moment, number

Facts = Mapping[str, Any]
Words = Callable[[Facts, datetime | None, str], Iterator[str]]

ENDED = {
    EnrollmentStatus.FINISHED: "got every letter of it, the last step is behind them",
    EnrollmentStatus.REPLIED: "replied",
    EnrollmentStatus.BOUNCED: "bounced",
    EnrollmentStatus.OPTED_OUT: "opted out",
    EnrollmentStatus.STOPPED: "stopped",
    EnrollmentStatus.PAUSED: "paused",
    EnrollmentStatus.WITHDRAWN: "the launch was undone",
}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
RESULTS = {True: "yes", False: "no", None: "unknown"}
ZONE_FROM = {
    "column": "the prospect's timezone column",
    "country": "the one zone of {country}",
    "sender": "[sender] timezone, for want of another",
    "window": "the campaign's [window]",
}
CAPS = {
    "mailbox": "{name} has sent its {limit} of the day",
    "domain": "all mailboxes of {name} have sent their {limit} of the day",
    "company": "{name} got its {limit} of the day",
    "new": "{name} has taken on its {limit} new people of the day",
    "away": "{name} is away, and sends nothing",
}


def on(at: datetime | None, zone: str) -> str:
    """ " on Mon 23 Nov 09:14", or nothing."""
    return f" on {moment(at, zone)}" if at else ""


def because(reason: str) -> str:
    """ ": opted out", or nothing."""
    return f": {reason}" if reason else ""


def _suppression(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    if not facts:
        yield "not suppressed"
        return
    whole = f" (all of {facts['value']})" if facts["kind"] == "domain" and facts["value"] else ""
    yield f"suppressed{on(at, zone)}{because(facts['reason'])}{whole}"


def _known(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    near = facts["near"]
    yield "not among the prospects" + (f", did you mean {near[0]}?" if near else "")


def _segment(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    if facts["result"] is None:
        yield f"perhaps in the segment, {' and '.join(facts['missing'])} is missing, so out"
    else:
        yield "in the segment" if facts["result"] else "not in the segment"
    for row in facts["rows"]:
        yield f"{RESULTS[row['result']]:<7} {row['text']}  [{row['value']}]"


def _exclude(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield f"in an exclude file: {', '.join(facts['files'])}" if facts else "in no exclude file"


def _files(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield f"the campaign's files have a problem: {facts['problem']}"


def _campaign(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield {
        "never": "not launched yet",
        "launched": "launched",
        "paused": "the campaign is paused",
        "ended": "the campaign has ended",
    }[facts["status"]]


def _join(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    if facts["by"] == "night":
        yield "not enrolled yet: joins tonight"
    else:
        yield f"not enrolled yet: joins with `outreach launch {facts['campaign']}`"


def _hold(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield f"not enrolled, held{because(facts['reason'])}"
    if facts["fix"]:
        yield facts["fix"]


def _enrolled(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    if facts["status"] == EnrollmentStatus.ACTIVE:
        yield f"enrolled{on(at, zone)}, written to from {facts['mailbox']}"
        return
    words = ENDED[EnrollmentStatus(facts["status"])]
    reason = "" if facts["reason"] in ("", words) else facts["reason"]
    yield f"{words}{on(facts['changed_at'], zone)}{because(reason)}"


def _sent(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield f"{facts['letter']} left{on(at, zone)} (letter {facts['message']}){because(facts['answer'])}"


def _gone(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield f"{facts['letter']} {facts['status']} (letter {facts['message']}){because(facts['reason'])}"


def _held(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield f"{facts['letter']} is held (letter {facts['message']}){because(facts['reason'])}"


def _uncertain(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield f"{facts['letter']} may or may not have arrived{on(at, zone)} (letter {facts['message']})"
    yield "outreach uncertain tells how to decide"


def _underway(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    if facts["status"] == MessageStatus.CLAIMED:
        yield f"{facts['letter']} waits for its turn, a sender has it in hand (letter {facts['message']})"
    else:
        yield f"{facts['letter']} is leaving right now (letter {facts['message']})"


def _step(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield "the next step is found by the sender's next round" if facts["more"] else "the last step has left"


def pause_name(facts: Facts) -> str:
    """What a pause is on, in words."""
    return "everything" if facts["scope"] == Scope.ALL else str(facts["name"])


def _pause(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    until = f" until {moment(facts['until'], zone)}" if facts["until"] else ""
    yield f"{pause_name(facts)} is paused by {facts['actor']}{on(at, zone)}{until}{because(facts['reason'])}"


def _rest(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    until = f"until {moment(facts['until'], zone)}" if facts["until"] else "until a person resumes it"
    yield f"{facts['name']} rests {until}{because(refusals.told(facts['reason'], facts['actor']))}"


def _delay(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    assert at is not None
    since = moment(facts["since"], zone) if facts["since"] else ""
    if not since:
        yield f"{facts['letter']} is due {moment(at, zone)}"
    elif facts["first"]:
        yield f"{facts['letter']} is due {moment(at, zone)}, {facts['after']} after the launch of {since}"
    else:
        off = ", ".join(f"{each:%a} {each.day} {each:%b}" for each in facts["holidays"])
        skipped = f" ({off}: holiday in {facts['country']})" if off else ""
        when = moment(at, zone) if facts["exact"] else day(at, facts["zone"])
        yield f"{facts['letter']}: {facts['after']} after {since} = {when}{skipped}"


def _deferred(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield f"deferred {number(facts['tries'], 'time')}, offered again{on(at, zone)}"
    yield f"the server said: {facts['answer']}"


def _zone(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    yield f"{facts['zone']}: {ZONE_FROM[facts['from']].format(country=facts['country'])}"


def _weekdays(days: Sequence[int]) -> str:
    """ "Mon-Fri", or one by one."""
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{WEEKDAYS[days[0]]}-{WEEKDAYS[days[-1]]}"
    return " ".join(WEEKDAYS[each] for each in days)


def _window(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    hours = f"{_weekdays(facts['days'])} {facts['start']}-{facts['end']}"
    if at is None:
        yield f"{hours}: does not open within a year"
        return
    yield f"{hours}: open now" if facts["open"] else f"{hours}: opens {moment(at, zone)}"
    for closed in facts["closed"]:
        yield f"{closed['day']:%a} {closed['day'].day} {closed['day']:%b} is closed: {closed['why']}"


def _caps(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    told = (each for each in facts["today"] if each["scope"] != "domain" or each["used"] >= each["limit"])
    used = (f"{each['name']} {each['used']} of {each['limit']}" for each in told)
    yield f"today {', '.join(used)}"
    for each in facts["full"]:
        yield f"{each['day']:%a} {each['day'].day} {each['day']:%b}: {full(each)}"


def full(cap: Facts) -> str:
    """Which cap is used up, in words."""
    if cap["scope"] == "queue":
        return f"{cap['name']} sends {number(cap['limit'], 'letter')} that stand before it"
    return CAPS[cap["scope"]].format(**cap)


def _slot(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    before = facts["before"]
    line = f"{number(before, 'letter')} of {facts['mailbox']} before it" if before else "first in its line"
    if facts["gap"][1]:
        low, high = (f"{seconds / 60:g}" for seconds in facts["gap"])
        line += f", one every {low if low == high else f'{low}-{high}'} min"
    yield f"leaves{on(at, zone)}: {line}" if at else f"no room within {facts['days']} days: {line}"


def _inbox(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    if facts["answers"] == "manual":
        yield "answers are entered by hand, nothing to wait for"
    elif at is None:
        yield f"a follow-up waits until the inbox of {facts['mailbox']} is read; it never was"
        yield "`outreach run` reads it every two minutes"
    else:
        yield f"inbox of {facts['mailbox']} read{on(at, zone)}; follow-ups need it within 10 minutes"


def _sender(facts: Facts, at: datetime | None, zone: str) -> Iterator[str]:
    hosts = [each["host"] for each in facts["running"]]
    if hosts:
        yield f"a sender runs on {' and '.join(sorted(set(hosts)))}"
    else:
        last = f" (the last one was here{on(at, zone)})" if at else ""
        yield f"NO SENDER RUNNING: start `outreach run`{last}"


WORDS: dict[str, Words] = {
    "suppression": _suppression,
    "known": _known,
    "segment": _segment,
    "exclude": _exclude,
    "files": _files,
    "campaign": _campaign,
    "join": _join,
    "hold": _hold,
    "enrolled": _enrolled,
    "sent": _sent,
    "gone": _gone,
    "held": _held,
    "uncertain": _uncertain,
    "underway": _underway,
    "step": _step,
    "pause": _pause,
    "rest": _rest,
    "delay": _delay,
    "deferred": _deferred,
    "zone": _zone,
    "window": _window,
    "caps": _caps,
    "slot": _slot,
    "inbox": _inbox,
    "sender": _sender,
}
