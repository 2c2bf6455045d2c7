"""What came back, for people: a list, one mail with what is made of it, what a classification says."""

import json
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from outreach.inbound.reading import Reading
from outreach.model import Kind
from outreach.report.lines import fit, labelled, moment, number, table, wrapped

_NAMES = {"auto_reply": "away", "hard_bounce": "bounce", "soft_bounce": "soft bounce", "opt_out": "opt-out"}


def text(rows: Sequence[Mapping[str, Any]], zone: str, columns: int) -> str:
    """The newest answers, one a line: who, what it is, which letter; below it its first line."""
    if not rows:
        return "Nothing has come back."
    cells = [
        (
            str(row["id"]) + ("*" if row["waiting"] else ""),
            moment(row["at"], zone),
            row["email"] or row["sender"] or "?",
            _what(row),
            f"{row['campaign']}: {row['letter']}" if row["campaign"] else "not matched",
        )
        for row in rows
    ]
    header = ("ID", "WHEN", "WHO", "WHAT", "LETTER")
    head, *lines = table(cells, header, columns, whole=("ID", "WHEN", "WHO")).splitlines()
    says = ("    " + fit(_first_line(row["text"] or row["subject"]), columns - 4).rstrip() for row in rows)
    shown = "\n".join((head, *chain.from_iterable(zip(lines, says, strict=True))))
    waiting = sum(bool(row["waiting"]) for row in rows)
    note = f"* {number(waiting, 'mail')} waiting for you: outreach inbox show ID, outreach inbox done ID"
    return f"{shown}\n\n{note}" if waiting else shown


def shown(row: Mapping[str, Any], zone: str) -> str:
    """One mail: who, when, what it is and why, whose it is, then what the person wrote."""
    returns = f"back on {row['returns_on']:%a %d %b %Y}" if row["returns_on"] else ""
    successor = f"write to {row['successor']} instead? Import them first." if row["successor"] else ""
    head = [
        labelled("FROM", row["sender"]),
        labelled("SUBJECT", row["subject"]),
        labelled("WHEN", moment(row["at"], zone)),
        labelled("WHAT", _what(row), row["why"], returns, successor, row["trouble"]),
        labelled("TO", f"{row['mailbox']}"),
        labelled("ABOUT", _about(row)),
    ]
    follow = f"outreach inbox done {row['id']}" if row["waiting"] else f"outreach why {row['email']}"
    body = wrapped(row["text"].rstrip()) if row["text"].strip() else "(no text)"
    return "\n\n".join(("\n".join(head), body, labelled("NEXT", follow)))


def _about(row: Mapping[str, Any]) -> str:
    if not row["email"]:
        return "nobody we know"
    letter = f", letter {row['message_id']} ({row['letter']} of {row['campaign']})" if row["campaign"] else ""
    return f"{row['email']}{letter}; found by {row['found_by']}"


def _what(row: Mapping[str, Any]) -> str:
    kind = _NAMES.get(row["kind"], str(row["kind"]))
    return f"{kind} ({row['intent']})" if row["intent"] else kind


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
