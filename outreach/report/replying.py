"""An answer by hand: as it will leave, that it has left, or why it has not."""

from dataclasses import dataclass
from typing import Any

from outreach.errors import MailboxError
from outreach.model import Accepted, Answer, Deferred, Mailbox, Outgoing, Rejected
from outreach.report.answer import on_screen
from outreach.report.lines import LABEL, WIDTH, broken, labelled
from outreach.sequence import Verdict, verdict

MOST = 60  # lines of a text that are shown before it leaves

_HINTS: dict[Verdict, str] = {
    Verdict.AUTHENTICATION: "outreach mailbox auth {mailbox}, or correct the password",
    Verdict.BAD_RECIPIENT: "nobody has that address: outreach prospects mark {to} bounced",
    Verdict.CONTENT: "the server does not take this text: change it",
    Verdict.DEFERRED: "not now, says the server: try again in half an hour",
    Verdict.THROTTLED: "the server asks for patience: try again in ten minutes",
    Verdict.QUOTA: "the mailbox has sent what it may today: try again tomorrow",
}


def preview(outgoing: Outgoing, mailbox: Mailbox, file: str) -> str:
    """The answer as it will leave: to whom, from whom, subject, text; the rest of a long one is in the file."""
    to = f"{outgoing.to_name} <{outgoing.to_email}>" if outgoing.to_name else outgoing.to_email
    told = {"TO": to, "FROM": f"{mailbox.name} <{mailbox.address}>", "SUBJECT": outgoing.subject}
    head = [labelled(label, *broken(text, WIDTH - LABEL - 1)) for label, text in told.items()]
    lines = outgoing.text.strip("\n").split("\n")
    more = [f"... and {len(lines) - MOST:,} lines more, all in {file}"] if len(lines) > MOST else []
    return "\n".join((*head, "", *on_screen("\n".join(lines[:MOST])), *more, ""))


def failed(answer: Answer, outgoing: Outgoing, mailbox: Mailbox) -> MailboxError | None:
    """Why an answer did not leave, with what to do; None if the server took it."""
    if isinstance(answer, Accepted):
        return None
    code = f"{answer.code} " if isinstance(answer, Deferred | Rejected) else ""
    hint = _HINTS.get(verdict(answer), "it was tried once; nothing has left")
    return MailboxError(
        f"it was not sent: {code}{answer.text}",
        hint=hint.format(to=outgoing.to_email, mailbox=mailbox.address),
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer to mail `number` that has left; `unfiled` is why there is no copy in Sent, "" if there is."""

    number: int
    outgoing: Outgoing
    mailbox: str
    unfiled: str


def text(sent: Sent, follow: str) -> str:
    """That it has left, and the next command."""
    lines = [labelled("SENT", f"to {sent.outgoing.to_email} from {sent.mailbox}; {sent.number} is done")]
    if sent.unfiled:
        lines.append(labelled("WARNING", *broken(f"no copy in Sent: {sent.unfiled}", WIDTH - LABEL - 1)))
    return "\n".join((*lines, labelled("NEXT", follow)))


def value(sent: Sent) -> dict[str, Any]:
    """`mail` (number), `to`, `from`, `subject`, `message_id`, and `unfiled`."""
    return {
        "mail": sent.number,
        "to": sent.outgoing.to_email,
        "from": sent.mailbox,
        "subject": sent.outgoing.subject,
        "message_id": sent.outgoing.message_id,
        "unfiled": sent.unfiled,
    }
