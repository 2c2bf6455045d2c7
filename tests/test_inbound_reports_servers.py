"""The reports of other mail servers: found, the right person named, dead only where it is dead."""

import pytest

from tests.reports import HARD, HEADERS, LETTER, SOFT, Make, fields, wrong

BOUNCE = f"""\
From: MAILER-DAEMON@mx.example.net
To: ann@sender.example
Subject: Returned mail
Message-ID: <r1@mx.example.net>
Content-Type: multipart/report; report-type=delivery-status; boundary="c"

--c
Content-Type: text/plain

bo@example.com

--c
Content-Type: message/delivery-status

{fields("5.1.1", "smtp; 550 5.1.1 User unknown")}
--c
Content-Type: message/rfc822

{LETTER}
--c--
"""
MAKES = {
    "courier": Make(
        '"Courier mail server at mx.example.net" <@mx.example.net>',
        "NOTICE: mail delivery status.",
        HARD,
        "userunknown",
        """\
This is a delivery status notification from mx.example.net,
running the Courier mail server.

The original message was received on Mon, 2 Nov 2026 09:00:00 +0000
from out.sender.example (out.sender.example [192.0.2.7])

---------------------------------------------------------------------------

                           UNDELIVERABLE MAIL

Your message to the following recipients cannot be delivered:

<bo@example.com>:
    mx.example.com [192.0.2.1]:
>>> RCPT TO:<bo@example.com>
<<< 550 User unknown.
""",
        fields("5.0.0", "smtp; 550 User unknown.", more="Remote-MTA: dns; mx.example.com [192.0.2.1]\n"),
    ),
    "courier, domain": Make(
        '"Courier mail server at mx.example.net" <postmaster@mx.example.net>',
        "NOTICE: mail delivery status.",
        HARD,
        "hostunknown",
        """\
This is a delivery status notification from mx.example.net,
running the Courier mail server.

UNDELIVERABLE MAIL

Your message to the following recipients cannot be delivered:

<bo@example.com>:
<<< No such domain.
""",
        fields("5.0.0", "unknown; No such domain."),
    ),
    "opensmtpd": Make(
        "Mailer Daemon <MAILER-DAEMON@mx.example.net>",
        "Delivery status notification: error",
        HARD,
        "userunknown",
        """\
    Hi!

    This is the MAILER-DAEMON, please DO NOT REPLY to this email.

    An error has occurred while attempting to deliver a message for
    the following list of recipients:

bo@example.com: 550 5.1.1 <bo@example.com>... User Unknown

    Below is a copy of the original message:

""",
    ),
    "opensmtpd, days": Make(
        "Mailer Daemon <MAILER-DAEMON@mx.example.net>",
        "Delivery status notification: error",
        SOFT,
        "expired",
        """\
    Hi!

    This is the MAILER-DAEMON, please DO NOT REPLY to this email.

    An error has occurred while attempting to deliver a message for
    the following list of recipients:

bo@example.com: Envelope expired

    Below is a copy of the original message:

""",
    ),
    "dragonfly": Make(
        "MAILER-DAEMON <>",
        "Mail delivery failed",
        HARD,
        "hostunknown",
        """\
This is the DragonFly Mail Agent v0.13 at mx.example.net.

There was an error delivering your mail to <bo@example.com>.

DNS lookup failure: host example.com not found

Message headers follow.

""",
        returned=HEADERS,
    ),
    "dragonfly, an answer with a wrapper": Make(
        "MAILER-DAEMON <>",
        "Mail delivery failed",
        SOFT,
        "systemerror",
        """\
This is the DragonFly Mail Agent v0.13 at mx.example.net.

There was an error delivering your mail to <bo@example.com>.

mx.example.com [192.0.2.1] did not like our RCPT TO:
554 5.3.0 <bo@example.com>: Recipient address rejected: Internal system error

Original message follows.

""",
    ),
    "domino": Make(
        "<MAILER-DAEMON@mx.example.net>",
        "DELIVERY FAILURE: User bo (bo@example.com) not listed in Domino Directory",
        HARD,
        "userunknown",
        """\
Your message

  Subject: Pumps

was not delivered to:

  bo@example.com

because:

  User bo (bo@example.com) not listed in Domino Directory
""",
        fields("5.1.1", "X-Notes; User bo (bo@example.com) not listed in Domino Directory"),
    ),
    "notes": Make(
        "System Administrator <admin@example.net>",
        "Pumps",
        HARD,
        "userunknown",
        """\
------- Failure Reasons  --------

User not listed in public Name & Address Book
bo@example.com

------- Returned Message --------

""",
    ),
    "imail": Make(
        "Postmaster <postmaster@mx.example.net>",
        "Undeliverable Mail",
        HARD,
        "userunknown",
        """\
Unknown user: bo@example.com


Original message follows.

""",
    ),
    "imail, tries": Make(
        "Postmaster <postmaster@mx.example.net>",
        "Undeliverable Mail",
        SOFT,
        "expired",
        """\
Delivery failed 20 attempts: bo@example.com


Original message follows.

""",
    ),
    "apache james": Make(
        "postmaster@mx.example.net",
        "[BOUNCE]",
        HARD,
        "userunknown",
        """\
Hi. This is the James mail server at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.  Below
I include the list of recipients and the reason why I was unable to deliver
your message.

Failed recipient(s):
bo@example.com

Error message:
550 5.1.1 <bo@example.com>: Recipient address rejected: User unknown
""",
        enclosed=True,
    ),
    "messaging server": Make(
        "PMDF e-Mail Interconnect <MAILER-DAEMON@mx.example.net>",
        "Delivery Notification: Delivery has failed",
        SOFT,
        "mailboxfull",
        """\
This report relates to a message you sent with the following header fields:

  Message-id: <l1@sender.example>
  Date: Mon, 2 Nov 2026 09:00:00 +0000
  From: Ann <ann@sender.example>
  To: Office <office@example.com>
  Subject: Pumps

Your message cannot be delivered to the following recipients:

  Recipient address: bo@example.com
  Reason: Over quota
""",
        fields("5.2.2 (Over quota)"),
    ),
    "messaging server without its fields": Make(
        "Internet Mail Delivery <postmaster@mx.example.net>",
        "Delivery Notification: Delivery has failed",
        HARD,
        "userunknown",
        """\
This report relates to a message you sent with the following header fields:

  Message-id: <l1@sender.example>
  Date: Mon, 2 Nov 2026 09:00:00 +0000
  From: Ann <ann@sender.example>
  To: Office <office@example.com>
  Subject: Pumps

Your message cannot be delivered to the following recipients:

  Recipient address: bo@example.com
  Reason: Remote SMTP server has rejected address
  Diagnostic code: smtp;550 5.1.1 unknown user
  Remote system: dns;mx.example.com (TCP|192.0.2.7|25)
""",
        returned="",
    ),
    "list server": Make(
        "owner-list@lists.example.net",
        "Returned mail: User unknown",
        HARD,
        "userunknown",
        """\
The original message was received at Mon, 2 Nov 2026 09:00:00 +0000

   ----- The following addresses had permanent fatal errors -----
bo@example.com
    (reason: 550 5.1.1 User unknown)

   ----- Original message follows -----

""",
        headers={"Return-Path": "<>"},
    ),
    "mdaemon": Make(
        '"MDaemon at mx.example.net" <MDaemon@mx.example.net>',
        "Permanent Delivery Failure",
        HARD,
        "userunknown",
        """\
The attached message had PERMANENT fatal delivery errors!

After one or more unsuccessful delivery attempts the attached message has
been removed from the mail queue on this server.

Failed address: bo@example.com

--- Session Transcript ---
 Mon 2026-11-02 09:00:00: --> RCPT To:<bo@example.com>
 Mon 2026-11-02 09:00:00: <-- 550 bo@example.com, Recipient unknown
--- End Transcript ---
""",
        enclosed=True,
    ),
    "communigate": Make(
        "<MAILER-DAEMON@mx.example.net>",
        "Undeliverable mail: Pumps",
        SOFT,
        "filtered",
        """\
Failed to deliver to 'bo@example.com'
SMTP module(domain example.com) reports:
 bo@example.com: unknown user account
""",
        enclosed=True,
    ),
    "groupwise": Make(
        "Mailer-Daemon@mx.example.net",
        "Message status - undeliverable",
        SOFT,
        "filtered",
        """\
The message that you sent was undeliverable to the following:
	bo@example.com (550 no such recipient)

Possibly truncated original message follows:

""",
    ),
    "a bounce in a bounce": Make(
        "MAILER-DAEMON@scan.example.net",
        "Returned mail: User unknown",
        HARD,
        "userunknown",
        """\
The original message was received at Mon, 2 Nov 2026

----- The following addresses had permanent delivery errors -----
""",
        returned=BOUNCE,
        enclosed=True,
    ),
}


@pytest.mark.parametrize("make", MAKES)
def test_the_report_of_each_make_is_read(make: str) -> None:
    assert not wrong(MAKES[make])
