"""Trying a mailbox's servers, and adding it: what came of each step, and what a person can do about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outreach.model import Mailbox
from outreach.report.lines import WIDTH, broken, fit, number


@dataclass(frozen=True, slots=True)
class Step:
    """One step of trying a mailbox's servers. `todo` is what a person can do about a failure.

    `ok` is None where the step could not be tried, or where its failure does no harm. `fault` groups failures:
    "unreachable", "tls", "login", "secret", "busy" (the server asks to try later), "folder", "refused", or "".
    """

    name: str  # "smtp connect", "imap login", "inbox", "letter", ...
    ok: bool | None
    said: str
    todo: str = ""
    fault: str = ""
    seconds: float = 0.0
    mails: int | None = None  # in a folder


_MARKS = {True: "ok", False: "FAILS", None: "-"}


def failed(steps: Iterable[Step]) -> bool:
    """Whether one of the steps went wrong."""
    return any(each.ok is False for each in steps)


def text(tried: Mapping[str, Sequence[Step]]) -> str:
    """What came of trying some mailboxes: a line a step, what to do under those that failed."""
    blocks = []
    for address, steps in tried.items():
        blocks.append("\n".join([address, *(line for each in steps for line in step_lines(each))]))
    return "\n\n".join(blocks)


def step_lines(step: Step) -> list[str]:
    """ "  smtp login    ok     as ann@northwind.example   0.2 s", and what to do below it."""
    mails = f", {number(step.mails, 'mail')}" if step.mails is not None else ""
    took = f"{step.seconds:.1f} s" if step.ok is not None else ""
    head, indent = f"  {step.name:<13}{_MARKS[step.ok]:<6} ", " " * 21
    first, *rest = broken(f"{step.said}{mails}", WIDTH - 8, first=head, rest=indent)
    todo = broken(step.todo, first=f"{indent}-> ", rest=indent) if step.todo else []
    return [f"{fit(first, WIDTH - 8)}{took:>7}".rstrip(), *rest, *todo]


def value(tried: Mapping[str, Sequence[Step]]) -> list[dict[str, Any]]:
    """`[{"address", "ok", "steps": [{"step", "ok": true, false or null, "said", "todo", "fault", "seconds",
    "mails": number or null}]}]`; `fault` is "", "unreachable", "tls", "login", "secret", "busy", "folder" or
    "refused".
    """
    return [
        {
            "address": address,
            "ok": not failed(steps),
            "steps": _steps_value(steps),
        }
        for address, steps in tried.items()
    ]


def _steps_value(steps: Iterable[Step]) -> list[dict[str, Any]]:
    return [
        {
            "step": each.name,
            "ok": each.ok,
            "said": each.said,
            "todo": each.todo,
            "fault": each.fault,
            "seconds": round(each.seconds, 2),
            "mails": each.mails,
        }
        for each in steps
    ]


@dataclass(frozen=True, slots=True)
class Added:
    """A mailbox that was added: the files that changed, where its password is kept ("" where nothing was kept),
    what came of trying it, what is still to do, the campaigns that write from it, those launched first.
    """

    box: Mailbox
    files: Sequence[str]
    kept: str
    steps: Sequence[Step]
    todo: Sequence[str]
    campaigns: Sequence[str]
    launched: Sequence[str] = ()  # those of `campaigns` that were launched


def added_text(added: Added) -> str:
    """What was done, what is still to do, the next command."""
    box = added.box
    kept = f"; its password is in {added.kept}" if added.kept else ""
    begins = f"begins with {box.ramp_from} letters a day and grows to {box.per_day}"
    if box.ramp_from >= box.per_day:
        begins = f"sends up to {box.per_day} letters a day"
    lines = [
        *broken(f"{box.address} is added: {', '.join(added.files)}{kept}"),
        f"It {begins}.",
        *(line for each in added.todo for line in broken(each, rest="  ")),
    ]
    if added.campaigns:
        marked = (f"{each} (launched)" if each in added.launched else each for each in added.campaigns)
        lines += broken(f"It writes for {', '.join(marked)}.", rest="  ")
        alone = len(added.campaigns) == 1 or len(added.launched) == 1
        return "\n".join([*lines, f"next: outreach plan{f' {added.campaigns[0]}' if alone else ''}"])
    names = f'mailboxes = ["{box.address}"]'
    return "\n".join([*lines, *broken(f"next: name it in a campaign: {names}, then outreach plan")])


def added_value(added: Added) -> dict[str, Any]:
    """`{"address", "smtp", "imap", "per_day", "ramp_from", "files": [name], "password_kept_in", "todo": [text],
    "campaigns": [stem], "steps": [...]}`, the steps as `mailbox test` has them, the campaigns launched first.
    """
    box = added.box
    return {
        "address": box.address,
        "smtp": box.smtp,
        "imap": box.imap,
        "per_day": box.per_day,
        "ramp_from": box.ramp_from,
        "files": list(added.files),
        "password_kept_in": added.kept,
        "todo": list(added.todo),
        "campaigns": list(added.campaigns),
        "steps": _steps_value(added.steps),
    }
