"""Who may be taken on by which campaign, and by which seller's mailbox."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from outreach.model import Scope
from outreach.store import stops
from tests.planning import FILES, Planning, held, new

BOB, BEA, EVA, TOM = "bob@acme.example", "bea@acme.example", "eva@birch.example", "tom@cedar.example"
ANN, JIM = "ann@northwind.example", "jim@northwind.example"
PEOPLE = f"""\
email,first_name,company,industry,country,owner
{BOB},Bob,Acme,retail,GB,ann
{BEA},Bea,Acme,retail,GB,jim
{EVA},Eva,Birch,retail,GB,Jim Bell
{TOM},Tom,Cedar,retail,GB,
"""
SECOND = """
[[mailbox]]
address = "jim@northwind.example"
name = "Jim Bell"
smtp = "smtps://jim@smtp.northwind.example:465"
answers = "manual"
ramp = false
owner = "jim"
"""


@pytest.fixture
def shops(store_url: str, tmp_path: Path) -> Iterator[Planning]:
    """Two sellers with a mailbox each, in one campaign."""
    planning = Planning(store_url, tmp_path, PEOPLE)
    planning.files["outreach.toml"] = (
        FILES["outreach.toml"].replace('name = "Ann Lee"', 'name = "Ann Lee"\nowner = "ann"', 1) + SECOND
    )
    planning.edit("campaigns/shops.toml", f'["{ANN}"]', f'["{ANN}", "{JIM}"]')
    yield planning
    planning.store.close()


def boxes(shops: Planning) -> dict[str, str]:
    return {each.prospect.email: each.mailbox for each in shops.plan().new}


def test_the_owners_mailbox_writes_and_the_company_stays_with_the_first(shops: Planning) -> None:
    """Bea is Jim's, but Ann writes to Acme: two sellers never write to one company."""
    found = boxes(shops)
    assert (found[BOB], found[BEA], found[EVA]) == (ANN, ANN, JIM)
    assert {each.prospect.email: each.owner for each in shops.plan().new if each.owner} == {BEA: "jim"}


def test_the_first_seller_keeps_the_company_in_every_later_campaign(shops: Planning) -> None:
    shops.launch()
    shops.files["campaigns/jims.toml"] = shops.files["campaigns/shops.toml"].replace(
        f'["{ANN}", "{JIM}"]', f'["{JIM}"]'
    )
    shops.add("email,first_name,company,industry,owner\nzoe@acme.example,Zoe,Acme,retail,jim\n")
    assert held(shops.plan("jims"))["zoe@acme.example"] == ("owner", f"{ANN} writes to their company")
    shops.files["outreach.toml"] = shops.files["outreach.toml"].replace('owner = "ann"\n', "")
    assert new(shops.plan("jims")) == ["zoe@acme.example"], "Ann is no seller any more"


def test_an_owner_without_a_mailbox_in_the_campaign_holds_their_people(shops: Planning) -> None:
    shops.add(
        "email,first_name,company,industry,owner\nkim@elm.example,Kim,Elm,retail,Lena\n", on_existing="fill"
    )
    assert held(shops.plan())["kim@elm.example"] == ("owner", "their owner lena has no mailbox in it")


def test_owners_mean_nothing_where_no_mailbox_has_one(shops: Planning) -> None:
    main = shops.files["outreach.toml"]
    shops.files["outreach.toml"] = main.replace('owner = "ann"\n', "").replace('owner = "jim"\n', "")
    assert set(boxes(shops)) == {BOB, BEA, EVA, TOM}


def test_a_launch_leaves_out_whom_another_seller_got_meanwhile(shops: Planning) -> None:
    """Both plans were made before either was launched."""
    files = dict(shops.files)
    shops.files["campaigns/jims.toml"] = (
        files["campaigns/shops.toml"]
        .replace(f'["{ANN}", "{JIM}"]', f'["{JIM}"]')
        .replace("industry == 'retail'", "owner == 'jim'")
    )
    shops.files["campaigns/shops.toml"] = files["campaigns/shops.toml"].replace(
        "industry == 'retail'", "owner == 'ann'"
    )
    from outreach.engine import plans

    theirs, ours = shops.plan("jims"), shops.plan()
    assert new(theirs) == [BEA]
    plans.enact(shops.store, shops.workspace, ours, now=shops.now, actor="me")
    plans.enact(shops.store, shops.workspace, theirs, now=shops.now, actor="me")
    assert shops.enrolled() == {BOB: "active"}


def test_key_accounts_are_taken_on_by_no_campaign(shops: Planning) -> None:
    shops.files["key-accounts.csv"] = "domain\nacme.example\n"
    shops.files["outreach.toml"] += '\n[limits]\nkey_accounts = ["key-accounts.csv"]\n'
    found = held(shops.plan())
    assert {BOB, BEA} <= found.keys()
    assert found[BOB] == ("key_account", "key account: no campaign may take them on")


def test_an_address_that_a_verifier_found_invalid_is_held(shops: Planning) -> None:
    shops.put(TOM, verified="invalid")
    assert held(shops.plan())[TOM] == ("undeliverable", "a verifier found the address invalid")


@pytest.mark.parametrize(
    ("campaign", "limits", "days"),
    [("", "", 180), ("", '[limits]\ncool_off = "30 days"\n', 30), ('cool_off = "10 days"\n', "", 10)],
)
def test_who_got_letters_rests_before_another_campaign(
    shops: Planning, campaign: str, limits: str, days: int
) -> None:
    shops.files["outreach.toml"] += limits
    shops.steps("intro")
    shops.launch()
    shops.play(8)
    assert shops.enrolled()[BOB] == "finished"
    sent_at = shops.letters(BOB)["intro"].sent_at
    second = shops.files["campaigns/shops.toml"].replace('name = "', f'{campaign}name = "', 1)
    shops.files["campaigns/second.toml"] = second
    shops.now = sent_at + timedelta(days=days, seconds=-1)
    assert held(shops.plan("second"))[BOB] == ("cool_off", f"got shops less than {days} days ago")
    shops.now = sent_at + timedelta(days=days)
    assert BOB in new(shops.plan("second"))


def test_nothing_leaves_before_the_start(shops: Planning) -> None:
    shops.edit("campaigns/shops.toml", "mailboxes =", "start = 2026-12-01\nmailboxes =")
    assert {each.draft.opens_at.date().isoformat() for each in shops.plan().new} == {"2026-12-01"}


def test_a_mailbox_that_is_away_sends_nothing_on_those_days(shops: Planning) -> None:
    """Monday is the day of the launch; Ann is back on Wednesday."""
    shops.edit("outreach.toml", 'owner = "ann"', 'owner = "ann"\naway = ["2026-11-23..2026-11-24"]')
    shops.launch()
    shops.play(4)
    left = {email: shops.letters(email)["intro"].sent_at.day for email in (BOB, EVA)}
    assert left == {BOB: 25, EVA: 23}


def test_a_keeper_who_is_no_seller_any_more_lets_the_company_go(shops: Planning) -> None:
    """The plan says that Jim writes to Zoe now, and the launch does it."""
    shops.launch()
    shops.files["campaigns/jims.toml"] = shops.files["campaigns/shops.toml"].replace(
        f'["{ANN}", "{JIM}"]', f'["{JIM}"]'
    )
    shops.add("email,first_name,company,industry,owner\nzoe@acme.example,Zoe,Acme,retail,jim\n")
    shops.files["outreach.toml"] = shops.files["outreach.toml"].replace('owner = "ann"\n', "")
    assert shops.launch(stem="jims").people == 1
    assert shops.enrolled()["zoe@acme.example"] == "active"


def test_a_campaign_of_which_nothing_left_keeps_no_company(shops: Planning) -> None:
    from outreach.store import endings

    shops.launch()
    shops.store.write(endings.end, "shops", reason="", at=shops.now, actor="me")
    shops.files["campaigns/jims.toml"] = shops.files["campaigns/shops.toml"].replace(
        f'["{ANN}", "{JIM}"]', f'["{JIM}"]'
    )
    assert BEA in new(shops.plan("jims"))


def test_who_is_paused_for_good_joins_nothing(shops: Planning) -> None:
    """As after a restore: the Sent folder has a letter that the store does not know."""
    shops.store.write(
        stops.add_pause,
        Scope.PROSPECT,
        str(shops.person(TOM).id),
        reason="the Sent folder has a letter to them",
        actor="sender",
        at=shops.now,
    )
    assert held(shops.plan())[TOM] == ("paused", "paused: the Sent folder has a letter to them")
