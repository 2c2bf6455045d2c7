"""What an import of prospects did, as values, and its screen."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from outreach.model import FieldType
from outreach.prospect import BadRow
from outreach.report.lines import labelled, number

EXAMPLES = 3  # bad rows that the screen shows; all are in the errors file
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(slots=True)
class Warned:
    """A kind of warning: in how many rows, and the line and the value of the first of them."""

    rows: int
    line: int
    example: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """How many people of the store match a campaign's segment; None with what is wrong with it."""

    campaign: str
    people: int | None
    problem: str = ""


@dataclass(slots=True)
class Import:
    """An import as far as it is: every number is in rows of the file, brought up to date with every batch."""

    file: str
    encoding: str
    guessed: bool
    delimiter: str
    dry_run: bool = False
    sample: str = ""  # a cell that shows whether a guessed encoding is right
    new_fields: dict[str, FieldType] = field(default_factory=dict)
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    suppressed: int = 0
    duplicates: int = 0
    bad: int = 0
    repeated: BadRow | None = None  # the first duplicate
    bad_rows: list[BadRow] = field(default_factory=list)  # the first EXAMPLES
    warnings: dict[str, Warned] = field(default_factory=dict)
    errors_file: str = ""

    @property
    def kept(self) -> int:
        """Rows whose people are in the store now."""
        return self.added + self.changed + self.unchanged

    def warn(self, line: int, warning: str) -> None:
        """Count a row's warning under its kind, which is what stands before the quoted value."""
        kind, *example = re.split(r" (?=['\"])", warning, maxsplit=1)
        self.warnings.setdefault(kind, Warned(0, line, *example)).rows += 1


def text(done: Import, matches: Sequence[Match] = (), problem: str = "") -> str:
    """The screen: what came in, what was left out and why, who matches which campaign, what to do next.

    `problem` is what keeps the campaigns from being read.
    """
    parts = [
        labelled("DRY RUN", "nothing was changed") if done.dry_run else "",
        labelled("FILE", *_file(done)),
        labelled("PEOPLE", _people(done)),
        labelled("LEFT OUT", *left) if (left := _left_out(done)) else "",
        labelled("WARNINGS", *_warnings(done)) if done.warnings else "",
        labelled("FIELDS", _fields(done)) if done.new_fields else "",
        labelled("MATCH", *map(_match, matches)) if matches else "",
        labelled("CAMPAIGNS", f"cannot be read: {problem}") if problem else "",
        labelled("NEXT", *_next(done, matches)),
    ]
    return "\n".join(filter(None, parts))


def _file(done: Import) -> tuple[str, ...]:
    delimiter = _DELIMITERS.get(done.delimiter, done.delimiter)
    read = f"{done.file}: {number(done.rows, 'row')}, {_encoding(done)}, {delimiter}"
    if not done.guessed:
        return (read,)
    doubt = f"the encoding is a guess: if {done.sample} looks wrong, import again with"
    return (read, doubt, "--encoding NAME --on-existing update")


def _encoding(done: Import) -> str:
    return re.sub(r"^cp(125\d)$", r"windows-\1", done.encoding)


def _people(done: Import) -> str:
    return f"{done.added:,} added, {done.changed:,} changed, {done.unchanged:,} unchanged"


def _left_out(done: Import) -> list[str]:
    lines = []
    if done.duplicates:
        found = number(done.duplicates, "duplicate") + " in the file"
        first = f" (line {done.repeated.line}: {done.repeated.text})" if done.repeated else ""
        lines.append(found + first)
    if done.suppressed:
        lines.append(f"{done.suppressed:,} suppressed: left alone")
    if done.bad:
        lines.append(number(done.bad, "bad row") + (f": see {done.errors_file}" if done.errors_file else ""))
        lines += [f"  line {each.line}: {each.reason}" for each in done.bad_rows]
        lines += ["  ..."] if done.bad > len(done.bad_rows) else []
    return lines


def _warnings(done: Import) -> list[str]:
    return [
        f"{each.rows:,} {kind}" + (f", such as {each.example} in line {each.line}")
        if each.example
        else f"{each.rows:,} {kind}, the first in line {each.line}"
        for kind, each in done.warnings.items()
    ]


def _fields(done: Import) -> str:
    return "new: " + ", ".join(f"{name} ({kind})" for name, kind in done.new_fields.items())


def _match(match: Match) -> str:
    if match.people is None:
        return f"not counted for campaign {match.campaign}: {match.problem}"
    return f"{match.people:,} match campaign {match.campaign}"


def _next(done: Import, matches: Sequence[Match]) -> list[str]:
    if done.dry_run:
        return ["the same command without --dry-run"]
    commands = []
    if done.errors_file:
        commands.append(f"mend {done.errors_file} and import it like any other file")
    counted = [match for match in matches if match.people]
    if counted:
        best = max(counted, key=lambda match: match.people or 0)
        return [*commands, f"outreach plan {best.campaign}"]
    return [*commands, "outreach prospects list"]


def stopped(done: Import) -> str:
    """What to say when an import is stopped in the middle."""
    rows = number(done.kept, "row") + (" would be" if done.dry_run else " are")
    return f"stopped: {rows} in; repeat the command for the rest, it does no harm"


def value(done: Import, matches: Sequence[Match] = (), problem: str = "") -> dict[str, Any]:
    """`file`, `encoding`, `encoding_guessed`, `delimiter`, `dry_run`; rows as numbers: `rows`, `added`, `changed`,
    `unchanged`, `duplicates`, `suppressed`, `bad`; `errors_file` ("" for none); `new_fields` (name to type);
    `warnings` (list of `kind`, `rows`, `line`, `example`); `campaigns` (list of `campaign`, `matching`, null
    with a `problem`); `campaigns_problem` ("" unless the campaigns cannot be read).
    """
    return {
        "file": done.file,
        "encoding": done.encoding,
        "encoding_guessed": done.guessed,
        "delimiter": done.delimiter,
        "dry_run": done.dry_run,
        "rows": done.rows,
        "added": done.added,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "duplicates": done.duplicates,
        "suppressed": done.suppressed,
        "bad": done.bad,
        "errors_file": done.errors_file,
        "new_fields": dict(done.new_fields),
        "warnings": [
            {"kind": kind, "rows": each.rows, "line": each.line, "example": each.example}
            for kind, each in done.warnings.items()
        ],
        "campaigns": [
            {"campaign": each.campaign, "matching": each.people, "problem": each.problem} for each in matches
        ],
        "campaigns_problem": problem,
    }
