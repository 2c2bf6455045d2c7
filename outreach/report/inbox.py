"""What came back, for people: a list, one mail with what is made of it, what a classification says."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outreach.inbound.reading import Reading
from outreach.model import Kind
from outreach.report.lines import LABEL, WIDTH, broken, fit, labelled, moment, number

_NAMES = {"auto_reply": "away", "hard_bounce": "bounce", "soft_bounce": "soft bounce", "opt_out": "opt-out"}


def text(rows: Sequence[Mapping[str, Any]], zone: str, columns: int) -> str:
    """The newest answers: who, what each is, which letter it answers, its first line."""
    if not rows:
        return "Nothing has come back."
    shown = "\n".join(line for row in rows for line in _lines(row, zone, columns))
    waiting = sum(bool(row["waiting"]) for row in rows)
    note = f"* {number(waiting, 'mail')} waiting for you: outreach inbox show ID, outreach inbox done ID"
    return f"{shown}\n\n{note}" if waiting else shown


def _lines(row: Mapping[str, Any], zone: str, columns: int) -> Iterator[str]:
    """Two lines: the mail's number, when and who, then what it is, which letter, its first line."""
    number = str(row["id"]) + ("*" if row["waiting"] else "")
    yield f"{number:<5} {moment(row['at'], zone)}  {row['email'] or row['sender'] or '?'}"
    letter = f"{row['letter']} of {row['campaign']}" if row["campaign"] else "not matched"
    said = f"{_what(row)}, {letter}: {_first_line(row['text'] or row['subject'])}"
    yield " " * 6 + fit(said, columns - 6).rstrip()


def shown(row: Mapping[str, Any], zone: str) -> str:
    """One mail: who, when, what it is and why, whose it is, then what the person wrote."""
    returns = f"back on {row['returns_on']:%a %d %b %Y}" if row["returns_on"] else ""
    successor = f"write to {row['successor']} instead? Import them first." if row["successor"] else ""
    told = {
        "FROM": [row["sender"]],
        "SUBJECT": [row["subject"]],
        "WHEN": [moment(row["at"], zone)],
        "WHAT": [_what(row), row["why"], returns, successor, row["trouble"]],
        "TO": [row["mailbox"]],
        "ABOUT": _about(row),
    }
    head = [
        labelled(label, *(line for text in texts for line in broken(text, WIDTH - LABEL - 1)))
        for label, texts in told.items()
    ]
    follow = f"outreach inbox done {row['id']}" if row["waiting"] else f"outreach why {row['email']}"
    lines = [line for each in row["text"].strip().split("\n") for line in broken(each)]
    body = "\n".join(lines) or "(no text)"
    return "\n\n".join(("\n".join(head), body, labelled("NEXT", follow)))


def _about(row: Mapping[str, Any]) -> list[str]:
    if not row["email"]:
        return ["nobody we know"]
    letter = f"letter {row['message_id']}: {row['letter']} of {row['campaign']}" if row["campaign"] else ""
    return [row["email"], letter, f"found by {row['found_by']}"]


def _what(row: Mapping[str, Any]) -> str:
    kind = _NAMES.get(row["kind"], str(row["kind"]))
    return f"{kind} ({row['intent'].replace('_', ' ')})" if row["intent"] else kind


def _first_line(said: str) -> str:
    return next((line.strip() for line in said.splitlines() if line.strip()), "")


def value(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same as JSON values, newest first."""
    return [_value(row) for row in rows]


def _value(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "at", "mailbox", "folder", "sender", "subject", "kind", "why", "intent", "text", "email")
    more = ("campaign", "letter", "message_id", "found_by", "returns_on", "successor", "trouble", "waiting")
    return {**{name: row[name] for name in (*names, *more)}, "notices": json.loads(row["notices"] or "[]")}


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
    names = [(count, _NAMES.get(kind, str(kind))) for kind, count in kinds.items()]
    plural = {"reply": "replies", "away": "away"}
    return ", ".join(number(count, name, plural.get(name, "")) for count, name in names)


def taken(read: int, kinds: Mapping[Kind, int]) -> str:
    """What came of reading mails, in one line, and what to do next."""
    told = f"{came_back(kinds)}\n\noutreach inbox" if kinds else "nothing new"
    return f"{number(read, 'mail')} read: {told}"


def taken_value(read: int, kinds: Mapping[Kind, int]) -> dict[str, Any]:
    """The same as a JSON value."""
    return {"read": read, "new": {str(kind): count for kind, count in kinds.items()}}
