"""The status screen: what needs you first, then what was sent, what came back, and what comes next."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import Any

from outreach.model import CampaignStatus, EnrollmentStatus, Scope
from outreach.report.lines import LABEL, WIDTH, day, labelled, moment, number, table
from outreach.report.needs import needs, paused, resting, resuming, soon
from outreach.report.once import next_value
from outreach.report.sender import sender_line, sender_value
from outreach.report.standing import Box, Course, Ended, Pause, Standing
from outreach.schedule.zones import day_of

CAME_BACK = {
    EnrollmentStatus.REPLIED: "replied",
    EnrollmentStatus.OPTED_OUT: "opted out",
    EnrollmentStatus.BOUNCED: "bounced",
}
# How a mailbox is, by the cap that is used up.
FULL = {"": "ok", "mailbox": "done for today", "domain": "done for today (the cap of its domain)"}
MANY = 5  # lines of one kind; the JSON has all of them
OUT = (EnrollmentStatus.OPTED_OUT, EnrollmentStatus.BOUNCED, EnrollmentStatus.STOPPED)
COLUMNS = ((EnrollmentStatus.ACTIVE,), (EnrollmentStatus.FINISHED,), (EnrollmentStatus.REPLIED,), OUT)


def text(standing: Standing, columns: int = WIDTH) -> str:
    """The screen; its table may be `columns` wide."""
    lines = [
        _labelled("NEEDS YOU", *_needs(standing)),
        _labelled("SENT", _sent(standing)),
        _labelled("CAME BACK", _came_back(standing.ended)),
        _labelled("STOPPED", _stopped(standing.ended)),
        _labelled("PAUSED", *_paused(standing)),
        _labelled("MAILBOX", *_some([_box(box, standing) for box in standing.boxes]) or ["none yet"]),
        _labelled("SENDER", sender_line(standing.workers, standing.now, standing.last_alive)),
        _labelled("TONIGHT", _tonight(standing)),
    ]
    if standing.courses:
        lines += ["", _campaigns(standing, columns), ""]
    return "\n".join([*lines, _labelled("NEXT", _command(standing))])


def _labelled(label: str, *texts: str) -> str:
    room = WIDTH - LABEL - 1
    wrapped = [line for each in texts for line in textwrap.wrap(each, room, break_on_hyphens=False)]
    return labelled(label, *wrapped)


def _some(lines: Sequence[str]) -> list[str]:
    more = len(lines) - MANY
    return [*lines[:MANY], *([f"and {more} more"] if more > 0 else [])]


def _needs(standing: Standing) -> list[str]:
    found = _some([f"{each.text}{f': {each.command}' if each.command else ''}" for each in needs(standing)])
    return found or ["nothing"]


def _sent(standing: Standing) -> str:
    sent = standing.sent
    others = [(sent.deferred, "deferred"), (sent.refused, "refused")]
    extra = ", ".join(f"{count} {name}" for count, name in others if count)
    return (
        f"{sent.first + sent.follow_ups} {_since(standing)}: {sent.first} first, "
        f"{number(sent.follow_ups, 'follow-up')}" + (f" ({extra})" if extra else "")
    )


def _since(standing: Standing) -> str:
    same = day_of(standing.since, standing.zone) == day_of(standing.now, standing.zone)
    return "today" if same else f"since {day(standing.since, standing.zone)}"


def _came_back(ended: Sequence[Ended]) -> str:
    counts = _by_status(ended)
    found = ", ".join(f"{counts[status]} {name}" for status, name in CAME_BACK.items() if counts[status])
    return found or "nothing (`outreach inbox` shows what did, `outreach inbox import` feeds it)"


def _by_status(ended: Sequence[Ended]) -> Counter[EnrollmentStatus]:
    counts: Counter[EnrollmentStatus] = Counter()
    for each in ended:
        counts[each.status] += each.people
    return counts


def _stopped(ended: Sequence[Ended]) -> str:
    counts = _by_status(ended)
    parts = [f"{counts[status]} {name}" for status, name in CAME_BACK.items() if counts[status]]
    others = [each for each in ended if each.status not in CAME_BACK]
    parts += [f"{each.people} {each.reason or each.status}" for each in others[:MANY]]
    if not parts:
        return "nobody"
    return f"{number(sum(counts.values()), 'person', 'people')}: {', '.join(parts)}"


def _paused(standing: Standing) -> list[str]:
    """The pauses in words; those of single people are only counted."""
    wide = [each for each in standing.pauses if each.scope is not Scope.PROSPECT]
    people = len(standing.pauses) - len(wide)
    stems = [each.stem for each in standing.courses if each.status is CampaignStatus.PAUSED]
    found = [paused(each, standing).replace(" paused until ", " until ", 1) for each in wide] + [
        f"{stem} paused" for stem in stems
    ]
    if people:
        found.append(number(people, "person", "people"))
    return _some(found) or ["none"]


def _box(box: Box, standing: Standing) -> str:
    pause = _pause_of(box, standing)
    state = FULL[box.full]
    if pause:
        state = f"paused until {soon(pause.until, standing)}" if pause.until else "PAUSED"
    ramp = f" (growing to {box.per_day})" if box.cap < box.per_day else ""
    waits = number(box.follow_ups, "follow-up waits", "follow-ups wait")
    unread = f", {waits}" if box.follow_ups and not box.reads else ""
    ahead = f", next {soon(box.next.at, standing)} {box.next.email}" if box.next else ""
    return f"{box.address} {state}, {box.used}/{box.cap} today{ramp}{unread}{ahead}"


def _pause_of(box: Box, standing: Standing) -> Pause | None:
    covers = ((Scope.ALL, ""), (Scope.MAILBOX, box.address))
    return next((each for each in standing.pauses if (each.scope, each.name) in covers), None)


def _tonight(standing: Standing) -> str:
    stems = [each.stem for each in standing.courses if each.nightly]
    if stems:
        return f"who matches joins {', '.join(stems)} (enroll = nightly)"
    return "nobody joins by itself (enroll = launch)"


def _campaigns(standing: Standing, columns: int) -> str:
    shown = [each for each in standing.courses if each.status is not CampaignStatus.ENDED]
    header = ["CAMPAIGN", "PEOPLE", "ACTIVE", "DONE", "REPLIED", "STOPPED", "NEXT"]
    rows = [_campaign(each, standing) for each in shown]
    gone = len(standing.courses) - len(shown)
    ended = f"\n{number(gone, 'campaign')} ended" if gone else ""
    return (table(rows, header, columns, whole=("CAMPAIGN", "NEXT")) if rows else "") + ended


def _campaign(course: Course, standing: Standing) -> list[str]:
    people = [str(sum(course.people.get(status, 0) for status in each)) for each in COLUMNS]
    if course.next:
        ahead = moment(course.next.at, standing.zone)
    else:
        ahead = "paused" if course.status is CampaignStatus.PAUSED else "waits" if course.waiting else "-"
    return [course.stem, str(sum(course.people.values())), *people, ahead]


def _command(standing: Standing) -> str:
    """What to type next."""
    commands = [each.command for each in needs(standing) if each.command]
    if commands:
        return commands[0]
    if not standing.courses:
        return "outreach plan CAMPAIGN"
    running = sender_value(standing.workers, standing.now)["running"]
    if rest := resting(standing):
        assert rest.until is not None
        return f"{resuming(rest)}   (to try at once; tries again {soon(rest.until, standing)})"
    if standing.waiting and not running:
        return "outreach run"
    return f"outreach calendar {standing.courses[0].stem}"


def value(standing: Standing) -> dict[str, Any]:
    """The status as JSON; times are ISO 8601 in UTC.

    - `now`, `since`: the moment, and from when letters and people are counted
    - `needs`: `[{"code", "text", "command"}]`, empty if nothing needs a person. Codes: `store_held`,
      `no_password`, `not_launched`, `mailbox_paused`, `answers`, `uncertain`, `held`, `inbox_not_read`,
      `inbox_unreadable`, `no_sender`
    - `sent`: `{"first", "follow_ups", "deferred", "refused"}` letters
    - `stopped`: `[{"status", "reason", "people"}]`, status one of replied, opted_out, bounced, stopped
    - `uncertain`, `waiting`: letters; `held`: `[{"reason", "letters"}]`
    - `pauses`: `[{"scope", "name", "reason", "actor", "at", "until"}]`
    - `mailboxes`: `[{"address", "sent_today", "cap_today", "per_day", "full", "paused", "answers_known",
      "waiting", "follow_ups_waiting", "next"}]`, next as in `run --once`
    - `sender`: `{"running": [{"host", "heartbeat_at"}], "last_alive_at"}`
    - `campaigns`: `[{"campaign", "name", "status", "people": {status: n}, "waiting", "nightly", "next"}]`
    """
    return {
        "now": standing.now,
        "since": standing.since,
        "needs": [
            {"code": each.code, "text": each.text, "command": each.command} for each in needs(standing)
        ],
        "sent": {
            "first": standing.sent.first,
            "follow_ups": standing.sent.follow_ups,
            "deferred": standing.sent.deferred,
            "refused": standing.sent.refused,
        },
        "stopped": [
            {"status": each.status, "reason": each.reason, "people": each.people} for each in standing.ended
        ],
        "uncertain": standing.uncertain,
        "waiting": standing.waiting,
        "held": [{"reason": each.reason, "letters": each.letters} for each in standing.held],
        "pauses": [_pause_value(each) for each in standing.pauses],
        "mailboxes": [_box_value(each, standing) for each in standing.boxes],
        "sender": sender_value(standing.workers, standing.now, standing.last_alive),
        "campaigns": [_course_value(each) for each in standing.courses],
    }


def _pause_value(pause: Pause) -> dict[str, Any]:
    return {
        "scope": pause.scope,
        "name": pause.name,
        "reason": pause.reason,
        "actor": pause.actor,
        "at": pause.at,
        "until": pause.until,
    }


def _box_value(box: Box, standing: Standing) -> dict[str, Any]:
    return {
        "address": box.address,
        "sent_today": box.used,
        "cap_today": box.cap,
        "per_day": box.per_day,
        "full": box.full,
        "paused": _pause_of(box, standing) is not None,
        "answers_known": box.reads,
        "waiting": box.waiting,
        "follow_ups_waiting": box.follow_ups,
        "next": next_value(box.next) if box.next else None,
    }


def _course_value(course: Course) -> dict[str, Any]:
    return {
        "campaign": course.stem,
        "name": course.name,
        "status": course.status,
        "people": {status: course.people.get(status, 0) for status in EnrollmentStatus},
        "waiting": course.waiting,
        "nightly": course.nightly,
        "next": next_value(course.next) if course.next else None,
    }
