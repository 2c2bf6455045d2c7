"""What new files and new data mean for letters that wait: moved, held, let go again, never in two languages."""

from collections.abc import Iterator
from pathlib import Path

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
def shops(store_url: str, tmp_path: Path) -> Iterator[Planning]:
    """A campaign that nobody has launched, with two people in its segment."""
    planning = Planning(store_url, tmp_path)
    yield planning
    planning.store.close()


@pytest.fixture
def german(shops: Planning) -> Planning:
    """The same with a German text of both letters, launched; everybody has the first letter, Dirk in German."""
    shops.files.update(GERMAN)
    shops.add(f"email,first_name,company,industry,country,language\n{DIRK},Dirk,De,retail,DE,de-AT\n")
    shops.launch()
    shops.play(1)
    return shops


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


def test_a_letter_with_its_own_subject_begins_a_thread(shops: Planning) -> None:
    shops.write("third", "Subject: Something else\n\nHello {{ first_name }},\n\nThird.\n")
    shops.write("fourth", MIDDLE)
    shops.write("fifth", MIDDLE)
    shops.steps("intro", "followup", "third", "fourth", "fifth")
    shops.launch()
    shops.play(40)
    letters = shops.letters(BOB)
    ids = {letter: row.message_id for letter, row in letters.items()}
    assert {letter: row.thread.split() for letter, row in letters.items()} == {
        "intro": [],
        "followup": [ids["intro"]],
        "third": [],
        "fourth": [ids["third"]],
        "fifth": [ids["third"], ids["fourth"]],
    }
    assert letters["fifth"].subject == "Something else"


def test_who_moves_to_another_zone_is_written_to_in_its_working_hours(shops: Planning) -> None:
    shops.launch()
    shops.add(f"email,timezone\n{BOB},America/Los_Angeles\n", on_existing="update")
    assert shops.plan().empty  # no launch is needed: the sender sees to it
    shops.play(1)
    assert (shops.letters(BOB)["intro"].sent_at.hour, shops.letters(EVA)["intro"].sent_at.hour) == (17, 9)


def test_a_new_zone_of_the_sender_moves_those_without_one(shops: Planning) -> None:
    shops.add("email,first_name,company,industry,country\nann@elm.example,Ann,Elm,retail,US\n")
    shops.launch()
    shops.edit("outreach.toml", "Europe/London", "America/Los_Angeles")
    assert [(each.email, each.moved) for each in shops.plan().reworded] == [("ann@elm.example", True)]
    shops.launch()
    assert shops.plan().empty
    assert shops.letters("ann@elm.example")["intro"].opens_at.hour == 17


def test_a_letter_that_was_put_off_keeps_its_place(shops: Planning) -> None:
    """Days later its window has been missed: the sender gives it the next one, a plan has nothing to move."""
    shops.launch()
    shops.now = shops.now.replace(day=26, hour=10)
    assert shops.plan().empty


def test_every_word_of_the_window_counts(shops: Planning) -> None:
    shops.launch()
    plan_id = shops.show()
    shops.files["campaigns/shops.toml"] += "\n[window]\nholidays = false\n"
    assert refused(shops, plan_id) == f"the files have changed since plan {plan_id}"
    assert shops.launch().revision == 2
    assert shops.plan().empty


def test_a_window_that_opens_again_lets_its_letters_go(shops: Planning) -> None:
    shops.launch()
    shops.play(1)
    before = shops.files["campaigns/shops.toml"]
    shops.files["campaigns/shops.toml"] += (
        '\n[window]\nblackout = ["2026-11-20..2027-11-20", "2027-11-21..2028-03-01"]\n'
    )
    assert {code for code, _ in held(shops.plan()).values()} == {"window"}
    shops.launch()
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "held"}
    shops.files["campaigns/shops.toml"] = before
    shops.launch()
    assert shops.plan().empty
    shops.play(20)
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "sent"}


@pytest.mark.parametrize("letter", ["intro", "followup"])
def test_a_mailbox_that_is_gone_writes_no_more(shops: Planning, letter: str) -> None:
    shops.launch()
    if letter == "followup":
        shops.play(1)
    before = dict(shops.files)
    shops.edit("outreach.toml", 'address = "ann@', 'address = "bea@')
    shops.edit("campaigns/shops.toml", '["ann@', '["bea@')
    gone = ("mailbox", "ann@northwind.example is gone from outreach.toml")
    assert held(shops.plan()) == {BOB: gone, EVA: gone}
    shops.launch()
    assert shops.plan().empty
    shops.play(20)
    assert shops.statuses(BOB)[letter] == "held"
    shops.files = before
    shops.launch()
    shops.play(20)
    assert shops.statuses(BOB) == {"intro": "sent", "followup": "sent"}


def test_the_settings_of_a_mailbox_count_for_the_people_who_stay_with_it(shops: Planning) -> None:
    shops.launch()
    second = shops.files["outreach.toml"].partition("[[mailbox]]")[2].replace("ann@", "bea@")
    shops.files["outreach.toml"] += f"\n[[mailbox]]{second}"
    shops.edit("campaigns/shops.toml", '["ann@', '["bea@')
    shops.launch()
    shops.edit("outreach.toml", "smtps://ann@smtp.", "smtps://ann@mail.")
    assert shops.plan().files_changed
    shops.launch()
    hosts = [desk.mailbox.smtp.split("@")[1] for desk in shops.store.read(settings.desks)]
    assert hosts == ["mail.northwind.example:465", "smtp.northwind.example:465"]
    assert shops.plan().empty


def test_a_launch_starts_an_ended_campaign_again_and_a_plan_from_before_does_not(shops: Planning) -> None:
    shops.launch()
    shops.add("email,first_name,company,industry\nned@fir.example,Ned,Fir,retail\n")
    plan_id = shops.show()
    shops.store.write(endings.end, "shops", reason="sold out", at=shops.now, actor="me")
    assert refused(shops, plan_id) == f"shops was ended since plan {plan_id}"
    assert shops.store.read(launches.campaigns) == {"shops": CampaignStatus.ENDED}
    shops.launch(shops.show())
    assert shops.store.read(launches.campaigns) == {"shops": CampaignStatus.LAUNCHED}
    assert shops.plan().empty
    shops.store.write(endings.end, "shops", reason="sold out", at=shops.now, actor="me")
    assert not shops.plan().empty


def test_somebody_who_comes_into_an_exclude_file_is_stopped(shops: Planning) -> None:
    shops.launch()
    shops.files["customers.csv"] = "acme.example\n"
    shops.edit("campaigns/shops.toml", "mailboxes =", 'exclude = ["customers.csv"]\nmailboxes =')
    assert [each.email for each in shops.plan().leaving] == [BOB]
    shops.launch(shops.show())
    assert shops.enrolled() == {BOB: "stopped", EVA: "active"}
    assert shops.statuses(BOB) == {"intro": "cancelled"}
    assert shops.plan().empty
