"""Phrases and rules of one's own: packs of the workspace, and plugins of installed packages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from outreach.errors import Problem
from outreach.lint import Copy, Level, Linter
from outreach.lint.own import Own, read
from tests.cli import Shell

PHRASES = """\
language = "en"
code = "SPM103"

[[phrase]]
match = ["harbour special"]
bad = ["Ask for the harbour special today."]
rewrite = "the price list"
"""
RULE = """\
language = "en"
code = "OWN101"

[rule]
name = "old-product-name"
level = "error"
finds = "the old name of our product"
why = "It was renamed in spring."
source = "our brand book"
fix = "write Harbour Rack"

[[phrase]]
match = ["dock rack", "dock racking"]
rewrite = "Harbour Rack"
bad = ["The Dock Rack holds 230 kg."]
good = ["The rack at the dock holds 230 kg."]
"""


def own(*packs: str) -> tuple[Own, list[Problem]]:
    return read([(f"packs/{number}.toml", text) for number, text in enumerate(packs)])


def codes(*packs: str, text: str) -> dict[str, tuple[Level, str]]:
    """Code -> (level, rewrite) of what is found with these packs."""
    made, problems = own(*packs)
    assert problems == []
    return {
        each.code: (each.level, each.rewrite)
        for each in Linter(made).lint(Copy("Shelving", text, language="en")).findings
    }


def test_phrases_of_ones_own_are_found_by_a_built_in_rule() -> None:
    text = "Hello Anna,\n\nour harbour specials are in.\n"
    assert codes(PHRASES, text=text)["SPM103"][1] == "the price list"
    assert "SPM103" not in codes(text=text)


def test_a_rule_of_ones_own_finds_its_phrases_at_its_level() -> None:
    found = codes(PHRASES, RULE, text="Hello Anna,\n\nthe Dock Racks are in.\n")
    assert found["OWN101"] == (Level.ERROR, "Harbour Rack")
    assert "OWN101" not in codes(RULE, text="Hello Anna,\n\nthe rack at the dock is in.\n")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[[phrase]]", "[[phrase", "packs/0.toml:12: is not TOML"),
        ('code = "OWN101"', 'code = "SPM101"', "packs/0.toml: 'SPM101' cannot be the code"),
        ('code = "OWN101"', 'code = "OWN1"', "packs/0.toml: 'OWN1' cannot be the code"),
        ('code = "OWN101"', 'code = ["x"]', "packs/0.toml: \"['x']\" cannot be the code"),
        (
            'name = "old-product-name"',
            'nane = "x"',
            "packs/0.toml: unknown key `nane` in [rule], did you mean",
        ),
        ('why = "It was renamed in spring."', "", "packs/0.toml: [rule] lacks `why`"),
        ('level = "error"', 'level = "fatal"', "packs/0.toml: no level 'fatal'"),
        ('level = "error"', "level = []", "packs/0.toml: no level []"),
        ('rewrite = "Harbour Rack"', 'rewrit = "x"', "packs/0.toml:12: unknown key `rewrit`, did you mean"),
        ('"dock racking"', '"dock"', "packs/0.toml:12: `dock` is too short"),
        ("The Dock Rack holds", "The Rack holds", "packs/0.toml:12: en/own101/dock rack is not found"),
        (
            "The rack at the dock holds",
            "The dock rack holds",
            "packs/0.toml:12: en/own101/dock rack is found",
        ),
        ('match = ["dock rack", "dock racking"]', "", "packs/0.toml:12: no wording to find"),
        ('bad = ["The Dock Rack holds 230 kg."]', "", "packs/0.toml:12: no sentence in which it is found"),
        ('language = "en"', 'language = "xx"', "packs/0.toml"),
        ('language = "en"', 'language = "en"\nlanguag = "en"', "packs/0.toml: unknown key `languag`"),
    ],
)
def test_what_is_wrong_with_a_pack_is_told_with_its_place(old: str, new: str, problem: str) -> None:
    assert RULE.count(old) == 1
    _, problems = own(RULE.replace(old, new))
    assert any(str(each).startswith(problem) for each in problems), problems


def test_a_rule_that_is_no_table_and_a_pack_nested_too_deep_are_told() -> None:
    for text, said in (
        ('rule = 5\ncode = "OWN101"\n', "`rule` is no table"),
        ("a = " + "[" * 9000, "packs/0"),
    ):
        _, problems = own(text)
        assert said in str(problems[0])


def test_a_code_belongs_to_one_pack_and_a_phrase_stands_once() -> None:
    _, problems = own(RULE, RULE)
    assert any("packs/1.toml: 'OWN101' cannot be the code" in str(each) for each in problems)
    _, problems = own(PHRASES, PHRASES)
    assert any("says the same as a phrase of packs/0.toml:4" in str(each) for each in problems)


@pytest.fixture
def shops(shell: Shell) -> Shell:
    """A workspace with a pack of its own and a letter that has its phrase."""
    shell.fill()
    shell.write("packs/ours.toml", RULE)
    main = (shell.folder / "outreach.toml").read_text()
    shell.write("outreach.toml", f'{main}\n[lint]\npacks = ["packs/ours.toml"]\n')
    shell.write("templates/followup.txt", "\nHello {{ first_name }},\n\nthe dock racks are in.\n")
    return shell


def test_a_workspaces_pack_is_used_by_lint_and_by_a_launch(shops: Shell) -> None:
    code, out, _ = shops.run("lint", "followup", "--select", "OWN")
    assert code == 1
    assert "templates/followup.txt:4:5: error OWN101 'dock racks' is old product name" in out
    assert "write: Harbour Rack" in out
    shops.ok("prospects", "import", "prospects.csv")
    assert "OWN101" in shops.run("launch", "shops", "--yes")[2]
    shops.ok("launch", "shops", "--yes", "--accept", "OWN101", "--reason", "it is the old rack")
    assert shops.run("lint", "--format", "sarif", "--select", "OWN")[0] == 1


def test_a_pack_with_problems_stops_the_program_with_all_of_them(shops: Shell) -> None:
    shops.write("packs/ours.toml", RULE.replace("[[phrase]]", "[[phrase]]\nrewrit = 1").replace("why", "wy"))
    code, _, err = shops.run("lint")
    assert code == 1
    assert "packs/ours.toml: [rule] lacks `why`" in err


@pytest.mark.parametrize("name", ["packs/none.toml", "../ours.toml", "/etc/passwd"])
def test_a_pack_that_is_not_in_the_workspace_is_refused_at_its_place(shops: Shell, name: str) -> None:
    main = (shops.folder / "outreach.toml").read_text().replace("packs/ours.toml", name)
    shops.write("outreach.toml", main)
    code, _, err = shops.run("lint")
    assert code == 1
    assert f"outreach.toml:{main.count(chr(10))}:10: there is no file {name}" in err


PLUGIN = '''\
"""Rules of a package of one's own."""

from outreach.lint import Level, Rule

SAYS = dict.fromkeys(("finds", "why", "source", "fix"), "a leek") | {"bad": {"text": "leek"}, "good": {}}
LEEK = Rule("VEG101", "leek", Level.ERROR, document=SAYS)
RULES = (LEEK,)


def check(copy):
    place = copy.text.find("leek")
    if place >= 0:
        yield LEEK.found("a leek", "text", place, place + 4, fix="onion")
'''


def plugged(folder: Path, code: str) -> None:
    """An installed package with an entry point, as pip leaves it, and a letter."""
    folder.joinpath("veg.py").write_text(code)
    info = folder / "veg-1.0.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: veg\nVersion: 1.0\n")
    info.joinpath("entry_points.txt").write_text("[outreach.lint]\nveg = veg\n")
    folder.joinpath("letter.txt").write_text("Subject: Food\n\nHello Anna,\n\nwe sell leeks.\n")


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """The program in a folder, with what is installed there."""
    paths = os.pathsep.join(map(str, (folder, Path(__file__).parent.parent)))
    command = [sys.executable, "-m", "outreach", *args]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True
    )


def test_a_plugins_rules_are_found_shown_and_mended(tmp_path: Path) -> None:
    plugged(tmp_path, PLUGIN)
    done = run(tmp_path, "lint", "letter.txt", "--select", "VEG")
    assert done.returncode == 1, done.stderr
    assert "letter.txt:5:9: error VEG101 a leek\n" in done.stdout
    assert run(tmp_path, "rule", "VEG101").stdout.startswith("VEG101 leek (error)")
    assert '"id": "VEG101"' in run(tmp_path, "lint", "letter.txt", "--format", "sarif").stdout
    assert "Mended: letter.txt" in run(tmp_path, "lint", "letter.txt", "--fix").stdout
    assert tmp_path.joinpath("letter.txt").read_text().endswith("we sell onions.\n")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import nowhere", "the linter's plugin veg (veg) cannot be loaded: No module named 'nowhere'"),
        ("RULES = ()", "there are no RULES or no check of the linter's plugin veg"),
        (
            PLUGIN.replace("VEG101", "SPM103"),
            "there is another rule SPM103 beside that of the linter's plugin veg",
        ),
        (
            PLUGIN.replace(", document=SAYS", ""),
            "a document is lacking for rule VEG101 of the linter's plugin veg",
        ),
    ],
)
def test_a_plugin_that_is_none_is_told_without_a_traceback(tmp_path: Path, code: str, said: str) -> None:
    plugged(tmp_path, code)
    done = run(tmp_path, "lint", "letter.txt")
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_plugin_that_fails_on_a_letter_is_told_without_a_traceback(tmp_path: Path) -> None:
    plugged(tmp_path, PLUGIN.replace('place = copy.text.find("leek")', "place = 1 // 0"))
    done = run(tmp_path, "lint", "letter.txt")
    assert done.returncode == 1
    assert "the linter's plugin veg failed: ZeroDivisionError" in done.stderr
    assert "Traceback" not in done.stderr
