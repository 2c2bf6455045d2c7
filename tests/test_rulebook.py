"""docs/rules.md says what the rules say."""

from outreach.lint import RULES
from tests.rulebook import DOCUMENT, document


def test_the_page_is_that_of_the_rules() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run python -m tests.rulebook"


def test_the_page_has_every_rule_once() -> None:
    page = document()
    assert {code: page.count(f"### {code} ") for code in RULES} == dict.fromkeys(RULES, 1)
