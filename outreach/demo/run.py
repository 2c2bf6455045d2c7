"""The demo's course: starter, import, plan, launch, three weeks of sending, and the accounts of it."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from outreach.demo import tell
from outreach.demo.play import BUG, Clock, Happening, Leaving, Play
from outreach.errors import OutreachError
from outreach.mailbox.sandbox import Sandbox
from outreach.store import Store, settings
from outreach.workspace import load, starter

CAMPAIGN = "retail-shelving"
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
UNTIL = MONDAY + timedelta(days=25)
# One identity for every demo: slots and Message-IDs follow from it, so each run tells the same story.
IDENTITY = ("demo", bytes(32))
OWN_FILE = "campaigns/demo.csv"
OWN_PROSPECTS = """\
email,first_name,last_name,company,title,city,country,language,industry,employees,source,basis
nouser@oldmill.example,Grace,Bell,Old Mill Bakery,Owner,Norwich,GB,en,retail,34,trade register,legitimate_interest
full@quaysports.example,Daniel,Reid,Quay Sports,Buyer,Hull,GB,en,retail,52,trade register,legitimate_interest
greylist@fernflorist.example,Maya,Lewis,Fern Florist,Owner,York,GB,en,retail,23,trade register,legitimate_interest
"""
HAPPENINGS = (
    Happening(
        MONDAY + timedelta(days=2, hours=3, minutes=40),
        "bob@acme.example",
        "replied",
        "Yes, please send the price list.",
    ),
    Happening(
        MONDAY + timedelta(days=4, hours=6, minutes=15),
        "m.weber@kaufhof-linden.example",
        "opted-out",
        "STOP",
    ),
)


class Outreach(Protocol):
    """The program itself: runs `outreach ARGS` on the demo's workspace and gives what it printed."""

    def __call__(self, *args: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Summary:
    """What a demo came to, in letters and people, all counted at the mail server."""

    letters: int
    people: int
    days: int
    announced: int  # departures of the calendar that came to their turn
    refused: int  # of those, refused by the server
    stopped: int  # people stopped by an answer, an opt-out or a bounce


async def run(
    folder: Path, state: Path, clock: Clock, outreach: Outreach, say: Callable[[str], None]
) -> Summary:
    """Run the main job in an empty folder and tell it line by line; `state` is where the witness lies.

    OutreachError if anything left otherwise than the calendar and the stops say.
    """
    clock.now = MONDAY
    async with Sandbox() as server:
        starter.write(folder)
        _prepare(folder, server.url)
        workspace = load(folder)
        with Store(f"sqlite:///{folder / 'outreach.db'}", state=state) as store:
            store.write(settings.assume, *IDENTITY)
        say(tell.opening(workspace.sender))
        for file in ("campaigns/prospects.csv", OWN_FILE):
            await _show(outreach, say, "prospects", "import", file)
        await _show(outreach, say, "plan", CAMPAIGN)
        await asyncio.to_thread(outreach, "launch", CAMPAIGN, "--yes")
        say(f"$ outreach launch {CAMPAIGN}\n")
        with Store(f"sqlite:///{folder / 'outreach.db'}", state=state) as store:
            play = Play(store, server, clock)
            await play.play(HAPPENINGS, UNTIL, lambda each: _enter(outreach, each))
        say(tell.days(play.log, workspace.sender.timezone))
        _check(play, server)
        say(tell.letter(server.received[0].data))
        await _show(outreach, say, "why", HAPPENINGS[0].email)
        await _show(outreach, say, "audit")
        summary = _summary(play, server)
        say(tell.summary(summary, play.log))
        return summary


def _prepare(folder: Path, url: str) -> None:
    """Point the starter's mailbox to the sandbox, and add three people whose servers misbehave."""
    main = folder / "outreach.toml"
    text, changed = re.subn(r'(?m)^smtp = "[^"]*"', f'smtp = "{url}"', main.read_text(encoding="utf-8"))
    if changed != 1:
        raise OutreachError("the starter's outreach.toml has not one mailbox", hint="git checkout outreach.toml")
    main.write_text(text, encoding="utf-8")
    (folder / OWN_FILE).write_text(OWN_PROSPECTS, encoding="utf-8")


async def _show(outreach: Outreach, say: Callable[[str], None], *args: str) -> None:
    said = await asyncio.to_thread(outreach, *args)
    say(f"$ outreach {' '.join(args)}\n{said.rstrip()}\n")


def _enter(outreach: Outreach, happening: Happening) -> None:
    outreach("prospects", "mark", happening.email, happening.mark)


def _check(play: Play, server: Sandbox) -> None:
    """Hold what the server got against what must never be; OutreachError for the first thing that is wrong."""
    left = [each for each in play.log if isinstance(each, Leaving) and each.received]
    if [each.received for each in left] != server.received:
        raise OutreachError(f"{len(left)} letters left, {len(server.received)} arrived", hint=BUG)
    twice = [key for key, count in Counter((each.email, each.departure.letter) for each in left).items() if count > 1]
    if twice:
        raise OutreachError(f"{twice[0][0]} got {twice[0][1]} twice", hint=BUG)
    stops = {each.email: each.at for each in play.log if isinstance(each, Happening)}
    late = [each for each in left if each.at >= stops.get(each.email, UNTIL)]
    if late:
        raise OutreachError(f"{late[0].email} was written to after the stop", hint=BUG)


def _summary(play: Play, server: Sandbox) -> Summary:
    turns = [each for each in play.log if isinstance(each, Leaving)]
    failed = sum(each.status == "failed" for each in turns)
    return Summary(
        letters=len(server.received),
        people=len({each.rcpt_to for each in server.received}),
        days=(turns[-1].at.date() - turns[0].at.date()).days + 1,
        announced=len(turns),
        refused=sum(each.received is None for each in turns),
        stopped=failed + len(HAPPENINGS),
    )
