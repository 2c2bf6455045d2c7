"""Reports in a standard form: delivery status (RFC 3464, RFC 6522) and feedback (RFC 5965)."""

import re
from collections.abc import Sequence

from outreach.inbound.bounce_returned import Split, original_id, split
from outreach.inbound.bounce_text import Failure, command_in, failures
from outreach.inbound.mail import Mail
from outreach.inbound.reading import Kind, Notice, Reading
from outreach.inbound.reasons import MOST, UNDEFINED, judge, sorted_as, status_of
from outreach.inbound.report_fields import Block, blocks

WORST = (Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE, Kind.DELAYED, Kind.DELIVERED)
_ACTIONS = {
    "delivered": Kind.DELIVERED,
    "relayed": Kind.DELIVERED,
    "expanded": Kind.DELIVERED,
    "delayed": Kind.DELAYED,
}
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_FEEDBACK_PARTS = ("message/feedback-report",)
_FEEDBACK = re.compile(
    r"^[> \t]{0,4}feedback-type[ \t]{0,3}:[ \t]{0,9}([\w-]{1,30})", re.IGNORECASE | re.MULTILINE
)
_REPORTED = re.compile(
    r"^[> \t]{0,4}(?:original-rcpt-to|removal-recipient|original-recipient)[ \t]{0,3}:[ \t]{0,9}"
    r"(?:rfc822;)?[ \t]{0,3}<?([^\s<>]{1,320}@[^\s<>]{1,255})",
    re.IGNORECASE | re.MULTILINE,
)
# Types of feedback that say nothing against our writing to this person (RFC 5965 3.5, RFC 6591).
_NO_COMPLAINT = {"not-spam": "the reader says it is not spam", "auth-failure": "a report on authentication"}


def read(mail: Mail) -> Reading | None:
    """The reading of a report in a standard form; None of any other mail.

    A feedback report is a COMPLAINT (not-spam and auth-failure: UNRELATED). A delivery report has one notice
    for each recipient, the worst first: hard, soft, delayed, delivered.
    """
    return _feedback(mail) or _delivery(mail)


def _feedback(mail: Mail) -> Reading | None:
    fields = "\n".join(part.text for part in mail.parts if part.content_type in _FEEDBACK_PARTS)
    whole = mail.report_type == "feedback-report"
    if not fields and not whole:
        return None
    parted = split(mail)
    fields = fields or parted.report
    hit = _FEEDBACK.search(fields)
    kind = hit[1].lower() if hit else "abuse"
    about = original_id(mail, parted, fields)
    if kind in _NO_COMPLAINT:
        why = f"feedback report of type {kind}: {_NO_COMPLAINT[kind]}"
        return Reading(Kind.UNRELATED, why, original_message_id=about)
    named = tuple(dict.fromkeys(each.lower() for each in _REPORTED.findall(fields))) or parted.sent_to
    notices = tuple(Notice(Kind.COMPLAINT, each, reason="feedback") for each in named)
    why = f"feedback report (RFC 5965) of type {kind}"
    return Reading(Kind.COMPLAINT, why, notices, f"feedback: {kind}", original_message_id=about)


def _delivery(mail: Mail) -> Reading | None:
    own = [part.text for part in mail.parts if part.content_type in _STATUS_PARTS and not part.returned]
    if not (own or mail.report_type == "delivery-status" or _by_machine(mail)):
        return None
    parted = split(mail)
    fields = "\n\n".join(own) or parted.report
    found = blocks(fields)
    if not found:
        return None
    return reading(mail, parted, fields, found)


def _by_machine(mail: Mail) -> bool:
    """Whether loose fields in a text are a report rather than one a person forwards."""
    local = mail.sender.partition("@")[0]
    named = mail.header("from").lower()
    empty = mail.header("return-path").strip() == "<>"
    return (
        empty or local in ("mailer-daemon", "postmaster") or "mailer-daemon" in named or "postmaster" in named
    )


def reading(mail: Mail, parted: Split, fields: str, found: Sequence[Block]) -> Reading:
    """The reading of a delivery report's blocks, with what its words for people add to them."""
    told = {failure.address: failure for failure in failures(parted.report)}
    only = next(iter(told.values())) if len(told) == 1 else None
    notices: dict[str, Notice] = {}
    refused = {failure.command for failure in told.values() if failure.command}
    for block in found:
        failure = told.get(block.recipient) or (only if len(found) == 1 else None)
        if (
            len(found) == len(refused) == 1
        ):  # the transcript may name another address that mail is passed on to
            failure = failure or Failure(block.recipient)
            failure.command = failure.command or next(iter(refused))
        notice = _notice(block, failure, mail)
        before = notices.get(notice.recipient)
        if before is None or WORST.index(notice.kind) < WORST.index(before.kind):
            notices[notice.recipient] = notice
    ordered = tuple(sorted(notices.values(), key=lambda notice: WORST.index(notice.kind)))
    worst = ordered[0]
    why = f"delivery report: {worst.reason}, code {worst.code or 'none'}"
    return Reading(
        worst.kind, why, ordered, worst.text, original_message_id=original_id(mail, parted, fields)
    )


def _notice(block: Block, failure: Failure | None, mail: Mail) -> Notice:
    told = failure.text if failure else ""
    recipient = block.recipient or (failure.address if failure else "") or _failed(mail)
    said = block.diagnostic
    kind = _ACTIONS.get(block.action)
    if kind is Kind.DELIVERED:
        return Notice(kind, recipient, status_of("", block.status), "delivered", said or told)
    command = command_in(said) or (failure.command if failure else "")
    code = status_of(said if not block.by_program else "", block.status)
    judged, reason = judge(code, f"x-unix {said}" if block.by_program else said, command)
    for more in (told, failure.all_text if failure else ""):
        if more and (reason == UNDEFINED or not said):
            code, said = status_of(more, block.status), said or more
            judged, reason = judge(code, more, command)
    if reason in (UNDEFINED, "filtered"):
        judged, reason = sorted_as(block.fields.get("x-powermta-bouncecategory", ""), judged, reason)
    return Notice(kind or judged, recipient, code, reason, " ".join(said[:MOST].split()))


def _failed(mail: Mail) -> str:
    return next(iter(mail.header("x-failed-recipients").lower().split(",")), "").strip()
