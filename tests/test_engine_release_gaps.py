"""Letters that left after a backup where they were cancelled, not launched, or of a mailbox not yet there."""

import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach import workspace
from outreach.engine import undo
from outreach.model import EnrollmentStatus, Mailbox
from outreach.report.release import screen
from outreach.store import Store, suppressions
from outreach.store.tables import campaign, enrollment, event, mailbox, message, revision
from tests.imapd import Imapd
from tests.restoring import BOB, back_up, go_on, kept, left, nothing_more, reading, restored, scene, survey
from tests.smtpd import Misbehaving
from tests.worlds import MONDAY, World

ANN, ZOE = "ann@northwind.example", "zoe@northwind.example"
LAST = '[[step]]\nletter = "followup"\nafter = "3 business days"\n'
MIDDLE = '[[step]]\nletter = "other"\nafter = "1 business day"\n\n'


def forget_the_launch(world: World) -> None:
    """The store as it was before anything was launched: people, and no more."""

    def act(tx: sa.Connection) -> None:
        for table in (message, enrollment, revision, campaign, mailbox, event):
            tx.execute(sa.delete(table))

    world.store.write(act)


def changed(world: World, old: str, new: str) -> dict[str, str]:
    """The world's files with another sequence, and a letter more."""
    files = dict(world.files)
    assert old in files["campaigns/shops.toml"]
    files["campaigns/shops.toml"] = files["campaigns/shops.toml"].replace(old, new)
    files["templates/other.txt"] = files["templates/intro.txt"].replace("shelves.", "racks.")
    return files


def boxes(files: Mapping[str, str]) -> list[Mailbox]:
    """The mailboxes that a workspace names."""
    return list(workspace.parse(files).mailboxes.values())


@pytest.mark.parametrize("same_machine", [True, False])
def test_a_backup_from_before_the_first_launch(store_url: str, tmp_path: Path, same_machine: bool) -> None:
    """Who had a letter of that launch is found in Sent, and another launch writes to nobody again."""

    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        forget_the_launch(world)
        file = back_up(world, tmp_path)
        world.launch("shops")
        sent = await left(world, smtp, 6)
        world.now += timedelta(days=2)
        with restored(world, file, store_url, tmp_path, same_machine=same_machine):
            dry = await survey(world, named=boxes(world.files), change=False)
            assert (dry.found, dry.unknown, dry.unproved) == (0, 6, "")
            seen = await survey(world, named=boxes(world.files))
            assert (seen.missing, seen.unknown, len(seen.paused)) == (6 if same_machine else None, 6, 6)
            assert ("MISSING   6 letters left from here" in screen(seen, "UTC")) == same_machine
            go_on(world, seen)
            world.launch("shops")
            await nothing_more(world, smtp, sent, 3, 4)

    scene(tmp_path, play)


def test_letters_that_are_missing_are_told_also_where_nothing_waits(tmp_path: Path) -> None:
    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        forget_the_launch(world)
        file = back_up(world, tmp_path)
        world.launch("shops")
        await world.settle()
        with restored(world, file, f"sqlite:///{tmp_path / 'new.db'}", tmp_path, same_machine=True):
            seen = await survey(world, named=boxes(world.files))
            assert seen.waiting == 0
            assert seen.unproved == "6 letters left after the copy was made, the Sent folders show 0"

    scene(tmp_path, play)


@pytest.mark.parametrize("readable", [True, False])
def test_a_mailbox_that_was_added_after_the_backup(store_url: str, tmp_path: Path, readable: bool) -> None:
    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        world.import_({"late": ["eva@birch.example"]})
        await left(world, smtp, 6)
        file, old = back_up(world, tmp_path), world.files
        main = old["outreach.toml"]
        second = main[main.index("[[mailbox]]") :].replace(ANN, ZOE)
        late = old["campaigns/shops.toml"].replace("shops", "late").replace(ANN, ZOE)
        world.launch("late", {**old, "outreach.toml": main + second, "campaigns/late.toml": late})
        world.now += timedelta(minutes=5)
        await left(world, smtp, 7)
        unread = second.replace(f'imap = "{imap.url}"', 'answers = "manual"')
        named = boxes({**old, "outreach.toml": main + (second if readable else unread)})
        assert len(named) == 2
        with restored(world, file, store_url, tmp_path):
            seen = await survey(world, named=named)
            assert list(seen.blind) == ([] if readable else [ZOE])
            assert (ZOE in seen.unproved) is not readable
            assert (await survey(world, named=boxes(old))).unproved == ""

    scene(tmp_path, play)


def test_a_first_letter_that_was_cancelled_in_the_backup(store_url: str, tmp_path: Path) -> None:
    """Its successor waits there: who has had the one does not get the other unless a person wants it."""

    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        first = dict(world.files)
        world.launch("shops", changed(world, 'letter = "intro"', 'letter = "other"'))
        file = back_up(world, tmp_path)
        world.launch("shops", first)
        sent = await left(world, smtp, 6)
        with restored(world, file, store_url, tmp_path):
            assert (await survey(world, change=False)).found == 6
            seen = await survey(world)
            assert (seen.found, len(seen.paused), seen.unproved) == (6, 6, "")
            go_on(world, seen)
            await nothing_more(world, smtp, sent, 0, 1)
            assert world.statuses("intro") == {"sent": 6}
            world.launch("shops", first)  # what was launched when they left
            assert world.statuses("followup") == {"scheduled": 6}
            kept(world)

    scene(tmp_path, play)


def test_a_follow_up_that_was_cancelled_in_the_backup(store_url: str, tmp_path: Path) -> None:
    """The one that waits in its place gives way, and the sequence goes on behind the one that left."""

    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        first = dict(world.files)
        await left(world, smtp, 6)
        world.launch("shops", changed(world, LAST, MIDDLE + LAST))
        assert world.statuses("followup") == {"cancelled": 6}
        file = back_up(world, tmp_path)
        world.launch("shops", first)
        await reading(world, 3)
        sent = await left(world, smtp, 12)
        with restored(world, file, store_url, tmp_path):
            seen = await survey(world)
            assert (seen.found, seen.paused) == (6, [])
            assert world.statuses("followup") == {"sent": 6}
            assert world.statuses("other") == {"cancelled": 6}
            assert world.enrolled(BOB) == EnrollmentStatus.FINISHED
            go_on(world, seen)
            await nothing_more(world, smtp, sent, 4, 5)

    scene(tmp_path, play)


def test_who_opted_out_after_the_letter_is_no_missing_one(tmp_path: Path) -> None:
    """Same machine: the journal cancels it before Sent is read. It counts as sent, and they stay stopped."""

    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        file = back_up(world, tmp_path)
        await left(world, smtp, 6)
        now, key = world.now, world.store.key
        world.store.write(suppressions.add, key, [BOB], reason="opted out", at=now, actor="inbox")
        url = f"sqlite:///{tmp_path / 'new.db'}"
        with restored(world, file, url, tmp_path):
            world.store.close()
            shutil.copy(tmp_path / "first.db.suppressions", tmp_path / "new.db.suppressions")
            with Store(url, state=world.state) as world.store:
                assert world.store.relearn(now) == 1
                assert world.message(BOB).status == "cancelled"
                seen = await survey(world)
                assert (seen.missing, seen.found, seen.unproved) == (6, 6, "")
                assert world.statuses("intro") == {"sent": 6}
                assert world.enrolled(BOB) == EnrollmentStatus.STOPPED
                assert BOB not in {row.email for row in world.messages("followup")}
                kept(world)

    scene(tmp_path, play)


def test_a_launch_that_was_undone_in_the_backup_and_made_again(store_url: str, tmp_path: Path) -> None:
    """Whoever joins a third time has had the letter of the second."""

    async def play(world: World, smtp: Misbehaving, imap: Imapd) -> None:
        launch, _ = undo.ahead(world.store, "shops", world.now)
        undo.undo(world.store, "shops", launch, now=world.now, actor="ann")
        file = back_up(world, tmp_path)
        world.launch("shops")
        sent = await left(world, smtp, 6)
        with restored(world, file, store_url, tmp_path):
            seen = await survey(world, named=boxes(world.files))
            assert (seen.found, seen.unknown, len(seen.paused)) == (0, 6, 6)
            go_on(world, seen)
            world.now = MONDAY + timedelta(days=1)
            world.launch("shops")
            await nothing_more(world, smtp, sent, 1, 2)

    scene(tmp_path, play)
