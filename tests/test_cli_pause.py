"""Interrupting: `pause`, `resume`, `stop`, `end` take effect at once, say what they reach, and can be undone."""

import json
import shutil
from datetime import timedelta

import pytest

from outreach.engine import upkeep
from outreach.model import CampaignStatus, Rejected
from outreach.store import launches, marks, records
from outreach.store.marks import Refused
from tests.cli import CAMPAIGN, PROSPECTS, Shell
from tests.posting import RAW, mark, post, take, worker

ANN = "ann@northwind.example"
BOB = "bob@acme.example"


@pytest.fixture
def shop(shell: Shell) -> Shell:
    """Bob's and Eva's first letters are due: it is Monday, nine o'clock."""
    shell.fill()
    shell.ok("prospects", "import", "prospects.csv")
    shell.ok("launch", "shops", "--yes")
    shell.now += timedelta(hours=1)
    return shell


def sent(shell: Shell) -> int:
    """How many letters leave in the next hour."""
    letters = 0
    with shell.app().store as store:
        for _ in range(6):
            letters += post(store, shell.now)
            shell.now += timedelta(minutes=10)
    return letters


@pytest.mark.parametrize(
    ("name", "left"), [("--all", 0), ("shops", 0), (ANN, 0), (BOB, 1), ("BOB@Acme.Example", 1)]
)
def test_nothing_leaves_until_it_is_resumed(shop: Shell, name: str, left: int) -> None:
    told = shop.ok("pause", name, "--reason", "fair week")
    assert f"NEXT      outreach resume {name.lower()}" in told
    assert sent(shop) == left
    told = shop.ok("resume", name)
    assert told.startswith("RESUMED")
    assert ": fair week" in told
    assert "FIRST     Mon 23 Nov 10:0" in told
    assert sent(shop) == 2 - left


def test_it_takes_effect_before_the_letters_text_leaves(shop: Shell) -> None:
    """A letter that a sender has already taken goes back; one that is leaving is told as too late."""
    with shop.app().store as store:
        (letter,) = take(store, shop.now, by=worker(store, shop.now))
        found = shop.json("pause", "shops")
        assert (found["waiting"], found["leaving"]) == (2, 0)
        assert isinstance(store.write(marks.mark, store.key, letter, RAW, shop.now), Refused)
        shop.ok("resume", "shops")
        shop.now += timedelta(minutes=10)
        (letter,) = take(store, shop.now)
        mark(store, letter, shop.now)
    assert "TOO LATE  1 letter leaving just now" in shop.ok("pause", "--all")


@pytest.mark.parametrize(
    ("until", "ends"),
    [
        ("2026-11-25", "2026-11-25T00:00:00+00:00"),
        ("2026-11-25 14:30", "2026-11-25T14:30:00+00:00"),
        ("2026-06-25", None),
        ("tomorrow", "2026-11-24T00:00:00+00:00"),
        ("2 hours", "2026-11-23T11:00:00+00:00"),
        ("30 min", "2026-11-23T09:30:00+00:00"),
        ("3 days", "2026-11-26T00:00:00+00:00"),
        ("1 week", "2026-11-30T00:00:00+00:00"),
        ("soon", None),
    ],
)
def test_until_when(shop: Shell, until: str, ends: str | None) -> None:
    code, out, err = shop.run("pause", "shops", "--until", until, "--format", "json")
    if ends is None:
        assert code == 2
        assert until in err
        assert shop.json("why", "shops")["waits"][0]["rule"] != "pause"
    else:
        assert json.loads(out)["pause"]["until"] == ends


def test_a_pause_ends_by_itself(shop: Shell) -> None:
    shop.ok("pause", "shops", "--until", "50 min")
    assert sent(shop) == 1  # the sixth try of the hour comes after its end
    assert "is not paused" in shop.ok("resume", "shops")


def test_a_longer_pause_stays(shop: Shell) -> None:
    shop.ok("pause", "shops", "--reason", "fair week")
    found = shop.json("pause", "shops", "--until", "2 hours", "--reason", "lunch")
    assert found["already"] is True
    assert (found["pause"]["reason"], found["pause"]["until"]) == ("fair week", None)
    assert "ALREADY   shops, by " in shop.ok("pause", "shops", "--until", "2 hours")


def test_an_end_that_does_not_count_is_told_with_the_reason(shop: Shell) -> None:
    shop.ok("pause", "--all")
    told = " ".join(shop.ok("pause", "--all", "--until", "tomorrow").split())
    assert "it has no end, so until Tue 24 Nov 00:00 does not count: resume first, then pause again" in told
    assert "does not count" not in shop.ok("pause", "--all")
    shop.ok("resume", "--all")
    shop.ok("pause", "shops", "--until", "3 days")
    told = " ".join(shop.ok("pause", "shops", "--until", "tomorrow").split())
    assert "it lasts until Thu 26 Nov 00:00, so until Tue 24 Nov 00:00 does not count" in told


def test_a_dry_run_changes_nothing(shop: Shell) -> None:
    assert "DRY RUN" in shop.ok("pause", "--all", "--dry-run")
    assert "DRY RUN" in shop.ok("resume", "--all", "--dry-run")
    assert "DRY RUN" in shop.ok("stop", BOB, "--dry-run")
    assert "DRY RUN" in shop.ok("end", "shops", "--dry-run")
    assert sent(shop) == 2


@pytest.mark.parametrize("command", ["pause", "resume"])
@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ([], 2, "say --all"),
        (["shops", "--all"], 2, "say --all"),
        (["shop"], 1, "no campaign shop was launched, did you mean `shops`?"),
        (["bob@acme.exampel"], 1, "did you mean `bob@acme.example`?"),
        (["anne@northwind.example"], 1, "did you mean `ann@northwind.example`?"),
    ],
)
def test_what_is_not_understood(shop: Shell, command: str, args: list[str], code: int, said: str) -> None:
    found, out, err = shop.run(command, *args)
    assert (found, out) == (code, "")
    assert said in err


def test_an_address_that_is_two_things(shop: Shell) -> None:
    """Ann has put herself on the list to see a letter."""
    shop.write("prospects.csv", PROSPECTS + f"{ANN},Ann,Northwind,retail,GB\n")
    shop.ok("prospects", "import", "prospects.csv")
    code, _, err = shop.run("pause", ANN)
    assert code == 1
    assert f"{ANN} is a mailbox and a prospect" in err
    assert "--as mailbox or --as prospect" in err
    shop.ok("pause", ANN, "--as", "prospect")
    assert sent(shop) == 2


def test_a_broken_campaign_file_does_not_keep_you_from_stopping(shop: Shell) -> None:
    shop.write("campaigns/shops.toml", "name =\n")
    shop.ok("pause", "--all")
    shop.ok("stop", BOB, "--yes")
    shop.ok("end", "shops", "--yes")
    assert sent(shop) == 0


def test_what_still_covers_it_is_told(shop: Shell) -> None:
    shop.ok("pause", "shops")
    shop.ok("pause", ANN, "--reason", "moving house")
    told = shop.ok("resume", "shops")
    assert "STILL     paused: ann@northwind.example, by " in told
    assert told.rstrip().endswith("outreach resume ann@northwind.example")
    assert sent(shop) == 0


def test_a_refused_login_is_shown_with_the_servers_words(shop: Shell) -> None:
    with shop.app().store as store:
        (letter,) = take(store, shop.now, by=worker(store, shop.now))
        answer = Rejected("auth", 535, "5.7.8", "bad credentials")
        store.write(records.record, store.key, letter, answer, shop.now)
    told = " ".join(shop.ok("resume", ANN).split())
    assert "by the program itself since Mon 23 Nov 09:00: it cannot log in: 535 5.7.8 bad credentials" in told
    assert "GOES ON 2 letters wait FIRST" in told  # the gap lets none leave within the minute
    assert sent(shop) == 2


def test_a_restored_store_is_released_only_on_purpose(shop: Shell) -> None:
    """The copy does not know what has left since: nothing but a release, which looks for it, lets it go on."""
    database = shop.folder / "outreach.db"
    with shop.app().store as store:
        worker(store, shop.now)
    shutil.copy(database, shop.folder / "backup.db")
    assert sent(shop) == 2
    for file in shop.folder.glob("outreach.db*"):
        file.unlink()
    shutil.copy(shop.folder / "backup.db", database)
    with shop.app().store as store:
        assert "2 letters are missing" in upkeep.guard(store, shop.now)
    for more in ((), ("--yes",), ("--dry-run",)):
        code, _, err = shop.run("resume", "--all", *more)
        assert (code, "2 letters are missing" in err, "outreach release" in err) == (1, True, True)
    assert sent(shop) == 0
    assert "everything is paused" in (said := shop.ok("plan", "shops"))
    assert "resume --all" not in said


def test_after_days_away_a_person_lets_it_go_on(shop: Shell) -> None:
    with shop.app().store as store:
        worker(store, shop.now)
        shop.now += timedelta(days=8)
        assert "nothing was sent for 8 days" in upkeep.guard(store, shop.now)
        worker(store, shop.now)
    code, _, err = shop.run("resume", "--all")
    assert (code, "nothing was sent for 8 days" in err) == (1, True)
    shop.ok("resume", "--all", "--yes")
    with shop.app().store as store:
        assert upkeep.guard(store, shop.now) == ""


def test_stop_ends_what_goes_on_for_one_person(shop: Shell) -> None:
    shop.write("campaigns/again.toml", CAMPAIGN.replace("mailboxes", "exclusive = false\nmailboxes", 1))
    shop.ok("launch", "again", "--yes")
    code, _, err = shop.run("stop", BOB)
    assert code == 1
    assert "Stop bob@acme.example in again, shops?" in err
    found = shop.json("stop", BOB, "--campaign", "again", "--yes", "--reason", "met at the fair")
    assert found == {
        "name": BOB,
        "campaigns": ["again"],
        "people": 1,
        "cancelled": 1,
        "leaving": 0,
        "dry_run": False,
    }
    assert shop.json("stop", BOB, "--yes")["campaigns"] == ["shops"]
    assert "nothing to stop" in shop.ok("stop", BOB)
    assert "stopped on Mon 23 Nov 09:00: met at the fair" in shop.ok("why", BOB)
    assert sent(shop) == 2  # Eva's, of both campaigns


def test_end_stops_everybody(shop: Shell) -> None:
    with shop.app().store as store:
        (letter,) = take(store, shop.now, by=worker(store, shop.now))
        mark(store, letter, shop.now)
    code, _, err = shop.run("end", "shops")
    assert code == 1
    assert "End shops: stop 2 people, cancel 1 letter?" in err
    told = shop.ok("end", "shops", "--yes")
    assert "ENDED     shops, 2 people stopped" in told
    assert "TOO LATE  1 letter leaving just now" in told
    with shop.app().store as store:
        assert store.read(launches.campaigns) == {"shops": CampaignStatus.ENDED}
        store.write(records.record, store.key, letter, Rejected("body", 554, "5.7.1", "spam"), shop.now)
    assert sent(shop) == 0
    assert "all 17 promises are kept" in shop.ok("audit")
    code, _, err = shop.run("end", "shops", "--yes")
    assert (code, "shops has ended already" in err) == (1, True)
    code, _, err = shop.run("end", "shosp", "--yes")
    assert (code, "did you mean `shops`?" in err) == (1, True)


def test_a_person_is_named_as_they_write_their_domain(shop: Shell) -> None:
    shop.add("email,first_name,company,industry\nivan@пример.рф,Ivan,Polka,retail\n")
    assert "outreach resume ivan@xn--e1afmkfd.xn--p1ai" in shop.ok("pause", "ivan@пример.рф")
    assert shop.ok("resume", "Ivan@пример.рф").startswith("RESUMED")


@pytest.mark.parametrize(
    ("old", "new"),
    [("per_day = 30", "pr_day = 30"), ('gap = "3-10 min"', "gap = 3-10 min"), ("[sender]", "[sendr]")],
)
def test_every_stop_works_while_outreach_toml_has_a_mistake(shell: Shell, old: str, new: str) -> None:
    shell.fill()
    shell.ok("prospects", "import", "prospects.csv")
    shell.ok("launch", "shops", "--yes")
    shell.edit("outreach.toml", old, new)
    assert shell.run("plan", "shops")[0] == 1
    assert "PAUSED" in shell.ok("pause", "--all")
    assert "MARKED" in shell.ok("prospects", "mark", "bob@acme.example", "opted-out")
    assert "NEVER" in shell.ok("suppress", "add", "birch.example")
    assert "stopped" in shell.ok("why", "eva@birch.example")
    shell.ok("end", "shops", "--yes")
    shell.ok("status")
    shell.ok("audit")
