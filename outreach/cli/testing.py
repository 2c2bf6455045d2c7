"""`outreach preview --to-me`: a person's letters, sent as a test to oneself or to colleagues."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from outreach.cli import people
from outreach.cli.app import App

if TYPE_CHECKING:
    from outreach.model import Answer
    from outreach.plan import Draft
    from outreach.plan.letters import Letters
    from outreach.report.trial import Trial


def try_out(
    app: App,
    stem: str,
    letters: "Letters",
    drafts: "Sequence[Draft]",
    to: Sequence[str],
    *,
    shape: str = "text",
    yes: bool = False,
    dry_run: bool = False,
) -> None:
    """Ask, send these letters of a person to these addresses as a test, and say what came of it.

    OutreachError where none leaves; exit code 1 where some do not.
    """
    from outreach.model import Accepted
    from outreach.report import trial as report
    from outreach.report.lines import WIDTH, broken

    wanted = prepared(app, stem, letters, drafts, to)
    for note in wanted.notes:
        click.echo(f"NOTE: {note}", err=True)
    if dry_run:
        app.show(shape, text=lambda: report.text(wanted, ()), value=lambda: report.value(wanted, ()))
        return
    question = report.question(wanted)
    if sys.stdin.isatty():
        question = "\n".join(broken(question, WIDTH - len(" [y/N]: ")))
    people.be_sure(question, yes=yes)
    answers = deliver(app, wanted)
    app.show(shape, text=lambda: report.text(wanted, answers), value=lambda: report.value(wanted, answers))
    if not all(isinstance(each, Accepted) for each in answers):
        raise click.exceptions.Exit(1)


def prepared(
    app: App, stem: str, letters: "Letters", drafts: "Sequence[Draft]", to: Sequence[str]
) -> "Trial":
    """The test of these letters; OutreachError as `trial.prepare`."""
    from outreach.engine import trial

    return trial.prepare(app.store, app.workspace, stem, letters, drafts, to, app.timezone, app.clock())


def deliver(app: App, wanted: "Trial") -> "list[Answer]":
    """Send a test that was agreed to; what was answered to each letter. OutreachError where none leaves."""
    from outreach.engine import trial
    from outreach.report import trial as report

    for lacking in app.lines.lacking([wanted.mailbox]).values():
        raise lacking
    answers = trial.send(
        app.store,
        app.workspace,
        app.lines(wanted.mailbox),
        wanted,
        app.timezone,
        clock=app.clock,
        actor=app.actor,
    )
    failed = report.failed(wanted, answers)
    if failed:
        raise failed
    return answers


def addresses(given: Sequence[str]) -> list[str]:
    """The addresses of `--to`, which may be given several times or with commas."""
    return [each.strip() for text in given for each in text.split(",") if each.strip()]
