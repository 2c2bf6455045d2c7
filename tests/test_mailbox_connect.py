"""Connecting over real sockets: where to, how safely, and as whom."""

import asyncio
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from outreach.errors import MailboxError
from outreach.mailbox.sandbox import Sandbox
from outreach.mailbox.smtp import Endpoint, Session, endpoint
from outreach.mailbox.wire import verified_tls
from outreach.model import Accepted, Deferred, Rejected, Unreachable
from tests.smtpd import BOB, HANG_UP, Scripted, certificate, mailbox, on, send

SECRET = "Tr0ub4dor-3"


@pytest.mark.parametrize(
    ("greeting", "answer"),
    [
        (
            b"421 4.7.0 too many connections\r\n",
            Deferred("connect", 421, "4.7.0", "4.7.0 too many connections"),
        ),
        (b"554 go away\r\n", Rejected("connect", 554, "", "go away")),
    ],
)
def test_a_greeting_may_refuse(greeting: bytes, answer: object) -> None:
    async def scene(server: Scripted) -> None:
        assert await Session(mailbox(f"smtp://127.0.0.1:{server.port}"), None).open() == answer

    on(Scripted({"hello": greeting}), scene)


def test_nobody_listening_is_unreachable_and_names_the_place() -> None:
    async def scene() -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        ours = Session(mailbox(f"smtp://127.0.0.1:{port}"), None)
        answer = await ours.open()
        assert isinstance(answer, Unreachable)
        assert answer.text.startswith(f"127.0.0.1:{port}: Connect call failed")
        assert isinstance(await ours.offer(BOB, 10), Unreachable)

    asyncio.run(scene())


def test_the_server_learns_the_mailbox_domain_and_not_this_machine() -> None:
    async def scene(server: Scripted) -> None:
        await Session(mailbox(f"smtp://127.0.0.1:{server.port}"), None).open()
        assert server.heard == ["EHLO northwind.example"]

    on(Scripted(), scene)


# Login


def test_a_login_opens_the_session_and_its_secret_stays_inside() -> None:
    async def scene(server: Sandbox) -> None:
        ours = Session(mailbox(server.url), SECRET)
        assert await ours.open() is None
        assert isinstance(await send(ours), Accepted)
        assert SECRET not in repr(ours)
        await ours.close()
        wrong = Session(mailbox(server.url), "wrong-" + SECRET)
        answer = await wrong.open()
        assert isinstance(answer, Unreachable)
        assert answer.auth
        assert "535 5.7.8" in answer.text
        assert SECRET not in repr(answer)
        assert not wrong.is_open

    on(Sandbox({"ann": SECRET}), scene)


@pytest.mark.parametrize(
    ("auth", "said", "answer"),
    [
        (b"PLAIN", b"454 4.7.0 busy\r\n", Deferred("auth", 454, "4.7.0", "4.7.0 busy")),
        (b"PLAIN LOGIN CRAM-MD5", b"535 5.7.8 wrong\r\n", "login refused: 535 5.7.8 wrong"),
        (b"XOAUTH2", b"", "login refused: 504 no login method in common (offered: xoauth2)"),
        (b"PLAIN", HANG_UP, "Unexpected EOF received"),
    ],
)
def test_a_login_is_tried_once(auth: bytes, said: bytes, answer: Deferred | str) -> None:
    async def scene(server: Scripted) -> None:
        url = f"smtp://ann@127.0.0.1:{server.port}"
        got = await Session(mailbox(url), SECRET).open()
        if isinstance(answer, str):
            answer_text = f"127.0.0.1:{server.port}: {answer}"
            assert got == Unreachable(answer_text, auth=said != HANG_UP or auth == b"XOAUTH2")
        else:
            assert got == answer
        assert server.verbs.count("AUTH") == (auth != b"XOAUTH2")

    on(Scripted({"EHLO": b"250-scripted.test\r\n250 AUTH " + auth + b"\r\n", "AUTH": said}), scene)


def test_a_method_the_server_does_not_really_have_gives_way_to_the_next() -> None:
    async def scene(server: Scripted) -> None:
        url = f"smtp://ann@127.0.0.1:{server.port}"
        got = await Session(mailbox(url), SECRET).open()
        assert isinstance(got, Unreachable)
        assert [line.split()[1] for line in server.heard if line.startswith("AUTH")] == ["PLAIN", "LOGIN"]

    announced = b"250-scripted.test\r\n250 AUTH PLAIN LOGIN\r\n"
    on(Scripted({"EHLO": announced, "AUTH": b"504 5.5.4 unknown\r\n"}), scene)


# TLS: these names lead to this machine, as a line in /etc/hosts would

HOST = "smtp.northwind.example"


@pytest.fixture
def _hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo

    def look_up(host: str, *rest: Any, **options: Any) -> Any:
        return resolve("127.0.0.1" if host.endswith(".example") else host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


OFFERS_TLS = {"EHLO": b"250-scripted.test\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"}
PLAIN_ONLY = {"EHLO": b"250-scripted.test\r\n250 AUTH PLAIN\r\n"}


@pytest.mark.usefixtures("_hosts")
@pytest.mark.parametrize(("scheme", "answers"), [("smtps", PLAIN_ONLY), ("smtp", OFFERS_TLS)])
def test_a_trusted_certificate_carries_login_and_letter(
    scheme: str, answers: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, trust = certificate(HOST, tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trust))

    async def scene(server: Scripted) -> None:
        ours = Session(mailbox(f"{scheme}://ann@{HOST}:{server.port}"), SECRET)
        assert await ours.open() is None
        assert isinstance(await send(ours), Accepted)
        await ours.close()
        assert server.verbs[-6:] == ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]

    on(Scripted(answers, tls), scene)


@pytest.mark.usefixtures("_hosts")
@pytest.mark.parametrize(("scheme", "answers"), [("smtps", PLAIN_ONLY), ("smtp", OFFERS_TLS)])
@pytest.mark.parametrize("trusted", [True, False])
def test_a_stranger_or_another_host_gets_neither_login_nor_letter(
    scheme: str, answers: dict[str, bytes], trusted: bool, tmp_path: Path
) -> None:
    tls, trust = certificate("other.example" if trusted else HOST, tmp_path)
    client = ssl.create_default_context(cafile=trust) if trusted else None

    async def scene(server: Scripted) -> None:
        ours = Session(mailbox(f"{scheme}://ann@{HOST}:{server.port}"), SECRET, tls=client)
        answer = await ours.open()
        assert isinstance(answer, Unreachable)
        assert answer.text.startswith(f"{HOST}:{server.port}: certificate not trusted: ")
        assert ("Hostname mismatch" in answer.text) is trusted
        assert not set(server.verbs) & {"AUTH", "MAIL"}

    on(Scripted(answers, tls), scene)


@pytest.mark.usefixtures("_hosts")
def test_without_starttls_nothing_goes_in_clear() -> None:
    async def scene(server: Scripted) -> None:
        answer = await Session(mailbox(f"smtp://ann@{HOST}:{server.port}"), SECRET).open()
        assert isinstance(answer, Unreachable)
        assert answer.text.endswith("offers no STARTTLS; no login and no letter goes in clear")
        assert server.verbs == ["EHLO"]

    on(Scripted(PLAIN_ONLY), scene)


def test_nothing_older_than_tls_1_2_or_unverified_is_trusted() -> None:
    tls = verified_tls()
    assert tls.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert tls.check_hostname
    assert tls.verify_mode == ssl.CERT_REQUIRED


# URLs


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtps://ann@smtp.northwind.example:465", Endpoint(HOST, 465, "ann", "implicit")),
        (
            "smtps://ann%40northwind.example@smtp.northwind.example",
            Endpoint(HOST, 465, "ann@northwind.example", "implicit"),
        ),
        (
            "smtps://ann@northwind.example@smtp.northwind.example",
            Endpoint(HOST, 465, "ann@northwind.example", "implicit"),
        ),
        ("smtp://ann@smtp.northwind.example", Endpoint(HOST, 587, "ann", "starttls")),
        ("smtp://127.0.0.1:2525", Endpoint("127.0.0.1", 2525, "", "none")),
        ("smtp://127.8.9.10", Endpoint("127.8.9.10", 25, "", "none")),
        ("smtp://[::1]:2525", Endpoint("::1", 2525, "", "none")),
        ("smtp://LocalHost", Endpoint("localhost", 25, "", "none")),
        ("smtps://localhost", Endpoint("localhost", 465, "", "implicit")),
        ("smtp://localhost.example", Endpoint("localhost.example", 587, "", "starttls")),
        ("smtp://192.0.2.1", Endpoint("192.0.2.1", 587, "", "starttls")),
    ],
)
def test_an_url_says_where_and_how_safely(url: str, expected: Endpoint) -> None:
    assert endpoint(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        f"smtps://ann:{SECRET}@smtp.northwind.example:465",
        f"smtp://ann:{SECRET}#@smtp.northwind.example",
        f"smtp://ann:{SECRET}/@smtp.northwind.example",
        f"http://{SECRET}@smtp.northwind.example",
        "smtp://",
        "smtp.northwind.example:465",
        "smtp://host:99999",
        "smtp://[::1",
        "smtp://host/path",
        "smtp://host name",
        "smtp://host\r\nX",
        "",
    ],
)
def test_a_wrong_url_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(MailboxError) as refused:
        endpoint(url)
    shown = f"{refused.value} {refused.value.hint} {refused.value.__cause__}"
    assert SECRET not in shown
    assert "smtps://USER@HOST" in shown


def test_a_user_without_a_password_is_refused_before_any_connection() -> None:
    with pytest.raises(MailboxError, match=r"no password for ann@northwind\.example"):
        Session(mailbox("smtps://ann@smtp.northwind.example"), None)
