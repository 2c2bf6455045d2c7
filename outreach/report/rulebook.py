"""The linter's rules for people: one on a screen, all in a table, and docs/rules.md."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from outreach.lint.rule import Rule, documented
from outreach.lint.selection import FAMILIES
from outreach.report.lines import broken, table

_PARTS = (
    ("finds", "Finds"),
    ("why", "Why"),
    ("source", "Source"),
    ("fix", "How to mend it"),
)


def text(rules: Iterable[Rule], columns: int) -> str:
    """Each rule in full."""
    return "\n\n\n".join(_rule(rule, columns) for rule in rules)


def overview(rules: Iterable[Rule], columns: int) -> str:
    """All rules in a table, family by family."""
    parts = []
    for family, each in groupby(sorted(rules, key=lambda rule: rule.code), key=lambda rule: rule.family):
        rows = [(rule.code, str(rule.level), rule.name, documented(rule)["finds"]) for rule in each]
        heading = f"{family}  {FAMILIES.get(family, 'your own')}"
        parts.append(
            f"{heading}\n{table(rows, ('CODE', 'LEVEL', 'NAME', 'FINDS'), columns, ('CODE', 'NAME'))}"
        )
    return "\n\n".join([*parts, "One rule in full: outreach rule CODE"])


def _rule(rule: Rule, columns: int) -> str:
    said = documented(rule)
    gate = "; a gate: only a launch lets it through (--accept)" if rule.gate else ""
    lines = broken(f"{rule.code} {rule.name} ({rule.level}{gate})", columns, rest="  ")
    for key, heading in _PARTS:
        lines += ["", heading, *_wrapped(said[key], columns)]
    for key, heading in (("bad", "Bad"), ("good", "Good")):
        if said[key]:  # those of an own rule are its phrases'
            lines += ["", heading, *_example(said[key], columns)]
    return "\n".join(lines)


def _wrapped(words: str, columns: int) -> list[str]:
    return broken(words, columns, first="  ", rest="  ")


def _example(example: Mapping[str, Any], columns: int) -> list[str]:
    """What an example gives, a line for each part and each line of its text."""
    lines: list[str] = []
    for name, given in example.items():
        said = [
            f"{name}: {each}" if place == 0 else each
            for place, each in enumerate(str(given).splitlines() or [""])
        ]
        for each in said:
            lines += _wrapped(each, columns) if each.strip() else [""]
    return lines


def value(rule: Rule) -> dict[str, Any]:
    """`{"code", "name", "level", "gate", "points", "finds", "why", "source", "fix", "bad", "good"}`."""
    said = documented(rule)
    return {
        "code": rule.code,
        "name": rule.name,
        "level": str(rule.level),
        "gate": rule.gate,
        "points": rule.points,
        **{name: said[name] for name in ("finds", "why", "source", "fix", "bad", "good")},
    }
