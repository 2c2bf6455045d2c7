"""`prospects import`: good rows come in, bad ones come back with a reason, nobody comes back who said no."""

import csv
import io
import json
import signal
from datetime import datetime
from pathlib import Path

import pytest

from outreach.cli import main
from outreach.cli.app import App
from tests.cli import Shell
from tests.people import emails, fields, launched, planned, shown

BAD = """\
email,first_name,company,employees,seats
bob@acme.example,Bob,Acme,20,4
not-an-address,Eva,Birch,5,1
tom@cedar.example,=cmd|' /C calc'!A0,Cedar,7,2
ida@dune.example,Ida\x01Bcc,Dune,7,2
uma@elm.example,Uma,Elm
"kim@fir.example,Kim,Fir,8,3
"""


def import_(shell: Shell, text: str, *options: str, name: str = "people.csv") -> str:
    shell.write(name, text)
    return shell.ok("prospects", "import", name, *options)


def table(path: Path, delimiter: str = ",") -> list[list[str]]:
    return list(
        csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=delimiter)
    )


@pytest.fixture
def filled(shell: Shell) -> Shell:
    shell.fill()
    return shell


def test_the_screen_says_what_came_in_who_matches_and_what_comes_next(filled: Shell) -> None:
    code, out, err = filled.run("prospects", "import", "prospects.csv")
    assert (code, err) == (0, "")  # no progress bar where nobody watches
    assert "prospects.csv: 3 rows, utf-8, commas" in out
    assert "PEOPLE    3 added, 0 changed, 0 unchanged" in out
    assert "MATCH     2 match campaign shops" in out
    assert out.splitlines()[-1] == "NEXT      outreach plan shops"


def test_json_is_a_contract(filled: Shell) -> None:
    filled.write(
        "people.csv",
        "Email;Name;Land;seats\nbob@acme.example;Bob;Narnia;4\nbob@acme.example;B;GB;4\nx;X;GB;4\n",
    )
    found = shown(filled, "prospects", "import", "people.csv")
    file, errors = (str(filled.folder / name) for name in ("people.csv", "people.errors.csv"))
    assert found == {
        "file": file,
        "encoding": "utf-8",
        "encoding_guessed": False,
        "delimiter": ";",
        "dry_run": False,
        "rows": 3,
        "added": 1,
        "changed": 0,
        "unchanged": 0,
        "differing": 0,
        "duplicates": 1,
        "duplicates_filled": 0,
        "duplicates_differing": 1,
        "suppressed": 0,
        "opted_out": 0,
        "opted_out_new": 0,
        "opted_out_columns": {},
        "bad": 1,
        "blamed": {},
        "errors_file": errors,
        "new_fields": {"seats": "number"},
        "notes": [],
        "on_existing": "fill",
        "mapping": {
            "known": False,
            "columns": [
                column("Email", "email", "bob@acme.example", "x"),
                column("Name", "full_name", "Bob", "B"),
                column("Land", "country", "Narnia", "GB"),
                {**column("seats", "seats", "4"), "type": "number", "new": True},
            ],
        },
        "tags": [],
        "tagged": 0,
        "set": {},
        "warnings": [
            {
                "kind": "unknown country",
                "rows": 1,
                "line": 2,
                "example": "'Narnia'",
                "values": [{"value": "'Narnia'", "line": 2, "rows": 1}],
            }
        ],
        "hints": [],
        "campaigns": [
            {
                "campaign": "shops",
                "matching": 0,
                "problem": "",
                "status": "",
                "more": 0,
                "from_file": 0,
                "nightly": False,
                "per_day": None,
                "edited": 0,
            }
        ],
        "campaigns_problem": "",
    }


def column(header: str, field: str, *examples: str) -> dict[str, object]:
    """A column of text as JSON shows it."""
    return {
        "column": header,
        "field": field,
        "type": "text",
        "new": False,
        "said": False,
        "guess": "",
        "also": [],
        "examples": list(examples),
    }


def test_of_duplicates_in_a_file_the_first_good_row_counts(filled: Shell) -> None:
    out = import_(
        filled, "email,city\nBob@acme.example,a=?b\nbob@ACME.example,Leeds\nbob@acme.example,York\n"
    )
    assert "1 duplicate in the file (line 4: bob@acme.example)" in out
    assert "1 bad row" in out
    assert fields(filled, "bob@acme.example") == {"city": "Leeds"}


@pytest.mark.parametrize(
    ("on_existing", "city", "title", "said"),
    [
        ("fill", "Leeds", "Owner", "0 added, 1 changed"),
        ("skip", "Leeds", None, "0 added, 0 changed, 1 unchanged"),
        ("update", "York", "Owner", "0 added, 1 changed"),
    ],
)
def test_what_a_row_does_to_somebody_who_is_there(
    filled: Shell, on_existing: str, city: str, title: str | None, said: str
) -> None:
    import_(filled, "email,city,phone\nbob@acme.example,Leeds,5\n")
    out = import_(filled, "email,city,title\nbob@acme.example,York,Owner\n", "--on-existing", on_existing)
    assert said in out
    found = fields(filled, "bob@acme.example")
    assert (found["city"], found.get("title"), found["phone"]) == (city, title, "5")
    again = import_(filled, "email,city,title\nbob@acme.example,York,Owner\n", "--on-existing", on_existing)
    assert "0 added, 0 changed, 1 unchanged" in again


def test_source_and_basis_of_an_import_are_for_rows_without_their_own(filled: Shell) -> None:
    text = "email,source,basis\nbob@acme.example,,\neva@birch.example,referral,consent\n"
    import_(filled, text, "--source", "trade fair", "--basis", "legitimate_interest")
    found = [shown(filled, "prospects", "show", email) for email in emails(filled)]
    assert [(each["source"], each["basis"]) for each in found] == [
        ("trade fair", "legitimate_interest"),
        ("referral", "consent"),
    ]


def test_an_unknown_basis_is_kept_with_a_word_about_it(filled: Shell) -> None:
    out = import_(filled, "email\nbob@acme.example\n", "--basis", "conset")
    assert "1 unknown basis (kept, did you mean `consent`?), such as 'conset' in line 2" in " ".join(
        out.split()
    )
    assert shown(filled, "prospects", "show", "bob@acme.example")["basis"] == "conset"
    assert "legitimate_interest" in filled.ok("prospects", "import", "--help")


@pytest.mark.parametrize(
    ("said", "code"), [("Deutsch", "de"), ("German", "de"), ("русский", "ru"), ("中文", "zh"), ("ENG", "en")]
)
def test_the_name_of_a_language_is_its_code(filled: Shell, said: str, code: str) -> None:
    import_(filled, f"email,language\nbob@acme.example,{said}\n")
    assert shown(filled, "prospects", "show", "bob@acme.example")["fields"] == {"language": code}


def test_a_source_with_a_line_break_is_refused(filled: Shell) -> None:
    code, _, err = filled.run("prospects", "import", "prospects.csv", "--source", "a\nb")
    assert code == 2
    assert "--source holds a line break" in err


# Bad rows


def test_bad_rows_come_back_with_line_reason_and_cells_and_can_be_mended(filled: Shell) -> None:
    out = import_(filled, BAD)
    assert "1 added" in out
    assert "5 bad rows: see" in out
    path = filled.folder / "people.errors.csv"
    header, *rows = table(path)
    assert header == ["error_line", "error_reason", "email", "first_name", "company", "employees", "seats"]
    assert [row[0] for row in rows] == ["3", "4", "5", "6", "7"]
    assert "@-sign" in rows[0][1]
    assert "formula" in rows[1][1]
    assert "control character" in rows[2][1]
    assert rows[1][3] == "'=cmd|' /C calc'!A0"  # a spreadsheet shows it and runs nothing
    assert rows[2][2:] == ["ida@dune.example", "Ida\x01Bcc", "Dune", "7", "2"]
    assert rows[4][2:] == ['"kim@fir.example', "Kim", "Fir", "8", "3"]

    mended = path.read_text(encoding="utf-8-sig")
    for old, new in (
        ("not-an-address", "eva@birch.example"),
        ("'=cmd|' /C calc'!A0", "Tom"),
        ("Ida\x01Bcc", "Ida"),
        ('"Elm"', '"Elm","9","3"'),
        ('"""kim@', '"kim@'),
    ):
        assert mended.count(old) == 1, old
        mended = mended.replace(old, new)
    out = import_(filled, mended, name="people.errors.csv")
    assert "5 added" in out
    assert "LEFT OUT" not in out
    assert fields(filled, "kim@fir.example") == {
        "first_name": "Kim",
        "company": "Fir",
        "employees": 8,
        "seats": 3,
    }


def test_rows_that_were_not_mended_are_bad_again(filled: Shell) -> None:
    import_(filled, BAD)
    code, out, _ = filled.run("prospects", "import", "people.errors.csv", "--format", "json")
    found = json.loads(out)
    assert (code, found["added"], found["bad"]) == (1, 0, 5)
    again = table(filled.folder / "people.errors.errors.csv")
    assert again[2][3] == "'=cmd|' /C calc'!A0"


def test_one_broken_row_does_not_decide_the_type_of_a_column(filled: Shell) -> None:
    found = shown_import(filled, BAD)
    assert found["new_fields"] == {"seats": "number"}


def shown_import(shell: Shell, text: str) -> dict[str, object]:
    shell.write("people.csv", text)
    found: dict[str, object] = shown(shell, "prospects", "import", "people.csv")
    return found


def test_a_type_is_fixed_by_the_first_file(filled: Shell) -> None:
    import_(filled, "email,seats\nbob@acme.example,4\n")
    out = import_(filled, "email,seats\neva@birch.example,many\nida@dune.example,7\n")
    assert "1 added" in out
    assert "line 2: seats: 'many' is not a number" in out


@pytest.mark.parametrize("errors", ["people.csv", "notes.csv", "campaigns"])
def test_no_file_of_the_users_becomes_an_errors_file(filled: Shell, errors: str) -> None:
    filled.write("people.csv", BAD)
    filled.write("notes.csv", "mine\n")
    code, _, err = filled.run("prospects", "import", "people.csv", "--errors", errors)
    assert code == 1
    assert "is not an errors file of an earlier import" in err
    assert (filled.folder / "people.csv").read_bytes() == BAD.encode()
    assert (filled.folder / "notes.csv").read_text() == "mine\n"
    assert emails(filled) == []


def test_without_bad_rows_there_is_no_errors_file(filled: Shell) -> None:
    filled.ok("prospects", "import", "prospects.csv")
    assert not list(filled.folder.glob("*.errors.csv"))


def test_a_file_that_is_no_table_changes_nothing(filled: Shell) -> None:
    filled.write("people.csv", "name,town\nBob,Leeds\n")
    code, _, err = filled.run("prospects", "import", "people.csv")
    assert code == 1
    assert "people.csv:1: no column for the e-mail address" in err
    assert filled.run("prospects", "import", "nowhere.csv")[0] == 1


# Alphabets


NAMES = ["Анна Щербакова", "王伟", "Әсел Нұрғали", "محمد الأمين", "Zoë O'Neil", "'t Hooft"]


def test_names_in_every_alphabet_survive_in_and_out(filled: Shell) -> None:
    rows = "".join(f"p{number}@acme.example,{name}\n" for number, name in enumerate(NAMES))
    import_(filled, "email,first_name\n" + rows)
    filled.ok("prospects", "export", "-o", "out.csv")
    assert [row[1] for row in table(filled.folder / "out.csv")[1:]] == NAMES
    again = import_(
        filled, (filled.folder / "out.csv").read_text(encoding="utf-8"), "--on-existing", "update"
    )
    assert "0 added, 0 changed, 6 unchanged" in again


def test_an_old_encoding_is_guessed_and_the_guess_is_shown(filled: Shell) -> None:
    text = "Почта;Имя;Компания\nanna@acme.example;Анна;Ромашка\nivan@beta.example;Иван;Северный ветер\n"
    text += "бяка;Яков;Дом\n"
    (filled.folder / "people.csv").write_bytes(text.encode("cp1251"))
    out = filled.ok("prospects", "import", "people.csv")
    assert "windows-1251, semicolons" in out
    assert "the encoding is a guess: if Анна looks wrong" in out
    assert fields(filled, "ivan@beta.example")["company"] == "Северный ветер"
    assert table(filled.folder / "people.errors.csv", ";")[1][2:] == ["бяка", "Яков", "Дом"]
    out = filled.ok("prospects", "import", "people.csv", "--encoding", "cp1251", "--delimiter", ";")
    assert "is a guess" not in out


# Nobody comes back


@pytest.mark.parametrize(
    "stop",
    [
        ("prospects", "mark", "bob@acme.example", "opted-out"),
        ("prospects", "mark", "bob@acme.example", "bounced"),
        ("prospects", "erase", "bob@acme.example", "--yes"),
        ("suppress", "add", "bob@acme.example"),
        ("suppress", "add", "acme.example"),
    ],
    ids=lambda args: "-".join(args),
)
def test_no_import_revives_anybody(shell: Shell, stop: tuple[str, ...]) -> None:
    launched(shell)
    shell.ok(*stop)
    shell.write("people.csv", "email,first_name,industry,country\nBOB@acme.example,Robert,retail,GB\n")
    out = shell.ok("prospects", "import", "people.csv", "--on-existing", "update")
    assert "0 added, 0 changed, 0 unchanged" in out
    assert "1 suppressed: left alone" in out
    assert "bob@acme.example" not in [each.prospect.email for each in planned(shell).new]
    if "erase" in stop:
        assert emails(shell) == ["eva@birch.example", "tom@cedar.example"]
    else:
        person = shown(shell, "prospects", "show", "bob@acme.example")
        assert person["fields"]["first_name"] == "Bob"
        assert person["suppressed"]
        assert person["enrollments"][0]["status"] not in ("active", "paused")
        assert [letter["status"] for letter in person["letters"]] == ["cancelled"]


def test_somebody_who_replied_is_not_written_to_again_after_an_import(shell: Shell) -> None:
    launched(shell)
    shell.ok("prospects", "mark", "bob@acme.example", "replied")
    shell.write("people.csv", "email,city\nbob@acme.example,Leeds\n")
    assert "1 changed" in shell.ok("prospects", "import", "people.csv")
    assert shown(shell, "prospects", "show", "bob@acme.example")["enrollments"][0]["status"] == "replied"
    assert planned(shell).new == ()


# In batches


MANY = "email,first_name\n" + "".join(f"p{number}@acme.example,Bob\n" for number in range(12_000))


def test_ctrl_c_keeps_what_is_in_and_the_rest_comes_with_the_next_try(filled: Shell) -> None:
    filled.write("people.csv", MANY)
    batches = 0

    def clock() -> datetime:
        """Read once before the batches, then once a batch; in the second one the user presses Ctrl-C."""
        nonlocal batches
        batches += 1
        if batches == 3:
            signal.raise_signal(signal.SIGINT)
        return filled.now

    app = App(clock=clock, start=filled.folder, state=filled.folder / "state")
    assert main(["prospects", "import", "people.csv"], app) == 130
    app.store.close()
    err = filled.capsys.readouterr().err
    assert "stopped: 5,000 rows are in; repeat the command for the rest" in err
    assert "Traceback" not in err
    assert "imported people.csv: 5,000 added" in filled.ok("log").replace("5000", "5,000")
    out = filled.ok("prospects", "import", "people.csv")
    assert "7,000 added, 0 changed, 5,000 unchanged" in out


def test_a_dry_run_tells_the_same_and_changes_nothing(filled: Shell) -> None:
    filled.write("people.csv", BAD)
    out = filled.ok("prospects", "import", "people.csv", "--dry-run")
    assert "1 added" in out
    assert "5 bad rows" in out
    assert not list(filled.folder.glob("*.errors.csv"))
    assert emails(filled) == []
    import_(filled, "email,seats\nbob@acme.example,many\n")  # the dry run has fixed no type
    assert fields(filled, "bob@acme.example") == {"seats": "many"}


# Campaigns


def test_a_broken_campaign_does_not_keep_people_out(filled: Shell) -> None:
    filled.write("campaigns/broken.toml", "name = \n")
    out = filled.ok("prospects", "import", "prospects.csv")
    assert "3 added" in out
    assert "CAMPAIGNS cannot be read: campaigns/broken.toml:1:" in out


def test_a_segment_that_asks_for_an_unknown_field_is_told_beside_the_others(filled: Shell) -> None:
    text = (filled.folder / "campaigns/shops.toml").read_text().replace("industry ==", "sector ==")
    filled.write("campaigns/sector.toml", text)
    out = filled.ok("prospects", "import", "prospects.csv")
    assert "2 match campaign shops" in out
    assert "not counted for campaign sector: campaigns/sector.toml:2:12: unknown field `sector`" in out
