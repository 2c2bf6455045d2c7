"""A letter's two numbers: they rise and fall as they should, and agree with the finding on the whole."""

from itertools import pairwise
from math import sqrt

import pytest

from outreach.data import table
from outreach.lint import Copy, Level, lint
from outreach.lint.finding import Finding
from outreach.lint.rule import Rule
from outreach.lint.score import judge, spam


def finding(code: str, points: float = 0.0, level: Level = Level.WARNING, place: int = 0) -> Finding:
    return Finding(code, level, "found", "text", place, place + 1, points=points)


def test_phrases_count_by_density_and_everything_else_as_it_is() -> None:
    spammy = [finding("SPM102", 3), finding("SUB009", 6), finding("FMT201", 1.5)]
    assert judge(spammy, 100).raw == pytest.approx(10.5)
    assert judge(spammy, 5).raw == judge(spammy, 20).raw == pytest.approx(10 * 9 / sqrt(20) + 1.5, abs=0.01)


def test_the_scale_rises_all_the_way_and_has_its_lines_where_the_finding_has_them() -> None:
    knots = table("score")["knots"]
    assert all(low[0] < high[0] and low[1] < high[1] for low, high in pairwise(knots))
    scale = [spam(raw / 10) for raw in range(1600)]
    assert all(low <= high for low, high in pairwise(scale))
    assert all(low < high for low, high in pairwise(scale[::20][:9]))
    assert [spam(raw) for raw in (0, 3.5, 7, 8.5, 10, 1e6)] == [0, 6, 30, 40, 50, 100]


@pytest.mark.parametrize(
    ("points", "level"), [(6.99, None), (7.0, Level.WARNING), (9.999, Level.WARNING), (10.0, Level.ERROR)]
)
def test_the_whole_is_an_error_exactly_from_fifty_on(points: float, level: Level | None) -> None:
    report = judge([finding("FMT201", points)], 100)
    totals = [each for each in report.findings if each.code == "SPM110"]
    assert [each.level for each in totals] == ([level] if level else [])
    assert (report.spam >= 50) == (level is Level.ERROR)
    assert all("FMT201" in each.message for each in totals)


def test_a_letter_can_be_judged_again_without_some_findings() -> None:
    full = judge([finding("SPM102", 12), finding("SPM103", 2)], 100)
    assert [each.code for each in full.findings] == ["SPM110", "SPM102", "SPM103"]
    assert judge(full.findings, full.words) == full
    less = judge([each for each in full.findings if each.code != "SPM102"], full.words)
    assert [each.code for each in less.findings] == ["SPM103"]
    assert (less.raw, less.craft) == (2, 100)


def test_craft_loses_by_level_and_at_most_twice_by_one_rule() -> None:
    assert judge([finding("STR403", level=Level.ERROR)], 50).craft == 85
    mixed = [finding("STR403", level=Level.INFO)] * 2 + [finding("STR403", level=Level.ERROR)]
    assert judge(mixed, 50).craft == judge(mixed[::-1], 50).craft == 100 - 15 - 2
    assert judge([finding("STR403")] * 5 + [finding("STR406", level=Level.INFO)], 50).craft == 100 - 12 - 2
    assert judge([finding("SPM102", 3), finding("SPM108", 4, Level.ERROR)], 50).craft == 100
    assert judge([finding("OWN001")], 50).craft == 100
    assert judge([finding("OWN001")], 50, {"OWN001": Rule("OWN001", "own", Level.WARNING)}).craft == 94
    codes = ("STR405", "STR406", "STR410", "SEQ803")
    many = [finding(code, level=Level.ERROR, place=place) for code in codes for place in (0, 9)]
    assert judge(many, 50).craft == 0


def test_phrases_of_one_rule_that_run_into_each_other_are_one_finding_with_all_their_points() -> None:
    def phrase(code: str, start: int, end: int, level: Level = Level.WARNING, part: str = "text") -> Finding:
        return Finding(code, level, f"{start}", part, start, end, points=2)

    chain = [phrase("SPM101", 0, 13), phrase("SPM101", 8, 20, Level.ERROR), phrase("SPM101", 15, 30)]
    apart = [phrase("SPM101", 30, 40), phrase("SPM102", 10, 20), phrase("SPM101", 0, 9, part="subject")]
    links = [phrase("LNK301", 0, 9), phrase("LNK301", 0, 9)]
    report = judge([*apart, *chain, *links], 100)
    told = [(each.code, each.part, each.start, each.points) for each in report.findings]
    assert [each for each in told if each[0] != "SPM110"] == [
        ("SPM101", "subject", 0, 2),
        ("LNK301", "text", 0, 2),
        ("LNK301", "text", 0, 2),
        ("SPM101", "text", 0, 6),
        ("SPM102", "text", 10, 2),
        ("SPM101", "text", 30, 2),
    ]
    assert judge(report.findings, 100) == report


def test_findings_are_in_order_of_part_and_place() -> None:
    found = [
        Finding("STR405", Level.INFO, "", "html", 0, 1),
        finding("STR405", place=9),
        finding("STR405", place=2),
        Finding("SUB009", Level.INFO, "", "subject", 5, 6),
    ]
    ordered = judge(found, 50).findings
    assert [(each.part, each.start) for each in ordered] == [
        ("subject", 5),
        ("text", 2),
        ("text", 9),
        ("html", 0),
    ]


def test_a_spam_letter_is_an_error_and_a_business_letter_is_not() -> None:
    bad = "Dear friend,\n\nAct now! This is a limited time offer. Claim your free gift, 100% guaranteed.\n"
    good = (
        "Dear Ms Lind,\n\nWe make steel shelving for cold stores in Tartu. A row of ten metres costs 2,400 euros "
        "and is delivered within three weeks.\n\nMay I send you the drawings for your hall?\n\nJaan Tamm"
    )
    assert lint(Copy("Act now", bad, language="en")).spam >= 50
    assert lint(Copy("Shelving for your cold store", good, language="en")).spam < 10
