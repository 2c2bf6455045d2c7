"""Subjects: what marks spam is found in any script, and ordinary subjects are left alone."""

import pytest

from outreach.lint.copy import Copy
from outreach.lint.finding import Finding, Level
from outreach.lint.rules import subject

TEXT = "Hello Anna,\n\nwe make shelving for shops and fit it overnight. Shall I send the prices?\n"


def found(
    line: str | None, text: str = TEXT, *, reply: bool = False, language: str = "en"
) -> dict[str, Finding]:
    """The findings about a subject, by code."""
    return {each.code: each for each in subject.check(Copy(line, text, reply=reply, language=language))}


@pytest.mark.parametrize(
    "line",
    [
        "Shelving for Bread & Butter",
        "Shelving: CNC-cut, ISO 9001, EU stock",
        "Anna, who plans shelving in York?",
        "AB Volvo shelving",
        "Shelving plan Q3/2026 (York, Leeds)",
        "Shelving by IKEA and USM in York",
    ],
)
def test_an_ordinary_subject_is_left_alone(line: str) -> None:
    assert found(line) == {}


@pytest.mark.parametrize("line", ["", "  ", "\u200b", "\ufeff \n", "\u3000"])
def test_a_subject_without_a_visible_character_is_empty(line: str) -> None:
    assert found(line)["SUB001"].level is Level.ERROR


def test_a_letter_that_goes_on_in_a_thread_needs_no_subject() -> None:
    assert found(None) == {}


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("x" * 61, Level.WARNING),
        ("x" * 60, Level.INFO),
        ("x" * 46, Level.INFO),
        ("we fit shelves in all of the old shops in York", Level.WARNING),
        ("we fit shelves in shops of old York", Level.INFO),
        ("关于贵公司门店货架改造以及夜间安装服务的合作报价单说明", Level.WARNING),
        ("关于贵公司门店货架改造以及夜间安装的报价", Level.INFO),
    ],
)
def test_a_long_subject_is_weighed_by_characters_and_words(line: str, level: Level) -> None:
    assert found(line)["SUB002"].level is level


@pytest.mark.parametrize(
    "line", ["x" * 45, "关于贵公司门店货架改造的报价", "Shelving for seven shops of the town"]
)
def test_a_subject_within_the_limits_is_not_long(line: str) -> None:
    assert "SUB002" not in found(line)


@pytest.mark.parametrize(
    "line",
    ["BUY SHELVING TODAY", "LOSE WEIGHT NOW", "СТЕЛЛАЖИ ДЛЯ МАГАЗИНА", "ҰСЫНЫС ДҮКЕНГЕ", "GET MORE FOR LESS"],
)
def test_capitals_are_found_in_every_script_that_has_them(line: str) -> None:
    finding = found(line)["SUB004"]
    assert finding.points == 4
    assert finding.rewrite == line.capitalize()


@pytest.mark.parametrize(
    "line",
    [
        "ISO HACCP audit in York",
        "USB hubs",
        "ISO, CNC, USB-C",
        "货架 ISO9001",
        "NORTHWIND shelving for shops",
    ],
)
def test_acronyms_and_a_name_are_no_shouting(line: str) -> None:
    assert "SUB004" not in found(line)


@pytest.mark.parametrize(
    ("line", "language", "said"),
    [
        ("URGENT: shelving for York", "en", "URGENT"),
        ("[IMPORTANT] shelving for York", "en", "IMPORTANT"),
        ("ATTENTION! shelving for York", "fr", "ATTENTION"),
        ("DRINGEND Regale für Ihren Laden", "de", "DRINGEND"),
        ("СРОЧНО: стеллажи для магазина", "ru", "СРОЧНО"),
        ("ТЕРМІНОВО: стелажі для магазину", "uk", "ТЕРМІНОВО"),
        ("URGENT OFFER: shelves in York this spring", "en", "URGENT OFFER"),
    ],
)
def test_a_call_for_attention_before_the_matter_is_warned_of(line: str, language: str, said: str) -> None:
    finding = found(line, language=language)["SUB004"]
    assert (finding.level, line[finding.start : finding.end]) == (Level.WARNING, said)


@pytest.mark.parametrize(
    "line", ["NORTHWIND: shelving for York", "UNICEF tender for York", "Shelving for PARTNER GmbH in York"]
)
def test_a_name_in_capitals_calls_for_nothing(line: str) -> None:
    assert "SUB004" not in found(line)


@pytest.mark.parametrize(
    ("line", "said", "fix", "points"),
    [
        ("Shelving for York!!", "!!", "!", 2),
        ("Shelving for York?!", "?!", "?", 2),
        ("Shelving for York??", "??", "?", 0),
        ("货架报价！！", "！！", "！", 2),
    ],
)
def test_marks_in_a_row_are_mended_to_one(line: str, said: str, fix: str, points: float) -> None:
    finding = found(line)["SUB005"]
    assert (line[finding.start : finding.end], finding.fix, finding.points) == (said, fix, points)


def test_only_the_first_exclamation_in_a_subject_has_points() -> None:
    copy = Copy("Shelving! For York!! Now??", TEXT, language="en")
    marked = [each for each in subject.check(copy) if each.code == "SUB005"]
    assert [(each.points, each.fix) for each in marked] == [(2, None), (0, "!"), (0, "?")]


def test_what_is_wrong_with_a_subject_comes_with_what_to_do() -> None:
    for line in (
        "Shelving!",
        "Shelving!!",
        "x" * 61,
        "关于贵公司门店货架改造以及夜间安装服务的合作报价单说明",
    ):
        assert all(each.hint for code, each in found(line).items() if code in ("SUB002", "SUB005"))


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("Shelving for shops!", "SUB005", "!"),
        ("货架报价！", "SUB005", "！"),
        ("🔥 Shelving", "SUB007", "🔥"),
        ("Shelving ✅ now", "SUB007", "✅"),
        ("Shelving ⚡️ now", "SUB007", "⚡️"),
        ("Shelving from $99", "SUB008", "$"),
        ("20% off shelving", "SUB008", "%"),
        ("Стеллажи от 5000 руб", "SUB008", "0 руб"),
    ],
)
def test_a_mark_is_found_at_its_place(line: str, code: str, said: str) -> None:
    finding = found(line)[code]
    assert finding.part == "subject"
    assert line[finding.start : finding.end] == said


@pytest.mark.parametrize(
    "line", ["Shelving № 5 – offer", "Shelving™ for shops", "Shelving → York", "Shelving C#"]
)
def test_typographic_signs_are_no_pictograms(line: str) -> None:
    assert "SUB007" not in found(line)


@pytest.mark.parametrize(
    "line", ["Re: shelving", "FWD: shelving", "AW: Regale", "Отв: стеллажи", "回复：货架", "RE : shelving"]
)
def test_a_false_reply_is_an_error_and_a_true_one_is_not(line: str) -> None:
    finding = found(line)["SUB006"]
    assert finding.level is Level.ERROR
    assert line[finding.end - 1] in ":："
    assert "SUB006" not in found(line, reply=True)


@pytest.mark.parametrize(
    "line", ["Research: shelving in York", "Shelving: re-use of parts", "Review of shelving"]
)
def test_a_word_that_begins_like_a_reply_is_none(line: str) -> None:
    assert "SUB006" not in found(line)


def test_a_subject_that_only_names_a_vague_word_is_found() -> None:
    assert found("Question?")["SUB003"].level is Level.INFO
    assert "SUB003" not in found("Question about shelving")


@pytest.mark.parametrize(
    ("line", "text", "language"),
    [
        ("Shelves", TEXT, "en"),
        ("Предложим стеллажами", "Добрый день!\n\nМы делаем стеллажи.", "ru"),
        ("货架报价", "您好：\n\n我们生产商店货架，需要报价吗？", "zh"),
        ("For you", TEXT, "en"),
    ],
)
def test_a_subject_shares_a_word_in_any_form_with_its_letter(line: str, text: str, language: str) -> None:
    assert "SUB010" not in found(line, text, language=language)


@pytest.mark.parametrize(("line", "text"), [("Winter holidays", TEXT), ("节日快乐", "我们生产商店货架。")])
def test_a_subject_about_something_else_is_told(line: str, text: str) -> None:
    assert found(line, text)["SUB010"].level is Level.INFO


@pytest.mark.parametrize(
    "line", ["!" * 200_000, "A " * 100_000, "\ud800" * 9, "货" * 100_000, "Re: " * 50_000]
)
def test_a_hostile_subject_is_read(line: str) -> None:
    assert all(0 <= each.start <= each.end <= len(line) for each in found(line).values())
