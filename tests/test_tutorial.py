"""The tutorial of the README, followed literally with a messy list of 300 rows by somebody who knows nothing."""

import re

import pytest

from outreach.report.lines import width
from tests import messy, screens
from tests.cli import Shell
from tests.screens import Step

SECTION = screens.README.read_text(encoding="utf-8").split("\n## Five minutes\n")[1].split("\n## ")[0]


@pytest.fixture
def followed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> dict[str, Step]:
    """The tutorial's steps by their commands, all of which succeeded."""
    monkeypatch.setattr("outreach.mailbox.credentials._keyrings", lambda: iter(()))
    return {step.command: step for step in screens.followed(SECTION, shell.folder, shell.there)}


def test_from_a_messy_list_to_a_previewed_letter_in_under_ten_commands() -> None:
    commands = [command for command, _ in screens.steps(SECTION)]
    assert commands[0].startswith("outreach init ")
    first = next(place for place, command in enumerate(commands) if command.startswith("outreach preview "))
    assert first + 1 < 10
    assert len(commands) <= 10
    assert all(command.split()[0] in ("cd", "outreach") for command in commands)


def test_the_list_is_read_as_it_is_meant(followed: dict[str, Step], shell: Shell) -> None:
    said = followed["outreach prospects import ../fair.xlsx --tag fair-2026"].said
    assert "the header is row 4" in said
    for column, field in (
        *(("Firma", "company"), ("Anrede", "honorific"), ("Name", "full_name")),
        *(("E-Mail", "email"), ("Telefon", "phone"), ("Land", "country")),
    ):
        assert re.search(rf"(?m)^{column} +{field} ", said), column
    people = shell.json("prospects", "export", "tag('fair-2026')")
    everybody = {each["email"]: each["fields"] for each in people}
    left_out = messy.ROWS - len(everybody)
    # Blank rows, the header again, an address to follow, doubles, the line with the sum.
    assert left_out == 7 + 4 + 5 + 6 + 1
    weiss = everybody["j.weiss@moebel-gruen-8.example"]
    assert (weiss["first_name"], weiss["last_name"], weiss["country"]) == ("Jürgen", "Weiß", "DE")
    assert re.fullmatch(r"\+?49170\d{7}|491701234\d{3}", re.sub(r"[^\d+]", "", weiss["phone"]))
    ivanova = next(each for email, each in everybody.items() if email.startswith("ivanova@altyn"))
    assert (ivanova["middle_name"], ivanova["country"]) == ("Сергеевна", "KZ")
    assert any(email.endswith("@gmial.com") for email in everybody)
    assert "likely mistyped domains" in said


def test_every_bad_row_is_in_the_file_beside_the_list(followed: dict[str, Step], shell: Shell) -> None:
    rows = (shell.folder.parent / "fair.errors.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 1 + 5  # the header, and those whose address is to follow


def test_everybody_gets_a_letter_without_a_hole(followed: dict[str, Step], shell: Shell) -> None:
    plan = shell.json("plan", "fair")
    assert plan["held"] == []
    assert plan["letters"]["findings"] == []
    assert "0 errors, 0 warnings" in followed["outreach lint fair"].said
    page = (shell.folder / "previews" / "fair.html").read_text(encoding="utf-8")
    assert "Dear Mr O'Neill" in page
    assert "{{" not in shell.ok("preview", "fair", "--prospect", plan["new"][0]["email"])


def test_the_pilot_is_launched_and_taken_back(followed: dict[str, Step], shell: Shell) -> None:
    assert "LAUNCHED  fair revision 1, 5 new people" in followed["outreach launch fair --first 5 --yes"].said
    assert re.search(r"(?m)^fair +5 +5 ", followed["outreach status"].said)
    assert "5 people leave fair again" in followed["outreach undo fair --yes"].said
    assert shell.json("status")["campaigns"] == []


def test_every_screen_fits_a_terminal(followed: dict[str, Step]) -> None:
    for step in followed.values():
        assert all(width(line) <= 80 for line in step.said.splitlines() if "/" not in line), step.command
