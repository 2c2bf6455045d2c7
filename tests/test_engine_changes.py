"""A campaign changes in the middle: what was sent stays, what waits follows the new files."""

import asyncio
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import sqlalchemy as sa

from outreach import workspace
from outreach.engine import plans
from outreach.mailbox.sandbox import Received
from outreach.store.tables import message
from tests.smtpd import Misbehaving, on
from tests.worlds import Interrupted, World, message_ids, people

BOB, EVA, TOM = "bob@acme.example", "eva@birch.example", "tom@cedar.example"
FOLLOWUP = '[[step]]\nletter = "followup"\nafter = "3 business days"\n'
MIDDLE = '[[step]]\nletter = "middle"\nafter = "1 business days"\n'


def text(letter: Received) -> str:
    parsed = message_from_bytes(letter.data, policy=policy.default)
    return str(parsed.get_content())


def edited(world: World, *, insert: bool) -> dict[str, str]:
    """The files with new words in both letters and, if asked, a step between them."""
    files = {name: text.replace("We make", "We mend") for name, text in world.files.items()}
    files["templates/followup.txt"] = files["templates/followup.txt"].replace("thoughts", "ideas")
    if insert:
        campaign = files["campaigns/shops.toml"].replace(FOLLOWUP, MIDDLE + FOLLOWUP)
        assert campaign != files["campaigns/shops.toml"]
        files["campaigns/shops.toml"] = campaign
        files["templates/middle.txt"] = "Format: text\n\nHello {{ first_name }},\n\nIn between.\n"
    return files


def by_person(server: Misbehaving) -> dict[str, list[str]]:
    """The distinctive word of each letter that somebody got, in order."""
    words = ("make", "mend", "thoughts", "ideas", "between")
    found: dict[str, list[str]] = {}
    for letter in server.received:
        found.setdefault(letter.rcpt_to[0], []).extend(word for word in words if word in text(letter))
    return found


def nothing_left_to_change(world: World) -> bool:
    return plans.make(world.store, workspace.parse(world.files), "shops", world.now).empty


def test_letters_are_edited_while_a_sender_has_one_in_hand(store_url: str, tmp_path: Path) -> None:
    """Bob's has left, Eva's is in hand and goes back, Tom's waits."""

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB, EVA, TOM]}, gap="60 s") as world:
            await world.engine().round()
            world.now += timedelta(minutes=2)
            files = edited(world, insert=False)
            await world.engine(Interrupted.at("before the mark", lambda: launch(world, files))).round()
            assert nothing_left_to_change(world)
            await world.play(7)
            assert by_person(server) == {
                BOB: ["make", "ideas"],
                EVA: ["mend", "ideas"],
                TOM: ["mend", "ideas"],
            }

    on(Misbehaving(), scene)


def launch(world: World, files: dict[str, str]) -> None:
    world.launch("shops", files)


def test_a_step_is_inserted_in_the_middle(store_url: str, tmp_path: Path) -> None:
    """Who waits for the next letter gets the new one first, then the old one, in the same thread."""

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB, EVA]}, gap="60 s") as world:
            await world.engine().round()  # Bob's first letter; his follow-up waits
            assert [row.letter for row in world.messages() if row.email == BOB] == ["intro", "followup"]
            launch(world, edited(world, insert=True))
            assert nothing_left_to_change(world)
            await world.play(14)
            assert by_person(server) == {
                BOB: ["make", "between", "ideas"],
                EVA: ["mend", "between", "ideas"],
            }
            sent = sorted((row.sent_at.day, row.letter) for row in world.messages() if row.email == BOB)
            assert sent == [(23, "intro"), (24, "middle"), (27, "followup")]
            last = message_from_bytes(server.received[-1].data)
            assert len(str(last["References"]).split()) == 2
            assert len(set(message_ids(server))) == len(server.received) == 6

    on(Misbehaving(), scene)


def test_a_step_is_inserted_behind_somebody(store_url: str, tmp_path: Path) -> None:
    """Who has had the later letter does not get the inserted one."""

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB]}) as world:
            await world.play(7)
            assert by_person(server) == {BOB: ["make", "thoughts"]}
            launch(world, edited(world, insert=True))
            await world.play(14)
            assert len(server.received) == 2

    on(Misbehaving(), scene)


def test_a_launch_while_letters_stream_out(store_url: str, tmp_path: Path) -> None:
    """Launched on another thread in the middle of a round: old text or new, each letter once, none lost."""

    async def scene(server: Misbehaving) -> None:
        everybody = people(60)
        with World(store_url, tmp_path, server.url, {"shops": everybody}, connections=2) as world:
            engine, files = world.engine(), edited(world, insert=True)
            sending = asyncio.create_task(engine.round())
            while len(server.received) < 5:
                await asyncio.sleep(0)
            await asyncio.to_thread(launch, world, files)
            await sending
            launch(world, files)  # whoever was in hand at the first one
            assert nothing_left_to_change(world)
            await world.play(14, engine)
            for words in by_person(server).values():
                assert words in (["make", "between", "ideas"], ["mend", "between", "ideas"])
            assert sorted(message_ids(server)) == sorted(row.message_id for row in world.messages())
            assert world.statuses() == {"sent": 180}
            old = world.rows(sa.select(message.c.id).where(message.c.text.contains("mend")))
            assert 0 < len(old) < 60
            world.counts_add_up()

    on(Misbehaving(), scene)
