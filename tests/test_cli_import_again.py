"""A list that is imported again: what people have mended in its errors file is theirs, and a stale one goes."""

from pathlib import Path

import pytest

from tests.cli import Shell
from tests.people import fields, shown


@pytest.fixture
def filled(shell: Shell) -> Shell:
    shell.fill()
    return shell


BAD = "email,first_name\nbob@acme.example,Bob\nnot-an-address,Eva\n"
GOOD = BAD.replace("not-an-address", "eva@birch.example")


def brought(shell: Shell, text: str, *options: str) -> str:
    shell.write("list.csv", text)
    return shell.ok("prospects", "import", "list.csv", *options)


def files(shell: Shell) -> list[str]:
    """The errors files there are."""
    return sorted(each.name for each in Path(shell.folder).glob("*errors*"))


def test_a_mended_errors_file_outlives_another_import(filled: Shell) -> None:
    brought(filled, BAD)
    path = filled.folder / "list.errors.csv"
    mended = path.read_text(encoding="utf-8-sig").replace("not-an-address", "eva@birch.example")
    path.write_text(mended)
    out = brought(filled, BAD)
    assert (
        "list.errors.csv was changed since, so it stays; the bad rows are in list.errors-2.csv"
        in " ".join(out.split())
    )
    commands = [line.strip() for line in out.splitlines() if "prospects import" in line]
    assert [line.endswith("list.errors-2.csv") for line in commands] == [True]
    assert path.read_text() == mended
    brought(filled, BAD)  # the second one is as it was left
    assert files(filled) == ["list.errors-2.csv", "list.errors.csv"]
    filled.ok("prospects", "import", "list.errors.csv")
    assert fields(filled, "eva@birch.example")["first_name"] == "Eva"


def test_an_errors_file_that_nobody_has_changed_is_written_anew(filled: Shell) -> None:
    brought(filled, BAD)
    out = brought(filled, BAD.replace("not-an", "still-no"))
    assert "changed since" not in out
    assert files(filled) == ["list.errors.csv"]
    assert "still-no-address" in (filled.folder / "list.errors.csv").read_text(encoding="utf-8-sig")


def test_a_stale_errors_file_goes_unless_somebody_has_changed_it(filled: Shell) -> None:
    brought(filled, BAD)
    brought(filled, GOOD, "--dry-run")
    assert files(filled) == ["list.errors.csv"]
    brought(filled, GOOD)
    assert files(filled) == []
    brought(filled, BAD)
    with (filled.folder / "list.errors.csv").open("a") as file:
        file.write("9,mine,tom@cedar.example,Tom\n")
    brought(filled, GOOD)
    assert files(filled) == ["list.errors.csv"]


def test_placeholders_are_missing_and_told(filled: Shell) -> None:
    text = "email,first_name,company\na@one.example,N/A,-\nb@two.example,null,-\nc@three.example,J&uuml;rgen,n/a\n"
    out = brought(filled, text)
    assert "3 added" in out
    assert "left out as no value, such as 'N/A' in line 2" in " ".join(out.split())
    assert fields(filled, "b@two.example") == {}
    assert fields(filled, "c@three.example") == {"first_name": "Jürgen"}


@pytest.mark.parametrize("command", [("segment", "tag('fiar')"), ("prospects", "list", "--tag", "fiar")])
def test_a_tag_that_nobody_has_is_told_and_nothing_breaks(filled: Shell, command: tuple[str, ...]) -> None:
    brought(filled, GOOD, "--tag", "fair")
    code, _, err = filled.run(*command)
    assert code == 0
    assert err.count("hint: nobody has the tag `fiar`, did you mean `fair`?") == 1


def test_a_misspelt_letter_in_a_campaign_that_is_not_launched_is_told_at_the_import(filled: Shell) -> None:
    file = filled.folder / "campaigns/shops.toml"
    file.write_text(file.read_text().replace("industry == 'retail'", "not sent('intor')"))
    brought(filled, GOOD)
    found = shown(filled, "prospects", "import", "list.csv")["campaigns"]
    assert "there is no letter `intor`, did you mean `intro`?" in found[0]["problem"]
