"""A person's answer to a mail that came back: the draft to write in, and its bytes (RFC 5322 3.6.4).

What stands in the draft comes from a stranger's mail: the name, the subject and the Message-IDs are taken only as
far as they can stand in a header.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from outreach import subjects
from outreach.compose.body import body, canonical
from outreach.compose.headers import SUBJECT_LIMIT, display_name, header_value, headers
from outreach.compose.readback import check
from outreach.errors import ComposeError
from outreach.model import Mailbox, Outgoing

MOST_QUOTED = 400  # lines of the mail that is answered
MOST_REFERENCES = 20  # Message-IDs: the first of a thread and its newest
_STANDS = re.compile(r"[!-;=?-~]{1,900}")  # what of a Message-ID can be named between < and >
_GAP = re.compile(r"\n[ \t]{0,100}\n")  # editors may indent an empty line
_HEAD = re.compile(r"(To|From|Subject):[ \t]{0,20}(.{0,2000})", re.IGNORECASE)


def compose(outgoing: Outgoing, mailbox: Mailbox, at: datetime) -> bytes:
    """The whole message as `compose.compose` makes it, but without an opt-out: one person writes to another.

    It is read back before it is given. Raises ComposeError where something cannot be written safely.
    """
    raw = headers(outgoing, mailbox, at, by_hand=True) + body(outgoing)
    check(raw, outgoing, mailbox, by_hand=True)
    return raw


def subject(theirs: str) -> str:
    """The subject of an answer to a mail with that subject: one mark of an answer before it, whichever it was."""
    text = " ".join("".join(char if char.isprintable() else " " for char in theirs).split())
    text = unicodedata.normalize("NFC", text).replace("=?", "= ?")
    text = text if subjects.marked(text) else f"Re: {text or '(no subject)'}"
    return text[:SUBJECT_LIMIT].rstrip()


def name(theirs: str) -> str:
    """A stranger's display name as it may stand before an address; "" for one that may not."""
    try:
        return display_name(theirs, what="the name")
    except ComposeError:
        return ""


def thread(message_id: str, references: Sequence[str]) -> tuple[str, ...]:
    """The References of an answer, oldest first: those of the mail and its own Message-ID (RFC 5322 3.6.4).

    All without brackets; those that cannot stand in a header are left out, as is the middle of a long thread.
    """
    wanted = (*references, *([message_id] if message_id else []))
    fit = [each for each in wanted if _STANDS.fullmatch(each) and "=?" not in each]
    newest_last = list(dict.fromkeys(reversed(fit)))[::-1]
    if len(newest_last) > MOST_REFERENCES:
        newest_last = [newest_last[0], *newest_last[1 - MOST_REFERENCES :]]
    return tuple(f"<{each}>" for each in newest_last)


def signature(mailbox: Mailbox, company: str) -> str:
    """Who writes, a line each: name, title, company, phone."""
    return "\n".join(filter(None, (mailbox.name, mailbox.title, company, mailbox.phone)))


def quote(text: str, who: str, day: date) -> str:
    """A mail's text as an answer quotes it, under a line that says who wrote it when."""
    lines = canonical(text).strip("\n").split("\n")
    left_out = ["> [...]"] if len(lines) > MOST_QUOTED else []
    quoted = (
        f"> {line}".rstrip() if not line.startswith(">") else f">{line}" for line in lines[:MOST_QUOTED]
    )
    return "\n".join((f"On {day:%a} {day.day} {day:%b %Y}, {who} wrote:", *quoted, *left_out))


def draft(outgoing: Outgoing, mailbox: Mailbox, words: str = "") -> str:
    """What a person writes an answer in: the head, an empty line, the words or room for them, then the rest.

    The rest is `outgoing.text`: signature and quoted mail.
    """
    above = canonical(words).strip("\n")
    return f"{head(outgoing, mailbox)}\n\n{above}\n\n{outgoing.text}"


def head(outgoing: Outgoing, mailbox: Mailbox) -> str:
    """To, From and Subject, a line each."""
    told = {
        "To": _person(outgoing.to_name, outgoing.to_email),
        "From": _person(mailbox.name, mailbox.address),
        "Subject": outgoing.subject,
    }
    return "\n".join(f"{label}: {value}" for label, value in told.items())


def _person(who: str, address: str) -> str:
    return f"{who} <{address}>" if who else address


def written(text: str, outgoing: Outgoing, mailbox: Mailbox) -> Outgoing | None:
    """The answer that a draft has become; None where nothing was added to it.

    The subject may be another one then. Raises ComposeError where the head is gone or names other people.
    """
    given, *others = _GAP.split(canonical(text.removeprefix("\ufeff")).lstrip("\n"), maxsplit=1)
    rest = others[0] if others else ""
    found = {hit[1].title(): hit[2].strip() for line in given.split("\n") if (hit := _HEAD.fullmatch(line))}
    if len(found) != 3 or len(given.split("\n")) != 3:
        raise ComposeError(
            "the draft does not begin with its three lines To, From and Subject, and an empty one",
            hint="Put them back, or remove the file to begin anew.",
        )
    ours = dict(line.split(": ", 1) for line in head(outgoing, mailbox).split("\n"))
    for label in ("To", "From"):
        if found[label] != ours[label].strip():
            raise ComposeError(
                f"the draft is {label.lower()} {found[label]}, this answer {label.lower()} {ours[label]}"
            )
    if _lines(rest) <= _lines(outgoing.text):
        return None
    title = header_value(found["Subject"], limit=SUBJECT_LIMIT, what="the subject")
    return replace(outgoing, subject=title, text=rest.strip("\n") + "\n")


def _lines(text: str) -> set[str]:
    return {line.strip() for line in text.split("\n")} - {""}
