"""`outreach plan`: one screen with what a launch would do, and the same as JSON."""

import csv
import re
import shlex
from datetime import timedelta

import pytest

from tests.cli import Shell, labelled

BOB = "bob@acme.example"


def screen(out: str) -> dict[str, str]:
    """Label -> its text, of a screen without its title."""
    return labelled(out.splitlines()[1:])


def test_the_screen(shops: Shell) -> None:
    shops.add("email,company,industry\nnoname@dale.example,Dale,retail\n")
    out = shops.ok("plan", "shops")
    first = out.splitlines()[0]
    assert re.fullmatch(r"plan [0-9a-f]{4}  shops \(Shelving for shops\)", first)
    plan_id = first.split()[1]
    assert screen(out) == {
        "NEW": "2 people, 2 companies",
        "HELD": "1 person: no first_name fix: outreach plan shops --held held.csv",
        "DATES": "Mon 23 Nov; follow-ups end Thu 26 Nov",
        "LIMIT": "no cap is reached",
        "LETTERS": "0 errors, 6 warnings     outreach lint shops",
        "SENDER": "NO SENDER RUNNING: start `outreach run`",
        "NEXT": f"outreach launch shops --plan {plan_id}",
    }
    assert max(map(len, out.splitlines())) <= 80


def test_the_only_campaign_needs_no_name_and_a_file_name_will_do(shops: Shell) -> None:
    for args in ((), ("shops",), ("campaigns/shops.toml",)):
        assert screen(shops.ok("plan", *args))["NEW"] == "2 people, 2 companies"


def test_planning_changes_nothing_but_the_memory_of_the_plan(shops: Shell) -> None:
    shops.ok("plan")
    shops.ok("plan", "--format", "json")
    assert shops.json("calendar") == []
    assert screen(shops.ok("plan"))["NEW"] == "2 people, 2 companies"


def test_the_same_as_json(shops: Shell) -> None:
    shops.add("email,company,industry\nnoname@dale.example,Dale,retail\n")
    value = shops.json("plan")
    plan_id = value["plan"]
    assert re.fullmatch("[0-9a-f]{4}", plan_id)
    assert value == {
        "plan": plan_id,
        "campaign": "shops",
        "name": "Shelving for shops",
        "as_of": "2026-11-23T08:00:00+00:00",
        "empty": False,
        "revision": 0,
        "ended": False,
        "new": [
            {
                "email": f"{name.lower()}@{company.lower()}.example",
                "company": company.lower(),
                "language": "",
                "mailbox": "ann@northwind.example",
                "owner": "",
                "letter": "intro",
                "subject": f"Shelving for {company}",
                "not_before": "2026-11-23T09:00:00+00:00",
            }
            for name, company in (("Bob", "Acme"), ("Eva", "Birch"))
        ],
        "held": [
            {
                "email": "noname@dale.example",
                "code": "missing",
                "reason": "no first_name",
                "fix": "fill the column and import the file again",
            }
        ],
        "unknown": {},
        "mistyped": {},
        "changed": [],
        "replaced": [],
        "stopped": [],
        "kept": 0,
        "stands": [],
        "passed": {},
        "gained": {},
        "lost": {},
        "doubts": [],
        "dates": value["dates"],
        "limits": [],
        "letters": {**value["letters"], "errors": 0, "accepted": {}, "lacking": {}},
        "followups_wait": [],
        "pauses": [],
        "sender": {"running": [], "last_alive_at": None},
        "next": f"outreach launch shops --plan {plan_id}",
    }
    dates = value["dates"]
    assert dates["starts"] == dates["first"] == "2026-11-23T09:00:00+00:00"
    assert (dates["letters"], dates["days"], dates["later"], dates["people_later"]) == (4, 400, 0, 0)


def test_what_is_out_for_want_of_a_field_is_told(shops: Shell) -> None:
    shops.edit("campaigns/shops.toml", "'retail'", "'retail' and employees >= 20")
    shops.add("email,first_name,company,industry,employees\nann@elm.example,Ann,Elm,retail,40\n")
    assert screen(shops.ok("plan"))["UNKNOWN"] == "2 people are out because a field is missing: employees 2"


def test_the_limit_that_binds_is_named_with_its_ramp(shops: Shell) -> None:
    shops.edit("outreach.toml", "ramp = false", "ramp = true")
    rows = "".join(f"p{number}@c{number}.example,P,C{number},retail\n" for number in range(120))
    shops.add(f"email,first_name,company,industry\n{rows}")
    found = screen(shops.ok("plan"))
    assert re.fullmatch(r"ann@ 30/day from \d+ Dec \(ramp: 5 today\)", found["LIMIT"])
    assert found["NEW"] == "122 people, 122 companies"
    limits = shops.json("plan")["limits"]
    assert [(each["kind"], each["name"], each["per_day"], each["today"]) for each in limits] == [
        ("mailbox", "ann@northwind.example", 30, 5)
    ]


def test_the_caps_of_campaign_and_company_are_named(shops: Shell) -> None:
    shops.edit("campaigns/shops.toml", "mailboxes =", "max_new_per_day = 8\nmailboxes =")
    rows = "".join(f"p{number}@c{number // 3}.example,P,C{number // 3},retail\n" for number in range(12))
    shops.add(f"email,first_name,company,industry\n{rows}")
    limit = screen(shops.ok("plan"))["LIMIT"]
    assert "8 new people a day (max_new_per_day)" in limit
    assert "2 letters a day to one company ([limits] company_per_day)" in limit


def test_what_does_not_fit_into_four_hundred_days_is_said(shops: Shell) -> None:
    text = (shops.folder / "campaigns/shops.toml").read_text()
    text = text.replace("mailboxes =", "max_new_per_day = 1\nmailboxes =")
    shops.write("campaigns/shops.toml", text + '\n[window]\ndays = "mon"\n')
    rows = "".join(f"p{number}@c{number}.example,P,C{number},retail\n" for number in range(70))
    shops.add(f"email,first_name,company,industry\n{rows}")
    dates = screen(shops.ok("plan"))["DATES"]
    assert re.search(r"^Mon 23 Nov - Mon \d+ Dec 2027 ", dates)
    assert re.search(r"within 400 days \d+ letters do not fit, \d+ people not even begun$", dates)


def test_follow_ups_that_will_be_held_are_foretold(shops: Shell) -> None:
    shops.write("templates/followup.txt", "Format: text\n\nHello {{ first_name }} in {{ city }}.\n")
    shops.add(f"email,city\n{BOB},Bath\n")
    assert "1 follow-up will be held, followup: no city" in screen(shops.ok("plan"))["LETTERS"]


def test_a_letter_that_cannot_be_written_counts_as_an_error(shops: Shell) -> None:
    shops.add("email,first_name,company,industry\nh@evil.example,Hal,{{ name }},retail\n")
    found = screen(shops.ok("plan"))
    assert found["LETTERS"].startswith("1 error, ")
    assert found["HELD"].endswith("fix: mend the field and import the file again")
    assert found["HELD"].startswith("1 person: `company` brings unresolved field '{{ name }}' (MRG601)")


def test_languages_are_counted(shops: Shell) -> None:
    shops.write("templates/intro.de.txt", "Subject: Regale\n\nGuten Tag {{ first_name }},\n")
    shops.write("templates/followup.de.txt", "Format: text\n\nGuten Tag,\n\nund?\n")
    shops.add("email,first_name,company,industry,language\nd@de.example,Dirk,De,retail,de\n")
    assert screen(shops.ok("plan"))["NEW"] == "3 people, 3 companies (default 2, de 1)"


def test_an_empty_plan_says_so_and_has_no_id(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    out = shops.ok("plan")
    assert out.splitlines()[:2] == [
        "plan shops (Shelving for shops)",
        "Nothing to launch: the store holds all of it already.",
    ]
    assert screen(out)["NEXT"] == "outreach calendar shops"
    value = shops.json("plan")
    assert (value["plan"], value["empty"], value["revision"]) == (None, True, 1)


def test_what_an_edit_changes_is_counted(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    shops.write("templates/intro.txt", "Subject: Shelves\n\nHello {{ first_name }},\n\nBetter ones.\n")
    text = (shops.folder / "campaigns/shops.toml").read_text()
    shops.write("campaigns/shops.toml", text + '\n[window]\nfrom = "13:00"\n')
    out = shops.ok("plan")
    assert screen(out)["CHANGED"] == (
        "2 waiting letters reworded (intro, revision 2) "
        "2 waiting letters move from 09:00 to 13:00 on Mon 23 Nov the files become revision 2"
    )
    assert "Nothing to launch" not in out
    shops.write("templates/opener.txt", "Subject: Opener\n\nHello {{ first_name }},\n\nFirst.\n")
    shops.write("campaigns/shops.toml", text.replace('"intro"', '"opener"'))
    assert "2 people get opener too: it is new in the sequence" in screen(shops.ok("plan"))["CHANGED"]
    assert "2 people get intro no more: it is gone from the sequence" in screen(shops.ok("plan"))["CHANGED"]
    value = shops.json("plan")
    assert value["replaced"][0] == {"email": BOB, "old": "intro", "new": "opener"}


def test_a_pause_that_keeps_letters_back_is_shown_with_its_end(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    shops.ok("pause", "shops")
    assert screen(shops.ok("plan"))["PAUSED"].startswith("shops is paused")
    assert "outreach resume shops" in screen(shops.ok("plan"))["PAUSED"]


def test_a_campaign_that_was_ended_says_what_a_launch_does(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    shops.ok("end", "shops", "--yes")
    shops.add("email,first_name,company,industry\nann@elm.example,Ann,Elm,retail\n")
    found = screen(shops.ok("plan"))
    assert (found["NEW"], found["ENDED"]) == (
        "1 person, 1 company",
        "a launch opens it again for new people; those who were stopped stay so",
    )
    shops.ok("launch", "shops", "--yes")
    people = shops.json("status")["campaigns"][0]
    assert (people["status"], people["people"]["active"], people["people"]["stopped"]) == ("launched", 1, 2)


def test_an_ended_campaign_with_nobody_new_is_not_to_be_launched(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    shops.ok("end", "shops", "--yes")
    assert screen(shops.ok("plan"))["NEXT"] == "outreach status"


def test_all_campaigns_in_a_line_each(shops: Shell) -> None:
    shops.write("campaigns/second.toml", (shops.folder / "campaigns/shops.toml").read_text())
    shops.ok("launch", "shops", "--yes")
    out = shops.ok("plan")
    assert [line.split() for line in out.splitlines()[:3]] == [
        ["CAMPAIGN", "NAME", "STATUS", "NEW", "HELD", "CHANGED"],
        ["second", *["Shelving", "for", "shops"], "not", "launched", "0", "2", "0"],
        ["shops", *["Shelving", "for", "shops"], "launched", "0", "0", "0"],
    ]
    value = shops.json("plan")
    assert value[1] == {
        "campaign": "shops",
        "name": "Shelving for shops",
        "status": "launched",
        "empty": True,
        "new": 0,
        "held": 0,
        "changed": 0,
    }


def test_a_campaign_that_cannot_be_planned_does_not_hide_the_others(shops: Shell) -> None:
    text = (shops.folder / "campaigns/shops.toml").read_text()
    shops.write("campaigns/second.toml", text.replace("industry", "industri"))
    code, out, err = shops.run("plan")
    assert code == 1
    assert "shops" in out
    assert "campaigns/second.toml:2:12" in err
    assert "industry" in err


def test_the_people_held_go_to_a_file_that_can_be_imported_again(shops: Shell) -> None:
    shops.write("templates/followup.txt", "Format: text\n\nHello {{ first_name }} in {{ city }}.\n")
    shops.add(
        "email,company,industry,city\nnoname@dale.example,Dale,retail,\nalso@elm.example,Elm,retail,Leeds\n"
    )
    code, _, err = shops.run("plan", "shops", "--held", "held.csv")
    assert (code, err.splitlines()[-2].strip()) == (0, "outreach prospects import held.csv")
    file = shops.folder / "held.csv"
    rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert rows == [
        ["held_because", "email", "first_name", "company", "city"],
        ["no first_name", "noname@dale.example", "", "Dale", ""],
        ["no first_name", "also@elm.example", "", "Elm", "Leeds"],
    ]
    with file.open("w", newline="", encoding="utf-8-sig") as filled:
        csv.writer(filled).writerows(
            [rows[0], [*rows[1][:2], "Nora", "Dale", "Bath"], [*rows[2][:2], "Al", "", ""]]
        )
    shops.ok("prospects", "import", "held.csv")
    assert screen(shops.ok("plan"))["NEW"] == "4 people, 4 companies"
    assert "held_because" not in shops.ok("prospects", "show", "noname@dale.example")


def test_a_file_with_work_in_it_is_not_written_over(shops: Shell) -> None:
    shops.write("held.csv", "precious\n")
    code, _, err = shops.run("plan", "shops", "--held", "held.csv")
    assert (code, "is there already" in err) == (1, True)
    assert (shops.folder / "held.csv").read_text() == "precious\n"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("shop",), "there is no campaign shop, did you mean `shops`?"),
        (("nothing-like-it",), "campaigns: shops"),
    ],
)
def test_an_unknown_campaign(shops: Shell, args: tuple[str, ...], words: str) -> None:
    code, _, err = shops.run("plan", *args)
    assert (code, words in err) == (1, True)


def test_nobody_to_write_to_and_no_campaign(shell: Shell) -> None:
    shell.fill()
    code, _, err = shell.run("plan")
    assert (code, "there are no prospects yet" in err, "outreach prospects import" in err) == (1, True, True)
    (shell.folder / "campaigns/shops.toml").unlink()
    code, _, err = shell.run("plan")
    assert (code, "there is no campaign yet" in err) == (1, True)


def test_a_segment_that_matches_nobody_says_so(shops: Shell) -> None:
    shops.edit("campaigns/shops.toml", "'retail'", "'mining'")
    found = screen(shops.ok("plan"))
    assert found["NEW"] == "nobody: the segment matches no prospect"
    assert found["DATES"] == "no letter waits"


def test_a_sender_that_runs_is_named(shops: Shell) -> None:
    from outreach.store import leases

    with shops.app().store as store:
        store.write(leases.enter, "srv1", "elsewhere", 1, shops.now - timedelta(seconds=20))
    assert screen(shops.ok("plan"))["SENDER"].startswith("running on srv1, alive 20 s ago")


def test_one_pass_through_a_launch_on_both_databases(shell: Shell, store_url: str) -> None:
    shell.fill(store=store_url)
    shell.ok("prospects", "import", "prospects.csv")
    plan_id = shell.ok("plan").split()[1]
    assert "2 letters" in shell.ok("preview", "shops", "--all")
    shell.ok("launch", "shops", "--plan", plan_id, "--yes")
    assert len(shell.json("calendar")) == 4
    assert "Nothing to launch" in shell.ok("plan")


def test_where_nobody_can_go_the_next_step_puts_it_right(shops: Shell) -> None:
    shops.write("templates/intro.txt", "Subject: Shelving\n\nHello\n{first_name},\n\nWe make shelving.\n")
    found = screen(shops.ok("plan"))
    assert found["HELD"] == (
        "2 people: templates/intro.txt:4:1: unresolved field '{first_name}' (MRG601) "
        "fix: fill it in, or fix the name of the field"
    )
    assert found["LETTERS"].startswith("1 error, ")
    assert "templates/intro.txt:4:1: MRG601 unresolved field '{first_name}'" in found["LETTERS"]
    assert found["NEXT"] == "outreach lint shops"
    shops.write("templates/intro.txt", "Subject: Shelving\n\nHello in {{ city }}.\n")
    assert screen(shops.ok("plan"))["NEXT"] == "outreach plan shops --held held.csv"
    shops.write("templates/intro.txt", "Subject: Shelving\n\nHello.\n")
    shops.edit("campaigns/shops.toml", "'retail'", "'fishing'")
    found = screen(shops.ok("plan"))
    assert found["NEW"] == "nobody: the segment matches no prospect"
    assert found["NEXT"].startswith("outreach segment ")
    assert shops.ok(*shlex.split(found["NEXT"])[1:]).startswith("SEGMENT   0 of 3 people")


def test_reasons_are_counted_and_languages_stand_together(shops: Shell) -> None:
    (shops.folder / "templates/intro.txt").rename(shops.folder / "templates/intro.de.txt")
    (shops.folder / "templates/followup.txt").rename(shops.folder / "templates/followup.de.txt")
    rows = "".join(f"p@{tag}.example,Pat,{tag},retail,{tag}\n" for tag in ("zh", "fr"))
    shops.add(f"email,first_name,company,industry,language\n{rows}n@n.example,,N,retail,de\n")
    held = screen(shops.ok("plan"))["HELD"]
    assert held.startswith(
        "5 people: 2 × intro has no text in fr, zh, 2 × intro has no text for an unknown language, "
        "1 × no first_name"
    )
    assert held.count("fix:") <= 3
    assert "fix: write templates/intro.txt (for everybody), or templates/intro.LANGUAGE.txt" in held


def test_fields_that_are_missing_stand_in_order(shops: Shell) -> None:
    text = (shops.folder / "campaigns/shops.toml").read_text()
    wanted = "industry == 'retail' and employees >= 20 and city == 'Bath'"
    shops.write("campaigns/shops.toml", text.replace("industry == 'retail'", wanted))
    shops.add("email,city,employees\nbob@acme.example,Bath,\n")
    told = screen(shops.ok("plan"))["UNKNOWN"]
    assert told == "2 people are out because a field is missing: employees 2, city 1"


def test_mistyped_domains_of_new_people_are_told(shops: Shell) -> None:
    head = "email,first_name,company,industry\n"
    shops.add(f"{head}tim8@gmx.dee,Tim,Teak,retail\nmax47@gmial.com,Max,Maple,retail\n")
    told = screen(shops.ok("plan"))["NEW"]
    assert "2 addresses look mistyped: " in told
    assert "gmx.dee (gmx.de?)" in told
    found = shops.json("plan", "shops")
    assert found["mistyped"] == {"gmial.com": "gmail.com", "gmx.dee": "gmx.de"}


def test_a_list_in_another_encoding_says_how_to_save_it(shops: Shell) -> None:
    shops.edit("campaigns/shops.toml", "mailboxes", 'exclude = ["left.csv"]\nmailboxes')
    (shops.folder / "left.csv").write_bytes(b"m\xfcller.example\n")
    code, _, err = shops.run("plan")
    assert (code, "CSV UTF-8" in err) == (1, True)


def test_a_column_by_its_own_header_is_named_as_the_field(shops: Shell) -> None:
    shops.write("templates/intro.txt", "Subject: Shelving\n\nHello {{ firma }},\n\nWe make shelving.\n")
    code, _, err = shops.run("plan")
    assert (code, "write {{ company }}" in err) == (1, True)
