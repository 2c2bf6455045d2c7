"""A test letter: what is asked before it leaves, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from outreach.errors import MailboxError
from outreach.model import Accepted, Answer, Deferred, Mailbox, Outgoing, Rejected, Unknown
from outreach.report.lines import LABEL, WIDTH, broken, labelled, number


@dataclass(frozen=True, slots=True)
class Copy:
    """One letter as its prospect would get it (`real`), and as it goes to somebody as a test."""

    step: int
    letter: str
    real: Outgoing
    test: Outgoing


@dataclass(frozen=True, slots=True)
class Trial:
    """Copies of `email`'s letters to be sent from a mailbox that may send `left` tests more today.

    `notes` speak against some address.
    """

    campaign: str
    email: str
    mailbox: Mailbox
    copies: tuple[Copy, ...]
    left: int
    notes: tuple[str, ...] = ()

    @property
    def people(self) -> list[str]:
        """The addresses they go to."""
        return list(dict.fromkeys(each.test.to_email for each in self.copies))


def question(trial: Trial) -> str:
    """ "Send 3 letters, as bob@acme.example would get them, to ann@northwind.example?" """
    letters = len(trial.copies) // len(trial.people)
    them = "it" if letters == 1 else "them"
    to = ", ".join(trial.people)
    return f"Send {number(letters, 'letter')}, as {trial.email} would get {them}, to {to}?"


def text(trial: Trial, answers: Sequence[Answer]) -> str:
    """What was sent (with no answers: what would be), what was not and why, and how many may follow today."""
    if not answers:
        lines = [labelled("WOULD", *broken(question(trial).rstrip("?"), WIDTH - LABEL - 1))]
        lines += [
            labelled("", f"{each.letter} to {each.test.to_email}: {each.test.subject}")
            for each in trial.copies
        ]
        return "\n".join((*lines, labelled("TESTS", f"{number(trial.left, 'letter')} left today")))
    sent = [each for each, answer in zip(trial.copies, answers, strict=True) if isinstance(answer, Accepted)]
    to = ", ".join(dict.fromkeys(each.test.to_email for each in sent)) or "nobody"
    told = f"{number(len(sent), 'test letter')} to {to}, written for {trial.email}"
    lines = [labelled("SENT", *broken(told, WIDTH - LABEL - 1))]
    for each, answer in zip(trial.copies, answers, strict=True):
        if not isinstance(answer, Accepted):
            why = f"{each.letter} to {each.test.to_email}: {_said(answer)}"
            lines.append(labelled("NOT SENT", *broken(why, WIDTH - LABEL - 1)))
    lines.append(labelled("TESTS", f"{trial.left - len(answers)} more today from {trial.mailbox.address}"))
    return "\n".join((*lines, labelled("NEXT", f"outreach plan {trial.campaign}")))


def failed(trial: Trial, answers: Sequence[Answer]) -> MailboxError | None:
    """Why no letter at all has left; None where one has."""
    if any(isinstance(each, Accepted) for each in answers):
        return None
    why = _said(answers[0]) if answers else "interrupted"
    perhaps = any(isinstance(each, Unknown) for each in answers)
    hint = "it may have arrived all the same" if perhaps else f"does the mailbox work? {trial.mailbox.smtp}"
    return MailboxError(f"no test letter was sent: {why}", hint=hint)


def _said(answer: Answer) -> str:
    code = f"{answer.code} " if isinstance(answer, Deferred | Rejected) else ""
    return f"{code}{answer.text}"


def value(trial: Trial, answers: Sequence[Answer]) -> dict[str, Any]:
    """What was sent, or with no answers what would be.

    `{"campaign", "email", "mailbox", "dry_run", "sent", "left_today", "notes": [text], "letters": [{"step",
    "letter", "subject", "to", "message_id", "sent", "answer"}]}`. `email` is whose letters they are, `left_today`
    how many tests the mailbox may still send; `answer` is what the server said, "" where it was not asked.
    """
    said: Sequence[Answer | None] = answers or [None] * len(trial.copies)
    return {
        "campaign": trial.campaign,
        "email": trial.email,
        "mailbox": trial.mailbox.address,
        "dry_run": not answers,
        "sent": sum(isinstance(each, Accepted) for each in answers),
        "left_today": trial.left - len(answers),
        "notes": list(trial.notes),
        "letters": [
            {
                "step": each.step,
                "letter": each.letter,
                "subject": each.test.subject,
                "to": each.test.to_email,
                "message_id": each.test.message_id,
                "sent": isinstance(answer, Accepted),
                "answer": _said(answer) if answer else "",
            }
            for each, answer in zip(trial.copies, said, strict=True)
        ],
    }
