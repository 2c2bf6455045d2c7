"""What happened between us and people, in order of time: letters that left, and what came back."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from outreach.model import EnrollmentStatus, Fields, Kind, MessageStatus
from outreach.report.exports import Activity
from outreach.sequence import MARKS, Verdict
from outreach.store import prospects
from outreach.store.tables import answer, delivery, event, message, prospect

_OF_KIND: Final = {
    Kind.REPLY: "replied",
    Kind.AUTO_REPLY: "away",
    Kind.HARD_BOUNCE: "bounced",
    Kind.SOFT_BOUNCE: "bounced for now",
    Kind.OPT_OUT: "opted out",
    Kind.COMPLAINT: "complained",
    Kind.MOVED: "moved",
    Kind.CHALLENGE: "other mail",
    Kind.UNRELATED: "other mail",
}
"""What a mail that came back means; reports of delay and of delivery mean nothing to a seller."""
_OF_MARK: Final = {
    EnrollmentStatus.REPLIED: "replied",
    EnrollmentStatus.OPTED_OUT: "opted out",
    EnrollmentStatus.BOUNCED: "bounced",
}
_OF_PERSON: Final = ("first_name", "last_name", "full_name", "company", "owner")
_REFUSED: Final = (Verdict.BAD_RECIPIENT, Verdict.CONTENT)


def happened(tx: sa.Connection, since: datetime | None = None) -> Iterator[Activity]:
    """All of it since a moment (None: ever), oldest first, but for the erased. Streamed, inside the read."""
    everything = sa.union_all(_letters(), _refusals(), _mails(), _marks()).subquery()
    query = (
        sa.select(everything, prospect.c.email, prospect.c.fields)
        .join(prospect, prospect.c.id == everything.c.who)
        .where(prospect.c.email.contains("@"))
        .order_by(everything.c.happened_at, everything.c.number)
    )
    if since is not None:
        query = query.where(everything.c.happened_at >= since)
    decode = prospects.decode_fields(tx)
    for row in tx.execute(query.execution_options(yield_per=2000)):
        yield _activity(row, decode(row.fields))


def _activity(row: Any, fields: Fields) -> Activity:
    said = {name: str(fields.get(name, "")) for name in _OF_PERSON}
    return Activity(
        at=row.happened_at,
        email=row.email,
        name=said["full_name"] or f"{said['first_name']} {said['last_name']}".strip(),
        company=said["company"],
        owner=said["owner"],
        campaign=row.stem or "",
        letter=row.letter or "",
        outcome=row.outcome,
        subject=row.about or "",
        mailbox=row.box or "",
        note=(row.note or "").replace("_", " "),
    )


def _columns(**values: Any) -> sa.Select[Any]:
    """One part of the whole: who, when, what, of which letter; columns not given are empty."""
    names = ("who", "happened_at", "number", "outcome", "stem", "letter", "about", "box", "note")
    return sa.select(
        *(
            sa.type_coerce(values.get(name, sa.literal("")), _TYPES.get(name, sa.Text)).label(name)
            for name in names
        )
    )


_TYPES: Final = {"who": message.c.id.type, "number": message.c.id.type, "happened_at": message.c.sent_at.type}
_OUR_LETTER: Final = {
    "stem": message.c.campaign,
    "letter": message.c.letter,
    "about": message.c.subject,
    "box": message.c.mailbox,
}


def _letters() -> sa.Select[Any]:
    """Letters that have left, or may have."""
    unsure = message.c.status == MessageStatus.UNCERTAIN
    return _columns(
        who=message.c.prospect_id,
        happened_at=sa.func.coalesce(message.c.sent_at, message.c.marked_at),
        number=message.c.id,
        outcome=sa.case((unsure, "uncertain"), else_="sent"),
        **_OUR_LETTER,
    ).where(message.c.status.in_((MessageStatus.SENT, MessageStatus.UNCERTAIN)))


def _refusals() -> sa.Select[Any]:
    """What a server refused at once."""
    return (
        _columns(
            who=message.c.prospect_id,
            happened_at=delivery.c.at,
            number=message.c.id,
            outcome=sa.literal("refused"),
            note=delivery.c.answer,
            **_OUR_LETTER,
        )
        .join(delivery, delivery.c.message_id == message.c.id)
        .where(delivery.c.outcome.in_(_REFUSED))
    )


def _mails() -> sa.Select[Any]:
    """What came back by mail."""
    words = [(answer.c.kind == kind, outcome) for kind, outcome in _OF_KIND.items()]
    return (
        _columns(
            who=answer.c.prospect_id,
            happened_at=answer.c.at,
            number=answer.c.id,
            outcome=sa.case(*words, else_=""),
            note=answer.c.intent,
            **_OUR_LETTER,
        )
        .outerjoin_from(answer, message, message.c.id == answer.c.message_id)
        .where(answer.c.prospect_id.is_not(None), answer.c.kind.in_(_OF_KIND))
    )


def _marks() -> sa.Select[Any]:
    """What people entered by hand, which no mail stands for: `prospects mark`."""
    by_hand = [f'{{"reason": "{how.replace("-", " ")}"}}' for how in MARKS]
    words = [(event.c.kind == kind, outcome) for kind, outcome in _OF_MARK.items()]
    return _columns(
        who=event.c.prospect_id,
        happened_at=event.c.at,
        number=event.c.id,
        outcome=sa.case(*words, else_=""),
        stem=event.c.campaign,
        note=sa.literal("entered by hand"),
    ).where(event.c.kind.in_(_OF_MARK), event.c.detail.in_(by_hand))
