"""`outreach status`: what needs somebody, what was sent, what comes next."""

import io
import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from outreach.cli import MODULES, cli
from outreach.cli.app import App
from outreach.cli.errors import explained
from outreach.errors import InputError, OutreachError, problem
from outreach.model import EnrollmentStatus, Scope
from outreach.report import needs as report
from outreach.report.lines import width
from outreach.report.needs import Need
from outreach.store import leases, prospects, stops
from tests.cli import MONDAY, Shell
from tests.imapd import running
from tests.launched import RELAY, Served, add, files, launch, served
from tests.smtpd import Misbehaving
from tests.test_cli_inbox import answer

BOB, EVA, TOM = "bob@acme.example", "eva@birch.example", "tom@cedar.example"
LATE = MONDAY + timedelta(hours=2)


@pytest.fixture
def post() -> Iterator[Served]:
    with served(Misbehaving()) as each:
        yield each


def relay(smtp: str, answers: str = 'answers = "manual"') -> dict[str, str]:
    """A mailbox without a gap: everything may leave at once."""
    texts = files(smtp, "sqlite:///outreach.db")
    main = texts["outreach.toml"].replace('per_day = 30\ngap = "3-10 min"', RELAY)
    return {**texts, "outreach.toml": main.replace('answers = "manual"', answers)}


def lines(out: str) -> dict[str, str]:
    """The screen's texts by label, continued lines joined."""
    found: dict[str, str] = {}
    label = ""
    for line in out.splitlines():
        label = line[:9].strip() or label
        found[label] = f"{found.get(label, '')} {line[10:].strip()}".strip()
    return found


def screen(shell: Shell, *args: str) -> dict[str, str]:
    return lines(shell.ok("status", *args))


def value(shell: Shell, *args: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(shell.ok("status", "--format", "json", *args))
    return result


def needs(shell: Shell) -> list[str]:
    return [each["code"] for each in value(shell)["needs"]]


def checked(shell: Shell) -> int:
    return shell.run("status", "--check")[0]


def enter(shell: Shell, host: str, *, seconds_ago: int = 0) -> int:
    """A sender on another machine."""
    with shell.app().store as store:
        at = shell.now - timedelta(seconds=seconds_ago)
        return store.write(leases.enter, host, f"{host}/boot", 1, at)


def test_before_anything_is_launched(shell: Shell) -> None:
    shell.fill()
    found = screen(shell)
    assert found["NEEDS YOU"] == "nothing"
    assert found["SENT"] == "0 today: 0 first, 0 follow-ups"
    assert found["MAILBOX"] == "1 in outreach.toml, none launched yet: outreach mailbox list"
    assert found["SENDER"] == "NO SENDER RUNNING: start `outreach run`"
    assert found["NEXT"] == "outreach plan CAMPAIGN"
    assert checked(shell) == 0


def test_a_day_on_one_screen(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB, EVA, TOM)
    shell.ok("run", "--once")
    shell.now += timedelta(seconds=20)
    enter(shell, "srv1", seconds_ago=20)
    out = shell.ok("status")
    assert all(width(line) <= 80 for line in out.splitlines())
    assert len(out.splitlines()) < 24
    found = lines(out)
    assert found["NEEDS YOU"] == "nothing"
    assert found["SENT"] == "1 of 30 today: 1 first, 0 follow-ups"
    assert found["CAME BACK"].startswith("nothing")
    assert found["PAUSED"] == "none"
    assert found["MAILBOX"].startswith("ann@northwind.example ok, 1/30 today, next 10:")
    assert found["MAILBOX"].endswith(EVA)
    assert found["SENDER"] == "running on srv1, alive 20 s ago"
    assert out.splitlines()[-3].split()[:4] == ["shops", "3", "3", "0"]
    assert found["NEXT"] == "outreach calendar shops"
    assert checked(shell) == 0


def test_a_sender_that_fell_silent_is_no_sender(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), BOB)
    worker = enter(shell, "srv1", seconds_ago=7200)
    assert screen(shell)["SENDER"] == "NO SENDER RUNNING: start `outreach run` (the last ran 2 h ago)"
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


def test_everything_that_went_wrong_is_counted_once_and_needs_somebody(shell: Shell, post: Served) -> None:
    shell.now = LATE
    people = ["nouser@acme.example", "greylist@birch.example", "dropbody@cedar.example", "bob@elm.example"]
    launch(shell, relay(post.server.url), *people)
    shell.ok("run", "--once")
    found = value(shell)
    assert found["sent"] == {"first": 1, "follow_ups": 0, "deferred": 1, "refused": 1}
    assert found["uncertain"] == 1
    assert [each["status"] for each in found["stopped"]] == ["bounced"]
    assert [each["code"] for each in found["needs"]] == ["uncertain"]
    assert found["needs"][0]["command"] == "outreach uncertain list"
    texts = screen(shell)
    assert texts["NEEDS YOU"].startswith("1 letter may or may not have arrived")
    assert texts["SENT"] == "1 of 1,000 today: 1 first, 0 follow-ups (1 deferred, 1 refused)"
    assert texts["CAME BACK"] == "1 bounce"
    assert texts["STOPPED"] == "1 person: 1 bounced"
    assert checked(shell) == 1


def test_a_refused_letter_and_a_paused_mailbox_need_somebody(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), "policy@acme.example")
    shell.run("run", "--once")
    assert needs(shell) == ["mailbox_paused"]
    found = screen(shell)
    assert found["NEEDS YOU"].startswith(
        "ann@northwind.example is paused: its server refused a letter by policy: 550 5.7.1"
    )
    assert "outreach resume ann@northwind.example" in found["NEEDS YOU"]
    assert "PAUSED" in found["MAILBOX"]
    assert found["NEXT"] == "outreach resume ann@northwind.example"


def test_a_mailbox_at_rest_says_until_when_and_how_to_try_at_once(shell: Shell) -> None:
    shell.now = LATE
    launch(shell, relay("smtp://127.0.0.1:1"), BOB)
    shell.run("run", "--once")
    found = screen(shell)
    assert found["PAUSED"].startswith("ann@northwind.example until 10:02: its server could not be reached: ")
    assert found["NEXT"].startswith("outreach resume ann@northwind.example ")
    assert "tries again 10:02" in found["NEXT"]


def test_pauses_of_people_and_campaigns_need_nobody(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), BOB)
    with shell.app().store as store:
        person = store.read(prospects.get, BOB)
        assert person is not None
        for scope, name in ((Scope.CAMPAIGN, "shops"), (Scope.PROSPECT, str(person.id))):
            store.write(stops.add_pause, scope, name, reason="fair", actor="ann", at=shell.now)
    assert screen(shell)["PAUSED"] == f"shops paused, 0 s ago: fair 1 person ({BOB}): outreach why {BOB}"
    assert [each["name"] for each in value(shell)["pauses"]] == ["shops", BOB]
    assert checked(shell) == 0


def test_a_copied_store_needs_somebody(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url), BOB)
    shell.ok("run", "--once")
    shutil.rmtree(shell.folder / "state")  # as on the machine that the copy was brought to
    assert needs(shell) == ["store_held"]
    found = screen(shell)
    assert found["NEEDS YOU"].startswith("NOTHING IS SENT: this store")
    assert found["NEXT"] == "outreach release"
    assert checked(shell) == 1


def test_an_inbox_that_is_not_read_is_told_as_soon_as_a_follow_up_waits(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, relay(post.server.url, 'imap = "imaps://ann@imap.northwind.example:993"'), BOB)
    assert "inbox_not_read" not in needs(shell)
    assert shell.run("run", "--once")[0] == 1
    assert needs(shell) == ["inbox_unreadable", "inbox_not_read"]
    found = screen(shell)
    assert "ann@northwind.example: 1 follow-up waits, its inbox was not read" in found["NEEDS YOU"]
    assert 'answers = "manual"' in found["NEEDS YOU"]
    assert "next" not in found["MAILBOX"]  # nothing that will not happen is promised
    assert value(shell)["mailboxes"][0]["answers_known"] is False


@pytest.mark.parametrize(
    ("since", "sent"),
    [("today", 0), ("yesterday", 1), ("1d", 1), ("7 days", 2), ("2026-11-23", 2), ("2026-11-24", 1)],
)
def test_letters_and_people_are_counted_since(shell: Shell, post: Served, since: str, sent: int) -> None:
    shell.now = LATE
    launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB, EVA)
    for day in (0, 1):  # one on Monday, one on Tuesday
        shell.now = LATE + timedelta(days=day)
        shell.ok("run", "--once")
    shell.now = LATE + timedelta(days=2)
    with shell.app().store as store:
        person = store.read(prospects.get, BOB)
        assert person is not None
        tuesday = LATE + timedelta(days=1)
        store.write(
            stops.stop, person.id, EnrollmentStatus.REPLIED, reason="answered", at=tuesday, actor="ann"
        )
    found = value(shell, "--since", since)
    assert found["sent"]["first"] == sent
    assert sum(each["people"] for each in found["stopped"]) == (0 if since == "today" else 1)
    if sent:
        assert screen(shell, "--since", since)["CAME BACK"] == "1 reply"
        assert "since" in screen(shell, "--since", since)["SENT"]


@pytest.mark.parametrize("since", ["lately", "2026-13-01", "last week"])
def test_a_moment_that_is_none_is_refused_with_examples(shell: Shell, since: str) -> None:
    shell.fill()
    code, _, err = shell.run("status", "--since", since)
    assert code == 2
    assert f"--since {since}: write today, yesterday, 7d, 3h, or a date like 2026-11-23" in err


def test_a_day_that_is_still_to_come_is_refused(shell: Shell) -> None:
    shell.fill()
    code, _, err = shell.run("status", "--since", "2026-11-24")
    assert (code, "that is still to come" in err) == (2, True)


def test_people_who_join_at_night_are_announced(shell: Shell, post: Served) -> None:
    shell.now = LATE
    texts = relay(post.server.url)
    nightly = texts["campaigns/shops.toml"].replace('grace = "0 min"', 'grace = "0 min"\nenroll = "nightly"')
    launch(shell, {**texts, "campaigns/shops.toml": nightly}, BOB)
    assert screen(shell)["TONIGHT"] == "0 join shops"
    assert value(shell)["campaigns"][0]["nightly"] is True


def test_the_json_is_a_contract(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB, EVA)
    shell.ok("run", "--once")
    found = value(shell)
    assert set(found) == {
        *("now", "since", "needs", "sent", "stopped", "uncertain", "waiting", "held", "pauses"),
        *("mailboxes", "sender", "campaigns", "came_back", "interested"),
    }
    assert found["now"] == LATE.isoformat()
    assert found["since"] == "2026-11-23T00:00:00+00:00"
    [box] = found["mailboxes"]
    assert {name: box[name] for name in box if name != "next"} == {
        "address": "ann@northwind.example",
        "sent_today": 1,
        "cap_today": 30,
        "per_day": 30,
        "full": "",
        "paused": False,
        "answers_known": True,
        "waiting": 2,
        "follow_ups_waiting": 1,
        "away_until": None,
    }
    assert set(box["next"]) == {"at", "campaign", "letter", "email", "mailbox"}
    assert found["sender"]["running"] == []
    assert found["sender"]["last_alive_at"] == LATE.isoformat()
    [course] = found["campaigns"]
    assert course["people"] == {
        **dict.fromkeys([status.value for status in EnrollmentStatus], 0),
        "active": 2,
    }
    assert (course["campaign"], course["status"], course["waiting"]) == ("shops", "launched", 2)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_on_postgresql_too(shell: Shell, post: Served, store_url: str) -> None:
    shell.now = LATE
    launch(shell, files(post.server.url, store_url), BOB, EVA)
    assert f"sent intro to {BOB}" in shell.ok("run", "--once")
    found = screen(shell)
    assert found["SENT"] == "1 of 30 today: 1 first, 0 follow-ups"
    assert found["MAILBOX"].endswith(EVA)
    assert checked(shell) == 0


def test_a_campaign_keeps_its_name_and_its_time_at_eighty_columns(shell: Shell) -> None:
    shell.fill()
    (shell.folder / "campaigns/shops.toml").rename(shell.folder / "campaigns/retail-shelving-uk.toml")
    shell.ok("prospects", "import", "prospects.csv")
    shell.ok("launch", "retail-shelving-uk", "--yes")
    row = next(line for line in shell.ok("status").splitlines() if line.startswith("retail-shelving-uk "))
    assert row.endswith("Mon 23 Nov 09:00")
    assert len(row) <= 80


def test_every_command_says_what_it_is_for_in_a_line() -> None:
    def lines_of(command: click.Command) -> Iterator[str]:
        for each in getattr(command, "commands", {}).values():
            yield from (each.get_short_help_str(1000), *lines_of(each))

    commands = [command for name in MODULES if (command := cli.get_command(click.Context(cli), name))]
    said = [line for each in commands for line in (each.get_short_help_str(1000), *lines_of(each))]
    assert [line for line in said if not 0 < len(line) <= 60] == []


def test_a_folder_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(OutreachError, match="the folder you are in is gone"):
        App()


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
    status = json.loads(shell.run("status", "--format", "json")[1])
    (need,) = [each for each in status["needs"] if each["code"] == "inbox_unreadable"]
    assert "127.0.0.1:1" in need["text"]


def test_what_came_back_is_counted_by_kind_with_what_was_entered_by_hand(shell: Shell, post: Served) -> None:
    shell.now = LATE
    people = [BOB, EVA, TOM, "nouser@elm.example"]
    launch(shell, relay(post.server.url), *people)
    shell.ok("run", "--once")
    answer(shell)
    shell.now += timedelta(minutes=30)
    shell.ok("inbox", "import", "answer.eml")
    shell.ok("prospects", "mark", EVA, "replied")
    shell.ok("prospects", "mark", TOM, "opted-out")
    assert screen(shell)["CAME BACK"] == "2 replies (1 interested), 1 opt-out, 1 bounce"
    found = value(shell)
    assert {kind: count for kind, count in found["came_back"].items() if count} == {
        "reply": 2,
        "opt_out": 1,
        "hard_bounce": 1,
    }
    assert found["interested"] == 1
    shell.now += timedelta(days=1)
    assert screen(shell)["CAME BACK"].startswith("nothing")
    assert screen(shell, "--since", "yesterday")["CAME BACK"].startswith("2 replies")


def test_a_mailbox_that_is_away_says_until_when(shell: Shell, post: Served) -> None:
    shell.now = LATE
    texts = relay(post.server.url)
    away = 'away = ["2026-11-20..2026-11-25", "2026-11-27"]\nown_relay'
    texts["outreach.toml"] = texts["outreach.toml"].replace("own_relay", away)
    launch(shell, texts, BOB)
    found = screen(shell)
    assert found["MAILBOX"].startswith("ann@northwind.example away until 25 Nov, ")
    assert value(shell)["mailboxes"][0]["away_until"] == "2026-11-25"
    assert "0 sent; ann@northwind.example is away until 25 Nov" in shell.ok("run", "--once")
    assert post.recipients() == []


def test_tonight_says_how_many_would_join_and_how_many_are_held(shell: Shell, post: Served) -> None:
    shell.now = LATE
    texts = relay(post.server.url)
    nightly = texts["campaigns/shops.toml"].replace('grace = "0 min"', 'grace = "0 min"\nenroll = "nightly"')
    launch(shell, {**texts, "campaigns/shops.toml": nightly}, BOB)
    shell.ok("run", "--once")
    add(shell, EVA, TOM)
    shell.write("nameless.csv", "email,industry,country\njo@elm.example,retail,GB\n")
    shell.ok("prospects", "import", "nameless.csv")
    assert screen(shell)["TONIGHT"] == "2 join shops, 1 held: outreach plan shops"
    assert value(shell)["campaigns"][0]["tonight"] == {"join": 2, "held": 1}
    shell.now += timedelta(days=1)
    assert "JOINED    shops: 2 joined, 1 held" in shell.ok("run", "--once")


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
    assert json.loads(shell.ok("status", "--check", "--format", "json")) == {"ok": True, "needs": []}


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


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("out", [Screen(), io.StringIO()], ids=["terminal", "pipe"])
def test_problems_are_wrapped_on_a_terminal_and_a_line_each_in_a_pipe(
    out: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    hint = "a hint that says what to do " * 3

    def fail() -> None:
        raise InputError([problem("something is wrong here " * 4, file="outreach.toml", line=3, hint=hint)])

    assert explained(fail, out) == 1
    first, *more = out.getvalue().splitlines()
    assert first.startswith("outreach.toml:3: something")
    assert len(more) == (4 if out.isatty() else 2)
    if out.isatty():
        assert max(map(len, (first, *more))) <= 80
        assert all(line.startswith("  ") for line in more[:-1])
