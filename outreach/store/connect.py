"""One database engine by URL: SQLite or PostgreSQL, set up so that no write is lost."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from outreach.errors import StoreError

BUSY = 30_000  # ms that a SQLite write waits for another one's lock
WRITE = "outreach_write"  # the execution option that marks a transaction as a write
PRIVATE = 0o600  # who else may read a store has everybody's letters and answers
LITTLE = 4 << 20  # bytes free: SQLite's files of a transaction may need more
_FULL = "the disk is full: make room, then the same command again; nothing was lost"
_READ_ONLY = (
    "the disk can only be read, and a store is written to even where it is looked at: make the disk writable, "
    "or copy the file to another one and name it in [store] url"
)
_HINTS = (
    ("is full", _FULL),
    ("database is locked", "another program has held it for half a minute: end that one, or try again"),
    ("disk I/O error", "the disk failed or is full: look at `df` and the system's log, then try again"),
    ("readonly database", "you may not write to that file: it must be yours, and its folder too"),
    ("unable to open", "does its folder exist, and may you write there? see [store] url in outreach.toml"),
    ("not a database", "that file is no store: see [store] url in outreach.toml"),
    ("connection", "is the database server running? see [store] url in outreach.toml"),
)


def connect(url: str) -> sa.Engine:
    """An engine for `sqlite:///file` or `postgresql+psycopg://...`; StoreError for anything else."""
    try:
        parsed = make_url(url)
        name = parsed.get_backend_name()
        if name == "sqlite":
            return _sqlite(parsed)
        if name == "postgresql":
            return sa.create_engine(parsed, pool_pre_ping=True, isolation_level="READ COMMITTED")
    except (ArgumentError, NoSuchModuleError) as exc:
        raise StoreError(
            "[store] url is no database address", hint='write url = "sqlite:///outreach.db"'
        ) from exc
    except ImportError as exc:
        raise StoreError(
            "PostgreSQL needs a driver that is not installed", hint="pip install 'outreach[postgres]'"
        ) from exc
    raise StoreError(f"[store] url: {name} is not supported", hint="use sqlite:/// or postgresql+psycopg://")


def _sqlite(url: sa.URL) -> sa.Engine:
    """SQLite with SQLAlchemy's defaults loses updates between processes without an error: a read begins
    no transaction, so two may read the same row before either writes. Here each transaction begins
    explicitly, and a write takes the lock first (BEGIN IMMEDIATE).
    """
    engine = sa.create_engine(url, connect_args={"timeout": BUSY / 1000})
    _make_private(url.database or "")

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # sqlite3 must not begin transactions by itself
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # a claim must survive power loss, or a letter may leave twice
            "foreign_keys=ON",
            "secure_delete=ON",  # what is erased is gone from the file too
            "cache_size=-65536",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get(WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _make_private(file: str) -> None:
    """Make a store's file where there is none, for its owner alone. SQLite gives -wal and -shm the same mode."""
    if file and file != ":memory:":
        with suppress(OSError):  # it is there, or SQLite says why it cannot be
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))


def remedy(cause: str, name: str) -> str:
    """What to do about an error of the database, of its words and its file; "" where nobody knows."""
    if any(words in cause for words in ("disk I/O", "unable to open", "readonly")):
        with suppress(OSError):  # a server's database, or no such folder
            disk = os.statvfs(Path(name).parent)
            if disk.f_flag & os.ST_RDONLY:
                return _READ_ONLY
            if disk.f_bavail * disk.f_frsize < LITTLE:
                return _FULL
    return next((hint for words, hint in _HINTS if words in cause), "")
