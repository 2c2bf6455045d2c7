"""What new files and new data mean for letters that wait: moved, held, let go again, never in two languages."""

import pytest

from outreach.model import CampaignStatus
from outreach.store import endings, launches, settings
from tests.planning import Planning, held
from tests.test_plan_launch import refused

BOB, EVA, DIRK = "bob@acme.example", "eva@birch.example", "dirk@deutsch.example"
GERMAN = {
    "templates/intro.de.txt": "Subject: Regale\n\nGuten Tag {{ first_name }},\n\nRegale.\n",
    "templates/followup.de.txt": "Format: text\n\nGuten Tag {{ first_name }},\n\nnochmals.\n",
}
MIDDLE = "Format: text\n\nHello {{ first_name }},\n\nIn between.\n"


@pytest.fixture
def german(planning: Planning) -> Planning:
    """The same with a German text of both letters, launched; everybody has the first letter, Dirk in German."""
    planning.files.update(GERMAN)
    planning.add(f"email,first_name,company,industry,country,language\n{DIRK},Dirk,De,retail,DE,de-AT\n")
    planning.launch()
    planning.play(1)
    return planning


def test_who_reads_german_gets_no_english_step_that_is_put_in(german: Planning) -> None:
    german.write("middle", MIDDLE)
    german.steps("intro", "middle", "followup")
    assert held(german.plan()) == {DIRK: ("language", "middle has no text in de")}
    german.launch()
    assert german.plan().empty
    german.play(20)
    assert german.statuses(DIRK) == {"intro": "sent", "followup": "cancelled", "middle": "held"}
    assert german.statuses(BOB)["middle"] == "sent"
    german.files["templates/middle.de.txt"] = GERMAN["templates/followup.de.txt"]
    german.launch()
    german.play(20)
    assert german.statuses(DIRK) == {"intro": "sent", "followup": "sent", "middle": "sent"}
    assert all(row.text.startswith("Guten Tag") for row in german.letters(DIRK).values())


def test_a_german_text_that_is_deleted_holds_its_readers(german: Planning) -> None:
    del german.files["templates/followup.de.txt"]
    assert held(german.plan()) == {DIRK: ("language", "followup has no text in de")}
    german.launch()
    assert german.statuses(DIRK) == {"intro": "sent", "followup": "held"}


def test_a_letter_with_its_own_subject_begins_a_thread(planning: Planning) -> None:
    planning.write("third", "Subject: Something else\n\nHello {{ first_name }},\n\nThird.\n")
    planning.write("fourth", MIDDLE)
    planning.write("fifth", MIDDLE)
    planning.steps("intro", "followup", "third", "fourth", "fifth")
    planning.launch()
    planning.play(40)
    letters = planning.letters(BOB)
    ids = {letter: row.message_id for letter, row in letters.items()}
    assert {letter: row.thread.split() for letter, row in letters.items()} == {
        "intro": [],
        "followup": [ids["intro"]],
        "third": [],
        "fourth": [ids["third"]],
        "fifth": [ids["third"], ids["fourth"]],
    }
    assert letters["fifth"].subject == "Something else"


def test_who_moves_to_another_zone_is_written_to_in_its_working_hours(planning: Planning) -> None:
    planning.launch()
    planning.add(f"email,timezone\n{BOB},America/Los_Angeles\n", on_existing="update")
    assert planning.plan().empty  # no launch is needed: the sender sees to it
    planning.play(1)
    assert (planning.letters(BOB)["intro"].sent_at.hour, planning.letters(EVA)["intro"].sent_at.hour) == (
        17,
        9,
    )


def test_a_new_zone_of_the_sender_moves_those_without_one(planning: Planning) -> None:
    planning.add("email,first_name,company,industry,country\nann@elm.example,Ann,Elm,retail,US\n")
    planning.launch()
    planning.edit("outreach.toml", "Europe/London", "America/Los_Angeles")
    assert [(each.email, each.moved) for each in planning.plan().reworded] == [("ann@elm.example", True)]
    planning.launch()
    assert planning.plan().empty
    assert planning.letters("ann@elm.example")["intro"].opens_at.hour == 17


def test_a_letter_that_was_put_off_keeps_its_place(planning: Planning) -> None:
    """Days later its window has been missed: the sender gives it the next one, a plan has nothing to move."""
    planning.launch()
    planning.now = planning.now.replace(day=26, hour=10)
    assert planning.plan().empty


def test_every_word_of_the_window_counts(planning: Planning) -> None:
    planning.launch()
    plan_id = planning.show()
    planning.files["campaigns/shops.toml"] += "\n[window]\nholidays = false\n"
    assert refused(planning, plan_id) == f"the files have changed since plan {plan_id}"
    assert planning.launch().revision == 2
    assert planning.plan().empty


def test_a_window_that_opens_again_lets_its_letters_go(planning: Planning) -> None:
    planning.launch()
    planning.play(1)
    before = planning.files["campaigns/shops.toml"]
    planning.files["campaigns/shops.toml"] += (
        '\n[window]\nblackout = ["2026-11-20..2027-11-20", "2027-11-21..2028-03-01"]\n'
    )
    assert {code for code, _ in held(planning.plan()).values()} == {"window"}
    planning.launch()
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "held"}
    planning.files["campaigns/shops.toml"] = before
    planning.launch()
    assert planning.plan().empty
    planning.play(20)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "sent"}


@pytest.mark.parametrize("letter", ["intro", "followup"])
def test_a_mailbox_that_is_gone_writes_no_more(planning: Planning, letter: str) -> None:
    planning.launch()
    if letter == "followup":
        planning.play(1)
    before = dict(planning.files)
    planning.edit("outreach.toml", 'address = "ann@', 'address = "bea@')
    planning.edit("campaigns/shops.toml", '["ann@', '["bea@')
    gone = ("mailbox", "ann@northwind.example is gone from outreach.toml")
    assert held(planning.plan()) == {BOB: gone, EVA: gone}
    planning.launch()
    assert planning.plan().empty
    planning.play(20)
    assert planning.statuses(BOB)[letter] == "held"
    planning.files = before
    planning.launch()
    planning.play(20)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "sent"}


def test_the_settings_of_a_mailbox_count_for_the_people_who_stay_with_it(planning: Planning) -> None:
    planning.launch()
    second = planning.files["outreach.toml"].partition("[[mailbox]]")[2].replace("ann@", "bea@")
    planning.files["outreach.toml"] += f"\n[[mailbox]]{second}"
    planning.edit("campaigns/shops.toml", '["ann@', '["bea@')
    planning.launch()
    planning.edit("outreach.toml", "smtps://ann@smtp.", "smtps://ann@mail.")
    assert planning.plan().files_changed
    planning.launch()
    hosts = [desk.mailbox.smtp.split("@")[1] for desk in planning.store.read(settings.desks)]
    assert hosts == ["mail.northwind.example:465", "smtp.northwind.example:465"]
    assert planning.plan().empty


def test_a_launch_starts_an_ended_campaign_again_and_a_plan_from_before_does_not(planning: Planning) -> None:
    planning.launch()
    planning.add("email,first_name,company,industry\nned@fir.example,Ned,Fir,retail\n")
    plan_id = planning.show()
    planning.store.write(endings.end, "shops", reason="sold out", at=planning.now, actor="me")
    assert refused(planning, plan_id) == f"shops was ended since plan {plan_id}"
    assert planning.store.read(launches.campaigns) == {"shops": CampaignStatus.ENDED}
    planning.launch(planning.show())
    assert planning.store.read(launches.campaigns) == {"shops": CampaignStatus.LAUNCHED}
    assert planning.plan().empty
    planning.store.write(endings.end, "shops", reason="sold out", at=planning.now, actor="me")
    assert not planning.plan().empty


def test_somebody_who_comes_into_an_exclude_file_is_stopped(planning: Planning) -> None:
    planning.launch()
    planning.files["customers.csv"] = "acme.example\n"
    planning.edit("campaigns/shops.toml", "mailboxes =", 'exclude = ["customers.csv"]\nmailboxes =')
    assert [each.email for each in planning.plan().leaving] == [BOB]
    planning.launch(planning.show())
    assert planning.enrolled() == {BOB: "stopped", EVA: "active"}
    assert planning.statuses(BOB) == {"intro": "cancelled"}
    assert planning.plan().empty
