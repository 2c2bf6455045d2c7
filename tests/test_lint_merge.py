"""No letter leaves with a field unfilled or a value missing; ordinary sentences, code and links are neither."""

import json
from pathlib import Path

import pytest

from outreach.lint.copy import Copy
from outreach.lint.finding import Level
from outreach.lint.rules.merge import check


def codes(text: str, subject: str | None = "Shelving", language: str = "") -> list[str]:
    return [finding.code for finding in check(Copy(subject, text, language=language))]


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
        *(
            "Hello %first_name%,",
            "Hello %address%,",
            "Hello %name%ed,",
            "your {company}",
            "Hello {first_name},",
        ),
        *(
            "Dear [Your Name]",
            "Dear [insert name here],",
            "Hi *|FNAME|*,",
            "Hi <First Name>,",
            "Hi #FIRST_NAME#,",
        ),
        *("Hello {Anna|Tom},", "Привет, [Имя]!", "尊敬的【姓名】：", "Hallo [Vorname],", "Dear XXX,"),
        *("we work in [City] [Company Name]", "Lorem ipsum dolor sit amet", "Hi [[first name]],"),
    ],
)
def test_a_field_that_was_not_filled_in_is_an_error(text: str) -> None:
    found = list(check(Copy("Shelving", text + "\n\nwe make shelving.")))
    assert {(each.code, each.level, each.part) for each in found} == {("MRG601", Level.ERROR, "text")}
    assert found[0].end <= len(text)


def test_the_subject_is_read_too() -> None:
    assert codes("Hello Anna,\n\nwe make shelving.", "Shelving for {{ company }}") == ["MRG601"]
    assert codes("Hello Anna,\n\nwe make shelving.", "None: shelving") == ["MRG602"]


@pytest.mark.parametrize(
    "text",
    [
        *("https://x.example/?q=a%20b%20c", "https://x.example/%D0%BF%D1%80", "?u=https%3A%2F%2Fx.example"),
        *(
            "50% off and 20% more",
            "a < b > c",
            "[1]",
            "{ }",
            "$5",
            "100%",
            "100%off% and 15%sale%",
            "see https://x.example/{id}/%user%",
        ),
        *(
            "as he said [sic], [the] city",
            "<b>name</b>",
            "if (x) { return y; }",
            "rate #1 and #2",
            "\\frac{a}{b}",
        ),
        *("C:\\ and %PATH%", "write `{name}` in code", "[link] [image]"),
    ],
)
def test_what_only_looks_like_a_field_is_none(text: str) -> None:
    assert codes(text, text) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Hi None,\n\nwe make shelving."),
        ("en", "Dear null,\n\nwe make shelving."),
        ("en", "Dear ,\n\nwe make shelving."),
        ("en", "Dear  Mr. ,\n\nwe make shelving."),
        ("en", "Hello Anna,\n\nwe work for None, and would like to work for you."),
        ("en", "Hello Anna,\n\nwe saw the shops in ?"),
        ("en", "Hello Anna,\n\nshelving for  in your city is what we make."),
        ("en", "Hello Anna,\n\nI saw that you work at ."),
        ("en", "Hello Anna,\n\nI saw 's new shop."),
        ("en", "Hello Anna,\n\nyour shop “” is near us."),
        ("en", "Hello Anna,\n\nthe price is [object Object]."),
        ("ru", "Здравствуйте, ,\n\nмы делаем стеллажи."),
        ("ru", "Уважаемый !\n\nмы делаем стеллажи."),
        ("ru", "Здравствуйте, None!\n\nмы делаем стеллажи."),
        ("ru", "Здравствуйте, Анна!\n\nмы делаем стеллажи для ."),
        ("kk", "Құрметті !\n\nбіз сөре жасаймыз."),
        ("mn", "Эрхэм ,\n\nбид тавиур хийдэг."),
        ("zh", "尊敬的：\n\n我们生产货架。"),
        ("zh", "尊敬的王经理：\n\n我们看到贵公司《》的消息。"),
        ("de", "Sehr geehrte Frau ,\n\nwir bauen Regale."),
        ("de", "Guten Tag Frau Holz,\n\nwir bauen Regale für ."),
        ("fr", "Cher ,\n\nnous fabriquons des rayonnages."),
        ("tr", "Sayın ,\n\nraf üretiyoruz."),
    ],
)
def test_a_hole_where_a_value_should_be_is_an_error(language: str, text: str) -> None:
    assert set(codes(text, language=language)) == {"MRG602"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "None of the shops closes,\n\nand we are second to none. There is none left for us."),
        ("en", "Hi Nan,\n\nthe flour for nan comes from Leeds; the clause is null and void."),
        ("en", "Hello,\n\nwhat is it for ? We like it , too . Tell me !"),
        ("en", "Dear Anna\n\nit costs 5, ... and so on, :) or (a, b)."),
        ("en", "Dear Sir,\n\nsee you in May.  We come in.  At noon."),
        ("fr", "Bonjour !\n\nNous fabriquons des rayonnages : voulez-vous un plan ? C’est pour vous !"),
        ("de", "Guten Tag Frau Null,\n\nwir haben null Fehler."),
        ("ru", "Здравствуйте!\n\nМы делаем стеллажи и везём их к вам, в Алматы."),
        ("zh", "您好！\n\n我们生产货架。"),
    ],
)
def test_ordinary_sentences_have_no_hole(language: str, text: str) -> None:
    assert codes(text, language=language) == []


def test_the_good_letters_have_no_field_and_no_hole() -> None:
    letters = [
        json.loads(line)
        for file in sorted((Path(__file__).parent / "letters").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert letters
    assert [
        (letter["id"], finding.message)
        for letter in letters
        for finding in check(Copy(letter["subject"], letter["text"], language=letter["lang"]))
    ] == []
