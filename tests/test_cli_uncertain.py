"""Uncertain letters: shown with what helps to decide, settled by a person, never by themselves."""

from datetime import timedelta
from typing import Any

import pytest

from outreach.engine import upkeep
from outreach.engine.revisions import Revisions
from outreach.model import Unknown
from outreach.store import records
from tests.cli import Shell
from tests.posting import mark, post, take, worker

BOB = "bob@acme.example"


@pytest.fixture
def shop(shell: Shell) -> Shell:
    """Bob's first letter was leaving when the connection broke."""
    shell.fill()
    shell.ok("prospects", "import", "prospects.csv")
    shell.ok("launch", "shops", "--yes")
    shell.now += timedelta(hours=1)
    with shell.app().store as store:
        (letter,) = take(store, shell.now, by=worker(store, shell.now))
        mark(store, letter, shell.now)
        store.write(records.record, store.key, letter, Unknown("body", "connection lost"), shell.now)
    return shell


def letter(shell: Shell) -> Any:
    """Bob's letter as `message show` has it."""
    return shell.json("message", "show", "1")


@pytest.mark.parametrize("args", [["uncertain"], ["uncertain", "list"]])
def test_each_is_shown_with_how_to_decide(shop: Shell, args: list[str]) -> None:
    told = shop.ok(*args)
    assert "1  intro of shops to bob@acme.example" in told
    assert "Mon 23 Nov 09:00 from ann@northwind.example" in told
    assert letter(shop)["message_id"] in told
    assert "Sent folder" in told
    assert "outreach uncertain settle NUMBER --sent" in told


def test_the_list_as_json(shop: Shell) -> None:
    (found,) = shop.json("uncertain", "list")
    assert found == {
        "message": 1,
        "email": BOB,
        "campaign": "shops",
        "letter": "intro",
        "mailbox": "ann@northwind.example",
        "message_id": letter(shop)["message_id"],
        "marked_at": "2026-11-23T09:00:00+00:00",
        "reason": "unknown: connection lost",
    }


def test_settled_as_sent_the_sequence_goes_on(shop: Shell) -> None:
    told = shop.ok("uncertain", "settle", "1", "--sent", "--yes")
    assert "SETTLED   letter 1, intro to bob@acme.example, counts as sent" in told
    assert letter(shop)["status"] == "sent"
    with shop.app().store as store:
        upkeep.advance(store, Revisions(store), shop.now)
    assert "gets followup (shops) on Thu 26 Nov" in shop.ok("why", BOB)
    assert "no letter is uncertain" in shop.ok("uncertain")
    assert "all 17 promises are kept" in shop.ok("audit")


def test_released_it_is_offered_once_more_under_the_same_id(shop: Shell) -> None:
    before = letter(shop)["message_id"]
    found = shop.json("uncertain", "settle", before, "--release", "--yes")
    assert found == {"message": 1, "email": BOB, "letter": "intro", "status": "scheduled"}
    with shop.app().store as store:
        shop.now += timedelta(minutes=10)
        assert post(store, shop.now) == 1
    after = letter(shop)
    assert (after["status"], after["message_id"]) == ("sent", before)
    assert [each["outcome"] for each in after["deliveries"]] == ["unknown", "accepted"]
    assert "all 17 promises are kept" in shop.ok("audit")


def test_released_for_somebody_who_was_stopped_it_is_cancelled(shop: Shell) -> None:
    shop.ok("prospects", "mark", BOB, "replied")
    told = shop.ok("uncertain", "settle", "1", "--release", "--yes")
    assert "is cancelled: they are not in the campaign any more" in told


@pytest.mark.parametrize(("choice", "question"), [("--sent", "as sent?"), ("--release", "they get it twice")])
def test_it_asks(shop: Shell, choice: str, question: str) -> None:
    code, _, err = shop.run("uncertain", "settle", "1", choice)
    assert code == 1
    assert question in err
    assert letter(shop)["status"] == "uncertain"


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["1"], 2, "say --sent (it has arrived) or --release"),
        (["2", "--sent", "--yes"], 1, "letter 2 is not uncertain: scheduled"),
        (["7", "--sent", "--yes"], 1, "there is no letter 7"),
    ],
)
def test_what_cannot_be_settled(shop: Shell, args: list[str], code: int, said: str) -> None:
    found, _, err = shop.run("uncertain", "settle", *args)
    assert (found, said in err) == (code, True)
