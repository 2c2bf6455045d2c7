"""A small world for the engine's tests: a launched store, a clock to turn, and what stands in the tables."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from outreach import workspace
from outreach.engine import answers, forecast, plans
from outreach.engine.process import this_process
from outreach.engine.rounds import Engine, Round
from outreach.engine.sending import Line
from outreach.mailbox.sandbox import Sandbox
from outreach.mailbox.smtp import Session
from outreach.model import (
    Accepted,
    Deferred,
    Mailbox,
    MessageStatus,
    Rejected,
    Unknown,
    Unreachable,
)
from outreach.prospect import KNOWN, BadRow, columns, row_reader
from outreach.store import Store, prospects
from outreach.store.tables import delivery, enrollment, event, message, prospect, usage
from tests.people import Peopled

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # in London 10:00 too, an hour after windows open
MAIN = """\
[sender]
company = "Northwind Shelving Ltd"
address = "1 Dock Road, Leeds LS1 4AB, United Kingdom"
country = "GB"
timezone = "Europe/London"

[limits]
company_per_day = {company_per_day}
company_people = 1000
domain_per_day = {domain_per_day}
reply_stops = "{reply_stops}"
"""
MAILBOX = """
[[mailbox]]
address = "{address}"
name = "Ann Lee"
smtp = "{smtp}"
{answers}
per_day = {per_day}
gap = "{gap}"
connections = {connections}
own_relay = true
ramp = {ramp}
"""
CAMPAIGN = """\
name = "Shelving {stem}"
segment = "team == '{stem}'"
mailboxes = [{mailboxes}]
grace = "0 min"

[[step]]
letter = "intro"

[[step]]
letter = "followup"
after = "3 business days"
"""
LETTERS = {
    "templates/intro.txt": "Subject: Shelves for {{ first_name }}\n\nHello,\n\nWe make shelves.\n",
    "templates/followup.txt": "Format: text\n\nHello {{ first_name }},\n\nAny thoughts?\n",
}


@dataclass(frozen=True, slots=True)
class Plot:
    """What a world's files say. `teams`: campaign -> the local parts of its mailboxes."""

    smtp: str
    teams: Mapping[str, Sequence[str]]
    per_day: int = 1000
    connections: int = 1
    gap: str = "0 s"
    answers: str = 'answers = "manual"'
    ramp: str = "false"
    company_per_day: int = 1000
    domain_per_day: int = 1000
    reply_stops: str = "company"

    @property
    def files(self) -> dict[str, str]:
        names = dict.fromkeys(name for names in self.teams.values() for name in names)
        settings = ("smtp", "answers", "per_day", "gap", "connections", "ramp")
        texts = {name: getattr(self, name) for name in settings}
        boxes = "".join(MAILBOX.format(address=address(name), **texts) for name in names)
        limits = ("company_per_day", "domain_per_day", "reply_stops")
        main = MAIN.format(**{name: getattr(self, name) for name in limits}) + boxes
        campaigns = {
            f"campaigns/{stem}.toml": CAMPAIGN.format(
                stem=stem, mailboxes=", ".join(f'"{address(name)}"' for name in names)
            )
            for stem, names in self.teams.items()
        }
        return {"outreach.toml": main, **campaigns, **LETTERS}


def address(name: str) -> str:
    """A mailbox of ours."""
    return f"{name}@northwind.example"


def people(count: int) -> list[str]:
    """That many addresses, each of a company of its own."""
    return [f"bob{number}@firm{number}.example" for number in range(count)]


def message_ids(server: Sandbox) -> list[str]:
    """What the server took, in order."""
    return [str(message_from_bytes(letter.data)["Message-ID"]) for letter in server.received]


ANN = address("ann")


class Interrupted(Session):
    """A connection on which something happens once, when the protocol has come to a point."""

    @classmethod
    def at(cls, point: str, meanwhile: Callable[[], Awaitable[None] | None]) -> Callable[[Mailbox], Self]:
        """What an engine takes: the first connection is interrupted, later ones are not."""
        points = [point]
        return lambda mailbox: cls(mailbox, points.pop() if points else "", meanwhile)

    def __init__(self, mailbox: Mailbox, point: str, meanwhile: Callable[[], Awaitable[None] | None]) -> None:
        super().__init__(mailbox, None)
        self._point, self._meanwhile = point, meanwhile

    async def _at(self, point: str) -> None:
        if self._point == point:
            self._point = ""
            waiting = self._meanwhile()
            if waiting is not None:
                await waiting

    async def offer(
        self, recipient: str, size: int, message_id: str = ""
    ) -> Deferred | Rejected | Unreachable | None:
        await self._at("before the offer")
        refusal = await super().offer(recipient, size, message_id)
        await self._at("before the mark")
        return refusal

    async def body(self, raw: bytes) -> Accepted | Deferred | Rejected | Unknown:
        await self._at("before the body")
        answer = await super().body(raw)
        await self._at("before the record")
        return answer


class World(Peopled):
    """A store on `url` with people, imported and launched on Monday at ten, and a clock that tests set."""

    def __init__(
        self,
        url: str,
        folder: Path,
        smtp: str,
        teams: Mapping[str, Iterable[str]],
        *,
        mailboxes: Mapping[str, Sequence[str]] | None = None,
        **plot: Any,
    ) -> None:
        """`teams`: campaign -> addresses of its people; `mailboxes`: campaign -> local parts (default: ann)."""
        self.url, self.state = url, folder / "state"
        self.now = MONDAY
        self.store = Store(url, state=self.state)
        boxes = {stem: tuple((mailboxes or {}).get(stem, ("ann",))) for stem in teams}
        self.plot = Plot(smtp, boxes, **plot)
        self.files = self.plot.files
        self.import_(teams)
        for stem in teams:
            self.launch(stem)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.store.close()

    def clock(self) -> datetime:
        return self.now

    def import_(self, teams: Mapping[str, Iterable[str]]) -> None:
        names = columns(["email", "first_name", "team"])
        read = row_reader(names, {**KNOWN, "team": KNOWN["email"]})
        cells = [(email, "Bob", stem) for stem, emails in teams.items() for email in emails]
        rows = [read(line, row) for line, row in enumerate(cells, start=2)]
        good = [row for row in rows if not isinstance(row, BadRow)]
        assert len(good) == len(rows)
        self.store.write(prospects.fix_types, {**KNOWN, "team": KNOWN["email"]})
        self.store.write(prospects.add_batch, self.store.key, good, on_existing="fill", now=self.now)

    def launch(self, stem: str, files: Mapping[str, str] | None = None) -> plans.Outcome:
        """Launch a campaign's files as they are now, or other ones."""
        self.files = dict(files or self.files)
        parsed = workspace.parse(self.files)
        return plans.launch(self.store, parsed, stem, now=self.now, actor="tester")

    def engine(self, line: Callable[[Mailbox], Line] | None = None, store: Store | None = None) -> Engine:
        """A worker of this process, with real SMTP connections unless told otherwise."""
        line = line or (lambda mailbox: Session(mailbox, None))
        return Engine(store or self.store, line, self.clock, this_process())

    async def settle(self, engine: Engine | None = None) -> list[Round]:
        """Rounds until one sends nothing."""
        engine = engine or self.engine()
        rounds = [await engine.round()]
        while rounds[-1].sent.verdicts or rounds[-1].sent.refused:
            rounds.append(await engine.round())
        return rounds

    async def play(self, days: float, engine: Engine | None = None) -> list[Round]:
        """Send what is due, then at every moment that the calendar names in the next days."""
        engine = engine or self.engine()
        until, rounds = self.now + timedelta(days=days), await self.settle(engine)
        while True:
            ahead = forecast.departures(self.store, self.now, until)
            later = [each.at for each in ahead if each.at > self.now]
            if not later:
                self.now = until
                return rounds
            for moment in sorted(set(later)):
                self.now = moment
                rounds.append(await engine.round())

    def rows(self, query: sa.Select[Any]) -> list[Any]:
        return self.store.read(lambda tx: list(tx.execute(query)))

    def messages(self, letter: str = "") -> list[Any]:
        """The message rows with their address, in order."""
        query = sa.select(message, prospect.c.email).join(prospect, prospect.c.id == message.c.prospect_id)
        if letter:
            query = query.where(message.c.letter == letter)
        return self.rows(query.order_by(message.c.id))

    def message(self, email: str, letter: str = "intro") -> Any:
        """One person's message."""
        return next(row for row in self.messages(letter) if row.email == email)

    def statuses(self, letter: str = "") -> Counter[str]:
        return Counter(row.status for row in self.messages(letter))

    def enrolled(self, email: str) -> str:
        """How a person's (first) enrollment stands."""
        query = sa.select(enrollment.c.status).join(prospect, prospect.c.id == enrollment.c.prospect_id)
        return str(self.rows(query.where(prospect.c.email == email))[0].status)

    def feed(self, *mails: bytes) -> answers.Tally:
        """These mails have come to Ann."""
        return answers.feed(self.store, ANN, mails, self.now)

    def deliveries(self, email: str) -> list[str]:
        """What came of each attempt to reach somebody."""
        query = sa.select(delivery.c.outcome).join(message, message.c.id == delivery.c.message_id)
        query = query.join(prospect, prospect.c.id == message.c.prospect_id).where(prospect.c.email == email)
        return [str(row.outcome) for row in self.rows(query.order_by(delivery.c.id))]

    def events(self, email: str) -> list[str]:
        """What happened to somebody, in commit order."""
        query = sa.select(event.c.kind).join(prospect, prospect.c.id == event.c.prospect_id)
        return [
            str(row.kind) for row in self.rows(query.where(prospect.c.email == email).order_by(event.c.id))
        ]

    def used(self, scope: str) -> dict[str, int]:
        """The caps' counters of today's day (UTC), by name."""
        query = sa.select(usage).where(usage.c.scope == scope, usage.c.day == self.now.date())
        return {row.name: row.letters for row in self.rows(query)}

    def counts_add_up(self) -> None:
        """What the tables promise each other: one accepted delivery a sent letter, counters as marks."""
        accepted = self.rows(sa.select(delivery.c.message_id).where(delivery.c.outcome == "accepted"))
        sent = [row.id for row in self.messages() if row.status == MessageStatus.SENT]
        assert sorted(row.message_id for row in accepted) == sorted(sent)
