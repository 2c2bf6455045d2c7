"""`outreach prospects list`: people as a table, by a condition, by tag, by a letter that they already got."""

from typing import TYPE_CHECKING

import click

from outreach.cli import people
from outreach.cli.app import App, format_option, limit_option, pass_app
from outreach.errors import OutreachError, did_you_mean

if TYPE_CHECKING:
    from outreach.segment import Condition
    from outreach.store.received import Which

OWN = ("tags",)  # columns that are no fields


@click.command("list")
@click.argument("condition", required=False)
@click.option("--columns", metavar="A,B", help="What to show of each, such as email,city,employees,tags.")
@click.option("--tag", metavar="TAG", multiple=True, help="Only those who are marked so.")
@click.option(
    "--sent",
    metavar="LETTER[@REVISION]",
    default="",
    help="Only those who already got that letter, in the words of that revision.",
)
@limit_option(50)
@format_option
@pass_app
def list_(
    app: App,
    condition: str | None,
    columns: str | None,
    tag: tuple[str, ...],
    sent: str,
    limit: int,
    shape: str,
) -> None:
    """People as a table: all, or those whom CONDITION finds.

    A letter that several campaigns have is written CAMPAIGN/LETTER.

    \b
    Examples:
      outreach prospects list
      outreach prospects list "country == 'DE'" --columns email,company,city
      outreach prospects list --tag fair-2026 --sent retail-intro@2
      outreach prospects list shops --limit 500 --format json
    """
    from outreach.report import people as report
    from outreach.store import people as acts
    from outreach.store import received

    which = _letter(app, sent) if sent else None
    chosen = _columns(app, columns) if columns else report.WITH_GOT if which else report.DEFAULT
    among = app.store.read(received.people, which) if which else None
    wanted = _condition(app, condition, tag)
    ids = app.store.read(acts.ids, wanted, app.clock(), among)
    some, tags = app.store.read(acts.page, ids[:limit])
    got = app.store.read(received.by_person, which, ids[:limit]) if which else None
    everybody = 0 if ids else app.store.read(acts.total)
    page = report.Page(some, len(ids), tags, got, wanted.text if wanted else "", everybody)
    app.show(
        shape,
        text=lambda: report.text(page, chosen, app.timezone),
        value=lambda: report.listed(page),
    )


def _columns(app: App, text: str) -> list[str]:
    """The columns named; UsageError with the nearest field for one that is none."""
    from outreach.prospect import KNOWN
    from outreach.store import prospects as acts

    fields = [*KNOWN, *app.store.read(acts.field_types), *OWN]
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in fields:
            raise click.UsageError(f"there is no field {name}{did_you_mean(name, fields)}")
    return names


def _condition(app: App, text: str | None, tags: tuple[str, ...]) -> "Condition | None":
    """The condition, and each tag beside it."""
    if not tags:
        return people.condition(app, text) if text else None
    if text:
        people.parsed(app, text)  # by itself, so that a mistake is shown in what was written
    quoted = [f"tag('{name.replace(chr(39), chr(39) * 2)}')" for name in tags]
    return people.condition(app, " and ".join([*([f"({text})"] if text else []), *quoted]))


def _letter(app: App, text: str) -> "Which":
    """What `--sent` names; OutreachError where no such letter has left, or several have."""
    from outreach.store import received
    from outreach.store.received import Which

    name, at, number = text.strip().partition("@")
    campaign, _, letter = name.rpartition("/")
    known = app.store.read(received.letters)
    if letter not in known:
        listed = f"letters that have left: {', '.join(sorted(known)) or 'none yet'}"
        raise OutreachError(f"no letter {letter} has left{did_you_mean(letter, known)}", hint=listed)
    campaigns = known[letter]
    if campaign and campaign not in campaigns:
        hint = f"it left in {', '.join(sorted(campaigns))}"
        raise OutreachError(
            f"{letter} has not left in {campaign}{did_you_mean(campaign, campaigns)}", hint=hint
        )
    if not at:
        return Which(letter, campaign, None)
    if not campaign and len(campaigns) > 1:
        ways = " or ".join(f"--sent {stem}/{letter}@{number}" for stem in sorted(campaigns))
        raise OutreachError(f"{letter} has left in {len(campaigns)} campaigns", hint=f"write {ways}")
    campaign = campaign or next(iter(campaigns))
    numbers = {str(each) for each in campaigns[campaign]}
    if number not in numbers:
        hint = f"it has left as of revision {', '.join(sorted(numbers, key=int))} of {campaign}"
        raise OutreachError(f"{letter} has not left as of revision {number or '?'}", hint=hint)
    return Which(letter, campaign, int(number))
