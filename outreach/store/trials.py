"""Test letters: how many a mailbox has sent today, and that somebody sent them."""

from datetime import date, datetime

import sqlalchemy as sa

from outreach.store import events
from outreach.store.tables import memo, prospect

TESTED = "tested"
A_DAY = 20  # test letters of a mailbox: enough to look at letters, too few to get round its cap


def left(tx: sa.Connection, mailbox: str, day: date) -> int:
    """How many test letters a mailbox may still send on that day."""
    value = tx.execute(sa.select(memo.c.value).where(memo.c.name == _name(mailbox))).scalar() or ""
    noted, _, count = value.partition(" ")
    return max(0, A_DAY - int(count)) if noted == day.isoformat() else A_DAY


def prospect_of(tx: sa.Connection, email: str) -> str:
    """The prospect whose address that is, or would be without what is behind a plus (RFC 5233); "" for none."""
    local, _, domain = email.rpartition("@")
    bare = local.partition("+")[0]
    same = sa.or_(
        prospect.c.email.in_([email, f"{bare}@{domain}"]),
        sa.and_(
            prospect.c.email.startswith(f"{bare}+", autoescape=True),
            prospect.c.email.endswith(f"@{domain}", autoescape=True),
        ),
    )
    return str(tx.execute(sa.select(prospect.c.email).where(same).limit(1)).scalar() or "")


def has_prospects(tx: sa.Connection, domain: str) -> bool:
    """Whether a prospect is at that domain, at one below it, or at one above it."""
    labels = domain.split(".")
    above = [".".join(labels[place:]) for place in range(len(labels) - 1)]
    there = [prospect.c.email.endswith(f"@{each}", autoescape=True) for each in above[:5]]
    below = prospect.c.email.endswith(f".{domain}", autoescape=True)
    return tx.execute(sa.select(prospect.c.id).where(sa.or_(*there, below)).limit(1)).first() is not None


def take(tx: sa.Connection, mailbox: str, day: date, letters: int) -> bool:
    """Count so many test letters before they leave; False, and nothing counted, where they are too many."""
    free = left(tx, mailbox, day)
    if letters > free:
        return False
    tx.execute(sa.delete(memo).where(memo.c.name == _name(mailbox)))
    value = f"{day.isoformat()} {A_DAY - free + letters}"
    tx.execute(sa.insert(memo), {"name": _name(mailbox), "value": value})
    return True


def note(
    tx: sa.Connection, at: datetime, *, actor: str, campaign: str, mailbox: str, letters: list[str], sent: int
) -> None:
    """Write down that somebody sent test letters: which and how many, not as whom and not to whom."""
    events.log(tx, at, TESTED, actor=actor, campaign=campaign, mailbox=mailbox, letters=letters, sent=sent)


def _name(mailbox: str) -> str:
    return f"tests {mailbox}"
