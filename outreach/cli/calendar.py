"""`outreach calendar`: who gets what when."""

from collections import Counter
from datetime import timedelta

import click

from outreach.cli.app import App, format_option, pass_app
from outreach.cli.campaigns import pauses, stem_of

LONGEST = 400  # days


@click.command()
@click.argument("campaign", default="")
@click.option(
    "--days",
    metavar="N",
    type=click.IntRange(1, LONGEST),
    default=14,
    show_default=True,
    help="How far to look ahead.",
)
@click.option("--all", "whole", is_flag=True, help="Every letter, not just one screen.")
@format_option
@pass_app
def calendar(app: App, campaign: str, days: int, whole: bool, shape: str) -> None:
    """Who gets what when: the dates that the sender works off.

    They hold until something happens outside: you edit and launch, somebody answers, a server says "later",
    the machine is off. Then they are reckoned anew. Without CAMPAIGN: the letters of all campaigns. A
    campaign that is not launched is shown as if it were launched now.

    \b
    Examples:
      outreach calendar
      outreach calendar retail-shelving --days 30
      outreach calendar --all --format json
    """
    from outreach.engine import forecast, plans
    from outreach.report.calendar import Agenda, text, value
    from outreach.store import launches

    now = app.clock()
    until = now + timedelta(days=days)
    stem = stem_of(app, campaign) if campaign else ""
    launched = not stem or app.store.read(launches.launched, stem) is not None
    if launched:
        ahead = forecast.calendar(app.store, now)
    else:
        made = plans.make(app.store, app.workspace, stem, now)
        ahead = forecast.calendar(app.store, now, planned=(app.workspace, made))
    end = now + timedelta(days=LONGEST)
    every = [each for each in ahead.departures(end) if each.track.campaign == stem or not stem]
    own = [each for each in every if each.at < until]
    later, last = len(every) - len(own), every[-1].at if every else None
    kept = Counter(each.track.mailbox for each in ahead.kept if each.track.campaign == stem or not stem)
    ends = [each.track for each in every if each.step + 1 == len(each.track.steps)]
    lacking = Counter(track.held for track in ends if track.held)
    paused = pauses(app, stem, now)
    agenda = Agenda(own, stem, days, app.timezone, launched, paused, kept, until, later, last, lacking)
    app.show(shape, text=lambda: text(agenda, whole=whole), value=lambda: value(agenda))
