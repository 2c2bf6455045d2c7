"""What is odd about a campaign: a condition that hardly means what it says, a list without entries, new letters
where others are gone.
"""

from collections.abc import Callable, Collection, Iterator
from typing import Final

from outreach.campaign import Campaign, Workspace
from outreach.prospect import KNOWN, converter
from outreach.segment import Condition, unheard
from outreach.segment.tokens import shown

_CODES: Final = {
    "country": "DE",
    "language": "de",
    "gender": "female",
    "honorific": "dr",
    "verified": "valid",
}
"""Fields that an import fills with codes whatever the list says, each with one."""


def of_condition(condition: Condition, tags: Callable[[], Collection[str]]) -> list[str]:
    """What to tell of a condition: tags that nobody has, and words where a field holds codes.

    `tags` gives those that somebody has; it is asked only where the condition asks for one.
    """
    return [*(unheard(condition.uses, tags()) if condition.uses else ()), *_words(condition)]


def _words(condition: Condition) -> Iterator[str]:
    """Of each text that a field with codes never holds, the code that is meant."""
    for name, text in sorted(condition.texts):
        if name not in _CODES:
            continue
        try:
            code = str(converter(name, KNOWN[name])(text))
        except ValueError:
            code = ""
        if not code:
            yield f"`{name}` holds codes such as '{_CODES[name]}', and '{shown(text)}' is none"
        elif code.casefold() != text.casefold():
            yield f"`{name}` holds codes: write '{code}' for '{shown(text)}'"


def of_steps(campaign: Campaign, launched: Campaign | None) -> list[str]:
    """What to tell of letters that are new where others are gone: they may be the same ones under other names."""
    if launched is None:
        return []
    before = {step.letter for step in launched.steps}
    fresh = [step.letter for step in campaign.steps if not before & {step.letter, step.was}]
    gone = sorted(before - {name for step in campaign.steps for name in (step.letter, step.was)})
    if not (fresh and gone):
        return []
    return [
        f'{fresh[0]} is new and {gone[0]} is gone: was it only renamed? was = "{gone[0]}" in its [[step]]'
    ]


def of_lists(workspace: Workspace, campaign: Campaign) -> list[str]:
    """What to tell of the lists that keep people out of a campaign and hold nobody."""
    elsewhere = {name for each in workspace.campaigns.values() for name in each.exclude}
    found = [
        f"the exclude file {name} is empty" for name in campaign.exclude if name in workspace.empty_lists
    ]
    return found + [
        f"the list of key accounts {name} is empty" for name in sorted(workspace.empty_lists - elsewhere)
    ]
