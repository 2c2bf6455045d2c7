"""A store that was restored, copied or moved: nothing leaves until a person has released it."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from outreach.errors import StoreError
from outreach.model import Scope
from outreach.store import Store, stops
from outreach.store.tables import metadata
from tests.smtpd import Misbehaving, on
from tests.worlds import Interrupted, World, message_ids, people

sqlite = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
postgresql = pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)


def path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def checkpoint(url: str) -> None:
    """Bring everything from the write-ahead log into the file, as a backup program does."""
    with sqlite3.connect(path(url)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def rows(store: Store) -> dict[str, list[Any]]:
    """A dump of all tables."""

    def act(tx: sa.Connection) -> dict[str, list[Any]]:
        return {
            table.name: [dict(row) for row in tx.execute(sa.select(table)).mappings()]
            for table in metadata.sorted_tables
        }

    return store.read(act)


def put_back(store: Store, dump: dict[str, list[Any]]) -> None:
    """Restore a dump over what the tables hold."""

    def act(tx: sa.Connection) -> None:
        for table in reversed(metadata.sorted_tables):
            tx.execute(sa.delete(table))
        for table in metadata.sorted_tables:
            if dump[table.name]:
                tx.execute(sa.insert(table), dump[table.name])

    store.write(act)


@contextmanager
def cloned(url: str) -> Iterator[str]:
    """URL of a copy of a PostgreSQL database."""
    source = sa.make_url(url)
    copy = source.set(database=f"{source.database}_copy")
    engine = sa.create_engine(
        source.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {copy.database} TEMPLATE {source.database}")
        try:
            yield copy.render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {copy.database} WITH (FORCE)")


async def held(world: World, server: Misbehaving, *words: str) -> None:
    """Nothing leaves, the reason is told, and everything is paused."""
    before = len(server.received)
    (done,) = await world.settle()
    assert all(word in done.held for word in words), done.held
    assert [each["scope"] for each in world.store.read(stops.pauses, world.now)] == [Scope.ALL]
    await world.settle()
    assert len(server.received) == before


def release(world: World) -> None:
    world.store.release()
    assert world.store.write(stops.resume, Scope.ALL, "", actor="me", at=world.now) == 1


def restored(store_url: str, tmp_path: Path, world: World) -> Callable[[], None]:
    """Take a copy of the store now; what is returned restores it."""
    if store_url.startswith("postgresql"):
        dump = rows(world.store)
        return lambda: put_back(world.store, dump)
    checkpoint(store_url)
    shutil.copy(path(store_url), tmp_path / "backup.db")

    def restore() -> None:
        world.store.close()
        for suffix in ("-wal", "-shm"):
            Path(f"{path(store_url)}{suffix}").unlink(missing_ok=True)
        shutil.copy(tmp_path / "backup.db", path(store_url))
        world.store = Store(store_url, state=world.state)

    return restore


@pytest.mark.parametrize("sent_before", [0, 2])
def test_a_store_restored_from_an_older_copy_is_held(
    store_url: str, tmp_path: Path, sent_before: int
) -> None:
    """The same Message-IDs come out again when a person lets it go on: they can be looked up in Sent."""

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": people(5)}) as world:
            await world.engine().round(sent_before)
            restore = restored(store_url, tmp_path, world)
            await world.settle()
            sent = message_ids(server)
            restore()
            await held(world, server, "older", f"{5 - sent_before} letters are missing")
            release(world)
            await world.settle()
            assert set(message_ids(server)) == set(sent)
            assert world.statuses("intro") == {"sent": 5}

    on(Misbehaving(), scene)


def test_a_store_restored_from_a_copy_that_misses_nothing_goes_on(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": people(5)}) as world:
            await world.engine().round(3)
            restored(store_url, tmp_path, world)()
            await world.settle()
            assert len(set(message_ids(server))) == len(server.received) == 5

    on(Misbehaving(), scene)


@sqlite
@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_copied_file_is_held_and_the_original_goes_on(
    store_url: str, tmp_path: Path, elsewhere: bool
) -> None:
    """On another machine (another state folder) or beside the original."""

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": people(5)}) as world:
            checkpoint(store_url)
            shutil.copy(path(store_url), tmp_path / "copy.db")
            original = world.store
            state = tmp_path / "other state" if elsewhere else world.state
            world.store = Store(f"sqlite:///{tmp_path / 'copy.db'}", state=state)
            await held(world, server, "place" if elsewhere else "copy")
            copy, world.store = world.store, original
            await world.settle()
            assert len(server.received) == 5
            world.store = copy
            await held(world, server)
            original.close()

    on(Misbehaving(), scene)


@sqlite
def test_a_file_that_was_moved_goes_on(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": people(5)}) as world:
            await world.engine().round(2)
            world.store.close()
            checkpoint(store_url)
            path(store_url).rename(tmp_path / "moved.db")
            world.store = Store(f"sqlite:///{tmp_path / 'moved.db'}", state=world.state)
            await world.settle()
            assert world.statuses("intro") == {"sent": 5}

    on(Misbehaving(), scene)


@sqlite
def test_a_new_store_in_the_place_of_one_that_sent_letters_is_held(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": people(5)}) as world:
            await world.engine().round(2)
        for file in tmp_path.glob("outreach.db*"):
            file.unlink()
        with World(store_url, tmp_path, server.url, {"shops": people(5)}) as world:
            await held(world, server, "this new one knows none of them")
            release(world)
            await world.settle()
            assert world.statuses("intro") == {"sent": 5}
            assert world.store.complaint() == ""

    on(Misbehaving(), scene)


@sqlite
def test_a_file_from_another_machine_goes_on_once_a_person_has_released_it(
    store_url: str, tmp_path: Path
) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": people(5)}) as world:
            await world.engine().round(2)
            world.store.close()
            world.store = Store(store_url, state=tmp_path / "other state")
            await held(world, server, "another place")
            release(world)
            await world.settle()
            assert len(set(message_ids(server))) == len(server.received) == 5

    on(Misbehaving(), scene)


@postgresql
def test_a_cloned_database_is_held_and_the_original_goes_on(store_url: str, tmp_path: Path) -> None:
    """Also on a machine that has no witness yet."""

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": people(5)}) as world:
            await world.engine().round(2)
            original = world.store
            original.close()
            with cloned(store_url) as copy:
                for state in (world.state, tmp_path / "another machine"):
                    with Store(copy, state=state) as world.store:
                        await held(world, server, "copy")
                world.store = original
                await world.settle()
                assert len(server.received) == 5
                with Store(copy, state=world.state) as world.store:
                    release(world)
                    assert (await world.engine().round(0)).held == ""
            world.store = original

    on(Misbehaving(), scene)


@postgresql
def test_a_second_machine_needs_no_witness(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": people(5)}) as world:
            await world.engine().round(2)
            with Store(store_url, state=tmp_path / "another machine") as other:
                await world.settle(world.engine(store=other))
            assert len(set(message_ids(server))) == len(server.received) == 5

    on(Misbehaving(), scene)


def test_an_unwritable_state_folder_is_told_before_anything_is_sent(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": people(2)}) as world:
            shutil.rmtree(world.state)
            world.state.write_text("a file is no folder")
            with pytest.raises(StoreError, match="witness"):
                await world.settle()
            assert (server.received, world.statuses()) == ([], {"scheduled": 2})

    on(Misbehaving(), scene)


def test_a_letter_whose_mark_cannot_be_witnessed_does_not_leave(store_url: str, tmp_path: Path) -> None:
    """The disk of the state folder is full in the middle of the work."""

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": people(2)}) as world:

            def fill() -> None:
                shutil.rmtree(world.state)
                world.state.write_text("a file is no folder")

            with pytest.raises(StoreError, match="witness"):
                await world.engine(Interrupted.at("before the mark", fill)).round()
            assert (server.received, world.statuses()) == ([], {"scheduled": 2})

    on(Misbehaving(), scene)
