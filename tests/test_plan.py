"""What a plan says: who joins, who is held and why, and what an edit means for those who are on their way."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outreach.errors import InputError
from outreach.plan import Plan
from tests.planning import PEOPLE, Planning

BOB, EVA = "bob@acme.example", "eva@birch.example"
BOB_HAS_HIS = 62 / 1440  # days: two past nine, when the first letter has left and the second has not


@pytest.fixture
def shops(store_url: str, tmp_path: Path) -> Iterator[Planning]:
    """A campaign that nobody has launched, with two people in its segment."""
    planning = Planning(store_url, tmp_path)
    yield planning
    planning.store.close()


def new(made: Plan) -> list[str]:
    return [each.prospect.email for each in made.new]


def held(made: Plan) -> dict[str, tuple[str, str]]:
    return {each.email: (each.hold.code, each.hold.reason) for each in made.held}


# Who joins


def test_everybody_in_the_segment_joins_with_a_letter_and_a_mailbox(shops: Planning) -> None:
    made = shops.plan()
    assert new(made) == [BOB, EVA]
    first = made.new[0]
    assert first.mailbox == "ann@northwind.example"
    assert first.draft.subject == "Shelving for Acme"
    assert first.draft.content.text.startswith("Hello Bob,\n\nShelves.\n")
    assert "1 Dock Road" in first.draft.content.text
    assert first.draft.opens_at == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert (made.matched, made.kept, made.companies) == (2, 0, 2)


def test_planning_changes_nothing_and_the_same_state_gives_the_same_plan(shops: Planning) -> None:
    assert shops.plan() == shops.plan()
    assert shops.enrolled() == {}


def test_a_missing_value_holds_only_that_person(shops: Planning) -> None:
    shops.add("email,company,industry\nnoname@dale.example,Dale,retail\n")
    made = shops.plan()
    assert new(made) == [BOB, EVA]
    assert held(made) == {"noname@dale.example": ("missing", "no first_name")}


def test_what_the_segment_cannot_decide_is_counted_by_field(shops: Planning) -> None:
    shops.edit("campaigns/shops.toml", "industry == 'retail'", "industry == 'retail' and employees >= 20")
    shops.add("email,first_name,company,industry,employees\nann@elm.example,Ann,Elm,retail,40\n")
    made = shops.plan()
    assert new(made) == ["ann@elm.example"]
    assert made.unknown == {"employees": 2}


def test_the_reasons_to_leave_somebody_out(shops: Planning) -> None:
    shops.add(
        "email,first_name,company,industry,language\n"
        "s@sup.example,Sue,Sup,retail,\n"
        "x@excluded.example,Xan,Ex,retail,\n"
        "d@deutsch.example,Dirk,De,retail,de\n"
    )
    shops.suppress("s@sup.example")
    shops.write("customers.csv", "domain\nexcluded.example\n")
    shops.edit("campaigns/shops.toml", "mailboxes =", 'exclude = ["customers.csv"]\nmailboxes =')
    shops.write("templates/intro.de.txt", "Subject: Regale\n\nGuten Tag,\n\nRegale.\n")
    assert held(shops.plan()) == {
        "s@sup.example": ("suppressed", "suppressed: asked us"),
        "x@excluded.example": ("excluded", "in an exclude file"),
        "d@deutsch.example": ("language", "followup has no text in de"),
    }


def test_a_company_gets_no_more_people_than_allowed(shops: Planning) -> None:
    more = "".join(f"p{number}@acme.example,P,Acme,retail\n" for number in range(4))
    shops.add(f"email,first_name,company,industry\n{more}")
    made = shops.plan()
    assert new(made) == [BOB, EVA, "p0@acme.example", "p1@acme.example"]
    assert set(held(made)) == {"p2@acme.example", "p3@acme.example"}
    assert len({each.mailbox for each in made.new if each.prospect.company == "acme"}) <= 1


def test_nobody_is_in_two_campaigns_unless_one_says_so(shops: Planning) -> None:
    shops.launch()
    shops.files["campaigns/second.toml"] = shops.files["campaigns/shops.toml"]
    assert held(shops.plan("second")) == {
        BOB: ("elsewhere", "in campaign shops"),
        EVA: ("elsewhere", "in campaign shops"),
    }
    shops.edit("campaigns/second.toml", "mailboxes =", "exclusive = false\nmailboxes =")
    assert new(shops.plan("second")) == [BOB, EVA]


@pytest.mark.parametrize(
    ("company", "hold"),
    [
        ("=1+1", ""),
        ("{# gone #}", ""),
        ("a\nBcc: x@evil.example", "render"),
        ("=?utf-8?q?x?=", "header"),
        ("\u202eemca", "header"),
        ("{{ 7 * 7 }}", "lint"),
        ("{% set x = 1 %}", "lint"),
    ],
)
def test_what_looks_like_code_is_shown_as_it_is_or_held(shops: Planning, company: str, hold: str) -> None:
    shops.put(BOB, company=company)
    made = shops.plan()
    if hold:
        assert {email: code for email, (code, _) in held(made).items()} == {BOB: hold}
        assert new(made) == [EVA]
    else:
        assert made.new[0].draft.subject == f"Shelving for {company}"


def test_a_field_that_no_prospect_has_stops_the_plan_at_its_place(shops: Planning) -> None:
    shops.write("intro", "Subject: Hello\n\nHello {{ frist_name }},\n")
    with pytest.raises(InputError) as caught:
        shops.plan()
    assert "templates/intro.txt:3:10" in str(caught.value)
    assert "first_name" in str(caught.value)


# A campaign that runs is edited


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
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "sent"}
    assert shops.statuses(EVA) == {"hello": "sent", "followup": "sent"}


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
