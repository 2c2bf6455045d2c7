"""Promises about order: the history replayed event by event, each mark held against what came before it."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from outreach.model import OPEN_ENROLLMENT, EnrollmentStatus, MessageStatus, Scope
from outreach.report.audit import Check
from outreach.schedule.zones import day_of
from outreach.store import settings
from outreach.store.records import FOUND
from outreach.store.tables import event, house, message, prospect

Counter_ = Counter[tuple[date, str, str]]
ENDS = tuple(status for status in EnrollmentStatus if status not in OPEN_ENROLLMENT)
LEFT = (MessageStatus.SENT, "settled as sent")
STEPS = (
    *("enrolled", "reopened", "marked", "unmarked", FOUND, "suppressed", "unsuppressed", "paused", "resumed"),
    *(*ENDS, *LEFT),
)


@dataclass(slots=True)
class Replay:
    """What the history says so far, and which marks should not have been."""

    zone: str
    marks: int = 0  # as the store's own counter has it
    marked: int = 0
    suppressed: set[int] = field(default_factory=set)
    ended: set[tuple[str, int]] = field(default_factory=set)
    pauses: dict[tuple[str, str], datetime | None] = field(default_factory=dict)
    left: dict[int, set[int]] = field(default_factory=dict)  # enrollment -> letters that have left
    used: Counter_ = field(default_factory=Counter)
    erased: Counter[date] = field(default_factory=Counter)  # marks whose company was forgotten
    followups: int = 0
    broken: dict[str, list[str]] = field(default_factory=dict)

    def checks(self) -> list[Check]:
        """The promises about order, and whether the marks add up."""
        counter = (f"the store counts {self.marks}, its history {self.marked}",)
        return [
            self._check("suppression", "nothing was marked after its suppression", self.marked),
            self._check("stops", "nothing was marked after its enrollment had ended", self.marked),
            self._check("pauses", "nothing was marked while it was paused", self.marked),
            self._check("order", "no follow-up left before the letter before it", self.followups),
            Check(
                "marks",
                "the store's count of marks is that of its history",
                self.marked,
                counter if self.marks != self.marked else (),
            ),
        ]

    def _check(self, code: str, promise: str, checked: int) -> Check:
        return Check(code, promise, checked, tuple(self.broken.get(code, ())))

    def blame(self, code: str, row: Any) -> None:
        """Take note of a mark that breaks a promise."""
        self.broken.setdefault(code, []).append(f"letter {row.message_id} (event {row.id})")

    def count(self, row: Any, letters: int) -> None:
        """What a mark (1) or an undone one (-1) adds to the caps' counters."""
        day = day_of(row.at, self.zone)
        names = {"mailbox": row.mailbox, "domain": row.mailbox.rpartition("@")[2], "company": row.company}
        if row.first:
            names["new"] = row.campaign
        if "@" not in row.email:
            self.erased[day] += letters
            del names["company"]
        for scope, name in names.items():
            self.used[day, scope, name] += letters


def replay(tx: sa.Connection) -> Replay:
    """Read the whole history in its order."""
    state = Replay(settings.house(tx).timezone, tx.execute(sa.select(house.c.marks)).scalar_one())
    query = (
        sa.select(event.c.id, event.c.at, event.c.kind, event.c.campaign, event.c.prospect_id)
        .add_columns(event.c.message_id, event.c.detail, prospect.c.email)
        .add_columns(message.c.mailbox, message.c.company, message.c.first, message.c.enrollment_id)
        .outerjoin(message, message.c.id == event.c.message_id)
        .outerjoin(prospect, prospect.c.id == event.c.prospect_id)
        .where(event.c.kind.in_(STEPS))
        .order_by(event.c.id)
    )
    for row in tx.execute(query.execution_options(yield_per=2000)):
        _DO[row.kind](state, row)
    return state


def _marked(state: Replay, row: Any) -> None:
    state.marked += 1
    state.count(row, 1)
    if row.prospect_id in state.suppressed:
        state.blame("suppression", row)
    if (row.campaign, row.prospect_id) in state.ended:
        state.blame("stops", row)
    covers = (
        (Scope.ALL, ""),
        (Scope.CAMPAIGN, row.campaign),
        (Scope.MAILBOX, row.mailbox),
        (Scope.PROSPECT, str(row.prospect_id)),
    )
    if any(_holds(state, pause, row.at) for pause in covers):
        state.blame("pauses", row)
    if not row.first:
        state.followups += 1
        if not state.left.get(row.enrollment_id, set()) - {row.message_id}:
            state.blame("order", row)


def _holds(state: Replay, pause: tuple[str, str], at: datetime) -> bool:
    if pause not in state.pauses:
        return False
    until = state.pauses[pause]
    return until is None or until > at


def _unmarked(state: Replay, row: Any) -> None:
    state.count(row, -1)


def _suppressed(state: Replay, row: Any) -> None:
    state.suppressed.add(row.prospect_id)


def _unsuppressed(state: Replay, row: Any) -> None:
    state.suppressed.discard(row.prospect_id)


def _ended(state: Replay, row: Any) -> None:
    state.ended.add((row.campaign, row.prospect_id))


def _reopened(state: Replay, row: Any) -> None:
    """They joined, perhaps again, or the launch that had stopped them was undone."""
    state.ended.discard((row.campaign, row.prospect_id))


def _left(state: Replay, row: Any) -> None:
    state.left.setdefault(row.enrollment_id, set()).add(row.message_id)


def _found(state: Replay, row: Any) -> None:
    """It was marked in a store that is gone, and counts for the caps of its day."""
    state.count(row, 1)
    _left(state, row)


def _paused(state: Replay, row: Any) -> None:
    if row.detail:  # what an erased person's pause said is forgotten, with the person
        until = json.loads(row.detail)["until"]
        state.pauses[_pause(row)] = datetime.fromisoformat(until) if until else None


def _resumed(state: Replay, row: Any) -> None:
    if row.detail:
        state.pauses.pop(_pause(row), None)


def _pause(row: Any) -> tuple[str, str]:
    detail = json.loads(row.detail)
    name = str(row.prospect_id) if detail["scope"] == Scope.PROSPECT else detail["name"]
    return detail["scope"], name


_DO: dict[str, Callable[[Replay, Any], None]] = {
    "marked": _marked,
    "unmarked": _unmarked,
    FOUND: _found,
    "suppressed": _suppressed,
    "unsuppressed": _unsuppressed,
    "paused": _paused,
    "resumed": _resumed,
    "enrolled": _reopened,
    "reopened": _reopened,
    **dict.fromkeys(ENDS, _ended),
    **dict.fromkeys(LEFT, _left),
}
