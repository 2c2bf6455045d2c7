"""`outreach run`: the sender, as a daemon or once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from outreach.cli import running, units
from outreach.cli.app import App, dry_run_option, format_option, pass_app

if TYPE_CHECKING:
    from outreach.report.news import Happening
    from outreach.report.once import Done
    from outreach.report.standing import Standing


@click.command()
@click.option("--once", is_flag=True, help="Send what may leave now, say what comes next, and end.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="With --once: at most N letters.")
@click.option(
    "--quiet",
    is_flag=True,
    help="With --once: say only what needs a person, once until it is gone or a day has passed. For cron.",
)
@click.option(
    "--units",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="Send nothing: write what starts it on a server (systemd, cron, a container) into DIR.",
)
@dry_run_option
@format_option
@pass_app
def run(
    app: App, once: bool, limit: int | None, quiet: bool, folder: str | None, dry_run: bool, shape: str
) -> int:
    """Send what is due, in every prospect's working hours.

    It runs until you stop it, and tells each letter in one line. Ctrl-C (or SIGTERM) lets the letter in hand
    be finished first. It only sends what was launched; you may stop and start it, or start two, as you like.
    With --once it sends what may leave at this moment and ends: for cron. The exit code is then 1 while
    something keeps letters from leaving that a person must see to (NEEDS YOU), whether --quiet says it again
    or not.

    \b
    Examples:
      outreach run
      outreach run --once
      outreach run --once --dry-run
      outreach run --once --limit 1
      outreach run --units server
    """
    if folder is not None:
        if once or quiet or limit is not None:
            raise click.UsageError("--units sends nothing: leave --once, --limit and --quiet out")
        return units.write(app, folder, dry_run=dry_run, shape=shape)
    for given, option in (
        (limit is not None, "--limit"),
        (quiet, "--quiet"),
        (dry_run, "--dry-run"),
        (shape != "text", "--format"),
    ):
        if given and not once:
            raise click.UsageError(f"{option} goes with --once")
    if quiet and (dry_run or shape != "text"):
        raise click.UsageError("--quiet says next to nothing: leave --dry-run and --format out")
    if dry_run:
        return _dry(app, limit, shape)
    return _once(app, limit, shape, quiet=quiet) if once else _forever(app)


def _forever(app: App) -> int:
    from outreach.daemon import Daemon
    from outreach.report.needs import needs
    from outreach.report.once import counted, opening

    worker, standing = running.worker(app), running.look(app)
    for text in (
        *opening(standing).splitlines(),
        *(running.loud(each.text, each.command) for each in needs(standing)),
        *([running.loud(worker.trouble)] if worker.trouble else []),
    ):
        running.say(text)
    news = running.News(app, worker.engine, running.telling(app))
    daemon = Daemon(
        worker.engine,
        news.look,
        running.clocked(app),
        worker.inboxes,
        worker.notifier,
        lambda: running.edited(app),
    )
    asyncio.run(daemon.run())
    running.say(f"stopped; {counted(news.counts)}")
    return 0


def _once(app: App, limit: int | None, shape: str, *, quiet: bool) -> int:
    from outreach.daemon import Daemon
    from outreach.report import once as report
    from outreach.report.needs import needs
    from outreach.store import came_back

    worker, spoken = running.worker(app, quiet=quiet), shape == "text" and not quiet
    if spoken:
        for each in needs(running.look(app)):
            if each.code == "no_password":
                running.say(running.loud(each.text, each.command))
        if worker.trouble:
            running.say(running.loud(worker.trouble))
    left: list[Happening] = []  # for JSON, which is printed at the end
    last = app.store.read(came_back.last)
    news = running.News(app, worker.engine, running.telling(app) if spoken else left.append)
    tell = running.clocked(app) if spoken else running.mute
    work = asyncio.run(Daemon(worker.engine, news.look, tell, worker.inboxes, worker.notifier).once(limit))
    standing = running.look(app)
    if work.limited and _more(app, standing):
        standing = replace(standing, limit=limit or 0)
    came, edited = app.store.read(came_back.after, last), running.edited(app)
    done = report.Done(standing, work.joined, work.put_back, came, edited)
    if quiet:
        _hint(app, done, [*work.failed, *([worker.trouble] if worker.trouble else [])])
    else:
        app.show(shape, text=lambda: report.text(news.counts, done), value=lambda: report.value(left, done))
    return _code(standing)


def _more(app: App, standing: "Standing") -> bool:
    """Whether a letter could leave now."""
    from outreach.engine.standing import leaving

    return bool(leaving(app.store, standing.now, 1))


def _hint(app: App, done: "Done", troubles: Sequence[str]) -> None:
    """Say what needs a person and was not said today."""
    from outreach.engine import quietly

    for notice in quietly.new(app.store, done, troubles):
        running.say(running.loud(notice.text, notice.command))


def _dry(app: App, limit: int | None, shape: str) -> int:
    from outreach.engine import standing as engine
    from outreach.report import once as report

    standing = running.look(app)
    letters = engine.leaving(app.store, standing.now, limit, without=standing.lacking)
    app.show(
        shape,
        text=lambda: report.would(letters, standing),
        value=lambda: report.value((), report.Done(standing), letters),
    )
    return _code(replace(standing, lacking={}))  # it tells what a sender that has the passwords would do


def _code(standing: "Standing") -> int:
    """1 while something keeps letters from leaving that a person must see to."""
    from outreach.report.needs import KEEPS, needs

    return 1 if any(each.code in KEEPS for each in needs(standing)) else 0
