"""The demo's story as text, 80 columns wide."""

import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from outreach.demo.play import Happening, Leaving
from outreach.model import Mailbox, MessageStatus, Sender
from outreach.report import lines
from outreach.schedule.zones import zone

Log = Sequence[Leaving | Happening]
_CODES = re.compile(r"^\d{3} (\d\.\d+\.\d+ )*")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a demo came to, in letters and people. `letters` and `people` are counted at the mail server."""

    letters: int
    people: int
    days: int  # from the first letter to the last
    announced: int  # departures of the calendar; each came to its turn at its minute
    refused: int  # of those, refused by the server for good or for now
    held: int  # letters that wait for a person
    stopped: dict[str, int]  # people stopped: by "replied", "opted-out", "bounced"
    earliest: str  # HH:MM of the earliest and latest letter on its reader's clock
    latest: str


def opening(sender: Sender, mailbox: Mailbox, start: datetime) -> str:
    """What this is."""
    text = (
        f"{mailbox.name} of {sender.company} writes to shops: three weeks in a few seconds. "
        f"The clock is virtual and starts on {lines.day(start, sender.timezone)} {start.year}. "
        "Nothing leaves this computer: the mail server is part of the demo, and the people are invented."
    )
    return textwrap.fill(text, lines.WIDTH)


def excerpt(screen: str, first: str, last: str) -> str:
    """A screen from the line that starts with `first` to the block that starts with `last`; "" for no limit."""
    told = screen.strip().splitlines()
    starts = [place for place, line in enumerate(told) if first and line.lstrip().startswith(first)]
    ends = [place for place, line in enumerate(told) if last and line.lstrip().startswith(last)]
    told = told[starts[0] if starts else 0 : ends[-1] + 1 if ends else None]
    return "\n".join(told)


def days(log: Log, zone_name: str) -> str:
    """What happened, day by day, in that zone."""
    told: list[str] = []
    tries: Counter[tuple[str, str]] = Counter()
    for date in dict.fromkeys(lines.day(each.at, zone_name) for each in log):
        today = [each for each in log if lines.day(each.at, zone_name) == date]
        steps = [each.departure.step for each in today if isinstance(each, Leaving) and each.received]
        first = steps.count(0)
        kinds = [(first, "first", "first"), (len(steps) - first, "follow-up", "follow-ups")]
        shown = ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in kinds if count)
        told.append(f"{date:<10}  {lines.number(len(steps), 'letter'):<10} {shown}".rstrip())
        for each in today:
            at = f"{each.at.astimezone(zone(zone_name)):%H:%M}"
            told += [f"  {at}  {note}" for note in _notes(each, tries)]
            if isinstance(each, Happening):
                told.append(f"         $ outreach {' '.join(entry(each))}")
    return "\n".join(told)


def entry(happening: Happening) -> tuple[str, ...]:
    """The command by which a person enters what happened."""
    return "prospects", "mark", happening.email, happening.mark


def _notes(each: Leaving | Happening, tries: Counter[tuple[str, str]]) -> Iterator[str]:
    """What is out of the ordinary: answers, refusals, and what came of them."""
    if isinstance(each, Happening):
        yield f'{each.mark.replace("-", " "):<10} {each.email} "{each.says}"'
        return
    letter = (each.email, each.departure.letter)
    tries[letter] += 1
    said = _CODES.sub("", each.answer)
    if each.status == MessageStatus.FAILED:
        yield f'{"bounced":<10} {each.email} "{said}"'
    elif each.status == MessageStatus.HELD:
        yield f"{'held':<10} {each.email}, put off {tries[letter]} times in 48 hours"
    elif each.received is None and tries[letter] == 1:
        yield f'{"put off":<10} {each.email} "{said}"'
    elif each.received and tries[letter] > 1:
        yield f"{'taken':<10} {each.email} at try {tries[letter]}"


def letter(raw: bytes) -> str:
    """A letter as its reader gets it: the headers that mail programs show, and the text, wrapped."""
    message: EmailMessage = message_from_bytes(raw, policy=policy.default)
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    head = [f"{name}: {message[name]}" for name in ("From", "To", "Subject", "Date")]
    wrapped = [part for line in text.rstrip().splitlines() for part in textwrap.wrap(line, 76) or [""]]
    return "\n".join(f"  {line}".rstrip() for line in [*head, "", *wrapped])


def summary(found: Summary, next_commands: Sequence[str]) -> str:
    """What a marketer wants to know, and what to try next."""
    stopped = ", ".join(f"{count} {how.replace('-', ' ')}" for how, count in found.stopped.items())
    people = lines.number(sum(found.stopped.values()), "person", "people")
    return "\n".join(
        [
            lines.labelled(
                "SUMMARY",
                f"{found.letters} letters reached {found.people} people in {found.days} days, each once,",
                f"between {found.earliest} and {found.latest} on the reader's own clock",
            ),
            lines.labelled("STOPPED", f"{people}, none of whom got another letter:", stopped),
            lines.labelled("HELD", f"{lines.number(found.held, 'letter')}, until you decide"),
            lines.labelled(
                "CALENDAR",
                f"{found.announced} departures, each as foretold to the minute:",
                f"{found.announced - found.refused} taken by the mail server, {found.refused} refused or put off",
            ),
            lines.labelled("SERVER", f"{found.letters} letters arrived: the same ones, nothing else"),
            lines.labelled("TRY NEXT", *next_commands),
        ]
    )
