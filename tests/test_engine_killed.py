"""Senders that are killed (kill -9) at any point: no letter twice, none lost, little uncertain."""

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

from outreach.model import MessageStatus
from tests.senders import Fate, Nursery
from tests.worlds import World, people

KILLS = 50
PEOPLE = 240
CONNECTIONS = 2  # of each of two mailboxes
# (point, when, the most times it is passed before): letters of a life are few, so that the lives are many
POINTS = [
    *((act, when, 6) for act in ("mark", "record") for when in ("before", "within", "after")),
    *(("claim", when, 1) for when in ("before", "within", "after")),
    *((call, when, 6) for call in ("offer", "body") for when in ("before", "within", "after")),
    ("enter", "within", 1),
]


def test_fifty_kills(store_url: str, tmp_path: Path, nursery: Nursery) -> None:
    luck = random.Random(50)
    boxes = {"shops": ("ann", "tim")}
    everybody = {"shops": people(PEOPLE)}
    with World(
        store_url, tmp_path, nursery.server(), everybody, mailboxes=boxes, connections=CONNECTIONS
    ) as world:
        for letter in ("intro", "followup"):
            for _ in range(KILLS // 2):
                kill_one(nursery, world, luck)
                assert world.statuses()[MessageStatus.SENDING] <= 2 * CONNECTIONS
            assert nursery.wait(nursery.start(store_url, world.state)) == "ended"
            check(nursery, world, letter)
            world.now += timedelta(days=3)
            nursery.clock.set(world.now)
        world.counts_add_up()


def kill_one(nursery: Nursery, world: World, luck: random.Random) -> None:
    """One life: killed at a point of the protocol, or at any time."""
    point, when, most = luck.choice(POINTS)
    fate = Fate(point, when, luck.randint(1, most))
    if luck.random() < 0.3:
        fate = Fate(seconds=luck.uniform(0.01, 0.15))
    elif world.statuses()[MessageStatus.SENDING] and luck.random() < 0.2:
        fate = Fate("reap", luck.choice(["before", "within", "after"]))
    ending = nursery.wait(nursery.start(world.url, world.state, fate))
    assert ending == "killed", f"{fate}: {ending}"


def check(nursery: Nursery, world: World, letter: str) -> None:
    """Each letter of that step is sent or uncertain; the server has each sent one once, and no other."""
    at_server = Counter(message_id for message_id, _, _ in nursery.accepted())
    assert max(at_server.values()) == 1
    rows = world.messages(letter)
    expected = PEOPLE if letter == "intro" else world.statuses("intro")[MessageStatus.SENT]
    assert len(rows) == expected
    assert {row.status for row in rows} <= {MessageStatus.SENT, MessageStatus.UNCERTAIN}
    assert all(row.message_id in at_server for row in rows if row.status == MessageStatus.SENT)
    ours = {row.message_id for row in world.messages()}
    assert set(at_server) <= ours
