"""Which column is which field: headers in many languages, and names for columns of the user's own."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import count
from types import MappingProxyType
from typing import Final, TypeAlias

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
_WORDS: Final = re.compile(r"[/|]")
_ADDRESS: Final = re.compile(r"\S@\S+\.\S")
_PLACES: Final = ("city", "region", "country")
# Fields that belong together: never one from one address and one from another.
_TOGETHER: Final = (_PLACES, ("phone",))

Further: TypeAlias = tuple[frozenset[str], tuple[tuple[tuple[str, int], ...], ...]]
"""Fields that belong together, and the columns of each further address or number: field and place."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A file's columns: `names[i]` is the field that the i-th cell of a row is for.

    `required` is the number of cells a row has at least; columns after it have no header. `in_order` is whether
    full names are in the order that their header says, if it says one.
    """

    names: tuple[str, ...]
    headers: tuple[str, ...]
    required: int
    in_order: bool = True

    @property
    def own(self) -> tuple[str, ...]:
        """The fields that are not KNOWN, in the order of the file."""
        return tuple(name for name in self.names if name not in KNOWN)

    @property
    def spares(self) -> tuple[int, ...]:
        """The places of further columns for addresses, which count where the one for `email` is empty."""
        named = enumerate(zip(self.names, self.headers, strict=True))
        return tuple(at for at, (name, header) in named if name and name not in KNOWN and _is_spare(header))

    @property
    def further(self) -> tuple[Further, ...]:
        """Fields that belong together, and the columns that count where a row has none of them, or where what it
        has stands there too: the first of the further addresses, or numbers, that a row has. A column that
        somebody has given another name is none.
        """
        named = enumerate(zip(self.names, self.headers, strict=True))
        own = [
            (at, field, header)
            for at, (name, header) in named
            if name and name not in KNOWN and (field := aliases().get(fold(header), ""))
            if name == slug(header) or name.startswith(f"{field}_")
        ]
        found = []
        for fields in _TOGETHER:
            blocks: dict[int, dict[str, int]] = {}
            for at, field, header in own:
                if field in fields:
                    blocks.setdefault(_rank(header) if field in _PLACES else at, {}).setdefault(field, at)
            if blocks:
                each = tuple(tuple(block.items()) for _, block in sorted(blocks.items()))
                found.append((frozenset(fields), each))
        return tuple(found)


def columns(
    header: Sequence[str],
    *,
    file: str = "",
    line: int = 1,
    named: Mapping[int, str] = MappingProxyType({}),
    unnamed: Callable[[], str] = str,
) -> Columns:
    """The fields of a header row. A column without a header is `column_7`, by its place.

    `named` says the field of some columns by their place, counted from 0; "" leaves the column out: its name
    is "" then, and its cells must be empty. Raises InputError with every problem: two columns for one field,
    no column for the e-mail address, a header that looks like a row of data, too many columns. `file` and
    `line` say where the header is; `unnamed` gives what to do where no column is known to hold addresses, "" if
    the headers are to tell.
    """
    headers = tuple(unicodedata.normalize("NFC", cell).strip() for cell in header)
    names = tuple(named.get(at, _name(cell, at + 1)) for at, cell in enumerate(headers))
    names = tuple(named.get(at, name) for at, name in enumerate(_settled(headers, names)))
    alone = tuple(name or f"-{at}" for at, name in enumerate(names))  # those left out are no duplicates
    problems = [
        problem(message, hint=hint, file=file, line=line)
        for message, hint in _complaints(headers, alone, unnamed)
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


def is_text(header: str) -> bool:
    """Whether a column of the user's own holds digits that are no amounts: post codes, a second phone."""
    return means(header, "text") or KNOWN.get(aliases().get(fold(header), "")) is FieldType.TEXT


def _name(header: str, place: int) -> str:
    return aliases().get(fold(header)) or _in_two_words(header) or slug(header) or f"column_{place}"


def _in_two_words(header: str) -> str:
    """The field of "Firma / Organisation" or "Country | Land", whose words all mean it; "" for any other."""
    meant = {aliases().get(fold(word), "") for word in _WORDS.split(header)}
    return next(iter(meant)) if len(meant) == 1 else ""


def _settled(headers: Sequence[str], names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, where one column's meaning depends on the others.

    `Name` next to `Vorname` is the last name. Of `Email` and `Work email` the second is a column of the
    user's own: it stands for the field only where no better one does, and so does `Home city`. `Title` next
    to `Job title` is a person's. Of two columns for addresses or for phones the first one counts.
    """
    if "first_name" in names and "last_name" not in names:
        names = tuple(
            "last_name" if fold(header) in _rules("surname") else name
            for header, name in zip(headers, names, strict=True)
        )
    settled = list(names)
    for at in _further_places(headers, names):
        settled[at] = _free(slug(headers[at]), settled)
    for name in {name for name in settled if settled.count(name) > 1}:
        places = [at for at, other in enumerate(settled) if other == name]
        second = [at for at in places if means(headers[at], "second")]
        for at in second if len(second) < len(places) else second[1:]:
            settled[at] = slug(headers[at])
    for name, places in _numbered(headers, settled):
        for at in places:
            settled[at] = _free(name, settled)
    return tuple(settled)


def _further_places(headers: Sequence[str], names: Sequence[str]) -> list[int]:
    """The columns that are of further addresses: the first address counts, and what it lacks comes from those
    that say nothing else of a place: a city at home never stands in the country of another address.
    """
    blocks: dict[int, dict[str, int]] = {}
    further = []
    for at, name in enumerate(names):
        if name in _PLACES:
            rank = _rank(headers[at])
            if blocks.setdefault(rank, {}).setdefault(name, at) != at and rank:
                further.append(at)  # one of an address that is called something: nobody means two by it
    first: set[str] = set()
    for rank, block in sorted(blocks.items()):
        if first.isdisjoint(block):
            first.update(block)
        else:
            further += [at for at, name in enumerate(names) if name in block and _rank(headers[at]) == rank]
    return sorted({*further})


def _free(name: str, taken: Sequence[str]) -> str:
    """The name, with a number where there is one like it: `mailing_city_2`."""
    return name if name not in taken else next(new for n in count(2) if (new := f"{name}_{n}") not in taken)


def _numbered(headers: Sequence[str], names: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """Fields that several columns are for still, and which of those get a number: title_2, email_2."""
    asked = ("title", "email", "phone")
    jobs, emails, phones = ([at for at, name in enumerate(names) if name == field] for field in asked)
    if len(jobs) > 1 and any(means(headers[at], "job") for at in jobs):
        yield "title", [at for at in jobs if means(headers[at], "of_person")]
    yield "email", emails[1:]
    if len({fold(headers[at]) for at in phones}) == len(phones):  # one header twice is a slip
        yield "phone", phones[1:]


def _is_spare(header: str) -> bool:
    return means(header, "spare_email") or aliases().get(fold(header)) == "email"


def _rank(header: str) -> int:
    """Which of a person's addresses a column belongs to: 0 is the one that is not called anything else."""
    return _ranks().get(fold(header), 0)


def means(header: str, rule: str) -> bool:
    """Whether a header is one of a list under [rules] in `packs/columns.toml`."""
    return fold(header) in _rules(rule)


def of_others(header: str) -> bool:
    """Whether a column is of somebody else than the person of a row, such as an assistant or our own seller."""
    folded = fold(header)
    return aliases().get(folded) == "owner" or any(word in folded for word in _rules("others"))


def _complaints(
    headers: Sequence[str], names: Sequence[str], unnamed: Callable[[], str]
) -> list[tuple[str, str]]:
    """Message and hint of everything that is wrong with a header, the gravest first."""
    found: list[tuple[str, str]] = []
    if first := next(filter(_ADDRESS.search, headers), ""):
        hint = "add a first line with the names of the columns, one of them `email`"
        return [(f"the first line is no header, it holds {_shown(first)}", hint)]
    if len(headers) > MAX_COLUMNS:
        return [(f"{len(headers)} columns; {MAX_COLUMNS} are the most", "leave out what no letter needs")]
    if "email" not in names:
        found.append(("no column for the e-mail address", unnamed() or _nearest_email(headers)))
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
    table = data.table("columns")
    names = {fold(alias): name for name in KNOWN for alias in (name, *table["fields"].get(name, ()))}
    further = {fold(alias): name for each in table["addresses"] for name in each for alias in each[name]}
    return further | names


@cache
def _ranks() -> Mapping[str, int]:
    """Folded header of a column of an address that is called the person's, the firm's ... -> its rank, from 1."""
    blocks = enumerate(data.table("columns")["addresses"], start=1)
    return {fold(alias): rank for rank, block in blocks for listed in block.values() for alias in listed}


@cache
def _rules(name: str) -> frozenset[str]:
    return frozenset(fold(word) for word in data.table("columns")["rules"][name])
