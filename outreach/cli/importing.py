"""`outreach prospects import`: a file of people comes in."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outreach.cli import mapping, people
from outreach.cli.app import App, dry_run_option, format_option, pass_app, yes_option
from outreach.errors import InputError
from outreach.policy import BASES

if TYPE_CHECKING:
    from outreach.engine.imports import Options, Prepared
    from outreach.report.imports import Import, Match
    from outreach.workspace.prospects import Table


@click.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--map",
    "maps",
    metavar="COLUMN=FIELD",
    multiple=True,
    help='What a column is for; "COLUMN=" leaves it out.',
)
@click.option(
    "--set", "values", metavar="FIELD=VALUE", multiple=True, help="For rows without a value of their own."
)
@click.option(
    "--tag", "tags", metavar="TAG", multiple=True, help="Mark everybody in the file, such as fair-2026."
)
@click.option(
    "--on-existing",
    type=click.Choice(["fill", "skip", "update"]),
    help="People who are here already: fill what is missing (what happens by itself), skip, or update.",
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
@click.option("--check-mx", is_flag=True, help="Ask the DNS whether each mail domain takes mail at all.")
@click.option("--sheet", metavar="NAME", help="A workbook's sheet, by name or number.")
@click.option("--header-row", metavar="N", type=click.IntRange(min=1), help="The row that names the columns.")
@click.option("--encoding", metavar="NAME", help="Such as windows-1251, instead of finding out.")
@click.option("--delimiter", metavar="CHAR", help="One character or `tab`, instead of finding out.")
@click.option(
    "--errors",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="For rows that are no good (default: NAME.errors.csv beside the file).",
)
@yes_option
@dry_run_option
@format_option
@pass_app
def import_(
    app: App,
    /,
    file: Path,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    header_row: int | None,
    check_mx: bool,
    yes: bool,
    shape: str,
    **given: Any,
) -> None:
    """Bring in people from a CSV or TSV file or a workbook.

    One row names the columns, one of them `email`; all columns become fields, `tags` become tags. A file with
    new headers is shown before it comes in; what --map says is remembered for the next one. Good rows come
    in, bad ones go to an errors file with the reason. Nobody who opted out, bounced or was erased comes back;
    who has opted out by a column of the file (Unsubscribed, Do not contact ...) is suppressed. It may be stopped
    and repeated at any time. Where nobody can be asked (cron, a pipe) it goes on, and prints what it understood.

    \b
    Examples:
      outreach prospects import fair.xlsx --dry-run
      outreach prospects import fair.xlsx --tag fair-2026 --set language=de
      outreach prospects import people.csv --map "Firma=company" --map "Notes="
      outreach prospects import people.csv --source "trade fair" --basis consent
    """
    from outreach.engine.imports import prepare
    from outreach.report import imports as report
    from outreach.workspace.prospects import open_table

    options = _options(app, **given)
    table = open_table(
        people.path(app, file), encoding=encoding, delimiter=delimiter, sheet=sheet, header_row=header_row
    )
    prepared = prepare(app.store, table, options)
    if not options.dry_run:
        mapping.be_understood(app, prepared, yes=yes)
    if check_mx:
        _look_up(app, prepared)
    done = _import(app, prepared)
    matches, problem = ([], "") if options.dry_run else _matches(app, prepared.reading.came)
    app.show(
        shape,
        text=lambda: report.text(done, matches, problem),
        value=lambda: report.value(done, matches, problem),
    )
    if done.useless:  # for scripts: no row of the file was any good
        raise click.exceptions.Exit(1)


def _options(app: App, **given: Any) -> "Options":
    """What the command line says, checked as far as it can be without the file."""
    from outreach.engine.reading import Options

    return Options(
        on_existing=given["on_existing"] or "",
        source=people.clean("--source", given["source"]),
        basis=people.clean("--basis", given["basis"]),
        errors=people.path(app, given["errors"]) if given["errors"] else None,
        dry_run=given["dry_run"],
        maps=mapping.columns(given["maps"]),
        tags=mapping.tags(given["tags"]),
        values=mapping.values(given["values"]),
    )


def _look_up(app: App, prepared: "Prepared") -> None:
    """Ask the DNS about every mail domain of the file, with a progress bar where a person watches."""
    import asyncio

    from outreach.mailbox import mx

    domains = prepared.domains()
    if not app.on_terminal:
        prepared.know(asyncio.run(mx.look_up(domains)))
        return
    with click.progressbar(length=len(domains), label="mail domains", file=sys.stderr) as bar:
        prepared.know(asyncio.run(mx.look_up(domains, told=lambda: bar.update(1))))


def _import(app: App, prepared: "Prepared") -> "Import":
    """Import with a progress bar where a person watches; Ctrl-C tells how far it came."""
    from outreach.engine.imports import run
    from outreach.report.imports import stopped

    table = prepared.reading.table
    steps = _watched(app, table, run(app.store, prepared, clock=app.clock, actor=app.actor))
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


def _matches(app: App, came: Sequence[str]) -> "tuple[list[Match], str]":
    """Who matches which campaign, or what is wrong with the campaigns: the import is done all the same."""
    from outreach.engine.imports import matches

    try:
        return matches(app.store, app.workspace, app.clock(), came), ""
    except InputError as exc:
        first = exc.problems[0]
        more = f" and {len(exc.problems) - 1} more" if len(exc.problems) > 1 else ""
        return [], f"{first.where}: {first.message}{more}"
