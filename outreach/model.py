"""The nouns: frozen dataclasses and enums, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool | date
"""What a prospect's field may hold. A missing or empty field is absent, never None or ''."""

Fields: TypeAlias = Mapping[str, Value]


class FieldType(StrEnum):
    """The type of a prospect field, fixed when it is first imported."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"


class EnrollmentStatus(StrEnum):
    """Where one prospect stands in one campaign. Only `active` gets letters."""

    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    REPLIED = "replied"
    BOUNCED = "bounced"
    OPTED_OUT = "opted_out"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"  # their launch was undone: as if they never had joined


class MessageStatus(StrEnum):
    """Where one letter to one prospect stands."""

    SCHEDULED = "scheduled"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"
    HELD = "held"


OPEN_ENROLLMENT = (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)
OPEN_MESSAGE = (
    MessageStatus.SCHEDULED,
    MessageStatus.CLAIMED,
    MessageStatus.SENDING,
    MessageStatus.UNCERTAIN,
    MessageStatus.HELD,
)


class CampaignStatus(StrEnum):
    """A campaign exists in the store from its first launch on."""

    LAUNCHED = "launched"
    PAUSED = "paused"
    ENDED = "ended"


class Kind(StrEnum):
    """What a mail that came back is: exactly one of these."""

    REPLY = "reply"
    AUTO_REPLY = "auto_reply"
    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCE = "soft_bounce"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    COMPLAINT = "complaint"
    OPT_OUT = "opt_out"
    CHALLENGE = "challenge"
    MOVED = "moved"
    UNRELATED = "unrelated"


class Scope(StrEnum):
    """What a pause or a hold reaches."""

    ALL = "all"
    CAMPAIGN = "campaign"
    MAILBOX = "mailbox"
    PROSPECT = "prospect"


@dataclass(frozen=True, slots=True)
class Prospect:
    """A person we may write to. `email` is lower case with an ASCII domain; `company` is the company key."""

    id: int
    email: str
    company: str
    fields: Fields
    source: str = ""
    basis: str = ""
    created_at: datetime | None = None

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who stands behind every letter: `[sender]` of outreach.toml."""

    company: str
    address: str
    country: str
    timezone: str
    privacy_url: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """The pause between two letters of a mailbox: a seeded draw between the two."""

    low: timedelta
    high: timedelta

    @property
    def none(self) -> bool:
        return self.high <= timedelta(0)


@dataclass(frozen=True, slots=True)
class Delay:
    """Time between a letter's actual send and the next step's: `business_days` skip weekends and holidays."""

    days: int = 0
    business: bool = False
    seconds: int = 0

    def __str__(self) -> str:
        if self.seconds:
            hours = self.seconds / 3600
            return f"{hours:g} hours" if hours >= 1 else f"{self.seconds / 60:g} min"
        unit = "business day" if self.business else "day"
        return f"{self.days} {unit}{'' if self.days == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Window:
    """When letters may leave: weekdays (Monday is 0), from-to in local time, no holidays or blackout dates.

    `timezone` is "prospect" or a zone name. `start` is included, `end` is not; `end` 00:00 means midnight.
    Nothing leaves before `first_day`.
    """

    days: frozenset[int] = frozenset(range(5))
    start: time = time(9)
    end: time = time(17)
    timezone: str = "prospect"
    blackout: frozenset[date] = frozenset()
    holidays: bool = True
    first_day: date | None = None


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A sending account as `[[mailbox]]` describes it. URLs hold no secret."""

    address: str
    name: str
    title: str = ""
    phone: str = ""
    smtp: str = ""
    imap: str = ""
    answers: str = "imap"  # or "manual": answers are entered with `prospects mark`
    per_day: int = 30
    gap: Gap = Gap(timedelta(minutes=3), timedelta(minutes=10))
    connections: int = 1
    ramp: bool = True
    password_file: str = ""
    plus: bool = False  # takes mail to name+anything@: reports are addressed so, and name their letter
    own_relay: bool = False  # a mail server of one's own: lifts the ceilings on cap, gap and connections
    owner: str = ""  # the seller whose mailbox it is: writes to the people whose `owner` that is
    away: frozenset[date] = frozenset()  # days, in the zone of the caps, on which it sends nothing
    ramp_from: int = 5  # letters on its first day: more for a mailbox that people have long written from

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps beyond the single mailbox: `[limits]` of outreach.toml. Letters a day unless said otherwise."""

    company_per_day: int = 2
    company_people: int = 3  # people of one company in one campaign
    domain_per_day: int = 100  # from all mailboxes of one sending domain
    reply_stops: str = "company"  # whose letters a reply stops; "person", or "30 days" for the colleagues
    cool_off_days: int = 180  # how long after another campaign's last letter somebody may join a new one


@dataclass(frozen=True, slots=True)
class Step:
    """One place of a sequence: the letter's stem and the delay since the letter before it."""

    letter: str
    after: Delay = Delay()
    was: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Rendered text [start, end) comes from a template's file, line and column (1-based)."""

    start: int
    end: int
    file: str
    line: int
    column: int
    field: str = ""  # the expression that produced it; empty for the letter's own words


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader gets: subject (None: same thread as the letter before), text, and HTML if any."""

    subject: str | None
    text: str
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered letter with, for its subject and text, the map back to the template."""

    content: Content
    subject_map: tuple[Span, ...] = ()
    text_map: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """A prospect or message kept back: a code for grouping, the reason for people, and the fix."""

    code: str
    reason: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Everything of one message that its bytes are made from, but for the date."""

    message_id: str
    to_email: str
    to_name: str
    subject: str
    text: str
    html: str | None
    references: tuple[str, ...] = ()  # Message-IDs of this thread, oldest first
    unsubscribe: str = ""  # opaque token for List-Unsubscribe


@dataclass(frozen=True, slots=True)
class Message:
    """One letter to one prospect, as the store keeps it. `message_id` is its Message-ID, `thread` those before it.

    `email` is "erased-ID" and the texts are empty once the prospect was erased; `tries` counts deferrals.
    """

    id: int
    enrollment_id: int
    prospect_id: int
    email: str
    campaign: str
    revision: int
    letter: str
    first: bool
    mailbox: str
    company: str
    message_id: str
    thread: tuple[str, ...]
    to_name: str
    subject: str
    text: str
    html: str | None
    status: MessageStatus
    reason: str
    due_at: datetime
    opens_at: datetime
    closes_at: datetime
    marked_at: datetime | None
    sent_at: datetime | None
    tries: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to send a message and what the server said. `marked_at` is None: no body left."""

    at: datetime
    mailbox: str
    outcome: str
    code: int | None
    answer: str
    marked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder was read: everything up to `uid`, as long as the folder's UIDVALIDITY is `validity`."""

    folder: str
    validity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address or domain that must not be written to. `value` is empty after an erasure: the hash stays."""

    id: int
    kind: str
    value: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the store's history, in commit order; `why` and `audit` read it."""

    id: int
    at: datetime
    kind: str
    actor: str
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took the letter: its 2xx answer to the final dot."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """The server said not now (4xx). The letter is not out and may be offered again.

    `stage` is connect, auth, mail, rcpt, data or body; `enhanced` the RFC 3463 code, "" if it gave none;
    `text` what it said, one clean line.
    """

    stage: str
    code: int
    enhanced: str
    text: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The server said no (5xx). The letter is not out; the same request must not be repeated by itself."""

    stage: str
    code: int
    enhanced: str
    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The body began to leave and no answer came: the letter may be out. Never offered again by itself."""

    stage: str
    text: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The mailbox's server could not be used before any body: safe to retry, and not the recipient's doing.

    `auth` marks a login that cannot succeed until a person acts.
    """

    text: str
    auth: bool = False


Answer: TypeAlias = Accepted | Deferred | Rejected | Unknown | Unreachable
"""What came of offering one letter to a server."""
