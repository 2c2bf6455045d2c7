"""This process among others: where it runs, and whether another one that died ran in the same place."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from outreach.store.leases import Worker


@dataclass(frozen=True, slots=True)
class Process:
    """A process that sends: host for people; `place` is where its `pid` counts."""

    host: str
    place: str
    pid: int

    def is_dead(self, worker: Worker) -> bool:
        """Whether that worker is surely gone: it ran in this very place and its pid is free.

        A pid that another program has since taken reads as alive: then the lease decides.
        """
        if worker.place != self.place or worker.pid == self.pid:
            return False
        try:
            os.kill(worker.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return _is_zombie(worker.pid)


def this_process() -> Process:
    """The running process. Its place is machine, boot and pid namespace, so a container is one of its own."""
    host = socket.gethostname()
    boot = _read("/proc/sys/kernel/random/boot_id")
    try:
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        namespace = ""
    return Process(host, f"{host}/{boot}/{namespace}", os.getpid())


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _is_zombie(pid: int) -> bool:
    """Killed, but its parent has not asked for its end: it will do nothing any more."""
    stat = _read(f"/proc/{pid}/stat")
    return stat.rpartition(")")[2].split()[:1] == ["Z"]
