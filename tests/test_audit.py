"""The audit finds every broken promise, and finds none in a store that has seen everything."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from outreach.engine import upkeep
from outreach.engine.revisions import Revisions
from outreach.model import Deferred, Rejected, Scope, Unknown
from outreach.report.audit import Check
from outreach.store import audit, byhand, endings, leases, records, stops, suppressions
from outreach.store.tables import delivery, enrollment, event, message, usage
from tests.cli import Shell
from tests.posting import mark, post, take, worker
from tests.worlds import World, people

NOWHERE = "smtp://127.0.0.1:1"


@pytest.fixture
def world(store_url: str, tmp_path: Path) -> Iterator[World]:
    """Four people, three of whom have got their first letter and wait for the second."""
    with World(store_url, tmp_path, NOWHERE, {"shops": people(4)}, per_day=3) as world:
        worker(world.store, world.now)
        assert post(world.store, world.now) == 3
        yield world


def checks(world: World) -> dict[str, Check]:
    """The audit by code."""
    found = world.store.read(audit.audit, world.store.key, world.now)
    return {check.code: check for check in found}


def broken(world: World) -> dict[str, tuple[str, ...]]:
    """What is broken, by code."""
    return {code: check.broken for code, check in checks(world).items() if check.broken}


def do(world: World, *statements: Any) -> None:
    """Change the store behind the program's back."""
    for statement in statements:
        world.store.write(_execute, sa.text(statement) if isinstance(statement, str) else statement)


def _execute(tx: sa.Connection, statement: Any) -> None:
    tx.execute(statement)


def pause(world: World, scope: Scope, name: str, until: datetime | None = None) -> None:
    """A person pauses something."""
    world.store.write(stops.add_pause, scope, name, reason="", actor="ann", at=world.now, until=until)


def again(table: sa.Table, number: int, **changed: Any) -> sa.Insert:
    """An INSERT of a row's copy with other values in some columns."""
    names = [column.name for column in table.c if column.name != "id"]
    columns = [sa.literal(changed[name]).label(name) if name in changed else table.c[name] for name in names]
    return sa.insert(table).from_select(names, sa.select(*columns).where(table.c.id == number))


def marked(world: World, number: int = 1) -> sa.Insert:
    """A mark that no claim ever made."""
    row = next(row for row in world.messages() if row.id == number)
    about = {"campaign": row.campaign, "prospect_id": row.prospect_id, "message_id": row.id}
    return sa.insert(event).values(at=world.now, kind="marked", actor="sender", detail="", **about)


def test_every_promise_is_kept_and_counted(world: World) -> None:
    found = checks(world)
    assert broken(world) == {}
    assert {code: check.checked for code, check in found.items()} == {
        "open_messages": 4,
        "accepted_deliveries": 3,
        "open_enrollments": 4,
        "sent_letters": 3,
        "accepted_letters": 3,
        "statuses": 7 + 4,
        "next_letters": 4,
        "stopped_people": 0,
        "leases": 0,
        "message_ids": 7,
        "suppression": 3,
        "stops": 3,
        "pauses": 3,
        "order": 0,
        "marks": 3,
        "counters": 6,  # mailbox, domain, campaign, three companies
        "caps": 6,
    }


def test_a_life_full_of_setbacks_breaks_nothing(world: World) -> None:
    """Deferred, bounced, unclear, unmarked, paused, stopped, suppressed, erased: all in order."""
    store, now = world.store, world.now + timedelta(days=3)
    world.now = now
    upkeep.reslot(store, Revisions(store), now)
    first, second, third = take(store, now)
    mark(store, first, now)
    store.write(records.record, store.key, first, Rejected("rcpt", 550, "5.1.1", "no such user"), now)
    store.write(records.record, store.key, second, Deferred("rcpt", 451, "4.2.2", "full"), now)
    mark(store, third, now)
    assert store.write(records.unmark, third)
    assert broken(world) == {}
    (third,) = (each for each in take(store, now) if each.id == third.id)
    mark(store, third, now)
    store.write(records.record, store.key, third, Unknown("body", "connection lost"), now)
    store.write(records.settle, third.id, sent=True, now=now, actor="ann")
    upkeep.advance(store, Revisions(store), now)
    pause(world, Scope.ALL, "", until=now + timedelta(hours=1))
    assert take(store, now) == []
    person = world.person(second.outgoing.to_email)
    pause(world, Scope.PROSPECT, str(person.id))
    store.write(stops.resume, Scope.PROSPECT, str(person.id), actor="ann", at=now)
    world.now = now = now + timedelta(hours=2)  # the pause is over without a resume
    assert post(store, now) == 1
    store.write(byhand.erase, store.key, person, at=now, actor="ann")
    store.write(suppressions.add, store.key, ["firm0.example"], reason="asked", at=now, actor="ann")
    assert broken(world) == {}
    assert checks(world)["order"].checked == 4  # one of them was marked twice
    store.write(endings.end, "shops", reason="sold out", at=now, actor="ann")
    assert broken(world) == {}


def _two_open_letters(world: World) -> None:
    do(world, "DROP INDEX one_open_message_an_enrollment")
    do(world, again(message, 1, letter="third", message_id="<x@y.example>", status="scheduled"))


def _accepted_twice(world: World) -> None:
    do(world, "DROP INDEX one_accepted_delivery", again(delivery, 1))


def _two_enrollments(world: World) -> None:
    do(world, "DROP INDEX one_open_enrollment_a_prospect", again(enrollment, 1, campaign="other"))


def _no_bytes(world: World) -> None:
    do(world, "UPDATE message SET raw = NULL WHERE id = 1")


def _no_delivery(world: World) -> None:
    do(world, "DELETE FROM delivery WHERE message_id = 1")


def _taken_and_not_sent(world: World) -> None:
    do(world, "UPDATE message SET status = 'failed' WHERE id = 1")


def _taken_without_a_mark(world: World) -> None:
    do(world, "UPDATE delivery SET marked_at = NULL WHERE message_id = 1")


def _token_left_behind(world: World) -> None:
    do(world, "UPDATE message SET token = 'abc' WHERE id = 1")


def _status_unheard_of(world: World) -> None:
    do(world, "UPDATE message SET status = 'posted' WHERE id = 1")


def _in_flight_without_token(world: World) -> None:
    do(world, "UPDATE message SET status = 'claimed' WHERE id = 5")


def _stuck_between_steps(world: World) -> None:
    do(world, "UPDATE message SET status = 'cancelled' WHERE id = 5")


def _waits_for_the_stopped(world: World) -> None:
    do(world, "UPDATE enrollment SET status = 'replied' WHERE id = 1")


def _sender_long_gone(world: World) -> None:
    world.now += timedelta(days=3)
    upkeep.reslot(world.store, Revisions(world.store), world.now)
    take(world.store, world.now)
    world.now += timedelta(hours=1)
    world.store.write(leases.heartbeat, worker(world.store, world.now), world.now)


def _another_message_id(world: World) -> None:
    do(world, "UPDATE message SET message_id = '<other@northwind.example>' WHERE id = 1")


def _after_suppression(world: World) -> None:
    world.store.write(
        suppressions.add, world.store.key, [people(1)[0]], reason="asked", at=world.now, actor="ann"
    )
    do(world, marked(world))


def _after_the_end(world: World) -> None:
    world.reply(people(1)[0])
    do(world, marked(world))


def _while_paused(world: World) -> None:
    pause(world, Scope.MAILBOX, "ann@northwind.example")
    do(world, marked(world))


def _followup_first(world: World) -> None:
    do(world, "DELETE FROM event WHERE message_id = 1 AND kind = 'sent'", marked(world, 5))


def _marks_miscounted(world: World) -> None:
    do(world, "UPDATE house SET marks = 99")


def _counter_too_low(world: World) -> None:
    do(world, "UPDATE usage SET letters = letters - 1 WHERE scope = 'mailbox'")


def _counter_lost(world: World) -> None:
    do(world, "DELETE FROM usage WHERE scope = 'company' AND name = 'firm0.example'")


def _above_a_cap(world: World) -> None:
    do(world, "UPDATE campaign SET new_per_day = 2")


BREAKS: list[tuple[Callable[[World], None], str, str]] = [
    (_two_open_letters, "open_messages", "enrollment 1"),
    (_accepted_twice, "accepted_deliveries", "letter 1"),
    (_two_enrollments, "open_enrollments", "prospect 1"),
    (_no_bytes, "sent_letters", "letter 1"),
    (_no_delivery, "sent_letters", "letter 1"),
    (_taken_and_not_sent, "accepted_letters", "letter 1"),
    (_taken_without_a_mark, "accepted_letters", "letter 1"),
    (_token_left_behind, "statuses", "letter 1"),
    (_status_unheard_of, "statuses", "letter 1"),
    (_in_flight_without_token, "statuses", "letter 5"),
    (_stuck_between_steps, "next_letters", "enrollment 1"),
    (_waits_for_the_stopped, "stopped_people", "letter 5"),
    (_sender_long_gone, "leases", "letter"),
    (_another_message_id, "message_ids", "letter 1"),
    (_after_suppression, "suppression", "letter 1 (event"),
    (_after_the_end, "stops", "letter 1 (event"),
    (_while_paused, "pauses", "letter 1 (event"),
    (_followup_first, "order", "letter 5 (event"),
    (_marks_miscounted, "marks", "the store counts 99, its history 3"),
    (_counter_too_low, "counters", "2026-11-23 mailbox ann@northwind.example: counted 2, marked 3"),
    (_counter_lost, "counters", "2026-11-23 company firm0.example: counted 0, marked 1"),
    (_above_a_cap, "caps", "2026-11-23 new shops: 3 letters, 2 allowed"),
]


@pytest.mark.parametrize(("damage", "code", "names"), BREAKS, ids=lambda each: getattr(each, "__name__", ""))
def test_a_broken_promise_is_found(
    world: World, damage: Callable[[World], None], code: str, names: str
) -> None:
    damage(world)
    found = broken(world)
    assert code in found
    assert found[code][0].startswith(names)


def test_every_check_is_shown_to_fail(world: World) -> None:
    assert {code for _, code, _ in BREAKS} == set(checks(world))


def test_a_crashed_sender_is_a_note_until_another_one_was_there(world: World) -> None:
    world.now += timedelta(days=3)
    upkeep.reslot(world.store, Revisions(world.store), world.now)
    letters = len(take(world.store, world.now))
    world.now += timedelta(hours=1)
    found = checks(world)["leases"]
    assert (found.broken, len(found.notes)) == ((), letters)


def test_limits_that_were_changed_since_are_no_violation(world: World) -> None:
    """A launch with lower caps does not make yesterday's letters wrong, but tomorrow's."""
    world.plot = replace(world.plot, per_day=1)
    world.launch("shops", world.plot.files)
    lower = checks(world)["caps"]
    assert lower.broken == ()
    assert lower.notes == (
        "2026-11-23 mailbox ann@northwind.example: 3 letters, 1 allowed since the launch of 2026-11-23",
    )
    do(world, "UPDATE event SET at = at - 86400000000 WHERE kind = 'launched'")
    assert len(checks(world)["caps"].broken) == 1


def test_another_time_zone_moves_counters_to_the_next_day(world: World) -> None:
    """Letters of Monday morning in London left on Monday evening in Auckland, some on Tuesday."""
    do(world, sa.update(usage).values(day=datetime(2026, 11, 24).date()))
    found = checks(world)["counters"]
    assert found.broken == ()
    assert "another time zone" in found.notes[0]


def test_the_command_says_what_it_checked(shell: Shell) -> None:
    shell.fill()
    shell.ok("prospects", "import", "prospects.csv")
    shell.ok("launch", "shops", "--yes")
    text = shell.ok("audit")
    assert "all 17 promises are kept" in text
    assert "no enrollment has two open letters                                      2" in text
    assert "2 enrolled, 1 imported, 1 launched" in text
    assert max(len(line) for line in text.splitlines()) <= 80
    with shell.app().store as store:
        store.write(lambda tx: tx.execute(sa.text("UPDATE house SET marks = 5")))
    code, text, _ = shell.run("audit")
    assert code == 1
    assert "BROKEN the store's count of marks is that of its history" in text
    assert "the store counts 5, its history 0" in text
    code, out, _ = shell.run("audit", "--format", "json")
    found = json.loads(out)
    assert code == 1
    assert found["kept"] is False
    assert set(found["checks"][0]) == {"code", "promise", "checked", "broken", "notes"}
    assert found["events"]["enrolled"] == 2
