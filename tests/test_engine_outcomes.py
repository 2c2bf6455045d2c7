"""What a server's answer does to the letter, the person and the mailbox."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from outreach.mailbox.smtp import Session
from outreach.model import Scope
from outreach.store import claims, records, stops, suppressions
from tests.smtpd import Misbehaving, on
from tests.worlds import ANN, MONDAY, World, message_ids

EVA = "eva@birch.example"
FOREVER = None


def rests(world: World) -> dict[str, datetime | None]:
    """The mailboxes that rest, and until when."""
    found = world.store.read(stops.pauses, world.now)
    return {each["name"]: each["until"] for each in found if each["scope"] == Scope.MAILBOX}


@pytest.mark.parametrize(
    ("name", "message", "enrolled", "outcome", "rest"),
    [
        ("bob", "sent", "active", "accepted", timedelta(0)),
        ("nouser", "failed", "bounced", "bad recipient", timedelta(0)),
        ("full", "scheduled", "active", "deferred", timedelta(0)),
        ("greylist", "scheduled", "active", "deferred", timedelta(0)),
        ("policy", "scheduled", "active", "policy", timedelta.max),
        ("quota", "scheduled", "active", "quota", timedelta(hours=24)),
        ("dropbefore", "scheduled", "active", "unreachable", timedelta(minutes=2)),
        ("dropbody", "uncertain", "active", "unknown", timedelta(0)),
        ("dropafter", "uncertain", "active", "unknown", timedelta(0)),
    ],
)
def test_each_answer_has_its_outcome(
    store_url: str,
    tmp_path: Path,
    name: str,
    message: str,
    enrolled: str,
    outcome: str,
    rest: timedelta,
) -> None:
    email = f"{name}@acme.example"

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [email]}) as world:
            done = await world.engine().round()
            assert done.sent.verdicts == {outcome: 1}
            assert (world.message(email).status, world.enrolled(email)) == (message, enrolled)
            assert world.deliveries(email) == [outcome]
            until = None if rest == timedelta.max else MONDAY + rest
            assert rests(world) == ({ANN: until} if rest else {})
            world.counts_add_up()

    on(Misbehaving(), scene)


def test_a_bad_address_is_suppressed_and_its_colleagues_are_not(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        everybody = ["nouser@acme.example", "bob@acme.example"]
        with World(store_url, tmp_path, server.url, {"shops": everybody}) as world:
            await world.play(7)
            assert world.statuses() == {"failed": 1, "sent": 2}
            assert world.store.read(suppressions.find, world.store.key, everybody[0])
            assert not world.store.read(suppressions.find, world.store.key, everybody[1])

    on(Misbehaving(), scene)


def test_a_greylisted_letter_goes_through_on_the_second_try_with_the_same_message_id(
    store_url: str, tmp_path: Path
) -> None:
    async def scene(server: Misbehaving) -> None:
        email = "greylist@acme.example"
        with World(store_url, tmp_path, server.url, {"shops": [email]}) as world:
            await world.settle()
            before = world.message(email).message_id
            world.now += timedelta(minutes=29)
            await world.settle()
            assert server.received == []  # too early: it would be greylisted again
            world.now += timedelta(minutes=1)
            await world.settle()
            assert world.deliveries(email) == ["deferred", "accepted"]
            assert message_ids(server) == [before]

    on(Misbehaving(), scene)


def test_a_letter_deferred_for_two_days_is_held(store_url: str, tmp_path: Path) -> None:
    """The back-off grows, it stays within the window, and the third day is a person's matter."""

    async def scene(server: Misbehaving) -> None:
        email, tries = "full@acme.example", []
        with World(store_url, tmp_path, server.url, {"shops": [email]}) as world:
            engine = world.engine()
            while world.now < MONDAY + timedelta(days=4):
                if (await engine.round()).sent.verdicts:
                    tries.append(world.now - MONDAY)
                world.now += timedelta(minutes=30)
            first_day = [each / timedelta(hours=1) for each in tries if each < timedelta(hours=7)]
            assert first_day == [0, 0.5, 1, 3, 6]
            assert timedelta(hours=48) <= tries[-1] < timedelta(hours=51)
            row = world.message(email)
            assert (row.status, row.reason) == ("held", "deferred for 48 hours")
            assert world.enrolled(email) == "active"

    on(Misbehaving(), scene)


def test_the_two_days_count_from_the_first_deferral(store_url: str, tmp_path: Path) -> None:
    """A letter that was claimed on Monday, but never offered, is greylisted on Friday."""

    async def scene(server: Misbehaving) -> None:
        email = "greylist@acme.example"
        with World(store_url, tmp_path, server.url, {"shops": [email]}) as world:
            engine = world.engine()
            claimed = world.store.write(claims.claim, ANN, engine.worker_id, world.now, 1)
            world.store.write(claims.release, claimed)
            world.now += timedelta(days=4)
            await world.settle(engine)
            assert world.message(email).status == "scheduled"
            world.now += timedelta(minutes=30)
            await world.settle()
            assert world.message(email).status == "sent"

    on(Misbehaving(), scene)


def test_an_uncertain_letter_is_never_sent_again_by_itself(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        email = "dropafter@acme.example"
        with World(store_url, tmp_path, server.url, {"shops": [email, EVA]}) as world:
            await world.play(30)
            assert world.message(email).status == "uncertain"
            assert world.statuses() == {"uncertain": 1, "sent": 2}
            assert len(server.received) == len(set(message_ids(server))) == 3

    on(Misbehaving(), scene)


def test_a_person_lets_an_uncertain_letter_go_once_more(store_url: str, tmp_path: Path) -> None:
    """The same Message-ID, so that a server that has it may drop the copy."""

    async def scene(server: Misbehaving) -> None:
        email = "dropbody@acme.example"
        with World(store_url, tmp_path, server.url, {"shops": [email]}) as world:
            await world.settle()
            row = world.message(email)
            assert world.store.write(records.settle, row.id, sent=False, now=world.now, actor="me")
            await world.settle()
            assert world.message(email).status == "uncertain"
            assert world.message(email).message_id == row.message_id
            assert world.deliveries(email) == ["unknown", "unknown"]

    on(Misbehaving(), scene)


def test_one_letter_that_breaks_the_connection_does_not_block_its_mailbox(
    store_url: str, tmp_path: Path
) -> None:
    async def scene(server: Misbehaving) -> None:
        bad, good = "dropbefore@acme.example", [f"bob{n}@firm{n}.example" for n in range(20)]
        with World(store_url, tmp_path, server.url, {"shops": [bad, *good]}, gap="5 min") as world:
            engine = world.engine()
            while world.now < MONDAY + timedelta(hours=6):
                await engine.round()
                world.now += timedelta(minutes=5)
            assert world.statuses("intro") == {"sent": 20, "scheduled": 1}

    on(Misbehaving(), scene)


def test_when_a_mailbox_must_rest_none_of_its_claimed_letters_is_offered(
    store_url: str, tmp_path: Path
) -> None:
    async def scene(server: Misbehaving) -> None:
        everybody = ["quota@acme.example", *(f"bob{n}@firm{n}.example" for n in range(9))]
        with World(store_url, tmp_path, server.url, {"shops": everybody}) as world:
            done = await world.engine().round()
            assert done.sent.verdicts == {"quota": 1}
            assert done.sent.refused == []
            assert (world.statuses(), server.received) == ({"scheduled": 10}, [])
            world.now += timedelta(hours=24)
            await world.settle()
            assert world.statuses("intro") == {"sent": 9, "scheduled": 1}

    on(Misbehaving(), scene)


def test_a_refused_login_pauses_the_mailbox_until_a_person_acts(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [EVA]}) as world:
            done = await world.engine(lambda box: Session(box, "wrong")).round()
            assert done.sent.verdicts == {"authentication": 1}
            assert (world.message(EVA).status, rests(world)) == ("scheduled", {ANN: FOREVER})
            world.now += timedelta(days=3)
            assert (await world.engine().round()).sent.verdicts == {}
            world.store.write(stops.resume, Scope.MAILBOX, ANN, actor="me", at=world.now)
            await world.settle(world.engine(lambda box: Session(box, "right")))
            assert world.statuses("intro") == {"sent": 1}

    on(Misbehaving({"ann": "right"}), scene)


def test_a_server_that_is_gone_is_tried_again_more_and_more_rarely(store_url: str, tmp_path: Path) -> None:
    with World(store_url, tmp_path, "smtp://127.0.0.1:1", {"shops": ["bob@acme.example", EVA]}) as world:
        tries = []

        async def scene() -> None:
            engine = world.engine()
            while world.now < MONDAY + timedelta(hours=3):
                if (await engine.round()).sent.verdicts:
                    tries.append((world.now - MONDAY) / timedelta(minutes=1))
                world.now += timedelta(minutes=2)

        asyncio.run(scene())
        assert tries[:5] == [0, 2, 10, 42, 162]
        assert world.statuses() == {"scheduled": 2}
        assert world.enrolled(EVA) == "active"
