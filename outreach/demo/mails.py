"""The mails that readers and their mail servers write back, made from the very bytes that reached them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cached_property
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

_BOUNDARY = "=_report"
_END = b"\r\n\r\n"  # of the headers


@dataclass(frozen=True)
class Letter:
    """One of our letters as its reader has it."""

    raw: bytes

    @cached_property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @cached_property
    def text(self) -> str:
        """Its plain text."""
        body = self.mail.get_body(("plain",))
        return str(body.get_content()) if body else ""

    @property
    def sender(self) -> str:
        return parseaddr(str(self.mail["From"]))[1]

    @property
    def reader(self) -> str:
        return parseaddr(str(self.mail["To"]))[1]

    @property
    def domain(self) -> str:
        """That of its reader."""
        return self.reader.rpartition("@")[2]


Write: TypeAlias = Callable[[Letter, datetime], bytes]
"""Writes the mail that comes back on a letter at that time."""


def answer(text: str, *, by: str = "") -> Write:
    """What a person writes above the quoted letter; `by` is for somebody else: "Name <address>"."""

    def write(letter: Letter, at: datetime) -> bytes:
        name, _ = parseaddr(str(letter.mail["From"]))
        day = f"{letter.mail['Date'].datetime:%d/%m/%Y}"
        quoted = "\n".join(f"> {line}".rstrip() for line in letter.text.rstrip().splitlines())
        whole = f"{text}\n\nOn {day}, {name} wrote:\n{quoted}\n"
        return _plain(_reply(letter, at, by, "Re"), whole)

    return write


def absence(text: str, mark: str) -> Write:
    """What a program answers for somebody (RFC 3834); `mark` stands before the subject ("Automatic reply")."""

    def write(letter: Letter, at: datetime) -> bytes:
        own = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
        return _plain({**_reply(letter, at, "", mark), **own}, text)

    return write


def returned(status: str, said: str) -> Write:
    """A delivery report (RFC 3464) on a letter that was taken: `status` of RFC 3463, what the server `said`."""

    def write(letter: Letter, at: datetime) -> bytes:
        host = f"mx.{letter.domain}"
        head = {
            "Return-Path": "<>",
            "From": f"Mail Delivery System <MAILER-DAEMON@{host}>",
            "Subject": "Undelivered Mail Returned to Sender",
            "Auto-Submitted": "auto-replied",
            **_envelope(letter, at, host),
        }
        told = f"Your message could not be delivered to {letter.reader}.\r\n{said}\r\n"
        fields = (
            f"Reporting-MTA: dns; {host}\r\nArrival-Date: {letter.mail['Date']}\r\n\r\n"
            f"Final-Recipient: rfc822; {letter.reader}\r\nAction: failed\r\nStatus: {status}\r\n"
            f"Diagnostic-Code: smtp; {said}\r\n"
        )
        parts = (
            ("text/plain; charset=us-ascii", told.encode()),
            ("message/delivery-status", fields.encode()),
            ("text/rfc822-headers", letter.raw.partition(_END)[0] + b"\r\n"),
        )
        return _report(head, "delivery-status", parts)

    return write


def complaint(provider: str) -> Write:
    """A provider's feedback report (RFC 5965): the reader has called the letter spam, and is not named."""

    def write(letter: Letter, at: datetime) -> bytes:
        head = {
            "From": f"Feedback loop <fbl@{provider}>",
            "Subject": f"FW: {letter.mail['Subject']}",
            **_envelope(letter, at, provider),
        }
        told = f"This is an email abuse report for a message received on {letter.mail['Date']}.\r\n"
        fields = "Feedback-Type: abuse\r\nUser-Agent: FeedbackLoop/1.0\r\nVersion: 1\r\n"
        redacted = letter.raw.replace(letter.reader.encode(), f"redacted@{provider}".encode())
        parts = (
            ("text/plain; charset=us-ascii", told.encode()),
            ("message/feedback-report", fields.encode()),
            ("message/rfc822", redacted),
        )
        return _report(head, "feedback-report", parts)

    return write


def unsubscribe() -> Write:
    """What a mail program sends to the letter's List-Unsubscribe address (RFC 2369): no thread, one subject."""

    def write(letter: Letter, at: datetime) -> bytes:
        link = urlsplit(str(letter.mail["List-Unsubscribe"]).strip("<>"))
        head = {
            "From": str(letter.mail["To"]),
            **_envelope(letter, at, letter.domain),
            "To": link.path,
            "Subject": unquote(link.query.partition("subject=")[2]),
        }
        return _plain(head, "")

    return write


def unprompted(by: str, subject: str, text: str) -> Write:
    """A mail to many that answers nothing (RFC 2919)."""

    def write(letter: Letter, at: datetime) -> bytes:
        name, _, host = by.partition("@")
        head = {
            "From": by,
            "Subject": subject,
            "List-Id": f"<{name}.{host}>",
            "List-Unsubscribe": f"<mailto:leave@{host}>",
            **_envelope(letter, at, host),
        }
        return _plain(head, text)

    return write


def _envelope(letter: Letter, at: datetime, host: str) -> dict[str, str]:
    """The headers that every mail has; its Message-ID follows from the letter, so each run has the same."""
    number = str(letter.mail["Message-ID"]).strip("<>").partition("@")[0]
    return {"To": letter.sender, "Date": format_datetime(at), "Message-ID": f"<{number}.back@{host}>"}


def _reply(letter: Letter, at: datetime, by: str, mark: str) -> dict[str, str]:
    """The headers of an answer within the letter's thread (RFC 5322 3.6.4)."""
    number, before = str(letter.mail["Message-ID"]), str(letter.mail["References"] or "")
    return {
        "From": by or str(letter.mail["To"]),
        "Subject": f"{mark}: {str(letter.mail['Subject']).removeprefix('Re: ')}",
        "In-Reply-To": number,
        "References": f"{before} {number}".strip(),
        **_envelope(letter, at, letter.domain),
    }


def _plain(head: Mapping[str, str], text: str) -> bytes:
    mail = EmailMessage(policy=policy.SMTP)
    for name, value in head.items():
        mail[name] = value
    mail.set_content(text, cte="quoted-printable")
    return mail.as_bytes()


def _report(head: Mapping[str, str], kind: str, parts: Sequence[tuple[str, bytes]]) -> bytes:
    """A report in parts (RFC 6522), each with its content type; all of it is ASCII."""
    mail = EmailMessage(policy=policy.SMTP)
    for name, value in head.items():
        mail[name] = value
    mail["MIME-Version"] = "1.0"
    mail["Content-Type"] = f'multipart/report; report-type={kind}; boundary="{_BOUNDARY}"'
    mark = f"--{_BOUNDARY}".encode()
    body = b"".join(
        mark + f"\r\nContent-Type: {content}\r\n\r\n".encode() + part + b"\r\n" for content, part in parts
    )
    return mail.as_bytes().partition(_END)[0] + _END + body + mark + b"--\r\n"
