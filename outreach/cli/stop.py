"""`outreach stop` and `outreach end`: somebody, or a whole campaign, gets no further letter."""

import click

from outreach.cli import people
from outreach.cli.app import App, dry_run_option, format_option, pass_app, yes_option
from outreach.cli.campaigns import launched_stem
from outreach.errors import OutreachError

reason_option = click.option("--reason", metavar="TEXT", default="by hand", help="Why; `why` shows it.")


@click.command()
@click.argument("email", metavar="EMAIL")
@click.option("--campaign", metavar="CAMPAIGN", default="", help="Only there (default: everywhere).")
@reason_option
@yes_option
@dry_run_option
@format_option
@pass_app
def stop(app: App, email: str, campaign: str, reason: str, yes: bool, dry_run: bool, shape: str) -> None:
    """End the sequences that a person is in.

    Letters that wait for them are cancelled.
    They may still be taken into other campaigns: `outreach suppress add` is for never again.

    \b
    Examples:
      outreach stop bob@acme.example
      outreach stop bob@acme.example --campaign retail-shelving --reason "met at the fair"
    """
    from outreach.report import endings as report
    from outreach.store import endings

    person = people.known(app, email)
    stem = launched_stem(app, campaign) if campaign else ""
    ending = app.store.read(endings.ahead, campaign=stem, prospect_id=person.id)
    if ending.people and not dry_run:
        people.be_sure(f"Stop {person.email} in {', '.join(ending.campaigns)}?", yes=yes)
        about = {"reason": reason, "actor": app.actor}
        ending = app.store.write(endings.stop, person.id, campaign=stem, at=app.clock(), **about)
    app.show(
        shape,
        text=lambda: report.stopped(person.email, ending, dry_run=dry_run),
        value=lambda: report.value(person.email, ending, dry_run=dry_run),
    )


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@reason_option
@yes_option
@dry_run_option
@format_option
@pass_app
def end(app: App, campaign: str, reason: str, yes: bool, dry_run: bool, shape: str) -> None:
    """End a campaign for everybody in it.

    Letters that wait are cancelled.
    To interrupt it instead: `outreach pause CAMPAIGN`.

    \b
    Examples:
      outreach end retail-shelving --dry-run
      outreach end retail-shelving --reason "sold out" --yes
    """
    from outreach.model import CampaignStatus
    from outreach.report import endings as report
    from outreach.report.lines import number
    from outreach.store import endings, launches

    stem = launched_stem(app, campaign)
    ending = app.store.read(endings.ahead, campaign=stem)
    over = app.store.read(launches.campaigns)[stem] is CampaignStatus.ENDED
    if over and not ending.people:
        raise OutreachError(f"{stem} has ended already", hint=f"outreach why {stem}")
    if not dry_run:
        people.be_sure(
            f"End {stem}: stop {number(ending.people, 'person', 'people')}, "
            f"cancel {number(ending.letters, 'letter')}?",
            yes=yes,
        )
        ending = app.store.write(endings.end, stem, reason=reason, at=app.clock(), actor=app.actor)
    app.show(
        shape,
        text=lambda: report.ended(stem, ending, dry_run=dry_run),
        value=lambda: report.value(stem, ending, dry_run=dry_run),
    )
