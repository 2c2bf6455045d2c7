"""What arrived, held against what must never be: the demo does not take its own word for it."""

from collections.abc import Sequence

from outreach.demo.play import BUG, Happening, Leaving
from outreach.errors import OutreachError
from outreach.mailbox.sandbox import Received
from outreach.model import MessageStatus, Window


def check(log: Sequence[Leaving | Happening], received: Sequence[Received], window: Window) -> None:
    """OutreachError for the first letter that is missing, too many, late, or outside its reader's window."""
    turns = [each for each in log if isinstance(each, Leaving)]
    left = [each for each in turns if each.received]
    if [each.received for each in left] != list(received):
        raise OutreachError(f"{len(left)} letters left, {len(received)} arrived", hint=BUG)
    stopped = {each.email: each.at for each in log if isinstance(each, Happening)}
    stopped |= {each.email: each.at for each in turns if each.status == MessageStatus.FAILED}
    seen: set[str] = set()
    for each in left:
        letter = f"{each.departure.letter} to {each.email}"
        end = stopped.get(each.email)
        if letter in seen:
            raise OutreachError(f"{letter} arrived twice", hint=BUG)
        if end and each.at >= end:
            raise OutreachError(f"{letter} arrived after the stop", hint=BUG)
        if not window.start <= each.local.time() < window.end or each.local.weekday() not in window.days:
            raise OutreachError(f"{letter} arrived outside its window: {each.local:%a %H:%M}", hint=BUG)
        seen.add(letter)
