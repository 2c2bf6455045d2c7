"""Launch does the plan that was shown, or says why it cannot; what was not launched is not sent."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach.engine import forecast, plans
from outreach.errors import PlanError
from outreach.store import launches
from outreach.store.prospects import erase
from outreach.store.tables import message
from outreach.store.tables import plan as plan_table
from tests.planning import Planning
from tests.posting import post

BOB, EVA, NED = "bob@acme.example", "eva@birch.example", "ned@fir.example"
NED_ROW = f"email,first_name,company,industry\n{NED},Ned,Fir,retail\n"


@pytest.fixture
def shops(store_url: str, tmp_path: Path) -> Iterator[Planning]:
    """A campaign that nobody has launched, with two people in its segment."""
    planning = Planning(store_url, tmp_path)
    yield planning
    planning.store.close()


def refused(shops: Planning, plan_id: str, **more: object) -> str:
    with pytest.raises(PlanError) as caught:
        shops.launch(plan_id, **more)
    assert caught.value.hint.startswith("outreach plan ")
    return caught.value.message


def test_a_launch_does_the_plan_that_was_shown(shops: Planning) -> None:
    plan_id = shops.show()
    assert len(plan_id) == 4
    shops.now += timedelta(minutes=30)
    outcome = shops.launch(plan_id)
    assert (outcome.revision, outcome.dropped) == (1, ())
    assert shops.enrolled() == {BOB: "active", EVA: "active"}
    assert shops.plan().empty


def test_who_dropped_out_is_named_with_the_reason(shops: Planning) -> None:
    shops.add(NED_ROW + "sam@gorse.example,Sam,Gorse,retail\nann@elm.example,Ann,Elm,retail\n")
    plan_id = shops.show()
    shops.suppress(EVA)
    shops.add("email,industry\nsam@gorse.example,building\n", on_existing="update")
    ann = shops.person("ann@elm.example")
    shops.store.write(erase, shops.store.key, ann, now=shops.now, actor="me")
    outcome = shops.launch(plan_id)
    assert [(each.email, each.hold.reason) for each in outcome.dropped] == [
        (EVA, "suppressed: asked us"),
        ("sam@gorse.example", "no longer matches"),
        ("", "erased"),
    ]
    assert shops.enrolled() == {BOB: "active", NED: "active"}


def test_who_matches_only_since_is_not_in_it(shops: Planning) -> None:
    plan_id = shops.show()
    shops.add(NED_ROW)
    recalled = plans.recall(shops.store, shops.workspace, "shops", plan_id, shops.now)
    assert recalled.added == 1
    shops.launch(plan_id)
    assert shops.enrolled() == {BOB: "active", EVA: "active"}
    assert [each.prospect.email for each in shops.plan().new] == [NED]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("templates/intro.txt", "Shelves.", "Better shelves."),
        ("templates/followup.txt", "Any news?", "Any?"),
        ("campaigns/shops.toml", "3 business days", "4 business days"),
        ("campaigns/shops.toml", "industry == 'retail'", "industry in ['retail']"),
        ("outreach.toml", "1 Dock Road", "2 Dock Road"),
    ],
)
def test_files_edited_since_are_refused(shops: Planning, name: str, old: str, new: str) -> None:
    plan_id = shops.show()
    shops.edit(name, old, new)
    assert refused(shops, plan_id) == f"the files have changed since plan {plan_id}"
    assert shops.enrolled() == {}


def test_an_edit_that_means_the_same_is_launched(shops: Planning) -> None:
    plan_id = shops.show()
    shops.edit("campaigns/shops.toml", 'name = "Shelving', '# a thought\nname = "Shelving')
    shops.launch(plan_id)
    assert len(shops.enrolled()) == 2


def test_a_letter_that_would_read_otherwise_is_refused(shops: Planning) -> None:
    plan_id = shops.show()
    shops.add(f"email,first_name\n{BOB},Robert\n", on_existing="update")
    assert refused(shops, plan_id) == f"letters have changed since plan {plan_id}"
    assert shops.enrolled() == {}


def test_a_field_that_no_letter_shows_may_change(shops: Planning) -> None:
    plan_id = shops.show()
    shops.add(f"email,city\n{BOB},Bath\n")
    shops.launch(plan_id)
    assert len(shops.enrolled()) == 2


def test_a_plan_lives_for_a_day(shops: Planning) -> None:
    plan_id = shops.show()
    shops.now += timedelta(hours=24)
    recalled = plans.recall(shops.store, shops.workspace, "shops", plan_id, shops.now)
    assert len(recalled.plan.new) == 2
    shops.now += timedelta(seconds=1)
    assert refused(shops, plan_id) == f"plan {plan_id} is older than 24 hours"


def test_old_plans_are_forgotten(shops: Planning) -> None:
    old = shops.show()
    shops.now += timedelta(days=2)
    shops.show()
    assert refused(shops, old) == f"there is no plan {old} of shops"
    rows = shops.store.read(
        lambda tx: tx.execute(sa.select(sa.func.count()).select_from(plan_table)).scalar()
    )
    assert rows == 1


def test_an_unknown_id_and_that_of_another_campaign_are_refused(shops: Planning) -> None:
    shops.files["campaigns/second.toml"] = shops.files["campaigns/shops.toml"]
    plan_id = shops.show()
    assert refused(shops, "ffff0") == "there is no plan ffff0 of shops"
    assert refused(shops, plan_id, stem="second") == f"there is no plan {plan_id} of second"


def test_a_campaign_that_is_not_there_is_named_with_the_nearest(shops: Planning) -> None:
    with pytest.raises(PlanError, match="there is no campaign shop, did you mean `shops`"):
        shops.plan("shop")


def test_ids_do_not_collide(shops: Planning) -> None:
    taken = {shops.show()}
    for _ in range(20):
        shops.now += timedelta(seconds=1)
        taken.add(shops.show())
    assert len(taken) == 21


def test_a_pilot_and_then_the_rest_of_the_same_plan(shops: Planning) -> None:
    shops.add(NED_ROW)
    plan_id = shops.show()
    assert [each.prospect.email for each in shops.launch(plan_id, first=1).plan.new] == [BOB]
    assert shops.enrolled() == {BOB: "active"}
    rest = shops.launch(plan_id)
    assert ([each.prospect.email for each in rest.plan.new], rest.dropped) == ([EVA, NED], ())
    assert rest.revision == 1
    again = shops.launch(plan_id)
    assert (again.plan.new, again.dropped, again.revision) == ((), (), 1)
    assert list(shops.enrolled()) == [BOB, EVA, NED]


def test_changes_that_time_has_overtaken_fall_away(shops: Planning) -> None:
    shops.launch()
    shops.write("intro", "Subject: Shelving for {{ company }}\n\nHello {{ first_name }},\n\nNew.\n")
    plan_id = shops.show()
    shops.play(1)  # both have the old one by now: there is nothing to reword any more
    outcome = shops.launch(plan_id)
    assert (outcome.revision, outcome.plan.reworded) == (2, ())
    assert "New." not in shops.letters(BOB)["intro"].text


def test_the_dates_that_were_shown_are_kept_with_the_plan(shops: Planning) -> None:
    made = shops.plan()
    seen = forecast.outlook(shops.store, shops.workspace, made, shops.now)
    plan_id = plans.show(shops.store, made, seen)
    shops.now += timedelta(hours=12)
    recalled = plans.recall(shops.store, shops.workspace, "shops", plan_id, shops.now)
    assert (recalled.first, recalled.last_first, recalled.end) == (seen.first, seen.last_first, seen.end)
    assert seen.first is not None


def test_the_dates_of_a_plan_are_those_of_its_calendar(shops: Planning) -> None:
    people = "".join(f"p{number}@c{number}.example,P,C{number},retail\n" for number in range(70))
    shops.add(f"email,first_name,company,industry\n{people}")
    made = shops.plan()
    seen = forecast.outlook(shops.store, shops.workspace, made, shops.now)
    shops.launch()
    leaving = forecast.departures(shops.store, shops.now, shops.now + timedelta(days=400))
    firsts = [each.at for each in leaving if each.step == 0]
    assert (seen.letters, seen.starts, seen.first) == (144, leaving[0].at, leaving[0].at)
    assert (seen.last_first, seen.end) == (max(firsts), leaving[-1].at)
    assert (seen.later, seen.people_later) == (0, 0)
    assert [(cap.kind, cap.name, cap.per_day) for cap in seen.caps] == [
        ("mailbox", "ann@northwind.example", 30)
    ]


def test_what_does_not_fit_is_counted(shops: Planning) -> None:
    shops.edit("campaigns/shops.toml", "mailboxes =", "max_new_per_day = 1\nmailboxes =")
    seen = forecast.outlook(shops.store, shops.workspace, shops.plan(), shops.now, days=1)
    assert (seen.letters, seen.later, seen.people_later) == (1, 3, 1)
    assert [(cap.kind, cap.per_day) for cap in seen.caps] == [("new", 1)]


def test_the_dates_of_changes_are_those_of_the_calendar_after_them(shops: Planning) -> None:
    """A step put in, a step gone, a follow-up that was held: the plan foresees what its launch makes of them."""
    shops.write("followup", "Format: text\n\nHello {{ first_name }} in {{ city }},\n\nAny news?\n")
    shops.add(NED_ROW.replace("industry", "industry,city").replace(",retail", ",retail,Leeds"))
    shops.launch()
    shops.play(1)
    assert shops.statuses(BOB)["followup"] == "held"
    shops.write("middle", "Format: text\n\nHello {{ first_name }},\n\nIn between.\n")
    shops.write("followup", "Format: text\n\nHello {{ first_name }},\n\nAny news?\n")
    for steps in (("intro", "followup"), ("intro", "middle", "followup")):
        shops.steps(*steps)
        seen = forecast.outlook(shops.store, shops.workspace, shops.plan(), shops.now)
        shops.launch()
        leaving = forecast.departures(shops.store, shops.now, shops.now + timedelta(days=400))
        assert seen.letters == len(leaving) == 3 * (len(steps) - 1)
        assert (seen.first, seen.end) == (leaving[0].at, leaving[-1].at)


def test_every_launch_of_other_files_is_a_revision_that_is_kept(shops: Planning) -> None:
    shops.launch()
    assert shops.launch().revision == 1
    shops.edit("templates/intro.txt", "Shelves.", "Better shelves.")
    assert shops.launch().revision == 2
    found = shops.store.read(launches.launched, "shops")
    assert found is not None
    assert (found.number, found.files["templates/intro.txt"]) == (2, shops.files["templates/intro.txt"])


def test_somebody_enrolled_elsewhere_in_the_meantime_stops_the_whole_launch(shops: Planning) -> None:
    """Between the recomputation and its write: the database's own promise decides."""
    made = shops.plan()
    shops.files["campaigns/second.toml"] = shops.files["campaigns/shops.toml"]
    shops.launch(stem="second")
    with pytest.raises(PlanError, match="enrolled in the meantime"):
        plans.enact(shops.store, shops.workspace, made, now=shops.now, actor="me")
    assert list(shops.store.read(launches.campaigns)) == ["second"]


def test_nothing_leaves_before_the_grace_is_over(shops: Planning) -> None:
    shops.now = datetime.fromisoformat("2026-11-23T11:00:00+00:00")
    shops.launch()
    leaving = forecast.departures(shops.store, shops.now, shops.now + timedelta(days=1))
    assert leaving[0].at == shops.now + timedelta(minutes=10)


def test_a_running_sender_does_not_spoil_the_plan(shops: Planning) -> None:
    """Between the plan and its launch a first letter leaves, so its follow-up waits under the old text."""
    shops.launch(shops.show())
    shops.edit("templates/followup.txt", "Any news?", "A second thought.")
    plan_id = shops.show()
    first = forecast.departures(shops.store, shops.now, shops.now + timedelta(days=7))[0]
    shops.now = first.at
    assert post(shops.store, shops.now) == 1
    shops.launch(plan_id)
    texts = shops.store.read(
        lambda tx: tx.execute(sa.select(message.c.text).where(message.c.letter == "followup")).scalars().all()
    )
    assert len(texts) == 1
    assert "A second thought." in texts[0]
