"""What the commands over people share: who is meant, which condition, whether the user is sure."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outreach.cli.app import App
from outreach.errors import InputError, OutreachError, did_you_mean

if TYPE_CHECKING:
    from outreach.model import Prospect
    from outreach.segment import Condition


def known(app: App, text: str) -> "Prospect":
    """The prospect with that address, however it is written; OutreachError with the nearest one for none."""
    from outreach.prospect import address
    from outreach.store import prospects, suppressions

    try:
        email = address(text.strip())
    except ValueError as exc:
        raise OutreachError(f"{text!r} is no e-mail address: {exc}") from exc
    person = app.store.read(prospects.get, email)
    if person is not None:
        return person
    blocked = app.store.read(suppressions.find, app.store.key, email)
    near = did_you_mean(email, app.store.read(prospects.near, email))
    if blocked is not None:
        hint = f"the address is suppressed, so it is never written to: {blocked.reason}"
    else:
        hint = "" if near else f"so that it never is written to: outreach suppress add {email}"
    raise OutreachError(f"there is no prospect {email}{near}", hint=hint)


def condition(app: App, text: str) -> "Condition":
    """As `parsed`, with a word on stderr about what is odd in it, such as a tag that nobody has."""
    from outreach.plan import doubts
    from outreach.segment.history import TAG

    found = parsed(app, text)
    for line in doubts.of_condition(found, lambda: _names(app, TAG)):
        click.echo(f"hint: {line}", err=True)
    return found


def parsed(app: App, text: str) -> "Condition":
    """The condition that a text says, or that a segment of that name stands for.

    OutreachError with a caret under the place where it cannot be understood.
    """
    from outreach import segment
    from outreach.prospect import KNOWN
    from outreach.report.segments import pointed
    from outreach.store import prospects

    named = app.basics.segments
    types = {**KNOWN, **app.store.read(prospects.field_types)}
    try:
        return segment.parse(text, types=types, named=named, past=lambda about: _names(app, about))
    except segment.SegmentError as exc:
        raise OutreachError(pointed(named.get(exc.segment, text), exc), hint=exc.hint) from exc


def _names(app: App, about: str) -> set[str]:
    """The letters, tags or campaigns that there are: in the store, and in the files as far as they can be read."""
    from outreach.segment.history import CAMPAIGN, LETTER
    from outreach.store.history import Past

    found = set(app.store.read(lambda tx: Past(tx).names(about)))
    with suppress(InputError):  # people are found while a campaign or a letter is broken
        found.update({LETTER: app.workspace.letters, CAMPAIGN: app.workspace.campaigns}.get(about, ()))
    return found


def clean(option: str, text: str) -> str:
    """What an option puts into the store; UsageError for control characters and the like."""
    from outreach.prospect import clean

    try:
        return clean(text)
    except ValueError as exc:
        raise click.UsageError(f"{option} {exc}") from exc


def path(app: App, given: Path) -> Path:
    """A file named on the command line: from the folder that the command runs in."""
    return given if app.start == Path.cwd() else app.start / given


def be_sure(question: str, *, yes: bool) -> None:
    """Ask before something that cannot be undone; OutreachError where nobody can answer and `yes` is not given."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise OutreachError(f"{question} Nobody is there to answer", hint="to say yes beforehand: --yes")
    with answered():
        sure = click.confirm(question, err=True)
    if not sure:
        click.echo("nothing was changed", err=True)
        raise click.exceptions.Exit(1)


@contextmanager
def answered() -> Iterator[None]:
    """Around a question: Ctrl-C there, or the end of the input, leaves everything as it is."""
    try:
        yield
    except click.Abort:
        click.echo("\nnothing was changed", err=True)
        raise click.exceptions.Exit(130) from None
