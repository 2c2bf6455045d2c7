"""Columns of the user's own: their types are guessed with care, and their cells read so."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.model import FieldType, Value
from outreach.prospect import columns, convert, infer_types
from tests.rowing import reason


def infer(samples: list[str]) -> FieldType:
    """The type of a column with these cells, text for one without any."""
    found = infer_types(columns(["email", "own"]), [["a@x.example", cell] for cell in samples], {})
    return found.get("own", FieldType.TEXT)


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
        (["28.02.2026", "1.3.2026", "2026-12-01"], FieldType.DATE),
        (["30.02.2026"], FieldType.TEXT),
        (["12/11/2026"], FieldType.TEXT),
        (["12.11.26"], FieldType.TEXT),
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
        ("28.2.2026", FieldType.DATE, date(2026, 2, 28)),
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
    header = ["email", "score", "since"]
    cells = ["a@x.example", "many", "soon"]
    assert reason(header, cells, score=FieldType.NUMBER, since=FieldType.DATE) == (
        "score: 'many' is not a number; since: 'soon' is not a date written as 2026-12-31 or 31.12.2026"
    )
