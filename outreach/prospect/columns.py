"""Which column is which field: headers in many languages, and names for columns of the user's own."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import count
from types import MappingProxyType
from typing import Final

from outreach import data
from outreach.errors import InputError, problem
from outreach.model import FieldType

KNOWN: Final[Mapping[str, FieldType]] = MappingProxyType(
    {
        "email": FieldType.TEXT,
        "first_name": FieldType.TEXT,
        "middle_name": FieldType.TEXT,
        "last_name": FieldType.TEXT,
        "full_name": FieldType.TEXT,
        "honorific": FieldType.TEXT,
        "gender": FieldType.TEXT,
        "salutation": FieldType.TEXT,
        "company": FieldType.TEXT,
        "company_short": FieldType.TEXT,
        "title": FieldType.TEXT,
        "city": FieldType.TEXT,
        "region": FieldType.TEXT,
        "country": FieldType.TEXT,
        "language": FieldType.TEXT,
        "timezone": FieldType.TEXT,
        "phone": FieldType.TEXT,
        "website": FieldType.TEXT,
        "industry": FieldType.TEXT,
        "employees": FieldType.NUMBER,
        "owner": FieldType.TEXT,
        "verified": FieldType.TEXT,
        "consent": FieldType.BOOLEAN,
        "source": FieldType.TEXT,
        "basis": FieldType.TEXT,
    }
)
"""The fields that mean something to the program, with their types. All other columns are the user's own."""

MAX_COLUMNS: Final = 300
MAX_HEADER: Final = 100  # characters
_NEAR: Final = 0.7  # similarity from which a header is taken for a misspelt one
# A field of that name could not be written in a condition or in a letter.
_TAKEN: Final = frozenset(
    {"and", "or", "not", "in", "is", "like", "if", "elif", "else", "for", "true", "false", "none"}
)
_ADDRESS: Final = re.compile(r"\S@\S+\.\S")


@dataclass(frozen=True, slots=True)
class Columns:
    """A file's columns: `names[i]` is the field that the i-th cell of a row is for.

    `required` is the number of cells a row has at least; columns after it have no header.
    """

    names: tuple[str, ...]
    headers: tuple[str, ...]
    required: int

    @property
    def own(self) -> tuple[str, ...]:
        """The fields that are not KNOWN, in the order of the file."""
        return tuple(name for name in self.names if name not in KNOWN)

    @property
    def spares(self) -> tuple[int, ...]:
        """The places of further columns for addresses, which count where the one for `email` is empty."""
        named = enumerate(zip(self.names, self.headers, strict=True))
        return tuple(at for at, (name, header) in named if name and name not in KNOWN and _is_spare(header))


def columns(
    header: Sequence[str], *, file: str = "", line: int = 1, named: Mapping[int, str] = MappingProxyType({})
) -> Columns:
    """The fields of a header row. A column without a header is `column_7`, by its place.

    `named` says the field of some columns by their place, counted from 0; "" leaves the column out: its name
    is "" then, and its cells must be empty. Raises InputError with every problem: two columns for one field,
    no column for the e-mail address, a header that looks like a row of data, too many columns. `file` and
    `line` say where the header is.
    """
    headers = tuple(unicodedata.normalize("NFC", cell).strip() for cell in header)
    names = tuple(named.get(at, _name(cell, at + 1)) for at, cell in enumerate(headers))
    names = tuple(named.get(at, name) for at, name in enumerate(_settled(headers, names)))
    alone = tuple(name or f"-{at}" for at, name in enumerate(names))  # those left out are no duplicates
    problems = [
        problem(message, hint=hint, file=file, line=line) for message, hint in _complaints(headers, alone)
    ]
    if problems:
        raise InputError(problems)
    required = max(place for place, cell in enumerate(headers, start=1) if cell)
    return Columns(names, headers, required)


def fold(text: str) -> str:
    """A header or a name for comparison: without case, width, and all but letters and digits."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def slug(header: str) -> str:
    """A field name made from a header, `umsatz_2025` from `Umsatz 2025`; "" if no letter is in it."""
    text = unicodedata.normalize("NFKC", header).lower()
    parts = "".join(char if f"a{char}".isidentifier() else " " for char in text).replace("_", " ").split()
    name = "_".join(parts)
    return f"field_{name}" if name and (name in _TAKEN or not name.isidentifier()) else name


def is_text(name: str) -> bool:
    """Whether a column of the user's own holds digits that are no amounts, such as post codes."""
    return means(name, "text")


def _name(header: str, place: int) -> str:
    return aliases().get(fold(header)) or slug(header) or f"column_{place}"


def _settled(headers: Sequence[str], names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, where one column's meaning depends on the others.

    `Name` next to `Vorname` is the last name. Of `Email` and `Work email` the second is a column of the
    user's own: it stands for the field only where no better one does. `Title` next to `Job title` is a
    person's. Of two columns for addresses the first one counts.
    """
    if "first_name" in names and "last_name" not in names:
        names = tuple(
            "last_name" if fold(header) in _rules("surname") else name
            for header, name in zip(headers, names, strict=True)
        )
    settled = list(names)
    for name in {name for name in names if names.count(name) > 1}:
        places = [at for at, other in enumerate(names) if other == name]
        second = [at for at in places if means(headers[at], "second")]
        for at in second if len(second) < len(places) else second[1:]:
            settled[at] = slug(headers[at])
    for name, places in _numbered(headers, settled):
        for at in places:
            settled[at] = next(new for n in count(2) if (new := f"{name}_{n}") not in settled)
    return tuple(settled)


def _numbered(headers: Sequence[str], names: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """Fields that several columns are for still, and which of those get a number: title_2, email_2."""
    jobs, emails = ([at for at, name in enumerate(names) if name == field] for field in ("title", "email"))
    if len(jobs) > 1 and any(means(headers[at], "job") for at in jobs):
        yield "title", [at for at in jobs if means(headers[at], "of_person")]
    yield "email", emails[1:]


def _is_spare(header: str) -> bool:
    return means(header, "spare_email") or aliases().get(fold(header)) == "email"


def means(header: str, rule: str) -> bool:
    """Whether a header is one of a list under [rules] in `packs/columns.toml`."""
    return fold(header) in _rules(rule)


def _complaints(headers: Sequence[str], names: Sequence[str]) -> list[tuple[str, str]]:
    """Message and hint of everything that is wrong with a header, the gravest first."""
    found: list[tuple[str, str]] = []
    if first := next(filter(_ADDRESS.search, headers), ""):
        hint = "add a first line with the names of the columns, one of them `email`"
        return [(f"the first line is no header, it holds {_shown(first)}", hint)]
    if len(headers) > MAX_COLUMNS:
        return [(f"{len(headers)} columns; {MAX_COLUMNS} are the most", "leave out what no letter needs")]
    if "email" not in names:
        found.append(("no column for the e-mail address", _nearest_email(headers)))
    for name in dict.fromkeys(names):
        places = [place for place, other in enumerate(names) if other == name]
        if len(places) > 1:
            which = " and ".join(f"{place + 1} ({_shown(headers[place])})" for place in places)
            hint = f"leave out all but one, such as by --map column_{places[-1] + 1}="
            found.append((f"columns {which} are all for the field `{name}`", hint))
    for place, header in enumerate(headers, start=1):
        if len(header) > MAX_HEADER:
            hint = f"use at most {MAX_HEADER} characters"
            found.append((f"the header of column {place} is too long: {_shown(header)}", hint))
    return found


def _nearest_email(headers: Sequence[str]) -> str:
    """How to get a column for the address: by renaming the header that looks most like one."""
    meant = [alias for alias, name in aliases().items() if name == "email"]
    scores = {
        header: max(SequenceMatcher(None, fold(header), alias).ratio() for alias in meant)
        for header in headers
        if header and _name(header, 0) not in KNOWN
    }
    nearest = max(scores, key=lambda header: scores[header], default="")
    if nearest and scores[nearest] >= _NEAR:
        return f"did you mean {_shown(nearest)}? then --map {_shown(nearest + '=email')}"
    listed = ", ".join(_shown(header) for header in headers[:8] if header)
    return f"name one of the columns `email`, or --map 'COLUMN=email'; found {listed or 'no names at all'}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


@cache
def aliases() -> Mapping[str, str]:
    """Folded header -> the known field that it is for."""
    table = data.table("columns")["fields"]
    return {fold(alias): name for name in KNOWN for alias in (name, *table.get(name, ()))}


@cache
def _rules(name: str) -> frozenset[str]:
    return frozenset(fold(word) for word in data.table("columns")["rules"][name])
