"""What services report in a form of their own: Amazon SES in JSON, feedback on authentication, daily numbers."""

import json

import pytest

from outreach.inbound import Kind, Reading, parse
from outreach.inbound.classify import classify
from tests.reports import HARD, SOFT

PEOPLE = ("bo@example.com",)


def told(kind: str, part: str, **said: str) -> Reading:
    """The reading of an SES notification of a bounce."""
    recipient = {"emailAddress": "Bo@example.com", "action": "failed", **said}
    bounce = {"bounceType": kind, "bounceSubType": part, "bouncedRecipients": [recipient]}
    sent = {"headers": [{"name": "Message-ID", "value": "<l1@sender.example>"}]}
    text = json.dumps({"notificationType": "Bounce", "bounce": bounce, "mail": sent})
    head = "From: no-reply@sns.amazonaws.com\nTo: ann@sender.example\nSubject: AWS Notification Message\n"
    return classify(parse(f"{head}\n{text}".encode()))


@pytest.mark.parametrize(
    ("kind", "part", "said", "read", "reason"),
    [
        (
            "Permanent",
            "General",
            {"status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 no"},
            HARD,
            "userunknown",
        ),
        ("Permanent", "NoEmail", {}, HARD, "userunknown"),
        ("Permanent", "General", {"diagnosticCode": "smtp; 550 5.7.1 blocked by spamhaus"}, SOFT, "blocked"),
        (
            "Permanent",
            "Suppressed",
            {"diagnosticCode": "SES has suppressed sending to this address"},
            SOFT,
            "filtered",
        ),
        ("Transient", "MailboxFull", {}, SOFT, "mailboxfull"),
        ("Transient", "MessageTooLarge", {}, SOFT, "exceedlimit"),
        (
            "Transient",
            "General",
            {"status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 no"},
            SOFT,
            "userunknown",
        ),
    ],
)
def test_a_bounce_told_in_json_is_hard_only_where_the_service_calls_it_permanent(
    kind: str, part: str, said: dict[str, str], read: Kind, reason: str
) -> None:
    found = told(kind, part, **said)
    assert (found.kind, found.recipients, found.notices[0].reason) == (read, PEOPLE, reason)
    assert found.original_message_id == "l1@sender.example"


def test_a_report_on_authentication_names_a_reason_that_is_no_persons() -> None:
    body = (
        "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: auth-failure\nUser-Agent: x/1\nVersion: 1\n"
        "Original-Rcpt-To: bo@example.com\n\n--b\nContent-Type: message/rfc822\n\n"
        "Message-ID: <l1@sender.example>\n\n--b--\n"
    )
    kind = 'Content-Type: multipart/report; report-type=feedback-report; boundary="b"'
    found = classify(parse(f"From: dmarc@isp.example\nSubject: Report\n{kind}\n\n{body}".encode()))
    assert (found.kind, [each.reason for each in found.notices]) == (Kind.COMPLAINT, ["authfailure"])


@pytest.mark.parametrize(
    "headers",
    [
        "Subject: Report domain: sender.example Submitter: isp.example Report-ID: 1\nContent-Type: text/plain",
        'Subject: TLS\nContent-Type: multipart/report; report-type="tlsrpt"; boundary="b"',
    ],
)
def test_daily_numbers_on_our_domain_are_no_answer(headers: str) -> None:
    found = classify(parse(f"From: noreply-dmarc@isp.example\n{headers}\n\n--b\n\nnumbers\n--b--\n".encode()))
    assert found.kind is Kind.UNRELATED
