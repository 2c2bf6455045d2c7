"""The reports of mail servers on Unix: found, the right person named, dead only where it is dead."""

import pytest

from tests.reports import DAEMON, DELAYED, EXIM, HARD, HEADERS, POSTFIX, QMAIL, SOFT, Make, fields, wrong

MAKES = {
    "postfix, unknown": Make(
        DAEMON,
        "Undelivered Mail Returned to Sender",
        HARD,
        "userunknown",
        POSTFIX
        + """\
<bo@example.com>: host mx.example.com[192.0.2.1] said: 550 No such user here
    (in reply to RCPT TO command)
""",
        fields("5.0.0", "smtp; 550 No such user here"),
    ),
    "postfix, after the letter": Make(
        DAEMON,
        "Undelivered Mail Returned to Sender",
        SOFT,
        "filtered",
        POSTFIX
        + """\
<bo@example.com>: host mx.example.com[192.0.2.1] said: 550 Unknown user (in
    reply to end of DATA command)
""",
        fields("5.0.0", "smtp; 550 Unknown user"),
    ),
    "postfix, no such domain": Make(
        DAEMON,
        "Undelivered Mail Returned to Sender",
        HARD,
        "hostunknown",
        POSTFIX
        + """\
<bo@example.com>: Host or domain name not found. Name service error for
    name=example.com type=A: Host not found
""",
        fields("5.4.4", "X-Postfix; Host or domain name not found. Name service error for name=example.com"),
    ),
    "postfix, connection refused for days": Make(
        DAEMON,
        "Undelivered Mail Returned to Sender",
        SOFT,
        "expired",
        POSTFIX
        + """\
<bo@example.com>: connect to mx.example.com[192.0.2.1]:25: Connection refused
""",
        fields("4.4.1", "X-Postfix; connect to mx.example.com[192.0.2.1]:25: Connection refused"),
    ),
    "postfix, a script": Make(
        DAEMON,
        "Undelivered Mail Returned to Sender",
        SOFT,
        "mailererror",
        POSTFIX
        + """\
<bo@example.com>: Command died with status 1: "/usr/bin/procmail"
""",
        fields("5.3.0", 'x-unix; Command died with status 1: "/usr/bin/procmail"'),
    ),
    "postfix, a session with errors": Make(
        DAEMON,
        "Postfix SMTP server: errors from mx.example.com[192.0.2.1]",
        HARD,
        "userunknown",
        """\
Transcript of session follows.

 Out: 220 mx.example.net ESMTP Postfix
 In:  EHLO out.sender.example
 Out: 250 DSN
 In:  MAIL FROM:<ann@sender.example>
 Out: 250 2.1.0 Ok
 In:  RCPT TO:<bo@example.com>
 Out: 550 5.1.1 <bo@example.com>: Recipient address rejected: User unknown
 In:  QUIT
 Out: 221 2.0.0 Bye

For other details, see the local mail logfile
""",
        returned="",
    ),
    "exim, domain": Make(
        DAEMON,
        "Mail delivery failed: returning message to sender",
        HARD,
        "hostunknown",
        EXIM.format("all relevant MX records point to non-existent hosts"),
    ),
    "exim, a domain that takes no mail": Make(
        DAEMON,
        "Mail delivery failed: returning message to sender",
        HARD,
        "notaccept",
        EXIM.format("an MX or SRV record indicated no SMTP service"),
    ),
    "exim on a web host": Make(
        DAEMON,
        "Mail delivery failed: returning message to sender",
        HARD,
        "hostunknown",
        EXIM.format("""\
The mail server could not deliver mail to bo@example.com.
    The account or domain may not exist, they may be blacklisted, or missing
    the proper dns entries."""),
        headers={"X-Failed-Recipients": "bo@example.com"},
    ),
    "exim, retries": Make(
        DAEMON,
        "Mail delivery failed: returning message to sender",
        SOFT,
        "expired",
        EXIM.format("host mx.example.com [192.0.2.1]: Connection timed out: retry timeout exceeded"),
    ),
    "exim, our address": Make(
        DAEMON,
        "Mail delivery failed: returning message to sender",
        SOFT,
        "rejected",
        EXIM.format("""\
host mx.example.com [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<bo@example.com>:
    550-Verification failed for <ann@sender.example>
    550-No Such User Here
    550 Sender verify failed"""),
    ),
    "exim, headers only": Make(
        DAEMON,
        "Mail delivery failed: returning message to sender",
        SOFT,
        "mailboxfull",
        """\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  bo@example.com
    mailbox is full: retry timeout exceeded
    (ultimately generated from info@example.com)

------ This is a copy of the message's headers. ------

""",
        returned=HEADERS,
    ),
    "exim, frozen": Make(
        DAEMON,
        "Warning: message 1abc-0002-De delayed 24 hours",
        DELAYED,
        "expired",
        """\
This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.net.

The message identifier is:     1abc-0002-De
The subject of the message is: Pumps
The date of the message is:    Mon, 2 Nov 2026 09:00:00 +0000

The address to which the message has not yet been delivered is:

  bo@example.com
    Delay reason: Connection timed out

No action is required on your part. Delivery attempts will continue for
some time.
""",
        returned="",
    ),
    "qmail, no such host": Make(
        "MAILER-DAEMON@mx.example.net",
        "failure notice",
        HARD,
        "hostunknown",
        QMAIL.format("Sorry, I couldn't find any host named example.com. (#5.1.2)"),
    ),
    "qmail, our address": Make(
        "MAILER-DAEMON@mx.example.net",
        "failure notice",
        SOFT,
        "rejected",
        QMAIL.format("""\
Connected to 192.0.2.1 but sender was rejected.
Remote host said: 550 5.1.1 unknown user"""),
    ),
    "qmail, a queue": Make(
        "MAILER-DAEMON@mx.example.net",
        "failure notice",
        SOFT,
        "expired",
        QMAIL.format("""\
Connected to 192.0.2.1 but connection died. (#4.4.2)
I'm not going to try again; this message has been in the queue too long."""),
    ),
    "qmail clone": Make(
        "MAILER-DAEMON@mx.example.net",
        "Permanent Delivery Failure",
        HARD,
        "userunknown",
        """\
Unfortunately, your mail was not delivered to the following address:

<bo@example.com>:
mx.example.com does not like recipient.
Remote host said: 553 5.1.1 Invalid recipient
Giving up on 192.0.2.1.

Original message follows.

""",
    ),
    "sendmail, moved": Make(
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>",
        "Returned mail: see transcript for details",
        HARD,
        "hasmoved",
        """\
   ----- The following addresses had permanent fatal errors -----
<bo@example.com>
    (reason: 551 5.1.6 <bo@example.com>... User has moved; please try <bo@new.example>)

   ----- Transcript of session follows -----
... while talking to mx.example.com.:
>>> RCPT To:<bo@example.com>
<<< 551 5.1.6 <bo@example.com>... User has moved; please try <bo@new.example>
550 5.1.1 <bo@example.com>... User unknown
""",
        fields("5.1.6", "SMTP; 551 5.1.6 <bo@example.com>... User has moved; please try <bo@new.example>"),
    ),
    "sendmail, hours": Make(
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>",
        "Warning: could not send message for past 4 hours",
        DELAYED,
        "expired",
        """\
    **********************************************
    **      THIS IS A WARNING MESSAGE ONLY      **
    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **
    **********************************************

   ----- Transcript of session follows -----
<bo@example.com>... Deferred: Connection timed out with mx.example.com.
Warning: message still undelivered after 4 hours
Will keep trying until message is 5 days old
""",
        fields("4.4.1", action="delayed", more="Will-Retry-Until: Sat, 7 Nov 2026 09:00:00 +0000\n"),
    ),
}


@pytest.mark.parametrize("make", MAKES)
def test_the_report_of_each_make_is_read(make: str) -> None:
    assert not wrong(MAKES[make])
