"""`outreach plan`: what a launch would do."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outreach.cli.app import App, accept_options, format_option, pass_app
from outreach.cli.campaigns import accepting, screen_of, stem_of
from outreach.errors import InputError, OutreachError, Problem

if TYPE_CHECKING:
    from outreach.engine.previews import Previews


@click.command()
@click.argument("campaign", default="")
@click.option(
    "--held",
    "held_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the people held to a CSV file, to be filled in and imported again.",
)
@accept_options
@format_option
@pass_app
def plan(
    app: App, campaign: str, held_file: Path | None, accept: tuple[str, ...], reason: str, shape: str
) -> None:
    """Who would get what, when, and who is held back and why.

    Nothing is sent and nothing changes. The plan is remembered under its id for a day: `outreach launch
    CAMPAIGN --plan ID` does exactly that plan, or says why it cannot. Without CAMPAIGN: all campaigns.
    An error of the linter in a letter stops a launch, unless the plan was made accepting it.

    \b
    Examples:
      outreach plan retail-shelving
      outreach plan retail-shelving --held held.csv
      outreach plan retail-shelving --accept SPM103 --reason "the product is called that"
      outreach plan --format json
    """
    from outreach.engine import previews
    from outreach.report import plan as report

    now = app.clock()
    accepting(app, accept, reason)
    names = list(app.workspace.campaigns)
    if not campaign and len(names) != 1:
        if held_file:
            raise click.UsageError("--held needs a CAMPAIGN")
        _overview(app, names, now, shape)
        return
    read = previews.read(app.store, app.workspace, stem_of(app, campaign or names[0]), now)
    if held_file:
        _write_held(app, read, held_file)
    screen = screen_of(app, read.plan, now, remember=True)
    app.show(shape, text=lambda: report.text(screen), value=lambda: report.value(screen))


def _overview(app: App, names: list[str], now: datetime, shape: str) -> None:
    """Every campaign in one line; those that cannot be planned are told at the end."""
    from outreach.engine import plans
    from outreach.report import overview
    from outreach.store import launches

    if not names:
        raise OutreachError(
            "there is no campaign yet", hint="write campaigns/NAME.toml, or see `outreach init`"
        )
    launched = app.store.read(launches.campaigns)
    lines: list[overview.Line] = []
    problems: list[Problem] = []
    for stem in names:
        try:
            made = plans.make(app.store, app.workspace, stem_of(app, stem), now)
        except InputError as exc:
            problems += exc.problems
        else:
            status = str(launched.get(stem, ""))
            lines.append(overview.Line(made, app.workspace.campaigns[stem].name, status))
    if lines:
        app.show(shape, text=lambda: overview.text(lines), value=lambda: overview.value(lines))
    if problems:
        raise InputError(problems)


def _write_held(app: App, read: "Previews", file: Path) -> None:
    """Write the people held whom a field puts right. A file that is there is left alone."""
    from outreach.plan.letters import lacks
    from outreach.report import held as report
    from outreach.report.lines import number

    campaign = app.workspace.campaigns[read.plan.campaign]
    held = [
        report.Lack(person, hold, lacks(app.workspace, read.of(person), campaign))
        for person, hold in read.held.values()
    ]
    people = [each for each in held if each.mendable]
    target = app.start / file
    if target.exists():
        raise OutreachError(f"{file} is there already", hint="delete it, or choose another name")
    if others := len(held) - len(people):
        click.echo(
            f"{number(others, 'person', 'people')} held for reasons that no field puts right", err=True
        )
    if not people:
        click.echo(f"nobody lacks a field: {file} was not written", err=True)
        return
    try:
        with target.open("x", encoding="utf-8-sig", newline="") as out:
            out.write(report.table(people))
    except OSError as exc:
        raise OutreachError(f"{file} cannot be written: {exc.strerror}") from exc
    click.echo(f"{number(len(people), 'person', 'people')} written to {file}: fill it in, then", err=True)
    click.echo(f"  outreach prospects import {file}", err=True)
    click.echo(f"  outreach plan {campaign.stem}", err=True)
