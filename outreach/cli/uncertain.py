"""`outreach uncertain`: letters of which nobody knows whether they arrived."""

import click

from outreach.cli import letters, people
from outreach.cli.app import App, format_option, pass_app, yes_option
from outreach.errors import OutreachError


@click.group(invoke_without_command=True)
@click.pass_context
def uncertain(ctx: click.Context) -> None:
    """Letters that may or may not have arrived.

    The connection broke, or the sender died, while they were leaving. They
    are never sent again by themselves; a person looks, and settles them.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@uncertain.command("list")
@format_option
@pass_app
def list_(app: App, shape: str = "text") -> None:
    """Each with its time, reader and mailbox, and how to decide.

    \b
    Example:
      outreach uncertain list
    """
    from outreach.report import message as report
    from outreach.store import messages

    found = app.store.read(messages.uncertain)
    app.show(
        shape,
        text=lambda: report.uncertain(found, app.timezone),
        value=lambda: report.uncertain_value(found),
    )


@uncertain.command()
@click.argument("name", metavar="NUMBER|MESSAGE-ID")
@click.option(
    "--sent/--release", "sent", default=None, help="It has arrived / it has not: send it once more."
)
@yes_option
@format_option
@pass_app
def settle(app: App, name: str, sent: bool | None, yes: bool, shape: str) -> None:
    """Say whether an uncertain letter has arrived.

    \b
    Examples:
      outreach uncertain settle 12 --sent
      outreach uncertain settle 12 --release
    """
    from outreach.report import message as report
    from outreach.store import records

    if sent is None:
        raise click.UsageError("say --sent (it has arrived) or --release (send it once more)")
    found = letters.known(app, name)
    question = (
        f"Count letter {found.id} to {found.email} as sent?"
        if sent
        else f"Send letter {found.id} to {found.email} once more? If it has arrived, they get it twice."
    )
    _must_be_uncertain(found.status, found.id)
    people.be_sure(question, yes=yes)
    if not app.store.write(records.settle, found.id, sent=sent, now=app.clock(), actor=app.actor):
        _must_be_uncertain("settled in the meantime", found.id)
    after = letters.known(app, str(found.id))
    app.show(shape, text=lambda: report.settled(found, after), value=lambda: report.settled_value(after))


def _must_be_uncertain(status: str, number: int) -> None:
    if status != "uncertain":
        raise OutreachError(f"letter {number} is not uncertain: {status}", hint="outreach uncertain list")
