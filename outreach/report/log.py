"""What was done, by whom and when: the store's events as sentences."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from itertools import groupby
from typing import Any, Final, NamedTuple

from outreach.report.lines import WIDTH, broken, fit, labelled, moment, number, width
from outreach.schedule.zones import zone

PROGRAM: Final = ("sender", "inbox", "journal", "nightly")
"""Actors that are the program itself; every other one is a person, by the name the system has for them."""


class Rank(IntEnum):
    """What an event is: an act; what such an act did to people; what comes with that; the program's own."""

    ACT = 0
    EFFECT = 1
    SEQUEL = 2
    OWN = 3


class Word(NamedTuple):
    """How an event is told. A part in [brackets] is left out where a {fact} in it is not known."""

    rank: Rank
    said: str


WORDS: Final[Mapping[str, Word]] = {
    "launched": Word(Rank.ACT, "launched {campaign}[, revision {revision}][: {people} joined]"),
    "paused": Word(Rank.ACT, "paused {target}[ until {until}]"),
    "resumed": Word(Rank.ACT, "resumed {target}"),
    "ended": Word(Rank.ACT, "ended {campaign}[: {people}][, {letters} cancelled]"),
    "undone": Word(Rank.ACT, "took back the launch of {campaign}[: {people} left it]"),
    "imported": Word(
        Rank.ACT,
        "imported[ {file}][: {added} added][, {changed} changed][, {opted_out} opted out][, tags {tags}]",
    ),
    "exported": Word(Rank.ACT, "exported[ {what}][: {people}]"),
    "edited": Word(Rank.ACT, "edited {whom}[: {fields}][, tagged {tagged}][, no longer {untagged}]"),
    "suppress": Word(Rank.ACT, "suppressed {values}[, {known} of them before]"),
    "unsuppressed": Word(Rank.ACT, "lifted a suppression[ of {whom}]"),
    "erased": Word(Rank.ACT, "erased {whom}"),
    "answer": Word(Rank.ACT, "took a mail[ of {whom}]"),
    "answer marked": Word(Rank.ACT, "marked a mail[ of {whom}]"),
    "answer done": Word(Rank.ACT, "was done with a mail[ of {whom}]"),
    "answer put off": Word(Rank.ACT, "put off a mail[ of {whom}]"),
    "answered by hand": Word(Rank.ACT, "answered {whom}"),
    "perhaps answered by hand": Word(Rank.ACT, "perhaps answered {whom}: nobody knows whether it left"),
    "answer refused by the server": Word(Rank.ACT, "wrote to {whom}, and the server refused it"),
    "mails read": Word(Rank.ACT, "read {mails} from files[, {new} new]"),
    "mails reread": Word(Rank.ACT, "read {mails} again, which mean something else now"),
    "settled as sent": Word(Rank.ACT, "settled[ {letter}] to {whom} as sent"),
    "retried": Word(Rank.ACT, "let[ {letter}] to {whom} be tried again"),
    "released": Word(Rank.ACT, "released[ {letter} to {whom}][ {store}]"),
    "backed_up": Word(Rank.ACT, "made a backup[: {file}]"),
    "restored": Word(Rank.ACT, "restored the store[ from {file}]"),
    "tested": Word(Rank.ACT, "sent test letters[ of {campaign}][: {letters}]"),
    "mailbox_tested": Word(Rank.ACT, "tested the mailbox[ {name}]"),
    "replied": Word(Rank.EFFECT, "noted that {whom} replied[ to {campaign}]"),
    "opted_out": Word(Rank.EFFECT, "noted that {whom} opted out[ of {campaign}]"),
    "bounced": Word(Rank.EFFECT, "noted that letters to {whom} bounce[ in {campaign}]"),
    "stopped": Word(Rank.EFFECT, "stopped {whom}[ in {campaign}]"),
    "suppressed": Word(Rank.SEQUEL, "suppressed {whom}"),
    "notified": Word(Rank.OWN, "told {to}"),
    "reopened": Word(Rank.OWN, "let {whom} go on in {campaign}"),
    "written to by hand": Word(Rank.OWN, "found that somebody wrote to {whom} by hand"),
    "enrolled": Word(Rank.OWN, "enrolled {whom}[ in {campaign}]"),
    "withdrawn": Word(Rank.OWN, "undid the launch[ of {campaign}] for {whom}"),
    "scheduled": Word(Rank.OWN, "scheduled[ {letter}] to {whom}"),
    "reworded": Word(Rank.OWN, "reworded[ {letter}] to {whom}"),
    "moved": Word(Rank.OWN, "moved[ {letter}] to {whom}"),
    "renamed": Word(Rank.OWN, "renamed letter {old} to {new}[ in {campaign}]"),
    "cancelled": Word(Rank.OWN, "cancelled[ {letter}] to {whom}"),
    "marked": Word(Rank.OWN, "began to send[ {letter}] to {whom}"),
    "unmarked": Word(Rank.OWN, "did not send[ {letter}] to {whom}"),
    "sent": Word(Rank.OWN, "sent[ {letter}] to {whom}"),
    "failed": Word(Rank.OWN, "could not send[ {letter}] to {whom}"),
    "held": Word(Rank.OWN, "held[ {letter}] to {whom}"),
    "uncertain": Word(Rank.OWN, "does not know whether[ {letter}] to {whom} left"),
    "claimed": Word(Rank.OWN, "took[ {letter}] to {whom}"),
    "sending": Word(Rank.OWN, "is sending[ {letter}] to {whom}"),
    "proved to have left": Word(Rank.OWN, "found that[ {letter}] to {whom} has left"),
    "found to have left": Word(Rank.OWN, "found that[ {letter}] to {whom} has left"),
    "finished": Word(Rank.OWN, "finished {campaign} for {whom}"),
}
"""Every kind of event that is ever logged (tests/test_cli_log.py compares)."""

_COUNTED: Final = {
    "people": ("person", "people"),
    "letters": ("letter", "letters"),
    "mails": ("mail", "mails"),
    "values": ("address or domain", "addresses and domains"),
}
_OPTIONAL: Final = re.compile(r"\[([^\[\]]*)\]")
_FACT: Final = re.compile(r"\{(\w+)\}")
_LISTS: Final = ("fields", "tagged", "untagged")
SOMEBODY, ERASED = "somebody", "an erased person"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: one event, or the same event of many people in one transaction.

    `id` is that of the newest event in it; `email` is "" where it is about nobody or about several; `detail` is
    what all of them say, and of lists, such as the fields of an edit, what some of them say.
    """

    id: int
    at: datetime
    kind: str
    actor: str
    campaign: str = ""
    letter: str = ""
    email: str = ""
    people: int = 0
    message: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def kinds(*, everything: bool) -> list[str]:
    """The kinds of events that a log has: all, or those that people's acts leave."""
    return [kind for kind, word in WORDS.items() if everything or word.rank is not Rank.OWN]


def entries(events: Iterator[Entry], *, everything: bool) -> Iterator[Entry]:
    """Lines made of single events, newest first: those of one transaction together.

    Unless `everything` is wanted, what an act has brought about is left out beside the act.
    """
    for _, together in groupby(events, key=lambda event: (event.at, event.actor)):
        merged: dict[tuple[str, str], list[Entry]] = {}
        for event in together:
            merged.setdefault((event.kind, event.campaign), []).append(event)
        top = min(_rank(kind) for kind, _ in merged)
        for (kind, _), same in merged.items():
            if everything or _rank(kind) == top:
                yield _one(same)


def _rank(kind: str) -> Rank:
    return WORDS[kind].rank if kind in WORDS else Rank.ACT


def _one(same: Sequence[Entry]) -> Entry:
    """The entry of several events of one kind."""
    first = same[0]
    emails = dict.fromkeys(each.email for each in same if each.email)
    alike = {
        name: told
        for name, told in first.detail.items()
        if all(each.detail.get(name) == told for each in same[1:])
    }
    if first.kind == "edited":
        together = {name: _together(name, same) for name in _LISTS}
        alike |= {name: names for name, names in together.items() if names}
    return Entry(
        id=first.id,
        at=first.at,
        kind=first.kind,
        actor=first.actor,
        campaign=first.campaign,
        letter=first.letter if all(each.letter == first.letter for each in same) else "",
        email=next(iter(emails)) if len(emails) == 1 else "",
        people=len(emails),
        message=first.message if len(same) == 1 else None,
        detail=alike,
    )


def _together(name: str, same: Sequence[Entry]) -> list[Any]:
    """What is in a list of any of these events, each once."""
    return list(dict.fromkeys(one for each in same for one in each.detail.get(name) or ()))


def said(entry: Entry, zone_name: str) -> str:
    """The sentence of an entry, without its reason: "launched shops, revision 2: 12 people joined"."""
    facts = _facts(entry, zone_name)
    template = WORDS[entry.kind].said if entry.kind in WORDS else entry.kind.replace("_", " ") + "[ {whom}]"

    def fill(found: re.Match[str]) -> str:
        part = found[1]
        return _put(part, facts) if all(facts.get(name) for name in _FACT.findall(part)) else ""

    return _put(_OPTIONAL.sub(fill, template), facts)


def _put(text: str, facts: Mapping[str, str]) -> str:
    return _FACT.sub(lambda found: facts.get(found[1]) or SOMEBODY, text)


def _facts(entry: Entry, zone_name: str) -> dict[str, str]:
    facts = {name: _fact(name, value) for name, value in entry.detail.items()}
    if facts.get("until"):
        facts["until"] = moment(datetime.fromisoformat(facts["until"]), zone_name)
    whom = "" if not entry.people else number(entry.people, "person", "people")
    if entry.email:
        whom = ERASED if "@" not in entry.email else entry.email
    own = {"campaign": entry.campaign, "letter": entry.letter, "whom": whom}
    own["store"] = "" if entry.people or entry.message else "the store"
    facts |= {name: value for name, value in own.items() if value}
    everything = "everything" if facts.get("scope") == "all" else ""
    target = everything or facts.get("name") or whom or entry.campaign
    return {**facts, "target": target or "everything"}


def _fact(name: str, value: object) -> str:
    """A fact as it is read; nothing for none of something."""
    match value:
        case bool() | None:
            return ""
        case int() if name in _COUNTED:
            return number(value, *_COUNTED[name]) if value else ""
        case int():
            return f"{value:,}" if value else ""
        case list() | tuple():
            return ", ".join(map(str, value))
        case _:
            return " ".join(str(value).split())


def reason(entry: Entry) -> str:
    """Why, as far as it was told."""
    return " ".join(str(entry.detail.get("reason") or entry.detail.get("answer") or "").split())


def _line(entry: Entry, zone_name: str, now: datetime, columns: int) -> list[str]:
    """When, by whom (in so many columns), what: 80 columns wide."""
    head = f"{when(entry.at, zone_name, now):<17} {fit(entry.actor, columns)}  "
    why = reason(entry)
    lines = broken(
        said(entry, zone_name) + (f" ({why})" if why else ""), WIDTH, first=head, rest=" " * width(head)
    )
    return lines if len(lines) <= MOST else [*lines[: MOST - 1], fit(lines[MOST - 1] + "…", WIDTH).rstrip()]


ACTOR, MOST = 12, 3  # columns of a name; lines of an entry


def when(at: datetime, zone_name: str, now: datetime) -> str:
    """ "Mon 23 Nov 09:04"; of another year "23 Nov 2025 09:04"."""
    local = at.astimezone(zone(zone_name))
    if local.year == now.astimezone(zone(zone_name)).year:
        return moment(at, zone_name)
    return f"{local.day} {local:%b %Y %H:%M}"


def text(found: Sequence[Entry], zone_name: str, now: datetime, *, more: bool, everything: bool) -> str:
    """The log, the newest last; times in `zone_name`."""
    if not found:
        again = "" if everything else "what the program did by itself: outreach log --all"
        return "nothing was done" + (f"\n{labelled('NEXT', again)}" if again else "")
    columns = min(ACTOR, max(width(entry.actor) for entry in found))
    lines = [line for entry in found for line in _line(entry, zone_name, now, columns)]
    before = [f"... and earlier: --limit {len(found) * 4}"] if more else []
    return "\n".join([*before, *lines])


def value(found: Sequence[Entry], zone_name: str, *, more: bool) -> dict[str, Any]:
    """`more` (whether there are earlier ones), `entries` (oldest first): `id`, `at`, `actor`, `kind`, `said` (a
    sentence), `reason`, `campaign`, `letter`, `email` ("" for nobody or several), `people` (how many it is about),
    `message` (number or null), `detail`.
    """
    return {"more": more, "entries": [entry_value(entry, zone_name) for entry in found]}


def entry_value(entry: Entry, zone_name: str) -> dict[str, Any]:
    """One entry of `value`."""
    return {
        "id": entry.id,
        "at": entry.at,
        "actor": entry.actor,
        "kind": entry.kind,
        "said": said(entry, zone_name),
        "reason": reason(entry),
        "campaign": entry.campaign,
        "letter": entry.letter,
        "email": entry.email if "@" in entry.email else "",
        "people": entry.people,
        "message": entry.message,
        "detail": dict(entry.detail),
    }
