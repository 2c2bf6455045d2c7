"""`outreach prospects`: the people we may write to."""

import click

from outreach.cli import people
from outreach.cli.app import App, format_option, pass_app, yes_option
from outreach.cli.exporting import export
from outreach.cli.importing import import_
from outreach.cli.listing import list_
from outreach.cli.setting import set_
from outreach.sequence import MARKS


class _How(click.Choice[str]):
    """A mark, however it is written: `opted_out`, as a status has it, is opted-out."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert(value.strip().lower().replace("_", "-"), param, ctx)


@click.group()
def prospects() -> None:
    """People we may write to: import, look, change, export."""


for act in (import_, list_, set_, export):
    prospects.add_command(act)


@prospects.command()
@click.argument("email")
@format_option
@pass_app
def show(app: App, email: str, shape: str) -> None:
    """All that is known of a person, and what was done last.

    \b
    Example:
      outreach prospects show bob@acme.example
    """
    from outreach.report import people as report
    from outreach.store import people as acts

    person = people.known(app, email)
    found = app.store.read(acts.dossier, app.store.key, person)
    app.show(
        shape,
        text=lambda: report.dossier(found, app.timezone),
        value=lambda: report.dossier_value(found, app.timezone),
    )


@prospects.command()
@click.argument("email")
@click.argument("how", metavar="|".join(MARKS), type=_How(list(MARKS)))
@format_option
@pass_app
def mark(app: App, email: str, how: str, shape: str) -> None:
    """Enter what came back: no follow-up leaves any more.

    It ends the person's campaigns in one step, and cancels what waits for them. Somebody who opted out or
    bounced is also suppressed: never written to again.

    \b
    Examples:
      outreach prospects mark bob@acme.example replied
      outreach prospects mark bob@acme.example opted-out
    """
    from outreach.report import stopped as report
    from outreach.store import byhand

    person, store = people.known(app, email), app.store
    done = store.write(byhand.mark, store.key, person, how, at=app.clock(), actor=app.actor)
    suppressed = MARKS[how].suppress
    app.show(
        shape,
        text=lambda: report.marked(person.email, how, suppressed, done),
        value=lambda: report.marked_value(person.email, how, suppressed, done),
    )


@prospects.command()
@click.argument("email")
@yes_option
@format_option
@pass_app
def erase(app: App, email: str, yes: bool, shape: str) -> None:
    """Forget a person: fields, letters, answers.

    A keyed hash of the address stays, so that no import brings the person back. Cannot be undone.

    \b
    Example:
      outreach prospects erase bob@acme.example
    """
    from outreach.cli.browsing import FOLDER
    from outreach.cli.replying import Draft
    from outreach.report import stopped as report
    from outreach.store import byhand, inbox

    person, store = people.known(app, email), app.store
    people.be_sure(f"Forget {person.email} and all letters to them, for ever?", yes=yes)
    for mail in store.read(inbox.numbers_of, person):
        Draft(app.root, mail).remove()
    done = store.write(byhand.erase, store.key, person, at=app.clock(), actor=app.actor)
    store.wipe()
    for page in (app.root / FOLDER).glob("*.html"):  # previews hold everybody's letters
        page.unlink(missing_ok=True)
    app.show(
        shape,
        text=lambda: report.erased(person.email, done),
        value=lambda: {"erased": person.email, **report.value(done)},
    )
