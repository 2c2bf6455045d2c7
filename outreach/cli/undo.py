"""`outreach undo`: a launch taken back before its first letter leaves."""

from dataclasses import replace

import click

from outreach.cli import people
from outreach.cli.app import App, dry_run_option, format_option, pass_app, yes_option
from outreach.cli.campaigns import launched_stem


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@yes_option
@dry_run_option
@format_option
@pass_app
def undo(app: App, campaign: str, yes: bool, dry_run: bool, shape: str) -> None:
    """Take the last launch back, as if it never was.

    It can be undone until its first letter has left: `grace` of the campaign is the time for that. Who
    joined leaves again, waiting letters get their old text and dates back. Afterwards `outreach pause` and
    `outreach end` stop what has not left.

    \b
    Examples:
      outreach undo retail-shelving
      outreach undo retail-shelving --dry-run
    """
    from outreach.engine import undo as engine
    from outreach.report import undo as report

    stem = launched_stem(app, campaign)
    launch, undoing = engine.ahead(app.store, stem, app.clock())
    if not dry_run:
        people.be_sure(report.question(undoing, app.timezone), yes=yes)
        done = engine.undo(app.store, stem, launch, now=app.clock(), actor=app.actor)
        undoing = replace(undoing, letters=done.letters, reopened=done.reopened)
    app.show(
        shape,
        text=lambda: report.text(undoing, app.timezone, dry_run=dry_run),
        value=lambda: report.value(undoing, dry_run=dry_run),
    )
