"""Whether somebody may join a campaign, and which mailbox writes to them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from outreach.campaign import Campaign, Workspace
from outreach.model import Hold, Mailbox, Prospect
from outreach.plan.draft import draft
from outreach.plan.values import Enrollment, Held, State
from outreach.prospect import undeliverable
from outreach.prospect.refusals import unwilling
from outreach.schedule.zones import day_of
from outreach.sequence import COLLEAGUE, quiet_until


def join(
    workspace: Workspace,
    campaign: Campaign,
    prospect: Prospect,
    state: State,
    as_of: datetime,
    *,
    colleagues: int,
    keeper: str,
) -> Enrollment | Held:
    """The enrollment of a prospect with the first letter, or the first reason why not.

    `colleagues` are people of the same company in the campaign, `keeper` is the mailbox that wrote to the
    company first, "" for none.
    """
    for hold in _holds(workspace, campaign, prospect, state, as_of, colleagues):
        return Held(prospect.id, prospect.email, hold)
    language = workspace.language(campaign, str(prospect.fields.get("language", "")))
    address = mailbox_of(workspace, campaign, prospect, state.seed, keeper)
    if isinstance(language, Hold):
        return Held(prospect.id, prospect.email, language)
    if isinstance(address, Hold):
        return Held(prospect.id, prospect.email, address)
    mailbox = workspace.mailboxes[address]
    first = draft(workspace, campaign, 0, prospect, mailbox, language, key=state.key, now=as_of)
    if first.hold:
        return Held(prospect.id, prospect.email, first.hold)
    owner = _owner(prospect)
    another = owner if mailbox.owner and owner and not _is_of(mailbox, owner) else ""
    return Enrollment(prospect, address, language, first, another)


def _holds(
    workspace: Workspace,
    campaign: Campaign,
    prospect: Prospect,
    state: State,
    as_of: datetime,
    colleagues: int,
) -> Iterator[Hold]:
    """Why a prospect may not join, before any text is written."""
    reason = state.suppressed(prospect.email)
    if reason:
        yield Hold("suppressed", f"suppressed: {reason.partition(':')[0]}")
    if prospect.id in state.paused:
        yield Hold("paused", f"paused: {state.paused[prospect.id] or 'by hand'}", "outreach why EMAIL")
    if workspace.is_key_account(prospect.email):
        yield Hold("key_account", "key account: no campaign may take them on", "[limits] key_accounts")
    if campaign.excludes(prospect.email):
        yield Hold("excluded", "in an exclude file")
    if undeliverable(prospect.fields):
        yield Hold(
            "undeliverable", "a verifier found the address invalid", "another address, or verified=valid"
        )
    if unwilling(prospect.fields):
        yield Hold("consent", "the list says they did not consent", "consent=yes once they have agreed")
    if campaign.exclusive and prospect.id in state.elsewhere:
        yield Hold("elsewhere", f"in campaign {state.elsewhere[prospect.id]}")
    replied = state.replies.people.get(prospect.id)
    company_replied = state.replies.companies.get(prospect.company)
    quiet = quiet_until(workspace.limits, replied, company_replied)
    if quiet and as_of < quiet:
        yield Hold("replied", "replied lately" if replied else COLLEAGUE)
    yield from _cool_off(workspace, campaign, prospect, state, as_of)
    people = workspace.limits.company_people
    if colleagues >= people:
        yield Hold("company", f"{people} people of the company are in it", "[limits] company_people")


def _cool_off(
    workspace: Workspace, campaign: Campaign, prospect: Prospect, state: State, as_of: datetime
) -> Iterator[Hold]:
    """The rest that somebody has between two campaigns."""
    last = state.written.get(prospect.id)
    days = workspace.limits.cool_off_days if campaign.cool_off is None else campaign.cool_off
    if last and as_of < last.at + timedelta(days=days):
        free = day_of(last.at + timedelta(days=days), workspace.sender.timezone)
        fix = f"free from {free.isoformat()}; the rest is `cool_off` of the campaign or of [limits]"
        yield Hold("cool_off", f"got {last.campaign} less than {days} days ago", fix)


def mailbox_of(
    workspace: Workspace, campaign: Campaign, prospect: Prospect, seed: str, keeper: str
) -> str | Hold:
    """The mailbox that writes to a prospect: the same for everybody of a company, at all times.

    It is the `keeper`, which wrote to the company first, where the campaign has it. A keeper that is a
    seller's (it has an `owner`) keeps the company from all other mailboxes. Else it is the mailbox of the
    prospect's `owner`, where the campaign's mailboxes have owners; else one that the seed draws.
    """
    if keeper in campaign.mailboxes:
        return keeper
    kept_by = workspace.mailboxes.get(keeper)
    if kept_by and kept_by.owner:
        return Hold("owner", f"{keeper} writes to their company", f"put {keeper} into `mailboxes`")
    boxes, owner = campaign.mailboxes, _owner(prospect)
    if owner and any(workspace.mailboxes[each].owner for each in boxes):
        boxes = tuple(each for each in boxes if _is_of(workspace.mailboxes[each], owner))
        if not boxes:
            fix = f'the owner\'s address in `mailboxes`, with owner = "{owner}" in its [[mailbox]]'
            return Hold("owner", f"their owner {owner} has no mailbox in it", fix)
    return _drawn(boxes, prospect, seed)


def likely_mailbox(
    workspace: Workspace, campaign: Campaign, prospect: Prospect, seed: str, keeper: str
) -> str:
    """The mailbox of somebody who may not join at all: whose letters are shown all the same."""
    found = mailbox_of(workspace, campaign, prospect, seed, keeper)
    return _drawn(campaign.mailboxes, prospect, seed) if isinstance(found, Hold) else found


def _drawn(boxes: Sequence[str], prospect: Prospect, seed: str) -> str:
    digest = blake2b(f"{seed}|{prospect.company}".encode(), digest_size=8).digest()
    return boxes[int.from_bytes(digest, "big") % len(boxes)]


def _owner(prospect: Prospect) -> str:
    return str(prospect.fields.get("owner", "")).strip().casefold()


def _is_of(mailbox: Mailbox, owner: str) -> bool:
    """Whether an owner, as lists name one (a short name, a full name, an address), is a mailbox's."""
    return owner in (mailbox.owner.casefold(), mailbox.name.casefold(), mailbox.address)
