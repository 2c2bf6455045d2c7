"""A campaign of which one letter has been answered, further mails that come back, and what leaves in answer."""

from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from tests.cli import Shell
from tests.launched import Served, files, launch

BOB, EVA = "bob@acme.example", "eva@acme.example"
PRICES = "Thank you, please send me the price list."
REPLY = """\
From: Bob Cole <{sender}>
To: ann@northwind.example
Subject: {subject}
Message-ID: <{own}>
Date: Mon, 23 Nov 2026 09:30:00 +0000

Thank you, please send me the price list.

On Mon, 23 Nov 2026 at 10:00, Ann Lee <ann@northwind.example> wrote:
> We make steel shelving.
"""
BOUNCE = """\
From: MAILER-DAEMON@mail.example
To: ann@northwind.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; tom@cedar.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown
--b--
"""
MAIL = """\
From: {name} <{sender}>
To: ann@northwind.example
Subject: {subject}
Message-ID: {own}
References: {references}
Date: Mon, 23 Nov 2026 09:30:00 +0000

{text}
"""
USUAL = {
    "name": "Bob Cole",
    "sender": BOB,
    "subject": "Re: Shelving",
    "own": "<2@acme.example>",
    "references": "<1@acme.example>",
    "text": "Yes.",
}


def answer(
    shell: Shell, name: str = "answer.eml", sender: str = BOB, subject: str = "Re: Shelving", own: str = "1@x"
) -> None:
    """Write a mail of Bob's, or somebody else's, to a file."""
    shell.write(name, REPLY.format(sender=sender, subject=subject, own=own))


@pytest.fixture
def answered(shell: Shell, post: Served) -> Shell:
    """Bob and his colleague Eva are launched, Bob has the first letter and has answered it: mail 1."""
    launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB, EVA)
    shell.now = shell.now.replace(hour=10)
    shell.ok("run", "--once")
    answer(shell)
    shell.ok("inbox", "import", "answer.eml")
    return shell


def came(shell: Shell, **parts: str) -> int:
    """Take one more mail, Bob's unless `parts` say otherwise; its number."""
    shell.write("more.eml", MAIL.format(**{**USUAL, **parts}))
    shell.ok("inbox", "import", "more.eml")
    return listed(shell)[0]


def listed(shell: Shell, *options: str) -> list[int]:
    """The numbers of the mails that `inbox` lists."""
    return [row["id"] for row in shell.json("inbox", *options)]


def said(shell: Shell, words: str) -> str:
    """A file with these words."""
    return str(shell.write("words.txt", words))


def drafts(shell: Shell) -> list[Path]:
    """The answers that have not left."""
    return sorted((shell.folder / "drafts").glob("*.txt"))


def letter(post: Served) -> Message:
    """The last letter that has come, as any mail program reads it."""
    return message_from_bytes(post.server.received[-1].data)


def text(message: Message) -> str:
    """What stands in it."""
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode().replace("\r\n", "\n")
