"""What is wrong with some people's letters only: alike ones told together, with one of them as an example."""

from dataclasses import dataclass
from typing import Any

from outreach.lint import Finding
from outreach.report.lines import broken

SHOWN = 70  # characters of an example


@dataclass(frozen=True, slots=True)
class Group:
    """The same finding in `count` people's letters; `email` and `example` (the words around) are of the first."""

    finding: Finding
    count: int
    letter: str
    email: str
    example: str


def group_lines(group: Group, letters: int, columns: int) -> str:
    """ "3 of 812 letters: templates/...: error MRG602 ...", with an example below."""
    found = group.finding
    head = f"{group.count:,} of {letters:,} letters: {found.where or group.letter}: "
    head += f"{found.level} {found.code} {found.message}"
    lines = broken(head, columns, rest="    ")
    indent = " " * 7
    lines += broken(f"{group.email}: {group.example!r}", columns, first=indent, rest=indent)
    if found.hint:
        lines += broken(f"hint: {found.hint}", columns, first=indent, rest=indent)
    return "\n".join(lines)


def group_value(group: Group) -> dict[str, Any]:
    """A group as JSON: see `findings.value`."""
    found = group.finding
    return {
        "code": found.code,
        "level": str(found.level),
        "message": found.message,
        "letter": group.letter,
        "file": found.where.file,
        "line": found.where.line,
        "column": found.where.column,
        "hint": found.hint,
        "count": group.count,
        "example": {"email": group.email, "text": group.example},
    }
