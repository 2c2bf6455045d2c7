"""A file that cannot be read at all, as a finding."""

from dataclasses import replace

from outreach.errors import Problem
from outreach.lint.finding import Finding
from outreach.lint.rules.files import UNREADABLE


def unreadable(wrong: Problem) -> Finding:
    """The finding of a problem, at its place."""
    found = UNREADABLE.found(wrong.message, "file", hint=wrong.hint)
    return replace(found, where=wrong.where, until=wrong.where)
