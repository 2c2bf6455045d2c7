"""`prospects import --tag --set`: what an import says of everybody in a file; what it records."""

import shlex

import pytest

from outreach.model import Prospect
from outreach.store import prospects, tags
from outreach.store.tables import event
from tests.cli import Shell
from tests.people import emails, fields, launched, shown

LIST = "email,first_name,Tags,language\nbob@acme.example,Bob,,\neva@birch.example,Eva,VIP; Stand 7|vip,fr\n"


@pytest.fixture
def listed(shell: Shell) -> Shell:
    shell.fill()
    shell.write("list.csv", LIST)
    return shell


def stored(shell: Shell, email: str) -> Prospect:
    with shell.app().store as store:
        person = store.read(prospects.get, email)
    assert person is not None
    return person


def tags_of(shell: Shell, email: str) -> list[str]:
    with shell.app().store as store:
        return store.read(tags.of, stored(shell, email).id)


def test_tags_come_from_the_command_and_from_the_file(listed: Shell) -> None:
    out = listed.ok("prospects", "import", "list.csv", "--tag", "Fair-2026", "--tag", "north")
    assert "6 new tags (fair-2026, north)" in out
    assert tags_of(listed, "bob@acme.example") == ["fair-2026", "north"]
    assert tags_of(listed, "eva@birch.example") == ["fair-2026", "north", "stand-7", "vip"]
    assert "tags" not in fields(listed, "eva@birch.example")
    assert shown(listed, "prospects", "import", "list.csv", "--tag", "north")["tagged"] == 0


def test_people_who_are_here_already_and_unchanged_get_the_tag_too(listed: Shell) -> None:
    listed.ok("prospects", "import", "list.csv")
    for dry_run in (("--dry-run",), ()):
        found = shown(
            listed, "prospects", "import", "list.csv", "--tag", "x", "--on-existing", "skip", *dry_run
        )
        assert (found["unchanged"], found["tagged"]) == (2, 2)
    assert tags_of(listed, "bob@acme.example") == ["x"]


def test_nobody_who_is_suppressed_is_tagged(shell: Shell) -> None:
    launched(shell)
    shell.ok("suppress", "add", "bob@acme.example")
    shell.write("list.csv", LIST)
    for dry_run in (("--dry-run",), ()):
        assert shown(shell, "prospects", "import", "list.csv", "--tag", "x", *dry_run)["tagged"] == 3
    assert tags_of(shell, "bob@acme.example") == []


def test_a_word_that_is_no_tag(listed: Shell) -> None:
    code, _, err = listed.run("prospects", "import", "list.csv", "--tag", "a&b")
    assert code == 2
    assert "'a&b' is no tag: use letters, digits, - and ., such as fair-2026" in err
    listed.write("odd.csv", 'email,tags\nbob@acme.example,"a&b, Messe Köln"\n')
    out = listed.ok("prospects", "import", "odd.csv")
    assert "1 unusable tag, such as 'a&b' in line 2" in out
    assert tags_of(listed, "bob@acme.example") == ["messe-köln"]


def test_a_column_of_years_is_tags_all_the_same(listed: Shell) -> None:
    listed.write("years.csv", "email,tags\nbob@acme.example,2025\neva@birch.example,2026\n")
    assert shown(listed, "prospects", "import", "years.csv")["new_fields"] == {}
    assert tags_of(listed, "bob@acme.example") == ["2025"]


def test_set_is_for_rows_without_a_value_of_their_own(listed: Shell) -> None:
    said = (
        "--set",
        "Language=German",
        "--set",
        "seats=4",
        "--set",
        "Firma=Acme Stores",
        "--set",
        "source=fair",
    )
    out = listed.ok("prospects", "import", "list.csv", *said)
    assert "new: seats (number)" in out
    assert fields(listed, "bob@acme.example") == {
        "first_name": "Bob",
        "language": "de",
        "seats": 4,
        "company": "Acme Stores",
    }
    assert fields(listed, "eva@birch.example")["language"] == "fr"
    assert shown(listed, "prospects", "show", "bob@acme.example")["source"] == "fair"


def test_the_company_that_is_set_makes_colleagues(listed: Shell) -> None:
    listed.ok("prospects", "import", "list.csv", "--set", "company=Acme")
    assert {stored(listed, email).company for email in emails(listed)} == {"acme"}


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ("language=Klingonese", 1, "--set language: unknown language"),
        ("email=a@b.example", 1, "cannot give everybody the same email"),
        ("tags=x", 1, "say --tag"),
        ("compnay=x", 1, "did you mean `company`?"),
        ("language=", 2, "write --set FIELD=VALUE"),
        ("language", 2, "write --set FIELD=VALUE"),
        ("city=a\nb", 2, "holds a line break"),
    ],
)
def test_a_value_that_cannot_be(listed: Shell, said: str, code: int, words: str) -> None:
    found, _, err = listed.run("prospects", "import", "list.csv", "--set", said)
    assert (found, words in err) == (code, True), err
    assert emails(listed) == []


def test_a_value_must_be_of_the_type_that_the_field_has(listed: Shell) -> None:
    listed.ok("prospects", "import", "list.csv", "--set", "seats=4")
    code, _, err = listed.run("prospects", "import", "list.csv", "--set", "seats=many")
    assert (code, "--set seats: 'many' is not a number" in err) == (1, True)


def test_a_row_that_is_not_whole_is_refused_by_the_cells_of_the_file(listed: Shell) -> None:
    listed.write("short.csv", "email,city,Note\nbob@acme.example\neva@birch.example,Leeds,n\n")
    out = listed.ok("prospects", "import", "short.csv", "--set", "language=de", "--map", "note=")
    assert "line 2: 1 cells where the header has 3" in out
    assert fields(listed, "eva@birch.example") == {"city": "Leeds", "language": "de"}


def test_a_value_that_is_not_taken_is_told(listed: Shell) -> None:
    listed.write("a.csv", "email,city,phone\nbob@acme.example,Leeds,5\neva@birch.example,Bath,\n")
    listed.ok("prospects", "import", "a.csv")
    listed.write("b.csv", "email,city,phone\nbob@acme.example,York,5\neva@birch.example,Bath,7\n")
    for dry_run in (("--dry-run",), ()):
        out = listed.ok("prospects", "import", "b.csv", *dry_run)
        assert "0 added, 1 changed, 1 unchanged" in out
        assert "1 has another value in the file, not taken: --on-existing update takes them" in out
    for how in ("skip", "update", "fill"):  # after the update nothing differs
        assert "not taken" not in listed.ok("prospects", "import", "b.csv", "--on-existing", how)


def test_rows_that_come_later_get_what_was_said_of_everybody(listed: Shell) -> None:
    listed.write("list.csv", LIST + "x,,,\n")
    said = ("--tag", "fair", "--set", "city=Bad Aachen", "--source", "fair")
    command = listed.ok("prospects", "import", "list.csv", *said).splitlines()[-2].strip()
    assert command.startswith("outreach prospects import ")
    assert command.endswith("list.errors.csv --tag fair --set 'city=Bad Aachen' --source fair")
    listed.write(
        "list.errors.csv", "error_line,error_reason,email,first_name,Tags,language\n4,x,x@y.example,,,\n"
    )
    listed.ok(*shlex.split(command)[1:])
    assert tags_of(listed, "x@y.example") == ["fair"]
    assert stored(listed, "x@y.example").source == "fair"


def test_every_import_is_recorded_once_with_who_did_it(listed: Shell) -> None:
    listed.write("list.csv", LIST + "x,,,\n")
    listed.ok("prospects", "import", "list.csv", "--dry-run")
    listed.ok("prospects", "import", "list.csv", "--tag", "fair", "--source", "trade fair")
    listed.ok("prospects", "import", "list.csv")
    app = listed.app()
    with app.store as store:
        rows = store.read(lambda tx: tx.execute(event.select().where(event.c.kind == "imported")).all())
    assert [each.actor for each in rows] == [app.actor] * 2
    said = '"file": "list.csv", "rows": 3, "added": 2, "changed": 0, "bad": 1, "tagged": 4, "opted_out": 0, '
    assert said + '"tags": ["fair"]' in rows[0].detail
    assert '"source": "trade fair"' in rows[0].detail
    assert '"added": 0' in rows[1].detail
