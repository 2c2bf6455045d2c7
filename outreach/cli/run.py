"""`outreach run`: the sender, as a daemon or once."""

import asyncio
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from outreach.cli.app import App, dry_run_option, format_option, pass_app

if TYPE_CHECKING:
    from outreach.engine.inboxes import Inboxes
    from outreach.engine.rounds import Engine
    from outreach.report.news import Happening
    from outreach.report.standing import Standing


@click.command()
@click.option("--once", is_flag=True, help="Send what may leave now, say what comes next, and end.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="With --once: at most N letters.")
@dry_run_option
@format_option
@pass_app
def run(app: App, once: bool, limit: int | None, dry_run: bool, shape: str) -> int:
    """Send what is due, in every prospect's working hours.

    It runs until you stop it, and tells each letter in one line. Ctrl-C (or SIGTERM) lets the letter in hand
    be finished first. It only sends what was launched; you may stop and start it, or start two, as you like.
    With --once it sends what may leave at this moment and ends: for cron. The exit code is then 1 if
    something keeps it from sending until a person acts.

    \b
    Examples:
      outreach run
      outreach run --once
      outreach run --once --dry-run
      outreach run --once --limit 1
    """
    for given, option in (
        (limit is not None, "--limit"),
        (dry_run, "--dry-run"),
        (shape != "text", "--format"),
    ):
        if given and not once:
            raise click.UsageError(f"{option} goes with --once")
    if dry_run:
        return _dry(app, limit, shape)
    return _once(app, limit, shape) if once else _forever(app)


def _forever(app: App) -> int:
    from outreach.daemon import Daemon
    from outreach.report.needs import needs
    from outreach.report.once import counted, opening

    (engine, inboxes), standing = _worker(app), _look(app)
    for text in (
        *opening(standing).splitlines(),
        *(_loud(each.text, each.command) for each in needs(standing)),
    ):
        _say(text)
    news = _News(app, engine, _telling(app))
    asyncio.run(Daemon(engine, news.look, _clocked(app), inboxes).run())
    _say(f"stopped; {counted(news.counts)}")
    return 0


def _once(app: App, limit: int | None, shape: str) -> int:
    from outreach.daemon import Daemon
    from outreach.engine.standing import leaving
    from outreach.report import once as report
    from outreach.report.needs import needs

    engine, inboxes = _worker(app)
    if shape == "text":
        for each in needs(_look(app)):
            if each.code == "no_password":
                _say(_loud(each.text, each.command))
    left: list[Happening] = []  # for JSON, which is printed at the end
    news = _News(app, engine, _telling(app) if shape == "text" else left.append)
    daemon = Daemon(engine, news.look, _clocked(app) if shape == "text" else _mute, inboxes)
    reached = asyncio.run(daemon.once(limit))
    standing = _look(app)
    if reached and leaving(app.store, standing.now, 1):
        standing = replace(standing, limit=limit or 0)
    app.show(
        shape,
        text=lambda: report.closing(news.counts, standing),
        value=lambda: report.value(left, standing),
    )
    return 1 if standing.lacking else _code(standing)


def _dry(app: App, limit: int | None, shape: str) -> int:
    from outreach.engine import standing as engine
    from outreach.report import once as report

    standing = _look(app)
    letters = engine.leaving(app.store, standing.now, limit, without=standing.lacking)
    app.show(
        shape,
        text=lambda: report.would(letters, standing),
        value=lambda: report.value((), standing, letters),
    )
    return _code(standing)


def _code(standing: "Standing") -> int:
    """1 if everything is held, or a mailbox is broken."""
    broken = any(each.needs_you for each in standing.pauses) or any(
        box.inbox_trouble for box in standing.boxes
    )
    return 1 if standing.hold or broken else 0


def _look(app: App) -> "Standing":
    from outreach.engine.standing import look

    return replace(look(app.store, app.clock(), app.timezone), lacking=app.lacking(), outdated=app.outdated())


def _worker(app: App) -> "tuple[Engine, Inboxes]":
    """A worker on the store, and what it reads.

    InputError, before anything is claimed, if every mailbox lacks its password.
    """
    from outreach.engine.inboxes import Inboxes
    from outreach.engine.lines import Lines
    from outreach.engine.process import this_process
    from outreach.engine.rounds import Engine

    lines = Lines(os.environ, app.root)
    without = lines.check(app.mailboxes())
    engine = Engine(app.store, lines, app.clock, this_process(), without)
    return engine, Inboxes(app.store, lines.inbox, app.clock)


class _News:
    """Reads what this sender did from the store, and tells it. `counts` is how many letters came to what."""

    def __init__(self, app: App, engine: "Engine", tell: Callable[["Happening"], None]) -> None:
        from outreach.store import status

        self._app, self._engine, self._tell = app, engine, tell
        self._workers: set[int] = set()
        self._after = app.store.read(status.newest)
        self._turn = threading.Lock()  # the last look may come while one is under way
        self.counts: Counter[str] = Counter()

    def look(self) -> None:
        """Tell what has happened since the last time."""
        from outreach.report.once import tally
        from outreach.store import status

        with self._turn:
            self._workers.add(self._engine.worker_id)
            events, self._after = self._app.store.read(status.happenings, self._after, self._workers)
            self.counts += tally(events)
            for event in events:
                self._tell(event)


def _telling(app: App) -> Callable[["Happening"], None]:
    """Tells an event in a line of its own."""
    from outreach.report.news import line

    def tell(event: "Happening") -> None:
        words = line(event, app.timezone)
        if words:
            _say(words)

    return tell


def _clocked(app: App) -> Callable[[str], None]:
    from outreach.schedule.zones import zone

    return lambda text: _say(f"{app.clock().astimezone(zone(app.timezone)):%H:%M} {text}")


def _mute(text: str) -> None:
    """JSON is for programs: nothing stands beside it."""


def _loud(text: str, command: str) -> str:
    return f"NEEDS YOU: {text}" + (f"\n           {command}" if command else "")


def _say(text: str) -> None:
    """Print a line. A closed terminal or pipe must not stop the sending."""
    try:
        click.echo(text)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
