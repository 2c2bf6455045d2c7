"""`prospects set`: fields and tags by hand, for one person or for all whom a condition finds."""

import io
import sys

import pytest
import sqlalchemy as sa

from outreach.store import prospects, tags
from outreach.store.tables import event, message
from tests.cli import Shell
from tests.people import fields, shown

BOB, EVA, TOM = "bob@acme.example", "eva@birch.example", "tom@cedar.example"


def store_tags(shell: Shell, email: str) -> list[str]:
    """A person's tags."""
    found: list[str] = shown(shell, "prospects", "show", email)["tags"]
    return found


def test_values_are_read_as_an_import_reads_them(running: Shell) -> None:
    out = running.ok("prospects", "set", BOB, "country=germany", "title= Head of Stores ", "first_name=")
    assert fields(running, BOB) == {
        "company": "Acme",
        "industry": "retail",
        "country": "DE",
        "title": "Head of Stores",
    }
    assert "CHANGED   1 person" in out
    assert "country = DE" in out
    assert "first_name = nothing" in out
    assert fields(running, EVA)["country"] == "GB"


def test_a_typed_field_keeps_its_type(running: Shell) -> None:
    running.write("more.csv", f"email,employees,signed,partner\n{TOM},12,2026-01-02,yes\n")
    running.ok("prospects", "import", "more.csv", "--yes")
    running.ok("prospects", "set", BOB, "employees=1500", "signed=2026-12-01", "partner=no")
    assert fields(running, BOB) | {"employees": 1500, "signed": "2026-12-01", "partner": False} == fields(
        running, BOB
    )
    assert shown(running, "segment", "employees > 1000 and not partner")["matching"] == 1


def test_source_basis_and_the_company_key_change_too(running: Shell) -> None:
    running.ok("prospects", "set", BOB, "company=ACME  Stores", "source=fair", "basis=legitimate_interest")
    found = shown(running, "prospects", "show", BOB)
    assert (found["company_key"], found["source"], found["basis"]) == (
        "acme stores",
        "fair",
        "legitimate_interest",
    )
    running.ok("prospects", "set", BOB, "company=", "source=")
    found = shown(running, "prospects", "show", BOB)
    assert (found["company_key"], found["source"]) == ("acme.example", "")


def test_every_mistake_is_told_at_once_and_nothing_is_changed(running: Shell) -> None:
    before = shown(running, "prospects", "show", BOB)
    code, out, err = running.run(
        *("prospects", "set", BOB, "city=Leeds", "contry=DE", "country=Narnia", "email=x@y.example", "words"),
        *(
            "tags=x",
            "basis=nonsense",
            "city=York",
            "first_name=a@b",
            "--tag",
            "a b!",
            "--untag",
            "x",
            "--tag",
            "x",
        ),
    )
    assert (code, out) == (1, "")
    for told in (
        "there is no field contry, did you mean `country`?",
        "country: unknown country 'Narnia'",
        "an address stays what it is",
        "'words' is no field=value",
        "write --tag fair-2026",
        "unknown basis nonsense",
        "`city` is given twice",
        "first_name: left out as no name 'a@b'",
        "is no tag",
        "--tag and --untag both name x",
    ):
        assert told in err
    assert shown(running, "prospects", "show", BOB) == before
    assert running.run("prospects", "set", BOB)[0] == 2
    code, _, err = running.run("prospects", "set", "bo@acme.example", "city=x")
    assert (code, "did you mean `bob@acme.example`?" in err) == (1, True)
    code, _, err = running.run("prospects", "set", "industri == 'retail'", "city=x")
    assert (code, "did you mean `industry`?" in err) == (1, True)


@pytest.mark.parametrize("value", ["\ud800", "a\nb", "x" * 501, "=cmd|x", "\u202e"])
def test_what_has_no_place_in_a_letter_is_refused(running: Shell, value: str) -> None:
    code, _, err = running.run("prospects", "set", BOB, f"title={value}")
    assert code == 1
    assert "title: " in err


def test_a_condition_asks_and_names_the_first(running: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, err = running.run("prospects", "set", "country == 'GB'", "city=Leeds")
    assert code == 1
    assert f"3 people: {BOB}, {EVA}, {TOM}" in err
    assert "Set city = Leeds?" in err
    assert "--yes" in err
    assert "city" not in fields(running, BOB)

    answers = io.StringIO("y\n")
    monkeypatch.setattr(answers, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", answers)
    running.ok("prospects", "set", "country == 'GB'", "city=Leeds")
    assert fields(running, TOM)["city"] == "Leeds"


def test_the_question_fits_the_screen(running: Shell) -> None:
    values = [f"{name}={'word ' * 6}" for name in ("title", "city", "company", "industry")]
    err = running.run("prospects", "set", "country == 'GB'", *values)[2]
    asked = err[: err.index("?") + 1].splitlines()
    assert max(map(len, asked)) <= 80 - len(" [y/N]: "), asked


def test_a_condition_changes_those_whom_it_finds_and_counts_the_others(running: Shell) -> None:
    running.ok("prospects", "set", EVA, "city=Leeds")
    args = ("prospects", "set", "industry == 'retail'", "city=Leeds", "--tag", "north")
    assert shown(running, *args, "--dry-run") == {
        "dry_run": True,
        "changed": 2,
        "unchanged": 0,
        "moved": 0,
        "fields": ["city"],
        "waiting": {"shops": 1},
    }
    assert "city" not in fields(running, BOB)
    assert shown(running, *args, "--yes")["changed"] == 2
    assert shown(running, *args, "--yes") | {"changed": 0, "unchanged": 2, "waiting": {}} == shown(
        running, *args, "--yes"
    )
    assert "city" not in fields(running, TOM)
    assert shown(running, "prospects", "set", "country == 'XX'", "city=Leeds")["changed"] == 0


def test_tags_come_and_go(running: Shell) -> None:
    running.ok("prospects", "set", BOB, "--tag", "Fair 2026", "--tag", "vip")
    running.ok("prospects", "set", EVA, "--tag", "vip")
    assert store_tags(running, BOB) == ["fair-2026", "vip"]
    assert "TAGS      fair-2026, vip" in running.ok("prospects", "show", BOB)
    running.ok("prospects", "set", "tag('vip')", "--untag", "vip", "--yes")
    assert (store_tags(running, BOB), store_tags(running, EVA)) == (["fair-2026"], [])


def test_whoever_lives_elsewhere_gets_letters_at_other_hours(running: Shell) -> None:
    """The window that a letter waits for is void: the sender finds a new one."""

    def closing(app_shell: Shell) -> dict[int, bool]:
        with app_shell.app().store as store:
            rows = store.read(lambda tx: tx.execute(sa.select(message.c.id, message.c.closes_at)).all())
        return {row.id: row.closes_at <= app_shell.now for row in rows}

    assert set(closing(running).values()) == {False}
    out = running.ok("prospects", "set", BOB, "timezone=Asia/Almaty")
    assert "MOVED     1 person" in out
    assert sorted(closing(running).values()) == [False, True]


def test_waiting_letters_are_said_to_keep_their_text(running: Shell) -> None:
    out = running.ok("prospects", "set", BOB, "first_name=Robert")
    assert "WAITING   1 letter: the text stays until the next launch;\n" in out
    assert "outreach plan shops shows it" in out
    assert "WAITING" not in running.ok("prospects", "set", TOM, "first_name=Thomas")
    assert all(len(line) <= 80 for line in out.splitlines())


def test_the_history_has_names_of_fields_and_no_values(running: Shell) -> None:
    running.ok("prospects", "set", BOB, "phone=+44 113 496 0000", "--tag", "vip")
    with running.app().store as store:
        rows = store.read(lambda tx: tx.execute(sa.select(event).where(event.c.kind == "edited")).all())
    (row,) = rows
    assert row.actor == running.app().actor
    assert "113" not in row.detail
    said = shown(running, "log", "--person", BOB)["entries"][-1]
    assert said["said"] == f"edited {BOB}: phone, tagged vip"


def test_an_erasure_takes_the_tags_as_well(running: Shell) -> None:
    running.ok("prospects", "set", BOB, "--tag", "rude-on-the-phone")
    with running.app().store as store:
        person = store.read(prospects.get, BOB)
    assert person is not None
    running.ok("prospects", "erase", BOB, "--yes")
    with running.app().store as store:
        assert store.read(tags.of, person.id) == []
    assert "rude" not in running.ok("log", "--all", "--format", "json")
