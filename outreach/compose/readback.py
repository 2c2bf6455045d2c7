"""A second opinion: a message's bytes, read by the standard library, against what they were made from."""

from collections.abc import Iterable
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import Parser
from email.utils import format_datetime, getaddresses, parsedate_to_datetime

from outreach.compose.body import canonical, document
from outreach.compose.headers import CRLF, WIRE_LINE, display_name, subject, unsubscribe
from outreach.errors import ComposeError
from outreach.model import Mailbox, Outgoing


def check(raw: bytes, outgoing: Outgoing, mailbox: Mailbox, *, by_hand: bool = False) -> None:
    """Read the bytes back and compare them with what they were made from; raises ComposeError.

    Checked: ASCII, paired CRLF, line lengths, exactly our headers in our order, one sender, one recipient,
    raw identifiers and opt-out (none `by_hand`), the subject, a date, and each part decoded.
    """
    if not raw.isascii() or b"\0" in raw:
        raise ComposeError("the message is not plain ASCII")
    if not raw.count(b"\r\n") == raw.count(b"\r") == raw.count(b"\n"):
        raise ComposeError("the message holds a line break that is not CRLF")
    if max(map(len, raw.split(b"\r\n"))) > WIRE_LINE:
        raise ComposeError(f"the message holds a line of more than {WIRE_LINE} characters")
    parsed = Parser().parsestr(raw.decode("ascii"))
    if parsed.keys() != _header_names(bool(outgoing.references), by_hand):
        raise ComposeError(f"the message has other headers than it should: {', '.join(parsed.keys())}")
    try:
        facts = (*_facts(parsed, outgoing, mailbox, by_hand), *_parts(parsed, outgoing))
    except (HeaderParseError, LookupError, ValueError) as exc:
        raise ComposeError(f"the message cannot be read back: {exc}") from exc
    for what, found, expected in facts:
        if found != expected:
            raise ComposeError(f"the message has the wrong {what}: {found!r:.80} instead of {expected!r:.80}")


def _header_names(threaded: bool, by_hand: bool) -> list[str]:
    thread = ["In-Reply-To", "References"] if threaded else []
    opt_out = [] if by_hand else ["List-Unsubscribe"]
    return [
        *("From", "To", "Subject", "Date", "Message-ID", *thread, *opt_out),
        *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    ]


def _facts(
    parsed: Message, outgoing: Outgoing, mailbox: Mailbox, by_hand: bool
) -> Iterable[tuple[str, object, object]]:
    """What each header says, read back, beside what it should say."""
    ours = display_name(mailbox.name, what="the name in From")
    theirs = display_name(outgoing.to_name, what="the name in To")
    yield "sender", _people(parsed["From"]), [(ours, mailbox.address)]
    yield "recipient", _people(parsed["To"]), [(theirs, outgoing.to_email)]
    yield "subject", _decoded(parsed["Subject"]), subject(outgoing, by_hand=by_hand)
    yield "Message-ID", parsed["Message-ID"], outgoing.message_id
    if not by_hand:
        yield "opt-out", parsed["List-Unsubscribe"], unsubscribe(outgoing, mailbox)
    if outgoing.references:
        yield "In-Reply-To", parsed["In-Reply-To"], outgoing.references[-1]
        yield "References", tuple(parsed["References"].split()), outgoing.references
    yield "date", format_datetime(parsedate_to_datetime(parsed["Date"])), parsed["Date"]


def _parts(parsed: Message, outgoing: Outgoing) -> Iterable[tuple[str, object, object]]:
    """Each part's type and decoded bytes beside what they should be."""
    expected = [("text/plain", outgoing.text)]
    if outgoing.html is not None:
        expected.append(("text/html", document(outgoing.html)))
    leaves = [part for part in parsed.walk() if not part.is_multipart()]
    yield "parts", [part.get_content_type() for part in leaves], [kind for kind, _ in expected]
    for part, (kind, text) in zip(leaves, expected, strict=True):
        yield f"{kind} part", part.get_payload(decode=True), canonical(text).replace("\n", CRLF).encode()


def _people(value: str) -> list[tuple[str, str]]:
    return [(_decoded(name), address) for name, address in getaddresses([value.replace(CRLF, "")])]


def _decoded(value: str) -> str:
    unfolded = value.replace(CRLF, "")
    return str(make_header(decode_header(unfolded))) if "=?" in unfolded else unfolded
