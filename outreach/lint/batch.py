"""Finished letters as JSON Lines: each row a letter, whoever wrote and sent it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from outreach.errors import Problem, problem
from outreach.lint import markup
from outreach.lint.copy import Copy
from outreach.lint.finding import Finding
from outreach.lint.linter import Linter
from outreach.lint.rules.form import PARTS
from outreach.lint.score import Report
from outreach.lint.selection import Selection

_TEXTS = ("subject", "text", "html", "lang")
_SHOWN = 60  # characters of a row that an error repeats
_HINT = 'a row is {"id": ..., "subject": "...", "text": "...", "html": null, "lang": "en"}'


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its id as it was given, and the letter. Where only HTML was given the text is what that shows."""

    id: Any
    copy: Copy
    only_html: bool = False

    def linted(self, linter: Linter, selection: Selection) -> Report:
        """The report on the letter; what is not selected is hidden, and counts all the same."""
        report = linter.lint(self.copy)
        if self.only_html:
            findings = [
                *map(self._in_html, report.findings),
                PARTS.found("the HTML has no text part", "html"),
            ]
            report = linter.judge(findings, report.words)
        return selection.shown(report)

    def _in_html(self, finding: Finding) -> Finding:
        """A finding of the text at its place in the HTML; 0 to 0 where the HTML writes it otherwise."""
        if finding.part != "text":
            return finding
        said = self.copy.text[finding.start : finding.end]
        start = (self.copy.html or "").find(said) if said else -1
        start, end = (start, start + len(said)) if start >= 0 else (0, 0)
        return replace(finding, part="html", start=start, end=end)


def rows(lines: Iterable[bytes]) -> Iterator[Row | Problem]:
    """The letters of a file of JSON Lines, a problem for each row that is none; empty lines are passed over.

    Keys: `id`, `subject`, `text`, `html`, `lang` (a language tag); absent and null mean that it is not known,
    so a missing subject is no fault and an empty one is. With
    `"in_reply_to"` the letter answers another, with `"first": false` it is a follow-up.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _row(line, number)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _row(line: bytes, number: int) -> Row | Problem:
    try:
        found = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError) as exc:
        message = f"not JSON: {exc}" if isinstance(exc, json.JSONDecodeError) else "not JSON in UTF-8"
        return problem(f"{message:.{_SHOWN * 2}}", hint=_HINT, line=number)
    if not isinstance(found, dict):
        return problem("the row is no object", hint=_HINT, line=number)
    wrong = [name for name in _TEXTS if not isinstance(found.get(name), str | None)]
    if wrong:
        return problem(f"`{wrong[0]}` is no text", hint=_HINT, line=number)
    text, html, reply = found.get("text") or "", found.get("html") or None, bool(found.get("in_reply_to"))
    only_html = html is not None and not text.strip()
    if only_html:
        text = markup.read(html or "").text
    copy = Copy(
        found.get("subject"),
        text,
        html,
        language=found.get("lang") or "",
        first=found.get("first") is not False and not reply,
        reply=reply,
        closing=text,
    )
    return Row(found.get("id"), copy, only_html)
