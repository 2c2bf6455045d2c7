"""A bounce in any form is found, its recipient named, and an address called dead only where it is."""

import time

import pytest

from outreach.data import table
from outreach.inbound import Kind, Mail, Reading, bounce, parse, report
from outreach.inbound.reasons import judge, status_of

HARD, SOFT, DELAYED = Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE, Kind.DELAYED
LETTER = """\
Received: from out.sender.example by mx.example.net; Mon, 2 Nov 2026 09:00:00 +0000
Message-ID: <l1@sender.example>
From: ann@sender.example
To: bo@example.com
Subject: Pumps

Good day
"""
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example.net>"


def mail(body: str, subject: str = "failure notice", sender: str = DAEMON, **more: str) -> Mail:
    headers = {"From": sender, "To": "ann@sender.example", "Subject": subject, **more}
    lines = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return parse(f"{lines}\n{body}".encode())


def dsn(fields: str, told: str = "This is the mail system.", returned: str = LETTER) -> Mail:
    body = (
        f"--b\nContent-Type: text/plain\n\n{told}\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.example.net\n\n{fields}\n--b\nContent-Type:"
        f" message/rfc822\n\n{returned}\n--b--\n"
    )
    kind = 'multipart/report; report-type=delivery-status; boundary="b"'
    return mail(body, "Undelivered Mail Returned to Sender", Content_Type=kind)


def read(found: Mail) -> Reading | None:
    return report.read(found) or bounce.read(found)


def block(address: str, action: str, status: str, diagnostic: str) -> str:
    fields = {"Final-Recipient": f"rfc822; {address}", "Action": action, "Status": status}
    lines = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f"{lines}Diagnostic-Code: smtp; {diagnostic}\n"


# What servers of each make write, in their form: text of the report, kind, reason.
TOLD = {
    "qmail": (
        "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver"
        " your message to the"
        " following addresses.\n\n<bo@example.com>:\n192.0.2.1 does not like recipient.\nRemote host"
        " said: 550 sorry,"
        " no such user\nGiving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\n",
        HARD,
        "userunknown",
    ),
    "qmail after data": (
        "Hi. This is the qmail-send program.\n\n<bo@example.com>:\n192.0.2.1 failed after I sent the"
        " message.\nRemote host"
        " said: 550 no such user\n\n--- Below this line is a copy of the message.\n\n",
        SOFT,
        "filtered",
    ),
    "exim": (
        "This message was created automatically by mail delivery software.\n\nA message that you sent"
        " could not be"
        " delivered to one or more of its\nrecipients. The following address(es) failed:\n\n "
        " bo@example.com\n    SMTP error"
        " from remote mail server after RCPT TO:<bo@example.com>:\n    host mx.example.com [192.0.2.1]:"
        " 550 Unknown user"
        "\n\n------ This is a copy of the message, including all the headers. ------\n\n",
        HARD,
        "userunknown",
    ),
    "exim, no such domain": (
        "The following address(es) failed:\n\n  bo@example.com\n    Unrouteable address\n\n"
        "------ This is a copy of your message. ------\n\n",
        HARD,
        "hostunknown",
    ),
    "sendmail": (
        "   ----- The following addresses had permanent fatal errors -----\n<bo@example.com>\n\n  "
        " ----- Transcript of"
        " session follows -----\n... while talking to mx.example.com.:\n>>> RCPT"
        " To:<bo@example.com>\n<<< 550 No such user"
        " here\n550 <bo@example.com>... User unknown\n\n   ----- Original message follows -----\n\n",
        HARD,
        "userunknown",
    ),
    "gmail": (
        "Delivery to the following recipient failed permanently:\n\n     bo@example.com\n\nTechnical"
        " details of permanent"
        " failure:\nThe error that the other server returned was:\n550 550 5.2.2 Mailbox over quota"
        " (state 14).\n\n"
        "----- Original message -----\n\n",
        SOFT,
        "mailboxfull",
    ),
    "gateway": (
        "We had trouble delivering your message. Full details follow:\n\n1 error(s):\n\nSMTP Server"
        " <mx.example.com>"
        " rejected recipient <bo@example.com> (Error following RCPT command). It responded as follows:"
        " [550 5.1.1 User unknown]\n\nOriginal message follows.\n\n",
        HARD,
        "userunknown",
    ),
    "exchange": (
        "Your message\n\n  To:      Bo\n  Subject: Pumps\n  Sent:    Mon, 2 Nov 2026 09:00:00"
        " +0000\n\ndid not reach the"
        " following recipient(s):\n\nbo@example.com on Mon, 2 Nov 2026 09:00:01 +0000\n    The"
        " recipient name is not"
        " recognized\n    MSEXCH:IMS:EXAMPLE:SITE:MX 0 (000C05A6) Unknown Recipient\n",
        HARD,
        "userunknown",
    ),
    "the answer before the address": (
        "Your message:\n   From:    ann@sender.example\n   Subject: Pumps\n\nCould not be delivered"
        " because of\n\n550 5.1.1"
        " User unknown\n\nThe following recipients were affected:\n    bo@example.com\n\n",
        HARD,
        "userunknown",
    ),
    "scanner": (
        "Unable to deliver message to <bo@example.com>\n\nSent <<< RCPT TO:<bo@example.com>\nReceived"
        " >>> 550 user unknown\n",
        HARD,
        "userunknown",
    ),
    "carrier": (
        "The user(s) account is disabled.\n\n<bo@example.com>: 550 user unknown (in reply to RCPT TO"
        " command)\n\n",
        SOFT,
        "suspend",
    ),
    "russian": (
        "К сожалению, письмо не может быть доставлено:\n\n  bo@example.com\n    пользователь не найден"
        " (550 5.1.1)\n\n"
        "------ This is a copy of the message. ------\n\n",
        HARD,
        "userunknown",
    ),
    "japanese": (
        "以下のメールアドレスへの送信に失敗しました。\nbo@example.com\n-------server message\n452 4.2.2 容量超過\n"
        "-------SMTP command\nDATA\n-------original message\n",
        SOFT,
        "mailboxfull",
    ),
    "chinese": (
        "您的邮件无法投递：\n\nbo@example.com\n550 5.1.1 用户不存在\n\n--- Original message follows.\n\n",
        HARD,
        "userunknown",
    ),
    "german": (
        "Ihre Nachricht konnte nicht zugestellt werden.\n\nEmpfänger: bo@example.com\n550 5.1.1"
        " Empfänger unbekannt\n\n",
        HARD,
        "userunknown",
    ),
    "program": (
        "pipe to |/usr/bin/filter\n  generated by bo@example.com\n  exit status 75\n\nbo@example.com\n",
        SOFT,
        "mailererror",
    ),
}


@pytest.mark.parametrize("make", TOLD)
def test_each_make_of_server_is_read(make: str) -> None:
    told, kind, reason = TOLD[make]
    found = read(mail(told + LETTER))
    assert found is not None
    assert (found.kind, found.recipients) == (kind, ("bo@example.com",)), found
    assert found.notices[0].reason == reason
    assert found.original_message_id == "l1@sender.example"


ANSWERS = [
    (
        "5.1.1",
        "550 5.1.1 <bo@example.com>: Recipient address rejected: User unknown",
        "",
        HARD,
        "userunknown",
    ),
    ("5.2.2", "552 5.2.2 mailbox full", "RCPT", SOFT, "mailboxfull"),
    ("5.1.1", "552 5.1.1 sorry, that mailbox is over quota", "RCPT", SOFT, "mailboxfull"),
    (
        "5.7.1",
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
        "",
        SOFT,
        "blocked",
    ),
    (
        "5.7.1",
        "554 5.7.1 <bo@example.com>: Recipient address rejected: Access denied",
        "RCPT",
        SOFT,
        "filtered",
    ),
    (
        "5.4.1",
        "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
        "RCPT",
        HARD,
        "userunknown",
    ),
    ("5.1.8", "501 5.1.8 domain does not exist", "MAIL", SOFT, "rejected"),
    ("5.7.26", "550 5.7.26 unauthenticated mail is prohibited", "DATA", SOFT, "authfailure"),
    ("5.1.2", "550 5.1.2 Host unknown", "", HARD, "hostunknown"),
    ("5.1.10", "556 5.1.10 Recipient address has null MX", "RCPT", HARD, "notaccept"),
    ("5.4.4", "550 5.4.4 Invalid domain", "", HARD, "hostunknown"),
    ("4.1.1", "450 4.1.1 <bo@example.com>: user unknown", "RCPT", SOFT, "userunknown"),
    ("", "550 : User unknown", "RCPT", SOFT, "filtered"),
    ("", "550 user unknown", "RCPT", HARD, "userunknown"),
    ("", "550 user unknown", "DATA", SOFT, "filtered"),
    ("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled", "RCPT", SOFT, "suspend"),
    ("5.3.4", "552 5.3.4 message too big", "", SOFT, "exceedlimit"),
    ("5.7.1", "554 5.7.1 <bo@example.com>: Relay access denied", "RCPT", SOFT, "norelaying"),
    ("", "", "", SOFT, "undefined"),
]


@pytest.mark.parametrize(("code", "text", "command", "kind", "reason"), ANSWERS)
def test_words_and_code_together_decide(code: str, text: str, command: str, kind: Kind, reason: str) -> None:
    assert judge(code, text, command) == (kind, reason)


@pytest.mark.parametrize(
    ("text", "field", "code"),
    [
        ("550 5.1.1 <bo@example.com> unknown", "5.0.0", "5.1.1"),
        ("5.1.0 - Unknown address error 550-'5.2.2 Mailbox Full'", "5.0.0 (permanent failure)", "5.2.2"),
        ("connect to 192.5.1.1[192.5.1.1]:25 refused", "4.4.1", "4.4.1"),
        ("", "", ""),
    ],
)
def test_the_code_of_the_refusing_server_is_taken(text: str, field: str, code: str) -> None:
    assert status_of(text, field) == code


def test_a_report_is_read_per_recipient_the_worst_first() -> None:
    fields = "\n".join(
        [
            block("full@example.com", "failed", "5.2.2", "552 5.2.2 mailbox full"),
            block("Gone@Example.com", "failed", "5.1.1", "550 5.1.1 user unknown"),
            block("late@example.com", "delayed", "4.4.1", "connection timed out"),
            block("good@example.com", "delivered", "2.1.5", "250 ok"),
        ]
    )
    found = read(dsn(fields))
    assert found is not None
    assert found.kind is HARD
    assert [(each.recipient, each.kind) for each in found.notices] == [
        ("gone@example.com", HARD),
        ("full@example.com", SOFT),
        ("late@example.com", DELAYED),
        ("good@example.com", Kind.DELIVERED),
    ]
    assert found.original_message_id == "l1@sender.example"


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_success_is_no_failure(action: str) -> None:
    found = read(dsn(block("bo@example.com", action, "2.0.0", "250 accepted")))
    assert found is not None
    assert found.kind is Kind.DELIVERED


def test_a_report_without_an_answer_takes_it_from_its_words() -> None:
    told = "Our mail system could not deliver:\n\nbo@example.com: Envelope expired\n"
    found = read(dsn("Final-Recipient: rfc822; bo@example.com\nAction: failed\nStatus: 5.0.0\n", told))
    assert found is not None
    assert (found.kind, found.notices[0].reason) == (SOFT, "expired")


def test_where_the_address_was_refused_is_read_from_the_words() -> None:
    fields = block("bo@example.com", "failed", "5.0.0", "550 Unknown user bo@example.com")
    refused = (
        "<bo@example.com>: host mx.example.com[192.0.2.1] said: 550 Unknown user (in reply to {} command)"
    )
    at = {place: read(dsn(fields, refused.format(place))) for place in ("RCPT TO", "end of\n    DATA")}
    assert [found.kind for found in at.values() if found] == [HARD, SOFT]


def test_a_report_in_a_returned_mail_is_not_this_mails() -> None:
    old = block("old@example.com", "failed", "5.1.1", "550 no")
    inner = (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="c"\n'
        f"Message-ID: <l1@sender.example>\n\n--c\nContent-Type: message/delivery-status\n\n{old}\n--c--\n"
    )
    found = read(dsn(block("bo@example.com", "failed", "5.2.2", "552 full"), returned=inner))
    assert found is not None
    assert found.recipients == ("bo@example.com",)


def test_a_service_reports_in_json() -> None:
    body = (
        '{"Type": "Notification", "Message": "{\\"notificationType\\":\\"Bounce\\",\\"bounce\\":{\\"bounceType\\":'
        '\\"Permanent\\",\\"bouncedRecipients\\":[{\\"emailAddress\\":\\"bo@example.com\\",\\"status\\":\\"5.1.1\\",'
        '\\"diagnosticCode\\":\\"smtp; 550 5.1.1 user unknown\\"}]},\\"mail\\":{\\"headers\\":[{\\"name\\":'
        '\\"Message-ID\\",\\"value\\":\\"<l1@sender.example>\\"}]}}"}'
    )
    found = read(mail(body, "Notification", "no-reply@sns.example"))
    assert found is not None
    assert (found.kind, found.recipients, found.original_message_id) == (
        HARD,
        ("bo@example.com",),
        "l1@sender.example",
    )


def test_a_notice_of_delay_is_no_bounce_yet() -> None:
    told = (
        "This is a warning message only, you do not need to resend.\n\nDelivery to the following"
        " recipient has been"
        " delayed:\n\n     bo@example.com\n\n451 4.4.1 connection timed out\n\n----- Original message"
        " -----\n\n"
    )
    found = read(mail(told + LETTER, "Delivery Status Notification (Delay)"))
    assert found is not None
    assert found.kind is DELAYED


ORDINARY = [
    (
        "Re: Undelivered Mail Returned to Sender",
        "Bo <bo@example.com>",
        "The mail was rejected again, see below.\n\n> 550 5.1.1 no",
    ),
    (
        "Fwd: failure notice",
        "Bo <bo@example.com>",
        "Your letter bounced, what now?\n\n" + TOLD["qmail"][0] + LETTER,
    ),
    (
        "Delivery problem with pump 4",
        "Bo <bo@example.com>",
        "Hello,\n\nthe pump could not be delivered to our plant.\n\nBo",
    ),
    (
        "Delivery report of week 44",
        "Bo <bo@example.com>",
        "Dear Ann,\n\nplease find 450 pieces and 550 valves.\n\nBo",
    ),
    ("Your question", "Bo Post <bo@postmaster-tools.example>", "Thanks, that works for us."),
    ("Re: Mailbox full", "bo@example.com", "I have made room, please send it again."),
    ("Ошибка доставки", "bo@example.com", "Здравствуйте! Насос не доставлен, когда ждать?"),
    ("Zustellung am Montag", "bo@example.com", "Guten Tag, die Ware konnte nicht abgeholt werden."),
    ("Out of office", "Bo <bo@example.com>", "I am away until 3 December."),
]


@pytest.mark.parametrize(("subject", "sender", "body"), ORDINARY)
def test_what_people_write_is_no_bounce(subject: str, sender: str, body: str) -> None:
    assert read(mail(body, subject, sender)) is None


HOSTILE = [
    "<" * 200_000,
    "a@" * 100_000,
    "550 " * 60_000,
    ">>> RCPT TO:<" + "x" * 200_000,
    "\n".join(f"<u{each}@example.com>: 550 5.1.1 user unknown" for each in range(4000)),
    "to " * 70_000 + "rcpt",
    "-" * 200_000 + " original message",
    "Final-Recipient: rfc822;\n" * 9000,
    "\ud800 5.1.1 " * 20_000,
    "message-id:" * 20_000,
]


@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_text_is_read_in_bounded_time(body: str) -> None:
    start = time.perf_counter()
    raw = f"From: {DAEMON}\nSubject: failure notice\nReturn-Path: <>\n\n{body}".encode(
        "utf-8", "surrogatepass"
    )
    read(parse(raw))
    assert time.perf_counter() - start < 1


def test_every_reason_of_the_table_can_be_reached() -> None:
    rows = table("reasons")["said"]
    reached = {judge("", word.replace(" & ", " "), "RCPT")[1] for row in rows for word in row["words"]}
    assert {row["reason"] for row in rows} <= reached
    assert set(table("reasons")["hard"]) <= {row["reason"] for row in rows}


def test_a_carriers_spam_filter_is_not_the_address() -> None:
    told = "<bo@example.com>: 550 user unknown (in reply to RCPT TO command)\n"
    assert read(mail(told)) != read(mail(told, X_SPASIGN="NG"))
    found = read(mail(told, X_SPASIGN="NG"))
    assert found is not None
    assert (found.kind, found.notices[0].reason) == (SOFT, "filtered")
