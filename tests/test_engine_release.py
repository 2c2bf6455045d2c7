"""At most once across a restore: what left after the backup is found in the Sent folder and never leaves again."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach.model import EnrollmentStatus, MessageStatus, Scope
from outreach.report.release import Survey, screen, would
from outreach.store import settings, stops
from outreach.store.tables import event, message, usage
from tests.imapd import Imapd
from tests.incoming import mail
from tests.restoring import BOB, back_up, go_on, kept, left, nothing_more, reading, restored, scene, survey
from tests.smtpd import Misbehaving
from tests.test_engine_inboxes import inboxes
from tests.worlds import Interrupted, World, message_ids


def test_nobody_gets_a_letter_twice(store_url: str, tmp_path: Path) -> None:
    """First letters and follow-ups that left after the backup are both recognized; the sequence goes on."""

    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        await world.engine().round(2)
        file = back_up(world, tmp_path)
        await world.settle()
        await reading(world, 0, 3)
        sent = message_ids(smtp)
        assert len(sent) == 12
        with restored(world, file, store_url, tmp_path):
            (held,) = await world.settle()
            assert "restored from monday.backup of 2026-11-23 10:00 UTC" in held.held
            waiting = {"sent": 2, "scheduled": 6}  # of the two, the follow-ups
            assert world.statuses() == waiting
            assert (await survey(world, change=False)).found == 6
            assert world.statuses() == waiting
            seen = await survey(world)
            assert (seen.found, seen.unproved, seen.blind) == (10, "", {})
            assert len(smtp.received) == 12
            go_on(world, seen)
            await nothing_more(world, smtp, sent, 4, 7)
            assert world.statuses() == {"sent": 12}
            assert world.store.complaint() == ""

    scene(tmp_path, play)


def test_the_next_step_counts_from_when_the_letter_left(store_url: str, tmp_path: Path) -> None:
    """And what was counted in the store that is gone counts for the caps of that day."""

    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        file = back_up(world, tmp_path)
        await left(world, smtp, 6)
        monday, world.now = world.now, world.now + timedelta(hours=20)
        with restored(world, file, store_url, tmp_path):
            seen = await survey(world)
            assert {row.sent_at for row in world.messages("intro")} == {monday}
            counted = world.rows(sa.select(usage).where(usage.c.scope == "mailbox"))
            assert [(row.day, row.letters) for row in counted] == [(monday.date(), 6)]
            # Left on Monday, three business days later is Thursday; from the restore on Tuesday it were Friday.
            thursday = (monday + timedelta(days=3)).date()
            assert {row.due_at.date() for row in world.messages("followup")} == {thursday}
            assert seen.first[0].at.date() == thursday
            kept(world)

    scene(tmp_path, play)


def test_what_a_running_sender_read_while_the_store_was_held_is_found_all_the_same(tmp_path: Path) -> None:
    """Its cursor has passed the follow-ups before the letters before them counted as sent."""

    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        file = back_up(world, tmp_path)
        await reading(world, 0, 3)
        sent = message_ids(smtp)
        assert len(sent) == 12
        with restored(world, file, f"sqlite:///{tmp_path / 'new.db'}", tmp_path):
            assert [news.trouble for news in await inboxes(world).read()] == [""]
            assert world.statuses() == {"sent": 6}
            assert (await world.engine().round()).held
            seen = await survey(world)
            assert world.statuses() == {"sent": 12}
            go_on(world, seen)
            await nothing_more(world, smtp, sent, 4, 7)

    scene(tmp_path, play)


def test_without_a_sent_folder_it_is_said_that_letters_may_leave_twice(
    store_url: str, tmp_path: Path
) -> None:
    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        await world.engine().round(2)
        file = back_up(world, tmp_path)
        await world.settle()
        with restored(world, file, store_url, tmp_path):
            seen = await survey(world)
            assert list(seen.blind) == ["ann@northwind.example"]
            assert "nobody can see what ann@northwind.example sent" in seen.unproved
            assert [each.letters for each in seen.due] == [4]

    scene(tmp_path, play, reads=False)


def test_a_letter_of_which_no_copy_was_filed_is_missed_where_the_letters_were_counted(tmp_path: Path) -> None:
    """On the same machine the witness knows how many left: Sent shows fewer."""

    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        file = back_up(world, tmp_path)
        await world.engine().round(4)
        await inboxes(world).read()
        await world.settle()
        with restored(world, file, f"sqlite:///{tmp_path / 'new.db'}", tmp_path, same_machine=True):
            seen = await survey(world)
            assert (seen.missing, seen.found) == (6, 4)
            assert seen.unproved == "6 letters left after the copy was made, the Sent folders show 4"

    scene(tmp_path, play)


def test_a_letter_that_was_leaving_when_the_backup_was_made_is_uncertain(tmp_path: Path) -> None:
    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        files = []
        line = Interrupted.at("before the body", lambda: files.append(back_up(world, tmp_path)))
        await world.engine(line).round(1)
        with restored(world, files[0], f"sqlite:///{tmp_path / 'new.db'}", tmp_path):
            assert world.statuses()[MessageStatus.UNCERTAIN] == 1
            assert world.statuses()[MessageStatus.CLAIMED] == 0
            kept(world)

    scene(tmp_path, play)


def test_who_was_launched_after_the_backup_is_not_written_to_again(tmp_path: Path) -> None:
    """The restored store knows them, but not that they had a letter: they are paused before a new launch."""

    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        world.import_({"late": ["eva@birch.example"]})
        file = back_up(world, tmp_path)
        late = world.files["campaigns/shops.toml"].replace("shops", "late")
        files = {**world.files, "campaigns/late.toml": late}
        world.launch("late", files)
        sent = await left(world, smtp, 7)
        with restored(world, file, f"sqlite:///{tmp_path / 'new.db'}", tmp_path):
            seen = await survey(world)
            assert (seen.paused, seen.strangers) == (["eva@birch.example"], [])
            go_on(world, seen)
            world.launch("late", files)
            await nothing_more(world, smtp, sent, 0, 1)

    scene(tmp_path, play)


def test_an_answer_that_came_meanwhile_stops_before_anything_leaves(tmp_path: Path) -> None:
    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        file = back_up(world, tmp_path)
        await left(world, smtp, 6)
        imap.deliver(mail("Yes.", sender=BOB, to=world.message(BOB).message_id), at=world.now)
        with restored(world, file, f"sqlite:///{tmp_path / 'new.db'}", tmp_path):
            seen = await survey(world)
            assert seen.news == ["ann@northwind.example: 1 reply"]
            assert world.enrolled(BOB) == EnrollmentStatus.REPLIED
            assert world.message(BOB).status == MessageStatus.SENT

    scene(tmp_path, play)


def test_a_letter_shown_to_a_colleague_has_not_reached_its_reader(tmp_path: Path) -> None:
    """A copy in Sent with the letter's own Message-ID, but to somebody else."""

    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        await world.engine().round(1)
        raw = smtp.received[0].data.replace(b"bob0@firm0.example", b"max@northwind.example")
        one, other = (row.message_id.encode() for row in world.messages("intro")[:2])
        imap.deliver(raw.replace(one, other), folder="Sent", at=world.now)
        await inboxes(world).read()
        assert world.statuses("intro") == {"sent": 1, "scheduled": 5}

    scene(tmp_path, play)


def test_a_release_undoes_the_programs_pause_and_leaves_a_persons(tmp_path: Path) -> None:
    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        world.store.write(stops.add_pause, Scope.ALL, "", reason="fair week", actor="ann", at=world.now)
        file = back_up(world, tmp_path)
        with restored(world, file, f"sqlite:///{tmp_path / 'new.db'}", tmp_path):
            assert "restored" in world.store.complaint()
            go_on(world, await survey(world))
            assert world.store.complaint() == ""
            assert [each["reason"] for each in world.store.read(stops.pauses, world.now)] == ["fair week"]
            done = world.rows(sa.select(event.c.actor).where(event.c.kind == "released"))
            assert [row.actor for row in done] == ["ann"]

    scene(tmp_path, play)


@pytest.mark.parametrize("same_machine", [True, False])
def test_a_resumed_pause_alone_lets_nothing_go(tmp_path: Path, same_machine: bool) -> None:
    """Somebody deletes the pause by hand: the store still knows that it was restored, also after a sender ran.

    Even on the machine that has sent all of it, where the witness misses nothing.
    """

    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        await world.engine().round(1)
        file, url = back_up(world, tmp_path), f"sqlite:///{tmp_path / 'new.db'}"
        with restored(world, file, url, tmp_path, same_machine=same_machine):
            for _ in range(2):
                assert world.store.write(stops.resume, Scope.ALL, "", actor="me", at=world.now) == 1
                worker = world.engine()
                assert (await worker.round()).held
                worker.leave()
            assert len(smtp.received) == 1

    scene(tmp_path, play)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_team_goes_on_in_postgresql(store_url: str, tmp_path: Path) -> None:
    """Rows get new numbers behind those that came over."""

    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        await world.engine().round(3)
        await inboxes(world).read()
        file = back_up(world, tmp_path)
        with restored(world, file, store_url, tmp_path) as before:
            assert (world.store.id, world.store.key) == (before.id, before.key)
            go_on(world, await survey(world))
            world.import_({"shops": ["eva@birch.example"]})
            world.launch("shops")
            await reading(world, 0, 3)
            assert len(set(message_ids(smtp))) == len(smtp.received) == 14
            assert world.rows(sa.select(sa.func.count(message.c.id)))[0][0] == 14
            assert world.store.read(settings.house).marks == 14
            kept(world)

    scene(tmp_path, play)


def test_a_dry_run_says_of_what_is_missing_that_it_is_in_sent() -> None:
    """A follow-up is known only once the letter before it counts as sent."""
    seen = Survey("restored", True, (), 0, missing=1, unknown=1)
    told = " ".join(screen(seen, "UTC", dry_run=True).split())
    assert "MISSING 1 letter left from here that this store had not sent: it is in Sent" in told
    assert "IN SENT 1 letter more that this store does not know yet" in told
    assert would(seen) == "NEXT      outreach release"
    some = Survey("restored", True, (), 0, missing=3, found=1)
    assert "had not sent: 1 of them in Sent" in " ".join(screen(some, "UTC").split())
    assert would(some) == "NEXT      outreach release --without-inbox"
