"""The reports of providers and sending services: found, the right person named."""

import pytest

from tests.reports import DELAYED, EXIM, GOOGLE, HARD, HEADERS, SOFT, Make, fields, wrong

MAKES = {
    "gmail": Make(
        GOOGLE,
        "Delivery Status Notification (Failure)",
        SOFT,
        "hostunknown",
        """\
** Address not found **

Your message wasn't delivered to bo@example.com because the domain example.com couldn't be found.
Check for typos or unnecessary spaces and try again.

The response was:
DNS Error: 123 DNS type 'mx' lookup of example.com responded with code NXDOMAIN
Domain name not found: example.com
""",
        fields(
            "4.0.0", "smtp; DNS Error: 123 DNS type 'mx' lookup of example.com responded with code NXDOMAIN"
        ),
    ),
    "gmail, unknown by name": Make(
        GOOGLE,
        "Delivery Status Notification (Failure)",
        HARD,
        "userunknown",
        """\
** Address not found **

Your message wasn't delivered to bo@example.com because the address couldn't be found, or is unable
to receive mail.

The response from the remote server was:
550 <bo@example.com>: User unknown
""",
        fields("5.0.0", "smtp; 550 <bo@example.com>: User unknown", more="Remote-MTA: dns; mx.au.com\n"),
    ),
    "gmail, waiting": Make(
        GOOGLE,
        "Delivery Status Notification (Delay)",
        DELAYED,
        "networkerror",
        """\
** Delivery incomplete **

There was a temporary problem delivering your message to bo@example.com. Gmail will retry for 46
more hours. You'll be notified if the delivery fails permanently.
""",
        fields(
            "4.4.2", "smtp; The recipient server did not accept our requests to connect.", action="delayed"
        ),
    ),
    "yahoo": Make(
        "MAILER-DAEMON@yahoo.example",
        "Failure Notice",
        HARD,
        "userunknown",
        """\
Sorry, we were unable to deliver your message to the following address.

<bo@example.com>:
554: delivery error: dd This user doesn't have a yahoo.example account (bo@example.com) [0] -
mta1.mail.example

--- Below this line is a copy of the message.

""",
    ),
    "yahoo, no mailbox after the letter": Make(
        "MAILER-DAEMON@yahoo.example",
        "Failure Notice",
        HARD,
        "userunknown",
        """\
Sorry, we were unable to deliver your message to the following address.

<bo@example.com>:
552: 1 Requested mail action aborted, mailbox not found

--- Below this line is a copy of the message.

""",
    ),
    "mail.ru": Make(
        "mailer-daemon@corp.mail.example",
        "Mail failure.",
        SOFT,
        "suspend",
        EXIM.format("""\
Local mailbox bo@example.com is unavailable: account is disabled

**********************

Это письмо создано автоматически сервером, отвечать на него не нужно."""),
    ),
    "yandex": Make(
        "mailer-daemon@yandex.example",
        "Недоставленное сообщение",
        HARD,
        "userunknown",
        """\
This is the mail system at host mx.yandex.example.

К сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям.

<bo@example.com>: host mx.example.com[192.0.2.1] said: 550 5.7.1 No such user! (in reply to RCPT TO
command)
""",
        fields("5.7.1", "smtp; 550 5.7.1 No such user!"),
    ),
    "gmx": Make(
        "GMX Mailer Daemon <mailer-daemon@gmx.example>",
        "Mail delivery failed: returning message to sender",
        HARD,
        "userunknown",
        """\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of
its recipients. This is a permanent error. The following address
failed:

"bo@example.com":
SMTP error from remote server after RCPT command:
host: mx.example.com
5.1.1 <bo@example.com>... User Unknown

--- The header of the original message is following. ---

""",
        returned=HEADERS,
    ),
    "1&1": Make(
        '"Mail Delivery System" <mailer-daemon@kundenserver.example>',
        "Mail delivery failed: returning message to sender",
        SOFT,
        "expired",
        """\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of
its recipients. The following addresses failed:

<bo@example.com>

host mx.example.com[192.0.2.1]: Delivery time expired

--- The header of the original message is following. ---

""",
        returned=HEADERS,
    ),
    "t-online": Make(
        "Mail Delivery System <Mailer-Daemon@t-online.example>",
        "mail failed, returning to sender",
        SOFT,
        "mailboxfull",
        """\
|------------------------- Message log follows: -------------------------|
 no valid recipients were found for this message
|------------------------- Failed addresses follow: ---------------------|
 <bo@example.com>
   552 5.2.2 <bo@example.com> Quota exceeded (mailbox for user is full)

|------------------------- Message header follows: ----------------------|
""",
        returned=HEADERS,
    ),
    "smail": Make(
        "<MAILER-DAEMON@mx.example.net>",
        "mail failed, returning to sender",
        HARD,
        "hostunknown",
        """\
|------------------------- Message log follows: -------------------------|
 no valid recipients were found for this message
|------------------------- Failed addresses follow: ---------------------|
 bo@example.com ... unknown host
|------------------------- Message text follows: ------------------------|
""",
    ),
    "zoho": Make(
        "mailer-daemon@mail.zoho.example",
        "Undelivered Mail Returned to Sender",
        HARD,
        "userunknown",
        """\
This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of its recipients. This is a permanent
error.

bo@example.com Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 <bo@example.com>... User Unknown

Received:from mail.zoho.example by mail.zoho.example
	Mon, 2 Nov 2026 09:00:00 +0000
Message-ID:<l1@sender.example>
From:ann@sender.example
To:bo@example.com
Subject:Pumps
""",
        returned="",
    ),
    "amazon ses": Make(
        "MAILER-DAEMON@email-bounces.amazonses.example",
        "Delivery Status Notification (Failure)",
        SOFT,
        "spamdetected",
        """\
An error occurred while trying to deliver the mail to the following recipients:
bo@example.com
""",
        fields("5.6.1", "smtp; 550 5.6.1 Message content rejected: spam detected"),
    ),
    "sendgrid": Make(
        "MAILER-DAEMON@sendgrid.example",
        "Undelivered Mail Returned to Sender",
        SOFT,
        "expired",
        """\
Hello, this is the mail server on mx.sendgrid.example.

I am sending you this message to inform you on the delivery status of a message you
previously sent. Immediately below you will find a list of the affected
recipients.

  <bo@example.com>

unable to get mx info: failed to get IPs from PTR record
""",
        fields("4.4.7", "smtp; delivery time expired: unable to get mx info"),
    ),
    "powermta": Make(
        "<postmaster@mx.example.net>",
        "Delivery report",
        HARD,
        "userunknown",
        """\
Hello, this is the mail server on mx.example.net.

I am sending you this message to inform you on the delivery status of a
message you previously sent.  Immediately below you will find a list of
the affected recipients;  also attached is a Delivery Status Notification
(DSN) report in standard format, as well as the headers of the original
message.

  <bo@example.com>  delivery failed; will not continue trying
""",
        fields("5.0.0", "smtp;550 not here", more="X-PowerMTA-BounceCategory: bad-mailbox\n"),
    ),
    "verizon": Make(
        "post_master@vtext.example",
        "Undeliverable Message",
        SOFT,
        "suspend",
        """\
Error: Service not available

Message details:
  Subject: Pumps
  Sent date: Mon Nov 02 09:00:00 GMT 2026
  MAIL FROM: ann@sender.example
  RCPT TO: bo@example.com

The mailbox is currently suspended
""",
        returned="",
    ),
    "au": Make(
        "no-reply@app.au.example",
        "Mail System Error - Returned Mail",
        SOFT,
        "mailboxfull",
        """\
Your mail sent on: Mon, 2 Nov 2026 09:00:00 +0900
     Could not be delivered to: <bo@example.com>
     As their mailbox is full.
""",
        enclosed=True,
    ),
    "au, unknown": Make(
        "Postmaster@ezweb.example",
        "Mail System Error - Returned Mail",
        HARD,
        "userunknown",
        """\
Each of the following recipients was rejected by a remote mail server.

   Recipient: <bo@example.com>
   >>> RCPT TO:<bo@example.com>
   <<< 550 <bo@example.com>: User unknown
""",
        enclosed=True,
    ),
    "biglobe": Make(
        "postmaster@biglobe.example",
        "Returned mail: Delivery problems",
        SOFT,
        "mailboxfull",
        """\
   ----- The following addresses had delivery problems -----
bo@example.com

   ----- Non-delivered information -----
The number of messages in recipient's mailbox exceeded the local limit.
""",
        enclosed=True,
    ),
    "facebook": Make(
        "Facebook <mailer-daemon@mx.facebook.example>",
        "Sorry, your message could not be delivered",
        SOFT,
        "filtered",
        """\
This message was created automatically by Facebook.

Sorry, your message could not be delivered.
""",
        fields("5.1.1", "smtp; 550 5.1.1 RCP-P2 http://postmaster.facebook.example/response_codes"),
    ),
}


@pytest.mark.parametrize("make", MAKES)
def test_the_report_of_each_make_is_read(make: str) -> None:
    assert not wrong(MAKES[make])
