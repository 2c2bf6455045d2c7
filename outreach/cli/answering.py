"""What people do about mails that came back: say what one wants and whose it is, put it off, stop, be done."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from outreach.cli import people
from outreach.cli.app import App, dry_run_option, format_option, pass_app, yes_option
from outreach.errors import OutreachError, did_you_mean

if TYPE_CHECKING:
    from outreach.inbound.intent_packs import Want

MANY = 1_000  # mails: reading them again takes some seconds


def known(app: App, number: int) -> Mapping[str, Any]:
    """A mail as the store has it; OutreachError for a number that none has."""
    from outreach.store import inbox

    rows = app.store.read(inbox.listed, number=number)
    if not rows:
        raise OutreachError(f"no mail {number} has come back", hint="outreach inbox")
    return rows[0]


def _told(app: App, shape: str, text: str, number: int, follow: str) -> None:
    """What was done and the next command; as JSON the mail as it is now."""
    from outreach.report import answer as report

    app.show(
        shape,
        text=lambda: report.told(text, follow),
        value=lambda: report.listed(known(app, number)),
    )


def onward(app: App) -> str:
    """The command after a mail was seen to: the next ones, if any wait."""
    from outreach.schedule.zones import day_of
    from outreach.store import inbox

    today = day_of(app.clock(), app.timezone)
    return "outreach inbox waiting" if app.store.read(inbox.waiting, today) else "outreach status"


number_argument = click.argument("number", metavar="ID", type=int)


@click.command()
@number_argument
@click.argument("intent", metavar="INTENT")
@yes_option
@format_option
@pass_app
def mark(app: App, number: int, intent: str, yes: bool, shape: str) -> None:
    """Say what a reply wants, where the guess is wrong.

    INTENT: interested, later, not-interested, referral, question, opt-out,
    hostile, unclear. What was taken for automatic mail is a person's with
    that, and stops them. opt-out suppresses, after a question.

    \b
    Examples:
      outreach inbox mark 7 interested
      outreach inbox mark 7 opt-out --yes
    """
    from outreach.engine import corrections
    from outreach.inbound.intent_packs import Want

    known(app, number)
    want = _want(intent)
    if want is Want.OPT_OUT:
        _be_sure(corrections.opting_out(app.store, number), yes=yes)
    corrections.mark(app.store, number, want, now=app.clock(), actor=app.actor)
    follow = {
        Want.LATER: f"outreach inbox later {number} DATE",
        Want.NOT_INTERESTED: f"outreach inbox done {number}",
        Want.OPT_OUT: onward(app),
    }.get(want, f"outreach inbox reply {number}")
    _told(app, shape, f"{number} is marked: {want.replace('_', ' ')}", number, follow)


def _want(text: str) -> "Want":
    from outreach.inbound.intent_packs import Want

    name = text.strip().lower().replace("-", "_").replace(" ", "_")
    if name not in list(Want):
        names = [want.replace("_", "-") for want in Want]
        near = did_you_mean(text, names)
        raise click.UsageError(f"there is no intent {text}{near or '; one of: ' + ', '.join(names)}")
    return Want(name)


def _be_sure(values: Iterable[str], *, yes: bool) -> None:
    people.be_sure(f"Never write to {' and '.join(values)} again?", yes=yes)


@click.command()
@number_argument
@click.argument("when", metavar="DATE", nargs=-1, required=True)
@format_option
@pass_app
def later(app: App, number: int, when: Sequence[str], shape: str) -> None:
    """Let a mail wait for you again from a day on, not before.

    DATE: 2027-03-01, tomorrow, 10 days, 3 weeks. Nothing is written to
    anybody by that.

    \b
    Examples:
      outreach inbox later 7 2027-03-01
      outreach inbox later 7 3 weeks
    """
    from outreach.report.inbox import date_of
    from outreach.store import inbox

    known(app, number)
    now = app.clock()
    day = _day(" ".join(when), now, app.timezone)
    app.store.write(inbox.later, number, day, now=now, actor=app.actor)
    _told(app, shape, f"{number} waits again from {date_of(day)}", number, onward(app))


def _day(text: str, now: datetime, zone: str) -> date:
    """The day that DATE names, in `zone`; UsageError for none, and for one that is not ahead."""
    from outreach.schedule.window import due_after
    from outreach.schedule.zones import day_of
    from outreach.workspace.schema import RefusedError
    from outreach.workspace.values import delay

    today, word = day_of(now, zone), text.strip().lower()
    try:
        day = date.fromisoformat(word)
    except ValueError:
        try:
            day = day_of(due_after(now, delay("1 day" if word == "tomorrow" else word), zone), zone)
        except RefusedError:
            example = f"{today + timedelta(days=7)}"
            raise click.UsageError(
                f'{text}: write a date like {example}, "tomorrow", "10 days" or "3 weeks"'
            ) from None
    if day <= today:
        raise click.UsageError(f"{text}: that is not ahead; today is {today}")
    return day


@click.command()
@number_argument
@click.option("--domain", is_flag=True, help="Everybody there, not the one address.")
@yes_option
@format_option
@pass_app
def optout(app: App, number: int, domain: bool, yes: bool, shape: str) -> None:
    """Never write to whoever sent a mail again.

    Nor to the person it is about. This cannot be undone; the mail is done.

    \b
    Examples:
      outreach inbox optout 7
      outreach inbox optout 7 --domain --yes
    """
    from outreach.engine import corrections

    known(app, number)
    _be_sure(corrections.opting_out(app.store, number, domain=domain), yes=yes)
    values = corrections.opt_out(app.store, number, domain=domain, now=app.clock(), actor=app.actor)
    _told(app, shape, f"never again: {', '.join(values)}; {number} is done", number, onward(app))


@click.command()
@number_argument
@click.argument("email", metavar="EMAIL")
@format_option
@pass_app
def assign(app: App, number: int, email: str, shape: str) -> None:
    """Say whose a mail is.

    What it means happens to that person: a reply stops them.

    \b
    Example:
      outreach inbox assign 7 bob@acme.example
    """
    from outreach.engine import corrections

    known(app, number)
    person = people.known(app, email)
    kind = corrections.assign(app.store, number, person.email, now=app.clock(), actor=app.actor)
    text = f"{number} belongs to {person.email} now: {kind.replace('_', ' ')}"
    _told(app, shape, text, number, f"outreach why {person.email}")


@click.command()
@click.argument("numbers", metavar="ID...", type=int, nargs=-1, required=True)
@format_option
@pass_app
def done(app: App, numbers: Sequence[int], shape: str) -> None:
    """Take mails off the list of those that wait.

    Nobody is written to again by that.

    \b
    Examples:
      outreach inbox done 7
      outreach inbox done 7 8 11
    """
    from outreach.report import answer as report
    from outreach.store import inbox

    numbers = list(dict.fromkeys(numbers))
    for number in numbers:
        known(app, number)
    for number in numbers:
        app.store.write(inbox.done, number, now=app.clock(), actor=app.actor)
    are = "is" if len(numbers) == 1 else "are"
    text = f"{', '.join(map(str, numbers))} {are} done"
    app.show(
        shape,
        text=lambda: report.told(text, onward(app)),
        value=lambda: [report.listed(known(app, number)) for number in numbers],
    )


@click.command()
@dry_run_option
@format_option
@pass_app
def reclassify(app: App, dry_run: bool, shape: str) -> None:
    """Read all kept mails again, as a newer version does.

    What is of another kind now has that kind's effect; nothing that was done
    is undone, and what people have corrected stays.

    \b
    Example:
      outreach inbox reclassify --dry-run
    """
    from outreach.engine import corrections
    from outreach.report import corrected as report
    from outreach.store import inbox

    numbers = app.store.read(inbox.numbers)
    with click.progressbar(
        numbers, file=sys.stderr, hidden=not (app.on_terminal and len(numbers) > MANY)
    ) as bar:
        about: Mapping[str, Any] = {"now": app.clock(), "actor": app.actor, "dry_run": dry_run}
        found = list(corrections.reclassify(app.store, bar, **about))
    if found and not dry_run:
        app.note("mails reread", mails=len(found))
    again = report.Again(found, len(numbers), dry_run)
    app.show(shape, text=lambda: report.text(again, app.width), value=lambda: report.value(again))


ACTS = (mark, later, optout, assign, done, reclassify)
