"""A store that comes back from its backup after letters have left: the scene, the acts, what must hold."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from outreach.engine import release as engine
from outreach.mailbox.imap import Inbox
from outreach.model import Mailbox
from outreach.report.release import Survey
from outreach.store import Store, backup, restore
from outreach.store.audit import audit
from tests.imapd import PASSWORD, Imapd, running
from tests.smtpd import Misbehaving, on
from tests.test_engine_inboxes import inboxes
from tests.worlds import MONDAY, World, message_ids, people

BOB = "bob0@firm0.example"


def scene(
    folder: Path,
    play: Callable[[World, Misbehaving, Imapd], Awaitable[None]],
    *,
    reads: bool = True,
    teams: dict[str, list[str]] | None = None,
) -> None:
    """A launched world in a SQLite file of its own, with a mail server and, if it `reads`, an inbox and Sent."""

    async def act(smtp: Misbehaving, imap: Imapd) -> None:
        answers = f'imap = "{imap.url}"' if reads else 'answers = "manual"'
        url = f"sqlite:///{folder / 'first.db'}"
        with World(url, folder, smtp.url, teams or {"shops": people(6)}, answers=answers) as world:
            await play(world, smtp, imap)

    with running("embedded") as imap:
        imap.make("Sent")
        on(Misbehaving(), lambda smtp: act(smtp, imap))


async def left(world: World, smtp: Misbehaving, letters: int) -> list[str]:
    """Send what is due and read the inbox: so many letters have left by now, their Message-IDs in order."""
    await world.settle()
    await inboxes(world).read()
    sent = message_ids(smtp)
    assert len(sent) == letters
    return sent


def back_up(world: World, folder: Path) -> Path:
    """The backup that the tests go back to."""
    file = folder / "monday.backup"
    backup.write(world.store, file, now=world.now, actor="ann")
    return file


@contextmanager
def restored(
    world: World, file: Path, url: str, folder: Path, *, same_machine: bool = False
) -> Iterator[Store]:
    """The world goes on with the backup in another place; gives the store that it had before."""
    with restore.staged(file) as copy:
        with restore.changing(copy.file) as tx:
            restore.hold(tx, copy.backup, world.now, "ann")
        if url.startswith("sqlite"):
            restore.into_file(copy.file, Path(url.removeprefix("sqlite:///")), world.now)
        else:
            restore.into_postgresql(copy.file, url)
    before = world.store
    with Store(url, state=world.state if same_machine else folder / "new machine") as world.store:
        yield before
    world.store = before


async def survey(world: World, *, change: bool = True, named: Sequence[Mailbox] = ()) -> Survey:
    """What `outreach release` finds out; `named` are the mailboxes of the workspace."""
    return await asyncio.to_thread(
        engine.survey,
        world.store,
        lambda box: Inbox(box, PASSWORD),
        world.clock,
        change=change,
        named=named,
    )


def go_on(world: World, seen: Survey) -> None:
    """Release the store for what the survey found."""
    engine.release(world.store, seen, now=world.now, actor="ann")


async def reading(world: World, *days: int) -> None:
    """Send what is due at ten so many days after Monday, the inbox read before and after as a sender does."""
    worker = world.engine()
    for day in days:
        world.now = MONDAY + timedelta(days=day)
        await inboxes(world).read()
        await world.settle(worker)
        await inboxes(world).read()


def kept(world: World) -> None:
    """Every promise of the store."""
    broken = {check.code: check.broken for check in world.store.read(audit, world.store.key, world.now)}
    assert not any(broken.values()), broken


async def nothing_more(world: World, smtp: Misbehaving, sent: list[str], *days: int) -> None:
    """On these days nothing leaves but what has left, and the store keeps every promise."""
    await reading(world, *days)
    assert message_ids(smtp) == sent
    kept(world)
