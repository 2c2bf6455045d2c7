"""`outreach prospects export`: people, or what happened to them, for other programs."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from outreach.cli import people
from outreach.cli.app import App, pass_app, yes_option
from outreach.cli.since import moment, since_option
from outreach.errors import OutreachError
from outreach.report.lines import number

if TYPE_CHECKING:
    from datetime import datetime

    from outreach.segment import Condition

Writing = Callable[[IO[str]], int]


@click.command()
@click.argument("condition", required=False)
@click.option("--activity", is_flag=True, help="What happened instead: letters sent, and what came back.")
@since_option
@click.option("--format", "shape", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write a file."
)
@yes_option
@pass_app
def export(
    app: App, condition: str | None, activity: bool, since: str, shape: str, output: Path | None, yes: bool
) -> None:
    """People with all their fields, as CSV or JSON.

    The CSV opens in a spreadsheet without running what stands in it: text that looks like a formula gets an
    apostrophe, which an import takes away again. A file (-o) starts with a byte order mark, as Excel wants it.
    With --activity one row for each letter that left, each answer and each refusal, for a CRM.

    \b
    Examples:
      outreach prospects export -o people.csv
      outreach prospects export "country == 'DE'" --format json
      outreach prospects export --activity --since 7d -o activity.csv
    """
    chosen = people.condition(app, condition) if condition else None
    if since and not activity:
        raise click.UsageError("--since goes with --activity")
    if activity and chosen is not None:
        raise click.UsageError("--activity has no condition: it is of everybody")
    start = moment(since, app.clock(), app.timezone)
    writing = _activity(app, shape, start) if activity else _people(app, shape, chosen)
    count = writing(sys.stdout) if output is None else _to_file(app, output, shape, writing, yes=yes)
    what = ("entry", "entries") if activity else ("person", "people")
    if output is not None:
        click.echo(f"{number(count, *what)} in {output}", err=True)
    # Who takes people's data out of the store is written down.
    if activity:
        app.note("exported", what="what happened", rows=count)
    else:
        app.note("exported", people=count)
        _warn(app, chosen)


def _to_file(app: App, output: Path, shape: str, writing: Writing, *, yes: bool) -> int:
    """Write a file whole or not at all; how many entries it has."""
    target = people.path(app, output)
    if target.exists():
        people.be_sure(f"{output} exists. Write over it?", yes=yes)
    encoding = "utf-8-sig" if shape == "csv" else "utf-8"
    try:
        with click.open_file(str(target), "w", encoding=encoding, atomic=True) as file:
            return writing(file)
    except OSError as exc:
        raise OutreachError(f"{output} cannot be written: {exc.strerror}", hint="check the folder") from exc


def _people(app: App, shape: str, chosen: "Condition | None") -> Writing:
    """Writes all who match, as the store has them at one moment."""
    from outreach.report import exports
    from outreach.store import people as acts
    from outreach.store import tags

    now = app.clock()
    if shape == "json":
        return lambda out: app.store.read(
            lambda tx: _write(out, exports.as_json(acts.select(tx, chosen, now), tags.of_many(tx, None)))
        )
    return lambda out: app.store.read(
        lambda tx: _write(
            out,
            exports.as_csv(
                acts.select(tx, chosen, now), acts.used_fields(tx, chosen, now), tags.of_many(tx, None)
            ),
        )
    )


def _activity(app: App, shape: str, since: "datetime | None") -> Writing:
    """Writes what happened since then."""
    from outreach.report import exports
    from outreach.store.activity import happened

    pieces = exports.activity_json if shape == "json" else exports.activity_csv
    return lambda out: app.store.read(lambda tx: _write(out, pieces(happened(tx, since))))


def _write(out: IO[str], pieces: Iterable[str]) -> int:
    """Write the pieces of an export; the entries in it: one piece each, and a header or an end."""
    return sum(out.write(piece) > 0 for piece in pieces) - 1


def _warn(app: App, chosen: "Condition | None") -> None:
    from outreach.store import people as acts

    if blocked := app.store.read(acts.blocked, app.store.key, chosen, app.clock()):
        click.echo(f"{blocked:,} of them must not be written to: outreach suppress list", err=True)
