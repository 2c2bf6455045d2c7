"""What one run of the sender did, or would do, and what comes next."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outreach.report.blocks import block, some
from outreach.report.came_back import came_back, came_back_value
from outreach.report.joined import Joined
from outreach.report.joined import value as joined_value
from outreach.report.lines import WIDTH, broken, moment, number, width
from outreach.report.needs import Need, checked, idle, needs, needs_value
from outreach.report.news import Happening, held
from outreach.report.standing import CameBack, Next, Standing
from outreach.sequence import Verdict

# What a letter's event is called here. Other verdicts put it back: its mailbox rests, and that is told.
NAMES = {"sent": "sent", "failed": "bounced", "held": "held", "uncertain": "uncertain"}

ON_TIME = ("gap", "window", "not_due", "away", "nothing_waits")


@dataclass(frozen=True, slots=True)
class Done:
    """What a run came to, letters aside, and how things stand after it.

    `joined` is by campaign, `put_back` letters that a sender which was cut off had in hand; `edited` campaigns'
    files differ from the revision with that number.
    """

    standing: Standing
    joined: Mapping[str, Joined] = field(default_factory=dict)
    put_back: int = 0
    came: CameBack = field(default_factory=CameBack)
    edited: Mapping[str, int] = field(default_factory=dict)


def text(counts: Counter[str], done: Done) -> str:
    """What a run did beside the letters, what needs a person, and the `closing`."""
    back = came_back(done.came)
    put_back = f"{number(done.put_back, 'letter')} that a sender had in hand when it was cut off"
    blocks = (
        ("JOINED", [f"{stem}: {each.text}" for stem, each in done.joined.items()]),
        ("CAME BACK", [back] if back else []),
        ("PUT BACK", [put_back] if done.put_back else []),
        ("EDITED", edited(done.edited)),
        ("NEEDS YOU", some(checked(_untold(done.standing)).splitlines())),
    )
    lines = [block(label, *said) for label, said in blocks if said]
    return "\n".join([*lines, closing(counts, done.standing)])


def _untold(standing: Standing) -> list[Need]:
    """What needs a person and is not said by the closing anyway."""
    said = {"store_held", "no_password", *(each.code for each in idle(standing))}
    return [each for each in needs(standing) if each.code not in said]


def edited(found: Mapping[str, int]) -> list[str]:
    """ "shops: files differ from revision 2: outreach plan shops", a line each."""
    return [
        f"{stem}: files differ from revision {number}: outreach plan {stem}" for stem, number in found.items()
    ]


def tally(events: Iterable[Happening]) -> Counter[str]:
    """How many letters were sent, deferred, bounced, held or became uncertain."""
    names = (_name(each) for each in events)
    return Counter(name for name in names if name)


def _name(event: Happening) -> str:
    if event.kind == "scheduled":
        return "deferred" if event.verdict == Verdict.DEFERRED else "put back" if event.verdict else ""
    return NAMES.get(event.kind, "")


def counted(counts: Counter[str]) -> str:
    """ "3 sent, 1 deferred"."""
    others = (f"{count} {name}" for name, count in counts.items() if name != "sent")
    return ", ".join((f"{counts['sent']} sent", *others))


def closing(counts: Counter[str], standing: Standing, head: str = "") -> str:
    """The last words: what left, why nothing (more) leaves now, the next letter; below, commands that help.

    `head` stands in place of what left.
    """
    head = head or counted(counts)
    if standing.hold:
        return "\n".join([head, *held(standing.hold)])
    # After a letter it goes without saying that the next one waits for its time.
    reasons = [each for each in idle(standing) if not (counts["sent"] and each.code in ON_TIME)]
    parts = [head, *(each.text for each in reasons)]
    if standing.next:
        parts.append(f"next {coming(standing.next, standing.zone)}")
    commands = dict.fromkeys(f"      {each.command}" for each in reasons if each.command)
    return "\n".join([*_packed(parts), *commands])


def _packed(parts: Iterable[str]) -> Iterator[str]:
    """Parts on as few lines as they fit on; one that is longer than a line is broken between words."""
    line = ""
    for part in parts:
        both = f"{line}; {part}" if line else part
        if line and width(both) >= WIDTH:  # a semicolon comes behind
            yield from broken(f"{line};", rest="  ")
            both = part
        line = both
    yield from broken(line, rest="  ")


def coming(letter: Next, zone: str) -> str:
    """ "Mon 23 Nov 09:04 bob@acme.example"."""
    return f"{moment(letter.at, zone)} {letter.email}"


def opening(standing: Standing) -> str:
    """What a sender says when it starts."""
    boxes = [box.address for box in standing.boxes if box.waiting and box.address not in standing.lacking]
    ahead = coming(standing.next, standing.zone) if standing.next else ""
    first = f"next {ahead}" if ahead else "; ".join(each.text for each in idle(standing)) or "nothing is due"
    said = broken(f"sending from {', '.join(boxes) or 'no mailbox yet'}; {first}", rest="  ")
    return "\n".join([*said, "Ctrl-C ends it after the letter in hand"])


def would(letters: Sequence[Next], standing: Standing) -> str:
    """The letters that would leave now; and as `closing` where there are none."""
    found = (f"would send {each.letter} to {each.email} from {each.mailbox}" for each in letters)
    lines = [part for each in found for part in broken(each, rest="  ")]
    if letters:
        lines.append(f"{number(len(letters), 'letter')} would leave now; nothing was sent")
    else:
        lines.append(closing(Counter(), standing, "nothing would leave now"))
    lacking = [loud(each.text) for each in needs(standing) if each.code == "no_password"]
    return "\n".join([*lines, *lacking])


def loud(text: str, command: str = "") -> str:
    """What needs a person, with the command that helps below."""
    lines = broken(text, first="NEEDS YOU: ", rest=" " * 11)
    return "\n".join([*lines, *([" " * 11 + command] if command else [])])


def timed(text: str, at: str) -> str:
    """A line that a sender tells, with the time before it."""
    return "\n".join(broken(text, first=f"{at} ", rest=" " * 6))


def value(
    events: Collection[Happening], done: Done, letters: Collection[Next] | None = None
) -> dict[str, Any]:
    """The result as JSON.

    `{"dry_run", "counts": {"sent": n, "deferred": n, ...}, "letters": [...], "waiting": n, "reasons":
    [{"code", "text", "command"}], "next": letter or null}`. A letter has `event` ("sent", "deferred",
    "bounced", "held", "uncertain", "put back"; "would_send" in a dry run), `at`, `campaign`, `letter`,
    `email`, and `answer` (the server's) or, in a dry run and in `next`, `mailbox`. `reasons` say why nothing
    (more) leaves now.

    Beside the letters: `joined`: `[{"campaign", "people", "held": [{"reason", "people"}], "trouble"}]`, who
    joined nightly campaigns; `came_back`: mails that this run read, by kind; `put_back`: letters that a sender
    had in hand when it was cut off; `edited`: `[{"campaign", "revision"}]`, campaigns whose files differ from
    what was launched; `needs`: what needs a person, as in `status`.
    """
    standing = done.standing
    left = [
        {
            "event": _name(each),
            "at": each.at,
            "campaign": each.campaign,
            "letter": each.letter,
            "email": each.email,
            "answer": each.said,
        }
        for each in events
        if _name(each)
    ]
    return {
        "dry_run": letters is not None,
        "counts": {"sent": 0, **tally(events)},
        "letters": left
        if letters is None
        else [{"event": "would_send", **next_value(each)} for each in letters],
        "waiting": standing.waiting,
        "reasons": needs_value(idle(standing)),
        "next": next_value(standing.next) if standing.next else None,
        "joined": joined_value(done.joined),
        "came_back": came_back_value(done.came),
        "put_back": done.put_back,
        "edited": [{"campaign": stem, "revision": number} for stem, number in done.edited.items()],
        "needs": needs_value(needs(standing)),
    }


def next_value(letter: Next) -> dict[str, Any]:
    """A letter ahead as JSON: `{"at", "campaign", "letter", "email", "mailbox"}`."""
    return {
        "at": letter.at,
        "campaign": letter.campaign,
        "letter": letter.letter,
        "email": letter.email,
        "mailbox": letter.mailbox,
    }
