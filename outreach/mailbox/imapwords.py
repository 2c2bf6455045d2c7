"""What an IMAP server's answers say, as values: words and lists, dates, and folder names to be sent back."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import TypeAlias

Word: TypeAlias = "bytes | list[Word] | None"
"""An atom, string or literal; a parenthesised list; or NIL."""

_WORD = re.compile(rb'([()])|"((?:[^"\\]|\\.)*+)"|([^\s()"]++)|["\s]')
_ESCAPED = re.compile(rb"\\(.)")
_LITERAL = re.compile(rb"\{\d{1,12}\}\Z")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(rb"\s?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)", re.ASCII)


def words(response: Sequence[bytes]) -> list[Word]:
    """A response as nested lists; what cannot be read is left out.

    :param response: text, literal, text, ..., text, as `imapwire` hands it over.
    """
    top: list[Word] = []
    stack = [top]
    for place, part in enumerate(response):
        if place % 2:
            stack[-1].append(part)
            continue
        for found in _WORD.finditer(_LITERAL.sub(b"", part)):
            bracket, quoted, atom = found.groups()
            if bracket == b"(":
                inner: list[Word] = []
                stack[-1].append(inner)
                stack.append(inner)
            elif bracket and len(stack) > 1:
                stack.pop()
            elif quoted is not None:
                stack[-1].append(_ESCAPED.sub(rb"\1", quoted))
            elif atom is not None:
                stack[-1].append(None if atom.upper() == b"NIL" else atom)
    return top


def fetched(responses: Iterable[Sequence[bytes]]) -> dict[int, dict[bytes, Word]]:
    """The FETCH answers by UID, each as a table from item (upper case) to value; those without a UID not."""
    found: dict[int, dict[bytes, Word]] = {}
    for response in responses:
        match words(response):
            case [b"*", bytes(), bytes(verb), list(pairs), *_] if verb.upper() == b"FETCH":
                items = dict(_pairs(pairs))
                uid = number(items.get(b"UID"))
                if uid is not None:
                    found.setdefault(uid, {}).update(items)
    return found


def _pairs(items: Sequence[Word]) -> Iterator[tuple[bytes, Word]]:
    for name, value in zip(items[::2], items[1::2], strict=False):
        if isinstance(name, bytes):
            yield name.upper(), value


def number(word: Word) -> int | None:
    """A number below 2^63, or None."""
    return int(word) if isinstance(word, bytes) and word.isdigit() and len(word) < 19 else None


def searched(responses: Iterable[Sequence[bytes]]) -> list[int]:
    """The numbers of a SEARCH answer in order, each once."""
    found: set[int] = set()
    for line, *_ in responses:
        head, _, rest = line.partition(b" ")[2].partition(b" ")
        if head.upper() == b"SEARCH":
            found.update(int(each) for each in rest.split() if each.isdigit() and len(each) < 19)
    return sorted(found)


def internal_date(word: Word) -> datetime | None:
    """An INTERNALDATE, aware; None where it is none."""
    found = _DATE.fullmatch(word) if isinstance(word, bytes) else None
    month = found[2].decode("ascii").lower() if found else ""
    if not found or month not in _MONTHS:
        return None
    day, year, hour, minute, second, hours, minutes = (int(found[group]) for group in (1, 3, 4, 5, 6, 8, 9))
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if found[7] == b"-" else 1)
    try:
        zone = timezone(offset)
        return datetime(year, _MONTHS.index(month) + 1, day, hour, minute, min(second, 59), tzinfo=zone)
    except ValueError:
        return None


def date_time(moment: datetime) -> bytes:
    """An aware time as APPEND takes it: `"07-Feb-1994 21:52:25 -0800"`, quotes included."""
    month = _MONTHS[moment.month - 1].title()
    return f'"{moment:%d}-{month}-{moment:%Y %H:%M:%S %z}"'.encode("ascii")


def day(moment: datetime) -> bytes:
    """A time's date as SEARCH takes it: 7-Feb-1994."""
    return f"{moment.day}-{_MONTHS[moment.month - 1].title()}-{moment.year}".encode("ascii")


def quoted(text: str) -> bytes:
    """A string between quotes.

    :raises ValueError: it holds a line end or NUL.
    """
    raw = text.encode("utf-8", "surrogateescape")
    if re.search(rb"[\r\n\0]", raw):
        raise ValueError("a line end in a quoted string")
    return b'"%b"' % re.sub(rb'(["\\])', rb"\\\1", raw)
