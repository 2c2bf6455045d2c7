"""Reading one folder over a connection: read-only, in the order of UIDs, a bounded piece at a time."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from imapclient.datetime_util import format_criteria_date

from outreach.mailbox.imapwire import MAILS, MOST_MAIL, SIZES, Items, Opened, RefusedError, Wire
from outreach.model import Cursor

MOST_BATCH = 2 << 20  # bytes of mail in one batch: also over a slow line it must come to its end
_TOGETHER = 16  # mails that one command fetches: at a megabyte each, within what an answer may hold


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as the server holds it. `raw` is its first megabyte at most and never empty; `size` is the server's
    word for the whole, in bytes; `at` when it arrived, aware.
    """

    folder: str
    uid: int
    raw: bytes
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails in the order of their UIDs, the cursor behind them, and whether there are more.

    `lost`: the UIDs before the cursor that are in the folder, but that the server did not hand over when asked for
    each alone either. They are not asked for again; a person should look at them with a mail program.
    """

    mails: tuple[Fetched, ...]
    cursor: Cursor
    more: bool
    lost: tuple[int, ...] = ()


def read(
    wire: Wire, folder: str, opened: Opened, cursor: Cursor | None, since: datetime, most: int, seconds: float
) -> Batch:
    """What the opened folder holds behind the cursor; without a valid one, what arrived from `since` on.

    A cursor is valid while the folder has its UIDVALIDITY, and has not been set back: a mailbox that was moved or
    restored may keep that number, and count on from a UID that the cursor has passed already.

    :raises RefusedError: by a server that cannot just now, or hands over none of several mails. Nothing is lost.
    """
    goes_on = cursor is not None and (cursor.folder, cursor.validity) == (folder, opened.validity)
    done = cursor.uid if cursor is not None and goes_on else 0
    known = 0
    if goes_on:
        # `5:*` always names the last mail, even one before 5 (RFC 3501 6.4.8).
        named = wire.search(b"UID %d:*" % (done + 1), seconds)
        # What is there counts more than UIDNEXT, which some servers do not keep up.
        goes_on = not 0 < opened.next <= done or max(named, default=0) >= done
        uids = [uid for uid in named if uid > done]
    if not goes_on:
        done = 0
        known = opened.next - 1 if opened.next else max(wire.search(b"UID *", seconds), default=0)
        # The server compares days in a zone of its own, so a day more is asked for.
        early = max(since, datetime(1970, 1, 2, tzinfo=UTC)) - timedelta(days=1)
        uids = wire.search(b"SINCE " + format_criteria_date(early), seconds)
    answers: dict[int, Items] = {}
    size = 0
    for group in _groups(wire, uids[:most], seconds):
        if size + MOST_MAIL > MOST_BATCH:
            break
        found = _fetch(wire, group, seconds)
        answers |= found
        size += sum(len(_raw(items)) for items in found.values())
        done = group[-1]
    lost = tuple(uid for uid, items in answers.items() if not _raw(items))
    if len(lost) == len(answers) > 1:  # it is not these mails, it is the server
        raise RefusedError(f"none of {len(lost)} mails can be read")
    more = bool(uids) and done < uids[-1]
    if not goes_on and not more:  # what is older than `since` counts as read
        done = max(done, known)
    mails = (_mail(folder, uid, items) for uid, items in answers.items() if uid not in lost)
    kept = tuple(mail for mail in mails if goes_on or mail.at >= since)
    return Batch(kept, Cursor(folder, opened.validity, done), more, lost)


def _groups(wire: Wire, uids: Sequence[int], seconds: float) -> Iterator[Sequence[int]]:
    """What one command fetches: several mails that are together no more than a large one, or a few of any size.

    A mail whose size the server does not say counts as a large one.
    """
    if len(uids) * MOST_MAIL <= MOST_BATCH:
        yield from [uids] if uids else ()
        return
    sizes = _asked(wire, uids, seconds, SIZES)
    group: list[int] = []
    weight = 0
    for uid in uids:
        said = sizes.get(uid, {}).get(b"RFC822.SIZE")
        size = said if isinstance(said, int) else MOST_MAIL
        if group and (len(group) == _TOGETHER or weight + size > MOST_MAIL):
            yield group
            group, weight = [], 0
        group.append(uid)
        weight += size
    yield group


def _fetch(wire: Wire, uids: Sequence[int], seconds: float) -> dict[int, Items]:
    """What there is of each mail that is still there, in order; of one that is not handed over, nothing.

    One such mail can spoil the answer for all, so whatever is missing is asked for once more, each alone. It was
    deleted meanwhile if no search finds it any more, and not because the server is silent about it.
    """
    found = dict(_asked(wire, uids, seconds))
    for uid in _lacking(found, uids):
        found[uid] = _asked(wire, [uid], seconds).get(uid, {})
    lacking = _lacking(found, uids)
    there = wire.search(b"UID " + b",".join(b"%d" % uid for uid in lacking), seconds) if lacking else []
    return {uid: found[uid] for uid in uids if uid not in lacking or uid in there}


def _lacking(found: Mapping[int, Items], uids: Sequence[int]) -> list[int]:
    return [uid for uid in uids if uid not in found or not _raw(found[uid])]


def _asked(
    wire: Wire, uids: Sequence[int], seconds: float, items: Sequence[str] = MAILS
) -> Mapping[int, Items]:
    """What FETCH says of each; of all of them nothing where the server refuses for good."""
    try:
        return wire.fetch(uids, seconds, items)
    except RefusedError as exc:
        if exc.passing:
            raise
        return {uid: {} for uid in uids}


def _raw(items: Items) -> bytes:
    raw = next((value for name, value in items.items() if name.startswith(b"BODY[]")), None)
    return raw[:MOST_MAIL] if isinstance(raw, bytes) else b""


def _mail(folder: str, uid: int, items: Items) -> Fetched:
    raw, size, at = _raw(items), items.get(b"RFC822.SIZE"), items.get(b"INTERNALDATE")
    arrived = datetime.now(UTC)  # where the server has no time, or one that is none
    if isinstance(at, datetime):
        with suppress(ValueError, OverflowError):
            arrived = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    return Fetched(folder, uid, raw, size if isinstance(size, int) else len(raw), arrived)
