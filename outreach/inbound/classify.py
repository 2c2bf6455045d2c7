"""What a mail that came back is: the detectors in their order, the surest first; then a person wrote it."""

from dataclasses import replace
from datetime import datetime

from outreach.inbound import automatic, bounce, challenge, complaint, moved, optout, report
from outreach.inbound.clues import opt_out_token
from outreach.inbound.mail import Mail, parse
from outreach.inbound.reading import UNREAD, Kind, Reading, cleaned
from outreach.inbound.visible import visible

_HEADERS = ("from", "subject", "date", "message-id", "to", "received")
_MANY = ("list-id", "list-unsubscribe", "list-post", "feedback-id")  # headers of mail to many


def read(raw: bytes, came: datetime | None = None) -> Reading:
    """What the bytes of a mail say, and of any others too: one that defeats the reading is UNRELATED, and why.

    `came` is when it arrived, for one that does not say when it was written.
    """
    try:
        return classify(parse(raw, came))
    except Exception as exc:  # mail is hostile, and a mistake of ours must not end the work on other mails
        return Reading(Kind.UNRELATED, UNREAD, trouble=type(exc).__name__)


def classify(mail: Mail) -> Reading:
    """What a mail says: exactly one kind, with its reason."""
    reading = next((found for detect in _DETECTORS if (found := detect(mail))), None) or _written(mail)
    return cleaned(replace(reading, trouble=reading.trouble or mail.trouble))


def _to_opt_out_address(mail: Mail) -> Reading | None:
    """An opt-out by the address that our letter names for it; None for any other mail, and where one bounced.

    Programs send these mails for people and may mark them as automatic.
    """
    if not opt_out_token(mail.subject) or bounce.read(mail):
        return None
    seen = visible(mail.plain, mail.html)
    return Reading(Kind.OPT_OUT, "sent to our letter's opt-out address", text=seen.text, quoted=seen.quoted)


def _written(mail: Mail) -> Reading:
    """What a person wrote, or a newsletter; a file without the headers of a mail is neither."""
    if not any(map(mail.header, _HEADERS)):
        return Reading(Kind.UNRELATED, "no mail: it has none of the headers that mails have")
    seen = visible(mail.plain, mail.html)
    asked = optout.read(mail, seen.said)
    if asked:
        return replace(asked, quoted=seen.quoted)
    many = next((name for name in _MANY if mail.header(name)), "")
    if many and not mail.answers:
        return Reading(Kind.UNRELATED, f"mail to many: it has {many.title()}", text=seen.text)
    why = "a person wrote" if seen.text or mail.subject else "an empty mail from a person"
    return Reading(Kind.REPLY, why, text=seen.text, said=seen.said, quoted=seen.quoted)


# Reports before everything that only looks automatic: half of all bounces are marked auto-replied. The token of
# an opt-out address before all that goes by words: nobody but the reader of our letter has it.
_DETECTORS = (
    *(report.read, _to_opt_out_address, complaint.read),
    *(bounce.read, challenge.read, moved.read, automatic.read),
)
