"""Launches, edits and undos one after another, by several people, while letters are under way."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from outreach.engine import plans, upkeep
from outreach.engine import undo as engine
from outreach.engine.revisions import Revisions
from outreach.errors import InputError, PlanError
from outreach.model import MessageStatus
from outreach.store import audit, claims, endings, launches, leases, settings
from outreach.store.tables import message
from tests import posting
from tests.planning import Planning, new

BOB, EVA = "bob@acme.example", "eva@birch.example"
MINUTE = timedelta(minutes=1)
AFTERNOON = '\n[window]\nfrom = "14:00"\n'


def undo(planning: Planning, stem: str = "shops") -> None:
    planning.now += MINUTE
    launch, _ = engine.ahead(planning.store, stem, planning.now)
    engine.undo(planning.store, stem, launch, now=planning.now, actor="me")
    planning.now += MINUTE


def launch(planning: Planning, *, stem: str = "shops", first: int | None = None) -> None:
    planning.now += MINUTE
    planning.launch(stem=stem, first=first)


def renamed(planning: Planning) -> None:
    """The letter `intro` has left and is called `hello` from the second launch on."""
    launch(planning)
    planning.play(1)
    planning.write("hello", planning.files["templates/intro.txt"])
    planning.steps("hello", "followup", was={"hello": "intro"})
    launch(planning)


def promises_hold(planning: Planning) -> None:
    checks = planning.store.read(audit.audit, planning.store.key, planning.now)
    assert not [check for check in checks if check.broken]


def test_an_undo_leaves_a_name_that_an_earlier_launch_gave(planning: Planning) -> None:
    renamed(planning)
    planning.edit("templates/followup.txt", "Any news?", "Any news at all?")
    launch(planning)  # the file still says `was`
    undo(planning)
    planning.steps("hello", "followup")
    launch(planning)
    planning.play(14)
    assert planning.statuses(BOB) == {"hello": "sent", "followup": "sent"}
    promises_hold(planning)


@pytest.mark.parametrize("steps", [["intro", "followup"], ["hello", "followup", "intro"]])
def test_a_former_name_is_no_other_letters(planning: Planning, steps: list[str]) -> None:
    """Files put back to what they were would send everybody the first letter again."""
    renamed(planning)
    planning.steps(*steps)
    with pytest.raises(InputError, match="'intro' is what the letter 'hello' was called before") as refused:
        planning.plan()
    assert str(refused.value).startswith("campaigns/shops.toml:")
    planning.steps("intro", "followup", was={"intro": "hello"})
    launch(planning)
    planning.play(14)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "sent"}


def test_a_name_that_an_undo_gave_back_is_free(planning: Planning) -> None:
    launch(planning)
    planning.write("hello", planning.files["templates/intro.txt"])
    planning.steps("hello", "followup", was={"hello": "intro"})
    launch(planning)
    undo(planning)
    planning.steps("intro", "followup")
    assert planning.plan().replaced == ()
    planning.steps("hello", "followup", was={"hello": "intro"})
    launch(planning)
    planning.play(14)
    assert planning.statuses(BOB) == {"hello": "sent", "followup": "sent"}
    promises_hold(planning)


def test_who_goes_on_after_an_undo_waits_for_the_uncertain_letter(planning: Planning) -> None:
    launch(planning)
    planning.now = planning.letters(BOB)["intro"].opens_at
    row = planning.letters(BOB)["intro"].id
    unsure = {"status": MessageStatus.UNCERTAIN, "marked_at": planning.now, "token": "x"}
    planning.store.write(
        lambda tx: tx.execute(sa.update(message).where(message.c.id == row).values(**unsure))
    )
    planning.files["customers.csv"] = f"{BOB}\n"
    planning.edit("campaigns/shops.toml", "mailboxes =", 'exclude = ["customers.csv"]\nmailboxes =')
    launch(planning)
    undo(planning)
    upkeep.advance(planning.store, Revisions(planning.store), planning.now)
    assert planning.enrolled()[BOB] == "active"
    assert planning.statuses(BOB) == {"intro": "uncertain"}


@pytest.mark.parametrize("since", ["finished", "replied"])
def test_a_letter_that_has_left_counts_whatever_became_of_its_reader(planning: Planning, since: str) -> None:
    planning.steps(*(["intro"] if since == "finished" else ["intro", "followup"]))
    launch(planning, first=1)
    planning.play(1)
    launch(planning)  # the rest, under the same revision
    planning.play(1)
    if since == "replied":
        planning.reply(EVA)
    upkeep.advance(planning.store, Revisions(planning.store), planning.now)
    assert planning.enrolled()[EVA] == since
    with pytest.raises(PlanError, match="a letter of it has been offered"):
        undo(planning)


def test_what_was_ended_since_stays_ended(planning: Planning) -> None:
    launch(planning)
    planning.store.write(endings.end, "shops", reason="wrong list", at=planning.now, actor="me")
    with pytest.raises(PlanError, match="was ended since"):
        undo(planning)
    assert planning.store.read(launches.campaigns) == {"shops": "ended"}


def test_an_undo_goes_by_what_came_later_not_by_the_clock(planning: Planning) -> None:
    launch(planning, first=1)
    planning.now -= timedelta(hours=1)  # somebody has set it right
    launch(planning)
    undo(planning)
    assert planning.enrolled() == {BOB: "active", EVA: "withdrawn"}


def test_a_corrected_letter_leaves_corrected_although_a_worker_had_it(planning: Planning) -> None:
    launch(planning)
    planning.now = planning.letters(BOB)["intro"].opens_at
    taken = posting.take(planning.store, planning.now)
    assert taken
    planning.edit("templates/intro.txt", "Shelves.", "Racks.")
    planning.files["campaigns/shops.toml"] += AFTERNOON
    assert {each.email for each in planning.plan().reworded} == {BOB, EVA}
    launch(planning)
    planning.store.write(claims.release, taken)
    for email in (BOB, EVA):
        row = planning.letters(email)["intro"]
        assert ("Racks." in row.text, row.opens_at.hour) == (True, 14)


def test_a_plan_is_not_done_over_a_colleagues_launch(planning: Planning) -> None:
    launch(planning, first=1)
    shown, mine = planning.show(), dict(planning.files)
    planning.edit("templates/followup.txt", "Any news?", "The corrected one.")
    launch(planning, first=0)
    theirs, planning.files = planning.files, mine
    with pytest.raises(PlanError, match="was launched or undone since plan"):
        planning.launch(shown)
    planning.files = theirs  # as somebody who has pulled the colleague's files
    assert planning.launch(planning.show()).people == 1


@pytest.mark.parametrize("act", ["launch", "undo"])
def test_a_launch_that_another_act_has_overtaken_is_refused(planning: Planning, act: str) -> None:
    launch(planning, first=1)
    planning.edit("templates/intro.txt", "Shelves.", "Racks.")
    if act == "undo":
        launch(planning, first=0)
    files, made = planning.workspace, planning.plan()
    if act == "undo":
        undo(planning)
    else:
        launch(planning, first=0)
    with pytest.raises(PlanError, match="in the meantime"):
        plans.enact(planning.store, files, made, now=planning.now, actor="me")
    assert planning.enrolled() == {BOB: "active"}


def test_a_pilot_that_was_shown_stays_one(planning: Planning) -> None:
    planning.edit("campaigns/shops.toml", "mailboxes =", 'enroll = "nightly"\nmailboxes =')
    made = planning.plan()
    pilot = replace(made, new=made.new[:1])
    shown = plans.show(planning.store, pilot, pilot_of=len(made.new))
    done = planning.launch(shown)
    assert (new(done.plan), done.people) == ([BOB], 1)
    assert plans.recall(planning.store, planning.workspace, "shops", shown, planning.now).added == 0
    assert upkeep.join(planning.store, Revisions(planning.store), planning.now + timedelta(days=1)) == {}


@pytest.mark.parametrize("order", [["shops", "yards"], ["yards", "shops"]])
def test_whatever_is_undone_first_the_caps_of_before_come_back(planning: Planning, order: list[str]) -> None:
    def cap() -> int:
        return planning.store.read(settings.desks)[0].mailbox.per_day

    yards = planning.files["campaigns/shops.toml"].replace("'retail'", "'building'")
    planning.files["campaigns/yards.toml"] = yards
    launch(planning)
    launch(planning, stem="yards")
    before = cap()
    planning.edit("outreach.toml", "ramp = false", "ramp = false\nper_day = 49")
    launch(planning)
    planning.edit("outreach.toml", "per_day = 49", "per_day = 20")
    launch(planning, stem="yards")
    for stem in order:
        undo(planning, stem)
    assert (cap(), before) == (30, 30)


def test_a_new_window_is_not_overwritten_by_a_look_at_the_old_one(planning: Planning) -> None:
    launch(planning)
    planning.now += timedelta(days=1, hours=2)
    missed = planning.store.read(leases.missed, planning.now)
    slots = [(each.id, planning.now, planning.now + timedelta(hours=1)) for each in missed]
    assert slots
    planning.files["campaigns/shops.toml"] += AFTERNOON
    launch(planning)
    planning.store.write(leases.reslot, slots, planning.now)
    assert planning.letters(BOB)["intro"].opens_at.hour == 14


def test_the_words_of_a_letter_that_is_gone_are_that_letter(planning: Planning) -> None:
    launch(planning)
    planning.play(1)
    planning.write("hello", planning.files["templates/intro.txt"])
    planning.steps("hello", "followup")
    with pytest.raises(InputError, match="'hello' has the words of 'intro'") as refused:
        planning.plan()
    assert 'was = "intro"' in str(refused.value)


def test_a_letter_that_is_only_renamed_is_not_reworded(planning: Planning) -> None:
    launch(planning)
    before = planning.letters(BOB)["intro"]
    planning.write("hello", planning.files["templates/intro.txt"])
    planning.steps("hello", "followup", was={"hello": "intro"})
    assert planning.plan().reworded == ()
    launch(planning)
    after = planning.letters(BOB)["hello"]
    assert (after.text, after.message_id) == (before.text, before.message_id)
    planning.play(14)
    assert planning.statuses(BOB) == {"hello": "sent", "followup": "sent"}
    promises_hold(planning)


def test_nobody_gets_two_first_letters(planning: Planning) -> None:
    """A first letter that was renamed and edited at once, or is another one by now."""
    launch(planning, first=1)
    planning.play(1)
    planning.write("hello", "Subject: Racks for {{ company }}\n\nHello {{ first_name }},\n\nOak racks.\n")
    planning.steps("hello", "followup")
    with pytest.raises(InputError, match="'hello' is a new first letter, and 1 person has got 'intro'"):
        planning.plan()
    planning.steps("hello", "followup", was={"hello": "intro"})
    launch(planning)
    planning.play(14)
    assert planning.statuses(BOB) == {"hello": "sent", "followup": "sent"}
    assert "Shelves." in planning.letters(BOB)["hello"].text
    assert "Oak racks." in planning.letters(EVA)["hello"].text
