"""A database that cannot be used is named, with what to do."""

import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from outreach.errors import StoreError
from outreach.store import Store, memo
from outreach.store.connect import remedy


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Store(f"sqlite:///{tmp_path}/nowhere/outreach.db", state=tmp_path)
    assert f"{tmp_path}/nowhere/outreach.db: unable to open database file" in caught.value.message
    assert "does its folder exist" in caught.value.hint


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "outreach.db").write_text("email,first_name\n" * 100, encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        Store(f"sqlite:///{tmp_path}/outreach.db", state=tmp_path)
    assert "file is not a database" in caught.value.message
    assert "that file is no store" in caught.value.hint


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Store("postgresql+psycopg://ann:hush@127.0.0.1:1/outreach", state=tmp_path)
    assert "outreach on 127.0.0.1: connection failed" in caught.value.message
    assert "is the database server running" in caught.value.hint
    assert "hush" not in str(caught.value)


def test_a_new_store_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with Store(f"sqlite:///{tmp_path}/outreach.db", state=tmp_path) as store:
            store.write(memo.put, "x", "y")
            files = sorted(tmp_path.glob("outreach.db*"))
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in files}
    finally:
        os.umask(before)
    assert {modes[name] for name in ("outreach.db", "outreach.db-wal", "outreach.db-shm")} == {0o600}


def test_a_store_that_is_there_keeps_the_mode_that_its_owner_gave_it(tmp_path: Path) -> None:
    file = tmp_path / "outreach.db"
    Store(f"sqlite:///{file}", state=tmp_path).close()
    file.chmod(0o660)
    Store(f"sqlite:///{file}", state=tmp_path).close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o660


def test_a_full_disk_is_named_and_nothing_is_lost(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path}/outreach.db", state=tmp_path) as store:
        store.write(memo.put, "x", "y")

        def too_much(tx: sa.Connection) -> None:
            pages = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
            tx.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            memo.put(tx, "z", "z" * 1_000_000)

        with pytest.raises(StoreError) as caught:
            store.write(too_much)
        assert "make room" in caught.value.hint
        assert store.read(memo.get, "x") == "y"


@pytest.mark.parametrize("cause", ["unable to open database file", "disk I/O error"])
@pytest.mark.parametrize(
    ("flag", "free", "words"), [(os.ST_RDONLY, 10**9, "can only be read"), (0, 0, "is full")]
)
def test_a_disk_that_is_full_or_can_only_be_read_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cause: str, flag: int, free: int, words: str
) -> None:
    disk = SimpleNamespace(f_flag=flag, f_bavail=free, f_frsize=1)
    monkeypatch.setattr(os, "statvfs", lambda path: disk)
    assert words in remedy(cause, str(tmp_path / "outreach.db"))
