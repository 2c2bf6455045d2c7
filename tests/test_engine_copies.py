"""Copies are in Sent when a run ends, and soon after each letter: a new machine finds there what has left."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from outreach import daemon
from outreach.daemon import Daemon
from outreach.engine.inboxes import Inboxes
from outreach.engine.process import this_process
from outreach.engine.rounds import Engine
from outreach.mailbox.imap import Inbox
from outreach.mailbox.smtp import Session
from outreach.model import Mailbox
from outreach.store import Store, settings
from tests.cli import Shell
from tests.imapd import PASSWORD, Imapd, running
from tests.launched import files, launch, real_now
from tests.smtpd import Misbehaving, on

SLOW, BOB, EVA = "slow@acme.example", "bob@birch.example", "eva@cedar.example"
PATIENCE = 30.0


def scene(
    shell: Shell,
    play: Callable[[Store, Imapd, Misbehaving], Awaitable[None]],
    sent: str = "Sent",
    people: tuple[str, str] = (BOB, EVA),
) -> None:
    """Two letters are due from a mailbox with a real inbox."""
    shell.now = real_now()

    async def act(smtp: Misbehaving, imap: Imapd) -> None:
        texts = files(smtp.url, "sqlite:///outreach.db", always=True)
        main = texts["outreach.toml"].replace('answers = "manual"', f'imap = "{imap.url}"')
        await asyncio.to_thread(launch, shell, {**texts, "outreach.toml": main}, *people)
        with shell.app().store as store:
            await play(store, imap, smtp)

    with running("embedded") as imap:
        if sent:
            imap.make(sent)
        on(Misbehaving(), lambda smtp: act(smtp, imap))


def sender(store: Store, told: list[str], connect: Callable[[Mailbox], Inbox] | None = None) -> Daemon:
    engine = Engine(store, lambda mailbox: Session(mailbox, None), real_now, this_process())
    reader = Inboxes(store, connect or (lambda box: Inbox(box, PASSWORD)), real_now)
    return Daemon(engine, lambda: None, told.append, reader)


def copies(imap: Imapd) -> int:
    return len(imap.flags("Sent"))


def test_a_run_ends_with_its_copies_in_sent(shell: Shell) -> None:
    async def play(store: Store, imap: Imapd, smtp: Misbehaving) -> None:
        told: list[str] = []
        await sender(store, told).once()
        assert len(smtp.received) == 2
        assert copies(imap) == 2
        await sender(store, told).once()
        assert copies(imap) == 2
        assert told == []

    scene(shell, play)


def test_a_resident_sender_files_soon_over_the_connection_that_it_reads_with(shell: Shell) -> None:
    """The letters leave after the first reading, and the next one is two minutes away."""

    async def play(store: Store, imap: Imapd, smtp: Misbehaving) -> None:
        logins: list[str] = []

        def connect(box: Mailbox) -> Inbox:
            logins.append(box.address)
            return Inbox(box, PASSWORD)

        worker = sender(store, [], connect)
        working = asyncio.create_task(worker.run())
        async with asyncio.timeout(PATIENCE):
            while not any(desk.inbox_read_at for desk in store.read(settings.desks)):
                await asyncio.sleep(0.05)
            await smtp.waiting.wait()
            smtp.gate.set()
            while await asyncio.to_thread(copies, imap) < 2:
                await asyncio.sleep(0.05)
            worker.stop()
            await working
        assert copies(imap) == 2
        assert len(logins) == 1

    scene(shell, play, people=(SLOW, BOB))


def test_a_sender_that_is_stopped_files_what_has_just_left(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stop comes with the first letter; nothing else would file before the next start."""

    async def play(store: Store, imap: Imapd, smtp: Misbehaving) -> None:
        worker = sender(store, [])

        async def never() -> None:
            await asyncio.Future()

        monkeypatch.setattr(worker, "_file", never)
        monkeypatch.setattr(worker, "_follow", never)
        working = asyncio.create_task(worker.run())
        async with asyncio.timeout(PATIENCE):
            while not smtp.received:
                await asyncio.sleep(0.01)
            worker.stop()
            await working
        assert copies(imap) == len(smtp.received) >= 1

    scene(shell, play)


def test_a_stop_does_not_wait_for_copies_for_ever(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon, "LAST_COPIES", 0.1)

    class Stuck(Inbox):
        async def append_sent(self, raw: bytes, at: object) -> None:
            await asyncio.Future()

    async def play(store: Store, imap: Imapd, smtp: Misbehaving) -> None:
        worker = sender(store, [], lambda box: Stuck(box, PASSWORD))
        working = asyncio.create_task(worker.run())
        async with asyncio.timeout(PATIENCE):
            while len(smtp.received) < 2:
                await asyncio.sleep(0.01)
            worker.stop()
            await working

    scene(shell, play)


def test_a_mailbox_without_a_sent_folder_says_so_once(shell: Shell) -> None:
    async def play(store: Store, imap: Imapd, smtp: Misbehaving) -> None:
        told: list[str] = []
        await sender(store, told).once()
        (line,) = told
        assert "copies of what was sent cannot be filed: " in line
        assert "no folder for sent mail" in line

    scene(shell, play, sent="")


def test_a_login_that_is_refused_is_not_tried_again_for_the_copies(shell: Shell, tmp_path: Path) -> None:
    """A provider locks a mailbox after some wrong passwords."""

    async def play(store: Store, imap: Imapd, smtp: Misbehaving) -> None:
        logins: list[str] = []

        def connect(box: Mailbox) -> Inbox:
            logins.append(box.address)
            return Inbox(box, "wrong")

        told: list[str] = []
        await sender(store, told, connect).once()
        assert len(smtp.received) == 2
        assert len(logins) == len(told) == 1

    scene(shell, play)
