"""The daemon: a real process on a real store and a real mail server, stopped, doubled, and cut off."""

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self

import pytest
from apscheduler.schedulers import base
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from outreach import daemon
from outreach.daemon import Daemon
from outreach.engine.inboxes import Inboxes, News
from outreach.engine.process import this_process
from outreach.engine.rounds import Engine, Work
from outreach.mailbox.imap import Inbox
from outreach.mailbox.smtp import Session
from outreach.store import Store
from tests.cli import Shell
from tests.launched import Served, files, launch, program, real_now, statuses
from tests.smtpd import Misbehaving

SLOW, BOB, EVA = "slow@acme.example", "bob@birch.example", "eva@cedar.example"


def ready(shell: Shell, post: Served, *emails: str, store: str = "sqlite:///outreach.db") -> None:
    shell.now = real_now()
    launch(shell, files(post.server.url, store, always=True), *emails)


def gate(post: Served) -> Misbehaving:
    assert isinstance(post.server, Misbehaving)
    return post.server


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_lets_the_letter_in_hand_be_finished_and_the_next_run_sends_the_rest(
    shell: Shell, post: Served, number: signal.Signals
) -> None:
    ready(shell, post, SLOW, BOB, EVA)
    with program(shell, "run") as first:
        post.wait(gate(post).waiting.wait())  # the server has the body and does not answer yet
        first.signal(number)
        first.says("stopping")
        first.signal(number)
        first.says("still finishing")
        post.do(gate(post).gate.set)
        assert first.ends() == 0, first.output
        assert first.lines[-2].endswith(f"sent intro to {SLOW}")
        assert first.lines[-1] == "stopped; 1 sent"
    assert statuses(shell) == {SLOW: "sent", BOB: "scheduled", EVA: "scheduled"}
    with program(shell, "run") as second:
        second.says(EVA)
        second.signal(signal.SIGTERM)
        assert second.ends() == 0, second.output
        assert second.lines[-1] == "stopped; 2 sent"
    assert post.recipients() == [SLOW, BOB, EVA]


def test_two_senders_on_one_store_send_every_letter_once(shell: Shell, post: Served) -> None:
    people = [f"bob{number}@firm{number}.example" for number in range(40)]
    ready(shell, post, SLOW, *people)
    with program(shell, "run") as one:
        post.wait(gate(post).waiting.wait())
        with program(shell, "run") as two:
            two.says("Ctrl-C")
            post.do(gate(post).gate.set)
            post.has_taken(41)
            for each in (one, two):
                each.signal(signal.SIGTERM)
                assert each.ends() == 0, each.output
    assert Counter(post.recipients()) == Counter([SLOW, *people])
    assert set(statuses(shell).values()) == {"sent"}


def test_a_killed_sender_leaves_one_uncertain_letter_and_the_next_one_says_so(
    shell: Shell, post: Served
) -> None:
    ready(shell, post, SLOW, BOB)
    with program(shell, "run") as first:
        post.wait(gate(post).waiting.wait())
        first.signal(signal.SIGKILL)
        assert first.ends() == -signal.SIGKILL
    post.do(gate(post).gate.set)
    with program(shell, "run") as second:
        second.says(f"uncertain intro to {SLOW}")
        second.says(f"sent intro to {BOB}")
        second.signal(signal.SIGTERM)
        assert second.ends() == 0, second.output
    assert statuses(shell) == {SLOW: "uncertain", BOB: "sent"}
    assert post.recipients() == [SLOW, BOB]


class Told:
    """What a daemon says, to wait for."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._news = asyncio.Event()

    def say(self, text: str) -> None:
        self.lines.append(text)
        self._news.set()

    async def until(self, words: str) -> None:
        while not any(words in line for line in self.lines):
            self._news.clear()
            await self._news.wait()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ticks come fast."""
    monkeypatch.setattr(daemon, "ROUND", timedelta(milliseconds=20))
    monkeypatch.setattr(daemon, "LOOK", timedelta(milliseconds=20))
    monkeypatch.setattr(daemon, "LONGEST_WAIT", 0.05)


def engine(store: Store) -> Engine:
    return Engine(store, lambda mailbox: Session(mailbox, None), real_now, this_process())


@contextmanager
def door(store_url: str) -> Iterator[Callable[[bool], None]]:
    """Opens the PostgreSQL database (True) or throws everybody out and shuts it; open at the end."""
    url = make_url(store_url)
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    out = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{url.database}'"

    def move(is_open: bool) -> None:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS {is_open}")
            if not is_open:
                connection.exec_driver_sql(out)

    try:
        yield move
    finally:
        move(True)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("in_hand", [False, True], ids=["between letters", "letter in hand"])
def test_a_database_that_is_gone_for_a_while_is_waited_for(
    shell: Shell, post: Served, store_url: str, tmp_path: Path, in_hand: bool
) -> None:
    ready(shell, post, SLOW, BOB, store=store_url)

    async def play(store: Store, move: Callable[[bool], None]) -> list[str]:
        told = Told()
        worker = Daemon(engine(store), lambda: None, told.say)
        if in_hand:
            running = asyncio.create_task(worker.run())
            await asyncio.to_thread(post.wait, gate(post).waiting.wait())
            move(False)
        else:
            move(False)
            running = asyncio.create_task(worker.run())
        post.do(gate(post).gate.set)
        await told.until("the store cannot be used")
        move(True)
        await told.until("it works again")
        await asyncio.to_thread(post.has_taken, 2)
        worker.stop()
        await running
        return told.lines

    with door(store_url) as move, Store(store_url, state=tmp_path / "state") as store:
        lines = asyncio.run(asyncio.wait_for(play(store, move), 60))
    assert len([line for line in lines if "cannot be used" in line]) == 1
    assert post.recipients() == [SLOW, BOB]  # each once
    # The answer to a letter in hand may be lost with the store: then a person decides, nobody sends again.
    assert statuses(shell) in ({SLOW: "sent", BOB: "sent"}, {SLOW: "uncertain", BOB: "sent"})


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("jump", [timedelta(hours=-8), timedelta(days=20_000)], ids=["back", "forward"])
def test_a_clock_that_is_set_does_not_stop_the_ticks(
    shell: Shell, post: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    """Back over a working day, and forward from 1970 as on a machine without a clock of its own."""
    ready(shell, post, BOB)
    shift = [timedelta(0)]

    class Wall(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            moment: Any = datetime.now(tz) + shift[0]
            return moment  # type: ignore[no-any-return]

    monkeypatch.setattr(daemon, "datetime", Wall)
    monkeypatch.setattr(base, "datetime", Wall)
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1

    async def play(store: Store) -> None:
        worker = Daemon(engine(store), look, lambda text: None)
        running = asyncio.create_task(worker.run())
        async with asyncio.timeout(30):
            while looks < 3:
                await asyncio.sleep(0)
            shift[0] = jump
            before = looks
            while looks < before + 5:
                await asyncio.sleep(0)
            worker.stop()
            await running

    with Store(f"sqlite:///{tmp_path / 'outreach.db'}", state=tmp_path / "state") as store:
        asyncio.run(play(store))


def _mistaken() -> datetime:
    raise ZeroDivisionError


@pytest.mark.usefixtures("hasty")
def test_a_mistake_of_ours_in_reading_ends_the_sender_in_order_and_shows(
    shell: Shell, post: Served, tmp_path: Path
) -> None:
    ready(shell, post, BOB)

    async def play(store: Store) -> None:
        reader = Inboxes(store, lambda mailbox: Inbox(mailbox, "secret"), _mistaken)
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(Daemon(engine(store), lambda: None, lambda text: None, reader).run(), 30)

    with Store(f"sqlite:///{tmp_path / 'outreach.db'}", state=tmp_path / "state") as store:
        asyncio.run(play(store))


class Silent(Inboxes):
    """Inboxes on servers that do not answer."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, lambda mailbox: Inbox(mailbox, "secret"), real_now)
        self.asked = asyncio.Event()

    async def read(self) -> list[News]:
        self.asked.set()
        return await asyncio.Future()


def test_a_stop_does_not_wait_for_an_inbox(shell: Shell, post: Served, tmp_path: Path) -> None:
    ready(shell, post, BOB)

    async def play(store: Store) -> None:
        reader = Silent(store)
        worker = Daemon(engine(store), lambda: None, lambda text: None, reader)
        running = asyncio.create_task(worker.once())
        async with asyncio.timeout(30):
            await reader.asked.wait()
            worker.stop()
            assert await running == Work()
        assert post.recipients() == []

    with Store(f"sqlite:///{tmp_path / 'outreach.db'}", state=tmp_path / "state") as store:
        asyncio.run(play(store))


def test_an_ignored_signal_stays_ignored() -> None:
    """`nohup outreach run` outlives its terminal."""

    async def play() -> int:
        calls: list[int] = []
        with daemon._signals(lambda: calls.append(1)):
            signal.raise_signal(signal.SIGHUP)
            await asyncio.sleep(0)
            signal.raise_signal(signal.SIGTERM)
            while not calls:
                await asyncio.sleep(0)
        return len(calls)

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert asyncio.run(play()) == 1
    finally:
        signal.signal(signal.SIGHUP, before)
