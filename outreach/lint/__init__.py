"""Letters are linted like code: rules with codes, findings with places, two numbers for the whole."""

from outreach.campaign import LintSettings
from outreach.lint.copy import Copy
from outreach.lint.finding import Finding, Level
from outreach.lint.linter import Linter, check_packs, linter
from outreach.lint.rule import Rule
from outreach.lint.rules import FAMILIES, RULES
from outreach.lint.score import Report, judge
from outreach.lint.selection import Selection

__all__ = [
    "FAMILIES",
    "RULES",
    "Copy",
    "Finding",
    "Level",
    "Linter",
    "Report",
    "Rule",
    "Selection",
    "check_packs",
    "judge",
    "lint",
    "linter",
    "selection",
]


def lint(copy: Copy) -> Report:
    """What the built-in rules find in a letter."""
    return linter(()).lint(copy)


def selection(settings: LintSettings) -> Selection:
    """Which findings a workspace wants to see."""
    return Selection(settings.select, settings.ignore, settings.extend_select)
