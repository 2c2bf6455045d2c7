"""A complaint is known as one, in the standard form or not, and what is none does no harm."""

import pytest

from outreach.inbound import Kind, Mail, Part, Reading, complaint, parse, report

RETURNED = """\
Message-ID: <l1@sender.example>
From: ann@sender.example
To: bo@example.com
Subject: Pumps

Good day
"""


def read(mail: Mail) -> Reading | None:
    return report.read(mail) or complaint.read(mail)


def feedback(kind: str, more: str = "") -> Mail:
    """A feedback report (RFC 5965), its parts as a reader has them."""
    fields = f"Feedback-Type: {kind}\nUser-Agent: Loop/1.0\nVersion: 1\n{more}"
    parts = (
        Part("text/plain", "This is a report for a mail received from 192.0.2.1.", {}),
        Part("message/feedback-report", fields, {}),
        Part("text/rfc822-headers", RETURNED.partition("\n\n")[0], {}, returned=True),
    )
    headers = (("from", "loop@provider.example"), ("subject", "FW: Pumps"))
    return Mail(headers, parts, "multipart/report", "feedback-report")


@pytest.mark.parametrize("kind", ["abuse", "fraud", "virus", "other", "opt-out"])
def test_a_feedback_report_is_a_complaint(kind: str) -> None:
    found = read(feedback(kind))
    assert found is not None
    assert (found.kind, found.recipients) == (Kind.COMPLAINT, ("bo@example.com",))
    assert found.original_message_id == "l1@sender.example"
    assert kind in found.why


def test_a_report_that_says_nothing_against_us_is_none() -> None:
    found = read(feedback("not-spam"))
    assert found is not None
    assert found.kind is Kind.UNRELATED
    assert "not-spam" in found.why


def test_the_reporter_named_in_the_fields_goes_before_the_letters_own() -> None:
    found = read(feedback("abuse", "Original-Rcpt-To: Jo@example.com\n"))
    assert found is not None
    assert found.recipients == ("jo@example.com",)


def test_a_feedback_report_in_bytes_is_read() -> None:
    raw = (
        "From: loop@provider.example\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nAn abuse report.\n--b\nContent-Type: message/feedback-report\n\n"
        f"Feedback-Type: abuse\nVersion: 1\n\n--b\nContent-Type: message/rfc822\n\n{RETURNED}\n--b--\n"
    )
    found = read(parse(raw.encode()))
    assert found is not None
    assert (found.kind, found.original_message_id) == (Kind.COMPLAINT, "l1@sender.example")


def test_a_providers_own_form() -> None:
    raw = (
        "From: staff@hotmail.com\nSubject: complaint about message from 192.0.2.1\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: message/rfc822\n\n'
        f"X-HmXmrOriginalRecipient: Jo@example.com\n{RETURNED}\n--b--\n"
    )
    found = read(parse(raw.encode()))
    assert found is not None
    assert (found.kind, found.recipients) == (Kind.COMPLAINT, ("jo@example.com",))
    assert found.original_message_id == "l1@sender.example"


def test_a_sending_service_says_it_in_json() -> None:
    inner = (
        '{\\"notificationType\\":\\"Complaint\\",\\"complaint\\":{\\"complainedRecipients\\":[{\\"emailAddress\\":'
        '\\"Bo@example.com\\"}],\\"complaintFeedbackType\\":\\"abuse\\"},\\"mail\\":{\\"messageId\\":\\"s1\\",'
        '\\"commonHeaders\\":{\\"messageId\\":\\"<l1@sender.example>\\"}}}'
    )
    found = read(parse(f'From: no-reply@sns.example\nSubject: Note\n\n{{"Message": "{inner}"}}'.encode()))
    assert found is not None
    assert (found.kind, found.recipients) == (Kind.COMPLAINT, ("bo@example.com",))
    assert found.original_message_id == "l1@sender.example"


def test_a_mail_programs_unsubscribe_button_is_an_opt_out() -> None:
    raw = (
        "From: bo@example.com\nSubject: unsubscribe\nIn-Reply-To: <l1@sender.example>\nAuto-Submitted:"
        " auto-replied\n\n"
        "Apple Mail sent this email to unsubscribe from the message “Pumps”.\n"
    )
    found = read(parse(raw.encode()))
    assert found is not None
    assert (found.kind, found.recipients, found.original_message_id) == (
        Kind.OPT_OUT,
        ("bo@example.com",),
        "l1@sender.example",
    )


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        ("bo@example.com", "Complaint about order 12", "Dear Ann, the pump is broken. I want to complain."),
        ("bo@example.com", "Re: spam report", "Here is the spam report of our filter for October."),
        ("abuse@example.com", "Contact for your network", "Who is responsible for 192.0.2.1? Regards, Bo"),
        ("bo@example.com", "Pumps", "Your mail was marked as spam here, I found it by chance. Let us talk."),
        ("no-reply@sns.example", "Note", '{"Message": "{broken"}'),
        ("no-reply@sns.example", "Note", '{"Message": "{\\"complaint\\": [1]}"}' + "[" * 50_000),
    ],
)
def test_what_people_and_machines_write_is_no_complaint(sender: str, subject: str, body: str) -> None:
    assert read(parse(f"From: {sender}\nSubject: {subject}\n\n{body}".encode())) is None
