"""School grades: syllables as a dictionary counts them, and formulas as their authors published them."""

import pytest

from outreach.lint.rules.readability import grade, syllables

# Words of business letters that the counter was not made from, by how a dictionary divides them.
KNOWN = {
    1: "freight stored closed trained cooled filled trucks routes trade meals through these weight",
    2: "heated treated brochure concrete timber welded printed reviewed surveyed employed opened repaired rented "
    "parcels bottles labels hotels cables audits taxes wages courses nurses glasses ovens safety "
    "nicely statement guideline lifetime homepage dairy seafood barley greenhouse tractor clinic dental sterile "
    "hygiene boiler turbine voltage diesel pension ledger payroll cargo pallets rubber plastic",
    3: "seasonal container appointment architect construction translated vehicles articles invoices regional "
    "national financial potential technical bilingual virtual agency pharmacy recycling battery director "
    "foundation licences hospital",
    4: "gradually emergency municipal fertiliser irrigation disposable insulation generator apprenticeship",
    5: "hospitality radiology refrigeration",
    6: "municipality",
}
RUSSIAN = {"мы": 1, "стол": 1, "стеллаж": 2, "поставка": 3, "оборудование": 7, "чаю": 2, "её": 2}

EASY = [
    ["we", "make", "steel", "shelves", "for", "food", "shops"],
    ["most", "shops", "start", "with", "one", "aisle", "and", "wait", "a", "month"],
    ["would", "a", "price", "list", "of", "one", "page", "be", "of", "use", "to", "you"],
    ["the", "parts", "stay", "in", "stock"],
]
HARD = [["comprehensive", "organisational", "certification", "methodologies"] * 10]


def test_english_syllables_are_counted_as_in_a_dictionary() -> None:
    words = [(word, count) for count, line in KNOWN.items() for word in line.split()]
    wrong = [word for word, count in words if syllables("en", word) != count]
    assert len(wrong) <= 0.05 * len(words), wrong


@pytest.mark.parametrize("word", RUSSIAN)
def test_russian_syllables_are_its_vowels(word: str) -> None:
    assert syllables("ru", word) == RUSSIAN[word]


def test_the_grade_is_that_of_flesch_and_kincaid() -> None:
    said = [["dog"] * 10] * 3 + [["tiger"] * 10]  # 40 words, 4 sentences, 50 syllables
    assert grade("en", said) == pytest.approx(0.39 * 10 + 11.8 * 1.25 - 15.59)


def test_the_russian_grade_has_obornevas_weights() -> None:
    said = [["дом"] * 10] * 3 + [["книга"] * 10]
    assert grade("ru", said) == pytest.approx(0.5 * 10 + 8.4 * 1.25 - 15.59)


def test_long_words_in_long_sentences_are_harder() -> None:
    easy, hard = grade("en", EASY), grade("en", HARD)
    assert easy is not None
    assert hard is not None
    assert easy < 6 < 15 < hard


@pytest.mark.parametrize("language", ["de", "zh", "kk", ""])
def test_other_languages_have_no_scale(language: str) -> None:
    assert grade(language, HARD) is None


def test_under_thirty_words_nothing_is_said() -> None:
    assert grade("en", [["certification"] * 29]) is None
    assert grade("en", [["certification"] * 30]) is not None


def test_numbers_and_foreign_names_are_no_words_of_the_language() -> None:
    russian = [["поставка"] * 10] * 3
    assert grade("ru", [[*said, "harbour", "labels", "500"] for said in russian]) == grade("ru", russian)
