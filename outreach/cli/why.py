"""`outreach why`: the chain of rules behind what is, will be or won't be sent."""

from typing import TYPE_CHECKING

import click

from outreach.cli.app import App, format_option, pass_app
from outreach.errors import InputError

if TYPE_CHECKING:
    from outreach.campaign import Workspace


@click.command()
@click.argument("name", metavar="EMAIL|CAMPAIGN|LETTER")
@format_option
@pass_app
def why(app: App, name: str, shape: str) -> None:
    """Why somebody gets what they get and when, or nothing.

    Of a campaign: what its letters wait for. Of a letter, named by its number
    or its Message-ID: its life.

    \b
    Examples:
      outreach why bob@acme.example
      outreach why retail-shelving
      outreach why 12
    """
    from outreach.engine.why import why as explain
    from outreach.report import why as report

    answer = explain(app.store, _files(app), name.strip(), app.clock())
    app.show(shape, text=lambda: report.text(answer, app.timezone), value=lambda: report.value(answer))


def _files(app: App) -> "Workspace | None":
    """The files, or None while they have problems: what was launched can be explained without them."""
    try:
        return app.workspace
    except InputError as exc:
        problem = exc.problems[0].where if exc.problems else "the files"
        click.echo(f"{problem}: the files have problems; only what was launched is explained", err=True)
        return None
