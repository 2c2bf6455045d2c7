"""`outreach calendar`: who gets what when, as the sender will work it off."""

import re
from datetime import datetime

from outreach.engine import upkeep
from outreach.engine.revisions import Revisions
from outreach.store import Store, records
from tests import posting
from tests.cli import Shell

BOB, EVA = "bob@acme.example", "eva@birch.example"


def rows(shell: Shell, *args: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = shell.json("calendar", *args)
    return found


def test_letters_by_day_with_counts_and_the_promise(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    out = shops.ok("calendar", "shops").splitlines()
    assert out[0] == "4 letters of shops in 14 days, Europe/London time"
    assert out[1] == "Mon 23 Nov: 2 letters (ann@northwind.example 2)"
    assert out[2].split() == ["09:00", BOB, "intro"]
    assert out[4] == "Thu 26 Nov: 2 letters (ann@northwind.example 2)"
    assert out[-2].startswith("The sender works off exactly this, until an edit, an answer or a failure")
    assert out[-1].split() == ["NEXT", "outreach", "status"]


def test_the_same_as_json(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    found = rows(shops)
    assert found[0] == {
        "at": "2026-11-23T09:00:00+00:00",
        "email": BOB,
        "campaign": "shops",
        "letter": "intro",
        "mailbox": "ann@northwind.example",
        "step": 1,
    }
    assert [(each["email"], each["step"]) for each in found] == [(BOB, 1), (EVA, 1), (BOB, 2), (EVA, 2)]
    assert sorted(str(each["at"]) for each in found) == [each["at"] for each in found]


def test_what_it_says_is_what_happens(shops: Shell) -> None:
    rows_ = "".join(f"p{number}@c{number}.example,P,C{number},retail,DE\n" for number in range(40))
    shops.add(f"email,first_name,company,industry,country\n{rows_}")
    shops.ok("launch", "shops", "--yes")
    said = [(each["at"], each["email"]) for each in rows(shops, "--days", "30")]
    assert len(said) == 84
    with shops.app().store as store:
        for at, email in said:
            assert sent(store, datetime.fromisoformat(str(at))) == [email]


def sent(store: Store, now: datetime) -> list[str]:
    """Do what a sender does at that moment; who got a letter."""
    revisions = Revisions(store)
    upkeep.reslot(store, revisions, now)
    letters = posting.take(store, now)
    for letter in letters:
        posting.mark(store, letter, now)
        store.write(records.record, store.key, letter, posting.TAKEN, now)
    upkeep.advance(store, revisions, now)
    return [letter.outgoing.to_email for letter in letters]


def test_the_readers_own_time_where_it_differs(shops: Shell) -> None:
    shops.add(
        "email,first_name,company,industry,timezone\n"
        "aya@altyn.example,Aya,Altyn,retail,Asia/Almaty\n"
        "joe@york.example,Joe,York,retail,America/New_York\n"
    )
    shops.ok("launch", "shops", "--yes")
    lines = shops.ok("calendar", "shops").splitlines()
    assert next(line for line in lines if BOB in line).endswith("intro")
    aya = next(line for line in lines if "aya@" in line)
    assert aya.endswith("Almaty)")
    assert "(09:0" in next(line for line in lines if "joe@" in line)
    assert "New York)" in next(line for line in lines if "joe@" in line)


def test_one_screen_unless_all(shops: Shell) -> None:
    rows_ = "".join(f"p{number}@c{number}.example,P,C{number},retail\n" for number in range(60))
    shops.add(f"email,first_name,company,industry\n{rows_}")
    shops.ok("launch", "shops", "--yes")
    out = shops.ok("calendar").splitlines()
    assert len(out) <= 24
    assert any(line.startswith("  and ") and line.endswith(" more: --all") for line in out)
    days = [line for line in out if ": " in line and "letters (" in line]
    assert sum(int(line.split(": ")[1].split()[0]) for line in days) == 124
    whole = shops.ok("calendar", "--all").splitlines()
    assert sum(line.startswith("  ") for line in whole) == 124
    assert {str(each["at"])[:10] for each in rows(shops, "--days", "1")} == {"2026-11-23"}


def test_letters_beyond_its_days_are_counted_with_the_days_that_show_them(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    beyond = shops.ok("calendar", "--days", "1").splitlines()[-3]
    found = re.fullmatch(r"2 more after Tue 24 Nov: --days (\d+)", beyond)
    assert found
    assert len(rows(shops, "--days", found[1])) == 4
    assert "more after" not in shops.ok("calendar", "--days", found[1])


def test_months_of_letters_still_fit_one_screen(shops: Shell) -> None:
    shops.edit("campaigns/shops.toml", "mailboxes =", "max_new_per_day = 1\nmailboxes =")
    rows_ = "".join(f"p{number}@c{number}.example,P,C{number},retail\n" for number in range(60))
    shops.add(f"email,first_name,company,industry\n{rows_}")
    shops.ok("launch", "shops", "--yes")
    out = shops.ok("calendar", "--days", "200").splitlines()
    assert len(out) <= 24
    assert any(line.endswith("more days: --all") for line in out)


def test_a_campaign_that_is_not_launched_is_shown_as_if_it_were(shops: Shell) -> None:
    out = shops.ok("calendar", "shops").splitlines()
    assert out[1] == "Not launched yet: this is what a launch now would come to."
    assert out[-1].split() == ["NEXT", "outreach", "launch", "shops"]
    foreseen = rows(shops, "shops")
    assert rows(shops) == []
    shops.ok("launch", "shops", "--yes")
    assert rows(shops, "shops") == foreseen


def test_one_campaign_or_all_and_each_is_named(shops: Shell) -> None:
    text = (shops.folder / "campaigns/shops.toml").read_text()
    shops.write("campaigns/builders.toml", text.replace("'retail'", "'building'"))
    shops.ok("launch", "shops", "--yes")
    shops.ok("launch", "builders", "--yes")
    assert {each["campaign"] for each in rows(shops)} == {"shops", "builders"}
    assert {each["email"] for each in rows(shops, "builders")} == {"tom@cedar.example"}
    out = shops.ok("calendar")
    assert "builders/intro" in out
    assert "shops/intro" in out


def test_what_is_paused_is_not_in_it_and_that_is_said(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    shops.ok("pause", "shops")
    out = shops.ok("calendar", "shops").splitlines()
    assert out[0].startswith("0 letters of shops")
    assert out[1].startswith("Not in it: shops is paused")
    assert "outreach resume shops" in out[1]
    assert rows(shops) == []


def test_follow_ups_of_an_inbox_that_is_not_read_are_promised_nowhere(shops: Shell) -> None:
    main = (shops.folder / "outreach.toml").read_text()
    imap = 'imap = "imaps://ann@imap.northwind.example:993"'
    shops.write("outreach.toml", main.replace('answers = "manual"', imap))
    unread = "ann@northwind.example's inbox was not read in the last 10 minutes; `outreach run` does that"
    wait = "FOLLOWUPS wait until `outreach run` reads ann@northwind.example; the dates are as if it had"
    planned = " ".join(shops.ok("plan", "shops").split())
    assert wait in planned
    assert "follow-ups end" in planned
    assert wait in " ".join(shops.ok("launch", "shops", "--yes").split())
    assert {each["letter"] for each in rows(shops)} == {"intro"}
    out = shops.ok("calendar", "shops").splitlines()
    assert out[1].startswith(f"Not in it: 2 follow-ups wait: {unread}")


def test_an_edit_shows_only_once_it_is_launched(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    before = rows(shops)
    shops.edit("campaigns/shops.toml", "3 business days", "5 business days")
    assert rows(shops) == before
    shops.ok("launch", "shops", "--yes")
    assert str(rows(shops)[-1]["at"]).startswith("2026-11-30")


def test_wrong_usage(shops: Shell) -> None:
    assert shops.run("calendar", "--days", "0")[0] == 2
    code, _, err = shops.run("calendar", "shps")
    assert (code, "did you mean `shops`" in err) == (1, True)


def test_inboxes_that_nobody_has_read_yet_take_one_line_of_a_plan(shops: Shell) -> None:
    imap = 'imap = "imaps://ann@imap.northwind.example:993"'
    main = (shops.folder / "outreach.toml").read_text().replace('answers = "manual"', imap)
    box = main[main.index("[[mailbox]]") :]
    more = "".join("\n" + box.replace("ann@", f"ann{number}@") for number in range(2, 6))
    shops.write("outreach.toml", main + more)
    campaign = (shops.folder / "campaigns/shops.toml").read_text()
    names = ", ".join(f'"ann{number or ""}@northwind.example"' for number in (0, 2, 3, 4, 5))
    shops.write("campaigns/shops.toml", campaign.replace('"ann@northwind.example"', names))
    planned = shops.ok("plan", "shops")
    assert planned.count("FOLLOWUPS") == 1
    assert "ann3@northwind.example and 2 more; the dates" in " ".join(planned.split())
    assert "follow-ups end" in planned
    assert max(map(len, planned.splitlines())) <= 80


def test_follow_ups_that_will_be_held_are_not_in_it(shops: Shell) -> None:
    """Eva's city is known and Bob's is not: his follow-up is told apart, launched or not."""
    shops.write("templates/followup.txt", "Format: text\n\nHello {{ first_name }} in {{ city }}.\n")
    shops.add(f"email,city\n{EVA},Leeds\n")
    told = "Not in it: 1 follow-up that will be held, followup: no city"
    assert told in shops.ok("calendar", "shops")
    shops.ok("launch", "shops", "--yes")
    assert told in shops.ok("calendar")
    assert [(each["email"], each["step"]) for each in rows(shops)] == [(BOB, 1), (EVA, 1), (EVA, 2)]
