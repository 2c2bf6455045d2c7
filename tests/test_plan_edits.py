"""What an edit means for those who are on their way: nobody gets a letter twice, or one nobody launched."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from outreach.store.audit import audit
from tests.planning import PEOPLE, Planning, held, new

BOB, EVA = "bob@acme.example", "eva@birch.example"
BOB_HAS_HIS = 62 / 1440  # days: two past nine, when the first letter has left and the second has not


@pytest.fixture
def shops(store_url: str, tmp_path: Path) -> Iterator[Planning]:
    """A campaign that nobody has launched, with two people in its segment."""
    planning = Planning(store_url, tmp_path)
    yield planning
    planning.store.close()


def test_after_a_launch_there_is_nothing_to_do(shops: Planning) -> None:
    shops.launch()
    assert shops.plan().empty
    shops.edit("campaigns/shops.toml", 'name = "Shelving', '# a comment\n\nname = "Shelving')
    assert shops.plan().empty


def test_an_edited_letter_reaches_only_those_who_have_not_got_it(shops: Planning) -> None:
    shops.launch()
    shops.play(BOB_HAS_HIS)
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "scheduled"}
    shops.write(
        "intro", "Subject: Shelving for {{ company }}\n\nHello {{ first_name }},\n\nBetter shelves.\n"
    )
    shops.write("followup", "Format: text\n\nHello {{ first_name }},\n\nAny better news?\n")
    made = shops.plan()
    assert {(each.email, each.draft.letter) for each in made.reworded} == {(BOB, "followup"), (EVA, "intro")}
    assert made.kept == 1
    shops.launch()
    assert "Better shelves." not in shops.letters(BOB)["intro"].text
    assert "Any better news?" in shops.letters(BOB)["followup"].text
    assert "Better shelves." in shops.letters(EVA)["intro"].text
    before = shops.letters(EVA)["intro"]
    shops.play(10)
    assert shops.statuses(EVA) == {"intro": "sent", "followup": "sent"}
    assert "Any better news?" in shops.letters(EVA)["followup"].text
    assert shops.letters(EVA)["intro"].message_id == before.message_id


def test_an_edit_that_is_not_launched_is_not_sent(shops: Planning) -> None:
    shops.launch()
    shops.write("followup", "Format: text\n\nHello {{ first_name }},\n\nNOT YET\n")
    shops.steps("intro", "other", "followup")
    shops.write("other", "Format: text\n\nHello,\n\nNOT YET EITHER\n")
    assert not shops.plan().empty
    shops.play(20)
    for email in (BOB, EVA):
        assert shops.statuses(email) == {"intro": "sent", "followup": "sent"}
        assert not any("NOT YET" in row.text for row in shops.letters(email).values())


def test_a_step_put_before_the_waiting_one_comes_first(shops: Planning) -> None:
    shops.launch()
    shops.play(1)
    shops.write("middle", "Format: text\n\nHello {{ first_name }},\n\nIn between.\n")
    shops.steps("intro", "middle", "followup")
    made = shops.plan()
    assert {(each.email, each.old, each.draft and each.draft.letter) for each in made.replaced} == {
        (BOB, "followup", "middle"),
        (EVA, "followup", "middle"),
    }
    shops.launch()
    assert shops.plan().empty
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "cancelled", "middle": "scheduled"}
    shops.play(20)
    letters = shops.letters(BOB)
    assert {row.status for row in letters.values()} == {"sent"}
    assert letters["intro"].sent_at < letters["middle"].sent_at < letters["followup"].sent_at
    assert letters["followup"].thread.split() == [letters["intro"].message_id, letters["middle"].message_id]


def test_a_step_put_before_a_letter_that_has_left_is_not_sent_late(shops: Planning) -> None:
    shops.launch()
    shops.play(1)
    shops.write("opener", "Subject: First of all\n\nHello {{ first_name }},\n\nOpener.\n")
    shops.steps("opener", "intro", "followup")
    made = shops.plan()
    assert (made.replaced, made.reworded, made.files_changed) == ((), (), True)
    shops.launch()
    shops.play(20)
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "sent"}


def test_a_step_put_after_the_waiting_one_follows_it(shops: Planning) -> None:
    shops.launch()
    shops.play(1)
    shops.write("last", "Format: text\n\nHello {{ first_name }},\n\nThe last one.\n")
    shops.steps("intro", "followup", "last")
    assert shops.plan().replaced == ()
    shops.launch()
    shops.play(20)
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "sent", "last": "sent"}
    assert shops.enrolled() == {BOB: "finished", EVA: "finished"}


def test_who_is_done_stays_done_when_a_step_is_added(shops: Planning) -> None:
    shops.launch()
    shops.play(20)
    shops.write("last", "Format: text\n\nHello {{ first_name }},\n\nThe last one.\n")
    shops.steps("intro", "followup", "last")
    shops.launch()
    shops.play(20)
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "sent"}


def test_a_step_taken_out_gives_way_to_the_next_one(shops: Planning) -> None:
    shops.write("last", "Format: text\n\nHello {{ first_name }},\n\nThe last one.\n")
    shops.steps("intro", "followup", "last")
    shops.launch()
    shops.play(1)
    shops.steps("intro", "last")
    assert {(each.old, each.draft and each.draft.letter) for each in shops.plan().replaced} == {
        ("followup", "last")
    }
    shops.launch()
    shops.play(20)
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "cancelled", "last": "sent"}


def test_a_sequence_cut_short_ends_for_those_who_wait(shops: Planning) -> None:
    shops.launch()
    shops.play(1)
    shops.steps("intro")
    assert [each.draft for each in shops.plan().replaced] == [None, None]
    shops.launch()
    assert shops.enrolled() == {BOB: "finished", EVA: "finished"}
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "cancelled"}
    assert shops.plan().empty


def test_a_step_taken_out_and_put_back_is_sent_once(shops: Planning) -> None:
    shops.launch()
    shops.play(1)
    shops.write("middle", "Format: text\n\nHello {{ first_name }},\n\nIn between.\n")
    for letters in (("intro", "middle", "followup"), ("intro", "followup"), ("intro", "middle", "followup")):
        shops.steps(*letters)
        shops.launch()
        assert shops.plan().empty
    shops.play(20)
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "sent", "middle": "sent"}


def test_a_renamed_letter_is_the_same_letter(shops: Planning) -> None:
    shops.launch()
    shops.play(BOB_HAS_HIS)
    assert shops.statuses(EVA) == {"intro": "scheduled"}
    shops.files["templates/hello.txt"] = shops.files.pop("templates/intro.txt")
    shops.steps("hello", "followup", was={"hello": "intro"})
    shops.launch()
    assert shops.plan().empty
    assert shops.statuses(EVA) == {"hello": "scheduled"}
    shops.play(20)
    assert shops.statuses(BOB) == {"hello": "sent", "followup": "sent"}
    assert shops.statuses(EVA) == {"hello": "sent", "followup": "sent"}


@pytest.mark.parametrize("was", [{"hi": "hello"}, {}])
def test_a_letter_renamed_twice_is_still_the_same_letter(shops: Planning, was: dict[str, str]) -> None:
    """Also for those who got it under its first name, and when the file no longer says what it was."""
    shops.launch()
    shops.play(BOB_HAS_HIS)
    shops.files["templates/hello.txt"] = shops.files.pop("templates/intro.txt")
    shops.steps("hello", "followup", was={"hello": "intro"})
    shops.launch()
    last = "hi" if was else "hello"
    shops.files[f"templates/{last}.txt"] = shops.files.pop("templates/hello.txt")
    shops.steps(last, "followup", was=was)
    assert shops.plan().replaced == ()
    shops.launch()
    assert shops.plan().empty
    shops.play(20)
    assert shops.statuses(BOB) == shops.statuses(EVA) == {last: "sent", "followup": "sent"}
    assert [check.code for check in shops.store.read(audit, shops.store.key, shops.now) if check.broken] == []


def test_a_new_window_moves_what_waits_and_nothing_else(shops: Planning) -> None:
    shops.launch()
    shops.play(BOB_HAS_HIS)
    shops.files["campaigns/shops.toml"] += '\n[window]\nfrom = "13:00"\nto = "15:00"\n'
    made = shops.plan()
    assert [(each.email, each.text, each.moved) for each in made.reworded] == [
        (BOB, False, True),
        (EVA, False, True),
    ]
    shops.launch()
    assert shops.plan().empty
    waiting = shops.letters(EVA)["intro"]
    assert (waiting.opens_at.hour, waiting.closes_at.hour) == (13, 15)
    shops.play(20)
    assert 13 <= shops.letters(EVA)["intro"].sent_at.hour < 15
    assert 13 <= shops.letters(BOB)["followup"].sent_at.hour < 15


@pytest.mark.parametrize("key", ["from", "to"])
def test_one_end_of_the_window_is_enough_to_move_what_waits(shops: Planning, key: str) -> None:
    shops.launch()
    shops.files["campaigns/shops.toml"] += f'\n[window]\n{key} = "13:00"\n'
    assert [each.moved for each in shops.plan().reworded] == [True, True]
    shops.launch()
    shops.play(1)
    assert (shops.letters(BOB)["intro"].sent_at.hour >= 13) == (key == "from")


def test_a_change_that_leaves_the_dates_as_they_are_moves_nothing(shops: Planning) -> None:
    shops.launch()
    shops.now = shops.now.replace(hour=9, minute=30)
    shops.edit("campaigns/shops.toml", "mailboxes =", "max_new_per_day = 5\nmailboxes =")
    shops.files["campaigns/shops.toml"] += '\n[window]\nblackout = ["2027-01-04"]\n'
    made = shops.plan()
    assert (made.reworded, made.files_changed) == ((), True)


def test_a_longer_delay_counts_from_the_letter_that_has_left(shops: Planning) -> None:
    shops.launch()
    shops.play(1)
    shops.edit("campaigns/shops.toml", "3 business days", "8 business days")
    shops.launch()
    shops.play(20)
    assert shops.letters(BOB)["followup"].sent_at.date().isoformat() == "2026-12-03"


def test_somebody_who_was_held_joins_once_the_field_is_filled_in(shops: Planning) -> None:
    shops.add("email,company,industry\nnoname@dale.example,Dale,retail\n")
    shops.launch()
    assert "noname@dale.example" not in shops.enrolled()
    shops.add("email,first_name\nnoname@dale.example,Dan\n")
    assert new(shops.plan()) == ["noname@dale.example"]
    shops.launch()
    assert shops.statuses("noname@dale.example") == {"intro": "scheduled"}


def test_a_follow_up_that_is_held_goes_on_once_its_field_is_filled_in(shops: Planning) -> None:
    shops.add("email,first_name,company,industry,city\nann@elm.example,Ann,Elm,retail,Leeds\n")
    shops.write("followup", "Format: text\n\nHello {{ first_name }} in {{ city }},\n\nAny news?\n")
    shops.launch()
    shops.play(1)
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "held"}
    assert shops.letters(BOB)["followup"].reason == "no city"
    assert shops.statuses("ann@elm.example") == {"intro": "sent", "followup": "scheduled"}
    shops.add(f"email,city\n{BOB},Bath\n")
    shops.launch()
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "scheduled"}
    assert "Hello Bob in Bath," in shops.letters(BOB)["followup"].text
    shops.play(20)
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "sent"}


def test_an_edit_that_somebody_lacks_a_field_for_holds_their_letter(shops: Planning) -> None:
    shops.add(f"email,city\n{EVA},Bath\n")
    shops.launch()
    shops.write("intro", "Subject: Shelving in {{ city }}\n\nHello {{ first_name }},\n\nShelves.\n")
    assert held(shops.plan()) == {BOB: ("missing", "no city")}
    shops.launch()
    assert shops.statuses(BOB) == {"intro": "held"}
    assert shops.statuses(EVA) == {"intro": "scheduled"}
    assert shops.plan().empty


def test_who_has_answered_is_left_alone_by_every_edit(shops: Planning) -> None:
    shops.launch()
    shops.play(1)
    shops.reply(BOB)
    shops.write("followup", "Format: text\n\nHello {{ first_name }},\n\nSomething else.\n")
    shops.steps("intro", "followup")
    assert [each.email for each in shops.plan().reworded] == [EVA]
    shops.launch()
    shops.play(20)
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "cancelled"}


def test_people_stay_with_the_mailbox_that_wrote_first(shops: Planning) -> None:
    shops.launch()
    shops.play(1)
    second = shops.files["outreach.toml"].partition("[[mailbox]]")[2].replace("ann@", "bea@")
    shops.files["outreach.toml"] += f"\n[[mailbox]]{second}"
    shops.edit("campaigns/shops.toml", '["ann@northwind.example"]', '["bea@northwind.example"]')
    shops.launch()
    shops.add(PEOPLE.splitlines()[0] + "\nnew@fir.example,Ned,Fir,retail,GB\n")
    shops.launch()
    assert shops.letters(BOB)["followup"].mailbox == "ann@northwind.example"
    assert shops.letters("new@fir.example")["intro"].mailbox == "bea@northwind.example"
