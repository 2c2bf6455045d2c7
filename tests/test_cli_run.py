"""`outreach run --once`: what leaves, and why nothing does."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from outreach.mailbox.sandbox import Sandbox
from outreach.model import Scope
from outreach.store import claims, leases, status, stops
from tests.answered import answer
from tests.cli import MONDAY, Shell
from tests.launched import Served, files, launch, program, real_now, relay, served, statuses

BOB, EVA = "bob@acme.example", "eva@birch.example"
CROWD = [f"bob@firm{number}.example" for number in range(16)]  # so many that each of two mailboxes has some
LATE = MONDAY + timedelta(hours=2)  # Monday at ten, an hour after windows open


def workspace(smtp: str, **changes: str) -> dict[str, str]:
    """The files, with texts of outreach.toml replaced: `old=new`, `_` for a space."""
    texts = files(smtp, "sqlite:///outreach.db")
    for old, new in changes.items():
        old = old.replace("_is_", " = ")
        assert old in texts["outreach.toml"]
        texts["outreach.toml"] = texts["outreach.toml"].replace(old, new)
    return texts


def last(out: str) -> str:
    """The last words, which may go over some lines of a screen."""
    lines = out.strip().splitlines()
    assert all(len(line) <= 80 for line in lines), out
    counted = [place for place, line in enumerate(lines) if re.match(r"\d+ sent\b", line)]
    return " ".join(line.strip() for line in lines[counted[-1] if counted else -1 :])


def once(shell: Shell, *more: str) -> dict[str, Any]:
    """The JSON of a run, whatever its exit code."""
    result: dict[str, Any] = json.loads(shell.run("run", "--once", "--format", "json", *more)[1])
    return result


def test_it_sends_what_may_leave_now_and_says_what_comes_next(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB, EVA)
    out = shell.ok("run", "--once")
    assert post.recipients() == [BOB]  # the gap keeps Eva
    assert out.splitlines()[0] == f"10:00 sent intro to {BOB}"
    assert last(out).startswith("1 sent; next Mon 23 Nov 10:0")
    assert last(out).endswith(EVA)
    again = shell.ok("run", "--once")
    assert last(again).startswith("0 sent; ann@northwind.example may send again at 10:0")
    assert post.recipients() == [BOB]
    after = once(shell)["next"]
    assert after["email"] == EVA
    shell.now = LATE + timedelta(minutes=10)
    shell.ok("run", "--once")
    assert post.recipients() == [BOB, EVA]


def test_before_the_window_it_says_when_that_opens_and_who_is_next(shell: Shell, post: Served) -> None:
    shell.now = MONDAY - timedelta(hours=1)
    launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB)
    out = last(shell.ok("run", "--once"))
    assert out.startswith("0 sent; window opens 09:00; next Mon 23 Nov 09:0")
    assert out.endswith(BOB)
    result = once(shell)
    assert [each["code"] for each in result["reasons"]] == ["window"]
    assert result["next"]["at"].startswith("2026-11-23T09:0")
    assert result["next"]["at"].endswith("+00:00")
    assert post.recipients() == []


def test_the_json_is_a_contract(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), BOB, "nouser@cedar.example", "greylist@elm.example")
    result = once(shell)
    assert set(result) == {
        *("dry_run", "counts", "letters", "waiting", "reasons", "next"),
        *("joined", "came_back", "put_back", "edited", "needs"),
    }
    assert result["dry_run"] is False
    assert result["counts"] == {"sent": 1, "bounced": 1, "deferred": 1}
    assert result["letters"][0] == {
        "event": "sent",
        "at": LATE.isoformat(),
        "campaign": "shops",
        "letter": "intro",
        "email": BOB,
        "answer": result["letters"][0]["answer"],
    }
    assert "taken as 0" in result["letters"][0]["answer"]
    assert "5.1.1" in result["letters"][1]["answer"]
    assert set(result["next"]) == {"at", "campaign", "letter", "email", "mailbox"}
    assert [set(each) for each in result["reasons"]] == [{"code", "text", "command"}]


def test_bounces_and_deferrals_are_told_with_the_servers_words(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), "nouser@cedar.example", "greylist@elm.example")
    out = shell.ok("run", "--once")
    bounced, deferred = out.splitlines()[:2]
    assert bounced.startswith("10:00 bounced intro to nouser@cedar.example: 550 5.1.1 ")
    assert deferred.startswith("10:00 deferred intro to greylist@elm.example: 451 4.7.1 ")
    assert last(out).startswith("0 sent, 1 bounced, 1 deferred; ")


def test_a_dry_run_shows_what_a_run_then_sends_and_changes_nothing(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), BOB, EVA)
    dry = once(shell, "--dry-run")
    assert post.recipients() == []
    assert statuses(shell) == {BOB: "scheduled", EVA: "scheduled"}
    with shell.app().store as store:
        assert store.read(leases.last_heartbeat) is None
    would = [(each["event"], each["email"]) for each in dry["letters"]]
    assert would == [("would_send", BOB), ("would_send", EVA)]
    assert "2 letters would leave now; nothing was sent" in shell.ok("run", "--once", "--dry-run")
    real = [each["email"] for each in once(shell)["letters"]]
    assert real == [email for _, email in would]


def test_a_limit_is_kept(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), *(f"bob@firm{number}.example" for number in range(20)))
    assert len(once(shell, "--dry-run", "--limit", "3")["letters"]) == 3
    assert once(shell, "--limit", "3")["counts"]["sent"] == 3
    assert len(post.recipients()) == 3
    said = last(shell.ok("run", "--once", "--limit", "3"))
    assert "3 sent; stopped at --limit 3; the next run goes on; next Mon 23 Nov 10:00" in said
    assert "had enough" not in said
    assert "stopped at" not in shell.ok("run", "--once", "--limit", "14")  # it is the last letter too


def test_letters_in_the_hands_of_another_sender_are_told_as_such(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), BOB, EVA)
    with shell.app().store as store:
        other = store.write(leases.enter, "srv1", "srv1/boot", 1, shell.now)
        assert len(store.write(claims.claim, "ann@northwind.example", other, shell.now, 16)) == 2
    out = last(shell.ok("run", "--once"))
    assert out.startswith(
        "0 sent; another sender is at work: it has 2 letters of ann@northwind.example in hand"
    )
    assert [each["code"] for each in once(shell)["reasons"]] == ["other_sender"]


def test_used_up_caps_are_named_with_the_day_it_goes_on(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, workspace(post.server.url, per_day_is_30="per_day = 1"), BOB, EVA)
    shell.ok("run", "--once")
    shell.now = LATE + timedelta(hours=1)
    out = last(shell.ok("run", "--once"))
    assert out.startswith("0 sent; ann@northwind.example has sent its 1 letter of today; next Tue 24 Nov 09:")


def test_nothing_launched_and_nothing_left(shell: Shell, post: Served) -> None:
    shell.fill()
    assert shell.ok("run", "--once").splitlines()[0] == "0 sent; nothing is launched"
    shell.now = LATE
    launch(shell, relay(post.server.url), "nouser@cedar.example")
    shell.ok("run", "--once")
    assert shell.ok("run", "--once").strip() == "0 sent; no letter waits"


def test_a_pause_is_the_reason_given(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB)
    with shell.app().store as store:
        store.write(stops.add_pause, Scope.CAMPAIGN, "shops", reason="fair week", actor="ann", at=shell.now)
    out = shell.ok("run", "--once").splitlines()
    assert out == ["0 sent; shops paused, 0 s ago: fair week", "      outreach resume shops"]
    assert [each["code"] for each in once(shell)["reasons"]] == ["paused"]


def test_a_missing_password_is_told_before_anything_is_claimed(shell: Shell) -> None:
    shell.now = LATE
    launch(shell, files("smtp://ann@127.0.0.1:1", "sqlite:///outreach.db"), BOB)
    for args in (("run", "--once"), ("run",)):
        code, out, err = shell.run(*args)
        assert (code, out) == (1, "")
        assert "no password for ann@northwind.example" in err
        assert "OUTREACH_PASSWORD_ANN_NORTHWIND_EXAMPLE" in err
    with shell.app().store as store:
        assert store.read(leases.last_heartbeat) is None


def test_one_mailbox_without_a_password_does_not_stop_the_others(
    shell: Shell, post: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.now = LATE
    texts = relay(post.server.url)
    lost = (
        texts["outreach.toml"].partition("[[mailbox]]")[2].replace(post.server.url, "smtp://eve@127.0.0.1:1")
    )
    texts["outreach.toml"] += "\n[[mailbox]]" + lost.replace("ann@", "eve@")
    both = '"ann@northwind.example", "eve@northwind.example"'
    texts["campaigns/shops.toml"] = texts["campaigns/shops.toml"].replace('"ann@northwind.example"', both)
    launch(shell, texts, *CROWD)
    lacks = "no password for eve@northwind.example"
    code, out, _ = shell.run("run", "--once", "--dry-run")
    assert (code, lacks in out) == (0, True)
    assert "from eve@" not in out
    assert lacks in shell.ok("status")
    code, out, err = shell.run("run", "--once")
    assert (code, err) == (1, "")
    assert out.startswith(f"NEEDS YOU: {lacks}: its letters stay.")
    assert 0 < len(post.recipients()) < len(CROWD)
    assert lacks in out.splitlines()[-1] + out.splitlines()[-2]
    assert "OUTREACH_PASSWORD_EVE_NORTHWIND_EXAMPLE" in out
    with shell.app().store as store:  # nothing was paused: a sender that has the password goes on
        assert store.read(status.pauses, shell.now) == []
    monkeypatch.setenv("OUTREACH_PASSWORD_EVE_NORTHWIND_EXAMPLE", "right horse")
    assert "no password" not in shell.run("run", "--once", "--dry-run")[1]
    assert "no password" not in shell.ok("status")


def test_a_refused_login_pauses_the_mailbox_and_says_how_to_go_on(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.now = LATE
    secret = "OUTREACH_PASSWORD_ANN_NORTHWIND_EXAMPLE"
    with served(Sandbox({"ann": "right horse"})) as post:
        launch(shell, relay(post.server.url), BOB, EVA)
        monkeypatch.setenv(secret, "wrong battery")
        code, out, err = shell.run("run", "--once")
        assert code == 1
        assert "PAUSED ann@northwind.example: it cannot log in: " in out
        assert "outreach resume ann@northwind.example" in out
        assert "wrong battery" not in out + err
        monkeypatch.setenv(secret, "right horse")
        assert shell.run("run", "--once")[0] == 1
        shell.ok("resume", "ann@northwind.example")
        assert once(shell)["counts"]["sent"] == 2
        assert post.recipients() == [BOB, EVA]


def test_a_restored_store_sends_nothing_and_says_so_loudly(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB, EVA)
    shutil.copy(shell.folder / "outreach.db", shell.folder / "backup.db")
    shell.ok("run", "--once")
    shutil.copy(shell.folder / "backup.db", shell.folder / "outreach.db")
    for leftover in shell.folder.glob("outreach.db-*"):
        leftover.unlink()
    shell.now = LATE + timedelta(minutes=10)
    code, out, _ = shell.run("run", "--once")
    assert code == 1
    assert "NOTHING IS SENT: this store is older than what was sent from here" in out
    assert "outreach status" in out
    assert "outreach release" in out
    assert shell.run("run", "--once", "--dry-run")[0] == 1
    assert post.recipients() == [BOB]


def test_follow_ups_of_an_inbox_that_is_not_read_wait_and_the_way_out_is_told(
    shell: Shell, post: Served
) -> None:
    shell.now = LATE
    inbox = 'imap = "imaps://ann@imap.northwind.example:993"'
    launch(shell, workspace(post.server.url, **{'answers_is_"manual"': inbox}), BOB)
    shell.run("run", "--once")
    shell.now = LATE + timedelta(days=3, minutes=1)
    assert once(shell, "--dry-run")["letters"] == []
    code, out, _ = shell.run("run", "--once")
    out = last(out)
    assert code == 1
    assert out.startswith("0 sent; ann@northwind.example: 1 follow-up waits")
    assert 'answers = "manual"' in out
    assert post.recipients() == [BOB]


def test_a_broken_draft_does_not_stop_the_sending(shell: Shell, post: Served) -> None:
    """Unattended work uses what was launched, whatever somebody is writing at the moment."""
    shell.now = LATE
    launch(shell, relay(post.server.url), BOB)
    shell.write("campaigns/draft.toml", "name = ")
    shell.write("campaigns/shops.toml", "segment = 7")
    assert once(shell)["counts"]["sent"] == 1


def test_a_closed_pipe_does_not_stop_the_sending(shell: Shell, post: Served) -> None:
    shell.now = real_now()
    launch(shell, files(post.server.url, "sqlite:///outreach.db", always=True), BOB, EVA)
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write) as nobody:
        done = subprocess.run(
            [sys.executable, "-m", "outreach", "run", "--once"],
            cwd=shell.folder,
            env={**os.environ, "OUTREACH_STATE": str(shell.folder / "state")},
            stdout=nobody,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert post.recipients() == [BOB, EVA]


@pytest.mark.parametrize("args", [("--limit", "3"), ("--dry-run",), ("--format", "json")])
def test_options_that_belong_to_once_are_refused_without_it(shell: Shell, args: tuple[str, ...]) -> None:
    shell.fill()
    code, _, err = shell.run("run", *args)
    assert code == 2
    assert f"{args[0]} goes with --once" in err


def test_a_running_sender_tells_who_answered(shell: Shell, post: Served) -> None:
    shell.now = real_now()
    launch(shell, files(post.server.url, "sqlite:///outreach.db", always=True), BOB)
    with program(shell, "run") as sender:
        sender.says(f"sent intro to {BOB}")
        answer(shell)
        shell.ok("inbox", "import", "answer.eml")
        assert sender.says("reply").endswith(f"reply from {BOB} to intro: outreach inbox show 1")
        sender.signal(signal.SIGTERM)
        assert sender.ends() == 0, sender.output


def test_people_who_are_paused_are_counted_and_nobody_is_to_be_resumed_by_the_way(
    shell: Shell, post: Served
) -> None:
    shell.now = LATE
    people = [f"p{number}@firm{number}.example" for number in range(12)]
    launch(shell, relay(post.server.url), *people)
    for each in people[:1]:
        shell.ok("pause", each, "--until", "2026-12-01")
    one = shell.ok("run", "--once", "--dry-run", "--limit", "1")
    assert "resume" not in one
    for each in people[1:]:
        shell.ok("pause", each)
    out = shell.ok("run", "--once")
    assert "12 people paused" in last(out)
    assert "outreach resume" not in out
    assert f"outreach why {people[0]}" in out
    status = " ".join(shell.ok("status").split())
    assert f"12 people ({', '.join(people[:3])} and 9 more): outreach why {people[0]}" in status


def test_a_letter_whose_delay_runs_waits_for_no_window_and_mailboxes_are_named(
    shell: Shell, post: Served
) -> None:
    """Open day and night: only the delay of the next letter keeps it."""
    shell.now = LATE
    texts = files(post.server.url, "sqlite:///outreach.db", always=True)
    main = texts["outreach.toml"]
    box = main[main.index("[[mailbox]]") :]
    texts["outreach.toml"] = f"{main}\n{box.replace('ann@', 'ben@')}"
    campaign = texts["campaigns/shops.toml"]
    texts["campaigns/shops.toml"] = campaign.replace(
        '["ann@northwind.example"]', '["ann@northwind.example", "ben@northwind.example"]'
    )
    launch(shell, texts, *CROWD)
    assert last(shell.ok("run", "--once")).startswith("16 sent; next ")
    said = last(shell.ok("run", "--once"))
    assert said.startswith("0 sent; nothing is due before ")
    assert "(ann@northwind.example, ben@northwind.example); next " in said
    assert "window" not in said


def test_what_a_person_must_do_fits_the_screen(shell: Shell) -> None:
    shell.now = LATE
    texts = workspace("smtp://ann@127.0.0.1:1")
    launch(shell, texts, BOB)
    out = shell.run("run", "--once", "--dry-run")[1]
    assert "NEEDS YOU: no password for ann@northwind.example" in out
    assert max(map(len, out.splitlines())) <= 80, out
