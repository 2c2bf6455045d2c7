"""What a plan tells of those who are in the campaign already: texts, dates, steps, and who stands where."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach.engine.revisions import edited
from outreach.report import migration
from outreach.store import launches
from tests.planning import Planning

BOB, EVA, NED = "bob@acme.example", "eva@birch.example", "ned@fir.example"
NED_ROW = f"email,first_name,company,industry,country\n{NED},Ned,Fir,retail,GB\n"


@pytest.fixture
def shops(planning: Planning) -> Planning:
    """Bob got the first letter, Eva's and Ned's wait."""
    planning.add(NED_ROW)
    planning.launch(first=1)
    planning.play(0.5)
    planning.launch()
    return planning


def changed(shops: Planning) -> list[str]:
    return [*migration.changed(shops.plan(), revision(shops), revision(shops) + 1, "Europe/London")]


def kept(shops: Planning) -> list[str]:
    return [*migration.kept(shops.plan(), revision(shops), revision(shops) + 1)]


def revision(shops: Planning) -> int:
    found = shops.store.read(launches.launched, "shops")
    assert found
    return found.number


def test_words_change_for_those_who_wait_and_in_what_follows(shops: Planning) -> None:
    shops.edit("templates/intro.txt", "Shelves.", "Racks.")
    shops.edit("templates/followup.txt", "Any news?", "Have you looked at it?")
    assert changed(shops) == [
        "2 waiting letters reworded (intro, revision 2)",
        "1 waiting letter reworded (followup, revision 2)",
        "the files become revision 2",
    ]
    assert kept(shops) == ["1 person already got intro of revision 1; what follows is followup of revision 2"]
    shops.launch()
    assert changed(shops) == []
    assert kept(shops) == ["1 person already got intro; followup follows"]


def test_another_window_moves_letters_from_day_to_day(shops: Planning) -> None:
    """On Monday evening Eva's and Ned's letters wait for Tuesday."""
    shops.files["campaigns/shops.toml"] += '\n[window]\ndays = "wed-fri"\n'
    assert changed(shops)[0] == "2 waiting letters move from Tue 24 Nov to Wed 25 Nov"


def test_within_a_day_the_times_are_told(shops: Planning) -> None:
    shops.files["campaigns/shops.toml"] += '\n[window]\nfrom = "13:00"\n'
    assert "2 waiting letters move from 09:00 to 13:00 on Tue 24 Nov" in changed(shops)


def test_a_step_put_in_is_told_for_everybody_it_is_to_come_for(shops: Planning) -> None:
    """Bob has had the first letter, for Eva and Ned it waits: all three are to get the new one."""
    shops.write("middle", "Format: text\n\nHello {{ first_name }},\n\nIn between.\n")
    shops.steps("intro", "middle", "followup")
    assert changed(shops) == [
        "3 people get middle too: it is new in the sequence",
        "the files become revision 2",
    ]


def test_a_step_put_before_what_somebody_got_comes_too_late(shops: Planning) -> None:
    shops.write("before", "Subject: Before\n\nHello {{ first_name }},\n\nFirst of all.\n")
    shops.steps("before", "intro", "followup")
    found = changed(shops)
    assert "2 people get before too: it is new in the sequence" in found
    assert "1 person is past the place of before: it is not sent to them" in found


def test_a_step_at_the_end_does_not_reach_those_who_have_finished(shops: Planning) -> None:
    shops.play(14)
    assert shops.enrolled()[BOB] == "finished"
    shops.write("last", "Format: text\n\nHello {{ first_name }},\n\nA last thought.\n")
    shops.steps("intro", "followup", "last")
    assert "3 people are past the place of last: it is not sent to them" in changed(shops)


def test_a_step_taken_out_is_told_for_everybody_who_was_to_get_it(shops: Planning) -> None:
    shops.steps("intro")
    assert changed(shops) == [
        "3 people get followup no more: it is gone from the sequence",
        "the files become revision 2",
    ]
    assert kept(shops) == ["1 person already got intro; nothing follows"]


def test_a_renamed_step_is_neither_new_nor_gone(shops: Planning) -> None:
    shops.write("later", shops.files["templates/followup.txt"])
    shops.steps("intro", "later", was={"later": "followup"})
    assert not [line for line in changed(shops) if "sequence" in line]


def test_steps_that_change_places(shops: Planning) -> None:
    shops.edit("templates/followup.txt", "Format: text", "Subject: News")
    shops.steps("followup", "intro")
    assert "2 people get followup next, in place of intro" in changed(shops)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("exclude", "1 person in the campaign is in an exclude file by now"),
        ("key_accounts", "1 person in the campaign is a key account by now"),
    ],
)
def test_who_is_in_a_list_of_those_to_leave_alone_is_stopped(shops: Planning, key: str, said: str) -> None:
    """The domain is written as people copy it from a browser."""
    shops.files["list.csv"] = "www.acme.example\n"
    if key == "exclude":
        shops.edit("campaigns/shops.toml", "mailboxes =", 'exclude = ["list.csv"]\nmailboxes =')
    else:
        shops.files["outreach.toml"] += '\n[limits]\nkey_accounts = ["list.csv"]\n'
    assert [*migration.leaving(shops.plan())] == [said]
    shops.launch()
    assert shops.enrolled()[BOB] == "stopped"


def test_nothing_changes_before_the_launch(shops: Planning) -> None:
    """An edit in progress is not sent, however long it lies there."""
    shops.edit("templates/intro.txt", "Shelves.", "Racks.")
    assert edited(shops.store, shops.workspace) == {"shops": 1}
    shops.play(3)
    assert "Shelves." in shops.letters(EVA)["intro"].text
    shops.launch()
    assert edited(shops.store, shops.workspace) == {}


def test_a_comment_in_a_file_is_no_edit(shops: Planning) -> None:
    shops.files["campaigns/shops.toml"] = "# for the spring\n" + shops.files["campaigns/shops.toml"]
    assert edited(shops.store, shops.workspace) == {}


def test_a_deferral_is_no_move(shops: Planning) -> None:
    """A missed window gives a letter another date; the files did not."""
    shops.now = datetime(2026, 11, 25, 20, tzinfo=UTC) + timedelta(hours=1)
    assert changed(shops) == []
