"""The gate that no unresolved field passes."""

import pytest

from outreach.lint import Level, lint
from outreach.model import Content, Rendered


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
    (found,) = lint(Rendered(Content("Subject", text)))
    assert (found.code, found.level, found.part) == ("MRG101", Level.ERROR, "text")
    assert text[found.start : found.end] in found.message


@pytest.mark.parametrize(
    "text",
    [
        *("https://x.example/?q=a%20b%20c", "https://x.example/%D0%BF%D1%80", "?u=https%3A%2F%2Fx.example"),
        *("50% off and 20% more", "a < b > c", "[1]", "{ }", "$5", "100%"),
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert lint(Rendered(Content(text, text))) == []
