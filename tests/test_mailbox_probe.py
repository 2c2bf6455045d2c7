"""Each step of trying a mailbox's servers, against servers that fail at it: told apart, with what to do."""

import asyncio
import base64
import socket
import ssl
from pathlib import Path

import pytest

from outreach.mailbox import probe, wire
from outreach.mailbox.imap import Inbox, InboxError
from outreach.mailbox.sandbox import Sandbox
from outreach.mailbox.smtp import Session
from outreach.model import Accepted, Mailbox
from outreach.report.trying import Step
from tests import imapscript
from tests.imapd import PASSWORD, USER, running
from tests.smtpd import HANG_UP, SILENCE, Guarded, Scripted, certificate, on, send

HOST = "localhost.example"  # not a loopback name by itself: TLS is required
EHLO = b"250-scripted.test\r\n250 AUTH PLAIN\r\n"
ENCRYPTED = b"250-scripted.test\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"


def box(smtp: str = "smtp://127.0.0.1:1", imap: str = "") -> Mailbox:
    return Mailbox("ann@northwind.example", "Ann Lee", smtp=smtp, imap=imap)


def names(steps: list[Step]) -> list[tuple[str, bool | None, str]]:
    return [(step.name, step.ok, step.fault) for step in steps]


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's resolver, which knows this machine by one more name."""
    real = socket.getaddrinfo

    def known(host: str, *args: object, **kwargs: object) -> object:
        if isinstance(host, str) and host.endswith("nowhere.example"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real("127.0.0.1" if host == HOST else host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", known)


def tried(
    server: Scripted, url: str, tls: ssl.SSLContext | None = None, secret: str = "secret"
) -> list[Step]:
    async def scene(server: Scripted) -> list[Step]:
        return await probe.sending(box(url.format(server.port)), secret, tls=tls, seconds=0.5)

    return on(server, scene)


@pytest.mark.parametrize(("scheme", "ehlo"), [("smtps", EHLO), ("smtp", ENCRYPTED)])
def test_connection_tls_and_login_are_told_each(tmp_path: Path, scheme: str, ehlo: bytes) -> None:
    tls, trust = certificate(HOST, tmp_path)
    trusting = ssl.create_default_context(cafile=str(trust))
    server = Scripted({"EHLO": ehlo}, tls)
    steps = tried(server, f"{scheme}://ann@{HOST}:{{}}", trusting)
    assert names(steps) == [("smtp connect", True, ""), ("smtp tls", True, ""), ("smtp login", True, "")]
    assert "TLS 1." in steps[1].said
    assert not {"MAIL", "RCPT", "DATA"} & set(server.verbs)


@pytest.mark.parametrize(("scheme", "ehlo"), [("smtps", EHLO), ("smtp", ENCRYPTED)])
@pytest.mark.parametrize(
    ("name", "trusted", "words"),
    [("other.example", True, "goes by another name"), (HOST, False, "SSL_CERT_FILE")],
)
def test_a_certificate_that_is_not_trusted_is_told_in_words(
    tmp_path: Path, scheme: str, ehlo: bytes, name: str, trusted: bool, words: str
) -> None:
    tls, trust = certificate(name, tmp_path)
    client = ssl.create_default_context(cafile=str(trust) if trusted else None)
    server = Scripted({"EHLO": ehlo}, tls)
    steps = tried(server, f"{scheme}://ann@{HOST}:{{}}", client)
    assert names(steps) == [("smtp connect", True, ""), ("smtp tls", False, "tls")]
    assert f"the certificate of {HOST} is not trusted" in steps[1].said
    assert words in steps[1].todo
    assert "AUTH" not in server.verbs


def test_a_port_that_speaks_no_tls_is_told(tmp_path: Path) -> None:
    assert names(tried(Scripted(), f"smtps://ann@{HOST}:{{}}"))[-1] == ("smtp tls", False, "tls")
    steps = tried(Scripted(), f"smtp://ann@{HOST}:{{}}")
    assert names(steps)[-1][:2] == ("smtp tls", False)
    assert "no STARTTLS" in steps[-1].said


@pytest.mark.parametrize(
    ("answers", "fault", "words"),
    [
        ({"AUTH": b"535 5.7.8 wrong\r\n"}, "login", "app password"),
        ({"AUTH": b"454 4.7.0 later\r\n"}, "busy", "again in some minutes"),
        ({"AUTH": SILENCE}, "unreachable", "block mail ports"),
        ({"AUTH": HANG_UP}, "unreachable", "check smtp"),
    ],
)
def test_a_wrong_password_is_no_broken_line(answers: dict[str, bytes | None], fault: str, words: str) -> None:
    steps = tried(Scripted({"EHLO": EHLO, **answers}), "smtp://ann@127.0.0.1:{}", secret="hunter22")
    assert names(steps)[-1] == ("smtp login", False, fault)
    assert words in steps[-1].todo
    assert "hunter22" not in str(steps)


def test_no_server_and_no_such_host_are_two_things() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    refused = asyncio.run(probe.sending(box(f"smtp://127.0.0.1:{port}"), None))
    assert names(refused) == [("smtp connect", False, "unreachable")]
    assert f"takes no connection on port {port}" in refused[0].said
    assert "outreach.toml" not in refused[0].todo  # nothing may be written there yet
    for steps in (
        asyncio.run(probe.sending(box("smtps://ann@smtp.nowhere.example"), "x")),
        asyncio.run(probe.reading(box(imap="imaps://imap.nowhere.example"), "x")),
    ):
        assert (steps[0].ok, steps[0].fault) == (False, "unreachable")
        assert "there is no server" in steps[0].said


def test_the_folders_are_counted_and_nothing_is_marked_as_read() -> None:
    with running("embedded") as server:
        server.make("Sent")
        server.deliver(b"Subject: 1\r\n\r\n1\r\n", b"Subject: 2\r\n\r\n2\r\n")
        steps = asyncio.run(probe.reading(box(imap=server.url), PASSWORD))
        assert [(step.name, step.ok, step.mails) for step in steps] == [
            ("imap connect", True, None),
            ("imap tls", True, None),
            ("imap login", True, None),
            ("inbox", True, 2),
            ("junk", None, None),
            ("sent", True, 0),
        ]
        assert server.flags() == ["", ""]
        wrong = asyncio.run(probe.reading(box(imap=server.url), "hunter22"))
        assert names(wrong)[-1] == ("imap login", False, "login")
        assert "hunter22" not in str(wrong)


def test_a_certificate_is_asked_of_an_inbox_too(tmp_path: Path) -> None:
    tls, _ = certificate("other.example", tmp_path)

    async def scene(server: Scripted) -> list[Step]:
        return await probe.reading(box(imap=f"imaps://{HOST}:{server.port}"), "x", seconds=2)

    steps = on(Scripted(tls=tls), scene)
    assert names(steps) == [("imap connect", True, ""), ("imap tls", False, "tls")]


def test_a_server_that_asks_for_no_login_is_fine() -> None:
    async def scene(server: Sandbox) -> list[Step]:
        return await probe.sending(box(server.url), None)

    assert [step.ok for step in on(Sandbox(), scene)] == [True, True, True]


def test_a_refused_user_of_the_sandbox() -> None:
    async def scene(server: Sandbox) -> list[Step]:
        return await probe.sending(box(server.url), "wrong")

    assert names(on(Sandbox({USER: PASSWORD}), scene))[-1] == ("smtp login", False, "login")


# Servers of this machine: they are spoken to in clear unless they want it otherwise


def test_a_server_of_this_machine_that_asks_for_starttls_gets_it(tmp_path: Path) -> None:
    tls, trust = certificate("localhost", tmp_path)
    trusting = ssl.create_default_context(cafile=str(trust))

    async def scene(server: Guarded) -> tuple[list[Step], object]:
        mailbox = box(f"smtp://{USER}@localhost:{server.port}")
        steps = await probe.sending(mailbox, PASSWORD, tls=trusting)
        session = Session(mailbox, PASSWORD, tls=trusting)
        assert await session.open() is None
        answer = await send(session)
        await session.close()
        return steps, answer

    steps, answer = on(Guarded({USER: PASSWORD}, tls), scene)
    assert [step.ok for step in steps] == [True] * 3
    assert "TLS 1." in steps[1].said
    assert isinstance(answer, Accepted)


def test_its_certificate_is_checked_there_too(tmp_path: Path) -> None:
    tls, _ = certificate("localhost", tmp_path)

    async def scene(server: Guarded) -> list[Step]:
        return await probe.sending(box(f"smtp://{USER}@localhost:{server.port}"), PASSWORD)

    steps = on(Guarded({USER: PASSWORD}, tls), scene)
    assert names(steps)[-1] == ("smtp tls", False, "tls")
    assert "the certificate of localhost is not trusted" in steps[-1].said
    assert "SSL_CERT_FILE" in steps[-1].todo


def test_a_server_that_wants_a_login_is_told_from_one_that_does_not(tmp_path: Path) -> None:
    tls, _ = certificate("localhost", tmp_path)

    async def scene(server: Sandbox) -> list[Step]:
        return await probe.sending(box(f"smtp://localhost:{server.port}"), None)

    for server in (Sandbox({USER: PASSWORD}), Guarded({USER: PASSWORD}, tls)):
        last = on(server, scene)[-1]
        assert (last.name, last.ok, last.said[:38]) == (
            "smtp login",
            False,
            "it takes no letter without a login: 53",
        )
        assert last.todo == f"name a user: smtp://ann%40northwind.example@localhost:{server.port}"


def test_a_server_without_logins_is_no_wrong_password() -> None:
    last = tried(Scripted(), "smtp://ann@127.0.0.1:{}")[-1]
    assert "no login method in common" in last.said
    assert "name no user" in last.todo
    assert "password" not in last.todo


@pytest.mark.parametrize("protocol", ["smtp", "imap"])
def test_tls_on_an_odd_port_of_this_machine_is_found_out_at_once(tmp_path: Path, protocol: str) -> None:
    tls, _ = certificate("localhost", tmp_path)

    async def scene(server: Scripted) -> list[Step]:
        url = f"{protocol}://{USER}@localhost:{server.port}"
        if protocol == "smtp":
            return await probe.sending(box(url), PASSWORD)
        return await probe.reading(box(imap=url), PASSWORD)

    server = Scripted(tls=tls)
    steps = on(server, scene)
    assert names(steps) == [(f"{protocol} connect", True, ""), (f"{protocol} tls", False, "tls")]
    assert steps[-1].todo == f"write {protocol}s://{USER}@localhost:{server.port}"
    assert steps[-1].seconds < probe.TIMEOUT / 2


# What a login sends must not come back on a screen, whatever a server says

HUNTER = 'hunter2 "9" long'
ECHOED = [  # what a server repeats of a login as ann
    'ann "hunter2 \\"9\\" long"',
    HUNTER,
    base64.b64encode(f"\0ann\0{HUNTER}".encode()).decode(),
    base64.b64encode(HUNTER.encode()).decode(),
    base64.b64encode(HUNTER.encode()).decode()[:13],
    "x" * 460 + " " + HUNTER,
]
PARTS = ("hunter", base64.b64encode(b"hunter2").decode()[:8], base64.b64encode(b"\0ann\0").decode()[:5])


@pytest.mark.parametrize("echo", ECHOED)
@pytest.mark.parametrize("form", ["535 5.7.8 cannot understand {}", "421 {}", "not even SMTP {}"])
def test_an_smtp_server_that_repeats_the_login_is_not_quoted(form: str, echo: str) -> None:
    answers: dict[str, bytes | None] = {"EHLO": EHLO, "AUTH": f"{form.format(echo)}\r\n".encode()}

    async def scene(server: Scripted) -> tuple[list[Step], object]:
        mailbox = box(f"smtp://ann@127.0.0.1:{server.port}")
        return await probe.sending(mailbox, HUNTER, seconds=5), await Session(mailbox, HUNTER).open()

    steps, unattended = on(Scripted(answers), scene)
    assert names(steps)[-1][:2] == ("smtp login", False)
    for shown in (steps[-1].said, str(unattended)):
        assert "it repeats the login" in shown
        assert not any(part in shown for part in PARTS)


@pytest.mark.parametrize("echo", ECHOED)
@pytest.mark.parametrize("form", ["$ NO cannot understand {}", "$ BAD {}", "* BYE {}", "no IMAP {}"])
def test_an_imap_server_that_repeats_the_login_is_not_quoted(form: str, echo: str) -> None:
    script: dict[str, imapscript.Script] = {"+": f"{form.format(echo)}\r\n".encode()}

    async def scene(server: imapscript.Scripted) -> tuple[list[Step], InboxError]:
        mailbox = box(imap=f"imap://ann@127.0.0.1:{server.port}")
        steps = await probe.reading(mailbox, HUNTER, seconds=5)
        with pytest.raises(InboxError) as refused:
            async with Inbox(mailbox, HUNTER):
                pass
        return steps, refused.value

    steps, unattended = on(imapscript.Scripted(script), scene)
    assert names(steps)[-1][:2] == ("imap login", False)
    for shown in (steps[-1].said, unattended.message):
        assert "it repeats the login" in shown
        assert not any(part in shown for part in PARTS)


def test_a_token_that_is_repeated_is_not_quoted() -> None:
    token = "ya29.a0AfH6SMBx-secret"
    for echo in (token, base64.b64encode(f"user=ann\x01auth=Bearer {token}\x01\x01".encode()).decode()):
        assert wire.repeats(f"535 AUTH XOAUTH2 {echo}", "ann", token)
        assert wire.repeats(f"535 {echo[:12]}", "ann", token)
    assert not wire.repeats("535 5.7.8 Username and Password not accepted for ann", "ann", token)
    assert not wire.repeats("535 5.7.8 Username and Password not accepted for ann", "ann", "password123")
