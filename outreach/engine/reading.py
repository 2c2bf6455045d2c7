"""One way through a prospect file: good rows in batches, everything else counted with its reason."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from typing import Final

from outreach import policy
from outreach.engine import mapping
from outreach.errors import InputError, did_you_mean, problem
from outreach.mailbox.mx import Mail
from outreach.model import FieldType, Value
from outreach.prospect import BadRow, Row, converter, finish, refusals, repeats, row_reader
from outreach.prospect.refusals import Said
from outreach.prospect.remarks import unwanted
from outreach.prospect.types import shown
from outreach.report.cautions import REMARK
from outreach.report.imports import EXAMPLES, TAGS, Import
from outreach.report.spreadsheet import MARK, unescaped
from outreach.workspace import rejects
from outreach.workspace.prospects import Table

MAX_TAG: Final = 60  # characters
_VALUES: Final = 2  # values of a column that are shown as examples
_LONGEST: Final = 100  # characters of an example
_LOOKED_AT: Final = 200  # rows that they are taken from
_AS_MANY: Final = 10  # rows that are added while one person is suppressed
_CAME: Final = 200  # people of whom it is asked which campaign they are for
_TAG: Final = re.compile(rf"[\w.\-]{{1,{MAX_TAG}}}")


@dataclass(frozen=True, slots=True)
class Options:
    """How to import. `source` and `basis` are for rows without one of their own, as `prospect.clean` has them,
    and so are `values` (pairs of field and text). `maps` are pairs of column and field; `tags` are for everybody.

    `on_existing` says what a row does to a person who is in the store: fill what is missing, skip, or update;
    "" is update for a file of held people that comes back, else fill. `errors` is where the bad rows go;
    None: beside the file.
    """

    on_existing: str = ""
    source: str = ""
    basis: str = ""
    errors: Path | None = None
    dry_run: bool = False
    maps: Sequence[tuple[str, str]] = ()
    tags: Sequence[str] = ()
    values: Sequence[tuple[str, str]] = ()

    @property
    def of_everybody(self) -> list[str]:
        """What is said of everybody in the file, as words of a command line."""
        said = [("--tag", tag) for tag in self.tags] + [("--set", "=".join(pair)) for pair in self.values]
        said += [("--source", self.source), ("--basis", self.basis)]
        return [word for option, value in said if value for word in (option, value)]


@dataclass(frozen=True, slots=True)
class Batch:
    """Good rows of distinct addresses, and the tags that they are to get: address -> tags; and who has opted
    out: the header that says so -> addresses. `repeats` are rows of people who were in an earlier batch.
    """

    rows: list[Row] = field(default_factory=list)
    tags: dict[str, Sequence[str]] = field(default_factory=dict)
    refused: dict[str, list[str]] = field(default_factory=dict)
    repeats: dict[str, Row] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)  # of an address in `rows`

    @property
    def size(self) -> int:
        """How much work it is, in rows: to suppress somebody is more than to add them."""
        return len(self.rows) + len(self.repeats) + _AS_MANY * sum(map(len, self.refused.values()))


def tag_name(text: str) -> str:
    """A tag as the store keeps it: lower case, `trade-fair` for "Trade Fair".

    Raises ValueError for anything but letters, digits, _, - and ., and for more than 60 of them.
    """
    name = "-".join(text.lower().split())
    if not _TAG.fullmatch(name):
        raise ValueError(f"{text[:MAX_TAG]!r} is no tag: use letters, digits, - and ., such as fair-2026")
    return name


class Reading:
    """One way through a file: good rows in batches, everything else counted in `done`.

    `values` (field -> text) are for rows without one of their own. `mail` tells of mail domains that were
    looked up, whether they take mail. `written` are the errors files of earlier imports, as `Rejects` has them.
    """

    def __init__(
        self,
        table: Table,
        options: Options,
        settled: mapping.Settled,
        values: Mapping[str, str],
        written: Mapping[str, str],
    ) -> None:
        self.table = table
        self.options = options
        self.mail: Mapping[str, Mail] = {}
        self.came: list[str] = []  # addresses of the first good rows
        self.first = leading(table.header)
        self.width, self.required = len(settled.columns.names), settled.columns.required
        self.plain = settled.columns
        more = tuple(name for name in values if name not in self.plain.names)
        self.columns = replace(
            self.plain, names=self.plain.names + more, headers=self.plain.headers + more
        )  # as if the file had a column for every value of the import as a whole
        self.dropped = settled.dropped
        self.telling, self.remarked = settled.telling, settled.remarked
        self.values = [(self.columns.names.index(name), text) for name, text in values.items()]
        delimiter = table.delimiter or ","
        errors = options.errors or rejects.beside(table.path)
        self.rejected = rejects.Rejects(errors, table.path, table.header[self.first :], delimiter, written)
        self.done = Import(
            str(table.path), table.encoding, table.guessed, table.delimiter, dry_run=options.dry_run
        )
        self.done.sheet = table.sheet

    def rows(self) -> Iterator[tuple[int, list[str], list[str] | None] | BadRow]:
        """Line, cells, and the cells as they are meant; None for those of a row that is not whole."""
        for row in self.table.rows():
            if isinstance(row, BadRow):
                yield row
            else:
                cells = self.cells(row[1])
                yield row[0], cells, self.meant(cells)

    def samples(self) -> Iterator[Sequence[str]]:
        """The cells of the rows that are whole: shifted ones would give a column the wrong type."""
        for row in self.rows():
            if not isinstance(row, BadRow) and row[2] is not None:
                yield row[2]

    def examples(self) -> list[list[str]]:
        """The first values of each column of the file."""
        found: list[list[str]] = [[] for _ in range(self.width)]
        for at, row in enumerate(self.rows()):
            if at == _LOOKED_AT:
                break
            if not isinstance(row, BadRow) and row[2] is not None:
                for values, text in zip(found, row[1], strict=False):
                    cell = text.strip()[:_LONGEST]
                    if cell and len(values) < _VALUES and cell not in values:
                        values.append(cell)
        return found

    def cells(self, cells: list[str]) -> list[str]:
        """A row's cells as they were before a spreadsheet-safe file was made of them."""
        if self.first:
            cells = cells[self.first :]
        return [unescaped(cell) for cell in cells] if MARK in "".join(cells) else cells

    def meant(self, cells: list[str]) -> list[str] | None:
        """The cells without those left out, and with the values that are for every row that has none."""
        if len(cells) != self.width and (len(cells) < self.required or any(cells[self.width :])):
            return None
        if not (self.dropped or self.values):
            return cells
        cells = cells[: self.width] + [""] * (len(self.columns.names) - min(len(cells), self.width))
        for at in self.dropped:
            cells[at] = ""
        for at, text in self.values:
            if not cells[at].strip():
                cells[at] = text
        return cells

    def domains(self) -> set[str]:
        """The mail domains of the file, as far as its addresses can be read."""
        place, email = self.columns.names.index("email"), converter("email", FieldType.TEXT)
        found = set()
        for cells in self.samples():
            try:
                found.add(str(email(cells[place])).rpartition("@")[2])
            except (ValueError, IndexError):  # the row will be bad
                continue
        return found - {""}

    def batches(self, types: Mapping[str, FieldType], size: int) -> Iterator[Batch]:
        """Good rows of addresses that the file did not have before, with what later rows of theirs have besides;
        the last batch too if it is empty.
        """
        in_order = finish.in_order(self.plain, self.samples())
        if not in_order:
            self.done.notes.append(
                "full names are not in the order that their header says: only sure ones are parted"
            )
        read, plain = (
            row_reader(replace(each, in_order=in_order), types) for each in (self.columns, self.plain)
        )
        seen: set[int] = set()  # hashes: a million addresses would take three times as much
        batch = Batch()
        for found in self.rows():
            self.done.rows += 1
            if isinstance(found, BadRow):
                self.reject(found, found.text.split(self.table.delimiter or ",")[self.first :])
                continue
            line, cells, meant = found
            if column := self.refuses(cells):
                emails = refusals.addresses(self.columns, meant) if meant is not None else []
                batch.refused.setdefault(column, []).extend(emails)
                seen.update(map(hash, emails))
                self.done.opted_out[column] += bool(emails)
                if emails:
                    continue
            row = read(line, meant) if meant is not None else plain(line, cells)
            if self.mail and isinstance(row, Row):
                row = self.with_mail(row)
            if isinstance(row, BadRow):
                self.reject(row, cells)
            elif hash(row.email) in seen:
                self.again(row, cells, batch)
            else:
                seen.add(hash(row.email))
                batch.places[row.email] = len(batch.rows)
                batch.rows.append(self.finished(row, cells, batch.tags))
            if batch.size >= size:
                yield batch
                batch = Batch()
        yield batch

    def refuses(self, cells: Sequence[str]) -> str:
        """The header of the column that says that a row's person has opted out; "" for none."""
        for at, header, what in self.telling:
            if at < len(cells) and cells[at] and refusals.says(what, cells[at]) is Said.OPTED_OUT:
                return header
        return ""

    def willing(self, row: Row, cells: Sequence[str]) -> Row:
        """The row, held in plans where it is not clear whether its person has opted out; tells of who is held."""
        for at, _, what in self.telling:
            if at < len(cells) and cells[at] and refusals.says(what, cells[at]) is Said.UNCLEAR:
                self.done.warn(row.line, f"unclear opt-out, so held in every plan {shown(cells[at].strip())}")
                return replace(row, fields={**row.fields, "consent": False})
        for at in self.remarked:
            if at < len(cells) and cells[at] and unwanted(cells[at]):
                self.done.warn(row.line, f"{REMARK} {shown(cells[at].strip())}")
                return replace(row, fields={**row.fields, "consent": False})
        if refusals.unwilling(row.fields):
            self.done.warn(row.line, f"held in every plan, without consent {row.email!r}")
        return row

    def again(self, row: Row, cells: Sequence[str], batch: Batch) -> None:
        """Take from a further row of an address what the earlier one leaves empty."""
        done, email = self.done, row.email
        done.duplicates += 1
        done.repeated = done.repeated or BadRow(row.line, "duplicate", email)
        row = self.tagged(self.willing(row, cells), batch.tags)
        at = batch.places.get(email)
        first = batch.rows[at] if at is not None else batch.repeats.setdefault(email, row)
        both, apart = repeats.filled(first, row)
        done.differ(row.line, apart)
        if at is None:
            batch.repeats[email] = both
        elif both is not first:
            batch.rows[at] = both
            done.filled += repeats.fills(first, both)
            done.nameless -= ("first_name" in both.fields) - ("first_name" in first.fields)

    def with_mail(self, row: Row) -> Row | BadRow:
        """The row, bad where its domain takes no mail."""
        domain = row.email.rpartition("@")[2]
        found = self.mail.get(domain)
        if found is None or found.takes:
            return row
        if found.takes is None:
            return replace(row, warnings=(*row.warnings, f"mail domain could not be looked up {domain!r}"))
        return BadRow(row.line, f"email: {domain} {found.reason}")

    def reject(self, row: BadRow, cells: Sequence[str]) -> None:
        self.done.bad += 1
        if header := self.blamed(row.reason):
            self.done.blamed[header] += 1
        if len(self.done.bad_rows) < EXAMPLES:
            self.done.bad_rows.append(row)
        if not self.options.dry_run:
            self.rejected.add(row.line, row.reason, cells)
            self.done.errors_file = str(self.rejected.path)

    def blamed(self, reason: str) -> str:
        """The column of the user's own for which alone a row is bad; "" for none."""
        name = reason.partition(":")[0]
        if name not in self.plain.own or not all(part.startswith(f"{name}:") for part in reason.split("; ")):
            return ""
        return self.plain.headers[self.plain.names.index(name)] or name

    def finished(self, row: Row, cells: Sequence[str], tags: dict[str, Sequence[str]]) -> Row:
        """The row with what the import as a whole says; takes note of what the user should know."""
        done, options = self.done, self.options
        row = self.willing(row, cells)
        for warning in row.warnings:
            done.warn(row.line, warning)
        done.nameless += "first_name" not in row.fields
        if len(self.came) < _CAME:
            self.came.append(row.email)
        if done.guessed and not done.sample:
            done.sample = next((cell for cell in cells if not cell.isascii()), "")
        source, basis = row.source or options.source, row.basis or options.basis
        if basis and not policy.known_basis(basis):
            meant = did_you_mean(basis, policy.BASES) or f", known are {', '.join(policy.BASES)}"
            done.warn(row.line, f"unknown basis (kept{meant}) {basis!r}")
        row = self.tagged(row, tags)
        if (source, basis) == (row.source, row.basis):
            return row
        return replace(row, source=source, basis=basis)

    def tagged(self, row: Row, tags: dict[str, Sequence[str]]) -> Row:
        """The row without its tags, which go to those of the others."""
        if TAGS in row.fields or self.options.tags:
            tags[row.email] = tuple(dict.fromkeys((*tags.get(row.email, ()), *self.tags(row))))
        if TAGS not in row.fields:
            return row
        return replace(row, fields={name: each for name, each in row.fields.items() if name != TAGS})

    def tags(self, row: Row) -> tuple[str, ...]:
        """The tags of a row, those of the whole import first."""
        found = list(self.options.tags)
        for text in re.split(r"[,;|]", str(row.fields.get(TAGS, ""))):
            try:
                found += [tag_name(text)] if text.strip() else []
            except ValueError:
                self.done.warn(row.line, f"unusable tag {text.strip()[:MAX_TAG]!r}")
        return tuple(dict.fromkeys(found))


def leading(header: Sequence[str]) -> int:
    """How many columns stand before the user's own: a file of errors or of held people comes back, mended."""
    return sum(1 for _ in takewhile(mapping.OURS.__contains__, header))


def checked(values: Mapping[str, str], types: Mapping[str, FieldType]) -> dict[str, Value]:
    """The values of `--set` as their fields hold them; InputError for one that its field cannot have."""
    found = {}
    for name, text in values.items():
        try:
            found[name] = converter(name, types.get(name, FieldType.TEXT))(text)
        except ValueError as exc:
            raise InputError([problem(f"--set {name}: {exc}")]) from exc
    return found
