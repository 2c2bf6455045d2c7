"""Who is no longer written to: what a mark, a suppression or an erasure did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from outreach.model import Suppression
from outreach.report.lines import labelled, moment, number, table

SHOWN = 10  # names on a screen; JSON has all


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was ended: people with their campaigns, letters that will not leave, letters that no one can call back.

    `noted` is the campaign whose letters had all been sent, where the person's answer is now written down.
    """

    people: tuple[tuple[str, str], ...] = ()
    cancelled: int = 0
    leaving: int = 0
    noted: str = ""

    def __add__(self, other: "Stopped") -> "Stopped":
        return Stopped(
            self.people + other.people,
            self.cancelled + other.cancelled,
            self.leaving + other.leaving,
            self.noted or other.noted,
        )


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Addresses and domains that are suppressed now: new ones, those that were already, and whom it stopped."""

    added: int = 0
    known: int = 0
    stopped: Stopped = Stopped()

    def __add__(self, other: "Suppressed") -> "Suppressed":
        return Suppressed(self.added + other.added, self.known + other.known, self.stopped + other.stopped)


def lines(stopped: Stopped) -> list[str]:
    """The lines of a screen on what was stopped."""
    shown = [f"{email} in {campaign}" for email, campaign in sorted(stopped.people)[:SHOWN]]
    if more := len(stopped.people) - len(shown):
        shown.append(f"and {more:,} more")
    parts = [labelled("STOPPED", *shown or ("nobody: no letter was waiting",))]
    if stopped.noted:
        parts = [labelled("NOTED", f"in {stopped.noted}, where no letter was waiting")]
    if stopped.people:
        parts.append(labelled("CANCELLED", number(stopped.cancelled, "letter")))
    if stopped.leaving:
        parts.append(labelled("TOO LATE", f"{number(stopped.leaving, 'letter')} leaving just now"))
    return parts


def value(stopped: Stopped) -> dict[str, Any]:
    """`stopped` (list of `email`, `campaign`), `cancelled` (letters), `leaving` (letters that could not be called
    back), `noted` (a finished campaign, or "").
    """
    return {
        "stopped": [{"email": email, "campaign": campaign} for email, campaign in sorted(stopped.people)],
        "cancelled": stopped.cancelled,
        "leaving": stopped.leaving,
        "noted": stopped.noted,
    }


def marked(email: str, how: str, suppressed: bool, stopped: Stopped) -> str:
    """The screen after a mark."""
    never = labelled("NEVER", "to be written to again") if suppressed else ""
    parts = [labelled("MARKED", f"{email} {how}"), never, *lines(stopped)]
    return "\n".join([*filter(None, parts), labelled("NEXT", f"outreach why {email}")])


def marked_value(email: str, how: str, suppressed: bool, stopped: Stopped) -> dict[str, Any]:
    """`email`, `marked` (how), `suppressed`, and all of `value`."""
    return {"email": email, "marked": how, "suppressed": suppressed, **value(stopped)}


def suppressed(done: Suppressed, *, dry_run: bool = False) -> str:
    """The screen after a suppression."""
    already = f", {done.known:,} already" if done.known else ""
    parts = [
        labelled("DRY RUN", "nothing was changed") if dry_run else "",
        labelled("NEVER", f"to be written to: {done.added:,} new{already}"),
        *lines(done.stopped),
        labelled("NEXT", "the same command without --dry-run" if dry_run else "outreach suppress list"),
    ]
    return "\n".join(filter(None, parts))


def suppressed_value(done: Suppressed, *, dry_run: bool = False) -> dict[str, Any]:
    """`dry_run`, `added` and `known` (addresses and domains), and all of `value`."""
    return {"dry_run": dry_run, "added": done.added, "known": done.known, **value(done.stopped)}


def erased(email: str, stopped: Stopped) -> str:
    """The screen after an erasure: what is gone, and what stays."""
    return "\n".join(
        [
            labelled("ERASED", f"{email}: fields, texts and bytes of letters, answers of servers"),
            *lines(stopped),
            labelled(
                "STAYS",
                "a keyed hash, which keeps the address from being imported or written to again;",
                "when which letter left, without a name; your own files: look there too",
            ),
        ]
    )


def listing(found: Sequence[Suppression], total: int, zone: str) -> str:
    """The newest suppressions as a table; times in `zone`."""
    if not found:
        return "nobody is suppressed\n" + labelled("NEXT", "outreach suppress add ADDRESS|DOMAIN")
    cells = [(each.value or "(erased)", each.kind, moment(each.at, zone), each.reason) for each in found]
    more = total - len(found)
    left = f"... and {more:,} more: --limit {total}" if more else number(total, "suppression")
    return table(cells, ("WHO", "KIND", "SINCE", "REASON")) + f"\n{left}"


def listed(found: Sequence[Suppression], total: int) -> dict[str, Any]:
    """`total`, and the newest as `suppressions`: `kind` (address or domain), `value` ("" after an erasure),
    `reason`, `at`.
    """
    names = ("kind", "value", "reason", "at")
    return {
        "total": total,
        "suppressions": [{name: getattr(each, name) for name in names} for each in found],
    }


def lifting(name: str, found: Suppression, zone: str) -> str:
    """ "bob@acme.example is suppressed since Mon 23 Nov 10:02: by hand. Write to it again?"."""
    return f"{name} is suppressed since {moment(found.at, zone)}: {found.reason}. Write to it again?"
