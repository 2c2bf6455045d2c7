"""How things stand, as values: what `status` shows and what explains that nothing leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from outreach.errors import Problem
from outreach.model import CampaignStatus, EnrollmentStatus, Kind, Scope
from outreach.report.sender import Beat

SENDER = "sender"  # the actor of what the program does by itself


@dataclass(frozen=True, slots=True)
class Next:
    """The next letter to leave: when, which, to whom."""

    at: datetime
    email: str
    letter: str
    campaign: str
    mailbox: str


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause in force. `name` is the campaign, mailbox or person it stops, "" for everything."""

    scope: Scope
    name: str
    reason: str
    actor: str
    at: datetime
    until: datetime | None

    @property
    def needs_you(self) -> bool:
        """Whether the program stopped by itself and cannot go on by itself."""
        return self.actor == SENDER and self.until is None


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox today. `cap` is what the ramp allows, `full` which cap is used up ("mailbox", "domain", "").

    Letters that are scheduled and not paused: `waiting` all, `ready` those whose window is open now,
    `due` those for which only their window has still to open, `follow_ups` those that are no first letters.
    `reads` is False where its answers are not known, `inbox_trouble` why they could not be read.
    """

    address: str
    per_day: int
    cap: int
    used: int
    full: str
    ramp: bool
    reads: bool
    waiting: int = 0
    ready: int = 0
    due: int = 0
    follow_ups: int = 0
    opens_at: datetime | None = None  # when the first window of its letters opens, if that is ahead
    slot: datetime | None = None  # when it may send again, for its gap
    elsewhere: int = 0  # letters that another sender has in hand
    next: Next | None = None
    inbox_trouble: str = ""
    away: date | None = None  # the last day of its being away; None if it is not
    setbacks: int = 0  # tries in a row that failed because of the mailbox or its server


@dataclass(frozen=True, slots=True)
class Tonight:
    """Who would join a nightly campaign next: so many people, and so many who match are held back."""

    people: int
    held: int


@dataclass(frozen=True, slots=True)
class Course:
    """A campaign that was launched: people by status, letters that wait.

    `tonight` is None where nobody joins by itself, or where there are too many people to look through. A
    `pilot` has enroll = nightly, and nobody joins it before it is launched as a whole.
    """

    stem: str
    name: str
    status: CampaignStatus
    people: Mapping[EnrollmentStatus, int]
    waiting: int
    nightly: bool
    next: Next | None = None
    tonight: Tonight | None = None
    pilot: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """Letters since a moment, by what came of offering them."""

    first: int = 0
    follow_ups: int = 0
    deferred: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class CameBack:
    """What came back, by kind; `interested` are how many of the replies show interest."""

    kinds: Mapping[Kind, int] = field(default_factory=dict)
    interested: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """People whose sequence was ended before its last letter: by what, why, how many."""

    status: EnrollmentStatus
    reason: str
    people: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Letters held for one reason, with one of the people concerned."""

    reason: str
    letters: int
    email: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that the status shows, at one moment."""

    now: datetime
    since: datetime
    zone: str
    hold: str  # why the store as a whole must not send; "" if it may
    sent: Counted
    ended: Sequence[Ended]
    uncertain: int
    held: Sequence[Kept]
    pauses: Sequence[Pause]
    boxes: Sequence[Box]
    courses: Sequence[Course]
    workers: Sequence[Beat]
    last_alive: datetime | None
    overdue: datetime | None  # since when the longest waiting letter might have left
    lacking: Mapping[str, str] = field(
        default_factory=dict
    )  # mailboxes without a password: the ways to give it
    outdated: Sequence[str] = ()  # mailboxes whose servers are others in outreach.toml than were launched
    answers: int = 0  # mails that came back and wait for a person
    came_back: CameBack = CameBack()
    limit: int = 0  # a run ended because so many letters were through, and more could leave
    configured: int = 0  # mailboxes in outreach.toml
    broken: Sequence[Problem] = ()  # what is wrong in outreach.toml

    @property
    def waiting(self) -> int:
        """Letters that wait for their time, paused ones too."""
        return sum(each.waiting for each in self.courses)

    @property
    def next(self) -> Next | None:
        """The first letter to leave."""
        return min((box.next for box in self.boxes if box.next), key=lambda each: each.at, default=None)
