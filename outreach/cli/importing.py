"""`outreach prospects import`: a file of people comes in."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outreach.cli import people
from outreach.cli.app import App, dry_run_option, format_option, pass_app
from outreach.errors import InputError
from outreach.policy import BASES

if TYPE_CHECKING:
    from outreach.engine.imports import Options
    from outreach.report.imports import Import, Match
    from outreach.workspace.prospects import Table


@click.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--on-existing",
    type=click.Choice(["fill", "skip", "update"]),
    default="fill",
    show_default=True,
    help="People who are here already: fill what is missing, skip them, or update.",
)
@click.option(
    "--source", metavar="TEXT", default="", help="Where the people are from, if their row says nothing."
)
@click.option(
    "--basis",
    metavar="TEXT",
    default="",
    help=f"The legal basis, if the row says nothing: {', '.join(BASES)}.",
)
@click.option("--encoding", metavar="NAME", help="Such as windows-1251, instead of finding out.")
@click.option("--delimiter", metavar="CHAR", help="One character or `tab`, instead of finding out.")
@click.option(
    "--errors",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="For rows that are no good (default: NAME.errors.csv beside the file).",
)
@dry_run_option
@format_option
@pass_app
def import_(
    app: App,
    file: Path,
    on_existing: str,
    source: str,
    basis: str,
    encoding: str | None,
    delimiter: str | None,
    errors: Path | None,
    dry_run: bool,
    shape: str,
) -> None:
    """Bring in people from a CSV or TSV file.

    The first line names the columns, one of them `email`; all columns become fields. Good rows come in, bad
    ones go to an errors file with the reason. Nobody who opted out, bounced or was erased comes back. It may
    be stopped and repeated at any time.

    \b
    Examples:
      outreach prospects import people.csv --source "trade fair" --basis consent
      outreach prospects import people.csv --dry-run
      outreach prospects import people.csv --on-existing update
    """
    from outreach.engine.imports import Options
    from outreach.report import imports as report
    from outreach.workspace.prospects import open_table

    options = Options(
        on_existing=on_existing,
        source=people.clean("--source", source),
        basis=people.clean("--basis", basis),
        errors=people.path(app, errors) if errors else None,
        dry_run=dry_run,
    )
    table = open_table(people.path(app, file), encoding=encoding, delimiter=delimiter)
    done = _import(app, table, options)
    matches, problem = ([], "") if dry_run else _matches(app)
    app.show(
        shape,
        text=lambda: report.text(done, matches, problem),
        value=lambda: report.value(done, matches, problem),
    )


def _import(app: App, table: "Table", options: "Options") -> "Import":
    """Import with a progress bar where a person watches; Ctrl-C tells how far it came."""
    from outreach.engine.imports import run
    from outreach.report.imports import stopped

    steps = _watched(app, table, run(app.store, table, options, clock=app.clock))
    done = next(steps)  # all types are known, nobody is in yet
    try:
        for done in steps:  # noqa: B007 -- the last one counts
            pass
    except KeyboardInterrupt:
        click.echo("\n" + stopped(done), err=True)
        raise click.exceptions.Exit(130) from None
    return done


def _watched(app: App, table: "Table", steps: "Iterator[Import]") -> "Iterator[Import]":
    if not app.on_terminal:
        yield from steps
        return
    with click.progressbar(length=table.size, label=table.path.name, file=sys.stderr) as bar:
        for done in steps:
            if done.rows:  # before that it has only looked for types
                bar.update(table.position - bar.pos)
            yield done


def _matches(app: App) -> "tuple[list[Match], str]":
    """Who matches which campaign, or what is wrong with the campaigns: the import is done all the same."""
    from outreach.engine.imports import matches

    try:
        return matches(app.store, app.workspace), ""
    except InputError as exc:
        first = exc.problems[0]
        more = f" and {len(exc.problems) - 1} more" if len(exc.problems) > 1 else ""
        return [], f"{first.where}: {first.message}{more}"
