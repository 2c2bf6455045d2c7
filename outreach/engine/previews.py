"""Previews: the letters of one person or of all, as a launch of the files would write them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from outreach import plan, template
from outreach.campaign import Workspace
from outreach.engine.revisions import Launched, Revisions
from outreach.model import OPEN_ENROLLMENT, Hold, Prospect
from outreach.plan import Plan, State, names
from outreach.plan.draft import template_fields
from outreach.plan.joining import likely_mailbox
from outreach.plan.letters import Letters, letters_of
from outreach.plan.make import condition_of, matchable
from outreach.report.odd import Sketch, odd, sketch
from outreach.segment import Fact, History
from outreach.segment.history import CAMPAIGN, LETTER, TAG
from outreach.sequence import next_step
from outreach.store import Store, plans, prospects, steps
from outreach.template import MissingFields, RenderError

if TYPE_CHECKING:
    from sqlalchemy import Connection

AT_ONCE = 2_000  # people who are planned together in a moment; more only as they are looked at
TRIED = 200  # people who are planned one after the other to find one who is new
SKETCHED = 20_000  # people whose letters are compared to find the outliers


@dataclass(frozen=True, slots=True)
class Previews:
    """A plan and what it was made from. `held` are the people it holds, by id."""

    workspace: Workspace
    plan: Plan
    state: State
    held: Mapping[int, tuple[Prospect, Hold]]
    new: frozenset[int]

    def people(self) -> Iterator[Prospect]:
        """Everybody: those who are new, those in the campaign already (or once), those held."""
        yield from (each.prospect for each in self.plan.new)
        yield from (each.prospect for each in self.state.enrolled.values())
        yield from (person for person, _ in self.held.values() if person.id not in self.state.enrolled)

    def of(self, person: Prospect) -> Letters:
        """The letters of one person, who need not be in the plan."""
        hold = self.held[person.id][1] if person.id in self.held else None
        return letters_of(
            self.workspace,
            self.workspace.campaigns[self.plan.campaign],
            person,
            key=self.state.key,
            seed=self.state.seed,
            now=self.plan.as_of,
            keeper=self.state.keepers.get(person.company, ""),
            status="new" if person.id in self.new else "held" if hold else "outside",
            enrolled=self.state.enrolled.get(person.id),
            hold=hold,
        )


def read(
    store: Store, workspace: Workspace, stem: str, now: datetime, *, company: str | None = None
) -> Previews:
    """The previews of a campaign, InputError as `plans.make`; with `company` only of its people."""
    launched = Revisions(store).get(stem)

    def planned(tx: "Connection") -> Previews:
        state = plans.state(tx, store.key, store.id, stem, company=company)
        if company is None:
            before, campaign = launched.workspace if launched else None, workspace.campaigns[stem]
            names.check(workspace, campaign, steps.former(tx, stem), before, state.enrolled.values())
        made = _made(workspace, stem, state, now, launched)
        return _previews(
            workspace, made, state, prospects.by_ids(tx, [each.prospect_id for each in made.held])
        )

    return store.read(planned)


def _made(workspace: Workspace, stem: str, state: State, now: datetime, launched: Launched | None) -> Plan:
    return plan.make(
        workspace,
        stem,
        state,
        as_of=now,
        launched=launched.workspace if launched else None,
        ended=launched is not None and launched.ended,
    )


def _previews(workspace: Workspace, made: Plan, state: State, people: Mapping[int, Prospect]) -> Previews:
    held = {each.prospect_id: (people[each.prospect_id], each.hold) for each in made.held}
    new = frozenset(each.prospect.id for each in made.new)
    return Previews(workspace.accepting(made.accepted), made, replace(state, prospects=()), held, new)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a campaign's condition asks of the history, asked once: the store's own answers end with the read."""

    known: Mapping[str, Collection[str]]
    history: History

    def names(self, about: str) -> Collection[str]:
        return self.known[about]

    def of(self, facts: Iterable[Fact], as_of: datetime) -> History:
        return self.history


class Roll:
    """Everybody a campaign's plan is about, to be looked at one by one.

    A plan of a hundred thousand people takes half a minute, one of a company's people a moment: so a large
    campaign is planned company by company as its people are looked at, a small one (AT_ONCE) at once.

    :param state: as `plans.state` gives it, with those as `prospects` of whom the segment is true.
    """

    def __init__(
        self, workspace: Workspace, stem: str, state: State, now: datetime, launched: Launched | None
    ) -> None:
        self._workspace, self._stem, self._now, self._launched = workspace, stem, now, launched
        self._state = state
        self._joining: Sequence[Prospect] = tuple(state.prospects)
        self._whole: Previews | None = None
        self._last: tuple[str, Previews] | None = None
        if len(self._joining) + len(state.enrolled) <= AT_ONCE:
            self.plan_all()

    @cached_property
    def people(self) -> tuple[Prospect, ...]:
        """Everybody, the outliers first, then those who are new or held, then those in the campaign."""
        everybody = (*self._joining, *(each.prospect for each in self._state.enrolled.values()))
        place = {email: number for number, email in enumerate(self.odd)}
        return tuple(sorted(everybody, key=lambda each: place.get(each.email, len(place))))

    @cached_property
    def odd(self) -> Mapping[str, str]:
        """Why somebody's next letter is an outlier, by address; of many people among every second, third ..."""
        everybody = (*self._joining, *(each.prospect for each in self._state.enrolled.values()))
        return odd(self._sketches(everybody[:: -(-len(everybody) // SKETCHED) or 1]))

    def first(self) -> Prospect | None:
        """The first of the plan: who is new, else who is in the campaign, else who is held; None for nobody.

        Where many are planned as they are looked at, those are not all planned for it, as long as one of the first
        TRIED is new.
        """
        if self._whole is None:
            for person in self._joining[:TRIED]:
                if person.id in self._company(person.company).new:
                    return person
        return next(self.plan_all().people(), None)

    @property
    def is_planned(self) -> bool:
        """Whether everybody is planned, so that all who are held are known."""
        return self._whole is not None

    def plan_all(self) -> Previews:
        """Plan everybody, once."""
        if self._whole is None:
            self._whole = self._planned(self._joining, self._state)
        return self._whole

    def of(self, person: Prospect) -> Letters:
        """The letters of one of them."""
        return (self._whole or self._company(person.company)).of(person)

    @property
    def files_changed(self) -> bool:
        """Whether the files are not those that were launched."""
        return (self._whole or self._company("")).plan.files_changed

    def _company(self, name: str) -> Previews:
        """The plan of a company's people, who depend on each other and on nobody else."""
        if self._last is None or self._last[0] != name:
            joining, enrolled = self._by_company.get(name, ([], []))
            state = replace(self._state, enrolled={each: self._state.enrolled[each] for each in enrolled})
            self._last = name, self._planned(joining, state)
        return self._last[1]

    @cached_property
    def _by_company(self) -> Mapping[str, tuple[list[Prospect], list[int]]]:
        found: dict[str, tuple[list[Prospect], list[int]]] = defaultdict(lambda: ([], []))
        for person in self._joining:
            found[person.company][0].append(person)
        for number, each in self._state.enrolled.items():
            found[each.prospect.company][1].append(number)
        return dict(found)

    def _planned(self, joining: Sequence[Prospect], state: State) -> Previews:
        made = _made(
            self._workspace, self._stem, replace(state, prospects=joining), self._now, self._launched
        )
        people = {each.id: each for each in joining}
        people |= {number: each.prospect for number, each in state.enrolled.items()}
        return _previews(self._workspace, made, state, people)

    def _sketches(self, people: Iterable[Prospect]) -> Iterator[Sketch]:
        """Their next letters without footer and checks: enough to compare lengths."""
        workspace, campaign = self._workspace, self._workspace.campaigns[self._stem]
        for person in people:
            enrolled = self._state.enrolled.get(person.id)
            if enrolled and enrolled.status not in OPEN_ENROLLMENT:
                continue
            place = next_step(campaign.steps, [each.letter for each in enrolled.sent] if enrolled else ())
            wanted = workspace.language(campaign, str(person.fields.get("language", "")))
            language = enrolled.language if enrolled else wanted if isinstance(wanted, str) else ""
            keeper = self._state.keepers.get(person.company, "")
            likely = likely_mailbox(workspace, campaign, person, self._state.seed, keeper)
            address = enrolled.mailbox if enrolled else likely
            letter = workspace.letter(campaign.steps[place].letter, language) if place is not None else None
            if letter is None or address not in workspace.mailboxes:
                continue
            try:
                content = template.render(
                    letter, template_fields(workspace.sender, person, workspace.mailboxes[address], language)
                ).content
            except (MissingFields, RenderError):  # held, with the reason, when they are looked at
                continue
            yield sketch(person.email, campaign.steps[place or 0].letter, language, content.text)


def roll(store: Store, workspace: Workspace, stem: str, now: datetime) -> Roll:
    """Everybody of a campaign, to be looked at one by one. InputError as `plans.make`."""
    launched = Revisions(store).get(stem)

    def gathered(tx: "Connection") -> State:
        state = plans.state(tx, store.key, store.id, stem)
        condition = condition_of(
            workspace, workspace.campaigns[stem], state, launched.workspace if launched else None
        )
        history = state.past.of(condition.uses, now)
        known = {about: frozenset(state.past.names(about)) for about in (LETTER, TAG, CAMPAIGN)}
        others = (each for each in state.prospects if each.id not in state.enrolled)
        matched = [each for each in others if condition.match(matchable(each, history)) is True]
        return replace(state, prospects=matched, past=_Told(known, history))

    return Roll(workspace, stem, store.read(gathered), now, launched)
