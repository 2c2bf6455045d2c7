"""Reading a mailbox's answers by IMAP: nothing is marked as seen, moved or deleted.

One connection for each mailbox, in a thread of its own. It is made when it is needed and again after a loss, so
that whatever goes wrong ends one call with an InboxError, and the next call goes on behind the same cursor.
"""

import asyncio
import re
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Self, TypeVar

from outreach.errors import MailboxError
from outreach.mailbox import imapread
from outreach.mailbox.folders import Role, roles, shown
from outreach.mailbox.imapline import Line
from outreach.mailbox.imapread import Batch, Fetched
from outreach.mailbox.imapwire import FOREIGN, Opened, RefusedError, Wire, quoted
from outreach.mailbox.oauth import OAuthError
from outreach.mailbox.tokens import Login
from outreach.mailbox.wire import clean, endpoint, reason, verified_tls
from outreach.model import Cursor, Mailbox

__all__ = ["TIMEOUTS", "Batch", "Cursor", "Fetched", "Inbox", "InboxError"]

TIMEOUTS: Mapping[str, float] = MappingProxyType(
    {"connect": 30, "auth": 60, "command": 120, "fetch": 300, "append": 120, "logout": 5}
)
"""Seconds for each whole answer, not for each of its bytes."""

_LONGEST_IDLE = 24 * 60  # servers may log out who is silent for 30 minutes (RFC 2177)
_MESSAGE_ID = re.compile(
    rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?<([!-;=?-~]{1,900})>", re.IGNORECASE | re.MULTILINE
)
_AGAIN = "nothing is lost: the next reading goes on where the last one ended"

T = TypeVar("T")


class InboxError(MailboxError):
    """A mailbox could not be read. `auth`: the login cannot succeed until a person acts."""

    def __init__(self, message: str, *, hint: str = "", auth: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.auth = auth


class Inbox:
    """The folders of one mailbox: `async with Inbox(mailbox, secret) as inbox`. Calls wait for each other.

    A cancelled call drops the connection; the next one makes another.

    :param secret: the password, or OAuth access, of the user that the mailbox's IMAP URL names (else of its
        address).
    :param tls: another trust than the system's.
    :param timeouts: seconds by stage, where other than TIMEOUTS.
    :raises MailboxError: the URL is wrong, or there is no secret.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        secret: Login | None,
        *,
        tls: ssl.SSLContext | None = None,
        timeouts: Mapping[str, float] | None = None,
    ) -> None:
        self._endpoint = endpoint(mailbox.imap, "imap")
        if not secret:
            raise MailboxError(f"no password for {mailbox.address}")
        self._mailbox, self._secret, self._tls = mailbox, secret, tls
        self._timeouts = {**TIMEOUTS, **(timeouts or {})}
        self._wire: Wire | None = None
        self._cut: Callable[[], None] = lambda: None  # ends the newest connection, also one that is half made
        self._roles: Mapping[Role, str] | None = None
        self._seen: Mapping[str, Opened] = {}  # as each folder was when it was last read to the end
        self._may_idle = True
        self._calls = 0  # that run or wait for their turn
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, f"imap-{mailbox.address}")

    async def __aenter__(self) -> Self:
        """Connects and logs in.

        :raises InboxError: that failed.
        """
        try:
            await self._do(lambda wire: None)
        except BaseException:
            self._thread.shutdown(wait=False)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        wire, self._wire = self._wire, None
        try:
            if wire is not None:
                await asyncio.get_running_loop().run_in_executor(
                    self._thread, wire.log_out, self._timeouts["logout"]
                )
        finally:
            self._thread.shutdown(wait=False)

    async def folders(self) -> Mapping[Role, str]:
        """The names, as the server writes them, of the inbox and of the junk and sent folders it has."""
        return await self._do(self._folders)

    async def read(self, folder: str, cursor: Cursor | None, since: datetime, most: int = 100) -> Batch:
        """The mails behind the cursor, in the order of their UIDs, at most `most` and some 2 MB of them.

        :param cursor: from the batch before. None, or one from before the server numbered the folder anew
            (UIDVALIDITY) or set it back: starts with what arrived from `since` on, an aware time.
        """
        return await self._do(lambda wire: self._read(wire, folder, cursor, since, most))

    async def wait(self, seconds: float) -> None:
        """Waits for new mail in the inbox, at most so long, where the server tells (IDLE); else just so long.

        Only a hint: it may return early without news, and does when another call wants the connection.
        A connection lost meanwhile raises nothing; the next call makes another or says why it cannot.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        if self._may_idle:
            try:
                if await self._do(lambda wire: self._idle(wire, min(seconds, _LONGEST_IDLE))):
                    return
            except InboxError:
                self._may_idle = False  # once: a server that always fails here must not be asked in circles
                return
        self._may_idle = True
        await asyncio.sleep(max(0.0, end - loop.time()))

    async def append_sent(self, raw: bytes, at: datetime) -> None:
        """Files a copy of a mail that was sent, marked as seen, unless the sent folder has it already.

        For servers that do not do so themselves (`folders.files_sent`).

        :raises InboxError: also where the mailbox has no sent folder.
        """
        await self._do(lambda wire: self._append_sent(wire, raw, at))

    async def _do(self, work: Callable[[Wire], T]) -> T:
        """Runs some of a conversation in the thread; every way it can fail is an InboxError."""
        self._calls += 1
        try:
            async with self._turn:
                return await self._in_thread(work)
        finally:
            self._calls -= 1

    async def _in_thread(self, work: Callable[[Wire], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._guarded, work)
        except asyncio.CancelledError:
            self._cut()
            self._thread.submit(self._drop)  # after what is running, before whatever comes next
            raise

    def _guarded(self, work: Callable[[Wire], T]) -> T:
        try:
            if self._wire is None:
                self._wire = self._connected()
            return work(self._wire)
        except InboxError:
            raise
        except OAuthError as exc:
            raise self._trouble(exc.message, exc.hint, auth=exc.auth) from exc
        except RefusedError as exc:
            hint = _AGAIN if exc.passing else "look at the mailbox with a mail program"
            raise self._trouble(f"the server refused: {exc}", hint) from exc
        except FOREIGN as exc:
            self._drop()
            raise self._trouble(reason(exc), _AGAIN) from exc

    def _connected(self) -> Wire:
        at, seconds = self._endpoint, self._timeouts
        tls = (self._tls or verified_tls()) if at.tls != "none" else None
        token = self._secret if isinstance(self._secret, str) else self._secret.token()
        wire = Wire(Line(at.host, at.port, tls, seconds["connect"], self._reach))
        user = at.user or self._mailbox.address
        try:
            log_in = wire.log_in if isinstance(self._secret, str) else wire.log_in_by_token
            log_in(user, token, seconds["auth"])
        except RefusedError as exc:
            wire.drop()
            raise self._turned_away(exc) from exc
        except BaseException:
            wire.drop()
            raise
        return wire

    def _reach(self, cut: Callable[[], None]) -> None:
        self._cut = cut

    def _turned_away(self, exc: RefusedError) -> InboxError:
        """What a refused login comes to: most need a person, some only time."""
        text = f"login refused: {exc}"
        if exc.passing:
            return self._trouble(text, "it is tried again later")
        address = self._mailbox.address
        if isinstance(self._secret, str):
            way = "correct the password where it is kept (keyring, password_file, environment, systemd credential)"
            more = f"Google wants an app password, Microsoft 365 takes none: outreach mailbox auth {address}"
            return self._trouble(text, f"{way}; {more}", auth=True)
        self._secret.forget()
        return self._trouble(text, f"sign in again: outreach mailbox auth {address}", auth=True)

    def _trouble(self, why: str, hint: str, *, auth: bool = False) -> InboxError:
        at = self._endpoint
        return InboxError(clean(f"{self._mailbox.address}: {at.host}:{at.port}: {why}"), hint=hint, auth=auth)

    def _drop(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.drop()

    def _folders(self, wire: Wire) -> Mapping[Role, str]:
        if self._roles is None:
            self._roles = MappingProxyType(dict(roles(wire.folders(self._timeouts["command"]))))
        return self._roles

    def _read(self, wire: Wire, folder: str, cursor: Cursor | None, since: datetime, most: int) -> Batch:
        try:
            opened = wire.examine(folder, self._timeouts["command"])
        except RefusedError as exc:
            self._roles = None  # it may have been renamed
            raise self._trouble(f"cannot open {shown(folder)}: {exc}", _AGAIN) from exc
        batch = imapread.read(wire, folder, opened, cursor, since, most, self._timeouts["fetch"])
        if not batch.more:
            self._seen = {**self._seen, folder: opened}
        return batch

    def _idle(self, wire: Wire, seconds: float) -> bool:
        """Whether there may be news; False at once where the server cannot tell."""
        if not wire.can_idle(self._timeouts["command"]):
            return False
        opened = wire.examine("INBOX", self._timeouts["command"])
        seen = self._seen.get("INBOX", opened)
        known = (opened.validity, opened.next) == (seen.validity, seen.next)
        if not known or opened.exists > seen.exists:  # came between the last reading and now
            return True
        wire.idle(seconds, self._timeouts["command"], opened.exists, lambda: self._calls > 1)
        return True

    def _in_sent(self, wire: Wire, message_id: str) -> bool:
        folder = self._folders(wire).get(Role.SENT)
        if folder is None:
            return False
        wire.examine(folder, self._timeouts["command"])
        return bool(wire.search(b"HEADER Message-ID " + quoted(f"<{message_id}>"), self._timeouts["command"]))

    def _append_sent(self, wire: Wire, raw: bytes, at: datetime) -> None:
        folder = self._folders(wire).get(Role.SENT)
        if folder is None:
            raise self._trouble("the mailbox has no folder for sent mail", "make one that is named Sent")
        known = _MESSAGE_ID.search(re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0])
        if known and self._in_sent(wire, known[1].decode("ascii")):
            return
        wire.append(folder, raw, at, self._timeouts["append"])
