"""A launch is taken back while nothing of it has left: people, texts, dates, the revision."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from outreach.engine import undo as engine
from outreach.engine import upkeep
from outreach.engine.revisions import Revisions
from outreach.errors import PlanError
from outreach.model import Kind
from outreach.store import audit, byhand, launches, marks, settings
from outreach.store.tables import answer, campaign, message
from outreach.store.undo import Undone
from tests import posting
from tests.planning import Planning

BOB, EVA, NED = "bob@acme.example", "eva@birch.example", "ned@fir.example"
NED_ROW = f"email,first_name,company,industry\n{NED},Ned,Fir,retail\n"


@pytest.fixture
def shops(store_url: str, tmp_path: Path) -> Iterator[Planning]:
    """A campaign that nobody has launched, with two people in its segment."""
    planning = Planning(store_url, tmp_path)
    yield planning
    planning.store.close()


def undo(shops: Planning) -> Undone:
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
    assert (set(shops.enrolled().values()), revision(shops)) == ({"withdrawn"}, 0)
    assert shops.statuses(BOB) == {"intro": "cancelled"}
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
    assert undo(shops).letters == 2
    for email, row in first.items():
        now = shops.letters(email)["intro"]
        assert (now.text, now.message_id, now.opens_at) == (row.text, row.message_id, row.opens_at)
    assert shops.enrolled() == {BOB: "active", EVA: "active", NED: "withdrawn"}
    assert revision(shops) == 1
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
    assert undo(shops).reopened == (BOB,)
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
    assert shops.enrolled() == {BOB: "active", EVA: "withdrawn"}
    assert revision(shops) == 1
    assert shops.statuses(BOB)["intro"] == "sent"


def test_people_stopped_meanwhile_stay_stopped(shops: Planning) -> None:
    shops.launch()
    shops.reply(BOB)
    undo(shops)
    assert shops.enrolled() == {BOB: "replied", EVA: "withdrawn"}
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


def stopped_by_a_launch(shops: Planning) -> None:
    """Bob got a letter and stands in an exclude file when it is launched again."""
    shops.launch()
    shops.play(1)
    shops.files["customers.csv"] = f"{BOB}\n"
    shops.edit("campaigns/shops.toml", "mailboxes =", 'exclude = ["customers.csv"]\nmailboxes =')
    shops.launch()
    shops.now += timedelta(minutes=1)


@pytest.mark.parametrize("since", ["stop", "reply of a colleague", "suppression", "erasure"])
def test_who_was_stopped_by_something_else_since_stays_so(shops: Planning, since: str) -> None:
    shops.add("email,first_name,company,industry\nbea@acme.example,Bea,Acme,building\n")
    stopped_by_a_launch(shops)
    store, person, at = shops.store, shops.person(BOB), shops.now
    match since:
        case "stop":
            store.write(byhand.mark, store.key, person, "replied", at=at, actor="me")
        case "reply of a colleague":
            store.write(lambda tx: tx.execute(sa.insert(answer), reply_of(shops, "bea@acme.example")))
        case "suppression":
            shops.suppress(BOB)
        case _:
            store.write(byhand.erase, store.key, person, at=at, actor="me")
    shops.now += timedelta(minutes=1)
    assert undo(shops).reopened == ()
    shops.play(14)
    assert "followup" not in {row.letter for row in sent(shops, person.id)}
    promises_hold(shops)


def reply_of(shops: Planning, email: str) -> dict[str, object]:
    """A row of a reply that was read from a mailbox."""
    return {
        "mailbox": "ann@northwind.example",
        "folder": "INBOX",
        "fingerprint": email,
        "at": shops.now,
        "kind": Kind.REPLY,
        "prospect_id": shops.person(email).id,
        "waiting": True,
    }


def sent(shops: Planning, prospect_id: int) -> list[Any]:
    query = sa.select(message).where(message.c.prospect_id == prospect_id, message.c.status == "sent")
    return shops.store.read(lambda tx: list(tx.execute(query).all()))


def test_whom_the_launch_finished_gets_the_follow_up_after_all(shops: Planning) -> None:
    shops.launch()
    shops.play(1)
    shops.steps("intro")
    shops.launch()
    assert shops.enrolled()[BOB] == "finished"
    undo(shops)
    upkeep.advance(shops.store, Revisions(shops.store), shops.now)
    shops.play(14)
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "sent"}
    promises_hold(shops)


def test_a_letter_in_a_workers_hand_never_leaves_with_the_undone_text(shops: Planning) -> None:
    shops.launch()
    shops.edit("templates/intro.txt", "Shelves.", "Wrong words.")
    shops.now += timedelta(minutes=1)
    shops.launch()
    shops.now = shops.letters(BOB)["intro"].opens_at
    (claimed, *_) = posting.take(shops.store, shops.now)
    undo(shops)
    marked = shops.store.write(marks.mark, shops.store.key, claimed, posting.RAW, shops.now)
    assert not isinstance(marked, marks.Marked)
    shops.play(1)
    assert "Wrong" not in shops.letters(BOB)["intro"].text


def test_a_running_sender_never_uses_the_undone_revision(shops: Planning) -> None:
    """It remembers revisions by id: an id that came back would bring the undone words with it."""
    shops.launch()
    known = Revisions(shops.store)
    shops.edit("templates/followup.txt", "Any news?", "Wrong news?")
    shops.now += timedelta(minutes=1)
    shops.launch()
    known.get("shops")
    undo(shops)
    shops.edit("templates/followup.txt", "Wrong news?", "Right news?")
    shops.now += timedelta(minutes=1)
    shops.launch()
    found = known.get("shops")
    assert found is not None
    assert "Right news?" in found.workspace.files["templates/followup.txt"]
    assert found.number == 3


def test_caps_and_settings_are_those_of_before(shops: Planning) -> None:
    shops.edit("campaigns/shops.toml", "mailboxes =", "max_new_per_day = 5\nmailboxes =")
    shops.launch()
    shops.edit("campaigns/shops.toml", "max_new_per_day = 5", "max_new_per_day = 500")
    shops.edit("outreach.toml", "ramp = false", "ramp = false\nper_day = 7")
    shops.now += timedelta(minutes=1)
    shops.launch()
    undo(shops)
    row = shops.store.read(lambda tx: tx.execute(sa.select(campaign)).one())
    desk = shops.store.read(settings.desk, "ann@northwind.example")
    assert desk is not None
    assert (row.new_per_day, desk.mailbox.per_day) == (5, 30)


def test_what_another_campaigns_launch_said_since_holds(shops: Planning) -> None:
    shops.launch()
    shops.edit("templates/intro.txt", "Shelves.", "Racks.")
    shops.now += timedelta(minutes=1)
    shops.launch()
    text = shops.files["campaigns/shops.toml"].replace("'retail'", "'building'")
    shops.files["campaigns/yards.toml"] = text
    shops.edit("outreach.toml", "ramp = false", "ramp = false\nper_day = 3")
    shops.now += timedelta(minutes=1)
    shops.launch(stem="yards")
    undo(shops)
    desk = shops.store.read(settings.desk, "ann@northwind.example")
    assert desk is not None
    assert desk.mailbox.per_day == 3


def test_a_pilot_of_a_nightly_campaign_takes_nobody_on_at_night(shops: Planning) -> None:
    shops.edit("campaigns/shops.toml", "mailboxes =", 'enroll = "nightly"\nmailboxes =')
    shops.launch(first=1)
    night = shops.now + timedelta(days=1)
    assert upkeep.join(shops.store, Revisions(shops.store), night) == {}
    assert shops.enrolled() == {BOB: "active"}
    shops.launch()
    shops.add(NED_ROW)
    shops.edit("templates/intro.txt", "Shelves.", "Racks.")
    shops.launch(first=0)
    upkeep.join(shops.store, Revisions(shops.store), night)
    assert shops.enrolled()[NED] == "active", "a change alone makes no pilot of it again"
