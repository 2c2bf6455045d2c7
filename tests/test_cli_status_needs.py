"""What needs somebody: on the screen of `outreach status`, in its JSON, and alone with `--check`."""

import json
import shutil
from datetime import timedelta

import pytest

from outreach.model import Scope
from outreach.report import needs as report
from outreach.report.needs import Need
from outreach.store import leases, prospects, stops
from tests.answered import answer
from tests.cli import MONDAY, Shell
from tests.imapd import running
from tests.launched import Served, enter, files, launch, relay

BOB, EVA = "bob@acme.example", "eva@birch.example"
LATE = MONDAY + timedelta(hours=2)


def needs(shell: Shell) -> list[str]:
    return [each["code"] for each in shell.json("status")["needs"]]


def checked(shell: Shell) -> int:
    return shell.run("status", "--check")[0]


def test_a_sender_that_fell_silent_is_no_sender(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), BOB)
    worker = enter(shell, "srv1", seconds_ago=7200)
    assert (
        shell.labels("status")["SENDER"] == "NO SENDER RUNNING: start `outreach run` (the last ran 2 h ago)"
    )
    assert needs(shell) == ["no_sender"]
    assert checked(shell) == 1
    with shell.app().store as store:
        store.write(leases.heartbeat, worker, shell.now)
    assert checked(shell) == 0


def test_no_sender_needs_nobody_while_nothing_is_due(shell: Shell, post: Served) -> None:
    shell.now = MONDAY
    launch(shell, relay(post.server.url), BOB)
    assert checked(shell) == 0
    shell.now = MONDAY + timedelta(hours=1, minutes=1)
    assert needs(shell) == ["no_sender"]


def test_a_refused_letter_and_a_paused_mailbox_need_somebody(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), "policy@acme.example")
    shell.run("run", "--once")
    assert needs(shell) == ["mailbox_paused"]
    found = shell.labels("status")
    assert found["NEEDS YOU"].startswith(
        "ann@northwind.example is paused: its server refused a letter by policy: 550 5.7.1"
    )
    assert "outreach resume ann@northwind.example" in found["NEEDS YOU"]
    assert "PAUSED" in found["MAILBOX"]
    assert found["NEXT"] == "outreach resume ann@northwind.example"


def test_pauses_of_people_and_campaigns_need_nobody(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), BOB)
    with shell.app().store as store:
        person = store.read(prospects.get, BOB)
        assert person is not None
        for scope, name in ((Scope.CAMPAIGN, "shops"), (Scope.PROSPECT, str(person.id))):
            store.write(stops.add_pause, scope, name, reason="fair", actor="ann", at=shell.now)
    assert (
        shell.labels("status")["PAUSED"]
        == f"shops paused, 0 s ago: fair 1 person ({BOB}): outreach why {BOB}"
    )
    assert [each["name"] for each in shell.json("status")["pauses"]] == ["shops", BOB]
    assert checked(shell) == 0


def test_a_copied_store_needs_somebody(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), BOB)
    shell.ok("run", "--once")
    shutil.rmtree(shell.folder / "state")  # as on the machine that the copy was brought to
    assert needs(shell) == ["store_held"]
    found = shell.labels("status")
    assert found["NEEDS YOU"].startswith("NOTHING IS SENT: this store")
    assert found["NEXT"] == "outreach release"
    assert checked(shell) == 1


def test_an_inbox_that_is_not_read_is_told_as_soon_as_a_follow_up_waits(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url, 'imap = "imaps://ann@imap.northwind.example:993"'), BOB)
    assert "inbox_not_read" not in needs(shell)
    assert shell.run("run", "--once")[0] == 1
    assert needs(shell) == ["inbox_unreadable", "inbox_not_read"]
    found = shell.labels("status")
    assert "ann@northwind.example: 1 follow-up waits, its inbox was not read" in found["NEEDS YOU"]
    assert 'answers = "manual"' in found["NEEDS YOU"]
    assert "next" not in found["MAILBOX"]  # nothing that will not happen is promised
    assert shell.json("status")["mailboxes"][0]["answers_known"] is False


def test_servers_that_were_changed_but_not_launched_are_told(shell: Shell) -> None:
    texts = files("smtp://127.0.0.1:2525", "sqlite:///outreach.db")
    launch(shell, texts, BOB)
    assert "not_launched" not in needs(shell)
    changed = texts["outreach.toml"].replace("127.0.0.1:2525", "127.0.0.1:2526")
    shell.write("outreach.toml", changed)
    assert "not_launched" in needs(shell)
    shell.ok("launch", "shops", "--yes")
    assert "not_launched" not in needs(shell)


def test_an_inbox_that_cannot_be_read_is_told_with_the_reason(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch(shell, relay("smtp://127.0.0.1:2525", 'imap = "imap://ann@127.0.0.1:1"'), BOB)
    monkeypatch.setenv("OUTREACH_PASSWORD_ANN_NORTHWIND_EXAMPLE", "x")
    assert shell.run("run", "--once")[0] == 1
    status = shell.json("status")
    (need,) = [each for each in status["needs"] if each["code"] == "inbox_unreadable"]
    assert "127.0.0.1:1" in need["text"]


def test_check_says_only_what_needs_somebody_a_line_each(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), BOB, "policy@acme.example")
    shell.run("run", "--once")
    answer(shell)
    shell.ok("inbox", "import", "answer.eml")
    code, out, _ = shell.run("status", "--check")
    assert code == 1
    paused, waits = out.splitlines()
    assert paused.startswith("ann@northwind.example is paused: ")
    assert paused.endswith(": outreach resume ann@northwind.example")
    assert waits.endswith("outreach inbox waiting")
    code, out, _ = shell.run("status", "--check", "--format", "json")
    found = json.loads(out)
    assert (code, found["ok"]) == (1, False)
    assert [each["code"] for each in found["needs"]] == ["mailbox_paused", "answers"]
    shell.ok("resume", "ann@northwind.example")
    assert shell.run("status", "--check", "--ignore", "answers")[:2] == (0, "")


def test_check_is_silent_while_all_is_well(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), BOB)
    shell.ok("run", "--once")
    assert shell.run("status", "--check") == (0, "", "")
    assert shell.json("status", "--check") == {"ok": True, "needs": []}


def test_check_fails_where_letters_are_due_and_no_sender_ran_lately(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB, EVA)
    shell.ok("run", "--once")
    shell.now += timedelta(hours=2)
    code, out, _ = shell.run("status", "--check")
    assert code == 1
    assert "nobody sends them: outreach run" in out


def test_a_need_that_does_not_exist_is_not_ignored(shell: Shell) -> None:
    shell.fill()
    code, _, err = shell.run("status", "--check", "--ignore", "answer")
    assert code == 2
    assert "did you mean answers?" in " ".join(err.replace("`", "").split())
    assert shell.run("status", "--ignore", "answers")[0] == 2


def test_a_wrong_password_is_mended_where_it_is_kept_and_not_by_another_run(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running("embedded") as imap:
        shell.now = LATE
        launch(shell, relay("smtp://127.0.0.1:2525", f'imap = "{imap.url}"'), BOB)
        monkeypatch.setenv("OUTREACH_PASSWORD_ANN_NORTHWIND_EXAMPLE", "wrong")
        said = " ".join(shell.run("run", "--once")[1].split())
    assert "correct the password where it is kept (keyring, password_file" in said
    (need,) = [
        each
        for each in json.loads(shell.run("status", "--check", "--format", "json")[1])["needs"]
        if each["code"] == "inbox_unreadable"
    ]
    assert need["command"] == "outreach mailbox test ann@northwind.example"
    assert "Correct its password where it is kept (keyring" in need["text"]
    (line,) = [each for each in shell.run("status", "--check")[1].splitlines() if "login refused" in each]
    assert ".:" not in line
    assert line.endswith(": outreach mailbox test ann@northwind.example")


def test_check_is_wrapped_for_a_person_and_a_line_each_for_a_program() -> None:
    found = [
        Need("held", "a letter is held because " + "of this " * 20, "outreach why 1"),
        Need("x", "short"),
    ]
    assert len(report.checked(found).splitlines()) == 2
    wrapped = report.checked(found, 80).splitlines()
    assert len(wrapped) > 2
    assert all(len(line) <= 80 for line in wrapped)
    assert [line for line in wrapped if not line.startswith("  ")] == [wrapped[0], "short"]


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('company = "Northwind Shelving Ltd"\n', "", "outreach.toml:1"),
        ("[sender]", "garbage here", "outreach.toml:1:9: not valid TOML"),
        ("Europe/London", "Mars", 'outreach.toml:5:12: `timezone` is no time zone: "Mars"'),
    ],
)
def test_a_broken_settings_file_is_told_and_what_is_launched_goes_on(
    shell: Shell, post: Served, old: str, new: str, where: str
) -> None:
    shell.now = LATE + timedelta(days=200)  # in summer: London is not UTC
    launch(shell, relay(post.server.url), BOB)
    shell.edit("outreach.toml", old, new)
    (need,) = [each for each in shell.json("status")["needs"] if each["code"] == "settings_broken"]
    assert need["text"].startswith(where)
    assert need["text"].endswith("what is launched goes on as it was launched")
    assert need["command"] == "outreach lint"
    assert shell.run("run", "--once", "--quiet")[0] == 0
    assert post.recipients() == [BOB]
    assert checked(shell) == 1
    assert shell.run("status", "--check", "--ignore", "settings_broken")[:2] == (0, "")
    assert f"{shell.now.hour + 1}:00" in shell.ok("log")


def test_further_problems_of_the_settings_are_counted(shell: Shell) -> None:
    shell.fill()
    shell.edit("outreach.toml", "[sender]", "surplus = 1\n[sender]\nother = 2")
    code, out, _ = shell.run("status", "--check")
    assert (code, "outreach.toml:1:1: unknown key `surplus` (and 1 more problem)" in out) == (
        1,
        True,
    )
    assert shell.labels("status")["MAILBOX"] == "none launched yet"


def test_a_server_that_is_out_of_reach_again_and_again_needs_somebody(shell: Shell) -> None:
    shell.now = LATE
    launch(shell, relay("smtp://127.0.0.1:1"), BOB, EVA)
    for minutes in (3, 9):
        assert shell.run("run", "--once", "--quiet") == (0, "", "")
        assert "mailbox_unreachable" not in needs(shell)
        shell.now += timedelta(minutes=minutes)
    code, out, _ = shell.run("run", "--once", "--quiet")
    assert (code, "3 tries in a row failed" in " ".join(out.split())) == (1, True)
    assert needs(shell) == ["mailbox_unreachable"]
    assert shell.labels("status")["NEXT"] == "outreach mailbox test ann@northwind.example"
    assert shell.run("run", "--once", "--quiet") == (1, "", "")
