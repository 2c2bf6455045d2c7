"""Receipts of mail programs and mail put aside by gateways, which answer nothing; and calendars, which do."""

from datetime import timedelta
from email.header import Header

import pytest

from outreach.inbound.classify import classify
from outreach.inbound.mail import parse
from outreach.inbound.reading import Kind, Reading
from outreach.sequence import RESPONSES

HEAD = """\
From: Anna Example <a@b.example>
To: me@ours.example
Date: Wed, 25 Nov 2026 10:00:00 +0000
MIME-Version: 1.0
"""


def read(subject: str, rest: str, head: str = HEAD) -> Reading:
    title = Header(subject, "utf-8").encode(maxlinelen=998)
    return classify(parse(f"{head}Subject: {title}\n{rest}".encode()))


def receipt(disposition: str, told: str = "It was shown on 25 November.") -> Reading:
    rest = (
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x\n\n--x\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{told}\n--x\n"
        "Content-Type: message/disposition-notification\n\n"
        "Reporting-UA: b.example; Mail 1\nFinal-Recipient: rfc822;a@b.example\n"
        f"Original-Message-ID: <7@ours.example>\nDisposition: {disposition}\n\n--x--\n"
    )
    return read("Read: Shelves", rest)


@pytest.mark.parametrize(
    "disposition",
    [
        "manual-action/MDN-sent-manually; displayed",
        "automatic-action/MDN-sent-automatically; displayed",
        "automatic-action/MDN-sent-automatically; deleted",
        "manual-action/MDN-sent-manually; deleted",
        "automatic-action/MDN-sent-automatically; dispatched",
        "automatic-action/MDN-sent-automatically; denied",
    ],
)
def test_a_receipt_neither_stops_nor_delays_anything(disposition: str) -> None:
    found = receipt(disposition)
    assert (found.kind, found.return_date) == (Kind.AUTO_REPLY, None)
    assert found.original_message_id == "7@ours.example"
    response = RESPONSES[found.kind]
    assert (response.status, response.suppress, response.rest) == (None, False, timedelta(0))


def test_a_receipt_that_names_days_names_no_day_of_return() -> None:
    told = "Your message to Anna, sent on 24 November, is back in the list of unread mail until 3 December."
    assert receipt("manual-action; displayed", told).return_date is None


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Read: Shelves",
            "Your message\n\nTo: Anna\nSubject: Shelves\n\nwas read on 25 November 2026 10:00.",
        ),
        ("Not read: Shelves", "Your message was deleted without being read on 25 November 2026."),
        ("Gelesen: Regale", "Ihre Nachricht an Anna wurde am 25. November 2026 gelesen."),
        ("Прочитано: стеллажи", "Ваше сообщение было прочитано 25 ноября 2026 г."),
        ("Lu : étagères", "Votre message a été lu le 25 novembre 2026."),
    ],
)
def test_a_receipt_in_words_is_as_quiet(subject: str, text: str) -> None:
    found = read(subject, f"Content-Type: text/plain; charset=utf-8\n\n{text}\n")
    assert (found.kind, found.return_date) == (Kind.AUTO_REPLY, None)


@pytest.mark.parametrize("method", ["REPLY", "REQUEST", "COUNTER"])
@pytest.mark.parametrize(
    "header", ["", "Auto-Submitted: auto-generated\n", "X-Auto-Response-Suppress: All\n"]
)
def test_what_somebody_sends_from_a_calendar_is_an_answer(method: str, header: str) -> None:
    """Calendars mark as generated what a person pressed."""
    calendar = f"Content-Type: text/calendar; method={method}\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n"
    assert read("Accepted: Shelves", header + calendar).kind is Kind.REPLY
    within = (
        "Content-Type: multipart/alternative; boundary=x\n\n"
        "--x\nContent-Type: text/plain\n\nAnna has accepted.\n--x\n"
        f"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:{method}\nEND:VCALENDAR\n--x--\n"
    )
    assert read("Accepted: Shelves", header + within).kind is Kind.REPLY


def test_a_calendar_in_an_absence_does_not_make_it_an_answer() -> None:
    calendar = (
        "Auto-Submitted: auto-replied\nContent-Type: multipart/mixed; boundary=x\n\n"
        "--x\nContent-Type: text/plain\n\nI am away until 3 December.\n--x\n"
        "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:PUBLISH\nEND:VCALENDAR\n--x--\n"
    )
    assert read("Away", calendar).kind is Kind.AUTO_REPLY


GATEWAYS = [
    ("Message quarantined", "Your message was identified as spam and quarantined. The recipient was told."),
    ("[Quarantine] Your message to a@b.example", "A message you sent is in quarantine. You need do nothing."),
    ("E-Mail in Quarantäne", "Ihre E-Mail wurde von unserem Spamfilter in Quarantäne verschoben."),
    ("Письмо помещено в карантин", "Ваше письмо помещено в карантин как подозрительное."),
    ("Message mis en quarantaine", "Votre message a été mis en quarantaine par notre filtre antispam."),
    ("Mensaje en cuarentena", "Su mensaje ha sido puesto en cuarentena por nuestro filtro."),
    ("Messaggio in quarantena", "Il suo messaggio è stato messo in quarantena."),
    ("邮件已被隔离", "您的邮件已被隔离，因为它被识别为垃圾邮件。"),
    ("メールが隔離されました", "送信されたメールは迷惑メールと判定され、隔離されました。"),
]


@pytest.mark.parametrize(("subject", "text"), GATEWAYS)
def test_a_gateway_that_put_the_mail_aside_did_not_answer_it(subject: str, text: str) -> None:
    found = read(subject, f"Content-Type: text/plain; charset=utf-8\n\n{text}\n")
    assert (found.kind, found.return_date) == (Kind.AUTO_REPLY, None)


def test_a_robot_that_speaks_of_quarantine_needs_no_subject() -> None:
    head = HEAD.replace("Anna Example <a@b.example>", "Mail <no-reply@gateway.b.example>")
    text = "Content-Type: text/plain\n\nYour message was quarantined and will be deleted on 3 December.\n"
    found = read("Notification", text, head)
    assert (found.kind, found.return_date) == (Kind.AUTO_REPLY, None)


@pytest.mark.parametrize(
    "text",
    [
        "Your mail was in quarantine, our IT released it today. What do you charge for 40 shelves?",
        "Thank you for your message, it was quarantined until now. Please contact Tom, he buys the shelves.",
        "Ihre Mail war in Quarantäne, bitte entschuldigen Sie. Rufen Sie mich an.",
        "Письмо попало в карантин, только увидели. Пришлите прайс.",
    ],
)
@pytest.mark.parametrize(
    "subject", ["Re: Shelves", "Shelves", "AW: In Quarantäne", "Re: Message quarantined"]
)
def test_a_person_whose_gateway_was_slow_has_answered(subject: str, text: str) -> None:
    found = read(subject, f"Content-Type: text/plain; charset=utf-8\n\n{text}\n")
    assert found.kind is Kind.REPLY
