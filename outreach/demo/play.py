"""Three weeks of sending in seconds: the clock steps from departure to departure, and answers come in between."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from outreach.demo.cast import Reaction
from outreach.demo.mails import Letter
from outreach.engine import forecast
from outreach.engine.process import this_process
from outreach.engine.rounds import Engine
from outreach.errors import OutreachError
from outreach.mailbox.sandbox import Received, Sandbox
from outreach.mailbox.smtp import Session
from outreach.model import Kind, MessageStatus
from outreach.schedule.calendar import Departure
from outreach.schedule.zones import zone
from outreach.sequence import Verdict
from outreach.store import Store, events, inbox, prospects, status, suppressions

BUG = "this is a bug of outreach: please report it"
BEYOND = timedelta(days=14)  # the calendar is looked at for so long after the end: who still gets a letter


@dataclass(slots=True)
class Clock:
    """The virtual time, aware, in UTC."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


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


@dataclass(frozen=True, slots=True)
class Came:
    """A mail that came back, and what the program made of it, as the store and the calendar show it.

    `kind` is what it was read as, None if it was not kept; then nothing else is set. `gone` are the people whose
    letters it took from the calendar. Who `rests` gets nothing before `until`; without that, until a person
    decides.
    """

    at: datetime
    reaction: Reaction
    kind: Kind | None = None
    email: str = ""  # whose it is
    text: str = ""
    why: str = ""
    successor: str = ""
    returns_on: date | None = None
    waiting: bool = False
    suppressed: bool = False
    gone: tuple[str, ...] = ()
    rests: bool = False
    until: datetime | None = None


_SAID = ("email", "text", "why", "successor", "returns_on", "waiting")  # as `inbox.listed` gives it


@dataclass(frozen=True, slots=True)
class _Coming:
    """A mail on its way back."""

    at: datetime
    reaction: Reaction
    letter: Letter


@dataclass(slots=True)
class Play:
    """A launched campaign, sent to the sandbox under a virtual clock. `log` has all that happened, in order.

    Whatever leaves otherwise than the calendar said is an OutreachError. The calendar is made anew when something
    came from outside: an answer, or a server's refusal.
    """

    store: Store
    server: Sandbox
    clock: Clock
    until: datetime
    log: list[Leaving | Came] = field(default_factory=list)
    _coming: list[_Coming] = field(default_factory=list)

    async def play(self, reactions: Iterable[Reaction], take: Callable[[bytes], object]) -> None:
        """Send until the end. What a letter sets off comes back at its time and is given to `take`."""
        reacts = {(each.email, each.step): each for each in reactions}
        engine = Engine(self.store, lambda box: Session(box, None), self.clock, this_process())
        foretold = self._foretell()
        while self.clock.now < self.until:
            turn = min([each.at for each in foretold[:1]] + [self.until])
            back = min(self._coming, key=lambda each: each.at, default=None)
            if back and back.at <= turn:
                self._coming.remove(back)
                foretold = await self._receive(back, foretold, take)
            elif turn < self.until:
                leaving = await self._leave(engine, foretold[0])
                self.log.append(leaving)
                foretold = foretold[1:] if leaving.received else self._foretell()
                self._set_off(leaving, reacts)
            else:
                self.clock.now = turn
        engine.leave()

    def _set_off(self, leaving: Leaving, reacts: Mapping[tuple[str, int], Reaction]) -> None:
        """Let a letter's reader react."""
        reaction = reacts.get((leaving.email, leaving.departure.step))
        if reaction and leaving.received:
            letter = Letter(leaving.received.data)
            self._coming.append(_Coming(leaving.at + reaction.after, reaction, letter))

    def _foretell(self) -> list[Departure]:
        """The calendar as of now."""
        return forecast.departures(self.store, self.clock.now, self.until + BEYOND)

    async def _receive(
        self, back: _Coming, foretold: Sequence[Departure], take: Callable[[bytes], object]
    ) -> list[Departure]:
        """Let a mail come back; the calendar after it."""
        known = self._kept()
        self.clock.now = back.at
        await asyncio.to_thread(take, back.reaction.write(back.letter, back.at))
        after = self._foretell()
        number = self._kept()
        self.log.append(
            self._came(back, number, foretold, after) if number != known else Came(back.at, back.reaction)
        )
        return after

    def _came(
        self, back: _Coming, number: int, before: Sequence[Departure], after: Sequence[Departure]
    ) -> Came:
        """What the program made of a mail that it has kept, by the calendar before and after it."""
        row = self.store.read(inbox.listed, number=number)[0]
        email = str(row["email"])
        rests = [each for each in self.store.read(status.pauses, back.at) if each.name == email]
        still = {each.track.email for each in after}
        where = next((zone(each.track.zone) for each in (*after, *before) if each.track.email == email), UTC)
        gone = dict.fromkeys(each.track.email for each in before if each.track.email not in still)
        return Came(
            back.at,
            back.reaction,
            Kind(row["kind"]),
            **{name: row[name] for name in _SAID},
            suppressed=self.store.read(suppressions.find, self.store.key, email) is not None,
            gone=() if rests else tuple(gone),
            rests=bool(rests),
            until=rests[0].until.astimezone(where) if rests and rests[0].until else None,
        )

    def _kept(self) -> int:
        """The number of the newest mail that the program has kept."""
        rows = self.store.read(inbox.listed, limit=1)
        return int(rows[0]["id"]) if rows else 0

    async def _leave(self, engine: Engine, departure: Departure) -> Leaving:
        """One round at the moment of a departure: exactly this letter must come to its turn."""
        self.clock.now = departure.at
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
