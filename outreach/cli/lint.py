"""`outreach lint`: letters checked like code."""

from typing import TYPE_CHECKING

import click

from outreach.cli.app import App, pass_app
from outreach.errors import InputError

if TYPE_CHECKING:
    from outreach.lint import Finding
    from outreach.lint.selection import Selection
    from outreach.report.findings import Linted

FORMATS = ("text", "json", "github", "sarif")


@click.command()
@click.argument("targets", nargs=-1, metavar="[PATHS|CAMPAIGN]...")
@click.option(
    "--select", metavar="CODES", multiple=True, help="Only these rules, by the beginning of their codes."
)
@click.option("--ignore", metavar="CODES", multiple=True, help="Not these rules.")
@click.option("--extend-select", metavar="CODES", multiple=True, help="These rules too.")
@click.option(
    "--fix", is_flag=True, help="Mend what is safe to mend: invisible characters, doubled marks ..."
)
@click.option("--diff", is_flag=True, help="Only show what --fix would change, as a diff.")
@click.option("--statistics", is_flag=True, help="How often each rule was broken.")
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@click.option(
    "--batch",
    metavar="FILE",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Score finished letters, one JSON object a line; - for standard input.",
)
@click.option(
    "--format",
    "shape",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Text for people, JSON for programs, GitHub annotations, SARIF 2.1.0.",
)
@pass_app
def lint(
    app: App,
    targets: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    extend_select: tuple[str, ...],
    fix: bool,
    diff: bool,
    statistics: bool,
    strict: bool,
    batch: str | None,
    shape: str,
) -> int:
    """Check letters and sequences the way code is linted.

    Without arguments: all letters and campaigns of the workspace. A campaign: its letters, its sequence and
    every person's letter. Paths: those letters. Exit code 1 only for errors (--strict: for warnings too).

    A letter takes a finding out with a comment that says why:
    {# lint: ignore SPM103 -- the product is called that #}

    \b
    Examples:
      outreach lint
      outreach lint retail-shelving
      outreach lint templates/retail-intro.txt --select SPM,SUB
      outreach lint --fix --diff
      outreach lint --format sarif > lint.sarif
      outreach lint --batch letters.jsonl --format json > scores.jsonl
    """
    from outreach.cli import linting, scoring
    from outreach.lint.selection import Selection

    if diff and shape != "text":
        raise click.UsageError("--diff is a format of its own: leave out --format")
    selection = Selection(*(linting.codes(app, each) for each in (select, ignore, extend_select)))
    if batch is not None:
        _alone(targets or fix or diff or statistics, shape)
        return scoring.score(app, batch, selection, shape)
    linted = _linted(app, targets, selection, shape)
    if diff:
        linting.show_fixes(linted)
        return linting.exit_code(linted, strict)
    if fix:
        linted = linting.mend(app, linted, targets, selection)
    _print(linted, shape, app, statistics)
    return linting.exit_code(linted, strict)


def _linted(app: App, targets: tuple[str, ...], selection: "Selection", shape: str) -> "Linted":
    """What is found; formats that only know findings get files that cannot be read as such."""
    from outreach.cli import linting

    try:
        return linting.run(app, targets, selection)
    except InputError as exc:
        if shape == "text":
            raise
        return linting.unreadable(exc)


def _alone(others: object, shape: str) -> None:
    """UsageError for what does not go with --batch."""
    if others:
        raise click.UsageError("--batch reads finished letters: leave out paths and all that mends or counts")
    if shape not in ("text", "json"):
        raise click.UsageError("--batch gives text or json")


def _print(linted: "Linted", shape: str, app: App, statistics: bool) -> None:
    from outreach.cli import linting
    from outreach.report import annotations, findings, sarif

    every: list[Finding] = [*linted.findings, *(group.finding for group in linted.groups)]
    if shape == "github":
        if every:
            click.echo(annotations.text(every))
    elif shape == "sarif":
        from importlib.metadata import version

        rules = linting.rules(app)
        app.show("json", text=str, value=lambda: sarif.value(every, rules, version("outreach")))
    else:
        app.show(
            shape,
            text=lambda: findings.text(linted, app.width, statistics=statistics),
            value=lambda: findings.value(linted),
        )
