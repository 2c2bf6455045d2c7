"""EDGE: the database. `Store` opens it and runs acts; the acts are the functions of this room's modules.

An act takes a connection first: `store.write(claims.claim, "ann@northwind.example", ...)` runs it in a
write transaction, `store.read(...)` in a snapshot for reading.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from outreach.errors import StoreError
from outreach.store import opening, suppressions, tables
from outreach.store.connect import connect, remedy
from outreach.store.journal import SUFFIX, Journal
from outreach.store.witness import Ledger, Witness
from outreach.store.writer import Writer

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Store:
    """One database, open. `id` names it, `key` (32 bytes) is what its hashes and Message-IDs are made with."""

    def __init__(self, url: str, *, state: Path | None = None) -> None:
        """Opens the store at `url` and makes its tables where there are none.

        `state` is the folder of witnesses (default: the user's state folder). StoreError if the database
        cannot be used, or was made by a newer version of this program.
        """
        self._engine = connect(url)
        at = self._engine.url
        self._name = str(at.database) if at.host is None else f"{at.database} on {at.host}"
        self._on_sqlite = self._engine.dialect.name == "sqlite"
        self._writer = Writer(
            self._engine, lambda marks: self.witness.saw(marks), lambda entries: self.journal.append(entries)
        )
        with translated(self._name):
            here = self._writer.run(opening.place)
            self.id, self.key = self._writer.run(lambda tx: opening.prepare(tx, here))
        self._here = here
        self.witness = Witness(self.id, here, alone=self._on_sqlite, state=state)
        tag = suppressions.digest(self.key, "journal", self.id)[:16]
        self.journal = Journal(self._beside(), tag)
        self.learned = 0  # suppressions that the journal has brought back since this store was opened
        self._agree(None)

    @property
    def engine(self) -> sa.Engine:
        """The database itself, for what copies all of it."""
        return self._engine

    def _beside(self) -> Path | None:
        """Where the journal of suppressions lies: beside a SQLite file, else with the witness."""
        if not self._on_sqlite:
            return self.witness.folder / f"{self.id}{SUFFIX}"
        return Path(f"{self._here}{SUFFIX}") if self._engine.url.database else None

    def write(
        self,
        act: Callable[Concatenate[sa.Connection, Arguments], Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """What `act(connection, ...)` returns, once it is durable. Acts run one at a time, in every process."""
        with translated(self._name):
            return self._writer.run(lambda connection: act(connection, *args, **kwargs))

    def read(
        self,
        act: Callable[Concatenate[sa.Connection, Arguments], Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """What `act(connection, ...)` returns; it changes nothing and never waits for a writer."""
        with translated(self._name), self._engine.connect() as connection:
            if not self._on_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            return act(connection, *args, **kwargs)

    def complaint(self) -> str:
        """Why this store must not send before a person has released it (restored, copied); "" if it may."""
        return self.witness.complaint(lambda: self.read(_ledger))

    def relearn(self, now: datetime) -> int:
        """Suppress again whom the journal knows and this store does not; how many since the store was opened.

        The opening does it as well: the store may be older than its journal, or on PostgreSQL have been restored
        from another machine.
        """
        self._agree(now)
        return self.learned

    def _agree(self, now: datetime | None) -> None:
        """Let store and journal learn from each other. Without `now` it happens when the journal knew the last."""
        if self.journal.agrees(self.read(suppressions.marks)):
            return
        again, lifted = self.read(suppressions.lacking, self.journal.read().values())
        if again:
            at = now or max(entry.at for entry in again)
            self.learned += self.write(suppressions.relearn, self.key, again, at=at)
        self.journal.append(lifted)
        self.journal.complete(self.read(suppressions.entries))

    def release(self) -> None:
        """A person says that this store may send as it is and from here."""
        self.write(_settle_here, self._here)
        self.witness.release(self.read(_ledger).marks)

    def wipe(self) -> None:
        """After an erasure: nothing of it stays in SQLite's write-ahead log, which a running sender keeps open.

        Waits for those who are reading; where they take too long the log goes when the sender ends.
        """
        if self._on_sqlite:
            with translated(self._name):
                connection = self._engine.raw_connection()
                try:
                    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    connection.close()

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class translated:  # noqa: N801 -- reads as a word in `with`
    """The one place where the database's errors become ours."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, trace: object) -> None:
        if isinstance(exc, SQLAlchemyError):
            # The text of the error without the statement: it would carry prospect data.
            cause = str(getattr(exc, "orig", None) or exc).splitlines()[0]
            hint = remedy(cause, self._name)
            raise StoreError(f"the store cannot be used: {self._name}: {cause}", hint=hint) from exc


def _ledger(tx: sa.Connection) -> Ledger:
    row = tx.execute(sa.select(tables.house.c.marks, tables.house.c.home)).one()
    launched = tx.execute(sa.select(tables.campaign.c.stem).limit(1)).first() is not None
    return Ledger(row.marks, launched, row.home)


def _settle_here(tx: sa.Connection, here: str) -> None:
    tx.execute(sa.update(tables.house).values(home=here))
