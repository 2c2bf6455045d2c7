"""`outreach init`: a working starter to begin from."""

import os
import shlex
from pathlib import Path

import click

from outreach.cli.app import App, dry_run_option, format_option, pass_app
from outreach.report import starter as report


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path())
@dry_run_option
@format_option
@pass_app
def init(app: App, folder: str, dry_run: bool, shape: str) -> None:
    """Write a working starter: campaigns, their letters, people.

    DIR is a new or empty folder; without it, the one you are in. Nothing is overwritten, and nothing is sent.
    It works as it is, so that you can plan and preview before you change a word: three campaigns for three
    trades, and one for a list of your own.

    \b
    Examples:
      outreach init my-campaign
      outreach init --dry-run
    """
    from outreach.workspace import starter

    target = app.start / folder
    files = list(starter.files(target)) if dry_run else starter.write(target)
    shown = "" if target.resolve() == app.start.resolve() else shlex.quote(folder)
    back = f"{shlex.quote(_back(app.start, target))}/" if shown else ""
    app.show(
        shape,
        text=lambda: report.text(files, shown, back, dry_run=dry_run),
        value=lambda: report.value(files, str(target.resolve()), dry_run=dry_run),
    )


def _back(start: Path, target: Path) -> str:
    """The way from a folder back to where the user is; where that climbs far, the whole path says more."""
    way = os.path.relpath(start.resolve(), target.resolve())
    return way if set(Path(way).parts) == {os.pardir} else str(start.resolve())
