"""Headers of many languages and programs become fields, or problems that say what to do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach import data
from outreach.errors import InputError
from outreach.prospect import KNOWN, columns
from outreach.prospect.columns import fold
from tests.rowing import problems


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (["E-Mail", "Vorname", "Name", "Firma"], ("email", "first_name", "last_name", "company")),
        (["E-Mail", "Firma / Organisation", "Country | Land"], ("email", "company", "country")),
        (["E-Mail", "Name / Firma"], ("email", "name_firma")),  # two different things
        (["Email address", "Name", "# Employees"], ("email", "full_name", "employees")),
        (["Courriel", "Prénom", "Nom", "Société"], ("email", "first_name", "last_name", "company")),
        (["Correo electrónico", "Nombre", "Apellidos"], ("email", "first_name", "last_name")),
        (["Электронная почта", "Имя", "Компания"], ("email", "first_name", "company")),
        (["Электрондық пошта", "Аты", "Тегі", "Қала"], ("email", "first_name", "last_name", "city")),
        (["邮箱", "姓名", "公司", "职位"], ("email", "full_name", "company", "title")),
        (["\ufeffEMAIL", " first_name ", "ＣＯＭＰＡＮＹ"], ("email", "first_name", "company")),
    ],
)
def test_headers_of_many_languages_are_understood(header: list[str], names: tuple[str, ...]) -> None:
    assert columns(header).names == names


def test_no_header_means_two_fields() -> None:
    table = data.table("columns")["fields"]
    owners: dict[str, set[str]] = {}
    for name in KNOWN:
        for alias in (name, *table.get(name, ())):
            owners.setdefault(fold(alias), set()).add(name)
    assert {alias: names for alias, names in owners.items() if len(names) > 1} == {}
    assert set(table) <= set(KNOWN)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Umsatz 2025", "umsatz_2025"),
        ("Größe (m²)", "größe_m2"),
        ("Любимый цвет", "любимый_цвет"),
        ("2025 revenue", "field_2025_revenue"),
        ("in", "field_in"),
        ("__class__", "class"),
        ("%%%", "column_2"),
        ("", "column_2"),
    ],
)
def test_other_headers_become_names_for_letters_and_conditions(header: str, name: str) -> None:
    assert columns(["email", header]).names[1] == name


@given(st.text(max_size=30))
@settings(deadline=None)
def test_every_header_becomes_an_identifier(header: str) -> None:
    try:
        names = columns(["email", header]).names
    except InputError:
        return
    assert all(name.isidentifier() and not name.startswith("_") for name in names)


def test_all_problems_of_a_header_come_at_once() -> None:
    found = problems(["E-Mial", "Firma", "Company", "Umsatz 2025", "umsatz-2025"])
    assert len(found) == 3
    assert found[0].startswith("people.csv:1: columns 2 ('Firma') and 3 ('Company')")
    assert "`umsatz_2025`" in found[1]
    assert "no column for the e-mail address" in found[2]
    assert "did you mean 'E-Mial'?" in found[2]


def test_without_a_likely_column_the_found_ones_are_listed() -> None:
    (found,) = problems(["Firma", "Ort"])
    assert "found 'Firma', 'Ort'" in found


def test_a_file_without_header_is_told_so() -> None:
    (found,) = problems(["ann@acme.example", "Ann", "Acme"])
    assert "no header" in found
    assert "'ann@acme.example'" in found


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (  # Pipedrive
            ["Person - Name", "Person - Email - Work", "Person - Phone - Work", "Organization - Name"],
            ("full_name", "email", "phone", "company"),
        ),
        (  # HubSpot
            ["First Name", "Last Name", "Email", "Phone Number", "Contact owner", "Associated Company"],
            ("first_name", "last_name", "email", "phone", "owner", "company"),
        ),
        (  # Salesforce
            ["Salutation", "First Name", "Last Name", "Account Name", "Mailing City", "Mailing Country", "Email"],
            ("salutation", "first_name", "last_name", "company", "city", "country", "email"),
        ),
        (  # Apollo
            ["First Name", "Title", "Company", "Company Name for Emails", "Email", "Email Status", "# Employees"],
            ("first_name", "title", "company", "company_short", "email", "verified", "employees"),
        ),
        (  # Bitrix24
            ["Обращение", "Имя", "Отчество", "Фамилия", "Рабочий e-mail", "Рабочий телефон", "Ответственный"],
            ("honorific", "first_name", "middle_name", "last_name", "email", "phone", "owner"),
        ),
        (  # amoCRM
            ["Полное имя контакта", "Компания контакта", "Рабочий email", "Должность"],
            ("full_name", "company", "email", "title"),
        ),
        (["Email Address", "Company", "Position", "URL"], ("email", "company", "title", "website")),  # LinkedIn
        (["联系人", "公司名称", "邮箱", "称谓"], ("full_name", "company", "email", "honorific")),
        (["Лауазымы", "Компания атауы", "Эл. пошта", "Жынысы"], ("title", "company", "email", "gender")),
        (["Imię i nazwisko", "Nazwa firmy", "E-mail", "Branża"], ("full_name", "company", "email", "industry")),
        (["Ad Soyad", "Şirket adı", "E-posta", "Sektör"], ("full_name", "company", "email", "industry")),
    ],
)  # fmt: skip
def test_exports_of_other_programs_are_understood(header: list[str], names: tuple[str, ...]) -> None:
    assert columns(header).names == names


def test_a_second_column_for_a_field_steps_back_where_a_better_one_is_there() -> None:
    names = columns(["Email", "Work email", "Phone", "Work phone", "Company", "Associated company"]).names
    assert names == ("email", "work_email", "phone", "work_phone", "company", "associated_company")


def test_of_two_second_columns_the_first_one_counts() -> None:
    assert columns(["Work email", "Contact email"]).names == ("email", "contact_email")


def test_two_columns_of_equal_standing_are_a_problem_still() -> None:
    (found,) = problems(["email", "Firma", "Unternehmen"])
    assert "are all for the field `company`" in found


def test_no_list_has_a_header_twice() -> None:
    table = data.table("columns")
    fields = [[name, *headers] for name, headers in table["fields"].items()]
    lists = [
        *fields,
        *table["rules"].values(),
        *(each for block in table["addresses"] for each in block.values()),
    ]
    for headers in lists:
        folded = [fold(header) for header in headers]
        assert sorted({*folded}) == sorted(folded), headers[0]
