"""A list whose column for the address is not known, or not it: what its cells and its letters tell."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from outreach.prospect.columns import of_others
from outreach.report import mapping
from outreach.workspace import misread
from outreach.workspace.delimited import DELIMITERS
from outreach.workspace.header import holds_address, names_email
from outreach.workspace.prospects import Table

_LOOKED_AT: Final = 200  # rows
_MOSTLY: Final = 0.5  # of a column's cells that are not empty
# What letters become that are read in a wrong encoding: controls, boxes, signs inside of words, accents on every
# letter, and a Cyrillic letter among Latin ones.
_GARBLED: Final = re.compile(
    "[\ufffd\x80-\x9f\u2500-\u259f]"
    "|[^\\W\\d_][¤¦¨©«¬®°±²³´¶·¸¹»¼½¾¿†‡‰‹›€™][^\\W\\d_]"
    "|[À-ÿ]{4}|[A-Za-z]{2}[Ѐ-ԯ][A-Za-z]|[а-яё][А-ЯЁ]{3}"
)


def hint(table: Table) -> str:
    """What to say on the command line for a column whose cells are addresses, or for a header that seems to be
    read in a wrong encoding; "" where neither is seen.
    """
    said = []
    if place := _place(table):
        said.append(f"column {place} holds addresses: {mapping.option(_named(table, place), 'email')}")
    if any(names_email(cell.split(sign)) for cell in table.header for sign in DELIMITERS if sign in cell):
        said.append("whole lines stand in quotes, as one cell: take the quotes away, or export the list anew")
    if garbled := next(filter(_is_garbled, table.header), ""):
        now = f" instead of {table.encoding}" if table.encoding else ""
        said.append(f"{mapping.plain(garbled)!r} looks misread: --encoding NAME, such as windows-1251{now}")
    return "; ".join(said)


def elsewhere(table: Table, column: int) -> str:
    """What to tell where the column for the address, counted from 1, has none in the whole file, and another one
    has; else "". What to do only where the other one may be of the same person.
    """
    place = _place(table)
    if place in (0, column) or any(_filled(table, column)):
        return ""
    here, there = _named(table, column), _named(table, place)
    found = f"no address stands in {mapping.plain(here)!r}, but in {mapping.plain(there)!r}"
    if of_others(there):
        return f"{found}, which is somebody else's"
    return f"{found}: {mapping.option(there, 'email')} {mapping.option(here, '')}"


def _filled(table: Table, column: int) -> Iterator[bool]:
    """Whether that column holds an address, or something with an @, row by row."""
    for row in table.rows():
        yield isinstance(row, tuple) and len(row[1]) >= column and "@" in row[1][column - 1]


def _named(table: Table, place: int) -> str:
    return table.header[place - 1].strip() or f"column_{place}"


def _place(table: Table) -> int:
    """The column, from 1, most of whose cells are addresses; 0 for none."""
    filled, found = [0] * len(table.header), [0] * len(table.header)
    for row in islice(table.rows(), _LOOKED_AT):
        if isinstance(row, tuple):
            for at, cell in enumerate(row[1][: len(filled)]):
                filled[at] += bool(cell.strip())
                found[at] += holds_address([cell])
    best = max(range(len(found)), key=lambda at: found[at], default=0)
    return best + 1 if found and found[best] and found[best] >= _MOSTLY * filled[best] else 0


def _is_garbled(text: str) -> bool:
    return misread.encoded_twice(text) is not None or _GARBLED.search(text) is not None
