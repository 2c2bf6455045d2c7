"""What holds of the linter for any letter whatever: no crash, true places, one answer, hiding that hides."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach import template
from outreach.errors import InputError
from outreach.lint import Copy, Finding, Selection, linter
from outreach.lint.letters import LetterReport, lint_letter

LINTER = linter(())
PIECES = st.sampled_from(
    (
        *(
            "Dear friend,",
            "click here",
            "risk free",
            "FREE!!!",
            "act now",
            "{{ name }}",
            "[Name]",
            "N/A",
            "null",
        ),
        *(
            "https://bit.ly/x",
            "http://127.0.0.1/",
            "www.a.example",
            "a@b.example",
            "> quoted",
            "-- ",
            "Regards,",
        ),
        *(
            "f r e e",
            "fr\u200bee",
            "сlick",
            "ｆｒｅｅ",
            "点击这里",
            "бесплатно",
            "\ud800",
            "\u202e",
            "\x00",
            "\r\n",
            "\n\n",
        ),
        *(
            "<p>",
            "</p>",
            "<a href='",
            "'>",
            "<!--",
            "-->",
            "<style>",
            "&#x202e;",
            "&nbsp;",
            "<img src=x>",
            "<b",
            "😀",
        ),
        *("+44 113 496 0100", "1 Dock Road, Leeds LS1 4AB", "100 %", "$5,000", "?", "{# lint: ignore SPM #}"),
    )
)
TEXT = st.lists(PIECES | st.text(max_size=30) | st.characters(), max_size=40).map(" ".join)
COPIES = st.builds(
    Copy,
    st.none() | TEXT,
    TEXT,
    st.none() | TEXT,
    language=st.sampled_from(("", "en", "de-AT", "ru", "kk", "mn", "uk", "zh-CN", "ja", "xx", "_")),
    first=st.booleans(),
    reply=st.booleans(),
    closing=st.none() | TEXT,
)


def assert_true_places(copy: Copy, found: tuple[Finding, ...]) -> None:
    parts = {"subject": copy.subject or "", "text": copy.text, "html": copy.html or ""}
    for each in found:
        assert 0 <= each.start <= each.end <= len(parts[each.part]), each


@settings(max_examples=150, deadline=None)
@given(COPIES)
def test_any_letter_is_linted_and_every_finding_stands_within_its_part(copy: Copy) -> None:
    report = LINTER.lint(copy)
    assert_true_places(copy, report.findings)
    assert 0 <= report.spam <= 100
    assert 0 <= report.craft <= 100
    assert all(each.message and each.code in LINTER.rules for each in report.findings)


@settings(max_examples=60, deadline=None)
@given(COPIES)
def test_the_same_letter_always_gets_the_same_answer(copy: Copy) -> None:
    again = Copy(
        copy.subject, copy.text, copy.html, copy.language, copy.first, copy.reply, copy.closing, None, None
    )
    assert LINTER.lint(copy) == LINTER.lint(again)


CODES = st.lists(
    st.sampled_from(sorted({code[:n] for code in LINTER.rules for n in (1, 3, 4, 6)})), max_size=4
)


@settings(max_examples=100, deadline=None)
@given(COPIES, CODES, CODES, CODES)
def test_choosing_only_hides(copy: Copy, select: list[str], ignore: list[str], extend: list[str]) -> None:
    report = LINTER.lint(copy)
    shown = Selection(tuple(select), tuple(ignore), tuple(extend)).shown(report)
    assert (shown.raw, shown.spam, shown.craft, shown.words) == (
        report.raw,
        report.spam,
        report.craft,
        report.words,
    )
    assert not Counter(shown.findings) - Counter(report.findings)
    hidden = set(report.findings) - set(shown.findings)
    assert not {each.code for each in hidden} & {each.code for each in shown.findings}


BODY = """\
Subject: Act now, {{ first_name }}!

Hello {{ first_name | default("there") }},

%s
Would a price list of one page be useful?
"""
LINES = st.lists(
    st.sampled_from(
        (
            *(
                "This is risk free.",
                "CALL US TODAY PLEASE!!",
                "Click here: https://bit.ly/x",
                "Act now.",
                "[Name]",
            ),
            *("We make steel shelving for shops and fit it overnight.", "I hope this finds you well."),
        )
    ),
    max_size=8,
).map("\n".join)


def linted(text: str) -> LetterReport | None:
    try:
        return lint_letter(LINTER, template.parse("templates/a.txt", text, {}))
    except InputError:
        return None


@settings(max_examples=100, deadline=None)
@given(LINES, st.sampled_from(("SPM103", "SPM1", "FMT", "LNK", "STR", "SUB", "MRG603")))
def test_a_comment_takes_out_what_it_names_with_its_points_and_nothing_else(lines: str, code: str) -> None:
    text = BODY % lines
    comment = f"{{# lint: ignore {code} -- we know #}}\n"
    plain, commented = linted(text), linted(text + comment)
    assert plain is not None
    assert commented is not None

    def left(report: LetterReport) -> set[tuple[str, object, str]]:
        return {
            (each.code, each.where, each.message)
            for each in report.findings
            if not each.code.startswith((code, "IGN", "SPM110"))
        }

    assert left(commented) == left(plain)
    assert not [each for each in commented.findings if each.code.startswith(code)]
    assert commented.spam <= plain.spam
    assert commented.craft >= plain.craft
    named = any(each.code.startswith(code) for each in plain.findings)
    assert any(each.code == "IGN901" for each in commented.findings) is not named


@settings(max_examples=100, deadline=None)
@given(TEXT)
def test_a_letter_of_any_text_is_refused_or_linted(text: str) -> None:
    report = linted("Subject: Shelving\n\n" + text)
    assert report is None or all(each.where.file for each in report.findings)


HUGE = {
    "one word": "a" * 200_000,
    "words": "free " * 40_000,
    "marks": "!" * 200_000,
    "spaces": " " * 200_000,
    "blank lines": "\n" * 200_000,
    "lines": "Hello,\n\n" * 25_000,
    "braces": "{{" * 100_000,
    "angles": "<" * 200_000,
    "tags": "<b>" * 66_000,
    "nested": "<div>" * 40_000,
    "links": "https://a.example/ " * 10_500,
    "digits": "1 2-3." * 33_000,
    "dots": "f.r.e.e. " * 22_000,
    "at signs": "a@" * 100_000,
    "marks on marks": "a" + "\u0301" * 200_000,
    "invisible": "fr\u200bee" * 33_000,
    "mixed": "сlick " * 33_000,
    "Chinese": "点击这里" * 50_000,
    "halves": "\ud800" * 200_000,
    "quoted": "> > > " * 33_000,
    "percent": "%" * 200_000,
    "brackets": "[Na " * 50_000,
}


@pytest.mark.parametrize("name", HUGE)
def test_huge_letters_are_linted(name: str) -> None:
    text = HUGE[name]
    for copy in (Copy("Shelving", text), Copy(text, "Hello"), Copy("Shelving", "Hello", text)):
        assert_true_places(copy, LINTER.lint(copy).findings)
