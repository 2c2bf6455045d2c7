"""Where the people stand who got letters already, and which new steps come too late for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from outreach.campaign import Campaign
from outreach.model import EnrollmentStatus, Step
from outreach.plan.values import Enrolled, Stand
from outreach.sequence import next_step

GOING = (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)


def stand_of(campaign: Campaign, enrolled: Enrolled) -> Stand | None:
    """The last letter of somebody whose sequence goes on, and what these files let follow; None for all others."""
    if enrolled.status not in GOING or not enrolled.sent:
        return None
    last = enrolled.sent[-1]
    place = next_step(campaign.steps, {each.letter for each in enrolled.sent})
    following = campaign.steps[place].letter if place is not None else ""
    return Stand(last.letter, last.revision, following)


@dataclass(frozen=True, slots=True)
class Turns:
    """What other steps mean for somebody: letters that are new and too late, new and to come, gone and missed."""

    passed: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def turns(campaign: Campaign, launched: Campaign | None, enrolled: Enrolled) -> Turns:
    """How the sequence of somebody changes who is in the campaign, or has finished it."""
    if launched is None or enrolled.status not in (*GOING, EnrollmentStatus.FINISHED):
        return Turns()
    before, now = _letters(launched.steps), _letters(campaign.steps)
    sent, finished = {each.letter for each in enrolled.sent}, enrolled.status == EnrollmentStatus.FINISHED
    place, old_place = next_step(campaign.steps, sent), next_step(launched.steps, sent)
    at = len(campaign.steps) if finished or place is None else place
    fresh = [
        (here, step.letter)
        for here, step in enumerate(campaign.steps)
        if step.letter not in before and step.was not in before
    ]
    ahead = () if finished or old_place is None else launched.steps[old_place:]
    return Turns(
        passed=tuple(letter for here, letter in fresh if here < at and enrolled.sent),
        gained=tuple(letter for here, letter in fresh if here >= at),
        lost=tuple(step.letter for step in ahead if step.letter not in now and step.letter not in sent),
    )


def _letters(steps: Sequence[Step]) -> set[str]:
    """The names that the letters of a sequence have, or had."""
    return {name for step in steps for name in (step.letter, step.was) if name}
