"""`outreach log`: who did what, and when."""

import click

from outreach.cli import people
from outreach.cli.app import App, format_option, limit_option, pass_app
from outreach.cli.campaigns import launched_stem
from outreach.cli.since import moment, since_option
from outreach.errors import OutreachError, did_you_mean


@click.command()
@since_option
@click.option("--campaign", metavar="NAME", default="", help="Only of that campaign.")
@click.option("--person", metavar="EMAIL", default="", help="Only what concerns that person.")
@click.option("--by", "actor", metavar="WHO", default="", help="Only what that user of the system did.")
@click.option("--all", "everything", is_flag=True, help="Also what the program did by itself.")
@limit_option(50, least=1)
@format_option
@pass_app
def log(
    app: App,
    since: str,
    campaign: str,
    person: str,
    actor: str,
    everything: bool,
    limit: int,
    shape: str,
) -> None:
    """Who did what and when, the newest last.

    WHO is a user of the system, as the system names them. With --all also what the sender and the reading of
    mailboxes did.

    \b
    Examples:
      outreach log
      outreach log --since yesterday --by ann
      outreach log --campaign retail-shelving --all
      outreach log --person bob@acme.example --format json
    """
    from outreach.report import log as report
    from outreach.store import events

    now = app.clock()
    start = moment(since, now, app.timezone)
    about = people.known(app, person).id if person else None
    stem = launched_stem(app, campaign) if campaign else ""
    if actor and actor not in (known := app.store.read(events.actors)):
        hint = f"those who did: {', '.join(known) or 'nobody yet'}"
        raise OutreachError(f"{actor} did nothing here{did_you_mean(actor, known)}", hint=hint)
    everything = everything or actor in report.PROGRAM
    found, more = app.store.read(
        events.log_of,
        limit,
        since=start,
        campaign=stem,
        prospect_id=about,
        actor=actor,
        everything=everything,
    )
    app.show(
        shape,
        text=lambda: report.text(found, app.timezone, now, more=more, everything=everything),
        value=lambda: report.value(found, app.timezone, more=more),
    )
