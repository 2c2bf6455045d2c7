"""What `outreach run` is made of: the worker, what it tells, and who is told by mail."""

import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from outreach.cli.app import App
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.engine.inboxes import Inboxes
    from outreach.engine.lines import Lines
    from outreach.engine.notify import Notifier
    from outreach.engine.rounds import Engine
    from outreach.report.news import Happening
    from outreach.report.standing import Standing


@dataclass(frozen=True)
class Worker:
    """A sender on the store, what it reads, and who is told by mail; `trouble` is why nobody can be."""

    engine: "Engine"
    inboxes: "Inboxes"
    notifier: "Notifier | None"
    trouble: str


def worker(app: App, *, quiet: bool = False) -> Worker:
    """A worker on the store. InputError, before anything is claimed, if all launched mailboxes lack passwords.

    Not if it is to be `quiet`: cron would mail that every few minutes.
    """
    from outreach.engine.inboxes import Inboxes
    from outreach.engine.lines import ways
    from outreach.engine.process import this_process
    from outreach.engine.rounds import Engine
    from outreach.store import settings

    lines = app.lines
    used, launched = app.mailboxes(), (desk.mailbox for desk in app.store.read(settings.desks))
    without = lines.lacking(used) if quiet else lines.check(used, launched)
    engine = Engine(app.store, lines, app.clock, this_process(), without)
    notifier, trouble = _notifier(app, lines, ways(without))
    return Worker(engine, Inboxes(app.store, lines.inbox, app.clock), notifier, trouble)


def _notifier(app: App, lines: "Lines", lacking: Mapping[str, str]) -> "tuple[Notifier | None, str]":
    """Who is told by mail, as outreach.toml says now; why nobody can be, where somebody should."""
    from outreach.engine.notify import Notifier, Operator

    try:
        settings = app.basics
    except OutreachError:
        return None, "outreach.toml has problems, [notify] is not followed: outreach lint"
    notify = settings.notify
    if notify is None:
        return None, ""
    # The one that is named writes; where it cannot, another one does.
    boxes = sorted(settings.mailboxes.values(), key=lambda box: box.address != notify.mailbox)
    operator = Operator(notify, boxes, app.timezone, lacking, lambda: edited(app))
    return Notifier(app.store, operator, lines, app.clock), ""


def edited(app: App) -> Mapping[str, int]:
    """The campaigns whose files differ from what was launched, with the revision; none while they are broken."""
    from outreach.engine import revisions
    from outreach.workspace import load

    try:
        return revisions.edited(app.store, load(app.root))
    except OutreachError:
        return {}


def look(app: App, *, tonight: bool = False) -> "Standing":
    """How things stand today, with what this process lacks."""
    from outreach.engine import standing

    found = standing.look(app.store, app.clock(), app.timezone, tonight=tonight)
    return replace(found, lacking=app.lacking(), outdated=app.outdated(), broken=app.broken())


class News:
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


def telling(app: App) -> Callable[["Happening"], None]:
    """Tells an event in a line of its own."""
    from outreach.report.news import line

    def tell(event: "Happening") -> None:
        words = line(event, app.timezone)
        if words:
            say(words)

    return tell


def clocked(app: App) -> Callable[[str], None]:
    """Tells a line with the time before it."""
    from outreach.report.once import timed
    from outreach.schedule.zones import zone

    return lambda text: say(timed(text, f"{app.clock().astimezone(zone(app.timezone)):%H:%M}"))


def mute(what: object) -> None:
    """JSON is for programs, and cron sends every line by mail: nothing stands beside what they asked for."""


def loud(text: str, command: str = "") -> str:
    """What needs a person, with the command that helps below."""
    from outreach.report import once

    return once.loud(text, command)


def say(text: str) -> None:
    """Print a line. A closed terminal or pipe must not stop the sending."""
    try:
        click.echo(text)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
