"""People: as rows, and one person with everything the store knows."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from outreach.model import EnrollmentStatus, MessageStatus, Prospect, Suppression, Value
from outreach.plan.draft import DEFAULT_LANGUAGE
from outreach.prospect import DERIVED, derived
from outreach.report import log
from outreach.report.lines import LABEL, WIDTH, broken, fit, labelled, moment, number, table
from outreach.report.shell import word
from outreach.report.spreadsheet import escaped

DEFAULT = ("email", "first_name", "last_name", "company", "country")
"""The columns of a list unless said otherwise."""
GOT = "got"
"""The column that says when somebody got the letter that was asked for, with a ? where nobody knows whether."""
WITH_GOT = ("email", "company")
"""The columns beside it unless said otherwise."""
HISTORY = 8  # events of a person on a screen


@dataclass(frozen=True, slots=True)
class Got:
    """A letter that somebody got: in the words of which revision, when it left, `unsure` whether it arrived."""

    campaign: str
    letter: str
    revision: int
    at: datetime
    unsure: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some of `total` people with their tags and, where a letter was asked for, how they got it, by id."""

    people: Sequence[Prospect]
    total: int
    tags: Mapping[int, Sequence[str]] = field(default_factory=dict)
    got: Mapping[int, Sequence[Got]] | None = None
    condition: str = ""  # that found them
    everybody: int = 0  # all people in the store, where nobody was found


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
    tags: Sequence[str] = ()
    history: Sequence[log.Entry] = ()


def cell(person: Prospect, column: str, tags: Sequence[str] = ()) -> str:
    """One value of a person as a cell, "" where it is missing; `tags` as an import takes them."""
    own = {"email": person.email, "source": person.source, "basis": person.basis, "tags": ", ".join(tags)}
    return escaped(found) if (found := own.get(column, person.fields.get(column))) is not None else ""


def made(person: Prospect) -> Mapping[str, Value]:
    """The fields that a letter in the person's language (English where none is known) has beside their own."""
    return derived(person.fields, str(person.fields.get("language", "")) or DEFAULT_LANGUAGE)


def plain(person: Prospect, column: str, tags: Sequence[str] = ()) -> str:
    """One value of a person for a screen; of a field that letters make, as a letter has it."""
    own = {"email": person.email, "source": person.source, "basis": person.basis, "tags": ", ".join(tags)}
    found = own.get(column, person.fields.get(column, ""))
    if found == "" and column in DERIVED:
        found = made(person).get(column, "")
    return str(found).lower() if isinstance(found, bool) else str(found)


def rows(
    people: Sequence[Prospect], columns: Sequence[str], tags: Mapping[int, Sequence[str]] | None = None
) -> str:
    """People as a table; addresses are never cut."""
    tagged = tags or {}
    return table(
        ([plain(person, column, tagged.get(person.id, ())) for column in columns] for person in people),
        [column.upper() for column in columns],
        whole=("EMAIL",),
    )


def text(page: Page, columns: Sequence[str], zone: str) -> str:
    """The first people of a total, and how many more there are; times in `zone`."""
    if not page.total:
        return _nobody(page)
    if not page.people:
        return number(page.total, "person", "people")
    more = page.total - len(page.people)
    left = f"... and {more:,} more: --limit {page.total}" if more else number(page.total, "person", "people")
    return f"{_table(page, columns, zone)}\n{left}"


def _nobody(page: Page) -> str:
    """That nobody is found, and what to do: look at the values that there are, or import somebody."""
    among = f" of {number(page.everybody, 'person', 'people')}" if page.everybody else ""
    step = "" if page.everybody or page.got is not None else "outreach prospects import FILE.csv"
    if page.everybody and page.condition:
        step = f"outreach segment {word(page.condition)}"
    return f"nobody{among}" + (f"\n{labelled('NEXT', step)}" if step else "")


def _table(page: Page, columns: Sequence[str], zone: str) -> str:
    got = page.got
    if got is None:
        return rows(page.people, columns, page.tags)
    cells = (
        [
            *(plain(person, column, page.tags.get(person.id, ())) for column in columns),
            ", ".join(str(each.revision) for each in got.get(person.id, ())),
            ", ".join(_got(each, zone) for each in got.get(person.id, ())),
        ]
        for person in page.people
    )
    return table(
        cells, [column.upper() for column in (*columns, "revision", GOT)], whole=("EMAIL", GOT.upper())
    )


def _got(got: Got, zone: str) -> str:
    return moment(got.at, zone) + (" ?" if got.unsure else "")


def listed(page: Page) -> dict[str, Any]:
    """`total`, and the first of them as `prospects`: each a `value` and `got`: the letters of --sent (null without
    it), a list of `campaign`, `letter`, `revision`, `at`, `unsure` (whether it arrived).
    """
    got = page.got
    return {
        "total": page.total,
        "prospects": [
            {
                **value(each, page.tags.get(each.id, ())),
                GOT: None if got is None else [_got_value(one) for one in got.get(each.id, ())],
            }
            for each in page.people
        ],
    }


def _got_value(got: Got) -> dict[str, Any]:
    return {name: getattr(got, name) for name in Got.__dataclass_fields__}


def value(person: Prospect, tags: Sequence[str]) -> dict[str, Any]:
    """`email`, `company_key` (colleagues have the same), `source`, `basis`, `created_at`, `tags`, `fields` (by
    name), `made` (fields that a letter in their language has beside these, by name).
    """
    return {
        "email": person.email,
        "company_key": person.company,
        "source": person.source,
        "basis": person.basis,
        "created_at": person.created_at,
        "tags": list(tags),
        "fields": dict(person.fields),
        "made": dict(made(person)),
    }


def dossier(found: Dossier, zone: str) -> str:
    """The screen of one person; times in `zone`."""
    person, blocked = found.prospect, found.suppression
    letters = {name: value for name, value in made(person).items() if name not in person.fields}
    added = f", added {moment(person.created_at, zone)}" if person.created_at else ""
    whole = f"{person.email}, company key {person.company}{added}"
    parts = [
        labelled("PERSON", *broken(whole, WIDTH - LABEL - 1, rest="  ")),
        labelled("NEVER", f"to be written to: {_blocked(blocked, zone)}") if blocked else "",
        labelled("ORIGIN", f"source: {person.source or 'none'}; legal basis: {person.basis or 'none'}"),
        labelled("FIELDS", *_fields(person, person.fields)) if person.fields else "",
        labelled("MADE", *_fields(person, letters)) if letters else "",
        labelled("TAGS", ", ".join(found.tags)) if found.tags else "",
        labelled("CAMPAIGNS", *([line for each in found.parts for line in _part(each, zone)] or ["none"])),
        labelled("LETTERS", *(_letter(each, zone) for each in found.letters)) if found.letters else "",
        labelled("HISTORY", *(line for each in found.history[-HISTORY:] for line in _done(each, zone)))
        if found.history
        else "",
        labelled("NEXT", f"outreach why {person.email}"),
    ]
    return "\n".join(filter(None, parts))


def _fields(person: Prospect, names: Collection[str]) -> Iterator[str]:
    wide = max(map(len, names), default=0)
    for name in names:
        yield from broken(
            plain(person, name), WIDTH - LABEL - 1, first=f"{name:<{wide}}  ", rest=" " * (wide + 2)
        )


def _done(entry: log.Entry, zone: str) -> list[str]:
    by, why = f", {entry.actor}" if entry.actor else "", log.reason(entry)
    said = f"{moment(entry.at, zone)}{by}: {log.said(entry, zone)}" + (f" ({why})" if why else "")
    first, *more = broken(said, WIDTH - LABEL - 1, rest="  ")
    return [
        first,
        *([fit(" ".join([more[0], "…"] if more[1:] else more), WIDTH - LABEL - 1).rstrip()] if more else []),
    ]


def _blocked(found: Suppression, zone: str) -> str:
    whose = f"domain {found.value} " if found.kind == "domain" else ""
    return f"{whose}suppressed {moment(found.at, zone)}, {found.reason}"


def _part(part: Part, zone: str) -> list[str]:
    status = str(part.status).replace("_", " ")
    why = f" ({part.reason})" if part.reason and part.reason != status else ""
    said = f"{part.campaign}: {status}{why}, from {part.mailbox} since {moment(part.created_at, zone)}"
    return broken(said, WIDTH - LABEL - 1, rest="  ")


def _letter(letter: Written, zone: str) -> str:
    if letter.sent_at:
        when = moment(letter.sent_at, zone)
    elif letter.status in (MessageStatus.SCHEDULED, MessageStatus.CLAIMED):
        when = f"not before {moment(letter.opens_at, zone)}"
    else:
        when = letter.reason
    return f"{letter.letter}: {letter.status}" + (f", {when}" if when else "")


def dossier_value(found: Dossier, zone: str) -> dict[str, Any]:
    """A `value`, and: `suppressed` (null, or `kind`, `value`, `reason`, `at`); `enrollments` (`campaign`,
    `status`, `reason`, `mailbox`, `language`, `created_at`); `letters` (`campaign`, `letter`, `status`, `reason`,
    `subject`, `message_id`, `opens_at`, `sent_at`); `history` (entries of `log.value`).
    """
    blocked = found.suppression
    return {
        **value(found.prospect, found.tags),
        "suppressed": {name: getattr(blocked, name) for name in ("kind", "value", "reason", "at")}
        if blocked
        else None,
        "enrollments": [
            {name: getattr(each, name) for name in Part.__dataclass_fields__} for each in found.parts
        ],
        "letters": [
            {name: getattr(each, name) for name in Written.__dataclass_fields__} for each in found.letters
        ],
        "history": [log.entry_value(each, zone) for each in found.history],
    }
