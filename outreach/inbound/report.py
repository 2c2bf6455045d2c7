"""Reports in a standard form: delivery status (RFC 3464, RFC 6522) and feedback (RFC 5965)."""

import re
from collections.abc import Sequence

from outreach.inbound.bounce_returned import Split, original_id, split
from outreach.inbound.bounce_text import Failure, command_in, failures
from outreach.inbound.mail import Mail
from outreach.inbound.reading import Kind, Notice, Reading
from outreach.inbound.reasons import MOST, UNDEFINED, judge, sorted_as, status_of
from outreach.inbound.report_fields import Block, blocks
from outreach.subjects import marked

WORST = (Kind.HARD_BOUNCE, Kind.SOFT_BOUNCE, Kind.DELAYED, Kind.DELIVERED)
_ACTIONS = {
    "delivered": Kind.DELIVERED,
    "relayed": Kind.DELIVERED,
    "expanded": Kind.DELIVERED,
    "delayed": Kind.DELAYED,
}
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_REPORTER = re.compile(
    r"^[> \t]{0,4}reporting-mta[ \t]{0,3}:[ \t]{0,9}([^\n]{1,255})", re.IGNORECASE | re.MULTILINE
)
_FEEDBACK_PARTS = ("message/feedback-report",)
_FEEDBACK = re.compile(
    r"^[> \t]{0,4}feedback-type[ \t]{0,3}:[ \t]{0,9}([\w-]{1,30})", re.IGNORECASE | re.MULTILINE
)
_REPORTED = re.compile(
    r"^[> \t]{0,4}(?:original-rcpt-to|removal-recipient|original-recipient)[ \t]{0,3}:[ \t]{0,9}"
    r"(?:rfc822;)?[ \t]{0,3}<?([^\s<>]{1,320}@[^\s<>]{1,255})",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBERS = re.compile(r"report domain: ?\S{1,255} submitter: ?\S", re.IGNORECASE)
_IS_REPORT = "report-type=delivery-status"
_RETURNED_PART = ("content-type: message/rfc822", "content-type: text/rfc822-headers")
_TRANSPORT = re.compile(
    r"^[> \t]{0,4}(?:received|message-id|return-path)[ \t]{0,3}:", re.IGNORECASE | re.MULTILINE
)
_START = 6000  # characters in which the headers of a mail that came back stand
# What a type of feedback is where it is no complaint of the reader (RFC 5965 3.5, RFC 6591).
_NO_SPAM = "not-spam"
_REASONS = {"auth-failure": "authfailure"}


def read(mail: Mail) -> Reading | None:
    """The reading of a report in a standard form; None of any other mail.

    A feedback report is a COMPLAINT (not-spam: UNRELATED), its notices for the reason "feedback": a person
    complained; or "authfailure": a machine reports that our mail failed authentication, no person did anything
    (RFC 6591). A delivery report has one notice
    for each recipient, the worst first: hard, soft, delayed, delivered.
    """
    return _feedback(mail) or _statistics(mail) or _delivery(mail)


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
    if kind == _NO_SPAM:
        why = f"feedback report of type {kind}: the reader says it is no spam"
        return Reading(Kind.UNRELATED, why, original_message_id=about)
    named = tuple(dict.fromkeys(each.lower() for each in _REPORTED.findall(fields))) or parted.sent_to
    reason = _REASONS.get(kind, "feedback")
    notices = tuple(Notice(Kind.COMPLAINT, each, reason=reason) for each in named or ("",))
    why = f"feedback report (RFC 5965) of type {kind}"
    return Reading(Kind.COMPLAINT, why, notices, f"feedback: {kind}", original_message_id=about)


def _statistics(mail: Mail) -> Reading | None:
    """The reading of a provider's daily numbers on our domain: DMARC (RFC 7489 7.2.1.1) and TLS (RFC 8460)."""
    if mail.report_type != "tlsrpt" and not _NUMBERS.match(mail.subject):
        return None
    return Reading(Kind.UNRELATED, "a provider's report on our domain (DMARC or TLS), about no letter")


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


def brought_back(mail: Mail, parted: Split) -> Reading | None:
    """The reading of a delivery report that a bounce brings back instead of a letter; None where it brings none.

    Scanners and list servers do that: their own words name nobody, and whom it came back to are we ourselves.
    """
    places = [
        place for place, part in enumerate(mail.parts) if part.returned and part.content_type in _STATUS_PARTS
    ]
    if places:
        fields = mail.parts[places[0]].text
        told = "\n".join(part.text for part in mail.parts[: places[0]] if part.content_type == "text/plain")
        inner = Split(told, "\n".join(part.text for part in mail.parts[places[0] + 1 :]))
    elif _IS_REPORT in parted.returned[:_START].lower():
        fields = told = parted.returned
        inner = Split(told, told[max(map(told.lower().rfind, _RETURNED_PART)) :])
    else:
        return None
    found = blocks(fields)
    return reading(mail, inner, fields, found) if found else None


def is_answer(mail: Mail) -> bool:
    """Whether a mail's headers say that it answers or passes on another; machines that report seldom say so."""
    return bool(mail.answers) or marked(mail.subject)


def enclosed(mail: Mail, parted: Split) -> bool:
    """Whether a mail brings back another: as a part, or its transport headers in the text.

    Those above a quote (From, Date, To, Subject) are none: programs of people write them in every answer.
    """
    return any(part.returned for part in mail.parts) or bool(_TRANSPORT.search(parted.returned[:_START]))


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
    reporter = _REPORTER.search(fields)
    for block in found:
        failure = told.get(block.recipient) or (only if len(found) == 1 else None)
        if (
            len(found) == len(refused) == 1
        ):  # the transcript may name another address that mail is passed on to
            failure = failure or Failure(block.recipient)
            failure.command = failure.command or next(iter(refused))
        notice = _notice(block, failure, mail, reporter[1] if reporter else "")
        before = notices.get(notice.recipient)
        if before is None or WORST.index(notice.kind) < WORST.index(before.kind):
            notices[notice.recipient] = notice
    ordered = tuple(sorted(notices.values(), key=lambda notice: WORST.index(notice.kind)))
    worst = ordered[0]
    why = f"delivery report: {worst.reason}, code {worst.code or 'none'}"
    return Reading(
        worst.kind, why, ordered, worst.text, original_message_id=original_id(mail, parted, fields)
    )


def _notice(block: Block, failure: Failure | None, mail: Mail, reporter: str) -> Notice:
    told = failure.text if failure else ""
    recipient = block.recipient or (failure.address if failure else "") or _failed(mail)
    said = block.diagnostic
    kind = _ACTIONS.get(block.action)
    if kind is Kind.DELIVERED:
        return Notice(kind, recipient, status_of("", block.status), "delivered", said or told)
    command = command_in(said) or (failure.command if failure else "")
    hosts = f"{block.fields.get('remote-mta', '')} {reporter} {told}"
    code = status_of(said if not block.by_program else "", block.status)
    judged, reason = judge(code, f"x-unix {said}" if block.by_program else said, command, hosts)
    for more in (told, failure.all_text if failure else ""):
        if more and (reason == UNDEFINED or not said):
            code, said = status_of(more, block.status), said or more
            judged, reason = judge(code, more, command, hosts)
    if reason in (UNDEFINED, "filtered"):
        judged, reason = sorted_as(block.fields.get("x-powermta-bouncecategory", ""), judged, reason)
    return Notice(kind or judged, recipient, code, reason, " ".join(said[:MOST].split()))


def _failed(mail: Mail) -> str:
    return next(iter(mail.header("x-failed-recipients").lower().split(",")), "").strip()
