"""Segments: who is in, who is out, who is unknown and why, and what a mistake is told."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.model import FieldType, Value
from outreach.segment import Condition, SegmentError, parse

TYPES = {
    "email": FieldType.TEXT,
    "industry": FieldType.TEXT,
    "country": FieldType.TEXT,
    "employees": FieldType.NUMBER,
    "customer": FieldType.BOOLEAN,
    "signed": FieldType.DATE,
    "город": FieldType.TEXT,
}
ANN: dict[str, Value] = {
    "email": "ann@acme.example",
    "industry": "Retail",
    "country": "GB",
    "employees": 20,
    "customer": True,
    "signed": date(2026, 12, 1),
    "город": "Алматы",
}
SHOPS = {"shops": "industry == 'retail' and employees >= 20", "big-shops": "shops and employees > 100"}


def condition(text: str, **named: str) -> Condition:
    return parse(text, types=TYPES, named=named)


@pytest.mark.parametrize(
    "text",
    [
        "industry == 'retail' and employees >= 20 and country in ['GB','IE'] and not email like '%@gmail.%'",
        'country == "x" or industry == "RETAIL"',
        "employees > 19.5 AND employees <= 20 And employees < 21 and employees != 7",
        "employees > -5",
        "country not in ['DE', 'FR',]",
        "not country in ['DE']",
        "email like '%@%.example' and email not like '%@gmail.com'",
        "email like 'a__@acme%'",
        "customer and customer == true and customer in [true] and not not customer",
        "signed == '2026-12-01' and signed < date('2026-12-02') and signed in ['2026-12-01']",
        "industry is not missing and not (industry is missing)",
        "industry > 'food' and industry < 'transport'",
        "город == 'алматы'",
        "customer or industry == 'x' and industry == 'y'",  # `and` binds tighter
        "country == 'GB'\n  and (industry == 'x'\n  or customer)",
    ],
)
def test_ann_is_in(text: str) -> None:
    assert condition(text).match(ANN) is True
    assert condition(f"not ({text})").match(ANN) is False


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("country == 'STRASSE'", "Straße"),
        ("country == 'Zu\u0308rich'", "zürich"),
        ("country in ['Q\u0323\u0307']", "q\u0307\u0323"),
        ("country == 'Қазақстан'", "ҚАЗАҚСТАН"),
        ("country == 'O''Brien'", "o'brien"),
        ('country == "O\'Brien"', "O'Brien"),
        ("country like 'Z_rich'", "Zu\u0308rich"),
        (r"country like '100\%'", "100%"),
        (r"country like 'a\_b'", "A_B"),
        (r"country like '%\\x'", "c:\\x"),
        ("country like 'a%.'", "a\n."),
        ("country like 'a_b'", "a\nb"),
    ],
)
def test_text_is_compared_without_case_and_unicode_form(text: str, value: str) -> None:
    assert condition(text).match({"country": value}) is True


def test_a_name_is_found_in_either_unicode_form() -> None:
    types = {"be\u0301ton": FieldType.TEXT}
    for text in ("b\u00e9ton == 'x' and s", "be\u0301ton == 'x' and s"):
        asked = parse(text, types=types, named={"s": "b\u00e9ton is not missing"})
        assert asked.match({"be\u0301ton": "X"}) is True


def test_like_escapes_mean_the_character_itself() -> None:
    assert condition(r"country like '100\%'").match({"country": "1000"}) is False
    assert condition(r"country like 'a\_b'").match({"country": "axb"}) is False


@pytest.mark.parametrize(
    "text",
    [
        "industry == 'x'",
        "industry != 'x'",
        "industry in ['x']",
        "industry not in ['x']",
        "industry like '%'",
        "industry not like 'x'",
        "employees < 5",
        "customer",
        "not customer",
        "signed > '2026-01-01'",
    ],
)
def test_a_missing_field_is_unknown_whatever_is_asked(text: str) -> None:
    asked = condition(text)
    assert asked.match({}) is None
    assert asked.unknown({}) == asked.fields


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("employees", "20"),
        ("employees", True),
        ("employees", float("nan")),
        ("industry", 5),
        ("industry", ""),
        ("industry", None),
        ("customer", 1),
        ("customer", "true"),
        ("signed", "2026-12-01"),
        ("signed", datetime(2026, 12, 1)),
    ],
)
def test_a_value_that_does_not_fit_its_type_counts_as_missing(name: str, value: Any) -> None:
    compared = {"employees": "employees > 1", "industry": "industry != 'x'", "customer": "customer"}
    asked = condition(compared.get(name, "signed != '2026-01-01'"))
    assert asked.match({name: value}) is None
    assert asked.unknown({name: value}) == {name}
    assert condition(f"{name} is missing").match({name: value}) is True


def test_only_the_fields_that_left_it_open_are_named_unknown() -> None:
    asked = condition("(industry == 'x' or employees > 5) and (country == 'GB' or customer)")
    assert asked.fields == {"industry", "employees", "country", "customer"}
    assert asked.unknown({"employees": 9, "country": "GB"}) == frozenset()
    assert asked.unknown({"employees": 9, "country": "DE"}) == {"customer"}
    assert asked.unknown({"employees": 1, "country": "GB"}) == {"industry"}
    assert asked.match({"employees": 1, "industry": "y"}) is False
    assert asked.unknown({"employees": 1, "industry": "y"}) == frozenset()


def test_explain_gives_a_row_for_each_comparison_as_written() -> None:
    asked = condition(
        "shops and country\n  in ['GB'] and not customer and signed > '2026-01-01'", shops=SHOPS["shops"]
    )
    rows = asked.explain({"industry": "Food", "employees": "many", "customer": False, "country": "a\x1bb"})
    assert [tuple(row) for row in rows] == [
        ("industry == 'retail'", "'Food'", False),
        ("employees >= 20", "'many' (not a number)", None),
        ("country in ['GB']", "'aU+001Bb'", False),
        ("customer", "false", False),
        ("signed > '2026-01-01'", "missing", None),
    ]


def test_named_segments_stand_for_their_condition() -> None:
    asked = parse("big-shops or not shops", types=TYPES, named=SHOPS)
    assert asked.fields == {"industry", "employees"}
    assert asked.match({"industry": "retail", "employees": 200}) is True
    assert asked.match({"industry": "retail", "employees": 50}) is False
    assert asked.match({"industry": "food", "employees": 50}) is True
    # A segment is one condition, not pasted text: `or` inside it does not leak out.
    assert (
        condition("customer and any", any="industry == 'x' or country == 'GB'").match(
            ANN | {"customer": False}
        )
        is False
    )


def test_conditions_that_say_the_same_are_equal() -> None:
    assert condition("s", s="customer") == condition("s", s="customer")
    assert condition("s", s="customer") != condition("s", s="not customer")


def test_like_takes_linear_time_on_a_hostile_value() -> None:
    asked = condition("industry like '" + "%a_" * 60 + "%b'")
    assert asked.match({"industry": "a" * 50_000}) is False


# --- against a naive oracle -------------------------------------------------------------------------------

Oracle = Callable[[dict[str, Any]], float]  # 0 false, 0.5 unknown, 1 true: Kleene's own numbers
TEXTS = st.text("abAB", min_size=1, max_size=3)
LEAVES: list[tuple[str, str, Callable[[Any], bool]]] = [
    ("industry == 'ab'", "industry", lambda value: value.lower() == "ab"),
    ("industry != 'a'", "industry", lambda value: value.lower() != "a"),
    ("country not in ['a', 'bb']", "country", lambda value: value.lower() not in ("a", "bb")),
    ("country like 'a%'", "country", lambda value: value.lower().startswith("a")),
    ("employees >= 2", "employees", lambda value: value >= 2),
    ("employees in [1, 2.5]", "employees", lambda value: value in (1, 2.5)),
    ("customer", "customer", lambda value: value),
    ("customer != true", "customer", lambda value: not value),
    ("signed < '2026-06-01'", "signed", lambda value: value < date(2026, 6, 1)),
]


def leaf(text: str, name: str, test: Callable[[Any], bool]) -> tuple[str, Oracle]:
    return text, lambda fields: float(test(fields[name])) if name in fields else 0.5


def present(name: str) -> tuple[str, Oracle]:
    return f"{name} is not missing", lambda fields: float(name in fields)


def joined(word: str, rule: Callable[..., float], parts: list[tuple[str, Oracle]]) -> tuple[str, Oracle]:
    return f" {word} ".join(f"({text})" for text, _ in parts), lambda fields: rule(
        one(fields) for _, one in parts
    )


def negated(part: tuple[str, Oracle]) -> tuple[str, Oracle]:
    return f"not ({part[0]})", lambda fields: 1 - part[1](fields)


CASES: st.SearchStrategy[tuple[str, Oracle]] = st.recursive(
    st.sampled_from([leaf(*one) for one in LEAVES] + [present("industry"), present("signed")]),
    lambda parts: st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(lambda some: joined("and", min, some)),
        st.lists(parts, min_size=2, max_size=3).map(lambda some: joined("or", max, some)),
        parts.map(negated),
    ),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "industry": TEXTS,
        "country": TEXTS,
        "employees": st.integers(0, 4) | st.floats(0, 4),
        "customer": st.booleans(),
        "signed": st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    },
)


@given(CASES, FIELDS)
@settings(deadline=None, max_examples=300)
def test_the_logic_is_kleenes(case: tuple[str, Oracle], fields: dict[str, Any]) -> None:
    text, oracle = case
    asked = condition(text)
    assert asked.match(fields) is {0.0: False, 0.5: None, 1.0: True}[oracle(fields)]
    blamed = asked.unknown(fields)
    assert bool(blamed) is (asked.match(fields) is None)
    assert not blamed & set(fields)


@cache
def naive_like(value: str, pattern: str) -> bool:
    if not pattern:
        return not value
    if pattern[0] == "%":
        return naive_like(value, pattern[1:]) or (bool(value) and naive_like(value[1:], pattern))
    return bool(value) and pattern[0] in (value[0], "_") and naive_like(value[1:], pattern[1:])


@given(st.text("ab.", min_size=1, max_size=9), st.text("ab._%", min_size=1, max_size=7))
@settings(deadline=None, max_examples=500)
def test_like_agrees_with_the_definition(value: str, pattern: str) -> None:
    assert condition(f"industry like '{pattern}'").match({"industry": value}) is naive_like(value, pattern)


PIECES = [
    "industry",
    "employees",
    "customer",
    "signed",
    "shops",
    "date",
    "missing",
    "and",
    "or",
    "not",
    "in",
    "is",
]
PIECES += [
    "like",
    "true",
    "==",
    ">=",
    "(",
    ")",
    "[",
    "]",
    ",",
    "'a'",
    '"',
    "5",
    "2026-01-01",
    "'2026-01-01'",
    "=",
    "\n",
]


@given(st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
@settings(deadline=None, max_examples=500)
def test_any_text_is_a_condition_or_a_segment_error(text: str) -> None:
    try:
        parse(text, types=TYPES, named=SHOPS).match(ANN)
    except SegmentError as found:
        mistake = found
    else:
        return
    line = text.split("\n")[mistake.line - 1]
    assert mistake.message
    assert mistake.hint
    assert 1 <= mistake.column <= len(line) + 1


ANYTHING = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.binary(),
)


@given(CASES, st.dictionaries(st.sampled_from(list(TYPES)), ANYTHING | st.lists(st.integers())))
@settings(deadline=None)
def test_no_value_makes_it_raise(case: tuple[str, Oracle], fields: dict[str, Any]) -> None:
    asked = condition(case[0])
    assert asked.match(fields) in (True, False, None)
    assert bool(asked.unknown(fields)) is (asked.match(fields) is None)
    assert len(asked.explain(fields)) >= 1
