"""The screen of `plan` and `launch`: people, texts, dates, limits, what is held back, what comes next."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from outreach.campaign import Campaign
from outreach.lint import Level
from outreach.plan import Plan
from outreach.report import holds, migration, mistyped, outlook
from outreach.report.findings import finding_value
from outreach.report.lines import LABEL, WIDTH, labelled, number
from outreach.report.needs import some_of
from outreach.report.sender import Beat, sender_line, sender_value
from outreach.schedule.outlook import Outlook

LETTER_ERRORS = ("lint", "render", "header", "reply", "subject")
MOST = 3  # reasons of one kind on the screen


@dataclass(frozen=True, slots=True)
class Screen:
    """What the screen is made from. `plan_id` is "" where the plan is not remembered.

    `revision` is the launched one, 0 before the first launch; `pauses` are those that would keep the
    letters back, with the command that ends each; `lacking` is what will hold follow-ups, in people;
    `unread` mailboxes keep theirs, for their inboxes are not read: the outlook is as if they were. A pilot is
    of `pilot_of` people; else that is 0. `coming` is the number of the next revision.
    """

    plan: Plan
    campaign: Campaign
    outlook: Outlook
    zone: str
    plan_id: str = ""
    pilot_of: int = 0
    revision: int = 0
    coming: int = 1
    pauses: Mapping[str, str] = field(default_factory=dict)
    lacking: Mapping[str, int] = field(default_factory=dict)
    unread: Sequence[str] = ()
    workers: Sequence[Beat] = ()
    last_alive: datetime | None = None


def text(screen: Screen, *, next_: bool = True) -> str:
    """The screen in 80 columns, the next command last unless a question comes there."""
    made = screen.plan
    title = f"plan {screen.plan_id}" if screen.plan_id else "plan"
    head = f"{title}{'  ' if screen.plan_id else ' '}{screen.campaign.stem} ({screen.campaign.name})"
    if made.empty:
        head += "\nNothing to launch: the store holds all of it already."
    end = [labelled("NEXT", next_command(screen))] if next_ else []
    return "\n".join([head, *_sections(screen), *end])


def _sections(screen: Screen) -> Iterator[str]:
    made = screen.plan
    yield _section("NEW", [_new(made, screen.pilot_of), *mistyped.told(made)])
    if made.held:
        yield _section("HELD", [holds.counted(made.held)], [*holds.mending(made.held, made.campaign)])
    if made.unknown:
        yield _section("UNKNOWN", [holds.unknown(made)])
    if made.doubts:
        yield _section("DOUBTS", made.doubts)
    if sellers := [*migration.sellers(made)]:
        yield _section("SELLERS", sellers)
    if changed := [*migration.changed(made, screen.revision, screen.coming, screen.zone)]:
        yield _section("CHANGED", changed)
    if made.leaving:
        yield _section("STOPPED", [*migration.leaving(made)])
    if kept := [*migration.kept(made, screen.revision, screen.coming)]:
        yield _section("KEPT", kept)
    yield _section("DATES", [*outlook.dates(screen.outlook, made.as_of, screen.zone)])
    yield _section("LIMIT", [*outlook.limits(screen.outlook, screen.campaign.mailboxes)])
    yield _section("LETTERS", [*_letters(screen)])
    if screen.unread:
        wait = f"wait until `outreach run` reads {some_of(screen.unread)}; the dates are as if it had"
        yield _section("FOLLOWUPS", [wait])
    if made.restarts:
        yield _section("ENDED", ["a launch opens it again for new people; those who were stopped stay so"])
    if screen.pauses:
        yield _section("PAUSED", [f"{what}: {command}" for what, command in screen.pauses.items()])
    yield _section("SENDER", [sender_line(screen.workers, made.as_of, screen.last_alive)])


def _section(label: str, lines: Iterable[str], commands: Iterable[str] = ()) -> str:
    """A label with its lines, wrapped; a command is never broken."""
    wrapped = [part for line in lines for part in textwrap.wrap(line, WIDTH - LABEL - 1)]
    return labelled(label, *wrapped, *commands)


def _new(made: Plan, pilot_of: int) -> str:
    if pilot_of and not made.new:
        return f"nobody of {pilot_of:,}: only what is changed"
    if not made.new:
        return "nobody" if made.matched else "nobody: the segment matches no prospect"
    people = number(len(made.new), "person", "people")
    languages = ", ".join(f"{name or 'default'} {count}" for name, count in made.languages.most_common())
    companies = number(made.companies, "company", "companies")
    pilot = f", a pilot of {pilot_of:,}" if pilot_of else ""
    return f"{people}, {companies}" + (f" ({languages})" if set(made.languages) != {""} else "") + pilot


def _letters(screen: Screen) -> Iterator[str]:
    made = screen.plan
    levels = Counter(each.level for each in made.findings)
    # An error of the letter itself holds everybody: they are not errors beside it.
    errors = len(made.errors) or sum(each.hold.code in LETTER_ERRORS for each in made.held)
    counts = f"{number(errors, 'error')}, {number(levels[Level.WARNING], 'warning')}"
    wrong = made.errors or levels[Level.WARNING]
    look = f"lint {made.campaign}" if wrong else f"preview {made.campaign} --all"
    yield f"{counts:<24} outreach {look}"
    for each in made.errors[:MOST]:
        yield f"{each.where}: {each.code} {each.message}"
    for code, reason in made.accepted:
        yield f"accepted {code}: {reason}"
    for reason, count in Counter(screen.lacking).most_common(MOST):
        yield f"{number(count, 'follow-up')} will be held, {reason}"


def next_command(screen: Screen) -> str:
    """What to run next."""
    stem, made = screen.campaign.stem, screen.plan
    if made.errors:
        return f"outreach lint {stem}"
    nobody = not (made.new or made.reworded or made.replaced or made.leaving)
    if nobody and (made.restarts or not screen.revision):
        return holds.remedy(made, screen.campaign) or "outreach status"
    if not made.empty:
        plan_id = f" --plan {screen.plan_id}" if screen.plan_id else ""
        return f"outreach launch {stem}{plan_id}" + (f" --first {len(made.new)}" if screen.pilot_of else "")
    if screen.outlook.first:
        return f"outreach calendar {stem}"
    return "outreach prospects import FILE.csv" if not screen.plan.matched else "outreach status"


def value(screen: Screen) -> dict[str, Any]:
    """A plan as JSON.

    `{"plan", "campaign", "name", "as_of", "empty", "revision", "ended", "new": [{"email", "company",
    "language", "mailbox", "owner" (another seller's, or ""), "letter", "subject", "not_before"}], "held":
    [{"email", "code", "reason", "fix"}], "unknown": {field: people}, "doubts": [what is odd about
    it, such as a tag that nobody has, an empty exclude file, a letter that may be renamed], "mistyped":
    {domain: the one that may be meant},
    "changed": [{"email", "letter", "reworded", "moved", "opened_at", "opens_at", "held"}], "replaced":
    [{"email", "old", "new"}], "stopped": [email] (in a list of those to leave alone), "kept", "stands":
    [{"letter", "revision", "following", "people"}], "passed", "gained", "lost": {letter: people, for whom it
    is new but too late, new and to come, gone}, "dates",
    "limits", "letters": {"errors" (people held for one), "findings": [as of `outreach lint`], "accepted":
    {code: reason}, "lacking": {reason: people}},
    "followups_wait": [mailboxes whose inbox is not read],
    "pauses": [{"what", "command"}], "sender", "next"}`; `dates` (as if every inbox were read) and
    `limits` as in `outlook.value`, `sender` as in `sender_value`. `plan` is null where it is not remembered,
    `revision` is 0 before the first launch, `new` of a replacement is null where the sequence ends.
    """
    made = screen.plan
    return {
        "plan": screen.plan_id or None,
        "campaign": made.campaign,
        "name": screen.campaign.name,
        "as_of": made.as_of,
        "empty": made.empty,
        "revision": screen.revision,
        "ended": made.restarts,
        **_people(made),
        "mistyped": mistyped.value(made),
        "kept": made.kept,
        "stands": [{**asdict(each), "people": people} for each, people in made.stands.items()],
        "passed": dict(made.passed),
        "gained": dict(made.gained),
        "lost": dict(made.lost),
        **outlook.value(screen.outlook),
        "letters": {
            "errors": sum(each.hold.code in LETTER_ERRORS for each in made.held),
            "findings": [finding_value(each) for each in made.findings],
            "accepted": dict(made.accepted),
            "lacking": dict(screen.lacking),
        },
        "followups_wait": list(screen.unread),
        "pauses": [{"what": what, "command": command} for what, command in screen.pauses.items()],
        "sender": sender_value(screen.workers, made.as_of, screen.last_alive),
        "next": next_command(screen),
    }


def _people(made: Plan) -> dict[str, Any]:
    return {
        "new": [
            {
                "email": each.prospect.email,
                "company": each.prospect.company,
                "language": each.language,
                "mailbox": each.mailbox,
                "owner": each.owner,
                "letter": each.draft.letter,
                "subject": each.draft.subject,
                "not_before": each.draft.opens_at,
            }
            for each in made.new
        ],
        "held": [
            {"email": each.email, "code": each.hold.code, "reason": each.hold.reason, "fix": each.hold.fix}
            for each in made.held
        ],
        "unknown": dict(made.unknown),
        "doubts": list(made.doubts),
        "changed": [
            {
                "email": each.email,
                "letter": each.draft.letter,
                "reworded": each.text,
                "moved": each.moved,
                "opened_at": each.opened_at,
                "opens_at": each.draft.opens_at,
                "held": bool(each.draft.hold),
            }
            for each in made.reworded
        ],
        "replaced": [
            {"email": each.email, "old": each.old, "new": each.draft.letter if each.draft else None}
            for each in made.replaced
        ],
        "stopped": [each.email for each in made.leaving],
    }
