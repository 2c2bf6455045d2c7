"""Steps that may be letters of another name: those who got such a letter would get it again."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from outreach.campaign import Campaign, Workspace
from outreach.errors import InputError, Problem, Where
from outreach.plan.stands import GOING
from outreach.plan.values import Enrolled
from outreach.sequence import next_step


def check(
    workspace: Workspace,
    campaign: Campaign,
    former: Mapping[str, str],
    launched: Workspace | None,
    enrolled: Collection[Enrolled],
) -> None:
    """InputError for a step with a former name of a letter (`former`: old -> the name it has now), with the words
    of a launched letter that is a step no more, or in the place of a first letter that people have got. `was`
    says that it is the same letter, or takes its place.
    """
    problems = [*_problems(workspace, campaign, former, launched)] or [*_second(campaign, launched, enrolled)]
    if problems:
        raise InputError(problems)


def _problems(
    workspace: Workspace, campaign: Campaign, former: Mapping[str, str], launched: Workspace | None
) -> Iterator[Problem]:
    gone = _gone(campaign, launched)
    before = {step.letter for step in launched.campaigns[campaign.stem].steps} if launched else set()
    for place, step in enumerate(campaign.steps):
        where = _where(campaign, place)
        now, same = former.get(step.letter, ""), gone.get(_words(workspace, step.letter), "")
        if now and step.was != now:
            says = f"{step.letter!r} is what the letter {now!r} was called before"
            yield Problem(
                where,
                says,
                f'if it is the same letter: was = "{now}" in its [[step]]; else give it another name',
            )
        elif same and not step.was and step.letter not in before:
            says = f"{step.letter!r} has the words of {same!r}, which is a step no more"
            yield Problem(
                where, says, f'it is the same letter under a new name: was = "{same}" in its [[step]]'
            )


def _second(
    campaign: Campaign, launched: Workspace | None, enrolled: Collection[Enrolled]
) -> Iterator[Problem]:
    """A first letter that is new, where people have got another one before: nobody gets two first letters."""
    first = campaign.steps[0]
    if launched is None or {first.letter, first.was} & {
        step.letter for step in launched.campaigns[campaign.stem].steps
    }:
        return
    got = Counter(
        each.sent[0].letter
        for each in enrolled
        if each.status in GOING
        and each.sent
        and next_step(campaign.steps, {letter.letter for letter in each.sent}) == 0
    )
    for letter, count in got.most_common(1):
        have = "1 person has" if count == 1 else f"{count} people have"
        says = f"{first.letter!r} is a new first letter, and {have} got {letter!r}, which is a step no more"
        hint = f'they have had theirs, and new people get the new one: was = "{letter}" in its [[step]]'
        yield Problem(_where(campaign, 0), says, hint)


def _where(campaign: Campaign, place: int) -> Where:
    return campaign.step_places[place] if campaign.step_places else Where(campaign.file)


def _gone(campaign: Campaign, launched: Workspace | None) -> dict[object, str]:
    """The launched letters that no step is or was: their words -> their names."""
    if launched is None:
        return {}
    names = {name for step in campaign.steps for name in (step.letter, step.was)}
    before = {step.letter for step in launched.campaigns[campaign.stem].steps}
    return {_words(launched, stem): stem for stem in before - names}


def _words(workspace: Workspace, stem: str) -> object:
    return tuple(sorted((language, each.source) for language, each in workspace.letters[stem].items()))
