"""Signing in to a mailbox by OAuth 2.0 with the operator's own client: what is asked and answered, as values.

The authorization code flow with PKCE (RFC 7636) and a loopback redirect (RFC 8252). Nothing here opens a socket;
`tokens` does.
"""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from urllib.parse import parse_qs, urlencode, urlsplit

from outreach.errors import MailboxError
from outreach.mailbox.wire import clean

_DEFAULT_LIFE = 3600  # seconds of an access token whose answer does not say (RFC 6749 5.1 only recommends it)

_KEPT = ("oauth", "client_id", "client_secret", "refresh_token")


class OAuthError(MailboxError):
    """No token was given. `auth`: a person must sign in again or change something, waiting does not help."""

    def __init__(self, message: str, *, hint: str = "", auth: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.auth = auth


@dataclass(frozen=True, slots=True)
class Provider:
    """A mail provider's OAuth endpoints, and the scopes that let mail be read and sent.

    `redirect_host` is the loopback name that the provider lets use any port.
    """

    name: str
    authorize: str
    token: str
    scopes: tuple[str, ...]
    redirect_host: str
    extra: Mapping[str, str] = field(default_factory=dict)


# Google: developers.google.com/identity/protocols/oauth2/native-app and /gmail/imap/xoauth2-protocol.
# Microsoft: learn.microsoft.com, "Authenticate an IMAP, POP or SMTP connection using OAuth".
PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {
        "google": Provider(
            "google",
            "https://accounts.google.com/o/oauth2/v2/auth",
            "https://oauth2.googleapis.com/token",
            ("https://mail.google.com/",),
            "127.0.0.1",
            MappingProxyType({"access_type": "offline", "prompt": "consent"}),  # else no refresh token comes
        ),
        "microsoft": Provider(
            "microsoft",
            "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
            "https://login.microsoftonline.com/common/oauth2/v2.0/token",
            (
                "https://outlook.office.com/IMAP.AccessAsUser.All",
                "https://outlook.office.com/SMTP.Send",
                "offline_access",
            ),
            "localhost",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Client:
    """The operator's own OAuth client. Google gives desktop clients a `secret` too; Microsoft's have none."""

    id: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """What is kept where passwords are kept: the right to fetch access tokens for one mailbox."""

    provider: str
    client: Client
    refresh_token: str = field(repr=False)

    def __str__(self) -> str:
        return f"a {self.provider} grant"


@dataclass(frozen=True, slots=True)
class Request:
    """A form to be posted to a token endpoint."""

    url: str
    form: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A token endpoint's answer. `refresh` is "" where the old refresh token stays."""

    access: str = field(repr=False)
    expires: datetime
    refresh: str = field(default="", repr=False)


def verifier(random: bytes) -> str:
    """A PKCE code verifier (RFC 7636 4.1) from at least 32 random bytes."""
    if len(random) < 32:
        raise ValueError("a code verifier needs 32 random bytes")
    return urlsafe_b64encode(random).rstrip(b"=").decode("ascii")


def challenge(verifier: str) -> str:
    """The S256 code challenge of a verifier (RFC 7636 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def sign_in_url(
    provider: Provider, client: Client, *, redirect: str, state: str, verifier: str, address: str
) -> str:
    """The page on which the owner of the mailbox `address` allows access. The verifier is not in it."""
    query = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": redirect,
        "scope": " ".join(provider.scopes),
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
        "login_hint": address,
        **provider.extra,
    }
    return f"{provider.authorize}?{urlencode(query)}"


def code_of(redirected: str, state: str) -> str:
    """The authorization code in the address that the browser was sent to, whole or from the path on.

    :param redirected: as the loopback server saw it, or as pasted by a person.
    :raises OAuthError: refused, not from this sign-in, or no such address.
    """
    try:
        query = parse_qs(urlsplit(redirected.strip()).query, max_num_fields=50)
    except ValueError:
        query = {}
    given = {name: values[0] for name, values in query.items()}
    again = "start again, and paste the whole address of the last page"
    if not hmac.compare_digest(given.get("state", "").encode(), state.encode()):
        raise OAuthError("this is no answer to this sign-in (another state)", hint=again, auth=True)
    if "error" in given:
        why = clean(f"{given['error']} {given.get('error_description', '')}")
        raise OAuthError(
            f"the provider refused the sign-in: {why}", hint="start again and allow it", auth=True
        )
    if not given.get("code"):
        raise OAuthError("the address holds no code", hint=again, auth=True)
    return given["code"]


def code_request(provider: Provider, client: Client, *, code: str, verifier: str, redirect: str) -> Request:
    """What turns an authorization code into tokens."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect,
        "code_verifier": verifier,
        **_identity(client),
    }
    return Request(provider.token, MappingProxyType(form))


def refresh_request(provider: Provider, grant: Grant) -> Request:
    """What fetches the next access token."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": grant.refresh_token,
        "scope": " ".join(provider.scopes),
        **_identity(grant.client),
    }
    return Request(provider.token, MappingProxyType(form))


def _identity(client: Client) -> dict[str, str]:
    return {"client_id": client.id} | ({"client_secret": client.secret} if client.secret else {})


def tokens_of(status: int, body: bytes, now: datetime) -> Tokens:
    """The tokens in a token endpoint's answer (RFC 6749 5.1), or its refusal (5.2).

    :raises OAuthError: no tokens. No message holds one.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise OAuthError(f"the token endpoint answered {status} without JSON", hint="it is tried again later")
    if status != 200 or "error" in answer:
        raise _refused(status, answer)
    access, refresh, life = (answer.get(name) for name in ("access_token", "refresh_token", "expires_in"))
    if not (isinstance(access, str) and access.isascii() and access.isprintable() and access):
        raise OAuthError("the token endpoint's answer holds no access token")
    digits = str(life)  # some send it as a string
    seconds = int(digits) if digits.isdecimal() and len(digits) < 9 else _DEFAULT_LIFE
    return Tokens(access, now + timedelta(seconds=seconds), refresh if isinstance(refresh, str) else "")


def _refused(status: int, answer: Mapping[str, object]) -> OAuthError:
    error = str(answer.get("error", "")) or str(status)
    text = clean(f"{error} {answer.get('error_description', '')}")[:300]
    if status >= 500 or status == 429 or error in ("temporarily_unavailable", "server_error"):
        return OAuthError(f"the token endpoint cannot answer now: {text}", hint="it is tried again later")
    hint = "sign in again: outreach mailbox auth ADDRESS"
    if error in ("invalid_client", "unauthorized_client"):
        hint = "check the id and secret of your OAuth client, then: outreach mailbox auth ADDRESS"
    return OAuthError(f"the provider gives no more tokens: {text}", hint=hint, auth=True)


def written(grant: Grant) -> str:
    """A grant as one line of text, to be kept as a secret."""
    values = (grant.provider, grant.client.id, grant.client.secret, grant.refresh_token)
    return json.dumps(dict(zip(_KEPT, values, strict=True)))


def read(secret: str) -> Grant | None:
    """The grant that a kept secret is, or None: it is a password."""
    if not secret.startswith('{"oauth"'):
        return None
    try:
        kept = json.loads(secret)
        provider, client, key, token = (kept[name] for name in _KEPT)
    except (ValueError, TypeError, KeyError):
        return None
    if provider not in PROVIDERS or not all(isinstance(each, str) for each in (client, key, token)):
        return None
    return Grant(provider, Client(client, key), token)
