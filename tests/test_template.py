"""Letters: what a file may say, which fields it needs, and what a person gets."""

from collections.abc import Mapping
from datetime import date

import pytest

from outreach.errors import InputError, Where
from outreach.model import Value
from outreach.template import Letter, MissingFields, RenderError, check_fields, missing, parse, render

INTRO = """\
Subject: Shelving for {{ company }}{% if city %} in {{ city }}{% endif %}

Hello {{ first_name | default("there") }},

we fit shelves overnight.
{% if city %}
  We are often in {{ city }}.
{% endif %}

{% include "_signature.txt" %}
"""
PARTIALS = {"_signature.txt": "Ann Lee\n", "_signature.de.txt": "Ihre Ann Lee\n"}


def letter(body: str, file: str = "templates/a.txt", partials: Mapping[str, str] = PARTIALS) -> Letter:
    """A letter without headers and with this body."""
    return parse(file, "\n" + body, partials)


def text(body: str, **fields: Value) -> str:
    """What a person with these fields reads, but for the last newline."""
    return render(letter(body), fields).content.text.removesuffix("\n")


def problems(source: str, file: str = "a.txt", partials: Mapping[str, str] = PARTIALS) -> list[str]:
    """`line:column message` of everything wrong with a letter."""
    with pytest.raises(InputError) as caught:
        parse(file, source, partials)
    assert all(each.hint for each in caught.value.problems)
    return [f"{each.where.line}:{each.where.column} {each.message}" for each in caught.value.problems]


def test_a_person_with_every_field_gets_the_whole_letter() -> None:
    content = render(
        parse("a.txt", INTRO, PARTIALS), {"company": "Acme", "city": "Leeds", "first_name": "Bob"}
    ).content
    assert content.subject == "Shelving for Acme in Leeds"
    assert content.text == ("Hello Bob,\n\nwe fit shelves overnight.\n  We are often in Leeds.\n\nAnn Lee\n")
    assert content.html is None


def test_lines_of_conditions_leave_no_blank_lines() -> None:
    content = render(parse("a.txt", INTRO, PARTIALS), {"company": "Acme"}).content
    assert content.subject == "Shelving for Acme"
    assert content.text == "Hello there,\n\nwe fit shelves overnight.\n\nAnn Lee\n"


def test_the_file_name_says_stem_and_language() -> None:
    assert (letter("Hi").stem, letter("Hi").language) == ("a", "")
    german = letter('Hi\n{% include "_signature.txt" %}', "templates/retail-intro.de.txt")
    assert (german.stem, german.language) == ("retail-intro", "de")
    assert german.partials == (("_signature.de.txt", "Ihre Ann Lee\n"),)
    assert render(german, {}).content.text == "Hi\nIhre Ann Lee\n"
    assert letter("Hi", "a.pt-BR.txt").language == "pt-br"
    assert problems("\nHi", "a b.txt") == ["0:0 this is not the name of a letter"]


def test_a_regional_letter_takes_the_partial_of_its_language() -> None:
    austrian = letter('{% include "_signature.txt" %}', "a.de-AT.txt")
    assert render(austrian, {}).content.text == "Ihre Ann Lee\n"
    french = letter('{% include "_signature.txt" %}', "a.fr.txt")
    assert render(french, {}).content.text == "Ann Lee\n"


def test_a_letter_can_be_made_again_from_its_source_and_partials() -> None:
    first = parse("a.txt", INTRO, PARTIALS)
    assert parse(first.file, first.source, dict(first.partials)) == first


def test_no_subject_means_the_same_thread() -> None:
    follow_up = letter("Hello again")
    assert not follow_up.has_subject
    assert render(follow_up, {}).content.subject is None


@pytest.mark.parametrize(
    ("body", "required", "optional"),
    [
        ("{{ a }}", "a", ""),
        ("{{ a | upper }}", "a", ""),
        ("{{ a | default('x') }}", "", "a"),
        ("{{ a | default(b) }}", "b", "a"),
        ("{{ a | default(b | default('x')) | upper }}", "", "ab"),
        ("{{ a or b }}", "b", "a"),
        ("{{ a and b }}", "ab", ""),
        ("{{ a or 'x' }}", "", "a"),
        ("{{ a if a else 'x' }}", "", "a"),
        ("{% if a %}{{ a }}{% endif %}", "", "a"),
        ("{% if a %}{{ a }}{% endif %}{{ a }}", "a", ""),
        ("{% if a %}x{% else %}{{ a }}{% endif %}", "a", ""),
        ("{% if not a %}x{% else %}{{ a }}{% endif %}", "", "a"),
        ("{% if a is defined %}{{ a }}{% endif %}", "", "a"),
        ("{% if a is undefined %}x{% elif b %}{{ a }}{{ b }}{% endif %}", "", "ab"),
        ("{% if a and b %}{{ a }}{{ b }}{% endif %}", "", "ab"),
        ("{% if a or b %}{{ a }}{% endif %}", "a", "b"),
        ("{% if a == 'x' %}x{% endif %}", "a", ""),
        ("{% if a and a == 'x' %}x{% endif %}", "", "a"),
        ("{% if a in [b, 'x'] %}x{% endif %}", "ab", ""),
        ("{% if a %}{% include '_b.txt' %}{% endif %}", "", "a"),
        ("{% include '_b.txt' %}", "a", ""),
        ("{# {{ a }} #}{% raw %}{{ a }}{% endraw %}", "", ""),
    ],
)
def test_the_fields_a_letter_needs_are_known_before_rendering(
    body: str, required: str, optional: str
) -> None:
    found = letter("Hi " + body, partials={"_b.txt": "{{ a }}"})
    assert found.required == set(required)
    assert found.optional == set(optional)
    assert missing(found, {}) == tuple(sorted(required))
    render(found, dict.fromkeys(required, "x"))  # what is optional may be missing


def test_blank_is_missing() -> None:
    found = letter("{{ name }}, {{ title | default('friend') }}")
    assert missing(found, {"name": " \t", "title": ""}) == ("name",)
    with pytest.raises(MissingFields) as caught:
        render(found, {"name": "", "title": "Dr"})
    assert caught.value.names == ("name",)
    assert render(found, {"name": "Bob", "title": " "}).content.text == "Bob, friend\n"


def test_zero_and_no_are_not_missing() -> None:
    assert text("{{ n }}{% if vip is defined %} known{% endif %}", n=0, vip=False) == "0 known"


@pytest.mark.parametrize(
    ("expression", "value", "shown"),
    [
        ("v", 20.0, "20"),
        ("v", 0.1, "0.1"),
        ("v", 1e22, "10000000000000000000000"),
        ("v", -3, "-3"),
        ("v", date(2026, 3, 5), "2026-03-05"),
        ("v | date('%d.%m.%Y')", date(2026, 3, 5), "05.03.2026"),
        ("v | date('%-d/%-m/%y 100%%')", date(2026, 3, 5), "5/3/26 100%"),
        ("v | upper", "straße", "STRASSE"),
        ("v | lower", "ACME", "acme"),
        ("v | title", "o'brien van der berg", "O'brien Van Der Berg"),
        ("v | capitalize", "retail", "Retail"),
        ("v | trim", " x ", "x"),
        ("v | replace(' Ltd', '')", "Acme Ltd", "Acme"),
        ("v | first", "Bob", "B"),
        ("v | last", "Bob", "b"),
        ("v | length", "Bob", "3"),
        ("v | round", 12.6, "13"),
        ("v | round(1)", "12.66", "12.7"),
        ("v | int", 12.6, "12"),
        ("'big' if v >= 20 else 'small'", 20, "big"),
        ("'at home' if v in ['GB', 'IE'] else 'abroad'", "IE", "at home"),
    ],
)
def test_how_values_are_shown(expression: str, value: Value, shown: str) -> None:
    assert text(f"{{{{ {expression} }}}}", v=value) == shown


@pytest.mark.parametrize(
    ("body", "value", "column", "reason"),
    [
        ("Hi {{ v }}", True, 4, "a yes/no value is not text"),
        ("Hi {{ v }}", float("nan"), 4, "NaN is not a number"),
        ("Hi {{ v | round }}", "many", 11, "`round` needs a number, not 'many'"),
        ("Hi {{ v | date('%d') }}", "soon", 11, "`date` needs a date, not 'soon'"),
        ("Hi {{ v | date('%B') }}", date(2026, 3, 5), 11, "not %B"),
        ("Hi {{ v }}", "a\x00b", 4, "the character U+0000"),
        ("Hi {{ v }}", "a\r\nb", 4, "the character U+000D"),
        ("Hi {% if v > 20 %}x{% endif %}", "20", 7, "cannot be compared"),
        ("Hi {{ v | replace('', 'x') }}", "abc", 11, "needs a text to look for"),
    ],
)
def test_a_value_that_cannot_stand_there_names_the_place(
    body: str, value: Value, column: int, reason: str
) -> None:
    with pytest.raises(RenderError, match=r"^templates/a\.txt:2:") as caught:
        text(body, v=value)
    assert reason in caught.value.reason
    assert caught.value.where == Where("templates/a.txt", 2, column)


@pytest.mark.parametrize("value", ["a\nBcc: eve@evil.example", "a\tb", "a\u2028b", "a\x85b"])
def test_a_subject_stays_one_line(value: str) -> None:
    with pytest.raises(RenderError, match=r"a\.txt:1:13"):
        render(parse("a.txt", "Subject: Hi {{ v }}\n\nHello", {}), {"v": value})


def test_an_empty_result_is_an_error_not_a_blank_letter() -> None:
    with pytest.raises(RenderError, match="letter is empty"):
        text("{% if a %}{{ a }}{% endif %}")
    with pytest.raises(RenderError, match="subject is empty"):
        render(parse("a.txt", "Subject: {{ a or '' }}\n\nHello", {}), {})


def test_unknown_fields_are_named_with_their_place_and_the_nearest() -> None:
    source = "Subject: {{ compny }}\n\nHi {{ first_name }},\n{% include '_s.txt' %}"
    found = check_fields(
        parse("templates/a.txt", source, {"_s.txt": "{{ xyz }}\n"}), {"company", "first_name"}
    )
    assert [str(each).splitlines()[0] for each in found] == [
        "templates/_s.txt:1:4: unknown field `xyz`",
        "templates/a.txt:1:13: unknown field `compny`, did you mean `company`?",
    ]


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("Yours{% if x %} truly{% endif %}\n\nNext.", "Yours\n\nNext."),
        ("{% if not x %}In short.{% endif %}\nNext.", "In short.\nNext."),
        ("{{ name }}{# the first #}\nNext.", "Bob\nNext."),
        ("{% if not x %}\nA line.\n{% endif %}\nNext.", "A line.\nNext."),
        ("Joined{% if x %}{% endif -%}\nat will.", "Joinedat will."),
    ],
)
def test_a_line_ends_where_it_has_words_before_its_last_tag(body: str, read: str) -> None:
    """A line of tags alone leaves no line; one with words must not run into the next paragraph."""
    assert text(body, name="Bob") == read
