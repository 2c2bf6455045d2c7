"""docs/rules.md, made from the rules: `python -m tests.rulebook` writes it."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from outreach.lint import RULES, Rule
from outreach.lint.rule import documented
from outreach.lint.selection import FAMILIES

DOCUMENT = Path(__file__).parent.parent / "docs" / "rules.md"
HEAD = """\
# The rules of the linter

Made from the rules themselves by `python -m tests.rulebook`. `outreach rule CODE` prints one of them. An
error holds a letter, or stops a launch; a gate is hidden by nothing in a file. Points count towards
spam-likeness (see [lint.md](lint.md)).
"""


def document() -> str:
    """The whole page."""
    parts = [HEAD]
    rules = sorted(RULES.values(), key=lambda rule: (list(FAMILIES).index(rule.family), rule.code))
    for family, each in groupby(rules, key=lambda rule: rule.family):
        parts.append(f"## {family}: {FAMILIES[family]}\n")
        parts += ["\n".join(_rule(rule)) for rule in each]
    return "\n".join(parts)


def _rule(rule: Rule) -> Iterator[str]:
    said = documented(rule)
    notes = [
        str(rule.level),
        *(["a gate"] if rule.gate else []),
        *([f"{rule.points:g} points"] if rule.points else []),
    ]
    yield f"### {rule.code} {rule.name} ({', '.join(notes)})\n"
    yield f"{said['finds']}\n"
    yield f"**Why:** {said['why']}\n"
    yield f"**Source:** {said['source']}.\n"
    yield f"**How to mend it:** {said['fix']}\n"
    for name in ("bad", "good"):
        yield f"{name.capitalize()}:\n\n```\n{_example(said[name])}\n```\n"


def _example(example: dict[str, Any]) -> str:
    lines = []
    for name, given in example.items():
        shown = str(given).strip() if isinstance(given, str) else repr(given)
        lines.append(f"{name}: {shown}")
    return "\n".join(lines).replace("```", "` ` `")


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
