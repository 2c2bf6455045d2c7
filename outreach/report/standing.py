"""How things stand, as values: what `status` shows and what explains that nothing leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from outreach.model import CampaignStatus, EnrollmentStatus, Scope
from outreach.report.lines import ago, moment, number
from outreach.report.sender import Beat, alive

SENDER = "sender"  # the actor of what the program did by itself
OVERDUE = timedelta(hours=1)  # letters that wait for longer without any sender need a person


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
    `follow_ups` those that are no first letters. `reads` is False where its answers are not known.
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
    follow_ups: int = 0
    opens_at: datetime | None = None  # when the first window of its letters opens, if that is ahead
    next: Next | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A campaign that was launched: people by status, letters that wait."""

    stem: str
    name: str
    status: CampaignStatus
    people: Mapping[EnrollmentStatus, int]
    waiting: int
    nightly: bool
    next: Next | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """Letters since a moment, by what came of offering them."""

    first: int = 0
    follow_ups: int = 0
    deferred: int = 0
    refused: int = 0


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

    @property
    def waiting(self) -> int:
        """Letters that wait for their time, paused ones too."""
        return sum(each.waiting for each in self.courses)

    @property
    def next(self) -> Next | None:
        """The first letter to leave."""
        return min((box.next for box in self.boxes if box.next), key=lambda each: each.at, default=None)


@dataclass(frozen=True, slots=True)
class Need:
    """Something a person must do: a stable code, the words, and the command that does it."""

    code: str
    text: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    needs: list[Need] = field(default_factory=list)

    def add(self, code: str, text: str, command: str = "") -> None:
        self.needs.append(Need(code, text, command))


def needs(standing: Standing) -> list[Need]:
    """What needs a person, the gravest first; empty if nothing does."""
    found = _Found()
    if standing.hold:
        found.add("store_held", f"NOTHING IS SENT: {standing.hold}", "outreach resume --all")
    for pause in (each for each in standing.pauses if each.needs_you):
        if pause.scope is Scope.MAILBOX:
            found.add(
                "mailbox_paused", f"{pause.name} is paused: {pause.reason}", f"outreach resume {pause.name}"
            )
    if standing.uncertain:
        letters = number(standing.uncertain, "letter")
        found.add("uncertain", f"{letters} uncertain: may or may not have arrived", "outreach uncertain")
    for kept in standing.held:
        found.add("held", f"{number(kept.letters, 'letter')} held: {kept.reason}", f"outreach why {kept.email}")
    for box in (each for each in standing.boxes if each.follow_ups and not each.reads):
        found.add("inbox_not_read", inbox_not_read(box))
    if _abandoned(standing):
        assert standing.overdue is not None
        since = moment(standing.overdue, standing.zone)
        found.add("no_sender", f"letters wait since {since} and nobody sends", "outreach run")
    return found.needs


def inbox_not_read(box: Box) -> str:
    """That follow-ups wait for answers which this version cannot read, and the way out."""
    return (
        f"{box.address}: {number(box.follow_ups, 'follow-up')} wait: its inbox is not read (this version "
        'cannot). In outreach.toml write answers = "manual" in place of imap, launch again, and enter '
        "answers with `outreach prospects mark`"
    )


def _abandoned(standing: Standing) -> bool:
    if standing.hold or standing.overdue is None or alive(standing.workers, standing.now):
        return False
    last = standing.last_alive
    recent = last is not None and standing.now - last < OVERDUE  # `run --once`, started again and again
    return not recent and standing.now - standing.overdue >= timedelta(0)


def idle(standing: Standing) -> list[Need]:
    """Why nothing leaves at this moment, in the order in which it should be looked at."""
    if standing.hold:
        return [Need("store_held", f"everything is held: {standing.hold}", "outreach resume --all")]
    if not standing.courses:
        return [Need("nothing_launched", "nothing is launched", "outreach plan CAMPAIGN")]
    found = _Found()
    if not standing.waiting:
        found.add("nothing_waits", "no letter waits")
    for pause in standing.pauses:
        found.add("paused", paused(pause, standing), resuming(pause))
    stopped = [course.stem for course in standing.courses if course.status is CampaignStatus.PAUSED]
    if stopped:
        found.add("campaign_paused", f"paused: {', '.join(stopped)}", f"outreach resume {stopped[0]}")
    for box in standing.boxes:
        found.needs.extend(_waits(box, standing))
    return found.needs


def _waits(box: Box, standing: Standing) -> list[Need]:
    """What a mailbox's letters wait for."""
    if not box.waiting:
        return []
    if box.full == "domain":
        return [Need("domain_cap", f"{box.address}: its domain has sent all it may today")]
    if box.full:
        return [Need("mailbox_cap", f"{box.address} has sent its {number(box.cap, 'letter')} of today")]
    if not box.reads and box.waiting == box.follow_ups:
        return [Need("inbox_not_read", inbox_not_read(box))]
    if box.ready:
        return [Need("gap", f"{box.address} waits between two letters, or for a company's turn")]
    if box.opens_at:
        return [Need("window", f"window opens {moment(box.opens_at, standing.zone)}")]
    return []


def paused(pause: Pause, standing: Standing) -> str:
    """ "ann@northwind.example until Mon 23 Nov 10:52 (throttled: ...)"."""
    name = pause.name or "everything"
    until = f" until {moment(pause.until, standing.zone)}" if pause.until else ""
    reason = f" ({pause.reason})" if pause.reason else ""
    return f"{name} paused{until}{reason}, {ago(standing.now - pause.at)}"


def resuming(pause: Pause) -> str:
    """The command that undoes a pause."""
    return f"outreach resume {pause.name or '--all'}"
