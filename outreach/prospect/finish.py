"""What a row's columns say together: full names taken apart, misplaced titles, doubts about addresses."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Final, TypeAlias

from outreach import data
from outreach.model import Fields, Value
from outreach.prospect import names
from outreach.prospect.by_address import by_address, contradicted
from outreach.prospect.columns import Columns, fold, means
from outreach.prospect.doubts import doubter
from outreach.prospect.persons import DEGREES, GENDERS, around, honorific, recased
from outreach.prospect.types import shown
from outreach.prospect.values import verdicts
from outreach.prospect.whereabouts import whereabouts

Step: TypeAlias = Callable[[dict[str, Value], list[str]], None]
"""Changes a row's values in place; adds warnings about what it changed or what is doubtful."""

_WORDS: Final = frozenset((*GENDERS, *DEGREES))
_LOOKED_AT: Final = 500  # rows that show whether names are in the order that their header says
_NAMES: Final = ("full_name", "first_name", "last_name")
_INITIALS: Final = 2  # letters
_LONGEST: Final = 15  # characters of an honorific in a column for job titles


def steps(columns: Columns) -> tuple[Step, ...]:
    """The steps that a file with these columns needs, in order."""
    has = frozenset(columns.names)
    named = tuple(zip(columns.names, columns.headers, strict=True))
    own = [(name, header) for name, header in named if name in columns.own]
    found: list[Step] = [_doubt()]
    if has & {"honorific", "salutation"}:
        found.append(_address_forms)
    if "title" in has and "honorific" not in has:
        found.append(_title)
    found += [_degree(name) for name, header in own if means(header, "degree")]
    told = columns.in_order
    found += [_full_name(order(header) if told else "") for name, header in named if name == "full_name"]
    if has & {"full_name", "first_name", "last_name"}:
        found += [_capitals, _numbers]
    if "verified" not in has:
        found += [_status(name) for name, header in own if means(header, "status")]
    return tuple(found)


def undeliverable(fields: Fields) -> bool:
    """Whether an address checker found that mail for a person does not arrive."""
    return fields.get("verified") == "invalid"


def _doubt() -> Step:
    doubts = doubter()

    def doubt(values: dict[str, Value], warnings: list[str]) -> None:
        if found := doubts(str(values["email"])):
            warnings += found

    return doubt


def location(values: dict[str, Value], warnings: list[str]) -> None:
    """ "Berlin, Germany" as the city, taken from a column for a location, is a city and a country.

    A country's name alone is a town beside a region ("Lebanon" in OH) and beside another country, which stays.
    """
    text = str(values.get("city", ""))
    city, region, country = whereabouts(text)
    alone = "," not in text
    if not country or (alone and "region" in values):
        return
    if values.setdefault("country", country) != country:
        warnings.append(f"location in another country than its row says {shown(text)}")
        city, region = text if alone else city, ""
    del values["city"]
    if city:
        values["city"] = city
    if region:
        values.setdefault("region", region)


def _address_forms(values: dict[str, Value], warnings: list[str]) -> None:
    """ "Frau" in the column for the opening is a form of address, and "Sehr geehrte Frau Berg" an opening."""
    called, opening = str(values.get("honorific", "")), str(values.get("salutation", ""))
    if called and not _WORDS.issuperset(called.split()):
        del values["honorific"]
        opening = opening or called
    if form := honorific(opening) if opening else "":
        values.setdefault("honorific", form)
        values.pop("salutation", None)
    elif opening := opening.rstrip(" ,:;!，："):
        words = opening.split()
        start = len(words)
        while start and words[start - 1].casefold() in around("before", "family_behind"):
            start -= 1
        if start == len(words) and opening.casefold() not in _openers():
            values["salutation"] = opening
            return
        values.pop("salutation", None)  # "Sehr geehrter Herr": a name is to follow
        if form := honorific(" ".join(words[start:])):
            values.setdefault("honorific", form)


@cache
def _openers() -> frozenset[str]:
    """Openings that are none before a name follows, in small letters."""
    listed = data.table("blanks")["openers"]["all"].replace("\n", " ").split(";")
    return around("openers") | frozenset(map(str.strip, listed))


def _title(values: dict[str, Value], warnings: list[str]) -> None:
    """ "Ms" or "Dr." in the column for the job is a form of address; "Professor" and "Doctor" are jobs."""
    title = str(values.get("title", ""))
    if not title or len(title) > _LONGEST:
        return
    form = honorific(title)
    if form and (form not in DEGREES or title.lower().strip(" .") in DEGREES):
        values["honorific"] = form
        del values["title"]


def _degree(name: str) -> Step:
    """A step for a column of academic titles, which stays: what it says is said in the form of address too.

    Outlook and Google have "Mr." there.
    """

    def degree(values: dict[str, Value], warnings: list[str]) -> None:
        text = str(values.get(name, ""))
        form = honorific(text)
        sure = form in DEGREES or around("before").issuperset(text.casefold().split())
        if form and sure and (both := honorific(f"{values.get('honorific', '')} {form}")):
            values["honorific"] = both

    return degree


def order(header: str) -> str:
    """The order of names that the header of a column says: "Name, Vorname" and "Vorname Name"."""
    if means(header, "given_first"):
        return names.GIVEN_FIRST
    return names.FAMILY_FIRST if means(header, "family_first") else ""


def in_order(columns: Columns, rows: Iterable[Sequence[str]]) -> bool:
    """Whether the first rows have full names in the order that their header says; True where it says none."""
    places = [
        (at, order(columns.headers[at])) for at, name in enumerate(columns.names) if name == "full_name"
    ]
    if not any(said for _, said in places):
        return True
    (at, said), *_ = places
    return names.kept(said, (row[at] for row in islice(rows, _LOOKED_AT) if at < len(row)))


def _full_name(order: str) -> Step:
    """A step for the certain parts of a full name, where the row has none of its own."""

    def full_name(values: dict[str, Value], warnings: list[str]) -> None:
        full = str(values.get("full_name", ""))
        if not full or "first_name" in values or "last_name" in values:
            return
        ending = str(values["email"]).rpartition(".")[2].upper()
        country = str(values.get("country") or (ending if len(ending) == 2 else ""))
        language = str(values.get("language", ""))
        found = names.split(full, country, language, order)
        local = str(values["email"]).rpartition("@")[0]
        if not (found.first or found.last) and "," not in full:
            words = names.untitled(full, country, language)[0]
            told = by_address(words, local, country, language) if names.are_names(words) else found
            found = replace(told, honorific=found.honorific)
        elif order and found.first and found.last and contradicted(found.first, found.last, local):
            found = names.Name(
                honorific=found.honorific
            )  # the header is one thing, and what is typed another
        parts = (("first_name", found.first), ("middle_name", found.middle), ("last_name", found.last))
        for name, part in parts:
            if part:
                values.setdefault(name, part)
        if not (called := found.honorific):
            return
        if both := honorific(f"{values.get('honorific', '')} {called}"):
            values["honorific"] = both
        else:  # one says a woman, the other one a man
            warnings.append(f"two forms of address that differ {full!r}")
            del values["honorific"]

    return full_name


def _capitals(values: dict[str, Value], warnings: list[str]) -> None:
    """Names all in capitals or in small letters put right, with one warning for the row.

    Both parts or none: "Dear Margaret IJSBRAND" would be worse than it was.
    """
    first, last = values.get("first_name"), values.get("last_name")
    if not (
        (isinstance(first, str) and (first.isupper() or first.islower()))
        or (isinstance(last, str) and (last.isupper() or last.islower()))
    ):
        return  # also a full name that is left whole: it may be a company's
    if any(_stays(str(part)) for part in (first, last) if part):
        return
    written = ""
    for name in _NAMES:
        text = str(values.get(name, ""))
        if (better := recased(text)) != text:
            values[name] = better
            written = written or text
    if written:
        warnings.append(f"name all in capitals or small letters, put right {written!r}")


def _numbers(values: dict[str, Value], warnings: list[str]) -> None:
    """A number in a name ("Bob7") stays, and is told: a letter would say it."""
    names = (str(values.get(name, "")) for name in _NAMES)
    if found := next((text for text in names if any(map(str.isdigit, text))), ""):
        warnings.append(f"name with a number, kept {shown(found)}")


def _stays(part: str) -> bool:
    """Whether a part of a name is in capitals or small letters and cannot be put right, but for initials (JP)."""
    return len(part) > _INITIALS and (part.isupper() or part.islower()) and recased(part) == part


def _status(name: str) -> Step:
    """A step for a column named just "Status", which stays: a word of address checkers is their verdict too."""
    words: Mapping[str, str] = {
        fold(word): verdicts()[fold(word)] for word in data.table("addresses")["verified"]["unmistakable"]
    }

    def status(values: dict[str, Value], warnings: list[str]) -> None:
        text = values.get(name)
        if isinstance(text, str) and (verdict := words.get(fold(text))):
            values["verified"] = verdict

    return status
