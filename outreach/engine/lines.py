"""Connections for the mailboxes: each logs in with a password from where secrets live."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Self

from outreach.errors import InputError, MailboxError, problem
from outreach.mailbox import credentials
from outreach.mailbox.credentials import NoPasswordError
from outreach.mailbox.imap import Inbox, InboxError
from outreach.mailbox.smtp import Session
from outreach.mailbox.tokens import Login
from outreach.mailbox.wire import endpoint
from outreach.model import Deferred, Mailbox, Rejected, Unreachable


class Lines:
    """Opens connections; `lines(mailbox)` is what an engine takes. A password is looked up once and kept.

    :param environ: the process environment.
    :param root: the workspace, where a relative `password_file` starts.
    """

    def __init__(self, environ: Mapping[str, str], root: Path) -> None:
        self._environ, self._root = environ, root
        self._logins: dict[Mailbox, Login | None] = {}

    def lacking(self, mailboxes: Iterable[Mailbox]) -> dict[str, MailboxError]:
        """Look up every password now; the addresses that lack theirs, each with the ways to give it."""
        found = {}
        for mailbox in mailboxes:
            try:
                Session(mailbox, self.login(mailbox))
            except MailboxError as exc:
                found[mailbox.address] = exc
        return found

    def check(
        self, mailboxes: Collection[Mailbox], others: Iterable[Mailbox] = ()
    ) -> dict[str, MailboxError]:
        """Those that lack their passwords; InputError names them if that is every mailbox.

        None of `others` may send at this moment, but people may join them, and answers come: one that has its
        password is enough to go on with.
        """
        lacking = self.lacking(mailboxes)
        if lacking and len(lacking) == len(mailboxes):
            rest = [each for each in others if each.address not in lacking]
            if len(self.lacking(rest)) == len(rest):
                raise InputError([problem(each.message, hint=each.hint) for each in lacking.values()])
        return lacking

    def __call__(self, mailbox: Mailbox) -> Session:
        """A connection, not yet open. Without a password it cannot be opened, and says so."""
        try:
            return _Line(self, mailbox, self.login(mailbox))
        except MailboxError as exc:
            return _Line(self, mailbox, "", lacking=exc.message)

    def inbox(self, mailbox: Mailbox) -> Inbox:
        """The mailbox's folders, not yet connected. MailboxError if there is no secret for it."""
        return _Inbox(self, mailbox, self._secret(mailbox))

    def login(self, mailbox: Mailbox) -> Login | None:
        """What the mailbox sends with: a password or OAuth access; None if it needs none.

        MailboxError if there is none.
        """
        if not endpoint(mailbox.smtp).user:
            return None
        return self._secret(mailbox)

    def _secret(self, mailbox: Mailbox) -> Login | None:
        if mailbox not in self._logins:
            self._logins[mailbox] = credentials.login(mailbox, self._environ, self._root)
        return self._logins[mailbox]

    def forget(self, mailbox: Mailbox) -> None:
        """A refused password is looked up again: a person will have changed it."""
        self._logins.pop(mailbox, None)


def ways(lacking: Mapping[str, MailboxError]) -> dict[str, str]:
    """Of those that lack their passwords, in words: what to do, and what is wrong with one that is there."""
    return {address: _way(exc) for address, exc in lacking.items()}


def _way(exc: MailboxError) -> str:
    if isinstance(exc, NoPasswordError):
        return exc.hint
    return f"{exc.message}: {exc.hint}" if exc.hint else exc.message


class _Line(Session):
    """A connection that pauses its mailbox, rather than all sending, when the login cannot succeed."""

    def __init__(self, lines: Lines, mailbox: Mailbox, password: Login | None, *, lacking: str = "") -> None:
        super().__init__(mailbox, password)
        self._lines, self._of, self._lacking = lines, mailbox, lacking

    async def open(self) -> Unreachable | Deferred | Rejected | None:
        if self._lacking:
            return Unreachable(self._lacking, auth=True)
        refusal = await super().open()
        if isinstance(refusal, Unreachable) and refusal.auth:
            self._lines.forget(self._of)
        return refusal


class _Inbox(Inbox):
    """An inbox whose password is looked up again after a refused login."""

    def __init__(self, lines: Lines, mailbox: Mailbox, secret: Login | None) -> None:
        super().__init__(mailbox, secret)
        self._lines, self._of = lines, mailbox

    async def __aenter__(self) -> Self:
        try:
            return await super().__aenter__()
        except InboxError as exc:
            if exc.auth:
                self._lines.forget(self._of)
            raise
