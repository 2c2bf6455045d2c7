"""The sender's reading: told when mail comes, copies filed in Sent, nothing lost where a server fails."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from outreach.engine import inboxes as engine
from outreach.engine.inboxes import Inboxes, News
from outreach.mailbox.imap import Batch, Inbox, InboxError
from outreach.model import Cursor, EnrollmentStatus, Mailbox, MessageStatus
from outreach.store import inbox as kept
from outreach.store import settings
from tests.imapd import PASSWORD, Imapd, running
from tests.incoming import mail
from tests.smtpd import Misbehaving, on
from tests.worlds import ANN, World

BOB, EVA = "bob@acme.example", "eva@birch.example"
PATIENCE = 30.0  # seconds after which a test that waits for news has failed


def scene(
    store_url: str, folder: Path, play: Callable[[World, Imapd], Awaitable[None]], sent: str = "Sent"
) -> None:
    """A world whose mailbox has a real inbox; Bob and Eva have had the first letter."""

    async def act(smtp: Misbehaving, imap: Imapd) -> None:
        with World(
            store_url, folder, smtp.url, {"shops": [BOB, EVA]}, answers=f'imap = "{imap.url}"'
        ) as world:
            await world.settle()
            await play(world, imap)

    with running("embedded") as imap:
        if sent:
            imap.make(sent)
        on(Misbehaving(), lambda smtp: act(smtp, imap))


def inboxes(world: World, connect: Callable[[Mailbox], Inbox] | None = None) -> Inboxes:
    return Inboxes(world.store, connect or (lambda box: Inbox(box, PASSWORD)), world.clock)


def test_an_answer_is_read_when_it_comes_and_not_at_the_next_look(store_url: str, tmp_path: Path) -> None:
    """The reader is told to look every hour; the server says at once that there is mail (IDLE)."""

    async def play(world: World, imap: Imapd) -> None:
        told: asyncio.Queue[News] = asyncio.Queue()
        reading = asyncio.create_task(inboxes(world).follow(told.put_nowait, 3600))
        try:
            async with asyncio.timeout(PATIENCE):
                assert (await told.get()).text == ""
                raw = mail("Yes, please.", to=world.message(BOB).message_id)
                await asyncio.to_thread(imap.deliver, raw, at=world.now)
                while not (news := await told.get()).text:
                    pass
            assert news.text == f"{ANN}: 1 reply"
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        assert world.enrolled(BOB) == EnrollmentStatus.REPLIED

    scene(store_url, tmp_path, play)


def test_what_was_sent_is_filed_in_sent_once_and_is_no_contact_by_hand(
    store_url: str, tmp_path: Path
) -> None:
    async def play(world: World, imap: Imapd) -> None:
        for _ in range(2):
            assert [news.text for news in await inboxes(world).read()] == [""]
        async with Inbox(Mailbox(ANN, "Ann Lee", imap=imap.url), PASSWORD) as inbox:
            batch = await inbox.read("Sent", None, world.now - timedelta(days=365 * 9))
        copies = [str(message_from_bytes(each.raw)["Message-ID"]) for each in batch.mails]
        assert copies == [world.message(each).message_id for each in (BOB, EVA)]
        assert imap.flags("Sent") == ["\\Seen", "\\Seen"]
        world.now += timedelta(days=3)
        await inboxes(world).read()
        await world.settle()
        assert world.statuses("followup") == {MessageStatus.SENT: 2}

    scene(store_url, tmp_path, play)


def test_a_mailbox_without_a_sent_folder_is_read_all_the_same_and_says_so(
    store_url: str, tmp_path: Path
) -> None:
    async def play(world: World, imap: Imapd) -> None:
        (news,) = await inboxes(world).read()
        assert "copies of what was sent cannot be filed" in news.text
        assert [desk.inbox_read_at for desk in world.store.read(settings.desks)] == [world.now]

    scene(store_url, tmp_path, play, sent="")


class Withholding(Inbox):
    """A real connection to a server that does not hand over the first mail of the inbox."""

    async def read(self, folder: str, cursor: Cursor | None, since: datetime, most: int = 100) -> Batch:
        batch = await super().read(folder, cursor, since, most)
        if folder != "INBOX" or not batch.mails:
            return batch
        return Batch(batch.mails[1:], batch.cursor, batch.more, (batch.mails[0].uid,))


def test_a_mail_that_the_server_does_not_hand_over_waits_for_a_person(store_url: str, tmp_path: Path) -> None:
    async def play(world: World, imap: Imapd) -> None:
        one, two = (
            mail("Yes.", sender=each, to=world.message(each).message_id, own=each) for each in (BOB, EVA)
        )
        imap.deliver(one, two, at=world.now)
        for _ in range(2):
            await inboxes(world, lambda box: Withholding(box, PASSWORD)).read()
        assert world.enrolled(EVA) == EnrollmentStatus.REPLIED
        (row,) = world.store.read(kept.listed, unmatched=True)
        assert row["waiting"]
        assert "could not be read" in row["subject"]

    scene(store_url, tmp_path, play)


def test_a_login_that_is_refused_is_told_and_the_next_try_reads(store_url: str, tmp_path: Path) -> None:
    async def play(world: World, imap: Imapd) -> None:
        secrets = ["wrong", PASSWORD]
        reader = inboxes(world, lambda box: Inbox(box, secrets.pop(0)))
        (refused,) = await reader.read()
        assert "NEEDS YOU" in refused.text
        assert refused.trouble
        assert not any(desk.inbox_read_at for desk in world.store.read(settings.desks))
        (read,) = await reader.read()
        assert not read.text.startswith("NEEDS YOU")

    scene(store_url, tmp_path, play)


def test_a_mistake_of_ours_in_a_reader_is_not_swallowed(store_url: str, tmp_path: Path) -> None:
    class Mistaken(Inbox):
        async def read(self, folder: str, cursor: Cursor | None, since: datetime, most: int = 100) -> Batch:
            raise ZeroDivisionError

    async def play(world: World, imap: Imapd) -> None:
        reader = inboxes(world, lambda box: Mistaken(box, PASSWORD))
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(ZeroDivisionError):
                await reader.follow(lambda news: None, 0.05)

    scene(store_url, tmp_path, play)


class Lasting(Inbox):
    """A real connection over which each thing that is asked takes its time."""

    LASTS = 0.4

    async def read(self, folder: str, cursor: Cursor | None, since: datetime, most: int = 100) -> Batch:
        await asyncio.sleep(self.LASTS)
        return await super().read(folder, cursor, since, 1)


def test_a_mailbox_that_brings_batch_after_batch_is_read_to_its_end_and_a_slow_one_is_told(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six batches last longer than one may."""
    limit = 4 * Lasting.LASTS
    monkeypatch.setattr(engine, "SLOW", limit)

    async def play(world: World, imap: Imapd) -> None:
        raw = [mail(f"Number {number}.", sender=f"x{number}@firm.example", to="") for number in range(6)]
        imap.deliver(*raw, at=world.now)
        reader = inboxes(world, lambda box: Lasting(box, PASSWORD))
        assert [news.trouble for news in await reader.read()] == [""]
        assert [desk.inbox_read_at for desk in world.store.read(settings.desks)] == [world.now]
        monkeypatch.setattr(Lasting, "LASTS", 3 * limit)
        assert [news.trouble for news in await reader.read()] == ["slow"]

    scene(store_url, tmp_path, play)


@pytest.mark.parametrize(
    ("news", "waited", "seconds"),
    [
        (News(ANN, "1 reply"), 0, 1),
        (News(ANN, ""), 0, 5),
        (News(ANN, "copies cannot be filed", "no folder"), 0, 5),
        (News(ANN, ""), 3, 2),
        (News(ANN, ""), 60, 1),
    ],
    ids=["an answer", "nothing", "trouble", "nothing, and waited", "nothing, long ago"],
)
def test_a_server_that_tells_of_mail_without_end_is_not_read_without_a_rest(
    news: News, waited: float, seconds: float
) -> None:
    assert news.breath(waited) == seconds


def test_a_connection_that_breaks_is_made_again(store_url: str, tmp_path: Path) -> None:
    async def play(world: World, imap: Imapd) -> None:
        told: asyncio.Queue[News] = asyncio.Queue()
        broken = [True]

        class Breaking(Inbox):
            async def read(
                self, folder: str, cursor: Cursor | None, since: datetime, most: int = 100
            ) -> Batch:
                if broken and broken.pop():
                    raise InboxError("the connection was lost")
                return await super().read(folder, cursor, since, most)

        reader = inboxes(world, lambda box: Breaking(box, PASSWORD))
        reading = asyncio.create_task(reader.follow(told.put_nowait, 0.05))
        try:
            async with asyncio.timeout(PATIENCE):
                assert "cannot be read" in (await told.get()).text
                while (await told.get()).text.startswith("NEEDS YOU"):
                    pass
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    scene(store_url, tmp_path, play)
