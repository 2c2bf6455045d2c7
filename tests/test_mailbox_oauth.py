"""Signing in by OAuth against a token endpoint on this machine, and logging in with what came of it."""

import asyncio
import base64
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import keyring
import pytest

from outreach.errors import MailboxError
from outreach.mailbox import oauth
from outreach.mailbox.credentials import keep, login
from outreach.mailbox.imap import Inbox, InboxError
from outreach.mailbox.oauth import PROVIDERS, Client, Grant, OAuthError, Provider, tokens_of
from outreach.mailbox.smtp import Session
from outreach.mailbox.tokens import Access, Landing, begin, post
from outreach.model import Mailbox, Unreachable
from tests.imapscript import Scripted as ScriptedImap
from tests.smtpd import Scripted, on
from tests.test_credentials import Desktop, PlainFile

ADDRESS = "ann@northwind.example"
CLIENT = Client("1234.apps.example", "not-so-secret")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
REFRESH, TOKEN = "1//r3fr3sh", "ya29.t0ken"
GRANT = Grant("google", CLIENT, REFRESH)
GOOD = {"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"}
XOAUTH2 = base64.b64encode(f"user=ann\x01auth=Bearer {TOKEN}\x01\x01".encode()).decode()


@pytest.fixture(autouse=True)
def _own_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(PlainFile({}))
    yield
    keyring.set_keyring(before)


class Endpoint(HTTPServer):
    """A token endpoint: answers come one after the other, the last again and again; `asked` are the forms."""

    def __init__(self, *answers: tuple[int, object]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = list(answers)
        self.asked: list[dict[str, str]] = []

    @property
    def provider(self) -> Provider:
        return replace(PROVIDERS["google"], token=f"http://127.0.0.1:{self.server_address[1]}/token")


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.server.asked.append(dict(parse_qsl(self.rfile.read(length).decode())))
        answers = self.server.answers
        status, answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", str(answer))
        self.end_headers()
        self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    do_GET = do_POST  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def endpoint(*answers: tuple[int, object]) -> Iterator[Endpoint]:
    with Endpoint(*answers) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


# Signing in


def test_the_challenge_is_that_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    code = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert oauth.verifier(base64.urlsafe_b64decode(code + "=")) == code
    assert oauth.challenge(code) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    with pytest.raises(ValueError, match="32 random bytes"):
        oauth.verifier(b"too short")


@pytest.mark.parametrize(
    ("name", "host", "scope"),
    [
        ("google", "127.0.0.1", "https://mail.google.com/"),
        ("microsoft", "localhost", "SMTP.Send offline_access"),
    ],
)
def test_the_page_asks_for_mail_and_for_a_lasting_grant(name: str, host: str, scope: str) -> None:
    ours = begin(PROVIDERS[name], CLIENT, ADDRESS, 4711)
    page = urlsplit(ours.url)
    query = {key: values[0] for key, values in parse_qs(page.query).items()}
    assert page.scheme == "https"
    assert query["redirect_uri"] == f"http://{host}:4711/"
    assert query["scope"].endswith(scope)
    assert query["code_challenge"] == oauth.challenge(ours.verifier)
    assert (query["code_challenge_method"], query["login_hint"]) == ("S256", ADDRESS)
    assert (query.get("access_type") == "offline") is (name == "google")
    assert ours.verifier not in ours.url + repr(ours)
    assert CLIENT.secret not in ours.url + repr(ours)
    other = begin(PROVIDERS[name], CLIENT, ADDRESS, 4711)
    assert {ours.state, ours.verifier}.isdisjoint({other.state, other.verifier})


def test_a_sign_in_from_the_browser_to_the_grant() -> None:
    with endpoint((200, {**GOOD, "refresh_token": REFRESH})) as server, Landing() as page:
        ours = begin(server.provider, CLIENT, ADDRESS, page.port)
        for path in ("favicon.ico", "", "?code=x"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(ours.redirect + path)
            refused.value.close()
        assert page.wait(0) is None
        with urllib.request.urlopen(f"{ours.redirect}?state={ours.state}&code=4%2Fabc&scope=x") as shown:
            assert b"You can close this page" in shown.read()
        arrived = page.wait(10)
        assert arrived is not None
        assert ours.finish(arrived) == GRANT
        assert server.asked == [
            {
                "grant_type": "authorization_code",
                "code": "4/abc",
                "redirect_uri": ours.redirect,
                "code_verifier": ours.verifier,
                "client_id": CLIENT.id,
                "client_secret": CLIENT.secret,
            }
        ]


def test_a_sign_in_without_a_lasting_grant_is_none() -> None:
    with endpoint((200, GOOD)) as server:
        ours = begin(server.provider, CLIENT, ADDRESS, 1)
        with pytest.raises(OAuthError, match="no refresh token") as refused:
            ours.finish(f"  http://127.0.0.1:1/?code=x&state={ours.state}\n")
        assert refused.value.auth


@pytest.mark.parametrize(
    ("redirected", "why"),
    [
        ("http://127.0.0.1/?code=x&state=another", "another state"),
        ("http://127.0.0.1/?code=x", "another state"),
        ("http://127.0.0.1/?state=ours", "holds no code"),
        (
            "/?state=ours&error=access_denied&error_description=The+user%0D%0Asaid+no",
            "access_denied The user said no",
        ),
        ("/?" + "a=b&" * 100, "another state"),
        ("http://[", "another state"),
        ("\ud800é", "another state"),
    ],
)
def test_an_answer_that_is_not_ours_gives_no_code(redirected: str, why: str) -> None:
    with pytest.raises(OAuthError, match=why):
        oauth.code_of(redirected, "ours")


# Tokens


def test_an_access_token_is_used_until_shortly_before_its_end() -> None:
    kept: list[Grant] = []
    short = {**GOOD, "access_token": "short", "expires_in": 299}
    with endpoint((200, short), (200, {**GOOD, "refresh_token": "new-one"}), (200, GOOD)) as server:
        access = Access(GRANT, kept.append, server.provider)
        assert [access.token() for _ in range(4)] == ["short", TOKEN, TOKEN, TOKEN]
        assert len(server.asked) == 2
        access.forget()
        assert access.token() == TOKEN
    assert [form["refresh_token"] for form in server.asked] == [REFRESH, REFRESH, "new-one"]
    assert kept == [replace(GRANT, refresh_token="new-one")]


@pytest.mark.parametrize(
    ("status", "answer", "auth"),
    [
        (400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, True),
        (401, {"error": "invalid_client"}, True),
        (200, {"error": "interaction_required"}, True),
        (503, {"error": "temporarily_unavailable"}, False),
        (429, {}, False),
        (200, b"<html>a portal</html>", False),
        (200, {"token_type": "Bearer"}, False),
        (200, {"access_token": "two\r\nlines"}, False),
        (302, "/elsewhere", False),
        (200, b"[" * 60_000, False),
    ],
)
def test_a_refusal_says_whether_a_person_is_needed_and_shows_no_secret(
    status: int, answer: object, auth: bool
) -> None:
    with endpoint((status, answer)) as server:
        with pytest.raises(OAuthError) as refused:
            Access(GRANT, None, server.provider).token()
        assert refused.value.auth is auth
        assert len(server.asked) == 1
        said = f"{refused.value} {refused.value.hint} {refused.value.__cause__!r} {refused.value!r}"
        assert not any(secret in said for secret in (REFRESH, CLIENT.secret, TOKEN))


def test_a_grant_goes_to_no_endpoint_in_clear_and_absence_is_not_refusal() -> None:
    with pytest.raises(OAuthError, match="must be https"):
        post(oauth.refresh_request(replace(PROVIDERS["google"], token="http://oauth.example/token"), GRANT))
    with endpoint((200, GOOD)) as server:
        gone = server.provider
    with pytest.raises(
        OAuthError, match=r"127\.0\.0\.1: cannot fetch a token: Connection refused"
    ) as refused:
        Access(GRANT, None, gone).token()
    assert not refused.value.auth


@pytest.mark.parametrize(
    ("life", "seconds"), [(10, 10), ("1200", 1200), (None, 3600), (-5, 3600), ("9" * 30, 3600)]
)
def test_a_token_lives_as_long_as_its_answer_says(life: object, seconds: int) -> None:
    body = json.dumps({**GOOD, "expires_in": life}).encode()
    assert tokens_of(200, body, NOW).expires == NOW + timedelta(seconds=seconds)


# Kept where passwords are


def test_a_grant_is_kept_in_the_keyring_and_its_new_token_too(tmp_path: Path) -> None:
    held: dict[tuple[str, str], str] = {}
    keyring.set_keyring(Desktop(held))
    ann = Mailbox(ADDRESS, "Ann Lee", smtp="smtps://ann@smtp.northwind.example")
    assert keep(ann, GRANT, tmp_path) == "the keyring"
    assert oauth.read(held["outreach", ADDRESS]) == GRANT
    access = login(ann, {}, tmp_path)
    with endpoint((200, {**GOOD, "refresh_token": "new-one"})) as server:
        assert isinstance(access, Access)
        access._provider = server.provider
        access.token()
    assert oauth.read(held["outreach", ADDRESS]) == replace(GRANT, refresh_token="new-one")


def test_without_a_keyring_a_grant_is_kept_in_a_file_for_us_alone(tmp_path: Path) -> None:
    ann = Mailbox(ADDRESS, "Ann Lee", smtp="smtps://ann@smtp.northwind.example", password_file="ann.secret")
    with pytest.raises(MailboxError, match="no keyring") as nowhere:
        keep(replace(ann, password_file=""), GRANT, tmp_path)
    assert "password_file" in nowhere.value.hint
    (tmp_path / "ann.secret").write_text("old")
    assert keep(ann, GRANT, tmp_path) == str(tmp_path / "ann.secret")
    assert (tmp_path / "ann.secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["ann.secret"]
    assert isinstance(login(ann, {}, tmp_path), Access)


@pytest.mark.parametrize(
    "text", ["pass{word}", '{"oauth": "elsewhere"}', '{"oauth": 3', "{", '{"oauth"' + "[" * 9000]
)
def test_whatever_is_no_grant_is_a_password(text: str) -> None:
    assert oauth.read(text) is None


def test_an_inbox_without_smtp_login_needs_a_secret_too(tmp_path: Path) -> None:
    ann = Mailbox(ADDRESS, "Ann Lee", smtp="smtp://127.0.0.1:2525")
    assert login(ann, {}, tmp_path) is None
    with pytest.raises(MailboxError, match="no password"):
        login(replace(ann, imap="imaps://ann@imap.northwind.example"), {}, tmp_path)


# Logging in


def test_smtp_is_logged_in_to_with_a_token_that_is_fetched_first() -> None:
    async def scene(server: Scripted) -> None:
        with endpoint((200, GOOD)) as tokens:
            access = Access(GRANT, None, tokens.provider)
            box = Mailbox(ADDRESS, "Ann Lee", smtp=f"smtp://ann@127.0.0.1:{server.port}")
            assert await Session(box, access).open() is None
            assert server.heard[-1] == f"AUTH XOAUTH2 {XOAUTH2}"
            server.answers = {**server.answers, "AUTH": b"535 5.7.139 disabled for the mailbox\r\n"}
            refusal = await Session(box, access).open()
            assert isinstance(refusal, Unreachable)
            assert refusal.auth
            assert TOKEN not in refusal.text
            assert len(tokens.asked) == 1
            server.answers = {**server.answers, "EHLO": b"250-scripted.test\r\n250 AUTH PLAIN\r\n"}
            unfit = await Session(box, access).open()
            assert isinstance(unfit, Unreachable)
            assert "takes no OAuth token (offered: plain)" in unfit.text
            assert len(tokens.asked) == 2  # the refused one was forgotten
            tokens.answers = [(400, {"error": "invalid_grant"})]
            assert await Session(box, access).open() == Unreachable(
                f"127.0.0.1:{server.port}: the provider gives no more tokens: invalid_grant", auth=True
            )

    on(Scripted({"EHLO": b"250-scripted.test\r\n250 AUTH PLAIN XOAUTH2\r\n"}), scene)


def test_imap_is_logged_in_to_with_a_token_and_a_refused_one_is_forgotten() -> None:
    refusal = base64.b64encode(b'{"status":"400"}')

    async def scene(server: ScriptedImap) -> None:
        with endpoint((200, GOOD)) as tokens:
            box = Mailbox(ADDRESS, "Ann Lee", imap=f"imap://ann@127.0.0.1:{server.port}")
            access = Access(GRANT, None, tokens.provider)
            async with Inbox(box, access) as ours:
                await ours.folders()
            assert XOAUTH2 in server.heard
            with pytest.raises(InboxError, match="login refused") as refused:
                await Inbox(box, access).folders()
            assert refused.value.auth
            assert "sign in again" in refused.value.hint
            assert TOKEN not in f"{refused.value} {refused.value.__cause__!r}"
            async with Inbox(box, access):
                pass
            assert len(tokens.asked) == 2
            tokens.answers = [(503, {})]
            access.forget()
            with pytest.raises(InboxError, match="cannot answer now") as away:
                await Inbox(box, access).folders()
            assert not away.value.auth

    on(
        ScriptedImap(
            {
                "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n$ OK ok\r\n",
                "+": [
                    b"$ OK ok\r\n",
                    b"+ " + refusal + b"\r\n",
                    b"$ NO Invalid credentials\r\n",
                    b"$ OK ok\r\n",
                ],
            }
        ),
        scene,
    )


def test_a_token_is_fetched_once_for_all_who_wait_for_it() -> None:
    async def scene(access: Access) -> set[str]:
        return set(await asyncio.gather(*(asyncio.to_thread(access.token) for _ in range(4))))

    with endpoint((200, GOOD)) as server:
        assert asyncio.run(scene(Access(GRANT, None, server.provider))) == {TOKEN}
        assert len(server.asked) == 1
