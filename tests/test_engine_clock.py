"""Downtime and clocks that jump: no burst, nothing outside its window, no crash."""

import random
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from outreach.engine.rounds import Engine
from outreach.model import Scope
from outreach.schedule.zones import zone
from outreach.store import settings, stops
from tests.smtpd import Misbehaving, on
from tests.worlds import MONDAY, Interrupted, World, address, people

BOB = "bob@acme.example"
LONDON = zone("Europe/London")
GAP = timedelta(minutes=3)
DAY = timedelta(days=1)
IMAP = 'imap = "imaps://ann@imap.northwind.example:993"'


def in_windows(sent: list[datetime]) -> bool:
    """Monday to Friday, nine to five in London."""
    local = [at.astimezone(LONDON) for at in sent]
    return all(at.weekday() < 5 and 9 <= at.hour < 17 for at in local)


def sent(world: World) -> list[datetime]:
    return sorted(row.sent_at for row in world.messages() if row.status == "sent")


async def work(world: World, engine: Engine, minutes: int, step: int = 2) -> None:
    """A round every few minutes, each of which sends one letter at most."""
    for _ in range(0, minutes, step):
        assert (await engine.round()).sent.letters <= 1
        world.now += timedelta(minutes=step)


def test_after_downtime_letters_go_on_without_a_burst(store_url: str, tmp_path: Path) -> None:
    """Away from Monday noon to Wednesday morning."""

    async def scene(server: Misbehaving) -> None:
        shops = {"shops": people(60)}
        with World(store_url, tmp_path, server.url, shops, gap="3-10 min", per_day=12) as world:
            await work(world, world.engine(), 30)
            before = len(server.received)
            assert 3 <= before <= 10
            world.now = MONDAY + 2 * DAY
            done = await world.engine().round()
            assert done.held == ""
            assert done.sent.letters <= 1
            await work(world, world.engine(), 180)
            times = sent(world)
            assert len(times) == before + 12  # the cap of one day, not of three
            assert all(later - first >= GAP for first, later in pairwise(times))
            assert in_windows(times)

    on(Misbehaving(), scene)


def test_after_more_than_five_days_away_a_person_looks_first(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": people(3)}, gap="3-10 min") as world:
            await world.engine().round()
            world.now += 7 * DAY
            engine = world.engine()
            await world.settle(engine)
            held = world.store.read(stops.pauses, world.now)
            assert [(each["scope"], each["reason"]) for each in held] == [
                (Scope.ALL, "nothing was sent for 7 days while letters were due")
            ]
            assert len(server.received) == 1
            world.store.write(stops.resume, Scope.ALL, "", actor="me", at=world.now)
            await world.play(7, engine)
            assert world.statuses() == {"sent": 6}

    on(Misbehaving(), scene)


def test_five_days_without_anything_due_are_no_downtime(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world:
            await world.play(7)
            world.now += 30 * DAY
            assert (await world.engine().round()).held == ""

    on(Misbehaving(), scene)


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_clock_that_is_set_wrong_for_a_while(store_url: str, tmp_path: Path, jump: timedelta) -> None:
    """It jumps a day, an hour of letters later it is set right."""

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": people(90)}, gap="3-10 min") as world:
            world.now += DAY  # Tuesday: the day before is no week-end
            engine = world.engine()
            await work(world, engine, 30)
            world.now += jump
            await work(world, engine, 30)
            world.now -= jump
            await work(world, engine, 30)
            world.now += DAY
            before = len(server.received)
            await work(world, engine, 60)
            assert len(server.received) - before >= 5  # it works again
            assert in_windows(sent(world))
            assert all(later - first >= GAP for first, later in pairwise(sent(world)))

    on(Misbehaving(), scene)


@pytest.mark.parametrize("seed", range(2))
def test_a_clock_that_jumps_about(store_url: str, tmp_path: Path, seed: int) -> None:
    luck = random.Random(seed)
    spans = [timedelta(minutes=7), timedelta(hours=1), timedelta(hours=5), DAY, 2 * DAY]

    async def scene(server: Misbehaving) -> None:
        shops = {"shops": people(60)}
        with World(store_url, tmp_path, server.url, shops, gap="3-10 min", per_day=5) as world:
            engine, at = world.engine(), []
            for _ in range(80):
                before = len(server.received)
                assert (await engine.round()).held == ""
                assert len(server.received) - before <= 1
                at += [world.now] * (len(server.received) - before)
                world.now += luck.choice(spans) * luck.choice([1, 1, -1])
            assert in_windows(at)
            assert len(at) >= 5
            assert max(Counter(each.date() for each in at).values()) <= 5
            world.counts_add_up()

    on(Misbehaving(), scene)


def test_a_ramp_grows_by_days_not_by_jumps_of_the_clock(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": people(60)}, ramp="true") as world:
            engine = world.engine()
            await world.settle(engine)
            assert world.used("mailbox") == {address("ann"): 5}
            for number in range(3):
                world.now += DAY
                await world.settle(engine)
                world.now -= DAY
                world.import_({"shops": [f"joe{number}@joiner{number}.example"]})
                world.launch("shops")
                await world.settle(engine)
            world.now += DAY
            assert world.used("mailbox") == {address("ann"): 7}
            desk = world.store.read(settings.desk, address("ann"))
            assert desk is not None
            assert desk.pace.ramp_step == 1

    on(Misbehaving(), scene)


def test_a_follow_up_waits_until_the_inbox_has_been_read(store_url: str, tmp_path: Path) -> None:
    """Ten minutes fresh, at the claim and at the mark."""

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}, answers=IMAP) as world:
            engine = world.engine()
            await world.settle(engine)
            assert len(server.received) == 1  # a first letter needs no answers
            world.now += 3 * DAY
            await world.settle(engine)
            assert len(server.received) == 1
            world.store.write(settings.inbox_read, address("ann"), world.now)
            world.now += timedelta(minutes=11)
            await world.settle(engine)
            assert len(server.received) == 1
            world.store.write(settings.inbox_read, address("ann"), world.now)
            world.now += timedelta(minutes=9)

            def dawdle() -> None:
                world.now += timedelta(minutes=2)

            late = world.engine(Interrupted.at("before the mark", dawdle))
            assert (await late.round()).sent.refused == ["the inbox was not read"]
            world.store.write(settings.inbox_read, address("ann"), world.now)
            await world.settle(engine)
            assert len(server.received) == 2

    on(Misbehaving(), scene)


def test_a_window_that_closes_between_claim_and_mark(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world:
            world.now = MONDAY.replace(hour=16, minute=58)

            def dawdle() -> None:
                world.now += timedelta(minutes=3)

            late = world.engine(Interrupted.at("before the mark", dawdle))
            assert (await late.round()).sent.refused == ["the window has closed"]
            assert server.received == []
            await world.play(1)
            assert [at.hour for at in sent(world)] == [9]

    on(Misbehaving(), scene)
