"""The build of a letter: how long, who and what at the beginning, one request, paragraphs, lists."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from outreach.lint import terms
from outreach.lint.copy import Copy, Piece
from outreach.lint.finding import Finding, Level
from outreach.lint.rules import structure
from outreach.lint.terms import Terms
from outreach.model import Mailbox, Sender

LETTER = """\
Hello Maria,

I am Dana Reed from Northwind Shelving in Leeds. We make steel shelving for food shops and fit it overnight.

Your shop in York would open the next morning as usual, and a bay costs the same in every width.

Would a price list of one page be useful?

Kind regards
Dana Reed
Northwind Shelving
"""
RUSSIAN = """\
Здравствуйте, Мария!

Меня зовут Дана Рид, компания «Нортвинд». Мы поставляем стальные стеллажи для магазинов и собираем их за ночь.

Прислать прайс-лист на одну страницу?

С уважением,
Дана Рид
"""
CHINESE = """\
李经理：

您好！我是北风货架公司的王芳，我们为食品店提供钢制货架，一夜之间安装完毕。

请问您需要一页纸的报价单吗？

此致
王芳
"""
SENDER = Sender("Northwind Shelving Ltd", "12 Mill Lane, Leeds LS1 4AB", "GB", "Europe/London")
MAILBOX = Mailbox("dana@northwind.example", "Dana Reed")


def copy(text: str, language: str = "en", **other: Any) -> Copy:
    return replace(Copy("Shelving for York", text, language=language), **other)


def findings(text: str, language: str = "en", **other: Any) -> list[Finding]:
    return list(structure.check(copy(text, language, **other)))


def codes(text: str, language: str = "en", **other: Any) -> set[str]:
    return {finding.code for finding in findings(text, language, **other)}


def one(code: str, text: str, language: str = "en", **other: Any) -> Finding:
    (found,) = (finding for finding in findings(text, language, **other) if finding.code == code)
    return found


def body(*paragraphs: str) -> str:
    """The letter with other paragraphs between its greeting and its end."""
    return "\n\n".join(("Hello Maria,", *paragraphs, "Kind regards\nDana Reed\n"))


def words(count: int, line: int = 12) -> str:
    """Sentences of a dozen words, about something sold."""
    sentence = "Our shelves are made of steel and stand for ten years more"
    said = (sentence.split() * (count // 12 + 1))[:count]
    lines = (" ".join(said[at : at + line]) + "." for at in range(0, count, line))
    return " ".join(lines)


@pytest.mark.parametrize(("text", "language"), [(LETTER, "en"), (RUSSIAN, "ru"), (CHINESE, "zh")])
def test_a_good_letter_passes(text: str, language: str) -> None:
    assert codes(text, language) == set()


@pytest.mark.parametrize(
    ("count", "level"),
    [
        (10, Level.INFO),
        (25, None),
        (125, None),
        (126, Level.INFO),
        (180, Level.INFO),
        (181, Level.WARNING),
        (300, Level.WARNING),
        (301, Level.ERROR),
    ],
)
def test_a_letter_is_as_long_as_is_read(count: int, level: Level | None) -> None:
    found = [each.level for each in findings(words(count)) if each.code == "STR401"]
    assert found == ([level] if level else [])


@pytest.mark.parametrize("text", ["", " \n\n", "> as you wrote\n> in spring\n"])
def test_a_letter_without_any_text_is_an_error(text: str) -> None:
    assert one("STR401", text).level is Level.ERROR


def test_quotes_and_signature_do_not_make_a_letter_long() -> None:
    quoted = "\n".join(f"> {words(24)}" for _ in range(20))
    assert "STR401" not in codes(body(words(60)) + quoted)


def test_chinese_is_measured_in_characters() -> None:
    assert (
        one("STR401", "我们为食品店提供钢制货架，一夜之间安装完毕。" * 15, "zh").level is Level.WARNING
    )  # 206 words


@pytest.mark.parametrize(
    ("opening", "missing"),
    [
        ("Steel shelving for food shops, fitted overnight, delivered in ten days.", "who writes"),
        ("I am Dana and I have been thinking of you since the trade fair in May.", "what is offered"),
        ("The days get shorter and the leaves turn red in all the parks of the town.", "who writes and what"),
    ],
)
def test_the_opening_says_who_writes_and_what_is_offered(opening: str, missing: str) -> None:
    text = f"Hello Maria,\n\n{opening}\n\nWould that be useful?\n"
    found = one("STR402", text)
    assert missing in found.message
    assert opening in text[found.start : found.end]


def test_the_middle_of_a_letter_is_no_opening() -> None:
    late = body(
        *["The leaves turn red and the days get short in every park of the old town."] * 5, "We make shelves."
    )
    assert "STR402" in codes(late)


def test_a_follow_up_need_not_say_again_who_writes() -> None:
    text = body(
        "One more example: steel shelving, delivered to a shop in Leeds overnight.", "Would that help?"
    )
    assert "STR402" in codes(text)
    assert "STR402" not in codes(text, first=False)


def test_a_follow_up_in_the_thread_stands_above_the_first_letter() -> None:
    news = body("The shop in York opened again on Monday.", "Would that help?")
    assert "STR402" in codes(news, first=False)
    assert "STR402" not in codes(news, first=False, subject=None)


NAMELESS = """\
Hello Maria,

{} makes steel shelving for food shops. Fitters come overnight.

Would a price list of one page be useful?

Kind regards
Dana Reed
"""


def test_a_name_of_the_sender_says_who_writes_without_an_i_or_we() -> None:
    known: dict[str, Any] = {"sender": replace(SENDER, company="Kestrel Shelving"), "mailbox": MAILBOX}
    assert "STR402" not in codes(NAMELESS.format("Kestrel"), **known)
    assert "STR402" in codes(NAMELESS.format("A factory in Leeds"), **known)
    assert "STR402" in codes(NAMELESS.format("Kestrel"))


def test_who_signs_may_be_named_without_a_word_for_i_or_we() -> None:
    opening = "北川様\n\n長野の佐伯と申します。鋼製棚を製造しています。"
    text = f"{opening}\n\n見積書をお送りしましょうか。\n\n敬具\n\n{{}} 健吾\n"
    assert "STR402" not in codes(text.format("佐伯"), "ja")
    assert "STR402" in codes(text.format("山本"), "ja")


def test_an_ending_of_the_name_does_not_matter() -> None:
    text = RUSSIAN.replace("Меня зовут Дана Рид, компания «Нортвинд». Мы поставляем", "{} поставляет")
    text = text.replace("собираем", "собирает")
    known: dict[str, Any] = {"sender": replace(SENDER, company="Гавань"), "mailbox": MAILBOX}
    assert "STR402" not in codes(text.format("Завод в Гавани"), "ru", **known)
    assert "STR402" in codes(text.format("Завод в Твери"), "ru", **known)


def test_a_sentence_of_more_than_25_words_is_long() -> None:
    text = body(words(24, 24), words(26, 26), "Would that help?")
    found = one("STR403", text)
    assert "26 words" in found.message
    assert text[found.start : found.end] == words(26, 26)


def test_a_figure_and_a_hyphenated_word_are_one_word() -> None:
    assert "STR403" not in codes(body(words(22, 22)[:-1] + " for 7,200.50 euros.", "Would that help?"))
    assert "STR403" not in codes(body(words(24, 24)[:-1] + " state-of-law.", "Would that help?"))


def test_a_chinese_sentence_of_more_than_60_characters_is_long() -> None:
    assert "STR403" not in codes(CHINESE, "zh")
    assert (
        "62 characters"
        in one("STR403", CHINESE.replace("请问", "我们" + "钢" * 60 + "。\n\n请问"), "zh").message
    )


def test_a_column_of_short_lines_is_no_sentence() -> None:
    column = "\n".join(f"bay of {size} cm in grey" for size in range(60, 120, 10))
    assert "STR403" not in codes(body("We make steel shelving.", column, "Which width?"))


def test_reading_must_not_need_years_of_school() -> None:
    hard = (
        "Organisational optimisation necessitates comprehensive certification methodologies universally. " * 6
    )
    assert one("STR404", body(hard, "Would that help?")).level is Level.INFO
    assert "STR404" not in codes(body(hard), "de")


@pytest.mark.parametrize(
    "last",
    [
        "Would a price list be useful?",
        "Please let me know whether a price list would be useful.",
        "Would a price list be useful? Please let me know.",  # neighbours
        "Would a price list be useful? If not, whom may I ask instead?",
        "Please send me a plan. A drawing takes two days.\n\nWhich aisle comes first?",  # the deed and a question
    ],
)
def test_one_request_is_asked_for(last: str) -> None:
    assert "STR407" not in codes(body(words(30), last))


@pytest.mark.parametrize(
    ("paragraphs", "message"),
    [
        (["We make shelves. They last.", "Thousands stand in Leeds."], "asks for nothing"),
        (["Could you send me your plan?", "We make shelves.", "Would a price list help?"], "2 requests"),
        (["Do you sell food? Do you own a shop? Would a price list help?"], "3 questions"),
    ],
)
def test_no_request_or_too_many_are_found(paragraphs: list[str], message: str) -> None:
    assert message in one("STR407", body(*paragraphs)).message


def test_a_way_to_stop_the_letters_is_no_request() -> None:
    leaving = "Wrong person? Reply with the word STOP and I will not write again."
    assert "STR407" not in codes(
        f"Hello Maria,\n\nWe make shelves. Would a list help?\n\nDana Reed\n\n{leaving}\n"
    )
    assert "STR407" in codes(f"Hello Maria,\n\nWe make shelves.\n\nDana Reed\n\n{leaving}\n")


def test_words_of_asking_are_found_over_a_line_end_but_whole() -> None:
    assert "STR407" not in codes(body(words(30), "Whoever buys your shelves: let\nme know who that is."))
    assert "STR407" in codes(body(words(30), "The shop let Mary know who that is."))


@pytest.mark.parametrize(
    ("group", "text", "there"),
    [
        ("suppl", "We supplied them", True),
        ("suppl", "We resupplied them", False),
        ("we suppl", "here we supplied them", True),
        ("we suppl", "we also supply them", False),
        ("ready to", "Ready-to-wear", True),
        ("готовы постав", "мы готовы\nпоставить", True),
        ("Größe", "größen", True),
        ("提供货架", "我们提供 货架。", True),
        ("提供货架", "我们提供", False),
        ("", "nothing", False),
    ],
)
def test_a_word_group_stands_where_a_word_begins_and_its_last_word_may_go_on(
    group: str, text: str, there: bool
) -> None:
    said = terms.said(Copy(None, text), Piece(0, len(text)))
    assert Terms([group]).within(said.words, said.text) == there


def test_a_question_in_a_quoted_letter_is_not_ours() -> None:
    assert (
        "asks for nothing"
        in one("STR407", "Hello Maria,\n\nWe make shelves.\n\n> Who are you?\n> Why?\n").message
    )


def test_a_paragraph_has_at_most_80_words() -> None:
    assert "STR408" not in codes(body(words(80), "Would that help?"))
    text = body(words(81), "Would that help?")
    found = one("STR408", text)
    assert "81 words" in found.message
    assert text[found.start : found.end] == words(81)


def test_a_list_is_no_long_paragraph() -> None:
    items = "\n".join(f"- {words(12)}" for _ in range(7))
    assert "STR408" not in codes(body(f"We make shelves:\n{items}", "Would that help?"))


def test_a_text_needs_an_empty_line() -> None:
    assert "STR408" not in codes(words(60))
    assert "without an empty line" in one("STR408", words(61)).message
    assert "STR408" not in codes(f"{words(40)}\n\n{words(40)}")
    assert "STR408" not in codes(f"{words(40)}\n \t\n{words(40)}")


@pytest.mark.parametrize(
    ("about_us", "about_you", "found"),
    [
        ("We make our shelves. We fit our shelves. We sell ours.", "Would that help?", True),  # six to none
        (
            "We make our shelves. We fit our shelves. We sell ours.",
            "Would you sell your bays?",
            True,
        ),  # six to two
        ("We make our shelves. We fit our shelves.", "Would you sell your bays?", False),  # four to two
        ("We make our shelves. We fit ours. We sell us.", "Would that help?", True),  # six to none
        ("We make our shelves. We fit ours.", "Would that help?", False),  # too few to say
    ],
)
def test_the_letter_speaks_of_its_reader(about_us: str, about_you: str, found: bool) -> None:
    assert ("STR409" in codes(body(about_us, about_you))) == found


def test_the_first_letter_is_no_catalogue() -> None:
    def listed(*items: str) -> str:
        return body("We make shelves:\n" + "\n".join(f"- {item}" for item in items), "Would that help?")

    assert "STR411" not in codes(listed(*["a bay"] * 7))
    assert "8 items" in one("STR411", listed(*["a bay"] * 8)).message
    assert "STR411" not in codes(listed("a bay for 40 EUR", "a shelf for 9 €", "spare parts for 10 years"))
    assert "3 prices" in one("STR411", listed("a bay for 40 EUR", "a shelf for 9 €", "feet: $3")).message


def test_prices_within_sentences_are_no_price_list() -> None:
    line = "A bay costs 40 EUR when you order ten of them, 38 EUR when you order twenty,"
    assert "STR411" not in codes(body("\n".join([line] * 4) + " and less for more.", "Would that help?"))


def test_a_campaigns_letter_greets_its_reader() -> None:
    bare = LETTER.removeprefix("Hello Maria,\n\n")
    assert "STR412" not in codes(LETTER)
    assert "STR412" in codes(bare)
    assert "STR412" not in codes(bare, closing=bare)  # a finished letter


def hostile() -> Iterator[str]:
    """Texts of 200 KB that make naive rules slow, and what is no text at all."""
    size = 200_000
    for unit in (
        "\n",
        " ",
        "a",
        "a ",
        "?",
        "we ",
        "- 1\n",
        "5 € \n",
        "a. ",
        "a\n\n",
        "> a\n",
        "我",
        "。",
        "let me ",
    ):
        yield (unit * size)[:size]
    yield from ("", "\ud800\udc00 \ud800?", "\0\0", "\u2028\u2029", "İ" * 1000 + "?")


def test_any_text_is_read_in_linear_time() -> None:
    for text in hostile():
        start = time.process_time()
        for language in ("en", "zh"):
            found = findings(text, language)
            assert all(0 <= each.start <= each.end <= len(text) for each in found)
        assert time.process_time() - start < 10, text[:20]
