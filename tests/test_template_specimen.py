"""A letter without a reader: every branch of it is seen once."""

from outreach import template
from outreach.model import Rendered

NESTED = """\
Subject: Hello{% if city %} in {{ city }}{% endif %}

{% if a %}A{% if b %}B{% else %}C{% endif %}{% elif c %}D{% else %}E{% endif %}
 of {{ company | default("x") }} today
"""


def specimens(text: str, file: str = "templates/a.txt") -> list[Rendered]:
    return list(template.specimens(template.parse(file, text, {}), lambda expression: f"<{expression}>"))


def test_every_branch_is_in_some_specimen_and_the_first_has_all_conditions_true() -> None:
    found = specimens(NESTED)
    assert (found[0].content.subject, found[0].content.text.split()[0]) == ("Hello in <city>", "AB")
    assert {each.content.text.split()[0] for each in found} == {"AB", "AC", "D", "E"}
    assert {each.content.subject for each in found} == {"Hello in <city>", "Hello"}


def test_an_expression_stands_as_its_specimen_and_is_mapped_to_its_place() -> None:
    (first, *_) = specimens(NESTED)
    span = next(each for each in first.text_map if each.field)
    assert first.content.text[span.start : span.end] == '<company | default("x")>'
    assert (span.line, span.column) == (4, 5)


def test_nothing_is_computed_so_that_no_value_can_be_of_the_wrong_type() -> None:
    (only,) = specimens("Subject: x\n\n{{ employees | round }} and {{ since | date('%Y') }}\n")
    assert only.content.text == "<employees | round> and <since | date('%Y')>\n"


def test_a_value_that_is_a_link_is_a_web_address() -> None:
    (only,) = specimens("Subject: x\nFormat: markdown\n\nSee [our list]({{ page }}) now\n")
    assert "https://specimen.example/" in only.content.text
    assert 'href="https://specimen.example/"' in (only.content.html or "")


def test_branches_beyond_the_fortieth_are_left_to_the_people_who_take_them() -> None:
    many = "Subject: x\n\nword " + "".join(
        f"{{% if f{n} %}}{n}{{% else %}}-{{% endif %}}" for n in range(100)
    )
    assert len(specimens(many + "\n")) == 40


def test_a_letter_that_is_empty_where_all_conditions_fail_has_no_such_specimen() -> None:
    assert len(specimens("Subject: x\n\n{% if a %}words{% endif %}\n")) == 1
