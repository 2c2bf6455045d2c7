"""Phrases are found in every form and disguise, where they count, and nowhere else."""

import tomllib

import pytest

from outreach.lint import index
from outreach.lint.copy import Copy
from outreach.lint.finding import Finding, Level
from outreach.lint.packs import compile
from outreach.lint.phrase import Phrase
from outreach.lint.rules.phrases import Finder


def pack(code: str, language: str, *tables: str) -> list[Phrase]:
    """The phrases of a pack that need not be clean."""
    text = f'language = "{language}"\ncode = "{code}"\n'
    text += "".join(f'[[phrase]]\nbad = ["-"]\nsingle = true\n{table}\n' for table in tables)
    return compile("own.toml", tomllib.loads(text))[0]


def found(
    phrases: list[Phrase], text: str, subject: str | None = None, language: str = "en"
) -> list[Finding]:
    finder = Finder(phrases, packs=lambda language: index.pack(()))
    return list(finder.check(Copy(subject, text, language=language)))


def said(phrases: list[Phrase], text: str, language: str = "en") -> list[str]:
    """The words of the letter that the phrases were found in."""
    return [text[each.start : each.end] for each in found(phrases, text, language=language)]


@pytest.mark.parametrize(
    ("language", "match", "text", "expected"),
    [
        ("en", "limited offer", "Two LIMITED OFFERS here", "LIMITED OFFERS"),
        ("en", "offers= end", "the offers ended", "offers ended"),
        ("en", "guarant* income", "a guaranteed income", "guaranteed income"),
        ("en", "only _ days left", "only 3 days left", "only 3 days left"),
        ("en", "100 %", "we are 100% sure", "100%"),
        ("en", "earn $", "earn $500", "earn $"),
        ("en", "risk-free trial", "a risk free trial", "risk free trial"),
        ("en", "don't miss", "Don’t miss it", "Don’t miss"),
        ("en", "number 1", "the No. 1, the number 1", "number 1"),
        ("en", "no 1", "the No. 1 of its kind", "No. 1"),
        ("ru", "выгодное предложение", "о выгодных предложениях", "выгодных предложениях"),
        ("ru", "все еще", "всё ещё ждём", "всё ещё"),
        ("de", "einmaliges angebot", "mit einmaligen Angeboten", "einmaligen Angeboten"),
        ("fr", "offre exceptionnelle", "profitez de l’offre exceptionnelle", "l’offre exceptionnelle"),
        ("tr", "büyük fırsat", "BÜYÜK FIRSATLAR", "BÜYÜK FIRSATLAR"),
        ("pl", "wyjątkowa oferta", "mamy wyjątkowe oferty", "wyjątkowe oferty"),
        ("kk", "тиімді ұсын*", "тиімді ұсыныстарымыз", "тиімді ұсыныстарымыз"),
        ("uk", "п'ять днів", "лише п’ять днів", "п’ять днів"),
    ],
)
def test_a_phrase_is_found_in_its_forms(language: str, match: str, text: str, expected: str) -> None:
    phrases = pack("SPM102", language, f'match = ["{match}"]')
    assert any(each.startswith(expected) for each in said(phrases, text, language))


@pytest.mark.parametrize("match", ["(buy/order) (now/right away/)", "(bu/orde)(y/r) (now/right away)", "#"])
def test_a_group_stands_for_any_of_its_words(match: str) -> None:
    phrases = pack("SPM102", "en", f'match = ["{match}"]')
    expected = ["Order now", "buy right away"] if "now" in match else ["3rd", "40"]
    assert said(phrases, "Order now, or buy right away, the 3rd of 40. Now right away.")[:2] == expected


def test_a_group_may_stand_beside_its_words_in_other_phrases() -> None:
    patterns = '"(free/nice) gift", "free hall", "(_/nice) day now", "(nice/#) offer"'
    text = "free gift free hall nice gift cold day now nice offer 3 offers"
    assert said(pack("SPM103", "en", f"match = [{patterns}]"), text) == [
        *("free gift", "free hall", "nice gift", "cold day now", "nice offer", "3 offers")
    ]
    chinese = pack("SPM103", "zh", 'match = ["(免费/白)送"]\nnot_after = ["(不/别)"]')
    assert said(chinese, "免费送。白送。别白送。", "zh") == ["免费送", "白送"]


@pytest.mark.parametrize(
    ("match", "text"),
    [
        ("offer= ends", "the offers end"),
        ("only _ days left", "only days left"),
        ("only _ days left", "It is only! Days left: three"),
        ("act now", "They act. Now it is done."),
        ("act now", "We act\n\nNow to the price"),
        ("act now", "- how we act\n- now and later"),
        ("act now", "a fact now known"),
        ("earn $", "earn €"),
    ],
)
def test_it_is_not_found_where_it_is_not_said(match: str, text: str) -> None:
    assert said(pack("SPM102", "en", f'match = ["{match}"]'), text) == []


def test_it_may_run_over_a_comma_and_over_a_line() -> None:
    phrases = pack("SPM102", "en", 'match = ["act now"]')
    assert said(phrases, "Act, now.\nAct\nnow") == ["Act, now", "Act\nnow"]


def test_guards_keep_honest_uses_out() -> None:
    phrases = pack("SPM103", "en", 'match = ["free"]\nnot_before = ["to _ us", "of"]\nnot_after = ["feel"]')
    text = "Feel free. Free to call us. Free of rust. Free to go. Feel. Free."
    assert [each.start for each in found(phrases, text)] == [text.index("Free to go"), text.rindex("Free")]


def test_a_guard_that_fails_the_longer_phrase_leaves_the_shorter() -> None:
    phrases = pack(
        "SPM103", "en", 'match = ["free gift card"]\nnot_before = ["office"]', 'match = ["free gift"]'
    )
    assert said(phrases, "A free gift card. The free gift card office.") == ["free gift card", "free gift"]


def test_a_scope_limits_where_it_counts() -> None:
    tables = [f'match = ["{scope} thing"]\nscope = "{scope}"' for scope in ("subject", "body", "ask")]
    phrases = pack("SPM104", "en", *tables)
    every = "A subject thing, a body thing, an ask thing."
    text = f"Dear Ann,\n\n{every} Is it an ask thing? We wait for you. We will see the ask thing.\n"
    assert [each.part for each in found(phrases, "We sell pens.", every)] == ["subject"]
    assert said(phrases, text) == ["body thing", "ask thing", "ask thing"]
    assert found(phrases, text)[1].start > text.index("Is it")


def test_the_longest_phrase_at_a_place_counts_alone() -> None:
    phrases = pack("SPM103", "en", 'match = ["free gift"]', 'match = ["a free gift for you"]\nweight = 4')
    (finding,) = found(phrases, "It is a free gift for you.")
    assert (finding.start, finding.end, finding.points) == (6, 25, 4)


def test_craft_phrases_and_those_of_spam_do_not_hide_each_other() -> None:
    phrases = pack("SPM102", "en", 'match = ["act now"]') + pack(
        "STR405", "en", 'match = ["you must act now"]'
    )
    assert {each.code for each in found(phrases, "You must act now.")} == {"SPM102", "STR405"}


def test_a_phrase_has_its_points_once() -> None:
    phrases = pack("SPM102", "en", 'match = ["act now", "last chance"]\nweight = 2.5')
    assert [each.points for each in found(phrases, "Act now. Last chance. Act now.", "Act now")] == [
        2.5,
        0,
        0,
        0,
    ]


def test_a_quote_and_the_signature_are_not_the_letters_own_words() -> None:
    own = pack("SPM102", "en", 'match = ["act now"]') + pack("SPM107", "en", 'match = ["not spam"]')
    text = "Hi Ann,\n\n> Act now, not spam\n\nWe make pens.\n\n-- \nAct now Ltd\nThis is not spam.\n"
    assert [(each.code, text[each.start : each.end]) for each in found(own, text)] == [("SPM107", "not spam")]


def test_a_stock_phrase_in_the_subject_is_worse() -> None:
    phrases = pack(
        "SPM101", "en", 'match = ["special offer"]\nhint = "say which"\nrewrite = "Shelves in May"'
    )
    subject, text = found(phrases, "Our special offer", "Special offers")
    assert (subject.code, subject.level, subject.points) == ("SUB009", Level.ERROR, 6)
    assert (text.code, text.level, text.points) == ("SPM101", Level.WARNING, 0)
    assert (subject.hint, subject.rewrite) == ("say which", "Shelves in May")
    assert "'Special offers'" in subject.message


def test_levels_follow_the_code_and_a_weight_of_one_is_a_remark() -> None:
    for code, weight, level in (
        ("SPM108", 4, Level.ERROR),
        ("SPM109", 1, Level.INFO),
        ("SPM105", 2, Level.WARNING),
        ("SPM105", 1, Level.INFO),
        ("STR406", 0, Level.INFO),
        ("SEQ803", 0, Level.WARNING),
    ):
        (finding,) = found(pack(code, "en", f'match = ["act now"]\nweight = {weight}'), "Act now")
        assert (finding.level, bool(finding.hint)) == (level, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我们免费 赠送样品。", ["免费 赠送"]),
        ("我們免費\n贈送樣品", ["免費\n贈送"]),
        ("免*费-赠·送", ["免*费-赠·送"]),
        ("样品免费。赠送", []),
        ("样品免费，赠送", []),
        ("样品免费\n\n赠送", []),
        ("不免费赠送", []),
        ("免费赠送品", []),
        ("限时免费赠送", ["限时免费赠送"]),
    ],
)
def test_chinese_is_found_without_words(text: str, expected: list[str]) -> None:
    guarded = 'match = ["免费赠送"]\nnot_before = ["品"]\nnot_after = ["不"]'
    phrases = pack("SPM103", "zh", guarded, 'match = ["限时免费赠送"]')
    assert said(phrases, text, "zh") == expected


@pytest.mark.parametrize("text", ["Act n\u200bow", "Аct nоw", "\uff21\uff23\uff34 now", "A\u00adct now"])
def test_a_disguised_phrase_is_found_and_shown_as_it_stands(text: str) -> None:
    letter = f"Dear Ann, {text} please"
    assert said(pack("SPM102", "en", 'match = ["act now"]'), letter) == [text]


def test_languages_are_looked_for_by_script_and_tag() -> None:
    phrases = (
        pack("SPM103", "en", 'match = ["free gift"]')
        + pack("SPM103", "de", 'match = ["gratis geschenk"]')
        + pack("SPM103", "kk", 'match = ["тегін сый*"]')
        + pack("SPM103", "ja", 'match = ["無料進呈"]')
    )
    text = "Free gift, Gratis Geschenk, тегін сыйлық, 無料進呈"
    assert said(phrases, text, "de") == ["Free gift", "Gratis Geschenk", "тегін сыйлық"]
    assert said(phrases, text, "ru-KZ") == ["Free gift", "тегін сыйлық"]
    assert said(phrases, text, "ja") == ["Free gift", "тегін сыйлық", "無料進呈"]


def test_a_text_that_no_phrase_has_a_word_of_is_known() -> None:
    phrases = pack("SPM103", "en", 'match = ["free _ gift"]') + pack("SPM103", "zh", 'match = ["免费"]')
    finder = Finder(phrases, packs=lambda language: index.pack(()))
    assert [finder.touches(text, "en") for text in ("Gifts Ltd", "Harbour Ltd", "")] == [True, False, False]
    assert [finder.touches(text, "zh") for text in ("免疫", "港口")] == [True, False]


@pytest.mark.parametrize(
    "piece",
    [
        "a ",
        "free free ",
        "free",
        "\ud800 free ",
        ". ",
        "....",
        "' ",
        "\n \n",
        "免",
        "免费 ",
        "$",
        "> free\n",
        "x. 1 ",
    ],
)
def test_hostile_text_is_read_to_its_end(piece: str) -> None:
    tables = ('match = ["free _ _ _ gift", "free free", "a a a a b", "$ $ $ 1"]', 'match = ["x 1"]')
    phrases = pack("SPM103", "en", *tables) + pack("SPM103", "zh", 'match = ["免免免免费"]')
    text = piece * (200_000 // len(piece)) + "\n\nfree one two three gift"
    finding = found(phrases, text)[-1]
    assert text[finding.start : finding.end] == "free one two three gift"
