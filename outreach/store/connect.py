"""One database engine by URL: SQLite or PostgreSQL, set up so that no write is lost."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from outreach.errors import StoreError

BUSY = 30_000  # ms that a SQLite write waits for another one's lock
WRITE = "outreach_write"  # the execution option that marks a transaction as a write


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
