"""`outreach lint` beside files that cannot be read: what is meant is linted, nothing is passed over."""

import json

import pytest

from tests.cli import CAMPAIGN, Shell
from tests.test_cli_lint import BROKEN, OWN, found, lettered


@pytest.fixture
def shops(shell: Shell) -> Shell:
    return lettered(shell)


def test_a_letter_is_linted_by_its_path_while_other_files_are_broken(shops: Shell) -> None:
    shops.write("templates/empty.txt", "")
    out = shops.ok("lint", "templates/intro.txt")
    assert "templates/intro.txt" in out
    assert "Problems in other files: 1" in " ".join(out.split())
    for targets in ((), ("templates/empty.txt",), ("shops",)):
        code, out, err = shops.run("lint", *targets)
        assert code == 1
        assert "templates/empty.txt: " in out + err


def test_a_broken_letter_does_not_keep_the_one_named_beside_it_from_being_linted(shops: Shell) -> None:
    shops.write("templates/empty.txt", "")
    shops.write("templates/other.txt", "no header\n")
    code, out, _ = shops.run("lint", "templates/intro.txt", "templates/empty.txt", "--format", "json")
    found = json.loads(out)
    assert code == 1
    assert [each["file"] for each in found["letters"]] == ["templates/intro.txt"]
    files = {each["file"] for each in found["findings"] if each["code"] == "TPL001"}
    assert files == {"templates/empty.txt"}


def test_broken_settings_stop_every_lint(shops: Shell) -> None:
    settings = (shops.folder / "outreach.toml").read_text(encoding="utf-8")
    shops.write("outreach.toml", settings + '\n[lint]\ningore = ["SPM"]\n')
    code, out, err = shops.run("lint", "templates/intro.txt")
    assert (code, "ingore" in out + err) == (1, True)


def test_a_letter_is_mended_where_it_lies_whatever_else_is_broken(shops: Shell) -> None:
    path = shops.write(
        "templates/intro.txt", "Subject: Shelving!!\n\nHello {{ first_name }},\n\nwe make it.\n"
    )
    shops.write("templates/empty.txt", "")
    beside = shops.write("intro.txt", "a file of somebody else\n")
    inside = Shell(shops.folder / "templates", shops.capsys, shops.now)
    inside.run("lint", "--fix", "intro.txt")
    assert path.read_text(encoding="utf-8").startswith("Subject: Shelving!\n")
    assert beside.read_text(encoding="utf-8") == "a file of somebody else\n"


def test_people_are_not_passed_over_in_silence_beside_a_broken_file(shops: Shell) -> None:
    shops.write("templates/empty.txt", "")
    assert "People's letters are not judged" in " ".join(shops.run("lint", "shops")[1].split())


def test_broken_letters_and_campaigns_are_findings_and_the_others_are_linted(shops: Shell) -> None:
    shops.write("templates/broken.txt", BROKEN)
    shops.write("campaigns/other.toml", 'name = "C"\nsegmnt = "x"\n')
    shops.write("campaigns/third.toml", CAMPAIGN.replace('"intro"', '"broken"'))
    codes = found(shops)
    assert codes["templates/broken.txt"] == codes["campaigns/other.toml"] == {"TPL001"}
    assert "SPM103" in codes["templates/followup.txt"]
    code, out, _ = shops.run("lint")
    said = " ".join(out.split())
    assert code == 1
    assert "templates/broken.txt:3:" in said
    assert "Not judged, as they need a broken file: campaigns/third.toml." in said
    assert "IDN" not in said  # who sends is known: nothing is left unjudged for the want of that
    assert "templates/broken.txt:3:" in shops.run("lint", "--diff")[2]
    assert shops.run("lint", "third")[0] == 1
    assert "templates/broken.txt" in shops.run("lint", "third")[2]


def test_rules_of_ones_own_hold_beside_a_broken_letter(shops: Shell) -> None:
    main = (shops.folder / "outreach.toml").read_text()
    shops.write("outreach.toml", f'{main}\n[lint]\npacks = ["own.toml"]\n')
    shops.write("own.toml", OWN)
    shops.write("templates/broken.txt", BROKEN)
    _, out, err = shops.run("lint", "--format", "sarif")
    assert err == ""
    assert {"OWN101", "TPL001"} <= {each["ruleId"] for each in json.loads(out)["runs"][0]["results"]}
