"""What an edit means for those who are on their way: nobody gets a letter twice, or one nobody launched."""

import pytest

from outreach.store.audit import audit
from tests.planning import PEOPLE, Planning, held, new

BOB, EVA = "bob@acme.example", "eva@birch.example"
BOB_HAS_HIS = 62 / 1440  # days: two past nine, when the first letter has left and the second has not


def test_after_a_launch_there_is_nothing_to_do(planning: Planning) -> None:
    planning.launch()
    assert planning.plan().empty
    planning.edit("campaigns/shops.toml", 'name = "Shelving', '# a comment\n\nname = "Shelving')
    assert planning.plan().empty


def test_an_edited_letter_reaches_only_those_who_have_not_got_it(planning: Planning) -> None:
    planning.launch()
    planning.play(BOB_HAS_HIS)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "scheduled"}
    planning.write(
        "intro", "Subject: Shelving for {{ company }}\n\nHello {{ first_name }},\n\nBetter shelves.\n"
    )
    planning.write("followup", "Format: text\n\nHello {{ first_name }},\n\nAny better news?\n")
    made = planning.plan()
    assert {(each.email, each.draft.letter) for each in made.reworded} == {(BOB, "followup"), (EVA, "intro")}
    assert made.kept == 1
    planning.launch()
    assert "Better shelves." not in planning.letters(BOB)["intro"].text
    assert "Any better news?" in planning.letters(BOB)["followup"].text
    assert "Better shelves." in planning.letters(EVA)["intro"].text
    before = planning.letters(EVA)["intro"]
    planning.play(10)
    assert planning.statuses(EVA) == {"intro": "sent", "followup": "sent"}
    assert "Any better news?" in planning.letters(EVA)["followup"].text
    assert planning.letters(EVA)["intro"].message_id == before.message_id


def test_an_edit_that_is_not_launched_is_not_sent(planning: Planning) -> None:
    planning.launch()
    planning.write("followup", "Format: text\n\nHello {{ first_name }},\n\nNOT YET\n")
    planning.steps("intro", "other", "followup")
    planning.write("other", "Format: text\n\nHello,\n\nNOT YET EITHER\n")
    assert not planning.plan().empty
    planning.play(20)
    for email in (BOB, EVA):
        assert planning.statuses(email) == {"intro": "sent", "followup": "sent"}
        assert not any("NOT YET" in row.text for row in planning.letters(email).values())


def test_a_step_put_before_the_waiting_one_comes_first(planning: Planning) -> None:
    planning.launch()
    planning.play(1)
    planning.write("middle", "Format: text\n\nHello {{ first_name }},\n\nIn between.\n")
    planning.steps("intro", "middle", "followup")
    made = planning.plan()
    assert {(each.email, each.old, each.draft and each.draft.letter) for each in made.replaced} == {
        (BOB, "followup", "middle"),
        (EVA, "followup", "middle"),
    }
    planning.launch()
    assert planning.plan().empty
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "cancelled", "middle": "scheduled"}
    planning.play(20)
    letters = planning.letters(BOB)
    assert {row.status for row in letters.values()} == {"sent"}
    assert letters["intro"].sent_at < letters["middle"].sent_at < letters["followup"].sent_at
    assert letters["followup"].thread.split() == [letters["intro"].message_id, letters["middle"].message_id]


def test_a_step_put_before_a_letter_that_has_left_is_not_sent_late(planning: Planning) -> None:
    planning.launch()
    planning.play(1)
    planning.write("opener", "Subject: First of all\n\nHello {{ first_name }},\n\nOpener.\n")
    planning.steps("opener", "intro", "followup")
    made = planning.plan()
    assert (made.replaced, made.reworded, made.files_changed) == ((), (), True)
    planning.launch()
    planning.play(20)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "sent"}


def test_a_step_put_after_the_waiting_one_follows_it(planning: Planning) -> None:
    planning.launch()
    planning.play(1)
    planning.write("last", "Format: text\n\nHello {{ first_name }},\n\nThe last one.\n")
    planning.steps("intro", "followup", "last")
    assert planning.plan().replaced == ()
    planning.launch()
    planning.play(20)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "sent", "last": "sent"}
    assert planning.enrolled() == {BOB: "finished", EVA: "finished"}


def test_who_is_done_stays_done_when_a_step_is_added(planning: Planning) -> None:
    planning.launch()
    planning.play(20)
    planning.write("last", "Format: text\n\nHello {{ first_name }},\n\nThe last one.\n")
    planning.steps("intro", "followup", "last")
    planning.launch()
    planning.play(20)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "sent"}


def test_a_step_taken_out_gives_way_to_the_next_one(planning: Planning) -> None:
    planning.write("last", "Format: text\n\nHello {{ first_name }},\n\nThe last one.\n")
    planning.steps("intro", "followup", "last")
    planning.launch()
    planning.play(1)
    planning.steps("intro", "last")
    assert {(each.old, each.draft and each.draft.letter) for each in planning.plan().replaced} == {
        ("followup", "last")
    }
    planning.launch()
    planning.play(20)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "cancelled", "last": "sent"}


def test_a_sequence_cut_short_ends_for_those_who_wait(planning: Planning) -> None:
    planning.launch()
    planning.play(1)
    planning.steps("intro")
    assert [each.draft for each in planning.plan().replaced] == [None, None]
    planning.launch()
    assert planning.enrolled() == {BOB: "finished", EVA: "finished"}
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "cancelled"}
    assert planning.plan().empty


def test_a_step_taken_out_and_put_back_is_sent_once(planning: Planning) -> None:
    planning.launch()
    planning.play(1)
    planning.write("middle", "Format: text\n\nHello {{ first_name }},\n\nIn between.\n")
    for letters in (("intro", "middle", "followup"), ("intro", "followup"), ("intro", "middle", "followup")):
        planning.steps(*letters)
        planning.launch()
        assert planning.plan().empty
    planning.play(20)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "sent", "middle": "sent"}


def test_a_renamed_letter_is_the_same_letter(planning: Planning) -> None:
    planning.launch()
    planning.play(BOB_HAS_HIS)
    assert planning.statuses(EVA) == {"intro": "scheduled"}
    planning.files["templates/hello.txt"] = planning.files.pop("templates/intro.txt")
    planning.steps("hello", "followup", was={"hello": "intro"})
    planning.launch()
    assert planning.plan().empty
    assert planning.statuses(EVA) == {"hello": "scheduled"}
    planning.play(20)
    assert planning.statuses(BOB) == {"hello": "sent", "followup": "sent"}
    assert planning.statuses(EVA) == {"hello": "sent", "followup": "sent"}


@pytest.mark.parametrize("was", [{"hi": "hello"}, {}])
def test_a_letter_renamed_twice_is_still_the_same_letter(planning: Planning, was: dict[str, str]) -> None:
    """Also for those who got it under its first name, and when the file no longer says what it was."""
    planning.launch()
    planning.play(BOB_HAS_HIS)
    planning.files["templates/hello.txt"] = planning.files.pop("templates/intro.txt")
    planning.steps("hello", "followup", was={"hello": "intro"})
    planning.launch()
    last = "hi" if was else "hello"
    planning.files[f"templates/{last}.txt"] = planning.files.pop("templates/hello.txt")
    planning.steps(last, "followup", was=was)
    assert planning.plan().replaced == ()
    planning.launch()
    assert planning.plan().empty
    planning.play(20)
    assert planning.statuses(BOB) == planning.statuses(EVA) == {last: "sent", "followup": "sent"}
    assert [
        check.code for check in planning.store.read(audit, planning.store.key, planning.now) if check.broken
    ] == []


def test_a_new_window_moves_what_waits_and_nothing_else(planning: Planning) -> None:
    planning.launch()
    planning.play(BOB_HAS_HIS)
    planning.files["campaigns/shops.toml"] += '\n[window]\nfrom = "13:00"\nto = "15:00"\n'
    made = planning.plan()
    assert [(each.email, each.text, each.moved) for each in made.reworded] == [
        (BOB, False, True),
        (EVA, False, True),
    ]
    planning.launch()
    assert planning.plan().empty
    waiting = planning.letters(EVA)["intro"]
    assert (waiting.opens_at.hour, waiting.closes_at.hour) == (13, 15)
    planning.play(20)
    assert 13 <= planning.letters(EVA)["intro"].sent_at.hour < 15
    assert 13 <= planning.letters(BOB)["followup"].sent_at.hour < 15


@pytest.mark.parametrize("key", ["from", "to"])
def test_one_end_of_the_window_is_enough_to_move_what_waits(planning: Planning, key: str) -> None:
    planning.launch()
    planning.files["campaigns/shops.toml"] += f'\n[window]\n{key} = "13:00"\n'
    assert [each.moved for each in planning.plan().reworded] == [True, True]
    planning.launch()
    planning.play(1)
    assert (planning.letters(BOB)["intro"].sent_at.hour >= 13) == (key == "from")


def test_a_change_that_leaves_the_dates_as_they_are_moves_nothing(planning: Planning) -> None:
    planning.launch()
    planning.now = planning.now.replace(hour=9, minute=30)
    planning.edit("campaigns/shops.toml", "mailboxes =", "max_new_per_day = 5\nmailboxes =")
    planning.files["campaigns/shops.toml"] += '\n[window]\nblackout = ["2027-01-04"]\n'
    made = planning.plan()
    assert (made.reworded, made.files_changed) == ((), True)


def test_a_longer_delay_counts_from_the_letter_that_has_left(planning: Planning) -> None:
    planning.launch()
    planning.play(1)
    planning.edit("campaigns/shops.toml", "3 business days", "8 business days")
    planning.launch()
    planning.play(20)
    assert planning.letters(BOB)["followup"].sent_at.date().isoformat() == "2026-12-03"


def test_somebody_who_was_held_joins_once_the_field_is_filled_in(planning: Planning) -> None:
    planning.add("email,company,industry\nnoname@dale.example,Dale,retail\n")
    planning.launch()
    assert "noname@dale.example" not in planning.enrolled()
    planning.add("email,first_name\nnoname@dale.example,Dan\n")
    assert new(planning.plan()) == ["noname@dale.example"]
    planning.launch()
    assert planning.statuses("noname@dale.example") == {"intro": "scheduled"}


def test_a_follow_up_that_is_held_goes_on_once_its_field_is_filled_in(planning: Planning) -> None:
    planning.add("email,first_name,company,industry,city\nann@elm.example,Ann,Elm,retail,Leeds\n")
    planning.write("followup", "Format: text\n\nHello {{ first_name }} in {{ city }},\n\nAny news?\n")
    planning.launch()
    planning.play(1)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "held"}
    assert planning.letters(BOB)["followup"].reason == "no city"
    assert planning.statuses("ann@elm.example") == {"intro": "sent", "followup": "scheduled"}
    planning.add(f"email,city\n{BOB},Bath\n")
    planning.launch()
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "scheduled"}
    assert "Hello Bob in Bath," in planning.letters(BOB)["followup"].text
    planning.play(20)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "sent"}


def test_an_edit_that_somebody_lacks_a_field_for_holds_their_letter(planning: Planning) -> None:
    planning.add(f"email,city\n{EVA},Bath\n")
    planning.launch()
    planning.write("intro", "Subject: Shelving in {{ city }}\n\nHello {{ first_name }},\n\nShelves.\n")
    assert held(planning.plan()) == {BOB: ("missing", "no city")}
    planning.launch()
    assert planning.statuses(BOB) == {"intro": "held"}
    assert planning.statuses(EVA) == {"intro": "scheduled"}
    assert planning.plan().empty


def test_who_has_answered_is_left_alone_by_every_edit(planning: Planning) -> None:
    planning.launch()
    planning.play(1)
    planning.reply(BOB)
    planning.write("followup", "Format: text\n\nHello {{ first_name }},\n\nSomething else.\n")
    planning.steps("intro", "followup")
    assert [each.email for each in planning.plan().reworded] == [EVA]
    planning.launch()
    planning.play(20)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "cancelled"}


def test_people_stay_with_the_mailbox_that_wrote_first(planning: Planning) -> None:
    planning.launch()
    planning.play(1)
    second = planning.files["outreach.toml"].partition("[[mailbox]]")[2].replace("ann@", "bea@")
    planning.files["outreach.toml"] += f"\n[[mailbox]]{second}"
    planning.edit("campaigns/shops.toml", '["ann@northwind.example"]', '["bea@northwind.example"]')
    planning.launch()
    planning.add(PEOPLE.splitlines()[0] + "\nnew@fir.example,Ned,Fir,retail,GB\n")
    planning.launch()
    assert planning.letters(BOB)["followup"].mailbox == "ann@northwind.example"
    assert planning.letters("new@fir.example")["intro"].mailbox == "bea@northwind.example"
