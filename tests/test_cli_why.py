"""`why` says what will happen, and it happens; and if nothing will, the rule that stops it."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach.model import Deferred, Rejected, Unknown
from outreach.store import leases, records
from tests.cli import CAMPAIGN, FOLLOWUP, MAIN, Shell
from tests.posting import mark, play, post, take, worker
from tests.why import BOB, HEADER, facts, launched, one, rules, verdict


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_date_is_the_one_on_which_it_leaves(shell: Shell) -> None:
    """First letter and follow-up, in a mailbox's line of 40 people: to the second."""
    people = "".join(f"p{i}@firm{i}.example,Pat{'rick' * (i == 37)},Firm {i},retail,GB\n" for i in range(40))
    launched(shell, people)
    name = "p37@firm37.example"
    with shell.app().store as store:
        worker(store, shell.now)
    for letter in ("intro", "followup"):
        found = facts(shell, name)["verdict"]
        assert found["letter"] == letter
        with shell.app().store as store:
            shell.now = play(store, shell.now, 4)
            sent = one(
                store, f"SELECT sent_at FROM message WHERE letter = '{letter}' AND to_name = 'Patrick'"
            )
        assert sent == datetime.fromisoformat(found["at"]).timestamp() * 1_000_000
    assert verdict(shell, name).startswith(f"{name} gets nothing: got every letter of it")


def test_the_chain_is_told_in_order(shell: Shell) -> None:
    launched(shell)
    with shell.app().store as store:
        worker(store, shell.now)
        shell.now = play(store, shell.now, 0.3)
        worker(store, shell.now)
    assert verdict(shell) == "bob@acme.example gets followup (shops) on Thu 26 Nov 09:00"
    chain = facts(shell)["chains"][0]
    assert [(rule["rule"], rule["outcome"]) for rule in chain["rules"]] == [
        ("suppression", "ok"),
        ("segment", "ok"),
        ("exclude", "ok"),
        ("enrolled", "ok"),
        ("sent", "ok"),
        ("delay", "waits"),
        ("zone", "ok"),
        ("window", "waits"),
        ("caps", "ok"),
        ("slot", "waits"),
        ("inbox", "ok"),
        ("sender", "ok"),
    ]
    screen = shell.ok("why", BOB)
    assert "yes     industry == 'retail'  ['retail']" in screen
    assert "intro left on Mon 23 Nov 09:00 (letter 1): 250 2.0.0 queued" in screen
    assert "followup: 3 business days after Mon 23 Nov 09:00 = Thu 26" in screen
    assert "Europe/London: the one zone of GB" in screen
    assert "Mon-Fri 09:00-17:00: opens Thu 26 Nov 09:00" in screen
    assert "a sender runs on srv1" in screen
    assert screen.index("HISTORY") < screen.index("enrolled shops by") < screen.index("sent intro shops")


def test_without_a_sender_the_date_comes_with_a_but(shell: Shell) -> None:
    launched(shell)
    screen = shell.ok("why", BOB).splitlines()
    assert screen[0] == "bob@acme.example gets intro (shops) on Mon 23 Nov 09:00"
    assert screen[1] == "but NO SENDER RUNNING: start `outreach run`"


def test_holidays_and_zones_are_the_prospects(shell: Shell) -> None:
    """Thursday the 26th is Thanksgiving; the United States have many zones, so the sender's counts."""
    launched(shell, "bob@acme.example,Bob,Acme,retail,US\nkim@birch.example,Kim,Birch,retail,KZ\n")
    with shell.app().store as store:
        shell.now = play(store, shell.now, 0.5)
    screen = shell.ok("why", BOB)
    assert "= Fri 27" in screen
    assert "(Thu 26 Nov: holiday in US)" in screen
    assert rules(shell)["zone"]["facts"] == {"zone": "Europe/London", "from": "sender", "country": "US"}
    assert rules(shell, "kim@birch.example")["zone"]["facts"]["from"] == "country"


def test_closed_days_are_named(shell: Shell) -> None:
    """Launched on Saturday before a blackout Monday: it leaves on Tuesday, and this says why."""
    shell.now = at("2026-11-28 12:00")
    launched(
        shell, campaign=CAMPAIGN.replace("\n[[step]]", "\n[window]\nblackout = [2026-11-30]\n\n[[step]]", 1)
    )
    screen = shell.ok("why", BOB)
    assert screen.startswith("bob@acme.example gets intro (shops) on Tue 1 Dec 09:00")
    assert "Sat 28 Nov is closed: weekend" in screen
    assert "Mon 30 Nov is closed: blackout" in screen


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("bob@acme.example,Bob,Acme,building,GB", "not in the segment (shops)"),
        ("bob@acme.example,Bob,Acme,,GB", "perhaps in the segment, industry is missing, so out (shops)"),
        ("bob@acme.example,,Acme,retail,GB", "not enrolled, held: no first_name (shops)"),
    ],
)
def test_who_is_not_in_a_campaign_and_why(shell: Shell, row: str, said: str) -> None:
    launched(shell, f"{row}\neva@birch.example,Eva,Birch,retail,GB\n")
    assert verdict(shell) == f"bob@acme.example gets nothing: {said}"


def test_who_would_join_and_how(shell: Shell) -> None:
    launched(shell)
    shell.add(HEADER + "kim@dunes.example,Kim,Dunes,retail,GB\n")
    joins = "joins with `outreach launch shops`"
    assert verdict(shell, "kim@dunes.example").endswith(f"not enrolled yet: {joins}")
    nightly = CAMPAIGN.replace("mailboxes", 'enroll = "nightly"\nmailboxes', 1)
    shell.write("campaigns/shops.toml", nightly)
    shell.ok("launch", "shops", "--yes", "--first", "1")
    shell.add(HEADER + "lee@elms.example,Lee,Elms,retail,GB\n")
    assert verdict(shell, "lee@elms.example").endswith("not enrolled yet: joins tonight")


def test_colleagues_fill_a_campaign(shell: Shell) -> None:
    """Three people of a company at once: the fourth is held, though nobody else matters to the answer."""
    people = "".join(f"p{i}@acme.example,Pat,Acme,retail,GB\n" for i in range(4))
    launched(shell, people)
    assert "3 people of the company are in it" in verdict(shell, "p3@acme.example")
    assert "gets intro (shops) on Tue 24 Nov" in verdict(shell, "p2@acme.example")
    assert "Mon 23 Nov: acme got its 2 of the day" in shell.ok("why", "p2@acme.example")


def test_a_line_that_is_too_long_is_told(shell: Shell) -> None:
    """One letter a day, two years of people: the last one is not merely "due"."""
    people = "".join(f"p{i}@firm{i}.example,Pat,Firm {i},retail,GB\n" for i in range(350))
    launched(shell, people, main=MAIN.replace("per_day = 30", "per_day = 1"))
    said = "gets nothing: no room within 400 days: "
    assert verdict(shell, "p349@firm349.example").startswith(f"p349@firm349.example {said}")


def test_excluded_and_elsewhere(shell: Shell) -> None:
    launched(shell)
    shell.write("customers.csv", "birch.example\n")
    other = CAMPAIGN.replace("mailboxes", 'exclude = ["customers.csv"]\nmailboxes', 1)
    shell.write("campaigns/again.toml", other)
    chains = {chain["campaign"]: chain for chain in facts(shell, "eva@birch.example")["chains"]}
    assert chains["again"]["because"]["rule"] == "exclude"
    assert chains["again"]["because"]["facts"] == {"files": ["customers.csv"]}
    assert chains["shops"]["because"]["rule"] == "delay"
    chains = {chain["campaign"]: chain for chain in facts(shell)["chains"]}
    assert chains["again"]["because"]["facts"]["reason"] == "in campaign shops"


def test_suppression_wins_and_survives_erasure(shell: Shell) -> None:
    launched(shell)
    shell.ok("suppress", "add", BOB, "--reason", "asked by phone")
    said = "bob@acme.example gets nothing: suppressed on Mon 23 Nov 08:00: asked by phone"
    assert verdict(shell) == said
    shell.ok("prospects", "erase", "eva@birch.example", "--yes")
    assert verdict(shell, "eva@birch.example").endswith("suppressed on Mon 23 Nov 08:00: erased")


def test_answers_end_it(shell: Shell) -> None:
    launched(shell)
    shell.ok("prospects", "mark", BOB, "replied")
    assert verdict(shell) == "bob@acme.example gets nothing: replied on Mon 23 Nov 08:00"
    assert rules(shell)["gone"]["facts"] == {
        "letter": "intro",
        "message": 1,
        "status": "cancelled",
        "reason": "replied",
    }


def test_a_pause_says_who_and_until_when(shell: Shell) -> None:
    launched(shell)
    shell.ok("pause", "shops", "--until", "2026-11-25", "--reason", "fair week")
    said = verdict(shell)
    assert said.startswith("bob@acme.example gets nothing before Wed 25 Nov 09:00: shops is paused by ")
    assert said.endswith("until Wed 25 Nov 00:00: fair week")
    shell.ok("pause", "--all")
    assert facts(shell)["verdict"]["not_before"] is None
    assert "everything is paused by" in verdict(shell)


def test_a_pause_that_ends_in_time_stops_nothing(shell: Shell) -> None:
    launched(shell)
    shell.ok("pause", BOB, "--until", "30 min")
    assert "gets nothing before Mon 23 Nov 09:00: intro is due Mon 23 Nov 08:10" in verdict(shell)
    assert rules(shell)["pause"]["outcome"] == "note"


def test_a_mailbox_at_rest_shows_the_servers_words(shell: Shell) -> None:
    launched(shell)
    shell.now += timedelta(hours=1)
    with shell.app().store as store:
        letter, *_ = take(store, shell.now, by=worker(store, shell.now))
        store.write(records.record, store.key, letter, Rejected("auth", 535, "5.7.8", "bad login"), shell.now)
    said = "ann@northwind.example rests until a person resumes it: it cannot log in: 535 5.7.8 bad login"
    assert verdict(shell) == f"bob@acme.example gets nothing: {said}"
    assert said in " ".join(shell.ok("why", "shops").split())


def test_a_deferred_letter_shows_the_servers_words(shell: Shell) -> None:
    launched(shell)
    shell.now += timedelta(hours=1)
    with shell.app().store as store:
        letter, *_ = take(store, shell.now, by=worker(store, shell.now))
        store.write(
            records.record, store.key, letter, Deferred("rcpt", 452, "4.2.2", "mailbox full"), shell.now
        )
    assert verdict(shell) == "bob@acme.example gets intro (shops) on Mon 23 Nov 09:30"
    screen = shell.ok("why", BOB)
    assert "deferred 1 time, offered again on Mon 23 Nov 09:30" in screen
    assert "the server said: 452 4.2.2 mailbox full" in screen
    assert [rule["rule"] for rule in facts(shell, "shops")["waits"]] == ["deferred", "slot"]


def test_a_letter_in_doubt_or_under_way(shell: Shell) -> None:
    launched(shell)
    shell.now += timedelta(hours=1)
    with shell.app().store as store:
        letter, *_ = take(store, shell.now, by=worker(store, shell.now))
    assert verdict(shell) == "bob@acme.example gets intro (shops) when its turn comes"
    assert "right now" not in shell.ok("why", "shops")
    with shell.app().store as store:
        mark(store, letter, shell.now)
    assert verdict(shell) == "bob@acme.example gets intro (shops) right now"
    with shell.app().store as store:
        store.write(records.record, store.key, letter, Unknown("body", "connection lost"), shell.now)
    assert "intro may or may not have arrived on Mon 23 Nov 09:00 (letter 1)" in verdict(shell)


def test_a_held_letter_says_for_want_of_what(shell: Shell) -> None:
    """The second letter needs a field that Bob lacks: it is found when the first has left."""
    launched(shell)
    shell.write("templates/followup.txt", FOLLOWUP.replace("Hello", "Hello {{ city }}"))
    shell.write("prospects.csv", "email,city\neva@birch.example,Leeds\n")
    shell.ok("prospects", "import", "prospects.csv")
    shell.ok("launch", "shops", "--yes")
    with shell.app().store as store:
        shell.now = play(store, shell.now, 1)
    assert verdict(shell) == "bob@acme.example gets nothing: followup is held (letter 3): no city"
    held = next(rule for rule in facts(shell, "shops")["waits"] if rule["rule"] == "held")
    assert held["facts"] == {"reason": "no city", "letters": 1}


def test_a_follow_up_waits_for_the_inbox(shell: Shell) -> None:
    imap = 'imap = "imap://127.0.0.1:1"'
    launched(shell, main=MAIN.replace('answers = "manual"', imap))
    with shell.app().store as store:
        worker(store, shell.now)
        for _ in range(3):
            shell.now += timedelta(minutes=61)
            post(store, shell.now)
        worker(store, shell.now)
    screen = shell.ok("why", BOB).splitlines()
    assert "gets followup (shops) on Thu 26 Nov" in screen[0]
    but = "but a follow-up waits until the inbox of ann@northwind.example is read; it never was"
    assert f"{screen[1]} {screen[2].strip()}" == but


def test_it_answers_while_the_files_are_broken(shell: Shell) -> None:
    launched(shell)
    shell.write("campaigns/shops.toml", "name = \n")
    code, out, err = shell.run("why", BOB)
    assert code == 0
    assert "gets intro (shops) on Mon 23 Nov 09:00" in out
    assert "campaigns/shops.toml:1" in err


def test_a_dead_sender_is_no_sender(shell: Shell) -> None:
    launched(shell)
    with shell.app().store as store:
        number = worker(store, shell.now)
    assert rules(shell)["sender"]["outcome"] == "ok"
    shell.now += timedelta(minutes=10)
    assert "the last one was here on Mon 23 Nov 08:00" in " ".join(shell.ok("why", BOB).split())
    with shell.app().store as store:
        store.write(leases.heartbeat, number, shell.now)
    assert rules(shell)["sender"]["outcome"] == "ok"


def test_every_screen_on_both_databases(shell: Shell, store_url: str) -> None:
    """The same questions and acts on SQLite and PostgreSQL."""
    launched(shell, main=MAIN.replace("{store}", store_url))
    shell.now += timedelta(hours=1)
    with shell.app().store as store:
        letter, *_ = take(store, shell.now, by=worker(store, shell.now))
        mark(store, letter, shell.now)
        store.write(records.record, store.key, letter, Unknown("body", "connection lost"), shell.now)
    assert "intro may or may not have arrived" in verdict(shell)
    assert verdict(shell, "shops").startswith("shops sends intro to eva@birch.example on Mon 23 Nov 09:0")
    assert verdict(shell, "2").startswith("letter 2, intro to eva@birch.example: leaves on Mon 23 Nov 09:0")
    assert "tom@cedar.example gets nothing: not in the segment" in verdict(shell, "tom@cedar.example")
    assert "1  intro of shops to bob@acme.example" in shell.ok("uncertain")
    shell.ok("uncertain", "settle", "1", "--sent", "--yes")
    assert "WAITING   1 letter" in shell.ok("pause", "eva@birch.example")
    shell.ok("pause", "ann@northwind.example")
    assert "STILL     paused: ann@northwind.example" in shell.ok("resume", "eva@birch.example")
    assert "STOPPED   bob@acme.example in shops" in shell.ok("stop", BOB, "--yes")
    assert "ENDED     shops, 1 person stopped" in shell.ok("end", "shops", "--yes")
    assert "all 17 promises are kept" in shell.ok("audit")
    assert "STATUS    sent" in shell.ok("message", "show", "1")


def test_a_working_day_without_a_window_is_no_weekend(shell: Shell) -> None:
    days = CAMPAIGN.replace("\n[[step]]", '\n[window]\ndays = "tue-thu"\n\n[[step]]', 1)
    shell.now = at("2026-11-22 12:00")
    launched(shell, campaign=days)
    screen = shell.ok("why", BOB)
    assert "Sun 22 Nov is closed: weekend" in screen
    assert "Mon 23 Nov is closed: not a day of the window" in screen


def test_a_window_to_the_end_of_the_day_says_24(shell: Shell) -> None:
    whole = '\n[window]\ndays = "mon-sun"\nfrom = "00:00"\nto = "24:00"\n\n[[step]]'
    launched(shell, campaign=CAMPAIGN.replace("\n[[step]]", whole, 1))
    assert "Mon-Sun 00:00-24:00" in shell.ok("why", BOB)


def test_other_campaigns_take_a_line_each(shell: Shell) -> None:
    launched(shell)
    for name in ("again", "builders"):
        shell.write(f"campaigns/{name}.toml", CAMPAIGN.replace("'retail'", "'building'"))
    screen = shell.ok("why", BOB)
    assert "other campaigns\n  again                not in the segment\n  builders " in screen
    assert screen.count("suppression") == 1
    assert len(facts(shell)["chains"]) == 3


def test_the_history_tells_what_was_edited_and_taken_back(shell: Shell) -> None:
    launched(shell)
    shell.ok("prospects", "set", BOB, "first_name=Rob", "--tag", "hot")
    shell.ok("undo", "shops", "--yes")
    history = shell.ok("why", BOB).partition("HISTORY")[2]
    assert ": first_name, tagged hot" in history
    assert "launch taken back shops by" in history
    assert f"undid the launch of shops for {BOB}" in " ".join(shell.ok("prospects", "show", BOB).split())


def test_the_headline_is_that_of_the_nearest_campaign(shell: Shell) -> None:
    """Bob is in the segment of one campaign, perhaps in another's, and not in the first by name."""
    shell.fill()
    shell.write("customers.csv", "acme.example\n")
    shell.edit("campaigns/shops.toml", "mailboxes", 'exclude = ["customers.csv"]\nmailboxes')
    shell.write("campaigns/a-builders.toml", CAMPAIGN.replace("'retail'", "'building'"))
    shell.write("campaigns/b-big.toml", CAMPAIGN.replace("industry == 'retail'", "employees > 20"))
    shell.ok("prospects", "import", "prospects.csv")
    assert verdict(shell) == f"{BOB} gets nothing: in an exclude file: customers.csv (shops)"
    assert facts(shell)["verdict"]["campaign"] == "shops"
