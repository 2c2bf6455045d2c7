"""Signing in to a mailbox from the command line: the provider is a server of this machine, the browser the test.

The program speaks to the providers' real names: a proxy answers for them, with a certificate that it trusts.
"""

import io
import os
import pty
import re
import signal
import sys
import threading
import urllib.request
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from select import select
from ssl import SSLContext, SSLSocket
from urllib.parse import parse_qs, urlencode, urlsplit

import keyring
import pytest

from outreach.mailbox import oauth
from outreach.mailbox.credentials import login
from outreach.mailbox.oauth import PROVIDERS, Client, Grant
from outreach.mailbox.tokens import Access
from tests.cli import Shell
from tests.smtpd import certificate
from tests.test_credentials import Desktop, PlainFile
from tests.test_mailbox_oauth import GOOD, REFRESH, TOKEN, Endpoint, _Handler

ADDRESS = "ann@northwind.example"
SERVERS = {"google": "gmail.com", "microsoft": "office365.com"}
ID, KEY, CODE = "1234.apps.example", "GOCSPX-s3cret", "4/0c0de"
AGAIN = f"outreach mailbox auth {ADDRESS}"
PAGE = re.compile(r"https://\S+/auth\S*\?\S+|https://\S+/authorize\?\S+")


class Providers(Endpoint):
    """A proxy behind which every provider is this token endpoint; `connected` are the names asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__((200, {**GOOD, "refresh_token": REFRESH}))
        self.RequestHandlerClass = _Proxy
        self.connected: list[str] = []
        self.folder = folder

    def identity(self, name: str) -> SSLContext:
        """TLS for a host name, trusted by whoever trusts the folder's file."""
        return self._identities[name]

    def trusted(self) -> Path:
        """Makes the certificates of both; the file to trust."""
        names = [urlsplit(each.token).hostname or "" for each in PROVIDERS.values()]
        made = {name: certificate(name, self.folder) for name in names}
        self._identities = {name: context for name, (context, _) in made.items()}
        bundle = self.folder / "both.crt"
        bundle.write_bytes(b"".join(public.read_bytes() for _, public in made.values()))
        return bundle


class _Proxy(_Handler):
    server: Providers
    _inner: SSLSocket | None = None

    def do_CONNECT(self) -> None:  # noqa: N802
        """From here on the connection is TLS, and we are whoever was asked for."""
        self.server.connected.append(self.path)
        self.send_response(200)
        self.end_headers()
        context = self.server.identity(self.path.partition(":")[0])
        self._inner = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self._inner.makefile("rb"), self._inner.makefile("wb")
        self.close_connection = False

    def finish(self) -> None:
        super().finish()
        if self._inner is not None:
            self._inner.close()


@pytest.fixture
def providers(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Providers]:
    with Providers(tmp_path_factory.mktemp("tls")) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.trusted()))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.server_address[1]}")
        for name in ("https_proxy", "NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def held() -> Iterator[dict[tuple[str, str], str]]:
    """What the keyring holds; whoever runs the tests keeps their own to themselves."""
    before, held = keyring.get_keyring(), dict[tuple[str, str], str]()
    keyring.set_keyring(Desktop(held))
    yield held
    keyring.set_keyring(before)


@pytest.fixture
def office(shell: Shell, held: object, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A workspace with a mailbox at Google, on a desktop, with the client's secret in the environment."""
    settle(shell, "google")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("OUTREACH_OAUTH_CLIENT_SECRET", KEY)
    return shell


def settle(shell: Shell, provider: str, more: str = "") -> None:
    shell.fill(smtp=f"smtps://ann@smtp.{SERVERS[provider]}:465")
    path = shell.folder / "outreach.toml"
    path.write_text(f"{path.read_text()}{more}\n")


def ended(page: str, **answer: str) -> str:
    """Where the browser ends up: the redirect of a sign-in page, with an answer."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
    given = {"state": asked["state"], "code": CODE, "scope": "https://mail.google.com/", **answer}
    return f"{asked['redirect_uri']}?{urlencode(given)}"


@pytest.fixture
def browse(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Sets a browser whose user answers so; the pages it has opened, and what it has shown at the end."""

    def browse(**answer: str) -> list[str]:
        shown: list[str] = []

        def follow(page: str) -> bool:
            shown.append(page)
            with urllib.request.urlopen(ended(page, **answer)) as last:
                shown.append(last.read().decode())
            return True

        monkeypatch.setattr(webbrowser, "open", follow)
        return shown

    return browse


def interrupted(page: str) -> bool:
    """A browser that opens when somebody presses Ctrl-C."""
    signal.raise_signal(signal.SIGINT)
    return True


class Person(io.TextIOBase):
    """Somebody at a terminal who reads what it says before typing an answer."""

    def __init__(self, shell: Shell, *answers: str | Callable[[str], str]) -> None:
        super().__init__()
        self.shell, self.answers, self.seen = shell, list(answers), ""

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        self.seen += "".join(self.shell.capsys.readouterr())
        if not self.answers:
            return ""
        answer = self.answers.pop(0)
        return f"{answer if isinstance(answer, str) else answer(self.seen)}\n"


def page_in(text: str) -> str:
    found = PAGE.search(text)
    assert found, text
    return found[0]


def no_secret(*texts: str) -> None:
    for text in texts:
        assert not [secret for secret in (KEY, CODE, REFRESH, TOKEN, "4%2F0c0de") if secret in text], text


# Signing in


def test_a_browser_on_this_machine_brings_the_grant(
    office: Shell, providers: Providers, browse: Callable[..., list[str]], held: dict[tuple[str, str], str]
) -> None:
    shown = browse()
    code, out, err = office.run("mailbox", "auth", ADDRESS, "--client-id", ID)
    assert (code, err) == (0, "")
    no_secret(out)
    assert page_in(out) == shown[0]
    assert "You can close this page" in shown[1]
    assert "ann@northwind.example is signed in at google; what that takes is kept in the keyring" in out
    assert out.endswith("next: outreach status\n")
    assert oauth.read(held["outreach", ADDRESS]) == Grant("google", Client(ID, KEY), REFRESH)
    (form,) = providers.asked
    assert (form["code"], form["client_id"], form["client_secret"]) == (CODE, ID, KEY)
    assert oauth.challenge(form["code_verifier"]) in shown[0]
    access = login(office.app().basics.mailboxes[ADDRESS], {}, office.folder)
    assert isinstance(access, Access)
    assert access.token() == TOKEN
    assert providers.asked[1]["refresh_token"] == REFRESH
    assert providers.connected == ["oauth2.googleapis.com:443"] * 2


def test_a_browser_elsewhere_ends_at_an_address_that_is_pasted(
    office: Shell, providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(office, "microsoft", 'password_file = "ann.password"')
    keyring.set_keyring(PlainFile({}))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(webbrowser, "open", interrupted)
    monkeypatch.setenv("OUTREACH_OAUTH_CLIENT_SECRET", "")
    person = Person(office, ID, lambda seen: f"  {ended(page_in(seen))}é\udc80 ")
    monkeypatch.setattr("sys.stdin", person)
    code, out, err = office.run("mailbox", "auth", ADDRESS.upper())
    assert (code, err) == (0, "")
    assert "Id of your OAuth client" in person.seen
    assert "The last page will not load" in person.seen
    kept = office.folder / "ann.password"
    assert f"signed in at microsoft; what that takes is kept in {kept}" in out
    assert kept.stat().st_mode & 0o777 == 0o600
    assert oauth.read(kept.read_text()) == Grant("microsoft", Client(ID), REFRESH)
    (form,) = providers.asked
    assert "client_secret" not in form
    assert form["redirect_uri"].startswith("http://localhost:")
    assert providers.connected == ["login.microsoftonline.com:443"]


def test_paste_is_asked_for_where_there_is_a_screen_too(
    office: Shell, providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Person(office, lambda seen: ended(page_in(seen))))
    monkeypatch.setattr(webbrowser, "open", interrupted)
    office.ok("mailbox", "auth", ADDRESS, "--client-id", ID, "--paste")


def test_the_secret_is_typed_unseen(
    office: Shell, providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a process of its own, on a terminal of its own, that echoes whatever is typed unless told not to."""
    settle(office, "google", 'password_file = "ann.password"')
    monkeypatch.delenv("OUTREACH_OAUTH_CLIENT_SECRET")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover
        command = [sys.executable, "-m", "outreach", "-C", str(office.folder), "mailbox", "auth", ADDRESS]
        os.execv(sys.executable, [*command, "--paste"])
    seen = ""

    def until(words: str) -> None:
        nonlocal seen
        while words not in seen:
            assert select([terminal], [], [], 60)[0], seen
            try:
                more = os.read(terminal, 4096)
            except OSError:  # how Linux tells that the other side is closed
                more = b""
            assert more, seen
            seen += more.decode()

    def types(text: str) -> None:
        os.write(terminal, f"{text}\n".encode())

    until("Id of your OAuth client: ")
    types(ID)
    until("Its secret (not shown): ")
    types(KEY)
    until("Its address: ")
    types(ended(page_in(seen)))
    until("next: outreach status")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(terminal)
    assert ID in seen
    no_secret(seen.replace("4%2F0c0de", ""))  # the pasted address is echoed: its code is used up by then
    assert providers.asked[0]["client_secret"] == KEY


def test_a_password_that_would_be_found_first_is_named(
    office: Shell, providers: Providers, browse: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = "OUTREACH_PASSWORD_ANN_NORTHWIND_EXAMPLE"
    browse()
    monkeypatch.setenv(variable, "old password")
    assert "found before" not in office.run("mailbox", "auth", ADDRESS, "--client-id", ID)[2]
    keyring.set_keyring(PlainFile({}))
    settle(office, "google", 'password_file = "ann.password"')
    code, _, err = office.run("mailbox", "auth", ADDRESS, "--client-id", ID)
    assert code == 0
    assert f"take {variable} out of the environment" in err
    assert "old password" not in err
    monkeypatch.delenv(variable)
    assert office.run("mailbox", "auth", ADDRESS, "--client-id", ID)[2] == ""


def test_what_is_launched_must_learn_of_a_new_password_file(
    office: Shell, providers: Providers, browse: Callable[..., list[str]]
) -> None:
    browse()
    keyring.set_keyring(PlainFile({}))
    office.ok("prospects", "import", "prospects.csv")
    office.ok("launch", "shops", "--yes")
    settle(office, "google", 'password_file = "ann.password"')
    code, out, err = office.run("mailbox", "auth", ADDRESS, "--client-id", ID)
    assert (code, "plan and launch again" in err) == (0, True)
    assert out.endswith("next: outreach plan\n")
    office.ok("launch", "shops", "--yes")
    code, out, err = office.run("mailbox", "auth", ADDRESS, "--client-id", ID)
    assert (code, err) == (0, "")
    assert out.endswith("next: outreach status\n")


# What goes wrong


@pytest.mark.parametrize(
    ("answer", "endpoint", "why", "hint"),
    [
        (
            {"error": "access_denied", "error_description": "she said no"},
            (200, GOOD),
            "refused the sign-in: access_denied she said no",
            "allow it",
        ),
        ({"state": "another"}, (200, GOOD), "no answer to this sign-in", "start again"),
        ({"code": ""}, (200, GOOD), "holds no code", "start again"),
        ({}, (401, {"error": "invalid_client"}), "invalid_client", "check the id and secret"),
        ({}, (200, GOOD), "no refresh token", "remove this program's access"),
        ({}, (503, {"error": "temporarily_unavailable"}), "cannot answer now", AGAIN),
        ({}, (200, {"refresh_token": REFRESH}), "holds no access token", AGAIN),
    ],
)
def test_a_sign_in_that_fails_says_why_and_keeps_nothing(
    office: Shell,
    providers: Providers,
    browse: Callable[..., list[str]],
    held: dict[tuple[str, str], str],
    answer: dict[str, str],
    endpoint: tuple[int, object],
    why: str,
    hint: str,
) -> None:
    providers.answers = [endpoint]
    browse(**answer)
    code, out, err = office.run("mailbox", "auth", ADDRESS, "--client-id", ID)
    assert code == 1
    assert err.startswith("error: ")
    assert why in err
    assert hint in err
    assert err.count("\n") == 2
    assert held == {}
    no_secret(out, err)


def test_without_a_place_to_keep_it_the_way_to_one_is_told(
    office: Shell, providers: Providers, browse: Callable[..., list[str]]
) -> None:
    browse()
    keyring.set_keyring(PlainFile({}))
    code, out, err = office.run("mailbox", "auth", ADDRESS, "--client-id", ID)
    assert (code, "no keyring" in err, "password_file" in err) == (1, True, True)
    assert "signed in" not in out
    no_secret(out, err)


def test_ctrl_c_while_waiting_ends_it(office: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", interrupted)
    code, _, err = office.run("mailbox", "auth", ADDRESS, "--client-id", ID)
    assert code == 1
    assert err.strip() == f"error: the sign-in was not finished\n  to start again: {AGAIN}"


@pytest.mark.parametrize("given", [(), (ID,)])
def test_an_input_that_ends_is_no_answer(
    office: Shell, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...]
) -> None:
    monkeypatch.setattr("sys.stdin", Person(office, *given))
    code, _, err = office.run("mailbox", "auth", ADDRESS, "--paste")
    assert (code, "the sign-in was not finished" in err) == (1, True)


def test_a_secret_is_not_asked_where_it_would_be_seen(office: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OUTREACH_OAUTH_CLIENT_SECRET")
    monkeypatch.setattr("sys.stdin", Person(office))
    code, _, err = office.run("mailbox", "auth", ADDRESS, "--client-id", ID)
    assert (code, "OUTREACH_OAUTH_CLIENT_SECRET" in err) == (1, True)


# Which mailbox, whose


def test_a_mailbox_that_is_not_there_is_a_typo(office: Shell) -> None:
    code, _, err = office.run("mailbox", "auth", "anm@northwind.example")
    assert (code, "did you mean `ann@northwind.example`?" in err) == (1, True)
    assert ADDRESS in office.run("mailbox", "auth", "somebody")[2]


def test_every_provider_can_be_named(shell: Shell) -> None:
    assert SERVERS.keys() == PROVIDERS.keys()
    assert f"--provider [{'|'.join(PROVIDERS)}]" in shell.ok("mailbox", "auth", "--help")
