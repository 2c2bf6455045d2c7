"""`outreach status`: what needs somebody, what was sent, what comes next."""

from datetime import timedelta

import pytest

from outreach.model import EnrollmentStatus
from outreach.report.lines import width
from outreach.store import prospects, stops
from tests.answered import answer
from tests.cli import MONDAY, Shell, labelled
from tests.launched import Served, add, enter, files, launch, nightly, relay

BOB, EVA, TOM = "bob@acme.example", "eva@birch.example", "tom@cedar.example"
LATE = MONDAY + timedelta(hours=2)


def test_before_anything_is_launched(shell: Shell) -> None:
    shell.fill()
    found = shell.labels("status")
    assert found["NEEDS YOU"] == "nothing"
    assert found["SENT"] == "0 today: 0 first, 0 follow-ups"
    assert found["MAILBOX"] == "1 in outreach.toml, none launched yet: outreach mailbox list"
    assert found["SENDER"] == "NO SENDER RUNNING: start `outreach run`"
    assert found["NEXT"] == "outreach plan CAMPAIGN"
    assert shell.ok("status", "--check") == ""


def test_a_day_on_one_screen(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB, EVA, TOM)
    shell.ok("run", "--once")
    shell.now += timedelta(seconds=20)
    enter(shell, "srv1", seconds_ago=20)
    out = shell.ok("status")
    assert all(width(line) <= 80 for line in out.splitlines())
    assert len(out.splitlines()) < 24
    found = labelled(out.splitlines())
    assert found["NEEDS YOU"] == "nothing"
    assert found["SENT"] == "1 of 30 today: 1 first, 0 follow-ups"
    assert found["CAME BACK"].startswith("nothing")
    assert found["PAUSED"] == "none"
    assert found["MAILBOX"].startswith("ann@northwind.example ok, 1/30 today, next 10:")
    assert found["MAILBOX"].endswith(EVA)
    assert found["SENDER"] == "running on srv1, alive 20 s ago"
    assert out.splitlines()[-3].split()[:4] == ["shops", "3", "3", "0"]
    assert found["NEXT"] == "outreach calendar shops"
    assert shell.ok("status", "--check") == ""


def test_everything_that_went_wrong_is_counted_once_and_needs_somebody(shell: Shell, post: Served) -> None:
    shell.now = LATE
    people = ["nouser@acme.example", "greylist@birch.example", "dropbody@cedar.example", "bob@elm.example"]
    launch(shell, relay(post.server.url), *people)
    shell.ok("run", "--once")
    found = shell.json("status")
    assert found["sent"] == {"first": 1, "follow_ups": 0, "deferred": 1, "refused": 1}
    assert found["uncertain"] == 1
    assert [each["status"] for each in found["stopped"]] == ["bounced"]
    assert [each["code"] for each in found["needs"]] == ["uncertain"]
    assert found["needs"][0]["command"] == "outreach uncertain list"
    texts = shell.labels("status")
    assert texts["NEEDS YOU"].startswith("1 letter may or may not have arrived")
    assert texts["SENT"] == "1 of 1,000 today: 1 first, 0 follow-ups (1 deferred, 1 refused)"
    assert texts["CAME BACK"] == "1 bounce"
    assert texts["STOPPED"] == "1 person: 1 bounced"
    assert shell.run("status", "--check")[0] == 1


def test_a_mailbox_at_rest_says_until_when_and_how_to_try_at_once(shell: Shell) -> None:
    shell.now = LATE
    launch(shell, relay("smtp://127.0.0.1:1"), BOB)
    shell.run("run", "--once")
    found = shell.labels("status")
    assert found["PAUSED"].startswith("ann@northwind.example until 10:02: its server could not be reached: ")
    assert found["NEXT"].startswith("outreach resume ann@northwind.example ")
    assert "tries again 10:02" in found["NEXT"]


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
    found = shell.json("status", "--since", since)
    assert found["sent"]["first"] == sent
    assert sum(each["people"] for each in found["stopped"]) == (0 if since == "today" else 1)
    if sent:
        assert shell.labels("status", "--since", since)["CAME BACK"] == "1 reply"
        assert "since" in shell.labels("status", "--since", since)["SENT"]


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


def test_the_json_is_a_contract(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB, EVA)
    shell.ok("run", "--once")
    found = shell.json("status")
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
    found = shell.labels("status")
    assert found["SENT"] == "1 of 30 today: 1 first, 0 follow-ups"
    assert found["MAILBOX"].endswith(EVA)
    assert shell.ok("status", "--check") == ""


def test_a_campaign_keeps_its_name_and_its_time_at_eighty_columns(shell: Shell) -> None:
    shell.fill()
    (shell.folder / "campaigns/shops.toml").rename(shell.folder / "campaigns/retail-shelving-uk.toml")
    shell.ok("prospects", "import", "prospects.csv")
    shell.ok("launch", "retail-shelving-uk", "--yes")
    row = next(line for line in shell.ok("status").splitlines() if line.startswith("retail-shelving-uk "))
    assert row.endswith("Mon 23 Nov 09:00")
    assert len(row) <= 80


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
    assert shell.labels("status")["CAME BACK"] == "2 replies (1 interested), 1 opt-out, 1 bounce"
    found = shell.json("status")
    assert {kind: count for kind, count in found["came_back"].items() if count} == {
        "reply": 2,
        "opt_out": 1,
        "hard_bounce": 1,
    }
    assert found["interested"] == 1
    shell.now += timedelta(days=1)
    assert shell.labels("status")["CAME BACK"].startswith("nothing")
    assert shell.labels("status", "--since", "yesterday")["CAME BACK"].startswith("2 replies")


def test_a_mailbox_that_is_away_says_until_when(shell: Shell, post: Served) -> None:
    shell.now = LATE
    texts = relay(post.server.url)
    away = 'away = ["2026-11-20..2026-11-25", "2026-11-27"]\nown_relay'
    texts["outreach.toml"] = texts["outreach.toml"].replace("own_relay", away)
    launch(shell, texts, BOB)
    found = shell.labels("status")
    assert found["MAILBOX"].startswith("ann@northwind.example away until 25 Nov, ")
    assert shell.json("status")["mailboxes"][0]["away_until"] == "2026-11-25"
    assert "0 sent; ann@northwind.example is away until 25 Nov" in shell.ok("run", "--once")
    assert post.recipients() == []


def test_tonight_says_how_many_would_join_and_how_many_are_held(shell: Shell, post: Served) -> None:
    shell.now = LATE
    launch(shell, nightly(relay(post.server.url)), BOB)
    shell.ok("run", "--once")
    assert shell.labels("status")["TONIGHT"] == "0 join shops"
    assert shell.json("status")["campaigns"][0]["nightly"] is True
    add(shell, EVA, TOM)
    shell.add("email,industry,country\njo@elm.example,retail,GB\n")
    assert shell.labels("status")["TONIGHT"] == "2 join shops, 1 held: outreach plan shops"
    assert shell.json("status")["campaigns"][0]["tonight"] == {"join": 2, "held": 1}
    shell.now += timedelta(days=1)
    assert "JOINED    shops: 2 joined, 1 held" in shell.ok("run", "--once")


def test_a_mailbox_that_an_undone_launch_leaves_is_not_shown_nor_counted(shell: Shell) -> None:
    texts = files("smtp://127.0.0.1:1", "sqlite:///outreach.db")
    box = texts["outreach.toml"].partition("[[mailbox]]")[2].replace("ann@", "eve@")
    texts["outreach.toml"] += f"\n[[mailbox]]{box}"
    hers = texts["campaigns/shops.toml"].replace('"ann@', '"eve@')
    launch(shell, {**texts, "campaigns/fairs.toml": hers}, BOB)
    launch(shell, texts, EVA, stem="fairs")
    assert "of 60 today" in shell.labels("status")["SENT"]
    shell.ok("undo", "fairs", "--yes")
    assert "eve@" not in shell.labels("status")["MAILBOX"]
    assert "of 30 today" in shell.labels("status")["SENT"]
    rows = {each["address"]: each["launched"] for each in shell.json("mailbox", "list")}
    assert rows == {"ann@northwind.example": True, "eve@northwind.example": False}


def test_a_nightly_campaign_that_nobody_joins_now_says_why(shell: Shell) -> None:
    launch(shell, nightly(files("smtp://127.0.0.1:1", "sqlite:///outreach.db")), BOB)
    add(shell, EVA, TOM)
    shell.ok("launch", "shops", "--first", "1", "--yes")
    assert shell.labels("status")["TONIGHT"] == "nobody joins shops yet, it is a pilot: outreach launch shops"
