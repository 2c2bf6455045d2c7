"""`outreach run --once` as cron starts it at night: who joins, what the report says, and when it is quiet."""

from datetime import timedelta

import pytest

from outreach.mailbox.sandbox import Sandbox
from tests.cli import MONDAY, Shell
from tests.launched import Served, add, files, launch, nightly, relay, served
from tests.test_credentials import Desktop

BOB, EVA = "bob@acme.example", "eva@birch.example"
LATE = MONDAY + timedelta(hours=2)  # Monday at ten, an hour after windows open


def test_who_joins_at_night_is_told_and_written_to(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, nightly(relay(post.server.url)), BOB)
    shell.ok("run", "--once")
    add(shell, EVA)
    assert "joined" not in shell.ok("run", "--once")
    shell.now = LATE + timedelta(days=1)
    out = shell.ok("run", "--once").splitlines()
    assert "JOINED    shops: 1 joined, 0 held" in out
    assert f"10:00 sent intro to {EVA}" in out
    assert post.recipients() == [BOB, EVA]


def test_the_nightly_report_says_who_joined_who_is_held_why_and_what_was_edited(
    shell: Shell, post: Served
) -> None:
    shell.now = LATE
    launch(shell, nightly(relay(post.server.url)), BOB)
    add(shell, EVA)
    shell.add("email,industry,country\njo@elm.example,retail,GB\n")
    shell.write("templates/intro.txt", "Subject: New words\n\nHello {{ first_name }},\n\nWe make shelving.\n")
    shell.now = LATE + timedelta(days=1)
    result = shell.json("run", "--once")
    (joined,) = result["joined"]
    assert (joined["campaign"], joined["people"], joined["trouble"]) == ("shops", 1, "")
    assert joined["held"] == [{"reason": "no company", "people": 1}]
    assert result["edited"] == [{"campaign": "shops", "revision": 1}]
    add(shell, "tom@cedar.example")
    shell.now = LATE + timedelta(days=2)
    out = shell.ok("run", "--once")
    assert "JOINED    shops: 1 joined, 1 held: no " in out
    assert "EDITED    shops: files differ from revision 1: outreach plan shops" in out


def test_quiet_says_nothing_while_nothing_needs_a_person(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), BOB)
    assert shell.run("run", "--once", "--quiet") == (0, "", "")
    assert post.recipients() == [BOB]


def test_quiet_says_what_needs_a_person_once_a_day(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), "policy@acme.example")
    code, out, _ = shell.run("run", "--once", "--quiet")
    assert code == 1
    assert out.startswith("NEEDS YOU: ann@northwind.example is paused: ")
    assert "outreach resume ann@northwind.example" in out
    for _ in range(3):  # cron starts it again and again
        shell.now += timedelta(minutes=3)
        assert shell.run("run", "--once", "--quiet") == (1, "", "")
    shell.now = LATE + timedelta(days=1)
    assert "is paused" in shell.run("run", "--once", "--quiet")[1]


@pytest.mark.parametrize("args", [("--dry-run",), ("--format", "json")])
def test_quiet_goes_with_once_alone(shell: Shell, args: tuple[str, ...]) -> None:
    shell.fill()
    assert shell.run("run", "--quiet")[0] == 2
    code, _, err = shell.run("run", "--once", "--quiet", *args)
    assert (code, "--quiet says next to nothing" in err) == (2, True)


def test_quiet_says_once_that_no_mailbox_has_its_password(shell: Shell) -> None:
    """Cron would mail an error every three minutes."""
    shell.now = MONDAY + timedelta(hours=2)
    launch(shell, files("smtp://ann@127.0.0.1:1", "sqlite:///outreach.db"), BOB)
    code, out, err = shell.run("run", "--once", "--quiet")
    assert (code, err) == (1, "")
    assert "no password for ann@northwind.example: its letters stay." in out
    shell.now += timedelta(minutes=3)
    assert shell.run("run", "--once", "--quiet") == (1, "", "")


def test_the_words_of_a_hold_fit_the_screen(shell: Shell, post: Served) -> None:
    shell.now = MONDAY + timedelta(hours=2)
    launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB)
    shell.ok("backup", "a-backup-with-quite-a-long-name-of-the-day-before-yesterday.backup")
    shell.ok("restore", "a-backup-with-quite-a-long-name-of-the-day-before-yesterday.backup", "--yes")
    out = shell.run("run", "--once")[1]
    assert "NOTHING IS SENT: " in out
    assert max(map(len, out.splitlines())) <= 80, out


def test_a_keyring_is_asked_once_in_a_run(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may ask its owner each time."""
    asked = []

    class Counting(Desktop):
        def get_password(self, service: str, username: str) -> str | None:
            asked.append(username)
            return super().get_password(service, username)

    held = {("outreach", "ann@northwind.example"): "right horse"}
    monkeypatch.setattr("outreach.mailbox.credentials._keyrings", lambda: iter((Counting(held),)))
    with served(Sandbox({"ann": "right horse"})) as post:
        shell.now = LATE
        launch(shell, relay(post.server.url), BOB)
        shell.ok("run", "--once")
        assert post.recipients() == [BOB]
    assert asked == ["ann@northwind.example"]
