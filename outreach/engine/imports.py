"""Import of prospect files: table -> typed rows -> the store, in batches that a running sender hardly feels."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from outreach import segment
from outreach.campaign import Workspace
from outreach.engine import mapping, revisions, unnamed
from outreach.engine.reading import Batch, Options, Reading, checked, leading
from outreach.mailbox.mx import Mail
from outreach.model import FieldType
from outreach.plan.make import names_in
from outreach.prospect import KNOWN, Columns, Row, infer_types, refusals, repeats
from outreach.report import held
from outreach.report import mapping as mapping_report
from outreach.report.imports import TAGS, Import, Match
from outreach.store import Store, events, launches, mappings, memo, newcomers, prospects
from outreach.store.history import Past
from outreach.store.prospects import Imported
from outreach.workspace.prospects import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["BATCH", "Options", "Prepared", "matches", "prepare", "run"]

BATCH = 5_000  # rows to a transaction: a tenth of a second
_ERRORS_FILES = "errors files"  # the memo of those that imports have written
_REMEMBERED = 200  # of them


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is ready to come in: what its columns are for is settled, and nothing is changed yet."""

    reading: Reading
    settled: mapping.Settled
    types: Mapping[str, FieldType]
    on_existing: str

    @property
    def done(self) -> Import:
        """What the import has done so far; its `layout` is what the user should see first."""
        return self.reading.done

    def count(self) -> int:
        """How many rows the file has, by reading it through."""
        return sum(1 for _ in self.reading.table.rows())

    def domains(self) -> set[str]:
        """The mail domains of the file's addresses."""
        return self.reading.domains()

    def know(self, mail: Mapping[str, Mail]) -> None:
        """Take in what the DNS says of mail domains: people at those that take no mail are bad rows."""
        self.reading.mail = mail


def prepare(store: Store, table: Table, options: Options) -> Prepared:
    """Settle what every column of a file is for and of which type; changes nothing.

    Raises InputError for a file without a usable header, a mapping or a value that cannot be, or an errors
    file that must not be written.
    """
    first = leading(table.header)
    came_back = held.REASON in table.header
    settled = mapping.settle(
        store,
        table.header[first:],
        options.maps,
        file=str(table.path),
        line=table.header_line,
        unnamed=lambda: unnamed.hint(table),
    )
    fields = store.read(prospects.field_types)
    values = mapping.values(options.values, fields)
    reading = Reading(table, options, settled, values, _written(store.read(memo.get, _ERRORS_FILES)))
    known = {**KNOWN, **fields, TAGS: FieldType.TEXT}
    new = infer_types(reading.columns, reading.samples(), known)
    types = {**known, **new}
    done = reading.done
    done.values = checked(values, types)
    done.new_fields = new
    done.notes, done.tags, done.options = list(table.notes), tuple(options.tags), options.of_everybody
    done.on_existing = options.on_existing or (prospects.UPDATE if came_back else prospects.FILL)
    if came_back and not options.on_existing:
        done.notes.append("held people come back: what was filled in counts (--on-existing update)")
    if elsewhere := unnamed.elsewhere(table, first + settled.columns.names.index("email") + 1):
        done.notes.append(elsewhere)
    also = {**_further(reading.plain), **refusals.also(reading.plain, reading.samples())}
    done.layout = settled.layout(types, new, reading.examples(), also)
    return Prepared(reading, settled, types, done.on_existing)


def run(
    store: Store, prepared: Prepared, *, clock: Callable[[], datetime], actor: str = "", batch: int = BATCH
) -> Iterator[Import]:
    """Import a file; what has been done so far, before the first batch and after every one (one object).

    No transaction is open in between, so it may stop there; repeating it brings in the rest. Nobody who is
    suppressed is touched. The fields that are new get their types first, and the mapping is remembered.
    """
    reading, types, done = prepared.reading, dict(prepared.types), prepared.done
    options = reading.options
    if not options.dry_run:
        types = _fixed(store, prepared, clock())
    before = store.read(prospects.newest_id)
    yield done
    try:
        for each in reading.batches(types, batch):
            result = _bring(store, prepared, each, clock, actor)
            done.refused += result.refused
            done.added += result.added
            done.changed += result.changed
            done.unchanged += result.unchanged
            done.suppressed += result.suppressed
            done.tagged += result.tagged
            done.differing += result.differing
            _fill(store, prepared, each, before, clock(), actor)
            yield done
        if not options.dry_run:
            reading.rejected.clear()
    finally:
        reading.rejected.close()
        if not options.dry_run:
            _remember(store, reading)
            _log(store, done, options, clock(), actor)


def _bring(
    store: Store, prepared: Prepared, each: Batch, clock: Callable[[], datetime], actor: str
) -> Imported:
    how, file = prepared.on_existing, Path(prepared.done.file).name
    refused = {
        f"opted out: {mapping_report.plain(column)} in {file}": emails
        for column, emails in each.refused.items()
    }
    if prepared.reading.options.dry_run:
        return store.read(
            prospects.try_batch, store.key, each.rows, on_existing=how, tags=each.tags, refused=refused
        )
    return store.write(
        prospects.add_batch,
        store.key,
        each.rows,
        on_existing=how,
        now=clock(),
        tags=each.tags,
        refused=refused,
        actor=actor,
    )


def _fill(store: Store, prepared: Prepared, each: Batch, before: int, now: datetime, actor: str) -> None:
    """Give people of earlier batches what further rows of theirs have besides; to those whose id is up to
    `before`, whom an import that skips found there, only their tags and a consent that is taken back.

    Not on a dry run, for which nobody is in the store.
    """
    done = prepared.done
    if not each.repeats or done.dry_run:
        return
    people = store.read(prospects.by_emails, list(each.repeats))
    rows: dict[str, list[Row]] = {prospects.FILL: [], prospects.SKIP: []}
    for email, person in people.items():
        row, how = each.repeats[email], prospects.SKIP
        if prepared.on_existing != prospects.SKIP or person.id > before:
            both, apart = repeats.filled(person, row)
            done.differ(row.line, apart)
            how = prospects.FILL if repeats.fills(person, both) else how
        rows[how].append(row)
    for how, some in rows.items():
        tags = {row.email: each.tags.get(row.email, ()) for row in some}
        result = store.write(
            prospects.add_batch, store.key, some, on_existing=how, now=now, tags=tags, actor=actor
        )
        done.filled += result.changed if how == prospects.FILL else 0
        done.tagged += result.tagged


def _fixed(store: Store, prepared: Prepared, now: datetime) -> dict[str, FieldType]:
    """Fix the types of new fields and remember the mapping; the types that hold now."""
    types = {name: kind for name, kind in prepared.types.items() if name != TAGS}
    store.write(prospects.fix_types, types)
    store.write(mappings.keep, prepared.settled.digest, prepared.settled.said, now)
    fixed = store.read(prospects.field_types)  # another import may have been first
    return {**fixed, TAGS: FieldType.TEXT}


def _further(columns: Columns) -> dict[int, tuple[str, ...]]:
    """Place of a column of a further address, or number -> the known field that it counts for where none is."""
    blocks = (block for _, blocks in columns.further for block in blocks)
    return {at: (name,) for block in blocks for name, at in block}


def _written(text: str) -> dict[str, str]:
    """The errors files of earlier imports: full path -> digest."""
    found: dict[str, str] = json.loads(text or "{}")
    return found


def _remember(store: Store, reading: Reading) -> None:
    """Note the errors file that was written: who has mended it since does not lose that to another import."""
    if (written := reading.rejected.digest) is None:
        return
    path, digest = written

    def change(text: str) -> tuple[str, None]:
        earlier = {name: each for name, each in _written(text).items() if name != path}
        return json.dumps(dict([*earlier.items(), (path, digest)][-_REMEMBERED:])), None

    store.write(memo.change, _ERRORS_FILES, change)
    if stays := reading.rejected.stays:
        name = reading.rejected.path.name
        reading.done.notes.append(f"{stays.name} was changed since, so it stays; the bad rows are in {name}")


def _log(store: Store, done: Import, options: Options, now: datetime, actor: str) -> None:
    """Record what came in; the file by its name alone, since folders say more than others need to know."""
    store.write(
        lambda tx: events.log(
            tx,
            now,
            "imported",
            actor=actor,
            file=Path(done.file).name,
            rows=done.rows,
            added=done.added,
            changed=done.changed,
            bad=done.bad,
            tagged=done.tagged,
            opted_out=done.opted_out.total(),
            tags=list(options.tags),
            source=options.source,
        )
    )


def matches(store: Store, workspace: Workspace, as_of: datetime, came: Sequence[str] = ()) -> list[Match]:
    """How many people match each campaign's segment, which is not yet who will be written to; and how many of
    those who `came` (addresses).

    As plans do it: names in the condition of a launched campaign are not doubted again.
    """

    def names(about: str) -> Collection[str]:
        return {*store.read(lambda tx: Past(tx).names(about)), *names_in(workspace, about)}

    types = {**KNOWN, **store.read(prospects.field_types)}
    launched = store.read(launches.campaigns)
    conditions: dict[str, segment.Condition] = {}
    problems: dict[str, str] = {}
    for stem, campaign in workspace.campaigns.items():
        try:
            conditions[stem] = segment.parse(
                campaign.segment,
                types=types,
                named=workspace.segments,
                past=None if stem in launched else names,
            )
        except segment.SegmentError as exc:
            found = workspace.segment_problem(campaign, exc)
            problems[stem] = f"{found.where}: {found.message}"
    counts = store.read(newcomers.tally, conditions, as_of) if conditions else {}
    ours = store.read(_matching, conditions, came, as_of) if conditions else {}
    edited = revisions.edited(store, workspace) if launched else {}
    return [
        Match(
            stem,
            counts[stem][0] if stem in counts else None,
            problems.get(stem, ""),
            status=str(launched.get(stem, "")),
            ours=ours.get(stem, 0),
            more=counts[stem][1] if stem in counts and stem in launched else 0,
            nightly=campaign.enroll == "nightly",
            per_day=campaign.max_new_per_day,
            edited=edited.get(stem, 0),
        )
        for stem, campaign in workspace.campaigns.items()
    ]


def _matching(
    tx: "Connection", conditions: Mapping[str, segment.Condition], emails: Sequence[str], as_of: datetime
) -> dict[str, int]:
    """How many of these people match each condition, by its campaign's stem."""
    facts = frozenset().union(*(condition.uses for condition in conditions.values()))
    history = Past(tx).of(facts, as_of)
    counts = dict.fromkeys(conditions, 0)
    for person in filter(None, (prospects.get(tx, email) for email in emails)):
        own = {"email": person.email, "source": person.source, "basis": person.basis}
        fields = {**person.fields, **own}
        history.tell(person.id, fields)
        for stem, condition in conditions.items():
            counts[stem] += condition.match(fields) is True
    return counts
