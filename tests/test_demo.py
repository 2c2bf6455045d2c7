"""The demo: the main job from end to end, the same every time, honest about it, and gone when it is over."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Peer

from outreach import workspace
from outreach.cli import main
from outreach.cli.app import App
from outreach.demo import MONDAY, Clock
from outreach.demo.check import check
from outreach.demo.play import Happening, Leaving, Play
from outreach.engine import plans
from outreach.errors import OutreachError
from outreach.mailbox.sandbox import Received, Sandbox
from outreach.model import Scope, Step, Window
from outreach.report.lines import width
from outreach.schedule.calendar import Departure, Track
from outreach.store import Store, stops
from tests.cli import Shell

ROOT = Path(__file__).parent.parent


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files, this test's own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_it_tells_the_whole_job_and_leaves_nothing_behind(shell: Shell, temporary: Path) -> None:
    story = shell.ok("demo")
    assert list(temporary.iterdir()) == []
    assert [path.name for path in shell.folder.iterdir()] == ["temporary"]
    assert max(map(width, story.splitlines())) <= 80
    for said in (
        *("$ outreach prospects import campaigns/prospects.csv", "$ outreach plan retail-shelving"),
        *(
            "$ outreach launch retail-shelving --plan",
            "Mon 23 Nov",
            "follow-ups",
            "Subject: Shelving for Acme",
        ),
        *("bounced", "put off", "taken", "held", "replied", "opted out"),
        *("$ outreach why bob@acme.example", "$ outreach audit"),
        *("SUMMARY", "CALENDAR", "SERVER", "TRY NEXT", "outreach init my-campaign"),
    ):
        assert said in story, said


def test_its_numbers_agree_and_are_the_same_every_time(shell: Shell, temporary: Path) -> None:
    told = json.loads(shell.ok("demo", "--format", "json"))
    assert told["announced"] == told["letters"] + told["refused"]
    assert told["stopped"] == {"replied": 1, "opted-out": 1, "bounced": 1}
    assert told["held"] == 1
    assert "09:00" <= told["earliest"] <= told["latest"] < "17:00"
    assert json.loads(shell.ok("demo", "--format", "json")) == told


def test_a_kept_demo_can_be_asked_and_never_sends(shell: Shell, temporary: Path) -> None:
    shell.ok("demo", "--keep", "played", "--format", "json")
    kept = shell.folder / "played"
    assert workspace.load(kept).campaigns
    shell.now = MONDAY + timedelta(days=30)
    assert "replied" in shell.ok("-C", str(kept), "why", "bob@acme.example")
    with Store(f"sqlite:///{kept / 'outreach.db'}", state=shell.folder / "state") as store:
        assert store.complaint()
    code, _, err = shell.run("demo", "--keep", "played")
    assert (code, "played" in err or "is here already" in err) == (1, True)


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-m", "outreach", "demo"]
    with subprocess.Popen(
        command,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        process.stdout.readline()  # its folder is there by now
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "nothing is left behind" in err
    assert list(tmp_path.iterdir()) == []


def test_without_its_mail_server_it_says_what_to_install(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(sys.modules):
        if name.startswith(("aiosmtpd", "outreach.demo", "outreach.mailbox.sandbox")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "aiosmtpd", None)
    code, _, err = shell.run("demo")
    assert (code, "pip install 'outreach[demo]'" in err) == (1, True)


class Hindering(Sandbox):
    """A server whose first letter makes somebody pause everything, which no calendar can know."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store

    async def handle_DATA(self, server: SMTP, peer: Peer, envelope: Envelope) -> str:  # noqa: N802
        pause = (Scope.ALL, "")
        self.store.write(stops.add_pause, *pause, reason="a test", actor="test", at=MONDAY)
        return await super().handle_DATA(server, peer, envelope)


def test_a_letter_that_does_not_leave_as_foretold_ends_the_play(shell: Shell) -> None:
    async def play() -> None:
        store = Store(f"sqlite:///{shell.folder / 'outreach.db'}", state=shell.folder / "state")
        with store:
            async with Hindering(store) as server:
                shell.fill(smtp=server.url)
                store.close()
                await asyncio.to_thread(shell.ok, "prospects", "import", "prospects.csv")
                files = workspace.load(shell.folder)
                plans.launch(store, files, "shops", now=MONDAY, actor="test")
                await Play(store, server, Clock(MONDAY)).play((), MONDAY + timedelta(days=1), print)

    with pytest.raises(OutreachError, match=r"the calendar said intro to eva@birch.example .* got nothing"):
        asyncio.run(play())


BOB = Track(
    *("bob@acme.example", "ann@northwind.example", "acme.example", "shops", Window(), "Europe/London", "GB"),
    steps=(Step("intro"), Step("followup")),
)


def left(at: datetime, order: int = 0, step: int = 0, track: Track = BOB) -> Leaving:
    """A letter that arrived as number `order`."""
    return Leaving(Departure(at, track, step), Received(order, track.mailbox, (track.email,), b""))


def arrivals(log: list[Leaving | Happening]) -> list[Received]:
    return [each.received for each in log if isinstance(each, Leaving) and each.received]


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
REPLY = Happening(NOON + timedelta(hours=1), BOB.email, "replied", "No.")


def test_what_arrived_as_it_should_passes_the_check() -> None:
    log: list[Leaving | Happening] = [left(NOON), left(NOON + timedelta(minutes=30), 1, 1), REPLY]
    check(log, arrivals(log), Window())


@pytest.mark.parametrize(
    ("log", "complaint"),
    [
        ([left(NOON), left(NOON + timedelta(days=1), 1)], "intro to bob@acme.example arrived twice"),
        ([left(NOON), REPLY, left(REPLY.at, 1, 1)], "followup to bob@acme.example arrived after the stop"),
        ([left(NOON + timedelta(hours=5))], "outside its window: Mon 17:00"),
        ([left(NOON, track=replace(BOB, zone="Asia/Almaty"))], "outside its window: Mon 17:00"),
        ([left(NOON - timedelta(days=1))], "outside its window: Sun 12:00"),
    ],
)
def test_what_must_never_be_does_not_pass(log: list[Leaving | Happening], complaint: str) -> None:
    with pytest.raises(OutreachError, match=complaint):
        check(log, arrivals(log), Window())


def test_a_letter_that_nobody_announced_does_not_pass() -> None:
    one = left(NOON)
    assert one.received
    with pytest.raises(OutreachError, match="1 letters left, 2 arrived"):
        check([one], [one.received, one.received], Window())


def test_the_program_is_asked_for_the_demo_only_when_it_runs() -> None:
    """`outreach --help` lists it without loading a mail server."""
    code = (
        "import sys; from outreach.cli import main; main(['demo', '-h']); sys.exit('aiosmtpd' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True).returncode == 0
    assert main(["demo", "-h"], App()) == 0
