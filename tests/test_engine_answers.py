"""What comes back has its effect once, whatever folder or file it comes from, and nothing else is kept."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach.engine import answers
from outreach.engine.inboxes import Inboxes
from outreach.engine.process import this_process
from outreach.engine.rounds import Engine
from outreach.mailbox.imap import Batch, Inbox, InboxError
from outreach.mailbox.smtp import Session
from outreach.model import Cursor, EnrollmentStatus, Kind, Mailbox, MessageStatus, Scope
from outreach.store import byhand, prospects, settings, stops, suppressions
from outreach.store import inbox as kept
from outreach.store.tables import answer, delivery, enrollment, event, message
from tests.imapd import DOVECOT, KINDS, PASSWORD, Imapd, running
from tests.smtpd import Misbehaving, on
from tests.worlds import World, address

BOB, TIM, EVA = "bob@acme.example", "tim@acme.example", "eva@birch.example"
ANN = address("ann")
HEAD = (
    "From: {sender}\nTo: ann@northwind.example\nDate: Mon, 23 Nov 2026 10:30:00 +0000\nMessage-ID: <{own}>\n"
)


def mail(
    text: str, *, sender: str = BOB, subject: str = "Re: Shelves for Bob", to: str = "", own: str = "1@x"
) -> bytes:
    """What somebody writes, in answer to the letter with the Message-ID `to`."""
    thread = f"In-Reply-To: {to}\nReferences: {to}\n" if to else ""
    head = HEAD.format(sender=sender, own=own)
    return f"{head}{thread}Subject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n".encode()


def bounce(to: str, status: str, said: str, *, action: str = "failed", letter: str = "") -> bytes:
    """A server's report on a letter (RFC 3464)."""
    return f"""\
From: MAILER-DAEMON@mail.example
To: ann@northwind.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <{status}-{action}@mail.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

This is the mail system. Your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}
--b
Content-Type: message/rfc822

From: ann@northwind.example
To: {to}
Subject: Shelves for Bob
Message-ID: {letter}

Hello
--b--
""".encode()


@pytest.fixture
def world(store_url: str, tmp_path: Path) -> World:
    """Bob and Tim of Acme and Eva of Birch have had their first letter; the second one waits."""

    async def play(server: Misbehaving) -> World:
        made = World(store_url, tmp_path, server.url, {"shops": [BOB, TIM, EVA]})
        await made.settle()
        return made

    return on(Misbehaving(), play)


def feed(world: World, *mails: bytes) -> answers.Tally:
    return answers.feed(world.store, ANN, mails, world.now)


def kinds(world: World) -> list[str]:
    return [row["kind"] for row in world.store.read(kept.listed)]


def paused(world: World, email: str) -> list[datetime | None]:
    person = str(world.person(email).id)
    return [each["until"] for each in world.store.read(stops.pauses, world.now) if each["name"] == person]


def test_a_reply_stops_the_person_and_the_colleagues_and_nobody_else(world: World) -> None:
    feed(world, mail("Sounds good, call me.", to=world.message(BOB).message_id))
    assert [world.enrolled(each) for each in (BOB, TIM, EVA)] == [
        EnrollmentStatus.REPLIED,
        EnrollmentStatus.STOPPED,
        EnrollmentStatus.ACTIVE,
    ]
    waiting = [row.status for row in world.messages("followup")]
    assert sorted(waiting) == [MessageStatus.CANCELLED, MessageStatus.CANCELLED, MessageStatus.SCHEDULED]
    (row,) = world.store.read(kept.listed, today=world.now.date())
    assert (row["email"], row["found_by"], row["text"]) == (BOB, "Message-ID", "Sounds good, call me.")


def test_the_same_mail_in_another_folder_counts_once(world: World) -> None:
    raw = mail("Yes please.", to=world.message(BOB).message_id)
    assert feed(world, raw).kinds == {Kind.REPLY: 1}
    assert feed(world, b"X-Folder: Junk\n" + raw, raw).kinds == {}
    assert kinds(world) == ["reply"]


@pytest.mark.parametrize(
    ("sender", "subject", "how"),
    [(BOB, "RE: AW: Shelves for Bob", "address and subject"), (BOB, "Your letter", "address")],
)
def test_an_answer_without_a_reference_is_known_by_its_sender(
    world: World, sender: str, subject: str, how: str
) -> None:
    feed(world, mail("Not now.", sender=sender, subject=subject))
    (row,) = world.store.read(kept.listed)
    assert (row["email"], row["found_by"]) == (BOB, how)
    assert world.enrolled(BOB) == EnrollmentStatus.REPLIED


def test_a_colleague_who_answers_from_an_unknown_address_waits_unmatched(world: World) -> None:
    feed(world, mail("I take care of that.", sender="max@birch.example", subject="Shelves"))
    (row,) = world.store.read(kept.listed, unmatched=True)
    assert (row["sender"], row["email"], row["waiting"]) == ("max@birch.example", None, True)
    assert world.enrolled(EVA) == EnrollmentStatus.ACTIVE


def test_mail_that_is_none_of_our_business_is_not_kept(world: World) -> None:
    tally = feed(world, mail("Dinner on Friday?", sender="mum@family.example", subject="Friday"))
    assert (tally.read, tally.kinds, kinds(world)) == (1, {}, [])


def test_an_opt_out_suppresses(world: World) -> None:
    feed(world, mail("Please remove me from your list.", to=world.message(EVA).message_id, sender=EVA))
    assert world.enrolled(EVA) == EnrollmentStatus.OPTED_OUT
    assert world.store.read(suppressions.find, world.store.key, EVA) is not None


def test_the_opt_out_address_of_a_letter_names_it(world: World) -> None:
    token = world.message(EVA).message_id[1:].partition("@")[0]
    feed(world, mail("", sender="assistant@other.example", subject=f"unsubscribe {token}"))
    assert world.enrolled(EVA) == EnrollmentStatus.OPTED_OUT


def test_an_address_that_does_not_exist_is_suppressed_and_a_full_mailbox_is_not(world: World) -> None:
    gone = bounce(EVA, "5.1.1", "550 5.1.1 User unknown", letter=world.message(EVA).message_id)
    full = bounce(BOB, "5.2.2", "552 5.2.2 Mailbox full", letter=world.message(BOB).message_id)
    feed(world, gone, full)
    assert [world.enrolled(each) for each in (EVA, BOB)] == [
        EnrollmentStatus.BOUNCED,
        EnrollmentStatus.ACTIVE,
    ]
    assert world.store.read(suppressions.find, world.store.key, BOB) is None
    assert paused(world, BOB) == [world.now + timedelta(days=3)]


def test_soft_bounces_of_one_letter_never_suppress(world: World) -> None:
    letter = world.message(BOB).message_id
    for number in range(4):
        feed(world, bounce(BOB, f"4.2.{number}", "452 4.2.2 Mailbox full", letter=letter))
    assert world.enrolled(BOB) == EnrollmentStatus.ACTIVE


def test_what_a_report_says_about_us_rests_our_mailbox_and_nobody_is_to_blame(world: World) -> None:
    said = "550 5.7.1 Client host blocked using spamhaus"
    feed(world, bounce(BOB, "5.7.1", said, letter=world.message(BOB).message_id))
    assert world.enrolled(BOB) == EnrollmentStatus.ACTIVE
    (rest,) = [each for each in world.store.read(stops.pauses, world.now) if each["name"] == ANN]
    assert "spamhaus" in rest["reason"]
    assert paused(world, BOB) == []


def test_an_older_mail_answers_nothing(world: World) -> None:
    raw = mail("Here is the invoice.", subject="Invoice").replace(b"23 Nov 2026", b"1 Nov 2026")
    feed(world, raw)
    assert world.enrolled(BOB) == EnrollmentStatus.ACTIVE


def test_a_colleague_who_opts_out_in_anothers_thread_is_heard(world: World) -> None:
    feed(world, mail("Please remove me from your list.", sender=TIM, to=world.message(BOB).message_id))
    assert [world.enrolled(each) for each in (BOB, TIM)] == [EnrollmentStatus.OPTED_OUT] * 2
    assert world.store.read(suppressions.find, world.store.key, TIM) is not None


def test_a_report_on_another_mail_of_the_thread_is_not_about_our_letter(world: World) -> None:
    letter = world.message(BOB).message_id
    raw = bounce(
        "typo@other.example", "5.1.1", "550 5.1.1 User unknown", letter="<by-hand@northwind.example>"
    )
    feed(world, raw.replace(b"Subject: Shelves", f"References: {letter}\nSubject: Shelves".encode()))
    assert world.enrolled(BOB) == EnrollmentStatus.ACTIVE


def test_a_mail_that_databases_and_terminals_do_not_take_is_kept_without_what_they_do_not(
    world: World,
) -> None:
    letter = world.message(BOB).message_id
    raw = mail("+2AA-Yes. \x1b]0;owned\x07", to=letter).replace(b"charset=utf-8", b"charset=utf-7")
    feed(world, raw)
    (row,) = world.store.read(kept.listed)
    assert "Yes." in row["text"]
    assert row["text"].isprintable()


def test_nothing_of_an_erased_person_s_answers_stays(world: World) -> None:
    feed(world, mail("Call me, Bob.", to=world.message(BOB).message_id))
    world.store.write(prospects.erase, world.store.key, world.person(BOB), now=world.now, actor="me")
    assert kinds(world) == []
    held = world.rows(sa.select(enrollment.c.reason)) + world.rows(sa.select(event.c.detail))
    assert not any("bob" in str(row[0]) for row in held)


def test_a_delay_changes_nothing(world: World) -> None:
    feed(
        world,
        bounce(BOB, "4.4.1", "connection timed out", action="delayed", letter=world.message(BOB).message_id),
    )
    assert (kinds(world), world.enrolled(BOB), paused(world, BOB)) == (
        ["delayed"],
        EnrollmentStatus.ACTIVE,
        [],
    )


def test_who_is_away_gets_the_next_letter_after_the_return(world: World) -> None:
    raw = mail("I am out of office and back on 30 November 2026.", to=world.message(BOB).message_id)
    feed(world, b"Auto-Submitted: auto-replied\n" + raw.replace(b"Re: Shelves", b"Automatic reply: Shelves"))
    (until,) = paused(world, BOB)
    assert until is not None
    assert until.date().isoformat() == "2026-11-30"
    assert world.enrolled(BOB) == EnrollmentStatus.ACTIVE


def test_a_bounce_that_names_the_letter_settles_what_was_uncertain(world: World) -> None:
    letter = world.message(BOB)
    second = sa.delete(message).where(message.c.id == world.message(BOB, "followup").id)
    uncertain = sa.update(message).where(message.c.id == letter.id).values(status=MessageStatus.UNCERTAIN)
    accepted = sa.delete(delivery).where(delivery.c.message_id == letter.id)

    def change(tx: sa.Connection) -> None:
        for statement in (second, accepted, uncertain):
            tx.execute(statement)

    world.store.write(change)
    feed(world, bounce(BOB, "5.2.2", "552 5.2.2 Mailbox full", letter=letter.message_id))
    assert world.message(BOB).status == MessageStatus.SENT


def test_what_the_seller_wrote_by_hand_holds_the_next_letter(world: World) -> None:
    by_hand = mail("Nice to meet you today.", sender=ANN, subject="Our talk").replace(
        b"To: ann@northwind.example", f"To: {EVA}".encode()
    )
    feed(world, by_hand)
    assert paused(world, EVA) == [None]
    assert kinds(world) == []


def test_a_mail_that_cannot_be_taken_apart_stops_nobody_elses_answer(world: World) -> None:
    bomb = b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\na\n" * 50_000
    tally = feed(world, bomb, b"\x00\xff" * 1000, mail("Yes.", to=world.message(BOB).message_id))
    assert (tally.read, tally.kinds) == (3, {Kind.REPLY: 1})


class Lost(Inbox):
    """A real connection that breaks at a certain reading."""

    breaks_at = 0

    async def read(self, folder: str, cursor: Cursor | None, since: datetime, most: int = 100) -> Batch:
        self.breaks_at -= 1
        if not self.breaks_at:
            raise InboxError("the connection was lost")
        return await super().read(folder, cursor, since, 1)


@pytest.mark.parametrize("breaks_at", range(1, 6))
def test_a_connection_lost_anywhere_loses_nothing_and_does_nothing_twice(
    world: World, breaks_at: int
) -> None:
    letters = [
        mail("One.", to=world.message(BOB).message_id, own="1@a"),
        mail("Two.", to=world.message(EVA).message_id, sender=EVA, own="2@a"),
        mail("Three.", to=world.message(EVA).message_id, sender=EVA, own="3@a"),
    ]

    async def read(box: Mailbox, breaks: int = 0) -> answers.Tally:
        async with Lost(box, PASSWORD) as inbox:
            inbox.breaks_at = breaks
            return await answers.read_inbox(world.store, inbox, ANN, world.clock)

    with running("embedded") as server:
        server.make("Junk")
        server.deliver(*letters, at=world.now)
        server.deliver(letters[0], folder="Junk", at=world.now)
        box = Mailbox(ANN, "Ann Lee", imap=server.url)
        try:
            asyncio.run(read(box, breaks_at))
        except InboxError:
            assert not any(desk.inbox_read_at for desk in world.store.read(settings.desks))
        asyncio.run(read(box))
        again = asyncio.run(read(box))
    rows = world.rows(sa.select(answer.c.text).order_by(answer.c.id))
    assert [row.text for row in rows] == ["One.", "Two.", "Three."]
    assert [desk.inbox_read_at for desk in world.store.read(settings.desks)] == [world.now]
    assert (again.read, again.taken) == (0, [])


@pytest.mark.parametrize("kind", KINDS)
def test_the_sender_reads_the_inbox_and_sends_no_follow_up_to_who_has_answered(
    store_url: str, tmp_path: Path, kind: str
) -> None:
    """The whole way: letters leave by SMTP, an answer comes by IMAP, the follow-up goes to the other one only."""
    if kind == "dovecot" and DOVECOT is None:
        pytest.skip("no Dovecot 2.3 on this machine")

    async def play(smtp: Misbehaving, imap: Imapd) -> list[str]:
        mailbox = f'imap = "{imap.url}"'
        with World(store_url, tmp_path, smtp.url, {"shops": [BOB, EVA]}, answers=mailbox) as world:
            engine = Engine(
                world.store,
                lambda box: Session(box, None),
                world.clock,
                this_process(),
            )
            inboxes = Inboxes(world.store, lambda box: Inbox(box, PASSWORD), world.clock)
            await world.settle(engine)
            world.now += timedelta(days=3)
            await world.settle(engine)
            assert world.statuses("followup") == {MessageStatus.SCHEDULED: 2}  # nobody has looked for answers
            raw = mail("Yes, please.", to=world.message(BOB).message_id)
            imap.deliver(raw, at=world.now)
            assert [news.text for news in await inboxes.read()] == [f"{ANN}: 1 reply"]
            await world.settle(engine)
            return [row.email for row in world.messages("followup") if row.status == MessageStatus.SENT]

    with running(kind) as imap:
        assert on(Misbehaving(), lambda smtp: play(smtp, imap)) == [EVA]
        assert imap.flags() == [""]  # not even marked as seen


@pytest.mark.parametrize("where", ["to", "envelope"])
def test_a_report_that_returns_nothing_names_its_letter_by_its_own_address(world: World, where: str) -> None:
    """Whom the report is about is an address that we do not know: Eva's mail is passed on, hers may well exist."""
    token = world.message(EVA).message_id[1:].partition("@")[0]
    raw = bounce("eva.private@elsewhere.example", "5.1.1", "550 5.1.1 User unknown").decode()
    if where == "to":
        raw = raw.replace("To: ann@northwind.example", f"To: ann+{token}@northwind.example", 1)
    else:
        raw = raw.replace("Reporting-MTA", f"Original-Envelope-Id: {token}@northwind.example\nReporting-MTA")
    feed(world, raw.encode())
    (row,) = world.store.read(kept.listed)
    assert (row["email"], row["found_by"], row["waiting"]) == (EVA, "the letter's own address", True)
    assert world.enrolled(EVA) == EnrollmentStatus.ACTIVE
    assert world.store.read(suppressions.find, world.store.key, EVA) is None
    assert paused(world, EVA) == [None]


def test_a_report_that_our_own_signature_failed_rests_our_mailbox_and_blames_nobody(world: World) -> None:
    letter = world.message(EVA).message_id
    report = f"""\
From: dmarc@mail.example
To: ann@northwind.example
Subject: Authentication failure report
Message-ID: <auth@mail.example>
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

A mail from your domain failed authentication.
--b
Content-Type: message/feedback-report

Feedback-Type: auth-failure
User-Agent: example/1
Version: 1
Auth-Failure: dkim
Original-Rcpt-To: {EVA}

--b
Content-Type: message/rfc822

From: ann@northwind.example
To: {EVA}
Subject: Shelves for Bob
Message-ID: {letter}

Hello
--b--
"""
    feed(world, report.encode())
    (row,) = world.store.read(kept.listed)
    assert (row["kind"], row["email"], row["waiting"]) == ("complaint", EVA, True)
    assert world.enrolled(EVA) == EnrollmentStatus.ACTIVE
    assert world.store.read(suppressions.find, world.store.key, EVA) is None
    assert ANN in [each["name"] for each in world.store.read(stops.pauses, world.now)]


def test_a_report_on_several_addresses_says_something_of_each(world: World) -> None:
    """Bob's address passes mail on to two people, one of whom has gone."""
    raw = bounce(
        BOB, "2.0.0", "250 expanded", action="expanded", letter=world.message(BOB).message_id
    ).decode()
    gone = "Final-Recipient: rfc822; member@other.example\nAction: failed\nStatus: 5.1.1\n"
    feed(
        world,
        raw.replace(
            "--b\nContent-Type: message/rfc822", f"{gone}\n--b\nContent-Type: message/rfc822"
        ).encode(),
    )
    (row,) = world.store.read(kept.listed)
    assert (row["email"], row["kind"]) == (BOB, "delivered")
    assert world.enrolled(BOB) == EnrollmentStatus.ACTIVE
    assert world.store.read(suppressions.find, world.store.key, BOB) is None


def test_a_report_that_returns_a_mail_of_somebody_else_kills_no_address(world: World) -> None:
    feed(world, bounce(EVA, "5.1.1", "550 5.1.1 User unknown", letter="<forged@elsewhere.example>"))
    assert world.enrolled(EVA) == EnrollmentStatus.ACTIVE
    assert world.store.read(suppressions.find, world.store.key, EVA) is None
    assert [row["waiting"] for row in world.store.read(kept.listed, unmatched=True)] == [True]


def test_another_reader_who_has_left_does_not_end_the_person(world: World) -> None:
    text = "I no longer work at Acme. Please write to max@acme.example."
    raw = mail(
        text, sender="old@acme.example", to=world.message(BOB).message_id, subject="Automatic reply: Shelves"
    )
    feed(world, b"Auto-Submitted: auto-replied\n" + raw)
    (row,) = world.store.read(kept.listed)
    assert (row["kind"], row["email"], row["waiting"]) == ("moved", BOB, True)
    assert world.store.read(suppressions.find, world.store.key, BOB) is None
    assert paused(world, BOB) == [None]


def test_who_answers_our_very_subject_from_an_unknown_address_waits_unmatched(world: World) -> None:
    feed(world, mail("Yes, call me.", sender="bob.private@gmail.com", subject="AW: Shelves for Bob"))
    (row,) = world.store.read(kept.listed, unmatched=True)
    assert (row["sender"], row["waiting"]) == ("bob.private@gmail.com", True)


def test_an_absence_note_without_a_date_of_its_own_counts_from_its_arrival(world: World) -> None:
    raw = mail("I am away until 4 December 2026.", to=world.message(BOB).message_id)
    lines = [line for line in raw.splitlines() if not line.startswith(b"Date:")]
    feed(world, b"Auto-Submitted: auto-replied\n" + b"\n".join(lines))
    (until,) = paused(world, BOB)
    assert until is not None
    assert until.date().isoformat() == "2026-12-07"  # the fourth is a Friday


def test_nobody_who_was_stopped_is_paused_by_a_later_absence_note(world: World) -> None:
    letter = world.message(TIM).message_id
    feed(world, mail("Call me.", to=world.message(BOB).message_id))
    raw = mail("I am out of office.", sender=TIM, to=letter, subject="Automatic reply: Shelves", own="9@x")
    feed(world, b"Auto-Submitted: auto-replied\n" + raw)
    assert paused(world, TIM) == []


def test_what_was_written_by_hand_and_is_read_again_pauses_nobody_anew(world: World) -> None:
    by_hand = mail("Nice to meet you today.", sender=ANN, subject="Our talk").replace(
        b"To: ann@northwind.example", f"To: {EVA}".encode()
    )
    feed(world, by_hand)
    person = str(world.person(EVA).id)
    world.store.write(stops.resume, Scope.PROSPECT, person, actor="me", at=world.now)
    feed(world, by_hand)
    assert paused(world, EVA) == []


@pytest.mark.parametrize(
    ("setting", "status", "rests"),
    [
        ("company", EnrollmentStatus.STOPPED, []),
        ("person", EnrollmentStatus.ACTIVE, []),
        ("30 days", EnrollmentStatus.ACTIVE, [30]),
    ],
)
def test_whom_a_reply_stops_is_a_setting(
    store_url: str, tmp_path: Path, setting: str, status: EnrollmentStatus, rests: list[int]
) -> None:
    """For the colleague who is in the campaign, and for the one who would join it later."""

    async def play(server: Misbehaving) -> None:
        with World(store_url, tmp_path, server.url, {"shops": [BOB, TIM]}, reply_stops=setting) as world:
            await world.settle()
            feed(world, mail("Call me.", to=world.message(BOB).message_id))
            assert world.enrolled(TIM) == status
            ends = [until and (until - world.now).days for until in paused(world, TIM)]
            assert ends == rests
            world.import_({"shops": ["new@acme.example", "new@birch.example"]})
            outcome = world.launch("shops")
            joined = [each.prospect.email for each in outcome.plan.new]
            assert ("new@acme.example" in joined) == (setting == "person")
            assert "new@birch.example" in joined
            world.now += timedelta(days=31)
            later = [each.prospect.email for each in world.launch("shops").plan.new]
            assert later == (["new@acme.example"] if setting == "30 days" else [])

    on(Misbehaving(), play)


def test_who_replied_by_hand_stays_a_replier_when_a_bounce_comes_late(world: World) -> None:
    person = world.person(BOB)
    world.store.write(byhand.mark, world.store.key, person, "replied", at=world.now, actor="me")
    feed(world, bounce(BOB, "5.1.1", "550 5.1.1 User unknown", letter=world.message(BOB).message_id))
    assert world.enrolled(BOB) == EnrollmentStatus.REPLIED
    world.import_({"shops": ["new@acme.example"]})
    assert [each.hold.code for each in world.launch("shops").plan.held] == ["replied"]
