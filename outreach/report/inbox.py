"""What came back, for people: the list, what came of reading, what a classification says."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from outreach.inbound.reading import Reading
from outreach.lint.language import LANGUAGES, words
from outreach.lint.normal import lower
from outreach.model import Kind
from outreach.report.lines import fit, labelled, moment, number

MOST_GREETING = 5  # words of a salutation
LONGEST_GREETING = 60  # characters
_NAMES = {"auto_reply": "away", "hard_bounce": "bounce", "soft_bounce": "soft bounce", "opt_out": "opt-out"}


@dataclass(frozen=True, slots=True)
class Found:
    """Mails to show: `rows` of all `total`, newest first; `waiting` are how many wait for a person `today`.

    They are only those that wait, or only those that are `unmatched`.
    """

    rows: Sequence[Mapping[str, Any]]
    total: int
    waiting: int
    today: date
    only_waiting: bool = False
    unmatched: bool = False


def text(found: Found, zone: str, columns: int) -> str:
    """The newest answers: who, what each is, which letter it answers, its first line."""
    if not found.rows:
        return _none(found)
    shown = "\n".join(line for row in found.rows for line in _lines(row, found, zone, columns))
    left = found.total - len(found.rows)
    more = f"... and {left:,} more: --limit {found.total}" if left else ""
    stars = "" if found.only_waiting else f"* {number(found.waiting, 'mail')} waiting for you"
    last = "\n".join(filter(None, (more, stars if found.waiting else "", labelled("NEXT", _next(found)))))
    return f"{shown}\n\n{last}"


def _none(found: Found) -> str:
    if found.only_waiting:
        return "Nothing waits for you."
    if found.unmatched:
        return "Nothing has come back that answers you and is nobody's. Mails of strangers are not kept."
    return "Nothing has come back."


def _next(found: Found) -> str:
    if found.only_waiting or not found.waiting:
        return "outreach inbox show ID"
    return "outreach inbox waiting"


def waits(row: Mapping[str, Any], today: date) -> bool:
    """Whether a mail waits for a person on that day."""
    return bool(row["waiting"]) and (row["later"] is None or row["later"] <= today)


def _lines(row: Mapping[str, Any], found: Found, zone: str, columns: int) -> Iterator[str]:
    """Two lines: the mail's number, when and who, then what it is, which letter, its first line."""
    number = str(row["id"]) + ("*" if waits(row, found.today) and not found.only_waiting else "")
    ahead = f"  (from {date_of(row['later'])})" if row["waiting"] and not waits(row, found.today) else ""
    yield f"{number:<5} {moment(row['at'], zone)}  {row['email'] or row['sender'] or '?'}{ahead}"
    letter = f"{row['letter']} of {row['campaign']}" if row["campaign"] else "not matched"
    about = "matched to no letter" if row["email"] and not row["campaign"] else letter
    said = f"{kind_name(row['kind'], row['intent'])}, {about}: {_first_line(row['text'] or row['subject'])}"
    yield " " * 6 + fit(said, columns - 6).rstrip()


def date_of(day: date) -> str:
    """ "Mon 1 Mar 2027"."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def kind_name(kind: str, intent: str = "") -> str:
    """ "reply (not interested)", "away", "soft bounce"."""
    name = _NAMES.get(kind, kind.replace("_", " "))
    return f"{name} ({intent.replace('_', ' ')})" if intent else name


def _first_line(said: str) -> str:
    """The first line that the person wrote: not one that is quoted above an answer, nor the salutation."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    own = [line for line in lines if not line.startswith(">")] or lines
    return own[1 if own[1:] and _greets(own[0]) else 0] if own else ""


def _greets(line: str) -> bool:
    """Whether a line is a salutation alone: "Hallo Frau Lumen,"."""
    bare = line.rstrip(",!:.，：！。 ")
    if len(line) > LONGEST_GREETING or len(bare.split()) > MOST_GREETING or bare[-1:] == "?":
        return False
    return "," not in bare and lower(bare).startswith(_greetings()) and line[-1] not in ".。"


@cache
def _greetings() -> tuple[str, ...]:
    return tuple(each for language in LANGUAGES for each in words(language).greetings)


def value(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same as JSON values, newest first."""
    return [row_value(row) for row in rows]


def row_value(row: Mapping[str, Any]) -> dict[str, Any]:
    """One mail; `later` is the day from which it waits again, `corrected` whether a person said what it is."""
    names = ("id", "at", "mailbox", "folder", "sender", "subject", "kind", "why", "intent", "text", "email")
    more = ("campaign", "letter", "message_id", "found_by", "returns_on", "successor", "trouble", "waiting")
    last = ("later", "corrected")
    return {
        **{name: row[name] for name in (*names, *more, *last)},
        "notices": json.loads(row["notices"] or "[]"),
    }


def classified(name: str, reading: Reading) -> dict[str, Any]:
    """What is made of one raw mail, as `inbox classify --format json` prints it."""
    first = reading.notices[0] if reading.notices else None
    return {
        "file": name,
        "kind": str(reading.kind),
        "recipients": list(reading.recipients),
        "permanent": reading.permanent,
        "code": first.code if first else "",
        "reason": first.reason if first else "",
        "original_message_id": reading.original_message_id,
        "text": reading.text,
        "return_date": reading.return_date.isoformat() if reading.return_date else None,
        "why": reading.why + (f"; {reading.trouble}" if reading.trouble else ""),
    }


def came_back(kinds: Mapping[Kind, int]) -> str:
    """ "2 replies, 1 bounce"."""
    names = [(count, kind_name(kind)) for kind, count in kinds.items()]
    plural = {"reply": "replies", "away": "away"}
    return ", ".join(number(count, name, plural.get(name, "")) for count, name in names)


def taken(read: int, kinds: Mapping[Kind, int]) -> str:
    """What came of reading mails, in one line, and what to do next."""
    told = (
        f"{came_back(kinds)}\n\noutreach inbox"
        if kinds
        else "nothing new (known already, or an answer to no letter of yours)"
    )
    return f"{number(read, 'mail')} read: {told}"


def taken_value(read: int, kinds: Mapping[Kind, int]) -> dict[str, Any]:
    """The same as a JSON value."""
    return {"read": read, "new": {str(kind): count for kind, count in kinds.items()}}
