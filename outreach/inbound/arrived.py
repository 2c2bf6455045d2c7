"""A mail that came back to a mailbox, read: what the store takes."""

from dataclasses import dataclass
from datetime import datetime

from outreach.inbound.clues import Clues
from outreach.inbound.reading import Reading


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that came back, read.

    `at` is when it was written, `raw` are its bytes as far as they were read, `intent` a word of `Want` or "".
    """

    mailbox: str
    folder: str
    fingerprint: str
    at: datetime
    sender: str
    subject: str
    header_id: str
    raw: bytes
    reading: Reading
    clues: Clues
    intent: str = ""
