"""What every command stands on: the workspace, its store, the clock, who is calling, and how to print."""

import getpass
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from outreach.errors import InputError, OutreachError

if TYPE_CHECKING:
    from outreach.campaign import Workspace
    from outreach.engine.lines import Lines
    from outreach.errors import Problem
    from outreach.model import Mailbox
    from outreach.store import Store
    from outreach.workspace import Place, Settings

Command = TypeVar("Command", bound=Callable[..., Any])
SQLITE = "sqlite:///"


def wall_clock() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


def here() -> Path:
    """The folder that the command was called in; OutreachError if it was deleted meanwhile."""
    try:
        return Path.cwd()
    except FileNotFoundError as exc:
        raise OutreachError("the folder you are in is gone", hint="cd to your workspace") from exc


@dataclass
class App:
    """Handed to every command as `ctx.obj`. Tests hand in a clock and a folder of their own."""

    clock: Callable[[], datetime] = wall_clock
    start: Path = field(default_factory=here)
    state: Path | None = None  # where witnesses lie; default: the user's state folder

    @cached_property
    def root(self) -> Path:
        """The folder of the workspace; OutreachError if there is none."""
        from outreach.workspace import find

        return find(self.start)

    @cached_property
    def workspace(self) -> "Workspace":
        """The workspace's files as values; InputError with all their problems."""
        from outreach.workspace import load

        return load(self.root)

    @cached_property
    def basics(self) -> "Settings":
        """What outreach.toml says, even while a campaign or a letter is broken."""
        from outreach.workspace import basics

        return basics(self.root)

    @cached_property
    def place(self) -> "Place":
        """Where the store is, even while outreach.toml has problems: stops always work."""
        from outreach.workspace import place

        return place(self.root)

    @property
    def timezone(self) -> str:
        """The zone in which times are shown: the sender's; the launched one while outreach.toml names none."""
        return self.place.timezone or self._launched_timezone

    @cached_property
    def _launched_timezone(self) -> str:
        from outreach.store import settings

        try:
            return self.store.read(settings.house).timezone if self.has_store else "UTC"
        except OutreachError:  # a store that cannot be opened: whoever needs it says so
            return "UTC"

    @cached_property
    def store(self) -> "Store":
        """The workspace's store, open; a relative SQLite file lies in the workspace."""
        from outreach.store import Store

        return Store(self.store_url, state=self.state)

    @property
    def has_store(self) -> bool:
        """Whether there is a store already: opening one that is a file would make it."""
        url = self.store_url
        return not url.startswith(SQLITE) or Path(url.removeprefix(SQLITE)).exists()

    @property
    def store_url(self) -> str:
        """The URL of the store; a relative SQLite file lies in the workspace."""
        url = self.place.store_url
        if url.startswith(SQLITE) and not url.startswith(SQLITE + "/"):
            url = f"{SQLITE}{self.root / url.removeprefix(SQLITE)}"
        return url

    def mailboxes(self) -> "list[Mailbox]":
        """The launched mailboxes of people whose sequence is not over."""
        from outreach.store import settings, status

        used = self.store.read(status.mailboxes_in_use)
        return [desk.mailbox for desk in self.store.read(settings.desks) if desk.mailbox.address in used]

    @cached_property
    def lines(self) -> "Lines":
        """The connections of the mailboxes: a password that was found once is not looked up again."""
        from outreach.engine.lines import Lines

        return Lines(os.environ, self.root)

    def lacking(self) -> dict[str, str]:
        """Those of them without a password as far as this process can see, with the ways to give it."""
        from outreach.engine.lines import ways

        return ways(self.lines.lacking(self.mailboxes()))

    def broken(self) -> "tuple[Problem, ...]":
        """What is wrong in outreach.toml; nothing while it can be read."""
        try:
            _ = self.basics
        except InputError as exc:
            return exc.problems
        return ()

    def outdated(self) -> tuple[str, ...]:
        """Those of them whose servers are others in outreach.toml, as far as that can be read."""
        try:
            now = self.basics.mailboxes
        except OutreachError:
            return ()
        boxes = ((box, now.get(box.address)) for box in self.mailboxes())
        return tuple(box.address for box, new in boxes if new and _servers(new) != _servers(box))

    @property
    def actor(self) -> str:
        """Who is calling: the system's user."""
        try:
            return getpass.getuser()
        except (KeyError, OSError):  # a container's user without a name
            return "somebody"

    def note(self, kind: str, **detail: Any) -> None:
        """Write down what the caller has just done, where the act itself leaves no event; counts, no names."""
        from outreach.store import events

        self.store.write(lambda tx: events.log(tx, self.clock(), kind, actor=self.actor, **detail))

    def show(self, shape: str, text: Callable[[], str], value: Callable[[], Any]) -> None:
        """Print a result as `shape` asks: text for people, or JSON (a contract)."""
        if shape == "json":
            click.echo(json.dumps(value(), ensure_ascii=False, indent=2, default=_plain))
        else:
            click.echo(text())

    @property
    def width(self) -> int:
        """The columns of a screen: those of the terminal, at least 80, and 80 where the output goes elsewhere."""
        return max(80, shutil.get_terminal_size().columns) if sys.stdout.isatty() else 80

    @property
    def on_terminal(self) -> bool:
        """Whether a person watches: then progress and questions make sense."""
        return sys.stderr.isatty()


def _servers(box: "Mailbox") -> tuple[str, ...]:
    return box.smtp, box.imap, box.answers, box.password_file


def _plain(value: Any) -> Any:
    """Times as ISO 8601 in UTC, sets as lists."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


pass_app = click.make_pass_decorator(App)


def format_option(command: Command) -> Command:
    """`--format text|json`, handed to the command as `shape`."""
    return click.option(
        "--format",
        "shape",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Text for people, JSON for programs.",
    )(command)


def limit_option(most: int, least: int = 0) -> Callable[[Command], Command]:
    """`--limit N`, handed to the command as `limit`: how many of a list are shown, unless told otherwise."""
    return click.option(
        "--limit",
        metavar="N",
        type=click.IntRange(min=least),
        default=most,
        show_default=True,
        help="Show at most N.",
    )


def yes_option(command: Command) -> Command:
    """`--yes`: answers the question that a destructive command asks."""
    return click.option("--yes", is_flag=True, help="Do not ask.")(command)


def accept_options(command: Command) -> Command:
    """`--accept CODE --reason WHY`: findings of the linter that a launch lets through."""
    command = click.option(
        "--reason", metavar="WHY", default="", help="Why they are accepted: it is recorded."
    )(command)
    return click.option(
        "--accept", metavar="CODE", multiple=True, help="Let the linter's findings of that rule through."
    )(command)


def dry_run_option(command: Command) -> Command:
    """`--dry-run`: show what would be done."""
    return click.option("--dry-run", is_flag=True, help="Show what would be done, do nothing.")(command)
