"""What next: the next step, and what a server's answer or a person's reaction does."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from outreach.model import (
    Accepted,
    Answer,
    Deferred,
    EnrollmentStatus,
    Kind,
    Limits,
    MessageStatus,
    Rejected,
    Step,
    Unknown,
    Unreachable,
)


def next_step(steps: Sequence[Step], sent: Collection[str]) -> int | None:
    """The place of the step after the last *sent* letter (stems in `sent`); None at the end.

    So a step inserted before a letter that has already left is not sent late, and a renamed letter
    (`was`) counts as the one it was.
    """
    done = [place for place, step in enumerate(steps) if step.letter in sent or step.was in sent]
    place = done[-1] + 1 if done else 0
    return place if place < len(steps) else None


class Verdict(StrEnum):
    """What a server's answer means for us."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    BAD_RECIPIENT = "bad recipient"
    POLICY = "policy"
    QUOTA = "quota"
    THROTTLED = "throttled"
    AUTHENTICATION = "authentication"
    CONTENT = "content refused"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a verdict does. `rest`: how long the mailbox pauses; timedelta.max until a person resumes it."""

    message: MessageStatus
    enrollment: EnrollmentStatus | None = None
    suppress: bool = False
    rest: timedelta | None = None
    trouble: bool = False  # the day does not count as clean for the ramp


FOREVER = timedelta.max
EFFECTS: dict[Verdict, Effect] = {
    Verdict.ACCEPTED: Effect(MessageStatus.SENT),
    Verdict.DEFERRED: Effect(MessageStatus.SCHEDULED),
    Verdict.BAD_RECIPIENT: Effect(MessageStatus.FAILED, EnrollmentStatus.BOUNCED, suppress=True),
    Verdict.POLICY: Effect(MessageStatus.SCHEDULED, rest=FOREVER, trouble=True),
    Verdict.QUOTA: Effect(MessageStatus.SCHEDULED, rest=timedelta(hours=24), trouble=True),
    Verdict.THROTTLED: Effect(MessageStatus.SCHEDULED, rest=timedelta(minutes=10), trouble=True),
    Verdict.AUTHENTICATION: Effect(MessageStatus.SCHEDULED, rest=FOREVER, trouble=True),
    Verdict.CONTENT: Effect(MessageStatus.HELD),
    Verdict.UNREACHABLE: Effect(MessageStatus.SCHEDULED, rest=timedelta(minutes=2)),
    Verdict.UNKNOWN: Effect(MessageStatus.UNCERTAIN),
}
# A mailbox that keeps running into the same wall rests longer each time: x4, at most two hours
# (deliverability: after 421 4.7.28 sleep 10, 30, 120 minutes).
REST_GROWTH, LONGEST_REST = 4, timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line of the verdict table: first match wins. Empty stage, status or words match anything."""

    verdict: Verdict
    stages: str = ""
    codes: str = ""  # a pattern for the three-digit code
    status: str = ""  # a pattern for the enhanced status code (RFC 3463)
    words: str = ""  # a pattern for the text


_FULL_WORDS = (
    r"mailbox .{0,20}(full|exceed)|(full|exceed).{0,20} mailbox|over ?quota|(disk|user) quota|storage allocation|"
    r"(insufficient|not enough) .{0,20}(storage|space)"
)
_SIZE_WORDS = r"size .{0,20}(limit|maxim|exceed)|exceeds .{0,20}size|too (big|large)"
_FAST_WORDS = (
    r"rate ?limit|(connection|thread) .{0,20}limit|throttl|slow down|"
    r"too (many|much) .{0,20}(connection|mail|message|session)"
)
_QUOTA_WORDS = (
    r"(daily|hourly|sending|message|submission) ?.{0,30}(limit|quota)|limit .{0,20}(exceeded|reached)|"
    r"exceeded .{0,40}limit|per (hour|day)"
)
_LOGIN_WORDS = (
    r"authentication (is )?required|must .{0,10}(authenticate|log ?in|issue a starttls)|not logged in|"
    r"turn on smtp auth|basic auth|client (was )?not authenticated"
)
_OURS_WORDS = (
    r"sender (address|domain|verif|reject|refus|denied|unknown|blocked|not )|of sender address|"
    r"(unknown|invalid|bad|outbound|unverified) sender|verification failed for|return.path|from address|"
    r"\b(helo|ehlo|ptr|rdns)\b|reverse (dns|host|lookup|path)|client host|your (host|ip|server|domain)"
)
_NOBODY_WORDS = (
    r"user unknown|(unknown|invalid|no such) (user|recipient|mailbox|person|address|account)|unrouteable|"
    r"does(n't| not) (exist|have an? (account|mailbox))|not (a )?(known|valid) (user|recipient|mailbox)|"
    r"mailbox (unavailable|not found|(is )?disabled)|(user|recipient|domain) .{0,20}not found|no mailbox|"
    r"undeliverable address|(?<!recipient )address (rejected|unknown)|#5\.1\.[0-36]\b"
)
_GONE_WORDS = r"this (mailbox|user) (is (disabled|inactive)|does(n't| not) (exist|have))"
_STANDING_WORDS = (
    r"block(ed| ?list)|(black|deny)list|spamhaus|\brbl\b|dnsbl|reputation|dmarc|dkim|\bspf\b|banned|"
    r"not authori[sz]ed"
)
_POLICY_WORDS = (
    rf"{_STANDING_WORDS}|spam|policy|relay|rcpthosts|denied|prohibit|forbidden|dynamic|"
    r"not accept .{0,20}from"
)
_UNCLEAR_WORDS = r"reject|refus|accept|allow|permit|access"

# RFC 3463 status codes and RFC 5321 reply codes. The recipient is only blamed where the server says so:
# a full mailbox, our quota, our login, our address or a policy are never the prospect's fault. Servers
# that check everything at RCPT name our address there too (Postfix, Exim, Sendmail).
_DEFERRED_RULES = (
    _Rule(Verdict.AUTHENTICATION, stages="auth", codes="432"),  # RFC 4954: the password must be changed
    _Rule(Verdict.UNREACHABLE, stages="connect auth"),
    _Rule(Verdict.DEFERRED, status=r"4\.2\.\d+"),  # RFC 3463: about the recipient's mailbox
    _Rule(Verdict.DEFERRED, stages="rcpt data body", words=rf"{_FULL_WORDS}|gr[ea]ylist"),
    _Rule(Verdict.UNREACHABLE, codes="421", status=r"4\.[34]\.\d+"),  # going down, or the line was lost
    _Rule(Verdict.THROTTLED, status=r"4\.7\.28"),
    _Rule(Verdict.THROTTLED, words=_FAST_WORDS),
    _Rule(Verdict.DEFERRED, words=_SIZE_WORDS),
    _Rule(Verdict.QUOTA, words=_QUOTA_WORDS),
    _Rule(Verdict.THROTTLED, codes="421"),
    _Rule(Verdict.UNREACHABLE, stages="mail"),
    _Rule(Verdict.DEFERRED),
)
_REJECTED_RULES = (
    _Rule(Verdict.AUTHENTICATION, stages="auth"),
    _Rule(Verdict.AUTHENTICATION, codes="530|534|535|538"),
    _Rule(Verdict.AUTHENTICATION, stages="mail rcpt data", words=_LOGIN_WORDS),
    _Rule(Verdict.QUOTA, status=r"5\.4\.5"),
    _Rule(Verdict.DEFERRED, status=r"5\.2\.2"),  # mailbox full
    _Rule(Verdict.CONTENT, status=r"5\.2\.3|5\.3\.4|5\.6\.\d+"),
    _Rule(Verdict.DEFERRED, stages="rcpt data body", words=_FULL_WORDS),
    _Rule(Verdict.CONTENT, words=_SIZE_WORDS),
    _Rule(Verdict.DEFERRED, stages="rcpt", codes="552"),  # RFC 5321 4.5.3.1.10
    _Rule(Verdict.POLICY, status=r"5\.1\.[78]"),  # RFC 3463: the sender's address
    _Rule(Verdict.POLICY, words=_OURS_WORDS),
    _Rule(Verdict.BAD_RECIPIENT, stages="rcpt data body", status=r"5\.1\.(1|2|3|6|10)|5\.2\.1"),
    _Rule(Verdict.BAD_RECIPIENT, stages="rcpt", status=r"5\.4\.1", words="recipient"),  # Exchange Online
    _Rule(Verdict.BAD_RECIPIENT, stages="rcpt data body", codes="556"),  # RFC 7504: the domain takes no mail
    _Rule(Verdict.QUOTA, words=rf"{_QUOTA_WORDS}|{_FAST_WORDS}"),
    _Rule(Verdict.DEFERRED, stages="rcpt data body", words="quota"),  # not ours: theirs
    _Rule(Verdict.POLICY, status=r"5\.7\.\d+"),
    _Rule(Verdict.BAD_RECIPIENT, stages="rcpt", codes="55[0134]", words=_NOBODY_WORDS),
    _Rule(Verdict.BAD_RECIPIENT, stages="data body", words=_GONE_WORDS),
    _Rule(Verdict.POLICY, stages="connect mail rcpt", words=_POLICY_WORDS),
    _Rule(Verdict.POLICY, stages="data body", words=_STANDING_WORDS),
    _Rule(Verdict.CONTENT, codes="552"),
    _Rule(Verdict.POLICY, stages="connect mail"),
    _Rule(Verdict.CONTENT, stages="rcpt", words=_UNCLEAR_WORDS),  # against whom? a person should look
    _Rule(Verdict.BAD_RECIPIENT, stages="rcpt", codes="55[01]", status=r"|5\.0\.0"),
    _Rule(Verdict.CONTENT),
)


def verdict(answer: Answer) -> Verdict:
    """What a server's answer means: one of ten verdicts, by stage, code, status and text."""
    if isinstance(answer, Accepted):
        return Verdict.ACCEPTED
    if isinstance(answer, Unknown):
        return Verdict.UNKNOWN
    if isinstance(answer, Unreachable):
        return Verdict.AUTHENTICATION if answer.auth else Verdict.UNREACHABLE
    rules = _DEFERRED_RULES if isinstance(answer, Deferred) else _REJECTED_RULES
    return next(rule.verdict for rule in rules if _matches(rule, answer))


def _matches(rule: _Rule, answer: Deferred | Rejected) -> bool:
    if rule.stages and answer.stage not in rule.stages.split():
        return False
    if rule.codes and not re.fullmatch(rule.codes, str(answer.code)):
        return False
    if rule.status and not re.fullmatch(rule.status, answer.enhanced):
        return False
    return not rule.words or re.search(rule.words, answer.text, re.IGNORECASE) is not None


RETRY = tuple(timedelta(minutes=minutes) for minutes in (30, 30, 120, 180))  # RFC 5321 4.5.4.1
GIVE_UP = timedelta(hours=48)


def retry_at(tries: int, first_try_at: datetime, now: datetime) -> datetime | None:
    """When a deferred letter is offered again after its `tries`-th attempt; None after 48 hours: hold it."""
    if now - first_try_at >= GIVE_UP:
        return None
    return now + RETRY[min(tries, len(RETRY)) - 1]


def rest_of(effect: Effect, setbacks: int) -> timedelta | None:
    """How long the mailbox rests; it grows with the setbacks it has had in a row."""
    if effect.rest is None or effect.rest >= timedelta(hours=24):
        return effect.rest
    growth: int = REST_GROWTH ** min(setbacks, 5)
    return min(effect.rest * growth, LONGEST_REST)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person enters by hand with `prospects mark`."""

    enrollment: EnrollmentStatus
    suppress: bool
    colleagues: bool = False


MARKS: dict[str, Mark] = {
    "replied": Mark(EnrollmentStatus.REPLIED, suppress=False, colleagues=True),
    "opted-out": Mark(EnrollmentStatus.OPTED_OUT, suppress=True),
    "bounced": Mark(EnrollmentStatus.BOUNCED, suppress=True),
}


@dataclass(frozen=True, slots=True)
class Response:
    """What a mail that came back does to the person it is about.

    `status` ends the enrollments, `colleagues` those of the company as well. `rest` pauses the person:
    until a day of return where one is known, else for so long; FOREVER: until somebody decides. `waiting`
    asks a person to look.
    """

    status: EnrollmentStatus | None = None
    suppress: bool = False
    colleagues: bool = False
    rest: timedelta | None = None
    waiting: bool = False


COLLEAGUE = "a colleague replied"
AFTER_REPLY = timedelta(days=180)  # a company that replied joins no campaign for so long
REPLY_STOPS = ("company", "person")  # or a number of days: "30 days"


def colleagues_rest(limits: Limits) -> timedelta:
    """How long a reply keeps letters from the writer's colleagues, by `[limits] reply_stops`.

    FOREVER ends their campaigns ("company"), zero leaves them alone ("person").
    """
    if limits.reply_stops in REPLY_STOPS:
        return FOREVER if limits.reply_stops == "company" else timedelta(0)
    return timedelta(days=int(limits.reply_stops.split()[0]))


def quiet_until(
    limits: Limits, replied: datetime | None, colleague_replied: datetime | None
) -> datetime | None:
    """Until when somebody joins no campaign, since they or a colleague have replied; None: they may."""
    ends = [replied + AFTER_REPLY] if replied else []
    rest = colleagues_rest(limits)
    if colleague_replied and rest:
        ends.append(colleague_replied + min(rest, AFTER_REPLY))
    return max(ends, default=None)


SOFT_REST = timedelta(days=3)
SOFT_LIMIT = 3  # letters in a row that come back softly, and the address is suppressed
THEIRS = frozenset(("mailboxfull", "suspend", "onhold", "filtered", "systemfull"))
"""Reasons of soft bounces that count towards that: they are about the person's mailbox."""
OURS: dict[str, timedelta] = {
    **dict.fromkeys(("authfailure", "badreputation", "blocked", "requireptr", "norelaying"), FOREVER),
    **dict.fromkeys(("speeding", "toomanyconn"), timedelta(minutes=10)),
}
"""Reasons that are about us, and how long the mailbox rests for one: what a server says at once does the same."""
RESPONSES: dict[Kind, Response] = {
    Kind.REPLY: Response(EnrollmentStatus.REPLIED, colleagues=True, waiting=True),
    Kind.OPT_OUT: Response(EnrollmentStatus.OPTED_OUT, suppress=True),
    Kind.COMPLAINT: Response(EnrollmentStatus.OPTED_OUT, suppress=True, waiting=True),
    Kind.HARD_BOUNCE: Response(EnrollmentStatus.BOUNCED, suppress=True),
    Kind.MOVED: Response(EnrollmentStatus.BOUNCED, suppress=True, waiting=True),
    Kind.SOFT_BOUNCE: Response(rest=SOFT_REST),
    Kind.AUTO_REPLY: Response(rest=timedelta(0)),
    Kind.CHALLENGE: Response(rest=FOREVER, waiting=True),
    Kind.UNRELATED: Response(
        rest=FOREVER, waiting=True
    ),  # from somebody we wrote to: nobody knows what it says
    Kind.DELAYED: Response(),
    Kind.DELIVERED: Response(),
}


def response_to(kind: Kind, reasons: Collection[str] = (), *, about_them: bool = True) -> Response:
    """What a mail of that kind does, with the reasons that its notices give.

    A report that our own authentication failed (RFC 6591) is a complaint in form only: nobody complained. A
    bounce that blames us does nothing to the person. `about_them` is False where a mail names the person's letter
    and yet another address than theirs, as where mail is passed on: nobody knows what that means for theirs.
    """
    if kind is Kind.COMPLAINT and set(reasons) == {"authfailure"}:
        return Response(waiting=True)
    if kind is Kind.SOFT_BOUNCE and reasons and OURS.keys() >= set(reasons):
        return Response()
    if kind in (Kind.HARD_BOUNCE, Kind.MOVED) and not about_them:
        return Response(rest=FOREVER, waiting=True)
    return RESPONSES[kind]
