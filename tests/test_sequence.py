"""What next: what servers' answers mean, whose fault it is, and which letter comes after which."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.model import (
    Accepted,
    Answer,
    Deferred,
    EnrollmentStatus,
    MessageStatus,
    Rejected,
    Step,
    Unknown,
    Unreachable,
)
from outreach.sequence import (
    EFFECTS,
    FOREVER,
    GIVE_UP,
    LONGEST_REST,
    MARKS,
    RETRY,
    Effect,
    Verdict,
    next_step,
    rest_of,
    retry_at,
    verdict,
)

MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)

# Stage, what the server said, what it means. Codes and phrases in the manner of the servers named.
ANSWERS = """
# The person is not there: the server says so.
rcpt | 550 5.1.1 The account that you wrote to does not exist | bad recipient | Gmail
rcpt | 550 5.1.1 <bob@acme.example>: Recipient address rejected: User unknown in table | bad recipient | Postfix
rcpt | 550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup | bad recipient | Exchange
rcpt | 550 5.4.1 Recipient address rejected: Access denied. AS(201806281) | bad recipient | Exchange Online
rcpt | 550 5.5.0 Requested action not taken: mailbox unavailable | bad recipient | Outlook.com
rcpt | 550 5.2.1 The account that you wrote to is inactive | bad recipient | Gmail
body | 554 5.2.1 mailbox disabled, not accepting messages | bad recipient | Sendmail
rcpt | 554 delivery error: dd This user doesn't have an account here (bob@acme.example) | bad recipient | Yahoo
body | 554 30 Sorry, your message cannot be delivered. This mailbox is disabled | bad recipient | Yahoo
rcpt | 550 sorry, no mailbox here by that name. (#5.1.1) | bad recipient | qmail
rcpt | 550 #5.1.0 Address rejected bob@acme.example | bad recipient | Cisco
rcpt | 550 No such user here | bad recipient | Exim
rcpt | 550 Unrouteable address | bad recipient | Exim
rcpt | 550 Unknown user | bad recipient | CommuniGate
rcpt | 550 <bob@acme.example>: Recipient address rejected: undeliverable address | bad recipient | Postfix
rcpt | 551 User not local; please try another path | bad recipient | RFC 5321
rcpt | 553 5.1.3 The recipient address is not a valid RFC 5321 address | bad recipient | Gmail
rcpt | 501 5.1.3 Bad recipient address syntax | bad recipient | Postfix
rcpt | 550 5.1.2 Bad destination system address: host unknown | bad recipient | Sendmail
rcpt | 550 5.1.6 Recipient no longer on server | bad recipient | RFC 3463
rcpt | 556 5.1.10 acme.example does not accept mail (nullMX) | bad recipient | RFC 7505
rcpt | 556 The domain takes no mail | bad recipient | RFC 7504
rcpt | 550 5.0.0 Requested action not taken | bad recipient | unknown
rcpt | 550 | bad recipient | RFC 5321: mailbox unavailable
# Their mailbox is full: it may be emptied.
rcpt | 452 4.2.2 The inbox of the person is out of storage space | deferred | Gmail
rcpt | 552 5.2.2 The person's account is over quota | deferred | Gmail
body | 554 5.2.2 mailbox full; STOREDRV.Deliver; Quota exceeded | deferred | Exchange
body | 552 5.2.2 <bob@acme.example> Quota exceeded (mailbox for user is full) | deferred | Dovecot
rcpt | 550 Mailbox quota exceeded | deferred | unknown
rcpt | 550 User quota exceeded | deferred | unknown
rcpt | 550 Quota exceeded | deferred | unknown
rcpt | 452 <bob@acme.example> user over quota | deferred | unknown
rcpt | 552 Requested mail action aborted: exceeded storage allocation | deferred | RFC 5321
rcpt | 452 4.3.1 Insufficient system storage | deferred | Postfix
# Not now: greylisting, a busy server, a rate of theirs.
rcpt | 450 4.2.0 <bob@acme.example>: Recipient address rejected: Greylisted, see example.org | deferred | Postgrey
rcpt | 451 4.7.1 Greylisting in action, please come back later | deferred | milter-greylist
rcpt | 421 4.7.0 Greylisted, please try again in 300 seconds | deferred | OpenSMTPD
rcpt | 451 Temporary local problem - please try later | deferred | Exim
rcpt | 450 4.1.1 <bob@acme.example>: unverified address: not yet known | deferred | Postfix
rcpt | 450 4.1.2 <bob@acme.example>: Recipient address rejected: Domain not found | deferred | Postfix
rcpt | 450 4.2.1 The person is receiving mail at a rate that prevents additional messages | deferred | Gmail
rcpt | 450 4.2.1 recipient rate limit exceeded | deferred | Gmail
rcpt | 452 4.2.3 message size exceeds the limit of this mailbox | deferred | unknown
rcpt | 451 4.3.0 Temporary lookup failure | deferred | Postfix
rcpt | 451 4.7.500 Server busy. Please try again later | deferred | Exchange Online
body | 451 4.3.2 Please try again later | deferred | unknown
data | 451 4.3.0 queue file write error | deferred | Postfix
# We are too fast.
rcpt | 421 4.7.28 Unusual rate of mail from your network | throttled | Gmail
body | 421 4.7.0 Try again later, closing connection | throttled | Gmail
body | 421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints | throttled | Yahoo
rcpt | 450 4.7.1 Error: too much mail from 192.0.2.1 | throttled | Postfix
rcpt | 451 4.7.1 Ratelimit "out" exceeded | throttled | Rspamd
body | 432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded | throttled | Exchange Online
mail | 421 4.7.0 Error: too many connections from 192.0.2.1 | throttled | Postfix
mail | 450 4.7.0 Connection rate limit exceeded | throttled | unknown
# Our day's quota is used up.
rcpt | 550 5.4.5 Daily user sending limit exceeded | quota | Gmail
body | 550 5.4.5 Daily SMTP relay limit exceeded for customer | quota | Workspace
body | 554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException | quota | Exchange Online
body | 550 5.7.232 The tenant has exceeded its daily limit of external recipients | quota | Exchange Online
body | 550 5.7.233 Exceeded the external recipient rate limit | quota | Exchange Online
rcpt | 554 5.7.1 You have exceeded your hourly limit of messages | quota | hosting
rcpt | 452 4.3.1 Daily message quota exceeded | quota | hosting
mail | 550 Sending limit reached, try tomorrow: too many messages | quota | hosting
# Our login or rights.
auth | 535 5.7.8 Username and Password not accepted | authentication | Gmail
auth | 432 4.7.12 A password transition is needed | authentication | RFC 4954
auth | 534 5.7.9 Application-specific password required | authentication | Gmail
mail | 530 5.7.0 Must issue a STARTTLS command first | authentication | RFC 3207
mail | 530 5.7.57 Client not authenticated to send mail | authentication | Exchange Online
mail | 530 5.7.1 Client was not authenticated | authentication | Exchange
mail | 550 5.7.30 Basic authentication is not supported for Client Submission | authentication | Exchange Online
rcpt | 550 Please turn on SMTP Authentication in your mail client | authentication | Exim
rcpt | 553 5.7.1 <ann@northwind.example>: Sender address rejected: not logged in | authentication | Postfix
mail | 550 5.7.1 Authentication required | authentication | hosting
# They do not want our mail, or our sender's address: never the prospect's doing.
rcpt | 554 5.7.1 <bob@acme.example>: Relay access denied | policy | Postfix
rcpt | 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using a list | policy | Postfix
rcpt | 553 5.7.1 <ann@northwind.example>: Sender address rejected: not owned by user ann | policy | Postfix
rcpt | 550 5.1.0 <ann@northwind.example>: Sender address rejected: User unknown in table | policy | Postfix
rcpt | 550 5.1.8 <ann@northwind.example>: Sender address rejected: Domain not found | policy | Postfix
rcpt | 550 Verification failed for <ann@northwind.example> No Such User Here Sender verify failed | policy | Exim
rcpt | 553 5.1.8 <ann@northwind.example>... Domain of sender address does not exist | policy | Sendmail
rcpt | 553 <ann@northwind.example>... Domain of sender address does not exist | policy | Sendmail
rcpt | 501 5.1.7 Bad sender address syntax | policy | Postfix
mail | 550 5.1.1 Unknown sender | policy | unknown
body | 550 5.1.8 Access denied, bad outbound sender | policy | Exchange Online
mail | 550 5.7.60 Client does not have permissions to send as this sender | policy | Exchange Online
body | 550 5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy | policy | Gmail
body | 550 5.7.1 Our system has detected that this message is likely unsolicited | policy | Gmail
body | 550 5.7.515 Access denied, sending domain does not meet the required level | policy | Outlook.com
body | 554 Message not accepted: the sending address is listed by Spamhaus | policy | unknown
rcpt | 550 5.7.1 Messages from [192.0.2.1] weren't sent. The network is on our block list | policy | Outlook.com
rcpt | 553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1) | policy | qmail
rcpt | 550 Administrative prohibition | policy | Exim
rcpt | 550 <bob@acme.example>: Recipient address rejected: blocked by our policy | policy | Postfix
rcpt | 550 relay not permitted | policy | Exim
rcpt | 550 We do not accept mail from dynamic hosts | policy | unknown
rcpt | 550 Your host does not have a valid reverse DNS entry | policy | unknown
rcpt | 504 5.5.2 <northwind>: Helo command rejected: need fully-qualified hostname | policy | Postfix
rcpt | 550 HELO domain not found | policy | unknown
connect | 554 5.7.1 No SMTP service here for your network | policy | unknown
connect | 554 No SMTP service here | policy | RFC 5321
# This letter will not do.
mail | 552 5.3.4 Message size exceeds fixed limit | content refused | Postfix
mail | 552 Message size exceeds fixed limit | content refused | RFC 1870
mail | 552 Requested mail action aborted | content refused | RFC 1870
rcpt | 552 5.2.3 Message exceeds the size limit of this mailbox | content refused | unknown
body | 552 5.7.0 Our system detected an illegal attachment | policy | Gmail
body | 554 5.6.0 Corrupt message content | content refused | Exchange
body | 554 Transaction failed: message looks like spam | content refused | unknown
body | 550 5.6.11 Bare line feeds are illegal | content refused | Exchange
data | 503 5.5.1 Bad sequence of commands | content refused | unknown
# Nothing is said against anybody: a person should look.
rcpt | 550 Rejected | content refused | unknown
rcpt | 550 5.4.6 Routing loop detected | content refused | Exchange
rcpt | 550 5.1.4 Recipient address is ambiguous | content refused | RFC 3463
# The server could not be used.
connect | 421 4.3.2 Service not available, closing channel | unreachable | unknown
connect | 450 4.3.2 try again | unreachable | unknown
auth | 454 4.7.0 Temporary authentication failure | unreachable | Postfix
mail | 451 4.3.0 Temporary system problem | unreachable | Gmail
mail | 452 4.3.1 Insufficient system storage | unreachable | Postfix
rcpt | 421 4.4.2 mx.acme.example Error: timeout exceeded | unreachable | Postfix
data | 421 4.4.2 the connection was lost before the body; nothing was sent | unreachable | ours
rcpt | 421 4.3.2 System shutting down | unreachable | Postfix
"""


def answers() -> list[tuple[str, Deferred | Rejected, str]]:
    found: list[tuple[str, Deferred | Rejected, str]] = []
    for line in ANSWERS.strip().splitlines():
        if line.startswith("#"):
            continue
        stage, said, meaning, server = (part.strip() for part in line.split(" | "))
        code, _, text = said.partition(" ")
        first = text.partition(" ")[0]
        enhanced = first if first.count(".") == 2 and first.replace(".", "").isdigit() else ""
        kind = Deferred if code.startswith("4") else Rejected
        found.append((f"{server}: {said}", kind(stage, int(code), enhanced, text), meaning))
    return found


@pytest.mark.parametrize(
    ("answer", "meaning"), [pytest.param(answer, meaning, id=name) for name, answer, meaning in answers()]
)
def test_what_a_servers_answer_means(answer: Answer, meaning: str) -> None:
    assert verdict(answer) == meaning


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (Accepted(250, "2.0.0 queued"), Verdict.ACCEPTED),
        (Unknown("body", "the connection was lost"), Verdict.UNKNOWN),
        (Unreachable("no route to host"), Verdict.UNREACHABLE),
        (Unreachable("login refused", auth=True), Verdict.AUTHENTICATION),
    ],
)
def test_what_is_no_refusal(answer: Answer, meaning: Verdict) -> None:
    assert verdict(answer) is meaning


STAGES = ["connect", "auth", "mail", "rcpt", "data", "body"]
words = st.text("abcdefghijklmnopqrstuvwxyz .<>@:", max_size=60)


@given(
    st.sampled_from(STAGES),
    st.integers(400, 499),
    st.one_of(st.just(""), st.builds("4.{}.{}".format, st.integers(0, 7), st.integers(0, 40))),
    st.one_of(words, st.sampled_from([answer.text for _, answer, _ in answers()])),
)
def test_nobody_is_blamed_for_a_temporary_refusal(stage: str, code: int, status: str, text: str) -> None:
    assert EFFECTS[verdict(Deferred(stage, code, status, text))].message == MessageStatus.SCHEDULED


@given(
    st.sampled_from(STAGES),
    st.integers(500, 599),
    st.one_of(st.just(""), st.builds("5.{}.{}".format, st.integers(0, 7), st.integers(0, 40))),
    st.one_of(words, st.sampled_from([answer.text for _, answer, _ in answers()])),
)
def test_nobody_is_blamed_before_they_were_named_or_where_policy_speaks(
    stage: str, code: int, status: str, text: str
) -> None:
    blamed = verdict(Rejected(stage, code, status, text)) is Verdict.BAD_RECIPIENT
    if blamed:
        assert stage in ("rcpt", "data", "body")
        assert not status.startswith(("5.7.", "5.6.", "5.3."))
        assert status not in ("5.2.2", "5.4.5", "5.1.7", "5.1.8")


def test_only_a_bad_recipient_bounces_and_only_an_unclear_outcome_is_uncertain() -> None:
    assert set(EFFECTS) == set(Verdict)
    for each, effect in EFFECTS.items():
        assert effect.suppress == (each is Verdict.BAD_RECIPIENT)
        assert (effect.enrollment is not None) == (each is Verdict.BAD_RECIPIENT)
        assert (effect.message == MessageStatus.UNCERTAIN) == (each is Verdict.UNKNOWN)
        assert (effect.message == MessageStatus.SENT) == (each is Verdict.ACCEPTED)
        # A letter goes out again by itself only if it is certainly not out.
        certain = each not in (Verdict.ACCEPTED, Verdict.UNKNOWN)
        assert certain or effect.message != MessageStatus.SCHEDULED
    assert EFFECTS[Verdict.BAD_RECIPIENT].enrollment == EnrollmentStatus.BOUNCED
    assert EFFECTS[Verdict.CONTENT] == Effect(MessageStatus.HELD)
    for each in (Verdict.POLICY, Verdict.AUTHENTICATION):
        assert EFFECTS[each].rest == FOREVER  # until a person has looked
    assert {each for each in Verdict if EFFECTS[each].trouble} == {
        *(Verdict.POLICY, Verdict.QUOTA, Verdict.THROTTLED, Verdict.AUTHENTICATION)
    }


# --- Which letter comes next --------------------------------------------------------------------------


def steps(*letters: str) -> list[Step]:
    """Steps by their letters; "new<old" was called old before."""
    return [Step(letter.partition("<")[0], was=letter.partition("<")[2]) for letter in letters]


@pytest.mark.parametrize(
    ("sequence", "sent", "place"),
    [
        (["a", "b", "c"], set(), 0),
        (["a", "b", "c"], {"a"}, 1),
        (["a", "b", "c"], {"a", "b"}, 2),
        (["a", "b", "c"], {"a", "b", "c"}, None),
        # Inserted before what has left: too late for this person.
        (["x", "a", "b"], {"a"}, 2),
        (["a", "x", "b"], {"a", "b"}, None),
        # Inserted after it: in turn.
        (["a", "x", "b"], {"a"}, 1),
        (["a", "b", "x"], {"a", "b"}, 2),
        # Removed: what was sent counts only where it still stands.
        (["b", "c"], {"a"}, 0),
        (["a", "c"], {"a", "b"}, 1),
        (["a"], {"a", "b"}, None),
        # Moved.
        (["b", "a", "c"], {"a"}, 2),
        (["b", "a", "c"], {"b"}, 1),
        # Renamed: the letter is the one it was.
        (["a", "new<b", "c"], {"a", "b"}, 2),
        (["a", "new<b", "c"], {"a", "new"}, 2),
        (["a", "new<b", "c"], {"a"}, 1),
        (["new<a", "b"], {"a"}, 1),
        ([], {"a"}, None),
    ],
)
def test_the_next_step_is_the_one_after_the_last_that_was_sent(
    sequence: list[str], sent: set[str], place: int | None
) -> None:
    assert next_step(steps(*sequence), sent) == place


# --- Again, and rest ----------------------------------------------------------------------------------


def test_a_deferred_letter_is_offered_more_and_more_rarely_and_held_after_two_days() -> None:
    now, waits = NOW, []
    tries = 1
    while at := retry_at(tries, NOW, now):
        waits.append((at - now) / MINUTE)
        now, tries = at, tries + 1
    assert waits[:6] == [30, 30, 120, 180, 180, 180]
    assert waits == sorted(waits)
    assert timedelta(hours=48) <= now - NOW < timedelta(hours=51)


@pytest.mark.parametrize(
    ("late", "again"), [(GIVE_UP - MINUTE, True), (GIVE_UP, False), (GIVE_UP * 9, False)]
)
def test_two_days_are_counted_from_the_first_try(late: timedelta, again: bool) -> None:
    at = retry_at(99, NOW, NOW + late)
    assert at == (NOW + late + RETRY[-1] if again else None)


@pytest.mark.parametrize(
    ("meaning", "minutes"),
    [
        (Verdict.THROTTLED, [10, 40, 120, 120, 120]),
        (Verdict.UNREACHABLE, [2, 8, 32, 120, 120]),
        (Verdict.QUOTA, [24 * 60] * 5),
    ],
)
def test_a_mailbox_rests_longer_each_time_it_runs_into_the_same_wall(
    meaning: Verdict, minutes: list[int]
) -> None:
    rests = [rest_of(EFFECTS[meaning], setbacks) for setbacks in range(5)]
    assert rests == [timedelta(minutes=each) for each in minutes]
    assert rest_of(EFFECTS[meaning], 1000) == rests[-1]
    assert meaning is Verdict.QUOTA or rests[-1] == LONGEST_REST


def test_some_walls_need_a_person_and_some_answers_no_rest() -> None:
    for setbacks in (0, 7):
        assert rest_of(EFFECTS[Verdict.POLICY], setbacks) == FOREVER
        assert rest_of(EFFECTS[Verdict.AUTHENTICATION], setbacks) == FOREVER
        for each in (Verdict.ACCEPTED, Verdict.DEFERRED, Verdict.BAD_RECIPIENT, Verdict.CONTENT):
            assert rest_of(EFFECTS[each], setbacks) is None


def test_what_a_person_may_enter_by_hand() -> None:
    assert {name: (mark.enrollment, mark.suppress) for name, mark in MARKS.items()} == {
        "replied": (EnrollmentStatus.REPLIED, False),  # a reply ends this sequence, not the acquaintance
        "opted-out": (EnrollmentStatus.OPTED_OUT, True),
        "bounced": (EnrollmentStatus.BOUNCED, True),
    }
