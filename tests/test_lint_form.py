"""Form: shouting, marks, prices and the looks of HTML are found; names, acronyms and good manners are not."""

import pytest

from outreach.lint.copy import Copy
from outreach.lint.finding import Finding, Level
from outreach.lint.rules import form

OPENING = "Hello Anna,\n\nwe make steel shelving for food shops in the north and fit it overnight. "


def found(text: str, html: str | None = None, language: str = "en") -> list[Finding]:
    """The findings about a letter's form."""
    return list(form.check(Copy("Shelving", text, html, language=language)))


def levels(findings: list[Finding], code: str) -> list[Level]:
    return [each.level for each in findings if each.code == code]


@pytest.mark.parametrize(
    "said",
    [
        "Our plant holds DIN EN ISO 9001, CE and UKCA marks.",
        "NORTHWIND GMBH works with SIEMENS, BOSCH and ABB in the EU.",
        "We ship EXW, FOB or CIF from the UK, BE, NL and DE.",
        "Is it `a != b`? The file ends with <!-- end -->.",
        "The bays cost 240 euros each, 5 % less from ten.",
    ],
)
def test_business_prose_is_left_alone(said: str) -> None:
    assert found(OPENING + said) == []


def test_a_shouted_letter_is_told_by_its_share_of_capitals() -> None:
    quarter = found(OPENING + "ORDER SHELVING TODAY AND SAVE YOUR MONEY")
    assert levels(quarter, "FMT201") == [Level.ERROR]
    less = found(OPENING * 2 + "ORDER SHELVING TODAY AND SAVE YOUR MONEY")
    assert levels(less, "FMT201") == [Level.WARNING]


def test_shouted_words_are_found_with_an_ordinary_wording() -> None:
    text = OPENING + "It is DONE WITHOUT DUST. ORDER YOUR SHELVES."
    first, second = [each for each in found(text) if each.code == "FMT202"]
    assert (text[first.start : first.end], first.rewrite) == ("DONE WITHOUT DUST", "done without dust")
    assert second.rewrite == "Order your shelves"
    assert first.points > second.points


def test_shouting_is_found_in_cyrillic_and_not_in_a_script_without_case() -> None:
    russian = "Здравствуйте, Анна!\n\nМы делаем стеллажи. ТОЛЬКО СЕГОДНЯ ДЕШЕВЛЕ."
    assert levels(found(russian, language="ru"), "FMT202") == [Level.WARNING]
    assert found("您好：\n\n我们生产商店货架，ISO 9001 认证，OEM 与 ODM 均可。", language="zh") == []


def test_signature_and_quotes_are_not_the_letter() -> None:
    text = (
        OPENING
        + "\n\n> BUY EVERYTHING NOW!!! TODAY ONLY!!!\n\nRegards,\nPAUL WESTON\nNORTHWIND SHELVING LIMITED!!"
    )
    assert found(text) == []


def test_places_hold_behind_a_quote() -> None:
    text = "Hello Anna,\n\n> you asked!\n\nWe fit shelving overnight!! Shall I send the prices?"
    (finding,) = found(text)
    assert text[finding.start : finding.end] == "!!"


@pytest.mark.parametrize(
    ("greeting", "language"), [("Hello Anna!", "en"), ("Здравствуйте, Анна!", "ru"), ("您好！", "zh")]
)
def test_the_mark_of_a_greeting_does_not_count(greeting: str, language: str) -> None:
    assert found(f"{greeting}\n\nWe make shelving. Thank you!", language=language) == []


def test_a_row_of_marks_is_told_once_with_its_fix_and_a_hint() -> None:
    text = OPENING + "It is quick! It is clean!! Is it quiet?!"
    marks = [each for each in found(text) if each.code == "FMT203"]
    places = [text[each.start : each.end] for each in marks]
    assert places == ["!!", "?!"]
    assert [each.fix for each in marks] == ["!", "?"]
    assert [each.level for each in marks] == [Level.ERROR, Level.ERROR]
    assert all(each.hint for each in [*marks, *found(OPENING + "It is quick!!")])


def test_exclamation_marks_are_weighed_by_their_density() -> None:
    few = found(OPENING + "It is quick! It is clean!")
    assert (levels(few, "FMT203"), few[0].points) == ([Level.WARNING], 1.5)
    many = found(OPENING + "It is quick! It is clean! It is quiet!")
    assert (levels(many, "FMT203"), many[0].points) == ([Level.ERROR], 4)
    spread = found(OPENING * 20 + "It is quick! It is clean! It is quiet!")
    assert levels(spread, "FMT203") == [Level.WARNING]


@pytest.mark.parametrize(
    ("marks", "fix"), [("!!!", "!"), ("?!", "?"), ("!?!", "?"), ("！！", "！"), ("？！", "？")]
)
def test_marks_in_a_row_are_replaced_by_one(marks: str, fix: str) -> None:
    text = OPENING + f"It is quick{marks} Shall I send the prices?"
    (finding,) = found(text)
    assert finding.level is Level.ERROR
    assert text[: finding.start] + (finding.fix or "") + text[finding.end :] == text.replace(marks, fix)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("You save 40% on shelves and 25 % on fitting.", "FMT211"),
        ("A bay costs $240, fitting $ 35.", "FMT212"),
        ("A bay costs 240 €, fitting 35€.", "FMT212"),
        ("A bay costs USD 240, fitting 35 EUR.", "FMT212"),
        ("Секция 9000 руб., монтаж 500 ₽.", "FMT212"),
        ("Секция 90000 тенге, монтаж 5000 ₸.", "FMT212"),
    ],
)
def test_two_prices_or_percentages_are_remarked_upon(said: str, code: str) -> None:
    (finding,) = found(OPENING + said)
    assert (finding.code, finding.level) == (code, Level.INFO)
    assert 0 < finding.points <= 1.5


def test_prices_weigh_by_their_share_of_the_words() -> None:
    prices = "A bay costs $240, fitting $35."
    (short,), (long,) = found(OPENING + prices), found(OPENING * 10 + prices)
    assert short.points > 2 * long.points


def test_one_price_is_welcome() -> None:
    assert found(OPENING + "A bay costs €240 and the list holds until 30 June 2026.") == []


P = "<p>Hello Anna, we make steel shelving for food shops and fit it overnight.</p>"
NEUTRAL = "Hello Anna, we make steel shelving for food shops and fit it overnight."


@pytest.mark.parametrize(
    ("extra", "code", "level"),
    [
        (
            "<p><font color=red>a</font><font color=blue>b</font><font color=green>c</font></p>",
            "FMT204",
            Level.WARNING,
        ),
        (f"<div style='background:#ff0'>{P}</div>", "FMT204", Level.ERROR),
        ("<p style='font-size:20px'>x</p>", "FMT205", Level.WARNING),
        ("<p style='font-size:8px'>x</p>", "FMT205", Level.WARNING),
        ("<p style='font-size:12px'>x</p><p style='font-size:14px'>y</p>", "FMT205", Level.WARNING),
        ("<p style='display:none'>x</p>", "FMT206", Level.ERROR),
        ("<p style='color:#eeeeee'>x</p>", "FMT206", Level.ERROR),
        ("<p style='color:#aaaaaa'>x</p>", "FMT206", Level.WARNING),
        ("<b>food shops in the north and in the south</b>", "FMT207", Level.WARNING),
        ("<b>a</b>b" * 5, "FMT207", Level.WARNING),
        ("<font face=Arial>x</font><font face=Georgia>y</font>", "FMT208", Level.INFO),
        ("<!--" + "x" * 81_000 + "-->", "FMT210", Level.WARNING),
        ("<!--" + "x" * 103_000 + "-->", "FMT210", Level.ERROR),
    ],
)
def test_looks_are_found_in_html(extra: str, code: str, level: Level) -> None:
    html = P + extra
    findings = [each for each in found(NEUTRAL, html) if each.code == code]
    assert [each.level for each in findings] == [level]
    assert all(each.part == "html" and 0 <= each.start <= each.end <= len(html) for each in findings)


@pytest.mark.parametrize(
    "html",
    [
        P,
        P.replace("<p>", "<p style='font: 15px/1.5 Arial, sans-serif; color: #333; background: #fff'>"),
        P + "<p style='font-size:12px;color:#666'>12 Mill Lane</p>",
        P + "<table><tr><td bgcolor='#0a58ca'><a href='#' style='color:#fff'>Prices</a></td></tr></table>",
        P.replace("steel", "<b>steel</b>"),
        f"<div style='background:#fff8dc'>{P}</div>",
    ],
)
def test_a_plain_layout_is_left_alone(html: str) -> None:
    assert found(NEUTRAL, html) == []


def test_a_hidden_preview_line_is_only_remarked_upon() -> None:
    html = f"<div style='display:none'>Fitted in one night</div>{P}"
    assert [(each.code, each.level, each.points) for each in found(NEUTRAL, html)] == [
        ("FMT206", Level.INFO, 0)
    ]


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("", True),
        ("Please read this letter in a program that shows HTML, thank you.", True),
        (NEUTRAL, False),
        (NEUTRAL + "\nhttps://firm.example/range", False),
        (NEUTRAL + " weather football recipes music travel cinema garden history science", True),
    ],
)
def test_text_and_html_must_say_the_same(text: str, flagged: bool) -> None:
    assert bool(levels(found(text, P), "FMT209")) is flagged


@pytest.mark.parametrize(
    "text", ["!" * 100_000 + "x", "A" * 200_000, "AB CD " * 30_000, "5%$5" * 50_000, "\ud800!!" * 60_000]
)
def test_a_hostile_text_is_read(text: str) -> None:
    assert all(0 <= each.start <= each.end <= len(text) for each in found(text))
