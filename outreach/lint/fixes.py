"""Safe fixes: what a finding offers is put in its place, as long as the file still says what was found."""

import re
from collections.abc import Iterable

from outreach.lint.finding import Finding

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


def fixed(file: str, text: str, findings: Iterable[Finding]) -> str:
    """A file's text with the fixes of its findings made; those that overlap an earlier one are left.

    A finding that runs over several lines, or over a field's value, stands otherwise in the file than in the
    letter: it is left alone.
    """
    starts = [line.start() for line in _LINE.finditer(text)]
    changes = set()
    for each in findings:
        if each.fix is None or each.where.file != file or not 0 < each.where.line <= len(starts):
            continue
        start = starts[each.where.line - 1] + each.where.column - 1
        if each.quote and text.startswith(each.quote, start) and "\n" not in each.quote:
            changes.add((start, start + len(each.quote), each.fix))
    parts, done = [], 0
    for start, end, new in sorted(changes):
        if start >= done:
            parts += [text[done:start], new]
            done = end
    return "".join((*parts, text[done:]))
