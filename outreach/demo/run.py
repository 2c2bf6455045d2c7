"""The demo's course: starter, import, plan, launch, three weeks of sending, and the accounts of it."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from outreach.demo import summary, tell
from outreach.demo.cast import REACTIONS, TROUBLE
from outreach.demo.check import check
from outreach.demo.play import Clock, Play
from outreach.errors import OutreachError
from outreach.mailbox.sandbox import Sandbox
from outreach.store import Store, settings
from outreach.workspace import load, starter

CAMPAIGN = "retail-shelving"
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
UNTIL = MONDAY + timedelta(days=21)
# One identity for every demo: slots and Message-IDs follow from it, so each run tells the same story.
IDENTITY = ("demo", bytes(32))
PEOPLE = "campaigns/prospects.csv"
BOB = "bob@acme.example"
ANSWERS = "answers"  # the Maildir in which mails come back


async def run(
    folder: Path,
    state: Path,
    clock: Clock,
    outreach: Callable[..., str],
    say: Callable[[str], None],
) -> summary.Summary:
    """Do the main job in a new folder, telling it part by part; `state` is where the store's witness lies.

    `outreach(*args)` runs a command of the program on that folder, under that clock, and gives what it
    printed. OutreachError if anything arrives otherwise than the calendar and the stops say.
    """

    async def show(*args: str, first: str = "", last: str = "", most: int = 0) -> str:
        said = (await asyncio.to_thread(outreach, *args)).replace(f"{folder}/", "")
        say(f"$ outreach {' '.join(args)}\n{tell.excerpt(said, first, last, most)}\n")
        return said

    clock.now = MONDAY
    async with Sandbox() as server:
        starter.write(folder)
        _prepare(folder, server.url)
        workspace = load(folder)
        campaign = workspace.campaigns[CAMPAIGN]
        with _store(folder, state) as store:
            store.write(settings.assume, *IDENTITY)
        say(tell.opening(workspace.sender, workspace.mailboxes[campaign.mailboxes[0]], MONDAY) + "\n")
        await show("prospects", "import", PEOPLE)
        planned = await show("plan", CAMPAIGN)
        plan_id = planned.split()[-1]  # the screen ends with the next command: launch ... --plan ID
        await show("launch", CAMPAIGN, "--plan", plan_id, "--yes", first="LAUNCHED", last="UNDO")
        say(tell.feeding(ANSWERS) + "\n")
        say("$ outreach run                     (the clock jumps from departure to departure)")
        say(f"$ outreach inbox import {ANSWERS}    (whenever a mail has come)\n")
        with _store(folder, state) as store:
            play = Play(store, server, clock, UNTIL)
            await play.play(REACTIONS, lambda raw: _deliver(folder, raw, outreach))
        check(play.log, server.received, campaign.window, REACTIONS)
        say(tell.days(play.log, workspace.sender.timezone) + "\n")
        read = next(each for each in server.received if each.rcpt_to == (BOB,))
        say(f"The letter that {BOB} answered, as it arrived:\n\n{tell.letter(read.data)}\n")
        await show("inbox", "import", ANSWERS)  # once more: what was read before changes nothing
        await show("inbox", most=6)
        await show("inbox", "waiting")
        await show("why", BOB, last="note")
        await show("audit", first="RESULT")
        return summary.count(play.log)


def _deliver(folder: Path, raw: bytes, outreach: Callable[..., str]) -> None:
    """Put a mail into the Maildir and let the program read it from there."""
    new = folder / ANSWERS / "new"
    (new / f"{len(list(new.iterdir())) + 1:03}.demo").write_bytes(raw)
    outreach("inbox", "import", ANSWERS)


def _store(folder: Path, state: Path) -> Store:
    return Store(f"sqlite:///{folder / 'outreach.db'}", state=state)


def _prepare(folder: Path, url: str) -> None:
    """Point the starter's mailbox to the sandbox, add people whose servers misbehave, and a Maildir."""
    main = folder / "outreach.toml"
    text, changed = re.subn(r'(?m)^smtp = "[^"]*"', f'smtp = "{url}"', main.read_text(encoding="utf-8"))
    if changed != 1:
        raise OutreachError("the starter's outreach.toml has been changed", hint="git checkout outreach.toml")
    main.write_text(text, encoding="utf-8")
    with (folder / PEOPLE).open("a", encoding="utf-8") as file:
        file.write(TROUBLE)
    for part in ("cur", "new", "tmp"):
        (folder / ANSWERS / part).mkdir(parents=True)
