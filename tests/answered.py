"""A campaign of which one letter has been answered, further mails that come back, and what leaves in answer."""

import json
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from tests.cli import Shell
from tests.launched import Served, files, launch
from tests.test_cli_inbox import BOB, answer

EVA = "eva@acme.example"
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


def begin(shell: Shell, smtp: str) -> None:
    """Bob and his colleague Eva are launched, Bob has the first letter and has answered it: mail 1."""
    launch(shell, files(smtp, "sqlite:///outreach.db"), BOB, EVA)
    shell.now = shell.now.replace(hour=10)
    shell.ok("run", "--once")
    answer(shell)
    shell.ok("inbox", "import", "answer.eml")


def came(shell: Shell, **parts: str) -> int:
    """Take one more mail, Bob's unless `parts` say otherwise; its number."""
    shell.write("more.eml", MAIL.format(**{**USUAL, **parts}))
    shell.ok("inbox", "import", "more.eml")
    return listed(shell)[0]


def listed(shell: Shell, *options: str) -> list[int]:
    """The numbers of the mails that `inbox` lists."""
    return [row["id"] for row in json.loads(shell.ok("inbox", *options, "--format", "json"))]


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
