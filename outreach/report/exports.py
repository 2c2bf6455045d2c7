"""People, or what happened to them, as CSV or JSON: in pieces, so that a million of them never are in memory."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, TypeVar

from outreach.model import Prospect
from outreach.report import people, spreadsheet

T = TypeVar("T")


def as_csv(
    found: Iterable[Prospect], columns: Sequence[str], tags: Mapping[int, Sequence[str]]
) -> Iterator[str]:
    """The lines of a CSV whose header names the fields, so that it can be imported again; `tags` by id."""
    yield spreadsheet.line(columns)
    for person in found:
        theirs = tags.get(person.id, ())
        yield spreadsheet.line(people.cell(person, column, theirs) for column in columns)


def as_json(found: Iterable[Prospect], tags: Mapping[int, Sequence[str]]) -> Iterator[str]:
    """The pieces of a JSON list of `people.value`; `tags` by prospect id."""
    return _listed(found, lambda person: people.value(person, tags.get(person.id, ())))


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that happened between us and a person. `letter` and `subject` are those of our letter.

    `outcome` is one of `OUTCOMES`; `note` says more where something is known, such as what a reply wants.
    """

    at: datetime
    email: str
    name: str
    company: str
    owner: str
    campaign: str
    letter: str
    outcome: str
    subject: str
    mailbox: str
    note: str


OUTCOMES: Final = {
    "sent": "the letter has left",
    "uncertain": "nobody knows whether the letter left",
    "refused": "the server refused the letter or its address",
    "replied": "the person wrote back",
    "away": "an automatic reply",
    "bounced": "the letter came back for good",
    "bounced for now": "the letter came back, the mailbox may take a later one",
    "opted out": "the person wants no more letters",
    "complained": "the letter was reported as spam",
    "moved": "the person has another address",
    "other mail": "a mail that a person must judge",
}
"""What an activity may have come to."""


def activity_csv(found: Iterable[Activity]) -> Iterator[str]:
    """The lines of a CSV of activities, `date` first; text that looks like a formula is made safe."""
    names = [each.name for each in fields(Activity)]
    yield spreadsheet.line("date" if name == "at" else name for name in names)
    for each in found:
        yield spreadsheet.line(spreadsheet.escaped(getattr(each, name)) for name in names)


def activity_json(found: Iterable[Activity]) -> Iterator[str]:
    """The pieces of a JSON list: `date` (ISO 8601, UTC), `email`, `name`, `company`, `owner`, `campaign`,
    `letter`, `outcome` (see `OUTCOMES`), `subject`, `mailbox`, `note`.
    """
    return _listed(found, activity_value)


def activity_value(each: Activity) -> dict[str, Any]:
    """One entry of `activity_json`."""
    names = [name.name for name in fields(Activity)]
    return {"date" if name == "at" else name: getattr(each, name) for name in names}


def _iso(value: date) -> str:
    """A date or a moment (not `date.isoformat`, which would cut the time off)."""
    return value.isoformat()


def _listed(found: Iterable[T], value: Callable[[T], dict[str, Any]]) -> Iterator[str]:
    """The pieces of a JSON list: one an entry, and the end."""
    before = "[\n"
    for each in found:
        yield before + json.dumps(value(each), ensure_ascii=False, default=_iso)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"
