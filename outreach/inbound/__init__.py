"""What came back: bytes of a mail -> what it is, whose it is, what the person wrote. No I/O, no clock."""

from outreach.inbound.mail import Mail, Part, parse
from outreach.inbound.reading import Kind, Notice, Reading

__all__ = ["Kind", "Mail", "Notice", "Part", "Reading", "parse"]
