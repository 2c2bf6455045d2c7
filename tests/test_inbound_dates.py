"""The day somebody is back, read out of away messages in every language."""

from datetime import date

import pytest

from outreach.inbound.dates import return_date

ON = date(2026, 11, 25)  # a Wednesday

TEXTS = """
I am out of the office until 3 December.|2026-12-04
I will be back on Monday 7th.|2026-12-07
I will be back in the office on Monday, 7 December 2026.|2026-12-07
Ich bin bis einschließlich 12.12. nicht im Büro.|2026-12-13
Ich bin bis zum 4. Dezember 2026 im Urlaub.|2026-12-05
Ab dem 7.12. bin ich wieder erreichbar.|2026-12-07
Bis 3.12. bin ich im Urlaub und ab 4.12. wieder erreichbar.|2026-12-04
Я в отпуске до 3 декабря.|2026-12-04
Буду в отпуске с 1 по 14 декабря.|2026-12-15
Вернусь 7 декабря.|2026-12-07
С 7 декабря снова на связи.|2026-12-07
12月3日まで不在にしております。|2026-12-04
12月1日(火)から12月3日(木)まで休暇をいただいております。|2026-12-04
12月7日より出社いたします。|2026-12-07
Estaré fuera de la oficina del 3 al 14 de diciembre.|2026-12-15
Estoy de vacaciones hasta el 4 de enero de 2027.|2027-01-05
Volveré el 7 de diciembre.|2026-12-07
I am away through 01/05/2027.|2027-01-06
Out of office until 2026-12-03|2026-12-04
I will be back next Monday.|2026-11-30
I am out of the office today and will be back tomorrow.|2026-11-26
I am out of the office today.|2026-11-26
Je suis absent jusqu'au 3 décembre inclus.|2026-12-04
Je serai de retour le lundi 7 décembre.|2026-12-07
Je suis en congés du 1er au 11 décembre.|2026-12-12
Sono in ferie fino al 3 dicembre.|2026-12-04
Sarò fuori ufficio dal 3 al 14 dicembre.|2026-12-15
Rientrerò il 7 dicembre.|2026-12-07
Estou de férias até 3 de dezembro.|2026-12-04
Estarei de volta no dia 7 de dezembro.|2026-12-07
Jestem na urlopie do 3 grudnia.|2026-12-04
Wracam 7 grudnia.|2026-12-07
3 Aralık tarihine kadar ofis dışında olacağım.|2026-12-04
3 Aralık'a kadar izinliyim.|2026-12-04
7 Aralık'ta döneceğim.|2026-12-07
Я у відпустці до 3 грудня.|2026-12-04
Повернуся 7 грудня.|2026-12-07
Мен 3 желтоқсанға дейін демалыстамын.|2026-12-04
7 желтоқсаннан бастап жұмысқа шығамын.|2026-12-07
Би 12 сарын 3 хүртэл амралттай байна.|2026-12-04
12-р сарын 7-нд ажилдаа орно.|2026-12-07
12 сарын 3-ны өдрийг хүртэл томилолттой байна.|2026-12-04
我于12月1日至12月3日休假。|2026-12-04
我將於12月7日返回辦公室。|2026-12-07
休假至12月3日|2026-12-04
Jag är på semester till och med 3 december.|2026-12-04
Jag är tillbaka på kontoret den 7 december.|2026-12-07
Jeg er på ferie til og med 3. desember.|2026-12-04
Jeg er tilbage den 7. december.|2026-12-07
Jeg holder ferie til 3. december.|2026-12-04
Olen lomalla 3.12. asti.|2026-12-04
Olen lomalla 3. joulukuuta saakka.|2026-12-04
Palaan töihin 7.12.2026.|2026-12-07
Ik ben afwezig tot en met 3 december.|2026-12-04
Ik ben op 7 december weer terug.|2026-12-07
Jsem na dovolené do 3. prosince.|2026-12-04
Budu zpět 7. prosince.|2026-12-07
December 3-ig szabadságon vagyok.|2026-12-04
December 7-én leszek ismét elérhető.|2026-12-07
2026. december 3-ig szabadságon vagyok|2026-12-04
Sunt în concediu până la 3 decembrie.|2026-12-04
Revin pe 7 decembrie.|2026-12-07
12월 3일까지 휴가입니다.|2026-12-04
12월 7일에 복귀합니다.|2026-12-07
2026년 12월 1일부터 12월 3일까지 부재중입니다.|2026-12-04
أنا في إجازة حتى 3 ديسمبر.|2026-12-04
سأعود يوم 7 ديسمبر.|2026-12-07
أنا خارج المكتب حتى ٣ ديسمبر|2026-12-04
I will be out of the office starting 11/24/2026 and will not return until 12/05/2026.|2026-12-05
I am away from December 21 to January 5.|2027-01-06
I am on leave Dec 21 - 31.|2027-01-01
On vacation 30 Nov – 4 Dec|2026-12-05
I am out of the office on 3 December.|2026-12-04
Ich bin am 3.12. nicht im Büro.|2026-12-04
I am out of the office until further notice.|None
I am out until 3 December 2029.|None
I'm on leave until January.|2027-01-01
Ich bin bis Ende Dezember in Elternzeit.|2027-01-01
I am out until Monday.|2026-12-01
I am out of office until Friday 4 December, back Monday 7 December.|2026-12-07
Back: 12/7|2026-12-07
Ich bin vom 1. bis 14. Dezember im Urlaub.|2026-12-15
1.–14.12. im Urlaub|2026-12-15
I am out of the office until the 99th of December.|None
I was out until 3 March.|2027-03-04
Ich bin vom 30.11.2026 bis zum 04.12.2026 nicht im Hause. Ihre Mail wird nicht weitergeleitet.|2026-12-05
Thank you for your message. I am currently away and return on Tuesday.|2026-12-01
Я в отпуске до понедельника.|2026-12-01
Буду на работе в понедельник.|2026-11-30
Сегодня отсутствую на рабочем месте.|2026-11-26
Буду отсутствовать с 30.11 по 04.12.2026 включительно|2026-12-05
Je suis absente du lundi 30 novembre au vendredi 4 décembre.|2026-12-05
""".strip().splitlines()


@pytest.mark.parametrize("line", TEXTS)
def test_the_first_day_back(line: str) -> None:
    text, _, wanted = line.rpartition("|")
    assert str(return_date(text, ON)) == wanted


@pytest.mark.parametrize(
    ("text", "on", "language", "wanted"),
    [
        ("away through 01/05/2027", date(2027, 4, 20), "", date(2027, 5, 2)),  # only day/month lies ahead
        ("away through 01/05/2027", date(2026, 12, 20), "en", date(2027, 1, 6)),  # two weeks, not four months
        ("absent jusqu'au 03/12/2026", ON, "fr", date(2026, 12, 4)),
        ("away until 12/03/2026", ON, "en-US", date(2026, 12, 4)),
        ("from 11/24/2026 until 12/03/2026 away", ON, "en", date(2026, 12, 4)),  # 24 shows the order
        ("out until 30 December", date(2027, 1, 2), "", date(2026, 12, 31)),  # three days ago, not next year
        ("out until 3 January", date(2026, 12, 30), "", date(2027, 1, 4)),
        ("out until 29 February 2027", ON, "", None),
        ("back on 1 March 2029", ON, "", None),
        ("out until 10 November", ON, "", None),  # left switched on: not next November
        ("call me at 9.30 or 12-14", ON, "", None),
        ("the contract of 3 December is enclosed", ON, "", None),
        ("", ON, "", None),
    ],
)
def test_years_order_and_nonsense(text: str, on: date, language: str, wanted: date | None) -> None:
    assert return_date(text, on, language) == wanted


@pytest.mark.parametrize(
    "piece", ["1.", "3 ", "月", "12月3", "\ud800", "until ", "1-", "９９", "٣ ", "99/99/9999 "]
)
def test_digits_and_words_repeated_without_end_name_no_day(piece: str) -> None:
    assert return_date((piece * 200_000)[:200_000], ON) is None


def test_a_day_named_without_end_is_that_day() -> None:
    assert return_date("until 3 december " * 12_000, ON) == date(2026, 12, 4)


@pytest.mark.parametrize("text", ["until 3 december", "until monday", "until tomorrow", "for 2 weeks"])
@pytest.mark.parametrize("on", [date.min, date.max])
def test_a_mail_from_the_ends_of_the_calendar_raises_nothing(text: str, on: date) -> None:
    found = return_date(f"away {text}", on)
    assert found is None or abs((found - on).days) < 400
