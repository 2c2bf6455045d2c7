"""The rules, a module per family. A family has `RULES`, and `check(copy)` that gives their findings."""

from collections.abc import Iterator
from typing import Protocol

from outreach.lint.copy import Copy
from outreach.lint.finding import Finding
from outreach.lint.rule import Rule
from outreach.lint.rules import (
    disguise,
    files,
    form,
    identity,
    links,
    merge,
    phrases,
    signs,
    structure,
    subject,
)


class Family(Protocol):
    """What a module of this room offers."""

    @property
    def RULES(self) -> tuple[Rule, ...]: ...  # noqa: N802 -- a constant of the module

    def check(self, copy: Copy) -> Iterator[Finding]: ...


FAMILIES: tuple[Family, ...] = (subject, phrases, form, links, signs, structure, identity, merge, disguise)
RULES: dict[str, Rule] = {
    rule.code: rule for rules in (*(each.RULES for each in FAMILIES), files.RULES) for rule in rules
}
