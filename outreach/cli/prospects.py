"""`outreach prospects`: the people we may write to."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from outreach.cli import people
from outreach.cli.app import App, format_option, pass_app, yes_option
from outreach.cli.importing import import_
from outreach.errors import OutreachError, did_you_mean
from outreach.report.lines import number
from outreach.sequence import MARKS

if TYPE_CHECKING:
    from outreach.segment import Condition


@click.group()
def prospects() -> None:
    """People we may write to: import, look, mark, export, erase."""


prospects.add_command(import_)


@prospects.command("list")
@click.argument("condition", required=False)
@click.option("--columns", metavar="A,B", help="What to show of each, such as email,city,employees.")
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="How many to show.",
)
@format_option
@pass_app
def list_(app: App, condition: str | None, columns: str | None, limit: int, shape: str) -> None:
    """People as a table: all, or those whom CONDITION finds.

    \b
    Examples:
      outreach prospects list
      outreach prospects list "country == 'DE'" --columns email,company,city
      outreach prospects list shops --limit 500 --format json
    """
    from outreach.report import people as report
    from outreach.store import people as acts

    chosen = _columns(app, columns) if columns else report.DEFAULT
    if condition:
        found = app.store.read(acts.survey, people.condition(app, condition), limit)
        shown, total = found.samples, found.matching
    else:
        shown, total = app.store.read(acts.first, limit), app.store.read(acts.total)
    app.show(shape, text=lambda: report.text(shown, total, chosen), value=lambda: report.listed(shown, total))


def _columns(app: App, text: str) -> list[str]:
    """The columns named; UsageError with the nearest field for one that is none."""
    from outreach.prospect import KNOWN
    from outreach.store import prospects as acts

    fields = {**KNOWN, **app.store.read(acts.field_types)}
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in fields:
            raise click.UsageError(f"there is no field {name}{did_you_mean(name, fields)}")
    return names


@prospects.command()
@click.argument("email")
@format_option
@pass_app
def show(app: App, email: str, shape: str) -> None:
    """Everything the store knows of a person.

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
        value=lambda: report.dossier_value(found),
    )


@prospects.command()
@click.argument("email")
@click.argument("how", metavar="|".join(MARKS), type=click.Choice(list(MARKS)))
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
@click.argument("condition", required=False)
@click.option("--format", "shape", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write a file."
)
@yes_option
@pass_app
def export(app: App, condition: str | None, shape: str, output: Path | None, yes: bool) -> None:
    """People with all their fields, as CSV or JSON.

    The CSV opens in a spreadsheet without running what stands in it: text that looks like a formula gets an
    apostrophe, which an import takes away again. A file (-o) starts with a byte order mark, as Excel wants it.

    \b
    Examples:
      outreach prospects export -o people.csv
      outreach prospects export "country == 'DE'" --format json
    """
    from outreach.store import people as acts

    chosen = people.condition(app, condition) if condition else None
    if output is None:
        count = _export(app, sys.stdout, shape, chosen)
    else:
        target = people.path(app, output)
        if target.exists():
            people.be_sure(f"{output} exists. Write over it?", yes=yes)
        encoding = "utf-8-sig" if shape == "csv" else "utf-8"
        try:
            with click.open_file(str(target), "w", encoding=encoding, atomic=True) as file:
                count = _export(app, file, shape, chosen)
        except OSError as exc:
            raise OutreachError(
                f"{output} cannot be written: {exc.strerror}", hint="check the folder"
            ) from exc
        click.echo(f"{number(count, 'person', 'people')} in {output}", err=True)
    if blocked := app.store.read(acts.blocked, app.store.key, chosen):
        click.echo(f"{blocked:,} of them must not be written to: outreach suppress list", err=True)


def _export(app: App, out: IO[str], shape: str, chosen: "Condition | None") -> int:
    """Write all who match, as the store has them at one moment; how many."""
    from outreach.report import exports
    from outreach.store import people as acts

    if shape == "json":
        return app.store.read(lambda tx: _write(out, exports.as_json(acts.select(tx, chosen))))
    return app.store.read(
        lambda tx: _write(out, exports.as_csv(acts.select(tx, chosen), acts.used_fields(tx, chosen)))
    )


def _write(out: IO[str], pieces: Iterable[str]) -> int:
    """Write the pieces of an export; the people in it: one piece each, and a header or an end."""
    return sum(out.write(piece) > 0 for piece in pieces) - 1


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
    from outreach.cli.replying import Draft
    from outreach.report import stopped as report
    from outreach.store import byhand, inbox

    person, store = people.known(app, email), app.store
    people.be_sure(f"Forget {person.email} and all letters to them, for ever?", yes=yes)
    for mail in store.read(inbox.numbers_of, person):
        Draft(app.root, mail).remove()
    done = store.write(byhand.erase, store.key, person, at=app.clock(), actor=app.actor)
    store.wipe()
    app.show(
        shape,
        text=lambda: report.erased(person.email, done),
        value=lambda: {"erased": person.email, **report.value(done)},
    )
