"""Cells that say nothing are no values: no letter says "Hello Null", and strangers are no colleagues."""

import pytest

from outreach import data
from outreach.model import FieldType
from outreach.prospect import clean, company_key
from outreach.prospect.nothing import NAME, THING, no_value
from tests.rowing import good, read, reason

NOTHING = [
    *("N/A", "#N/A", "n/a", "#REF!", "-", "--", "?", ".", "…", "null", "NULL", "Null", "nan", "NaN", "NA"),
    *(
        "none",
        "None",
        "k.A.",
        "k. A.",
        "unbekannt",
        "нет",
        "Н/Д",
        "无",
        "Test",
        "xxx",
        "XXXX",
        "<NA>",
        "[none]",
    ),
    *("Unknown", "'-'", "()", "_", "—"),
]


@pytest.mark.parametrize("cell", NOTHING)
@pytest.mark.parametrize("field", ["first_name", "last_name", "full_name", "company", "city", "title"])
def test_a_placeholder_is_a_missing_value_with_one_kind_of_warning(field: str, cell: str) -> None:
    row = read(**{field: cell})
    assert (row.fields, row.warnings) == ({}, (f"left out as no value {cell!r}",))


@pytest.mark.parametrize("cell", ["null", "NULL", "nan", "n/a"])
def test_a_placeholder_is_missing_before_names_get_their_capitals(cell: str) -> None:
    row = read(first_name=cell, last_name="BERG")
    assert row.fields == {"last_name": "Berg"}
    assert row.warnings[0] == f"left out as no value {cell!r}"


@pytest.mark.parametrize(
    "name", ["Nan", "Na", "Nil", "Blank", "Guest", "No", "Li", "X", "O", "王", "Noa", "Ng"]
)
def test_names_that_look_a_little_like_nothing_are_names(name: str) -> None:
    assert read(last_name=name).fields == {"last_name": name}


@pytest.mark.parametrize("name", ["3M", "1&1", "37", "X", "AAA", "None Such Ltd", "K-A", "AT&T", "Test & Co"])
def test_companies_may_look_like_nothing(name: str) -> None:
    assert read(company=name).fields == {"company": name}


@pytest.mark.parametrize(
    "cell",
    [
        *("12345", "+44 20 7946 0000", "2026-01-01", "31.12.2026", "ann@acme.example", "J?rgen", "[Given]"),
        *("{{ first_name }}", "%FNAME%", "J0hn", "Ann <x", "www.acme.example", "Null Null", "N/A Test"),
    ],
)
@pytest.mark.parametrize("field", ["first_name", "last_name", "full_name"])
def test_what_is_surely_no_name_is_left_out_and_the_person_comes_in(field: str, cell: str) -> None:
    row = read(**{field: cell})
    assert (row.fields, row.warnings) == ({}, (f"left out as no name {cell!r}",))


@pytest.mark.parametrize(
    ("cell", "lost"), [("Sklep ?ó??", True), ("W?a?ciciel", True), ("Who? Media", False)]
)
def test_a_company_whose_letters_a_program_lost_is_left_out(cell: str, lost: bool) -> None:
    row = read(company=cell)
    assert ("company" in row.fields, any("letters were lost" in each for each in row.warnings)) == (
        not lost,
        lost,
    )


@pytest.mark.parametrize("cell", ["Berg, Anna", "Acme GmbH", "Birch Tools Ltd"])
def test_a_whole_name_or_a_firm_is_no_first_name(cell: str) -> None:
    assert read(first_name=cell).warnings == (f"left out as no name {cell!r}",)


def test_a_form_of_address_alone_is_no_name_but_one_in_its_own_column() -> None:
    assert read(first_name="Herr").fields == {}
    assert read(salutation="Herr").fields == {"honorific": "mr"}
    assert read(salutation="-").warnings == ("left out as no value '-'",)


def test_a_comma_behind_a_name_goes() -> None:
    assert read(first_name="Anna,", last_name="Berg, Jr").fields == {
        "first_name": "Anna",
        "last_name": "Berg, Jr",
    }


def test_a_number_that_is_nothing_spares_the_row() -> None:
    assert read(employees="-").warnings == ("left out as no value '-'",)
    row = good(["email", "seats"], ["a@x.example", "n/a"], seats=FieldType.NUMBER)
    assert (row.fields, row.warnings) == ({}, ("left out as no value 'n/a'",))
    bad = reason(["email", "seats"], ["a@x.example", "many"], seats=FieldType.NUMBER)
    assert bad == "seats: 'many' is not a number"


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("J&uuml;rgen", "Jürgen"),
        ("Ren&#233;", "René"),
        ("Ren&#xE9;", "René"),
        ("Smith &amp; Sons", "Smith & Sons"),
        ("Smith &amp;amp; Sons", "Smith & Sons"),
        ("&nbsp;Anna&nbsp;", "Anna"),
        ("AT&T; and others", "AT&T; and others"),
        ("O'Brien & S&oacute;n", "O'Brien & Són"),
    ],
)
def test_letters_written_for_a_web_page_are_read(cell: str, meant: str) -> None:
    assert clean(cell) == meant
    assert read(company=cell).fields == {"company": meant}


@pytest.mark.parametrize("cell", ["Ann&#10;Bcc: eve@evil.example", "Ann&#x202e;eel", "=&#63;utf-8?q?Ann?="])
def test_what_is_refused_is_refused_in_disguise_too(cell: str) -> None:
    assert "company: holds" in reason(["email", "company"], ["a@x.example", cell])
    assert read(first_name="Ann &lt;eve@evil.example&gt;").fields == {}


@pytest.mark.parametrize(
    "cell", ["&" * 500, "&amp;" * 100, "&" + "amp;" * 124, "&#" * 250, "(" * 500, "( [" * 160]
)
def test_hostile_cells_end(cell: str) -> None:
    clean(cell)
    no_value(cell, NAME)
    assert len(clean("&amp;" * 100)) == 100


@pytest.mark.parametrize("company", ["-", "N/A", "n/a", " ", "k.A.", "???"])
def test_a_company_that_says_nothing_makes_no_colleagues(company: str) -> None:
    assert company_key("ann@one.example", company) == "one.example"
    assert company_key("bob@gmail.com", company) == "bob@gmail.com"
    assert read(company=company).company == "acme.example"


def test_no_list_has_a_word_twice_or_one_that_is_never_found() -> None:
    table = data.table("nothing")
    for kind in ("any", "name", "thing", "firms"):
        words = table[kind]
        assert sorted(set(words)) == sorted(words), kind
        assert all(word == word.casefold().replace(" ", "") for word in words), kind
    for kind in (NAME, THING):
        assert not set(table[kind]) & set(table["any"])


def test_names_with_a_number_behind_them_come_in_whole_and_are_told() -> None:
    row = read(Name="Bob7 Smith7", Vorname="Bob7", Nachname="Smith7")
    assert (row.fields, row.warnings) == (
        {"full_name": "Bob7 Smith7", "first_name": "Bob7", "last_name": "Smith7"},
        ("name with a number, kept 'Bob7 Smith7'",),
    )
