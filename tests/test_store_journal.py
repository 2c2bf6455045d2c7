"""The suppression journal: an older store learns from it who must not be written to, and it names nobody."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach.engine import upkeep
from outreach.model import EnrollmentStatus
from outreach.store import Store, suppressions
from outreach.store.journal import code, lasting
from outreach.store.tables import event, suppression
from tests.test_engine_restored import restored
from tests.worlds import World, people

LINE = b'{"store":"TAG","do":"add","kind":"%b","hash":"%b","reason":"","at":"%b"}'
BOB, EVA = "bob0@firm0.example", "bob1@firm1.example"


@pytest.fixture
def world(store_url: str, tmp_path: Path) -> World:
    return World(store_url, tmp_path, "smtp://127.0.0.1:1", {"shops": people(3)})


def suppress(world: World, *values: str, reason: str = "by hand") -> None:
    key, now = world.store.key, world.now
    world.store.write(lambda tx: suppressions.add(tx, key, values, reason=reason, at=now, actor="ann"))


def lift(world: World, value: str) -> None:
    key, now = world.store.key, world.now
    assert world.store.write(suppressions.lift, key, value, reason="a mistake", at=now, actor="ann")


def journal(world: World) -> Path:
    (file,) = (*world.state.glob("*.suppressions"), *world.state.parent.glob("*.db.suppressions"))
    return file


def reopen(world: World) -> None:
    world.store.close()
    world.store = Store(world.url, state=world.state)


def test_an_older_store_learns_again_who_is_suppressed(world: World, store_url: str, tmp_path: Path) -> None:
    """Also by a domain; their letters are cancelled when the hold is put on, not when somebody lifts it."""
    restore = restored(store_url, tmp_path, world)
    suppress(world, BOB, "firm1.example", "never.example")
    world.store.witness.accept(5)  # so many have left since
    restore()
    assert "older" in upkeep.guard(world.store, world.now)
    assert (world.enrolled(BOB), world.enrolled(EVA)) == (EnrollmentStatus.STOPPED,) * 2
    assert world.statuses() == {"cancelled": 2, "scheduled": 1}
    assert {row.value for row in world.rows(sa.select(suppression))} == {BOB, "firm1.example", ""}
    told = world.rows(sa.select(event.c.actor).where(event.c.kind == "suppressed"))
    assert [row.actor for row in told] == ["journal", "journal"]
    upkeep.guard(world.store, world.now)
    assert world.store.read(suppressions.count) == 3
    assert len(journal(world).read_bytes().splitlines()) == 3


@pytest.mark.parametrize("known", [True, False])
def test_their_own_word_outlives_an_older_store_that_has_a_weaker_reason(
    world: World, store_url: str, tmp_path: Path, known: bool
) -> None:
    suppress(world, BOB, reason="a customer")
    restore = restored(store_url, tmp_path, world)
    suppress(world, BOB, reason="opted out")
    suppress(world, BOB, reason="a customer again")
    if not known:  # a crash kept the line from the journal: the next opening completes it
        journal(world).write_bytes(b"".join(journal(world).read_bytes().splitlines(keepends=True)[:1]))
        reopen(world)
    world.store.witness.accept(5)
    restore()
    upkeep.guard(world.store, world.now)
    (found,) = world.rows(sa.select(suppression))
    assert (found.value, lasting(found.reason)) == (BOB, "opted out")
    assert world.store.journal.agrees(world.store.read(suppressions.marks))


def test_it_names_nobody_and_is_private(world: World) -> None:
    suppress(world, BOB, reason=f"bounced: 550 5.1.1 {BOB}: no such user")
    text = journal(world).read_text()
    assert "bob" not in text
    assert "firm0" not in text
    assert json.loads(text)["reason"] == "bounced"
    assert journal(world).stat().st_mode & 0o777 == 0o600


def test_what_a_crash_kept_from_it_is_completed_when_the_store_is_opened(world: World) -> None:
    suppress(world, BOB)
    before = journal(world).read_bytes()
    suppress(world, EVA)
    journal(world).write_bytes(before + b'{"store":"')  # cut off in the middle of the line
    reopen(world)
    assert {entry.hash for entry in world.store.journal.read().values()} == {
        row.hash for row in world.rows(sa.select(suppression))
    }
    journal(world).unlink()
    reopen(world)
    assert len(world.store.journal.read()) == 2


def test_what_was_rolled_back_is_not_in_it(world: World) -> None:
    def broken(tx: sa.Connection) -> None:
        suppressions.add(tx, world.store.key, [BOB], reason="", at=world.now, actor="ann")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        world.store.write(broken)
    suppress(world, EVA)
    assert len(world.store.journal.read()) == 1


def test_a_lifted_one_is_not_revived(world: World, store_url: str, tmp_path: Path) -> None:
    restore = restored(store_url, tmp_path, world)
    suppress(world, BOB)
    key, now = world.store.key, world.now
    lifted = [
        world.store.write(suppressions.lift, key, who, reason="a mistake", at=now, actor="ann")
        for who in (BOB, EVA)
    ]
    assert lifted == [True, False]
    world.store.witness.accept(5)
    restore()
    upkeep.guard(world.store, world.now)
    assert world.enrolled(BOB) == EnrollmentStatus.ACTIVE
    assert world.store.read(suppressions.count) == 0


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\x00garbage",
        b"[1, 2]",
        b'{"do": "add"}',
        b"[" * 5000,
        LINE % (b"address", b"x' OR 1", b"2026-11-23T10:00:00+00:00"),
        LINE % (b"address", b"0" * 32, b"now"),
        LINE % (b"address", b"0" * 32, b"2026-11-23T10:00:00"),
        LINE % (b"\\ud800", b"0" * 32, b"2026-11-23T10:00:00+00:00"),
    ],
)
def test_a_damaged_line_is_told_and_the_others_count(world: World, line: bytes) -> None:
    suppress(world, BOB)
    text = journal(world).read_bytes()
    tag = json.loads(text)["store"].encode()
    journal(world).write_bytes(line.replace(b"TAG", tag) + b"\n" + text)
    assert len(world.store.journal.read()) == 1
    assert "1 line cannot be read" in world.store.journal.trouble


def test_lines_of_another_store_do_not_count(world: World, tmp_path: Path) -> None:
    suppress(world, BOB)
    with World(
        f"sqlite:///{tmp_path / 'other.db'}", tmp_path, "smtp://127.0.0.1:1", {"x": people(1)}
    ) as other:
        shutil.copy(journal(world), tmp_path / "other.db.suppressions")
        other.store.close()
        other.store = Store(other.url, state=other.state)
        assert other.store.journal.read() == {}
        assert other.store.relearn(other.now) == 0


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_journal_that_cannot_be_written_keeps_nobody_from_suppressing(world: World, tmp_path: Path) -> None:
    (tmp_path / "outreach.db.suppressions").mkdir()
    suppress(world, BOB)
    assert world.store.read(suppressions.count) == 1
    assert "cannot be written" in world.store.journal.trouble
    (tmp_path / "outreach.db.suppressions").rmdir()
    reopen(world)
    assert len(world.store.journal.read()) == 1


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        ("bounced: 550 bob", "bounced"),
        ("opted out", "opted out"),
        ("erased", "erased"),
        ("Bob asked", "by hand"),
    ],
)
def test_a_reason_is_kept_without_its_words(reason: str, kept: str) -> None:
    assert code(reason) == kept


def test_an_opening_does_not_read_it_whole(world: World) -> None:
    """A hundred thousand suppressions must not be felt by every command."""
    entries = world.store.read(suppressions.entries)
    assert entries == []
    suppress(world, *(f"a{number}@acme.example" for number in range(300)))
    known = world.store.read(suppressions.marks)
    assert len(known) == 300
    assert known == {entry.hash for entry in world.store.read(suppressions.entries)}
    assert world.store.journal.agrees(known)
    assert not world.store.journal.agrees({*known, "0" * 32})
    assert world.store.relearn(world.now + timedelta(days=1)) == 0


def test_as_many_suppressions_are_not_the_same_ones(world: World, store_url: str, tmp_path: Path) -> None:
    """After the backup one was lifted and another one added."""
    suppress(world, "tom@cedar.example")
    restore = restored(store_url, tmp_path, world)
    world.now += timedelta(hours=1)
    lift(world, "tom@cedar.example")
    suppress(world, BOB, reason="opted out")
    restore()
    assert world.store.relearn(world.now) == 1
    assert world.enrolled(BOB) == EnrollmentStatus.STOPPED
    assert world.message(BOB).status == "cancelled"


def test_a_line_that_is_cut_off_behind_its_head_is_completed(world: World) -> None:
    suppress(world, BOB)
    journal(world).write_bytes(journal(world).read_bytes()[:-30])
    reopen(world)
    assert len(world.store.journal.read()) == 1


def test_a_line_that_is_there_twice_does_not_hide_that_another_is_not(world: World) -> None:
    """Another process opened the store between a commit and its line, and has completed the journal."""
    suppress(world, BOB)
    before = journal(world).read_bytes() * 2
    suppress(world, EVA)
    journal(world).write_bytes(before)  # killed before the second line
    reopen(world)
    assert len(world.store.journal.read()) == 2


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_each_machine_brings_back_what_was_suppressed_from_it(
    world: World, store_url: str, tmp_path: Path
) -> None:
    """The server restores and goes on; the laptop knows of an opt-out that it does not."""
    restore = restored(store_url, tmp_path, world)
    server, world.store = world.store, Store(store_url, state=tmp_path / "laptop")
    suppress(world, BOB, reason="opted out")
    world.store.close()
    world.store = server
    restore()
    assert world.store.relearn(world.now) == 0
    assert world.enrolled(BOB) == EnrollmentStatus.ACTIVE
    with Store(store_url, state=tmp_path / "laptop") as laptop:
        assert laptop.learned == 1
    assert world.enrolled(BOB) == EnrollmentStatus.STOPPED
    assert world.message(BOB).status == "cancelled"


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_what_was_lifted_from_another_machine_is_not_suppressed_again(
    world: World, store_url: str, tmp_path: Path
) -> None:
    suppress(world, BOB, EVA)
    world.now += timedelta(hours=1)
    with Store(store_url, state=tmp_path / "laptop") as world.store:  # its journal has both of them now
        lift(world, BOB)
    reopen(world)
    assert (world.store.learned, world.store.read(suppressions.count)) == (0, 1)
    assert len(world.store.journal.read()) == 1
    world.now += timedelta(hours=1)
    with Store(store_url, state=tmp_path / "laptop") as world.store:
        suppress(world, BOB)  # a lifting counts for what was known before it
        world.store.write(lambda tx: tx.execute(sa.delete(suppression)))
    with Store(store_url, state=tmp_path / "laptop") as laptop:
        assert laptop.learned == 2
