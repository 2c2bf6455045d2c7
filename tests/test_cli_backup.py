"""`outreach backup`, `restore`, `release`: as users call them, and with every file that is no backup."""

import gzip
import json
import os
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach.model import Scope
from outreach.store import Store, backup, restore, stops
from outreach.store.tables import SCHEMA, event, memo, metadata
from tests.cli import Shell
from tests.launched import files, launch
from tests.posting import mark, post, take, worker
from tests.test_engine_restored import rows
from tests.worlds import World, people

BOB, EVA = "bob@acme.example", "eva@birch.example"


@pytest.fixture
def shop(shell: Shell) -> Shell:
    """Bob and Eva are launched, their first letters are due; nobody sends yet."""
    launch(shell, files("smtp://127.0.0.1:1", "sqlite:///outreach.db"), BOB, EVA)
    shell.now += timedelta(hours=2)
    return shell


def refused(shell: Shell, *args: str) -> str:
    code, out, err = shell.run(*args)
    assert (code, out) == (1, ""), (code, out, err)
    assert "Traceback" not in err
    return err


def fits(shell: Shell, told: str) -> None:
    """A screen of 80 columns, but for the paths of this test's own folder."""
    lines = told.replace(f"{shell.folder}/", "").splitlines()
    assert max(map(len, lines)) <= 80, told


def send(shell: Shell) -> int:
    """Send what is due by the hour, until the evening."""
    with shell.app().store as store:
        return sum(post(store, shell.now + timedelta(minutes=20 * number)) for number in range(6))


def test_a_backup_is_everything_and_private(store_url: str, tmp_path: Path) -> None:
    """On both databases: every row of every table, with the key, in one checked file of SQLite."""
    with World(store_url, tmp_path, "smtp://127.0.0.1:1", {"shops": people(30)}) as world:
        file = tmp_path / "a.backup"
        before = rows(world.store)
        done = backup.write(world.store, file, now=world.now, actor="ann")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [each.name for each in tmp_path.iterdir() if ".new" in each.name] == []
        with restore.staged(file) as copy, restore.changing(copy.file) as tx:
            there = {name: tx.execute(sa.select(table)) for name, table in metadata.tables.items()}
            found = {name: [dict(row) for row in there[name].mappings()] for name in there}
            about = json.loads(found["memo"].pop()["value"])
        assert found == before
        assert about["store"] == world.store.id == done.store
        assert about["schema"] == SCHEMA
        assert {name: len(each) for name, each in before.items()} == dict(done.rows)
        assert world.rows(sa.select(event.c.actor).where(event.c.kind == "backed_up"))[0].actor == "ann"


def test_a_backup_while_a_sender_writes_is_the_store_of_one_moment(shop: Shell) -> None:
    """Another connection is in the middle of a write: it is waited for by nobody and not in the copy."""
    with (
        shop.app().store as store,
        closing(sqlite3.connect(shop.folder / "outreach.db", isolation_level=None)) as other,
        pytest.MonkeyPatch.context() as patched,
    ):
        patched.setattr(store, "write", lambda act: None)  # its event would wait for the other one
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE message SET status = 'claimed'")
        backup.write(store, shop.folder / "a.backup", now=shop.now, actor="ann")
    with closing(sqlite3.connect(shop.folder / "a.backup")) as copy:
        assert copy.execute("SELECT DISTINCT status FROM message").fetchall() == [("scheduled",)]


def test_a_file_that_is_there_is_replaced_only_on_purpose(shop: Shell) -> None:
    (shop.folder / "a.backup").write_text("precious")
    assert "a.backup exists. Replace it?" in refused(shop, "backup", "a.backup")
    assert (shop.folder / "a.backup").read_text() == "precious"
    told = shop.ok("backup", "a.backup", "--yes")
    assert "2 prospects, 1 campaign, 2 letters" in told
    assert "NOT IN IT outreach.toml, campaigns, letters, prospect files" in told
    fits(shop, told)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("outreach.db", "is the store itself"),
        ("nowhere/a.backup", "cannot be written"),
        ("campaigns", "is a folder"),
    ],
)
def test_where_no_backup_can_be_written(shop: Shell, name: str, words: str) -> None:
    assert words in refused(shop, "backup", name, "--yes")
    assert shop.ok("audit")


def test_a_backup_that_fails_leaves_the_old_one(shop: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.ok("backup", "a.backup")
    before = (shop.folder / "a.backup").read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "No space left on device" in refused(shop, "backup", "a.backup", "--yes")
    assert (shop.folder / "a.backup").read_bytes() == before
    assert not list(shop.folder.glob("*.new"))
    assert not list(shop.folder.glob(".*.new"))


def test_without_a_store_there_is_nothing_to_back_up(shell: Shell) -> None:
    shell.fill()
    assert "there is no store yet" in refused(shell, "backup", "a.backup")
    assert not (shell.folder / "outreach.db").exists()


def test_a_store_is_moved_aside_and_the_backup_is_held(shop: Shell) -> None:
    shop.ok("backup", "a.backup")
    assert send(shop) == 2
    shop.now += timedelta(days=1)
    assert "outreach.db is a store with 2 prospects and 1 launched campaign" in refused(
        shop, "restore", "a.backup"
    )
    dry = shop.json("restore", "a.backup", "--dry-run")
    assert (dry["dry_run"], dry["backup"]["rows"]["message"]) == (True, 2)
    told = shop.ok("restore", "a.backup", "--yes")
    assert "made Mon 23 Nov 10:00, 24 h ago" in told
    fits(shop, told)
    assert told.rstrip().endswith("NEXT      outreach release")
    (aside,) = shop.folder.glob("outreach.db.before-restore-*")
    with Store(f"sqlite:///{aside}", state=shop.folder / "state") as old:
        assert {row["status"] for row in rows(old)["message"]} >= {"sent"}
    assert "restored from a.backup" in shop.ok("status")
    assert send(shop) == 0


def test_the_hold_is_lifted_by_a_release_that_says_what_it_does_not_know(shop: Shell) -> None:
    shop.ok("backup", "a.backup")
    send(shop)
    shop.now += timedelta(days=1)
    shop.ok("restore", "a.backup", "--yes")
    told = shop.ok("release", "--dry-run")
    assert "DUE       2 letters are overdue, the oldest since Mon 23 Nov 08:00" in told
    assert "BLIND     ann@northwind.example: its folders are not read" in told
    assert "intro to bob@acme.example" in told
    fits(shop, told)
    assert "not released" in refused(shop, "release", "--yes")
    assert "Let it go on?" in refused(shop, "release", "--without-inbox")
    assert send(shop) == 0
    done = shop.json("release", "--without-inbox", "--yes")
    assert (done["released"], done["missing"], done["found"]) == (True, 2, 0)
    assert "2 letters wait" not in shop.ok("release")
    assert "NOTHING" in shop.ok("release")
    assert send(shop) == 2
    shop.ok("audit")


def test_a_mailbox_that_only_the_workspace_names_is_looked_into_too(shop: Shell) -> None:
    """It may have been launched, and have sent, after the backup."""
    shop.ok("backup", "a.backup")
    send(shop)
    with (shop.folder / "outreach.toml").open("a") as file:
        file.write(
            '\n[[mailbox]]\naddress = "bob@northwind.example"\nname = "Bob"\nsmtp = "smtp://mx.example:25"\n'
        )
        file.write('answers = "manual"\nown_relay = true\n')
    shop.ok("restore", "a.backup", "--yes")
    told = shop.ok("release", "--dry-run")
    assert "MISSING   2 letters left from here that this store had not sent" in told
    assert "BLIND     bob@northwind.example: its folders are not read" in told
    fits(shop, told)
    assert "bob@northwind.example" in refused(shop, "release", "--yes")


def test_a_restored_store_goes_on_by_a_release_alone(shop: Shell) -> None:
    shop.ok("backup", "a.backup")
    shop.ok("restore", "a.backup", "--yes")
    assert "outreach release" in refused(shop, "resume", "--all", "--yes")
    assert send(shop) == 0


def test_after_days_away_a_release_asks_for_no_proof(shop: Shell) -> None:
    """Nothing can have left without this store."""
    with shop.app().store as store:
        worker(store, shop.now)
        reason = "nothing was sent for 8 days while letters were due"
        store.write(stops.add_pause, Scope.ALL, "", reason=reason, actor="sender", at=shop.now)
    assert "HELD      nothing was sent for 8 days" in shop.ok("release", "--yes")
    assert send(shop) == 2


def test_a_running_sender_is_not_pulled_away_from_under_itself(shop: Shell) -> None:
    shop.ok("backup", "a.backup")
    with shop.app().store as store:
        worker(store, shop.now)
    assert "a sender is running on that store, on srv1" in refused(shop, "restore", "a.backup", "--yes")
    assert not list(shop.folder.glob("outreach.db.before-*"))


@pytest.mark.parametrize("leaving", [False, True])
def test_what_was_claimed_waits_and_what_was_leaving_is_uncertain(shop: Shell, leaving: bool) -> None:
    with shop.app().store as store:
        (one,) = take(store, shop.now, by=worker(store, shop.now))
        if leaving:
            mark(store, one, shop.now)
    shop.ok("backup", "a.backup")
    shop.now += timedelta(hours=1)
    done = shop.json("restore", "a.backup", "--yes")
    assert (done["back"], done["uncertain"]) == (int(not leaving), int(leaving))
    assert ("bob@acme.example" in shop.ok("uncertain", "list")) == leaving
    shop.ok("audit")


def test_a_store_that_cannot_be_read_is_moved_aside_too(shop: Shell) -> None:
    shop.ok("backup", "a.backup")
    (shop.folder / "outreach.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4000)
    assert "cannot be read" in refused(shop, "restore", "a.backup")
    assert "2 letters" in shop.ok("restore", "a.backup", "--yes")
    shop.ok("audit")


def test_a_stores_own_file_with_its_log_is_taken_too(shop: Shell) -> None:
    """Copied by hand while a sender ran: what is not yet in the file is in the log beside it."""
    with shop.app().store as store:
        store.write(stops.add_pause, Scope.CAMPAIGN, "shops", reason="late", actor="ann", at=shop.now)
        for suffix in ("", "-wal"):
            (shop.folder / f"copy.db{suffix}").write_bytes(
                (shop.folder / f"outreach.db{suffix}").read_bytes()
            )
    done = shop.json("restore", "copy.db", "--yes")
    assert (done["backup"]["plain"], done["backup"]["rows"]["pause"]) == (True, 1)
    assert (shop.folder / "copy.db-wal").exists()
    assert "a store's own file, last written to Mon 23 Nov 10:00" in shop.ok("restore", "copy.db", "--yes")


def test_suppressions_from_after_the_backup_come_from_the_journal(shop: Shell) -> None:
    shop.ok("backup", "a.backup")
    shop.ok("suppress", "add", BOB)
    assert shop.json("restore", "a.backup", "--yes")["relearned"] == 1
    shop.ok("release", "--without-inbox", "--yes")
    assert [each["value"] for each in shop.json("suppress", "list")["suppressions"]] == [BOB]
    assert send(shop) == 1


def broken_files(shop: Shell) -> dict[str, bytes]:
    """Name -> what it holds: files that people take for backups."""
    whole = (shop.folder / "a.backup").read_bytes()
    other = shop.folder / "other.db"
    with closing(sqlite3.connect(other)) as made:
        made.execute("CREATE TABLE house (id, key, schema)")
    newer = shop.folder / "newer.db"
    newer.write_bytes(whole)
    with closing(sqlite3.connect(newer)) as made:
        made.execute(f"UPDATE house SET schema = {SCHEMA + 1}")
        made.commit()
    return {
        "empty": b"",
        "text": b"email,name\nbob@acme.example,Bob\n",
        "packed": gzip.compress(whole),
        "cut off": whole[: len(whole) // 2],
        "head only": whole[:100],
        "overwritten": whole[:8192] + b"\xaa" * 20000 + whole[28192:],
        "another database": other.read_bytes(),
        "newer": newer.read_bytes(),
    }


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("empty", "is no backup"),
        ("text", "is no backup"),
        ("packed", "gunzip it first"),
        ("cut off", "is damaged"),
        ("head only", "is damaged"),
        ("overwritten", "is damaged"),
        ("another database", "no store of outreach"),
        ("newer", "newer version"),
    ],
)
def test_what_is_no_backup_is_refused_and_the_store_stays(shop: Shell, name: str, words: str) -> None:
    shop.ok("backup", "a.backup")
    before = (shop.folder / "outreach.db").read_bytes()
    (shop.folder / "bad").write_bytes(broken_files(shop)[name])
    assert words in refused(shop, "restore", "bad", "--yes")
    assert (shop.folder / "outreach.db").read_bytes() == before
    assert not list(shop.folder.glob("outreach.db.before-*"))
    assert not list(shop.folder.glob(".outreach-restore-*"))


def test_a_missing_file_is_told(shop: Shell) -> None:
    assert "cannot be read" in refused(shop, "restore", "nowhere.backup", "--yes")


def test_a_description_that_lies_does_no_harm(shop: Shell) -> None:
    shop.ok("backup", "a.backup")
    with closing(sqlite3.connect(shop.folder / "a.backup")) as made:
        made.execute("UPDATE memo SET value = ?", ('{"made": "never", "program": [' * 500,))
        made.commit()
    assert shop.json("restore", "a.backup", "--yes")["backup"]["plain"]


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_one_person_becomes_a_team(shop: Shell, store_url: str) -> None:
    """From SQLite to PostgreSQL with the commands alone; a database that holds a store is left as it is."""
    shop.ok("backup", "a.backup")
    for name, text in files("smtp://127.0.0.1:1", store_url).items():
        shop.write(name, text)
    assert "2 letters" in shop.ok("restore", "a.backup", "--dry-run")
    assert "restored from a.backup" in shop.ok("restore", "a.backup", "--yes") + shop.ok("status")
    assert "holds a store already, and is left as it is" in refused(shop, "restore", "a.backup", "--yes")
    shop.ok("release", "--without-inbox", "--yes")
    assert send(shop) == 2
    shop.ok("audit")
    assert shop.json("backup", "b.backup")["rows"]["delivery"] == 2
    with shop.app().store as store:
        kept = store.read(lambda tx: set(tx.execute(sa.select(memo.c.name)).scalars()))
        assert not kept & {backup.MEMO, restore.RESTORE}


def test_what_is_restored_and_what_is_put_aside_are_private(shop: Shell) -> None:
    shop.ok("backup", "a.backup")
    (shop.folder / "outreach.db").chmod(0o644)
    before = os.umask(0o022)
    try:
        shop.ok("restore", "a.backup", "--yes")
    finally:
        os.umask(before)
    stores = [shop.folder / "outreach.db", *shop.folder.glob("outreach.db.before-restore-*")]
    assert len(stores) == 2
    assert [stat.S_IMODE(each.stat().st_mode) for each in stores] == [0o600, 0o600]


def test_a_mailbox_that_may_never_have_written_has_a_way_out_of_its_own(shop: Shell) -> None:
    with (shop.folder / "outreach.toml").open("a") as file:
        file.write('\n[[mailbox]]\naddress = "max@blocks.example"\nname = "Max"\n')
        file.write(
            'smtp = "smtps://max@smtp.blocks.example:465"\nimap = "imaps://max@imap.blocks.example:993"\n'
        )
    shop.ok("backup", "a.backup")
    shop.ok("restore", "a.backup", "--yes")
    told = shop.ok("release", "--dry-run")
    fits(shop, told)
    assert told.endswith("NEXT      outreach mailbox test max@blocks.example\n          outreach release\n")
    err = refused(shop, "release", "--yes")
    assert "nobody can see what ann@northwind.example, max@blocks.example sent" in err
    assert "if nothing was ever sent from max@blocks.example, take its [[mailbox]] out" in err
    assert "for all mailboxes: --without-inbox" in err
    assert shop.json("release", "--dry-run")["unlaunched"] == ["max@blocks.example"]
