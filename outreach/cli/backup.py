"""`outreach backup`, `restore` and `release`: the store in one file, back again, and letting it go on."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outreach.cli import people
from outreach.cli.app import SQLITE, App, dry_run_option, format_option, pass_app, yes_option
from outreach.errors import OutreachError, StoreError

if TYPE_CHECKING:
    from outreach.report.backup import Restored
    from outreach.report.release import Survey
    from outreach.store.restore import Staged

file_argument = click.argument("file", metavar="FILE", type=click.Path(path_type=Path))


@click.command()
@file_argument
@yes_option
@format_option
@pass_app
def backup(app: App, file: Path, yes: bool, shape: str) -> None:
    """Write the whole store into one file.

    It is complete and checked when this returns; a sender may go on meanwhile. It holds the store's key and
    everybody's data, so only you may read it. Your workspace's files and passwords are not in it.

    \b
    Examples:
      outreach backup monday.backup
      outreach backup /mnt/disk/outreach.backup --yes
    """
    from outreach.report import backup as report
    from outreach.store import backup as store

    path = people.path(app, file)
    if not app.has_store:
        raise OutreachError("there is no store yet, so there is nothing to back up", hint="outreach status")
    if path.is_dir():
        raise OutreachError(f"{file} is a folder", hint=f"outreach backup {file}/outreach.backup")
    if path.exists():
        people.be_sure(f"{file} exists. Replace it?", yes=yes)
    done = replace(store.write(app.store, path, now=app.clock(), actor=app.actor), file=str(file))
    app.show(
        shape,
        text=lambda: report.made(done, list(_secrets(app))),
        value=lambda: report.value(done),
    )


def _secrets(app: App) -> Iterator[str]:
    """Each mailbox whose password is kept elsewhere, and where that may be."""
    from outreach.mailbox.credentials import variable
    from outreach.mailbox.wire import endpoint

    for box in (each for each in app.mailboxes() if each.imap or endpoint(each.smtp).user):
        where = f"password_file {box.password_file}" if box.password_file else variable(box.address)
        yield f"the password of {box.address}: keyring, {where}"


@click.command()
@file_argument
@yes_option
@dry_run_option
@format_option
@pass_app
def restore(app: App, file: Path, yes: bool, dry_run: bool, shape: str) -> None:
    """Make a backup this workspace's store.

    The store that [store] url names must be empty or absent. A SQLite store that is there is moved aside, never
    overwritten. A backup of a SQLite store may go into PostgreSQL, and the other way round. A store's own file
    that was copied by hand is taken too.
    Nothing leaves the restored store until `outreach release`.

    \b
    Examples:
      outreach restore monday.backup --dry-run
      outreach restore monday.backup
    """
    from outreach.report import backup as report
    from outreach.store.restore import staged

    target = _target(app)
    folder = target.parent if target and not dry_run else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    with staged(people.path(app, file), folder) as copy:
        question = _refusal_or_question(app, target)
        if not dry_run and question:
            people.be_sure(question, yes=yes)
        copy = replace(copy, backup=replace(copy.backup, file=str(file)))
        done = _put(app, copy, target, dry_run=dry_run, occupied=bool(target and target.exists()))
    app.show(
        shape,
        text=lambda: report.restored(done, app.timezone),
        value=lambda: report.restored_value(done),
    )


def _target(app: App) -> Path | None:
    """The file of a SQLite store; None for PostgreSQL."""
    return Path(app.store_url.removeprefix(SQLITE)) if app.store_url.startswith(SQLITE) else None


def _shown(app: App, path: Path) -> str:
    """A path as people know it: from the workspace, where it lies there."""
    return str(path.relative_to(app.root) if path.is_relative_to(app.root) else path)


def _refusal_or_question(app: App, target: Path | None) -> str:
    """What to ask because of the store that is there, "" for nothing; OutreachError while a sender works on it."""
    from outreach.engine.standing import senders
    from outreach.report.backup import at_work
    from outreach.report.lines import number
    from outreach.report.sender import alive
    from outreach.store import Store, prospects, status
    from outreach.store.restore import must_be_empty

    if target and not target.exists():
        return ""
    try:
        with closing(Store(app.store_url, state=app.state)) as store:
            running = alive(senders(store), app.clock())
            if not target:
                store.read(must_be_empty)
            known, courses = store.read(prospects.count), store.read(status.courses)
    except StoreError as exc:
        if target is None:
            raise
        return f"The store {target.name} cannot be read ({exc.message}). Move it aside and restore?"
    if running:
        hint = "end `outreach run` there first"
        raise OutreachError(f"a sender is running on that store, on {at_work(running)}", hint=hint)
    if target is None or not (known or courses):
        return ""
    held = f"{number(known, 'prospect')} and {number(len(courses), 'launched campaign')}"
    return f"{target.name} is a store with {held}. Move it aside and restore?"


def _put(app: App, copy: "Staged", target: Path | None, *, dry_run: bool, occupied: bool) -> "Restored":
    """Hold what is in the copy and put it where the workspace's store is."""
    from outreach.report.backup import Restored
    from outreach.store import Store
    from outreach.store import restore as stored

    now, aside = app.clock(), None
    with stored.changing(copy.file) as tx:
        back, uncertain = stored.hold(tx, copy.backup, now, app.actor)
    where = _shown(app, target) if target else "the PostgreSQL database of [store] url"
    done = Restored(copy.backup, where, now, back=back, uncertain=uncertain, dry_run=dry_run)
    if dry_run:
        return replace(done, aside=f"{where}.before-restore-..." if occupied else "")
    if target:
        aside = stored.into_file(copy.file, target, now)
    else:
        stored.into_postgresql(copy.file, app.store_url)
    with closing(Store(app.store_url, state=app.state)) as store:
        relearned = store.relearn(now)
        trouble = store.journal.trouble
    return replace(done, aside=_shown(app, aside) if aside else "", relearned=relearned, trouble=trouble)


@click.command()
@click.option(
    "--without-inbox",
    is_flag=True,
    help="Go on although nobody can see what has left: it may leave twice.",
)
@yes_option
@dry_run_option
@format_option
@pass_app
def release(app: App, without_inbox: bool, yes: bool, dry_run: bool, shape: str) -> None:
    """Let a store go on that holds itself.

    A store that was restored or copied, or that is behind what was sent from here, may not know of letters that
    have left. They are looked for in the Sent folders and count as sent from then on. The inboxes are read, the
    windows that were missed are given anew, and what would leave is shown before the question.

    \b
    Examples:
      outreach release --dry-run
      outreach release
      outreach release --without-inbox
    """
    from outreach.engine import release as engine
    from outreach.report import release as report

    store, now = app.store, app.clock()
    if not engine.held(store, now)[0]:
        none = report.Survey("", False, (), 0)
        app.show(shape, report.nothing, lambda: report.value(none, released=False, dry_run=dry_run))
        return
    boxes = list(app.basics.mailboxes.values())
    seen = engine.survey(store, app.lines.inbox, app.clock, change=not dry_run, named=boxes)
    if not dry_run:
        asked = not yes and shape == "text"
        if not yes:
            click.echo(report.screen(seen, app.timezone), err=True)
        _must_be_proved(seen, without_inbox=without_inbox)
        people.be_sure("Let it go on?", yes=yes)
        engine.release(store, seen, now=now, actor=app.actor)
    app.show(
        shape,
        text=lambda: _told(app, seen, dry_run=dry_run, shown=not dry_run and asked),
        value=lambda: report.value(seen, released=not dry_run, dry_run=dry_run),
    )


def _must_be_proved(seen: "Survey", *, without_inbox: bool) -> None:
    from outreach.report.release import ways

    if seen.unproved and not without_inbox:
        raise OutreachError(f"not released: {seen.unproved}", hint="\n  ".join(ways(seen)))


def _told(app: App, seen: "Survey", *, dry_run: bool, shown: bool) -> str:
    from outreach.report import release as report

    screen = [] if shown else [report.screen(seen, app.timezone, dry_run=dry_run)]
    return "\n".join([*screen, report.would(seen) if dry_run else report.released(seen)])
