"""Several real senders on one store: caps are exact, nothing leaves twice, and a frozen one does no harm."""

import signal
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach.errors import StoreError
from outreach.store import Store, writer
from outreach.store.claims import LEASE
from outreach.store.tables import field
from tests.senders import Fate, Nursery
from tests.worlds import MONDAY, World, address, people

BOB, EVA = "bob@acme.example", "eva@birch.example"


def run(nursery: Nursery, world: World, senders: int) -> None:
    """That many senders at once, until none has anything left to do."""
    nursery.clock.set(world.now)
    pids = [nursery.start(world.url, world.state) for _ in range(senders)]
    assert [nursery.wait(pid) for pid in pids] == ["ended"] * senders


def once_each(nursery: Nursery, world: World) -> None:
    """Every sent letter is at the server exactly once, and nothing else is."""
    at_server = sorted(message_id for message_id, _, _ in nursery.accepted())
    assert at_server == sorted(row.message_id for row in world.messages() if row.status == "sent")
    world.counts_add_up()


def by_day(nursery: Nursery, before: int) -> Counter[str]:
    """How many letters each of our mailboxes has sent since the server had `before`."""
    return Counter(sender for _, sender, _ in nursery.accepted()[before:])


def test_two_senders_keep_the_caps_of_two_mailboxes(store_url: str, tmp_path: Path, nursery: Nursery) -> None:
    boxes = {"shops": ("ann", "tim")}
    with World(
        store_url,
        tmp_path,
        nursery.server(),
        {"shops": people(120)},
        mailboxes=boxes,
        per_day=12,
        connections=3,
    ) as world:
        seen = 0
        for _ in range(3):  # Monday, Tuesday: first letters; Thursday: follow-ups first
            run(nursery, world, 2)
            assert by_day(nursery, seen) == {address("ann"): 12, address("tim"): 12}
            once_each(nursery, world)
            seen = len(nursery.accepted())
            world.now += timedelta(days=1 if world.now == MONDAY else 2)
        assert world.statuses("intro")["sent"] == 48


def test_four_senders_keep_the_caps_of_companies_and_of_the_domain(
    store_url: str, tmp_path: Path, nursery: Nursery
) -> None:
    """Four mailboxes of one domain; each company has somebody in each mailbox's campaign."""
    names = ("ann", "tim", "joe", "may")
    teams = {f"team{name}": [f"{name}@firm{number}.example" for number in range(15)] for name in names}
    boxes = {f"team{name}": (name,) for name in names}
    caps = {"company_per_day": 2, "domain_per_day": 25}
    with World(store_url, tmp_path, nursery.server(), teams, mailboxes=boxes, connections=2, **caps) as world:
        seen = 0
        for day in range(3):
            run(nursery, world, 4)
            today = nursery.accepted()[seen:]
            companies = Counter(recipient.partition("@")[2] for _, _, recipient in today)
            assert len(today) == (25, 25, 10)[day]
            assert max(companies.values()) <= 2
            once_each(nursery, world)
            seen = len(nursery.accepted())
            world.now += timedelta(days=1)
        assert world.statuses("intro")["sent"] == 60


@pytest.mark.parametrize(
    ("point", "when", "left"),
    [
        ("offer", "before", "sent"),
        ("mark", "before", "sent"),
        ("body", "before", "uncertain"),
        ("record", "before", "uncertain"),
    ],
)
def test_a_sender_stopped_in_its_tracks_wakes_after_another_went_on(
    store_url: str, tmp_path: Path, nursery: Nursery, point: str, when: str, left: str
) -> None:
    with World(store_url, tmp_path, nursery.server(), {"shops": [BOB, EVA]}) as world:
        sleeper = nursery.start(store_url, world.state, Fate(point, when, signal=signal.SIGSTOP))
        assert nursery.wait(sleeper) == "frozen"
        world.now += LEASE + timedelta(minutes=1)
        run(nursery, world, 1)
        assert (world.message(BOB).status, world.message(EVA).status) == (left, "sent")
        nursery.wake(sleeper)
        assert nursery.wait(sleeper) == "ended"
        assert world.statuses("intro") == {"sent": 2}
        once_each(nursery, world)


# --------------------------------------------------------------------------- the group commit


def count_up(tx: sa.Connection) -> int:
    """Read, add one in Python, write: an update is lost wherever two of these overlap."""
    value = int(tx.execute(sa.select(field.c.type).where(field.c.name == "count")).scalar_one()) + 1
    tx.execute(sa.update(field).where(field.c.name == "count").values(type=str(value)))
    return value


def test_increments_of_many_threads_in_two_processes_are_all_there(
    store_url: str, tmp_path: Path, nursery: Nursery
) -> None:
    with Store(store_url, state=tmp_path) as store:
        store.write(lambda tx: tx.execute(sa.insert(field), {"name": "count", "type": "0"}) and None)
        others = [nursery.work("count", store_url, threads=4, times=50) for _ in range(2)]
        mine: list[int] = []

        def count() -> None:
            mine.extend(store.write(count_up) for _ in range(200))

        threads = [threading.Thread(target=count) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [nursery.wait(pid) for pid in others] == ["ended", "ended"]
        assert store.read(lambda tx: tx.execute(sa.select(field.c.type)).scalar_one()) == "2000"
        assert len(set(mine)) == len(mine) == 1600  # each caller got the value that it wrote


def test_an_act_that_raises_undoes_itself_and_no_other(store_url: str, tmp_path: Path) -> None:
    """All are in one batch: they gather while the first holds the writer."""
    with Store(store_url, state=tmp_path) as store:
        store.write(lambda tx: tx.execute(sa.insert(field), {"name": "count", "type": "0"}) and None)
        begun, go = threading.Event(), threading.Event()
        results: dict[int, object] = {}

        def hold(tx: sa.Connection) -> None:
            begun.set()
            go.wait()

        def act(number: int) -> None:
            def work(tx: sa.Connection) -> tuple[int, int]:
                value = count_up(tx)
                if number % 5 == 0:
                    raise ValueError(number)
                if number % 5 == 1:
                    tx.exec_driver_sql("SELECT nothing FROM nowhere")
                return number, value

            try:
                results[number] = store.write(work)
            except (ValueError, StoreError) as exc:
                results[number] = exc

        first = threading.Thread(target=store.write, args=(hold,))
        first.start()
        begun.wait()
        threads = [threading.Thread(target=act, args=(number,)) for number in range(50)]
        for thread in threads:
            thread.start()
        while len(store._writer._waiting) < 50:
            pass
        go.set()
        for thread in (first, *threads):
            thread.join()
        good = [value for value in results.values() if isinstance(value, tuple)]
        assert sorted(number for number, _ in good) == [n for n in range(50) if n % 5 > 1]
        assert sorted(value for _, value in good) == list(range(1, 31))
        assert all(isinstance(results[n], ValueError if n % 5 == 0 else StoreError) for n in range(0, 50, 5))
        assert all(isinstance(results[n], StoreError) for n in range(1, 50, 5))
        assert store.read(lambda tx: tx.execute(sa.select(field.c.type)).scalar_one()) == "30"


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_worker_that_freezes_within_a_transaction_does_not_hold_the_others_for_ever(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its session ends, so that the lock is free; when it wakes, what it had in hand is undone."""
    monkeypatch.setattr(writer, "FROZEN", 1)
    with Store(store_url, state=tmp_path) as frozen, Store(store_url, state=tmp_path) as store:
        begun, wake, errors = threading.Event(), threading.Event(), []

        def freeze(tx: sa.Connection) -> None:
            tx.execute(sa.insert(field), {"name": "frozen", "type": ""})
            begun.set()
            wake.wait()
            tx.execute(sa.insert(field), {"name": "woken", "type": ""})

        def work() -> None:
            try:
                frozen.write(freeze)
            except StoreError as exc:
                errors.append(exc.message)

        thread = threading.Thread(target=work)
        thread.start()
        begun.wait()
        store.write(lambda tx: tx.execute(sa.insert(field), {"name": "count", "type": "0"}) and None)
        wake.set()
        thread.join()
        assert len(errors) == 1
        assert store.read(lambda tx: tx.execute(sa.select(field.c.name)).scalars().all()) == ["count"]
        frozen.write(count_up)  # and it goes on


def test_a_store_may_be_opened_by_many_processes_at_once(
    store_url: str, tmp_path: Path, nursery: Nursery
) -> None:
    """An empty database is made once, whoever comes first."""
    pids = [nursery.work("note_key", store_url, file=str(tmp_path / "keys")) for _ in range(8)]
    assert [nursery.wait(pid) for pid in pids] == ["ended"] * 8
    keys = (tmp_path / "keys").read_text(encoding="ascii").split()
    assert (len(keys), len(set(keys))) == (8, 1)
