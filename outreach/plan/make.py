"""Workspace x state -> Plan. Pure: the same arguments give the same plan."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from outreach import segment, template
from outreach.campaign import Campaign, Workspace
from outreach.errors import InputError
from outreach.model import EnrollmentStatus, FieldType, Hold, MessageStatus, Prospect, Value
from outreach.plan.draft import SENDER_FIELDS, Draft, draft
from outreach.plan.values import Enrolled, Enrollment, Held, Plan, Replacement, Reworded, State
from outreach.prospect import KNOWN
from outreach.sequence import next_step

WAITING = (MessageStatus.SCHEDULED, MessageStatus.HELD)


@dataclass(slots=True)
class _Making:
    """What a plan gathers while it goes through the people."""

    new: list[Enrollment] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    reworded: list[Reworded] = field(default_factory=list)
    replaced: list[Replacement] = field(default_factory=list)
    companies: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    matched: int = 0
    kept: int = 0


def make(
    workspace: Workspace, stem: str, state: State, *, as_of: datetime, launched: Workspace | None = None
) -> Plan:
    """The plan of a campaign as of a moment; `launched` is what its launched revision says.

    Raises InputError where the segment or a letter cannot be used with the fields that prospects have.
    """
    campaign = workspace.campaigns[stem]
    condition = condition_of(workspace, campaign, state)
    _check_letters(workspace, campaign, state)
    before = launched.campaigns[stem] if launched else None
    making = _Making()
    for enrolled in state.enrolled.values():
        making.companies[enrolled.prospect.company] += 1
        _go_on(workspace, campaign, before, enrolled, state, as_of, making)
    for prospect in state.prospects:
        fields = matchable(prospect)
        if condition.match(fields) is not True:
            making.unknown.update(condition.unknown(fields))
            continue
        making.matched += 1
        if prospect.id not in state.enrolled:
            _join(workspace, campaign, prospect, state, as_of, making)
    settings = settings_digest(workspace, campaign)
    return Plan(
        campaign=stem,
        as_of=as_of,
        new=tuple(making.new),
        held=tuple(making.held),
        reworded=tuple(making.reworded),
        replaced=tuple(making.replaced),
        kept=making.kept,
        matched=making.matched,
        unknown=dict(making.unknown),
        settings=settings,
        newest=state.newest,
        files_changed=launched is None or settings != settings_digest(launched, launched.campaigns[stem]),
    )


def condition_of(workspace: Workspace, campaign: Campaign, state: State) -> segment.Condition:
    """The campaign's condition; InputError at its place in the file if it cannot be used."""
    try:
        return segment.parse(campaign.segment, types=known_fields(state.types), named=workspace.segments)
    except segment.SegmentError as exc:
        raise InputError([workspace.segment_problem(campaign, exc)]) from exc


def known_fields(imported: Mapping[str, FieldType]) -> dict[str, FieldType]:
    """The fields that conditions and letters may name: the standard ones and those of imported files."""
    return {**KNOWN, **imported}


def matchable(prospect: Prospect) -> dict[str, Value]:
    """A prospect's fields as conditions see them."""
    return {
        **prospect.fields,
        "email": prospect.email,
        "source": prospect.source,
        "basis": prospect.basis,
    }


def _check_letters(workspace: Workspace, campaign: Campaign, state: State) -> None:
    known = {*known_fields(state.types), *SENDER_FIELDS}
    letters = [letter for step in campaign.steps for letter in workspace.letters[step.letter].values()]
    problems = {problem for letter in letters for problem in template.check_fields(letter, known)}
    if problems:
        raise InputError(problems)


def settings_digest(workspace: Workspace, campaign: Campaign) -> str:
    """A digest of what a campaign's files mean: comments and spaces do not count."""
    letters = [
        (stem, language, letter.format, letter.source, letter.has_subject)
        for stem in sorted({step.letter for step in campaign.steps})
        for language, letter in sorted(workspace.letters[stem].items())
    ]
    partials = sorted((name, text) for name, text in workspace.files.items() if "/_" in name)
    boxes = [workspace.mailboxes[address] for address in sorted(campaign.mailboxes)]
    window = campaign.window
    meaning = (
        (campaign.name, campaign.segment, sorted(campaign.excluded), campaign.mailboxes, campaign.steps),
        (campaign.enroll, campaign.max_new_per_day, campaign.grace, campaign.exclusive),
        (sorted(window.days), window.start, window.end, window.timezone, sorted(window.blackout)),
        (sorted(workspace.segments.items()), letters, partials, boxes),
        (workspace.sender, workspace.limits),
    )
    return blake2b(repr(meaning).encode(), digest_size=16).hexdigest()


def _join(
    workspace: Workspace,
    campaign: Campaign,
    prospect: Prospect,
    state: State,
    as_of: datetime,
    making: _Making,
) -> None:
    """Enroll a prospect, or hold them with the first reason found."""
    for hold in _holds(workspace, campaign, prospect, state, making):
        making.held.append(Held(prospect.id, prospect.email, hold))
        return
    language = workspace.language(campaign, str(prospect.fields.get("language", "")))
    assert isinstance(language, str)  # a Hold was found above
    address = mailbox_of(campaign, prospect, state.seed)
    mailbox = workspace.mailboxes[address]
    first = draft(workspace, campaign, 0, prospect, mailbox, language, key=state.key, now=as_of)
    if first.hold:
        making.held.append(Held(prospect.id, prospect.email, first.hold))
        return
    making.companies[prospect.company] += 1
    making.new.append(Enrollment(prospect, address, language, first))


def _holds(
    workspace: Workspace, campaign: Campaign, prospect: Prospect, state: State, making: _Making
) -> Iterator[Hold]:
    """Why a prospect may not join, before any text is written."""
    reason = state.suppressed(prospect.email)
    if reason:
        yield Hold("suppressed", f"suppressed: {reason.partition(':')[0]}")
    if campaign.excludes(prospect.email):
        yield Hold("excluded", "in an exclude file")
    if campaign.exclusive and prospect.id in state.elsewhere:
        yield Hold("elsewhere", f"in campaign {state.elsewhere[prospect.id]}")
    people = workspace.limits.company_people
    if making.companies[prospect.company] >= people:
        yield Hold("company", f"{people} people of the company are in it", "[limits] company_people")
    language = workspace.language(campaign, str(prospect.fields.get("language", "")))
    if isinstance(language, Hold):
        yield language


def mailbox_of(campaign: Campaign, prospect: Prospect, seed: str) -> str:
    """The mailbox that writes to a prospect: the same for everybody of a company."""
    digest = blake2b(f"{seed}|{prospect.company}".encode(), digest_size=8).digest()
    return campaign.mailboxes[int.from_bytes(digest, "big") % len(campaign.mailboxes)]


def _go_on(
    workspace: Workspace,
    campaign: Campaign,
    launched: Campaign | None,
    enrolled: Enrolled,
    state: State,
    as_of: datetime,
    making: _Making,
) -> None:
    """What the new files change for somebody who is in the campaign already."""
    if enrolled.sent:
        making.kept += 1
    waiting = enrolled.open
    if enrolled.status != EnrollmentStatus.ACTIVE or waiting is None or waiting.status not in WAITING:
        return
    email = enrolled.prospect.email
    place = next_step(campaign.steps, {each.letter for each in enrolled.sent})
    if place is None:
        making.replaced.append(Replacement(enrolled.id, waiting.id, email, waiting.letter, None))
        return
    box = workspace.mailboxes.get(enrolled.mailbox)
    if box is None:
        making.held.append(
            Held(
                enrolled.prospect.id, email, Hold("mailbox", f"{enrolled.mailbox} is gone from outreach.toml")
            )
        )
        return
    new = draft(
        workspace,
        campaign,
        place,
        enrolled.prospect,
        box,
        enrolled.language,
        key=state.key,
        now=as_of,
        earlier=enrolled.sent,
        due_at=None if enrolled.sent else waiting.due_at,
    )
    step = campaign.steps[place]
    if waiting.letter not in (step.letter, step.was):
        making.replaced.append(Replacement(enrolled.id, waiting.id, email, waiting.letter, new))
        return
    _compare(enrolled, new, campaign, launched, as_of, making)


def _compare(
    enrolled: Enrolled,
    new: Draft,
    campaign: Campaign,
    launched: Campaign | None,
    as_of: datetime,
    making: _Making,
) -> None:
    """Note a waiting letter whose text or times differ under the new files."""
    waiting, email = enrolled.open, enrolled.prospect.email
    assert waiting is not None
    if new.hold:
        if waiting.reason != new.hold.reason:
            making.held.append(Held(enrolled.prospect.id, email, new.hold))
            making.reworded.append(Reworded(waiting.id, email, new, text=True, moved=False))
        return
    text = waiting.fingerprint != new.fingerprint
    if waiting.status == MessageStatus.HELD and not text:
        return  # held for another reason: refused by a server, or deferred too long
    # A window that is open already opens "now" in the new draft: that alone is no change.
    times = (max(waiting.opens_at, as_of), waiting.closes_at)
    moved = times != (new.opens_at, new.closes_at) and _timing(campaign, new.letter) != _timing(
        launched, new.letter
    )
    if text or moved:
        making.reworded.append(Reworded(waiting.id, email, new, text=text, moved=moved))


def _timing(campaign: Campaign | None, letter: str) -> tuple[object, ...]:
    """What the times of a letter depend on."""
    if campaign is None:
        return ()
    return (campaign.window, *(step.after for step in campaign.steps if step.letter == letter))
