"""Reading one folder over a connection: read-only, in the order of UIDs, a bounded piece at a time."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from outreach.mailbox.imapwire import MOST_LITERAL, RefusedError, Wire
from outreach.mailbox.imapwords import Word, day, fetched, internal_date, number, quoted, searched
from outreach.model import Cursor

MOST_BATCH = 16 << 20  # bytes of mail in one batch
_TOGETHER = 16  # mails that one command fetches: at a megabyte each, within what an answer may hold
_ANSWER = re.compile(rb"\* OK \[(UIDVALIDITY|UIDNEXT) (\d{1,10})\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as the server holds it. `raw` is its first megabyte at most, and empty where the server could
    not hand it over; `size` is the server's word for the whole, in bytes; `at` when it arrived, aware.
    """

    folder: str
    uid: int
    raw: bytes
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails in the order of their UIDs, the cursor behind them, and whether there are more."""

    mails: tuple[Fetched, ...]
    cursor: Cursor
    more: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """What EXAMINE said: the folder's UIDVALIDITY, and the UID of the mail to come (0 where unsaid)."""

    validity: int
    next: int


def examine(wire: Wire, folder: str, seconds: float) -> Opened:
    """Opens a folder read-only.

    :raises RefusedError: there is no such folder, or it has no lasting UIDs.
    """
    found: dict[bytes, int] = {}
    for line, *_ in wire.ask(b"EXAMINE " + quoted(folder), seconds):
        said = _ANSWER.match(line)
        if said:
            found[said[1].upper()] = int(said[2])
    if not found.get(b"UIDVALIDITY"):
        raise RefusedError("the server gives this folder's mails no lasting numbers (UIDVALIDITY)")
    return Opened(found[b"UIDVALIDITY"], found.get(b"UIDNEXT", 0))


def read(
    wire: Wire, folder: str, opened: Opened, cursor: Cursor | None, since: datetime, most: int, seconds: float
) -> Batch:
    """What the opened folder holds behind the cursor; without a valid one, what arrived from `since` on."""
    goes_on = cursor is not None and (cursor.folder, cursor.validity) == (folder, opened.validity)
    done = cursor.uid if cursor is not None and goes_on else 0
    if goes_on:
        # `5:*` always names the last mail, even one before 5 (RFC 3501 6.4.8).
        uids = [uid for uid in searched(wire.ask(b"UID SEARCH UID %d:*" % (done + 1), seconds)) if uid > done]
    else:
        # The server compares days in a zone of its own, so a day more is asked for.
        early = max(since, datetime(1970, 1, 2, tzinfo=UTC)) - timedelta(days=1)
        uids = searched(wire.ask(b"UID SEARCH SINCE " + day(early), seconds))
    mails: list[Fetched] = []
    size = 0
    for group in _groups(uids[:most]):
        if size >= MOST_BATCH:
            break
        found = _mails(wire, folder, group, None if goes_on else since, seconds)
        mails += found
        size += sum(len(mail.raw) for mail in found)
        done = group[-1]
    more = bool(uids) and done < uids[-1]
    if not goes_on and not more:  # what is older than `since` is read
        done = max(done, opened.next - 1) or _last(wire, seconds)
    return Batch(tuple(mails), Cursor(folder, opened.validity, done), more)


def _groups(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (uids[start : start + _TOGETHER] for start in range(0, len(uids), _TOGETHER))


def _last(wire: Wire, seconds: float) -> int:
    """The highest UID there is, 0 in an empty folder: asked only where EXAMINE did not say UIDNEXT."""
    return max(searched(wire.ask(b"UID SEARCH ALL", seconds)), default=0)


def _mails(
    wire: Wire, folder: str, uids: Sequence[int], since: datetime | None, seconds: float
) -> list[Fetched]:
    """The mails of these UIDs that are still there and not older than `since`."""
    heads = _fetch(wire, uids, b"RFC822.SIZE INTERNALDATE", seconds)
    times = {uid: internal_date(head.get(b"INTERNALDATE")) for uid, head in heads.items()}
    kept = [uid for uid in uids if uid in heads and not (since and (at := times[uid]) and at < since)]
    if not kept:
        return []
    bodies = _fetch(wire, kept, b"BODY.PEEK[]<0.%d>" % MOST_LITERAL, seconds)
    now = datetime.now(UTC)  # the time of arrival where the server has none
    return [
        Fetched(
            folder, uid, raw := _body(bodies[uid]), number(heads[uid].get(b"RFC822.SIZE")) or len(raw),
            times[uid] or now,
        )
        for uid in kept
        if uid in bodies
    ]  # fmt: skip


def _fetch(wire: Wire, uids: Sequence[int], items: bytes, seconds: float) -> dict[int, dict[bytes, Word]]:
    """The items of each mail. One that the server refuses to hand over does not stand before the others."""
    try:
        numbers = b",".join(b"%d" % uid for uid in uids)
        found = fetched(wire.ask(b"UID FETCH %b (UID %b)" % (numbers, items), seconds))
    except RefusedError:
        if len(uids) == 1:
            return {uids[0]: {}}
        alone: dict[int, dict[bytes, Word]] = {}
        for uid in uids:
            alone |= _fetch(wire, [uid], items, seconds)
        return alone
    wanted = set(uids)
    return {uid: each for uid, each in found.items() if uid in wanted}


def _body(items: Mapping[bytes, Word]) -> bytes:
    raw = next((value for name, value in items.items() if name.startswith(b"BODY[]")), None)
    return raw[:MOST_LITERAL] if isinstance(raw, bytes) else b""
