"""A launch is taken back while nothing of it has left: people, texts, dates, the revision."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from outreach.engine import undo as engine
from outreach.errors import PlanError
from outreach.store import audit, launches
from tests.planning import Planning

BOB, EVA, NED = "bob@acme.example", "eva@birch.example", "ned@fir.example"
NED_ROW = f"email,first_name,company,industry\n{NED},Ned,Fir,retail\n"


@pytest.fixture
def shops(store_url: str, tmp_path: Path) -> Iterator[Planning]:
    """A campaign that nobody has launched, with two people in its segment."""
    planning = Planning(store_url, tmp_path)
    yield planning
    planning.store.close()


def undo(shops: Planning) -> int:
    launch, _ = engine.ahead(shops.store, "shops")
    return engine.undo(shops.store, "shops", launch, now=shops.now, actor="me")


def revision(shops: Planning) -> int:
    found = shops.store.read(launches.launched, "shops")
    return found.number if found else 0


def promises_hold(shops: Planning) -> None:
    checks = shops.store.read(audit.audit, shops.store.key, shops.now)
    assert not [check for check in checks if check.broken]


def test_after_an_undo_it_is_as_if_the_launch_never_was(shops: Planning) -> None:
    before = shops.plan()
    shops.launch()
    shops.now += timedelta(minutes=5)
    undo(shops)
    assert (shops.enrolled(), shops.letters(BOB), revision(shops)) == ({}, {}, 0)
    again = shops.plan()
    assert [each.draft.fingerprint for each in again.new] == [each.draft.fingerprint for each in before.new]
    shops.launch()
    shops.play(14)
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "sent"}
    promises_hold(shops)


def test_a_second_launch_is_undone_without_the_first(shops: Planning) -> None:
    """New words, dates and people go; who was in it from the first launch has the first words again."""
    shops.launch()
    first = {email: shops.letters(email)["intro"] for email in (BOB, EVA)}
    shops.edit("templates/intro.txt", "Shelves.", "Racks.")
    shops.files["campaigns/shops.toml"] += '\n[window]\nfrom = "14:00"\n'
    shops.add(NED_ROW)
    shops.now += timedelta(minutes=5)
    shops.launch()
    assert "Racks." in shops.letters(BOB)["intro"].text
    shops.now += timedelta(minutes=1)
    assert undo(shops) == 2
    for email, row in first.items():
        now = shops.letters(email)["intro"]
        assert (now.text, now.message_id, now.opens_at) == (row.text, row.message_id, row.opens_at)
    assert (set(shops.enrolled()), revision(shops)) == ({BOB, EVA}, 1)
    shops.play(14)
    assert shops.statuses(EVA) == {"intro": "sent", "followup": "sent"}
    assert "Shelves." in shops.letters(EVA)["intro"].text
    promises_hold(shops)


def test_who_was_stopped_by_the_launch_goes_on(shops: Planning) -> None:
    shops.launch()
    shops.play(1)
    shops.files["customers.csv"] = f"{BOB}\n"
    shops.edit("campaigns/shops.toml", "mailboxes =", 'exclude = ["customers.csv"]\nmailboxes =')
    shops.launch()
    assert shops.enrolled()[BOB] == "stopped"
    undo(shops)
    assert shops.enrolled()[BOB] == "active"
    shops.play(14)
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "sent"}
    promises_hold(shops)


def test_a_renamed_letter_has_its_old_name_again(shops: Planning) -> None:
    shops.launch()
    shops.play(1)
    shops.write("hello", shops.files["templates/intro.txt"])
    shops.steps("hello", "followup", was={"hello": "intro"})
    shops.launch()
    assert shops.statuses(BOB)["hello"] == "sent"
    undo(shops)
    assert shops.statuses(BOB)["intro"] == "sent"


def test_a_pilot_stays_when_the_rest_is_undone(shops: Planning) -> None:
    shops.launch(first=1)
    shops.play(1)
    shops.launch()
    undo(shops)
    assert shops.enrolled() == {BOB: "active"}
    assert revision(shops) == 1
    assert shops.statuses(BOB)["intro"] == "sent"


def test_people_stopped_meanwhile_stay_stopped(shops: Planning) -> None:
    shops.launch()
    shops.reply(BOB)
    undo(shops)
    assert shops.enrolled() == {BOB: "replied"}
    shops.launch()
    assert shops.enrolled() == {BOB: "replied", EVA: "active"}


def test_a_launch_of_which_a_letter_has_left_is_not_undone(shops: Planning) -> None:
    shops.launch()
    shops.play(1)
    with pytest.raises(PlanError, match="2 letters of it have been offered") as caught:
        undo(shops)
    assert "outreach end shops" in caught.value.hint
    assert shops.enrolled() == {BOB: "active", EVA: "active"}


def test_a_letter_that_leaves_between_the_question_and_the_answer_keeps_the_launch(shops: Planning) -> None:
    shops.launch()
    launch, _ = engine.ahead(shops.store, "shops")
    shops.play(1)
    with pytest.raises(PlanError, match="meanwhile"):
        engine.undo(shops.store, "shops", launch, now=shops.now, actor="me")
    assert len(shops.enrolled()) == 2


def test_only_the_last_launch_is_undone_and_once(shops: Planning) -> None:
    shops.launch()
    shops.add(NED_ROW)
    shops.now += timedelta(minutes=1)
    shops.launch()
    undo(shops)
    with pytest.raises(PlanError, match="no launch that could be undone"):
        undo(shops)


def test_an_ended_campaign_that_was_opened_again_is_ended_again(shops: Planning) -> None:
    from outreach.store import endings

    shops.launch()
    shops.store.write(endings.end, "shops", reason="", at=shops.now, actor="me")
    shops.add(NED_ROW)
    shops.now += timedelta(minutes=1)
    shops.launch()
    undo(shops)
    assert shops.store.read(launches.campaigns) == {"shops": "ended"}
