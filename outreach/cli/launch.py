"""`outreach launch`: do a plan."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from outreach.cli.app import App, accept_options, dry_run_option, format_option, pass_app, yes_option
from outreach.cli.campaigns import accepting, screen_of, stem_of
from outreach.cli.people import answered, be_sure
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from datetime import datetime

    from outreach.plan import Recalled
    from outreach.report.plan import Screen

MANY = 200  # a launch to more people asks for their number


@click.command()
@click.argument("campaign")
@click.option("--plan", "plan_id", metavar="ID", default="", help="Exactly the plan shown under that id.")
@click.option(
    "--first",
    metavar="N",
    type=click.IntRange(min=0),
    help="A pilot: only the first N people. 0: nobody new, only what is changed for those who are in it.",
)
@accept_options
@yes_option
@dry_run_option
@format_option
@pass_app
def launch(
    app: App,
    campaign: str,
    plan_id: str,
    first: int | None,
    accept: tuple[str, ...],
    reason: str,
    yes: bool,
    dry_run: bool,
    shape: str,
) -> None:
    """Enroll a plan's people and put their letters in the queue.

    It shows the plan and asks. From then on the campaign goes on as its files are now; later edits count
    from the next launch on. Nothing leaves for a while after it (`grace` of the campaign).

    \b
    Examples:
      outreach launch retail-shelving
      outreach launch retail-shelving --plan 7f3a
      outreach launch retail-shelving --first 10
      outreach launch retail-shelving --first 0
      outreach launch retail-shelving --plan 7f3a --yes
    """
    from outreach.engine import plans
    from outreach.report import launch as report
    from outreach.report import plan as plan_report

    now, plan_id = app.clock(), plan_id.lower()
    if plan_id and accept:
        raise click.UsageError("a plan itself says what it accepts: outreach plan CAMPAIGN --accept CODE")
    accepting(app, accept, reason)
    recalled, people = _planned(app, stem_of(app, campaign), plan_id, first, now)
    made = recalled.plan
    screen = screen_of(app, made, now, plan_id=plan_id, remember=not (plan_id or dry_run), people=people)
    _must_be_possible(screen, first)
    asked = not (made.empty or dry_run)
    lines = [plan_report.text(screen, next_=not asked), report.changes(recalled, screen)]
    click.echo("\n".join(filter(None, lines)), err=shape == "json")
    revision, starts, joined = None, screen.outlook.starts or screen.outlook.first, 0
    if dry_run:
        click.echo("dry run: nothing was launched", err=True)
    elif asked:
        plans.must_be_clean(made)
        _ask(report.question(screen), len(made.new), yes=yes)
        revision, starts, joined = _launch(app, screen, first)
        if shape == "text":
            click.echo("\n" + report.done(screen, revision, starts, joined))
    if shape == "json":
        app.show(shape, text=str, value=lambda: report.value(screen, recalled, revision, starts, joined))


def _must_be_possible(screen: "Screen", first: int | None) -> None:
    """OutreachError for a change of a campaign that was never launched, and where one would begin with nobody and
    nobody joins it later by themselves.
    """
    stem, made = screen.campaign.stem, screen.plan
    if first == 0 and not screen.revision:
        raise OutreachError(
            f"--first 0 changes what was launched, and {stem} was not yet",
            hint=f"outreach launch {stem} --first 10",
        )
    if not (made.new or made.errors or screen.revision) and screen.campaign.enroll != "nightly":
        held = f", {len(made.held)} held" if made.held else ""
        raise OutreachError(f"not launched: nobody would be in {stem}{held}", hint=f"outreach plan {stem}")


def _planned(app: App, stem: str, plan_id: str, first: int | None, now: "datetime") -> "tuple[Recalled, int]":
    """The plan to be done, as it was shown or afresh, and how many people are new in all: a pilot takes fewer."""
    from outreach.engine import plans
    from outreach.plan import Recalled

    if plan_id:
        recalled = plans.recall(app.store, app.workspace, stem, plan_id, now)
    else:
        recalled = Recalled(plans.make(app.store, app.workspace, stem, now))
    people = recalled.pilot_of or len(recalled.plan.new)
    if first is None or first >= people:
        return recalled, people
    pilot = replace(recalled.plan, new=recalled.plan.new[:first])
    return replace(recalled, plan=pilot, first=None, last_first=None, end=None), people


def _ask(question: str, people: int, *, yes: bool) -> None:
    """Ask before letters go out; many of them only after their number was typed."""
    if yes or people <= MANY or not sys.stdin.isatty():
        be_sure(question, yes=yes)
        return
    ask = f"{question}\nType {people} to launch"
    with answered():
        typed = click.prompt(ask, default="", show_default=False, err=True)
    if typed.replace(",", "").strip() != str(people):
        raise OutreachError(
            f"not launched: {typed!r} is not {people}", hint="launch again, or a pilot: --first 20"
        )


def _launch(app: App, screen: "Screen", first: int | None) -> "tuple[int, datetime | None, int]":
    """Do exactly the plan that was shown; the revision that holds now, the first departure, and who joined."""
    from outreach.engine import forecast, plans

    now = app.clock()
    outcome = plans.launch(
        app.store,
        app.workspace,
        screen.plan.campaign,
        now=now,
        actor=app.actor,
        plan_id=screen.plan_id,
        first=first,
    )
    return outcome.revision, forecast.first_departure(app.store, outcome.plan, now), outcome.people
