"""An answer to "why?" as values: the chain of rules behind what is, will be or won't be sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from outreach.model import Delivery, Event, Message


class Outcome(StrEnum):
    """What a rule says: go, not yet, not without a person, or just something to know."""

    YES = "ok"
    WAITS = "waits"
    STOPS = "stops"
    NOTE = "note"


DOING = ("inbox", "sender")
_SEGMENT = {True: 0, None: 1, False: 2}  # how far its result leaves somebody from a campaign


@dataclass(frozen=True, slots=True)
class Rule:
    """One link of the chain: a stable name, what it says, the facts it stands on, and its time if it has one."""

    rule: str
    outcome: Outcome
    facts: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """The rules that one campaign holds for a person, in order, and what they come to.

    `at` is when the next `letter` leaves as the calendar has it, `not_before` the earliest where no date
    can be given.
    """

    campaign: str
    rules: Sequence[Rule]
    letter: str = ""
    at: datetime | None = None
    not_before: datetime | None = None

    @property
    def joined(self) -> bool:
        """Whether somebody is or was in that campaign."""
        return any(rule.rule == "enrolled" for rule in self.rules)

    @property
    def because(self) -> Rule | None:
        """The rule that decides: what stops it, else what it waits for."""
        by_outcome = [
            next((rule for rule in self.rules if rule.outcome is outcome), None)
            for outcome in (Outcome.STOPS, Outcome.WAITS)
        ]
        return by_outcome[0] or by_outcome[1]

    @property
    def against(self) -> Rule | None:
        """What must be done before the date holds: start a sender, read the inbox."""
        return next(
            (rule for rule in self.rules if rule.rule in DOING and rule.outcome is Outcome.WAITS), None
        )


@dataclass(frozen=True, slots=True)
class Person:
    """Why somebody gets what they get: one chain a campaign, the one that decides first."""

    email: str
    chains: Sequence[Chain]
    history: Sequence[Event] = ()


@dataclass(frozen=True, slots=True)
class Life:
    """A letter's life: what it is, its chain while it is open, every attempt to send it."""

    message: Message
    chain: Chain | None
    deliveries: Sequence[Delivery]
    history: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Line:
    """What a campaign's queue waits for: letters by reason, who is next, how its people stand."""

    campaign: str
    status: str
    waits: Sequence[Rule]  # each with `letters` among its facts
    sender: Rule
    people: Mapping[str, int]
    email: str = ""
    letter: str = ""
    at: datetime | None = None
    history: Sequence[Event] = ()


Answer: TypeAlias = Person | Life | Line


def deciding(chains: Sequence[Chain]) -> Chain | None:
    """The chain that answers for all: the one with the next date, else one that waits, else one of a campaign
    they are or were in, else that of the campaign they come nearest to joining.
    """
    dated = [chain for chain in chains if chain.at]
    later = [chain for chain in chains if chain.not_before]
    waiting = [chain for chain in chains if chain.because and chain.because.outcome is Outcome.WAITS]
    if dated:
        return min(dated, key=lambda chain: (chain.at, chain.campaign))
    if later:
        return min(later, key=lambda chain: (chain.not_before, chain.campaign))
    return next(iter([*waiting, *sorted(chains, key=_far)]), None)


def _far(chain: Chain) -> tuple[int, ...]:
    """How far somebody is from a campaign. One that has ended, or whose files have problems, takes nobody."""
    if chain.joined:
        return (0,)
    stops = [rule.rule for rule in chain.rules if rule.outcome is Outcome.STOPS]
    results = [_SEGMENT[rule.facts["result"]] for rule in chain.rules if rule.rule == "segment"]
    closed = "campaign" in stops or "files" in stops
    return (1, closed, *(results or [len(_SEGMENT)]), "exclude" in stops)
