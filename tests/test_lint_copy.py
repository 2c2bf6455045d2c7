"""A letter is taken apart as its reader would: greeting, sentences, lists, links, signature."""

from itertools import pairwise

import pytest

from outreach.lint.copy import Copy, Piece, count_words

LETTER = """Hi Anna,

we make steel shelving for shops, e.g. in Leeds. A bay costs 3.5 % less... than wood from 12.05. on.
Mr. Reed and J. R. Brown fit it at 9 p.m. It takes one night:

- we measure
- we deliver
1. you open

> What does it cost?
See https://shop.example/a(b), or www.shop.example. Would a drawing help?

Kind regards,
Tom Reed
Reed Shelving, 5 High St., Leeds
"""


def said(copy: Copy, pieces: tuple[Piece, ...]) -> list[str]:
    return [copy.said(piece) for piece in pieces]


def test_a_letter_is_taken_apart() -> None:
    copy = Copy("Shelving", LETTER, language="en-GB")
    assert copy.greeting
    assert copy.said(copy.greeting) == "Hi Anna,"
    assert copy.text[copy.signature :].startswith("Kind regards,")
    assert said(copy, copy.bullets) == ["- we measure", "- we deliver", "1. you open"]
    assert said(copy, copy.links) == ["https://shop.example/a(b", "www.shop.example"]
    assert said(copy, copy.quoted) == ["> What does it cost?"]
    assert said(copy, copy.paragraphs)[1] == "- we measure\n- we deliver\n1. you open"
    assert "cost?" not in copy.own


def test_sentences_end_where_a_reader_ends_them() -> None:
    copy = Copy("Shelving", LETTER, language="en")
    assert said(copy, copy.sentences)[:4] == [
        "we make steel shelving for shops, e.g. in Leeds.",
        "A bay costs 3.5 % less... than wood from 12.05. on.",
        "Mr. Reed and J. R. Brown fit it at 9 p.m.",
        "It takes one night:",
    ]


@pytest.mark.parametrize(
    ("language", "text", "ends"),
    [
        ("de", "Wir bauen z. B. Regale am 12. Mai. Passt das?", ["Mai.", "das?"]),
        (
            "ru",
            "Мы в г. Алматы, ул. Абая, д. 5. От 12 тыс. руб. и т.д. Подойдёт? Да!",
            ["5.", "т.д.", "Подойдёт?", "Да!"],
        ),
        ("zh", "我们生产货架。是否方便？谢谢！", ["货架。", "方便？", "谢谢！"]),
        ("ja", "棚を作っています。「安い！」いかがですか？", ["います。", "い！」", "か？"]),
        ("pl", "Spotkanie 3. maja. Czy pasuje?", ["maja.", "pasuje?"]),
        ("en", "It is ready… Really?! “Yes.” Good", ["ready…", "Really?!", "“Yes.”", "Good"]),
        ("kk", "Біз Алматыда, Абай көш. 5 үйде. Келесіз бе?", ["үйде.", "бе?"]),
    ],
)
def test_sentences_of_other_languages(language: str, text: str, ends: list[str]) -> None:
    found = said(Copy(None, text, language=language), Copy(None, text, language=language).sentences)
    assert [sentence.endswith(end) for sentence, end in zip(found, ends, strict=True)] == [True] * len(ends)


@pytest.mark.parametrize(
    ("language", "text", "greeting"),
    [
        ("en", "Hi Anna, we make shelving for small shops.", "Hi Anna,"),
        ("en", "Hello, Anna!\r\n\r\nWe make shelving.", "Hello, Anna!"),
        ("en", "\n\nDear Ms Holz\n\nWe make shelving.", "Dear Ms Holz"),
        ("en", "Anna,\n\nwe make shelving.", "Anna,"),
        ("en", "Big sale today!\n\nBuy it.", None),
        ("en", "High shelves are what we make.", None),
        ("ru", "Здравствуйте, Анна Петровна! Мы делаем стеллажи в Алматы.", "Здравствуйте, Анна Петровна!"),
        ("ru", "Анна Петровна, здравствуйте!\n\nМы делаем стеллажи.", "Анна Петровна, здравствуйте!"),
        ("mn", "Оюун гуай, сайн байна уу?\n\nБид тавиур хийдэг.", "Оюун гуай, сайн байна уу?"),
        ("zh", "王经理：\n\n我们生产货架。", "王经理："),
        ("ja", "株式会社山田 田中様\n\n棚を作っています。", "株式会社山田 田中様"),
    ],
)
def test_the_greeting_is_what_greets(language: str, text: str, greeting: str | None) -> None:
    copy = Copy(None, text, language=language)
    assert (copy.said(copy.greeting).strip() if copy.greeting else None) == greeting


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("Hi,\n\nwe make shelving.\n\n-- \nTom", "-- \nTom"),
        ("Hi,\n\nwe make shelving.\n\nKind regards from Leeds,\nTom", "Kind regards from Leeds,\nTom"),
        (
            "Hi,\n\nwe make it.\n\nTom Reed\nReed Ltd., Leeds\ntom@reed.example\n",
            "Tom Reed\nReed Ltd., Leeds\n",
        ),
        ("Hi,\n\nthanks for the drawing that you sent.\nIt is good.", ""),
    ],
)
def test_the_signature_begins_where_the_letter_says_goodbye(text: str, signature: str) -> None:
    copy = Copy("Shelving", text, language="en")
    assert copy.text[copy.signature :].startswith(signature)
    assert bool(copy.text[copy.signature :]) is bool(signature)


def test_words_are_those_of_the_writer() -> None:
    assert Copy("x", "Hi Anna,\n\n> old words here\nnew words\n\n-- \nTom Reed", language="en").words == 4
    assert count_words("我们生产钢制货架") == 5
    assert count_words("don't stop") == 2


def test_a_link_ends_before_chinese_text() -> None:
    copy = Copy(None, "请访问https://shop.example/b。谢谢，或https://shop.example/c了解", language="zh")
    assert said(copy, copy.links) == ["https://shop.example/b", "https://shop.example/c"]


HOSTILE = [
    "a",
    "a.",
    ". ",
    ".x",
    "\n",
    "> \n",
    "- a\n",
    "http://",
    "Hi ,",
    "!",
    "\ud800",
    "，",
    "\u200b",
    " \n",
    "1. ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_pieces_of_any_text_lie_in_it_and_apart(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    copy = Copy("x", text, language="en")
    for pieces in (copy.lines, copy.sentences, copy.paragraphs, copy.bullets, copy.links, copy.quoted):
        assert all(0 <= one.start <= one.end <= len(text) for one in pieces)
        assert all(left.end <= right.start for left, right in pairwise(pieces))
    assert 0 <= copy.body.start <= copy.body.end <= len(text)
