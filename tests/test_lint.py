"""The linter as a whole: what holds a letter, and that a good letter passes."""

import pytest

from outreach.lint import Copy, Level, lint


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Hello {{ name }},",
            "Hello {% if x %},",
            "Hello ${name},",
            "Hello <<name>>,",
            "Hello [First Name],",
        ),
        *("Hello %first_name%,", "Hello %address%,", "Hello %name%ed,", "your {company}"),
    ],
)
def test_a_field_that_was_not_filled_in_is_an_error(text: str) -> None:
    (found,) = [each for each in lint(Copy("Subject", text)).findings if each.code == "MRG601"]
    assert (found.level, found.part) == (Level.ERROR, "text")
    assert text[found.start : found.end] in found.message


@pytest.mark.parametrize(
    "text",
    [
        *("https://x.example/?q=a%20b%20c", "https://x.example/%D0%BF%D1%80", "?u=https%3A%2F%2Fx.example"),
        *("50% off and 20% more", "a < b > c", "[1]", "{ }", "$5", "100%"),
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert [each for each in lint(Copy(text, text)).findings if each.code == "MRG601"] == []


def test_a_letter_without_words_is_linted_too() -> None:
    for subject, text in ((None, ""), ("", " \n\n "), ("\ud800", "\u200b")):
        report = lint(Copy(subject, text))
        assert (report.words, report.spam < 50) == (0, True)
