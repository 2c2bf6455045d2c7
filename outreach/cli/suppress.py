"""`outreach suppress`: who must never be written to."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outreach.cli import people
from outreach.cli.app import App, dry_run_option, format_option, limit_option, pass_app, yes_option
from outreach.errors import InputError, OutreachError, problem

if TYPE_CHECKING:
    from outreach.report.stopped import Suppressed

BATCH = 500  # entries to a transaction

reason_option = click.option(
    "--reason", metavar="TEXT", default="by hand", show_default=True, help="Why; `why` and the list show it."
)


@click.group()
def suppress() -> None:
    """Addresses and domains that are never written to.

    A suppression wins over everything. No import, launch, restore or erasure lifts it: only a person does.
    """


@suppress.command()
@click.argument("entries", metavar="ADDRESS|DOMAIN...", nargs=-1, required=True)
@reason_option
@yes_option
@dry_run_option
@format_option
@pass_app
def add(app: App, entries: Sequence[str], reason: str, yes: bool, dry_run: bool, shape: str) -> None:
    """Never write to these again; cancel what waits for them.

    A domain covers its subdomains too. A mistake is undone by `outreach suppress lift`.

    \b
    Examples:
      outreach suppress add bob@acme.example
      outreach suppress add acme.example beta.example --reason "asked by phone"
      outreach suppress add acme.example --dry-run
    """
    from outreach.prospect import address_or_domain

    values: dict[str, None] = {}
    wrong = []
    for entry in entries:
        try:
            values[address_or_domain(entry)] = None
        except ValueError as exc:
            wrong.append(problem(str(exc), hint="such as bob@acme.example or acme.example"))
    if wrong:
        raise InputError(wrong)
    if not dry_run:
        _sure_of_providers(list(values), yes=yes)
    _suppress(app, list(values), reason, dry_run, shape)


def _sure_of_providers(values: Sequence[str], *, yes: bool) -> None:
    """At a consumer mail provider a domain is not one company but half of all private people."""
    from outreach import data

    for domain in (value for value in values if value in data.words("consumer_domains")):
        people.be_sure(f"{domain} is a mail provider. Never write to anybody there again?", yes=yes)


def _suppress(app: App, values: Sequence[str], reason: str, dry_run: bool, shape: str) -> None:
    from outreach.report import stopped as report

    done, reason = report.Suppressed(), people.clean("--reason", reason)
    parts = [values[start : start + BATCH] for start in range(0, len(values), BATCH)]
    for part in _watched(app, parts):
        done += _try(app, part) if dry_run else _do(app, part, reason)
    app.show(
        shape,
        text=lambda: report.suppressed(done, dry_run=dry_run),
        value=lambda: report.suppressed_value(done, dry_run=dry_run),
    )


def _watched(app: App, parts: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """The parts, with a progress bar where there are many and a person watches."""
    if len(parts) < 2 or not app.on_terminal:
        yield from parts
        return
    with click.progressbar(parts, file=sys.stderr) as bar:
        yield from bar


def _do(app: App, values: Sequence[str], reason: str) -> "Suppressed":
    from outreach.store import byhand

    store = app.store
    return store.write(byhand.suppress, store.key, values, reason=reason, at=app.clock(), actor=app.actor)


def _try(app: App, values: Sequence[str]) -> "Suppressed":
    from outreach.store import byhand

    return app.store.read(byhand.try_suppress, app.store.key, values)


@suppress.command()
@click.argument("value", metavar="ADDRESS|DOMAIN")
@click.option("--reason", metavar="TEXT", required=True, help="Why it was a mistake: it is recorded.")
@yes_option
@format_option
@pass_app
def lift(app: App, value: str, reason: str, yes: bool, shape: str) -> None:
    """Undo a suppression that was a mistake.

    Campaigns that it ended stay ended for them; later ones may take them on again. An opt-out, a complaint
    and an erasure are their own word, and nothing lifts them.

    \b
    Example:
      outreach suppress lift bob@acme.example --reason "mistyped, Rob was meant"
    """
    from outreach.prospect import address_or_domain
    from outreach.report import stopped as report
    from outreach.store import suppressions
    from outreach.store.journal import lasting

    store, reason = app.store, people.clean("--reason", reason)
    try:
        name = address_or_domain(value)
    except ValueError as exc:
        raise InputError([problem(str(exc), hint="such as bob@acme.example or acme.example")]) from exc
    found = store.read(suppressions.exactly, store.key, name)
    if found is None:
        raise OutreachError(f"{name} itself is not suppressed", hint="outreach suppress list")
    if why := lasting(found.reason):
        hint = "who asks you for letters again is written to by hand"
        raise OutreachError(f"{name} stays suppressed: {why}", hint=hint)
    people.be_sure(report.lifting(name, found, app.timezone), yes=yes)
    store.write(suppressions.lift, store.key, name, reason=reason, at=app.clock(), actor=app.actor)
    app.show(
        shape,
        text=lambda: f"{name} may be written to again: campaigns launched from now on may take them on",
        value=lambda: {"lifted": name, "was": found.reason, "reason": reason},
    )


@suppress.command("list")
@limit_option(50)
@format_option
@pass_app
def list_(app: App, limit: int, shape: str) -> None:
    """Who is suppressed since when and why, the newest first.

    \b
    Example:
      outreach suppress list --limit 10
    """
    from outreach.report import stopped as report
    from outreach.store import suppressions

    found = app.store.read(suppressions.listed, limit)
    total = app.store.read(suppressions.count)
    app.show(
        shape,
        text=lambda: report.listing(found, total, app.timezone),
        value=lambda: report.listed(found, total),
    )


@suppress.command("import")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@reason_option
@dry_run_option
@format_option
@pass_app
def import_(app: App, file: Path, reason: str, dry_run: bool, shape: str) -> int:
    """Suppress the addresses and domains of a file.

    One entry a line, or a CSV with a column `email` or `domain`, in any encoding. Lines that are neither are
    told, all others are suppressed; the exit code is then 1.

    \b
    Examples:
      outreach suppress import optouts.csv --reason "opted out in the old tool"
      outreach suppress import optouts.csv --dry-run
    """
    from outreach.workspace import lists

    entries, wrong = lists.read(people.path(app, file))
    _suppress(app, sorted(entries), reason, dry_run, shape)
    for each in wrong:
        click.echo(each, err=True)
    if wrong:
        rest = "mend them and import the file again: the others are done already"
        click.echo(f"{len(wrong):,} of the lines were left out; {rest}", err=True)
    return 1 if wrong else 0
