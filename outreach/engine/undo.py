"""Undo: a launch taken back while none of its letters has left, texts and dates included."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from outreach import plan
from outreach.campaign import Workspace
from outreach.engine.release import held
from outreach.errors import PlanError
from outreach.report.undo import Undoing
from outreach.store import Store, plans, steps
from outreach.store import undo as stored
from outreach.store.launches import Revision
from outreach.store.steps import Changes
from outreach.workspace import parse

if TYPE_CHECKING:
    from sqlalchemy import Connection


def ahead(store: Store, stem: str, now: datetime) -> tuple[stored.LastLaunch, Undoing]:
    """The last launch, and what an undo of it would do.

    PlanError where there is none, a letter of it has left, or the store itself is held.
    """
    if hold := held(store, now)[0]:
        raise PlanError(f"nobody knows what has left: {hold}", hint="outreach release")
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
        names = {step.letter for step in before.campaigns[stem].steps}
        steps_ = undone.campaigns[stem].steps
        renamed = {step.letter: step.was for step in steps_ if step.was and step.letter not in names}
        steps.rename(tx, stem, renamed, now, actor)
        state = plans.state(tx, store.key, store.id, stem)
        made = plan.make(before, stem, replace(state, prospects=()), as_of=now, launched=undone)
        return Changes({}, made.reworded, made.replaced)

    return store.write(stored.undo, stem, launch, replan, key=store.key, now=now, actor=actor)


def _workspace(revision: Revision) -> Workspace:
    return parse(revision.files).accepting(revision.accepted.items())
