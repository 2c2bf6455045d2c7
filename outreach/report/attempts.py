"""The attempts to send a letter, and what the servers said."""

import textwrap
from collections.abc import Sequence
from typing import Any

from outreach.model import Delivery
from outreach.report.lines import WIDTH, moment, table

HEADER = ("ATTEMPT", "OUTCOME", "MAILBOX", "THE SERVER SAID")


def delivered(deliveries: Sequence[Delivery], zone: str, columns: int = WIDTH) -> str:
    """Every attempt with the server's whole answer, wrapped; "" before the first."""
    if not deliveries:
        return ""
    known = [(moment(each.at, zone), str(each.outcome), each.mailbox) for each in deliveries]
    used = sum(max(map(len, cells)) + 2 for cells in zip(HEADER, *known, strict=False))
    rows = []
    for cells, each in zip(known, deliveries, strict=True):
        first, *others = textwrap.wrap(each.answer, max(20, columns - used)) or [""]
        rows += [(*cells, first), *(("", "", "", part) for part in others)]
    return table(rows, HEADER, columns, whole=HEADER)


def delivery_value(delivery: Delivery) -> dict[str, Any]:
    """`at`, `mailbox`, `outcome`, `code`, `answer`, `marked_at` (null: no body left)."""
    return {
        "at": delivery.at,
        "mailbox": delivery.mailbox,
        "outcome": delivery.outcome,
        "code": delivery.code,
        "answer": delivery.answer,
        "marked_at": delivery.marked_at,
    }
