"""Countries and languages are understood as people write them, and nothing else is."""

import pytest

from outreach import data
from outreach.prospect.columns import fold
from outreach.prospect.places import country_code, language_code, meant_country
from tests.rowing import read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "DE"),
        ("DEU", "DE"),
        ("D", "DE"),
        ("BRD", "DE"),
        ("Deutschland ", "DE"),
        ("Германия", "DE"),
        ("Niemcy", "DE"),
        ("Germany (DE)", "DE"),
        ("uk", "GB"),
        ("U.S.A.", "US"),
        ("Соединенные Штаты Америки", "US"),
        ("アメリカ合衆国", "US"),
        ("VAE", "AE"),
        ("ОАЭ", "AE"),
        ("РФ", "RU"),
        ("РК", "KZ"),
        ("Қазақстан", "KZ"),
        ("哈萨克斯坦", "KZ"),
        ("The Netherlands", "NL"),
        ("CH - Schweiz", "CH"),
        ("België/Belgique", "BE"),
        ("DE-Deutschland", "DE"),
        ("GB-ENG", "GB"),
        ("中国香港", "HK"),
        ("Korea, Republic of", "KR"),
        ("Korea, Democratic People's Republic of", "KP"),
        ("Republic of China", "TW"),
        ("Republik Österreich", "AT"),
        ("Côte d’Ivoire", "CI"),
        ("Cote d'Ivoire", "CI"),
        ("Türkiye", "TR"),
        ("Turkiye", "TR"),
        ("ألمانيا", "DE"),
        ("Kongo", "CG"),  # in some languages also the other one: our table decides
        ("Georgia", "GE"),
    ],
)
def test_a_country_is_known_by_its_names_and_codes(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "Bavaria",
        "London",
        "Берлин",
        "Europe",
        "n/a",
        "NA",
        "Republik",
        "XX",
        "ZZ",
        "European Union",
        "x" * 500,
    ],
)
def test_a_region_a_city_and_nonsense_are_no_country(text: str) -> None:
    assert country_code(text) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(
            ("VR China", "CN"),
            ("Volksrepublik China", "CN"),
            ("P.R.C.", "CN"),
            ("ChRL", "CN"),
            ("Kosovo", "XK"),
        ),
        *(
            ("Косово", "XK"),
            ("XK", "XK"),
            ("Grande-Bretagne", "GB"),
            ("Gran Bretaña", "GB"),
            ("BR Deutschland", "DE"),
        ),
        *(("Vereinigte Staaten von Amerika", "US"), ("大韩民国", "KR"), ("Birleşik Arap Emirlikleri", "AE")),
        *(("Bosnien-Herzegowina", "BA"), ("Rep. of Korea", "KR"), ("Zjednoczone Królestwo", "GB")),
    ],
)
def test_countries_are_known_as_people_write_them(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(("Deutschlnd", "Deutschland"), ("Phillipines", "Philippines"), ("Казакхстан", "Казахстан")),
        *(("Narnia", ""), ("Europe", ""), ("London, UK", ""), ("USB", ""), ("x" * 500, ""), ("", "")),
    ],
)
def test_of_a_slip_it_is_asked_which_country_was_meant(text: str, name: str) -> None:
    assert country_code(text) == ""
    assert meant_country(text) == name


def test_every_country_is_known_by_its_name_in_the_great_languages() -> None:
    from babel import Locale

    for language in ("en", "de", "fr", "es", "ru", "zh", "kk", "tr", "ar"):
        names = Locale(language).territories
        wrong = {code: names[code] for code in data.country_zones() if country_code(names[code]) != code}
        wrong.pop("CD" if language == "kk" else "", "")  # two countries have one name there
        assert wrong == {}, language


def test_codes_of_three_letters_are_all_known_and_are_nobody_elses_name() -> None:
    words = data.table("places")["alpha3"].split()
    assert len(words) == 2 * 247
    for three, two in zip(words[::2], words[1::2], strict=True):
        assert country_code(three) == two


def test_no_name_of_our_table_means_two_countries_or_languages() -> None:
    for kind in ("countries", "languages"):
        owners: dict[str, set[str]] = {}
        for code, names in data.table("places")[kind].items():
            for name in names:
                owners.setdefault(fold(name), set()).add(code)
        assert {name: codes for name, codes in owners.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("German", "de"),
        ("niemiecki", "de"),
        ("tyska", "de"),
        ("казахский язык", "kk"),
        ("kz", "kk"),
        ("中文", "zh"),
        ("Traditional Chinese", "zh-Hant"),
        ("English (UK)", "en"),
        ("DE_at", "de-AT"),
        ("ru", "ru"),
    ],
)
def test_a_language_is_known_by_its_names_and_codes(text: str, tag: str) -> None:
    assert read(language=text).fields == {"language": tag}


def test_an_unknown_language_stays_unknown() -> None:
    assert language_code("Klingon") == ""
    assert language_code("") == ""


def test_a_country_is_found_in_linear_time_whatever_stands_in_its_cell() -> None:
    gap = " " * 200_000  # tried from each space on, it would take half an hour
    assert (country_code(f"DE{gap}-{gap}Germany"), country_code(f"x{gap}x")) == ("DE", "")
    assert language_code(f"German{gap}(x{gap}") == ""
