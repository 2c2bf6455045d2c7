"""`prospects list, show, mark, export, erase`: what is known of people, and what people say by hand."""

import csv
import io

import pytest
import sqlalchemy as sa

from outreach.cli.app import App
from outreach.model import MessageStatus
from outreach.report import spreadsheet
from outreach.store.tables import enrollment, message
from tests.cli import Shell
from tests.people import emails, shown


def statuses(shell: Shell, email: str) -> tuple[list[str], list[str]]:
    """Of a person's enrollments and letters."""
    person = shown(shell, "prospects", "show", email)
    return [each["status"] for each in person["enrollments"]], [each["status"] for each in person["letters"]]


# list


def test_the_list_shows_the_first_and_how_many_more(shops: Shell) -> None:
    out = shops.ok("prospects", "list", "--limit", "2")
    header, bob, eva, more = out.splitlines()
    assert header.split() == ["EMAIL", "FIRST_NAME", "LAST_NAME", "COMPANY", "COUNTRY"]
    assert bob.split() == ["bob@acme.example", "Bob", "Acme", "GB"]
    assert eva.startswith("eva@birch.example")
    assert more == "... and 1 more: --limit 3"
    assert shops.ok("prospects", "list", "--limit", "0").strip() == "3 people"


def test_the_list_takes_a_condition_and_columns(shops: Shell) -> None:
    out = shops.ok("prospects", "list", "industry == 'building'", "--columns", "email,industry")
    assert out.split() == ["EMAIL", "INDUSTRY", "tom@cedar.example", "building", "1", "person"]


def test_an_unknown_column_names_the_nearest(shops: Shell) -> None:
    code, _, err = shops.run("prospects", "list", "--columns", "email,industri")
    assert code == 2
    assert "there is no field industri, did you mean `industry`?" in err


def test_the_list_as_json_is_a_contract(shops: Shell) -> None:
    assert shown(shops, "prospects", "list", "--limit", "1") == {
        "total": 3,
        "prospects": [
            {
                "email": "bob@acme.example",
                "company_key": "acme",
                "source": "",
                "basis": "",
                "created_at": "2026-11-23T08:00:00+00:00",
                "tags": [],
                "got": None,
                "fields": {"first_name": "Bob", "company": "Acme", "industry": "retail", "country": "GB"},
                "made": {"company_short": "Acme"},
            }
        ],
    }


def test_an_empty_store_says_how_to_begin(shell: Shell) -> None:
    shell.fill()
    assert "outreach prospects import FILE.csv" in shell.ok("prospects", "list")


# show


def test_show_tells_fields_campaigns_letters_in_the_senders_time(running: Shell) -> None:
    out = running.ok("prospects", "show", "BOB@acme.example")
    assert "bob@acme.example, company key acme, added Mon 23 Nov 08:00" in out
    assert "first_name  Bob" in out
    assert "shops: active, from ann@northwind.example since Mon 23 Nov 08:00" in out
    assert "intro: scheduled, not before Mon 23 Nov 09:00" in out
    assert out.splitlines()[-1] == "NEXT      outreach why bob@acme.example"


def test_show_as_json_is_a_contract(running: Shell) -> None:
    running.ok("suppress", "add", "acme.example", "--reason", "asked by phone")
    found = shown(running, "prospects", "show", "bob@acme.example")
    assert found["suppressed"] == {
        "kind": "domain",
        "value": "acme.example",
        "reason": "asked by phone",
        "at": "2026-11-23T08:00:00+00:00",
    }
    assert found["enrollments"] == [
        {
            "campaign": "shops",
            "status": "stopped",
            "reason": "asked by phone",
            "mailbox": "ann@northwind.example",
            "language": "",
            "created_at": "2026-11-23T08:00:00+00:00",
        }
    ]
    (letter,) = found["letters"]
    assert letter.pop("message_id").endswith("northwind.example>")
    assert letter == {
        "campaign": "shops",
        "letter": "intro",
        "status": "cancelled",
        "reason": "asked by phone",
        "subject": "Shelving for Acme",
        "opens_at": "2026-11-23T09:00:00+00:00",
        "sent_at": None,
    }


@pytest.mark.parametrize("command", [("show",), ("mark", "replied"), ("erase", "--yes")])
def test_an_unknown_address_names_the_nearest(shops: Shell, command: tuple[str, ...]) -> None:
    name, *rest = command
    code, _, err = shops.run("prospects", name, "bo@acme.example", *rest)
    assert code == 1
    assert "there is no prospect bo@acme.example, did you mean `bob@acme.example`?" in err
    code, _, err = shops.run("prospects", name, "nobody@nowhere.example", *rest)
    assert code == 1
    assert "outreach suppress add nobody@nowhere.example" in err


def test_what_letters_make_of_the_fields_is_shown(running: Shell) -> None:
    """As a letter in the person's language has it; a field of the list's own stays."""
    columns = ("prospects", "list", "--columns", "email,salutation,company_short")
    running.ok("prospects", "set", "bob@acme.example", "honorific=Herr", "last_name=Berg", "language=de")
    running.ok("prospects", "set", "eva@birch.example", "honorific=Ms", "last_name=Lee", "company=Birch Ltd")
    running.ok("prospects", "set", "tom@cedar.example", "salutation=Hi Tom")
    rows = {line.split()[0]: line for line in running.ok(*columns).splitlines()}
    assert "Sehr geehrter Herr Berg  Acme" in rows["bob@acme.example"]
    assert "Dear Ms Lee              Birch" in rows["eva@birch.example"]
    assert "Hi Tom" in rows["tom@cedar.example"]
    made = {each["email"]: each["made"] for each in running.json(*columns)["prospects"]}
    assert made["eva@birch.example"] == {"salutation": "Dear Ms Lee", "company_short": "Birch"}
    assert "salutation" not in made["tom@cedar.example"]
    screen = running.ok("prospects", "show", "bob@acme.example")
    assert "MADE      salutation     Sehr geehrter Herr Berg\n" in screen


def test_a_person_of_long_names_fits_the_screen(running: Shell) -> None:
    running.ok(
        "prospects",
        "set",
        "bob@acme.example",
        f"company={'Acme Stores and Sons ' * 4}",
        f"title={'Buyer ' * 20}",
    )
    screen = running.ok("prospects", "show", "bob@acme.example")
    assert max(map(len, screen.splitlines())) <= 80
    assert screen.count("Buyer") == 20


# mark


@pytest.mark.parametrize(
    ("how", "status", "suppressed"),
    [("replied", "replied", False), ("opted-out", "opted_out", True), ("bounced", "bounced", True)],
)
def test_a_mark_stops_everything_in_one_step(running: Shell, how: str, status: str, suppressed: bool) -> None:
    out = running.ok("prospects", "mark", "bob@acme.example", how)
    assert f"MARKED    bob@acme.example {how}" in out
    assert "STOPPED   bob@acme.example in shops" in out
    assert "CANCELLED 1 letter" in out
    assert ("NEVER     to be written to again" in out) is suppressed
    assert statuses(running, "bob@acme.example") == ([status], ["cancelled"])
    assert bool(shown(running, "prospects", "show", "bob@acme.example")["suppressed"]) is suppressed
    assert statuses(running, "eva@birch.example") == (["active"], ["scheduled"])


def test_a_mark_may_be_written_as_the_status_is(running: Shell) -> None:
    assert "MARKED    bob@acme.example opted-out" in running.ok(
        "prospects", "mark", "bob@acme.example", "Opted_Out"
    )


def test_a_mark_as_json_is_a_contract(running: Shell) -> None:
    assert shown(running, "prospects", "mark", "bob@acme.example", "bounced") == {
        "email": "bob@acme.example",
        "marked": "bounced",
        "suppressed": True,
        "stopped": [{"email": "bob@acme.example", "campaign": "shops"}],
        "cancelled": 1,
        "leaving": 0,
        "noted": "",
    }


def test_a_letter_that_is_just_leaving_is_told(running: Shell) -> None:
    app = running.app()
    with app.store as store:
        leaving = sa.update(message).values(status=MessageStatus.SENDING)
        store.write(lambda tx: tx.execute(leaving).rowcount)
    out = running.ok("prospects", "mark", "bob@acme.example", "replied")
    assert "TOO LATE  1 letter leaving just now" in out
    assert statuses(running, "bob@acme.example") == (["replied"], ["sending"])


def test_an_answer_to_the_last_letter_is_noted_in_the_campaign_that_is_over(running: Shell) -> None:
    app = running.app()
    with app.store as store:
        for table, status in ((enrollment, "finished"), (message, "sent")):
            store.write(lambda tx, over: tx.execute(over).rowcount, sa.update(table).values(status=status))
    out = running.ok("prospects", "mark", "bob@acme.example", "replied")
    assert "NOTED     in shops, where no letter was waiting" in out
    assert statuses(running, "bob@acme.example") == (["replied"], ["sent"])
    running.ok("prospects", "mark", "bob@acme.example", "opted-out")
    assert statuses(running, "bob@acme.example") == (["opted_out"], ["sent"])
    running.ok("prospects", "mark", "bob@acme.example", "replied")  # does not hide that they opted out
    assert statuses(running, "bob@acme.example") == (["opted_out"], ["sent"])


def test_a_mark_works_while_a_campaign_file_is_broken(running: Shell) -> None:
    running.write("campaigns/shops.toml", "name = \n")
    running.ok("prospects", "mark", "bob@acme.example", "opted-out")
    assert statuses(running, "bob@acme.example") == (["opted_out"], ["cancelled"])


# export


HOSTILE = '=HYPERLINK("http://x.example","click")'


def test_an_export_runs_nothing_in_a_spreadsheet_and_comes_back_unchanged(shops: Shell) -> None:
    rows = [HOSTILE, "+44 113 000", "-1+1|cmd", "@SUM(A1)", "＝1+1", "'=2", "'t Hooft", "ordinary"]
    table = io.StringIO()
    csv.writer(table).writerows(
        [["email", "note"], *([f"p{at}@x.example", row] for at, row in enumerate(rows))]
    )
    shops.add(table.getvalue())
    out = shops.ok("prospects", "export", "note is not missing")
    header, *found = csv.reader(io.StringIO(out))
    assert header == ["email", "note"]
    cells = [row[1] for row in found]
    assert cells[0] == "'" + HOSTILE
    assert not [cell for cell in cells if cell.strip()[:1] in {*"=+-@＝＋－＠"}]
    assert cells[-2:] == ["'t Hooft", "ordinary"]
    assert out.startswith('"email","note"\r\n"p0@x.example"')  # every cell in quotes
    shops.write("again.csv", out)
    again = shown(shops, "prospects", "import", "again.csv", "--on-existing", "update")
    assert (again["changed"], again["unchanged"]) == (0, len(rows))


@pytest.mark.parametrize("text", [HOSTILE, "'=2", "''=2", "+4", "\t=1", "\r=1", " =1", "'t Hooft", "a=b", ""])
def test_what_was_escaped_is_what_comes_back(text: str) -> None:
    assert spreadsheet.unescaped(spreadsheet.escaped(text)) == text


def test_an_export_has_the_columns_that_somebody_has_and_every_type(shops: Shell) -> None:
    shops.write("more.csv", "email,seats,signed,partner\nzoe@elm.example,-4,2026-01-02,yes\n")
    shops.ok("prospects", "import", "more.csv", "--source", "fair")
    header, *rows = csv.reader(io.StringIO(shops.ok("prospects", "export")))
    assert header == [
        *("email", "first_name", "company", "country", "industry", "source", "partner", "seats", "signed")
    ]
    assert len(rows) == 4
    assert rows[-1] == ["zoe@elm.example", "", "", "", "", "fair", "true", "-4", "2026-01-02"]
    found = shops.json("prospects", "export", "seats < 0")
    assert [each["fields"] for each in found] == [{"seats": -4, "signed": "2026-01-02", "partner": True}]
    assert found[0]["created_at"] == "2026-11-23T08:00:00+00:00"
    assert shops.json("prospects", "export", "seats > 9") == []


def test_an_export_to_a_file_opens_in_excel_and_asks_before_it_writes_over_one(shops: Shell) -> None:
    _, out, err = shops.run("prospects", "export", "-o", "out.csv")
    assert (out, err) == ("", "3 people in out.csv\n")
    assert (shops.folder / "out.csv").read_bytes().startswith(b'\xef\xbb\xbf"email"')
    shops.write("out.csv", "mine")
    code, _, err = shops.run("prospects", "export", "-o", "out.csv")
    assert code == 1
    assert "--yes" in err
    assert (shops.folder / "out.csv").read_text() == "mine"
    shops.ok("prospects", "export", "-o", "out.csv", "--yes")
    assert "bob@acme.example" in (shops.folder / "out.csv").read_text()
    code, _, err = shops.run("prospects", "export", "-o", "nowhere/out.csv")
    assert (code, err.splitlines()[0]) == (
        1,
        "error: nowhere/out.csv cannot be written: No such file or directory",
    )


def test_an_export_warns_of_those_who_must_not_be_written_to(shops: Shell) -> None:
    shops.ok("suppress", "add", "acme.example")
    _, out, err = shops.run("prospects", "export")
    assert "bob@acme.example" in out
    assert "1 of them must not be written to" in err


# erase


def test_erase_asks_and_without_an_answer_nothing_happens(running: Shell) -> None:
    code, _, err = running.run("prospects", "erase", "bob@acme.example")
    assert code == 1
    assert "--yes" in err
    assert "bob@acme.example" in emails(running)


def test_the_erased_are_gone_stopped_and_stay_away(running: Shell) -> None:
    out = running.ok("prospects", "erase", "bob@acme.example", "--yes")
    assert "STOPPED   bob@acme.example in shops" in out
    assert "CANCELLED 1 letter" in out
    assert "a keyed hash" in out
    code, _, err = running.run("prospects", "show", "bob@acme.example")
    assert code == 1
    assert "there is no prospect bob@acme.example" in err
    assert "suppressed, so it is never written to: erased" in err
    for args in (("prospects", "list"), ("prospects", "export"), ("suppress", "list")):
        assert "bob" not in running.ok(*args).lower()
    assert b"Bob" not in _bytes(running.app())
    assert running.run("prospects", "show", "erased-1")[0] == 1


def _bytes(app: App) -> bytes:
    """Everything the database's files hold once they are tidied up."""
    with app.store as store:
        store.read(lambda tx: tx.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all())
    return b"".join(path.read_bytes() for path in app.root.glob("outreach.db*"))


def test_erase_as_json_is_a_contract(running: Shell) -> None:
    assert shown(running, "prospects", "erase", "bob@acme.example", "--yes") == {
        "erased": "bob@acme.example",
        "stopped": [{"email": "bob@acme.example", "campaign": "shops"}],
        "cancelled": 1,
        "leaving": 0,
        "noted": "",
    }
