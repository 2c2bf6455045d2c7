"""Reading mailboxes on real servers: everything once, in order, and nothing touched."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from outreach.mailbox.folders import Role, shown
from outreach.mailbox.imap import Batch, Cursor, Fetched, Inbox, InboxError
from outreach.mailbox.tokens import Login
from outreach.model import Mailbox
from tests.imapd import DOVECOT, KINDS, NOON, PASSWORD, Imapd, running

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
LATER = NOON + timedelta(days=30)


@pytest.fixture(
    params=[
        pytest.param(
            kind, marks=pytest.mark.skipif(kind == "dovecot" and not DOVECOT, reason="no Dovecot 2.3 here")
        )
        for kind in KINDS
    ]
)
def server(request: pytest.FixtureRequest) -> Iterator[Imapd]:
    with running(request.param) as imapd:
        yield imapd


def letter(name: str, size: int = 0) -> bytes:
    return (
        f"From: bob@acme.example\r\nMessage-ID: <{name}@acme.example>\r\n\r\n".encode()
        + b"x" * size
        + b"\r\n"
    )


def inbox(server: Imapd, secret: Login = PASSWORD) -> Inbox:
    return Inbox(Mailbox("ann@northwind.example", "Ann Lee", imap=server.url), secret)


def inside(server: Imapd, scene: Callable[[Inbox], Awaitable[None]]) -> None:
    async def play() -> None:
        async with inbox(server) as ours:
            await scene(ours)

    asyncio.run(play())


async def all_of(
    ours: Inbox,
    cursor: Cursor | None = None,
    since: datetime = LONG_AGO,
    most: int = 100,
    folder: str = "INBOX",
) -> tuple[list[Fetched], Cursor]:
    """Reads until there is no more."""
    mails: list[Fetched] = []
    while True:
        batch = await ours.read(folder, cursor, since, most)
        mails += batch.mails
        cursor = batch.cursor
        if not batch.more:
            return mails, cursor


def test_each_mail_is_read_once_in_order_and_stays_unseen(server: Imapd) -> None:
    sent = [letter(f"{number}") for number in range(40)]

    async def scene(ours: Inbox) -> None:
        nothing = await ours.read("INBOX", None, LONG_AGO)
        assert nothing.mails == ()
        await asyncio.to_thread(server.deliver, *sent)
        mails, cursor = await all_of(ours, nothing.cursor, most=7)
        assert [mail.raw for mail in mails] == sent
        assert [mail.uid for mail in mails] == sorted({mail.uid for mail in mails})
        assert {(mail.at, mail.size, mail.folder) for mail in mails[:9]} == {(NOON, len(sent[0]), "INBOX")}
        assert await all_of(ours, cursor) == ([], cursor)
        await asyncio.to_thread(server.deliver, letter("late"))
        assert [mail.raw for mail in (await all_of(ours, cursor))[0]] == [letter("late")]

    inside(server, scene)
    assert server.flags() == [""] * 41


def test_reading_starts_with_what_arrived_since_a_time_and_old_mail_never_comes(server: Imapd) -> None:
    server.deliver(letter("old"), at=NOON - timedelta(seconds=1))
    server.deliver(letter("new"), letter("next"), at=NOON)
    server.deliver(letter("moved here"), at=NOON - timedelta(days=90))

    async def scene(ours: Inbox) -> None:
        mails, cursor = await all_of(ours, since=NOON)
        assert [mail.raw for mail in mails] == [letter("new"), letter("next")]
        assert await all_of(ours, cursor, since=LONG_AGO) == ([], cursor)
        nothing, empty = await all_of(ours, since=LATER)
        assert nothing == []
        assert await all_of(ours, empty, since=LONG_AGO) == ([], empty)

    inside(server, scene)


def test_a_folder_numbered_anew_is_read_again_from_the_time_given(server: Imapd) -> None:
    server.make("Answers")
    server.deliver(letter("a"), letter("b"), letter("c"), folder="Answers")

    async def scene(ours: Inbox) -> None:
        _, before = await all_of(ours, folder="Answers")

        def again() -> None:
            server.remove("Answers")
            server.make("Answers")
            server.deliver(letter("old"), at=LONG_AGO, folder="Answers")
            server.deliver(letter("d"), folder="Answers")

        await asyncio.to_thread(again)
        mails, after = await all_of(ours, before, since=NOON, folder="Answers")
        assert [mail.raw for mail in mails] == [letter("d")]
        assert after.validity != before.validity

    inside(server, scene)


def test_of_a_large_mail_the_first_megabyte_is_read_and_its_size_told(server: Imapd) -> None:
    large = letter("large", 6 << 20)
    server.deliver(letter("before"), large, letter("after"))

    async def scene(ours: Inbox) -> None:
        mails, _ = await all_of(ours)
        assert [len(mail.raw) for mail in mails] == [len(letter("before")), 1 << 20, len(letter("after"))]
        assert mails[1].raw == large[: 1 << 20]
        assert mails[1].size == len(large)

    inside(server, scene)


def test_a_batch_holds_some_megabytes_at_most_and_of_small_mails_many(server: Imapd) -> None:
    """So that a slow line brings a batch to its end, and a fast one does not ask for each mail."""
    sizes = [0] * 18 + [5 << 20] * 7 + [300_000] * 9 + [0] * 18
    server.deliver(*[letter(f"{number}", size) for number, size in enumerate(sizes)])

    async def scene(ours: Inbox) -> None:
        cursor: Cursor | None = None
        batches: list[Batch] = []
        while not batches or batches[-1].more:
            batches.append(await ours.read("INBOX", cursor, LONG_AGO))
            cursor = batches[-1].cursor
        assert [len(mail.raw) > 1000 for batch in batches for mail in batch.mails] == [bool(n) for n in sizes]
        assert max(sum(len(mail.raw) for mail in batch.mails) for batch in batches) <= (2 << 20) + 1000
        assert len(batches) <= 7
        assert len(batches[0].mails) > 18
        assert len(batches[-1].mails) > 18

    inside(server, scene)


def test_a_mail_that_somebody_deletes_leaves_no_gap(server: Imapd) -> None:
    server.deliver(letter("a"), letter("b"), letter("c"))

    async def scene(ours: Inbox) -> None:
        first = await ours.read("INBOX", None, LONG_AGO, most=1)
        await asyncio.to_thread(server.expunge, first.mails[0].uid + 1)
        rest, _ = await all_of(ours, first.cursor)
        assert [mail.raw for mail in rest] == [letter("c")]

    inside(server, scene)


def test_waiting_ends_with_the_mail_that_comes(server: Imapd) -> None:
    async def scene(ours: Inbox) -> None:
        _, cursor = await all_of(ours)
        begun = time.monotonic()
        waiting = asyncio.create_task(ours.wait(30))
        await asyncio.to_thread(server.deliver, letter("news"))
        await waiting
        # What comes between a reading and the waiting is not slept over either.
        await ours.wait(30)
        assert time.monotonic() - begun < 15
        assert [mail.raw for mail in (await all_of(ours, cursor))[0]] == [letter("news")]

    inside(server, scene)


def test_waiting_gives_way_to_another_call_and_to_a_stop(server: Imapd) -> None:
    server.deliver(letter("a"))

    async def scene(ours: Inbox) -> None:
        _, cursor = await all_of(ours)
        begun = time.monotonic()
        waiting = asyncio.create_task(ours.wait(30))
        await asyncio.sleep(0)
        await ours.folders()
        await waiting
        stopped = asyncio.create_task(ours.wait(30))
        await asyncio.sleep(0)
        stopped.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stopped
        assert await all_of(ours, cursor) == ([], cursor)  # over a new connection
        assert time.monotonic() - begun < 15

    inside(server, scene)


def test_a_copy_of_what_was_sent_is_filed_once(server: Imapd) -> None:
    server.make("Gesendet")
    ours_sent = b'Subject: Shelving\r\nMessage-ID:\r\n <7f3a."x"@northwind.example>\r\n\r\nHi Bob\r\n'

    async def scene(ours: Inbox) -> None:
        then = NOON + timedelta(hours=1)
        for _ in range(2):
            await ours.append_sent(letter("7f3a"), NOON)
            await ours.append_sent(ours_sent, then)
        folder = (await ours.folders())[Role.SENT]
        mails, _ = await all_of(ours, folder=folder)
        assert [(mail.raw, mail.at) for mail in mails] == [(letter("7f3a"), NOON), (ours_sent, then)]
        assert await asyncio.to_thread(server.flags, folder) == ["\\Seen", "\\Seen"]

    inside(server, scene)


def test_folders_are_found_by_their_mark_or_else_by_their_name() -> None:
    with running("embedded") as server:
        for name in (
            "Archive",
            "Archive/Sent",
            "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-",
            "Spamverdacht",
            "Sentinel",
        ):
            server.make(name)

        async def scene(ours: Inbox) -> None:
            found = {role: shown(name) for role, name in (await ours.folders()).items()}
            assert found == {Role.INBOX: "INBOX", Role.SENT: "Отправленные", Role.JUNK: "Spamverdacht"}

        inside(server, scene)


@pytest.mark.skipif(not DOVECOT, reason="no Dovecot 2.3 here")
def test_a_mark_wins_over_a_name_and_foreign_names_can_be_opened() -> None:
    with running("dovecot") as server:
        server.make("Sent")

        async def scene(ours: Inbox) -> None:
            found = await ours.folders()
            assert shown(found[Role.SENT]) == "Verschickte Grüße"
            assert shown(found[Role.JUNK]) == "Verdacht"
            await ours.append_sent(letter("x"), NOON)
            assert len((await all_of(ours, folder=found[Role.SENT]))[0]) == 1

        inside(server, scene)


def test_a_mailbox_without_a_sent_folder_says_so() -> None:
    with running("embedded") as server:

        async def scene(ours: Inbox) -> None:
            with pytest.raises(InboxError, match="no folder for sent mail") as missing:
                await ours.append_sent(letter("x"), NOON)
            assert "named Sent" in missing.value.hint
            with pytest.raises(InboxError, match="cannot open Отзывы"):
                await ours.read("&BB4EQgQ3BEsEMgRL-", None, NOON)
            assert (await ours.read("INBOX", None, NOON)).mails == ()

        inside(server, scene)


def test_a_wrong_password_needs_a_person_and_is_not_repeated(server: Imapd) -> None:
    async def scene() -> None:
        with pytest.raises(InboxError, match="login refused") as refused:
            async with inbox(server, "wrong-" + PASSWORD):
                pass
        assert refused.value.auth
        assert "mailbox auth ann@northwind.example" in refused.value.hint
        assert "wrong-" not in f"{refused.value} {refused.value.hint} {refused.value.__cause__!r}"

    asyncio.run(scene())
