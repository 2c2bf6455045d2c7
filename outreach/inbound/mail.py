"""A mail taken apart within bounds: whatever it holds, time and memory stay small and nothing is raised."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from types import MappingProxyType

from outreach.inbound.headers import addresses, decoded, message_ids

MOST_BYTES = 1 << 20  # of a mail that are looked at
MOST_HEADERS = 64 << 10  # bytes
MOST_PARTS, DEEPEST = 100, 10
MOST_TEXT = 256 << 10  # characters of one part
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n|\r\r")
_BOUNDARY = re.compile(rb"boundary\s{0,5}=", re.IGNORECASE)
_DELIMITER = re.compile(rb"^--", re.MULTILINE)
_ENVELOPE = re.compile(rb"\A(?:>?From [^\n]{0,998}\n)+")  # the first line of a mail in an mbox
# Parts that are fields, one a line (RFC 3464, 5965, 6533); the parser takes them for mails without a body.
_FIELDS = ("message/delivery-status", "message/global-delivery-status", "message/feedback-report")
_RETURNED = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a mail's tree. `text` is "" where it is no text; `returned`: it belongs to a mail enclosed.

    `headers` are the part's own, by lower-case name, the first of each, decoded; none where the mail is one part.
    """

    content_type: str
    text: str
    headers: Mapping[str, str]
    returned: bool = False

    @property
    def attached(self) -> bool:
        """Whether it is a file rather than something to be read."""
        return self.headers.get("content-disposition", "").lower().startswith("attachment")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as far as it could be read. `headers` are as they came, by lower-case name, in order.

    `trouble` says why some of it was not looked at ("" where all was).
    """

    headers: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    content_type: str
    report_type: str
    trouble: str = ""

    def header(self, name: str) -> str:
        """The first header of a name (any case) as characters, "" where there is none."""
        low = name.lower()
        return next((decoded(value) for key, value in self.headers if key == low), "")

    def all(self, name: str) -> tuple[str, ...]:
        """All headers of a name (any case)."""
        low = name.lower()
        return tuple(decoded(value) for key, value in self.headers if key == low)

    @property
    def sender(self) -> str:
        """The address in From, lower case, "" where there is none."""
        return next(iter(addresses(self.header("from"))), "")

    @property
    def recipients(self) -> tuple[str, ...]:
        """The addresses in To and Cc, lower case."""
        return tuple(dict.fromkeys((*addresses(self.header("to")), *addresses(self.header("cc")))))

    @property
    def subject(self) -> str:
        return self.header("subject")

    @property
    def message_id(self) -> str:
        """Its own Message-ID without brackets."""
        return next(iter(message_ids(self.header("message-id"))), "")

    @property
    def answers(self) -> tuple[str, ...]:
        """The Message-IDs it answers: In-Reply-To, then References, newest first (RFC 5322 3.6.4)."""
        found = (*message_ids(self.header("in-reply-to")), *reversed(message_ids(self.header("references"))))
        return tuple(dict.fromkeys(found))

    @property
    def date(self) -> datetime | None:
        """When it says it was written, aware; None where that cannot be read."""
        try:
            found = parsedate_to_datetime(self.header("date"))
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        return found if found.tzinfo else None

    @property
    def plain(self) -> str:
        """Its own text/plain parts that are not files, one after the other."""
        return "\n".join(part.text for part in self._own("text/plain"))

    @property
    def html(self) -> str:
        """Its own text/html parts that are not files."""
        return "\n".join(part.text for part in self._own("text/html"))

    def _own(self, kind: str) -> Iterator[Part]:
        return (
            part
            for part in self.parts
            if part.content_type == kind and not part.returned and not part.attached
        )


def parse(raw: bytes) -> Mail:
    """A mail taken apart: at most MOST_BYTES of it, MOST_PARTS parts, DEEPEST levels, MOST_TEXT a part."""
    raw = _ENVELOPE.sub(b"", raw[:MOST_BYTES], count=1)
    trouble = f"only the first {MOST_BYTES >> 20} MB were read" if len(raw) >= MOST_BYTES else ""
    split = _EMPTY_LINE.search(raw)
    head, body = (raw[: split.start()], raw[split.end() :]) if split else (raw, b"")
    if len(head) > MOST_HEADERS:
        head, trouble = head[:MOST_HEADERS].rpartition(b"\n")[0], "the headers are too long"
    if len(_BOUNDARY.findall(raw)) > DEEPEST:
        head, trouble = _flattened(head), "parts within parts within parts"
    elif sum(1 for _ in _DELIMITER.finditer(body)) > 10 * MOST_PARTS:
        head, trouble = _flattened(head), "too many parts"
    try:
        message = BytesParser(policy=compat32).parsebytes(head + b"\n\n" + body)
        parts = tuple(_leaves(message))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError) as exc:
        # The standard library's parser was not written for hostile mail; the headers may still be good.
        message = BytesParser(policy=compat32).parsebytes(_flattened(head) + b"\n\n", headersonly=True)
        parts, trouble = (), f"cannot be taken apart: {type(exc).__name__}"
    if len(parts) > MOST_PARTS:
        parts, trouble = parts[:MOST_PARTS], "too many parts"
    return Mail(_headers(message), parts, _type(message), _report_type(message), trouble)


def _flattened(head: bytes) -> bytes:
    """Headers under which the body is one text."""
    kept = re.sub(rb"(?im)^content-(?:type|transfer-encoding):[^\n]*(?:\n[ \t][^\n]*)*\n?", b"", head + b"\n")
    return kept.rstrip(b"\r\n")


def _leaves(message: Message) -> Iterator[Part]:
    """The leaves of the tree in order; headers of an enclosed mail come as a part of their own."""
    stack: list[tuple[Message, bool, int]] = [(message, False, 0)]
    while stack:
        part, returned, depth = stack.pop()
        kind, payload = _type(part), part.get_payload()
        if isinstance(payload, list) and depth < DEEPEST and payload:
            if kind in _RETURNED:
                returned = True
                lines = _lines(payload[0])
                yield Part("text/rfc822-headers", lines[:MOST_TEXT], MappingProxyType({}), returned=True)
            if kind in _FIELDS:
                blocks = "\n\n".join(map(_lines, payload))
                yield Part(kind, blocks[:MOST_TEXT], MappingProxyType({}), returned=returned)
                continue
            stack += [(each, returned, depth + 1) for each in reversed(payload) if isinstance(each, Message)]
        elif not isinstance(payload, list):
            headers = (
                {name.lower(): decoded(str(value)) for name, value in reversed(part.items())} if depth else {}
            )
            enclosed_here = returned or kind in _RETURNED
            yield Part(kind, _text(part, kind), MappingProxyType(headers), returned=enclosed_here)


def _lines(message: object) -> str:
    """The headers of an enclosed mail, or the fields of a report's block, one a line."""
    if not isinstance(message, Message):
        return ""
    return "\n".join(f"{name}: {decoded(str(value))}" for name, value in message.items())


def _text(part: Message, kind: str) -> str:
    """The characters of a text part, whatever charset it names; "" of anything else."""
    if not kind.startswith(("text/", "message/", "multipart/")):  # the last one where its boundary is broken
        return ""
    payload = part.get_payload(decode=True)
    data = payload[: 4 * MOST_TEXT] if isinstance(payload, bytes) else b""
    charset = part.get_content_charset("") or ""
    for name in (charset, "utf-8"):
        try:
            return data.decode(name)[:MOST_TEXT].replace("\r\n", "\n").replace("\0", "")
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")[:MOST_TEXT].replace("\r\n", "\n").replace("\0", "")


def _headers(message: Message) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower(), str(value)) for name, value in message.raw_items())


def _type(part: Message) -> str:
    return part.get_content_type()


def _report_type(message: Message) -> str:
    found = message.get_param("report-type")
    return found.lower() if isinstance(found, str) else ""
