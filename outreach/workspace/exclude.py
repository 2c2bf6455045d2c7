"""Exclude files: addresses and domains that a campaign must not write to, as a list or a CSV column."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence

from outreach.errors import Problem, problem
from outreach.prospect import address_or_domain
from outreach.workspace import values
from outreach.workspace.schema import Section, shown

_EMAIL = ("email", "e-mail", "email address", "e-mail address", "mail")
_DOMAIN = ("domain", "company domain", "mail domain")
_PAGE = re.compile(r"https?://([^\s/@:?#]+)(?::\d{1,5})?(?:[/?#].*)?|([^\s/@:?#]+)/", re.IGNORECASE)
# Where a page is a person's or a firm's, and the site is neither.
_PROFILES = (
    "linkedin.com",
    "xing.com",
    "facebook.com",
    "instagram.com",
    "twitter.com",
    "x.com",
    "vk.com",
    "t.me",
)
_MAX_PROBLEMS = 5
_HINT = "one address or domain a line, or a CSV with a column named `email` or `domain`"


def entries(section: Section, key: str, lists: Mapping[str, frozenset[str] | None]) -> frozenset[str]:
    """What the files that a key of a section names hold together; a name without a file becomes a problem.

    `lists` are the entries of the files that there are; None for one that is reported elsewhere.
    """
    found: frozenset[str] = frozenset()
    for place, name in enumerate(section.values.get(key, ())):
        if not values.inside(name):
            hint = "copy the list next to outreach.toml and name it by its path from there"
            section.refuse((key, place), f"{shown(name)} is outside of the workspace", hint)
        elif name not in lists:
            hint = "its path counts from the folder of outreach.toml"
            section.refuse((key, place), f"no {key.replace('_', ' ').rstrip('s')} file {shown(name)}", hint)
        else:
            found |= lists[name] or frozenset()
    return found


def read(file: str, text: str, problems: list[Problem], *, most: int = _MAX_PROBLEMS) -> frozenset[str]:
    """The addresses and domains of an exclude file; what is wrong with it is added to `problems`.

    Of wrong lines the first `most` are told one by one.

    A CSV with a header is read by its column `email`, or `domain` where a row has no address;
    any other file by its first column. Empty lines and lines that start with # are passed over. A web page
    stands for its domain.
    """
    found: set[str] = set()
    wrong: list[Problem] = []
    try:
        for line, entry in _entries(text):
            try:
                found.add(address_or_domain(_domain(entry)))
            except ValueError as exc:
                wrong.append(problem(str(exc), hint=_HINT, file=file, line=line))
    except csv.Error as exc:
        wrong.append(problem(f"cannot be read as a table: {exc}", hint=_HINT, file=file))
    problems += wrong[:most]
    if len(wrong) > most:
        more = f"{len(wrong) - most} more lines are neither an address nor a domain"
        problems.append(problem(more, hint=_HINT, file=file, line=wrong[most].where.line))
    return frozenset(found)


def _domain(entry: str) -> str:
    """The domain of a web page; any other entry as it is."""
    page = _PAGE.fullmatch(entry)
    domain = (page[1] or page[2]) if page else entry
    profile = any(f".{domain.lower()}".endswith(f".{site}") for site in _PROFILES)
    return entry if profile else domain


def _entries(text: str) -> Iterator[tuple[int, str]]:
    """Line number and entry of every row that has one."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(text.splitlines(), delimiter=delimiter)
    columns: Sequence[int] = ()
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if not columns:
            columns = _header(cells) or (0,)
            if _header(cells):
                continue
        entry = next((cells[place] for place in columns if place < len(cells) and cells[place]), "")
        if entry:
            yield rows.line_num, entry


def _header(cells: Sequence[str]) -> tuple[int, ...]:
    """The places of the columns to read, the address before the domain; empty for a row of data."""
    words = [cell.casefold() for cell in cells]
    return tuple(place for names in (_EMAIL, _DOMAIN) for place, word in enumerate(words) if word in names)
