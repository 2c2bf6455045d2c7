"""A row of a prospect file read by itself, for the tests of what its cells mean."""

import pytest

from outreach.errors import InputError
from outreach.model import FieldType
from outreach.prospect import BadRow, Row, columns, row_reader


def one(header: list[str], cells: list[str], **types: FieldType) -> Row | BadRow:
    """What a row becomes in a file with this header."""
    return row_reader(columns(header), types)(2, cells)


def reason(header: list[str], cells: list[str], **types: FieldType) -> str:
    """Why a row is bad."""
    bad = one(header, cells, **types)
    assert isinstance(bad, BadRow), bad
    return bad.reason


def good(header: list[str], cells: list[str], **types: FieldType) -> Row:
    """The row, which is a good one."""
    row = one(header, cells, **types)
    assert isinstance(row, Row), row
    return row


def read(**cells: str) -> Row:
    """The row of ann@acme.example with these columns, which is a good one."""
    cells = {"email": "ann@acme.example", **cells}
    return good(list(cells), list(cells.values()))


def problems(header: list[str]) -> list[str]:
    """What is wrong with a header."""
    with pytest.raises(InputError) as caught:
        columns(header, file="people.csv")
    return [str(problem) for problem in caught.value.problems]
