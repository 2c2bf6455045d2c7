"""Edits, who got what, what happened and the log: the same on both databases."""

from datetime import timedelta

import pytest

from outreach.store import activity, editing, events, people, received, tags
from outreach.store.editing import Edit
from tests.planning import MONDAY, Planning

BOB, EVA = "bob@acme.example", "eva@birch.example"


@pytest.fixture
def shops(planning: Planning) -> Planning:
    planning.launch()
    return planning


def test_an_edit_tells_what_it_would_do_and_then_does_it(shops: Planning) -> None:
    ids = shops.store.read(people.ids, None, shops.now)
    wanted = Edit({"city": "Leeds", "country": "GB", "industry": None}, tag=("north",), untag=("south",))
    ahead = shops.store.read(editing.try_edit, ids, wanted)
    done = shops.store.write(editing.edit, ids, wanted, now=shops.now, actor="ann")
    assert done == ahead
    assert (done.people, done.unchanged, done.moved, done.waiting) == (3, 0, 0, {"shops": 2})
    assert shops.person(BOB).fields == {
        "first_name": "Bob",
        "company": "Acme",
        "country": "GB",
        "city": "Leeds",
    }
    again = shops.store.write(editing.edit, ids, wanted, now=shops.now, actor="ann")
    assert (again.people, again.unchanged) == (0, 3)
    assert shops.store.read(tags.of_many, ids) == {each: ["north"] for each in ids}


def test_what_happened_comes_in_order_of_time_from_any_moment_on(shops: Planning) -> None:
    shops.play(8)
    rows = shops.store.read(lambda tx: list(activity.happened(tx)))
    assert [(row.letter, row.outcome) for row in rows] == [
        ("intro", "sent"),
        ("intro", "sent"),
        ("followup", "sent"),
        ("followup", "sent"),
    ]
    assert {row.email for row in rows[:2]} == {BOB, EVA}
    later = shops.store.read(lambda tx: list(activity.happened(tx, MONDAY + timedelta(days=2))))
    assert [row.letter for row in later] == ["followup", "followup"]


def test_who_got_a_letter_and_what_was_done(shops: Planning) -> None:
    shops.play(1)
    which = received.Which("intro", "shops", 1)
    bob = shops.person(BOB)
    assert shops.store.read(received.people, which) == {bob.id, shops.person(EVA).id}
    (got,) = shops.store.read(received.by_person, which, [bob.id])[bob.id]
    assert (got.campaign, got.letter, got.revision, got.unsure) == ("shops", "intro", 1, False)
    assert shops.store.read(received.letters) == {"intro": {"shops": {1}}}
    entries, more = shops.store.read(events.log_of, 50)
    assert [(entry.kind, entry.actor) for entry in entries] == [("launched", "me")]
    everything, _ = shops.store.read(events.log_of, 50, prospect_id=bob.id, everything=True)
    assert [entry.kind for entry in everything][:1] == ["enrolled"]
    assert more is False
