"""After an erasure nothing of a person is left in the files of the database."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from outreach.mailbox.sandbox import Sandbox
from tests.cli import INTRO, Shell
from tests.launched import Served, served

WORDS = (b"zebulon", b"quagga", b"okapi", b"bongo")
PEOPLE = """\
email,first_name,last_name,company,city,industry,country,source,basis
{email},Zebulon,Quagga,,Okapi,retail,GB,Okapi fair,Zebulon agreed
eva@birch.example,Eva,Birch,Birch,Leeds,retail,GB,,
"""
BACK = {
    "reply": """\
From: Zebulon Quagga <{email}>
Subject: Re: Shelving
Message-ID: <okapi@x.example>

Zebulon here. Please call me.
""",
    "blocked": """\
From: MAILER-DAEMON@mail.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; {email}
Action: failed
Status: 5.7.1
Diagnostic-Code: smtp; 554 5.7.1 <{email}>: your host is blocked using spamhaus.example
--b--
""",
}


@pytest.fixture
def post() -> Iterator[Served]:
    class Naming(Sandbox):
        """Says no as most servers do: with the address."""

        async def handle_RCPT(self, server, peer, envelope, address, options):  # type: ignore[no-untyped-def]  # noqa: N802
            if address.startswith("nouser"):
                return f"550 5.1.1 <{address}>: no such person here"
            return await super().handle_RCPT(server, peer, envelope, address, options)

    with served(Naming()) as each:
        yield each


@pytest.mark.parametrize("email", ["zebulon@gmail.com", "nouser-zebulon@quagga.example"])
@pytest.mark.parametrize("before", ["pause", "suppress", "mark", "answer", ""])
def test_nothing_of_them_is_left(shell: Shell, post: Served, email: str, before: str) -> None:
    shell.fill(smtp=post.server.url)
    shell.write("templates/intro.txt", INTRO.replace("{{ company }}", "{{ city }}"))
    shell.write("templates/followup.txt", "Format: text\n\nHello {{ first_name }},\n\nAny news?\n")
    shell.add(PEOPLE.format(email=email))
    shell.ok("launch", "shops", "--yes")
    for _ in range(3):
        shell.now += timedelta(hours=1)
        shell.ok("run", "--once")
    acts = {
        "pause": ("pause", email, "--reason", "Zebulon is in hospital, says Bongo"),
        "suppress": ("suppress", "add", email, "--reason", "Zebulon Quagga asked by phone, says Bongo"),
        "mark": ("prospects", "mark", email, "replied"),
        "answer": ("inbox", "import", "back"),
    }
    for name, text in BACK.items():
        shell.write(f"back/{name}.eml", text.format(email=email))
    if before:
        shell.ok(*acts[before])
    with shell.app().store as sender:  # one that runs: the write-ahead log stays open
        sender.read(lambda tx: None)
        assert _left(shell)
        shell.ok("prospects", "erase", email, "--yes")
        assert _left(shell) == []
    assert _left(shell) == []
    assert "suppressed" in shell.ok("why", email)


def _left(shell: Shell) -> list[bytes]:
    """Those of the words that the database's files hold."""
    content = b"".join(file.read_bytes() for file in shell.folder.glob("outreach.db*")).lower()
    return [word for word in WORDS if word in content]
