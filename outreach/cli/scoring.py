"""What `outreach lint --batch` does: score finished letters, a row each."""

import json
from typing import TYPE_CHECKING

import click

from outreach.cli.app import App
from outreach.errors import OutreachError, Problem, problem

if TYPE_CHECKING:
    from outreach.lint.selection import Selection


def score(app: App, batch: str, selection: "Selection", shape: str) -> int:
    """Print a line for each row of a file (`-`: standard input); 1 where a row cannot be read."""
    from outreach.cli import linting
    from outreach.lint.batch import rows
    from outreach.report import scores

    linter, wrong = linting.linter(app), 0
    try:
        with click.open_file(batch if batch == "-" else str(app.start / batch), "rb") as lines:
            for each in rows(lines):
                if isinstance(each, Problem):
                    wrong += 1
                    click.echo(
                        problem(each.message, hint=each.hint, file=batch, line=each.where.line), err=True
                    )
                    continue
                report = each.linted(linter, selection)
                if shape == "text":
                    click.echo(scores.text(each.id, report))
                else:
                    click.echo(json.dumps(scores.value(each.id, report)))
    except OSError as exc:
        raise OutreachError(f"{batch} cannot be read: {exc.strerror}") from exc
    return int(bool(wrong))
