"""Segments: a mistake is shown where it is, with what to write instead; bombs are refused."""

import pytest

from outreach.model import FieldType
from outreach.segment import SegmentError, parse

TYPES = {
    "email": FieldType.TEXT,
    "industry": FieldType.TEXT,
    "country": FieldType.TEXT,
    "employees": FieldType.NUMBER,
    "customer": FieldType.BOOLEAN,
    "signed": FieldType.DATE,
}
SHOPS = {"shops": "industry == 'retail' and employees >= 20", "big-shops": "shops and employees > 100"}


def error(text: str, named: dict[str, str] | None = None) -> SegmentError:
    with pytest.raises(SegmentError) as caught:
        parse(text, types=TYPES, named=named)
    return caught.value


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("", 1, "the condition is empty", "industry == 'retail'"),
        (" \n ", 1, "the condition is empty", "email is not missing"),
        ("employes >= 20", 1, "unknown field `employes`, did you mean `employees`?", "employees"),
        ("customer and Industry == 'x'", 14, "did you mean `industry`?", "industry"),
        ("qqq == 1", 1, "unknown field `qqq`", "country, customer, email"),
        ("employees >= '20'", 14, "`employees` holds numbers, and '20' is text", "write `employees >= 20`"),
        ("industry == 20", 13, "`industry` holds text, and 20 is a number", "write `industry == '20'`"),
        ("industry >= 20", 13, "`industry` holds text", "import `industry` as numbers"),
        ("employees in [1, 'x']", 18, "'x' is text", "write `employees in [20]`"),
        ("customer == 'yes'", 13, "'yes' is text", "write `customer` or `not customer`"),
        ("customer > false", 12, "no order", "not customer"),
        ("signed > 5", 10, "`signed` holds dates", "signed > '2026-12-01'"),
        ("signed > '1.12.2026'", 10, "'1.12.2026' is not a date", "'2026-12-01'"),
        ("signed > date('2026-02-30')", 15, "'2026-02-30' is not a date", "year-month-day"),
        ("signed > 2026-12-01", 10, "needs quotes", "write '2026-12-01'"),
        ("signed > date(2026)", 15, "one text in quotes", "date('2026-12-01')"),
        ("industry == date('2026-12-01')", 13, "is a date", "write `industry == "),
        ("industry = 'x'", 10, "`=` is not used", "write `==`"),
        ("customer && customer", 10, "`&&`", "write `and`"),
        ("customer || customer", 10, "`||`", "write `or`"),
        ("!customer", 1, "`!`", "write `not`"),
        ("employees <> 5", 11, "`<>`", "write `!=`"),
        ("industry == 'x", 13, "never closed", "'O''Brien'"),
        ("industry == ‘x’", 13, "`‘` is not a straight quote", "'single'"),
        ("industry == “x”", 13, "`“` is not a straight quote", "'single'"),
        ("country == GB", 12, "text needs quotes", "write 'GB'"),
        ("country == industry", 12, "`industry` is a field", "quotes"),
        ("country in ('GB')", 12, "`in` needs a list", "square brackets"),
        ("country in ['GB'", 12, "this list is never closed", "]"),
        ("country in ['GB' 'IE']", 18, "expected `,` or `]`", "commas"),
        ("country in []", 12, "the list is empty", "at least one"),
        ("country == ['GB']", 12, "a list needs `in`", "in ['a', 'b']"),
        ("employees like '2%'", 16, "`like` works on text", "employees >= 20"),
        ("industry like 5", 15, "a pattern in quotes", "like '%5%'"),
        (f"industry like '{'a' * 201}'", 15, "longer than 200", "%"),
        ("industry == ''", 13, "counts as missing", "industry is missing"),
        ("industry == null", 13, "`null` is not a value", "industry is missing"),
        ("industry is null", 13, "expected `missing`", "industry is not missing"),
        ("industry is", 12, "not the end", "industry is missing"),
        ("industry", 1, "needs a comparison", "industry is not missing"),
        ("industry contains 'x'", 10, "not `contains`", "write `industry like '%word%'`"),
        ("employees between 1", 11, "not `between`", "employees >= 10 and employees <= 50"),
        ("industry not == 'x'", 14, "after `not`", "not in"),
        ("industry == 'a' or 'b'", 20, "starts with a field", "in ['a', 'b']"),
        ("1 < employees", 1, "starts with a field", "employees >= 20"),
        ("employees > 1 < 5", 15, "cannot be chained", "and employees <= 50"),
        ("employees > 1,000", 14, "no thousands separator", "write 1000"),
        ("employees > 20k", 13, "`20k` is not a number", "decimal point"),
        (f"employees > {'9' * 31}", 13, "too long", "30 digits"),
        ("true", 1, "`true` is not a condition", "email is not missing"),
        ("customer and", 13, "not the end", "comparison"),
        ("(customer", 1, "never closed", ")"),
        ("customer)", 9, "never opened", "delete"),
        ("customer customer", 10, "expected an operator", "=="),
        ("customer is missing customer", 21, "expected `and` or `or`", "join"),
        ("customer\u200b", 9, "`U+200B`", "delete"),
        ("customer and " * 1000 + "customer", 10_001, "longer than 10,000", "named segments"),
        ("(" * 9_000 + "customer", 51, "nested deeper than 50", "parentheses"),
        ("customer or " * 800 + "employees", 9_601, "needs a comparison", "employees"),
    ],
)
def test_a_mistake_is_shown_where_it_is_with_what_to_write(
    text: str, column: int, message: str, hint: str
) -> None:
    found = error(text)
    assert message in found.message
    assert hint in found.hint
    assert (found.line, found.column, found.segment) == (1, column, "")


def test_an_error_has_its_line_and_the_named_segment_it_is_in() -> None:
    found = error("customer\n  and foo == 1")
    assert (found.line, found.column) == (2, 7)
    found = error(
        "customer and outer", {"outer": "customer and inner", "inner": "customer\r\nand  employes > 1"}
    )
    assert (found.segment, found.line, found.column) == ("inner", 2, 6)


def test_named_segments_cannot_go_in_circles_clash_or_be_compared() -> None:
    found = error("a", {"a": "customer or b", "b": "not c", "c": "b and customer"})
    assert found.message == "segment `b` uses itself: b -> c -> b"
    assert (found.segment, found.column) == ("c", 1)
    assert "uses itself: a -> a" in error("a", {"a": "a"}).message
    assert "both a field and a segment" in error("customer", {"customer": "country == 'GB'"}).message
    assert "used alone" in error("shops == true", SHOPS).message
    assert "did you mean the segment `big-shops`?" in error("bigshops", SHOPS).message


def test_an_expansion_bomb_is_refused_at_once() -> None:
    doubling = {f"s{n}": f"s{n - 1} or s{n - 1}" for n in range(1, 40)} | {"s0": "customer"}
    assert "more than 1,000 comparisons" in error("s39", doubling).message
    deep = {f"s{n}": f"(((s{n - 1})))" for n in range(1, 500)} | {"s0": "customer"}
    assert "nested deeper than 50" in error("s499", deep).message
    # A segment read before at a shallow place is not smuggled in at a deep one.
    fits = {"s0": "(" * 30 + "customer" + ")" * 30}
    assert parse("s0", types=TYPES, named=fits).match({"customer": True}) is True
    assert "nested deeper" in error("s0 and " + "(" * 30 + "s0" + ")" * 30, fits).message
