"""The mailboxes: how each stands today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from outreach.report.lines import ago, broken, moment, table
from outreach.report.standing import Pause
from outreach.schedule.zones import day_of, zone


@dataclass(frozen=True, slots=True)
class Row:
    """A mailbox today. `cap` is what ramp and away days allow, `full` which cap is used up ("mailbox", "domain").

    `grown` is when the ramp reaches `per_day` if it sends on every working day, None where it has. `free_at` is
    the first instant at which it may send, None while it is paused for good. `in_files` and `launched` say where
    it is known; settings are those launched, `edited` that outreach.toml has others by now.
    """

    address: str
    owner: str
    per_day: int
    cap: int
    used: int
    full: str
    ramp: bool
    grown: date | None
    free_at: datetime | None
    away: Sequence[date]  # from today on
    manual: bool  # answers are entered by hand
    read_at: datetime | None
    inbox_trouble: str
    launched: bool
    in_files: bool
    edited: bool
    pause: Pause | None = None
    lacking: str = ""  # the ways to give it a password; "" if it has one


HEADER = ("MAILBOX", "TODAY", "RAMP", "FREE", "INBOX", "STATE")


def text(rows: Sequence[Row], now: datetime, zone_name: str) -> str:
    """The table, and under it what there is to say about single mailboxes."""
    shown = [_cells(row, now, zone_name) for row in rows]
    notes = [line for row in rows for line in _notes(row, now, zone_name)]
    lines = [table(shown, HEADER, whole=HEADER[1:])]
    return "\n".join([*lines, *([""] if notes else []), *notes])


def value(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One object a mailbox, by address.

    `{"address", "owner", "state", "per_day", "cap", "used", "full": "" | "mailbox" | "domain", "ramp": {"on",
    "reaches_per_day_on": date or null}, "free_at": time or null, "away": [date], "inbox": {"answers": "imap" |
    "manual", "read_at": time or null, "trouble"}, "launched", "in_files", "edited", "has_password", "pause":
    {"reason", "by", "since", "until"} or null}`. `state` is "ok", "new", "away", "full", "paused", "password",
    "edited" or "removed".
    """
    return [
        {
            "address": row.address,
            "owner": row.owner,
            "state": _state(row),
            "per_day": row.per_day,
            "cap": row.cap,
            "used": row.used,
            "full": row.full,
            "ramp": {"on": row.ramp, "reaches_per_day_on": row.grown},
            "free_at": row.free_at,
            "away": list(row.away),
            "inbox": {
                "answers": "manual" if row.manual else "imap",
                "read_at": row.read_at,
                "trouble": row.inbox_trouble,
            },
            "launched": row.launched,
            "in_files": row.in_files,
            "edited": row.edited,
            "has_password": not row.lacking,
            "pause": _pause_value(row.pause),
        }
        for row in rows
    ]


def _pause_value(pause: Pause | None) -> dict[str, Any] | None:
    if pause is None:
        return None
    return {"reason": pause.reason, "by": pause.actor, "since": pause.at, "until": pause.until}


def _state(row: Row) -> str:
    """The gravest thing to know of a mailbox, in a word."""
    found = (
        ("removed", not row.in_files),
        ("password", bool(row.lacking)),
        ("paused", row.pause is not None),
        ("edited", row.edited),
        ("new", not row.launched),
        ("away", row.cap == 0),
        ("full", bool(row.full)),
    )
    return next((word for word, holds in found if holds), "ok")


def _cells(row: Row, now: datetime, zone_name: str) -> tuple[str, ...]:
    begins = f"{row.cap} -> " if row.cap else "to "
    ramp = f"{begins}{row.per_day} by {_day(row.grown)}" if row.grown else "done" if row.ramp else "off"
    free = _soon(row.free_at, now, zone_name) if row.free_at else "-"
    read = ago(now - row.read_at) if row.read_at else "never"
    inbox = "by hand" if row.manual else "trouble" if row.inbox_trouble else read
    return row.address, f"{row.used}/{row.cap}", ramp, free, inbox, _state(row)


def _soon(at: datetime, now: datetime, zone_name: str) -> str:
    """ "now", "10:42" if that is today, else "Tue 24 Nov 09:04"."""
    if at <= now:
        return "now"
    same = day_of(at, zone_name) == day_of(now, zone_name)
    return f"{at.astimezone(zone(zone_name)):%H:%M}" if same else moment(at, zone_name)


def _notes(row: Row, now: datetime, zone_name: str) -> Iterable[str]:
    """Sentences, each with the address before it."""
    found = []
    if not row.in_files:
        found.append("is not in outreach.toml any more; what was launched from it goes on")
    if row.lacking:
        found.append(f"has no password that is seen from here: {row.lacking}")
    if row.pause:
        until = f" until {_soon(row.pause.until, now, zone_name)}" if row.pause.until else ""
        reason = f": {row.pause.reason}" if row.pause.reason else ""
        found.append(f"is paused{until} by {row.pause.actor}{reason}")
    if row.edited:
        found.append("is not the same in outreach.toml as it was launched; to have that: outreach plan")
    if row.inbox_trouble:
        found.append(f"its inbox cannot be read: {row.inbox_trouble}")
    if row.owner:
        found.append(f"belongs to {row.owner}")
    if row.away:
        found.append(f"is away {', '.join(_spans(row.away))}")
    for each in found:
        yield from broken(each, first=f"{row.address} ", rest="  ")


def _spans(days: Sequence[date]) -> list[str]:
    """Days in a row as "24 Dec - 2 Jan"."""
    spans: list[list[date]] = []
    for each in sorted(days):
        if spans and each - spans[-1][-1] == timedelta(days=1):
            spans[-1].append(each)
        else:
            spans.append([each])
    return [_day(span[0]) if len(span) == 1 else f"{_day(span[0])} - {_day(span[-1])}" for span in spans]


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
