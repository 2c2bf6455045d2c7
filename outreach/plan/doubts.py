"""What is odd about whom a campaign takes: a condition that hardly means what it says, a list without entries."""

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


def of_lists(workspace: Workspace, campaign: Campaign) -> list[str]:
    """What to tell of the lists that keep people out of a campaign and hold nobody."""
    elsewhere = {name for each in workspace.campaigns.values() for name in each.exclude}
    found = [
        f"the exclude file {name} is empty" for name in campaign.exclude if name in workspace.empty_lists
    ]
    return found + [
        f"the list of key accounts {name} is empty" for name in sorted(workspace.empty_lists - elsewhere)
    ]
