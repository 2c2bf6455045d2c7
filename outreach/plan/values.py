"""What goes into a plan and what comes out of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from outreach.lint import Finding, Level
from outreach.model import FieldType, Hold, Prospect
from outreach.plan.draft import Draft, Earlier
from outreach.segment import NoPast, Past


@dataclass(frozen=True, slots=True)
class Open:
    """The letter of an enrollment that waits or is under way."""

    id: int
    letter: str
    fingerprint: str
    status: str
    reason: str
    due_at: datetime
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A prospect that this campaign has (or had)."""

    id: int
    prospect: Prospect
    status: str
    mailbox: str
    language: str
    sent: tuple[Earlier, ...]
    open: Open | None
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Replies:
    """When people, by prospect id, and companies have last replied, as far as that still matters."""

    people: Mapping[int, datetime] = field(default_factory=dict)
    companies: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Last:
    """The last letter that somebody got: of which campaign, and when it left."""

    campaign: str
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """What the store knows that a plan depends on. `prospects` may be read once."""

    key: bytes
    seed: str
    types: Mapping[str, FieldType]
    prospects: Iterable[Prospect]
    suppressed: Callable[[str], str]  # address -> reason, "" if it may be written to
    enrolled: Mapping[int, Enrolled]  # by prospect id, this campaign
    elsewhere: Mapping[int, str]  # prospect id -> the other campaign it is in
    newest: int = 0  # the id of the newest message
    base: int = 0  # the id of the revision that holds, 0 for none
    replies: Replies = Replies()
    past: Past = NoPast()  # what conditions ask of the history
    written: Mapping[int, Last] = field(default_factory=dict)  # prospect id -> last letter of other campaigns
    keepers: Mapping[str, str] = field(default_factory=dict)  # company -> the mailbox that wrote to it first
    paused: Mapping[int, str] = field(default_factory=dict)  # prospect id -> why, of pauses without an end


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A prospect to be enrolled, with the first letter.

    `owner` is set where the prospect is another seller's and the company is kept by this mailbox.
    """

    prospect: Prospect
    mailbox: str
    language: str
    draft: Draft
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A prospect kept back, and why."""

    prospect_id: int
    email: str
    hold: Hold


@dataclass(frozen=True, slots=True)
class Reworded:
    """A waiting letter whose text, name or times change under the new files."""

    message_id: int
    email: str
    draft: Draft
    text: bool  # the text changes
    moved: bool  # the times change
    opened_at: datetime | None = None  # when it would have left until now


@dataclass(frozen=True, slots=True)
class Replacement:
    """Another letter takes the place of the waiting one; `draft` None: the sequence ends here."""

    enrollment_id: int
    message_id: int
    email: str
    old: str
    draft: Draft | None


@dataclass(frozen=True, slots=True)
class Leaving:
    """A prospect in the campaign who stands in a list of those to leave alone by now: stopped, and why."""

    prospect_id: int
    email: str
    message_id: int | None  # the letter that waits
    reason: str


@dataclass(frozen=True, slots=True)
class Stand:
    """How far people have come: the last letter they got, its revision, and what follows ("": nothing)."""

    letter: str
    revision: int
    following: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a launch would do."""

    campaign: str
    as_of: datetime
    new: tuple[Enrollment, ...]
    held: tuple[Held, ...]
    reworded: tuple[Reworded, ...]
    replaced: tuple[Replacement, ...]
    leaving: tuple[Leaving, ...]
    matched: int
    stands: Mapping[Stand, int] = field(default_factory=dict)  # people who already got letters and go on
    passed: Mapping[str, int] = field(default_factory=dict)  # new letter -> people who are past its place
    gained: Mapping[str, int] = field(default_factory=dict)  # new letter -> people it is still to come for
    lost: Mapping[str, int] = field(default_factory=dict)  # letter that is gone -> people it was to come for
    unknown: Mapping[str, int] = field(default_factory=dict)  # field -> people out for want of it
    doubts: tuple[str, ...] = ()  # of whom it takes: tags that nobody has, an empty list
    undecided: int = 0  # people out for want of some field
    settings: str = ""  # digest of the files' meaning: steps, texts, window, mailboxes, limits
    files_changed: bool = False
    newest: int = 0  # the id of the newest message when it was made
    base: int = 0  # the id of the revision that held then, 0 for none
    mailboxes: tuple[str, ...] = ()  # those whose settings a launch makes count
    sellers: frozenset[str] = frozenset()  # mailboxes with an owner: they keep their companies
    restarts: bool = False  # the campaign has ended: a launch starts it again
    findings: tuple[Finding, ...] = ()  # what the linter says of its letters and their sequence
    accepted: tuple[tuple[str, str], ...] = ()  # codes that are let through, each with its reason

    @property
    def empty(self) -> bool:
        """Whether a launch would change nothing."""
        return not (
            self.new or self.reworded or self.replaced or self.leaving or self.files_changed or self.restarts
        )

    @property
    def kept(self) -> int:
        """How many people already got letters and go on."""
        return sum(self.stands.values())

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Those findings that stop a launch."""
        return tuple(each for each in self.findings if each.level is Level.ERROR)

    @property
    def companies(self) -> int:
        return len({each.prospect.company for each in self.new})

    @property
    def languages(self) -> Counter[str]:
        return Counter(each.language for each in self.new)


@dataclass(frozen=True, slots=True)
class Recalled:
    """A plan that was shown, as it would be done now: who dropped out since, and how many match only now.

    A pilot was shown as one of `pilot_of` people, else that is 0; nobody is added to it.
    `first` (departure), `last_first` (letter) and `end` are the dates that were shown with it.
    """

    plan: Plan
    dropped: tuple[Held, ...] = ()
    added: int = 0
    pilot_of: int = 0
    first: datetime | None = None
    last_first: datetime | None = None
    end: datetime | None = None
