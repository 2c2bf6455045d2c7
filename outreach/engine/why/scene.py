"""What every explanation looks at: settings, caps, pauses, the sender, and the calendar, each read once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property

from outreach.campaign import Workspace
from outreach.engine import forecast
from outreach.engine.revisions import Revisions
from outreach.model import Scope
from outreach.report.explained import Outcome, Rule
from outreach.report.sender import sender_value
from outreach.report.standing import SENDER, Pause
from outreach.schedule.calendar import Departure
from outreach.schedule.picker import Usage
from outreach.store import Store, claims, leases, queue, settings, status, suppressions
from outreach.store.settings import Desk, House

HORIZON = timedelta(days=400)  # no window is searched for longer


class Scene:
    """The store and the files at one moment."""

    def __init__(self, store: Store, workspace: Workspace | None, now: datetime) -> None:
        self.store, self.workspace, self.now = store, workspace, now
        self.files = workspace.campaigns if workspace else {}
        self.revisions = Revisions(store)
        self.passed: list[Departure] = []  # what the calendar has played so far, in order

    @cached_property
    def house(self) -> House:
        return self.store.read(settings.house)

    @cached_property
    def desks(self) -> dict[str, Desk]:
        return {desk.mailbox.address: desk for desk in self.store.read(settings.desks)}

    @cached_property
    def used(self) -> Usage:
        """What has been used of today's caps."""
        return self.store.read(queue.used, self.now, self.house.timezone)

    @cached_property
    def pauses(self) -> list[Pause]:
        return self.store.read(status.pauses, self.now)

    @cached_property
    def _calendar(self) -> Iterator[Departure]:
        return forecast.calendar(self.store, self.now, without_answers=True).departures(self.now + HORIZON)

    def departure(self, campaign: str, email: str = "") -> Departure | None:
        """The next letter of a campaign (to that person), as the calendar has it."""

        def wanted(each: Departure) -> bool:
            return each.track.campaign == campaign and email in ("", each.track.email)

        found = next(filter(wanted, self.passed), None)
        while found is None:
            following = next(self._calendar, None)
            if following is None:
                return None
            self.passed.append(following)
            found = following if wanted(following) else None
        return found

    def suppression(self, email: str) -> Rule:
        """Whether an address may be written to at all."""
        found = self.store.read(suppressions.find, self.store.key, email)
        if found is None:
            return Rule("suppression", Outcome.YES)
        facts = {"reason": found.reason, "kind": found.kind, "value": found.value}
        return Rule("suppression", Outcome.STOPS, facts, found.at)

    def paused(self, campaign: str, mailbox: str, email: str) -> list[Rule]:
        """The pauses that cover a letter, the widest first."""
        names = {
            Scope.ALL: "",
            Scope.CAMPAIGN: campaign,
            Scope.MAILBOX: mailbox,
            Scope.PROSPECT: email,
        }
        return [pause_rule(each) for each in self.pauses if each.name == names[each.scope]]

    def sender(self) -> Rule:
        """Whether anybody sends."""
        workers, last = self.store.read(leases.workers), self.store.read(leases.last_heartbeat)
        facts = sender_value(workers, self.now, last)
        return Rule("sender", Outcome.YES if facts["running"] else Outcome.WAITS, facts, last)

    def inbox(self, address: str, *, due: bool) -> Rule:
        """Whether a follow-up may rely on every answer having been seen; `due`: it waits for nothing else."""
        desk = self.desks[address]
        facts = {"mailbox": address, "answers": desk.mailbox.answers}
        if claims.fresh(desk.mailbox, desk.inbox_read_at, self.now):
            outcome = Outcome.YES
        else:  # a sender reads it again before the letter is due
            outcome = Outcome.WAITS if due or desk.inbox_read_at is None else Outcome.NOTE
        return Rule("inbox", outcome, facts, desk.inbox_read_at)


def pause_rule(pause: Pause) -> Rule:
    """A pause in force as a rule; a mailbox that the program itself paused is resting."""
    resting = pause.scope is Scope.MAILBOX and pause.actor == SENDER
    facts = {
        "scope": pause.scope,
        "name": pause.name,
        "reason": pause.reason,
        "actor": pause.actor,
        "until": pause.until,
    }
    return Rule("rest" if resting else "pause", Outcome.WAITS, facts, pause.at)
