"""Reports of mail servers have their effect on the letter and the address they are about, and on no other."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from outreach.model import EnrollmentStatus, MessageStatus
from outreach.store import byhand, stops, suppressions
from outreach.store import inbox as kept
from outreach.store.tables import delivery, message
from tests.incoming import BOB, EVA, bounce, kinds, paused
from tests.worlds import ANN, World


def test_an_address_that_does_not_exist_is_suppressed_and_a_full_mailbox_is_not(world: World) -> None:
    gone = bounce(EVA, "5.1.1", "550 5.1.1 User unknown", letter=world.message(EVA).message_id)
    full = bounce(BOB, "5.2.2", "552 5.2.2 Mailbox full", letter=world.message(BOB).message_id)
    world.feed(gone, full)
    assert [world.enrolled(each) for each in (EVA, BOB)] == [
        EnrollmentStatus.BOUNCED,
        EnrollmentStatus.ACTIVE,
    ]
    assert world.store.read(suppressions.find, world.store.key, BOB) is None
    assert paused(world, BOB) == [world.now + timedelta(days=3)]


def test_soft_bounces_of_one_letter_never_suppress(world: World) -> None:
    letter = world.message(BOB).message_id
    for number in range(4):
        world.feed(bounce(BOB, f"4.2.{number}", "452 4.2.2 Mailbox full", letter=letter))
    assert world.enrolled(BOB) == EnrollmentStatus.ACTIVE


def test_what_a_report_says_about_us_rests_our_mailbox_and_nobody_is_to_blame(world: World) -> None:
    said = "550 5.7.1 Client host blocked using spamhaus"
    world.feed(bounce(BOB, "5.7.1", said, letter=world.message(BOB).message_id))
    assert world.enrolled(BOB) == EnrollmentStatus.ACTIVE
    (rest,) = [each for each in world.store.read(stops.pauses, world.now) if each["name"] == ANN]
    assert "spamhaus" in rest["reason"]
    assert paused(world, BOB) == []


def test_a_report_on_another_mail_of_the_thread_is_not_about_our_letter(world: World) -> None:
    letter = world.message(BOB).message_id
    raw = bounce(
        "typo@other.example", "5.1.1", "550 5.1.1 User unknown", letter="<by-hand@northwind.example>"
    )
    world.feed(raw.replace(b"Subject: Shelves", f"References: {letter}\nSubject: Shelves".encode()))
    assert world.enrolled(BOB) == EnrollmentStatus.ACTIVE


def test_a_delay_changes_nothing(world: World) -> None:
    world.feed(
        bounce(BOB, "4.4.1", "connection timed out", action="delayed", letter=world.message(BOB).message_id),
    )
    assert (kinds(world), world.enrolled(BOB), paused(world, BOB)) == (
        ["delayed"],
        EnrollmentStatus.ACTIVE,
        [],
    )


def test_a_bounce_that_names_the_letter_settles_what_was_uncertain(world: World) -> None:
    letter = world.message(BOB)
    second = sa.delete(message).where(message.c.id == world.message(BOB, "followup").id)
    uncertain = sa.update(message).where(message.c.id == letter.id).values(status=MessageStatus.UNCERTAIN)
    accepted = sa.delete(delivery).where(delivery.c.message_id == letter.id)

    def change(tx: sa.Connection) -> None:
        for statement in (second, accepted, uncertain):
            tx.execute(statement)

    world.store.write(change)
    world.feed(bounce(BOB, "5.2.2", "552 5.2.2 Mailbox full", letter=letter.message_id))
    assert world.message(BOB).status == MessageStatus.SENT


@pytest.mark.parametrize("where", ["to", "envelope"])
def test_a_report_that_returns_nothing_names_its_letter_by_its_own_address(world: World, where: str) -> None:
    """Whom the report is about is an address that we do not know: Eva's mail is passed on, hers may well exist."""
    token = world.message(EVA).message_id[1:].partition("@")[0]
    raw = bounce("eva.private@elsewhere.example", "5.1.1", "550 5.1.1 User unknown").decode()
    if where == "to":
        raw = raw.replace("To: ann@northwind.example", f"To: ann+{token}@northwind.example", 1)
    else:
        raw = raw.replace("Reporting-MTA", f"Original-Envelope-Id: {token}@northwind.example\nReporting-MTA")
    world.feed(raw.encode())
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
    world.feed(report.encode())
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
    world.feed(
        raw.replace(
            "--b\nContent-Type: message/rfc822", f"{gone}\n--b\nContent-Type: message/rfc822"
        ).encode(),
    )
    (row,) = world.store.read(kept.listed)
    assert (row["email"], row["kind"]) == (BOB, "delivered")
    assert world.enrolled(BOB) == EnrollmentStatus.ACTIVE
    assert world.store.read(suppressions.find, world.store.key, BOB) is None


def test_a_report_that_returns_a_mail_of_somebody_else_kills_no_address(world: World) -> None:
    world.feed(bounce(EVA, "5.1.1", "550 5.1.1 User unknown", letter="<forged@elsewhere.example>"))
    assert world.enrolled(EVA) == EnrollmentStatus.ACTIVE
    assert world.store.read(suppressions.find, world.store.key, EVA) is None
    assert [row["waiting"] for row in world.store.read(kept.listed, unmatched=True)] == [True]


def test_who_replied_by_hand_stays_a_replier_when_a_bounce_comes_late(world: World) -> None:
    person = world.person(BOB)
    world.store.write(byhand.mark, world.store.key, person, "replied", at=world.now, actor="me")
    world.feed(bounce(BOB, "5.1.1", "550 5.1.1 User unknown", letter=world.message(BOB).message_id))
    assert world.enrolled(BOB) == EnrollmentStatus.REPLIED
    world.import_({"shops": ["new@acme.example"]})
    assert [each.hold.code for each in world.launch("shops").plan.held] == ["replied"]
