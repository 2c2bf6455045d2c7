"""Pauses: what `pause` and `resume` did, or would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.model import Scope
from outreach.report import refusals
from outreach.report.lines import LABEL, WIDTH, broken, labelled, moment, number
from outreach.report.standing import SENDER, Next, Pause


@dataclass(frozen=True, slots=True)
class Paused:
    """What a pause did. `pause` is the one in force now, `already` whether it was there before and stays.

    `waiting` letters are kept back, `leaving` ones are on their way and cannot be. `asked` is the end that was
    asked for (None: none).
    """

    pause: Pause
    already: bool
    waiting: int
    leaving: int
    dry_run: bool = False
    asked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a resume did: the pause that is undone (None: there was none), the letters that may go on.

    `due` of them leave within a minute if a sender runs (0 in a dry run), `still` are other pauses that
    cover them, `next` is the first to leave.
    """

    scope: Scope
    name: str
    pause: Pause | None
    waiting: int
    due: int
    still: Sequence[Pause] = ()
    next: Next | None = None
    dry_run: bool = False


def name_of(scope: Scope, name: str) -> str:
    """What is paused, in words."""
    return "everything" if scope is Scope.ALL else name


def command(scope: Scope, name: str) -> str:
    """What undoes it."""
    return f"outreach resume {'--all' if scope is Scope.ALL else name}"


def told(pause: Pause, zone: str) -> str:
    """ "ann@northwind.example, by the program itself since Mon 23 Nov 10:42 until Mon 23 Nov 10:52: ..."."""
    by = "by the program itself" if pause.actor == SENDER else f"by {pause.actor}"
    until = f" until {moment(pause.until, zone)}" if pause.until else ""
    reason = f": {refusals.told(pause.reason, pause.actor)}" if pause.reason else ""
    return f"{name_of(pause.scope, pause.name)}, {by} since {moment(pause.at, zone)}{until}{reason}"


def _wrapped(text: str) -> list[str]:
    return broken(text, WIDTH - LABEL - 1)


def _dropped(done: Paused, zone: str) -> str:
    """Why the end that was asked for does not count: the pause in force lasts longer."""
    end = done.pause.until
    if done.asked is None or done.asked == end:
        return ""
    lasts = f"it lasts until {moment(end, zone)}" if end else "it has no end"
    return f"{lasts}, so until {moment(done.asked, zone)} does not count: resume first, then pause again"


def paused(done: Paused, zone: str) -> str:
    """The screen of `pause`."""
    pause = done.pause
    lines = [labelled("DRY RUN", "nothing was changed; without --dry-run:")] if done.dry_run else []
    if done.already:
        lines.append(labelled("ALREADY", *_wrapped(told(pause, zone)), *_wrapped(_dropped(done, zone))))
    else:
        until = f" until {moment(pause.until, zone)}" if pause.until else ""
        lines.append(labelled("PAUSED", f"{name_of(pause.scope, pause.name)}{until}"))
    lines.append(labelled("WAITING", number(done.waiting, "letter")))
    if done.leaving:
        lines.append(labelled("TOO LATE", f"{number(done.leaving, 'letter')} leaving just now"))
    return "\n".join([*lines, labelled("NEXT", command(pause.scope, pause.name))])


def paused_value(done: Paused) -> dict[str, Any]:
    """`pause` (`scope`, `name`, `reason`, `actor`, `at`, `until`), `already`, `waiting`, `leaving`, `dry_run`."""
    return {
        "pause": pause_value(done.pause),
        "already": done.already,
        "waiting": done.waiting,
        "leaving": done.leaving,
        "dry_run": done.dry_run,
    }


def pause_value(pause: Pause) -> dict[str, Any]:
    """`scope`, `name` ("" for everything), `reason`, `actor`, `at`, `until` (null: until it is resumed)."""
    names = ("scope", "name", "reason", "actor", "at", "until")
    return {name: getattr(pause, name) for name in names}


def resumed(done: Resumed, zone: str) -> str:
    """The screen of `resume`."""
    name = name_of(done.scope, done.name)
    lines = [labelled("DRY RUN", "nothing was changed; without --dry-run:")] if done.dry_run else []
    if done.pause is None:
        lines.append(labelled("NOTHING", f"to undo: {name} is not paused"))
    else:
        lines.append(labelled("RESUMED", name))
    if done.pause is not None:
        lines.append(labelled("WAS", *_wrapped(told(done.pause, zone))))
    going = number(done.waiting, "letter waits", "letters wait")
    lines.append(
        labelled("GOES ON", going + (f", {done.due:,} may leave within a minute" if done.due else ""))
    )
    if done.still:
        lines.append(
            labelled(
                "STILL", *(line for each in done.still for line in _wrapped(f"paused: {told(each, zone)}"))
            )
        )
    if done.next:
        coming = done.next
        at = moment(coming.at, zone)
        lines.append(labelled("FIRST", f"{at} {coming.letter} to {coming.email}"))
    follow = command(done.still[0].scope, done.still[0].name) if done.still else "outreach status"
    return "\n".join([*lines, labelled("NEXT", follow)])


def resumed_value(done: Resumed) -> dict[str, Any]:
    """`scope`, `name`, `pause` (the one undone, or null), `waiting`, `due` (those that leave within a minute),
    `still` (pauses that cover the same letters), `next` (`at`, `letter`, `email`, or null), `dry_run`.
    """
    coming = done.next
    return {
        "scope": done.scope,
        "name": done.name,
        "pause": pause_value(done.pause) if done.pause else None,
        "waiting": done.waiting,
        "due": done.due,
        "still": [pause_value(each) for each in done.still],
        "next": {"at": coming.at, "letter": coming.letter, "email": coming.email} if coming else None,
        "dry_run": done.dry_run,
    }
