"""Steps that may be letters of another name: those who got such a letter would get it again."""

from collections.abc import Iterator, Mapping

from outreach.campaign import Campaign, Workspace
from outreach.errors import InputError, Problem, Where


def check(
    workspace: Workspace, campaign: Campaign, former: Mapping[str, str], launched: Workspace | None
) -> None:
    """InputError for a step with a former name of a letter (`former`: old -> the name it has now), or with the
    words of a launched letter that is a step no more. `was` says that it is the same letter.
    """
    problems = [*_problems(workspace, campaign, former, launched)]
    if problems:
        raise InputError(problems)


def _problems(
    workspace: Workspace, campaign: Campaign, former: Mapping[str, str], launched: Workspace | None
) -> Iterator[Problem]:
    gone = _gone(campaign, launched)
    for place, step in enumerate(campaign.steps):
        where = campaign.step_places[place] if campaign.step_places else Where(campaign.file)
        now, same = former.get(step.letter, ""), gone.get(_words(workspace, step.letter), "")
        if now and step.was != now:
            says = f"{step.letter!r} is what the letter {now!r} was called before"
            yield Problem(where, says, f'if it is the same letter: was = "{now}"; else give it another name')
        elif same and not step.was:
            says = f"{step.letter!r} has the words of {same!r}, which is a step no more"
            yield Problem(where, says, f'it is the same letter under a new name: was = "{same}"')


def _gone(campaign: Campaign, launched: Workspace | None) -> dict[object, str]:
    """The launched letters that no step is or was: their words -> their names."""
    if launched is None:
        return {}
    names = {name for step in campaign.steps for name in (step.letter, step.was)}
    before = {step.letter for step in launched.campaigns[campaign.stem].steps}
    return {_words(launched, stem): stem for stem in before - names}


def _words(workspace: Workspace, stem: str) -> object:
    return tuple(sorted((language, each.source) for language, each in workspace.letters[stem].items()))
