"""What the new files change for somebody who is in the campaign already."""

from collections.abc import Iterator
from datetime import datetime
from typing import TypeAlias

from outreach.campaign import Campaign, Workspace
from outreach.model import EnrollmentStatus, Mailbox, MessageStatus
from outreach.plan.draft import GONE, NEVER_OPEN, Draft, draft, fingerprint
from outreach.plan.values import Enrolled, Held, Leaving, Open, Replacement, Reworded
from outreach.schedule.window import Opening, next_opening
from outreach.schedule.zones import zone_of
from outreach.sequence import next_step

WAITING = (MessageStatus.SCHEDULED, MessageStatus.CLAIMED, MessageStatus.HELD)

Change: TypeAlias = Held | Reworded | Replacement | Leaving


def changes(
    workspace: Workspace,
    campaign: Campaign,
    enrolled: Enrolled,
    *,
    key: bytes,
    as_of: datetime,
    launched: Campaign | None,
) -> Iterator[Change]:
    """What a launch of these files does to the letter that waits, and why it is held if it is."""
    waiting, person = enrolled.open, enrolled.prospect
    gone = campaign.excludes(person.email) or workspace.is_key_account(person.email)
    if enrolled.status == EnrollmentStatus.ACTIVE and gone:
        reason = "in an exclude file" if campaign.excludes(person.email) else "a key account"
        yield Leaving(person.id, person.email, waiting.id if waiting else None, reason)
        return
    if enrolled.status != EnrollmentStatus.ACTIVE or waiting is None or waiting.status not in WAITING:
        return
    place = next_step(campaign.steps, {each.letter for each in enrolled.sent})
    if place is None:
        yield Replacement(enrolled.id, waiting.id, person.email, waiting.letter, None)
        return
    new = draft(
        workspace,
        campaign,
        place,
        person,
        workspace.mailboxes.get(enrolled.mailbox, Mailbox(enrolled.mailbox, "")),
        enrolled.language,
        key=key,
        now=as_of,
        earlier=enrolled.sent,
        due_at=None if enrolled.sent else waiting.due_at,
    )
    same = waiting.letter in (campaign.steps[place].letter, campaign.steps[place].was)
    if new.hold and not (same and waiting.reason == new.hold.reason):
        yield Held(person.id, person.email, new.hold)
    if not same:
        yield Replacement(enrolled.id, waiting.id, person.email, waiting.letter, new)
        return
    text, moved = _differences(workspace, campaign, enrolled, waiting, new, as_of, launched)
    if text or moved:
        yield Reworded(waiting.id, person.email, new, text, moved, max(waiting.opens_at, as_of))


def _differences(
    workspace: Workspace,
    campaign: Campaign,
    enrolled: Enrolled,
    waiting: Open,
    new: Draft,
    as_of: datetime,
    launched: Campaign | None,
) -> tuple[bool, bool]:
    """Whether a waiting letter's text (or that it is held), and whether its times differ under the new files."""
    if new.hold:
        return waiting.reason != new.hold.reason, False
    # A letter that only has another name by now is the same to its reader.
    text = waiting.fingerprint != fingerprint(waiting.letter, new.content, new.to_name)
    if waiting.status == MessageStatus.HELD and not text:
        # Held by a server, or because it could not be composed, the same text would fare the same.
        return False, waiting.reason in (NEVER_OPEN.reason, f"{enrolled.mailbox}{GONE}")
    opens_at = max(waiting.opens_at, as_of)
    if (opens_at, waiting.closes_at) == (new.opens_at, new.closes_at):
        return text, False
    # Times also differ for what has happened since: a deferral, a missed window. That alone is no change.
    moved = _delay(campaign, new.letter) != _delay(launched, waiting.letter)
    moved = moved or (launched is not None and launched.window != campaign.window)
    if not moved and opens_at < waiting.closes_at:
        fields = enrolled.prospect.fields
        zone = zone_of(fields, workspace.sender.timezone)
        now_open = next_opening(opens_at, campaign.window, zone, str(fields.get("country", "")))
        moved = now_open != Opening(opens_at, waiting.closes_at)
    return text, moved


def _delay(campaign: Campaign | None, letter: str) -> tuple[object, ...]:
    """The delay before a letter; nothing where it is not a step."""
    return tuple(step.after for step in campaign.steps if step.letter == letter) if campaign else ()
