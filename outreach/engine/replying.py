"""A person answers a mail that came back: in its thread, from the mailbox it came to, in one attempt."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from outreach import prospect
from outreach.compose import reply
from outreach.data import words
from outreach.engine.answers import Inbox
from outreach.engine.sending import Line
from outreach.errors import MailboxError, OutreachError, StoreError
from outreach.inbound import Mail, parse
from outreach.inbound.headers import addresses
from outreach.inbound.visible import visible
from outreach.mailbox.folders import files_sent
from outreach.mailbox.wire import endpoint
from outreach.model import Accepted, Answer, Kind, Mailbox, Outgoing, Unknown
from outreach.schedule.zones import day_of
from outreach.store import Store, inbox, settings, suppressions

BY_PEOPLE = (Kind.REPLY, Kind.OPT_OUT, Kind.UNRELATED)
"""What a person may have written: nobody reads an answer to anything else."""
FILING = 60  # seconds that filing a copy may take


@dataclass(frozen=True, slots=True)
class Answering:
    """An answer to be written: `outgoing.text` is what stands below the words, `notes` what speaks against it.

    `answered` says by whom and when the mail was answered already, or perhaps; "" if it was not.
    """

    number: int
    mailbox: Mailbox
    outgoing: Outgoing
    notes: tuple[str, ...]
    answered: str = ""


def prepare(store: Store, number: int, company: str) -> Answering:
    """The answer to a mail without its words: to whom, from which mailbox, in which thread, with what quoted.

    `company` stands in the signature. OutreachError where nobody would read the answer: automatic mail, mail
    without a sender's address.
    """
    (row,) = store.read(inbox.listed, number=number)
    if row["kind"] not in BY_PEOPLE:
        what = str(row["kind"]).replace("_", " ")
        raise OutreachError(
            f"mail {number} was not written by a person ({what}): nobody would read an answer",
            hint=f"if a person wrote it, say what it wants: outreach inbox mark {number} INTENT",
        )
    desk = store.read(settings.desk, row["mailbox"])
    if desk is None:
        raise OutreachError(f"the mailbox {row['mailbox']} was never launched", hint="outreach plan")
    mail = parse(store.read(inbox.raw, number))
    to, unused = _to(mail, row)
    who = reply.name(_name(mail))
    house = store.read(settings.house)
    seen = visible(mail.plain, mail.html)
    said = "\n\n".join(filter(None, (seen.text, seen.quoted))) or str(row["text"])
    below = (
        reply.signature(desk.mailbox, company),
        reply.quote(said, who or to, day_of(row["at"], house.timezone)),
    )
    outgoing = Outgoing(
        message_id=f"<{token_hex(16)}@{desk.mailbox.domain}>",
        to_email=to,
        to_name=who,
        subject=reply.subject(row["subject"]),
        text="\n\n".join(below) + "\n",
        html=None,
        references=reply.thread(mail.message_id or row["header_id"], tuple(reversed(mail.answers))),
    )
    answered = _answered(store, number)
    notes = (*unused, *_known(store, row, to), *([answered] if answered else []))
    return Answering(number, desk.mailbox, outgoing, notes, answered)


def _to(mail: Mail, row: Any) -> tuple[str, tuple[str, ...]]:
    """Where an answer goes, and a note if the mail asks for another place that we do not trust.

    A Reply-To counts where it is at the writer's own domain (not one that strangers share), or is the prospect:
    else anybody could draw an answer, with the thread quoted in it, to a place of their choice.
    """
    sender = mail.sender or str(row["sender"])
    asked = next(iter(addresses(mail.header("reply-to"))), "") or sender
    own = {sender.rpartition("@")[2]} - words("consumer_domains")
    trusted = asked in (row["email"], sender) or asked.rpartition("@")[2] in own
    try:
        to = prospect.address(asked if trusted else sender)
    except ValueError as exc:
        raise OutreachError(
            f"mail {row['id']} has no address that can be answered: {sender or 'nobody'}",
            hint="answer it in your mail program, then: " + f"outreach inbox done {row['id']}",
        ) from exc
    return to, () if trusted else (
        f"the mail asks for answers to {asked}, which may be anybody: not followed",
    )


def _name(mail: Mail) -> str:
    """The name before the address in From."""
    return mail.header("from").partition("<")[0].strip(" \"'") if "<" in mail.header("from") else ""


def _known(store: Store, row: Any, to: str) -> list[str]:
    """What speaks against one more mail to them."""
    notes = []
    blocked = store.read(suppressions.find, store.key, to)
    if blocked:
        notes.append(f"{to} is suppressed: {blocked.reason}")
    elif row["kind"] == Kind.OPT_OUT:
        notes.append(f"{to} asked for no more letters")
    return notes


def _answered(store: Store, number: int) -> str:
    """That a mail was answered already, or perhaps; "" if it was not, or the server refused the answer."""
    last = store.read(inbox.answered, number)
    if last is None or last.kind == inbox.NOT_ANSWERED:
        return ""
    return f"{last.kind} already, by {last.actor} on {last.at.day} {last.at:%b}"


def leave(
    store: Store, line: Line, answering: Answering, raw: bytes, *, clock: Callable[[], datetime], actor: str
) -> Answer:
    """Hand an answer's bytes to the mailbox's server, once; what that said. If it took them the mail is done.

    SentError where the answer has left, or may have, and more cannot be said.
    """
    number, outgoing = answering.number, answering.outgoing

    def note(kind: str) -> None:
        store.write(inbox.answering, number, kind, outgoing.message_id, now=clock(), actor=actor)

    # Noted before a byte leaves: whoever answers again after a crash is told.
    answer = asyncio.run(_once(line, outgoing.to_email, raw, lambda: note(inbox.PERHAPS_ANSWERED)))
    done = f"outreach inbox done {number}"
    if isinstance(answer, Unknown):
        raise SentError(
            f"it may have arrived, or not: {answer.text}",
            hint=f"look into Sent, or ask them; if it has arrived: {done}",
        )
    try:
        note(inbox.ANSWERED if isinstance(answer, Accepted) else inbox.NOT_ANSWERED)
    except StoreError as exc:
        if isinstance(answer, Accepted):
            raise SentError(f"it was sent, but that could not be noted: {exc.message}", hint=done) from exc
    return answer


class SentError(OutreachError):
    """The answer has left, or may have: nothing may make anybody send it again unasked."""


async def _once(line: Line, recipient: str, raw: bytes, begins: Callable[[], None]) -> Answer:
    """Offer a letter once, and call `begins` before its body leaves."""
    try:
        refusal = await line.open() or await line.offer(recipient, len(raw))
        if refusal is not None:
            return refusal
        begins()
        try:
            return await line.body(raw)
        except asyncio.CancelledError:  # Ctrl-C while the server decides
            return Unknown("body", "interrupted before the server had answered")
    finally:
        await line.close()


def file_copy(open_inbox: Callable[[Mailbox], Inbox], mailbox: Mailbox, raw: bytes, at: datetime) -> str:
    """Put a copy into the mailbox's Sent folder, unless its provider does that; why there is none, or ""."""
    if files_sent(endpoint(mailbox.smtp).host):
        return ""
    if not mailbox.imap:
        return f"{mailbox.address} has no imap"
    try:
        asyncio.run(_file(open_inbox, mailbox, raw, at))
    except MailboxError as exc:
        return exc.message
    except TimeoutError:
        return f"{mailbox.address} did not answer for {FILING} s"
    except KeyboardInterrupt:
        return "interrupted"
    return ""


async def _file(open_inbox: Callable[[Mailbox], Inbox], mailbox: Mailbox, raw: bytes, at: datetime) -> None:
    async with asyncio.timeout(FILING), open_inbox(mailbox) as folders:
        await folders.append_sent(raw, at)
