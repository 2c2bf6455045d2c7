"""People who join at night: under the launched revision, once a day, and never against a stop."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outreach.engine import upkeep
from outreach.engine.revisions import Revisions
from outreach.store import Store, endings, enrolling, launches
from tests.smtpd import Misbehaving, on
from tests.worlds import World, address

BOB, EVA, TOM = "bob@acme.example", "eva@birch.example", "tom@cedar.example"


class Racing(Store):
    """A store in which something else happens right before its next nightly join."""

    first: Callable[[], object] | None = None

    def write(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if act is enrolling.join and self.first:
            first, self.first = self.first, None
            first()
        return super().write(act, *args, **kwargs)


def nightly(world: World) -> None:
    """Launch the campaign as one that people join later, and import Eva, who does."""
    files = {**world.files}
    files["campaigns/shops.toml"] = files["campaigns/shops.toml"].replace(
        "[[step]]", 'enroll = "nightly"\n\n[[step]]', 1
    )
    world.launch("shops", files)
    world.import_({"shops": [EVA]})


def test_who_matches_later_joins_once_a_day(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world:
            await world.settle()
            nightly(world)
            rounds = await world.settle()
            assert {stem: each.text for stem, each in rounds[0].joined.items()} == {
                "shops": "1 joined, 0 held"
            }
            assert world.message(EVA).status == "sent"
            world.import_({"shops": [TOM]})
            assert (await world.engine().round()).joined == {}
            world.now += timedelta(days=1)
            await world.settle()
            assert world.message(TOM).status == "sent"
            assert world.statuses("intro") == {"sent": 3}

    on(Misbehaving(), scene)


def test_the_night_changes_no_limit_that_a_later_launch_has_set(store_url: str, tmp_path: Path) -> None:
    """The revision of the shops says 1000 a day; the cafes were launched with 1 a day from the same mailbox."""

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB], "cafes": [TOM]}) as world:
            nightly(world)
            world.launch("cafes", replace(world.plot, per_day=1).files)
            await world.settle()
            assert world.used("mailbox") == {address("ann"): 1}
            assert len(server.received) == 1

    on(Misbehaving(), scene)


RACES: dict[str, Callable[[World], object]] = {
    "it ends": lambda world: world.store.write(endings.end, "shops", reason="", at=world.now, actor="me"),
    "another worker joins them": lambda world: upkeep.join(world.store, Revisions(world.store), world.now),
    "it is launched anew": lambda world: world.launch("shops", replace(world.plot, per_day=9).files),
}


@pytest.mark.parametrize("race", RACES)
def test_what_happens_to_the_campaign_while_its_night_is_planned_wins(
    store_url: str, tmp_path: Path, race: str
) -> None:
    async def scene(server: Misbehaving) -> None:
        with (
            World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world,
            Racing(store_url, state=world.state) as store,
        ):
            nightly(world)
            engine = world.engine(store=store)
            store.first = lambda: RACES[race](world)
            done = await engine.round()
            assert done.joined == {}
            await world.settle(engine)
            ended = race == "it ends"
            assert world.store.read(launches.campaigns)["shops"] == ("ended" if ended else "launched")
            assert len(server.received) == (0 if ended else 2)
            assert len(world.messages("intro")) == (1 if ended else 2)

    on(Misbehaving(), scene)
