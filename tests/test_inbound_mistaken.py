"""Answers of people whose names or words are those of mail systems, and reports that still are reports."""

import pytest

from outreach.inbound import Kind, Mail, Reading, complaint, parse
from outreach.inbound.classify import classify

TOKEN = "abcdefghijklmnopqrstuvwxyz"
LETTER = (
    "Message-ID: <1@ours.example>\nFrom: me@ours.example\nTo: bo@example.com\nSubject: Shelving\n\nShelves?\n"
)
QUOTED = (
    "\n\n-----Original Message-----\nFrom: me@ours.example\nDate: 23 Nov 2026\nTo: x@y.test\nSubject: A\n"
)


def mail(sender: str, subject: str, body: str, *headers: str) -> Mail:
    """A mail to us, plain text unless `headers` say otherwise."""
    head = [f"From: {sender}", "To: me@ours.example", f"Subject: {subject}", *headers]
    if not any(header.startswith("Content-Type") for header in headers):
        head.append("Content-Type: text/plain; charset=utf-8")
    return parse(("\n".join(head) + "\n\n" + body).encode())


def read(sender: str, subject: str, body: str, *headers: str) -> Reading:
    return classify(mail(sender, subject, body, *headers))


THREAD = "In-Reply-To: <1@ours.example>"
PEOPLE = [
    ("mail@firma.example", "AW: Shelving", "Ich konnte nicht früher antworten. Ja, Interesse.", THREAD),
    ("mail@firma.example", "Shelving", "Ihr Angebot hat einen Fehler, wir brauchen 450 Stück.", THREAD),
    ("mailer@firma.example", "Re: Shelving", "What is the reason for your offer? Call me.", ""),
    ("Mail Delivery Service GmbH <bo@parcels.example>", "Re: Shelving", "Error: I meant 20 of them.", THREAD),
    ("System Administrator <it@firm.example>", "Re: Shelving", "There was an error in my mail. Yes.", THREAD),
    ("E-Mail System <anna@firm.example>", "Re: Shelving", "Your file may not exist, send it again.", THREAD),
    (
        "postmaster@firm.example",
        "Re: Shelving",
        "I could not reach you: your mail was rejected. Call me.",
        THREAD,
    ),
    ("Postmaster <bo@firm.example>", "Re: Shelving", "The price does not exist in your list.", ""),
    (
        "bounces@trampolines.example",
        "Re: Shelving",
        "The reason for my question: we need 450 metres.",
        THREAD,
    ),
    ("mail@firma.example", "Re: Полки", "Мне не удалось позвонить вам вчера. Давайте в среду?", THREAD),
    ("mail@firme.example", "RE: Shelving", "Je n'ai pas répondu, mon chef n'a pas pu. Oui !", THREAD),
    ("mail@azienda.example", "R: Shelving", "Non è stato possibile prima. Mi interessa.", THREAD),
    ("mail@firma.example", "AW: Shelving", "Am 5.1.26 konnte nicht jeder. anna@firma.example", THREAD),
    (
        "mail@firma.example",
        "AW: Shelving",
        "Das konnte nicht warten, ja!" + QUOTED,
        THREAD,
    ),
    ("mail@firma.example", "Zustellung am Montag", "Die Ware konnte nicht abgeholt werden, 450 Stück.", ""),
    ("mail@firma.example", "Shelving", "Fehler im Prospekt:\nlager@firma.example 450 Stück am 5.1.26", ""),
    (
        "bo@example.com",
        "Delivery problem with pump 4",
        "It could not be delivered, 450 pieces are missing.",
        "",
    ),
    ("Microsoft Outlook <bo@example.com>", "Re: Shelving", "User unknown? I am user 450 there.", THREAD),
]


@pytest.mark.parametrize(("sender", "subject", "body", "thread"), PEOPLE)
def test_an_answer_is_no_bounce_for_its_writers_name_and_a_word(
    sender: str, subject: str, body: str, thread: str
) -> None:
    found = read(sender, subject, body, *filter(None, [thread]))
    assert found.kind is Kind.REPLY, found.why


def test_a_mail_that_an_answer_encloses_makes_it_no_bounce() -> None:
    parts = (
        f"--b\n\nIch konnte nicht früher, anbei seine.\n--b\nContent-Type: message/rfc822\n\n{LETTER}--b--\n"
    )
    kind = "Content-Type: multipart/mixed; boundary=b"
    assert read("mail@firma.example", "AW: Shelving", parts, THREAD, kind).kind is Kind.REPLY


GONE = "The message could not be delivered:\n\n<bo@example.com>: 550 5.1.1 User unknown\n"
RETURNED = "Your message was not delivered.\n\n--- Original message follows ---\n" + LETTER
REPORTS = [
    ("mail@mx.example", "Undeliverable mail", GONE, ""),
    ("System Administrator <it@mx.example>", "Undeliverable: Shelving", GONE, ""),
    ("postmaster@mx.example", "Undeliverable mail", "Delivery failed, 20 attempts:\n\nbo@example.com\n", ""),
    ("Mail System <bounces@mx.example>", "Returned mail", RETURNED, ""),
    ("E-Mail System <a@mx.example>", "Returned mail", "It could not be delivered.", "Return-Path: <>"),
    ("MAILER-DAEMON@mx.example", "Re: Shelving", "User unknown", THREAD),
    ("postmaster@mx.example", "Re: Shelving", GONE + "\n--- Original message follows ---\n" + LETTER, THREAD),
]


@pytest.mark.parametrize(("sender", "subject", "body", "header"), REPORTS)
def test_a_report_with_the_form_of_one_stays_a_bounce(
    sender: str, subject: str, body: str, header: str
) -> None:
    found = read(sender, subject, body, *filter(None, [header]))
    assert found.kind in (Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE), found.why


MARKED = "Your mail has been flagged as spam here, I am interested all the same. Call me."


@pytest.mark.parametrize("sender", ["feedback@firm.example", "abuse@firm.example", "postmaster@firm.example"])
@pytest.mark.parametrize(("subject", "thread"), [("Re: Shelving", ""), ("Spam report", THREAD)])
def test_an_answer_that_tells_of_the_spam_folder_is_no_complaint(
    sender: str, subject: str, thread: str
) -> None:
    assert complaint.read(mail(sender, subject, MARKED, *filter(None, [thread]))) is None


def test_a_complaint_that_brings_the_letter_back_is_one_in_the_thread_too() -> None:
    parts = f"--b\n\n{MARKED}\n--b\nContent-Type: message/rfc822\n\n{LETTER}--b--\n"
    kind = "Content-Type: multipart/mixed; boundary=b"
    found = read("abuse@provider.example", "Spam report", parts, THREAD, kind)
    assert (found.kind, found.recipients) == (Kind.COMPLAINT, ("bo@example.com",))


@pytest.mark.parametrize("subject", ["unsubscribe {}", "Re: unsubscribe {}", "***SPAM*** unsubscribe {}"])
@pytest.mark.parametrize("sender", ["bo@example.com", "postmaster@example.com", "abuse@example.com"])
@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("Auto-Submitted: auto-generated", ""),
        ("Auto-Submitted: auto-replied", "I am out of the office until 3 December."),
        ("Precedence: auto_reply", MARKED),
        ("X-Autoreply: yes", "Bo Example has left the company."),
    ],
)
def test_a_mail_to_the_opt_out_address_is_one_whatever_wrote_it(
    subject: str, sender: str, header: str, body: str
) -> None:
    assert read(sender, subject.format(TOKEN), body, header).kind is Kind.OPT_OUT


def test_the_bounce_of_an_opt_out_mail_stays_a_bounce() -> None:
    found = read("MAILER-DAEMON@mx.example", f"Undeliverable: unsubscribe {TOKEN}", GONE, "Return-Path: <>")
    assert (found.kind, found.recipients) == (Kind.HARD_BOUNCE, ("bo@example.com",))


def test_a_postmaster_who_answers_is_a_person() -> None:
    text = "Your mail was marked as spam and put into quarantine, but I am interested. Please call me."
    raw = (
        "From: Max Berg <postmaster@firma.example>\nTo: ann@northwind.example\nSubject: Re: Shelving\n"
        f"In-Reply-To: <1@northwind.example>\nMessage-ID: <2@firma.example>\n\n{text}\n"
    )
    assert classify(parse(raw.encode())).kind is Kind.REPLY
