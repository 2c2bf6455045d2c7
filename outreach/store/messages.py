"""Messages as they are shown: their fields, their bytes, and every attempt to send them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from outreach.model import Delivery, Message, MessageStatus
from outreach.store.tables import delivery, message, prospect, revision

_COLUMNS = [column for column in message.c if column.name not in ("raw", "revision_id", "token")]
_MESSAGES = (
    sa.select(*_COLUMNS, prospect.c.email, revision.c.number)
    .join(prospect, prospect.c.id == message.c.prospect_id)
    .outerjoin(revision, revision.c.id == message.c.revision_id)
    .order_by(message.c.id)
)


def get(tx: sa.Connection, number: int) -> Message | None:
    """The message with that number."""
    row = tx.execute(_MESSAGES.where(message.c.id == number)).first()
    return _message(row) if row else None


def number_of(tx: sa.Connection, message_id: str) -> int | None:
    """The number of the message with that Message-ID, angle brackets or not."""
    header = f"<{message_id.strip().removeprefix('<').removesuffix('>')}>"
    found: int | None = tx.execute(sa.select(message.c.id).where(message.c.message_id == header)).scalar()
    return found


def of_prospect(tx: sa.Connection, prospect_id: int) -> list[Message]:
    """All letters to one prospect, in the order they were made."""
    return [_message(row) for row in tx.execute(_MESSAGES.where(message.c.prospect_id == prospect_id))]


def uncertain(tx: sa.Connection) -> list[Message]:
    """The letters of which nobody knows whether they arrived, the oldest first."""
    query = _MESSAGES.where(message.c.status == MessageStatus.UNCERTAIN)
    return [_message(row) for row in tx.execute(query)]


def raw(tx: sa.Connection, number: int) -> bytes | None:
    """The bytes that were handed to the server; None before, and after an erasure."""
    found = tx.execute(sa.select(message.c.raw).where(message.c.id == number)).scalar()
    return None if found is None else bytes(found)


def deliveries(tx: sa.Connection, numbers: Sequence[int]) -> dict[int, list[Delivery]]:
    """Every attempt to send each of these messages, the oldest first."""
    found: dict[int, list[Delivery]] = {number: [] for number in numbers}
    query = sa.select(delivery).where(delivery.c.message_id.in_(found)).order_by(delivery.c.id)
    for row in tx.execute(query):
        one = Delivery(row.at, row.mailbox, row.outcome, row.code, row.answer, row.marked_at)
        found[row.message_id].append(one)
    return found


def _message(row: Any) -> Message:
    return Message(
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
        revision=row.number or 0,
        thread=tuple(row.thread.split()),
        status=MessageStatus(row.status),
    )


_AS_THEY_ARE = (
    *("id", "enrollment_id", "prospect_id", "email", "campaign", "letter", "first", "mailbox", "company"),
    *("message_id", "to_name", "subject", "text", "html", "reason", "due_at", "opens_at", "closes_at"),
    *("marked_at", "sent_at", "tries"),
)
