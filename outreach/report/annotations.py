"""Findings as GitHub's workflow commands: they show as annotations of a pull request."""

from collections.abc import Iterable

from outreach.lint import Finding, Level

_NAMES = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def text(findings: Iterable[Finding]) -> str:
    """A workflow command a line, "" for none (GitHub, "Workflow commands": characters escaped as it asks)."""
    return "\n".join(_command(each) for each in findings)


def _command(finding: Finding) -> str:
    where, until = finding.where, finding.until
    properties = {"title": finding.code}
    if where.file:
        properties["file"] = where.file
    if where.line:
        properties |= {"line": str(where.line), "endLine": str(max(until.line, where.line))}
        if until.line in (0, where.line):  # columns mean something within one line only
            properties |= {"col": str(where.column), "endColumn": str(max(until.column, where.column) + 1)}
    written = ",".join(f"{name}={value.translate(_PROPERTY)}" for name, value in properties.items())
    advice = f" ({finding.hint})" if finding.hint else ""
    message = f"{finding.code} {finding.message}{advice}".translate(_DATA)
    return f"::{_NAMES[finding.level]} {written}::{message}"
