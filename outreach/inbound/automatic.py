"""Automatic answers: absences with the day of return, receipts of desks, of calendars and of mail programs.

Headers decide where they can (RFC 3834 and its forerunners). Where none does, the wording of the subject and of
the first lines is weighed: a program that answers for somebody absent says so *and* thanks, names a deputy or
speaks of the return. A person who mentions a holiday stays a person: an answer taken for a program's would let
the sequence go on. Reports of deliveries must have been read before: half of them carry Auto-Submitted.
"""

import re
from collections.abc import Iterable, Mapping

from outreach.inbound.dates import return_date
from outreach.inbound.headers import message_ids
from outreach.inbound.mail import Mail
from outreach.inbound.optout import by_subject
from outreach.inbound.reading import Kind, Notice, Reading
from outreach.inbound.wording import SCANNED, Hit, made_ready, own_words, phrases

ENOUGH = 4
FIRST_LINES = 700  # characters in which an absence is announced
_LONG = 3_000  # characters: such answers are short
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
_LISTS = ("list-id", "list-post", "list-unsubscribe", "x-mailing-list", "mailing-list", "x-beenthere")
# Desks mark what their people write as generated too: there only the wording tells a receipt from an answer.
_DESKS = ("x-zendesk", "x-freshdesk", "x-jira", "x-helpscout", "x-intercom", "x-otrs", "x-rt-", "x-gorgias")
_ENOUGH_OF_A_DESK = {"receipt", "away", "provider", "label"}
_NEEDED = {*_ENOUGH_OF_A_DESK, "seen"}  # one of these must be there, whatever else is
_NAMED = ("provider", "label", "subject", "away", "receipt", "seen", "automatic", "hint", "noreply")
_NUMBER = re.compile(
    r"\[[^\]]{0,20}#?\d{3,}|#\s?\d{3,}|\b(?:ticket|case|request|заявка|обращение)\b.{0,12}\d{3,}"
)
_METHOD = re.compile(r"method\s{0,3}[=:]\s{0,3}\"?reply", re.IGNORECASE)
_ORIGINAL = "original-message-id"  # a field of the receipt (RFC 8098 3.2.5)


def read(mail: Mail) -> Reading | None:
    """The mail as an automatic answer with the day of return where it names one; None for any other mail.

    The one notice's recipient is the address that answered.
    """
    if by_subject(mail):
        return None
    receipt = _receipt(mail)
    if receipt:
        return _reading(mail, receipt, own_words(mail))
    text = own_words(mail)
    signs = _signs(mail, text)
    found = _why(mail, signs, text)
    dated = "away" in signs or "receipt" not in signs
    return _reading(mail, found, text, dated) if found else None


def why(mail: Mail) -> str:
    """Why a mail is automatic, by its headers or its wording; "" where it is not."""
    text = own_words(mail)
    return _why(mail, _signs(mail, text), text)


def _why(mail: Mail, signs: Mapping[str, str], text: str) -> str:
    header = by_headers(mail)
    if header:
        of_a_person = "generated" in header and _from_a_desk(mail) and not signs.keys() & _ENOUGH_OF_A_DESK
        return "" if of_a_person else header
    if not signs.keys() & _NEEDED or _weight(mail, signs, text) < ENOUGH:
        return ""
    return "wording: " + ", ".join(f'"{signs[name]}"' for name in _NAMED if name in signs)


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
    """Why the mail is the receipt of a mail program or a calendar, by its parts."""
    if mail.report_type == "disposition-notification" or any(
        "disposition" in part.headers for part in mail.parts
    ):
        return "a receipt of a mail program (RFC 8098)"
    for part in mail.parts:
        kind = part.headers.get("content-type", "") or mail.header("content-type")
        if part.content_type == "text/calendar" and _METHOD.search(kind[:500] + "\n" + part.text[:2000]):
            return "a calendar's answer (method=REPLY)"
    return ""


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


def _signs(mail: Mail, text: str) -> dict[str, str]:
    """The first words found of each kind; of `hint` all, joined."""
    signs: dict[str, str] = {}
    subject = made_ready(mail.subject[:300])
    for hit in phrases("away").find(subject):
        if hit.kind in ("provider", "label", "seen_subject"):
            signs |= _subject_sign(subject.characters or subject.folded, hit)
        elif hit.kind in ("away", "receipt", "automatic"):
            signs.setdefault("subject", hit.words)
    body = phrases("away").find(made_ready(text[:SCANNED]))
    stays = [hit for hit in body if hit.kind == "stay"]
    for hit in body:
        if hit.kind == "away" and (hit.at > FIRST_LINES or _stays(hit, stays)):
            continue
        if hit.kind == "hint" and "hint" in signs:
            signs["hint"] += f" ... {hit.words}"
        elif hit.kind in ("away", "automatic", "receipt", "noreply", "hint"):
            signs.setdefault(hit.kind, hit.words)
        elif hit.kind == "seen" and "seen_subject" in signs:
            signs["seen"] = hit.words
    return signs


def _subject_sign(subject: str, hit: Hit) -> dict[str, str]:
    """What a phrase of programs is worth where it stands: at the beginning, in brackets, or anywhere."""
    before = subject[: hit.at].strip()
    after = subject[hit.at + len(hit.words) :].lstrip()
    alone = not after or after[0] in ":：-–—([|【/"
    bracketed = before[-1:] in ("(", "[", "【", "（", "「", "<", "*")
    if hit.kind == "provider" and (bracketed or not before):
        return {"provider": hit.words}
    if before:
        return {"subject": hit.words} if hit.kind == "provider" else {}
    if hit.kind == "seen_subject":
        return {"seen_subject": hit.words} if after[:1] in (":", "：", "") else {}
    return {"label": hit.words} if alone else {"subject": hit.words}


def _stays(away: Hit, stays: Iterable[Hit]) -> bool:
    """Whether words closely before an absence put it into the past, into a condition or on somebody else."""
    return any(away.first - 4 <= stay.end and stay.first <= away.first for stay in stays)


_WEIGHTS = {
    "provider": 4,
    "seen": 4,
    "label": 3,
    "away": 3,
    "receipt": 3,
    "subject": 2,
    "automatic": 2,
    "noreply": 1,
}


def _weight(mail: Mail, signs: Mapping[str, str], text: str) -> int:
    """How much speaks for a program; ENOUGH makes the mail an automatic one."""
    if not signs:
        return 0
    weight = sum(_WEIGHTS.get(name, 0) for name in signs)
    hints = 1 + signs["hint"].count(" ... ") if "hint" in signs else 0
    weight += min(2, hints)
    names = {name for name, _ in mail.headers}
    weak = mail.header("precedence").lower() in ("bulk", "junk") or "x-auto-response-suppress" in names
    weight += weak or mail.header("return-path").strip() == "<>" or "x-ms-exchange-inbox-rules-loop" in names
    weight += "receipt" in signs and bool(_NUMBER.search(mail.subject[:300].lower()))
    weight += "label" in signs and bool(mail.answers)
    if names & set(_LISTS):
        weight -= 3
    if len(text) > _LONG:
        weight -= 2
    if ("?" in text or "？" in text) and not signs.keys() & {"provider", "automatic"}:
        weight -= 1  # programs seldom ask
    return weight
