"""The demo's story as text, 80 columns wide."""

import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from outreach.demo.mails import Letter
from outreach.demo.play import Came, Leaving
from outreach.model import Mailbox, MessageStatus, Sender
from outreach.report import lines
from outreach.report.inbox import came_back
from outreach.schedule.zones import day_bounds, zone

Log = Sequence[Leaving | Came]
_KIND, _AT = 12, 21  # columns of what a line of the story is about, and before who it is about
_IN = " " * _AT
_CODES = re.compile(r"^\d{3} (\d\.\d+\.\d+ )*")


def opening(sender: Sender, mailbox: Mailbox, start: datetime) -> str:
    """What this is."""
    text = (
        f"{mailbox.name} of {sender.company} writes to shops: three weeks in a few seconds. "
        f"The clock is virtual and starts on {lines.day(start, sender.timezone)} {start.year}. "
        "Nothing leaves this computer: the mail server is part of the demo, and the people are invented."
    )
    return textwrap.fill(text, lines.WIDTH)


def feeding(folder: str) -> str:
    """How the demo's mailbox is read."""
    text = (
        'In outreach.toml the mailbox has answers = "manual": the program does not read it by itself, somebody '
        f"feeds it what came. Here that is the demo, with the mails that come back to the Maildir {folder}/."
    )
    return textwrap.fill(text, lines.WIDTH)


def excerpt(screen: str, first: str, last: str, most: int) -> str:
    """A screen from the line that starts with `first` to the block that starts with `last`; "" for no limit.

    Of that `most` lines at most (0: all).
    """
    told = screen.strip().splitlines()
    starts = [place for place, line in enumerate(told) if first and line.lstrip().startswith(first)]
    ends = [place for place, line in enumerate(told) if last and line.lstrip().startswith(last)]
    told = told[starts[0] if starts else 0 : ends[-1] + 1 if ends else None]
    return "\n".join([*told[:most], "..."] if most and len(told) > most else told)


def days(log: Log, zone_name: str) -> str:
    """What happened, day by day, in that zone."""
    told: list[str] = []
    tries: Counter[tuple[str, str]] = Counter()
    later: set[str] = set()
    for date in dict.fromkeys(lines.day(each.at, zone_name) for each in log):
        today = [each for each in log if lines.day(each.at, zone_name) == date]
        steps = [each.departure.step for each in today if isinstance(each, Leaving) and each.received]
        first = steps.count(0)
        kinds = [(first, "first", "first"), (len(steps) - first, "follow-up", "follow-ups")]
        shown = ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in kinds if count)
        told.append(f"{date:<10}  {lines.number(len(steps), 'letter'):<10} {shown}".rstrip())
        for each in today:
            at = f"{each.at.astimezone(zone(zone_name)):%H:%M}"
            notes = [_came(each, zone_name)] if isinstance(each, Came) else _left(each, tries, later)
            told += [f"  {at}  {note}" for note in notes]
            if isinstance(each, Came):
                told += textwrap.wrap(_done(each), lines.WIDTH, initial_indent=_IN, subsequent_indent=_IN)
                later |= {each.email} if each.until else set()
    return "\n".join(told)


def _left(each: Leaving, tries: Counter[tuple[str, str]], later: set[str]) -> Iterator[str]:
    """What is out of the ordinary with a letter: refusals, what came of them, and an end of waiting."""
    letter = (each.email, each.departure.letter)
    tries[letter] += 1
    said = _CODES.sub("", each.answer)
    if each.status == MessageStatus.FAILED:
        yield f'{"refused":<{_KIND}}{each.email} "{said}"'
    elif each.status == MessageStatus.HELD:
        yield f"{'held':<{_KIND}}{each.email}, put off {tries[letter]} times in 48 hours"
    elif each.received is None and tries[letter] == 1:
        yield f'{"put off":<{_KIND}}{each.email} "{said}"'
    elif each.received and tries[letter] > 1:
        yield f"{'taken':<{_KIND}}{each.email} at try {tries[letter]}"
    elif each.received and each.email in later:
        later.discard(each.email)
        yield f"{'goes on':<{_KIND}}{each.email} gets what waited"


def _came(each: Came, zone_name: str) -> str:
    """What a mail is and says, in one line."""
    kind = came_back({each.kind: 1}).removeprefix("1 ") if each.kind else "other"
    said = next((line.strip() for line in each.text.splitlines() if line.strip()), "")
    what = f'"{_CODES.sub("", said)}"' if said else each.why
    if each.returns_on:
        what = f"is back on {lines.day(day_bounds(each.returns_on, zone_name)[0], zone_name)}"
    elif each.successor:
        what = "has left"
    return lines.fit(
        f"{kind:<{_KIND}}{each.email or each.reaction.by} {what}", lines.WIDTH - _AT + _KIND
    ).rstrip()


def _done(each: Came) -> str:
    """What the program did about it."""
    if each.kind is None:
        return "not kept: it answers no letter"
    others = " and ".join(email for email in each.gone if email != each.email)
    until = f"{each.until:%a} {each.until.day} {each.until:%b}" if each.until else ""  # on the reader's clock
    said = (
        (each.gone, f"gets nothing more{others and f', nor does {others} of the same company'}"),
        (until, f"gets nothing before {until}"),
        (each.rests and not until, "gets nothing until you decide"),
        (each.suppressed, "suppressed"),
        (each.successor, f"named instead: {each.successor}"),
        (each.waiting, "for you to see"),
    )
    return "; ".join(words for is_so, words in said if is_so) or "goes on"


def letter(raw: bytes) -> str:
    """A letter as its reader gets it: the headers that mail programs show, and the text, wrapped."""
    it = Letter(raw)
    head = [f"{name}: {it.mail[name]}" for name in ("From", "To", "Subject", "Date")]
    wrapped = [part for line in it.text.rstrip().splitlines() for part in textwrap.wrap(line, 76) or [""]]
    return "\n".join(f"  {line}".rstrip() for line in [*head, "", *wrapped])
