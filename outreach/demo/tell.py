"""The demo's story as text, 80 columns wide."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from outreach.demo.play import Happening, Leaving
from outreach.model import MessageStatus, Sender
from outreach.report import lines
from outreach.schedule.zones import zone

NOTE = " " * 12


def day(entries: Sequence[Leaving | Happening], before: Sequence[Leaving | Happening], zone_name: str) -> str:
    """One day: how many letters left, and below whatever was out of the ordinary. `before` is all earlier."""
    sent = [each for each in entries if isinstance(each, Leaving) and each.received]
    first = sum(each.departure.step == 0 for each in sent)
    kinds = [
        lines.number(count, one, many)
        for count, one, many in (
            (first, "first letter", ""),
            (len(sent) - first, "follow-up", ""),
        )
        if count
    ]
    head = f"{lines.day(entries[0].at, zone_name):<10}  {lines.number(len(sent), 'letter'):<10}"
    told = [f"{head}  {', '.join(kinds)}".rstrip()]
    seen = list(before)
    for each in entries:
        at = f"{each.at.astimezone(zone(zone_name)):%H:%M}"
        told += [f"{NOTE}{at if place == 0 else '     '}  {note}" for place, note in enumerate(_notes(each, seen))]
        seen.append(each)
    return "\n".join(told)


def _notes(each: Leaving | Happening, before: Sequence[Leaving | Happening]) -> Iterator[str]:
    if isinstance(each, Happening):
        yield f'{each.email} writes: "{each.says}"'
        yield f"$ outreach prospects mark {each.email} {each.mark}"
        return
    tries = _tries(each, before)
    said = each.answer.partition(" ")[2].partition(" ")[2] or each.answer
    if each.status == MessageStatus.FAILED:
        yield f'{each.email} bounces: "{said}"; never written to again'
    elif each.status == MessageStatus.HELD:
        yield f"{each.email}: {tries} tries in 48 hours; held until you decide"
    elif each.status == MessageStatus.SCHEDULED and tries == 1:
        yield f'{each.email}: "{said}"; tried again later'
    elif each.received and tries > 1:
        yield f"{each.email}: taken at try {tries}"


def _tries(each: Leaving, before: Sequence[Leaving | Happening]) -> int:
    same = (each.email, each.departure.letter)
    return 1 + sum(
        isinstance(other, Leaving) and (other.email, other.departure.letter) == same for other in before
    )


def letter(raw: bytes) -> str:
    """A letter as its reader gets it: the headers that mail programs show, and the text, wrapped."""
    message = cast(EmailMessage, message_from_bytes(raw, policy=policy.default))
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    head = [f"{name}: {message[name]}" for name in ("From", "To", "Subject", "Date")]
    wrapped = [part for line in text.rstrip().splitlines() for part in textwrap.wrap(line, 76) or [""]]
    return "\n".join(f"  {line}".rstrip() for line in [*head, "", *wrapped])


def clock_times(log: Sequence[Leaving | Happening]) -> tuple[datetime, datetime]:
    """The earliest and the latest letter on its reader's clock."""
    times = sorted((each.local for each in log if isinstance(each, Leaving)), key=lambda at: at.time())
    return times[0], times[-1]


def opening(sender: Sender) -> str:
    """What this is."""
    return f"{sender.company}: three weeks\n"


def days(log: Sequence[Leaving | Happening], zone_name: str) -> str:
    """The whole log, day by day."""
    told: list[str] = []
    start = 0
    for place in range(1, len(log) + 1):
        same = place < len(log) and lines.day(log[place].at, zone_name) == lines.day(log[start].at, zone_name)
        if not same:
            told.append(day(log[start:place], log[:start], zone_name))
            start = place
    return "\n".join(told) + "\n"


def summary(s, log) -> str:
    return repr(s)
