"""The audit: every promise, how much it was checked on, and what breaks it."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outreach.report.lines import WIDTH, fit, labelled, number

SHOWN = 5  # violations named on the screen; JSON has all


@dataclass(frozen=True, slots=True)
class Check:
    """One promise of the store, as audited: how many things were looked at, which of them break it.

    `notes` are worth knowing and break nothing.
    """

    code: str
    promise: str
    checked: int
    broken: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def text(checks: Sequence[Check], events: Mapping[str, int]) -> str:
    """The screen: a line a promise, below it what breaks it."""
    broken = sum(len(check.broken) for check in checks)
    lines = [line for check in checks for line in _check(check)]
    total = sum(events.values())
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in events.items())
    history = labelled("HISTORY", f"{number(total, 'event')}{': ' + kinds if kinds else ''}")
    verdict = (
        f"{number(broken, 'violation')} of {number(len(checks), 'promise')}: please report it, with this output"
        if broken
        else f"all {len(checks)} promises are kept"
    )
    return "\n".join([*lines, "", *_wrapped(history), labelled("RESULT", verdict)])


def _check(check: Check) -> Iterator[str]:
    state = "BROKEN" if check.broken else "ok"
    yield f"{state:<7}{fit(check.promise, 62)}{check.checked:>11,}"
    yield from (fit(f"       {each}", WIDTH).rstrip() for each in check.broken[:SHOWN])
    if len(check.broken) > SHOWN:
        yield f"       and {len(check.broken) - SHOWN:,} more: outreach audit --format json"
    yield from (fit(f"       note: {each}", WIDTH).rstrip() for each in check.notes[:SHOWN])


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=" " * 10, break_on_hyphens=False)


def value(checks: Sequence[Check], events: Mapping[str, int]) -> dict[str, Any]:
    """`kept` (whether all are), `checks` (each `code`, `promise`, `checked`, `broken`, `notes`), and `events`
    by kind.
    """
    return {
        "kept": not any(check.broken for check in checks),
        "checks": [
            {
                "code": check.code,
                "promise": check.promise,
                "checked": check.checked,
                "broken": list(check.broken),
                "notes": list(check.notes),
            }
            for check in checks
        ],
        "events": dict(events),
    }
