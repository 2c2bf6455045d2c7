"""People: as rows, and one person with everything the store knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.model import EnrollmentStatus, MessageStatus, Prospect, Suppression
from outreach.report.lines import labelled, moment, number, table
from outreach.report.spreadsheet import escaped

DEFAULT = ("email", "first_name", "last_name", "company", "country")
"""The columns of a list unless said otherwise."""


@dataclass(frozen=True, slots=True)
class Part:
    """A person's part in a campaign."""

    campaign: str
    status: EnrollmentStatus
    reason: str
    mailbox: str
    language: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """A letter to a person: `sent_at` once it is out, before that not before `opens_at`."""

    campaign: str
    letter: str
    status: MessageStatus
    reason: str
    subject: str
    message_id: str
    opens_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that the store knows of a person."""

    prospect: Prospect
    suppression: Suppression | None
    parts: Sequence[Part]
    letters: Sequence[Written]


def cell(person: Prospect, column: str) -> str:
    """One value of a person as a cell, "" where it is missing."""
    own = {"email": person.email, "source": person.source, "basis": person.basis}
    return escaped(found) if (found := own.get(column, person.fields.get(column))) is not None else ""


def plain(person: Prospect, column: str) -> str:
    """One value of a person for a screen."""
    own = {"email": person.email, "source": person.source, "basis": person.basis}
    found = own.get(column, person.fields.get(column, ""))
    return str(found).lower() if isinstance(found, bool) else str(found)


def rows(people: Sequence[Prospect], columns: Sequence[str]) -> str:
    """People as a table; addresses are never cut."""
    return table(
        ([plain(person, column) for column in columns] for person in people),
        [column.upper() for column in columns],
        whole=("EMAIL",),
    )


def text(people: Sequence[Prospect], total: int, columns: Sequence[str]) -> str:
    """The first people of `total`, and how many more there are."""
    if not people:
        return "nobody\n" + labelled("NEXT", "outreach prospects import FILE.csv")
    more = total - len(people)
    left = f"... and {more:,} more: --limit {total}" if more else number(total, "person", "people")
    return f"{rows(people, columns)}\n{left}"


def listed(people: Sequence[Prospect], total: int) -> dict[str, Any]:
    """`total`, and the first of them as `prospects` (list of `value`)."""
    return {"total": total, "prospects": [value(each) for each in people]}


def value(person: Prospect) -> dict[str, Any]:
    """`email`, `company_key` (colleagues have the same), `source`, `basis`, `created_at`, `fields` (by name)."""
    return {
        "email": person.email,
        "company_key": person.company,
        "source": person.source,
        "basis": person.basis,
        "created_at": person.created_at,
        "fields": dict(person.fields),
    }


def dossier(found: Dossier, zone: str) -> str:
    """The screen of one person; times in `zone`."""
    person, blocked = found.prospect, found.suppression
    added = f", added {moment(person.created_at, zone)}" if person.created_at else ""
    wide = max(map(len, person.fields), default=0)
    parts = [
        labelled("PERSON", f"{person.email}, company key {person.company}{added}"),
        labelled("NEVER", f"to be written to: {_blocked(blocked, zone)}") if blocked else "",
        labelled("ORIGIN", f"source: {person.source or 'none'}; legal basis: {person.basis or 'none'}"),
        labelled("FIELDS", *(f"{name:<{wide}}  {plain(person, name)}" for name in person.fields))
        if person.fields
        else "",
        labelled("CAMPAIGNS", *([_part(each, zone) for each in found.parts] or ["none"])),
        labelled("LETTERS", *(_letter(each, zone) for each in found.letters)) if found.letters else "",
        labelled("NEXT", f"outreach why {person.email}"),
    ]
    return "\n".join(filter(None, parts))


def _blocked(found: Suppression, zone: str) -> str:
    whose = f"domain {found.value} " if found.kind == "domain" else ""
    return f"{whose}suppressed {moment(found.at, zone)}, {found.reason}"


def _part(part: Part, zone: str) -> str:
    status = str(part.status).replace("_", " ")
    why = f" ({part.reason})" if part.reason and part.reason != status else ""
    return f"{part.campaign}: {status}{why}, from {part.mailbox} since {moment(part.created_at, zone)}"


def _letter(letter: Written, zone: str) -> str:
    if letter.sent_at:
        when = moment(letter.sent_at, zone)
    elif letter.status in (MessageStatus.SCHEDULED, MessageStatus.CLAIMED):
        when = f"not before {moment(letter.opens_at, zone)}"
    else:
        when = letter.reason
    return f"{letter.letter}: {letter.status}" + (f", {when}" if when else "")


def dossier_value(found: Dossier) -> dict[str, Any]:
    """A `value`, and: `suppressed` (null, or `kind`, `value`, `reason`, `at`); `enrollments` (`campaign`,
    `status`, `reason`, `mailbox`, `language`, `created_at`); `letters` (`campaign`, `letter`, `status`, `reason`,
    `subject`, `message_id`, `opens_at`, `sent_at`).
    """
    blocked = found.suppression
    return {
        **value(found.prospect),
        "suppressed": {name: getattr(blocked, name) for name in ("kind", "value", "reason", "at")}
        if blocked
        else None,
        "enrollments": [
            {name: getattr(each, name) for name in Part.__dataclass_fields__} for each in found.parts
        ],
        "letters": [
            {name: getattr(each, name) for name in Written.__dataclass_fields__} for each in found.letters
        ],
    }
