"""`outreach preview`: the letters as they would go."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from outreach.cli.app import App, format_option, pass_app
from outreach.cli.campaigns import stem_of
from outreach.cli.people import known
from outreach.errors import OutreachError, did_you_mean

if TYPE_CHECKING:
    from outreach.campaign import Campaign
    from outreach.report.letters import Preview

PLACEHOLDER = datetime(2000, 1, 1, tzinfo=UTC)  # the date is written when a letter leaves


@click.command()
@click.argument("campaign")
@click.option(
    "--prospect", metavar="EMAIL", default="", help="Whose letters (default: the first in the plan)."
)
@click.option("--all", "everybody", is_flag=True, help="Everybody's letter in a line, the odd ones first.")
@click.option("--step", metavar="N", type=click.IntRange(min=1), help="Only the letter of that step.")
@click.option("--letter", metavar="STEM", default="", help="Only that letter.")
@click.option("--raw", is_flag=True, help="The bytes of one letter, as they would go but for the date.")
@format_option
@pass_app
def preview(
    app: App,
    campaign: str,
    prospect: str,
    everybody: bool,
    step: int | None,
    letter: str,
    raw: bool,
    shape: str,
) -> None:
    """A person's letters as they would go: headers, text, footer.

    They are written from the files as they are now, for a real person: one in the plan, one in the
    campaign already, or one who is held (and why). Follow-ups are shown as if those before had left.

    \b
    Examples:
      outreach preview retail-shelving
      outreach preview retail-shelving --prospect bob@acme.example --step 2
      outreach preview retail-shelving --all
      outreach preview retail-shelving --raw > letter.eml
    """
    from outreach.engine import previews
    from outreach.report import everybody as table
    from outreach.report import letters as report

    now, stem = app.clock(), stem_of(app, campaign)
    only = _step(app.workspace.campaigns[stem], step, letter)
    if everybody:
        if prospect or raw:
            raise click.UsageError("--all shows everybody: leave out --prospect and --raw")
        read = previews.read(app.store, app.workspace, stem, now)
        found = table.rows(app.workspace, (read.of(person) for person in read.people()), only)
        app.show(shape, text=lambda: table.text(found, stem, app.width), value=lambda: table.value(found))
        return
    shown = _preview(app, stem, prospect, only, now)
    raws = _raws(shown) if raw else {}
    if raw and shape == "text":
        click.echo("the Date is a placeholder: it is written when the letter leaves", err=True)
        click.echo(next(iter(raws.values())), nl=False)
        return
    app.show(shape, text=lambda: report.text(shown), value=lambda: report.value(shown, raws))


def _step(campaign: "Campaign", step: int | None, letter: str) -> int | None:
    """The step that is meant by its number or its letter (from 1); None where neither is given."""
    stems = [each.letter for each in campaign.steps]
    if letter and step:
        raise click.UsageError("--step and --letter say the same: leave one out")
    if letter and letter not in stems:
        meant = did_you_mean(letter, stems)
        raise OutreachError(
            f"{campaign.stem} has no letter {letter}{meant}", hint=f"letters: {', '.join(stems)}"
        )
    if step and step > len(stems):
        raise OutreachError(f"{campaign.stem} has {len(stems)} steps", hint=f"letters: {', '.join(stems)}")
    return stems.index(letter) + 1 if letter else step


def _preview(app: App, stem: str, email: str, only: int | None, now: datetime) -> "Preview":
    """The letters of that person, or of the first in the plan."""
    from outreach.engine import previews
    from outreach.model import MessageStatus
    from outreach.report.letters import Preview
    from outreach.store import messages

    person = known(app, email) if email else None
    company = person.company if person else None
    read = previews.read(app.store, app.workspace, stem, now, company=company)
    person = person or next(read.people(), None)
    if person is None:
        hint = f"outreach preview {stem} --prospect EMAIL shows it for anybody"
        raise OutreachError(f"the segment of {stem} matches nobody", hint=hint)
    sent = {
        each.letter: each.id
        for each in app.store.read(messages.of_prospect, person.id)
        if each.campaign == stem and each.status == MessageStatus.SENT
    }
    return Preview(
        letters=read.of(person),
        campaign=app.workspace.campaigns[stem],
        zone=app.timezone,
        only=only,
        changed=read.plan.files_changed,
        numbers=sent,
    )


def _raws(shown: "Preview") -> dict[int, bytes]:
    """The bytes of the letters shown, by step; OutreachError if none can go."""
    from outreach import compose
    from outreach.plan.letters import outgoing

    box, email = shown.letters.mailbox, shown.letters.person.email
    drafts = [each for each in shown.drafts if each.content.text]
    if not drafts:
        held = shown.letters.hold or next((each.hold for each in shown.drafts), None)
        raise OutreachError(f"{email} has no letter to show" + (f": {held.reason}" if held else ""))
    return {each.step: compose.compose(outgoing(each, email), box, PLACEHOLDER) for each in drafts}
