"""A workspace with a launched campaign, a mail server on a thread of its own, and the program as a process."""

import asyncio
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from outreach import workspace
from outreach.engine import plans
from outreach.mailbox.sandbox import Sandbox
from outreach.model import FieldType
from outreach.prospect import KNOWN, BadRow, columns, row_reader
from outreach.store import Store, leases, prospects
from outreach.store.tables import message, prospect
from tests.cli import CAMPAIGN, FOLLOWUP, INTRO, MAIN, Shell
from tests.smtpd import Misbehaving

T = TypeVar("T")
PATIENCE = 60.0  # seconds: no test waits so long unless something is broken

# Open at every moment of every day, no gap: letters are due when they are launched.
ALWAYS = """
[window]
days = "mon-sun"
from = "00:00"
to = "24:00"
timezone = "Europe/London"
holidays = false
"""
GAP = 'per_day = 30\ngap = "3-10 min"'
RELAY = 'own_relay = true\ngap = "0 s"\nper_day = 1000'


def files(smtp: str, store: str, *, always: bool = False) -> dict[str, str]:
    """The workspace of `tests.cli` with letters due at once; `always`: by the real clock, without a gap."""
    main = MAIN.format(smtp=smtp, store=store)
    campaign = CAMPAIGN.replace("\n[[step]]", 'grace = "0 min"\n\n[[step]]', 1)
    if always:
        main = main.replace(GAP, RELAY)
        campaign = campaign.replace("\n[[step]]", f"{ALWAYS}\n[[step]]", 1)
    return {
        "outreach.toml": main,
        "campaigns/shops.toml": campaign,
        "templates/intro.txt": INTRO,
        "templates/followup.txt": FOLLOWUP,
    }


def relay(smtp: str, answers: str = 'answers = "manual"') -> dict[str, str]:
    """The files with a mailbox that has no gap: everything may leave at once."""
    texts = files(smtp, "sqlite:///outreach.db")
    main = texts["outreach.toml"].replace(GAP, RELAY)
    return {**texts, "outreach.toml": main.replace('answers = "manual"', answers)}


def nightly(texts: dict[str, str]) -> dict[str, str]:
    """The files, with a campaign that people join at night."""
    campaign = texts["campaigns/shops.toml"].replace("mailboxes =", 'enroll = "nightly"\nmailboxes =')
    return {**texts, "campaigns/shops.toml": campaign}


def launch(shell: Shell, texts: dict[str, str], *emails: str, stem: str = "shops") -> None:
    """Write the files, import these people (retailers in Britain) and launch the campaign at `shell.now`."""
    for name, text in texts.items():
        shell.write(name, text)
    app = shell.app()
    with app.store as store:
        _add(store, emails, shell.now)
        plans.launch(store, workspace.load(app.root), stem, now=shell.now, actor="tester")


def add(shell: Shell, *emails: str) -> None:
    """Import these people and launch nothing."""
    with shell.app().store as store:
        _add(store, emails, shell.now)


def _add(store: Store, emails: tuple[str, ...], now: datetime) -> None:
    types = {**KNOWN, "industry": FieldType.TEXT}
    read = row_reader(columns(["email", "first_name", "company", "industry", "country"]), types)
    made = (read(line, (email, "Bob", email, "retail", "GB")) for line, email in enumerate(emails, start=2))
    rows = [row for row in made if not isinstance(row, BadRow)]
    assert len(rows) == len(emails)
    store.write(prospects.fix_types, types)
    store.write(prospects.add_batch, store.key, rows, on_existing="fill", now=now)


def enter(shell: Shell, host: str, *, seconds_ago: int = 0) -> int:
    """A sender on another machine, alive so long ago; its number."""
    with shell.app().store as store:
        at = shell.now - timedelta(seconds=seconds_ago)
        return store.write(leases.enter, host, f"{host}/boot", 1, at)


def statuses(shell: Shell) -> dict[str, str]:
    """How everybody's first letter stands, by address."""
    query = sa.select(prospect.c.email, message.c.status).where(message.c.first)
    query = query.join(prospect, prospect.c.id == message.c.prospect_id).order_by(message.c.id)
    with shell.app().store as store:
        return {email: str(status) for email, status in store.read(lambda tx: tx.execute(query).all())}


class Served:
    """A mail server on a thread of its own, so that a whole program can talk to it."""

    def __init__(self, server: Sandbox) -> None:
        self.server = server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """What the coroutine comes to in the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def do(self, act: Any) -> None:
        """Call something in the server's loop."""
        self._loop.call_soon_threadsafe(act)

    def has_taken(self, letters: int) -> None:
        """Wait until so many letters have come."""

        async def come() -> None:
            async with asyncio.timeout(PATIENCE):
                while len(self.server.received) < letters:
                    await asyncio.sleep(0.01)

        self.wait(come())

    def recipients(self) -> list[str]:
        return [letter.rcpt_to[0] for letter in list(self.server.received)]


@contextmanager
def served(server: Sandbox) -> Iterator[Served]:
    """The server, listening until the end of the block."""
    each = Served(server)
    each._thread.start()
    each.wait(server.__aenter__())
    try:
        yield each
    finally:
        each.wait(server.__aexit__(None, None, None))
        each.do(each._loop.stop)
        each._thread.join(PATIENCE)
        each._loop.close()


@pytest.fixture
def post() -> Iterator[Served]:
    """A mail server that takes letters, but for those to the names that make it misbehave."""
    with served(Misbehaving()) as each:
        yield each


class Program:
    """`outreach ARGS` as a process in a workspace; its lines as they come."""

    def __init__(self, shell: Shell, *args: str) -> None:
        environ = {**os.environ, "OUTREACH_STATE": str(shell.folder / "state"), "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "outreach", *args],
            cwd=shell.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self.lines: list[str] = []
        self._coming: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._coming.put(line.rstrip())
        self._coming.put(None)

    def says(self, words: str) -> str:
        """The next line that holds these words."""
        while True:
            line = self._coming.get(timeout=PATIENCE)
            assert line is not None, f"the program ended without {words!r}:\n{self.output}"
            self.lines.append(line)
            if words in line:
                return line

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def ends(self) -> int:
        """Its exit code."""
        code = self._process.wait(PATIENCE)
        self._rest()
        return code

    def _rest(self) -> None:
        self._reader.join(PATIENCE)
        while not self._coming.empty() and (line := self._coming.get()) is not None:
            self.lines.append(line)

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(PATIENCE)
        self._rest()
        assert self._process.stdout is not None
        self._process.stdout.close()
        print(f"what it said:\n{self.output}")  # shown where a test fails


@contextmanager
def program(shell: Shell, *args: str) -> Iterator[Program]:
    """The program, running; killed at the end of the block if it still does."""
    each = Program(shell, *args)
    try:
        yield each
    finally:
        each.kill()


def real_now() -> datetime:
    """The wall clock: a program in a process of its own has no other."""
    return datetime.now(UTC)
