"""How a new mailbox logs in: a password that is typed unseen, or a sign-in; and where that is kept."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outreach.cli.asking import Asking, unfit
from outreach.errors import MailboxError, OutreachError

if TYPE_CHECKING:
    from outreach.mailbox.providers import Provider
    from outreach.mailbox.tokens import Login
    from outreach.model import Mailbox

_PLACES: Mapping[str, str] = {
    "keyring": "of this system: safe, and unlocked with your session",
    "file": "only you can read it (0600), and git leaves it out",
    "environment": "a variable that you set: told below",
    "systemd": "a credential of the unit that sends: told below",
}
_WAYS = {
    "password": "a password, or app password",
    "oauth": "sign in with a browser, by an OAuth client of your own",
}
_GROUPS = re.compile(r"[a-z]{4}( [a-z]{4}){3}")  # Google shows app passwords so, for the eye


@dataclass(frozen=True, slots=True)
class Secret:
    """`text` is what was typed, or found already; `place` where it is to be kept, "" where it stays as it is.

    `file` is the mailbox's password_file, "" for none. `oauth`: there is no password, somebody has to sign in.
    """

    text: "Login | None" = field(default=None, repr=False)
    place: str = ""
    file: str = ""
    oauth: bool = False


def ask_secret(asking: Asking, box: "Mailbox", provider: "Provider | None", root: Path) -> Secret:
    """How the mailbox logs in; nothing is kept yet."""
    from outreach.engine.mailboxes import logs_in
    from outreach.mailbox import credentials

    if not logs_in(box):
        return Secret()
    place = asking.given.get("keep", "")
    file = _file(asking)
    if _by_oauth(asking, provider):
        click.echo("  a sign-in takes the place of a password: that comes last", err=True)
        return Secret(oauth=True, file=file or ("" if credentials.has_keyring() else file_name(box.address)))
    there = _there(replace(box, password_file=file), root)  # first: it refuses a file that is no secret's
    if asking.given.get("password-stdin"):
        return _placed(asking, box, _from_stdin(), file, provider)
    if there and not place:
        at_hand = "its password is there already"
        if asking.quiet or file or asking.sure(f"{box.address}: {at_hand}. Use it", default=True):
            click.echo(f"  {at_hand}", err=True)
            return Secret(there, file=file)
    if isinstance(there, str) and place:
        return _placed(asking, box, there, file, provider)
    return _placed(asking, box, "", file, provider)


def _file(asking: Asking) -> str:
    """The password file that was given, "" for none."""
    from outreach.workspace import values

    given = asking.said("password-file")
    return asking.text("password-file", "Its password file", values.text, given) if given else ""


def _by_oauth(asking: Asking, provider: "Provider | None") -> bool:
    """Whether a sign-in takes the place of a password: the provider takes nothing else, or somebody wants it."""
    if provider is None:
        return asking.said("login") == "oauth"
    words = "oauth" in provider.logins, any(each != "oauth" for each in provider.logins)
    if words == (True, False):
        click.echo(f"  {provider.title} lets programs in by OAuth only:\n  {provider.page}", err=True)
        return True
    if words == (False, True):
        return False
    return asking.choice("login", "How to log in", _WAYS, "password") == "oauth"


def _placed(asking: Asking, box: "Mailbox", text: str, file: str, provider: "Provider | None") -> Secret:
    """The password and where it goes; asked for where it is not known."""
    from outreach.mailbox import credentials

    places = {
        name: words for name, words in _PLACES.items() if name != "keyring" or credentials.has_keyring()
    }
    place = "file" if file and not asking.given.get("keep") else ""
    if not place:
        place = asking.choice("keep", "Where to keep its password", places, next(iter(places)))
    if not text:
        text = _typed(asking, box, provider, optional=place in ("environment", "systemd"))
    file = file or (file_name(box.address) if place == "file" else "")
    return Secret(text or None, place, file)


def typed_again(asking: Asking, box: "Mailbox", provider: "Provider | None", secret: Secret) -> Secret:
    """The same with another password."""
    return replace(secret, text=_typed(asking, box, provider, optional=False))


def _typed(asking: Asking, box: "Mailbox", provider: "Provider | None", *, optional: bool) -> str:
    from outreach.mailbox.credentials import variable

    kind = "Password"
    if provider is not None and provider.logins[0] == "app password":
        kind = "App password"
        click.echo(f"  make one at {provider.page}", err=True)
    elif provider is None:
        click.echo("  many providers want an app password here, not the one of their web page", err=True)
    way = f"--password-stdin, or the environment variable {variable(box.address)}"
    may_lack = optional or bool(asking.typed)
    enter = "; Enter for the one before" if asking.typed else "; Enter to leave it out" if optional else ""
    typed = asking.secret(f"{kind} (not shown{enter})", optional=may_lack, way=way) or asking.typed
    asking.typed = typed
    return typed.replace(" ", "") if _GROUPS.fullmatch(typed) else typed


def _from_stdin() -> str:
    """One line of standard input; OutreachError for none, without a word of it."""
    from outreach.mailbox.credentials import LONGEST

    try:
        line = sys.stdin.readline(LONGEST + 2).rstrip("\r\n")
    except UnicodeError:
        line = "\0"
    wrong = unfit(line) if line else "is empty"
    if wrong:
        raise OutreachError(f"the password on standard input {wrong}", hint="it is its first line, as UTF-8")
    return line


def _there(box: "Mailbox", root: Path) -> "Login | None":
    """What the mailbox would log in with now; None where there is nothing, or its file is not there yet."""
    from outreach.mailbox import credentials

    try:
        return credentials.login(box, os.environ, root)
    except MailboxError:
        if box.password_file and (root / box.password_file).exists():
            raise  # others can read it, or it is no text: to be mended first
        return None


def file_name(address: str) -> str:
    """A file's name for the password of an address; `*.password` is in the starter's .gitignore."""
    return f"{re.sub(r'[^A-Za-z0-9@._+-]', '_', address)}.password"


def keep(box: "Mailbox", secret: Secret, root: Path) -> str:
    """Put the secret where it belongs; the place, for people; "" where there is nothing to keep.

    Raises MailboxError where it cannot be kept.
    """
    from outreach.mailbox import credentials

    if secret.place not in ("keyring", "file") or not isinstance(secret.text, str):
        return ""
    return credentials.keep(box, secret.text, root, in_keyring=secret.place == "keyring")


def told(box: "Mailbox", secret: Secret, root: Path) -> list[str]:
    """What a person has still to do about the password, a line each."""
    from outreach.mailbox import credentials

    if secret.place == "environment":
        return [f"its password: export {credentials.variable(box.address)}=... where outreach runs"]
    if secret.place == "systemd":
        unit = f"LoadCredential={credentials.SERVICE}.{box.address}:/etc/outreach/{box.address}"
        return [f"its password: {unit}", "  in the [Service] of the unit that sends; the file: root's, 0600"]
    if secret.place in ("keyring", "file") and _there(box, root) != secret.text:
        way = f"take {credentials.variable(box.address)} out of the environment, or the old one out of the keyring"
        return [f"another password is found before it: {way}"]
    return []
