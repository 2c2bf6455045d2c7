"""Every person's letter linted at the price of a few: what is found is what linting each letter finds."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outreach import template
from outreach.lint import Copy, Finding, Level, Linter, Report, linter
from outreach.lint.letters import copy_of
from outreach.lint.proof import Proof
from outreach.model import Rendered
from outreach.template import Letter, MissingFields, RenderError

# Where a plain value gives way to a neutral one, sums, sizes and shares may shift by a word, two of them to an
# error; and whether the letter says what is offered (STR402, SUB010) is not for a name to decide.
SUMS = frozenset(("SPM110", "FMT201"))
SHIFT = frozenset(("SPM110", "STR401", "STR403", "STR404", "FMT201", "FMT207", "OBF704", "STR402", "SUB010"))
ENGLISH = """\
Subject: {{ offer }} for {{ company }}

Hello {{ first_name }},

I am Paul Weston from Northwind Shelving in Leeds. We make {{ offer }} for shops and fit it overnight:
{{ company }} would open the next morning as usual, {{ city }} is near. Act {{ offer }} or click {{ city }}.

{% if note %}PS: {{ note }}{% endif %}
Would a price list of one page be useful?

Kind regards,
Paul Weston
Northwind Shelving Ltd
"""
LINK = "[{{ city }}](https://northwind.example) **{{ note }}**"
MARKDOWN = "Format: markdown\n" + ENGLISH.replace("Act {{ offer }}", LINK)
CHINESE = """\
Subject: {{ company }}的货架

{{ first_name }}您好：

我们为商店生产钢制货架，{{ company }}可以在一夜之间完成安装，{{ offer }}。请点击{{ city }}。

{{ note }}
您方便看一页价目表吗？
"""
LETTERS = {
    name: template.parse(f"templates/{name}.txt", text, {})
    for name, text in (("a.en", ENGLISH), ("b.en", MARKDOWN), ("c.zh", CHINESE), ("d.ru", ENGLISH))
}
PLAIN = (
    *("Anna", "Bread & Butter", "Leeds", "O'Neill", "Müller GmbH", "Иван", "海港商店", "40", "now", "free"),
    *("shelving", "St. John-Smith"),
)
SHOUT = "ACT NOW TODAY FRIENDS"
HOSTILE = (
    *("null", "N/A", "{{ company }}", "[Name]", "FREE", "BUY NOW", SHOUT, "now!!!", "?!"),
    *("risk free", "here", "https://bit.ly/x", "www.evil.example", "$$$", "100% free", "fr\u200bee"),
    *("cl1ck h3re", "аcme", "免费", "点击这里", "бесплатно", "\U0001f600", "a\u0301", "Dear friend"),
    *("x" * 70, "word " * 9, "f r e e", "Re: hello", "unsubscribe", "<b>bold</b>", "# head", "- item"),
    *("*|FNAME|*", "%name%"),
)
VALUE = st.sampled_from(PLAIN) | st.sampled_from(HOSTILE) | st.text(max_size=40)
PEOPLE = st.fixed_dictionaries(
    {"first_name": VALUE, "company": VALUE, "city": VALUE, "offer": VALUE, "note": VALUE | st.just("")}
)
PROOF = Proof(linter(()))


def written(letter: Letter, fields: dict[str, str]) -> Rendered | None:
    try:
        return template.render(letter, {name: value for name, value in fields.items() if value})
    except (MissingFields, RenderError):
        return None


def direct(rendered: Rendered, letter: Letter, *, first: bool) -> tuple[Finding, ...]:
    return linter(()).lint(copy_of(rendered, letter, first=first)).findings


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(LETTERS)), PEOPLE, st.booleans())
@example("a.en", {"first_name": "Anna", "company": "Leeds", "city": "here", "offer": "now", "note": ""}, True)
@example("a.en", {"first_name": SHOUT, "company": "$$$", "city": "$$$", "offer": SHOUT, "note": "Anna"}, True)
@example("a.en", {"first_name": "null", "company": "x", "city": "y", "offer": "z", "note": "BUY NOW"}, True)
def test_a_proof_finds_what_linting_the_letter_finds(name: str, person: dict[str, str], first: bool) -> None:
    letter = LETTERS[name]
    rendered = written(letter, person)
    if rendered is None:
        return
    found = PROOF.findings(rendered, letter, first=first)
    straight = direct(rendered, letter, first=first)
    assert {each.code for each in found} - SHIFT == {each.code for each in straight} - SHIFT
    errors = {each.code for each in straight if each.level is Level.ERROR} - SUMS
    assert errors <= {each.code for each in found if each.level is Level.ERROR}
    text = {"subject": rendered.content.subject or "", "text": rendered.content.text}
    for each in found:
        assert each.part == "html" or 0 <= each.start <= each.end <= len(text[each.part])


class Counting(Linter):
    """A linter that counts the letters it is given."""

    letters = 0

    def lint(self, copy: Copy) -> Report:
        self.letters += 1
        return super().lint(copy)


def test_letters_that_differ_in_plain_values_are_linted_once() -> None:
    counting = Counting()
    proof = Proof(counting)
    letter = LETTERS["a.en"]
    for name in ("Anna", "Robin", "O'Neill", "Jean-Luc", "Ann"):
        for city in ("York", "Bath", "Leeds", "St. Ives"):
            person = {"first_name": name, "company": f"{name} Ltd", "city": city, "offer": "oak", "note": ""}
            rendered = written(letter, person)
            assert rendered is not None
            proof.findings(rendered, letter)
    assert counting.letters == 1


def test_a_value_in_capitals_leaves_the_others_out_of_the_way() -> None:
    counting = Counting()
    proof = Proof(counting)
    letter = LETTERS["a.en"]
    for company in ("MAGNUM STORES", "Acme Ltd"):
        for name in ("Anna", "Robin", "Jean-Luc"):
            person = {"first_name": name, "company": company, "city": "York", "offer": "oak", "note": ""}
            rendered = written(letter, person)
            assert rendered is not None
            proof.findings(rendered, letter)
    assert counting.letters == 2


GREETING = "Hello {{ a }},\n\nWe make steel shelving. Would a list be useful?\n"
HELD = [
    *((GREETING, value) for value in ("Mr None", "None None", "null null", "NaN NaN")),
    *((GREETING, value) for value in ("undefined undefined", "XXX", "xxx", "lorem ipsum")),
    ("Привет, {{ a }}!\n\nМы делаем стеллажи. Вам интересно?\n", "XXX"),
    ("Hello,\n\nSee https://{{ a }}/x for steel shelves. Useful?\n", "10.0.0.1"),
    *(
        ("Hello [{{ a }}],\n\nWe make steel shelves. Useful?\n", value)
        for value in ("First Name", "company", "insert name", "object Object")
    ),
    ("Hello [your {{ a }} ],\n\nWe make steel shelves. Useful?\n", "company"),
    ("Hello [\n{{ a }} name],\n\nWe make steel shelves. Useful?\n", "first"),
]
PASSED = [
    *(
        ("Hello,\n\nWrite to %{{ a }}% today. We make steel shelves. Useful?\n", value)
        for value in ("O'Neil", "Smith & Co")
    ),
    *((GREETING, value) for value in ("Anna", "Acme LLC", "St. Ives", "J. Smith", "Nullarbor", "Ann None")),
]


def errors_of(body: str, value: str) -> tuple[set[str], set[str]]:
    """The errors of a proof, and those of the letter linted as it is."""
    letter = template.parse("templates/e.txt", "Subject: Steel shelving\n\n" + body, {})
    rendered = template.render(letter, {"a": value})
    straight = {each.code for each in direct(rendered, letter, first=True) if each.level is Level.ERROR}
    return {each.code for each in PROOF.findings(rendered, letter, errors=True)}, straight


@pytest.mark.parametrize(("body", "value"), HELD)
def test_a_value_that_makes_an_error_holds_the_letter(body: str, value: str) -> None:
    found, straight = errors_of(body, value)
    assert found == straight != set()


@pytest.mark.parametrize(("body", "value"), PASSED)
def test_a_neutral_word_makes_no_error_of_its_own(body: str, value: str) -> None:
    found, straight = errors_of(body, value)
    assert found == straight


def test_a_finding_in_a_value_stands_at_the_value() -> None:
    letter = LETTERS["a.en"]
    person = {"first_name": "{{ name }}", "company": "Acme", "city": "York", "offer": "oak", "note": ""}
    rendered = written(letter, person)
    assert rendered is not None
    (found,) = [each for each in PROOF.findings(rendered, letter) if each.code == "MRG601"]
    assert rendered.content.text[found.start : found.end] == "{{ name }}"
    assert (found.where.line, found.where.column) == (3, 7)
