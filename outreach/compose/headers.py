"""Headers: what may stand in one, how it is folded and encoded, and all of a letter's in order.

A value from a prospect file is refused here before it can break a header; the library's own guards had
holes (CVE-2024-6923, CVE-2026-1299) and are not relied on.
"""

import re
import unicodedata
from binascii import b2a_base64
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from outreach import subjects
from outreach.errors import ComposeError
from outreach.model import Mailbox, Outgoing

CRLF = "\r\n"
HEADER_LINE = 76  # the limit of a line that holds an encoded-word (RFC 2047 §2); fine for all others
WIRE_LINE = 998  # the limit of any line (RFC 5322 §2.1.1)
SUBJECT_LIMIT = 200
NAME_LIMIT = 80

# Controls, line and paragraph separators, bidirectional embeddings and isolates, lone surrogates.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PHRASE = re.compile(rf"{_ATEXT}(?: {_ATEXT})*")
_ADDRESS = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_MSG_ID = re.compile(r"<[!-;=?-~]+>")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


def headers(outgoing: Outgoing, mailbox: Mailbox, date: datetime, *, by_hand: bool = False) -> bytes:
    """All headers but those of the body, each once, in this order: the bytes up to `Content-Type`.

    What a person writes `by_hand` has no opt-out, and may be an answer to a mail without a Message-ID.
    """
    if date.utcoffset() is None:
        raise ComposeError("the date of a message has no time zone")
    head = [
        _address_header("From", mailbox.name, mailbox.address),
        _address_header("To", outgoing.to_name, outgoing.to_email),
        _subject_header(subject(outgoing, by_hand=by_hand)),
        f"Date: {format_datetime(date)}\r\n",
        fold("Message-ID", [_msg_id(outgoing.message_id)]),
    ]
    if outgoing.references:
        references = [_msg_id(reference) for reference in outgoing.references]
        head += [fold("In-Reply-To", references[-1:]), fold("References", references)]
    head += [] if by_hand else [fold("List-Unsubscribe", [unsubscribe(outgoing, mailbox)])]
    return "".join((*head, "MIME-Version: 1.0\r\n")).encode("ascii")


def header_value(text: str, *, limit: int, what: str) -> str:
    """`text` as a header may carry it: NFC, single spaces, none at the ends.

    Raises ComposeError, naming `what`, for a control character, a bidirectional control, an encoded-word
    written by hand (`=?`, CVE-2024-6923) and more than `limit` characters.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    found = _FORBIDDEN.search(text)
    if found:
        raise ComposeError(f"{what} holds the character U+{ord(found[0]):04X}", hint="Remove it.")
    if "=?" in text:
        raise ComposeError(f"{what} holds '=?', which mail programs read as an encoding", hint="Remove it.")
    text = " ".join(filter(None, text.split(" ")))
    if len(text) > limit:
        raise ComposeError(f"{what} has {len(text)} characters, {limit} are allowed", hint="Shorten it.")
    return text


def display_name(text: str, *, what: str) -> str:
    """A name as it may stand before an address; one that could be taken for an address is refused."""
    name = header_value(text, limit=NAME_LIMIT, what=what)
    if any(char in name for char in "<>@"):
        raise ComposeError(f"{what} holds '<', '>' or '@'", hint="Write a name, not an address.")
    return name


def false_reply(text: str) -> bool:
    """Does a subject begin as an answer or a forward does ("Re:", "AW:", "Отв:", "回复:")?

    A real answer may begin so, a first letter not.
    """
    return subjects.marked(text)


def subject(outgoing: Outgoing, *, by_hand: bool = False) -> str:
    """The subject as the letter carries it. Raises ComposeError for none, and for a false reply."""
    text = header_value(outgoing.subject, limit=SUBJECT_LIMIT, what="the subject")
    if not text:
        raise ComposeError("the letter has no subject", hint="Give the letter a Subject: line.")
    if not (outgoing.references or by_hand) and false_reply(text):
        raise ComposeError(
            f"the subject pretends to be a reply: {text}",
            hint="A first letter starts a conversation: remove what stands before the colon.",
        )
    return text


def unsubscribe(outgoing: Outgoing, mailbox: Mailbox) -> str:
    """The opt-out by mail (RFC 2369, 6068). One-click needs https, so there is no List-Unsubscribe-Post."""
    if not _TOKEN.fullmatch(outgoing.unsubscribe):
        raise ComposeError("the letter has no opt-out token, or one that cannot stand in an address")
    return f"<mailto:{quote(mailbox.address, safe='@+')}?subject=unsubscribe%20{outgoing.unsubscribe}>"


def fold(name: str, tokens: Iterable[str]) -> str:
    """A header of these tokens, folded between them, nothing encoded (RFC 5322 §2.2.3).

    A token longer than the line stays whole. Raises ComposeError when it passes the limit of any line.
    """
    lines = []
    line = f"{name}:"
    empty = True
    for token in tokens:
        if len(line) + len(token) >= HEADER_LINE and not empty:
            lines.append(line)
            line = ""
        line = f"{line} {token}"
        empty = False
    lines.append(line)
    if max(map(len, lines)) > WIRE_LINE:
        raise ComposeError(f"{name} holds a value that is longer than a line of mail may be")
    return CRLF.join(lines) + CRLF


def encoded_words(text: str, room: int) -> list[str]:
    """`text` as UTF-8 encoded-words of whole characters (RFC 2047); the first is at most `room` long."""
    words = []
    chunk = b""
    limit = (room - 12) // 4 * 3  # "=?utf-8?b?" and "?=" take 12; base64 makes 4 of 3
    for char in text:
        data = char.encode()
        if len(chunk) + len(data) > limit:
            words.append(chunk)
            chunk, limit = b"", 45
        chunk += data
    words.append(chunk)
    return [f"=?utf-8?b?{b2a_base64(word, newline=False).decode('ascii')}?=" for word in words]


def _subject_header(text: str) -> str:
    if text.isascii():
        return fold("Subject", text.split(" "))
    return fold("Subject", encoded_words(text, HEADER_LINE - len("Subject: ")))


@lru_cache(maxsize=256)
def _address_header(header: str, name: str, address: str) -> str:
    """`From` or `To`: a name, quoted or encoded where it must be, and one address."""
    address = _address(address)
    name = display_name(name, what=f"the name in {header}")
    if not name:
        return fold(header, [address])
    if not name.isascii():
        words = encoded_words(name, HEADER_LINE - len(header) - 2)
    elif _PHRASE.fullmatch(name):
        words = name.split(" ")
    else:
        quoted = re.sub(r'(["\\])', r"\\\1", name)
        words = f'"{quoted}"'.split(" ")
    return fold(header, [*words, f"<{address}>"])


def _address(address: str) -> str:
    if not address.rpartition("@")[0].isascii():
        raise ComposeError(
            f"{address} needs SMTPUTF8, which not every server on the way has",
            hint="Use an address whose part before the @ is ASCII.",
        )
    if len(address) > 254 or "=?" in address or not _ADDRESS.fullmatch(address):
        raise ComposeError(f"{address!r} cannot stand in a header", hint="Correct the address.")
    return address


def _msg_id(identifier: str) -> str:
    if "=?" in identifier or not _MSG_ID.fullmatch(identifier):
        raise ComposeError(f"{identifier!r} is not a Message-ID")
    return identifier
