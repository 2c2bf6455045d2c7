"""`outreach pause` and `outreach resume`: interrupt sending, and let it go on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from outreach.cli import people
from outreach.cli.app import App, dry_run_option, format_option, pass_app, yes_option
from outreach.cli.targets import Target, resolve, target_options
from outreach.errors import OutreachError
from outreach.model import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.report.pauses import Resumed
    from outreach.report.standing import Next, Pause

MINUTE, FAR = timedelta(minutes=1), timedelta(days=60)


@click.command()
@target_options
@click.option("--until", metavar="WHEN", default="", help='A date, "tomorrow", "2 hours", "3 days".')
@click.option("--reason", metavar="TEXT", default="", help="Why; `status` and `why` show it.")
@dry_run_option
@format_option
@pass_app
def pause(
    app: App,
    name: str,
    everything: bool,
    kind: str | None,
    until: str,
    reason: str,
    dry_run: bool,
    shape: str,
) -> None:
    """Interrupt sending: all, a campaign, a mailbox, a person.

    It takes effect before the next letter's text leaves. A date ends the pause as that day begins.

    \b
    Examples:
      outreach pause --all
      outreach pause retail-shelving --until 2026-12-01 --reason "fair week"
      outreach pause ann@northwind.example --until "2 hours"
      outreach pause bob@acme.example
    """
    from outreach.report import pauses as report
    from outreach.report.standing import Pause
    from outreach.store import stops
    from outreach.store import why as stored

    target, now = resolve(app, name, everything, kind), app.clock()
    wanted = Pause(target.scope, target.name, reason, app.actor, now, _until(until, now, app.timezone))
    covered = app.store.read(stored.covered, target.scope, target.key)
    before = _in_force(app, target, now)
    already = before is not None and _outlasts(before, wanted)
    if not already and not dry_run:
        about: dict[str, Any] = {"reason": reason, "actor": app.actor, "at": now, "until": wanted.until}
        app.store.write(stops.add_pause, target.scope, target.key, **about)
    kept = before if already and before else wanted
    done = report.Paused(kept, already, covered.waiting, covered.leaving, dry_run, wanted.until)
    app.show(
        shape,
        text=lambda: report.paused(done, app.timezone),
        value=lambda: report.paused_value(done),
    )


def _outlasts(before: "Pause", wanted: "Pause") -> bool:
    """Whether the pause in force goes on at least as long: then it stays, with its reason."""
    if before.until is None:
        return True
    return wanted.until is not None and wanted.until <= before.until


@click.command()
@target_options
@yes_option
@dry_run_option
@format_option
@pass_app
def resume(
    app: App, name: str, everything: bool, kind: str | None, yes: bool, dry_run: bool, shape: str
) -> None:
    """Undo a pause: what waited goes on.

    Nothing leaves in a burst: caps, gaps and windows hold as ever.
    A store that was away for days goes on with --all too, after a question. One that was restored or copied
    does not: `outreach release` looks first for what has left meanwhile.

    \b
    Examples:
      outreach resume --all
      outreach resume retail-shelving
      outreach resume ann@northwind.example
    """
    from outreach.report import pauses as report
    from outreach.report.standing import SENDER
    from outreach.store import stops
    from outreach.store import why as stored

    target, now = resolve(app, name, everything, kind), app.clock()
    before = _in_force(app, target, now)
    held = app.store.complaint() if target.scope is Scope.ALL else ""
    if held:
        raise OutreachError(f"everything is held: {held}", hint="outreach release")
    covered = app.store.read(stored.covered, target.scope, target.key)
    done = report.Resumed(target.scope, target.name, before, covered.waiting, 0, dry_run=dry_run)
    if not dry_run:
        by_itself = target.scope is Scope.ALL and before is not None and before.actor == SENDER
        if by_itself:
            due = app.store.read(stored.due, now, target.scope, target.key)
            _be_sure(before.reason if before else "", due, yes=yes)
        app.store.write(stops.resume, target.scope, target.key, actor=app.actor, at=now)
        done = _goes_on(app, target, done, now)
    app.show(
        shape,
        text=lambda: report.resumed(done, app.timezone),
        value=lambda: report.resumed_value(done),
    )


def _be_sure(reason: str, due: int, *, yes: bool) -> None:
    """What the program holds by itself, after days away, a person should have looked at."""
    from outreach.report.lines import number

    are = number(due, "letter is due and leaves", "letters are due and leave")
    click.echo(f"{reason}\n{are} as soon as caps, gaps and windows let them.", err=True)
    people.be_sure("Let it go on?", yes=yes)


def _goes_on(app: App, target: Target, done: "Resumed", now: datetime) -> "Resumed":
    """With the pauses that still cover the same letters, what leaves soon, and the first letter to leave."""
    from outreach.store import status
    from outreach.store import why as stored

    over = app.store.read(stored.overlapping, now, target.scope, target.key)
    pauses = app.store.read(status.pauses, now)
    still = [each for each in pauses if (each.scope, each.name) in over]
    first, soon = next(_leaving(app, target, now, FAR), None), len([*_leaving(app, target, now, MINUTE)])
    return replace(done, still=still, due=soon, next=first)


def _leaving(app: App, target: Target, now: datetime, ahead: timedelta) -> "Iterator[Next]":
    """The letters of that target that leave within a while, in order."""
    from outreach.engine import forecast
    from outreach.report.standing import Next

    for leaves in forecast.calendar(app.store, now).departures(now + ahead):
        track = leaves.track
        names = {
            Scope.ALL: "",
            Scope.CAMPAIGN: track.campaign,
            Scope.MAILBOX: track.mailbox,
            Scope.PROSPECT: track.email,
        }
        if names[target.scope] == target.name:
            yield Next(leaves.at, track.email, leaves.letter, track.campaign, track.mailbox)


def _in_force(app: App, target: Target, now: datetime) -> "Pause | None":
    from outreach.store import status

    same = (target.scope, target.name)
    return next(
        (each for each in app.store.read(status.pauses, now) if (each.scope, each.name) == same), None
    )


def _until(text: str, now: datetime, zone: str) -> datetime | None:
    """The instant that `--until` names: a day begins at midnight in `zone`, hours count from now."""
    from outreach.schedule.window import due_after
    from outreach.schedule.zones import zone as zone_named
    from outreach.workspace.schema import RefusedError
    from outreach.workspace.values import delay

    word = text.strip().lower()
    if not word:
        return None
    try:
        day = datetime.fromisoformat(word)
        at = (day if day.tzinfo else day.replace(tzinfo=zone_named(zone))).astimezone(UTC)
    except ValueError:
        try:
            at = due_after(now, delay("1 day" if word == "tomorrow" else word), zone)
        except RefusedError:
            example = f"{now + timedelta(days=7):%Y-%m-%d}"
            raise click.UsageError(
                f'--until {text}: write a date like {example}, "tomorrow", "2 hours" or "3 days"'
            ) from None
    if at <= now:
        raise click.UsageError(f"--until {text}: that is over already")
    return at
