"""A row of a prospect file becomes values a letter can use, or a reason a marketer can act on."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outreach import data
from outreach.errors import InputError
from outreach.model import FieldType, Value
from outreach.prospect import (
    KNOWN,
    BadRow,
    Row,
    address,
    clean,
    columns,
    company_key,
    convert,
    infer,
    infer_types,
    row_reader,
)
from outreach.prospect.address import validated
from outreach.prospect.columns import fold


def one(header: list[str], cells: list[str], **types: FieldType) -> Row | BadRow:
    return row_reader(columns(header), types)(2, cells)


def reason(header: list[str], cells: list[str], **types: FieldType) -> str:
    bad = one(header, cells, **types)
    assert isinstance(bad, BadRow)
    return bad.reason


def good(header: list[str], cells: list[str], **types: FieldType) -> Row:
    row = one(header, cells, **types)
    assert isinstance(row, Row), row
    return row


def problems(header: list[str]) -> list[str]:
    with pytest.raises(InputError) as caught:
        columns(header, file="people.csv")
    return [str(problem) for problem in caught.value.problems]


# Columns


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (["E-Mail", "Vorname", "Name", "Firma"], ("email", "first_name", "last_name", "company")),
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


# Types


@pytest.mark.parametrize(
    ("samples", "kind"),
    [
        (["12", "0", "-3", "2.5", ""], FieldType.NUMBER),
        (["1,234.5", "12"], FieldType.NUMBER),
        (["1.234.567", "12,5"], FieldType.NUMBER),
        (["555 123 456"], FieldType.TEXT),
        (["1,234"], FieldType.TEXT),
        (["1.234"], FieldType.TEXT),
        (["007"], FieldType.TEXT),
        (["+4911300000"], FieldType.TEXT),
        (["1234567890123456"], FieldType.TEXT),
        (["12", "many"], FieldType.TEXT),
        (["1e5"], FieldType.TEXT),
        (["nan"], FieldType.TEXT),
        (["١٢"], FieldType.TEXT),
        (["true", "FALSE", "yes", "No"], FieldType.BOOLEAN),
        (["yes", "1"], FieldType.TEXT),
        (["2026-02-28", " 2026-12-01 "], FieldType.DATE),
        (["2026-02-30"], FieldType.TEXT),
        (["20260228"], FieldType.NUMBER),
        (["28.02.2026"], FieldType.TEXT),
        (["", " "], FieldType.TEXT),
    ],
)
def test_types_are_guessed_with_care(samples: list[str], kind: FieldType) -> None:
    assert infer(samples) is kind


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("12", FieldType.NUMBER, 12),
        ("-2.50", FieldType.NUMBER, -2.5),
        ("1,234.5", FieldType.NUMBER, 1234.5),
        ("1.234,5", FieldType.NUMBER, 1234.5),
        ("1 234,5", FieldType.NUMBER, 1234.5),
        ("1 234.5", FieldType.NUMBER, 1234.5),
        ("1,234,567", FieldType.NUMBER, 1234567),
        ("0,125", FieldType.NUMBER, 0.125),
        ("12,5", FieldType.NUMBER, 12.5),
        ("Yes", FieldType.BOOLEAN, True),
        ("2026-02-28", FieldType.DATE, date(2026, 2, 28)),
        ("007", FieldType.TEXT, "007"),
    ],
)
def test_cells_become_values_of_their_type(text: str, kind: FieldType, value: Value) -> None:
    found = convert(text, kind)
    assert (found, type(found)) == (value, type(value))


@given(st.integers(-(10**15) + 1, 10**15 - 1) | st.dates() | st.booleans())
@settings(deadline=None)
def test_written_values_are_read_back(value: Value) -> None:
    assert convert(str(value), infer([str(value)])) == value


def test_types_come_from_all_rows_and_leave_fixed_and_empty_columns_alone() -> None:
    found = columns(["email", "score", "ZIP", "when", "empty", "vip", "employees"])
    rows = [
        ["a@x.example", "1", "10001", "2026-01-01", "", "yes", "many"],
        ["b@x.example", "n/a", "10002", "2026-01-02", " ", "no", "5"],
    ]
    assert infer_types(found, rows, {"vip": FieldType.TEXT}) == {
        "score": FieldType.TEXT,
        "zip": FieldType.TEXT,
        "when": FieldType.DATE,
    }


def test_a_later_cell_that_does_not_fit_makes_its_row_bad() -> None:
    header = ["email", "employees", "since"]
    cells = ["a@x.example", "many", "soon"]
    assert reason(header, cells, since=FieldType.DATE) == (
        "employees: 'many' is not a number; since: 'soon' is not a date written as 2026-12-31"
    )


# Cells


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
    "name", ["-", "+Plus (Berlin) GmbH", "@Home Solutions", "1+1 Medien", "O'Brien & Söhne"]
)
def test_companies_may_have_odd_names(name: str) -> None:
    assert good(["email", "company"], ["a@x.example", name]).fields == {"company": name}


@pytest.mark.parametrize(
    "name", ["Ann <eve@evil.example>", "ann@acme.example", "http://evil.example", "WWW.evil.example"]
)
def test_names_hold_no_addresses_and_links(name: str) -> None:
    assert reason(["email", "first_name"], ["a@x.example", name]).startswith("first_name: ")


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


# Addresses


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("Ann.Lee+x@Acme.Example", "ann.lee+x@acme.example"),
        ("ann@shop.test", "ann@shop.test"),
        ("ann@example.com", "ann@example.com"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@XN--bcher-kva.example", "ann@xn--bcher-kva.example"),
    ],
)
def test_addresses_are_stored_in_lower_case_with_an_ascii_domain(text: str, stored: str) -> None:
    assert address(text) == stored


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("acme.example", "must have an @-sign"),
        ("аня@acme.example", "before the @-sign are not supported"),
        ("ann..lee@acme.example", "two periods"),
        ("ann@acme", "should have a period"),
        ("ann@test", "should have a period"),
        ("ann@printer.local", "special-use"),
        ("Ann <ann@acme.example>", "display name"),
        ("ann@acme.example, bob@acme.example", "@"),
        ('"ann lee"@acme.example', "Quoting"),
        ("ann@[192.0.2.1]", "bracketed IP"),
        ("a" * 65 + "@acme.example", "too long before"),
        ("a@" + ".".join(["b" * 60] * 5) + ".example", "too long"),
        ("ann@acme.example\r\nBcc: eve@evil.example", "."),
    ],
)
def test_other_addresses_are_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        address(text)


_ascii = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=70)
_label = st.text("abcXYZ019-_", min_size=1, max_size=65) | st.sampled_from(
    ["xn--bcher-kva", "ab--c", "a" * 63]
)
_top = st.sampled_from(
    ["com", "EXAMPLE", "test", "local", "arpa", "onion", "invalid", "c", "123", "x1", "co.uk", ""]
)
_addresses = st.builds(
    lambda local, labels, top: f"{local}@{'.'.join([*labels, top])}",
    st.text("aZ0.!+'-_=/", min_size=1, max_size=66) | _ascii,
    st.lists(_label, max_size=5),
    _top,
)


@given(_addresses | _ascii | st.text(max_size=20))
@example("a@local")
@example("a@b.local.com")
@example("a@nonlocal.com")
@example("a" * 64 + "@" + ("b" * 60 + ".") * 3 + "c" * 3 + ".com")
@example("a" * 64 + "@" + ("b" * 60 + ".") * 3 + "cc.com")
@example("a@b.c\n")
@settings(deadline=None, max_examples=500)
def test_the_fast_check_agrees_with_email_validator(text: str) -> None:
    def outcome(check: object) -> str:
        try:
            return str(check(text))  # type: ignore[operator]
        except ValueError as error:
            return f"refused: {error}"

    assert outcome(address) == outcome(validated)


@pytest.mark.parametrize(
    ("email", "company", "key"),
    [
        ("ann@acme.example", "", "acme.example"),
        ("ann@gmail.com", "", "ann@gmail.com"),
        ("ann@yandex.kz", "", "ann@yandex.kz"),
        ("ann@qq.com", "", "ann@qq.com"),
        ("ann@gmail.com", "Acme Ltd", "acme ltd"),
        ("ann@acme.example", " ACME　 Ｌｔｄ ", "acme ltd"),
        ("ann@acme.example", "Straße GmbH", "strasse gmbh"),
    ],
)
def test_colleagues_have_one_company_key(email: str, company: str, key: str) -> None:
    assert company_key(email, company) == key


def test_consumer_domains_are_domains() -> None:
    domains = data.words("consumer_domains")
    assert len(domains) > 150
    assert {address(f"a@{domain}") for domain in domains} == {f"a@{domain}" for domain in domains}


# Rows


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
    found = reason(["email", "first_name", "employees"], ["ann", "=1+1", "many"])
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
