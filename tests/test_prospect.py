"""A row of a prospect file becomes values a letter can use, or a reason a marketer can act on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.model import FieldType
from outreach.prospect import KNOWN, BadRow, Row, clean
from outreach.prospect.derived import salutation
from tests.rowing import good, one, reason


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Ann \n", "Ann"),
        ("\u00a0Acme\u00a0Ltd\u200b", "Acme Ltd"),
        ("Zoe\u0308", "Zoë"),
        ("soft\u00adhyphen", "softhyphen"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("=1+1", "=1+1"),
        ("\ufeff\u3000王伟\u3000", "王伟"),
        ("", ""),
    ],
)
def test_text_is_cleaned(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Ann\r\nBcc: eve@evil.example", "a line break"),
        ("Ann\nLee", "a line break"),
        ("Ann\u2028Lee", "a line break"),
        ("Ann\u0085Lee", "a line break"),
        ("Ann\tLee", "a tab"),
        ("Ann\x00", "a control character"),
        ("Ann\x1b[31m", "a control character"),
        ("Ann\u202eeel", "text direction"),
        ("=?utf-8?q?Ann?=", "encoded word"),
        ("=\u200b?utf-8?q?Ann?=", "encoded word"),
        ("M\ufffdller", "encoding"),
        ("x" * 501, "501 characters long"),
    ],
)
def test_what_could_break_a_letter_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        clean(text)


@given(st.text(max_size=40))
@settings(deadline=None)
def test_clean_text_is_one_safe_line_and_stays_as_it_is(text: str) -> None:
    try:
        cleaned = clean(text)
    except ValueError:
        return
    assert cleaned == clean(cleaned)
    assert len(cleaned.splitlines()) <= 1
    assert not any(char < " " or "\x7f" <= char <= "\x9f" for char in cleaned)
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("http://evil.example")', "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|x"]
)
@pytest.mark.parametrize("field", ["first_name", "company", "title"])
def test_formulas_are_no_names(field: str, name: str) -> None:
    assert "looks like a spreadsheet formula" in reason(["email", field], ["a@x.example", name])


@pytest.mark.parametrize(
    "name", ["-Plus-", "+Plus (Berlin) GmbH", "@Home Solutions", "1+1 Medien", "O'Brien & Söhne"]
)
def test_companies_may_have_odd_names(name: str) -> None:
    assert good(["email", "company"], ["a@x.example", name]).fields == {"company": name}


@pytest.mark.parametrize(
    "name", ["Ann <eve@evil.example>", "ann@acme.example", "http://evil.example", "WWW.evil.example"]
)
def test_names_hold_no_addresses_and_links(name: str) -> None:
    for field in ("first_name", "full_name", "salutation"):
        row = good(["email", field], ["a@x.example", name])
        assert (row.fields, row.warnings) == ({}, (f"left out as no name {name!r}",))


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("country", "de", "DE"),
        ("country", "uk", "GB"),
        ("country", "Österreich", "AT"),
        ("country", " Қазақстан", "KZ"),
        ("country", "U.S.A.", "US"),
        ("timezone", "europe/oslo", "Europe/Oslo"),
        ("timezone", "America/New York", "America/New_York"),
        ("language", "DE", "de"),
        ("language", "de_at", "de-AT"),
        ("language", "zh_hans_cn", "zh-Hans-CN"),
    ],
)
def test_countries_zones_and_languages_are_normalised(field: str, text: str, value: str) -> None:
    row = good(["email", field], ["a@x.example", text])
    assert (row.fields, row.warnings) == ({field: value}, ())


@pytest.mark.parametrize(
    ("field", "text", "warning"),
    [
        ("country", "Narnia", "unknown country 'Narnia'"),
        ("timezone", "../../etc/passwd", "unknown time zone '../../etc/passwd'"),
        ("language", "Klingon", "unknown language (write a code such as de) 'Klingon'"),
    ],
)
def test_an_unknown_country_zone_or_language_is_dropped_with_a_warning(
    field: str, text: str, warning: str
) -> None:
    row = good(["email", field], ["a@x.example", text])
    assert (row.fields, row.warnings) == ({}, (warning,))


def test_a_row_becomes_typed_values_without_the_empty_ones() -> None:
    header = ["E-Mail", "Имя", "Company", "Employees", "Country", "Source", "Basis", "VIP", ""]
    cells = ["Ann@Acme.example", " Айгүль ", "Acme  Ltd", "0", "kz", "fair", "consent", "no", ""]
    assert good(header, cells, vip=FieldType.BOOLEAN) == Row(
        line=2,
        email="ann@acme.example",
        company="acme ltd",
        fields={
            "first_name": "Айгүль",
            "company": "Acme  Ltd",
            "employees": 0,
            "country": "KZ",
            "vip": False,
        },
        source="fair",
        basis="consent",
        warnings=(),
    )


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    found = reason(["email", "first_name", "score"], ["ann", "=1+1", "many"], score=FieldType.NUMBER)
    assert found.count(";") == 2
    assert found.startswith("email: An email address must have an @-sign")


def test_an_address_is_needed() -> None:
    assert reason(["email", "city"], [" \u200b", "Leeds"]) == "email is missing"


@pytest.mark.parametrize(
    ("header", "cells", "fine"),
    [
        (["email", "city"], ["a@x.example"], False),
        (["email", "city"], ["a@x.example", "Leeds", "GB"], False),
        (["email", "city"], ["a@x.example", "Leeds", "", ""], True),
        (["email", "city", ""], ["a@x.example", "Leeds"], True),
        (["email", "city", ""], ["a@x.example"], False),
    ],
)
def test_cells_out_of_place_make_a_row_bad(header: list[str], cells: list[str], fine: bool) -> None:
    found = one(header, cells)
    assert isinstance(found, Row) is fine
    if isinstance(found, BadRow):
        assert f"{len(cells)} cells where the header has {len(header)}" in found.reason


@pytest.mark.parametrize("cell", ["4.41E+11", "8,77E+10", "4.4123e11", "+7.7E+10"])
def test_a_number_that_a_spreadsheet_has_shortened_is_left_out_with_a_warning(cell: str) -> None:
    row = good(["email", "phone", "VAT"], ["a@x.example", cell, cell])
    assert row.fields == {}
    assert row.warnings == (
        f"phone number shortened by a spreadsheet {cell!r}",
        f"number shortened by a spreadsheet {cell!r}",
    )


def test_a_text_that_only_looks_a_little_like_such_a_number_stays() -> None:
    for cell in ("4.4E1", "2E", "E+11", "12E3", "1E+11 GmbH"):
        assert good(["email", "model"], ["a@x.example", cell]).fields == {"model": cell}


_HARD = st.text(max_size=30) | st.sampled_from(
    ["\ud800", "x" * 600, "Dr.", "Berg, Anna", "A B C", "4E+99", "«»", "NA"]
)


@given(st.fixed_dictionaries({name: _HARD for name in KNOWN if name != "email"}))
@settings(deadline=None, max_examples=150)
def test_whatever_a_row_holds_it_is_good_or_bad_and_every_value_is_safe(cells: dict[str, str]) -> None:
    row = one(["email", *cells], ["Ann@Acme.example", *cells.values()])
    if isinstance(row, Row):
        texts = [value for value in row.fields.values() if isinstance(value, str)]
        assert all(clean(text) == text != "" for text in texts)
        assert salutation(row.fields, "de") == salutation(row.fields, "de-AT")
