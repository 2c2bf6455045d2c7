"""Endings: what `stop` and `end` did, or would do."""

from typing import Any, Protocol

from outreach.report.lines import labelled, number


class Ending(Protocol):
    """What an ending stops: open enrollments of these campaigns, letters that wait, letters leaving just now."""

    @property
    def campaigns(self) -> tuple[str, ...]: ...
    @property
    def people(self) -> int: ...
    @property
    def letters(self) -> int: ...
    @property
    def leaving(self) -> int: ...


def stopped(email: str, ending: Ending, *, dry_run: bool) -> str:
    """The screen of `stop`."""
    if not ending.people:
        return f"{email} is in no campaign that goes on: nothing to stop"
    lines = [labelled("STOPPED", f"{email} in {', '.join(ending.campaigns)}"), *_letters(ending)]
    follow = f"outreach suppress add {email}   (never write to them again)"
    return "\n".join([*_dry(dry_run), *lines, labelled("NEXT", follow)])


def ended(stem: str, ending: Ending, *, dry_run: bool) -> str:
    """The screen of `end`."""
    people = number(ending.people, "person", "people")
    lines = [labelled("ENDED", f"{stem}, {people} stopped"), *_letters(ending)]
    return "\n".join([*_dry(dry_run), *lines, labelled("NEXT", "outreach status")])


def _dry(dry_run: bool) -> list[str]:
    return [labelled("DRY RUN", "nothing was changed; without --dry-run:")] if dry_run else []


def _letters(ending: Ending) -> list[str]:
    lines = [labelled("CANCELLED", number(ending.letters, "letter"))]
    if ending.leaving:
        lines.append(labelled("TOO LATE", f"{number(ending.leaving, 'letter')} leaving just now"))
    return lines


def value(name: str, ending: Ending, *, dry_run: bool) -> dict[str, Any]:
    """`name` (address or campaign), `campaigns`, `people`, `cancelled` and `leaving` (letters), `dry_run`."""
    return {
        "name": name,
        "campaigns": list(ending.campaigns),
        "people": ending.people,
        "cancelled": ending.letters,
        "leaving": ending.leaving,
        "dry_run": dry_run,
    }
