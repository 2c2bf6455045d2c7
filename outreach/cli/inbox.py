"""`outreach inbox`: what came back, read from files or mailboxes, shown and worked off."""

from collections.abc import Sequence
from pathlib import Path

import click

from outreach.cli.app import App, format_option, pass_app
from outreach.errors import OutreachError, Problem


@click.group(invoke_without_command=True)
@click.pass_context
def inbox(ctx: click.Context) -> None:
    """What came back: replies, absences, bounces, opt-outs.

    A mail's effect is done when it is read: any reply stops the person, and
    nobody else at the company is written to by itself.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@inbox.command("list")
@click.option("--unmatched", is_flag=True, help="Only mails that belong to no letter we know.")
@format_option
@pass_app
def list_(app: App, unmatched: bool = False, shape: str = "text") -> None:
    """The newest mails: who, which letter, what it is.

    \b
    Examples:
      outreach inbox
      outreach inbox list --unmatched
    """
    _list(app, shape, unmatched=unmatched)


@inbox.command()
@format_option
@pass_app
def waiting(app: App, shape: str) -> None:
    """The mails that wait for a person.

    Replies, complaints, and what nobody could make out.
    """
    _list(app, shape, waiting=True)


def _list(app: App, shape: str, *, waiting: bool = False, unmatched: bool = False) -> None:
    from outreach.report import inbox as report
    from outreach.store import answers

    rows = app.store.read(answers.listed, waiting=waiting, unmatched=unmatched)
    app.show(shape, text=lambda: report.text(rows, app.timezone, app.width), value=lambda: report.value(rows))


@inbox.command()
@click.argument("number", metavar="ID", type=int)
@format_option
@pass_app
def show(app: App, number: int, shape: str) -> None:
    """One mail: what it is and why, and what the person wrote."""
    from outreach.report import inbox as report

    row = _known(app, number)
    app.show(shape, text=lambda: report.shown(row, app.timezone), value=lambda: report.value([row])[0])


@inbox.command()
@click.argument("number", metavar="ID", type=int)
@pass_app
def done(app: App, number: int) -> None:
    """Take a mail off the list of those that wait.

    Nobody is written to again by that.
    """
    from outreach.store import answers

    _known(app, number)
    app.store.write(answers.done, number, now=app.clock(), actor=app.actor)
    click.echo(f"{number} is done")


def _known(app: App, number: int) -> dict[str, object]:
    from outreach.store import answers

    rows = app.store.read(answers.listed, number=number)
    if not rows:
        raise OutreachError(f"no mail {number} has come back", hint="outreach inbox")
    return dict(rows[0])


@inbox.command("import")
@click.argument(
    "paths",
    metavar="FILE|DIR|MBOX|MAILDIR",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@click.option(
    "--mailbox", "address", metavar="ADDRESS", help="The mailbox they came to, if there are several."
)
@format_option
@pass_app
def import_(app: App, paths: tuple[Path, ...], address: str | None, shape: str) -> int:
    """Feed mails from files, folders, mbox files and Maildirs.

    \b
    Examples:
      outreach inbox import answer.eml
      outreach inbox import ~/Maildir --mailbox ann@northwind.example
    """
    from outreach.engine import answers
    from outreach.mailbox.mails import read_mails
    from outreach.report.inbox import taken, taken_value

    problems: list[Problem] = []
    mails = (raw for _, raw in read_mails((app.start / path for path in paths), problems))
    tally = answers.feed(app.store, _mailbox(app, address), mails, app.clock())
    app.show(
        shape, text=lambda: taken(tally.read, tally.kinds), value=lambda: taken_value(tally.read, tally.kinds)
    )
    return _unread(app, problems)


def _mailbox(app: App, address: str | None) -> str:
    from outreach.store import settings

    known = [desk.mailbox.address for desk in app.store.read(settings.desks)]
    if address and address.lower() in known:
        return address.lower()
    if not address and len(known) == 1:
        return known[0]
    if not known:
        raise OutreachError(
            "nothing was launched yet, so no mail can answer it", hint="outreach plan CAMPAIGN"
        )
    what = f"nothing was ever sent from {address}" if address else "which mailbox did they come to?"
    raise OutreachError(what, hint=f"--mailbox, one of: {', '.join(known)}")


@inbox.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@format_option
@pass_app
def classify(app: App, paths: tuple[Path, ...], shape: str) -> int:
    """What is made of raw mails; nothing is stored.

    With --format json one row a mail.

    \b
    Example:
      outreach inbox classify bounce.eml --format json
    """
    import json

    from outreach.inbound import parse
    from outreach.inbound.classify import classify as read
    from outreach.mailbox.mails import read_mails
    from outreach.report.inbox import classified

    problems: list[Problem] = []
    for name, raw in read_mails((app.start / path for path in paths), problems):
        row = classified(_as_given(app, name), read(parse(raw)))
        if shape == "json":
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            about = f" {', '.join(row['recipients'])}" if row["recipients"] else ""
            click.echo(f"{name}: {row['kind']}{about} ({row['why']})")
    return _unread(app, problems)


def _as_given(app: App, name: str) -> str:
    """A file's name from where the caller stands."""
    return name.removeprefix(f"{app.start}/")


def _unread(app: App, problems: Sequence[Problem]) -> int:
    """Tell what could not be read; the exit code."""
    for each in problems:
        click.echo(_as_given(app, str(each)), err=True)
    return int(bool(problems))
