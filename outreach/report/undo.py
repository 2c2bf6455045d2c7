"""What an undo of a launch does, or did."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.report.lines import labelled, moment, number

NAMED = 3  # people on the screen


@dataclass(frozen=True, slots=True)
class Undoing:
    """A launch that is taken back: when and by whom it was, its revision, the one that holds then (0: none).

    `people` joined by it; `letters` that wait were written anew as they were before; `reopened` were stopped by
    it and go on.
    """

    stem: str
    at: datetime
    actor: str
    revision: int
    back_to: int
    people: int
    letters: int = 0
    reopened: tuple[str, ...] = ()


def text(undoing: Undoing, zone: str, *, dry_run: bool) -> str:
    """The screen of `undo`."""
    by = f" by {undoing.actor}" if undoing.actor else ""
    leave = f"{_leave(undoing)}; nothing had left"
    after = (
        f"revision {undoing.back_to} holds"
        if undoing.back_to
        else f"{undoing.stem} is not launched any more: the files are as they were"
    )
    letters = f"{number(undoing.letters, 'waiting letter')} put back as before" if undoing.letters else ""
    more = f" and {len(undoing.reopened) - NAMED} more" if undoing.reopened[NAMED:] else ""
    lines = [
        labelled("DRY RUN", "nothing was changed; without --dry-run:") if dry_run else "",
        labelled("UNDONE", f"the launch of {moment(undoing.at, zone)}{by}"),
        labelled("PEOPLE", leave),
        labelled("LETTERS", letters) if letters else "",
        labelled("GO ON", f"whom it had stopped: {', '.join(undoing.reopened[:NAMED])}{more}")
        if undoing.reopened
        else "",
        labelled("NOW", after),
        labelled("NEXT", f"outreach plan {undoing.stem}"),
    ]
    return "\n".join(filter(None, lines))


def question(undoing: Undoing, zone: str) -> str:
    """ "Undo the launch of Mon 23 Nov 10:02? 16 people leave retail-shelving again"."""
    return f"Undo the launch of {moment(undoing.at, zone)}? {_leave(undoing)}"


def _leave(undoing: Undoing) -> str:
    if not undoing.people:
        return "nobody had joined by it"
    return f"{number(undoing.people, 'person leaves', 'people leave')} {undoing.stem} again"


def value(undoing: Undoing, *, dry_run: bool) -> dict[str, Any]:
    """`campaign`, `launched_at`, `launched_by`, `revision` (undone), `back_to` (null for none), `people`,
    `letters` (put back), `reopened` (addresses of those who go on), `dry_run`.
    """
    return {
        "campaign": undoing.stem,
        "launched_at": undoing.at,
        "launched_by": undoing.actor,
        "revision": undoing.revision,
        "back_to": undoing.back_to or None,
        "people": undoing.people,
        "letters": undoing.letters,
        "reopened": list(undoing.reopened),
        "dry_run": dry_run,
    }
