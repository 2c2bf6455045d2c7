"""Real senders and a real mail server as processes of their own: to be killed, frozen, and run side by side.

`Nursery` starts one Python that has imported everything; each sender is a fork of it, alive in milliseconds.
The nursery's side of the pipe runs with `python -m tests.senders`.
"""

import asyncio
import json
import mmap
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any, Self

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Peer

from outreach.engine.process import this_process
from outreach.engine.rounds import Engine
from outreach.mailbox.sandbox import Sandbox
from outreach.mailbox.smtp import Session
from outreach.model import Accepted, Deferred, Mailbox, Rejected, Unknown, Unreachable
from outreach.store import Store
from tests.worlds import MONDAY

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Fate:
    """Where a sender meets its end: the `nth` time it comes to a point, or after some seconds.

    Points are an act of the store (`mark`) or a call of the connection (`offer`), with `before`, `within`
    (an act: its statements are done, not committed; a call: under way) or `after`.
    """

    point: str = ""
    when: str = ""
    nth: int = 1
    seconds: float = 0.0
    signal: int = signal.SIGKILL


class Watch:
    """A moment in a file, read by all processes: the clock of senders."""

    def __init__(self, file: Path, moment: datetime | None = None) -> None:
        if moment is not None:
            file.write_bytes(bytes(8))
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), 8)
        if moment is not None:
            self.set(moment)

    def set(self, moment: datetime) -> None:
        self._map[:8] = struct.pack("<q", (moment - EPOCH) // timedelta(microseconds=1))

    def __call__(self) -> datetime:
        return EPOCH + timedelta(microseconds=struct.unpack("<q", self._map[:8])[0])


class Nursery:
    """Starts senders and mail servers, on one clock; `close` ends them all. `at` makes it a test's own."""

    def __init__(self) -> None:
        self._python = subprocess.Popen(
            [sys.executable, "-m", "tests.senders"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def at(self, folder: Path, now: datetime) -> Self:
        """Everything that is left of the test before ends; clock and log lie in this test's folder."""
        self._clock, self._log = folder / "clock", folder / "accepted"
        self.clock = Watch(self._clock, now)
        self._log.touch()
        self._ask(do="end")
        return self

    def close(self) -> None:
        self._python.communicate()

    def _ask(self, **question: Any) -> Any:
        assert self._python.stdin is not None
        assert self._python.stdout is not None
        print(json.dumps(question), file=self._python.stdin, flush=True)
        return json.loads(self._python.stdout.readline())

    def server(self) -> str:
        """The URL of a mail server that outlives the senders and writes down what it accepts."""
        port = self._ask(do="serve", log=str(self._log))
        return f"smtp://127.0.0.1:{port}"

    def accepted(self) -> list[tuple[str, str, str]]:
        """Message-ID, sender and recipient of everything the server took, in order."""
        lines = self._log.read_text(encoding="ascii").splitlines()
        return [(first, second, third) for first, second, third in (line.split(" ") for line in lines)]

    def start(self, url: str, state: Path, fate: Fate | None = None) -> int:
        """Start a sender that works until nothing may leave any more; its pid."""
        fated = asdict(fate or Fate())
        pid: int = self._ask(do="send", url=url, state=str(state), clock=str(self._clock), fate=fated)
        return pid

    def work(self, act: str, url: str, **arguments: Any) -> int:
        """Start a process that calls `act` of this module with the store at `url`; its pid."""
        pid: int = self._ask(do="work", act=act, url=url, arguments=arguments)
        return pid

    @staticmethod
    def wake(pid: int) -> None:
        """Let a frozen process go on."""
        os.kill(pid, signal.SIGCONT)

    def wait(self, pid: int) -> str:
        """Wait until a process ends or freezes: "ended", "failed", "killed" or "frozen"."""
        return str(self._ask(do="wait", pid=pid))


# --------------------------------------------------------------------------- in the nursery's process


@pytest.fixture(scope="module")
def processes() -> Iterator[Nursery]:
    """A nursery for all tests of a module."""
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
def nursery(processes: Nursery, tmp_path: Path) -> Nursery:
    """The nursery at work in this test's folder, on Monday at ten."""
    return processes.at(tmp_path, MONDAY)


class Ledger(Sandbox):
    """A sandbox that writes each letter to a file before it says that it took it."""

    def __init__(self, listening: socket.socket, log: int) -> None:
        super().__init__()
        self._listening, self._log = listening, log

    async def _listen(self) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(self._accept, sock=self._listening)

    async def handle_DATA(self, server: SMTP, peer: Peer, envelope: Envelope) -> str:  # noqa: N802
        assert envelope.original_content is not None
        answer = await super().handle_DATA(server, peer, envelope)
        if answer.startswith("250"):
            message_id = message_from_bytes(envelope.original_content)["Message-ID"]
            line = f"{message_id} {envelope.mail_from} {envelope.rcpt_tos[0]}\n"
            os.write(self._log, line.encode("ascii"))
        return answer


def serve(listening: socket.socket, log: str) -> None:
    async def forever() -> None:
        async with Ledger(listening, os.open(log, os.O_WRONLY | os.O_APPEND)):
            await asyncio.get_running_loop().create_future()

    asyncio.run(forever())


class Doomed:
    """Meets its fate: kills or freezes this process at the point named."""

    def __init__(self, fate: Fate) -> None:
        self._fate, self._left = fate, fate.nth
        if fate.seconds:
            timer = threading.Timer(fate.seconds, self.strike)
            timer.daemon = True
            timer.start()

    def strike(self) -> None:
        # To this thread: it must not go on while the signal looks for another one.
        signal.pthread_kill(threading.get_ident(), self._fate.signal)

    def come_to(self, point: str, when: str) -> None:
        if (point, when) == (self._fate.point, self._fate.when):
            self._left -= 1
            if self._left == 0:
                self.strike()


class DoomedStore(Store):
    """A store whose process may end before, within and after each act."""

    def __init__(self, url: str, state: Path, doomed: Doomed) -> None:
        self._doomed = doomed
        super().__init__(url, state=state)

    def write(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        def watched(tx: Any, *args: Any, **kwargs: Any) -> Any:
            result = act(tx, *args, **kwargs)
            self._doomed.come_to(act.__name__, "within")
            return result

        self._doomed.come_to(act.__name__, "before")
        result = super().write(watched, *args, **kwargs)
        self._doomed.come_to(act.__name__, "after")
        return result


class DoomedSession(Session):
    """A connection whose process may end before, within and after each half of a letter."""

    def __init__(self, mailbox: Mailbox, doomed: Doomed) -> None:
        super().__init__(mailbox, None)
        self._doomed = doomed

    async def offer(
        self, recipient: str, size: int, message_id: str = ""
    ) -> Deferred | Rejected | Unreachable | None:
        self._doomed.come_to("offer", "before")
        asyncio.get_running_loop().call_soon(self._doomed.come_to, "offer", "within")
        refusal = await super().offer(recipient, size, message_id)
        self._doomed.come_to("offer", "after")
        return refusal

    async def body(self, raw: bytes) -> Accepted | Deferred | Rejected | Unknown:
        self._doomed.come_to("body", "before")
        asyncio.get_running_loop().call_soon(self._doomed.come_to, "body", "within")
        answer = await super().body(raw)
        self._doomed.come_to("body", "after")
        return answer


def send(url: str, state: str, clock: str, fate: dict[str, Any]) -> None:
    """A sender's life: rounds until one does nothing."""
    doomed = Doomed(Fate(**fate))
    with DoomedStore(url, Path(state), doomed) as store:
        engine = Engine(
            store, lambda mailbox: DoomedSession(mailbox, doomed), Watch(Path(clock)), this_process()
        )

        async def live() -> None:
            while (done := await engine.round()).sent.verdicts or done.sent.refused or done.uncertain:
                pass

        asyncio.run(live())
        engine.leave()


def count(url: str, threads: int, times: int) -> None:
    """Add that often to the counter of a store, in that many threads at once."""
    from tests.test_engine_together import count_up

    with Store(url) as store:

        def work() -> None:
            for _ in range(times):
                store.write(count_up)

        running = [threading.Thread(target=work) for _ in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()


def note_key(url: str, file: str) -> None:
    """Open a store and write down its key."""
    with Store(url) as store, open(file, "a", encoding="ascii") as notes:
        notes.write(f"{store.key.hex()}\n")


def _fork(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    os.close(0)
    os.dup2(2, 1)
    try:
        random.seed()
        work()
        os._exit(0)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(1)
    raise AssertionError


def _wait(pid: int) -> str:
    _, status = os.waitpid(pid, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        return "frozen"
    if os.WIFSIGNALED(status):
        return "killed"
    return "failed" if os.WEXITSTATUS(status) else "ended"


def _end(children: list[int]) -> int:
    """Kill what still lives; how many there were."""
    for pid in children:
        with suppress(ChildProcessError):  # waited for already
            if os.waitpid(pid, os.WNOHANG) == (0, 0):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
    ended = len(children)
    children.clear()
    return ended


def _listening() -> socket.socket:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    return listening


def main() -> None:
    """Answer the questions of a test, a JSON line each, until it closes the pipe."""
    children: list[int] = []
    for line in sys.stdin:
        question = json.loads(line)
        do = question.pop("do")
        if do == "wait":
            answer: object = _wait(question["pid"])
        elif do == "end":
            answer = _end(children)
        elif do == "serve":
            listening = _listening()
            children.append(_fork(lambda: serve(listening, question["log"])))  # noqa: B023 -- forked at once
            answer = listening.getsockname()[1]
            listening.close()
        else:
            work = send if do == "send" else globals()[question.pop("act")]
            arguments = question.pop("arguments", {})
            answer = _fork(lambda: work(**question, **arguments))  # noqa: B023
            children.append(int(str(answer)))
        print(json.dumps(answer), flush=True)
    _end(children)


if __name__ == "__main__":
    main()
