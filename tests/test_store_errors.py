"""A database that cannot be used is named, with what to do."""

from pathlib import Path

import pytest

from outreach.errors import StoreError
from outreach.store import Store


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
