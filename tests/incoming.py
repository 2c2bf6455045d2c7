"""Mails that come back, as bytes; and a world of three people who may write them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from outreach.store import inbox, stops
from tests.smtpd import Misbehaving, on
from tests.worlds import World

BOB, TIM, EVA = "bob@acme.example", "tim@acme.example", "eva@birch.example"
HEAD = (
    "From: {sender}\nTo: ann@northwind.example\nDate: Mon, 23 Nov 2026 10:30:00 +0000\nMessage-ID: <{own}>\n"
)


def mail(
    text: str, *, sender: str = BOB, subject: str = "Re: Shelves for Bob", to: str = "", own: str = "1@x"
) -> bytes:
    """What somebody writes, in answer to the letter with the Message-ID `to`."""
    thread = f"In-Reply-To: {to}\nReferences: {to}\n" if to else ""
    head = HEAD.format(sender=sender, own=own)
    return f"{head}{thread}Subject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n".encode()


def bounce(to: str, status: str, said: str, *, action: str = "failed", letter: str = "") -> bytes:
    """A server's report on a letter (RFC 3464)."""
    return f"""\
From: MAILER-DAEMON@mail.example
To: ann@northwind.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <{status}-{action}@mail.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

This is the mail system. Your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}
--b
Content-Type: message/rfc822

From: ann@northwind.example
To: {to}
Subject: Shelves for Bob
Message-ID: {letter}

Hello
--b--
""".encode()


@pytest.fixture
def world(store_url: str, tmp_path: Path) -> Iterator[World]:
    """Bob and Tim of Acme and Eva of Birch have had their first letter; the second one waits."""

    async def play(server: Misbehaving) -> World:
        made = World(store_url, tmp_path, server.url, {"shops": [BOB, TIM, EVA]})
        await made.settle()
        return made

    with on(Misbehaving(), play) as made:
        yield made


def kinds(world: World) -> list[str]:
    """What the mails were that are kept."""
    return [row["kind"] for row in world.store.read(inbox.listed)]


def paused(world: World, email: str) -> list[datetime | None]:
    """When each pause of somebody ends; None: when a person ends it."""
    person = str(world.person(email).id)
    return [each["until"] for each in world.store.read(stops.pauses, world.now) if each["name"] == person]
