"""What a demo came to: in numbers, and as the last screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from outreach.demo.play import Came, Leaving
from outreach.model import Kind, MessageStatus
from outreach.report import lines
from outreach.report.inbox import came_back

Log = Sequence[Leaving | Came]


@dataclass(frozen=True, slots=True)
class Returned:
    """The mails of one kind that came back ("" for those that were not kept), and what they did, in people.

    `stopped` get no more letters, `colleagues` of them because somebody else at the company answered. `later`
    get their next letter after a rest, `paused` none until a person decides. `waiting` counts the mails that
    somebody should see.
    """

    kind: str
    mails: int
    stopped: int
    colleagues: int
    suppressed: int
    later: int
    paused: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a demo came to, in letters and people. `letters` and `people` are counted at the mail server."""

    letters: int
    people: int
    days: int  # from the first letter to the last
    announced: int  # departures of the calendar; each came to its turn at its minute
    refused: int  # of those, refused by the server for good or for now
    held: int  # letters that wait for a person
    stopped: int  # people who were stopped, by answers or by a refusal for good
    came_back: tuple[Returned, ...]
    earliest: str  # HH:MM of the earliest and latest letter on its reader's clock
    latest: str


def count(log: Log) -> Summary:
    """The numbers of a play."""
    turns = [each for each in log if isinstance(each, Leaving)]
    taken = [each for each in turns if each.received]
    came = [each for each in log if isinstance(each, Came)]
    clocks = sorted(f"{each.local:%H:%M}" for each in taken)
    failed = {each.email for each in turns if each.status == MessageStatus.FAILED}
    return Summary(
        letters=len(taken),
        people=len({each.email for each in taken}),
        days=(turns[-1].at.date() - turns[0].at.date()).days + 1,
        announced=len(turns),
        refused=len(turns) - len(taken),
        held=sum(each.status == MessageStatus.HELD for each in turns),
        stopped=len(failed.union(*(each.gone for each in came))),
        came_back=tuple(
            _returned(kind, [each for each in came if each.kind == kind])
            for kind in (*Kind, None)
            if any(each.kind == kind for each in came)
        ),
        earliest=clocks[0],
        latest=clocks[-1],
    )


def _returned(kind: Kind | None, mails: Sequence[Came]) -> Returned:
    return Returned(
        kind=kind or "",
        mails=len(mails),
        stopped=sum(len(each.gone) for each in mails),
        colleagues=sum(email != each.email for each in mails for email in each.gone),
        suppressed=sum(each.suppressed for each in mails),
        later=sum(each.until is not None for each in mails),
        paused=sum(each.rests and each.until is None for each in mails),
        waiting=sum(each.waiting for each in mails),
    )


def text(found: Summary, next_commands: Sequence[str]) -> str:
    """What a marketer wants to know, and what to try next."""
    people = lines.number(found.stopped, "person", "people")
    return "\n".join(
        [
            lines.labelled(
                "SUMMARY",
                f"{found.letters} letters reached {found.people} people in {found.days} days, each once,",
                f"between {found.earliest} and {found.latest} on the reader's own clock",
            ),
            lines.labelled("CAME BACK", *(f"{_what(each):<16}{_did(each)}" for each in found.came_back)),
            lines.labelled("STOPPED", f"{people}, none of whom got another letter"),
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


def _what(each: Returned) -> str:
    return came_back({Kind(each.kind): each.mails}) if each.kind else f"{each.mails} other"


def _did(each: Returned) -> str:
    """What the program did about the mails of a kind."""
    if not each.kind:
        return "not kept: it answers no letter"
    colleagues = f" ({lines.number(each.colleagues, 'colleague')})" if each.colleagues else ""
    said = (
        (each.stopped, f"stopped{colleagues}"),
        (each.suppressed, "suppressed"),
        (each.later, "left alone for some days"),
        (each.paused, "left alone until you decide"),
        (each.waiting, "for you to see"),
    )
    return ", ".join(f"{count} {words}" for count, words in said if count) or "nothing"
