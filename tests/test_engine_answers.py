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
from outreach.store import inbox as kept
from outreach.store import prospects, settings, stops, suppressions
from outreach.store.tables import answer, enrollment, event
from tests.imapd import DOVECOT, KINDS, PASSWORD, Imapd, running
from tests.incoming import BOB, EVA, TIM, kinds, mail, paused
from tests.smtpd import Misbehaving, on
from tests.worlds import ANN, World


def test_a_reply_stops_the_person_and_the_colleagues_and_nobody_else(world: World) -> None:
    world.feed(mail("Sounds good, call me.", to=world.message(BOB).message_id))
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
    assert world.feed(raw).kinds == {Kind.REPLY: 1}
    assert world.feed(b"X-Folder: Junk\n" + raw, raw).kinds == {}
    assert kinds(world) == ["reply"]


@pytest.mark.parametrize(
    ("sender", "subject", "how"),
    [(BOB, "RE: AW: Shelves for Bob", "address and subject"), (BOB, "Your letter", "address")],
)
def test_an_answer_without_a_reference_is_known_by_its_sender(
    world: World, sender: str, subject: str, how: str
) -> None:
    world.feed(mail("Not now.", sender=sender, subject=subject))
    (row,) = world.store.read(kept.listed)
    assert (row["email"], row["found_by"]) == (BOB, how)
    assert world.enrolled(BOB) == EnrollmentStatus.REPLIED


def test_a_colleague_who_answers_from_an_unknown_address_waits_unmatched(world: World) -> None:
    world.feed(mail("I take care of that.", sender="max@birch.example", subject="Shelves"))
    (row,) = world.store.read(kept.listed, unmatched=True)
    assert (row["sender"], row["email"], row["waiting"]) == ("max@birch.example", None, True)
    assert world.enrolled(EVA) == EnrollmentStatus.ACTIVE


def test_mail_that_is_none_of_our_business_is_not_kept(world: World) -> None:
    tally = world.feed(mail("Dinner on Friday?", sender="mum@family.example", subject="Friday"))
    assert (tally.read, tally.kinds, kinds(world)) == (1, {}, [])


def test_an_opt_out_suppresses(world: World) -> None:
    world.feed(mail("Please remove me from your list.", to=world.message(EVA).message_id, sender=EVA))
    assert world.enrolled(EVA) == EnrollmentStatus.OPTED_OUT
    assert world.store.read(suppressions.find, world.store.key, EVA) is not None


def test_the_opt_out_address_of_a_letter_names_it(world: World) -> None:
    token = world.message(EVA).message_id[1:].partition("@")[0]
    world.feed(mail("", sender="assistant@other.example", subject=f"unsubscribe {token}"))
    assert world.enrolled(EVA) == EnrollmentStatus.OPTED_OUT


def test_an_older_mail_answers_nothing(world: World) -> None:
    raw = mail("Here is the invoice.", subject="Invoice").replace(b"23 Nov 2026", b"1 Nov 2026")
    world.feed(raw)
    assert world.enrolled(BOB) == EnrollmentStatus.ACTIVE


def test_a_colleague_who_opts_out_in_anothers_thread_is_heard(world: World) -> None:
    world.feed(mail("Please remove me from your list.", sender=TIM, to=world.message(BOB).message_id))
    assert [world.enrolled(each) for each in (BOB, TIM)] == [EnrollmentStatus.OPTED_OUT] * 2
    assert world.store.read(suppressions.find, world.store.key, TIM) is not None


def test_a_mail_that_databases_and_terminals_do_not_take_is_kept_without_what_they_do_not(
    world: World,
) -> None:
    letter = world.message(BOB).message_id
    raw = mail("+2AA-Yes. \x1b]0;owned\x07", to=letter).replace(b"charset=utf-8", b"charset=utf-7")
    world.feed(raw)
    (row,) = world.store.read(kept.listed)
    assert "Yes." in row["text"]
    assert row["text"].isprintable()


def test_nothing_of_an_erased_person_s_answers_stays(world: World) -> None:
    world.feed(mail("Call me, Bob.", to=world.message(BOB).message_id))
    world.store.write(prospects.erase, world.store.key, world.person(BOB), now=world.now, actor="me")
    assert kinds(world) == []
    held = world.rows(sa.select(enrollment.c.reason)) + world.rows(sa.select(event.c.detail))
    assert not any("bob" in str(row[0]) for row in held)


def test_who_is_away_gets_the_next_letter_after_the_return(world: World) -> None:
    raw = mail("I am out of office and back on 30 November 2026.", to=world.message(BOB).message_id)
    world.feed(b"Auto-Submitted: auto-replied\n" + raw.replace(b"Re: Shelves", b"Automatic reply: Shelves"))
    (until,) = paused(world, BOB)
    assert until is not None
    assert until.date().isoformat() == "2026-11-30"
    assert world.enrolled(BOB) == EnrollmentStatus.ACTIVE


def test_what_the_seller_wrote_by_hand_holds_the_next_letter_once(world: World) -> None:
    by_hand = mail("Nice to meet you today.", sender=ANN, subject="Our talk").replace(
        b"To: ann@northwind.example", f"To: {EVA}".encode()
    )
    world.feed(by_hand)
    assert paused(world, EVA) == [None]
    assert kinds(world) == []
    world.store.write(stops.resume, Scope.PROSPECT, str(world.person(EVA).id), actor="me", at=world.now)
    world.feed(by_hand)
    assert paused(world, EVA) == []


def test_a_mail_that_cannot_be_taken_apart_stops_nobody_elses_answer(world: World) -> None:
    bomb = b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\na\n" * 50_000
    tally = world.feed(bomb, b"\x00\xff" * 1000, mail("Yes.", to=world.message(BOB).message_id))
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


def test_another_reader_who_has_left_does_not_end_the_person(world: World) -> None:
    text = "I no longer work at Acme. Please write to max@acme.example."
    raw = mail(
        text, sender="old@acme.example", to=world.message(BOB).message_id, subject="Automatic reply: Shelves"
    )
    world.feed(b"Auto-Submitted: auto-replied\n" + raw)
    (row,) = world.store.read(kept.listed)
    assert (row["kind"], row["email"], row["waiting"]) == ("moved", BOB, True)
    assert world.store.read(suppressions.find, world.store.key, BOB) is None
    assert paused(world, BOB) == [None]


def test_who_answers_our_very_subject_from_an_unknown_address_waits_unmatched(world: World) -> None:
    world.feed(mail("Yes, call me.", sender="bob.private@gmail.com", subject="AW: Shelves for Bob"))
    (row,) = world.store.read(kept.listed, unmatched=True)
    assert (row["sender"], row["waiting"]) == ("bob.private@gmail.com", True)


def test_an_absence_note_without_a_date_of_its_own_counts_from_its_arrival(world: World) -> None:
    raw = mail("I am away until 4 December 2026.", to=world.message(BOB).message_id)
    lines = [line for line in raw.splitlines() if not line.startswith(b"Date:")]
    world.feed(b"Auto-Submitted: auto-replied\n" + b"\n".join(lines))
    (until,) = paused(world, BOB)
    assert until is not None
    assert until.date().isoformat() == "2026-12-07"  # the fourth is a Friday


def test_nobody_who_was_stopped_is_paused_by_a_later_absence_note(world: World) -> None:
    letter = world.message(TIM).message_id
    world.feed(mail("Call me.", to=world.message(BOB).message_id))
    raw = mail("I am out of office.", sender=TIM, to=letter, subject="Automatic reply: Shelves", own="9@x")
    world.feed(b"Auto-Submitted: auto-replied\n" + raw)
    assert paused(world, TIM) == []


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
            world.feed(mail("Call me.", to=world.message(BOB).message_id))
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
