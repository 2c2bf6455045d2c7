"""All letters of one person in one campaign, for a preview: those to come as the files would write them now."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from outreach import policy, template
from outreach.campaign import Campaign, Workspace
from outreach.model import EnrollmentStatus, Hold, Mailbox, Outgoing, Prospect
from outreach.plan.draft import SENDER_FIELDS, Draft, Earlier, draft, template_fields
from outreach.plan.joining import likely_mailbox
from outreach.plan.values import Enrolled, Plan
from outreach.sequence import next_step


@dataclass(frozen=True, slots=True)
class Letters:
    """One person's letters. `status` is new, held, outside (not in the segment), or the enrollment's.

    `hold` says why a person is held; a single draft may be held too. `sent` are letters that have left.
    """

    person: Prospect
    mailbox: Mailbox
    language: str
    status: str
    drafts: tuple[Draft, ...]
    sent: tuple[Earlier, ...] = ()
    hold: Hold | None = None


def letters_of(
    workspace: Workspace,
    campaign: Campaign,
    person: Prospect,
    *,
    key: bytes,
    seed: str,
    now: datetime,
    keeper: str = "",
    status: str = "new",
    enrolled: Enrolled | None = None,
    hold: Hold | None = None,
) -> Letters:
    """The letters a person still gets, each as if those before it had left as early as they may.

    Nobody whose sequence has ended gets any more. `keeper` is the mailbox that wrote to their company first.
    """
    address = enrolled.mailbox if enrolled else likely_mailbox(workspace, campaign, person, seed, keeper)
    box = workspace.mailboxes.get(address) or Mailbox(address, "")  # gone from the files: the draft says so
    language = enrolled.language if enrolled else _language(workspace, campaign, person)
    sent = list(enrolled.sent) if enrolled else []
    found = Letters(person, box, language, enrolled.status if enrolled else status, (), tuple(sent), hold)
    if enrolled and enrolled.status not in (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED):
        return found
    due_at = enrolled.open.due_at if enrolled and enrolled.open and not sent else None
    drafts: list[Draft] = []
    while (place := next_step(campaign.steps, {each.letter for each in sent})) is not None:
        new = draft(
            workspace, campaign, place, person, box, language, key=key, now=now, earlier=sent, due_at=due_at
        )
        drafts.append(new)
        sent.append(Earlier(new.letter, new.message_id, new.subject, new.opens_at))
    return replace(found, drafts=tuple(drafts))


def outgoing(draft: Draft, email: str) -> Outgoing:
    """What the bytes of a draft are composed from: the same as those of its message once it is launched."""
    return Outgoing(
        message_id=draft.message_id,
        to_email=email,
        to_name=draft.to_name,
        subject=draft.subject,
        text=draft.content.text,
        html=draft.content.html,
        references=draft.thread,
        unsubscribe=draft.message_id[1:].partition("@")[0],
    )


def lacking_later(workspace: Workspace, made: Plan) -> Counter[str]:
    """What will hold follow-ups of people who are new: "retail-last: no city" -> people."""
    found: Counter[str] = Counter()
    steps = workspace.campaigns[made.campaign].steps[1:]
    for each in made.new:
        fields = template_fields(
            workspace.sender, each.prospect, workspace.mailboxes[each.mailbox], each.language
        )
        for step in steps:
            letter = workspace.letter(step.letter, each.language)
            lacking = template.missing(letter, fields) if letter else ()
            found.update(f"{step.letter}: no {name}" for name in lacking[:1])
    return found


def until_held(
    workspace: Workspace, campaign: Campaign, person: Prospect, mailbox: Mailbox, place: int
) -> tuple[int, str]:
    """How many steps of a campaign somebody gets at whose `place` a letter waits, and what holds the one after.

    That is "followup: no city", or "" where a person gets all of them.
    """
    language = workspace.language(campaign, str(person.fields.get("language", "")))
    if isinstance(language, str):
        certain = {*person.fields, "email", *(SENDER_FIELDS if _is_introduced(mailbox) else ())}
        for at, step in enumerate(campaign.steps[place + 1 :], start=place + 1):
            letter = workspace.letter(step.letter, language)
            if letter is None or letter.required <= certain:  # what is made of fields takes its time
                continue
            fields = template_fields(workspace.sender, person, mailbox, language)
            for name in template.missing(letter, fields)[:1]:
                return at, f"{step.letter}: no {name}"
    return len(campaign.steps), ""


def _is_introduced(mailbox: Mailbox) -> bool:
    """Whether a mailbox has all that a letter may say of who writes."""
    return bool(mailbox.name and mailbox.title and mailbox.phone)


def lacks(workspace: Workspace, letters: Letters, campaign: Campaign) -> tuple[str, ...]:
    """The fields of a person that some letter of the campaign needs and that are missing."""
    fields = template_fields(workspace.sender, letters.person, letters.mailbox, letters.language)
    texts = (workspace.letter(step.letter, letters.language) for step in campaign.steps)
    names = {name for text in texts if text for name in template.missing(text, fields)}
    return tuple(sorted(names.difference(SENDER_FIELDS)))


def own_text(workspace: Workspace, letters: Letters, draft: Draft) -> str:
    """The text of a draft without its footer."""
    letter = workspace.letter(draft.letter, letters.language)
    if letter is None:
        return draft.content.text
    person = letters.person
    footer = policy.footer(
        workspace.sender,
        letters.mailbox,
        letters.language or letter.language,
        source=person.source,
        basis=person.basis,
    )
    return draft.content.text.rstrip().removesuffix(footer).rstrip()


def _language(workspace: Workspace, campaign: Campaign, person: Prospect) -> str:
    """The language of a person's letters; one that not all letters have is taken as it is, for the preview."""
    wanted = str(person.fields.get("language", ""))
    language = workspace.language(campaign, wanted)
    return wanted.lower() if isinstance(language, Hold) else language
