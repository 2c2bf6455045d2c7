"""Import of prospect files: table -> typed rows -> the store, in batches that a running sender hardly feels."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from outreach import policy, segment
from outreach.campaign import Workspace
from outreach.errors import did_you_mean
from outreach.model import FieldType
from outreach.prospect import KNOWN, BadRow, Columns, Row, columns, infer_types, row_reader
from outreach.report import held
from outreach.report.imports import EXAMPLES, Import, Match
from outreach.report.spreadsheet import MARK, unescaped
from outreach.store import Store, people, prospects
from outreach.workspace import rejects
from outreach.workspace.prospects import Table

BATCH = 5_000  # rows to a transaction: a tenth of a second


@dataclass(frozen=True, slots=True)
class Options:
    """How to import. `source` and `basis` are for rows without one of their own, as `prospect.clean` has them.

    `on_existing` says what a row does to a person who is in the store: fill what is missing, skip, or update.
    `errors` is where the bad rows go; None: beside the file.
    """

    on_existing: str = prospects.FILL
    source: str = ""
    basis: str = ""
    errors: Path | None = None
    dry_run: bool = False


def run(
    store: Store, table: Table, options: Options, *, clock: Callable[[], datetime], batch: int = BATCH
) -> Iterator[Import]:
    """Import a file; what has been done so far, before the first batch and after every one (one object).

    No transaction is open in between, so it may stop there; repeating it brings in the rest. Nobody who is
    suppressed is touched. The fields that are new get their types first. Raises InputError for a file
    without a usable header or an errors file that must not be written, before anything is changed.
    """
    reading = _Reading(table, options)
    done = reading.done
    known = {**KNOWN, **store.read(prospects.field_types)}
    done.new_fields = infer_types(reading.columns, reading.samples(), known)
    types = {**known, **done.new_fields}
    if not options.dry_run:
        store.write(prospects.fix_types, types)
        types = store.read(prospects.field_types)  # another import may have been first
    yield done
    try:
        for rows in reading.batches(types, batch):
            if options.dry_run:
                result = store.read(prospects.try_batch, store.key, rows, on_existing=options.on_existing)
            else:
                result = store.write(
                    prospects.add_batch, store.key, rows, on_existing=options.on_existing, now=clock()
                )
            done.added += result.added
            done.changed += result.changed
            done.unchanged += result.unchanged
            done.suppressed += result.suppressed
            yield done
    finally:
        reading.rejected.close()


OURS = frozenset((*rejects.COLUMNS, held.REASON))


class _Reading:
    """One way through a file: good rows in batches, everything else counted in `done`."""

    def __init__(self, table: Table, options: Options) -> None:
        self.table = table
        self.options = options
        # A file of errors or of held people comes back, mended: the columns that said what was wrong go.
        self.first = sum(1 for _ in takewhile(OURS.__contains__, table.header))
        header = table.header[self.first :]
        self.columns: Columns = columns(header, file=str(table.path), line=table.header_line)
        errors = options.errors or rejects.beside(table.path)
        self.rejected = rejects.Rejects(errors, table.path, header, table.delimiter)
        self.done = Import(
            str(table.path), table.encoding, table.guessed, table.delimiter, dry_run=options.dry_run
        )

    def samples(self) -> Iterator[Sequence[str]]:
        """The cells of the rows that are whole: shifted ones would give a column the wrong type."""
        width, required = len(self.columns.names), self.columns.required
        for row in self.table.rows():
            if not isinstance(row, BadRow):
                cells = self.cells(row[1])
                if required <= len(cells) <= width:
                    yield cells

    def cells(self, cells: list[str]) -> list[str]:
        """A row's cells as they were before a spreadsheet-safe file was made of them."""
        if self.first:
            cells = cells[self.first :]
        return [unescaped(cell) for cell in cells] if MARK in "".join(cells) else cells

    def batches(self, types: dict[str, FieldType], size: int) -> Iterator[list[Row]]:
        """Good rows of addresses that the file did not have before, the last batch too if it is empty."""
        done, read = self.done, row_reader(self.columns, types)
        seen: set[int] = set()  # hashes: a million addresses would take three times as much
        rows: list[Row] = []
        for found in self.table.rows():
            done.rows += 1
            if isinstance(found, BadRow):
                self.reject(found, found.text.split(self.table.delimiter)[self.first :])
                continue
            line, cells = found[0], self.cells(found[1])
            row = read(line, cells)
            if isinstance(row, BadRow):
                self.reject(row, cells)
                continue
            mark = hash(row.email)
            if mark in seen:
                done.duplicates += 1
                done.repeated = done.repeated or BadRow(line, "duplicate", row.email)
                continue
            seen.add(mark)
            rows.append(self.finished(row, cells))
            if len(rows) == size:
                yield rows
                rows = []
        yield rows

    def reject(self, row: BadRow, cells: Sequence[str]) -> None:
        self.done.bad += 1
        if len(self.done.bad_rows) < EXAMPLES:
            self.done.bad_rows.append(row)
        if not self.options.dry_run:
            self.rejected.add(row.line, row.reason, cells)
            self.done.errors_file = str(self.rejected.path)

    def finished(self, row: Row, cells: Sequence[str]) -> Row:
        """The row with what the import as a whole says; takes note of what the user should know."""
        for warning in row.warnings:
            self.done.warn(row.line, warning)
        if self.done.guessed and not self.done.sample:
            self.done.sample = next((cell for cell in cells if not cell.isascii()), "")
        source, basis = row.source or self.options.source, row.basis or self.options.basis
        if basis and not policy.known_basis(basis):
            meant = did_you_mean(basis, policy.BASES) or f", known are {', '.join(policy.BASES)}"
            self.done.warn(row.line, f"unknown basis (kept{meant}) {basis!r}")
        if (source, basis) == (row.source, row.basis):
            return row
        return replace(row, source=source, basis=basis)


def matches(store: Store, workspace: Workspace) -> list[Match]:
    """How many people match each campaign's segment, which is not yet who will be written to."""
    types = {**KNOWN, **store.read(prospects.field_types)}
    conditions: dict[str, segment.Condition] = {}
    problems: dict[str, str] = {}
    for stem, campaign in workspace.campaigns.items():
        try:
            conditions[stem] = segment.parse(campaign.segment, types=types, named=workspace.segments)
        except segment.SegmentError as exc:
            found = workspace.segment_problem(campaign, exc)
            problems[stem] = f"{found.where}: {found.message}"
    counts = store.read(people.tally, conditions) if conditions else {}
    return [Match(stem, counts.get(stem), problems.get(stem, "")) for stem in workspace.campaigns]
