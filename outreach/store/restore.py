"""A restore: a backup, checked and brought up to date, becomes a store. Nothing leaves it until it is released."""

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from outreach.errors import StoreError
from outreach.model import MessageStatus, Scope
from outreach.report.backup import Backup
from outreach.store import events, opening, stops, translated
from outreach.store.backup import MEMO, sync, transfer
from outreach.store.connect import PRIVATE, connect
from outreach.store.tables import SCHEMA, event, house, mailbox, memo, message, metadata, worker
from outreach.store.witness import RESTORED
from outreach.store.writer import LOCK

RESTORE = "restored"  # the row of `memo` that a store keeps from its restore to its release
_MAGIC = b"SQLite format 3\0"
_OLDER = "use another backup: a file that was cut off in copying looks like this"
_PACKED = {b"\x1f\x8b": "gunzip", b"PK": "unzip", b"\xfd7": "unxz", b"BZ": "bunzip2", b"(\xb5": "unzstd"}


@dataclass(frozen=True, slots=True)
class Staged:
    """A private copy of a backup that may be changed, and what it is."""

    file: Path
    backup: Backup


@contextmanager
def staged(file: Path, folder: Path | None = None) -> Iterator[Staged]:
    """A checked copy of a backup, or of a store's own file, in that folder (default: a temporary one).

    StoreError where it is none of ours, damaged, or newer than this program. The copy is gone at the end, unless
    it was moved away.
    """
    _must_look_right(file)
    try:
        with tempfile.TemporaryDirectory(prefix=".outreach-restore-", dir=folder) as name:
            copy = Path(name) / "store.db"
            _copy(file, copy)
            log = file.with_name(f"{file.name}-wal")  # of a store whose sender was killed
            if log.exists():
                _copy(log, copy.with_name("store.db-wal"))
            yield Staged(copy, _examined(copy, file))
    except OSError as exc:
        raise StoreError(f"{file} cannot be restored: {exc.strerror or exc}") from exc


def _copy(file: Path, copy: Path) -> None:
    """Copy a file for its owner alone, whatever the mode of the one and the umask: it becomes the store."""
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
    shutil.copyfile(file, copy)


def _must_look_right(file: Path) -> None:
    try:
        with file.open("rb") as opened:
            head = opened.read(16)
    except OSError as exc:
        raise StoreError(
            f"{file} cannot be read: {exc.strerror or exc}", hint="is that its name, and may you read it?"
        ) from exc
    if head == _MAGIC:
        return
    unpack = next((program for magic, program in _PACKED.items() if head.startswith(magic)), "")
    hint = f"it is compressed: {unpack} it first" if unpack else "`outreach backup FILE` makes one"
    raise StoreError(f"{file} is no backup", hint=hint)


def _examined(copy: Path, file: Path) -> Backup:
    """What a copy is: whole, ours, not newer than this program, and with the tables of this version."""
    try:
        with closing(sqlite3.connect(copy)) as opened:
            said = str(opened.execute("PRAGMA integrity_check(1)").fetchone()[0])
            named = {row[0] for row in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            ours = {"house", "prospect", "message"} <= named and _schema(opened)
            opened.execute("PRAGMA journal_mode=DELETE")
    except (sqlite3.Error, ValueError, TypeError) as exc:
        raise StoreError(f"{file} is damaged: {exc}", hint=_OLDER) from exc
    if said != "ok":
        raise StoreError(f"{file} is damaged: {' '.join(said.split())[:100]}", hint=_OLDER)
    if not ours:
        raise StoreError(
            f"{file} is a database, but no store of outreach", hint="`outreach backup FILE` makes one"
        )
    if ours > SCHEMA:
        raise StoreError(
            f"{file} was made by a newer version of outreach", hint="pip install --upgrade outreach"
        )
    return _described(copy, file)


def _schema(opened: sqlite3.Connection) -> int:
    row = opened.execute("SELECT schema, id, key FROM house").fetchone()
    return int(row[0]) if row and row[1] and len(str(row[2])) == 64 else 0


def _described(copy: Path, file: Path) -> Backup:
    with changing(copy) as tx:
        store, _ = opening.prepare(tx, "")
        said = tx.execute(sa.select(memo.c.value).where(memo.c.name == MEMO)).scalar()
        counted = {
            name: int(tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
            for name, table in sorted(metadata.tables.items())
        }
        marks = tx.execute(sa.select(house.c.marks)).scalar_one()
        last = tx.execute(sa.select(sa.func.max(event.c.at))).scalar()
    made, program = _said(said or "")
    at = made or last or _changed(file)
    return Backup(str(file), at, store, marks, counted, file.stat().st_size, program, plain=made is None)


def _said(text: str) -> tuple[datetime | None, str]:
    """When a backup was made and by which version of the program; (None, "") of a store's own file."""
    try:
        about = json.loads(text)
        return datetime.fromisoformat(about["made"]).astimezone(UTC), str(about["program"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None, ""


def made(tx: sa.Connection) -> datetime | None:
    """When the backup was made that a store was restored from, until it is released; None for any other store."""
    said = tx.execute(sa.select(memo.c.value).where(memo.c.name == RESTORE)).scalar()
    return datetime.fromisoformat(json.loads(said)["made"]) if said else None


def _changed(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


@contextmanager
def changing(copy: Path) -> Iterator[sa.Connection]:
    """A transaction on a staged copy."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(copy)))
    try:
        with translated(str(copy)), engine.begin() as tx:
            yield tx
    finally:
        engine.dispose()


def hold(tx: sa.Connection, backup: Backup, now: datetime, actor: str) -> tuple[int, int]:
    """Make a copy a store of which nothing leaves: (letters put back, letters now uncertain).

    What was claimed waits again; what was leaving when the backup was made may have arrived. No sender of then
    is running, and no inbox has been read.
    """
    name = Path(backup.file).name
    said = f"{RESTORED}{name} of {backup.at:%Y-%m-%d %H:%M} UTC"
    back, uncertain = _land(tx, now)
    tx.execute(
        sa.update(worker).where(worker.c.stopped_at.is_(None)).values(stopped_at=worker.c.heartbeat_at)
    )
    tx.execute(sa.update(mailbox).values(inbox_read_at=None))
    tx.execute(sa.update(house).values(home=said))
    tx.execute(sa.delete(memo).where(memo.c.name.in_([MEMO, RESTORE])))
    about = {"file": name, "made": backup.at.isoformat(), "at": now.isoformat()}
    tx.execute(sa.insert(memo), {"name": RESTORE, "value": json.dumps(about)})
    events.log(tx, now, "restored", actor=actor, file=name, made=backup.at.isoformat())
    stops.add_pause(tx, Scope.ALL, "", reason=f"this store was {said}", actor="sender", at=now)
    return back, uncertain


def _land(tx: sa.Connection, now: datetime) -> tuple[int, int]:
    free = {"token": None, "lease_until": None}
    claimed = sa.update(message).where(message.c.status == MessageStatus.CLAIMED)
    back = tx.execute(claimed.values(status=MessageStatus.SCHEDULED, **free)).rowcount
    reason = "it was leaving when the backup was made: it may have arrived"
    leaving = sa.select(message.c.id, message.c.campaign, message.c.prospect_id)
    rows = tx.execute(leaving.where(message.c.status == MessageStatus.SENDING)).all()
    for row in rows:
        change = sa.update(message).where(message.c.id == row.id)
        tx.execute(change.values(status=MessageStatus.UNCERTAIN, reason=reason, **free))
        about = {"campaign": row.campaign, "prospect_id": row.prospect_id, "message_id": row.id}
        events.log(tx, now, "uncertain", actor="sender", **about, reason=reason)
    return back, len(rows)


def into_file(copy: Path, target: Path, now: datetime) -> Path | None:
    """Put a copy where a SQLite store is expected; where a store that was there is now, None if there was none."""
    aside = None
    try:
        if target.exists():
            aside = _free(target.with_name(f"{target.name}.before-restore-{now:%Y%m%d-%H%M%S}"))
            # A log that stayed would be taken for the new store's own.
            for suffix in ("-wal", "-shm", ""):
                part = Path(f"{target}{suffix}")
                if part.exists():
                    part.rename(f"{aside}{suffix}")
                    with suppress(OSError):  # it may be somebody else's
                        os.chmod(f"{aside}{suffix}", PRIVATE)
        sync(copy)
        os.replace(copy, target)
        sync(target.parent)
    except OSError as exc:
        said = f"; the store that was there is {aside}" if aside else ""
        raise StoreError(f"{target} cannot be replaced: {exc.strerror or exc}{said}") from exc
    return aside


def _free(path: Path) -> Path:
    names = (path, *(Path(f"{path}-{number}") for number in range(2, 1000)))
    return next(name for name in names if not name.exists())


def into_postgresql(copy: Path, url: str) -> None:
    """Copy everything into an empty PostgreSQL database, in one transaction; StoreError if it holds a store."""
    engine = connect(url)
    try:
        with translated(str(engine.url.database)), engine.begin() as into:
            into.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            opening.prepare(into, "")
            must_be_empty(into)
            into.execute(sa.delete(worker))
            into.execute(sa.delete(house))
            with changing(copy) as source:
                transfer(source, into)
            _count_on(into)
    finally:
        engine.dispose()


def must_be_empty(into: sa.Connection) -> None:
    """StoreError where a database holds anything of a store but its bare identity."""
    for table in metadata.sorted_tables:
        if table.name not in ("house", "worker") and into.execute(sa.select(table).limit(1)).first():
            raise StoreError(
                f"the database {into.engine.url.database} holds a store already, and is left as it is",
                hint="make an empty one (CREATE DATABASE) and name it in [store] url",
            )


def _count_on(into: sa.Connection) -> None:
    """Let the ids of new rows begin behind the ones that were copied."""
    for table in metadata.sorted_tables:
        if "id" in table.c and isinstance(table.c.id.type, sa.BigInteger):
            name = f"pg_get_serial_sequence('{table.name}', 'id')"
            highest = f'SELECT setval({name}, max(id)) FROM "{table.name}" HAVING max(id) IS NOT NULL'
            into.exec_driver_sql(highest)
