"""Logging in to IMAP servers: who can help where that is refused, and a password that goes nowhere else."""

import asyncio
import base64
import logging
import socket
from pathlib import Path

import pytest

from outreach.errors import MailboxError
from outreach.mailbox.imap import Inbox, InboxError
from outreach.model import Mailbox
from tests.imapscript import DONE, SECRET, START, THE_MAIL, Scripted, inbox, refused
from tests.smtpd import certificate, on

HOST = "imap.northwind.example"
SENT = {"PLAIN": base64.b64encode(f"\0ann\0{SECRET}".encode()).decode(), "LOGIN": f'LOGIN ann "{SECRET}"'}


@pytest.mark.parametrize(
    ("answer", "needs_a_person"),
    [
        (b"$ NO [AUTHENTICATIONFAILED] wrong\r\n", True),
        (b"$ NO LOGIN failed.\r\n", True),
        (b"$ BAD [ALERT] Application-specific password required\r\n", True),
        (b"$ NO [UNAVAILABLE] the directory is down\r\n", False),
        (b"$ NO [ALERT] Too many simultaneous connections. (Failure)\r\n", False),
    ],
)
def test_a_refused_login_tells_who_can_help(answer: bytes, needs_a_person: bool) -> None:
    error = refused({"+": answer})
    assert error.auth is needs_a_person
    assert "login refused" in error.message
    assert SECRET not in f"{error.message}{error.hint}{error.__cause__!r}{error.__context__!r}"


def test_no_password_leaves_where_the_server_takes_none() -> None:
    async def scene(server: Scripted) -> None:
        with pytest.raises(InboxError, match="login refused") as caught:
            await inbox(server).folders()
        assert caught.value.auth
        assert server.heard == ["CAPABILITY"]

    on(Scripted({"CAPABILITY": b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n$ OK ok\r\n"}), scene)


@pytest.mark.parametrize("how", ["PLAIN", "LOGIN"])
def test_no_password_is_logged_or_remembered_and_no_mail_logged(
    how: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Both the library and what it stands on have a log."""
    caplog.set_level(logging.DEBUG)

    async def scene(server: Scripted) -> None:
        async with inbox(server) as ours:
            assert any(SENT[how] in line for line in server.heard)
            assert ours._wire is not None
            kept = f"{vars(ours._wire._line)}{vars(ours._wire._client)}{caplog.text}"
            assert not any(secret in kept for secret in (SECRET, SENT[how]))
            assert (await ours.read("INBOX", None, START)).mails == (THE_MAIL,)
            assert "A: b" not in caplog.text

    able = b"AUTH=PLAIN" if how == "PLAIN" else b""
    on(Scripted({"CAPABILITY": b"* CAPABILITY IMAP4rev1 %b\r\n" % able + DONE}), scene)


def test_where_a_server_takes_only_plain_letters_no_others_are_sent() -> None:
    async def scene(server: Scripted) -> None:
        with pytest.raises(InboxError, match="login refused") as caught:
            await inbox(server, secret="Tr0ub4dör").folders()
        assert caught.value.auth
        assert "Tr0ub4d" not in f"{caught.value.__cause__!r}{caught.value.__context__!r}{server.heard}"

    on(Scripted({"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n" + DONE}), scene)


@pytest.mark.parametrize("name", [HOST, "other.example"])
def test_a_password_goes_only_to_whom_the_certificate_names(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, trust = certificate(name, tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trust))
    _resolve(monkeypatch)

    async def scene(server: Scripted) -> None:
        box = Mailbox("ann@northwind.example", "Ann Lee", imap=f"imaps://ann@{HOST}:{server.port}")
        ours = Inbox(box, SECRET)
        if name == HOST:
            async with ours:
                assert (await ours.read("INBOX", None, START)).mails == (THE_MAIL,)
                stopped = asyncio.create_task(ours.wait(30))
                await server.idling.wait()
                stopped.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await stopped
        else:
            with pytest.raises(InboxError, match="certificate not trusted"):
                await ours.folders()
            assert server.heard == []

    on(Scripted({"IDLE": b"+ idling\r\n"}, tls), scene)


def _resolve(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host's name is this machine."""
    known = socket.getaddrinfo

    def local(host: str, *args: object, **kwargs: object) -> object:
        return known("127.0.0.1" if host == HOST else host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", local)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("imap://ann@imap.northwind.example", "without TLS"),
        ("imaps://ann:Tr0ub4dor-3@imap.northwind.example", "holds a password"),
        ("smtps://imap.northwind.example", "neither imaps://"),
        ("imaps://", "names no host"),
        ("", "neither imaps://"),
    ],
)
def test_an_unsafe_url_is_refused_before_anything_is_sent(url: str, why: str) -> None:
    with pytest.raises(MailboxError, match=why) as caught:
        Inbox(Mailbox("ann@northwind.example", "Ann Lee", imap=url), SECRET)
    assert SECRET not in caught.value.message + caught.value.hint
