"""The calendar against the real sender: what it shows of a store is what leaves, at that second, and no more."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach import workspace
from outreach.engine import forecast, plans
from outreach.engine.process import this_process
from outreach.engine.rounds import Engine
from outreach.mailbox.sandbox import Sandbox
from outreach.mailbox.smtp import Session
from outreach.model import Accepted, Deferred, FieldType, Mailbox, Rejected, Scope, Unknown, Unreachable
from outreach.prospect import KNOWN, BadRow, columns, row_reader
from outreach.schedule.calendar import Departure
from outreach.schedule.slots import slots
from outreach.schedule.zones import day_of
from outreach.store import Store, prospects, queue, stops, tables
from outreach.store import settings as kept
from outreach.store.queue import Waiting

DAY = timedelta(days=1)
STARTS = [  # common days, and days shortly before the clock is turned or a holiday comes
    *("2026-11-20T08:00", "2026-03-06T12:00", "2026-03-27T16:00", "2026-10-30T22:00", "2026-12-23T15:00"),
    *("2026-04-23T10:00", "2026-06-01T00:00"),
]
SPACED = [1, 2, 3, 14]  # seeds of worlds without letters that leave in the same second
ZONES = ["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo"]
TYPES = {**KNOWN, "team": FieldType.TEXT}
HEADER = ["email", "first_name", "team", "country", "timezone"]
MAIN = """\
[sender]
company = "Northwind Shelving Ltd"
address = "1 Dock Road, Leeds LS1 4AB, United Kingdom"
country = "GB"
timezone = "{zone}"

[limits]
company_per_day = {company}
company_people = 100
domain_per_day = {domain}
"""
MAILBOX = """
[[mailbox]]
address = "{address}"
name = "Ann Lee"
smtp = "{smtp}"
answers = "manual"
own_relay = true
per_day = {per_day}
gap = "{gap}"
ramp = {ramp}
"""
CAMPAIGN = """\
name = "{stem}"
segment = "team == '{stem}'"
mailboxes = {mailboxes}
grace = "{grace}"
{most}
[window]
days = "{days}"
from = "{start}"
to = "{end}"
timezone = "{zone}"

[[step]]
letter = "intro"
"""
STEP = """
[[step]]
letter = "{letter}"
after = "{after}"
"""
LETTERS = {
    "templates/intro.txt": "Subject: Shelves for {{ first_name }}\n\nHello,\n\nWe make shelves.\n",
    "templates/followup.txt": "Format: text\n\nHello {{ first_name }},\n\nAny thoughts?\n",
    "templates/last.txt": "Format: text\n\nHello {{ first_name }},\n\nThis is my last letter.\n",
}


@dataclass
class Case:
    """A small world, drawn from a seed: files, people, and when it is launched."""

    luck: int
    smtp: str = "smtp://127.0.0.1:1"
    files: dict[str, str] = field(default_factory=dict)
    people: list[tuple[str, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(self.luck)
        self.start = datetime.fromisoformat(chance.choice(STARTS)).replace(tzinfo=UTC)
        self.start += timedelta(minutes=chance.randrange(600))
        names = ["ann@northwind.example", "max@northwind.example", "eve@southwind.example"]
        names = names[: chance.randint(1, 3)]
        self.stems = ["shops", "offices"][: chance.randint(1, 2)]
        main = MAIN.format(
            zone=chance.choice(ZONES), company=chance.randint(1, 3), domain=chance.randint(1, 9)
        )
        gaps = [chance.choice(["0 s", "25-70 min", "60-90 min", "3-10 min", "4 hours"]) for _ in names]
        boxes = [
            MAILBOX.format(
                address=name,
                smtp=self.smtp,
                per_day=chance.choice([1, 2, 3, 30]),
                gap=gap,
                ramp=chance.choice(["true", "false"]),
            )
            for name, gap in zip(names, gaps, strict=True)
        ]
        # Without a gap several letters leave in one second. Which of their follow-ups goes first where both
        # fall due together and a cap lets only one go is not promised: keep such worlds free of it.
        plain = "0 s" in gaps
        self.files = {**LETTERS, "outreach.toml": main + "".join(boxes)}
        for stem in self.stems:
            self.files[f"campaigns/{stem}.toml"] = _campaign(chance, stem, names, plain=plain)
        for number in range(chance.randint(3, 12)):
            email = f"bob{number}@firm{chance.randint(1, 5)}.example"
            place = (chance.choice(["", "GB", "US", "DE"]), chance.choice(["", *ZONES]))
            self.people.append((email, f"Bob{number}", chance.choice(self.stems), *place))

    def store(self, folder: Path) -> Store:
        """The launched store. Its id, the seed of all slots, is drawn from the seed as well."""
        url = f"sqlite:///{folder / 'outreach.db'}"
        with Store(url, state=folder / "state") as new:
            new.write(_rename, f"seed{self.luck}")
        store = Store(url, state=folder / "state")
        read = row_reader(columns(HEADER), TYPES)
        rows = [
            row
            for line, cells in enumerate(self.people, 2)
            if not isinstance(row := read(line, cells), BadRow)
        ]
        assert len(rows) == len(self.people)
        store.write(prospects.fix_types, TYPES)
        store.write(prospects.add_batch, store.key, rows, on_existing="fill", now=self.start)
        for stem in self.stems:
            plans.launch(store, workspace.parse(self.files), stem, now=self.start, actor="tester")
        return store


def _rename(tx: sa.Connection, name: str) -> None:
    tx.execute(sa.update(tables.house).values(id=name))


def _campaign(chance: random.Random, stem: str, names: Sequence[str], *, plain: bool) -> str:
    start, end = chance.choice(
        [("09:00", "17:00"), ("00:30", "09:05"), ("16:50", "24:00"), ("00:00", "00:00")]
    )
    most = chance.choice(["", "", "max_new_per_day = 1", "max_new_per_day = 2"])
    delays = ["3 business days", "1 day", "2 days", "90 min", "30 hours"]
    letters = ["followup", "last"][: 1 if plain else 2]
    campaign = CAMPAIGN.format(
        stem=stem,
        mailboxes=list(names),
        grace="10 min" if plain else chance.choice(["0 min", "10 min", "3 hours"]),
        most=most,
        days=chance.choice(["mon-fri", "mon-sun", "tue, sun"]),
        start=start,
        end=end,
        zone=chance.choice(["prospect", "prospect", *ZONES]),
    )
    return campaign + "".join(STEP.format(letter=letter, after=chance.choice(delays)) for letter in letters)


@dataclass
class Willing:
    """A connection to a server that takes every letter at once; writes down who got one and when."""

    played: "Played"
    to: str = ""
    is_open: bool = True

    async def open(self) -> Unreachable | Deferred | Rejected | None:
        return None

    async def offer(
        self, recipient: str, size: int, message_id: str = ""
    ) -> Deferred | Rejected | Unreachable | None:
        self.to = recipient
        return None

    async def body(self, raw: bytes) -> Accepted | Deferred | Rejected | Unknown:
        self.played.left.append((self.played.now, self.to))
        return Accepted(250, "ok")

    async def abandon(self) -> None:
        raise AssertionError("a letter that was claimed may leave")

    async def close(self) -> None:
        return None


@dataclass
class Played:
    """What the calendar said, and what left while the clock was turned."""

    said: list[tuple[datetime, str]]
    now: datetime
    left: list[tuple[datetime, str]] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def line(self, mailbox: Mailbox) -> Willing:
        return Willing(self)


def told(departures: Sequence[Departure]) -> list[tuple[datetime, str]]:
    return [(each.at, each.track.email) for each in departures]


def looks(
    store: Store, ahead: Sequence[Departure], start: datetime, end: datetime, luck: int
) -> list[datetime]:
    """The predicted moments, and those at which a hasty sender might send: every slot of some, and chance ones."""
    chance = random.Random(luck)
    house, found = store.read(kept.house), {each.at for each in ahead}
    for each in ahead:
        found |= {each.at - timedelta(seconds=1), each.at + timedelta(seconds=1)}
    days = (end - start) // DAY
    found |= {start + timedelta(hours=12 * half) for half in range(2 * days)}
    found |= {start + timedelta(seconds=chance.randrange(days * 86400)) for _ in range(15)}
    for desk in store.read(kept.desks):
        if not desk.mailbox.gap.none:
            day = day_of(chance.choice(ahead).at, house.timezone)
            made = slots(house.id, desk.mailbox.address, day, desk.mailbox.gap, house.timezone)
            found |= set(chance.sample(made, min(5, len(made))))
    return sorted(each for each in found if start <= each < end)


async def play(store: Store, moments: Sequence[datetime], played: Played, end: datetime) -> None:
    # One thread: mailboxes that look in the same second then go in the order of their addresses. In real
    # life either may be first, and where both compete for a campaign's last place today, either gets it.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    engine = Engine(store, played.line, played.clock, this_process())
    for number, moment in enumerate(moments):
        played.now = moment
        done = await engine.round()
        assert not done.held
        assert not done.sent.refused
        if number % 10 == 0:  # asked in the middle, the calendar tells the same rest
            rest = told(forecast.departures(store, moment, end))
            assert rest == played.said[len(played.left) :]
    engine.leave()


@pytest.mark.parametrize("luck", range(3))
def test_what_leaves_and_when_is_what_the_calendar_said(luck: int, tmp_path: Path) -> None:
    case = Case(luck)
    with case.store(tmp_path) as store:
        end = case.start + 12 * DAY
        ahead = forecast.departures(store, case.start, end)
        played = Played(told(ahead), case.start)
        asyncio.run(play(store, looks(store, ahead, case.start, end, luck), played, end))
        assert sorted(played.left) == sorted(played.said)
        assert len({(each.track.email, each.letter) for each in ahead}) == len(ahead)


def test_through_a_real_server_it_is_the_same(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Sandbox() as server:
            with Case(7, server.url).store(tmp_path) as store:
                now = start = Case(7).start
                ahead = forecast.departures(store, start, start + 12 * DAY)
                engine = Engine(store, lambda box: Session(box, None), lambda: now, this_process())
                left: list[tuple[datetime, str]] = []
                for now in looks(store, ahead, start, start + 12 * DAY, 7):  # the engine's clock
                    await engine.round()
                    left += [(now, letter.rcpt_to[0]) for letter in server.received[len(left) :]]
                engine.leave()
            assert left
            assert sorted(left) == sorted(told(ahead))

    asyncio.run(scene())


@dataclass(frozen=True)
class Rest:
    """When a person's first letter falls due, and when the pauses that cover it end: hours after the launch."""

    due: int
    pauses: Mapping[Scope, int]


SCOPES = [*[Scope.PROSPECT] * 6, Scope.MAILBOX, Scope.CAMPAIGN]
HOURS = st.integers(1, 100)
RESTS = st.builds(Rest, HOURS, st.dictionaries(st.sampled_from(SCOPES), HOURS, max_size=2))


def _put_off(tx: sa.Connection, waits: Waiting, rest: Rest, start: datetime) -> None:
    this = tables.message.c.id == waits.id
    person = tx.execute(sa.select(tables.message.c.prospect_id).where(this)).scalar_one()
    names = {Scope.PROSPECT: str(person), Scope.MAILBOX: waits.mailbox, Scope.CAMPAIGN: waits.campaign}
    due_at = start + timedelta(hours=rest.due)
    # A closed window is one that the sender finds anew, for this time.
    tx.execute(sa.update(tables.message).where(this).values(due_at=due_at, closes_at=start))
    for scope, hours in rest.pauses.items():
        until = start + timedelta(hours=hours)
        stops.add_pause(tx, scope, names[scope], reason="fair week", actor="tester", at=start, until=until)


@settings(deadline=None, max_examples=8)
@given(st.sampled_from(SPACED), st.lists(RESTS, min_size=3, max_size=12))
def test_what_rests_leaves_when_the_calendar_said(luck: int, rests: list[Rest]) -> None:
    """Letters that fall due, and pauses that end, in any order."""
    case = Case(luck)
    with TemporaryDirectory() as folder, case.store(Path(folder)) as store:
        end = case.start + 7 * DAY
        for waits, rest in zip(store.read(queue.waiting, case.start), rests, strict=False):
            store.write(_put_off, waits, rest, case.start)
        ahead = forecast.departures(store, case.start, end)
        played = Played(told(ahead), case.start)
        hours = {each for rest in rests for each in (rest.due, *rest.pauses.values())}
        found = {case.start + timedelta(hours=each) for each in hours}
        found |= {each.at + timedelta(seconds=off) for each in ahead for off in (-1, 0)}
        asyncio.run(play(store, sorted(each for each in found if each < end), played, end))
        assert sorted(played.left) == sorted(played.said)
