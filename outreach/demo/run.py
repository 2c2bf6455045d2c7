"""The demo's course: starter, import, plan, launch, three weeks of sending, and the accounts of it."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from outreach.demo import tell
from outreach.demo.check import check
from outreach.demo.play import Clock, Happening, Leaving, Play
from outreach.errors import OutreachError
from outreach.mailbox.sandbox import Sandbox
from outreach.model import MessageStatus
from outreach.store import Store, settings
from outreach.workspace import load, starter

CAMPAIGN = "retail-shelving"
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
UNTIL = MONDAY + timedelta(days=21)
# One identity for every demo: slots and Message-IDs follow from it, so each run tells the same story.
IDENTITY = ("demo", bytes(32))
PEOPLE = "campaigns/prospects.csv"
# Added to the starter's people; their addresses tell the sandbox how to answer.
TROUBLE = """\
nouser@mill.example,Grace,Bell,Mill Bakery,Owner,Norwich,GB,en,retail,34,,trade register,legitimate_interest
full@quay.example,Daniel,Reid,Quay Sports,Buyer,Hull,GB,en,retail,52,,trade register,legitimate_interest
greylist@fern.example,Maya,Lewis,Fern Florist,Owner,York,GB,en,retail,23,,trade register,legitimate_interest
"""
REPLIED = Happening(
    MONDAY + timedelta(days=2, hours=3, minutes=40),
    "bob@acme.example",
    "replied",
    "Yes, please send the price list.",
)
OPTED_OUT = Happening(
    MONDAY + timedelta(days=4, hours=6, minutes=15), "tom@brightgrocer.example", "opted-out", "STOP"
)


async def run(
    folder: Path,
    state: Path,
    clock: Clock,
    outreach: Callable[..., str],
    say: Callable[[str], None],
) -> tell.Summary:
    """Do the main job in a new folder, telling it part by part; `state` is where the store's witness lies.

    `outreach(*args)` runs a command of the program on that folder, under that clock, and gives what it
    printed. OutreachError if anything arrives otherwise than the calendar and the stops say.
    """

    async def show(*args: str, first: str = "", last: str = "") -> str:
        said = (await asyncio.to_thread(outreach, *args)).replace(f"{folder}/", "")
        say(f"$ outreach {' '.join(args)}\n{tell.excerpt(said, first, last)}\n")
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
        say("$ outreach run     (the clock jumps from departure to departure)")
        with _store(folder, state) as store:
            play = Play(store, server, clock)
            await play.play((REPLIED, OPTED_OUT), UNTIL, lambda each: outreach(*tell.entry(each)))
        check(play.log, server.received, campaign.window)
        say(tell.days(play.log, workspace.sender.timezone) + "\n")
        read = next(each for each in server.received if each.rcpt_to == (REPLIED.email,))
        say(f"The letter that {REPLIED.email} answered, as it arrived:\n\n{tell.letter(read.data)}\n")
        await show("why", REPLIED.email, last="note")
        await show("audit", first="RESULT")
        return _summary(play.log, server)


def _store(folder: Path, state: Path) -> Store:
    return Store(f"sqlite:///{folder / 'outreach.db'}", state=state)


def _prepare(folder: Path, url: str) -> None:
    """Point the starter's mailbox to the sandbox, and add people whose servers misbehave."""
    main = folder / "outreach.toml"
    text, changed = re.subn(r'(?m)^smtp = "[^"]*"', f'smtp = "{url}"', main.read_text(encoding="utf-8"))
    if changed != 1:
        raise OutreachError("the starter's outreach.toml has been changed", hint="git checkout outreach.toml")
    main.write_text(text, encoding="utf-8")
    with (folder / PEOPLE).open("a", encoding="utf-8") as file:
        file.write(TROUBLE)


def _summary(log: Sequence[Leaving | Happening], server: Sandbox) -> tell.Summary:
    turns = [each for each in log if isinstance(each, Leaving)]
    clocks = sorted(f"{each.local:%H:%M}" for each in turns if each.received)
    stopped = Counter(each.mark for each in log if isinstance(each, Happening))
    stopped["bounced"] += sum(each.status == MessageStatus.FAILED for each in turns)
    return tell.Summary(
        letters=len(server.received),
        people=len({each.rcpt_to for each in server.received}),
        days=(turns[-1].at.date() - turns[0].at.date()).days + 1,
        announced=len(turns),
        refused=sum(each.received is None for each in turns),
        held=sum(each.status == MessageStatus.HELD for each in turns),
        stopped=dict(stopped),
        earliest=clocks[0],
        latest=clocks[-1],
    )
