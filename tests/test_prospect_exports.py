"""Exports of address books and of customer databases: their columns,"
" and an address at work before one at home."""

from collections.abc import Mapping, Sequence

import pytest

from outreach.model import Value
from outreach.prospect import KNOWN, BadRow, columns, row_reader
from outreach.prospect.whereabouts import whereabouts
from tests.rowing import good

WHERE = ("city", "region", "country")


def known(header: str) -> dict[str, str]:
    """Known field -> the header that it is read from."""
    found = columns(header.split(","))
    return {name: head for name, head in zip(found.names, found.headers, strict=True) if name in KNOWN}


def read(header: str, *cells: str) -> Mapping[str, Value]:
    """The fields of one row of those cells, each with its header: "City=Bern"."""
    given = dict(cell.split("=", 1) for cell in cells)
    assert set(given) <= set(header.split(","))
    named = columns(header.split(","))
    row = ["ann@acme.example" if name == "email" else "" for name in named.names]
    filled = [given.get(head, cell) for head, cell in zip(named.headers, row, strict=True)]
    found = row_reader(named, {})(2, filled)
    assert not isinstance(found, BadRow), found
    return found.fields


def where(fields: Mapping[str, Value]) -> list[Value]:
    return [fields.get(name, "") for name in WHERE]


OUTLOOK = (
    "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,"
    "Business City,"
    "Business State,Business Postal Code,Business Country/Region,Home City,Home State,Home Country/Region,"
    "Other City,"
    "Other Country/Region,Business Phone,Mobile Phone,Account,E-mail Address,E-mail Type,Gender,Language,"
    "Location,Web Page"
)
OUTLOOK_DE = (
    "Anrede,Vorname,Weitere Vornamen,Nachname,Firma,Abteilung,Position,Ort geschäftlich,Region geschäftlich,"
    "Land/Region geschäftlich,Ort privat,Land/Region privat,Weiterer Ort,Telefon geschäftlich,Beruf,"
    "E-Mail-Adresse,"
    "E-Mail-Typ,Ort,Webseite"
)
OUTLOOK_RU = (
    "Обращение,Имя,Отчество,Фамилия,Организация,Отдел,Должность,Город (раб. адрес),Область (раб. адрес),"
    "Страна или регион (раб. адрес),Город (дом. адрес),Страна или регион (дом. адрес),Рабочий телефон,"
    "Эл. почта - тип,Эл. почта - адрес,Эл. почта - отображаемое имя,Расположение"
)
GOOGLE = (
    "Name,Given Name,Additional Name,Family Name,Name Prefix,E-mail 1 - Type,E-mail 1 - Value,"
    "Phone 1 - Value,"
    "Address 1 - Formatted,Address 1 - City,Address 1 - Region,Address 1 - Country,Organization 1 - Name,"
    "Organization 1 - Title,Website 1 - Value"
)
GOOGLE_NEW = (
    "First Name,Middle Name,Last Name,Name Prefix,Organization Name,Organization Title,E-mail 1 - Label,"
    "E-mail 1 - Value,Phone 1 - Value,Address 1 - City,Address 1 - Region,Address 1 - Country,"
    "Address 2 - Country"
)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (OUTLOOK, ("Job Title", "Company", "Business City", "Business State", "Business Country/Region")),
        (
            OUTLOOK_DE,
            ("Position", "Firma", "Ort geschäftlich", "Region geschäftlich", "Land/Region geschäftlich"),
        ),
        (
            OUTLOOK_RU,
            (
                "Должность",
                "Организация",
                "Город (раб. адрес)",
                "Область (раб. адрес)",
                "Страна или регион (раб. адрес)",
            ),
        ),
        (
            GOOGLE,
            (
                "Organization 1 - Title",
                "Organization 1 - Name",
                "Address 1 - City",
                "Address 1 - Region",
                "Address 1 - Country",
            ),
        ),
        (
            GOOGLE_NEW,
            (
                "Organization Title",
                "Organization Name",
                "Address 1 - City",
                "Address 1 - Region",
                "Address 1 - Country",
            ),
        ),
        (
            "Person - Name,Person - Email - Work,Person - Job title,Person - Organization,"
            "Organization - Country of Address,"
            "Organization - City/town/village/locality of Address,Organization - State/county of Address",
            (
                "Person - Job title",
                "Person - Organization",
                "Organization - City/town/village/locality of Address",
                "Organization - State/county of Address",
                "Organization - Country of Address",
            ),
        ),
        (
            "First Name,Title,Company,Email,City,State,Country,Company City,Company State,Company Country",
            ("Title", "Company", "City", "State", "Country"),
        ),
        (
            "Work Email,Job Title,Company Name,Company Country,Contact City,Contact State,Contact Country,"
            "Company City",
            ("Job Title", "Company Name", "Contact City", "Contact State", "Contact Country"),
        ),
        (
            "Email,Title,Account Name,Other City,Mailing City,Mailing State,Mailing Country,Billing Country",
            ("Title", "Account Name", "Mailing City", "Mailing State", "Mailing Country"),
        ),
        (
            "Vorname,E-Mail geschäftlich,Position,Firma,Ort privat,Ort geschäftlich,"
            "Bundesland geschäftlich,Land geschäftlich",
            (
                "Position",
                "Firma",
                "Ort geschäftlich",
                "Bundesland geschäftlich",
                "Land geschäftlich",
            ),
        ),
        (
            "Рабочий e-mail,Должность,Компания,Город,Регион,Область,Страна",
            ("Должность", "Компания", "Город", "Область", "Страна"),
        ),
    ],
)  # fmt: skip
def test_the_columns_of_exports_are_found(header: str, wanted: Sequence[str]) -> None:
    found = known(header)
    assert tuple(found.get(name) for name in ("title", "company", *WHERE)) == tuple(wanted)
    assert "email" in found


def test_an_address_at_work_counts_before_one_at_home() -> None:
    home = ("Home City=Thun", "Home Country/Region=Switzerland")
    assert where(read(OUTLOOK, "Business City=Graz", "Business Country/Region=Austria", *home)) == [
        "Graz",
        "",
        "AT",
    ]
    assert where(read(OUTLOOK, *home)) == ["Thun", "", "CH"]
    assert where(read(OUTLOOK, "Other City=Oslo", "Other Country/Region=Norway")) == ["Oslo", "", "NO"]
    assert where(read(OUTLOOK)) == ["", "", ""]


def test_two_addresses_are_never_made_one() -> None:
    """A city at home in the country of the firm is nowhere."""
    half = read(
        OUTLOOK, "Business Country/Region=Austria", "Home City=Thun", "Home Country/Region=Switzerland"
    )
    assert where(half) == ["", "", "AT"]


def test_a_mobile_number_counts_where_there_is_no_other() -> None:
    assert read(OUTLOOK, "Business Phone=+41 1", "Mobile Phone=+41 2")["phone"] == "+41 1"
    assert read(OUTLOOK, "Mobile Phone=+41 2")["phone"] == "+41 2"


def test_the_form_of_address_of_address_books_is_read() -> None:
    assert read(OUTLOOK, "Title=Mr.", "Job Title=Buyer")["honorific"] == "mr"
    assert read(GOOGLE_NEW, "Name Prefix=Dr.")["honorific"] == "dr"
    assert "honorific" not in read(OUTLOOK, "Title=M", "Job Title=Buyer")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Berlin, Germany", ("Berlin", "", "DE")),
        ("Austin, Texas, United States", ("Austin", "Texas", "US")),
        ("Munich, Bavaria, Deutschland", ("Munich", "Bavaria", "DE")),
        ("Greater Munich Metropolitan Area, Germany", ("", "", "DE")),
        ("Germany", ("", "", "DE")),
        ("Singapore", ("Singapore", "", "SG")),
        ("Wilmington, DE", ("", "", "")),
        ("Los Angeles, CA", ("", "", "")),
        ("Indianapolis, Ind.", ("", "", "")),
        ("Birmingham, Ala", ("", "", "")),
        ("Denver, Col", ("", "", "")),
        ("Bern, BE", ("", "", "")),
        ("Motril, Granada", ("", "", "")),
        ("Bra", ("", "", "")),
        ("London, UK", ("London", "", "GB")),
        ("Austin, TX, U.S.A.", ("Austin", "TX", "US")),
        ("Москва, РФ", ("Москва", "", "RU")),
        ("Atlanta, Georgia", ("", "", "")),
        ("Berlin", ("", "", "")),
        ("", ("", "", "")),
        (",,,", ("", "", "")),
    ],
)
def test_a_location_is_taken_apart_where_it_names_a_country(text: str, found: tuple[str, str, str]) -> None:
    assert whereabouts(text) == found


def test_a_location_never_moves_somebody_to_another_country() -> None:
    header = "email,Location,Country"
    assert where(read(header, "Location=Berlin, Germany")) == ["Berlin", "", "DE"]
    assert where(read(header, "Location=Berlin, Germany", "Country=AT")) == ["Berlin", "", "AT"]
    assert where(read(header, "Location=Mexico", "Country=US")) == ["Mexico", "", "US"]
    assert where(read(header, "Location=Berlin")) == ["Berlin", "", ""]


def test_a_location_in_another_country_than_the_row_says_is_told() -> None:
    row = good(["email", "Location", "Country"], ["ann@acme.example", "Paris, France", "Germany"])
    assert where(row.fields) == ["Paris", "", "DE"]
    assert row.warnings == ("location in another country than its row says 'Paris, France'",)


@pytest.mark.parametrize(
    ("city", "region"), [("Lebanon", "OH"), ("Peru", "Indiana"), ("Mexico", "MO"), ("Lebanon", "")]
)
def test_a_town_that_is_called_as_a_country_stays_a_town(city: str, region: str) -> None:
    header = "email,City,State,Location"
    assert where(read(header, f"City={city}", f"State={region}", "Location=HQ")) == [city, region, ""]
    if region:
        assert where(read("email,Location,State", f"Location={city}", f"State={region}")) == [
            city,
            region,
            "",
        ]


def test_a_location_is_taken_apart_where_it_stands_in_for_the_city() -> None:
    header = "email,City,State,Location,Home city"
    assert where(read(header, "Location=Lyon, France")) == ["Lyon", "", "FR"]
    assert where(read(header, "Home city=Lebanon")) == ["Lebanon", "", ""]


def test_a_city_at_home_never_stands_in_the_country_of_the_firm() -> None:
    header = "email,Country,Home city,Home country"
    at_home = ("Home city=Wien", "Home country=Austria")
    assert where(read(header, "Country=DE", *at_home)) == ["", "", "DE"]
    assert where(read(header, "Country=AT", *at_home)) == ["Wien", "", "AT"]
    assert where(read(header, *at_home)) == ["Wien", "", "AT"]
    assert where(read("email,Country,Company city", "Country=DE", "Company city=Bonn")) == ["Bonn", "", "DE"]
    further = columns(header.split(",")).further
    assert [dict(block) for _, blocks in further for block in blocks] == [{"city": 2, "country": 3}]


def test_the_second_of_two_alike_columns_of_a_named_address_is_a_further_one() -> None:
    found = columns(["email", "Mailing City", "Mailing City", "Mailing city"])
    assert found.names == ("email", "city", "mailing_city", "mailing_city_2")
    assert columns(["email", "Work city", "Business city"]).names == ("email", "city", "business_city")
