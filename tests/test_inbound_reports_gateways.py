"""The reports of filters and gateways: found, the right person named."""

import pytest

from tests.reports import DAEMON, HARD, HEADERS, SOFT, Make, fields, wrong

MAKES = {
    "barracuda": Make(
        '"example.net Postmaster" <postmaster@mx.example.net>',
        "**Message you sent blocked by our bulk email filter**",
        SOFT,
        "spamdetected",
        """\
Your message to: bo@example.com
was blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN DELIVERED:

Subject: Pumps
""",
        fields("5.7.1", "smtp; Message rejected: spam"),
    ),
    "mimecast": Make(
        "postmaster@us.mimecast.example",
        "[Postmaster] Email Delivery Failure",
        HARD,
        "userunknown",
        """\
This is a system-generated message to inform you that your email could not
be delivered to one or more recipients.

An email that you attempted to send to the following address could not be delivered:

-- bo@example.com

The problem appears to be :

-- Recipient email address is possibly incorrect

Additional information follows :

-- 5.4.1 Recipient address rejected: Access denied.

This condition occurred after 1 attempt(s) to deliver over a period of 0 hour(s).
""",
        returned="",
    ),
    "messagelabs": Make(
        DAEMON,
        "Mail Delivery Failure",
        HARD,
        "userunknown",
        """\
This is the mail delivery agent at messagelabs.example.

I was unable to deliver your message to the following addresses:

bo@example.com

Reason: 550 bo@example.com... No such user

The message subject was: Pumps
""",
        fields(
            "5.0.0", "smtp; 550 bo@example.com... No such user", more="Remote-MTA: dns; mx1.messagelabs.com\n"
        ),
    ),
    "mailmarshal": Make(
        "postmaster@mx.example.net",
        'Undeliverable Mail: "Pumps"',
        HARD,
        "userunknown",
        """\
Your message:
   From:    ann@sender.example
   Subject: Pumps

Could not be delivered because of

550 5.1.1 User unknown

The following recipients were affected:\x20
    bo@example.com

Additional Information
======================
Original Sender:    <ann@sender.example>
Sender-MTA:         <192.0.2.7>
Remote-MTA:         <192.0.2.1>
Reporting-MTA:      <mx.example.net>
MessageName:        <B1.0001.mml>
""",
        returned="",
    ),
    "mcafee": Make(
        "postmaster@mx.example.net",
        "Delivery Status",
        SOFT,
        "filtered",
        """\
<bo@example.com>   User unknown

--- The following addresses had delivery problems ---

<bo@example.com>   (User unknown bo@example.com)
""",
        enclosed=True,
    ),
    "mxlogic": Make(
        "Mail Delivery System <mxl@mx.example.net>",
        "Mail delivery failed: returning message to sender",
        HARD,
        "userunknown",
        """\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address failed:

  <bo@example.com>: 550 5.1.1 <bo@example.com>... User Unknown

Included is a copy of the message header:

""",
        returned=HEADERS,
    ),
    "mailfoundry": Make(
        "MAILER-DAEMON@mx.example.net",
        "Message delivery has failed",
        SOFT,
        "spamdetected",
        """\
This is a MIME encoded message.

Unable to deliver message to: <bo@example.com>
Delivery failed for the following reason:
Server mx.example.com[192.0.2.1] failed with: 554 rejected due to spam content

This has been a permanent failure.  No further delivery attempts will be made.
""",
        enclosed=True,
    ),
    "surfcontrol": Make(
        '"Mail Delivery System" <postmaster@mx.example.net>',
        "Message could not be delivered",
        SOFT,
        "filtered",
        """\
Your message could not be sent.
A transcript of the attempts to send the message follows.
The number of attempts made: 1
Addressed To: bo@example.com

Mon 02 Nov 2026 09:00:00 +0000
Failed to send to identified host,
bo@example.com: [192.0.2.1], 550 bo@example.com... User unknown
--- Message non-deliverable.
""",
        enclosed=True,
        headers={"X-SEF-ZeroHour-RefID": "fgs=0"},
    ),
    "interscan": Make(
        '"InterScan MSS" <imss@mx.example.net>',
        "Mail could not be delivered",
        HARD,
        "userunknown",
        """\
Sent <<< RCPT TO:<bo@example.com>
Received >>> 550 5.1.1 <bo@example.com>... user unknown

Unable to deliver message to <bo@example.com>.
""",
        enclosed=True,
    ),
    "amavis": Make(
        '"Content-filter at mx.example.net" <postmaster@mx.example.net>',
        "Undeliverable mail, MTA-BLOCKED",
        SOFT,
        "spamdetected",
        """\
A message from ann@sender.example to:
-> bo@example.com

was considered unsolicited bulk e-mail (UBE).
""",
        fields("5.7.0", "smtp; 554 5.7.0 Reject, id=1-01 - spam"),
    ),
}


@pytest.mark.parametrize("make", MAKES)
def test_the_report_of_each_make_is_read(make: str) -> None:
    assert not wrong(MAKES[make])
