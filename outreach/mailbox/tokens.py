"""OAuth over the network: posting to a token endpoint, the loopback page of a sign-in, and access tokens."""

import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from types import TracebackType
from typing import Any, Self, TypeAlias
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, build_opener
from urllib.request import Request as Post

from outreach.mailbox import oauth
from outreach.mailbox.oauth import PROVIDERS, Client, Grant, OAuthError, Provider, Request, Tokens
from outreach.mailbox.wire import is_loopback, reason, verified_tls

_EARLY = timedelta(minutes=5)  # a token is not used in its last minutes
_MOST = 64 << 10  # bytes of an endpoint's answer
_TIMEOUT = 30
_PAGE = (
    b"<!doctype html><meta charset=utf-8><title>outreach</title>"
    b"<p>The answer has arrived. You can close this page and go back to the terminal."
)


class Access:
    """The right to log in to one mailbox by OAuth: hands out access tokens and fetches new ones in time.

    Thread-safe; to be shared by the mailbox's connections.

    :param keep: is handed the grant when the provider has replaced its refresh token.
    :param provider: another than the grant's, for tests.
    """

    def __init__(
        self, grant: Grant, keep: Callable[[Grant], object] | None = None, provider: Provider | None = None
    ) -> None:
        self._grant, self._keep = grant, keep
        self._provider = provider or PROVIDERS[grant.provider]
        self._tokens: Tokens | None = None
        self._lock = threading.Lock()

    def token(self) -> str:
        """An access token with at least five minutes to live. It blocks while one is fetched.

        :raises OAuthError: there is none to be had.
        """
        with self._lock:
            if self._tokens is None or self._tokens.expires - _EARLY <= datetime.now(UTC):
                self._tokens = post(oauth.refresh_request(self._provider, self._grant))
                if self._tokens.refresh not in ("", self._grant.refresh_token):
                    self._grant = replace(self._grant, refresh_token=self._tokens.refresh)
                    if self._keep is not None:
                        self._keep(self._grant)
            return self._tokens.access

    def forget(self) -> None:
        """The last token was refused: the next one is a new one."""
        with self._lock:
            self._tokens = None


Login: TypeAlias = str | Access
"""What a mailbox logs in with: a password or app password, or OAuth access."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in under way: `url` is for the browser, `finish` takes the address the browser ends at."""

    provider: Provider
    client: Client
    address: str
    redirect: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)

    @property
    def url(self) -> str:
        """The page on which the mailbox's owner allows access."""
        return oauth.sign_in_url(
            self.provider,
            self.client,
            redirect=self.redirect,
            state=self.state,
            verifier=self.verifier,
            address=self.address,
        )

    def finish(self, redirected: str) -> Grant:
        """The grant to be kept, from the redirect that `Landing` saw or a person pasted. It asks the provider.

        :raises OAuthError: refused, another sign-in's answer, or no refresh token came.
        """
        code = oauth.code_of(redirected, self.state)
        tokens = post(
            oauth.code_request(
                self.provider, self.client, code=code, verifier=self.verifier, redirect=self.redirect
            )
        )
        if not tokens.refresh:
            hint = "remove this program's access in your account, then sign in again"
            raise OAuthError("the provider gave no refresh token", hint=hint, auth=True)
        return Grant(self.provider.name, self.client, tokens.refresh)


def begin(provider: Provider, client: Client, address: str, port: int) -> SignIn:
    """A new sign-in for the mailbox `address`, answered on the loopback port of a `Landing`."""
    redirect = f"http://{provider.redirect_host}:{port}/"
    return SignIn(
        provider,
        client,
        address,
        redirect,
        secrets.token_urlsafe(24),
        oauth.verifier(secrets.token_bytes(48)),
    )


class Landing:
    """The page on this machine where a sign-in ends: `with Landing() as page`, on a free port of 127.0.0.1."""

    def __init__(self) -> None:
        self._arrived: Queue[str] = Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._arrived))
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, seconds: float) -> str | None:
        """The path and query that the browser came with, None if it did not come in time."""
        try:
            return self._arrived.get(timeout=seconds)
        except Empty:
            return None


def _handler(arrived: "Queue[str]") -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10
        server_version, sys_version = "outreach", ""

        def do_GET(self) -> None:
            """Takes the one address that has a state; browsers ask for icons too."""
            expected = False
            with suppress(ValueError):
                expected = "state" in parse_qs(urlsplit(self.path).query, max_num_fields=50)
            self.send_response(200 if expected else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(_PAGE if expected else b"")
            if expected:
                arrived.put(self.path)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: a logged path would hold the code."""

    return Handler


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Nowhere: what is posted here is for this server alone."""


def post(request: Request) -> Tokens:
    """Asks a token endpoint, over https (in clear only on this machine), and follows no redirect.

    :raises OAuthError: no tokens came.
    """
    parts = urlsplit(request.url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise OAuthError("a token endpoint must be https")
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    asked = Post(request.url, urlencode(request.form).encode("ascii"), headers, method="POST")
    opener = build_opener(_NoRedirect, HTTPSHandler(context=verified_tls()))
    try:
        try:
            with opener.open(asked, timeout=_TIMEOUT) as answer:
                status, body = answer.status, answer.read(_MOST)
        except HTTPError as refusal:
            with refusal:
                status, body = refusal.code, refusal.read(_MOST)
    except (OSError, ValueError, HTTPException) as exc:
        inner = getattr(exc, "reason", None)
        why = reason(inner if isinstance(inner, Exception) else exc)
        raise OAuthError(
            f"{parts.hostname}: cannot fetch a token: {why}", hint="it is tried again later"
        ) from None  # a foreign exception may hold the form
    return oauth.tokens_of(status, body, datetime.now(UTC))
