"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the text."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from outreach.lint import Finding, Level
from outreach.lint.rule import Rule, documented

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}


def value(findings: Iterable[Finding], rules: Mapping[str, Rule], version: str) -> dict[str, Any]:
    """A SARIF log of one run; `version` is the program's. Columns count Unicode code points."""
    found = list(findings)
    codes = sorted({each.code for each in found})
    driver = {
        "name": "outreach",
        "version": version,
        "rules": [_rule(rules[code]) for code in codes],
    }
    results = [_result(each, codes.index(each.code)) for each in found]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    said = documented(rule)
    return {
        "id": rule.code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": said["finds"]},
        "fullDescription": {"text": f"{said['why']} ({said['source']})"},
        "help": {"text": said["fix"]},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    advice = f" {finding.hint}." if finding.hint else ""
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.level],
        "message": {"text": f"{finding.message}.{advice}"},
    }
    if finding.where.file:
        result["locations"] = [{"physicalLocation": _location(finding)}]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    where, until = finding.where, finding.until
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(where.file)}}
    if where.line:
        location["region"] = {"startLine": where.line, "startColumn": max(where.column, 1)}
        if (until.line, until.column) >= (where.line, where.column):
            location["region"] |= {"endLine": until.line, "endColumn": until.column + 1}
    return location
