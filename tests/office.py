"""A folder as `outreach init` leaves it, to which Kate's mailbox is added, and the servers of that mailbox."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from outreach.mailbox.credentials import variable
from outreach.mailbox.sandbox import Sandbox
from outreach.workspace import starter
from tests.cli import Shell
from tests.imapd import PASSWORD, USER, Imapd, running
from tests.launched import served

KATE = "kate@shelves.test"
WHO = ("--name", "Kate Ng")
WHERE = ("--country", "GB", "--timezone", "Europe/London")
SENDER = ("--company", "Shelves Ltd", "--postal", "1 Way, Leeds", *WHERE)


@dataclass
class Servers:
    """Where the servers of a mailbox listen, and what its SMTP server took."""

    smtp: str
    imap: Imapd
    sandbox: Sandbox


@pytest.fixture(scope="module")
def kates_inbox() -> Iterator[Imapd]:
    """An inbox with one mail in it, for all tests of a module."""
    with running("embedded") as server:
        server.make("Sent")
        server.deliver(b"From: bob@acme.example\r\nSubject: Hello\r\n\r\nHello Kate\r\n")
        yield server


@pytest.fixture
def servers(kates_inbox: Imapd) -> Iterator[Servers]:
    """The servers of Kate's mailbox."""
    with served(Sandbox({USER: PASSWORD})) as smtp:
        yield Servers(smtp.server.url, kates_inbox, smtp.server)


@pytest.fixture
def office(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A folder as `outreach init` leaves it, on a machine without a keyring."""
    starter.write(shell.folder)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setattr("outreach.mailbox.credentials._keyrings", lambda: iter(()))
    monkeypatch.delenv(variable(KATE), raising=False)
    return shell


def texts(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
