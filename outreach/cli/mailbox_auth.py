"""`outreach mailbox auth`: signing in to a mailbox whose provider takes no password."""

import os
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from outreach.cli.app import App, pass_app
from outreach.cli.terminal import has_screen
from outreach.errors import OutreachError, did_you_mean

if TYPE_CHECKING:
    from outreach.mailbox.oauth import Client, Provider
    from outreach.model import Mailbox

SECRET = "OUTREACH_OAUTH_CLIENT_SECRET"  # a variable's name


@click.command()
@click.argument("address", metavar="ADDRESS")
@click.option(
    "--provider",
    "name",
    type=click.Choice(["google", "microsoft"]),
    help="Whose mailbox it is, if its servers' names do not tell.",
)
@click.option("--client-id", metavar="ID", default="", help="The id of your OAuth client; else it is asked.")
@click.option("--paste", is_flag=True, help="The browser is on another machine: paste its last address.")
@pass_app
def auth(app: App, address: str, name: str | None, client_id: str, paste: bool) -> None:
    """Sign in by OAuth, with an OAuth client of your own.

    Make one in Google's or Microsoft's console: for Google one of the type "Desktop app", internal or
    published (while it is in "Testing", access ends after 7 days); for Microsoft a public client with the
    redirect URI http://localhost. Its secret (Microsoft's has none) is asked, or taken from
    OUTREACH_OAUTH_CLIENT_SECRET. The browser asks you to allow access; what comes of it is kept in the
    system's keyring, or where there is none in the mailbox's password_file.

    \b
    Examples:
      outreach mailbox auth ann@northwind.example
      outreach mailbox auth ann@northwind.example --provider microsoft
      outreach mailbox auth ann@northwind.example --paste
    """
    sign_in(app, known(app, address), name or "", client_id, paste=paste)
    box = known(app, address)
    if app.has_store and box.address in app.lacking():
        click.echo("what is launched does not know that place yet: plan and launch again", err=True)
        click.echo("next: outreach plan")
    else:
        click.echo("next: outreach status")


def sign_in(app: App, box: "Mailbox", name: str, client_id: str, *, paste: bool) -> None:
    """Have a person sign in to a mailbox, and keep what comes of it; OutreachError where that was not finished.

    `name` is the provider's, "" where its servers tell.
    """
    with _finished(box.address):
        from outreach.engine import signin

        whose = signin.provider(box, name)
        client = _client(whose, client_id)
        if paste or not has_screen():
            grant = signin.by_paste(whose, client, box.address, _pasted)
        else:
            grant = signin.by_browser(whose, client, box.address, _opened)
        kept = signin.keep(box, grant, os.environ, app.root)
    click.echo(f"{box.address} is signed in at {whose.name}; what that takes is kept in {kept.place}")
    if kept.hidden:
        _warn_of_hidden(box)


def known(app: App, address: str) -> "Mailbox":
    """The mailbox of outreach.toml with that address; OutreachError, with the nearest one, where there is none."""
    from outreach import prospect

    boxes, found = app.basics.mailboxes, None
    with suppress(ValueError):
        found = boxes.get(prospect.address(address.strip()))
    if found is None:
        near = did_you_mean(address, boxes)
        hint = "" if near else f"outreach.toml has {', '.join(boxes) or 'none'}"
        raise OutreachError(f"there is no mailbox {address}{near}", hint=hint)
    return found


@contextmanager
def _finished(address: str) -> Iterator[None]:
    """Around a sign-in: Ctrl-C, or an input that ends or is no text, is no answer."""
    try:
        yield
    except (KeyboardInterrupt, click.Abort, UnicodeError):
        click.echo(err=True)  # the line of the question
        raise OutreachError(
            "the sign-in was not finished", hint=f"to start again: outreach mailbox auth {address}"
        ) from None  # what was typed may be in it


def _client(whose: "Provider", identifier: str) -> "Client":
    from outreach.engine import signin

    while not identifier.strip():
        identifier = click.prompt("Id of your OAuth client", err=True)
    return signin.client(identifier, _secret(whose))


def _secret(whose: "Provider") -> str:
    """From the environment, or typed unseen. Only Google's clients must have one."""
    given, needed = os.environ.get(SECRET, ""), whose.name == "google"
    if given:
        return given
    if not sys.stdin.isatty():  # what cannot be hidden is not asked
        if needed:
            raise OutreachError("nobody is there to type the client's secret", hint=f"put it into {SECRET}")
        return ""
    words = "Its secret (not shown)" if needed else "Its secret (not shown; Enter if it has none)"
    default = None if needed else ""
    return str(click.prompt(words, default=default, hide_input=True, show_default=False, err=True))


def _opened(url: str) -> None:
    click.echo(f"A page opens in your browser. If none does, open this address on this machine:\n\n{url}\n")
    click.echo("Waiting for the answer (Ctrl-C to stop) ...")
    with suppress(webbrowser.Error):  # then it is opened by hand
        webbrowser.open(url)


def _pasted(url: str) -> str:
    click.echo(f"Open this address in a browser, sign in, and allow access:\n\n{url}\n")
    click.echo("The last page will not load; that is as it should be. Copy its whole address from the")
    click.echo("browser's address bar: it begins with http:// and holds code=.")
    return str(click.prompt("Its address", err=True))


def _warn_of_hidden(box: "Mailbox") -> None:
    from outreach.mailbox.credentials import variable

    click.echo(
        f"a password for it is found before that: take {variable(box.address)} out of the environment,"
        " or the credential out of the systemd unit",
        err=True,
    )
