"""Whose it is: what a mail that came back says about the letter it belongs to."""

import re
from dataclasses import dataclass
from hashlib import sha256

from outreach.inbound.headers import message_ids
from outreach.inbound.mail import Mail
from outreach.inbound.reading import Reading
from outreach.model import Kind

_TOKEN = re.compile(r"\bunsubscribe(?: |%20)([a-z2-7]{26})\b", re.IGNORECASE)  # of our List-Unsubscribe
_PREFIX = re.compile(
    r"(?:(?:re|fw|fwd|aw|wg|sv|vs|vb|antw|tr|rv|res|enc|odp|ynt|i̇lt|ha|отв|ответ|на|пд|переслано|回复|答复|转发|回覆|轉寄"
    r"|返信|転送|auto|automatic reply)\s{0,3}(?:\[\d{1,3}\]|\(\d{1,3}\))?\s{0,3}[:：]\s{0,5}){1,20}",
    re.IGNORECASE,
)
_RETURNED_ID = re.compile(r"^message-id:(.{1,2000})$", re.IGNORECASE | re.MULTILINE)
_MOST_IDS = 50
_REPORTS = (Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE, Kind.DELAYED, Kind.DELIVERED, Kind.COMPLAINT)


@dataclass(frozen=True, slots=True)
class Clues:
    """What may tell the letter that was answered, the surest first.

    `message_ids` are those it names, newest first, without brackets: of a report only that of the mail it is
    about, since a thread may hold a letter of ours and the report be on another mail. `token` is that of our
    opt-out address;
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
        (told or tuple(returned) or mail.answers[:1]) if reading.kind in _REPORTS else (*told, *mail.answers)
    )
    about = reading.recipients or ((mail.sender,) if mail.sender else ())
    return Clues(
        tuple(dict.fromkeys(named))[:_MOST_IDS],
        opt_out_token(mail.subject),
        about,
        topic(mail.subject),
    )


def opt_out_token(subject: str) -> str:
    """The token of a letter's List-Unsubscribe address in the subject of a mail to it; "" where there is none."""
    found = _TOKEN.search(subject)
    return found[1].lower() if found else ""


def topic(subject: str) -> str:
    """A subject as it is compared: without answer and forward marks in many languages, lower case."""
    return " ".join(_PREFIX.sub("", subject.strip()[:500], count=1).lower().split())


def fingerprint(mail: Mail) -> str:
    """The same for the same mail in another folder or file, whatever was added on its way (32 hex digits)."""
    parts = (mail.message_id, mail.header("date"), mail.header("from"), mail.subject, mail.plain or mail.html)
    return sha256(
        "\0".join((*parts, *(part.text for part in mail.parts))).encode("utf-8", "replace")
    ).hexdigest()[:32]
