"""Bounces that are no standard report: found by who writes, the subject, the opening words and what came back."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from outreach.inbound.bounce_returned import Split, original_id, split
from outreach.inbound.bounce_text import Failure, command_in, failures
from outreach.inbound.bounce_words import said
from outreach.inbound.complaint import message_id, notification
from outreach.inbound.headers import addresses
from outreach.inbound.mail import Mail
from outreach.inbound.reading import Kind, Notice, Reading
from outreach.inbound.reasons import UNDEFINED, judge, sorted_as, status_of
from outreach.inbound.report import WORST, brought_back, enclosed, is_answer, reading
from outreach.inbound.report_fields import blocks
from outreach.subjects import marked

# Names that only a mail system bears.
_DAEMON = re.compile(
    r"mailer[-_ .]?daemon|mail[-_ ]?daemon|post_master@|(?:^|<)(?:mdaemon|mmdf)|mail delivery (?:sub)?system|"
    r"microsoftexchange",
    re.IGNORECASE,
)
# Names of mail systems and of people too: somebody reads mail@ and postmaster@, "Delivery Service" is a trade.
_MAYBE = re.compile(
    r"post[-_ ]?master|mail deliver system|mail administrator|system administrator|mail delivery service|"
    r"internet mail delivery|delivery (?:subsystem|system|service)|e-?mail system|mail system|"
    r"microsoft outlook|exchange server|^(?:bounces?|ndr|dsn|mta|smtpd?|qmail)\b|^mail(?:er)?@|"
    r"delivery[-_]?(?:report|failure|status)|amazonses|mail gateway|mail router",
    re.IGNORECASE,
)
_MACHINE = re.compile(r"(?:no|not|do-?not|never)[-_.]?reply\b", re.IGNORECASE)
_ANSWER = re.compile(
    r"(?<![\d.:/-])[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3}\b|#[45]\.|<|[A-Za-z])|"
    r"(?<![\d.])[45]\.\d\.\d{1,3}(?![\d.])"
)
# Stricter, where a person may write: "450 pieces" and "5.1.26", a day, are none.
_CODE = re.compile(
    r"(?<![\d.:/-])[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3}\b|#[45]\.|<)|"
    r"(?<![\d.])[45]\.\d\.(?:1?\d|\d{3})(?![\d.])"
)
LIST_SERVER = "a list server"
_START = 6000  # characters of a report in which it says what it is


def read(mail: Mail) -> Reading | None:
    """The reading of a bounce in any form but the standard one; None of any other mail.

    One notice for each recipient, the worst first. A mail is a bounce where two independent signs agree: a
    mail system as its writer (or no return path, or X-Failed-Recipients), and words or a form only bounces have.
    """
    service = _service(mail)
    if service is not None:
        return service
    sign, parted = _sign(mail)
    if parted is None:
        return None
    found = blocks(parted.report)
    if found:
        return reading(mail, parted, parted.report, found)
    return _told(mail, parted, sign)


def _sign(mail: Mail) -> tuple[str, Split | None]:
    """What shows the mail to be a bounce, in words, and the mail in two; "" and None where it is none."""
    subject = said("subject", mail.subject[:300])
    named = mail.header("x-failed-recipients")
    daemon = _writer(mail, _DAEMON)
    maybe = "" if daemon else _writer(mail, _MAYBE)
    listed = _list_server(mail)
    empty = mail.header("return-path").replace(" ", "") == "<>"
    machine = bool(_MACHINE.match(mail.sender))
    if not (subject or named or daemon or maybe or listed or empty or machine):
        return "", None
    parted = split(mail)
    start = parted.report[:_START]
    opening = said("opening", start)
    answer = _ANSWER.search(start)
    came_back = bool(parted.returned)
    words = f'"{opening or subject or (answer[0] if answer else "")}"'
    if named and (subject or opening or answer or came_back):
        return f"X-Failed-Recipients, {words}", parted
    if listed or (daemon and (opening or (answer and came_back) or (subject and not marked(mail.subject)))):
        return f"written by {listed or daemon}, {words}", parted
    told = subject or opening or (answer and came_back)
    if maybe and told and _formed(mail, parted, empty, subject, opening):
        return f"written by {maybe}, {words}", parted
    if machine and said("unsent", start):
        return f"written by {mail.sender}, {words}", parted
    strict = opening and not is_answer(mail) and (_CODE.search(start) or enclosed(mail, parted))
    if strict and (subject or empty):
        return f"{'no return path' if empty else 'subject'}, {words}", parted
    return "", None


def _formed(mail: Mail, parted: Split, empty: bool, subject: str, opening: str) -> bool:
    """Whether a mail of one who may be a person has the form of a bounce, not only its words.

    That is a whole mail that came back, in an answer together with another sign: people attach mails. Where
    nothing is answered also a part of a mail, no return path under a bounce's subject, or a recipient with a
    server's code (for a postmaster whose subject and text are those of bounces any recipient).
    """
    back = enclosed(mail, parted)
    if is_answer(mail):
        return back and bool(empty or subject or _CODE.search(parted.report[:_START]))
    if back or parted.returned or (empty and subject):
        return True
    refused = _refused(mail, parted)
    worded = subject and opening and mail.sender.startswith("postmaster@")
    return bool(refused) if worded else any(_CODE.search(each.text) for each in refused)


def _refused(mail: Mail, parted: Split) -> list[Failure]:
    return failures(
        parted.report,
        {*addresses(mail.header("to")), mail.sender},
        addresses(mail.header("x-failed-recipients")),
    )


def _writer(mail: Mail, names: re.Pattern[str]) -> str:
    """The mail system that writes, "" for anybody else."""
    hit = names.search(mail.sender) or names.search(mail.header("from")[:300])
    return hit[0] if hit else ""


def _list_server(mail: Mail) -> str:
    return LIST_SERVER if mail.header("x-mlserver") and said("list_server", mail.subject[:300]) else ""


def _told(mail: Mail, parted: Split, sign: str) -> Reading:
    """The reading of a bounce in words."""
    named = addresses(mail.header("x-failed-recipients"))
    told = _refused(mail, parted)
    if not (told or named) and (inner := brought_back(mail, parted)):
        return inner
    found = told or [Failure(each) for each in named or parted.sent_to]
    whole = _answers_first(parted.report[:_START])
    waiting = bool(said("waiting", f"{mail.subject}\n{parted.report[:_START]}"))
    notices = [_notice(each, whole, len(found) == 1, waiting) for each in found]
    notices = notices or [_notice(Failure(""), whole, True, waiting)]
    if said("delivered", parted.report[:_START]) and not _ANSWER.search(parted.report[:_START]):
        notices = [replace(notice, kind=Kind.DELIVERED, reason="delivered") for notice in notices]
    if mail.header("x-spasign") == "NG":  # au's mark of its spam filter, whatever the words say
        notices = [replace(notice, kind=Kind.SOFT_BOUNCE, reason="filtered") for notice in notices]
    notices.sort(key=lambda notice: WORST.index(notice.kind))
    worst = notices[0]
    why = f"bounce ({sign}): {worst.reason}, code {worst.code or 'none'}"
    return Reading(worst.kind, why, tuple(notices), worst.text, original_message_id=original_id(mail, parted))


def _answers_first(report: str) -> str:
    """A report in one line, the lines with a server's answer before all others."""
    lines = report.split("\n")
    lines.sort(key=lambda line: _ANSWER.search(line[:500]) is None)
    return " ".join(" ".join(lines).split())


def _notice(failure: Failure, whole: str, only: bool, waiting: bool) -> Notice:
    text = failure.text
    code = status_of(text)
    command = failure.command or (command_in(whole) if only else "")
    kind, reason = judge(code, text, command, whole)
    for more in (failure.all_text, whole):
        if reason == UNDEFINED and more != text and (only or not text or more != whole):
            text, code = more or text, code or status_of(more)
            kind, reason = judge(code, more, command, whole)
    kind = Kind.DELAYED if waiting and kind is Kind.SOFT_BOUNCE else kind
    return Notice(kind, failure.address, code, reason, text[:1000])


def _service(mail: Mail) -> Reading | None:
    """A notification of Amazon SES about a bounce or a delivery."""
    told = notification(mail)
    bounce, delivery = told.get("bounce"), told.get("delivery")
    if isinstance(bounce, dict):
        notices = [_from_service(each, bounce) for each in _listed(bounce, "bouncedRecipients")]
    elif isinstance(delivery, dict):
        people = delivery.get("recipients")
        names = [str(each).lower() for each in people] if isinstance(people, list) else []
        notices = [Notice(Kind.DELIVERED, each, reason="delivered") for each in names]
    else:
        return None
    if not notices:
        return None
    notices.sort(key=lambda notice: WORST.index(notice.kind))
    worst = notices[0]
    return Reading(
        worst.kind,
        f"Amazon SES notification: {worst.reason}",
        tuple(notices),
        worst.text,
        original_message_id=message_id(told),
    )


def _listed(owner: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    listed = owner.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _from_service(recipient: Mapping[str, Any], bounce: Mapping[str, Any]) -> Notice:
    told = " ".join(str(recipient.get("diagnosticCode") or "").split())
    told = told.partition(";")[2].strip() or told
    code = status_of(told, str(recipient.get("status") or ""))
    kind, reason = judge(code, told)
    if reason in (UNDEFINED, "filtered"):
        kind, reason = sorted_as(str(bounce.get("bounceSubType") or ""), kind, reason)
    if bounce.get("bounceType") == "Transient":
        kind = Kind.SOFT_BOUNCE
    return Notice(kind, str(recipient.get("emailAddress") or "").lower(), code, reason, told)
