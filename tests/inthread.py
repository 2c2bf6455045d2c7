"""An answer in the thread of a letter, read: for tests of what its words make of it."""

from email.header import Header

from outreach.inbound.classify import classify
from outreach.inbound.mail import parse
from outreach.inbound.reading import Reading


def read(text: str, *headers: str) -> Reading:
    """The reading of an answer in the thread, written on Wednesday, 25 November 2026."""
    head = [
        "From: Anna Example <a@b.example>",
        "To: me@ours.example",
        "In-Reply-To: <1@ours.example>",
        *headers,
    ]
    head += [f"Subject: {Header('Re: Shelves', 'utf-8').encode()}", "Date: Wed, 25 Nov 2026 10:00:00 +0000"]
    head += ["Content-Type: text/plain; charset=utf-8"]
    return classify(parse(("\n".join(head) + "\n\n" + text).encode()))
