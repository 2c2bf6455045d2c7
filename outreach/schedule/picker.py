"""The picker: of the letters that may leave now, which one does. The claim and the calendar both call it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from outreach.model import Limits


@dataclass(frozen=True, slots=True)
class Due:
    """A letter that waits in a mailbox. `first` is True for a sequence's first letter.

    `new_per_day` caps the first letters of its campaign, None if nothing does.
    """

    id: int
    mailbox: str
    company: str
    campaign: str
    first: bool
    new_per_day: int | None
    due_at: datetime
    opens_at: datetime
    closes_at: datetime

    @property
    def order(self) -> tuple[bool, datetime, int]:
        """Who goes first: follow-ups before first letters, then the longest wait, then the older row."""
        return (self.first, self.due_at, self.id)


@dataclass(slots=True)
class Usage:
    """What has been used of a day's caps, in letters: by mailbox, sending domain, company, new in a campaign."""

    day: date
    mailboxes: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)
    companies: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)

    def count(self, mailbox: str, company: str, campaign: str, *, first: bool, letters: int = 1) -> None:
        """Take note of letters that left (or are about to)."""
        self.mailboxes[mailbox] += letters
        self.domains[mailbox.rpartition("@")[2]] += letters
        self.companies[company] += letters
        if first:
            self.new[campaign] += letters

    def allows(self, due: Due, limits: Limits) -> bool:
        """Whether the caps of the letter's company and campaign leave room for it today."""
        if self.companies[due.company] >= limits.company_per_day:
            return False
        return not due.first or due.new_per_day is None or self.new[due.campaign] < due.new_per_day


def mailbox_full(mailbox: str, mailbox_cap: int, limits: Limits, usage: Usage) -> str:
    """Which cap stops this mailbox for the rest of the day: "mailbox", "domain" or ""."""
    if usage.mailboxes[mailbox] >= mailbox_cap:
        return "mailbox"
    if usage.domains[mailbox.rpartition("@")[2]] >= limits.domain_per_day:
        return "domain"
    return ""


def pick(candidates: Iterable[Due], moment: datetime, limits: Limits, usage: Usage) -> Due | None:
    """The first of `candidates` (in `Due.order`) that may leave at `moment`; None if none may.

    The caller has asked `mailbox_full` and `next_slot` before: they concern the mailbox, not the letter.
    """
    for due in candidates:
        if due.opens_at <= moment < due.closes_at and usage.allows(due, limits):
            return due
    return None
