"""A campaign's letters in a row: too many, too soon, over too early or too late, or the same twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from outreach import policy, template
from outreach.campaign import Campaign, Workspace
from outreach.errors import Where
from outreach.lint.copy import WORD, Copy
from outreach.lint.finding import Finding
from outreach.lint.letters import copy_of, specimen
from outreach.lint.rule import Rule
from outreach.lint.rules import files
from outreach.model import Delay
from outreach.template import Letter

SOON = timedelta(days=2)
DECISION = (15, 25)  # days that a business decision takes
_MUCH = 5  # days beyond that are not yet worth a word
_SHINGLE = 4  # words (or characters, in scripts without spaces) that are compared at a time
_SAME = 0.5  # share of a letter's shingles that stood in an earlier one
_FEWEST = 8  # shingles that can say anything


def lint_sequence(workspace: Workspace, campaign: Campaign) -> list[Finding]:
    """The SEQ findings of a campaign, each at its step in the campaign's file."""
    return [*_steps(campaign), *_repeats(workspace, campaign)]


def _steps(campaign: Campaign) -> Iterator[Finding]:
    most, count = policy.MOST_LETTERS, len(campaign.steps)
    if count > most:
        message = f"{count} letters to somebody who does not answer: at most {most}"
        yield _at(
            files.TOO_MANY,
            campaign,
            most,
            message,
            "end the sequence earlier; write again next year with news",
        )
    for place, step in enumerate(campaign.steps[1:], start=1):
        if _days(step.after) < SOON / timedelta(days=1):
            message = f"{step.letter} follows after {step.after}: people need time to answer"
            yield _at(files.TOO_SOON, campaign, place, message, 'write after = "3 business days", or more')
    if count > 1:
        days = sum(_days(step.after) for step in campaign.steps)
        low, high = DECISION
        if not low - _MUCH <= days <= high + _MUCH:
            what = "is over after" if days < low else "takes"
            message = f"the sequence {what} about {days:.0f} days; a business decision takes {low}-{high}"
            yield _at(files.LENGTH, campaign, count - 1, message, "spread the follow-ups over three weeks")


def _days(delay: Delay) -> float:
    """A delay in calendar days; five business days are a week."""
    if delay.seconds:
        return delay.seconds / 86400
    return delay.days * 7 / 5 if delay.business else float(delay.days)


def _repeats(workspace: Workspace, campaign: Campaign) -> Iterator[Finding]:
    """Follow-ups that say what an earlier letter has said, in any of their languages."""
    languages = {tag for step in campaign.steps for tag in workspace.letters[step.letter]}
    told: dict[int, str] = {}
    for language in sorted(languages):
        said: dict[str, set[tuple[str, ...]]] = {}
        for place, step in enumerate(campaign.steps):
            letter = workspace.letters[step.letter].get(language)
            own = _shingles(letter) if letter else set()
            for earlier, there in said.items():
                if len(own) >= _FEWEST and len(own & there) / len(own) >= _SAME:
                    told.setdefault(place, earlier)
            if own:
                said[step.letter] = own
    for place, earlier in told.items():
        message = f"{campaign.steps[place].letter} repeats much of {earlier}"
        hint = "say one new thing: an example, a number, an answer to a doubt"
        yield _at(files.REPEATED, campaign, place, message, hint)


def _shingles(letter: Letter) -> set[tuple[str, ...]]:
    rendered = next(template.specimens(letter, specimen), None)
    if rendered is None:
        return set()
    copy: Copy = copy_of(rendered, letter)
    text = copy.text[copy.body.start : copy.body.end].casefold()
    words = [char for char in text if char.isalnum()] if copy.script == "cjk" else WORD.findall(text)
    return {tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)}


def _at(rule: Rule, campaign: Campaign, place: int, message: str, hint: str) -> Finding:
    where = campaign.step_places[place] if place < len(campaign.step_places) else Where(campaign.file)
    return replace(rule.found(message, "campaign", hint=hint), where=where, until=where)
