"""Letters: every mistake in a file is told at once, with its place and what to write instead."""

import pytest

from outreach.errors import InputError
from outreach.template import parse, render

PARTIALS = {"_signature.txt": "Ann Lee\n"}


def problems(source: str) -> list[str]:
    """`line:column message` of everything wrong with a letter."""
    with pytest.raises(InputError) as caught:
        parse("a.txt", source, PARTIALS)
    assert all(each.hint for each in caught.value.problems)
    return [f"{each.where.line}:{each.where.column} {each.message}" for each in caught.value.problems]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Subjct: x\n\nHi", "1:1 unknown header `Subjct`, did you mean `Subject`?"),
        ("Format: markdwn\n\nHi", "1:9 unknown format `markdwn`, did you mean `markdown`?"),
        ("Subject: a\nsubject: b\n\nHi", "2:1 `Subject:` is there twice"),
        ("Subject:\n\nHi", "1:9 the subject is empty"),
        ("Subject: a\tb\n\nHi", "1:10 the subject holds a tab"),
        ("Hello\n\nHi", "1:1 `Hello` is not a header line `Key: value`"),
        ("Subject: x\n", "0:0 the letter has no body"),
        ("\nHi\x07", "2:3 character U+0007 cannot be in a letter"),
        ("\nHi \U000f0000", "2:4 character U+F0000 cannot be in a letter"),
    ],
)
def test_header_and_characters(source: str, expected: str) -> None:
    assert problems(source) == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Hi {{ name", "2:7 unexpected end of template, expected '}}'."),
        ("Hi {{ a b }}", "2:9 expected token '}}', got 'b'"),
        ("Hi {{ ? }}", "2:7 unexpected char '?' at 6"),
        ("Hi\n  {% if a %}", "3:3 this {% if %} has no {% endif %}"),
        ("{% endif %}", "2:1 there is no {% if %} for this {% endif %}"),
        ("{% for a in b %}x{% endfor %}", "2:1 letters have no {% for %}"),
        ("{% set a = 1 %}", "2:1 letters have no {% set %}"),
        ("{% macro a() %}x{% endmacro %}", "2:1 letters have no {% macro %}"),
        ("{% import 'x' as y %}", "2:1 letters have no {% import %}"),
        ("{% print a %}", "2:1 letters have no {% print %}"),
        ("{% inclde 'x' %}", "2:1 letters have no {% inclde %}, did you mean `include`?"),
        ("{{ a | uper }}", "2:8 unknown filter `uper`, did you mean `upper`?"),
        ("{{ a | replace('x') }}", "2:8 `replace` takes 2 values in brackets"),
        ("{{ a | upper | default('x') }}", "2:16 `default` comes first"),
        ("{{ a.upper() }}", "2:5 `.upper` is not available in letters"),
        ("{{ a.__class__ }}", "2:5 a field has no parts"),
        ("{{ a['x'] }}", "2:5 a field has no parts"),
        ("{{ range(10**9) }}", "2:9 a letter cannot call anything"),
        ("{{ a ~ b }}", "2:4 `~` is not available in letters"),
        ("{{ 'a' * 10 }}", "2:4 arithmetic is not available in letters"),
        ("{{ '%9d' % 1 }}", "2:4 arithmetic is not available in letters"),
        ("{{ none }}", "2:4 letters have no `none`"),
        ("{{ a == b }}", "2:4 a yes/no is not text"),
        ("{{ ['a'] }}", "2:4 a list is not text"),
        ("{{ a if b }}", "2:4 this `if` has no `else`"),
        ("{% if a is none %}x{% endif %}", "2:9 `is none` is not available in letters"),
        ("{{ self }}", "2:4 `self` cannot be a field's name"),
        ("{{ \ufb01 }}{{ fi }}", "2:4 `\ufb01` cannot be a field's name"),
        ("{{ '\\x00' }}", "2:4 character U+0000 cannot be in a letter"),
        ("{% include '_sgnature.txt' %}", "2:4 there is no `_sgnature.txt` beside this letter"),
        ("{% include 'a.txt' %}", "2:4 `a.txt` is not the name of a partial"),
        ("{% include '_../x.txt' %}", "2:4 `_../x.txt` is not the name of a partial"),
        ("{% include a %}", "2:4 an include names one file, nothing more"),
        ("{% include '_x.txt' ignore missing %}", "2:4 an include names one file, nothing more"),
    ],
)
def test_body(body: str, expected: str) -> None:
    (found,) = problems("\n" + body)
    assert found.startswith(expected)


def test_what_to_write_instead_of_a_method() -> None:
    with pytest.raises(InputError) as caught:
        parse("a.txt", "\n{{ first_name.upper() }}", {})
    assert caught.value.problems[0].hint == "write {{ first_name | upper }}"


def test_all_problems_of_all_files_come_at_once() -> None:
    source = (
        "Subject: {{ a.b }}{% include '_bad.txt' %}\n\n{{ 1 + 1 }} {{ c | nope }}\n{% include '_bad.txt' %}"
    )
    with pytest.raises(InputError) as caught:
        parse("templates/a.txt", source, {"_bad.txt": "ok\n  {{ d() }}"})
    assert [str(each.where) for each in caught.value.problems] == [
        "templates/_bad.txt:2:7",
        "templates/a.txt:1:14",
        "templates/a.txt:1:22",
        "templates/a.txt:3:4",
        "templates/a.txt:3:20",
    ]


def test_partials_may_not_go_in_circles() -> None:
    partials = {"_a.txt": "{% include '_b.txt' %}", "_b.txt": "{% include '_a.txt' %}"}
    with pytest.raises(InputError, match=r"_b\.txt:1:4: includes go too deep: _a.txt -> _b.txt -> _a.txt"):
        parse("a.txt", "\n{% include '_a.txt' %}", partials)


@pytest.mark.parametrize(
    "source", ["\ufeffSubject: Hi\r\n\r\nHello\r\n{{ a }}\r\n", "Subject: Hi\r\rHello\r{{ a }}"]
)
def test_line_ends_and_byte_order_marks_of_any_editor(source: str) -> None:
    content = render(parse("a.txt", source, {}), {"a": "x"}).content
    assert (content.subject, content.text) == ("Hi", "Hello\nx\n")
