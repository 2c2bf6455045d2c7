"""The first lines of a letter: an honest opening of any trade passes, one that says nothing does not."""

import pytest

from outreach.lint.copy import Copy
from outreach.lint.rules import structure
from tests.openings import EMPTY, FRAMES, HONEST


def introduces(opening: str, language: str) -> bool:
    """Whether a letter that begins so has no STR402."""
    copy = Copy("Shelving", FRAMES[language].format(opening), language=language)
    return "STR402" not in {each.code for each in structure.check(copy)}


@pytest.mark.parametrize("language", HONEST)
def test_an_honest_opening_of_any_trade_says_enough(language: str) -> None:
    assert [opening for opening in HONEST[language] if not introduces(opening, language)] == []


@pytest.mark.parametrize("language", EMPTY)
def test_an_opening_that_could_be_anybodys_is_found(language: str) -> None:
    assert [opening for opening in EMPTY[language] if introduces(opening, language)] == []
