"""A rule: its code, name and level, and how it makes findings. What it says to people is in packs/rules/."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from outreach.data import table
from outreach.lint.finding import Finding, Level


@dataclass(frozen=True, slots=True)
class Rule:
    """What a finding's code stands for.

    `points` is what one finding adds to spam-likeness beside the phrases. A `gate` is no matter of style:
    nothing in a file hides it from a launch. `craft` is False for rules about spam-likeness alone.
    """

    code: str
    name: str
    level: Level
    points: float = 0.0
    gate: bool = False
    craft: bool = True
    document: Mapping[str, Any] | None = field(default=None, compare=False)  # of a rule that is not built in

    @property
    def family(self) -> str:
        """Its letters: SUB, SPM, FMT, LNK, STR, IDN, MRG, OBF, SEQ, IGN."""
        return self.code[:3]

    def found(
        self,
        message: str,
        part: str = "text",
        start: int = 0,
        end: int = 0,
        *,
        level: Level | None = None,
        hint: str = "",
        rewrite: str = "",
        fix: str | None = None,
        points: float | None = None,
    ) -> Finding:
        """A finding of this rule, at its own level and points unless others are given."""
        return Finding(
            self.code,
            level or self.level,
            message,
            part,
            start,
            end,
            hint,
            rewrite,
            fix,
            self.points if points is None else points,
        )


def documented(rule: Rule) -> Mapping[str, Any]:
    """What a rule says to people: the table `packs/rules/FAMILY.toml` has under its code.

    Keys: `finds`, `why`, `source`, `fix` (texts), `bad` and `good` (examples, as `Copy` takes them).
    A rule that is not built in brings its document along. KeyError where there is none.
    """
    if rule.document is not None:
        return rule.document
    found: Mapping[str, Any] = table(f"rules/{rule.family.lower()}")[rule.code]
    return found
