"""Previews: the letters of one person or of all, as a launch of the files would write them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from outreach import plan
from outreach.campaign import Workspace
from outreach.engine.revisions import Revisions
from outreach.model import Hold, Prospect
from outreach.plan import Plan, State
from outreach.plan.letters import Letters, letters_of
from outreach.store import Store, plans, prospects

if TYPE_CHECKING:
    from sqlalchemy import Connection


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
            status="new" if person.id in self.new else "held" if hold else "outside",
            enrolled=self.state.enrolled.get(person.id),
            hold=hold,
        )


def read(
    store: Store, workspace: Workspace, stem: str, now: datetime, *, company: str | None = None
) -> Previews:
    """The previews of a campaign; with `company` only of its people. InputError as `plans.make`."""
    launched = Revisions(store).get(stem)

    def planned(tx: "Connection") -> Previews:
        state = plans.state(tx, store.key, store.id, stem, company=company)
        made = plan.make(
            workspace,
            stem,
            state,
            as_of=now,
            launched=launched.workspace if launched else None,
            ended=launched is not None and launched.ended,
        )
        people = prospects.by_ids(tx, [each.prospect_id for each in made.held])
        held = {each.prospect_id: (people[each.prospect_id], each.hold) for each in made.held}
        new = frozenset(each.prospect.id for each in made.new)
        as_planned = workspace.accepting(made.accepted)
        return Previews(as_planned, made, replace(state, prospects=()), held, new)

    return store.read(planned)
