"""Three weeks of sending in seconds: the clock steps from one departure of the calendar to the next."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from outreach.engine import forecast
from outreach.engine.process import this_process
from outreach.engine.rounds import Engine
from outreach.errors import OutreachError
from outreach.mailbox.sandbox import Received, Sandbox
from outreach.mailbox.smtp import Session
from outreach.model import MessageStatus
from outreach.schedule.calendar import Departure
from outreach.schedule.zones import zone
from outreach.sequence import Verdict
from outreach.store import Store, events, prospects

BUG = "this is a bug of outreach: please report it"


@dataclass(slots=True)
class Clock:
    """The virtual time, aware, in UTC."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Happening:
    """What a reader does while the campaign runs, and the word with which a person enters it."""

    at: datetime
    email: str
    mark: str  # a word of sequence.MARKS
    says: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """A letter at its turn: taken by the server (`received`), or refused with `answer`."""

    departure: Departure
    received: Received | None
    status: str = MessageStatus.SENT
    answer: str = ""

    @property
    def at(self) -> datetime:
        return self.departure.at

    @property
    def email(self) -> str:
        return self.departure.track.email

    @property
    def local(self) -> datetime:
        """The time on its reader's clock."""
        return self.at.astimezone(zone(self.departure.track.zone))


@dataclass(slots=True)
class Play:
    """A launched campaign, sent to the sandbox under a virtual clock. `log` has all that happened, in order.

    Whatever leaves otherwise than the calendar said is an OutreachError.
    """

    store: Store
    server: Sandbox
    clock: Clock
    log: list[Leaving | Happening] = field(default_factory=list)

    async def play(
        self, happenings: Iterable[Happening], until: datetime, happen: Callable[[Happening], object]
    ) -> None:
        """Send until then; at the time of each happening call `happen`."""
        engine = Engine(self.store, lambda box: Session(box, None), self.clock, this_process())
        for happening in happenings:
            await self._send(engine, happening.at)
            await asyncio.to_thread(happen, happening)
            self.log.append(happening)
        await self._send(engine, until)
        engine.leave()

    async def _send(self, engine: Engine, until: datetime) -> None:
        """Send what is due before `until`. A refusal is news from outside: the calendar is made anew."""
        while await self._follow(engine, until):
            pass
        self.clock.now = until

    async def _follow(self, engine: Engine, until: datetime) -> bool:
        """Do what one calendar says; True if a refusal has made it out of date."""
        for departure in forecast.departures(self.store, self.clock.now, until):
            self.clock.now = departure.at
            leaving = await self._leave(engine, departure)
            self.log.append(leaving)
            if leaving.received is None:
                return True
        return False

    async def _leave(self, engine: Engine, departure: Departure) -> Leaving:
        """One round at the moment of a departure: exactly this letter must come to its turn."""
        before, email = len(self.server.received), departure.track.email
        sent = (await engine.round()).sent.verdicts
        arrived = self.server.received[before:]
        if sent == {Verdict.ACCEPTED: 1} and [each.rcpt_to for each in arrived] == [(email,)]:
            return Leaving(departure, arrived[0])
        person = self.store.read(prospects.get, email)
        last = self.store.read(events.history, prospect_id=person.id, limit=1)[-1] if person else None
        if arrived or sum(sent.values()) != 1 or last is None or last.at != departure.at:
            came = ", ".join(each.rcpt_to[0] for each in arrived) or "nothing"
            said = f"{departure.letter} to {email} on {departure.at:%d %b at %H:%M} UTC"
            raise OutreachError(f"the calendar said {said}, but the mail server got {came}", hint=BUG)
        return Leaving(departure, None, last.kind, str(last.detail["answer"]))
