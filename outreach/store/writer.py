"""Group commit: writes that arrive while another commits share the next transaction."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

Result = TypeVar("Result")
BATCH = 256
LOCK = 0x6F75747265616368  # "outreach": the advisory lock that every write takes on PostgreSQL


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

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._waiting: deque[_Job] = deque()
        self._lock = threading.Lock()

    def run(self, work: Callable[[sa.Connection], Result]) -> Result:
        """The result of `work(connection)` after its commit; what it raises undoes only itself."""
        job = _Job(work)
        self._waiting.append(job)
        with self._lock:
            while not job.done:
                self._commit([self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))])
        if job.error is not None:
            raise job.error
        result: Result = job.value
        return result

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            with self._engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
                for job in jobs:
                    self._work(connection, job, alone=len(jobs) == 1)
        except BaseException as exc:
            for job in jobs:
                job.error = job.error or exc
        finally:
            for job in jobs:
                job.done = True

    @staticmethod
    def _work(connection: sa.Connection, job: _Job, *, alone: bool) -> None:
        if alone:  # an error rolls the whole transaction back: no savepoint needed
            job.value = job.work(connection)
            return
        try:
            with connection.begin_nested():
                job.value = job.work(connection)
        except Exception as exc:
            job.error = exc
