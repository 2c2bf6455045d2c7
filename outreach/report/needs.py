"""What needs a person, and why nothing leaves: each with a stable code and the command that helps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from outreach.errors import Problem
from outreach.model import CampaignStatus, Scope
from outreach.report import refusals
from outreach.report.lines import ago, broken, moment, number
from outreach.report.sender import alive
from outreach.report.standing import SENDER, Box, Pause, Standing
from outreach.schedule.zones import day_of, zone
from outreach.sequence import Verdict

# Why follow-ups wait, of a mailbox's address.
UNREAD = "{}'s inbox was not read in the last 10 minutes; `outreach run` does that"
# What an inbox's trouble says where its server does not take the password.
REFUSED = "login refused"
KEPT = "where it is kept (keyring, password_file, environment, systemd credential)"
OF_TIME = ("window", "not_due")  # why a mailbox waits, where several may wait for the same moment
NAMED = 3  # mailboxes and people named in one line
RECENT = timedelta(hours=1)  # `run --once`, started again and again, counts as a sender for so long

CODES = (
    *(
        "store_held",
        "no_password",
        "settings_broken",
        "not_launched",
        "mailbox_paused",
        "mailbox_unreachable",
    ),
    *("inbox_unreadable", "inbox_not_read", "answers", "uncertain", "held", "no_sender"),
)
"""What may need a person."""
KEEPS = ("store_held", "no_password", "mailbox_paused", "mailbox_unreachable", "inbox_unreadable")
"""Those of them that keep letters from leaving: `run --once` ends with 1."""
STUBBORN = 3  # tries in a row: a server that is out of reach for some minutes needs nobody


@dataclass(frozen=True, slots=True)
class Need:
    """A stable code, the words, and the command that helps ("" if there is none).

    `subject` is what it is about, where there may be several of that code: a mailbox, a reason.
    """

    code: str
    text: str
    command: str = ""
    subject: str = ""


def checked(found: Iterable[Need], columns: int = 0) -> str:
    """What needs a person, a line each, for monitoring; nothing where nothing does.

    For a screen of so many `columns` they are wrapped, indented from the second line on.
    """
    lines = [f"{each.text.rstrip('.')}: {each.command}" if each.command else each.text for each in found]
    if columns:
        lines = [part for line in lines for part in broken(line, columns, rest="  ")]
    return "\n".join(lines)


def checked_value(found: Sequence[Need]) -> dict[str, Any]:
    """`{"ok": whether nothing needs a person, "needs": [{"code", "text", "command"}]}`."""
    return {"ok": not found, "needs": needs_value(found)}


def needs_value(found: Iterable[Need]) -> list[dict[str, str]]:
    """Each as `{"code", "text", "command"}`."""
    return [{"code": each.code, "text": each.text, "command": each.command} for each in found]


def needs(standing: Standing) -> list[Need]:
    """What needs a person, the gravest first; empty if nothing does."""
    return list(_needs(standing))


def _needs(standing: Standing) -> Iterator[Need]:
    if standing.hold:
        yield Need("store_held", f"NOTHING IS SENT: {standing.hold}", "outreach release")
    for address, ways in standing.lacking.items():
        yield Need("no_password", f"no password for {address}: its letters stay. {ways}", subject=address)
    if standing.broken:
        yield _broken(standing.broken, launched=bool(standing.courses))
    yield from _of_mailboxes(standing)
    if standing.answers:
        mails = number(standing.answers, "mail waits", "mails wait")
        yield Need(
            "answers", f"{mails} for you: replies, and what nobody could make out", "outreach inbox waiting"
        )
    if standing.uncertain:
        letters = number(standing.uncertain, "letter")
        yield Need("uncertain", f"{letters} may or may not have arrived", "outreach uncertain list")
    for kept in standing.held:
        letters = number(kept.letters, "letter")
        yield Need("held", f"{letters} held: {kept.reason}", f"outreach why {kept.email}", kept.reason)
    if standing.overdue and not standing.hold and not _looked_after(standing):
        since = moment(standing.overdue, standing.zone)
        yield Need("no_sender", f"letters wait since {since} and nobody sends them", "outreach run")


def _broken(problems: Sequence[Problem], *, launched: bool) -> Need:
    """The first problem of outreach.toml, how many more there are, and what that means."""
    first = problems[0]
    more = f" (and {number(len(problems) - 1, 'more problem')})" if problems[1:] else ""
    on = "; what is launched goes on as it was launched" if launched else ""
    return Need("settings_broken", f"{first.where}: {first.message}{more}{on}", "outreach lint")


def _of_mailboxes(standing: Standing) -> Iterator[Need]:
    for address in standing.outdated:
        why = f"outreach.toml has other servers for {address} than what was launched, and that is used"
        yield Need("not_launched", f"{why}: launch again", "outreach plan", address)
    for pause in standing.pauses:
        if pause.needs_you and pause.scope is Scope.MAILBOX:
            why = refusals.told(pause.reason, pause.actor)
            if pause.reason.startswith(f"{Verdict.AUTHENTICATION}: "):
                why = f"{why.rstrip('.')}. Correct its password {KEPT}, then"
            yield Need("mailbox_paused", f"{pause.name} is paused: {why}", resuming(pause), pause.name)
    for box in standing.boxes:
        if need := _unreachable(box, standing):
            yield need
        if box.inbox_trouble:
            yield _unreadable(box)
        if box.follow_ups and not box.reads:
            yield Need("inbox_not_read", inbox_not_read(box), subject=box.address)


def _unreachable(box: Box, standing: Standing) -> Need | None:
    """That a mailbox's server was out of reach again and again: nothing leaves, though it is tried once more."""
    begins = f"{Verdict.UNREACHABLE}: "
    rests = (each for each in standing.pauses if (each.scope, each.name) == (Scope.MAILBOX, box.address))
    rest = next((each for each in rests if each.until and each.reason.startswith(begins)), None)
    if rest is None or rest.actor != SENDER or box.setbacks < STUBBORN:
        return None
    tries = f"{box.setbacks} tries in a row failed, the next is at {soon(rest.until or rest.at, standing)}"
    why = f"nothing leaves {box.address}: {refusals.told(rest.reason, rest.actor).rstrip('.')}; {tries}"
    return Need("mailbox_unreachable", why, f"outreach mailbox test {box.address}", box.address)


def _unreadable(box: Box) -> Need:
    trouble = box.inbox_trouble.removeprefix(f"{box.address}: ")
    why = f"the inbox of {box.address} cannot be read: {trouble}"
    if REFUSED in trouble:
        why = f"{why.rstrip('.')}. Correct its password {KEPT}"
    return Need("inbox_unreadable", why, f"outreach mailbox test {box.address}", box.address)


def inbox_not_read(box: Box) -> str:
    """That follow-ups wait for answers which nobody has read, and the way out."""
    waits = number(box.follow_ups, "follow-up waits", "follow-ups wait")
    return (
        f"{box.address}: {waits}, its inbox was not read in the last 10 minutes. `outreach run` does that, or "
        'says why it cannot; else write answers = "manual" in place of imap in outreach.toml, launch again, '
        "and enter answers with `outreach prospects mark`"
    )


def unserved(standing: Standing) -> dict[str, str]:
    """The mailboxes without a password, but for those to which a running sender seems to have it.

    It may come from where this process cannot look (a systemd unit): then their letters leave when they should.
    """
    if not alive(standing.workers, standing.now):
        return dict(standing.lacking)
    idle_ones = {
        box.address for box in standing.boxes if box.ready and not box.used and not _on_time(box, standing)
    }
    return {address: ways for address, ways in standing.lacking.items() if address in idle_ones}


def _on_time(box: Box, standing: Standing) -> bool:
    """Whether the mailbox waits for its gap."""
    return box.slot is not None and box.slot > standing.now


def _looked_after(standing: Standing) -> bool:
    """Whether a sender runs, or ran within the hour."""
    last = standing.last_alive
    return bool(alive(standing.workers, standing.now)) or (last is not None and standing.now - last < RECENT)


def idle(standing: Standing) -> list[Need]:
    """Why nothing leaves at this moment, in the order in which it should be looked at."""
    if standing.hold:
        return [Need("store_held", f"everything is held: {standing.hold}", "outreach release")]
    if not standing.courses:
        return [Need("nothing_launched", "nothing is launched", "outreach plan CAMPAIGN")]
    if not standing.waiting:
        return [Need("nothing_waits", "no letter waits")]
    return list(_hindrances(standing))


def _hindrances(standing: Standing) -> Iterator[Need]:
    if standing.limit:
        yield Need("limit", f"stopped at --limit {standing.limit}; the next run goes on", "outreach run")
    for pause in standing.pauses:
        if pause.scope is not Scope.PROSPECT:
            yield Need("paused", paused(pause, standing), resuming(pause))
    if people := paused_people(standing):
        # Each for a reason of its own, an absence for one: nobody should be resumed by the way.
        yield Need("paused", people, f"outreach why {_people(standing)[0].name}")
    for course in standing.courses:
        if course.status is CampaignStatus.PAUSED and course.waiting:
            yield Need("paused", f"{course.stem} is paused", f"outreach resume {course.stem}")
    yield from _of_boxes([box for box in standing.boxes if box.waiting], standing)


def _of_boxes(boxes: Sequence[Box], standing: Standing) -> Iterator[Need]:
    """What mailboxes wait for; those that wait for the same moment are named together."""
    found: dict[Need, list[str]] = {}
    for box in boxes:
        if need := _hindrance(box, standing):
            found.setdefault(need, []).append(box.address)
    for need, addresses in found.items():
        named = len(boxes) > 1 and need.code in OF_TIME
        yield replace(need, text=f"{need.text} ({some_of(addresses)})") if named else need


def _hindrance(box: Box, standing: Standing) -> Need | None:
    """What a mailbox's letters wait for."""
    if box.address in standing.lacking:
        return Need("no_password", f"no password for {box.address}: its letters stay")
    if not box.reads and box.waiting == box.follow_ups:
        return Need("inbox_not_read", inbox_not_read(box))
    if not box.ready:
        if box.opens_at is None:
            return None
        at = soon(box.opens_at, standing)
        return (
            Need("window", f"window opens {at}")
            if box.due
            else Need("not_due", f"nothing is due before {at}")
        )
    if box.away:
        return Need("away", f"{box.address} is away until {box.away.day} {box.away:%b}")
    if box.full == "domain":
        return Need("domain_cap", f"{box.address}: all mailboxes of its domain have sent what they may today")
    if box.full:
        return Need("mailbox_cap", f"{box.address} has sent its {number(box.cap, 'letter')} of today")
    if box.slot and box.slot > standing.now:
        return Need("gap", f"{box.address} may send again at {soon(box.slot, standing)}")
    if box.elsewhere:
        letters = number(box.elsewhere, "letter")
        return Need("other_sender", f"another sender is at work: it has {letters} of {box.address} in hand")
    if standing.limit:
        return None  # told for all mailboxes
    return Need("cap", f"{box.address}: the companies or campaigns of its letters have had enough today")


def soon(at: datetime, standing: Standing) -> str:
    """ "10:42" if that is today, else "Tue 24 Nov 09:04"."""
    today = day_of(at, standing.zone) == day_of(standing.now, standing.zone)
    return f"{at.astimezone(zone(standing.zone)):%H:%M}" if today else moment(at, standing.zone)


def paused(pause: Pause, standing: Standing) -> str:
    """ "ann@northwind.example paused until 10:52: its server asks it to slow down: 421 ..."."""
    return f"{pause.name or 'everything'} paused{_lasting(pause, standing)}"


def _lasting(pause: Pause, standing: Standing) -> str:
    """How long and why: the end tells more than the beginning."""
    reason = f": {refusals.told(pause.reason, pause.actor)}" if pause.reason else ""
    if pause.until:
        return f" until {soon(pause.until, standing)}{reason}"
    return f", {ago(standing.now - pause.at)}{reason}"


def _people(standing: Standing) -> list[Pause]:
    return [each for each in standing.pauses if each.scope is Scope.PROSPECT]


def paused_people(standing: Standing) -> str:
    """ "ann@acme.example paused until Tue 1 Dec 00:00: away", "12 people paused"; "" for none."""
    people = _people(standing)
    if len(people) == 1:
        return paused(people[0], standing)
    return f"{number(len(people), 'person', 'people')} paused" if people else ""


def some_of(names: Sequence[str]) -> str:
    """ "a, b, c and 10 more"."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


def resting(standing: Standing) -> Pause | None:
    """The rest that ends first, of a mailbox that the program lets rest, where nothing else may leave."""
    if not standing.waiting or any(box.waiting for box in standing.boxes):
        return None
    rests = [each for each in standing.pauses if each.scope is Scope.MAILBOX and each.actor == SENDER]
    return min((each for each in rests if each.until), key=lambda each: each.until or each.at, default=None)


def resuming(pause: Pause) -> str:
    """The command that undoes a pause; what the program holds by itself is released."""
    if pause.scope is Scope.ALL and pause.actor == SENDER:
        return "outreach release"
    return f"outreach resume {pause.name or '--all'}"
