"""The operator is told: a daily digest, alerts at once, and a heartbeat. Never at the cost of the sending."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex

from outreach.campaign import Notify
from outreach.compose import reply
from outreach.engine import heartbeat, notices, standing
from outreach.engine.notices import Notice
from outreach.engine.sending import Clock, Line
from outreach.errors import OutreachError, StoreError
from outreach.model import Deferred, Mailbox, Outgoing, Rejected
from outreach.report import digest
from outreach.report.digest import Digest
from outreach.report.needs import needs
from outreach.report.standing import Standing
from outreach.schedule.zones import day_of, zone
from outreach.store import Store, events, inbox, memo

DIGEST, ALERTS, FAILED = "digest", "alerts", "notify failed"
ACTOR = "sender"
BEAT = timedelta(minutes=1)
AGAIN = timedelta(minutes=30)  # until a mail that could not be sent is tried again
PATIENCE = 60.0  # seconds for one mail
MOST = 50  # waiting mails that are looked at
# Some say that a mail was made by a program in no other way, and an absence note to it helps nobody (RFC 3834).
AUTOMATIC = b"Auto-Submitted: auto-generated\r\n"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who is told, and from where.

    `notify` is what the files said when the sender started, `mailboxes` those that may send its mails, the best
    first; `lacking` those of the store without a password, with the ways to give it; `edited` the campaigns whose
    files differ from what was launched.
    """

    notify: Notify
    mailboxes: Sequence[Mailbox]
    zone: str
    lacking: Mapping[str, str]
    edited: Callable[[], Mapping[str, int]]


class Notifier:
    """Tells the people of [notify] how things stand. `turn` is called about once a minute, or once a run.

    Several senders may have one on the same store: who is first to write it down tells.

    :param line: a connection of a mailbox, not yet open.
    """

    def __init__(
        self, store: Store, operator: Operator, line: Callable[[Mailbox], Line], clock: Clock
    ) -> None:
        self._store, self._operator, self._line, self._clock = store, operator, line, clock
        self._beaten_at: datetime | None = None
        self._beat_failed = self._trouble = ""

    async def turn(self, *, well: bool) -> list[str]:
        """Send what is to be sent now, and the heartbeat if all went `well`; lines about what could not be."""
        told: list[str] = []
        if well and self._operator.notify.heartbeat:
            told += await self._beat()
        try:
            if self._operator.notify.to and not await asyncio.to_thread(self._rests):
                told += await self._mails()
        except StoreError:
            pass  # the rounds tell
        except OutreachError as exc:
            told += self._once(f"no mail about how things stand: {exc.message}")
        return told

    def _once(self, trouble: str) -> list[str]:
        new, self._trouble = trouble != self._trouble, trouble
        return [trouble] if new else []

    async def _beat(self) -> list[str]:
        now = self._clock()
        if self._beaten_at and timedelta(0) <= now - self._beaten_at < BEAT:
            return []
        self._beaten_at = now
        trouble = await asyncio.to_thread(heartbeat.call, self._operator.notify.heartbeat)
        new, self._beat_failed = trouble != self._beat_failed, trouble
        return [trouble] if trouble and new else []

    def _rests(self) -> bool:
        """Whether mails failed just now: then they wait a while."""
        failed = self._store.read(memo.get, FAILED)
        at = datetime.fromisoformat(json.loads(failed)["at"]) if failed else None
        return at is not None and timedelta(0) <= self._clock() - at < AGAIN

    async def _mails(self) -> list[str]:
        told = []
        if self._operator.notify.digest is not None and not await asyncio.to_thread(self._held):
            told += await self._digest()
        if self._operator.notify.alerts and not told:
            told += await self._alert()
        return told

    def _held(self) -> bool:
        """Whether the store is held: what it says may be old, and may have been told before it was restored."""
        return bool(standing.held(self._store, self._clock()))

    async def _digest(self) -> list[str]:
        before = await asyncio.to_thread(self._claim_digest)
        if before is None:
            return []
        sent = False
        try:
            made = await asyncio.to_thread(self._made, before)
            sent, told = await self._send(digest.subject(made), digest.text(made))
        finally:
            if not sent:
                await asyncio.to_thread(self._store.write, memo.put, DIGEST, before)
        return told

    def _claim_digest(self) -> str | None:
        """What was remembered of the digest before, where today's is due and nobody else sends it; or None."""
        now = self._clock()
        local, today = now.astimezone(zone(self._operator.zone)), day_of(now, self._operator.zone).isoformat()
        assert self._operator.notify.digest is not None
        if local.time() < self._operator.notify.digest:
            return None

        def decide(known: str) -> tuple[str, str | None]:
            if known and json.loads(known)["day"] >= today:
                return known, None
            return json.dumps({"day": today, "at": now.isoformat()}), known

        if decide(self._store.read(memo.get, DIGEST))[1] is None:
            return None
        return self._store.write(memo.change, DIGEST, decide)

    def _made(self, before: str) -> Digest:
        """The digest since the one before; the first looks back a day."""
        now, where = self._clock(), self._operator.zone
        since = datetime.fromisoformat(json.loads(before)["at"]) if before else now - timedelta(days=1)
        found = standing.look(self._store, now, where, since, tonight=True)
        found = replace(found, lacking=self._operator.lacking)
        ahead = digest.Ahead(*standing.letters_ahead(self._store, now, where))
        return Digest(found, ahead, self._operator.edited())

    async def _alert(self) -> list[str]:
        ready = await asyncio.to_thread(self._claim_alerts)
        if not ready:
            return []
        sent, told = False, list[str]()
        try:
            subject = digest.alert_subject([each.text for each in ready])
            text = digest.alert(
                [(each.text, each.command) for each in ready], self._clock(), self._operator.zone
            )
            sent, told = await self._send(subject, text)
        finally:
            if not sent:
                undo = partial(notices.untold, notices=ready)
                await asyncio.to_thread(self._store.write, memo.change, ALERTS, undo)
        return told

    def _claim_alerts(self) -> tuple[Notice, ...]:
        """What to tell now, written down as told."""
        now = self._clock()
        today = day_of(now, self._operator.zone)
        watched = replace(
            standing.watch(self._store, now, self._operator.zone), lacking=self._operator.lacking
        )
        held = bool(watched.hold)
        codes = (notices.HELD,) if held else notices.AT_ONCE
        at_once = [each for each in needs(watched) if each.code in codes]
        mails = [] if held else waiting(self._store, watched)
        found = [*notices.of_needs(at_once), *mails]
        cut = held or len(mails) == MOST  # of very many mails the oldest are not looked at

        def decide(known: str) -> tuple[str, tuple[Notice, ...]]:
            return notices.due(known, found, now, today, partial=cut)

        known = self._store.read(memo.get, ALERTS)
        if decide(known)[0] == known or not (known or found):
            return ()
        return self._store.write(memo.change, ALERTS, decide)

    async def _send(self, subject: str, text: str) -> tuple[bool, list[str]]:
        """Send a mail to everybody who is to have it; whether anybody has it, and what went wrong."""
        sent, troubles = False, dict[str, None]()
        for to in self._operator.notify.to:
            trouble = await self._to(to, subject, text)
            sent = sent or not trouble
            if trouble:
                troubles[f"no mail to {to}: {trouble}"] = None
        told = await asyncio.to_thread(self._note, sent, subject, list(troubles))
        return sent, told

    async def _to(self, to: str, subject: str, text: str) -> str:
        """Send a mail from the first mailbox that can; "" or why none could."""
        trouble = "there is no mailbox to send it from"
        for box in self._operator.mailboxes:
            trouble = await self._from(box, to, subject, text)
            if not trouble:
                return ""
        return trouble

    async def _from(self, box: Mailbox, to: str, subject: str, text: str) -> str:
        outgoing = Outgoing(f"<{token_hex(16)}@{box.domain}>", to, "", subject, text, None)
        try:
            raw = AUTOMATIC + reply.compose(outgoing, replace(box, name="outreach"), self._clock())
            line = self._line(box)
        except OutreachError as exc:
            return exc.message
        begun = asyncio.Event()
        try:
            async with asyncio.timeout(PATIENCE):
                return await _hand_over(line, to, raw, begun)
        except TimeoutError:
            # With its body under way it may have arrived: one mail too few is better than one every half hour.
            return "" if begun.is_set() else f"the server of {box.address} is slow"
        finally:
            await line.close()

    def _note(self, sent: bool, subject: str, troubles: list[str]) -> list[str]:
        """Write down that a mail was sent, or that it could not be; the troubles, where they are new."""
        now = self._clock()
        known = self._store.read(memo.get, FAILED)
        before: list[str] = json.loads(known)["told"] if known else []
        if sent:
            to = ", ".join(self._operator.notify.to)
            self._store.write(lambda tx: events.log(tx, now, "notified", actor=ACTOR, reason=subject, to=to))
        failed = "" if sent else json.dumps({"at": now.isoformat(), "told": troubles})
        if failed != known:
            self._store.write(memo.put, FAILED, failed)
        return [each for each in troubles if each not in before]


async def _hand_over(line: Line, to: str, raw: bytes, begun: asyncio.Event) -> str:
    """Offer a mail once; "" or why the server did not take it. `begun` is set before its body leaves."""
    refusal = await line.open() or await line.offer(to, len(raw))
    if refusal is not None:
        return refusal.text
    begun.set()
    answer = await line.body(raw)
    return answer.text if isinstance(answer, Deferred | Rejected) else ""


def waiting(store: Store, found: Standing) -> list[Notice]:
    """The mails that wait for a person, each as something to tell."""
    today = day_of(found.now, found.zone)
    return list(notices.of_mails(store.read(inbox.listed, today=today, limit=MOST)))
