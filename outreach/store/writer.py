"""Group commit: writes that arrive while another commits share the next transaction."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from outreach.errors import OutreachError
from outreach.store import journal
from outreach.store.connect import WRITE
from outreach.store.journal import Entry

Result = TypeVar("Result")
BATCH = 256
LOCK = 0x6F75747265616368  # "outreach": the advisory lock that every write takes on PostgreSQL
FROZEN = 60  # seconds: a worker that freezes while it holds the lock must not hold the others for ever


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A result that its caller gets only when the witness outside has seen the store's `marks`."""

    marks: int


class _Job:
    """A write that waits for its commit."""

    def __init__(self, work: Callable[[sa.Connection], Any]) -> None:
        self.work = work
        self.done = False
        self.value: Any = None
        self.error: BaseException | None = None


class Writer:
    """Runs writes one at a time under one lock, many to a commit.

    Whoever gets the thread lock commits everything that waits, the others find their work done. So
    durability costs a commit per batch, not per letter, and there is no thread to look after.
    """

    def __init__(
        self,
        engine: sa.Engine,
        witness: Callable[[int], None],
        journal: Callable[[Sequence[Entry]], None],
    ) -> None:
        """`witness` takes the marks, and `journal` the suppressions, of what has been committed."""
        self._engine, self._witness, self._journal = engine, witness, journal
        self._waiting: deque[_Job] = deque()
        self._lock = threading.Lock()

    def run(self, work: Callable[[sa.Connection], Result]) -> Result:
        """The result of `work(connection)` after its commit; what it raises undoes only itself.

        `work` may run twice and must change nothing but the database: where one of a batch fails, all
        of it is rolled back and each runs again by itself. That is rarer and cheaper than a savepoint each.
        """
        job = _Job(work)
        self._waiting.append(job)
        with self._lock:
            while not job.done:
                self._settle([self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))])
        if job.error is not None:
            raise job.error
        result: Result = job.value
        return result

    def _settle(self, jobs: list[_Job]) -> None:
        try:
            self._commit(jobs)
        except BaseException as exc:
            if len(jobs) == 1 or not isinstance(exc, Exception):
                for job in jobs:
                    job.error, job.done = exc, True
            else:
                for job in jobs:
                    self._settle([job])
            return
        self._show_witness([job for job in jobs if isinstance(job.value, Witnessed)])
        for job in jobs:
            job.done = True

    def _show_witness(self, jobs: list[_Job]) -> None:
        """Once for all that was marked by a commit. A mark that nobody witnessed raises at its caller."""
        try:
            if jobs:
                self._witness(max(job.value.marks for job in jobs))
        except OutreachError as exc:
            for job in jobs:
                job.error = exc

    def _commit(self, jobs: list[_Job]) -> None:
        with self._engine.connect() as connection:
            connection.execution_options(**{WRITE: True})
            journal.noted(connection)  # by a transaction that was rolled back
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(
                        f"SELECT set_config('idle_in_transaction_session_timeout', '{FROZEN}s', true), "
                        f"pg_advisory_xact_lock({LOCK})"
                    )
                for job in jobs:
                    job.value = job.work(connection)
            suppressed = journal.noted(connection)
        if suppressed:
            self._journal(suppressed)
