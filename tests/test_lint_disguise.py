"""Disguised spellings are errors with a safe correction; what a writing system needs is none."""

import json
from pathlib import Path

import pytest

from outreach.lint.copy import Copy
from outreach.lint.finding import Finding, Level
from outreach.lint.rules.disguise import check

ENGLISH = (
    "Hello Anna,\n\nwe make steel shelving for small shops and put it up in one night, so you open as usual."
)


def found(text: str, **facts: str) -> list[Finding]:
    return list(check(Copy(facts.pop("subject", "Shelving"), text, **facts)))  # type: ignore[arg-type]


def mended(text: str, findings: list[Finding]) -> str:
    for finding in reversed(findings):
        if finding.fix is not None:
            text = text[: finding.start] + finding.fix + text[finding.end :]
    return text


@pytest.mark.parametrize(
    ("code", "written", "corrected"),
    [
        ("OBF701", "we make shel\u200bving\u200b for\u202e shops", "we make shelving for shops"),
        ("OBF702", "Это Cтоимость и cкидкa", "Это Стоимость и скидка"),
        ("OBF702", "we make shеlving", "we make shelving"),
        ("OBF703", "we make 𝐬𝐡𝐞𝐥𝐯𝐢𝐧𝐠 here", "we make shelving here"),
    ],
)
def test_a_safe_correction_leaves_nothing_to_find(code: str, written: str, corrected: str) -> None:
    findings = found(written)
    assert {(finding.code, finding.level) for finding in findings} == {(code, Level.ERROR)}
    assert mended(written, findings) == corrected
    assert found(corrected) == []


def test_letters_set_apart_are_an_error_for_a_person_to_mend() -> None:
    (finding,) = found("take our f r e e   m o n e y now")
    assert (finding.code, finding.level, finding.fix) == ("OBF703", Level.ERROR, None)
    assert finding.rewrite.split() == ["free", "money"]


@pytest.mark.parametrize("word", ["сору", "ассерт", "рау"])
def test_a_latin_word_without_a_latin_letter_is_an_error_for_a_person_to_mend(word: str) -> None:
    text = ENGLISH + f" Please see the {word} of it."
    (finding,) = found(text)
    assert (finding.code, finding.level, finding.fix) == ("OBF702", Level.ERROR, None)
    assert text[finding.start : finding.end] == word
    assert finding.rewrite.isascii()
    assert finding.rewrite
    assert "mixes" not in finding.message


@pytest.mark.parametrize(
    "said",
    [
        *("Анна", "Марат", "Нева", "ООО", "Ермек", "ОАО Мост", "ООО «Нева»", "АТОМ", "Сору", "СОРУ", "сорт"),
        *("«сору»", "не", "ве", "Νικη", "ΟΤΕ"),
    ],
)
@pytest.mark.parametrize("beside", ["", " Take it frее."])
def test_names_in_another_script_stay_as_they_are(said: str, beside: str) -> None:
    text = f"Hello {said},\n\nwe met {said} and {said} in town and know {said} well.\n{said} is here.{beside}"
    findings = found(text)
    assert [text[each.start : each.end] for each in findings] == (["frее"] if beside else [])
    assert mended(text, findings) == text.replace("frее", "free")


@pytest.mark.parametrize("name", ["Mapo", "CEO", "Oracle", "XEROX", "TOTAL", "copa"])
def test_latin_names_in_a_cyrillic_letter_stay_as_they_are(name: str) -> None:
    text = f"Здравствуйте, Анна!\n\nМы работаем с {name} и делаем стеллажи, у нас cкидкa для {name}.\n"
    findings = found(text, subject="Стеллажи")
    assert mended(text, findings) == text.replace("cкидкa", "скидка")
    assert [text[each.start : each.end] for each in findings] == ["cкидкa"]


def test_the_subject_is_read_too() -> None:
    (finding,) = found("we make shelving", subject="Fr33 shelving")
    assert (finding.code, finding.part, finding.start, finding.end) == ("OBF703", "subject", 0, 4)


def test_careless_typing_is_a_warning() -> None:
    (soft,) = found("Regal\u00adsysteme für Läden")
    (latin_i,) = found("Бiз сөре жасаймыз, сізге хат жазып отырмыз", language="kk")
    assert (soft.code, soft.level, soft.fix) == ("OBF701", Level.WARNING, "")
    assert (latin_i.code, latin_i.level, latin_i.fix) == ("OBF702", Level.WARNING, "Біз")


def test_a_sentence_in_another_script_is_noted_once() -> None:
    text = ENGLISH + "\n\nмы делаем стеллажи для магазинов\nи привозим их в тот же день\n"
    (finding,) = found(text)
    assert (finding.code, finding.level) == ("OBF704", Level.INFO)
    assert text[finding.start : finding.end].splitlines() == text.splitlines()[-2:]


@pytest.mark.parametrize(
    "text",
    [
        "Здравствуйте!\n\nМы делаем стеллажи.\n\nMicrosoft Office, Adobe Photoshop, Google Drive, Slack\n",
        "您好！\n\n我们为小型商店生产钢制货架，可以免费给您发图纸，请访问我们的网站。\n\n"
        "https://shop.example/see-all-of-our-new-shelves\nNingbo Hailan Valve Co., Ltd.\n",
        "Hello,\n\nwe make shelving with «Ромашка» from Алматы.\n",
    ],
)
def test_names_and_links_in_another_script_are_ordinary(text: str) -> None:
    assert found(text) == []


def test_the_good_letters_have_no_disguise() -> None:
    letters = [
        json.loads(line)
        for file in sorted((Path(__file__).parent / "letters").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert [
        (letter["id"], finding.message)
        for letter in letters
        for finding in check(Copy(letter["subject"], letter["text"], language=letter["lang"]))
        if finding.code != "OBF704"
    ] == []
    assert letters
