"""What a sender does while a server, or its own store, makes it wait."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach.engine import sending
from outreach.mailbox.smtp import Session
from outreach.model import Accepted, Deferred, Rejected, Unknown
from outreach.store.tables import message
from tests.smtpd import Misbehaving, on
from tests.worlds import World

SLOW, EVA = "slow@acme.example", "eva@birch.example"
TEAMS = {"shops": [SLOW], "farms": [EVA]}
BOXES = {"shops": ("ann",), "farms": ("ben",)}


def test_a_slow_server_does_not_hold_up_another_mailbox(store_url: str, tmp_path: Path) -> None:
    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, TEAMS, mailboxes=BOXES) as world:
            engine = world.engine()
            round_ = asyncio.create_task(engine.round())
            await server.waiting.wait()  # ann's letter is with the server, which does not answer
            round_.cancel()  # the caller lost patience; the mailboxes are worked off all the same
            assert (await engine.round(patience=0.05)).sent.verdicts == {"accepted": 1}
            assert (world.message(SLOW).status, world.message(EVA).status) == ("sending", "sent")
            server.gate.set()
            await engine.finish()
            assert world.message(SLOW).status == "sent"

    on(Misbehaving(), scene)


def test_an_answer_is_written_down_once_the_store_is_back(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table is away while the server answers: nobody else knows that the letter was taken."""
    monkeypatch.setattr(sending, "RETRIES", (0.05,) * 20)

    async def scene(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [EVA]}) as world:

            def rename(old: str, new: str) -> None:
                world.store.write(lambda tx: tx.execute(sa.text(f"ALTER TABLE {old} RENAME TO {new}")))

            class Losing(Session):
                async def body(self, raw: bytes) -> Accepted | Deferred | Rejected | Unknown:
                    answer = await super().body(raw)
                    rename("delivery", "hidden")
                    asyncio.get_running_loop().call_later(0.01, rename, "hidden", "delivery")
                    return answer

            await world.engine(lambda mailbox: Losing(mailbox, None)).round()
            rows = world.rows(sa.select(message.c.status).where(message.c.letter == "intro"))
            assert ([row.status for row in rows], world.deliveries(EVA)) == (["sent"], ["accepted"])

    on(Misbehaving(), scene)
