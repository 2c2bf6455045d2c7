"""The linter's part in a plan: what is wrong with a campaign's letters, and what holds one person's."""

from functools import lru_cache

from outreach import lint
from outreach.campaign import Campaign, LintSettings, Workspace
from outreach.lint import Finding
from outreach.lint.ignores import ignores, taken_out
from outreach.lint.letters import LetterReport, lint_in, sources
from outreach.lint.proof import Proof
from outreach.lint.sequence import lint_sequence
from outreach.model import Rendered
from outreach.template import Letter

FALSE_REPLY = "SUB006"
"""The finding that no launch lets through: a letter that answers nothing must not say so."""


def findings(workspace: Workspace, campaign: Campaign) -> tuple[Finding, ...]:
    """What the rules find in a campaign's letters, in all their languages, and in their sequence.

    Without what [lint] hides and what was accepted; the errors among them stop a launch.
    """
    found = [each for report in reports(workspace, campaign) for each in report.findings]
    found += lint_sequence(workspace, campaign)
    return tuple(each for each in dict.fromkeys(found) if counts(workspace.lint, each))


def reports(workspace: Workspace, campaign: Campaign) -> list[LetterReport]:
    """Each letter of a campaign linted as it stands, steps in order, the default text first."""
    return [
        lint_in(workspace, letter, campaign)
        for step in campaign.steps
        for _, letter in sorted(workspace.letters[step.letter].items())
    ]


def counts(settings: LintSettings, finding: Finding) -> bool:
    """Whether a finding is shown and holds. A gate is hidden by nothing in a file, only accepted at a launch."""
    if any(finding.code == code for code, _ in settings.accepted):
        return False
    return _gate(settings, finding.code) or lint.selection(settings).shows(finding.code)


def _gate(settings: LintSettings, code: str) -> bool:
    return lint.linter(settings.packs).rules[code].gate


def of_person(
    workspace: Workspace, letter: Letter, rendered: Rendered, *, first: bool, errors: bool = False
) -> list[Finding]:
    """What the rules find in one person's letter, or its errors, without what letter or workspace lets through."""
    proof = _proof(workspace.lint.packs)
    found = [
        each
        for each in proof.findings(rendered, letter, first=first, errors=errors)
        if counts(workspace.lint, each)
    ]
    if not found:
        return found
    comments = ignores(sources(letter))
    return [each for each in found if not taken_out(each, comments, proof.linter.rules)]


def holding(workspace: Workspace, letter: Letter, rendered: Rendered, *, first: bool) -> Finding | None:
    """The first error of one person's letter."""
    return next(iter(of_person(workspace, letter, rendered, first=first, errors=True)), None)


@lru_cache(maxsize=4)
def _proof(packs: tuple[tuple[str, str], ...]) -> Proof:
    """One for every set of packs, so that letters of one campaign are known from plan to plan."""
    return Proof(lint.linter(packs))
