"""What lies around a letter: ignore comments, sequences, which findings are shown, safe fixes."""

from dataclasses import replace

import pytest

from outreach.errors import Where
from outreach.lint import RULES, Finding, Level, Selection
from outreach.lint.fixes import fixed
from outreach.lint.ignores import ignores, taken_out, wrong
from tests.linting import letter, sequence

SPAM = RULES["SPM103"].found("free")
GATE = RULES["MRG601"].found("a field")


def test_a_comment_names_codes_and_a_reason_and_has_a_place() -> None:
    (found,) = ignores(
        {"a.txt": "Subject: x\n\nHello {# lint: ignore SPM103, str4 -- the product's name #}\n"}
    )
    assert (found.codes, found.reason, found.where) == (
        ("SPM103", "STR4"),
        "the product's name",
        Where("a.txt", 3, 7),
    )
    assert found.covers("SPM103")
    assert found.covers("STR405")
    assert not found.covers("SPM104")


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("{# lint: ignore SPM103 -- its name #}", []),
        ("{# lint ignore SPM103 - its name #}", []),
        ("{# lint: ignore SPM103 #}", ["IGN902"]),
        ("{# lint: ignore -- why #}", ["IGN903"]),
        ("{# lint: ignore SPM104 -- why #}", ["IGN901"]),
        ("{# lint: ignore SPM103 XXX1 -- why #}", ["IGN903"]),
        ("{# lint: ignore MRG601 -- why #}", ["IGN903"]),
        ("{# an ordinary comment #}", []),
    ],
)
def test_what_is_wrong_with_a_comment_is_found(comment: str, codes: list[str]) -> None:
    found = wrong(ignores({"a.txt": comment}), [SPAM, GATE], RULES)
    assert [each.code for each in found] == codes


def test_a_comment_takes_out_what_it_names_but_never_a_gate_and_never_without_a_reason() -> None:
    reasoned = ignores({"a": "{# lint: ignore SPM103 MRG601 -- why #}"})
    assert taken_out(SPAM, reasoned, RULES)
    assert not taken_out(GATE, reasoned, RULES)
    assert not taken_out(SPAM, ignores({"a": "{# lint: ignore SPM103 #}"}), RULES)


@pytest.mark.parametrize(
    ("selection", "shown"),
    [
        (Selection(), True),
        (Selection(ignore=("SPM",)), False),
        (Selection(select=("SPM",)), True),
        (Selection(select=("STR",)), False),
        (Selection(select=("SPM103",), ignore=("SPM",)), True),
        (Selection(select=("SPM",), ignore=("SPM103",)), False),
        (Selection(select=("STR",), extend=("SPM1",)), True),
        (Selection(ignore=("SPM",), extend=("SPM103",)), True),
        (Selection(select=("spm103",)), True),
    ],
)
def test_the_longer_prefix_wins(selection: Selection, shown: bool) -> None:
    assert selection.shows("SPM103") is shown


def at(line: int, column: int, quote: str, fix: str | None) -> Finding:
    where = Where("a.txt", line, column)
    return replace(SPAM, fix=fix, where=where, until=where, quote=quote)


def test_fixes_are_made_where_the_file_still_says_what_was_found() -> None:
    text = "Subject: x\r\n\r\nGood!!! and pr\u200bice  \r\n"
    findings = [at(3, 5, "!!!", "!"), at(3, 15, "\u200b", ""), at(3, 19, "  ", ""), at(3, 1, "Bad", "x")]
    assert fixed("a.txt", text, findings) == "Subject: x\r\n\r\nGood! and price\r\n"
    assert fixed("b.txt", text, findings) == text


def test_of_two_fixes_that_overlap_the_first_is_made() -> None:
    assert (
        fixed("a.txt", "aaaa\n", [at(1, 1, "aaa", "b"), at(1, 2, "aa", "c"), at(1, 4, "a", None)]) == "ba\n"
    )


FIRST = "We make steel shelving for shops and fit it overnight, so that you open as usual the next morning."
OTHER = (
    "A grocer in York replaced 42 bays in two nights and shows a fifth more goods on the same floor today."
)


@pytest.mark.parametrize(
    ("steps", "codes"),
    [
        ([(FIRST, ""), (OTHER, "15 days")], []),
        ([(FIRST, ""), (FIRST + " Any thoughts?", "15 days")], ["SEQ801"]),
        ([(FIRST, ""), (OTHER, "1 day"), ("Something else in few words.", "14 days")], ["SEQ804"]),
        ([(FIRST, ""), (OTHER, "1 hours"), ("Something else in few words.", "15 days")], ["SEQ804"]),
        ([(FIRST, ""), (OTHER, "3 days")], ["SEQ805"]),
        ([(FIRST, ""), (OTHER, "60 days")], ["SEQ805"]),
        ([(FIRST, "")], []),
        ([(FIRST, ""), *((f"Word {n} alone.", "4 days") for n in range(5))], ["SEQ802"]),
        ([(FIRST, ""), *((f"Word {n} alone.", "4 days") for n in range(4))], []),
    ],
)
def test_a_sequence_is_looked_at_as_a_whole(steps: list[tuple[str, str]], codes: list[str]) -> None:
    found = sequence(*steps)
    assert [each.code for each in found] == codes
    assert all(each.where.file == "campaigns/c.toml" and each.where.line > 3 for each in found)


FIELDS = """\
Subject: Shelving for {{ company }}

Hello {{ first_name }},

we fit shelving in {{ city | default("town") }}, as {{ first_name }} may know: \
https://northwind.example/r?id={{ email }}
"""


def test_each_field_without_a_fallback_is_told_at_its_first_place() -> None:
    places = {each.quote: each.where for each in letter(FIELDS) if each.code == "MRG603"}
    assert places == {
        "company": Where("templates/a.txt", 1, 26),
        "first_name": Where("templates/a.txt", 3, 10),
    }


@pytest.mark.parametrize("head", ["", "Format: markdown\n"])
def test_a_link_with_the_readers_address_is_found_in_the_template(head: str) -> None:
    linked = FIELDS.replace("https:", "[our range](https:").replace("{{ email }}", "{{ email }})")
    text = f"{head}{linked if head else FIELDS}"
    (found,) = (each for each in letter(text) if each.code == "LNK308")
    assert text.splitlines()[found.where.line - 1][found.where.column - 1 :].startswith("https://")


def test_levels_of_the_rules_about_files() -> None:
    assert {
        code
        for code, rule in RULES.items()
        if rule.level is Level.ERROR and code[:3] in ("SEQ", "IGN", "TPL")
    } == {
        "SEQ802",
        "TPL001",
    }
