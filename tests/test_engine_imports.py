"""The import as a flow: batches that leave room for others, the same result on every database."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import event as hooks
from sqlalchemy.engine import Engine as Database

from outreach.engine import imports
from outreach.model import FieldType
from outreach.report.imports import Import
from outreach.store import Store, prospects, suppressions
from outreach.store import tags as marks
from outreach.workspace.prospects import open_table
from tests.cli import MONDAY


def test_between_batches_others_write_and_two_imports_share_the_work(store_url: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    rows = "".join(f"p{number}@acme.example,Bob\n" for number in range(1000))
    path.write_text("email,first_name\n" + rows, encoding="utf-8")
    options = imports.Options()

    def start(store: Store) -> Iterator[Import]:
        prepared = imports.prepare(store, open_table(path), options)
        return imports.run(store, prepared, clock=lambda: MONDAY, batch=100)

    with Store(store_url, state=tmp_path / "a") as one, Store(store_url, state=tmp_path / "b") as two:
        first, second = start(one), start(two)
        pairs = list(zip(first, second, strict=True))  # in turns: neither waits for the other's end
        ours, theirs = pairs[-1]
        assert len(pairs) == 12  # before the first batch, ten batches, the end
        assert (ours.added, ours.unchanged) == (1000, 0)
        assert (theirs.added, theirs.unchanged) == (0, 1000)
        assert one.read(prospects.count) == 1000


def test_an_import_does_the_same_on_both_databases(store_url: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    with Store(store_url, state=tmp_path) as store:

        def bring(text: str, on_existing: str = "fill", *, dry_run: bool = False) -> tuple[int, ...]:
            path.write_text(text, encoding="utf-8")
            options = imports.Options(on_existing=on_existing, dry_run=dry_run)
            prepared = imports.prepare(store, open_table(path), options)
            *_, done = imports.run(store, prepared, clock=lambda: MONDAY)
            return done.added, done.changed, done.unchanged

        text = "email,signed,city\na@x.example,2026-01-02,Leeds\nb@x.example,,\nc@x.example,2026-01-04,\n"
        assert bring(text, dry_run=True) == (3, 0, 0)
        assert store.read(prospects.field_types) == {}
        assert bring(text) == (3, 0, 0)
        assert store.read(prospects.field_types)["signed"] is FieldType.DATE
        more = "email,signed,city\nb@x.example,2026-01-03,York\na@x.example,2026-02-02,Leeds\nd@x.example,,\n"
        for dry_run in (True, False):
            assert bring(more, dry_run=dry_run) == (1, 1, 1)
        assert bring(more, "update", dry_run=True) == (0, 1, 2)
        assert bring(more, "update") == (0, 1, 2)
        person = store.read(prospects.get, "a@x.example")
        assert person is not None
        assert str(person.fields["signed"]) == "2026-02-02"


def test_mapping_and_tags_are_the_same_on_both_databases(store_url: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    with Store(store_url, state=tmp_path) as store:

        def bring(
            text: str, *maps: tuple[str, str], tags: tuple[str, ...] = (), dry_run: bool = False
        ) -> Import:
            path.write_text(text, encoding="utf-8")
            options = imports.Options(maps=maps, tags=tags, dry_run=dry_run)
            prepared = imports.prepare(store, open_table(path), options)
            *_, done = imports.run(store, prepared, clock=lambda: MONDAY)
            return done

        rows = "".join(f"p{number}@firm{number}.example,T{number % 3},Leeds\n" for number in range(2500))
        done = bring("email,Tags,Ort\n" + rows, ("ORT", "venue"), tags=("fair",))
        assert (done.added, done.tagged, done.layout.known) == (2500, 5000, False)
        for dry_run in (True, False):
            done = bring("Ort,Email,tags\nYork,p1@firm1.example,new\n", tags=("fair",), dry_run=dry_run)
            assert (done.tagged, list(done.layout.remembered)) == (1, [("Ort", "venue")])
        done = bring("Ort,Email,tags\nYork,p1@firm1.example,new\n", ("ort", ""), tags=("fair",))
        assert (done.tagged, done.layout.known) == (0, False)
        assert bring("Ort,Email,tags\nYork,p1@firm1.example,new\n").layout.remembered == [("Ort", "")]
        person = store.read(prospects.get, "p1@firm1.example")
        assert person is not None
        assert (dict(person.fields), store.read(marks.of, person.id)) == (
            {"venue": "Leeds"},
            ["fair", "new", "t1"],
        )


def test_among_many_only_the_suppressed_stay_out(store_url: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    rows = "".join(f"p{number}@{'mail.' * (number % 2)}firm{number % 7}.example\n" for number in range(2500))
    path.write_text("email\n" + rows, encoding="utf-8")
    with Store(store_url, state=tmp_path) as store:
        values = ["firm3.example", "p4@firm4.example", "p6@elsewhere.example"]
        store.write(suppressions.add, store.key, values, reason="asked", at=MONDAY, actor="ann")
        prepared = imports.prepare(store, open_table(path), imports.Options())
        *_, done = imports.run(store, prepared, clock=lambda: MONDAY)
        inside = {person.email for person in store.read(lambda tx: list(prospects.everyone(tx)))}
    out = {row for row in rows.split() if row.endswith(("@firm3.example", ".firm3.example"))}
    assert inside == set(rows.split()) - out - {"p4@firm4.example"}
    assert (done.added, done.suppressed) == (len(inside), len(out) + 1)


def test_people_of_earlier_batches_are_looked_up_together(store_url: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    rows = "".join(f"p{number}@acme.example,\n" for number in range(200))
    path.write_text(f"email,city\n{rows}{rows.replace(',', ',Leeds')}", encoding="utf-8")
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    with Store(store_url, state=tmp_path) as store:
        prepared = imports.prepare(store, open_table(path), imports.Options())
        hooks.listen(Database, "before_cursor_execute", note)
        try:
            *_, done = imports.run(store, prepared, clock=lambda: MONDAY, batch=200)
        finally:
            hooks.remove(Database, "before_cursor_execute", note)
        assert (done.added, done.filled) == (200, 200)
        assert len(statements) < 100
