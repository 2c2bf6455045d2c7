"""Workers that freeze past their lease while another one goes on: at most one copy, whatever the point."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outreach.model import MessageStatus, Scope
from outreach.store import Store, claims, leases, marks, records, stops
from outreach.store.claims import LEASE, Claimed
from outreach.store.marks import Marked, Refused
from tests.smtpd import Misbehaving, on
from tests.worlds import Interrupted, World, address, message_ids

BOB, EVA = "bob@acme.example", "eva@birch.example"
TOO_LATE = LEASE + timedelta(minutes=1)
UNMARKED = ("before the offer", "before the mark")
MARKED = ("before the body", "before the record")


@pytest.mark.parametrize("point", UNMARKED + MARKED)
def test_a_worker_frozen_past_its_lease_wakes_up(store_url: str, tmp_path: Path, point: str) -> None:
    """It holds both letters and freezes over Bob's; another worker reaps and sends what it may."""

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB, EVA]}) as world:
            seen: list[str] = []

            async def freeze() -> None:
                world.now += TOO_LATE
                await world.settle()
                seen.extend(world.message(email).status for email in (BOB, EVA))

            done = await world.engine(Interrupted.at(point, freeze)).round()
            if point in UNMARKED:
                assert seen == ["sent", "sent"]
                assert (done.sent.letters, len(done.sent.refused)) == (0, 2)
            else:
                assert seen == ["uncertain", "sent"]
                assert (done.sent.letters, len(done.sent.refused)) == (1, 1)
            assert world.statuses("intro") == {"sent": 2}
            assert world.deliveries(BOB) == world.deliveries(EVA) == ["accepted"]
            world.counts_add_up()

            world.now += timedelta(days=4)
            await world.settle()
            assert world.statuses("followup") == {"sent": 2}
            assert sorted(message_ids(server)) == sorted(row.message_id for row in world.messages())

    on(Misbehaving(), scene)


class Slow(Store):
    """A store whose next mark is answered so late that others have gone on meanwhile."""

    meanwhile: Callable[[], None] | None = None

    def write(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = super().write(act, *args, **kwargs)
        if act is marks.mark and self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        return result


def test_a_machine_that_slept_within_the_mark_sends_no_body_and_takes_the_mark_back(
    store_url: str, tmp_path: Path
) -> None:
    async def scene(server: Misbehaving) -> None:
        with (
            World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world,
            Slow(store_url, state=world.state) as store,
        ):

            def sleep() -> None:
                world.now += TOO_LATE
                assert world.store.write(leases.reap, world.now, lambda worker: False) == (0, 1)
                assert world.message(BOB).status == MessageStatus.UNCERTAIN

            store.meanwhile = sleep
            done = await world.engine(store=store).round(1)
            assert done.sent.refused == ["this machine slept"]
            assert (server.received, world.message(BOB).status) == ([], MessageStatus.SCHEDULED)
            assert world.used("mailbox") == {"ann@northwind.example": 0}
            await world.settle()
            assert (world.message(BOB).status, world.deliveries(BOB)) == ("sent", ["accepted"])
            assert len(server.received) == 1

    on(Misbehaving(), scene)


def test_a_mark_taken_back_does_not_revive_somebody_who_was_stopped_meanwhile(
    store_url: str, tmp_path: Path
) -> None:
    async def scene(server: Misbehaving) -> None:
        with (
            World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world,
            Slow(store_url, state=world.state) as store,
        ):

            def sleep() -> None:
                world.now += TOO_LATE
                world.reply(BOB)

            store.meanwhile = sleep
            await world.engine(store=store).round(1)
            assert (server.received, world.message(BOB).status) == ([], MessageStatus.CANCELLED)

    on(Misbehaving(), scene)


def test_what_a_person_settled_is_not_settled_again_by_the_worker_that_wakes(
    store_url: str, tmp_path: Path
) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world:

            async def freeze() -> None:
                world.now += TOO_LATE
                await world.settle()
                letter = world.message(BOB).id
                assert world.store.write(records.settle, letter, sent=True, now=world.now, actor="me")

            done = await world.engine(Interrupted.at("before the record", freeze)).round()
            assert (done.sent.letters, world.deliveries(BOB)) == (0, ["accepted"])
            assert len(server.received) == 1
            world.counts_add_up()
            world.now += timedelta(days=4)
            await world.settle()
            assert world.statuses("followup") == {"sent": 1}

    on(Misbehaving(), scene)


def test_a_lease_is_renewed_while_its_worker_is_alive(store_url: str, tmp_path: Path) -> None:
    """A server may take ten minutes over each of many letters: nobody takes them away from a live worker."""

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB, EVA]}) as world:

            async def wait() -> None:
                for _ in range(5):
                    world.now += LEASE / 2
                    engine.heartbeat()
                await world.settle()
                assert server.received == []

            engine = world.engine(Interrupted.at("before the mark", wait))
            await engine.round()
            assert world.statuses("intro") == {"sent": 2}
            assert len(server.received) == 2

    on(Misbehaving(), scene)


def test_a_letter_in_newer_hands_is_not_marked_by_the_worker_that_wakes(
    store_url: str, tmp_path: Path
) -> None:
    """Reaped and claimed again, but not yet offered by the other worker."""

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world:
            newer: list[Claimed] = []

            def freeze() -> None:
                world.now += TOO_LATE
                other = world.engine().worker_id
                assert world.store.write(leases.reap, world.now, lambda worker: False) == (1, 0)
                newer.extend(world.store.write(claims.claim, address("ann"), other, world.now, 1))

            done = await world.engine(Interrupted.at("before the mark", freeze)).round()
            assert (len(done.sent.refused), server.received) == (1, [])
            assert world.message(BOB).status == MessageStatus.CLAIMED
            marked = world.store.write(marks.mark, world.store.key, newer[0], b"raw", world.now)
            assert isinstance(marked, Marked)

    on(Misbehaving(), scene)


def test_a_lease_that_has_run_out_is_not_revived_by_a_late_heartbeat(store_url: str, tmp_path: Path) -> None:
    with World(store_url, tmp_path, "smtp://127.0.0.1:1", {"shops": [BOB]}) as world:
        engine = world.engine()
        (letter,) = world.store.write(claims.claim, address("ann"), engine.worker_id, world.now, 1)
        world.now += TOO_LATE
        engine.heartbeat()
        answer = world.store.write(marks.mark, world.store.key, letter, b"raw", world.now)
        assert isinstance(answer, Refused)


def test_a_pause_takes_claimed_letters_out_of_hands_at_once(store_url: str, tmp_path: Path) -> None:
    """Once it is undone another worker may send them without waiting for a lease."""
    with World(store_url, tmp_path, "smtp://127.0.0.1:1", {"shops": [BOB, EVA]}) as world:
        first, second = world.engine().worker_id, world.engine().worker_id
        ann = address("ann")
        assert len(world.store.write(claims.claim, ann, first, world.now, 2)) == 2
        person = str(world.person(BOB).id)
        world.store.write(stops.add_pause, Scope.PROSPECT, person, reason="", actor="me", at=world.now)
        assert (world.message(BOB).status, world.message(EVA).status) == ("scheduled", "claimed")
        world.store.write(stops.resume, Scope.PROSPECT, person, actor="me", at=world.now)
        assert len(world.store.write(claims.claim, ann, second, world.now, 2)) == 1
