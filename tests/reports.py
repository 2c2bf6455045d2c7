"""Reports as many makes of server write them, for tests: texts of our own in their forms."""

from dataclasses import dataclass, field

from outreach.inbound import Kind, parse
from outreach.inbound.classify import classify

HARD, SOFT, DELAYED = Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE, Kind.DELAYED
HEADERS = """\
Received: from out.sender.example by mx.example.net; Mon, 2 Nov 2026 09:00:00 +0000
Message-ID: <l1@sender.example>
Date: Mon, 2 Nov 2026 09:00:00 +0000
From: ann@sender.example
To: bo@example.com
Subject: Pumps
"""
LETTER = f"{HEADERS}\nGood day\n"


@dataclass(frozen=True)
class Make:
    """A report as one make writes it: `text` for people, `status` fields, `returned` after its divider."""

    sender: str
    subject: str
    kind: Kind
    reason: str
    text: str
    status: str = ""
    returned: str = LETTER
    enclosed: bool = False  # in a part of its own, without the fields of a report
    headers: dict[str, str] = field(default_factory=dict)

    def mail(self) -> bytes:
        """The whole mail."""
        head = {"From": self.sender, "To": "ann@sender.example", "Subject": self.subject, **self.headers}
        if self.status or self.enclosed:
            kind = "report; report-type=delivery-status" if self.status else "mixed"
            head["Content-Type"] = f'multipart/{kind}; boundary="b"'
            parts = [f"Content-Type: text/plain; charset=utf-8\n\n{self.text}\n"]
            parts += [f"Content-Type: message/delivery-status\n\n{self.status}\n"] if self.status else []
            parts += [f"Content-Type: message/rfc822\n\n{self.returned}\n"] if self.returned else []
            body = "".join(f"--b\n{part}\n" for part in parts) + "--b--\n"
        else:
            head["Content-Type"] = "text/plain; charset=utf-8"
            body = f"{self.text}{self.returned}"
        lines = "".join(f"{name}: {value}\n" for name, value in head.items())
        return f"{lines}\n{body}".encode()


def fields(status: str, diagnostic: str = "", action: str = "failed", more: str = "") -> str:
    """The fields of RFC 3464 for the one recipient."""
    said = f"Diagnostic-Code: {diagnostic}\n" if diagnostic else ""
    return (
        "Reporting-MTA: dns; mx.example.net\n\n"
        f"Final-Recipient: rfc822; bo@example.com\nAction: {action}\nStatus: {status}\n{said}{more}"
    )


DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example.net>"
POSTFIX = (
    "This is the mail system at host mx.example.net.\n\nI'm sorry to have to inform you that your message "
    "could not\nbe delivered to one or more recipients. It's attached below.\n\n                   "
    "The mail system\n\n"
)
EXIM = (
    "This message was created automatically by mail delivery software.\n\nA message that you sent could not "
    "be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) "
    "failed:\n\n  bo@example.com\n    {}\n\n------ This is a copy of the message, including all the headers. "
    "------\n\n"
)
QMAIL = (
    "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message "
    "to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
    "<bo@example.com>:\n{}\n\n--- Below this line is a copy of the message.\n\n"
)
OUTLOOK = "Microsoft Outlook <MicrosoftExchange0123@sender.example>"
GOOGLE = "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"


def wrong(make: Make) -> str:
    """What is read wrong of a report, "" where nothing is: kind, recipient, reason, the letter it is about."""
    found = classify(parse(make.mail()))
    about = "l1@sender.example" if make.returned else found.original_message_id
    wanted = (make.kind, ("bo@example.com",), make.reason, about)
    reason = found.notices[0].reason if found.notices else ""
    read = (found.kind, found.recipients, reason, found.original_message_id)
    return "" if read == wanted else f"read as {read}, wanted {wanted}; {found.why}"


def misread(sender: str, subject: str, kind: Kind, text: str) -> str:
    """What is read wrong of a report that is nothing but words and the letter after them, "" where nothing is."""
    make = Make(sender, subject, kind, reason="", text=f"{text}\n")
    found = classify(parse(make.mail()))
    read = (found.kind, found.recipients, found.original_message_id)
    wanted = (kind, ("bo@example.com",), "l1@sender.example")
    return "" if read == wanted else f"read as {read}, wanted {wanted}; {found.why}"
