"""A launch is taken back while nothing of it has left: people, texts, dates, the revision."""

from datetime import timedelta
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


def undo(planning: Planning) -> Undone:
    launch, _ = engine.ahead(planning.store, "shops", planning.now)
    return engine.undo(planning.store, "shops", launch, now=planning.now, actor="me")


def revision(planning: Planning) -> int:
    found = planning.store.read(launches.launched, "shops")
    return found.number if found else 0


def promises_hold(planning: Planning) -> None:
    checks = planning.store.read(audit.audit, planning.store.key, planning.now)
    assert not [check for check in checks if check.broken]


def test_after_an_undo_it_is_as_if_the_launch_never_was(planning: Planning) -> None:
    before = planning.plan()
    planning.launch()
    planning.now += timedelta(minutes=5)
    undo(planning)
    assert (set(planning.enrolled().values()), revision(planning)) == ({"withdrawn"}, 0)
    assert planning.statuses(BOB) == {"intro": "cancelled"}
    again = planning.plan()
    assert [each.draft.fingerprint for each in again.new] == [each.draft.fingerprint for each in before.new]
    planning.launch()
    planning.play(14)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "sent"}
    promises_hold(planning)


def test_a_second_launch_is_undone_without_the_first(planning: Planning) -> None:
    """New words, dates and people go; who was in it from the first launch has the first words again."""
    planning.launch()
    first = {email: planning.letters(email)["intro"] for email in (BOB, EVA)}
    planning.edit("templates/intro.txt", "Shelves.", "Racks.")
    planning.files["campaigns/shops.toml"] += '\n[window]\nfrom = "14:00"\n'
    planning.add(NED_ROW)
    planning.now += timedelta(minutes=5)
    planning.launch()
    assert "Racks." in planning.letters(BOB)["intro"].text
    planning.now += timedelta(minutes=1)
    assert undo(planning).letters == 2
    for email, row in first.items():
        now = planning.letters(email)["intro"]
        assert (now.text, now.message_id, now.opens_at) == (row.text, row.message_id, row.opens_at)
    assert planning.enrolled() == {BOB: "active", EVA: "active", NED: "withdrawn"}
    assert revision(planning) == 1
    planning.play(14)
    assert planning.statuses(EVA) == {"intro": "sent", "followup": "sent"}
    assert "Shelves." in planning.letters(EVA)["intro"].text
    promises_hold(planning)


def test_who_was_stopped_by_the_launch_goes_on(planning: Planning) -> None:
    planning.launch()
    planning.play(1)
    planning.files["customers.csv"] = f"{BOB}\n"
    planning.edit("campaigns/shops.toml", "mailboxes =", 'exclude = ["customers.csv"]\nmailboxes =')
    planning.launch()
    assert planning.enrolled()[BOB] == "stopped"
    assert undo(planning).reopened == (BOB,)
    assert planning.enrolled()[BOB] == "active"
    planning.play(14)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "sent"}
    promises_hold(planning)


def test_a_renamed_letter_has_its_old_name_again(planning: Planning) -> None:
    planning.launch()
    planning.play(1)
    planning.write("hello", planning.files["templates/intro.txt"])
    planning.steps("hello", "followup", was={"hello": "intro"})
    planning.launch()
    assert planning.statuses(BOB)["hello"] == "sent"
    undo(planning)
    assert planning.statuses(BOB)["intro"] == "sent"


def test_a_pilot_stays_when_the_rest_is_undone(planning: Planning) -> None:
    planning.launch(first=1)
    planning.play(1)
    planning.launch()
    undo(planning)
    assert planning.enrolled() == {BOB: "active", EVA: "withdrawn"}
    assert revision(planning) == 1
    assert planning.statuses(BOB)["intro"] == "sent"


def test_people_stopped_meanwhile_stay_stopped(planning: Planning) -> None:
    planning.launch()
    planning.reply(BOB)
    undo(planning)
    assert planning.enrolled() == {BOB: "replied", EVA: "withdrawn"}
    planning.launch()
    assert planning.enrolled() == {BOB: "replied", EVA: "active"}


def test_a_launch_of_which_a_letter_has_left_is_not_undone(planning: Planning) -> None:
    planning.launch()
    planning.play(1)
    with pytest.raises(PlanError, match="2 letters of it have been offered") as caught:
        undo(planning)
    assert "outreach end shops" in caught.value.hint
    assert planning.enrolled() == {BOB: "active", EVA: "active"}


def test_a_letter_that_leaves_between_the_question_and_the_answer_keeps_the_launch(
    planning: Planning,
) -> None:
    planning.launch()
    launch, _ = engine.ahead(planning.store, "shops", planning.now)
    planning.play(1)
    with pytest.raises(PlanError, match="meanwhile"):
        engine.undo(planning.store, "shops", launch, now=planning.now, actor="me")
    assert len(planning.enrolled()) == 2


def test_only_the_last_launch_is_undone_and_once(planning: Planning) -> None:
    planning.launch()
    planning.add(NED_ROW)
    planning.now += timedelta(minutes=1)
    planning.launch()
    undo(planning)
    with pytest.raises(PlanError, match="no launch that could be undone"):
        undo(planning)


def test_an_ended_campaign_that_was_opened_again_is_ended_again(planning: Planning) -> None:
    from outreach.store import endings

    planning.launch()
    planning.store.write(endings.end, "shops", reason="", at=planning.now, actor="me")
    planning.add(NED_ROW)
    planning.now += timedelta(minutes=1)
    planning.launch()
    undo(planning)
    assert planning.store.read(launches.campaigns) == {"shops": "ended"}


def stopped_by_a_launch(planning: Planning) -> None:
    """Bob got a letter and stands in an exclude file when it is launched again."""
    planning.launch()
    planning.play(1)
    planning.files["customers.csv"] = f"{BOB}\n"
    planning.edit("campaigns/shops.toml", "mailboxes =", 'exclude = ["customers.csv"]\nmailboxes =')
    planning.launch()
    planning.now += timedelta(minutes=1)


@pytest.mark.parametrize("since", ["stop", "reply of a colleague", "suppression", "erasure"])
def test_who_was_stopped_by_something_else_since_stays_so(planning: Planning, since: str) -> None:
    planning.add("email,first_name,company,industry\nbea@acme.example,Bea,Acme,building\n")
    stopped_by_a_launch(planning)
    store, person, at = planning.store, planning.person(BOB), planning.now
    match since:
        case "stop":
            store.write(byhand.mark, store.key, person, "replied", at=at, actor="me")
        case "reply of a colleague":
            store.write(lambda tx: tx.execute(sa.insert(answer), reply_of(planning, "bea@acme.example")))
        case "suppression":
            planning.suppress(BOB)
        case _:
            store.write(byhand.erase, store.key, person, at=at, actor="me")
    planning.now += timedelta(minutes=1)
    assert undo(planning).reopened == ()
    planning.play(14)
    assert "followup" not in {row.letter for row in sent(planning, person.id)}
    promises_hold(planning)


def reply_of(planning: Planning, email: str) -> dict[str, object]:
    """A row of a reply that was read from a mailbox."""
    return {
        "mailbox": "ann@northwind.example",
        "folder": "INBOX",
        "fingerprint": email,
        "at": planning.now,
        "kind": Kind.REPLY,
        "prospect_id": planning.person(email).id,
        "waiting": True,
    }


def sent(planning: Planning, prospect_id: int) -> list[Any]:
    query = sa.select(message).where(message.c.prospect_id == prospect_id, message.c.status == "sent")
    return planning.store.read(lambda tx: list(tx.execute(query).all()))


def test_whom_the_launch_finished_gets_the_follow_up_after_all(planning: Planning) -> None:
    planning.launch()
    planning.play(1)
    planning.steps("intro")
    planning.launch()
    assert planning.enrolled()[BOB] == "finished"
    undo(planning)
    upkeep.advance(planning.store, Revisions(planning.store), planning.now)
    planning.play(14)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "sent"}
    promises_hold(planning)


def test_a_letter_in_a_workers_hand_never_leaves_with_the_undone_text(planning: Planning) -> None:
    planning.launch()
    planning.edit("templates/intro.txt", "Shelves.", "Wrong words.")
    planning.now += timedelta(minutes=1)
    planning.launch()
    planning.now = planning.letters(BOB)["intro"].opens_at
    (claimed, *_) = posting.take(planning.store, planning.now)
    undo(planning)
    marked = planning.store.write(marks.mark, planning.store.key, claimed, posting.RAW, planning.now)
    assert not isinstance(marked, marks.Marked)
    planning.play(1)
    assert "Wrong" not in planning.letters(BOB)["intro"].text


def test_a_running_sender_never_uses_the_undone_revision(planning: Planning) -> None:
    """It remembers revisions by id: an id that came back would bring the undone words with it."""
    planning.launch()
    known = Revisions(planning.store)
    planning.edit("templates/followup.txt", "Any news?", "Wrong news?")
    planning.now += timedelta(minutes=1)
    planning.launch()
    known.get("shops")
    undo(planning)
    planning.edit("templates/followup.txt", "Wrong news?", "Right news?")
    planning.now += timedelta(minutes=1)
    planning.launch()
    found = known.get("shops")
    assert found is not None
    assert "Right news?" in found.workspace.files["templates/followup.txt"]
    assert found.number == 3


def test_caps_and_settings_are_those_of_before(planning: Planning) -> None:
    planning.edit("campaigns/shops.toml", "mailboxes =", "max_new_per_day = 5\nmailboxes =")
    planning.launch()
    planning.edit("campaigns/shops.toml", "max_new_per_day = 5", "max_new_per_day = 500")
    planning.edit("outreach.toml", "ramp = false", "ramp = false\nper_day = 7")
    planning.now += timedelta(minutes=1)
    planning.launch()
    undo(planning)
    row = planning.store.read(lambda tx: tx.execute(sa.select(campaign)).one())
    desk = planning.store.read(settings.desk, "ann@northwind.example")
    assert desk is not None
    assert (row.new_per_day, desk.mailbox.per_day) == (5, 30)


def test_what_another_campaigns_launch_said_since_holds(planning: Planning) -> None:
    planning.launch()
    planning.edit("templates/intro.txt", "Shelves.", "Racks.")
    planning.now += timedelta(minutes=1)
    planning.launch()
    text = planning.files["campaigns/shops.toml"].replace("'retail'", "'building'")
    planning.files["campaigns/yards.toml"] = text
    planning.edit("outreach.toml", "ramp = false", "ramp = false\nper_day = 3")
    planning.now += timedelta(minutes=1)
    planning.launch(stem="yards")
    undo(planning)
    desk = planning.store.read(settings.desk, "ann@northwind.example")
    assert desk is not None
    assert desk.mailbox.per_day == 3


def test_a_pilot_of_a_nightly_campaign_takes_nobody_on_at_night(planning: Planning) -> None:
    planning.edit("campaigns/shops.toml", "mailboxes =", 'enroll = "nightly"\nmailboxes =')
    planning.launch(first=1)
    night = planning.now + timedelta(days=1)
    assert upkeep.join(planning.store, Revisions(planning.store), night) == {}
    assert planning.enrolled() == {BOB: "active"}
    planning.launch()
    planning.add(NED_ROW)
    planning.edit("templates/intro.txt", "Shelves.", "Racks.")
    planning.launch(first=0)
    upkeep.join(planning.store, Revisions(planning.store), night)
    assert planning.enrolled()[NED] == "active", "a change alone makes no pilot of it again"
