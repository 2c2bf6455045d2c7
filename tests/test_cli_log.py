"""`outreach log`: every act, by whom and when; and that nothing changes the store without leaving one."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from outreach.model import EnrollmentStatus, MessageStatus
from outreach.report.log import WORDS
from outreach.store import tables
from tests.cli import Shell
from tests.contract import Scenario
from tests.people import shown

ROOT = Path(__file__).parent.parent / "outreach"
BOB, EVA = "bob@acme.example", "eva@birch.example"


def said(shell: Shell, *args: str) -> list[str]:
    """The sentences of the log."""
    return [entry["said"] for entry in shown(shell, "log", *args)["entries"]]


def test_acts_of_people_newest_last_with_their_reason(running: Shell) -> None:
    for args in (
        ("pause", "shops", "--reason", "fair week", "--until", "2026-12-01"),
        ("resume", "shops"),
        ("pause", BOB),
        ("stop", EVA, "--yes"),
        ("suppress", "add", "cedar.example", "nobody@elm.example", "--reason", "asked by phone"),
        ("prospects", "mark", BOB, "opted-out"),
        ("prospects", "export"),
        ("end", "shops", "--yes"),
    ):
        running.now += timedelta(minutes=10)
        running.ok(*args)
    out = running.ok("log")
    lines = out.splitlines()
    assert f"Mon 23 Nov 08:10  {running.app().actor}" in out
    assert said(running)[-9:] == [
        "launched shops, revision 1: 2 people joined",
        "paused shops until Tue 1 Dec 00:00",
        "resumed shops",
        f"paused {BOB}",
        f"stopped {EVA} in shops",
        "suppressed 2 addresses and domains",
        f"noted that {BOB} opted out of shops",
        "exported: 3 people",
        "ended shops",
    ]
    assert "paused shops until Tue 1 Dec 00:00 (fair week)" in " ".join(out.split())
    assert all(len(line) <= 80 for line in lines)


def test_an_edit_of_several_people_names_the_fields(running: Shell) -> None:
    """Not all of them change the same: Eva lives there already, and has the tag."""
    running.ok("prospects", "set", EVA, "city=Leeds", "--tag", "hot")
    running.ok("prospects", "set", "country == 'GB'", "city=Leeds", "title=Buyer", "--tag", "hot", "--yes")
    assert said(running, "--limit", "1") == ["edited 3 people: city, title, tagged hot"]


def test_filters_by_time_campaign_person_and_user(running: Shell) -> None:
    running.now += timedelta(days=3)
    running.ok("pause", "shops")
    running.ok("prospects", "set", BOB, "city=Leeds")
    me = running.app().actor
    assert said(running, "--since", "today") == ["paused shops", f"edited {BOB}: city"]
    assert said(running, "--since", "2d", "--campaign", "shops") == ["paused shops"]
    assert said(running, "--person", BOB) == [f"edited {BOB}: city"]
    assert said(running, "--by", "ann") == ["launched shops, revision 1: 2 people joined"]
    assert said(running, "--by", me, "--limit", "1") == [f"edited {BOB}: city"]
    assert shown(running, "log", "--by", me, "--limit", "1")["more"] is True
    assert "... and earlier: --limit" in running.ok("log", "--limit", "1")


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (("--by", "anm"), 1, "anm did nothing here, did you mean `ann`?"),
        (("--person", "bo@acme.example"), 1, "did you mean `bob@acme.example`?"),
        (("--campaign", "shop"), 1, "did you mean `shops`?"),
        (("--since", "someday"), 2, "write today, yesterday, 7d, 3h, or a date like 2026-11-23"),
        (("--since", "2026-12-24"), 2, "that is still to come"),
        (("--since", "2026-02-30"), 2, "write today"),
        (("--limit", "0"), 2, "0 is not in the range"),
    ],
)
def test_a_mistake_names_what_was_meant(running: Shell, args: tuple[str, ...], code: int, told: str) -> None:
    got, _, err = running.run("log", *args)
    assert got == code
    assert told in err


def test_what_an_act_brought_about_is_told_only_with_all(running: Shell) -> None:
    running.now += timedelta(minutes=10)
    running.ok("prospects", "mark", BOB, "opted-out")
    assert said(running)[-1] == f"noted that {BOB} opted out of shops"
    everything = said(running, "--all")
    assert f"suppressed {BOB}" in everything
    assert f"cancelled intro to {BOB}" in everything
    assert "enrolled 2 people in shops" in everything  # one line, not one a person


def test_an_erased_person_is_nobody(running: Shell) -> None:
    running.now += timedelta(minutes=10)
    running.ok("prospects", "set", BOB, "city=Leeds")
    running.now += timedelta(minutes=10)
    running.ok("prospects", "erase", BOB, "--yes")
    assert said(running)[-2:] == ["edited an erased person", "erased an erased person"]
    assert BOB not in running.ok("log", "--all", "--format", "json")


def test_an_empty_log_says_what_else_there_is(shell: Shell) -> None:
    shell.fill()
    assert shell.ok("log").splitlines() == [
        "nothing was done",
        "NEXT      what the program did by itself: outreach log --all",
    ]


def test_hostile_words_do_not_break_the_screen(running: Shell) -> None:
    running.ok("pause", "shops", "--reason", "=\u202e\x1b[2J" + "x" * 300 + "\n{whom} [")
    out = running.ok("log")
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "\x1b" not in out


# every event has words


def logged() -> Iterator[tuple[str, str]]:
    """The kind of each event that the code logs: (place, kind), a name where it is not written out."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            place = {"events.log": 2, "events.log_many": 2, "app.note": 0}.get(called)
            if place is not None:
                kind = node.args[place]
                value = kind.value if isinstance(kind, ast.Constant) else f"<{ast.unparse(kind)}>"
                yield f"{path.relative_to(ROOT)}:{node.lineno}", str(value)


def test_every_kind_of_event_has_words() -> None:
    from outreach.store import answers, copies, inbox, records

    found = list(logged())
    assert len(found) > 20
    assert not [(place, kind) for place, kind in found if not kind.startswith("<") and kind not in WORDS]
    named = {inbox.ANSWERED, inbox.PERHAPS_ANSWERED, inbox.NOT_ANSWERED}
    named |= {
        answers.TAKEN,
        copies.BY_HAND,
        records.PROVED,
        *map(str, EnrollmentStatus),
        *map(str, MessageStatus),
    }
    assert named - {"active"} - set(WORDS) == set()


# every change has an event


QUIET = {"plan", "worker", "memo", "event", "house"}
"""Tables in which the program remembers what it showed, or itself."""


class Watched(Scenario):
    """The contract's scenario; after each command which tables it changed, and which events it left."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.seen: list[tuple[tuple[str, ...], set[str], list[Any]]] = []

    def _run(self, arguments: tuple[str, ...]) -> Any:
        before = self._tables()
        value = super()._run(arguments)
        after = self._tables()
        events = [row for row in after["event"] if row not in set(before.get("event", []))]
        changed = {name for name, rows in after.items() if rows != before.get(name, [])} - QUIET
        self.seen.append((arguments, changed, events))
        return value

    def _tables(self) -> dict[str, list[Any]]:
        """All rows of the store; a restored one has others altogether."""
        if not (self._folder / "outreach.toml").exists():
            return {}
        with self._app().store as store:
            return {each.name: store.read(_rows, each) for each in tables.metadata.sorted_tables}


def _rows(tx: sa.Connection, table: sa.Table) -> list[Any]:
    return list(tx.execute(sa.select(table)).all())


def test_every_command_that_changes_the_store_says_who_did_it(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    me = watched._app().actor
    assert len(list(watched)) > 30
    nameless = [
        (arguments, sorted(changed))
        for arguments, changed, events in watched.seen
        if changed and not any(event.actor == me and event.kind in WORDS for event in events)
    ]
    assert nameless == []
    changing = {" ".join(arguments[:2]) for arguments, changed, _ in watched.seen if changed}
    assert {"launch retail-shelving", "inbox import", "inbox later", "suppress add"} <= changing
