"""`outreach message`: one letter as it is kept, or exactly as it was handed to the server."""

import sys

import click

from outreach.cli import letters
from outreach.cli.app import App, format_option, pass_app
from outreach.errors import OutreachError


@click.group()
def message() -> None:
    """One letter: its times, its text, its exact bytes."""


@message.command()
@click.argument("name", metavar="NUMBER|MESSAGE-ID")
@click.option("--raw", is_flag=True, help="The exact bytes that were handed to the server, nothing else.")
@format_option
@pass_app
def show(app: App, name: str, raw: bool, shape: str) -> None:
    """A letter with its times, the server's answers, its text.

    \b
    Examples:
      outreach message show 12
      outreach message show 12 --raw > letter.eml
      outreach message show "<mzxw6ytboi@northwind.example>" --format json
    """
    from outreach.report import message as report
    from outreach.store import messages

    found = letters.known(app, name)
    if raw:
        kept = app.store.read(messages.raw, found.id)
        if kept is None:
            raise OutreachError(
                f"letter {found.id} has no bytes: it was not handed to a server",
                hint=f"what would go: outreach preview {found.campaign} --prospect {found.email}",
            )
        sys.stdout.buffer.write(kept)
        return
    deliveries = app.store.read(messages.deliveries, [found.id])[found.id]
    app.show(
        shape,
        text=lambda: report.text(found, deliveries, app.timezone, app.width),
        value=lambda: report.value(found, deliveries),
    )


@message.command()
@click.argument("name", metavar="NUMBER|MESSAGE-ID")
@format_option
@pass_app
def retry(app: App, name: str, shape: str) -> None:
    """Offer a held letter again.

    It is one that a server refused, or deferred for 48 hours.

    \b
    Examples:
      outreach message retry 12
    """
    from outreach.report import message as report
    from outreach.store import records

    found = letters.known(app, name)
    if not app.store.write(records.retry, found.id, now=app.clock(), actor=app.actor):
        raise OutreachError(
            f"letter {found.id} is {found.status}: there is nothing to try again",
            hint=f"outreach why {found.email}",
        )
    after = letters.known(app, str(found.id))
    app.show(shape, text=lambda: report.retried(after), value=lambda: report.settled_value(after))
