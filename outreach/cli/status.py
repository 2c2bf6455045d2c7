"""`outreach status`: how things stand."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import click

from outreach.cli.app import App, format_option, pass_app

WORDS = {"today": 0, "yesterday": 1}


@click.command()
@click.option(
    "--since",
    metavar="WHEN",
    default="today",
    show_default=True,
    help="Count from then on: today, yesterday, 7d, or a date like 2026-11-20.",
)
@click.option("--check", is_flag=True, help="For monitoring: the exit code is 1 if something needs a person.")
@format_option
@pass_app
def status(app: App, since: str, check: bool, shape: str) -> int:
    """What needs you, what was sent, what comes next.

    \b
    Examples:
      outreach status
      outreach status --since yesterday
      outreach status --since 7d --format json
      outreach status --check || mail -s "outreach needs you" ann@northwind.example
    """
    from outreach.engine.standing import look
    from outreach.report import status as report
    from outreach.report.needs import needs, unserved

    now = app.clock()
    standing = look(app.store, now, app.timezone, _moment(since, now, app.timezone))
    standing = replace(standing, lacking=app.lacking(), outdated=app.outdated())
    standing = replace(standing, lacking=unserved(standing))
    app.show(shape, text=lambda: report.text(standing, app.width), value=lambda: report.value(standing))
    return 1 if check and needs(standing) else 0


def _moment(since: str, now: datetime, zone: str) -> datetime:
    """The start of the day that `since` names, in that zone."""
    from outreach.schedule.zones import day_bounds, day_of

    today, word = day_of(now, zone), since.strip().lower()
    days = re.fullmatch(r"(\d{1,4}) ?d(ays?)?", word)
    try:
        if word in WORDS:
            day = today - timedelta(days=WORDS[word])
        elif days:
            day = today - timedelta(days=int(days[1]))
        else:
            day = date.fromisoformat(word)
    except ValueError:
        raise click.UsageError(
            f"--since {since}: write today, yesterday, 7d, or a date like {today.isoformat()}"
        ) from None
    if day > today:
        raise click.UsageError(f"--since {since}: that is still to come, today is {today.isoformat()}")
    return day_bounds(day, zone)[0]
