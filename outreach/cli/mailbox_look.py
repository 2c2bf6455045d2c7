"""`outreach mailbox test` and `outreach mailbox list`: do the servers let us in, and how does each stand?"""

import os
import sys
from typing import TYPE_CHECKING

import click

from outreach.cli.app import App, format_option, pass_app, yes_option
from outreach.cli.mailbox_auth import known
from outreach.cli.people import be_sure
from outreach.errors import MailboxError

if TYPE_CHECKING:
    from outreach.model import Mailbox
    from outreach.report.trying import Step


@click.command()
@click.argument("address", metavar="[ADDRESS]", default="")
@click.option("--send", is_flag=True, help="Also send one letter from the mailbox to itself.")
@yes_option
@format_option
@pass_app
def test(app: App, address: str, send: bool, yes: bool, shape: str) -> int:
    """Try a mailbox's servers: connection, TLS, login, folders.

    Without ADDRESS: all of outreach.toml. Nothing is sent unless you say --send, and no mail is marked as
    read. Each line says ok or what is wrong, and below it what to do; if something is, the exit code is 1.
    The letter of --send counts for no cap and no campaign.

    \b
    Examples:
      outreach mailbox test
      outreach mailbox test ann@northwind.example --send
      outreach mailbox test --format json
    """
    from outreach.report import trying as report

    boxes = [known(app, address)] if address else list(app.basics.mailboxes.values())
    if send:
        letters = "one letter" if len(boxes) == 1 else f"{len(boxes)} letters, one each"
        be_sure(f"Send {letters} from {', '.join(box.address for box in boxes)} to itself?", yes=yes)
    tried = {box.address: _tried(app, box, send=send) for box in boxes}
    app.show(shape, text=lambda: report.text(tried), value=lambda: report.value(tried))
    return 1 if any(map(report.failed, tried.values())) else 0


def begins(server: str) -> None:
    """Tell a person at a terminal which server is tried now: one that is silent takes its time."""
    if sys.stderr.isatty():
        click.echo(f"Trying {server} ...", err=True)


def _tried(app: App, box: "Mailbox", *, send: bool) -> "list[Step]":
    from outreach.engine import mailboxes
    from outreach.mailbox import credentials
    from outreach.report.trying import failed

    try:
        login = credentials.login(box, os.environ, app.root)
    except MailboxError as exc:
        return mailboxes.without_login(exc.message, exc.hint)
    steps = mailboxes.tried(box, login, begins=begins)
    if send and not failed(steps):
        steps.append(mailboxes.letter_to_itself(box, login, app.clock()))
    return steps


@click.command("list")
@format_option
@pass_app
def listing(app: App, shape: str) -> None:
    """How each mailbox stands: today's cap, ramp, next free time.

    TODAY is letters sent of the cap; RAMP when the cap is grown if it sends every working day; FREE when the
    mailbox may send again; INBOX when its answers were read.

    \b
    Examples:
      outreach mailbox list
      outreach mailbox list --format json
    """
    from outreach.engine import mailboxes
    from outreach.report import mailboxes as report

    now, boxes = app.clock(), app.basics.mailboxes
    found = app.lines.lacking(boxes.values())
    lacking = {address: exc.hint or exc.message for address, exc in found.items()}
    store = app.store if app.has_store else None
    rows = mailboxes.look(store, boxes, now, app.timezone, lacking)
    app.show(shape, text=lambda: report.text(rows, now, app.timezone), value=lambda: report.value(rows))
