"""One mail that came back, for people: what is made of it, what it seems to want, what was done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from outreach.inbound import intent
from outreach.inbound.intent import Intent
from outreach.model import Event, Kind
from outreach.report.inbox import date_of, kind_name, row_value, waits
from outreach.report.lines import LABEL, WIDTH, broken, labelled, moment, width
from outreach.sequence import FOREVER, RESPONSES

MOST = 8  # things that were done


@dataclass(frozen=True, slots=True)
class Opened:
    """A mail with what it seems to want (None where it is no reply), what was done because of it, and what it
    quotes of earlier mails ("" where that was not asked for).
    """

    row: Mapping[str, Any]
    wants: Intent | None
    events: Sequence[Event]
    quoted: str
    today: date


def wanted(row: Mapping[str, Any]) -> Intent | None:
    """What a reply seems to want and the words that say so, from what the person wrote."""
    if row["kind"] != Kind.REPLY:
        return None
    said = "\n".join(line for line in row["text"].split("\n") if not line.startswith(">"))
    return intent.read(said, row["at"].date())


def shown(one: Opened, zone: str) -> str:
    """The screen: who, when, what and why, whose, what was done, then what the person wrote."""
    row = one.row
    returns = f"back on {date_of(row['returns_on'])}" if row["returns_on"] else ""
    successor = f"write to {row['successor']} instead? Import them first." if row["successor"] else ""
    told = {
        "FROM": [row["sender"]],
        "SUBJECT": [row["subject"]],
        "WHEN": [moment(row["at"], zone)],
        "WHAT": [f"{kind_name(row['kind'])}: {row['why']}", returns, successor],
        "INTENT": _intent(one),
        "TO": [row["mailbox"]],
        "ABOUT": _about(row),
        "DONE": list(_done(one, zone)),
        "WARNING": [f"not all of it could be read: {row['trouble']}" if row["trouble"] else ""],
    }
    head = [
        labelled(label, *(line for text in texts if text for line in broken(text, WIDTH - LABEL - 1)))
        for label, texts in told.items()
        if any(texts) or label in ("FROM", "SUBJECT")
    ]
    body = _body(row["text"]) or "(no text)"
    quoted = [f"QUOTED\n{_body(one.quoted)}"] if one.quoted else []
    return "\n\n".join(("\n".join(head), body, *quoted, labelled("NEXT", *_next(one))))


def _body(text: str) -> str:
    return "\n".join(on_screen(text.strip()))


def on_screen(text: str) -> Iterator[str]:
    """A text's lines as they are, those that are too long for a screen broken."""
    for line in text.split("\n"):
        yield from [line] if width(line) <= WIDTH else broken(line)


def _intent(one: Opened) -> list[str]:
    """What the reply wants: as a person said, or as a guess with its words."""
    row, guess = one.row, one.wants
    if not row["intent"]:
        return []
    name = row["intent"].replace("_", " ")
    if any(each.kind == "answer marked" and each.detail.get("mail") == row["id"] for each in one.events):
        return [f"{name}, as a person said"]
    words = ""
    if guess and guess.kind == row["intent"]:
        name += f" from {date_of(guess.date)}" if guess.date else ""
        name += f" to {guess.referral}" if guess.referral else ""
        words = (
            ": " + ", ".join(f"'{' '.join(each.split())[:80]}'" for each in guess.words[:3])
            if guess.words
            else ""
        )
    return [f"{name}{words}", f"wrong? outreach inbox mark {row['id']} INTENT"]


def _about(row: Mapping[str, Any]) -> list[str]:
    if not row["email"]:
        return ["nobody we know"]
    letter = f"letter {row['message_id']}: {row['letter']} of {row['campaign']}" if row["campaign"] else ""
    return [row["email"], letter, f"found by {row['found_by']}"]


def _done(one: Opened, zone: str) -> Iterator[str]:
    """What happened because of it: from the history, else what a mail of its kind does."""
    if not one.row["email"]:
        yield "nothing: it is nobody's yet"
        return
    told = [each for each in one.events if each.kind != "answer"]
    for each in told[:MOST]:
        reason = str(each.detail.get("reason", "")).removeprefix(f"mail {one.row['id']}").removeprefix(", ")
        words = each.kind.replace("_", " ") + (f" ({reason})" if reason else "")
        yield f"{moment(each.at, zone)}  {words}" + (f" by {each.actor}" if each.actor != "inbox" else "")
    if len(told) > MOST:
        yield f"and {len(told) - MOST} more: outreach why {one.row['email']}"
    if not told:
        yield _effect(Kind(one.row["kind"]))


def _effect(kind: Kind) -> str:
    """What a mail of a kind does, in words: `sequence.RESPONSES`."""
    does = RESPONSES[kind]
    parts = (
        f"no more letters to them: {does.status.replace('_', ' ')}" if does.status else "",
        "the address is suppressed" if does.suppress else "",
        "they wait until a person decides" if does.rest is not None and does.rest >= FOREVER else "",
    )
    return "; ".join(filter(None, parts)) or "nothing: their letters go on"


def _next(one: Opened) -> list[str]:
    """What to do about it, the likeliest first."""
    row, number = one.row, one.row["id"]
    if not row["email"]:
        return [f"outreach inbox assign {number} EMAIL", f"outreach inbox done {number}"]
    if not waits(row, one.today):
        return [f"outreach why {row['email']}"]
    likely = [f"outreach inbox reply {number}"] if row["kind"] == Kind.REPLY else []
    if row["intent"] == "later" and one.wants and one.wants.date and one.wants.date > one.today:
        likely.insert(0, f"outreach inbox later {number} {one.wants.date}")
    elif row["intent"] == "opt_out":
        likely.insert(0, f"outreach inbox optout {number}")
    return [*likely, f"outreach inbox done {number}"]


def value(one: Opened) -> dict[str, Any]:
    """The mail as in the list, with `wants` (null, or `kind`, `words`, `date`, `referral`), `quoted`, and
    `events`: what happened because of it, each with `at`, `kind`, `actor`, `detail`.
    """
    names = ("at", "kind", "actor")
    return {
        **row_value(one.row),
        "wants": asdict(one.wants) if one.wants else None,
        "quoted": one.quoted,
        "events": [
            {**{name: getattr(each, name) for name in names}, "detail": dict(each.detail)}
            for each in one.events
        ],
    }


def listed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A mail as in the list: what it is after something was done about it."""
    return row_value(row)


def told(text: str, follow: str) -> str:
    """What was done, and the next command."""
    return "\n".join((text, labelled("NEXT", follow)))
