"""A mail taken apart within bounds: whatever it holds, time and memory stay small and nothing is raised."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from itertools import islice
from types import MappingProxyType

from outreach.inbound import mime
from outreach.inbound.headers import addresses, decoded, message_ids

MOST_BYTES = 1 << 20  # of a mail that are looked at
MOST_PARTS, DEEPEST = 100, 10
MOST_TEXT = 256 << 10  # characters of one part
_ENVELOPE = re.compile(rb"\A(?:>?From [^\n]{0,998}\n)+")  # the first line of a mail in an mbox
# Parts that are fields, one a line (RFC 3464, 5965, 6533).
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


@dataclass(frozen=True)
class Mail:
    """A mail as far as it could be read. `headers` are as they came, by lower-case name, in order.

    `trouble` says why some of it was not looked at ("" where all was), `came` when it arrived if that is known.
    """

    headers: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    content_type: str
    report_type: str
    trouble: str = ""
    came: datetime | None = None

    @cached_property
    def _raw(self) -> Mapping[str, str]:
        """The first header of each name, as it came."""
        return dict(reversed(self.headers))

    @cached_property
    def _known(self) -> dict[str, str]:
        """Headers that were asked for: every detector wants the same ones."""
        return {}

    def header(self, name: str) -> str:
        """The first header of a name (any case) as characters, "" where there is none."""
        known = self._known.get(name)
        if known is None:
            raw = self._raw.get(name.lower())
            known = self._known[name] = decoded(raw) if raw else ""
        return known

    def all(self, name: str) -> tuple[str, ...]:
        """All headers of a name (any case)."""
        low = name.lower()
        return tuple(decoded(value) for key, value in self.headers if key == low)

    @cached_property
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

    @cached_property
    def answers(self) -> tuple[str, ...]:
        """The Message-IDs it answers: In-Reply-To, then References, newest first (RFC 5322 3.6.4)."""
        found = (*message_ids(self.header("in-reply-to")), *reversed(message_ids(self.header("references"))))
        return tuple(dict.fromkeys(found))

    @property
    def date(self) -> datetime | None:
        """When it says it was written, else when it came, aware; None where neither is known."""
        try:
            found = parsedate_to_datetime(self.header("date"))
        except (ValueError, TypeError, IndexError, OverflowError):
            return self.came
        return found if found.tzinfo else self.came

    @cached_property
    def plain(self) -> str:
        """Its own text/plain parts that are not files, one after the other."""
        return "\n".join(part.text for part in self._own("text/plain"))

    @cached_property
    def html(self) -> str:
        """Its own text/html parts that are not files."""
        return "\n".join(part.text for part in self._own("text/html"))

    def _own(self, kind: str) -> Iterator[Part]:
        return (
            part
            for part in self.parts
            if part.content_type == kind and not part.returned and not part.attached
        )


def parse(raw: bytes, came: datetime | None = None) -> Mail:
    """A mail taken apart, which came at that time.

    At most MOST_BYTES of it are looked at, MOST_PARTS parts, DEEPEST levels, MOST_TEXT of a part.
    """
    trouble = [f"only the first {MOST_BYTES >> 20} MB were read"] if len(raw) >= MOST_BYTES else []
    raw = raw[:MOST_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    raw = _ENVELOPE.sub(b"", raw, count=1)
    head = raw.partition(b"\n\n")[0] if raw[:1] != b"\n" else b""
    if len(head) > mime.MOST_HEADERS:
        trouble.append("the headers are too long")
    headers, body = mime.divided(raw)
    found = list(islice(_leaves(headers, body, 0, trouble), MOST_PARTS + 1))
    if len(found) > MOST_PARTS:
        trouble.append("too many parts")
    report_type = mime.parameter(mime.first(headers, "content-type"), "report-type").lower()
    named = tuple((name.lower(), value) for name, value in headers)
    parts, told = tuple(found[:MOST_PARTS]), "; ".join(trouble)
    return Mail(named, parts, mime.content_type(headers), report_type, told, came)


def _leaves(
    headers: mime.Headers,
    body: bytes,
    depth: int,
    trouble: list[str],
    returned: bool = False,
    digest: bool = False,
) -> Iterator[Part]:
    """The leaves of a part in order; headers of an enclosed mail come as a part of their own.

    What is deeper than DEEPEST is one plain text, and `trouble` told so. `digest`: parts that do not say
    what they are, are mails.
    """
    kind = mime.content_type(headers, "message/rfc822" if digest else "text/plain")
    if kind.startswith(("multipart/", "message/")) and depth >= DEEPEST:
        if not trouble:
            trouble.append("parts within parts within parts")
        yield Part("text/plain", mime.text(headers, body, MOST_TEXT), _named(headers), returned)
    elif kind in _FIELDS:
        blocks = map(_lines, mime.blocks(mime.content(headers, body)[:MOST_TEXT]))
        yield Part(kind, "\n\n".join(blocks)[:MOST_TEXT], MappingProxyType({}), returned)
    elif kind.startswith("message/"):
        inner, rest = mime.divided(mime.content(headers, body).lstrip(b"\n"))
        if kind in _RETURNED:
            returned = True
            yield Part("text/rfc822-headers", _lines(inner)[:MOST_TEXT], MappingProxyType({}), returned)
        yield from _leaves(inner, rest, depth + 1, trouble, returned)
    else:
        boundary = kind.startswith("multipart/") and mime.parameter(
            mime.first(headers, "content-type"), "boundary"
        )
        parts = mime.parts(body, boundary.rstrip(), MOST_PARTS + 1) if boundary else []
        for part in parts:
            yield from _leaves(
                *mime.divided(part), depth + 1, trouble, returned, digest=kind == "multipart/digest"
            )
        if not parts:
            readable = kind.startswith(("text/", "multipart/"))  # the latter where its boundary is broken
            text = mime.text(headers, body, MOST_TEXT) if readable else ""
            yield Part(
                kind, text, _named(headers) if depth else MappingProxyType({}), returned or kind in _RETURNED
            )


def _named(headers: mime.Headers) -> Mapping[str, str]:
    """The first header of each name, decoded."""
    return MappingProxyType({name.lower(): decoded(value) for name, value in reversed(headers)})


def _lines(headers: mime.Headers) -> str:
    """Headers or the fields of a report's block, one a line."""
    return "\n".join(f"{name}: {decoded(value)}" for name, value in headers)
