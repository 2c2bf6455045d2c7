"""Undo: a launch taken back while none of its letters has left, texts and dates included."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from outreach import plan
from outreach.campaign import Workspace
from outreach.errors import PlanError
from outreach.report.undo import Undoing
from outreach.store import Store, plans, steps
from outreach.store import undo as stored
from outreach.store.launches import Revision
from outreach.store.steps import Changes
from outreach.workspace import parse

if TYPE_CHECKING:
    from sqlalchemy import Connection


def ahead(store: Store, stem: str) -> tuple[stored.LastLaunch, Undoing]:
    """The last launch, and what an undo of it would do.

    PlanError where there is none, or a letter of it has left.
    """
    launch = store.read(stored.last_launch, stem)
    if launch.out:
        letters = "a letter of it has" if launch.out == 1 else f"{launch.out} letters of it have"
        hint = f"outreach pause {stem} interrupts it, outreach end {stem} cancels what waits"
        raise PlanError(
            f"the launch of {stem} cannot be undone: {letters} been offered to a server", hint=hint
        )
    back = launch.back_to.number if launch.back_to else 0
    return launch, Undoing(stem, launch.at, launch.actor, launch.revision.number, back, launch.people)


def undo(store: Store, stem: str, launch: stored.LastLaunch, *, now: datetime, actor: str) -> stored.Undone:
    """Take that launch back; what that changed for letters that wait and people who were stopped."""
    before = _workspace(launch.back_to) if launch.back_to else None
    undone = _workspace(launch.revision)

    def replan(tx: "Connection") -> Changes | None:
        if before is None:
            return None
        renamed = {step.letter: step.was for step in undone.campaigns[stem].steps if step.was}
        steps.rename(tx, stem, renamed, now, actor)
        state = plans.state(tx, store.key, store.id, stem)
        made = plan.make(before, stem, replace(state, prospects=()), as_of=now, launched=undone)
        return Changes({}, made.reworded, made.replaced)

    return store.write(stored.undo, stem, launch, replan, key=store.key, now=now, actor=actor)


def _workspace(revision: Revision) -> Workspace:
    return parse(revision.files).accepting(revision.accepted.items())
