"""Automatic answers: absences with the day of return, receipts of desks, of calendars and of mail programs.

Headers decide where they can (RFC 3834 and its forerunners). Where none does, the wording of the subject and of
the first lines is weighed: a program that answers for somebody absent says so *and* thanks, names a deputy or
speaks of the return. A person who mentions a holiday stays a person: an answer taken for a program's would let
the sequence go on. Reports of deliveries must have been read before: half of them carry Auto-Submitted.
"""

import re
from collections.abc import Mapping

from outreach.inbound.automatic_words import NAMED, enough, signs_of
from outreach.inbound.dates import return_date
from outreach.inbound.headers import message_ids
from outreach.inbound.mail import Mail
from outreach.inbound.optout import by_subject
from outreach.inbound.reading import Kind, Notice, Reading
from outreach.inbound.wording import own_words

_NO = ("", "no", "false", "0", "none", "off")
# Headers that only a program which answers for somebody sets, whatever they say (Gmail, FreeScout, cPanel, ...).
_ANSWERING = (
    *("x-autoreply", "x-auto-reply", "x-autorespond", "x-autoresponder", "x-mail-autoreply"),
    *("x-vacation", "x-autoreply-from", "x-auto-replied", "x-autoreply-domain"),
)
_VALUES = {
    "x-apple-action": "vacation",  # iCloud, which sets no Auto-Submitted
    "precedence": "auto",  # auto_reply, auto-reply
    "x-precedence": "auto",
    "delivered-to": "autoresponder",
    "x-mailer": "vacation",
    "x-fc-machinegenerated": "true",  # FirstClass
    "x-post-messageclass": "9; autoresponder",  # Kerio
}
# Desks mark what their people write as generated too: there only the wording tells a receipt from an answer.
_DESKS = ("x-zendesk", "x-freshdesk", "x-jira", "x-helpscout", "x-intercom", "x-otrs", "x-rt-", "x-gorgias")
_ENOUGH_OF_A_DESK = {"receipt", "away", "provider", "label"}
_UNDATED = {"receipt", "seen", "gateway"}  # the days these name are not those of a return
# What people send from their calendars (RFC 5546): a program marks it as generated, and still a person pressed it.
_METHOD = re.compile(
    r"method\s{0,3}[=:]\s{0,3}\"?(?:reply|request|counter|cancel|declinecounter)\b", re.IGNORECASE
)
_ORIGINAL = "original-message-id"  # a field of the receipt (RFC 8098 3.2.5)


def read(mail: Mail) -> Reading | None:
    """The mail as an automatic answer with the day of return where it names one; None for any other mail.

    The one notice's recipient is the address that answered. What a person sends from a calendar is no automatic
    answer, whatever its headers say.
    """
    if by_subject(mail) or _from_a_calendar(mail):
        return None
    receipt = _receipt(mail)
    if receipt:
        return _reading(mail, receipt, own_words(mail), dated=False)
    text = own_words(mail)
    signs = signs_of(mail, text)
    found = _why(mail, signs, text)
    dated = bool(signs.keys() & {"away", "absent"}) or not signs.keys() & _UNDATED
    return _reading(mail, found, text, dated) if found else None


def why(mail: Mail) -> str:
    """Why a mail is automatic, by its headers or its wording; "" where it is not."""
    if _from_a_calendar(mail):
        return ""
    text = own_words(mail)
    return _why(mail, signs_of(mail, text), text)


def _why(mail: Mail, signs: Mapping[str, str], text: str) -> str:
    header = by_headers(mail)
    if header:
        of_a_person = "generated" in header and _from_a_desk(mail) and not signs.keys() & _ENOUGH_OF_A_DESK
        return "" if of_a_person else header
    if not enough(mail, signs, text):
        return ""
    return "wording: " + ", ".join(f'"{signs[name]}"' for name in NAMED if name in signs)


def by_headers(mail: Mail) -> str:
    """The header that only an automatic mail has, "" where there is none."""
    submitted = mail.header("auto-submitted").lower()
    if submitted.partition(";")[0].partition("(")[0].strip() not in _NO:
        return f"Auto-Submitted: {submitted[:60]}"
    for name, value in mail.headers:
        low = value[:200].strip().lower()
        if name in _ANSWERING and low not in _NO:
            return f"{name}: {low[:60]}"
        if name in _VALUES and low.startswith(_VALUES[name]):
            return f"{name}: {low[:60]}"
    suppress = mail.header("x-auto-response-suppress").lower()
    if ("all" in suppress or "oof" in suppress) and mail.header("x-ms-exchange-inbox-rules-loop"):
        # Either alone is on ordinary mail of Exchange too; together they are its out-of-office answer.
        return "X-Auto-Response-Suppress and X-MS-Exchange-Inbox-Rules-Loop"
    return ""


def _from_a_desk(mail: Mail) -> bool:
    return any(name.startswith(_DESKS) for name, _ in mail.headers)


def _receipt(mail: Mail) -> str:
    """Why the mail is the receipt of a mail program, by its parts."""
    if mail.report_type == "disposition-notification" or any(
        "disposition" in part.headers for part in mail.parts
    ):
        return "a receipt of a mail program (RFC 8098)"
    return ""


def _from_a_calendar(mail: Mail) -> bool:
    """Whether the mail is an invitation or the answer to one."""
    for part in mail.parts:
        kind = part.headers.get("content-type", "") or mail.header("content-type")
        if part.content_type == "text/calendar" and _METHOD.search(kind[:500] + "\n" + part.text[:2000]):
            return not part.returned
    return False


def _reading(mail: Mail, why: str, text: str, dated: bool = True) -> Reading:
    sent = mail.date
    back = return_date(f"{mail.subject}.\n{text}", sent.date()) if sent and dated else None
    named = next((part.headers[_ORIGINAL] for part in mail.parts if _ORIGINAL in part.headers), "")
    original = next(iter((*message_ids(named), *mail.answers)), "")
    notices = (Notice(Kind.AUTO_REPLY, mail.sender),) if mail.sender else ()
    return Reading(
        Kind.AUTO_REPLY,
        why,
        notices,
        text,
        original_message_id=original,
        return_date=back,
        trouble=mail.trouble,
    )
