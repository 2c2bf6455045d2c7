"""The status screen: what needs you first, then what was sent, what came back, and what comes next."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from outreach.model import CampaignStatus, EnrollmentStatus, Scope
from outreach.report.blocks import MANY, block, some
from outreach.report.came_back import came_back, came_back_value
from outreach.report.lines import WIDTH, day, moment, number, table
from outreach.report.needs import checked, needs, needs_value, paused, resting, resuming, some_of, soon
from outreach.report.once import next_value
from outreach.report.sender import sender_line, sender_value
from outreach.report.standing import Box, Course, Ended, Pause, Standing
from outreach.schedule.zones import day_bounds, day_of

ANSWERED = {
    EnrollmentStatus.REPLIED: "replied",
    EnrollmentStatus.OPTED_OUT: "opted out",
    EnrollmentStatus.BOUNCED: "bounced",
}
# How a mailbox is, by the cap that is used up.
FULL = {"": "ok", "mailbox": "done for today", "domain": "done for today (the cap of its domain)"}
NOTHING_CAME = "nothing (`outreach inbox` shows what did, `outreach inbox import` feeds it)"
OUT = (EnrollmentStatus.OPTED_OUT, EnrollmentStatus.BOUNCED, EnrollmentStatus.STOPPED)
COLUMNS = ((EnrollmentStatus.ACTIVE,), (EnrollmentStatus.FINISHED,), (EnrollmentStatus.REPLIED,), OUT)


def text(standing: Standing, columns: int = WIDTH) -> str:
    """The screen; its table may be `columns` wide."""
    lines = [
        block("NEEDS YOU", *_needs(standing)),
        block("SENT", _sent(standing)),
        block("CAME BACK", came_back(standing.came_back) or NOTHING_CAME),
        block("STOPPED", _stopped(standing.ended)),
        block("PAUSED", *_paused(standing)),
        block("MAILBOX", *some([_box(box, standing) for box in standing.boxes]) or [_no_box(standing)]),
        block("SENDER", sender_line(standing.workers, standing.now, standing.last_alive)),
        block("TONIGHT", *_tonight(standing)),
    ]
    if standing.courses:
        lines += ["", _campaigns(standing, columns), ""]
    return "\n".join([*lines, block("NEXT", _command(standing))])


def _needs(standing: Standing) -> list[str]:
    return some(checked(needs(standing)).splitlines()) or ["nothing"]


def _sent(standing: Standing) -> str:
    sent = standing.sent
    others = [(sent.deferred, "deferred"), (sent.refused, "refused")]
    extra = ", ".join(f"{count} {name}" for count, name in others if count)
    return (
        f"{sent.first + sent.follow_ups}{_possible(standing)} {_since(standing)}: {sent.first} first, "
        f"{number(sent.follow_ups, 'follow-up')}" + (f" ({extra})" if extra else "")
    )


def _possible(standing: Standing) -> str:
    """What all mailboxes together may send today, where today is counted."""
    possible = sum(box.cap for box in standing.boxes)
    return f" of {possible:,}" if possible and _from_today(standing) else ""


def _since(standing: Standing) -> str:
    return "today" if _from_today(standing) else f"since {since(standing)}"


def since(standing: Standing) -> str:
    """From when is counted: "Mon 23 Nov", with the time where that is not the day's beginning."""
    start = day_bounds(day_of(standing.since, standing.zone), standing.zone)[0]
    return (day if start == standing.since else moment)(standing.since, standing.zone)


def _from_today(standing: Standing) -> bool:
    return standing.since == day_bounds(day_of(standing.now, standing.zone), standing.zone)[0]


def _by_status(ended: Sequence[Ended]) -> Counter[EnrollmentStatus]:
    counts: Counter[EnrollmentStatus] = Counter()
    for each in ended:
        counts[each.status] += each.people
    return counts


def _stopped(ended: Sequence[Ended]) -> str:
    counts = _by_status(ended)
    parts = [f"{counts[status]} {name}" for status, name in ANSWERED.items() if counts[status]]
    others = [each for each in ended if each.status not in ANSWERED]
    parts += [f"{each.people} {each.reason or each.status}" for each in others[:MANY]]
    if not parts:
        return "nobody"
    return f"{number(sum(counts.values()), 'person', 'people')}: {', '.join(parts)}"


def _paused(standing: Standing) -> list[str]:
    """The pauses in words; of single people only some are named."""
    wide = [each for each in standing.pauses if each.scope is not Scope.PROSPECT]
    people = [each.name for each in standing.pauses if each.scope is Scope.PROSPECT]
    stems = [each.stem for each in standing.courses if each.status is CampaignStatus.PAUSED]
    found = [paused(each, standing).replace(" paused until ", " until ", 1) for each in wide] + [
        f"{stem} paused" for stem in stems
    ]
    if people:
        who = f"{number(len(people), 'person', 'people')} ({some_of(people)})"
        found.append(f"{who}: outreach why {people[0]}")
    return some(found) or ["none"]


def _box(box: Box, standing: Standing) -> str:
    pause = _pause_of(box, standing)
    state = f"away until {box.away.day} {box.away:%b}" if box.away else FULL[box.full]
    if pause:
        state = f"paused until {soon(pause.until, standing)}" if pause.until else "PAUSED"
    ramp = f" (growing to {box.per_day})" if box.cap < box.per_day and not box.away else ""
    waits = number(box.follow_ups, "follow-up waits", "follow-ups wait")
    unread = f", {waits}" if box.follow_ups and not box.reads else ""
    ahead = f", next {soon(box.next.at, standing)} {box.next.email}" if box.next else ""
    return f"{box.address} {state}, {box.used}/{box.cap} today{ramp}{unread}{ahead}"


def _no_box(standing: Standing) -> str:
    if standing.broken:
        return "none launched yet"
    if not standing.configured:
        return "none yet: outreach mailbox add"
    return f"{standing.configured} in outreach.toml, none launched yet: outreach mailbox list"


def _pause_of(box: Box, standing: Standing) -> Pause | None:
    covers = ((Scope.ALL, ""), (Scope.MAILBOX, box.address))
    return next((each for each in standing.pauses if (each.scope, each.name) in covers), None)


def _tonight(standing: Standing) -> list[str]:
    nightly = [_joining(each) for each in standing.courses if each.nightly]
    pilots = [each.stem for each in standing.courses if each.pilot]
    nightly += [f"nobody joins {stem} yet, it is a pilot: outreach launch {stem}" for stem in pilots]
    return some(nightly) or ["nobody joins by itself (enroll = launch)"]


def _joining(course: Course) -> str:
    """ "20 join shops, 3 held: outreach plan shops"."""
    if course.tonight is None:
        return f"who matches joins {course.stem} (enroll = nightly)"
    held = f", {course.tonight.held:,} held: outreach plan {course.stem}" if course.tonight.held else ""
    return (
        f"{course.tonight.people:,} {'joins' if course.tonight.people == 1 else 'join'} {course.stem}{held}"
    )


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
      `no_password`, `settings_broken` (outreach.toml has problems), `not_launched`, `mailbox_paused`,
      `mailbox_unreachable`, `answers`, `uncertain`, `held`, `inbox_not_read`, `inbox_unreadable`, `no_sender`
    - `sent`: `{"first", "follow_ups", "deferred", "refused"}` letters
    - `came_back`: how many mails by kind, and what people entered by hand: `{"reply": 4, ...}`; `interested`:
      how many of the replies show interest
    - `stopped`: `[{"status", "reason", "people"}]`, status one of replied, opted_out, bounced, stopped
    - `uncertain`, `waiting`: letters; `held`: `[{"reason", "letters"}]`
    - `pauses`: `[{"scope", "name", "reason", "actor", "at", "until"}]`
    - `mailboxes`: `[{"address", "sent_today", "cap_today", "per_day", "full", "paused", "answers_known",
      "waiting", "follow_ups_waiting", "away_until", "next"}]`, next as in `run --once`; `away_until` is the
      last day of an absence (ISO date) or null
    - `sender`: `{"running": [{"host", "heartbeat_at"}], "last_alive_at"}`
    - `campaigns`: `[{"campaign", "name", "status", "people": {status: n}, "waiting", "nightly", "pilot"
      (nightly, but nobody joins before it is launched as a whole), "next", "tonight"}]`; `tonight` is `{"join",
      "held"}`, people who would join at night and who match but are held back; null where nobody joins by
      itself, or where finding out would take long
    """
    return {
        "now": standing.now,
        "since": standing.since,
        "needs": needs_value(needs(standing)),
        "sent": {
            "first": standing.sent.first,
            "follow_ups": standing.sent.follow_ups,
            "deferred": standing.sent.deferred,
            "refused": standing.sent.refused,
        },
        "came_back": came_back_value(standing.came_back),
        "interested": standing.came_back.interested,
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
        "away_until": box.away,
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
        "pilot": course.pilot,
        "next": next_value(course.next) if course.next else None,
        "tonight": {"join": course.tonight.people, "held": course.tonight.held} if course.tonight else None,
    }
