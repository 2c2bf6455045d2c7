"""`outreach preview`: the letters as they would go."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from outreach.cli.app import App, dry_run_option, format_option, pass_app, yes_option
from outreach.cli.asked import OWN_FILE, Asked
from outreach.cli.campaigns import stem_of
from outreach.cli.people import known
from outreach.errors import OutreachError, did_you_mean
from outreach.report.lines import labelled

if TYPE_CHECKING:
    from outreach.campaign import Campaign
    from outreach.engine.previews import Roll
    from outreach.report.letters import Preview

PLACEHOLDER = datetime(2000, 1, 1, tzinfo=UTC)  # the date is written when a letter leaves


@click.command()
@click.argument("campaign", required=False)
@click.option(
    "--prospect", metavar="EMAIL", default="", help="Whose letters (default: the first in the plan)."
)
@click.option("--all", "everybody", is_flag=True, help="Everybody's letter in a line, the odd ones first.")
@click.option("--step", metavar="N", type=click.IntRange(min=1), help="Only the letter of that step.")
@click.option("--letter", metavar="STEM", default="", help="Only that letter.")
@click.option("--raw", is_flag=True, help="The bytes of one letter, as they would go but for the date.")
@click.option(
    "--browser",
    metavar="[FILE]",
    is_flag=False,
    flag_value=OWN_FILE,
    help="Everybody's letters as one page (default: previews/CAMPAIGN.html), opened in your browser.",
)
@click.option("--no-open", is_flag=True, help="With --browser: only write the page.")
@click.option("--to-me", is_flag=True, help="Send the letters as a test to the mailbox they come from.")
@click.option("--to", metavar="ADDRESS", multiple=True, help="The same to a colleague; up to five.")
@yes_option
@dry_run_option
@format_option
@pass_app
def preview(app: App, /, campaign: str | None, **options: Any) -> None:
    """A person's letters as they would go: headers, text, footer.

    They are written from the files as they are now, for a real person: one in the plan, one in the
    campaign already, or one who is held (and why). Follow-ups are shown as if those before had left.

    On a terminal the keys step through everybody, the odd ones first. A test letter (--to-me, --to) is
    what a prospect would get but for To, Date, Message-ID, thread and opt-out address; a header marks it,
    no limit counts it, and a mailbox may send twenty a day. None goes to a company of your prospects or key
    accounts, nor while everything is paused.

    \b
    Examples:
      outreach preview retail-shelving
      outreach preview retail-shelving --prospect bob@acme.example --step 2
      outreach preview retail-shelving --all
      outreach preview retail-shelving --browser
      outreach preview retail-shelving --to-me
      outreach preview retail-shelving --to eva@northwind.example --step 1
      outreach preview retail-shelving --raw > letter.eml
    """
    asked = Asked(**options)
    if campaign is None and asked.browser not in (None, OWN_FILE):  # `--browser` took the name after it
        campaign, asked = asked.browser, replace(asked, browser=OWN_FILE)
    if campaign is None:
        raise click.UsageError("which campaign? outreach preview CAMPAIGN")
    asked.check()
    if asked.walks:
        _walk(app, campaign, asked)
        return
    stem = stem_of(app, campaign)
    only = _step(app.workspace.campaigns[stem], asked.step, asked.letter)
    if asked.everybody:
        _table(app, stem, only, asked.shape)
    elif asked.browser is not None:
        _page(app, stem, asked)
    elif asked.tests:
        _test(app, stem, only, asked)
    else:
        _one(app, stem, only, asked)


def _table(app: App, stem: str, only: int | None, shape: str) -> None:
    from outreach.engine import previews
    from outreach.report import everybody as table

    read = previews.read(app.store, app.workspace, stem, app.clock())
    found = table.rows(app.workspace, (read.of(person) for person in read.people()), only)
    app.show(shape, text=lambda: table.text(found, stem, app.width), value=lambda: table.value(found))


def _page(app: App, stem: str, asked: Asked) -> None:
    from outreach.cli import browsing

    first = known(app, asked.prospect) if asked.prospect else None
    given = None if asked.browser == OWN_FILE else browsing.named(app, str(asked.browser), stem)
    roll = _roll(app, stem) if first else _somebody(app, stem)
    written = browsing.browse(app, stem, roll, given, first, show=not asked.no_open)
    app.show(asked.shape, text=written.text, value=written.value)


def _test(app: App, stem: str, only: int | None, asked: Asked) -> None:
    from outreach.cli import testing

    shown = _preview(app, stem, asked.prospect, only, app.clock())
    mine = [shown.letters.mailbox.address] if asked.to_me else []
    to = [*mine, *testing.addresses(asked.to)]
    testing.try_out(
        app, stem, shown.letters, shown.drafts, to, shape=asked.shape, yes=asked.yes, dry_run=asked.dry_run
    )


def _walk(app: App, campaign: str, asked: Asked) -> None:
    from outreach.cli import stepping

    def ready() -> stepping.Start:
        stem = stem_of(app, campaign)
        only = _step(app.workspace.campaigns[stem], asked.step, asked.letter)
        return stepping.Start(stem, _somebody(app, stem), (only or 1) - 1)

    stepping.step_through(app, ready)
    click.echo(labelled("NEXT", f"outreach plan {stem_of(app, campaign)}"))


def _one(app: App, stem: str, only: int | None, asked: Asked) -> None:
    from outreach.report import letters as report

    shown = _preview(app, stem, asked.prospect, only, app.clock())
    raws = _raws(shown) if asked.raw else {}
    if asked.raw and asked.shape == "text":
        click.echo("the Date is a placeholder: it is written when the letter leaves", err=True)
        click.echo(next(iter(raws.values())), nl=False)
        return
    app.show(asked.shape, text=lambda: report.text(shown), value=lambda: report.value(shown, raws))


def _roll(app: App, stem: str) -> "Roll":
    """Everybody of the campaign; where that takes a while a word of it comes first."""
    from outreach.engine import previews
    from outreach.store import prospects

    many = app.store.read(prospects.count)
    if many > previews.AT_ONCE:
        click.echo(f"reading {many:,} people ...", err=True)
    return previews.roll(app.store, app.workspace, stem, app.clock())


def _somebody(app: App, stem: str) -> "Roll":
    """As `_roll`; OutreachError for nobody."""
    found = _roll(app, stem)
    if not found.people:
        raise _nobody(stem)
    return found


def _nobody(stem: str) -> OutreachError:
    hint = f"outreach preview {stem} --prospect EMAIL shows it for anybody"
    return OutreachError(f"the segment of {stem} matches nobody", hint=hint)


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

    if email:
        person = known(app, email)
        read = previews.read(app.store, app.workspace, stem, now, company=person.company)
        letters, changed = read.of(person), read.plan.files_changed
    else:
        roll = _roll(app, stem)
        first = roll.first()
        if first is None:
            raise _nobody(stem)
        person, letters, changed = first, roll.of(first), roll.files_changed
    sent = {
        each.letter: each.id
        for each in app.store.read(messages.of_prospect, person.id)
        if each.campaign == stem and each.status == MessageStatus.SENT
    }
    return Preview(
        letters=letters,
        campaign=app.workspace.campaigns[stem],
        zone=app.timezone,
        only=only,
        changed=changed,
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
