"""`outreach mailbox`: the accounts that letters leave from."""

import click

from outreach.cli.mailbox_add import add
from outreach.cli.mailbox_auth import auth
from outreach.cli.mailbox_look import listing, test


@click.group()
def mailbox() -> None:
    """Add a mailbox, try its servers, see how each stands."""


for command in (add, test, listing, auth):
    mailbox.add_command(command)
