"""Whose it is: what a mail that came back says about the letter it belongs to."""

import re
from dataclasses import dataclass
from hashlib import sha256

from outreach.inbound.headers import message_ids
from outreach.inbound.mail import Mail
from outreach.inbound.reading import Reading
from outreach.inbound.wording import Words, phrases
from outreach.model import Kind
from outreach.subjects import bare

_TOKEN = re.compile(r"\bunsubscribe(?: |%20)([a-z2-7]{26})\b", re.IGNORECASE)  # of our List-Unsubscribe
# Our letter's own address, which reports and absence notes are sent to (`compose.return_path`), or the id of
# its envelope in a report (RFC 3464 2.2.1).
_PLUS = re.compile(r"\+([a-z2-7]{26})@", re.IGNORECASE)
_ENVELOPE = re.compile(r"^original-envelope-id:[ \t]*([a-z2-7]{26})@", re.IGNORECASE | re.MULTILINE)
_ADDRESSED = ("delivered-to", "x-original-to", "envelope-to", "to")
_RETURNED_ID = re.compile(r"^message-id:(.{1,2000})$", re.IGNORECASE | re.MULTILINE)
_MOST_IDS = 50
_LONGEST_LABEL = 60  # characters of "Automatic reply" in any language
REPORTS = (Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE, Kind.DELAYED, Kind.DELIVERED, Kind.COMPLAINT)


@dataclass(frozen=True, slots=True)
class Clues:
    """What may tell the letter that was answered, the surest first.

    `message_ids` are those it names, newest first, without brackets: of a report only that of the mail it is
    about, since a thread may hold a letter of ours and the report be on another mail. `token` is the local part of
    its Message-ID, from our opt-out address, the address it was sent to, or the envelope's id;
    `addresses` who it may be from or about, lower case; `topic` the subject without Re: and the like.
    """

    message_ids: tuple[str, ...]
    token: str
    addresses: tuple[str, ...]
    topic: str


def clues(mail: Mail, reading: Reading) -> Clues:
    """The clues in a mail."""
    returned = [
        found
        for part in mail.parts
        if part.returned and part.content_type == "text/rfc822-headers"
        for line in _RETURNED_ID.findall(part.text)[:1]
        for found in message_ids(line)[:1]
    ]
    told = (reading.original_message_id,) if reading.original_message_id else ()
    named = (
        (told or tuple(returned) or mail.answers[:1]) if reading.kind in REPORTS else (*told, *mail.answers)
    )
    about = reading.recipients or ((mail.sender,) if mail.sender else ())
    return Clues(
        tuple(dict.fromkeys(named))[:_MOST_IDS],
        opt_out_token(mail.subject) or _envelope_token(mail),
        about,
        topic(mail.subject),
    )


def opt_out_token(subject: str) -> str:
    """The token of a letter's List-Unsubscribe address in the subject of a mail to it; "" where there is none."""
    found = _TOKEN.search(subject)
    return found[1].lower() if found else ""


def _envelope_token(mail: Mail) -> str:
    """The token in the address that a mail was sent to, or in a report's envelope id; "" where there is none."""
    found = next((hit for name in _ADDRESSED if (hit := _PLUS.search(mail.header(name)))), None)
    told = (part.text for part in mail.parts if part.content_type == "message/delivery-status")
    found = found or next((hit for text in told if (hit := _ENVELOPE.search(text))), None)
    return found[1].lower() if found else ""


def topic(subject: str) -> str:
    """A subject as it is compared: without marks of an answer, a forward or an absence, lower case."""
    text = bare(subject)
    head, _, rest = text.partition(":")
    if rest.strip() and _automatic(Words.of(head[:_LONGEST_LABEL])):
        text = bare(rest)
    return " ".join(text.lower().split())


def _automatic(head: Words) -> bool:
    """Whether a subject's words before the colon are what programs write there ("Automatic reply")."""
    whole = len(head.characters or head.words)
    hits = (hit for hit in phrases("away").find(head) if hit.kind in ("provider", "label"))
    return any(hit.first == 0 and hit.end == whole for hit in hits)


def fingerprint(mail: Mail) -> str:
    """The same for the same mail in another folder or file, whatever was added on its way (32 hex digits)."""
    parts = (mail.message_id, mail.header("date"), mail.header("from"), mail.subject, mail.plain or mail.html)
    return sha256(
        "\0".join((*parts, *(part.text for part in mail.parts))).encode("utf-8", "replace")
    ).hexdigest()[:32]
