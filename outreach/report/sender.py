"""Is anybody sending? The SENDER line of every screen."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from outreach.report.lines import ago

# A worker says every 30 seconds that it is alive; one that is silent for longer is not counted on.
ALIVE = timedelta(minutes=2)


class Beat(Protocol):
    """A process that sends: its machine, and when it last said that it is alive."""

    @property
    def host(self) -> str: ...
    @property
    def heartbeat_at(self) -> datetime: ...


Living = TypeVar("Living", bound=Beat)


def alive(workers: Iterable[Living], now: datetime) -> list[Living]:
    """Those of the workers that have been heard of in the last two minutes, the latest first."""
    heard = [each for each in workers if now - each.heartbeat_at <= ALIVE]
    return sorted(heard, key=lambda each: each.heartbeat_at, reverse=True)


def sender_line(workers: Iterable[Beat], now: datetime, last_alive: datetime | None = None) -> str:
    """ "running on srv1, alive 20 s ago", or that nobody sends and what to do.

    `workers` have not ended, as far as is known; `last_alive` is when any sender was last heard of.
    """
    running = alive(workers, now)
    if not running:
        before = f" (the last ran {ago(now - last_alive)})" if last_alive else ""
        return f"NO SENDER RUNNING: start `outreach run`{before}"
    hosts = Counter(each.host for each in running)
    places = " and ".join(host if count == 1 else f"{host} ({count})" for host, count in hosts.items())
    return f"running on {places}, alive {ago(now - running[0].heartbeat_at)}"


def sender_value(
    workers: Iterable[Beat], now: datetime, last_alive: datetime | None = None
) -> dict[str, Any]:
    """`{"running": [{"host", "heartbeat_at"}], "last_alive_at": time or null}`."""
    running = [{"host": each.host, "heartbeat_at": each.heartbeat_at} for each in alive(workers, now)]
    return {"running": running, "last_alive_at": last_alive}
