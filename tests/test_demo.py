"""The demo: the main job from end to end, the same every time, honest about it, and gone when it is over."""

import asyncio
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Peer

from outreach import workspace
from outreach.cli import main
from outreach.cli.app import App
from outreach.demo import MONDAY, Clock
from outreach.demo.cast import REACTIONS, Reaction
from outreach.demo.check import check
from outreach.demo.mails import Write, answer
from outreach.demo.play import Came, Leaving, Play
from outreach.engine import plans
from outreach.errors import OutreachError
from outreach.mailbox.sandbox import Received, Sandbox
from outreach.model import EnrollmentStatus, Kind, Scope, Step, Window
from outreach.report.lines import width
from outreach.schedule.calendar import Departure, Track
from outreach.sequence import RESPONSES, Response
from outreach.store import Store, stops
from outreach.store.owners import PROOFS
from tests.cli import Shell
from tests.screens import without_plan

ROOT = Path(__file__).parent.parent


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files, this test's own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_it_tells_the_whole_job_the_same_every_time_and_leaves_nothing_behind(
    shell: Shell, temporary: Path
) -> None:
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
        *("refused", "put off", "taken", "held", "goes on"),
        *("reply", "away", "bounce", "soft bounce", "complaint", "opt-out", "challenge", "moved", "not kept"),
        *("$ outreach inbox import answers\n12 mails read: nothing new", "$ outreach inbox\n"),
        *("$ outreach inbox waiting", "$ outreach why bob@acme.example", "$ outreach audit"),
        *("SUMMARY", "CAME BACK", "CALENDAR", "SERVER", "TRY NEXT", "outreach init my-campaign"),
    ):
        assert said in story, said
    one_line = " ".join(story.split())
    for said in (
        'bob@acme.example "Yes, please send the price list." gets nothing more, nor does ann@acme.example',
        "j.krueger@kaufhaus-linden.example is back on Mon 7 Dec gets nothing before Mon 7 Dec",
        "Mon 7 Dec 3 letters 3 follow-ups 08:00 goes on j.krueger@kaufhaus-linden.example gets what waited",
        "sean@corkhardware.example has left gets nothing more; suppressed; named instead: ciara.walsh@",
        "news@springfair.example not kept",
    ):
        assert said in one_line, said
    assert without_plan(shell.ok("demo")) == without_plan(story)


@dataclass(frozen=True)
class Played:
    """A demo that was kept: its folder, and its numbers."""

    folder: Path
    told: dict[str, Any]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """One demo for all tests that only look at it."""
    start, out = tmp_path_factory.mktemp("demo"), io.StringIO()
    with redirect_stdout(out):
        assert main(["demo", "--keep", "played", "--format", "json"], App(start=start, state=start)) == 0
    return Played(start / "played", json.loads(out.getvalue()))


def test_its_numbers_agree(played: Played) -> None:
    told = played.told
    assert told["announced"] == told["letters"] + told["refused"]
    came_back = {each["kind"]: each for each in told["came_back"]}
    kinds = Counter(each.kind or "" for each in REACTIONS)
    assert {kind: each["mails"] for kind, each in came_back.items()} == kinds
    assert sum(kinds.values()) == 12
    refused = 1  # nouser@
    assert told["stopped"] == refused + sum(each["stopped"] for each in told["came_back"])
    assert (came_back["reply"]["stopped"], came_back["reply"]["colleagues"]) == (5, 2)
    assert [kind for kind, each in came_back.items() if each["suppressed"]] == [
        *("hard_bounce", "complaint", "opt_out", "moved"),
    ]
    assert told["held"] == 1
    assert "09:00" <= told["earliest"] <= told["latest"] < "17:00"


def test_the_mails_are_real_ones_and_find_their_letters(shell: Shell, played: Played) -> None:
    """They name the letter that was received, as mail programs and servers do, and so are found by that."""
    mails = [message_from_bytes(path.read_bytes()) for path in (played.folder / "answers/new").iterdir()]
    rows = shell.json("-C", str(played.folder), "inbox", "list")
    assert {row["found_by"] for row in rows} <= set(PROOFS)
    assert len(mails) == len(rows) + 1  # the newsletter
    types = Counter(mail.get_content_type() for mail in mails)
    assert types == {"text/plain": 9, "multipart/report": 3}
    threaded = [mail for mail in mails if mail["In-Reply-To"]]
    assert len(threaded) == 7
    assert all(mail["References"].split()[-1] == mail["In-Reply-To"] for mail in threaded)
    quoting = [mail for mail in mails if "\n> " in str(mail.get_payload())]
    assert len(quoting) == 4


def test_a_kept_demo_can_be_asked_and_never_sends(shell: Shell, played: Played) -> None:
    assert workspace.load(played.folder).campaigns
    shell.now = MONDAY + timedelta(days=30)
    assert "replied" in shell.ok("-C", str(played.folder), "why", "bob@acme.example")
    with Store(f"sqlite:///{played.folder / 'outreach.db'}", state=shell.folder / "state") as store:
        assert store.complaint()
    code, _, err = shell.run("demo", "--keep", str(played.folder))
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
                await Play(store, server, Clock(MONDAY), MONDAY + timedelta(days=1)).play((), print)

    with pytest.raises(OutreachError, match=r"the calendar said intro to eva@birch.example .* got nothing"):
        asyncio.run(play())


BOB = Track(
    *("bob@acme.example", "ann@northwind.example", "acme.example", "shops", Window(), "Europe/London", "GB"),
    steps=(Step("intro"), Step("followup")),
)


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
ANN = replace(BOB, email="ann@acme.example")


def left(at: datetime, order: int = 0, step: int = 0, track: Track = BOB, number: str = "") -> Leaving:
    """A letter that arrived as number `order`, with a Message-ID of its own unless one is given."""
    raw = f"Message-ID: <{number or order}@northwind.example>\r\n\r\nHello.\r\n".encode()
    return Leaving(Departure(at, track, step), Received(order, track.mailbox, (track.email,), raw))


def came(kind: Kind | None, *ends: str, back: date | None = None, read_as: Kind | None = None) -> Came:
    """A mail that came back from Bob an hour after noon, and was taken for what it is or `read_as` that."""
    reaction = Reaction(BOB.email, 0, timedelta(hours=1), kind, SAYS_NO, ends, back)
    return Came(LATER, reaction, read_as or kind, BOB.email if kind else "")


def arrivals(log: list[Leaving | Came]) -> list[Received]:
    return [each.received for each in log if isinstance(each, Leaving) and each.received]


SAYS_NO: Write = answer("No.")
STOPS = (Kind.REPLY, Kind.OPT_OUT, Kind.HARD_BOUNCE, Kind.COMPLAINT, Kind.MOVED, Kind.CHALLENGE)
WEDNESDAY = LATER + timedelta(days=2)
BACK = WEDNESDAY.date()


@pytest.mark.parametrize(
    "log",
    [
        [left(NOON), left(NOON + timedelta(minutes=30), 1, 1), came(Kind.REPLY, BOB.email)],
        [left(NOON), came(Kind.AUTO_REPLY, back=BACK), left(WEDNESDAY, 1, 1)],
        [left(NOON), came(Kind.REPLY, BOB.email), left(LATER, 1, 0, ANN)],
        [left(NOON), came(Kind.SOFT_BOUNCE), left(WEDNESDAY, 1, 1)],
        [left(NOON), came(None), left(LATER, 1, 1)],
    ],
)
def test_what_arrived_as_it_should_passes_the_check(log: list[Leaving | Came]) -> None:
    check(log, arrivals(log), Window())


@pytest.mark.parametrize(
    ("log", "complaint"),
    [
        ([left(NOON), left(NOON + timedelta(days=1), 1)], "intro to bob@acme.example arrived twice"),
        *(
            ([left(NOON), came(kind, BOB.email), left(LATER, 1, 1)], "followup to bob@.* after the stop")
            for kind in STOPS
        ),
        (
            [left(NOON), came(Kind.REPLY, BOB.email, ANN.email), left(LATER, 1, 0, ANN)],
            "intro to ann@acme.example arrived after the stop",
        ),
        (
            [left(NOON), came(Kind.AUTO_REPLY, back=BACK), left(WEDNESDAY - timedelta(days=1), 1, 1)],
            "followup to bob@acme.example arrived while its reader is away",
        ),
        (
            [left(NOON), came(Kind.SOFT_BOUNCE), left(WEDNESDAY, 1, 1, number="0")],
            "followup to bob@acme.example arrived twice",
        ),
        ([left(NOON), came(Kind.OPT_OUT, BOB.email, read_as=Kind.REPLY)], "opt_out .* read as reply"),
        ([left(NOON), came(None, read_as=Kind.REPLY)], "read as reply"),
        ([left(NOON + timedelta(hours=5))], "outside its window: Mon 17:00"),
        ([left(NOON, track=replace(BOB, zone="Asia/Almaty"))], "outside its window: Mon 17:00"),
        ([left(NOON - timedelta(days=1))], "outside its window: Sun 12:00"),
    ],
)
def test_what_must_never_be_does_not_pass(log: list[Leaving | Came], complaint: str) -> None:
    with pytest.raises(OutreachError, match=complaint):
        check(log, arrivals(log), Window())


def test_an_answer_that_never_came_does_not_pass() -> None:
    """Else a demo in which somebody's letter, or answer, gets lost would look like one in which all is well."""
    with pytest.raises(OutreachError, match=r"no answer came from bob@acme\.example"):
        check([left(NOON)], arrivals([left(NOON)]), Window(), [came(Kind.REPLY, BOB.email).reaction])


@pytest.mark.parametrize(
    ("kind", "wrong", "complaint"),
    [
        (Kind.REPLY, Response(EnrollmentStatus.REPLIED), r"to ann@acme\.example arrived after the stop"),
        (Kind.AUTO_REPLY, Response(), r"to j\.krueger@\S+ arrived while its reader is away"),
    ],
)
def test_the_demo_finds_out_when_the_program_goes_on_after_an_answer(
    shell: Shell,
    temporary: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: Kind,
    wrong: Response,
    complaint: str,
) -> None:
    monkeypatch.setitem(RESPONSES, kind, wrong)
    code, _, err = shell.run("demo")
    assert code == 1
    assert re.search(complaint, err), err


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
