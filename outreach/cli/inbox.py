"""`outreach inbox`: what came back, listed and shown; read from files; and what is made of raw mails."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from outreach.cli.answering import ACTS, known
from outreach.cli.app import App, format_option, limit_option, pass_app
from outreach.cli.replying import reply
from outreach.errors import OutreachError, Problem

Command = TypeVar("Command", bound=Callable[..., Any])
LIMIT = 20


def list_options(command: Command) -> Command:
    """What of a list is shown."""
    return limit_option(LIMIT, least=1)(format_option(command))


unmatched_option = click.option("--unmatched", is_flag=True, help="Only answers of nobody we know.")


@click.group(invoke_without_command=True)
@unmatched_option
@list_options
@click.pass_context
def inbox(ctx: click.Context, unmatched: bool, limit: int, shape: str) -> None:
    """What came back: replies, absences, bounces, opt-outs.

    A mail's effect is done when it is read: any reply stops the person, and
    what `[limits] reply_stops` says happens to the colleagues. What has nothing to do
    with anybody you wrote to is your own affair: it is not kept.

    \b
    Examples:
      outreach inbox
      outreach inbox --unmatched
      outreach inbox show 7
      outreach inbox reply 7
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, unmatched=unmatched, limit=limit, shape=shape)
    elif unmatched or limit != LIMIT or shape != "text":
        ctx.fail(f"options stand behind the command: outreach inbox {ctx.invoked_subcommand} ...")


for act in (*ACTS, reply):
    inbox.add_command(act)


@inbox.command("list")
@unmatched_option
@list_options
@pass_app
def list_(app: App, unmatched: bool, limit: int, shape: str) -> None:
    """The newest mails: who, which letter, what it is.

    \b
    Examples:
      outreach inbox
      outreach inbox list --unmatched --limit 100
    """
    _list(app, shape, limit, unmatched=unmatched)


@inbox.command()
@list_options
@pass_app
def waiting(app: App, limit: int, shape: str) -> None:
    """The mails that wait for a person.

    Replies, complaints, and what nobody could make out; not those that were
    put off with `inbox later`.
    """
    _list(app, shape, limit, waiting=True)


def _list(app: App, shape: str, limit: int, *, waiting: bool = False, unmatched: bool = False) -> None:
    from outreach.report import inbox as report
    from outreach.schedule.zones import day_of
    from outreach.store import inbox

    today = day_of(app.clock(), app.timezone)
    only = today if waiting else None
    rows = app.store.read(inbox.listed, today=only, unmatched=unmatched, limit=limit)
    found = report.Found(
        rows=rows,
        total=app.store.read(inbox.count, today=only, unmatched=unmatched),
        waiting=app.store.read(inbox.waiting, today),
        today=today,
        only_waiting=waiting,
        unmatched=unmatched,
    )
    app.show(
        shape, text=lambda: report.text(found, app.timezone, app.width), value=lambda: report.value(rows)
    )


@inbox.command()
@click.argument("number", metavar="ID", type=int)
@click.option("--quoted", is_flag=True, help="Also what the mail quotes of earlier ones.")
@format_option
@pass_app
def show(app: App, number: int, quoted: bool, shape: str) -> None:
    """One mail: what it is, what it seems to want, what was done.

    What it wants is a guess from its words; `inbox mark` corrects it.

    \b
    Examples:
      outreach inbox show 7
      outreach inbox show 7 --quoted
    """
    from outreach.inbound import parse
    from outreach.inbound.visible import visible
    from outreach.report import answer as report
    from outreach.schedule.zones import day_of
    from outreach.store import inbox

    row = known(app, number)
    before = ""
    if quoted:
        mail = parse(app.store.read(inbox.raw, number))
        before = visible(mail.plain, mail.html).quoted
    one = report.Opened(
        row=row,
        wants=report.wanted(row),
        events=app.store.read(inbox.effects, number),
        quoted=before,
        today=day_of(app.clock(), app.timezone),
    )
    app.show(shape, text=lambda: report.shown(one, app.timezone), value=lambda: report.value(one))


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
    if tally.read:
        app.note("mails read", mails=tally.read, new=len(tally.taken))
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

    With --format json one row a file (of an mbox, one a mail).

    \b
    Example:
      outreach inbox classify bounce.eml --format json
    """
    import json

    from outreach.inbound.classify import read
    from outreach.inbound.reading import Kind, Reading
    from outreach.mailbox.mails import read_mails
    from outreach.report.inbox import classified

    problems: list[Problem] = []
    for name, raw in read_mails((app.start / path for path in paths), problems):
        row = classified(_as_given(app, name), read(raw, app.clock()))
        if shape == "json":
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            about = f" {', '.join(row['recipients'])}" if row["recipients"] else ""
            click.echo(f"{row['file']}: {row['kind']}{about} ({row['why']})")
    for each in problems if shape == "json" else ():
        nothing = Reading(Kind.UNRELATED, each.message)
        click.echo(json.dumps(classified(_as_given(app, each.where.file), nothing), ensure_ascii=False))
    return _unread(app, problems)


def _as_given(app: App, name: str) -> str:
    """A file's name from where the caller stands."""
    return name.removeprefix(f"{app.start}/")


def _unread(app: App, problems: Sequence[Problem]) -> int:
    """Tell what could not be read; the exit code."""
    for each in problems:
        click.echo(_as_given(app, str(each)), err=True)
    return int(bool(problems))
