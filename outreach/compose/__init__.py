"""Message and mailbox to bytes: headers, threading, opt-out, body (RFC 5322, 2045-2047, 2369).

The standard library's generator encodes long tokens of `References` and `List-Unsubscribe`, which breaks
both, and is slow. So the bytes are joined here from small pieces, and `check` reads them back with the
library's parser: two independent opinions on every message.
"""

from datetime import datetime

from outreach.compose.body import body
from outreach.compose.headers import (
    NAME_LIMIT,
    SUBJECT_LIMIT,
    display_name,
    false_reply,
    header_value,
    headers,
)
from outreach.compose.ids import message_id, return_path
from outreach.compose.readback import check
from outreach.model import Mailbox, Outgoing

__all__ = [
    "NAME_LIMIT",
    "SUBJECT_LIMIT",
    "check",
    "compose",
    "display_name",
    "false_reply",
    "header_value",
    "message_id",
    "return_path",
]


def compose(outgoing: Outgoing, mailbox: Mailbox, date: datetime) -> bytes:
    """The whole message with CRLF line ends, pure ASCII, ready for DATA but for dot-stuffing.

    The same arguments give the same bytes. Text and HTML come out as they went in, byte for byte, but
    for line ends (any becomes CRLF, a missing last one is added). Raises ComposeError when a value cannot
    stand in a header, the date is naive, or a first letter pretends to be a reply.
    """
    return headers(outgoing, mailbox, date) + body(outgoing)
