"""What a plan says of people who are not in the campaign yet: who joins, who is held and why."""

from datetime import UTC, datetime

import pytest

from outreach.errors import InputError
from tests.planning import Planning, held, new

BOB, EVA = "bob@acme.example", "eva@birch.example"


def test_everybody_in_the_segment_joins_with_a_letter_and_a_mailbox(planning: Planning) -> None:
    made = planning.plan()
    assert new(made) == [BOB, EVA]
    first = made.new[0]
    assert first.mailbox == "ann@northwind.example"
    assert first.draft.subject == "Shelving for Acme"
    assert first.draft.content.text.startswith("Hello Bob,\n\nShelves.\n")
    assert "1 Dock Road" in first.draft.content.text
    assert first.draft.opens_at == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert (made.matched, made.kept, made.companies) == (2, 0, 2)


def test_planning_changes_nothing_and_the_same_state_gives_the_same_plan(planning: Planning) -> None:
    assert planning.plan() == planning.plan()
    assert planning.enrolled() == {}


def test_a_missing_value_holds_only_that_person(planning: Planning) -> None:
    planning.add("email,company,industry\nnoname@dale.example,Dale,retail\n")
    made = planning.plan()
    assert new(made) == [BOB, EVA]
    assert held(made) == {"noname@dale.example": ("missing", "no first_name")}


def test_what_the_segment_cannot_decide_is_counted_by_field(planning: Planning) -> None:
    planning.edit("campaigns/shops.toml", "industry == 'retail'", "industry == 'retail' and employees >= 20")
    planning.add("email,first_name,company,industry,employees\nann@elm.example,Ann,Elm,retail,40\n")
    made = planning.plan()
    assert new(made) == ["ann@elm.example"]
    assert made.unknown == {"employees": 2}


def test_the_reasons_to_leave_somebody_out(planning: Planning) -> None:
    planning.add(
        "email,first_name,company,industry,language\n"
        "s@sup.example,Sue,Sup,retail,\n"
        "x@excluded.example,Xan,Ex,retail,\n"
        "d@deutsch.example,Dirk,De,retail,de\n"
    )
    planning.suppress("s@sup.example")
    planning.write("customers.csv", "domain\nexcluded.example\n")
    planning.edit("campaigns/shops.toml", "mailboxes =", 'exclude = ["customers.csv"]\nmailboxes =')
    planning.write("templates/intro.de.txt", "Subject: Regale\n\nGuten Tag,\n\nRegale.\n")
    assert held(planning.plan()) == {
        "s@sup.example": ("suppressed", "suppressed: asked us"),
        "x@excluded.example": ("excluded", "in an exclude file"),
        "d@deutsch.example": ("language", "followup has no text in de"),
    }


def test_a_company_gets_no_more_people_than_allowed(planning: Planning) -> None:
    more = "".join(f"p{number}@acme.example,P,Acme,retail\n" for number in range(4))
    planning.add(f"email,first_name,company,industry\n{more}")
    made = planning.plan()
    assert new(made) == [BOB, EVA, "p0@acme.example", "p1@acme.example"]
    assert set(held(made)) == {"p2@acme.example", "p3@acme.example"}
    assert len({each.mailbox for each in made.new if each.prospect.company == "acme"}) <= 1


def test_nobody_is_in_two_campaigns_unless_one_says_so(planning: Planning) -> None:
    planning.launch()
    planning.files["campaigns/second.toml"] = planning.files["campaigns/shops.toml"]
    assert held(planning.plan("second")) == {
        BOB: ("elsewhere", "in campaign shops"),
        EVA: ("elsewhere", "in campaign shops"),
    }
    planning.edit("campaigns/second.toml", "mailboxes =", "exclusive = false\nmailboxes =")
    assert new(planning.plan("second")) == [BOB, EVA]


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
def test_what_looks_like_code_is_shown_as_it_is_or_held(planning: Planning, company: str, hold: str) -> None:
    planning.put(BOB, company=company)
    made = planning.plan()
    if hold:
        assert {email: code for email, (code, _) in held(made).items()} == {BOB: hold}
        assert new(made) == [EVA]
    else:
        assert made.new[0].draft.subject == f"Shelving for {company}"


def test_a_field_that_no_prospect_has_stops_the_plan_at_its_place(planning: Planning) -> None:
    planning.write("intro", "Subject: Hello\n\nHello {{ frist_name }},\n")
    with pytest.raises(InputError) as caught:
        planning.plan()
    assert "templates/intro.txt:3:10" in str(caught.value)
    assert "first_name" in str(caught.value)
