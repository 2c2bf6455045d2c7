"""Workspace x state -> Plan. Pure: the same arguments give the same plan."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from outreach import segment, template
from outreach.campaign import Campaign, Workspace
from outreach.errors import InputError, Where
from outreach.model import FieldType, Mailbox, Prospect, Value, Window
from outreach.plan import doubts, linting
from outreach.plan.changes import changes
from outreach.plan.draft import SENDER_FIELDS
from outreach.plan.joining import join
from outreach.plan.stands import stand_of, turns
from outreach.plan.values import (
    Enrolled,
    Enrollment,
    Held,
    Leaving,
    Plan,
    Replacement,
    Reworded,
    Stand,
    State,
)
from outreach.prospect import KNOWN
from outreach.segment.history import CAMPAIGN, LETTER, TAG


@dataclass(slots=True)
class _Making:
    """What a plan gathers while it goes through the people; `history` is what its condition asks for."""

    history: segment.History
    new: list[Enrollment] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    reworded: list[Reworded] = field(default_factory=list)
    replaced: list[Replacement] = field(default_factory=list)
    leaving: list[Leaving] = field(default_factory=list)
    companies: Counter[str] = field(default_factory=Counter)
    keepers: dict[str, str] = field(default_factory=dict)  # of companies that are new
    unknown: Counter[str] = field(default_factory=Counter)
    undecided: int = 0
    matched: int = 0
    stands: Counter[Stand] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def found(self) -> dict[str, Any]:
        """All of it, as a Plan has it."""
        lists = ("new", "held", "reworded", "replaced", "leaving")
        counts = ("stands", "passed", "gained", "lost", "unknown")
        return {
            **{name: tuple(getattr(self, name)) for name in lists},
            **{name: dict(getattr(self, name)) for name in counts},
            "matched": self.matched,
            "undecided": self.undecided,
        }

    def finds(self, condition: segment.Condition, prospect: Prospect) -> bool:
        """Whether the condition is true for somebody; counts them, or the fields that leave it open."""
        known = matchable(prospect, self.history)
        if condition.match(known) is True:
            self.matched += 1
            return True
        lacking = condition.unknown(known)
        self.unknown.update(lacking)
        self.undecided += bool(lacking)
        return False


def make(
    workspace: Workspace,
    stem: str,
    state: State,
    *,
    as_of: datetime,
    launched: Workspace | None = None,
    ended: bool = False,
) -> Plan:
    """The plan of a campaign as of a moment; `launched` is what its launched revision says, `ended` whether
    the campaign was ended since.

    Raises InputError where the segment or a letter cannot be used with the fields that prospects have.
    """
    if launched and not workspace.lint.accepted:
        workspace = workspace.accepting(launched.lint.accepted)  # until another launch says otherwise
    campaign = workspace.campaigns[stem]
    condition = condition_of(workspace, campaign, state, launched)
    _check_letters(workspace, campaign, state)
    making = _Making(state.past.of(condition.uses, as_of))
    for enrolled in state.enrolled.values():
        _go_on(workspace, campaign, enrolled, state, as_of, launched, making)
    for prospect in state.prospects:
        if making.finds(condition, prospect) and prospect.id not in state.enrolled:
            _join(workspace, campaign, prospect, state, as_of, making)
    # People stay with the mailbox that wrote first, also where the campaign has others by now.
    boxes = {*campaign.mailboxes, *(each.mailbox for each in state.enrolled.values())}
    settings = settings_digest(workspace, campaign, boxes)
    return Plan(
        campaign=stem,
        as_of=as_of,
        **making.found(),
        doubts=(
            *doubts.of_condition(condition, lambda: state.past.names(TAG)),
            *doubts.of_steps(campaign, launched.campaigns[stem] if launched else None),
            *doubts.of_lists(workspace, campaign),
        ),
        settings=settings,
        newest=state.newest,
        base=state.base,
        mailboxes=tuple(sorted(boxes & workspace.mailboxes.keys())),
        sellers=frozenset(each.address for each in workspace.mailboxes.values() if each.owner),
        files_changed=launched is None
        or settings != settings_digest(launched, launched.campaigns[stem], boxes),
        restarts=ended,
        findings=linting.findings(workspace, campaign),
        accepted=workspace.lint.accepted,
    )


def condition_of(
    workspace: Workspace, campaign: Campaign, state: State, launched: Workspace | None = None
) -> segment.Condition:
    """The campaign's condition; InputError at its place in the file if it cannot be used.

    `launched` is what its launched revision says: the names in a condition that was launched are not doubted
    again, whatever became of them.
    """

    def known(about: str) -> Collection[str]:
        return {*state.past.names(about), *names_in(workspace, about)}

    same = launched is not None and _asked(launched, campaign.stem) == _asked(workspace, campaign.stem)
    try:
        return segment.parse(
            campaign.segment,
            types=known_fields(state.types),
            named=workspace.segments,
            past=None if same else known,
        )
    except segment.SegmentError as exc:
        raise InputError([workspace.segment_problem(campaign, exc)]) from exc


def _asked(workspace: Workspace, stem: str) -> object:
    """All that a campaign's condition is made of."""
    return workspace.campaigns[stem].segment, dict(workspace.segments)


def names_in(workspace: Workspace, about: str) -> Collection[str]:
    """The letters or campaigns that the files have."""
    return {LETTER: workspace.letters, CAMPAIGN: workspace.campaigns}.get(about, ())


def known_fields(imported: Mapping[str, FieldType]) -> dict[str, FieldType]:
    """The fields that conditions and letters may name: the standard ones and those of imported files."""
    return {**KNOWN, **imported}


def matchable(prospect: Prospect, history: segment.History) -> dict[str, Value]:
    """A prospect's fields as conditions see them, with what the history answers."""
    known = {
        **prospect.fields,
        "email": prospect.email,
        "source": prospect.source,
        "basis": prospect.basis,
    }
    if history:
        history.tell(prospect.id, known)
    return known


def _check_letters(workspace: Workspace, campaign: Campaign, state: State) -> None:
    known = {*known_fields(state.types), *SENDER_FIELDS}
    letters = [letter for step in campaign.steps for letter in workspace.letters[step.letter].values()]
    problems = {problem for letter in letters for problem in template.check_fields(letter, known)}
    if problems:
        raise InputError(problems)


def settings_digest(workspace: Workspace, campaign: Campaign, mailboxes: Collection[str]) -> str:
    """A digest of what a campaign's files mean, with the settings of these mailboxes.

    Comments and spaces do not count, nor where things stand.
    """
    letters = [
        (stem, language, letter.format, letter.source, letter.has_subject)
        for stem in sorted({step.letter for step in campaign.steps})
        for language, letter in sorted(workspace.letters[stem].items())
    ]
    partials = sorted((name, text) for name, text in workspace.files.items() if "/_" in name)
    boxes = [_meaning(workspace.mailboxes[each]) for each in sorted(mailboxes) if each in workspace.mailboxes]
    meaning = (
        _meaning(replace(campaign, file="", segment_at=Where(), step_places=(), exclude=())),
        (sorted(workspace.segments.items()), letters, partials, boxes),
        (workspace.sender, workspace.limits, workspace.lint, sorted(workspace.key_accounts)),
    )
    return blake2b(repr(meaning).encode(), digest_size=16).hexdigest()


def _meaning(value: object) -> object:
    """Values with all their fields, sets in order: equal ones look the same in every process."""
    match value:
        case Campaign() | Window() | Mailbox():
            return [(each.name, _meaning(getattr(value, each.name))) for each in fields(value)]
        case frozenset():
            return sorted(value)
        case _:
            return value


def _go_on(
    workspace: Workspace,
    campaign: Campaign,
    enrolled: Enrolled,
    state: State,
    as_of: datetime,
    launched: Workspace | None,
    making: _Making,
) -> None:
    """Note somebody who is in the campaign already, and what changes for them."""
    making.companies[enrolled.prospect.company] += 1
    if stand := stand_of(campaign, enrolled):
        making.stands[stand] += 1
    before = launched.campaigns[campaign.stem] if launched else None
    turn = turns(campaign, before, enrolled)
    making.passed.update(turn.passed)
    making.gained.update(turn.gained)
    making.lost.update(turn.lost)
    for change in changes(workspace, campaign, enrolled, key=state.key, as_of=as_of, launched=before):
        match change:
            case Held():
                making.held.append(change)
            case Reworded():
                making.reworded.append(change)
            case Replacement():
                making.replaced.append(change)
            case Leaving():
                making.leaving.append(change)


def _join(
    workspace: Workspace,
    campaign: Campaign,
    prospect: Prospect,
    state: State,
    as_of: datetime,
    making: _Making,
) -> None:
    """Enroll a prospect, or hold them with the first reason found."""
    company = prospect.company
    found = join(
        workspace,
        campaign,
        prospect,
        state,
        as_of,
        colleagues=making.companies[company],
        keeper=state.keepers.get(company) or making.keepers.get(company, ""),
    )
    if isinstance(found, Held):
        making.held.append(found)
        return
    making.companies[company] += 1
    making.keepers.setdefault(company, found.mailbox)
    making.new.append(found)
