"""Mailboxes as people look after them: how each stands today, whether its servers let us in, a test letter."""

import asyncio
import secrets
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from outreach.compose import trial
from outreach.compose.body import body
from outreach.compose.headers import headers
from outreach.engine import standing
from outreach.errors import ComposeError
from outreach.mailbox import probe
from outreach.mailbox.smtp import Session
from outreach.mailbox.tokens import Login
from outreach.mailbox.wire import Endpoint, endpoint
from outreach.model import Accepted, Mailbox, Outgoing, Scope
from outreach.report.mailboxes import Row
from outreach.report.standing import Pause
from outreach.report.trying import Step
from outreach.schedule.picker import Usage, mailbox_full
from outreach.schedule.slots import Pace, cap, next_slot, ramp_step
from outreach.schedule.zones import day_bounds, day_of
from outreach.store import Store, queue, settings, status
from outreach.store.settings import Desk, House

FAR = 400  # days within which a ramp is looked for to end, or a mailbox to be free
WORKING_DAYS = 5
_MARKS = b"Auto-Submitted: auto-generated\r\n" + trial.HEADER  # RFC 3834 5.2; the second for filters


def look(
    store: Store | None, boxes: Mapping[str, Mailbox], now: datetime, zone: str, lacking: Mapping[str, str]
) -> list[Row]:
    """How the mailboxes of outreach.toml and those launched stand, by address. It changes nothing.

    :param store: None where nothing was ever launched.
    :param boxes: those of outreach.toml.
    :param zone: in which the days of what is not launched are counted: the sender's.
    :param lacking: of those without a password, the ways to give it.
    """
    desks = {desk.mailbox.address: desk for desk in standing.desks(store)} if store else {}
    house = store.read(settings.house) if store else None
    pauses = store.read(status.pauses, now) if store else []
    days = (house.timezone if desks and house else "") or zone
    used = store.read(queue.used, now, days) if store else Usage(day_of(now, days))
    return [
        _row(address, boxes.get(address), desks.get(address), house, used, pauses, now, days, lacking)
        for address in sorted({*boxes, *desks})
    ]


def _row(
    address: str,
    written: Mailbox | None,
    desk: Desk | None,
    house: House | None,
    used: Usage,
    pauses: list[Pause],
    now: datetime,
    zone: str,
    lacking: Mapping[str, str],
) -> Row:
    box = desk.mailbox if desk else written
    assert box is not None
    pace, today = desk.pace if desk else Pace(), day_of(now, zone)
    allowed = cap(box, pace, today)
    full = mailbox_full(address, allowed, house.limits, used) if house and allowed else ""
    covers = ((Scope.ALL, ""), (Scope.MAILBOX, address))
    pause = next((each for each in pauses if (each.scope, each.name) in covers), None)
    return Row(
        address=address,
        owner=box.owner,
        per_day=box.per_day,
        cap=allowed,
        used=used.mailboxes[address],
        full=full,
        ramp=box.ramp,
        grown=_grown(box, pace, today),
        free_at=_free(house.id if house else "", box, pace, now, zone, pause, bool(full)),
        away=sorted(day for day in box.away if day >= today),
        manual=not box.imap,
        read_at=desk.inbox_read_at if desk else None,
        inbox_trouble=desk.inbox_trouble if desk else "",
        launched=desk is not None,
        in_files=written is not None,
        edited=desk is not None and written is not None and desk.mailbox != written,
        pause=pause,
        lacking=lacking.get(address, ""),
    )


def _grown(box: Mailbox, pace: Pace, today: date) -> date | None:
    """When a ramp reaches `per_day`, were it to send on every working day from today on; None where it has."""
    full = replace(box, away=frozenset())
    if cap(full, pace, today) >= box.per_day:
        return None
    for day in (today + timedelta(days=ahead) for ahead in range(FAR)):
        if day.weekday() >= WORKING_DAYS or day in box.away:
            continue
        if cap(box, pace, day) >= box.per_day:
            return day
        pace = replace(pace, ramp_step=ramp_step(box, pace, day), ramp_day=day, troubled=False)
    return None


def _free(
    seed: str, box: Mailbox, pace: Pace, now: datetime, zone: str, pause: Pause | None, full: bool
) -> datetime | None:
    """The first instant at which the mailbox may send: its gap is over, no cap, pause or away day stops it."""
    if pause and not pause.until:
        return None
    start = max(now, pause.until) if pause and pause.until else now
    moment = day_bounds(day_of(now, zone), zone)[1] if full else start
    moment = max(moment, start)
    for _ in range(FAR):
        day = day_of(moment, zone)
        if cap(box, pace, day):
            moment = next_slot(seed, box, pace, moment, zone)[0]
            if day_of(moment, zone) == day:
                return moment
        else:
            moment = day_bounds(day, zone)[1]
    return None


def tried(
    mailbox: Mailbox,
    login: Login | None,
    *,
    tls: ssl.SSLContext | None = None,
    seconds: float = probe.TIMEOUT,
    begins: Callable[[str], None] = lambda server: None,
) -> list[Step]:
    """What came of trying the mailbox's servers: SMTP up to the login, then IMAP up to its folders.

    Nothing is sent, and no mail is marked as seen.

    :param login: None where the mailbox logs in nowhere.
    :param tls: another trust than the system's.
    :param seconds: for each step.
    :param begins: told each server as it is tried, "SMTP smtp.northwind.example:465".
    :raises MailboxError: one of its URLs is wrong.
    """

    async def both() -> list[Step]:
        begins(f"SMTP {_place(endpoint(mailbox.smtp))}")
        steps = await probe.sending(mailbox, login, tls=tls, seconds=seconds)
        if mailbox.imap and login is not None:
            begins(f"IMAP {_place(endpoint(mailbox.imap, 'imap'))}")
            steps += await probe.reading(mailbox, login, tls=tls, seconds=seconds)
        return steps

    return asyncio.run(both())


def _place(at: Endpoint) -> str:
    return f"{at.host}:{at.port}"


def logs_in(mailbox: Mailbox) -> bool:
    """Whether the mailbox needs a password or a sign-in."""
    return bool(endpoint(mailbox.smtp).user or mailbox.imap)


def without_login(why: str, hint: str) -> list[Step]:
    """The one step of a mailbox whose password is not there."""
    return [Step("password", False, why, hint, "secret")]


def letter_to_itself(
    mailbox: Mailbox, login: Login | None, at: datetime, *, tls: ssl.SSLContext | None = None
) -> Step:
    """Send one letter from the mailbox to itself; what came of it. It counts for no cap and no campaign.

    :param at: its date, an aware time.
    """
    since = time.monotonic()
    try:
        raw = trial_letter(mailbox, at, secrets.token_hex(16))
    except ComposeError as exc:
        return Step("letter", False, exc.message, exc.hint, "refused")
    said = asyncio.run(_sent(mailbox, login, raw, tls))
    spent = time.monotonic() - since
    if said:
        return Step("letter", False, said, "ask your provider why it says so", "refused", spent)
    return Step("letter", True, f"to {mailbox.address}: look for it, in junk too", seconds=spent)


async def _sent(mailbox: Mailbox, login: Login | None, raw: bytes, tls: ssl.SSLContext | None) -> str:
    """Why the letter could not be handed over, "" if it was."""
    session = Session(mailbox, login, tls=tls)
    try:
        answer = (
            await session.open() or await session.offer(mailbox.address, len(raw)) or await session.body(raw)
        )
        return "" if isinstance(answer, Accepted) else answer.text
    finally:
        await session.close()


def trial_letter(mailbox: Mailbox, at: datetime, luck: str) -> bytes:
    """The bytes of a letter from a mailbox to itself, marked as no letter of a campaign.

    :param luck: what nobody else's Message-ID holds.
    """
    outgoing = Outgoing(
        message_id=trial.message_id(luck, mailbox.domain),
        to_email=mailbox.address,
        to_name=mailbox.name,
        subject=f"Test: {mailbox.address} can send",
        text=_WORDS.format(name=mailbox.name),
        html=None,
    )
    return headers(outgoing, mailbox, at, by_hand=True) + _MARKS + body(outgoing)


_WORDS = """\
Hello {name},

this letter was sent by outreach, from your mailbox to itself, because you asked for a test.

Is it in the inbox, not among the junk? Is the sender's name as people should see it? Then the
mailbox is ready.
"""
