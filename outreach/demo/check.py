"""What arrived, held against what must never be: the demo does not take its own word for it."""

from collections.abc import Sequence
from datetime import date, datetime

from outreach.demo.cast import Reaction
from outreach.demo.mails import Letter
from outreach.demo.play import BUG, Came, Leaving
from outreach.errors import OutreachError
from outreach.mailbox.sandbox import Received
from outreach.model import MessageStatus, Window


def check(
    log: Sequence[Leaving | Came],
    received: Sequence[Received],
    window: Window,
    reactions: Sequence[Reaction] = (),
) -> None:
    """OutreachError for the first letter that is missing, too many, late, or outside its reader's window.

    Whom a mail stops, and until when somebody is away, is taken from what the readers did (`reactions`), not
    from what the program made of it.
    """
    turns = [each for each in log if isinstance(each, Leaving)]
    left = [each for each in turns if each.received]
    if [each.received for each in left] != list(received):
        raise OutreachError(f"{len(left)} letters left, {len(received)} arrived", hint=BUG)
    came = [each for each in log if isinstance(each, Came)]
    _understood(came, reactions)
    stopped = _stopped(came) | {each.email: each.at for each in turns if each.status == MessageStatus.FAILED}
    away = {each.reaction.email: each for each in came if each.reaction.back}
    for each in left:
        letter = f"{each.departure.letter} to {each.email}"
        end, absent = stopped.get(each.email), away.get(each.email)
        if end and each.at >= end:
            raise OutreachError(f"{letter} arrived after the stop", hint=BUG)
        if absent and absent.at <= each.at and each.local.date() < (absent.reaction.back or date.min):
            raise OutreachError(f"{letter} arrived while its reader is away", hint=BUG)
        if not window.start <= each.local.time() < window.end or each.local.weekday() not in window.days:
            raise OutreachError(f"{letter} arrived outside its window: {each.local:%a %H:%M}", hint=BUG)
    _once(left)


def _understood(came: Sequence[Came], reactions: Sequence[Reaction]) -> None:
    """Everybody has reacted, and each mail was taken for what it is, and for theirs whose it is."""
    if missing := set(reactions) - {each.reaction for each in came}:
        who = ", ".join(sorted(each.email for each in missing))
        raise OutreachError(f"no answer came from {who}", hint=BUG)
    for each in came:
        kind, email = each.reaction.kind, each.reaction.email
        if (each.kind, each.email) != (kind, email if kind else ""):
            what = f"{kind} from {email}" if kind else f"mail from {each.reaction.by}"
            raise OutreachError(f"{what} read as {each.kind} from {each.email or 'nobody'}", hint=BUG)


def _stopped(came: Sequence[Came]) -> dict[str, datetime]:
    """From when on who must get nothing more."""
    ends: dict[str, datetime] = {}
    for each in came:
        for email in each.reaction.ends:
            ends.setdefault(email, each.at)
    return ends


def _once(left: Sequence[Leaving]) -> None:
    """No letter twice: neither by the step it is of, nor by the Message-ID it arrived with."""
    seen: set[str] = set()
    for each in left:
        letter = f"{each.departure.letter} to {each.email}"
        number = str(Letter(each.received.data).mail["Message-ID"]) if each.received else ""
        if seen & {letter, number}:
            raise OutreachError(f"{letter} arrived twice", hint=BUG)
        seen |= {letter, number}
