"""Launch does the plan that was shown, or says why it cannot; what was not launched is not sent."""

from datetime import datetime, timedelta

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


def refused(planning: Planning, plan_id: str, **more: object) -> str:
    with pytest.raises(PlanError) as caught:
        planning.launch(plan_id, **more)
    assert caught.value.hint.startswith("outreach plan ")
    return caught.value.message


def test_a_launch_does_the_plan_that_was_shown(planning: Planning) -> None:
    plan_id = planning.show()
    assert len(plan_id) == 4
    planning.now += timedelta(minutes=30)
    outcome = planning.launch(plan_id)
    assert (outcome.revision, outcome.dropped) == (1, ())
    assert planning.enrolled() == {BOB: "active", EVA: "active"}
    assert planning.plan().empty


def test_who_dropped_out_is_named_with_the_reason(planning: Planning) -> None:
    planning.add(NED_ROW + "sam@gorse.example,Sam,Gorse,retail\nann@elm.example,Ann,Elm,retail\n")
    plan_id = planning.show()
    planning.suppress(EVA)
    planning.add("email,industry\nsam@gorse.example,building\n", on_existing="update")
    ann = planning.person("ann@elm.example")
    planning.store.write(erase, planning.store.key, ann, now=planning.now, actor="me")
    outcome = planning.launch(plan_id)
    assert [(each.email, each.hold.reason) for each in outcome.dropped] == [
        (EVA, "suppressed: asked us"),
        ("sam@gorse.example", "no longer matches"),
        ("", "erased"),
    ]
    assert planning.enrolled() == {BOB: "active", NED: "active"}


def test_who_matches_only_since_is_not_in_it(planning: Planning) -> None:
    plan_id = planning.show()
    planning.add(NED_ROW)
    recalled = plans.recall(planning.store, planning.workspace, "shops", plan_id, planning.now)
    assert recalled.added == 1
    planning.launch(plan_id)
    assert planning.enrolled() == {BOB: "active", EVA: "active"}
    assert [each.prospect.email for each in planning.plan().new] == [NED]


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
def test_files_edited_since_are_refused(planning: Planning, name: str, old: str, new: str) -> None:
    plan_id = planning.show()
    planning.edit(name, old, new)
    assert refused(planning, plan_id) == f"the files have changed since plan {plan_id}"
    assert planning.enrolled() == {}


def test_an_edit_that_means_the_same_is_launched(planning: Planning) -> None:
    plan_id = planning.show()
    planning.edit("campaigns/shops.toml", 'name = "Shelving', '# a thought\nname = "Shelving')
    planning.launch(plan_id)
    assert len(planning.enrolled()) == 2


def test_a_letter_that_would_read_otherwise_is_refused(planning: Planning) -> None:
    plan_id = planning.show()
    planning.add(f"email,first_name\n{BOB},Robert\n", on_existing="update")
    assert refused(planning, plan_id) == f"letters have changed since plan {plan_id}"
    assert planning.enrolled() == {}


def test_a_field_that_no_letter_shows_may_change(planning: Planning) -> None:
    plan_id = planning.show()
    planning.add(f"email,city\n{BOB},Bath\n")
    planning.launch(plan_id)
    assert len(planning.enrolled()) == 2


def test_a_plan_lives_for_a_day(planning: Planning) -> None:
    plan_id = planning.show()
    planning.now += timedelta(hours=24)
    recalled = plans.recall(planning.store, planning.workspace, "shops", plan_id, planning.now)
    assert len(recalled.plan.new) == 2
    planning.now += timedelta(seconds=1)
    assert refused(planning, plan_id) == f"plan {plan_id} is older than 24 hours"


def test_old_plans_are_forgotten(planning: Planning) -> None:
    old = planning.show()
    planning.now += timedelta(days=2)
    planning.show()
    assert refused(planning, old) == f"there is no plan {old} of shops"
    rows = planning.store.read(
        lambda tx: tx.execute(sa.select(sa.func.count()).select_from(plan_table)).scalar()
    )
    assert rows == 1


def test_an_unknown_id_and_that_of_another_campaign_are_refused(planning: Planning) -> None:
    planning.files["campaigns/second.toml"] = planning.files["campaigns/shops.toml"]
    plan_id = planning.show()
    assert refused(planning, "ffff0") == "there is no plan ffff0 of shops"
    assert refused(planning, plan_id, stem="second") == f"there is no plan {plan_id} of second"


def test_a_campaign_that_is_not_there_is_named_with_the_nearest(planning: Planning) -> None:
    with pytest.raises(PlanError, match="there is no campaign shop, did you mean `shops`"):
        planning.plan("shop")


def test_ids_do_not_collide(planning: Planning) -> None:
    taken = {planning.show()}
    for _ in range(20):
        planning.now += timedelta(seconds=1)
        taken.add(planning.show())
    assert len(taken) == 21


def test_a_pilot_and_then_the_rest_of_the_same_plan(planning: Planning) -> None:
    planning.add(NED_ROW)
    plan_id = planning.show()
    assert [each.prospect.email for each in planning.launch(plan_id, first=1).plan.new] == [BOB]
    assert planning.enrolled() == {BOB: "active"}
    rest = planning.launch(plan_id)
    assert ([each.prospect.email for each in rest.plan.new], rest.dropped) == ([EVA, NED], ())
    assert rest.revision == 1
    again = planning.launch(plan_id)
    assert (again.plan.new, again.dropped, again.revision) == ((), (), 1)
    assert list(planning.enrolled()) == [BOB, EVA, NED]


def test_changes_that_time_has_overtaken_fall_away(planning: Planning) -> None:
    planning.launch()
    planning.write("intro", "Subject: Shelving for {{ company }}\n\nHello {{ first_name }},\n\nNew.\n")
    plan_id = planning.show()
    planning.play(1)  # both have the old one by now: there is nothing to reword any more
    outcome = planning.launch(plan_id)
    assert (outcome.revision, outcome.plan.reworded) == (2, ())
    assert "New." not in planning.letters(BOB)["intro"].text


def test_the_dates_that_were_shown_are_kept_with_the_plan(planning: Planning) -> None:
    made = planning.plan()
    seen = forecast.outlook(planning.store, planning.workspace, made, planning.now)
    plan_id = plans.show(planning.store, made, seen)
    planning.now += timedelta(hours=12)
    recalled = plans.recall(planning.store, planning.workspace, "shops", plan_id, planning.now)
    assert (recalled.first, recalled.last_first, recalled.end) == (seen.first, seen.last_first, seen.end)
    assert seen.first is not None


def test_the_dates_of_a_plan_are_those_of_its_calendar(planning: Planning) -> None:
    people = "".join(f"p{number}@c{number}.example,P,C{number},retail\n" for number in range(70))
    planning.add(f"email,first_name,company,industry\n{people}")
    made = planning.plan()
    seen = forecast.outlook(planning.store, planning.workspace, made, planning.now)
    planning.launch()
    leaving = forecast.departures(planning.store, planning.now, planning.now + timedelta(days=400))
    firsts = [each.at for each in leaving if each.step == 0]
    assert (seen.letters, seen.starts, seen.first) == (144, leaving[0].at, leaving[0].at)
    assert (seen.last_first, seen.end) == (max(firsts), leaving[-1].at)
    assert (seen.later, seen.people_later) == (0, 0)
    assert [(cap.kind, cap.name, cap.per_day) for cap in seen.caps] == [
        ("mailbox", "ann@northwind.example", 30)
    ]


def test_what_does_not_fit_is_counted(planning: Planning) -> None:
    planning.edit("campaigns/shops.toml", "mailboxes =", "max_new_per_day = 1\nmailboxes =")
    seen = forecast.outlook(planning.store, planning.workspace, planning.plan(), planning.now, days=1)
    assert (seen.letters, seen.later, seen.people_later) == (1, 3, 1)
    assert [(cap.kind, cap.per_day) for cap in seen.caps] == [("new", 1)]


def test_the_dates_of_changes_are_those_of_the_calendar_after_them(planning: Planning) -> None:
    """A step put in, a step gone, a follow-up that was held: the plan foresees what its launch makes of them."""
    planning.write("followup", "Format: text\n\nHello {{ first_name }} in {{ city }},\n\nAny news?\n")
    planning.add(NED_ROW.replace("industry", "industry,city").replace(",retail", ",retail,Leeds"))
    planning.launch()
    planning.play(1)
    assert planning.statuses(BOB)["followup"] == "held"
    planning.write("middle", "Format: text\n\nHello {{ first_name }},\n\nIn between.\n")
    planning.write("followup", "Format: text\n\nHello {{ first_name }},\n\nAny news?\n")
    for steps in (("intro", "followup"), ("intro", "middle", "followup")):
        planning.steps(*steps)
        seen = forecast.outlook(planning.store, planning.workspace, planning.plan(), planning.now)
        planning.launch()
        leaving = forecast.departures(planning.store, planning.now, planning.now + timedelta(days=400))
        assert seen.letters == len(leaving) == 3 * (len(steps) - 1)
        assert (seen.first, seen.end) == (leaving[0].at, leaving[-1].at)


def test_every_launch_of_other_files_is_a_revision_that_is_kept(planning: Planning) -> None:
    planning.launch()
    assert planning.launch().revision == 1
    planning.edit("templates/intro.txt", "Shelves.", "Better shelves.")
    assert planning.launch().revision == 2
    found = planning.store.read(launches.launched, "shops")
    assert found is not None
    assert (found.number, found.files["templates/intro.txt"]) == (2, planning.files["templates/intro.txt"])


def test_somebody_enrolled_elsewhere_in_the_meantime_stops_the_whole_launch(planning: Planning) -> None:
    """Between the recomputation and its write: the database's own promise decides."""
    made = planning.plan()
    planning.files["campaigns/second.toml"] = planning.files["campaigns/shops.toml"]
    planning.launch(stem="second")
    with pytest.raises(PlanError, match="enrolled in the meantime"):
        plans.enact(planning.store, planning.workspace, made, now=planning.now, actor="me")
    assert list(planning.store.read(launches.campaigns)) == ["second"]


def test_nothing_leaves_before_the_grace_is_over(planning: Planning) -> None:
    planning.now = datetime.fromisoformat("2026-11-23T11:00:00+00:00")
    planning.launch()
    leaving = forecast.departures(planning.store, planning.now, planning.now + timedelta(days=1))
    assert leaving[0].at == planning.now + timedelta(minutes=10)


def test_a_running_sender_does_not_spoil_the_plan(planning: Planning) -> None:
    """Between the plan and its launch a first letter leaves, so its follow-up waits under the old text."""
    planning.launch(planning.show())
    planning.edit("templates/followup.txt", "Any news?", "A second thought.")
    plan_id = planning.show()
    first = forecast.departures(planning.store, planning.now, planning.now + timedelta(days=7))[0]
    planning.now = first.at
    assert post(planning.store, planning.now) == 1
    planning.launch(plan_id)
    texts = planning.store.read(
        lambda tx: tx.execute(sa.select(message.c.text).where(message.c.letter == "followup")).scalars().all()
    )
    assert len(texts) == 1
    assert "A second thought." in texts[0]
