"""Kazakh and Mongolian packs: inflected words are found inside phrases, and the word lists fit real letters.

Neither language has a stemmer, so a phrase holds only as far as its `stem*` tokens reach: over vowel harmony,
voiced stem ends (жеңілдік - жеңілдігі) and dropped vowels (ажил - ажлын, бэлэг - бэлгийн).
"""

from functools import cache

import pytest

from outreach.data import table
from outreach.lint.copy import Copy
from outreach.lint.index import pack
from outreach.lint.language import words
from outreach.lint.rules.phrases import Finder
from tests import packs

KAZAKH = {
    (
        "SPM104",
        "Онлайн {}",
    ): "табыс табысы табыстың табысқа табысты табыста табыстан табыспен табыстар табысым "
    "табысыңыз табысыңызды табысымыз табысын табыстары",
    (
        "SPM104",
        "Жедел {}",
    ): "несие несиені несиенің несиеге несиеде несиеден несиемен несиелер несиелерді несиесі "
    "несиесін несиеңіз несиеңізді несиеміз несиелеріңіз",
    (
        "SPM104",
        "Жеңіл {}",
    ): "ақша ақшаны ақшаның ақшаға ақшада ақшадан ақшамен ақшасы ақшасын ақшаңыз ақшаңызды "
    "ақшамыз ақшалар ақшам ақшаңа",
    ("SPM104", "Үлкен {}"): "жеңілдік жеңілдікке жеңілдікті жеңілдіктің жеңілдікте жеңілдіктен жеңілдікпен "
    "жеңілдігі жеңілдігін жеңілдігіміз жеңілдіктер жеңілдіктерді жеңілдіктеріміз жеңілдігіне жеңілдіктерге",
    (
        "SPM102",
        "Соңғы {}",
    ): "мүмкіндік мүмкіндікті мүмкіндікке мүмкіндіктің мүмкіндіктен мүмкіндікпен мүмкіндігі "
    "мүмкіндігіңіз мүмкіндігіңізді мүмкіндігімен мүмкіндіктер мүмкіндіктерді мүмкіндігін мүмкіндігіміз "
    "мүмкіндіктеріңіз",
    (
        "SPM101",
        "Керемет {}",
    ): "ұсыныс ұсынысты ұсынысқа ұсыныстың ұсыныста ұсыныстан ұсыныспен ұсынысы ұсынысымыз "
    "ұсынысымызды ұсынысын ұсыныстар ұсыныстарды ұсыныстарымыз ұсыныстарға",
    (
        "SPM103",
        "Тегін {}",
    ): "сыйлық сыйлықты сыйлыққа сыйлықтың сыйлықтан сыйлықпен сыйлығы сыйлығын сыйлығыңыз "
    "сыйлығыңызды сыйлығымыз сыйлықтар сыйлықтарды сыйлықтарға сыйлықтарыңыз",
    (
        "SPM104",
        "Ең төмен {}",
    ): "баға бағаны бағаның бағаға бағада бағадан бағамен бағасы бағасын бағамыз бағамызды "
    "бағаңыз бағалар бағаларды бағалармен",
    (
        "SPM105",
        "Керемет {}",
    ): "нәтиже нәтижені нәтиженің нәтижеге нәтижеде нәтижеден нәтижемен нәтижесі нәтижесін "
    "нәтижелер нәтижелерге нәтижелерді нәтижеңіз нәтижеміз нәтижелеріңіз",
    ("SPM108", "Спорттық {}"): "ставка ставканы ставканың ставкаға ставкада ставкадан ставкамен ставкалар "
    "ставкаларды ставкалардан ставкасы ставкаңыз ставкаңызды ставкамыз ставкаларға",
    (
        "SPM108",
        "Дайын {}",
    ): "диплом дипломды дипломның дипломға дипломда дипломнан дипломмен дипломы дипломын "
    "дипломыңыз дипломдар дипломдарды дипломдарға дипломдарымыз дипломдардың",
    (
        "SPM105",
        "Революциялық {}",
    ): "технология технологияны технологияның технологияға технологияда технологиядан "
    "технологиямен технологиясы технологиясын технологиялар технологияларды технологиялармен технологиямыз "
    "технологиямызды технологияларға",
}
MONGOLIAN = {
    ("SPM104", "Шуурхай {}"): "зээл зээлийг зээлийн зээлд зээлээс зээлээр зээлтэй зээлүүд зээлүүдийг зээлээ "
    "зээлийнхээ зээлдээ зээлээсээ зээлгүй зээлүүдийн",
    (
        "SPM104",
        "Асар их {}",
    ): "хямдрал хямдралыг хямдралын хямдралд хямдралаас хямдралаар хямдралтай хямдралууд "
    "хямдралуудыг хямдралаа хямдралтайгаар хямдралгүй хямдралдаа хямдралаасаа хямдралуудын",
    ("SPM104", "Амархан {}"): "мөнгө мөнгийг мөнгөний мөнгөнд мөнгөнөөс мөнгөөр мөнгөтэй мөнгөө мөнгөгүй "
    "мөнгөнийхөө мөнгөндөө мөнгөнөөсөө мөнгөөрөө мөнгөтэйгөө мөнгөгүйгээр",
    (
        "SPM104",
        "Онлайн {}",
    ): "ажил ажлыг ажлын ажилд ажлаас ажлаар ажилтай ажлууд ажлуудыг ажлаа ажилдаа ажлаасаа "
    "ажлаараа ажлынхаа ажилгүй",
    (
        "SPM104",
        "Хамгийн хямд {}",
    ): "үнэ үнийг үнийн үнэд үнээс үнээр үнэтэй үнэнд үнэнээс үнээ үнийнхээ үнэтэйгээр "
    "үнээрээ үнэдээ үнээсээ",
    ("SPM108", "Спортын {}"): "бооцоо бооцоог бооцооны бооцоонд бооцооноос бооцоогоор бооцоотой бооцоогоо "
    "бооцоонууд бооцоонуудыг бооцоондоо бооцооныхоо бооцоогүй бооцоогоороо бооцооноосоо",
    (
        "SPM103",
        "Үнэгүй {}",
    ): "бэлэг бэлгийг бэлгийн бэлэгт бэлгээс бэлгээр бэлэгтэй бэлгүүд бэлгүүдийг бэлгээ "
    "бэлэгтээ бэлгээсээ бэлгийнхээ бэлэггүй бэлгүүдээ",
    ("SPM104", "Хялбар {}"): "орлого орлогыг орлогын орлогод орлогоос орлогоор орлоготой орлогоо орлогууд "
    "орлогуудыг орлогогүй орлогынхоо орлогодоо орлогоосоо орлогоороо",
    ("SPM102", "Сүүлчийн {}"): "боломж боломжийг боломжийн боломжид боломжоос боломжоор боломжтой боломжууд "
    "боломжуудыг боломжоо боломжийнхоо боломжоосоо боломжоороо боломжгүй боломжуудаа",
    (
        "SPM101",
        "Онцгой {}",
    ): "санал саналыг саналын саналд саналаас саналаар саналтай саналууд саналуудыг саналаа "
    "саналынхаа саналдаа саналаасаа саналаараа саналгүй",
    ("SPM105", "100% {}"): "баталгаа баталгааг баталгааны баталгаанд баталгаанаас баталгаагаар баталгаатай "
    "баталгаагаа баталгаанууд баталгаануудыг баталгааныхаа баталгаандаа баталгаагүй "
    "баталгаатайгаар баталгаагаараа",
    (
        "SPM106",
        "Онлайн {}",
    ): "сугалаа сугалааг сугалааны сугалаанд сугалаанаас сугалаагаар сугалаатай сугалаагаа "
    "сугалаанууд сугалаануудыг сугалааныхаа сугалаандаа сугалаанаасаа сугалаагүй сугалаагаараа",
}
FORMS = [("kk", *key, forms) for key, forms in KAZAKH.items()] + [
    ("mn", *key, forms) for key, forms in MONGOLIAN.items()
]


@cache
def finder() -> Finder:
    """The phrases of the two languages as their sources say."""
    files, _ = packs.sources()
    both = [phrase for each in files.values() for phrase in each if phrase.language in ("kk", "mn")]
    return Finder(both, packs=lambda language: pack(()))


def codes(text: str, language: str) -> set[str]:
    """The codes of the phrases found in a text."""
    return {hit.phrase.code for _, hit in finder().hits(Copy(None, text, language=language))}


def letters(language: str) -> list[Copy]:
    """The good letters of a language."""
    return [copy for _, copy in packs.letters() if copy.language == language]


@pytest.mark.parametrize(("language", "code", "carrier", "forms"), FORMS)
def test_every_inflected_form_is_found_in_its_phrase(
    language: str, code: str, carrier: str, forms: str
) -> None:
    every = forms.split()
    assert len(set(every)) == 15
    sentence = "Сіз {} туралы айттыңыз." if language == "kk" else "Та {} гэж бичсэн."
    missed = [
        form for form in every if code not in codes(sentence.format(carrier.lower().format(form)), language)
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("mn", "Манай дэлгүүр баярын өдрүүдэд онлайн ажиллана."),
        ("mn", "Онлайн ажлын ярилцлага 11 цагт эхэлнэ."),
        ("mn", "Үнэхээр хямд үнээр биш, хугацаандаа хүргэх нь чухал."),
        ("mn", "Гэмтлийн талаар хүргэлтийн ажилтан бэлгэ тэмдэг үлдээсэн."),
        ("kk", "Тендерді ұтып алдыңыз, енді келісімшартқа қол қоямыз."),
        ("kk", "Ең төмен баға ұсынған қатысушы жеңеді."),
    ],
)
def test_words_that_only_begin_alike_are_left_alone(language: str, sentence: str) -> None:
    assert codes(sentence, language) == set()


@pytest.mark.parametrize("language", ["kk", "mn"])
def test_the_footer_and_every_good_letter_say_how_to_opt_out(language: str) -> None:
    footer = table("footer")["language"][language]
    said = [footer["opt_out"].format(stop=footer["stop"])]
    said += [copy.text.rpartition("\n\n")[2] for copy in letters(language)]
    assert len(said) > 60
    optout = words(language).optout
    assert [line for line in said if not any(sign in line.casefold() for sign in optout)] == []


@pytest.mark.parametrize("language", ["kk", "mn"])
def test_greeting_request_and_signature_of_every_good_letter_are_recognised(language: str) -> None:
    asks, offers = words(language).asks, words(language).offers
    for copy in letters(language):
        greeting = copy.said(copy.greeting) if copy.greeting else ""
        assert greeting.casefold().startswith(words(language).greetings) or not copy.first, copy.text[:60]
        signature = copy.text[copy.signature :]
        assert "@" in signature, copy.text
        assert "?" not in signature, copy.text
        body = copy.own.casefold()
        assert "?" in body or any(ask in body for ask in asks), copy.text
        assert not copy.first or any(offer in body for offer in offers), copy.text


@pytest.mark.parametrize("language", ["kk", "mn"])
def test_signoffs_do_not_hide_a_letter(language: str) -> None:
    lines = {"kk": "Сіздің шотыңыз бұғатталды.", "mn": "Таны данс хаагдана."}
    copy = Copy(None, f"{lines[language]}\n\n{lines[language]}", language=language)
    assert copy.signature == len(copy.text)
    assert "SPM102" in codes(copy.text, language)
