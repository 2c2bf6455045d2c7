"""What conditions ask of the history: parsed with care, answered by the store, used by all that match."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from outreach.engine.revisions import Revisions
from outreach.engine.upkeep import join
from outreach.errors import InputError
from outreach.model import EnrollmentStatus, FieldType, Kind, MessageStatus
from outreach.segment import Condition, Fact, SegmentError, parse, unheard
from outreach.store import people, prospects, tags
from outreach.store.history import Past
from outreach.store.tables import answer, enrollment, message
from tests.planning import FILES, MONDAY, Planning

TYPES = {"industry": FieldType.TEXT, "tag": FieldType.TEXT}
KNOWN = {"letter": ["retail-intro", "retail-last"], "tag": ["fair-2026"], "campaign": ["shops"]}


def condition(text: str, past: Callable[[str], Collection[str]] | None = KNOWN.__getitem__) -> Condition:
    return parse(text, types=TYPES, past=past)


# the language


def test_a_condition_names_the_facts_it_uses_and_no_others() -> None:
    asked = condition(
        "industry == 'x' and (not sent('retail-intro') or Days_Since('any') > 90) and tag('Fair 2026')"
    )
    assert asked.uses == {Fact("sent", "retail-intro"), Fact("days_since", "any"), Fact("tag", "fair-2026")}
    assert condition("industry == 'x' and tag == 'y'").uses == frozenset()  # a field of that name stays one


def test_facts_are_fields_that_no_file_can_have() -> None:
    asked = condition("not sent('retail-intro') and days_since('any') <= 7 and campaign('shops')")
    known = {"sent('retail-intro')": False, "days_since('any')": 7, "campaign('shops')": True}
    assert asked.match(known) is True
    assert asked.match({**known, "days_since('any')": 8}) is False
    assert [row[:2] for row in asked.explain(known)] == [
        ("sent('retail-intro')", "false"),
        ("days_since('any') <= 7", "7"),
        ("campaign('shops')", "true"),
    ]


def test_to_whom_nothing_has_left_the_days_are_missing() -> None:
    asked = condition("days_since('any') > 90")
    assert asked.match({}) is None
    assert asked.unknown({}) == {"days_since('any')"}
    assert condition("days_since('any') is missing").match({}) is True
    never = condition("not sent('any') or days_since('any') > 90")
    assert never.match({"sent('any')": False}) is True


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("sent('retail-intr')", "there is no letter `retail-intr`, did you mean", "sent('retail-intro')"),
        ("campaign('xyz')", "there is no campaign `xyz`", "known are: shops"),
        ("tagged('fair-2026')", "unknown function `tagged`, did you mean `tag`?", "tag('fair-2026')"),
        ("sentt('any')", "unknown function `sentt`, did you mean `sent`?", "write sent("),
        ("answered('any')", "unknown function `answered`, did you mean `replied`?", "replied('any')"),
        ("opened('any')", "unknown function `opened`", "days_since('any') > 90"),
        ("sent == 'retail-intro'", "`sent` is asked with a name", "write sent('retail-intro')"),
        ("sent(retail-intro)", "needs one name in quotes, not `retail-intro`", "write sent('retail-intro')"),
        ("sent()", "needs one name in quotes", "sent('any')"),
        ("sent('retail-intro', 'any')", "takes one name", "sent('retail-intro')"),
        ("sent('", "this quote is never closed", ""),
        ("sent('retail-intro'", "takes one name", ""),
        ("tag('')", "needs the name of a tag", "tag('fair-2026')"),
        (f"tag('{'x' * 300}')", "needs the name of a tag", ""),
        ("days_since('any')", "it needs a comparison", "use =="),
        ("days_since('any') > '90'", "holds numbers", "days_since('any') > 90"),
        ("sent('any') > 1", "true or false", "not sent('any')"),
        ("sent('\ud800')", "there is no letter `U+D800`", "retail-intro"),
    ],
)
def test_a_mistake_is_told_with_what_was_meant(text: str, message: str, hint: str) -> None:
    with pytest.raises(SegmentError) as caught:
        condition(text)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_where_nobody_knows_the_names_any_will_do_and_names_are_asked_for_only_when_needed() -> None:
    assert condition("sent('whatever')", None).uses == {Fact("sent", "whatever")}

    def never(about: str) -> Collection[str]:
        raise AssertionError("no function, no question")

    condition("industry == 'x'", never)


def test_a_tag_to_come_is_no_mistake() -> None:
    for name in ("fair-2027", "fair", "met in Leeds", "\ud800", "fiar-2026"):
        assert condition(f"tag('{name}')").match({}) is None  # without a history
    assert condition("tag('x')", lambda about: ()).uses == {Fact("tag", "x")}


def test_a_tag_that_nobody_has_is_told_with_the_one_that_was_meant() -> None:
    asked = condition("tag('fiar-2026') or tag('fair-2027') or tag('fair-2026') or tag('any') or sent('any')")
    assert unheard(asked.uses, KNOWN["tag"]) == [
        "nobody has the tag `fair-2027`",  # a fair to come
        "nobody has the tag `fiar-2026`, did you mean `fair-2026`?",
    ]
    assert unheard(condition("tag('\ud800')").uses, ()) == ["nobody has the tag `U+D800`"]


# the store


@pytest.fixture
def shops(planning: Planning) -> Planning:
    planning.launch()
    return planning


def leave(shops: Planning, email: str, letter: str, at: datetime, status: str = MessageStatus.SENT) -> None:
    """That letter to that person left then."""
    number = shops.letters(email)[letter].id
    times = {"sent_at": at} if status == MessageStatus.SENT else {"marked_at": at}
    change = sa.update(message).where(message.c.id == number).values(status=status, **times)
    shops.store.write(lambda tx: tx.execute(change).rowcount)


def found(shops: Planning, text: str, as_of: datetime) -> list[str]:
    """Whom a condition finds now."""

    def look(tx: sa.Connection) -> list[str]:
        asked = parse(text, types=prospects.field_types(tx), past=Past(tx).names)
        return [person.email for person in people.select(tx, asked, as_of)]

    return shops.store.read(look)


BOB, EVA, TOM = "bob@acme.example", "eva@birch.example", "tom@cedar.example"


def test_the_store_answers_for_letters_tags_and_campaigns(shops: Planning) -> None:
    leave(shops, BOB, "intro", MONDAY)
    leave(shops, EVA, "intro", MONDAY + timedelta(days=9), MessageStatus.UNCERTAIN)  # perhaps it arrived
    shops.store.write(tags.put, [TOM], ["fair"], MONDAY)
    later = MONDAY + timedelta(days=10, hours=23)
    assert found(shops, "sent('intro')", later) == [BOB, EVA]
    assert found(shops, "not sent('any')", later) == [TOM]
    assert found(shops, "days_since('intro') >= 10", later) == [BOB]
    assert found(shops, "days_since('any') < 10", later) == [EVA]
    assert found(shops, "days_since('any') > 10", later) == []  # 10 days and 23 hours are 10 days
    assert found(shops, "days_since('intro') == 0", MONDAY - timedelta(days=3)) == [
        BOB,
        EVA,
    ]  # a clock set back
    assert found(shops, "tag('fair') or campaign('shops')", later) == [BOB, EVA, TOM]
    assert found(shops, "campaign('any') and not tag('any')", later) == [BOB, EVA]


def test_who_replied_is_asked_for_by_campaign_or_any(shops: Planning) -> None:
    with_bob = sa.update(enrollment).where(enrollment.c.prospect_id == 1)
    shops.store.write(lambda tx: tx.execute(with_bob.values(status=EnrollmentStatus.REPLIED)).rowcount)
    mail = {"mailbox": "x", "folder": "x", "at": MONDAY, "sender": TOM, "waiting": False}
    mails = [
        {**mail, "fingerprint": "1", "kind": Kind.REPLY, "prospect_id": 3},  # about no letter of ours
        {**mail, "fingerprint": "2", "kind": Kind.AUTO_REPLY, "prospect_id": 2},
    ]
    shops.store.write(lambda tx: tx.execute(sa.insert(answer), mails).rowcount)
    assert found(shops, "replied('shops')", MONDAY) == [BOB]
    assert found(shops, "replied('any')", MONDAY) == [BOB, TOM]
    assert found(shops, "not replied('any')", MONDAY) == [EVA]
    with pytest.raises(SegmentError, match="did you mean `shops`"):
        found(shops, "replied('shop')", MONDAY)


def test_a_letter_that_waits_or_was_refused_has_not_left(shops: Planning) -> None:
    leave(shops, EVA, "intro", MONDAY, MessageStatus.FAILED)
    assert found(shops, "sent('any') or days_since('any') >= 0", MONDAY) == []


def test_a_renamed_letter_is_still_found_by_its_old_name(shops: Planning) -> None:
    leave(shops, BOB, "intro", MONDAY)
    shops.write("hello", shops.files.pop("templates/intro.txt"))
    shops.steps("hello", "followup", was={"hello": "intro"})
    shops.launch()
    assert found(shops, "sent('hello')", MONDAY) == found(shops, "sent('intro')", MONDAY) == [BOB]


def test_a_name_that_one_campaign_gave_a_letter_says_nothing_of_another_campaigns(shops: Planning) -> None:
    hello = shops.files["templates/intro.txt"]
    shops.write("hello", hello)
    shops.files["campaigns/again.toml"] = FILES["campaigns/shops.toml"].replace('"intro"', '"hello"')
    leave(shops, BOB, "intro", MONDAY)
    shops.steps("hello", "followup", was={"hello": "intro"})
    shops.launch()
    elsewhere = sa.update(message).where(message.c.letter == "hello", message.c.prospect_id != 1)
    shops.store.write(lambda tx: tx.execute(elsewhere.values(campaign="again")).rowcount)
    leave(shops, EVA, "hello", MONDAY)  # a letter of that name, in a campaign that has renamed nothing
    assert found(shops, "sent('hello')", MONDAY) == [BOB, EVA]
    assert found(shops, "sent('intro')", MONDAY) == [BOB]


# who matches conditions


def test_a_campaign_that_is_for_new_people_keeps_its_own(shops: Planning) -> None:
    shops.edit("campaigns/shops.toml", "industry == 'retail'", "not sent('any')")
    shops.launch()
    assert shops.enrolled() == {BOB: "active", EVA: "active", TOM: "active"}
    shops.play(1)
    assert found(shops, "not sent('any')", shops.now) == []  # none of them would join now
    again = shops.plan()
    assert (again.leaving, again.held, again.new, again.kept) == ((), (), (), 3)
    shops.play(7)
    assert {email: shops.statuses(email)["followup"] for email in (BOB, EVA)} == {BOB: "sent", EVA: "sent"}


def test_a_night_takes_on_who_matches_by_then(shops: Planning) -> None:
    shops.edit(
        "campaigns/shops.toml",
        "segment = \"industry == 'retail'\"",
        "enroll = \"nightly\"\nsegment = \"tag('fair') and not sent('any')\"",
    )
    shops.store.write(tags.put, [BOB], ["fair"], MONDAY)
    shops.launch()
    revisions = Revisions(shops.store)
    join(shops.store, revisions, shops.now + timedelta(days=1))
    assert TOM not in shops.enrolled()
    shops.store.write(tags.put, [TOM], ["fair"], MONDAY)
    join(shops.store, revisions, shops.now + timedelta(days=2))
    assert shops.enrolled()[TOM] == EnrollmentStatus.ACTIVE


def test_a_tag_that_went_breaks_neither_plan_nor_night(shops: Planning) -> None:
    shops.edit(
        "campaigns/shops.toml",
        "segment = \"industry == 'retail'\"",
        "enroll = \"nightly\"\nsegment = \"industry == 'retail' or tag('fair-2026')\"",
    )
    shops.store.write(tags.put, [BOB], ["fair-2026"], MONDAY)
    shops.launch()
    shops.store.write(tags.take, [1], ["fair-2026"])
    shops.store.write(tags.put, [TOM], ["fairs-2026"], MONDAY)
    report = join(shops.store, Revisions(shops.store), shops.now + timedelta(days=1))
    assert report["shops"].trouble == ""
    assert shops.plan().doubts == ("nobody has the tag `fair-2026`, did you mean `fairs-2026`?",)
    shops.edit("campaigns/shops.toml", "tag('fair-2026')", "tag('fiars-2026')")
    assert shops.plan().doubts == ("nobody has the tag `fiars-2026`, did you mean `fairs-2026`?",)


def test_a_launched_condition_is_not_doubted_for_a_letter_that_went(shops: Planning) -> None:
    shops.play(10)
    shops.edit("campaigns/shops.toml", "segment =", 'enroll = "nightly"\nsegment =')
    shops.edit("campaigns/shops.toml", "industry == 'retail'", "industry == 'retail' and not sent('lost')")
    shops.write("lost", shops.files["templates/intro.txt"])
    shops.launch()
    shops.files.pop("templates/lost.txt")
    assert shops.plan().new == ()


def test_a_plan_tells_a_letter_that_nobody_has_at_its_place(shops: Planning) -> None:
    shops.edit("campaigns/shops.toml", "industry == 'retail'", "not sent('intor')")
    with pytest.raises(InputError) as caught:
        shops.plan()
    (problem,) = caught.value.problems
    assert str(problem.where) == "campaigns/shops.toml:2:21"
    assert "did you mean `intro`?" in problem.message


def test_a_plan_of_a_second_campaign_asks_the_history_of_the_first(shops: Planning) -> None:
    shops.play(10)
    shops.files["campaigns/again.toml"] = FILES["campaigns/shops.toml"].replace(
        "industry == 'retail'", "campaign('shops') and days_since('any') > 30"
    )
    assert shops.plan("again").matched == 0
    shops.now += timedelta(days=40)
    assert shops.plan("again").matched == 2
    assert shops.plan("again").undecided == 0  # Tom is not in the first: his days do not matter
