"""Names of many countries are taken apart rightly or left whole: a wrong opening is worse than none."""

import pytest

from outreach.prospect.derived import salutation
from outreach.prospect.names import split
from tests.rowing import read

# Name | country | language | first name that is right | last name that is right. Either may be absent.
_NAMES = """
Frau Franziska Becker|DE|de|Franziska|Becker
Franziska Müller|DE|de|Franziska|Müller
Mr Sanjeev Gupta|IN|en|Sanjeev|Gupta
Mr Sukhdev Singh|IN|en|Sukhdev|Singh
Rajeev Ravi|IN|en|Rajeev|Ravi
Baldev Thomas|IN|en|Baldev|Thomas
Vasudev Nair|IN|en|Vasudev|Nair
Mevrouw Mariska Bakker|NL|nl|Mariska|Bakker
Mme Maeva Dubois|FR|fr|Maeva|Dubois
Mr Yaakov Cohen|IL|en|Yaakov|Cohen
Piroska Simon|HU|hu|Piroska|Simon
Zdenko Roman|HR|hr|Zdenko|Roman
Slavenko Simon|HR|hr|Slavenko|Simon
Michael David Rabinovich|US|en|Michael David|Rabinovich
Анна Мария Петрович|RS|ru|Анна Мария|Петрович
Peter Alan Bogdanovich|US|en|Peter Alan|Bogdanovich
John Smith, Engineer|US|en|John|Smith
Frau Anna Berg, Geschäftsführerin|DE|de|Anna|Berg
Anna Berg, Berlin|DE|de|Anna|Berg
John Smith, President|US|en|John|Smith
Thomas Berg, Anna Berg|DE|de||
Anna, Peter|DE|de||
Sanjeev Gupta, Paul|IN|en||
Sra. Ana Martín López|ES|es|Ana|Martín López
Ana Martín López||||Martín López
Laura Martín Sánchez|ES|es|Laura|Martín Sánchez
David Marcos Ruiz|ES|es|David|Marcos Ruiz
Luz Yolanda Pérez|CO|es|Luz Yolanda|Pérez
Frau Simon Anna Maria|DE|de|Anna Maria|Simon
Frau Werner Antje|DE|de|Antje|Werner
Herr Hermann Ulf|DE|de|Ulf|Hermann
Mr Ahmad bin Abdullah|MY|en||
Mr Abdullah ibn Hussein|JO|en||
Haus der Geschichte|DE|de||
Baron Peter von Hohenberg|DE|de|Peter|von Hohenberg
Maria del Carmen|ES|es|Maria del Carmen|
Frau Maria|DE|de|Maria|
Mr John|US|en|John|
Mr Sanjeev|IN|en|Sanjeev|
господин Сергей|RU|ru|Сергей|
Abdul Ghani|PK|en|Abdul Ghani|
Уважаемая Анна|RU|ru|Анна|
Herr ANNA Berg|DE|de|Anna|Berg
SAP Deutschland|DE|de||
Mr Jón Sigurðsson|IS|en||
Mr Daniel Bekele|ET|en||
Mr Daniel Bekele||en||
Антон Гордеев|RU|ru|Антон|Гордеев
Гордеев Антон|RU|ru|Антон|Гордеев
Ким Сергей Петрович|RU|ru|Сергей|Ким
Лейла Каримова|AZ|ru|Лейла|Каримова
Серик Данияр|KZ|ru||
Асхат Тимур|KZ|ru||
Нұрлан Ерлан|KZ|kk||
Сейтқали Мадина|KZ|kk|Мадина|Сейтқали
Садықова Гаухар|KZ|kk|Гаухар|Садықова
Олена Кравець|UA|uk|Олена|Кравець
Кравець Олена|UA|uk|Олена|Кравець
Любов Мельник|UA|uk|Любов|Мельник
Мельник Любов Петрівна|UA|uk|Любов|Мельник
Гiорги Беридзе|GE|ka||Беридзе
Nino Beridze|GE|en|Nino|Beridze
Tigran Sargsyan|AM|en|Tigran|Sargsyan
Jürgen Brandt|DE|de|Jürgen|Brandt
Brandt Jürgen|DE|de|Jürgen|Brandt
Brandt, Jürgen|DE|de|Jürgen|Brandt
Herr Friedrich Wilhelm|DE|de||
Frau Otto Sieglinde|DE|de|Sieglinde|Otto
Otto Sieglinde|AT|de|Sieglinde|Otto
Walter Jens|DE|de||
Frau Beate Uhse|DE|de|Beate|Uhse
Urs Zbinden|CH|de|Urs|Zbinden
Peter Zbinden|CH|de|Peter|Zbinden
MARTIN Bernard|FR|fr|Bernard|MARTIN
Bernard MARTIN|FR|fr|Bernard|MARTIN
LEROY Sandrine|FR|fr|Sandrine|LEROY
Laurent Philippe|FR|fr||
Élodie Laurent|FR|fr|Élodie|Laurent
Vincent Robert|FR|fr||
Marie-Claire Petit|FR|fr|Marie-Claire|Petit
Petit Marie-Claire|BE|fr|Marie-Claire|Petit
Sofie Peeters|BE|nl|Sofie|Peeters
Peeters Sofie|BE|nl|Sofie|Peeters
Jeroen van den Heuvel|NL|nl|Jeroen|van den Heuvel
van den Heuvel, Jeroen|NL|nl|Jeroen|van den Heuvel
Heuvel, Jeroen van den|NL|nl|Jeroen|van den Heuvel
Rossi Mario|IT|it|Mario|Rossi
Franco Martino|IT|it||
Leone Marco|IT|it|Marco|Leone
Bruno Vito|IT|it||
Chiara Bruno|IT|it|Chiara|Bruno
Maria Grazia Costa|IT|it|Maria Grazia|Costa
Antonio De Luca|IT|it|Antonio|De Luca
De Luca Antonio|IT|it|Antonio|De Luca
María José García López|ES|es|María José|García López
José Luis Pérez|ES|es|José Luis|Pérez
Javier Alonso Vega|ES|es|Javier|Alonso Vega
Santiago Domingo|ES|es||
Rosa María Gil|ES|es|Rosa María|Gil
Inés de la Cruz|ES|es|Inés|de la Cruz
María de Jesús|MX|es|María de Jesús|
Guadalupe Flores Rivas|MX|es|Guadalupe|Flores Rivas
Juan Pablo Montoya|CO|es|Juan Pablo|Montoya
Ana Beatriz Oliveira|BR|pt|Ana Beatriz|Oliveira
Maria da Conceição|PT|pt|Maria da Conceição|
João dos Santos|PT|pt|João|dos Santos
Vitória Duarte|BR|pt|Vitória|Duarte
Duarte Lima|PT|pt|Duarte|Lima
Kowalska Olga|PL|pl|Olga|Kowalska
Marek Adam|PL|pl||
Agnieszka Nowak|PL|pl|Agnieszka|Nowak
Nowak Agnieszka|PL|pl|Agnieszka|Nowak
Pavel Havel|CZ|cs|Pavel|Havel
Marek Pavel|CZ|cs||
Jiří Novotný|CZ|cs|Jiří|Novotný
Simon Gergely||en|Gergely|Simon
Márton Dávid||en|Dávid|Márton
David Marton||en||
Nagy Eszter||en|Eszter|Nagy
Balázs Kiss||en|Balázs|Kiss
Ion Marin|RO|ro||
Marin Ion|RO|ro||
Ioana Marin|RO|ro|Ioana|Marin
Adrian Sandu|RO|ro|Adrian|Sandu
Marko Jovanović|RS|sr|Marko|Jovanović
Jovan Marko|RS|sr||
Dragana Petrović|RS|sr|Dragana|Petrović
Petrović Dragana|RS|sr|Dragana|Petrović
Giorgos Papadopoulos|GR|el|Giorgos|Papadopoulos
Papadopoulos Giorgos|GR|el|Giorgos|Papadopoulos
Maria Georgiou|CY|el|Maria|Georgiou
Mehmet Ali|TR|tr|Mehmet Ali|
Deniz Can|TR|tr||
Kaya Deniz|TR|tr|Deniz|Kaya
Elif Kaya|TR|tr|Elif|Kaya
Polat Emre|TR|tr|Emre|Polat
Ayşe Nur Yılmaz|TR|tr|Ayşe Nur|Yılmaz
Björn Svensson|SE|sv|Björn|Svensson
Sten Ivar|SE|sv||
Ragnhild Aas|NO|no|Ragnhild|Aas
Björk Guðmundsdóttir||is||
Pekka Kari|FI|fi|Pekka|Kari
Kari Tapio|FI|fi||
Virtanen Liisa|FI|fi|Liisa|Virtanen
Siobhán O’Neill|IE|en|Siobhán|O’Neill
James Thomas|GB|en||
Stewart Grant|GB|en||
Mary Ann Smith|GB|en|Mary Ann|Smith
George W. Bush|US|en|George|Bush
Jordan Lee|US|en|Jordan|Lee
Wang Wei|CN|en|Wei|Wang
David Koh|SG|en|David|Koh
Koh David|SG|en|David|Koh
Song Joseph|KR|en|Joseph|Song
Kim Min-jun||en|Min-jun|Kim
Nguyen Thi Lan|VN|en|Thi Lan|Nguyen
Linh Nguyen||en|Linh|Nguyen
Tanaka Hiroshi||en|Hiroshi|Tanaka
Hiroshi Tanaka|JP|en|Hiroshi|Tanaka
Putu Agus|ID|en||
Aung San||my||
Tan Ah Kow|SG|en|Ah Kow|Tan
Rahul Sharma|IN|en|Rahul|Sharma
Sharma Rahul|IN|en|Rahul|Sharma
Priya Suresh|IN|en|Priya|
Anil Kumar|IN|en|Anil|Kumar
Kumar Anil|IN|en|Anil|Kumar
Ali Hassan|PK|en||
Hassan Ali Khan|PK|en|Hassan Ali|Khan
Fatima Al Zahra|AE|en|Fatima|Al Zahra
Mohamed Salah|EG|en|Mohamed|Salah
Ahmed Abdel Rahman|EG|en||
David Ben Gurion|IL|en|David|Ben Gurion
Noa Peretz|IL|en|Noa|Peretz
Levi Moshe|IL|en|Moshe|Levi
Emmanuel Chukwu|NG|en|Emmanuel|Chukwu
Okonkwo Emmanuel|NG|en|Emmanuel|Okonkwo
Chidi Emeka|NG|en||
Kwame Mensah|GH|en|Kwame|Mensah
Mensah Kwame|GH|en|Kwame|Mensah
Wanjiru Kamau|KE|en|Wanjiru|Kamau
Thabo Mokoena|ZA|en|Thabo|Mokoena
Fatou Diop|SN|fr|Fatou|Diop
Diop Fatou|SN|fr|Fatou|Diop
Victoria Hotel|GB|en||
Anna Vertrieb|DE|de||
Herr und Frau Berg|DE|de||
"""


@pytest.mark.parametrize("line", _NAMES.split("\n")[1:-1])
def test_a_part_of_a_name_is_right_or_absent(line: str) -> None:
    full, country, language, first, last = line.split("|")
    found = split(full, country, language)
    assert found.first in ("", first)
    assert found.last in ("", last)


def test_a_good_part_of_them_is_taken_apart() -> None:
    rows = [line.split("|") for line in _NAMES.split("\n")[1:-1]]
    parted = [row for row in rows if split(*row[:3]).last]
    assert len(rows) > 180
    assert len(parted) > len(rows) // 4


@pytest.mark.parametrize(
    ("header", "name", "first", "last"),
    [
        ("Name Vorname", "Werner Antje", "Antje", "Werner"),
        ("Name, Vorname", "Simon, Anna", "Anna", "Simon"),
        ("Name, Vorname", "Peter Anna Maria", "Anna Maria", "Peter"),
        ("Фамилия Имя", "Роман Дарина", "Дарина", "Роман"),
        ("Фамилия Имя", "Ким Мария", "Мария", "Ким"),
        ("Vorname Name", "Werner Antje", "", ""),  # Antje is nobody's family name
        ("Имя и фамилия", "Серик Данияр", "Серик", "Данияр"),
        ("Name Vorname", "Anna Berg", "", ""),  # it says one thing and the name another
        ("Nome e cognome", "Rossi Mario", "", ""),
        ("Vorname Name", "Wang Wei", "", ""),
        ("Name", "Frau Werner Antje", "", ""),
    ],
)
def test_the_header_says_the_order(header: str, name: str, first: str, last: str) -> None:
    fields = read(**{header: name}).fields
    assert (fields.get("first_name", ""), fields.get("last_name", "")) == (first, last)


@pytest.mark.parametrize(
    ("header", "cell", "gender"),
    [
        ("Sexo", "M", None),
        ("Sexo", "H", "male"),
        ("Sexo", "F", "female"),
        ("Sexo", "Mujer", "female"),
        ("Género", "m", None),
        ("Nem", "F", "male"),
        ("Nem", "N", "female"),
        ("Sesso", "D", "female"),
        ("Geschlecht", "d", "other"),
        ("Gender", "M", "male"),
    ],
)
def test_a_letter_means_what_it_means_in_the_language_of_the_header(
    header: str, cell: str, gender: str | None
) -> None:
    row = read(**{header: cell})
    assert row.fields.get("gender") == gender
    assert bool(row.warnings) == (gender is None)


@pytest.mark.parametrize(
    ("opening", "honorific"),
    [
        ("Sehr geehrter Herr", "mr"),
        ("Sehr geehrte Frau Dr.", "ms dr"),
        ("Dear Mr", "mr"),
        ("Dear Ms.,", "ms"),
        ("Hallo Frau", "ms"),
        ("Geachte mevrouw", "ms"),
        ("Уважаемый господин", "mr"),
        ("Lieber", None),
        ("Sehr geehrte", None),
        ("Уважаемая", None),
    ],
)
@pytest.mark.parametrize("header", ["Briefanrede", "Salutation"])
def test_half_an_opening_is_none(header: str, opening: str, honorific: str | None) -> None:
    fields = read(**{header: opening, "last_name": "Berg"}).fields
    assert "salutation" not in fields
    assert fields.get("honorific") == honorific


def test_a_whole_opening_stays() -> None:
    for opening in ("Liebe Anna", "Sehr geehrte Damen und Herren", "Dear Mr Berg"):
        assert read(Briefanrede=opening).fields == {"salutation": opening}


@pytest.mark.parametrize(
    "last",
    ["k.A.", "unbekannt", "--", "NULL", "null", "Berg GmbH", "Frau Berg", "Dr. Berg", "...", "B.", "von"],
)
def test_no_opening_is_made_of_what_is_no_name(last: str) -> None:
    assert salutation({"last_name": last, "honorific": "ms"}, "de") == ""


@pytest.mark.parametrize(
    "full",
    [
        *(
            "田中様",
            "株式会社山田",
            "営業部",
            "総務部 ご担当者様",
            "人事部長",
            "代表取締役",
            "山田商店",
            "田中さん",
        ),
        *("ソニー", "トヨタ", "日本銀行", "経理課", "鈴木先生"),
    ],
)
def test_a_japanese_opening_needs_a_person(full: str) -> None:
    assert salutation({"full_name": full}, "ja") == ""


def test_japanese_names_that_end_as_departments_do() -> None:
    assert salutation({"last_name": "阿部"}, "ja") == "阿部様"
    assert salutation({"full_name": "服部太郎"}, "ja") == "服部太郎様"


@pytest.mark.parametrize(
    "full", ["阿里木", "买买提", "巴特尔", "卓玛", "白玛", "高娃", "销售部", "采购部", "王店"]
)
def test_a_chinese_opening_needs_a_common_family_name(full: str) -> None:
    assert salutation({"full_name": full, "honorific": "mr"}, "zh") == ""


def test_a_patronymic_tells_the_gender_only_where_people_have_one() -> None:
    person = {"first_name": "Dana", "middle_name": "Rabinovich", "last_name": "Levy"}
    assert salutation(person, "en") == ""
    assert salutation({**person, "country": "US"}, "en") == ""
    serbian = {"first_name": "Мария", "middle_name": "Петрович", "country": "RS"}
    assert salutation(serbian, "ru") == ""


def test_a_family_name_of_the_other_gender_makes_no_opening() -> None:
    assert salutation({"last_name": "Кузнецова", "honorific": "mr"}, "ru") == ""
    assert salutation({"last_name": "Иванов", "gender": "female"}, "ru") == ""


def test_two_forms_of_address_that_differ_are_none() -> None:
    row = read(Anrede="Frau", Name="Herr Max Berg")
    assert "honorific" not in row.fields
    assert row.warnings == ("two forms of address that differ 'Herr Max Berg'",)
