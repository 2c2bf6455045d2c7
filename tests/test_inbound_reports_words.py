"""Reports in rarer forms: few words, no standard fields, the letter after them."""

import pytest

from outreach.inbound import Kind, parse
from outreach.inbound.classify import classify
from tests.reports import HARD, LETTER, SOFT, misread

# By name: who writes, the subject, what it is, the text before the letter that came back.
TOLD = {
    "netscape": (
        "Postmaster <postmaster@mx.example.net>",
        "Undeliverable Message: Pumps",
        HARD,
        """\
This Message was undeliverable due to the following reason:

Your message was not delivered because the destination computer was
not found.  Carefully check that it was spelled correctly and try
sending it again if there were any mistakes.

Host example.com is not found.

The following recipients did not receive your message:

     <bo@example.com>

Please reply to Postmaster@mx.example.net
if you feel this message to be in error.
""",
    ),
    "intermail": (
        "MAILER-DAEMON@mx.example.net",
        "Mail System Error - Returned Mail",
        SOFT,
        """\
This Message was undeliverable due to the following reason:

The user(s) account is temporarily over quota.

<bo@example.com>

Please reply to <postmaster@mx.example.net>
if you feel this message to be in error.
""",
    ),
    "intermail rcpt": (
        "MAILER-DAEMON@mx.example.net",
        "Mail System Error - Returned Mail",
        SOFT,
        """\
This Message was undeliverable due to the following reason:

Each of the following recipients was rejected by a remote mail server.
The reasons given by the server are included to help you determine why
each recipient was rejected.

    Recipient: <bo@example.com>
    Reason:    User unknown
""",
    ),
    "mmdf": (
        "MMDF Mail System <mmdf@mx.example.net>",
        "Failed mail (msg.aa12345)",
        SOFT,
        """\
    Your message could not be delivered to
'bo@example.com (host: mx.example.com) (queue: smtp)' for the following
reason: ' <bo@example.com>... User unknown'

    Your message follows:
""",
    ),
    "x400": (
        "postmaster@mx.example.net",
        "Delivery Report (failure) for bo@example.com",
        SOFT,
        """\
This report relates to your message:
  Pumps

Your message was not delivered to
  bo@example.com
for the following reason:
   Unknown Address
   MTA 'mx.example.com' gives error message <bo@example.com>... User unknown
""",
    ),
    "compuserve": (
        "CompuServe Postmaster <POSTMASTER@compuserve.example>",
        "Undeliverable Message",
        SOFT,
        """\
?  Receiver not found: bo@example.com

Your message could not be delivered as addressed.

--- Returned message ---
""",
    ),
    "ms smtpsvc": (
        "postmaster@mx.example.net",
        "Delivery Status Notification (Failure)",
        SOFT,
        """\
This is an automatically generated Delivery Status Notification.

Unable to deliver message to the following recipients, due to being unable
to connect successfully to the destination mail server.

       bo@example.com
""",
    ),
    "quota": (
        "Postmaster <postmaster@mx.example.net>",
        "Message Delivery Failure",
        SOFT,
        """\
Message for <bo@example.com> would exceed mailbox quota.
""",
    ),
    "failed recipients": (
        "MAILER-DAEMON@mx.example.net",
        "Returned mail",
        SOFT,
        """\
Here is your list of failed recipients:

  bo@example.com

Here is your returned mail:
""",
    ),
    "verizon pix": (
        "sysadmin@vzwpix.example",
        "Undeliverable message",
        HARD,
        """\
Message could not be delivered to mobile.
Error: No valid recipients for this MM

Original Message:
From: Ann <ann@sender.example>
To: bo@example.com
Subject: Pumps
Date:  Mon, 2 Nov 2026 09:00:00 +0000
""",
    ),
    "x3": (
        "Mail Delivery System <noreply@mx.example.net>",
        "Delivery status notification",
        HARD,
        """\
====
      This is an automatically generated Delivery Status Notification.

Delivery to the following recipients failed permanently:

  * bo@example.com


====
                   Technical details:

Routing: Could not find a gateway for bo@example.com

====
""",
    ),
    "x2 yahoo like": (
        "MAILER-DAEMON@mx.example.net",
        "Delivery failure",
        SOFT,
        """\
Message from  mx.example.net.
Unable to deliver message to the following address(es).

<bo@example.com>:
This user doesn't have a example.com account (bo@example.com) [-9]

--- Original message follows.
""",
    ),
    "v5": (
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>",
        "Returned mail: User unknown",
        HARD,
        """\
   ----- Transcript of session follows -----
While talking to mx.example.com:
>>> RCPT To:<bo@example.com>
<<< 550 Requested User Mailbox not found. No such user here.
550 <bo@example.com>... User unknown

   ----- Unsent message follows -----
""",
    ),
    "v5 later": (
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>",
        "Returned mail: Host unknown",
        HARD,
        """\
   ----- Transcript of session follows -----
550 example.com (smtp)... 550 Host unknown
554 <bo@example.com>... 550 Host unknown (Authoritative answer from name server)

   ----- Unsent message follows -----
""",
    ),
    "imail host": (
        "Postmaster@mx.example.net",
        "Undeliverable Mail",
        HARD,
        """\
Unknown host: bo@example.com

Original message follows.
""",
    ),
    "imail body": (
        "Postmaster@mx.example.net",
        "Undeliverable Mail",
        SOFT,
        """\
undeliverable to bo@example.com

Body of message generated response:
550 Requested action not taken: virus detected

Original message follows.
""",
    ),
    "mfilter": (
        "no-reply@mx.example.net",
        "failure notice",
        HARD,
        """\
-------server message
550 <bo@example.com>: Recipient address rejected: User unknown in local recipient table
-------SMTP command
RCPT TO:<bo@example.com>
-------original message
""",
    ),
    "no return path": (
        "support@example.net",
        "Undeliverable: Pumps",
        HARD,
        """\
Delivery has failed to these recipients or groups:

bo@example.com
The email address you entered couldn't be found.

Diagnostic information for administrators:
Generating server: x
bo@example.com
550 5.1.1 RESOLVER.ADR.RecipNotFound; not found
""",
    ),
    "symantec": (
        "postmaster@mx.example.net",
        "Mail delivery failed",
        SOFT,
        """\
Your message could not be delivered to the following recipients:

bo@example.com

Reason: 550 Administrative prohibition
""",
    ),
    "kerio": (
        "Kerio Connect <postmaster@mx.example.net>",
        "Delivery failed: Pumps",
        HARD,
        """\
Your message
   Subject: Pumps
   Date: Mon, 2 Nov 2026 09:00:00 +0000
could not be delivered to the following recipients:

   bo@example.com: 550 5.1.1 User unknown
""",
    ),
    "zimbra": (
        "Mail Delivery System <MAILER-DAEMON@mx.example.net>",
        "Undelivered Mail Returned to Sender",
        HARD,
        """\
This is the mail system at host mx.example.net.

<bo@example.com>: host mx.example.com[192.0.2.1] said: 550 5.1.1
    <bo@example.com>: Recipient address rejected: example.com (in reply to RCPT TO
    command)
""",
    ),
    "axigen": (
        '"Axigen Mail Server" <axigen@mx.example.net>',
        "Delivery report",
        HARD,
        """\
Delivery to the following recipient failed permanently:
 bo@example.com: 550 5.1.1 unknown user
""",
    ),
    "smartermail": (
        "System Administrator <postmaster@mx.example.net>",
        "Delivery Failure",
        HARD,
        """\
Could not deliver message to the following recipient(s):

Failed Recipient: bo@example.com
Reason: Remote host said: 550 5.1.1 User unknown

   -- The header and top 20 lines of the message follows --
""",
    ),
    "hmailserver": (
        "mailer-daemon@mx.example.net",
        "Message undeliverable: Pumps",
        HARD,
        """\
Your message did not reach some or all of the intended recipients.

   Sent: Mon, 2 Nov 2026 09:00:00 +0000
   Subject: Pumps

The following recipient(s) could not be reached:

bo@example.com
   Error Type: SMTP
   Remote server (192.0.2.1) issued an error.
   hMailServer sent: RCPT TO:<bo@example.com>
   Remote server replied: 550 no such user


hMailServer
""",
    ),
    "postmark": (
        "no-reply@postmark.example",
        "Undeliverable",
        HARD,
        """\
bo@example.com: smtp;550 5.1.1 The email account that you tried to reach does not exist.
""",
    ),
    "fortimail": (
        "postmaster@mx.example.net",
        "Undelivered: Pumps",
        SOFT,
        """\
The following message could not be delivered:
  To: bo@example.com
  Reason: 554 5.7.1 This message has been blocked because it contains FortiSpamshield blocking URL(s).
""",
    ),
    "haraka": (
        "MAILER-DAEMON <postmaster@mx.example.net>",
        "Failed Mail Delivery",
        HARD,
        """\
This is the mailer-daemon at mx.example.net.
I was not able to deliver the following message to the following recipients:

bo@example.com: 550 5.1.1 unknown user
""",
    ),
}


@pytest.mark.parametrize("form", TOLD)
def test_a_report_in_words_is_read(form: str) -> None:
    assert not misread(*TOLD[form])


def test_the_words_of_a_report_prove_nothing_where_a_person_writes_them() -> None:
    head = (
        "From: Bo <bo@example.com>\nTo: ann@sender.example\nSubject: Re: Pumps\nMessage-ID: <r@example.com>\n"
    )
    text = "Hello Ann,\n\nyour last mail could not be delivered, my mailbox is full and the account is disabled.\n"
    assert not classify(parse(f"{head}\n{text}".encode())).notices


def test_the_report_of_a_success_is_no_failure() -> None:
    head = (
        "From: Mailer Daemon <MAILER-DAEMON@mx.example.net>\nSubject: Delivery status notification: success\n"
    )
    text = "Your message was successfully delivered to these recipients.\n\nbo@example.com: Delivered\n"
    found = classify(parse(f"{head}\n{text}\n{LETTER}".encode()))
    assert (found.kind, found.recipients) == (Kind.DELIVERED, ("bo@example.com",))
