"""Every rule says what it finds, why, by what source and what to do, and its two examples prove it."""

import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from outreach.lint import Copy, Level, lint
from outreach.lint.rule import documented
from outreach.lint.rules import FAMILIES, RULES, files
from outreach.model import Mailbox, Sender
from tests import linting

DOCUMENTS = Path(__file__).parent.parent / "outreach" / "packs" / "rules"
TEXTS = ("finds", "why", "source", "fix")

# An example gives what differs from this letter. `times` says how often its HTML stands in a row.
BASE: dict[str, Any] = {
    "subject": "Shelving for Bread & Butter in York",
    "text": """\
Hello Anna,

I am Paul Weston from Northwind Shelving in Leeds. We make steel shelving for food shops and fit it
overnight: your shop in York would open the next morning as usual.

Most shops begin with one aisle and decide about the rest after a month. Spare parts stay in stock for
ten years, and a bay costs the same in every width.

Would a price list of one page be useful?

Kind regards,
Paul Weston
Northwind Shelving Ltd
12 Mill Lane, Leeds LS1 4AB, United Kingdom
+44 113 496 0100, paul@northwind.example

Not interested? Reply with the word STOP and I will not write again.
""",
    "language": "en",
}


def letter(example: Mapping[str, Any]) -> Copy:
    """The base letter, changed as an example says. Its closing is its text, `sender` and `mailbox` are tables."""
    given = {**BASE, **example}
    if "html" in given:
        given["html"] *= given.pop("times", 1)
    for key, kind in (("sender", Sender), ("mailbox", Mailbox)):
        if key in given:
            given[key] = kind(**given[key])
    return Copy(closing=given.pop("closing", given["text"]), **given)


def codes(example: Mapping[str, Any]) -> set[str]:
    """The codes of all that is found in an example: a `template`, the `steps` of a campaign, or a letter."""
    if "template" in example:
        found = linting.letter(example["template"])
    elif "steps" in example:
        found = linting.sequence(*map(tuple, example["steps"]))
    else:
        found = [*lint(letter(example)).findings]
    return {finding.code for finding in found}


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_says_what_why_by_whom_and_what_to_do(code: str) -> None:
    document = documented(RULES[code])
    assert set(document) == {*TEXTS, "bad", "good"}
    assert all(isinstance(document[key], str) and document[key].strip() for key in TEXTS)
    assert document["bad"]
    assert document["good"]


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_finds_its_bad_example(code: str) -> None:
    assert code in codes(documented(RULES[code])["bad"])


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_lets_its_good_example_be(code: str) -> None:
    assert code not in codes(documented(RULES[code])["good"])


def test_no_rule_objects_to_a_good_letter() -> None:
    assert codes({}) == set()


def test_every_document_has_a_rule() -> None:
    tables = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in DOCUMENTS.glob("*.toml")}
    assert {code for table in tables.values() for code in table} == set(RULES)
    assert all(code[:3].lower() == stem for stem, table in tables.items() for code in table)


def test_codes_and_names_are_unique() -> None:
    rules = [*(rule for family in FAMILIES for rule in family.RULES), *files.RULES]
    for key in ("code", "name"):
        twice = [value for value, count in Counter(getattr(rule, key) for rule in rules).items() if count > 1]
        assert twice == []


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_is_named_in_words_and_numbered_in_its_family(code: str) -> None:
    rule = RULES[code]
    assert rule.code == code
    assert len(code) == 6
    assert rule.family.isupper()
    assert code[3:].isdigit()
    assert all(word.isascii() and word.isalnum() and word.islower() for word in rule.name.split("-"))


def test_no_rule_alone_makes_an_error_of_the_letter() -> None:
    heavy = [rule.code for rule in RULES.values() if rule.points >= 7]
    assert heavy == []


def test_what_law_or_transport_forbids_is_an_error() -> None:
    assert all(rule.level is Level.ERROR for rule in RULES.values() if rule.gate)
