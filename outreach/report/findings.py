"""What the linter found, for people: the place, the line with a mark under it, what to do."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outreach.lint import Finding, Level
from outreach.report.lines import WIDTH, broken, number, table, width
from outreach.report.outliers import Group, group_lines, group_value

SMALL_PART = (
    "Wording is a small part of where a mail lands: the sender's reputation, authentication and what "
    "readers do decide most of it. A clean letter promises no inbox."
)
_LINE_END = re.compile(r"\r\n|\r|\n")
LEVELS = (Level.ERROR, Level.WARNING, Level.INFO)
_MARGIN = 7  # "  12 | "


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter that was linted: spam-likeness and craft from 0 to 100."""

    file: str
    spam: float
    craft: int


@dataclass(frozen=True, slots=True)
class Linted:
    """Everything one call of the linter has to show. `files` are the texts that findings point into.

    `people` is the number of letters to people that were linted, None where nobody's were.
    """

    letters: Sequence[Letter]
    findings: Sequence[Finding]
    files: Mapping[str, str]
    groups: Sequence[Group] = ()
    people: int | None = None
    notes: Sequence[str] = ()

    @property
    def levels(self) -> Counter[Level]:
        """How many findings there are of each level, those of people's letters counted once a group."""
        return Counter([each.level for each in (*self.findings, *(group.finding for group in self.groups))])


def text(linted: Linted, columns: int = WIDTH, *, statistics: bool = False) -> str:
    """The findings with their lines; or with `statistics` how often each rule was broken."""
    parts: list[str] = []
    if statistics:
        parts += [_statistics(linted)] if linted.findings or linted.groups else []
    else:
        parts += [_shown(each, linted.files, columns) for each in linted.findings]
        parts += [group_lines(each, linted.people or 0, columns) for each in linted.groups]
    if linted.letters:
        parts.append(_scores(linted.letters, columns))
    notes = [line for note in linted.notes for line in broken(note, columns)]
    parts.append("\n".join([*notes, *_closing(linted, columns)]))
    return "\n\n".join(parts)


def _shown(finding: Finding, files: Mapping[str, str], columns: int) -> str:
    head = f"{finding.where or 'the letter'}: {finding.level} {finding.code} {finding.message}"
    lines = broken(head, columns, rest="    ")
    lines += _snippet(finding, files, columns)
    indent = " " * _MARGIN
    for label, said in (("hint", finding.hint), ("write", finding.rewrite)):
        if said:
            lines += broken(f"{label}: {said}", columns, first=indent, rest=indent)
    return "\n".join(lines)


def _snippet(finding: Finding, files: Mapping[str, str], columns: int) -> list[str]:
    """The line of the file, cut to the screen around the place, and the mark under it."""
    where, until = finding.where, finding.until
    lines = _LINE_END.split(files.get(where.file, ""))
    if not finding.quote or not 0 < where.line <= len(lines):
        return []
    line = _printable(lines[where.line - 1])
    start = min(where.column - 1, len(line))
    end = max(start + 1, until.column if until.line == where.line else len(line))
    margin = f"{where.line:>4} | "
    cut, last = _window(line, start, columns - len(margin) - 2)
    left, right = "…" if cut else "", "…" if last < len(line) else ""
    before = width(left + line[cut:start])
    marks = max(1, width(line[start : min(end, last)]))
    return [
        f"{margin}{left}{line[cut:last]}{right}",
        f"{'':>{len(margin) - 3}} | {' ' * before}{'^' * marks}",
    ]


def _window(line: str, start: int, room: int) -> tuple[int, int]:
    """The part [cut, last) of a line that fits in so many columns, with a little of what stands before `start`."""
    cut = max(0, start - room)
    while width(line[cut:start]) > room // 4:
        cut += 1
    last = min(len(line), cut + room)
    while width(line[cut:last]) > room:
        last -= 1
    while cut and width(line[cut - 1 : last]) <= room:
        cut -= 1
    return cut, last


def _printable(text: str) -> str:
    """Each character in one column or two; what cannot be seen as `·`."""
    return "".join(char if char.isprintable() else "·" for char in text)


def _statistics(linted: Linted) -> str:
    counts = Counter((each.code, each.level) for each in linted.findings)
    counts.update({(each.finding.code, each.finding.level): each.count for each in linted.groups})
    rows = [(f"{count:,}", code, str(level)) for (code, level), count in counts.most_common()]
    return table(rows, ("TIMES", "RULE", "LEVEL"))


def _scores(letters: Iterable[Letter], columns: int) -> str:
    rows = [(each.file, f"{each.spam:g}", str(each.craft)) for each in letters]
    return table(rows, ("LETTER", "SPAM 0-100", "CRAFT 0-100"), columns)


def _closing(linted: Linted, columns: int) -> Iterator[str]:
    levels = linted.levels
    counts = ", ".join(
        number(levels[level], word) for level, word in zip(LEVELS, ("error", "warning", "note"), strict=True)
    )
    people = f" and {number(linted.people, 'letter')} to people" if linted.people is not None else ""
    yield f"{counts} in {number(len(linted.letters), 'letter')}{people}"
    if linted.findings:
        worst = min(linted.findings, key=lambda each: LEVELS.index(each.level))
        yield f"what a code means: outreach rule {worst.code}"
    yield from broken(SMALL_PART, columns)


def value(linted: Linted) -> dict[str, Any]:
    """The result as JSON.

    `{"letters": [{"file", "spam", "craft"}], "findings": [{"code", "level", "message", "part", "file", "line",
    "column", "end_line", "end_column", "text", "hint", "rewrite", "fix"}], "people": letters to people that
    were linted or null, "groups": [{"code", "level", "message", "letter", "file", "line", "column", "hint",
    "count", "example": {"email", "text"}}], "errors", "warnings", "notes"}`.

    Lines and columns count from 1, in characters; `end_column` is that of the last one; 0 where there is no
    place. `text` is what stands there, `fix` what `--fix` puts in its place or null.
    """
    levels = linted.levels
    return {
        "letters": [{"file": each.file, "spam": each.spam, "craft": each.craft} for each in linted.letters],
        "findings": [finding_value(each) for each in linted.findings],
        "people": linted.people,
        "groups": [group_value(each) for each in linted.groups],
        "errors": levels[Level.ERROR],
        "warnings": levels[Level.WARNING],
        "notes": levels[Level.INFO],
    }


def finding_value(finding: Finding) -> dict[str, Any]:
    """One finding as JSON: see `value`."""
    return {
        "code": finding.code,
        "level": str(finding.level),
        "message": finding.message,
        "part": finding.part,
        "file": finding.where.file,
        "line": finding.where.line,
        "column": finding.where.column,
        "end_line": finding.until.line,
        "end_column": finding.until.column,
        "text": finding.quote,
        "hint": finding.hint,
        "rewrite": finding.rewrite,
        "fix": finding.fix,
    }
