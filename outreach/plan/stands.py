"""Where the people stand who got letters already, and which new steps come too late for them."""

from collections.abc import Iterator

from outreach.campaign import Campaign
from outreach.model import EnrollmentStatus
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


def passed(campaign: Campaign, launched: Campaign | None, enrolled: Enrolled) -> Iterator[str]:
    """The letters that are new in these files and that somebody does not get: the sequence is past their place."""
    if launched is None or not enrolled.sent or enrolled.status not in (*GOING, EnrollmentStatus.FINISHED):
        return
    before = {step.letter for step in launched.steps}
    place = next_step(campaign.steps, {each.letter for each in enrolled.sent})
    over = place is None or enrolled.status == EnrollmentStatus.FINISHED
    for step in campaign.steps if over else campaign.steps[:place]:
        if step.letter not in before and step.was not in before:
            yield step.letter
