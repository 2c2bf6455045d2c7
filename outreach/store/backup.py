"""A backup: one SQLite file with everything of a store, whatever database that is in, made while it is in use."""

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import sqlalchemy as sa

from outreach.errors import StoreError
from outreach.report.backup import Backup
from outreach.store import Store, events, translated
from outreach.store.tables import SCHEMA, house, memo, metadata

MEMO = "backup"  # the row of `memo` that says what a file is, and of when
_BATCH = 1000  # rows


def write(store: Store, file: Path, *, now: datetime, actor: str) -> Backup:
    """Writes a backup, whole or not at all, and checks it; a file that is there is replaced.

    Senders go on meanwhile: it is the store of one moment. It holds the store's key, so only its owner may read
    it. StoreError where it cannot be written, or is not what the store holds.
    """
    if store.engine.dialect.name == "sqlite" and _same(file, Path(store.engine.url.database or "")):
        raise StoreError(f"{file} is the store itself", hint="name another file")
    with _beside(file) as new:
        with translated("the store"):
            copying = _of_sqlite if store.engine.dialect.name == "sqlite" else _of_postgresql
            rows = copying(store.engine, new)
        marks = _describe(new, now)
        _check(new, {**rows, "memo": rows["memo"] + 1})
        size = new.stat().st_size
    letters = rows["message"]
    store.write(lambda tx: events.log(tx, now, "backed_up", actor=actor, file=file.name, letters=letters))
    return Backup(str(file), now, store.id, marks, dict(sorted(rows.items())), size, version("outreach"))


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A new private file to write, which takes the place of `file` at the end, or is gone."""
    new = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            yield new
            sync(new)
            os.replace(new, file)
            sync(file.parent)
        finally:
            for each in (new, new.with_name(f"{new.name}-journal"), new.with_name(f"{new.name}-wal")):
                each.unlink(missing_ok=True)
    except OSError as exc:
        raise StoreError(f"{file} cannot be written: {exc.strerror or exc}", hint=_HINT) from exc
    except sqlite3.Error as exc:
        raise StoreError(f"{file} cannot be written: {exc}", hint=_HINT) from exc


_HINT = "is there room on the disk, and may you write in that folder?"


def sync(path: Path) -> None:
    """Brings a file, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _of_sqlite(engine: sa.Engine, new: Path) -> dict[str, int]:
    """Copies page by page (SQLite's online backup) what one transaction sees; the rows by table."""
    held = engine.raw_connection()
    try:
        source = held.driver_connection
        assert isinstance(source, sqlite3.Connection)
        source.execute("BEGIN")
        try:
            rows = _count(source)
            with closing(sqlite3.connect(new)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, not three
        finally:
            source.execute("ROLLBACK")
    finally:
        held.close()
    return rows


def _count(source: sqlite3.Connection) -> dict[str, int]:
    names = sorted(metadata.tables)
    return {name: int(source.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}


def _of_postgresql(engine: sa.Engine, new: Path) -> dict[str, int]:
    """Copies every table from one snapshot; the rows by table."""
    copy = sa.create_engine(sa.URL.create("sqlite", database=str(new)))
    try:
        with engine.connect() as source, copy.begin() as into:
            source.execution_options(isolation_level="REPEATABLE READ")
            metadata.create_all(into)
            return transfer(source, into)
    finally:
        copy.dispose()


def transfer(source: sa.Connection, into: sa.Connection) -> dict[str, int]:
    """Copies the rows of all tables into empty ones; how many by table. StoreError if some did not arrive."""
    rows = {}
    for table in metadata.sorted_tables:
        counting = sa.select(sa.func.count()).select_from(table)
        rows[table.name] = int(source.execute(counting).scalar_one())
        found = source.execute(sa.select(table).execution_options(yield_per=_BATCH))
        for part in found.mappings().partitions():
            into.execute(sa.insert(table), [_plain(row) for row in part])
        if into.execute(counting).scalar_one() != rows[table.name]:
            raise StoreError(f"not all rows of {table.name} were copied", hint="try again")
    return rows


def _plain(row: sa.RowMapping) -> dict[str, object]:
    """A row without NUL characters, which PostgreSQL does not take in texts."""
    return {
        str(name): value.replace("\0", "\ufffd") if isinstance(value, str) else value
        for name, value in row.items()
    }


def _describe(new: Path, now: datetime) -> int:
    """Writes down in a copy what it is; how many letters its store had marked."""
    copy = sa.create_engine(sa.URL.create("sqlite", database=str(new)))
    try:
        with copy.begin() as tx:
            row = tx.execute(sa.select(house.c.id, house.c.marks)).one()
            about = {"schema": SCHEMA, "program": version("outreach"), "made": now.isoformat()}
            said = json.dumps({**about, "store": row.id, "marks": row.marks})
            tx.execute(sa.delete(memo).where(memo.c.name == MEMO))
            tx.execute(sa.insert(memo), {"name": MEMO, "value": said})
            return int(row.marks)
    finally:
        copy.dispose()


def _check(new: Path, expected: Mapping[str, int]) -> None:
    with closing(sqlite3.connect(new)) as copy:
        said = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        found = _count(copy)
    differ = [name for name in expected if found[name] != expected[name]]
    if said != "ok" or differ:
        raise StoreError(
            f"the copy is not what the store holds: {said} {', '.join(differ)}", hint="try again"
        )
