"""People as CSV or JSON, in pieces, so that a million of them never are in memory."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from outreach.model import Prospect
from outreach.report import people, spreadsheet


def as_csv(found: Iterable[Prospect], columns: Sequence[str]) -> Iterator[str]:
    """The lines of a CSV whose header names the fields, so that it can be imported again."""
    yield spreadsheet.line(columns)
    for person in found:
        yield spreadsheet.line(people.cell(person, column) for column in columns)


def _iso(value: date) -> str:
    """A date or a moment (not `date.isoformat`, which would cut the time off)."""
    return value.isoformat()


def as_json(found: Iterable[Prospect]) -> Iterator[str]:
    """The pieces of a JSON list of `people.value`."""
    before = "[\n"
    for person in found:
        yield before + json.dumps(people.value(person), ensure_ascii=False, default=_iso)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"
