"""Signing in to a mailbox by OAuth: at which provider, how the browser's answer comes back, where it is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from outreach.errors import MailboxError
from outreach.mailbox import credentials
from outreach.mailbox.oauth import PROVIDERS, Client, Grant, OAuthError, Provider
from outreach.mailbox.tokens import Landing, SignIn, begin
from outreach.mailbox.wire import endpoint
from outreach.model import Mailbox

WAIT = 300.0  # seconds in which a person finds the password and the second factor

# Whose servers: support.google.com/a/answer/176600, support.microsoft.com "POP, IMAP, and SMTP settings".
_SERVERS: Mapping[str, str] = {
    "gmail.com": "google",
    "googlemail.com": "google",
    "office365.com": "microsoft",
    "outlook.com": "microsoft",
}
_PASTED = (
    49151  # the port of a page that must not load: IANA keeps it, no service is to listen there (RFC 6335 6)
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a grant is kept, for people. `hidden`: a password in the environment is found before it."""

    place: str
    hidden: bool


def provider(mailbox: Mailbox, name: str = "") -> Provider:
    """The provider of that name; without one, whose servers the mailbox's URLs name.

    :raises MailboxError: nobody can tell, or the mailbox logs in nowhere.
    """
    sending = endpoint(mailbox.smtp)
    if not sending.user and not mailbox.imap:
        raise MailboxError(
            f"{mailbox.address} logs in nowhere: its smtp names no user, and it has no imap",
            hint="write the user into outreach.toml, like smtps://ann%40northwind.example@smtp.gmail.com:465",
        )
    hosts = [sending.host] + ([endpoint(mailbox.imap, "imap").host] if mailbox.imap else [])
    names = {name} if name else {_whose(host) for host in hosts}
    if len(names) != 1 or "" in names:
        raise MailboxError(
            f"whose server is {' or '.join(dict.fromkeys(hosts))}?",
            hint=f"say it: --provider {' or --provider '.join(PROVIDERS)}",
        )
    return PROVIDERS[names.pop()]


def _whose(host: str) -> str:
    """The provider's name, "" if it is none that we know."""
    labels = host.lower().rstrip(".").split(".")
    return _SERVERS.get(".".join(labels[-2:]), "")


def client(identifier: str, secret: str) -> Client:
    """The operator's own OAuth client, without the blanks that copying brings.

    :raises MailboxError: characters that no id and no secret has (RFC 6749, appendix A). It quotes neither.
    """
    found = Client(identifier.strip(), secret.strip())
    for name, value in (("id", found.id), ("secret", found.secret)):
        if not (value.isascii() and value.isprintable()) or (name == "id" and not value):
            raise MailboxError(f"that is no client {name}", hint="copy it again from your provider's console")
    return found


def by_browser(
    whose: Provider, client: Client, address: str, show: Callable[[str], object], seconds: float = WAIT
) -> Grant:
    """The grant of a person who signs in with a browser on this machine. It blocks until the answer is there.

    :param show: is handed the address of the page to open.
    :param seconds: how long the answer is waited for.
    :raises MailboxError: refused, no answer in time, another sign-in's answer, no lasting grant.
    """
    try:
        landing = Landing()
    except OSError as exc:
        raise MailboxError(
            f"cannot listen for the browser's answer: {exc.strerror}",
            hint=f"without listening: outreach mailbox auth {address} --paste",
        ) from exc
    with landing:
        ours = begin(whose, client, address, landing.port)
        show(ours.url)
        arrived = landing.wait(seconds)
        if arrived is None:
            raise OAuthError(f"no answer came from the browser in {seconds / 60:.0f} minutes", hint=_HELP)
        return _finish(ours, arrived)


_HELP = (
    "did the page show an error? Your OAuth client must be one for desktop apps"
    " (Microsoft: with the redirect URI http://localhost)"
    " · is the browser on another machine? Add --paste"
)


def by_paste(whose: Provider, client: Client, address: str, ask: Callable[[str], str]) -> Grant:
    """The grant of a person whose browser is elsewhere.

    :param ask: is handed the address of the page to open; gives the address at which the browser ended.
    :raises MailboxError: as `by_browser`.
    """
    ours = begin(whose, client, address, _PASTED)
    pasted = ask(ours.url)
    return _finish(ours, pasted.encode("ascii", "ignore").decode("ascii"))  # a copied address is ASCII


def _finish(ours: SignIn, redirected: str) -> Grant:
    try:
        return ours.finish(redirected)
    except OAuthError as exc:
        if exc.auth:
            raise
        # Nobody tries again later here: the code is used up, and it is a person who waits.
        raise OAuthError(exc.message, hint=f"sign in again: outreach mailbox auth {ours.address}") from None


def keep(mailbox: Mailbox, grant: Grant, environ: Mapping[str, str], root: Path) -> Kept:
    """Keeps a grant where the mailbox's password is looked for.

    :param environ: the process environment.
    :param root: the workspace, where a relative `password_file` starts.
    :raises MailboxError: there is no keyring and no `password_file`, or it cannot be written.
    """
    place = credentials.keep(mailbox, grant, root)
    # What is found without the file is found before it, unless it is the keyring, which has the grant now.
    in_file = bool(mailbox.password_file) and place == str(root / mailbox.password_file)
    return Kept(place, in_file and _elsewhere(mailbox, environ, root))


def _elsewhere(mailbox: Mailbox, environ: Mapping[str, str], root: Path) -> bool:
    try:
        return credentials.login(replace(mailbox, password_file=""), environ, root) is not None
    except MailboxError:
        return False
