"""A stop races the mark: whoever comes second sees the first, in both orders."""

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach.model import EnrollmentStatus, MessageStatus, Scope
from outreach.store import claims, endings, marks, prospects, records, settings, stops, suppressions
from outreach.store.marks import Marked, Refused
from outreach.store.tables import enrollment, event, message, metadata, suppression
from tests.smtpd import Misbehaving, on
from tests.worlds import ANN, Interrupted, World, people

BOB, EVA = "bob@acme.example", "eva@birch.example"
Stop = Callable[[World, str], None]


def suppress(world: World, value: str) -> None:
    world.store.write(suppressions.add, world.store.key, [value], reason="asked", at=world.now, actor="me")


def erase(world: World, email: str) -> None:
    person = world.person(email)
    world.store.write(prospects.erase, world.store.key, person, now=world.now, actor="me")


def end(world: World, email: str) -> None:
    world.store.write(endings.end, "shops", reason="over", at=world.now, actor="me")


def pause(scope: Scope) -> Stop:
    def act(world: World, email: str) -> None:
        name = named(world, scope, email)
        world.store.write(stops.add_pause, scope, name, reason="wait", actor="me", at=world.now)

    return act


def named(world: World, scope: Scope, email: str) -> str:
    """What a pause of that scope over somebody is called."""
    names = {Scope.ALL: "", Scope.CAMPAIGN: "shops", Scope.MAILBOX: ANN}
    return names.get(scope) or (str(world.person(email).id) if scope is Scope.PROSPECT else "")


FINAL: dict[str, tuple[Stop, EnrollmentStatus]] = {
    "an address is suppressed": (suppress, EnrollmentStatus.STOPPED),
    "a domain is suppressed": (
        lambda world, email: suppress(world, email.partition("@")[2]),
        EnrollmentStatus.STOPPED,
    ),
    "the person has replied": (World.reply, EnrollmentStatus.REPLIED),
    "the person is erased": (erase, EnrollmentStatus.STOPPED),
    "the campaign has ended": (end, EnrollmentStatus.STOPPED),
}
PAUSES: dict[str, Stop] = {f"pause {scope}": pause(scope) for scope in Scope}


@pytest.mark.parametrize("point", ["before the offer", "before the mark"])
@pytest.mark.parametrize("name", FINAL)
def test_a_stop_before_the_mark_wins(store_url: str, tmp_path: Path, name: str, point: str) -> None:
    stop, enrolled = FINAL[name]

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world:
            number = world.message(BOB).id
            done = await world.engine(Interrupted.at(point, lambda: stop(world, BOB))).round()
            assert len(done.sent.refused) == 1
            await world.play(30)
            (row,) = world.messages()
            assert (row.id, row.status, server.received) == (number, MessageStatus.CANCELLED, [])
            assert world.enrolled(row.email) == enrolled
            assert world.used("mailbox") == {}

    on(Misbehaving(), scene)


@pytest.mark.parametrize("point", ["before the body", "before the record"])
@pytest.mark.parametrize("name", FINAL)
def test_a_stop_after_the_mark_lets_the_letter_in_hand_go_and_no_other(
    store_url: str, tmp_path: Path, name: str, point: str
) -> None:
    stop, enrolled = FINAL[name]

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world:
            done = await world.engine(Interrupted.at(point, lambda: stop(world, BOB))).round()
            assert done.sent.letters == 1
            await world.play(30)
            (row,) = world.messages()
            assert (row.status, len(server.received)) == (MessageStatus.SENT, 1)
            assert world.enrolled(row.email) == enrolled

    on(Misbehaving(), scene)


@pytest.mark.parametrize("name", PAUSES)
def test_a_pause_before_the_mark_holds_the_letter_until_it_is_resumed(
    store_url: str, tmp_path: Path, name: str
) -> None:
    scope = Scope(name.removeprefix("pause "))

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world:
            engine = world.engine(Interrupted.at("before the mark", lambda: PAUSES[name](world, BOB)))
            await engine.round()
            await world.settle(engine)
            assert (world.statuses(), server.received) == ({"scheduled": 1}, [])
            world.now += timedelta(hours=1)
            world.store.write(stops.resume, scope, named(world, scope, BOB), actor="me", at=world.now)
            await world.settle(engine)
            assert (world.statuses("intro"), len(server.received)) == ({"sent": 1}, 1)

    on(Misbehaving(), scene)


@pytest.mark.parametrize("name", PAUSES)
def test_a_pause_after_the_mark_lets_the_letter_in_hand_go_and_holds_its_follow_up(
    store_url: str, tmp_path: Path, name: str
) -> None:
    scope = Scope(name.removeprefix("pause "))

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world:
            engine = world.engine(Interrupted.at("before the body", lambda: PAUSES[name](world, BOB)))
            assert (await engine.round()).sent.letters == 1
            world.now += timedelta(days=3)
            await world.settle(engine)
            assert len(server.received) == 1
            world.store.write(stops.resume, scope, named(world, scope, BOB), actor="me", at=world.now)
            await world.settle(engine)
            assert len(server.received) == 2

    on(Misbehaving(), scene)


def test_a_pause_ends_by_itself(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world:
            until = world.now + timedelta(hours=2)
            add = stops.add_pause
            world.store.write(add, Scope.CAMPAIGN, "shops", reason="", actor="me", at=world.now, until=until)
            await world.settle()
            assert server.received == []
            world.now = until
            await world.settle()
            assert len(server.received) == 1

    on(Misbehaving(), scene)


def test_what_a_server_says_of_somebody_who_was_erased_meanwhile_is_not_kept(
    store_url: str, tmp_path: Path
) -> None:
    bad = "policy-bob@acme.example"

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [bad]}) as world:
            await world.engine(Interrupted.at("before the body", lambda: erase(world, bad))).round()
            kept = [str(row) for table in metadata.sorted_tables for row in world.rows(sa.select(table))]
            assert [row for row in kept if bad in row or "has left" in row] == []
            assert world.statuses() == {"failed": 1}

    on(Refusing(f"550 5.1.1 <{bad}> has left us"), scene)


class Refusing(Misbehaving):
    """A server that refuses every text in the same words."""

    def __init__(self, refusal: str) -> None:
        super().__init__()
        self.refusal = refusal

    async def handle_DATA(self, *args: object) -> str:  # noqa: N802
        return self.refusal


@pytest.mark.parametrize("name", [*FINAL, *PAUSES])
def test_stops_hammer_on_marks(store_url: str, tmp_path: Path, name: str) -> None:
    """Two threads, many letters, no order but the database's: nothing is marked after its stop's commit."""
    rounds = 40
    act = FINAL[name][0] if name in FINAL else PAUSES[name]
    alone = name not in ("the campaign has ended", "pause all", "pause campaign", "pause mailbox")
    luck, other_luck = random.Random(name), random.Random(f"not {name}")
    with World(store_url, tmp_path, "smtp://127.0.0.1:1", {"shops": people(rounds)}, connections=9) as world:
        worker = world.engine().worker_id
        letters = world.store.write(claims.claim, ANN, worker, world.now, rounds)
        assert len(letters) == rounds
        at = luck.randrange(rounds)  # a stop that concerns everybody comes once
        marked: dict[int, bool] = {}
        start = threading.Barrier(2)

        def dawdle(luck: random.Random) -> None:
            start.wait()
            for _ in range(luck.randrange(4)):
                world.store.read(settings.house)

        def mark() -> None:
            for letter in letters:
                dawdle(luck)
                answer = world.store.write(marks.mark, world.store.key, letter, b"raw", world.now)
                marked[letter.id] = isinstance(answer, Marked)

        def stop() -> None:
            for place, letter in enumerate(letters):
                dawdle(other_luck)
                if alone or place == at:
                    act(world, letter.outgoing.to_email)

        threads = [threading.Thread(target=each) for each in (mark, stop)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(marked) == rounds
        rows = {row.id: row for row in world.messages()}
        waiting = MessageStatus.CANCELLED if name in FINAL else MessageStatus.SCHEDULED
        for number, was_marked in marked.items():
            assert rows[number].status == (MessageStatus.SENDING if was_marked else waiting)
        assert marks_after_stops(world) == []
        if not alone:
            assert not any(marked[letter.id] for letter in letters[at + 1 :])


def marks_after_stops(world: World) -> list[int]:
    """Letters marked after the commit of what should have kept them back; the history is in commit order."""
    stopped: dict[int | None, int] = {}
    late = []
    for row in world.rows(sa.select(event).order_by(event.c.id)):
        if row.kind in ("stopped", "replied", "suppressed", "erased", "paused", "ended"):
            stopped.setdefault(row.prospect_id, row.id)
        if row.kind == "marked" and (row.prospect_id in stopped or None in stopped):
            late.append(row.message_id)
    return late


@pytest.mark.parametrize("what", ["suppressed", "stopped"])
def test_the_mark_itself_asks_who_is_stopped(store_url: str, tmp_path: Path, what: str) -> None:
    """Whatever way a suppression or a stop came into the tables, and whoever forgot to cancel letters."""
    with World(store_url, tmp_path, "smtp://127.0.0.1:1", {"shops": [BOB]}) as world:
        worker = world.engine().worker_id
        (letter,) = world.store.write(claims.claim, ANN, worker, world.now, 1)
        hashed = suppressions.digest(world.store.key, "domain", "acme.example")
        row = {"kind": "domain", "value": "acme.example", "hash": hashed, "reason": "asked"}
        acts = {
            "suppressed": sa.insert(suppression).values(**row),
            "stopped": sa.update(enrollment).values(status=EnrollmentStatus.REPLIED),
        }
        world.store.write(lambda tx: tx.execute(acts[what]) and None)
        answer = world.store.write(marks.mark, world.store.key, letter, b"raw", world.now)
        assert isinstance(answer, Refused)
        assert world.message(BOB).status == MessageStatus.CANCELLED


def test_counters_take_back_what_did_not_leave(store_url: str, tmp_path: Path) -> None:
    with World(store_url, tmp_path, "smtp://127.0.0.1:1", {"shops": [BOB]}) as world:
        worker = world.engine().worker_id
        (letter,) = world.store.write(claims.claim, ANN, worker, world.now, 1)
        world.store.write(marks.mark, world.store.key, letter, b"raw", world.now)
        scopes = ("mailbox", "domain", "company", "new")
        assert [sum(world.used(scope).values()) for scope in scopes] == [1, 1, 1, 1]
        assert world.store.write(records.unmark, letter)
        assert [sum(world.used(scope).values()) for scope in scopes] == [0, 0, 0, 0]
        assert world.rows(sa.select(message.c.raw))[0].raw is None
