"""Complaints that are no feedback report: providers' own texts and notifications of sending services."""

import json
import re
from collections.abc import Mapping
from typing import Any

from outreach.inbound.bounce_returned import original_id, split
from outreach.inbound.mail import Mail
from outreach.inbound.reading import Kind, Notice, Reading
from outreach.inbound.report import enclosed, is_answer

_SUBJECT = re.compile(
    r"^(?:complaint about message from|(?:e-?mail )?(?:abuse|spam|feedback loop|fbl|junk) (?:report|"
    r"complaint|notification)\b|"
    r"(?:spam|abuse) complaint|user complaint|\[?fbl\]?[ :]|email feedback report|"
    r"amazon ses email abuse report|"
    r"amazon ses complaint|жалоба на (?:спам|письмо|рассылку))",
    re.IGNORECASE,
)
_SENDER = re.compile(
    r"^(?:staff@(?:hotmail|outlook|live)\.|complaints?@|fbl[@-]|feedbackloop@|feedback-loop@|scomp@|"
    r"abuse-report|"
    r"abuse@|feedback@|no-?reply@sns\.amazonaws\.|arf@|postmaster@|complaints-?noreply)",
    re.IGNORECASE,
)
_TEXT = re.compile(
    r"this is an? (?:e-?mail )?(?:abuse|spam|opt-out|complaint|feedback)[\w -]{0,30} (?:report|"
    r"complaint) for|"
    r"(?:was|been) (?:reported|marked|flagged) as (?:spam|junk|abus)|reported (?:your|this|"
    r"the) (?:message|mail|e-?mail) as (?:spam|junk)|"
    r"complained about (?:your|a|this|the) (?:message|mail|e-?mail)|a complaint (?:was|"
    r"has been) (?:received|made) (?:about|for|against)|"
    r"пожаловал(?:ся|ась|ись) на (?:ваше|это) письмо",
    re.IGNORECASE,
)
# Apple Mail writes a mail of its own where its user presses "Unsubscribe" (mailto:, RFC 2369).
_UNSUBSCRIBES = re.compile(
    r"apple mail sent this email to unsubscribe|sent (?:automatically )?to unsubscribe from the message",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"^[> \t]{0,4}x-hmxmroriginalrecipient[ \t]{0,3}:[ \t]{0,9}<?([^\s<>]{3,320})",
    re.IGNORECASE | re.MULTILINE,
)
_START = 4000  # characters of the text that may say what it is
MOST_JSON = 200_000


def read(mail: Mail) -> Reading | None:
    """A COMPLAINT (or OPT_OUT) that is no RFC 5965 report; None of any other mail.

    Known: Hotmail's "complaint about message from", providers' abuse reports in words, Amazon SES's
    notifications, and Apple Mail's mails of one word that ask to unsubscribe (OPT_OUT).
    """
    return _service(mail) or _unsubscribes(mail) or _in_words(mail)


def notification(mail: Mail) -> Mapping[str, Any]:
    """What Amazon SNS says in JSON about a mail sent by SES: the inner object; {} of any other mail."""
    text = mail.plain[:MOST_JSON]
    if "otificationType" not in text and "eventType" not in text and "Notification" not in text:
        return {}
    begin, end = text.find("{"), text.rfind("}")
    if begin < 0 or end < begin:
        return {}
    outer = _object(text[begin : end + 1])
    inner = outer.get("Message")
    found = _object(inner) if isinstance(inner, str) else outer
    return found if "mail" in found or "bounce" in found or "complaint" in found else {}


def _object(text: str) -> dict[str, Any]:
    """A JSON object, also where lines were folded within its strings; {} where it is none."""
    for tried in (text, text.replace("\n", "")):
        try:
            found = json.loads(tried, strict=False)
        except (ValueError, RecursionError):
            continue
        return found if isinstance(found, dict) else {}
    return {}


def _service(mail: Mail) -> Reading | None:
    said = notification(mail)
    complaint = said.get("complaint")
    if not isinstance(complaint, dict):
        return None
    listed = complaint.get("complainedRecipients")
    rows = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    people = [str(row.get("emailAddress", "")).lower() for row in rows]
    kind = str(complaint.get("complaintFeedbackType") or "abuse")
    notices = tuple(Notice(Kind.COMPLAINT, each, reason="feedback") for each in people if "@" in each)
    return Reading(
        Kind.COMPLAINT,
        f"Amazon SES complaint: {kind}",
        notices,
        f"feedback: {kind}",
        original_message_id=message_id(said),
    )


def message_id(said: Mapping[str, Any]) -> str:
    """The Message-ID of the mail a notification is about: the one we gave it, else the service's."""
    mail = said.get("mail")
    if not isinstance(mail, dict):
        return ""
    common = mail.get("commonHeaders")
    headers = mail.get("headers")
    pairs = [each for each in headers if isinstance(each, dict)] if isinstance(headers, list) else []
    own = next((each.get("value") for each in pairs if str(each.get("name")).lower() == "message-id"), "")
    found = (
        own or (common.get("messageId") if isinstance(common, dict) else "") or mail.get("messageId") or ""
    )
    return str(found).strip().strip("<>")


def _unsubscribes(mail: Mail) -> Reading | None:
    start = mail.plain[:_START].lower()
    if "unsubscribe" not in start or not _UNSUBSCRIBES.search(start):
        return None
    notices = (Notice(Kind.OPT_OUT, mail.sender),) if mail.sender else ()
    answered = next(iter(mail.answers), "")
    return Reading(
        Kind.OPT_OUT,
        "a mail program's own unsubscribe mail",
        notices,
        mail.subject,
        original_message_id=answered,
    )


def _in_words(mail: Mail) -> Reading | None:
    subject, sender = _SUBJECT.match(mail.subject), _SENDER.match(mail.sender)
    if not (subject or sender):
        return None  # at once: the text of ordinary mail is not searched
    text = None if subject and sender else _TEXT.search(mail.plain[:_START])
    if not (subject and sender) and not text:
        return None
    parted = split(mail)
    if is_answer(mail) and not enclosed(mail, parted):
        return None  # a person at abuse@ or feedback@ who tells where our letter was found
    named = tuple(dict.fromkeys(map(str.lower, _NAMED.findall(parted.returned)))) or parted.sent_to
    notices = tuple(Notice(Kind.COMPLAINT, each, reason="feedback") for each in named)
    words = subject or text
    why = f"a complaint in words: {words[0] if words else ''}"
    return Reading(Kind.COMPLAINT, why, notices, mail.subject, original_message_id=original_id(mail, parted))
