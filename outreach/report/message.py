"""A letter as it is kept: its fields, times, every attempt to send it, its text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from outreach.model import Delivery, Message, MessageStatus
from outreach.report.attempts import delivered, delivery_value
from outreach.report.lines import WIDTH, labelled, moment, number, wrapped

HOW_TO_DECIDE = (
    "Look into the mailbox's Sent folder (or your provider's log) for the Message-ID:",
    "it is there: outreach uncertain settle NUMBER --sent",
    "it is not:   outreach uncertain settle NUMBER --release   (it is sent once more)",
)


def text(message: Message, deliveries: Sequence[Delivery], zone: str, columns: int = WIDTH) -> str:
    """The screen of `message show`: the fields, the attempts, the text last; times in `zone`."""
    reason = f": {message.reason}" if message.reason else ""
    to = f"{message.to_name} <{message.email}>" if message.to_name else message.email
    head = [
        labelled(
            "LETTER", f"{message.id}, {message.letter} of {message.campaign} (revision {message.revision})"
        ),
        labelled("TO", to),
        labelled("FROM", message.mailbox),
        labelled("STATUS", f"{message.status}{reason}"),
        labelled("TIMES", *_times(message, zone)),
        labelled("ID", message.message_id),
    ]
    if message.thread:
        head.append(labelled("THREAD", *message.thread))
    parts = "text and HTML" if message.html is not None else "text"
    body = (
        f"Subject: {message.subject}\n\n{wrapped(message.text.rstrip())}"
        if message.text
        else "(the text is gone)"
    )
    follow = f"outreach message show {message.id} --raw   ({parts}, as it was handed over)"
    if message.status == MessageStatus.HELD and deliveries:
        follow = f"outreach message retry {message.id}   (offer it again)"
    elif message.marked_at is None:
        follow = f"outreach preview {message.campaign} --prospect {message.email}"
    sections = ["\n".join(head), delivered(deliveries, zone, columns), body, labelled("NEXT", follow)]
    return "\n\n".join(section for section in sections if section)


def _times(message: Message, zone: str) -> list[str]:
    """What is behind and, while the letter waits, what is ahead."""
    shown: list[tuple[str, datetime | None]] = [("sent", message.sent_at)]
    if message.sent_at is None:
        shown = [("marked", message.marked_at)]
    if message.status in (MessageStatus.SCHEDULED, MessageStatus.CLAIMED, MessageStatus.HELD):
        shown += [("due", message.due_at), ("opens", message.opens_at), ("closes", message.closes_at)]
    times = [f"{name} {moment(at, zone)}" for name, at in shown if at]
    return [*times, f"deferred {number(message.tries, 'time')}" if message.tries else ""]


def value(message: Message, deliveries: Sequence[Delivery]) -> dict[str, Any]:
    """All fields: `message` (number), `email`, `campaign`, `revision`, `letter`, `first`, `mailbox`,
    `message_id`, `thread` (Message-IDs), `to_name`, `subject`, `text`, `html` (or null), `status`, `reason`,
    `due_at`, `opens_at`, `closes_at`, `marked_at`, `sent_at`, `tries`, and `deliveries` (see `why`).
    """
    names = (
        *("email", "campaign", "revision", "letter", "first", "mailbox", "message_id", "to_name", "subject"),
        *("text", "html", "status", "reason", "due_at", "opens_at", "closes_at", "marked_at", "sent_at"),
        "tries",
    )
    return {
        "message": message.id,
        **{name: getattr(message, name) for name in names},
        "thread": list(message.thread),
        "deliveries": [delivery_value(each) for each in deliveries],
    }


def uncertain(found: Sequence[Message], zone: str) -> str:
    """The uncertain letters one by one, and how to decide."""
    if not found:
        return "no letter is uncertain"
    blocks = [
        "\n".join(
            (
                f"{each.id}  {each.letter} of {each.campaign} to {each.email}",
                f"    {moment(each.marked_at or each.due_at, zone)} from {each.mailbox}",
                f"    {each.message_id}",
                f"    {each.reason}",
            )
        )
        for each in found
    ]
    return "\n\n".join([*blocks, "\n".join(HOW_TO_DECIDE)])


def uncertain_value(found: Sequence[Message]) -> list[dict[str, Any]]:
    """Each with `message` (number), `email`, `campaign`, `letter`, `mailbox`, `message_id`, `marked_at`,
    `reason`.
    """
    names = ("email", "campaign", "letter", "mailbox", "message_id", "marked_at", "reason")
    return [{"message": each.id, **{name: getattr(each, name) for name in names}} for each in found]


def settled(before: Message, after: Message) -> str:
    """The screen after an uncertain letter was settled."""
    about = f"letter {after.id}, {after.letter} to {after.email}"
    told = {
        MessageStatus.SENT: f"{about}, counts as sent",
        MessageStatus.SCHEDULED: f"{about}, is sent once more with the same Message-ID",
        MessageStatus.CANCELLED: f"{about}, is cancelled: they are not in the campaign any more",
    }
    lines = [labelled("SETTLED", told.get(after.status, f"{about}, is {after.status}"))]
    return "\n".join([*lines, labelled("NEXT", f"outreach why {before.email}")])


def retried(after: Message) -> str:
    """The screen after a held letter was let go again."""
    lines = [labelled("WAITS", f"letter {after.id}, {after.letter} to {after.email}, for its next window")]
    return "\n".join([*lines, labelled("NEXT", f"outreach why {after.email}")])


def settled_value(after: Message) -> dict[str, Any]:
    """`message` (number), `email`, `letter`, and what it is now: `status`."""
    return {"message": after.id, "email": after.email, "letter": after.letter, "status": after.status}
