"""Which rows below a header are people: not those hidden by a filter, headers again, nor totals at the end."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from outreach.prospect import BadRow
from outreach.prospect.columns import fold
from outreach.workspace.header import Row, field_of, holds_address, line_of

_FOOTERS: Final = 20  # rows at the end that may be no people
_SHOWN: Final = 40  # characters of such a row in a note
# What a total is called in its first cell, and what a line below a list starts with.
_TOTAL: Final = (
    r"(?:grand |sub)?totals?|sum|count|summe|gesamt|insgesamt|anzahl|somme|totaux|suma|totale|soma|razem|toplam"
    r"|итого|всего|барлығы|合计|总计|合計|總計|합계"
)
_TOTALS: Final = re.compile(rf"(?:{_TOTAL})\W*(?:\d[\d.,  ]*)?", re.IGNORECASE)
_CLOSING: Final = re.compile(
    rf"(?:{_TOTAL})\b|page \d|seite \d|страница \d|стр\. ?\d|copyright|©|\(c\)|confidential|generated|exported"
    r"|erstellt|end of (?:list|file|report)",
    re.IGNORECASE,
)
_FORMULA: Final = (
    "email: a formula without a stored value, {}: open the workbook in Excel, save it and import that"
)

Order: TypeAlias = Sequence[int | None]
"""For each column of the header the place of its cell in a row."""


@dataclass(slots=True)
class Body:
    """The rows below a header, told from what else stands there.

    `hidden` are the numbers of rows that are passed over; `unread` are formulas without a value, `links`
    addresses and `flags` logical values, all by row and column; `width` the columns that are read
    where others stand beside them. `found` is the header as the file has it.
    """

    line: int
    found: Sequence[str]
    width: int = 0
    hidden: Collection[int] = ()
    unread: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    links: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    flags: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _emails: tuple[int, ...] = field(init=False)
    _persons: tuple[int, ...] = field(init=False)
    _names: frozenset[str] = field(init=False)
    _first: int = field(init=False)
    _footer: frozenset[int] = field(default=frozenset(), init=False)
    _again: list[int] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        fields = [field_of(cell) for cell in self.found]
        self._emails = tuple(at for at, name in enumerate(fields) if name == "email")
        self._persons = tuple(at for at, name in enumerate(fields) if name.endswith("_name"))
        filled = [at for at, cell in enumerate(self.found) if cell.strip()]
        self._first = filled[0] if filled else 0
        # files put together from others have a byte order mark before each header
        texts = [self.found[at] for at in filled]
        self._names = frozenset([*texts, *map(str.strip, texts), *(f"\ufeff{each}" for each in texts)])

    def people(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows that may be people; below a header that is there again, its cells in the order of ours."""
        order: Order | None = None
        first, names = self._first, self._names
        hidden, footer = self.hidden, self._footer
        special = bool(hidden or footer or self.unread or self.links or self.flags)
        for row in rows:
            number = line_of(row)
            if number <= self.line or (special and (number in hidden or number in footer)):
                continue
            if isinstance(row, BadRow):
                yield row
                continue
            cells = row[1]
            if self.width:
                cells = cells[: self.width]
            if len(cells) > first and cells[first] in names and (again := self._order(cells)):
                order = again if list(again) != list(range(len(again))) else None
                self._again.append(number)
                continue
            if order:
                cells = [cells[at] if at is not None and at < len(cells) else "" for at in order]
            yield self._mended(number, cells) if special else (number, cells)

    def _mended(self, number: int, cells: list[str]) -> Row:
        """The row with the addresses that its cells lead to; a BadRow where the address is a formula.

        TRUE and FALSE are no names.
        """
        if flags := self.flags.get(number):
            cells = ["" if at in flags and at in self._persons else cell for at, cell in enumerate(cells)]
        for at in self._emails:
            shown = cells[at] if at < len(cells) else ""
            if "@" in shown:
                continue
            if formula := self.unread.get(number, {}).get(at):
                rest = [*cells[:at], *[""] * (at - len(cells)), formula, *cells[at + 1 :]]
                return BadRow(number, _FORMULA.format(formula[:_SHOWN]), ",".join(rest))
            if address := self.links.get(number, {}).get(at):
                cells = [*cells[:at], *[""] * (at - len(cells)), address, *cells[at + 1 :]]
        return number, cells

    def _order(self, cells: Sequence[str]) -> Order | None:
        """Where a row has our columns if it is the header again, maybe in another order; else None."""
        if not self._names.issuperset(filter(None, cells)):
            return None
        there, ours = (
            [fold(cell) for cell in each] for each in (cells, self.found[: self.width or len(self.found)])
        )
        if sorted(filter(None, there)) != sorted(filter(None, ours)):
            return None
        if [each for each in there if each] == [each for each in ours if each]:
            return range(len(ours))
        return [there.index(each) if each else None for each in ours]

    def survey(self, rows: Iterable[Row]) -> None:
        """Go through all rows once: what is passed over is known then, and told in the notes."""
        self._again.clear()
        tail: list[tuple[int, str]] = []
        closed: list[tuple[int, str]] = []
        people, headers = False, 0
        for row in self.people(rows):
            if len(self._again) > headers:  # what stands before a header is the end of a page, or a title
                closed, tail, headers = closed + tail, [], len(self._again)
            closing = "" if isinstance(row, BadRow) else self._closing(row[1])
            if closing and len(tail) < _FOOTERS:
                tail.append((line_of(row), closing))
                continue
            tail.clear()
            people = people or isinstance(row, BadRow) or holds_address(row[1])
        if self._again:
            self.notes.append(_told(self._again, "the header again", "were passed over"))
        closed += tail
        if closed and people:
            self._footer = frozenset(number for number, _ in closed)
            text = "".join(char if char.isprintable() else "?" for char in closed[0][1][:_SHOWN])
            self.notes.append(
                _told([number for number, _ in closed], f"no people: {text!r}", "were passed over")
            )

    def _closing(self, cells: Sequence[str]) -> str:
        """What a row says that may stand below a list: a total, or one cell without an address; else ""."""
        if len(cells) - cells.count("") > 1 and not _CLOSING.match(cells[0]):
            return ""
        filled = [(at, cell.strip()) for at, cell in enumerate(cells) if cell.strip()]
        if not filled or holds_address([cell for _, cell in filled]):
            return ""
        at, text = filled[0]
        if len(filled) > 1:
            return text if _TOTALS.fullmatch(text) else ""
        # one cell in the column of addresses is a broken one, unless it says something else
        alone = len(self.found) > 1 and at not in self._emails
        return text if alone or _CLOSING.match(text) else ""


def _told(numbers: Sequence[int], what: str, done: str) -> str:
    if len(numbers) == 1:
        return f"row {numbers[0]} ({what}) {done.replace('were', 'was')}"
    return f"{len(numbers):,} rows ({what}), first row {numbers[0]}, {done}"
