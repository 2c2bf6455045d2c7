"""Lists that say who has opted out, as other programs export them: such people are never written to."""

import pytest

from outreach.report.lines import width
from outreach.store import suppressions
from tests.cli import Shell
from tests.launched import statuses
from tests.people import emails, fields, launched, planned, shown

HUBSPOT = """\
ID,First Name,Email,Lead Status,Marketing contact status,Unsubscribed from all email,Email hard bounce reason
51,Ann,ann@lee.example,Open,Marketing contact,false,
52,Bob,bob@acme.example,Unqualified,Non-marketing contact,true,
53,Car,car@fox.example,Open,Marketing contact,false,UNKNOWN_USER
"""
SALESFORCE = """\
"ID","First Name","Last Name","Email","Email Opt Out","Has Opted Out of Email","Do Not Call","No. of Employees"
"00Q5","Ann","Lee","ann@lee.example","0","0","1","1,200"
"00Q6","Bob","Stone","bob@acme.example","1","1","0","50"
"""
OWN_LIST = """\
Email,Name,Unsubscribed,Bounced,GDPR,DNC
ann@lee.example,Ann Lee,yes,,,
bob@acme.example,Bob Stone,no,hard,,
car@fox.example,Car Fox,2026-03-04,,,
dan@roe.example,Dan Roe,,,do not contact,x
el@poe.example,El Poe,0,0,ok,
"""
MAILCHIMP = """\
Email Address,First Name,OPTIN_TIME,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,TAGS
ann@lee.example,Ann,2026-01-01 10:00:00,,,
bob@acme.example,Bob,2026-01-01 10:00:00,2026-02-02 10:00:00,Newsletter 4,
"""
CONSENT = """\
Email,First name,Opt-in,Status,Do not email
ann@lee.example,Ann,no,unsubscribed,
bob@acme.example,Bob,yes,subscribed,
car@fox.example,Car,yes,bounced,TRUE
dan@roe.example,Dan,no,,
"""
PIPEDRIVE = """\
Person - Name,Person - Email - Work,Person - Email - Home,Person - Marketing status
Ann Lee,ann@lee.example,ann@home.example,Subscribed
Bob Stone,,bob@acme.example,Unsubscribed
Car Fox,car@fox.example,,No consent
"""


@pytest.fixture
def filled(shell: Shell) -> Shell:
    shell.fill()
    return shell


def widest(out: str) -> int:
    """The columns of a screen, but for the path of the file, which is a test's."""
    return max(width(line) for line in out.splitlines() if not line.startswith("FILE"))


def suppressed(shell: Shell) -> dict[str, str]:
    with shell.app().store as store:
        return {each.value: each.reason for each in store.read(suppressions.listed)}


@pytest.mark.parametrize(
    ("text", "out", "inside"),
    [
        (
            HUBSPOT,
            {"bob@acme.example": "Unsubscribed from all email"},
            ["ann@lee.example", "car@fox.example"],
        ),
        (SALESFORCE, {"bob@acme.example": "Email Opt Out"}, ["ann@lee.example"]),
        (
            OWN_LIST,
            {
                "ann@lee.example": "Unsubscribed",
                "car@fox.example": "Unsubscribed",
                "dan@roe.example": "GDPR",
            },
            ["bob@acme.example", "el@poe.example"],
        ),
        (MAILCHIMP, {"bob@acme.example": "UNSUB_TIME"}, ["ann@lee.example"]),
        (
            CONSENT,
            {"ann@lee.example": "Status", "car@fox.example": "Do not email"},
            ["bob@acme.example", "dan@roe.example"],
        ),
        (
            PIPEDRIVE,
            {"bob@acme.example": "Person - Marketing status"},
            ["ann@lee.example", "car@fox.example"],
        ),
    ],
    ids=["hubspot", "salesforce", "own", "mailchimp", "consent", "pipedrive"],
)
def test_who_has_opted_out_elsewhere_is_suppressed_here(
    filled: Shell, text: str, out: dict[str, str], inside: list[str]
) -> None:
    filled.write("list.csv", text)
    dry = shown(filled, "prospects", "import", "list.csv", "--dry-run")
    assert suppressed(filled) == {}
    done = shown(filled, "prospects", "import", "list.csv")
    assert suppressed(filled) == {email: f"opted out: {column} in list.csv" for email, column in out.items()}
    assert sorted(emails(filled)) == inside
    for each in (dry, done):
        assert (each["opted_out"], each["opted_out_new"], each["bad"]) == (len(out), len(out), 0)
        assert sorted(each["opted_out_columns"]) == sorted(set(out.values()))
        assert each["added"] == len(inside)
    again = shown(filled, "prospects", "import", "list.csv")
    assert (again["opted_out"], again["opted_out_new"], again["unchanged"]) == (len(out), 0, len(inside))


def test_the_screens_say_so_before_and_after(filled: Shell) -> None:
    filled.write("list.csv", OWN_LIST)
    for dry_run in (["--dry-run"], []):
        out = filled.ok("prospects", "import", "list.csv", *dry_run)
        lines = [line.split() for line in out.splitlines()]
        assert ["Unsubscribed", "opt-outs", "yes;", "no"] in lines
        assert "OPTED OUT 2 suppressed: column 'Unsubscribed'" in out
        assert "'GDPR' is also read for opt-outs" in out
        assert "'Bounced' is also read for verified" in out
        assert widest(out) <= 80
    assert "3 of them were so already" in filled.ok("prospects", "import", "list.csv")


def test_letters_that_wait_are_cancelled_and_the_log_says_who_did_it(shell: Shell) -> None:
    launched(shell)
    assert statuses(shell)["bob@acme.example"] == "scheduled"
    shell.write("list.csv", OWN_LIST.replace("ann@lee.example", "bob@acme.example"))
    shell.ok("prospects", "import", "list.csv")
    assert statuses(shell) == {"bob@acme.example": "cancelled", "eva@birch.example": "scheduled"}
    assert "opted out: Unsubscribed in list.csv" in " ".join(shell.ok("why", "bob@acme.example").split())
    out = shell.ok("log")
    assert "imported list.csv: 1 added, 3 opted out" in out
    assert "bob@acme.example" in shell.ok("log", "--all")


def test_whoever_was_added_above_and_opted_out_below_is_never_planned(filled: Shell) -> None:
    text = "email,first_name,company,industry,country,Unsubscribed\n"
    filled.write("list.csv", text + "x@a.example,X,A,retail,GB,\nx@a.example,X,A,retail,GB,yes\n")
    for dry_run in (["--dry-run"], []):
        done = shown(filled, "prospects", "import", "list.csv", *dry_run)
        assert (done["added"], done["suppressed"], done["opted_out"]) == (0, 1, 1)
    filled.ok("prospects", "import", "prospects.csv")
    assert {each.prospect.email for each in planned(filled).new} == {"bob@acme.example", "eva@birch.example"}


def test_who_has_not_consented_comes_in_and_no_plan_takes_them(filled: Shell) -> None:
    text = "email,first_name,company,industry,country,Opt-in,Unsubscribed\n"
    rows = "no@a.example,No,A,retail,GB,no,\nyes@b.example,Yes,B,retail,GB,yes,\n"
    rows += "odd@c.example,Odd,C,retail,GB,,by Tom\n"
    filled.write("list.csv", text + rows)
    out = filled.ok("prospects", "import", "list.csv")
    assert "1 held in every plan, without consent, such as 'no@a.example' in line 2" in " ".join(out.split())
    assert "1 unclear opt-out, so held in every plan, such as 'by Tom' in line 4" in " ".join(out.split())
    plan = planned(filled)
    assert [each.prospect.email for each in plan.new] == ["yes@b.example"]
    assert {each.email: each.hold.code for each in plan.held} == dict.fromkeys(
        ("no@a.example", "odd@c.example"), "consent"
    )
    assert "the list says they did not consent" in filled.ok("plan", "shops")
    filled.ok("prospects", "set", "no@a.example", "consent=yes")
    assert len(planned(filled).new) == 2


def test_a_no_is_taken_in_from_a_later_list_too(filled: Shell) -> None:
    filled.write("list.csv", "email,consent\nx@a.example,yes\n")
    filled.ok("prospects", "import", "list.csv")
    filled.write("list.csv", "email,consent\nx@a.example,no\n")
    filled.ok("prospects", "import", "list.csv")
    assert fields(filled, "x@a.example") == {"consent": False}


def test_a_person_says_what_a_column_is_for(filled: Shell) -> None:
    filled.write("list.csv", "email,DNC,Reklamesperre\nx@a.example,x,\ny@a.example,,ja\n")
    filled.ok("prospects", "import", "list.csv", "--map", "DNC=dance", "--map", "Reklamesperre=opt-outs")
    assert suppressed(filled) == {"y@a.example": "opted out: Reklamesperre in list.csv"}
    assert fields(filled, "x@a.example") == {"dance": "x"}
    code, _, err = filled.run("prospects", "import", "list.csv", "--set", "opt-outs=yes")
    assert code == 1
    assert "outreach suppress add" in err


def test_texts_that_speak_of_it_change_nothing(filled: Shell) -> None:
    filled.write(
        "list.csv",
        "email,Notes,Lead status,Do Not Call\nx@a.example,unsubscribed,Open,1\ny@a.example,do not contact,yes,1\n",
    )
    done = shown(filled, "prospects", "import", "list.csv")
    assert (done["added"], done["opted_out"], suppressed(filled)) == (2, 0, {})


def test_a_bad_row_suppresses_all_the_same(filled: Shell) -> None:
    filled.write("list.csv", 'email,city,Unsubscribed\nx@a.example,"=?utf-8?q?x?=",yes\n')
    done = shown(filled, "prospects", "import", "list.csv")
    assert (done["bad"], list(suppressed(filled))) == (0, ["x@a.example"])


def test_a_file_of_which_no_row_is_any_good_fails(filled: Shell) -> None:
    filled.write("bad.csv", "email\nnobody\n")
    for dry_run in (["--dry-run"], []):
        code, out, err = filled.run("prospects", "import", "bad.csv", *dry_run)
        assert (code, err) == (1, "")
        assert "1 bad row" in out
    filled.write("half.csv", "email\nnobody\nx@a.example\n")
    assert filled.run("prospects", "import", "half.csv")[0] == 0
    filled.write("out.csv", "email,Unsubscribed\nnobody,\ny@a.example,yes\n")
    assert filled.run("prospects", "import", "out.csv")[0] == 0


def test_what_is_set_for_everybody_is_on_the_screen(filled: Shell) -> None:
    out = filled.ok(
        "prospects", "import", "prospects.csv", "--set", "county=Kent", "--set", "language=German"
    )
    assert "SET       region = Kent, language = de, where a row has none of its own" in out
    done = shown(filled, "prospects", "import", "prospects.csv", "--set", "consent=no")
    assert done["set"] == {"consent": False}


def test_a_column_that_is_read_for_a_verdict_too_is_shown_so(filled: Shell) -> None:
    filled.write("list.csv", "email,result\nx@a.example,valid\ny@a.example,invalid\n")
    done = shown(filled, "prospects", "import", "list.csv", "--dry-run")
    assert {each["column"]: each["also"] for each in done["mapping"]["columns"]} == {
        "email": [],
        "result": ["verified"],
    }


def test_every_unknown_value_is_told_with_its_line(filled: Shell) -> None:
    rows = [("a", "Xanadu"), ("b", "EU"), ("c", "EU"), ("d", "Narnia"), ("e", "Deutschlnd")]
    filled.write("list.csv", "email,country\n" + "".join(f"{who}@a.example,{where}\n" for who, where in rows))
    out = " ".join(filled.ok("prospects", "import", "list.csv").split())
    assert (
        "5 unknown country, such as 'EU' in line 3 (2 rows), 'Xanadu' in line 2, 'Narnia' in line 5,"
        " 'Deutschlnd' in line 6 (did you mean Deutschland?)"
    ) in out
    (found,) = shown(filled, "prospects", "import", "list.csv")["warnings"]
    assert [(each["value"], each["line"], each["rows"]) for each in found["values"]] == [
        ("'Xanadu'", 2, 1),
        ("'EU'", 3, 2),
        ("'Narnia'", 5, 1),
        ("'Deutschlnd'", 6, 1),
    ]


def test_a_remark_not_to_write_holds_its_person_until_somebody_has_looked(filled: Shell) -> None:
    filled.write(
        "list.csv",
        "email,first_name,Notes,Status\nann@lee.example,Ann,BITTE NICHT ANSCHREIBEN,\n"
        "bob@acme.example,Bob,nice talk; will contact in May,open\ncar@fox.example,Car,,не писать до мая\n",
    )
    for options in (["--dry-run"], ["--map", "Notes="]):  # also where nobody wants the notes
        out = filled.ok("prospects", "import", "list.csv", *options)
        said = " ".join(out.split())
        assert (
            "2 held in every plan for a remark not to write, such as 'BITTE NICHT ANSCHREIBEN' in line 2"
            in said
        )
        assert "outreach suppress add ADDRESS" in said
        assert widest(out) <= 80
    assert [fields(filled, each).get("consent") for each in emails(filled)] == [False, None, False]
    assert suppressed(filled) == {}
    found = shown(filled, "prospects", "import", "list.csv", "--dry-run")["hints"]
    assert [each["kind"] for each in found] == ["held in every plan for a remark not to write"]
    filled.ok("prospects", "set", "ann@lee.example", "consent=yes", "--yes")
    assert fields(filled, "ann@lee.example")["consent"] is True


def test_long_reasons_fit_the_screen(filled: Shell) -> None:
    filled.write(
        "list.csv", "email,Notes\n" + "a@x.example / b@x.example / c@x.example,x\n" * 2 + "d@x.example,\n"
    )
    assert (
        widest(filled.ok("prospects", "import", "list.csv").split("NEXT")[0].replace(str(filled.folder), ""))
        <= 80
    )
