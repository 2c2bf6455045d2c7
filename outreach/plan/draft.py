"""One letter to one prospect before it is a message: its text, thread, times, or why it is held."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from itertools import takewhile

from outreach import compose, policy, template
from outreach.campaign import Campaign, Workspace, no_text
from outreach.errors import ComposeError
from outreach.model import Content, Fields, Hold, Mailbox, Prospect, Rendered, Sender, Value
from outreach.plan import linting
from outreach.prospect import derived
from outreach.schedule.window import due_after, next_opening
from outreach.schedule.zones import zone_of
from outreach.template import Letter

DEFAULT_LANGUAGE = "en"  # of a letter whose file's name says none: that of its footer
SENDER_FIELDS = ("sender_name", "sender_title", "sender_phone", "sender_email", "sender_company")
GONE = " is gone from outreach.toml"
NEVER_OPEN = Hold("window", "the window does not open within a year", "check [window] and its blackout days")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A letter of this sequence that has been sent."""

    letter: str
    message_id: str
    subject: str
    sent_at: datetime
    revision: int = 0  # the number of the revision it was written under; 0 where nobody asks


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be. `hold` is set where it may not leave; then the texts may be empty."""

    letter: str
    step: int
    message_id: str
    thread: tuple[str, ...]
    to_name: str
    content: Content
    due_at: datetime
    opens_at: datetime
    closes_at: datetime
    hold: Hold | None = None

    @property
    def subject(self) -> str:
        return self.content.subject or ""

    @property
    def fingerprint(self) -> str:
        """Changes with every change of what the reader would get."""
        return fingerprint(self.letter, self.content, self.to_name)


def fingerprint(letter: str, content: Content, to_name: str) -> str:
    """16 hex digits over everything of a letter that its reader sees."""
    parts = (letter, content.subject or "", content.text, content.html or "", to_name)
    return blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def draft(
    workspace: Workspace,
    campaign: Campaign,
    step: int,
    prospect: Prospect,
    mailbox: Mailbox,
    language: str,
    *,
    key: bytes,
    now: datetime,
    earlier: Sequence[Earlier] = (),
    due_at: datetime | None = None,
) -> Draft:
    """The letter of that step for that prospect. The first is due at `due_at`, or a grace after `now`; a
    later one its delay after the last one was actually sent. None opens before `now`.
    """
    letter = campaign.steps[step].letter
    content, hold = written(workspace, letter, prospect, mailbox, language, earlier)
    threaded = content.subject is None
    subject = earlier[-1].subject if threaded and earlier else content.subject
    zone = zone_of(prospect.fields, workspace.sender.timezone)
    country = str(prospect.fields.get("country", ""))
    if earlier:
        due_at = due_after(earlier[-1].sent_at, campaign.steps[step].after, zone, country)
    due_at = due_at or now + campaign.grace
    opening = next_opening(max(due_at, now), campaign.window, zone, country)
    return Draft(
        letter=letter,
        step=step,
        message_id=compose.message_id(key, campaign.stem, prospect.email, letter, mailbox.domain),
        thread=_thread(earlier) if threaded else (),
        to_name=_to_name(prospect.fields),
        content=replace(content, subject=subject),
        due_at=due_at,
        opens_at=opening.opens_at if opening else due_at,
        closes_at=opening.closes_at if opening else due_at,
        hold=gone(workspace, mailbox.address) or hold or (None if opening else NEVER_OPEN),
    )


def gone(workspace: Workspace, address: str) -> Hold | None:
    """The hold of a mailbox that was taken out of the files: it writes no more."""
    known = address in workspace.mailboxes
    return None if known else Hold("mailbox", f"{address}{GONE}", "put the mailbox back into outreach.toml")


def _thread(earlier: Sequence[Earlier]) -> tuple[str, ...]:
    """The Message-IDs of the thread that the last letter stands in: a new subject begins a new one."""
    same = takewhile(lambda each: each.subject == earlier[-1].subject, reversed(earlier))
    return tuple(each.message_id for each in same)[::-1]


def written(
    workspace: Workspace,
    stem: str,
    prospect: Prospect,
    mailbox: Mailbox,
    language: str,
    earlier: Sequence[Earlier] = (),
) -> tuple[Content, Hold | None]:
    """The content with its footer, and why it must be held, if it must. The subject is None in a thread."""
    nothing = Content(None, "")
    letter = workspace.letter(stem, language)
    if letter is None:
        return nothing, no_text(stem, language.partition("-")[0])
    fields = template_fields(workspace.sender, prospect, mailbox, language or letter.language)
    missing = template.missing(letter, fields)
    if missing:
        return nothing, Hold("missing", f"no {missing[0]}", "fill the column and import the file again")
    try:
        rendered = template.render(letter, fields)
        if rendered.content.subject is not None:
            compose.header_value(rendered.content.subject, limit=compose.SUBJECT_LIMIT, what="the subject")
        compose.display_name(_to_name(fields), what="the name")
    except template.RenderError as exc:
        return nothing, Hold("render", exc.message, exc.hint)
    except ComposeError as exc:
        return nothing, Hold("header", exc.message, exc.hint)
    content = policy.with_footer(
        rendered.content,
        workspace.sender,
        mailbox,
        language or letter.language,
        source=prospect.source,
        basis=prospect.basis,
    )
    return content, _finding(workspace, letter, rendered, not earlier) or _reply(rendered, earlier)


def template_fields(sender: Sender, prospect: Prospect, mailbox: Mailbox, language: str) -> dict[str, Value]:
    """What a template may use: the prospect's fields and address, what is made of them for a letter in that
    language ("" is English, as in the footer), and who writes (`sender_...`).
    """
    values = (mailbox.name, mailbox.title, mailbox.phone, mailbox.address, sender.company)
    ours = {name: value for name, value in zip(SENDER_FIELDS, values, strict=True) if value}
    made = derived(prospect.fields, language or DEFAULT_LANGUAGE)
    return {**prospect.fields, **made, **ours, "email": prospect.email}


def _finding(workspace: Workspace, letter: Letter, rendered: Rendered, first: bool) -> Hold | None:
    """The hold of the first error in the letter: its place in the template, or the value that brings it."""
    found = linting.holding(workspace, letter, rendered, first=first)
    if found is None:
        return None
    what = f"{found.message} ({found.code})"
    spans = {"subject": rendered.subject_map, "text": rendered.text_map}.get(found.part, ())
    field = next((each.field for each in spans if each.start <= found.start < each.end), "")
    if field:
        name = field.partition("|")[0].strip()
        return Hold("lint", f"`{name}` brings {what}", "mend the field and import the file again")
    return Hold("lint", f"{found.where}: {what}", found.hint or f"outreach rule {found.code}")


def _reply(rendered: Rendered, earlier: Sequence[Earlier]) -> Hold | None:
    """A first letter must not pretend to answer; a follow-up keeps the subject that was sent."""
    subject = rendered.content.subject
    if subject is not None and compose.false_reply(subject):
        return Hold("reply", "the subject pretends to be a reply", "write a subject without Re: or Fwd:")
    if subject is None and not earlier:
        return Hold("subject", "a letter in no thread needs a subject", "give it a Subject: line")
    return None


def _to_name(fields: Fields) -> str:
    names = [str(fields[name]) for name in ("first_name", "last_name") if name in fields]
    name = " ".join(names) or str(fields.get("full_name", ""))
    return name if len(name) <= compose.NAME_LIMIT else ""
