"""How an import is told what columns are for, and how it asks whether it has understood a file."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from outreach.cli import people
from outreach.cli.app import App

if TYPE_CHECKING:
    from outreach.engine.imports import Prepared


def columns(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Column and field of each `--map "COLUMN=FIELD"`: the last = parts them, for a header may hold one."""
    found = []
    for text in texts:
        column, sign, field = text.rpartition("=")
        if not (sign and column.strip()):
            raise click.UsageError(f'--map {text!r}: write --map "COLUMN=FIELD", such as "Firma=company"')
        found.append((column, field))
    return found


def values(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Field and value of each `--set FIELD=VALUE`."""
    found = []
    for text in texts:
        field, sign, value = text.partition("=")
        if not (sign and field.strip() and value.strip()):
            raise click.UsageError(f"--set {text!r}: write --set FIELD=VALUE, such as language=de")
        found.append((field, people.clean(f"--set {field}", value)))
    return found


def tags(texts: Iterable[str]) -> list[str]:
    """Each `--tag` as the store keeps it, once."""
    from outreach.engine.reading import tag_name

    try:
        return list(dict.fromkeys(map(tag_name, texts)))
    except ValueError as exc:
        raise click.UsageError(f"--tag: {exc}") from exc


def be_understood(app: App, prepared: "Prepared", *, yes: bool) -> None:
    """Show what the columns of a file are for and ask, where a person watches and such a file is new.

    Elsewhere the screen of the import shows it.
    """
    from outreach.report import mapping as report
    from outreach.report.lines import number

    layout = prepared.done.layout
    if layout.known or yes or not (app.on_terminal and sys.stdin.isatty()):
        return
    click.echo(report.section(layout, whole=True), err=True)
    with people.answered():
        sure = click.confirm(f"Import {number(prepared.count(), 'row')} like this?", default=True, err=True)
    if not sure:
        click.echo("nothing was changed. Say what a column is for by --map, such as", err=True)
        click.echo('  --map "COLUMN=company"    or, to leave it out: --map "COLUMN="', err=True)
        raise click.exceptions.Exit(1)
    prepared.done.asked = True
