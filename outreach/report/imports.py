"""What an import of prospects did, as values, and its screen."""

import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outreach.model import FieldType, Value
from outreach.prospect import BadRow
from outreach.report import cautions, mapping
from outreach.report.lines import LABEL, WIDTH, broken, labelled, number, width
from outreach.report.mapping import NOTHING, Layout

EXAMPLES = 3  # bad rows that the screen shows; all are in the errors file
MOST_FIELDS = 10  # new fields that the screen names; the mapping has them all
TAGS = "tags"  # the column whose words become tags
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True, slots=True)
class Match:
    """How many people of the store match a campaign's segment; None with what is wrong with it.

    `status` is "" before the first launch; after it `more` are those who match and never were in it, who join
    at night where `nightly` and no reason holds them, `per_day` of them (None: no limit). `edited` is the
    launched revision where the files say something else, else 0. `ours` are those who match of the first 200
    people of the file.
    """

    campaign: str
    people: int | None
    problem: str = ""
    status: str = ""
    more: int = 0
    nightly: bool = False
    per_day: int | None = None
    edited: int = 0
    ours: int = 0

    @property
    def rank(self) -> tuple[bool, int, bool, int]:
        """How likely it is the campaign that an import was for: the highest is."""
        more = self.more if self.status else self.people
        return self.status != "ended", self.ours, bool(self.status and self.ours), more or 0


@dataclass(slots=True)
class Import:
    """An import as far as it is: every number is in rows of the file, brought up to date with every batch."""

    file: str
    encoding: str
    guessed: bool
    delimiter: str
    dry_run: bool = False
    sample: str = ""  # a cell that shows whether a guessed encoding is right
    sheet: str = ""  # of a workbook
    notes: list[str] = field(default_factory=list)  # how the file was read
    on_existing: str = ""
    layout: Layout = NOTHING
    asked: bool = False  # the user has seen the layout already
    tags: Sequence[str] = ()  # those for everybody
    values: Mapping[str, Value] = field(default_factory=dict)  # --set, as the fields hold them
    options: Sequence[str] = ()  # what was said of everybody, for the rows that come later
    new_fields: dict[str, FieldType] = field(default_factory=dict)
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    suppressed: int = 0
    tagged: int = 0  # tags that people did not have
    opted_out: Counter[str] = field(default_factory=Counter)  # columns -> rows that they say it of
    refused: int = 0  # people suppressed anew for that
    differing: int = 0  # people who keep a value that their row has otherwise
    duplicates: int = 0
    filled: int = 0  # duplicates that had what the first row left empty
    unlike: int = 0  # duplicates with another value than the first row has
    bad: int = 0
    nameless: int = 0  # good rows without a first name
    blamed: Counter[str] = field(
        default_factory=Counter
    )  # columns of the user's own -> rows bad for them alone
    repeated: BadRow | None = None  # the first duplicate
    differs: BadRow | None = None  # the first with another value; its reason is the field
    bad_rows: list[BadRow] = field(default_factory=list)  # the first EXAMPLES
    warnings: dict[str, cautions.Warned] = field(default_factory=dict)
    errors_file: str = ""

    @property
    def kept(self) -> int:
        """Rows whose people are in the store now."""
        return self.added + self.changed + self.unchanged

    @property
    def useless(self) -> bool:
        """Whether no row was any good."""
        return self.bad > 0 and not (self.kept or self.suppressed or self.opted_out.total())

    @property
    def good(self) -> int:
        """Rows that are people, whether they came in or not."""
        return self.rows - self.bad - self.duplicates

    def differ(self, line: int, name: str) -> None:
        """Count a duplicate whose value of that field is another one than the first row's; "" is none."""
        if name:
            self.unlike += 1
            self.differs = self.differs or BadRow(line, name)

    def warn(self, line: int, warning: str) -> None:
        """Count a row's warning under its kind, which is what stands before the quoted value."""
        kind, *example = re.split(r" (?=['\"])", warning, maxsplit=1)
        first = cautions.Warned(0, line, "".join(example))
        self.warnings.setdefault(kind, first).add(line, *example)


def text(done: Import, matches: Sequence[Match] = (), problem: str = "") -> str:
    """The screen: what came in, what was left out and why, who matches which campaign, what to do next.

    `problem` is what keeps the campaigns from being read.
    """
    parts = [
        labelled("DRY RUN", "nothing was changed") if done.dry_run else "",
        labelled("FILE", *_file(done)),
        mapping.section(done.layout, whole=not done.asked and (done.dry_run or not done.layout.known)),
        labelled("SET", *_folded([_set(done)])) if done.values else "",
        labelled("PEOPLE", *_people(done)),
        labelled("OPTED OUT", *_opted_out(done)) if done.opted_out.total() else "",
        labelled("TAGS", *_tags(done)) if done.tagged or done.tags else "",
        labelled("LEFT OUT", *left) if (left := _left_out(done)) else "",
        labelled("WARNINGS", *cautions.lines(done.warnings, done.good)) if done.warnings else "",
        labelled("HINTS", *_folded(hint.text for hint in _hints(done))) if _hints(done) else "",
        labelled("FIELDS", *_folded([_fields(done)])) if done.new_fields else "",
        labelled("MATCH", *map(_match, matches)) if matches else "",
        labelled("CAMPAIGNS", f"cannot be read: {problem}") if problem else "",
        labelled("NEXT", *_next(done, matches)),
    ]
    return "\n".join(filter(None, parts))


def _file(done: Import) -> list[str]:
    read = [f"{done.file}: {number(done.rows, 'row')}"]
    if not done.sheet:
        read += [_encoding(done), _DELIMITERS.get(done.delimiter, repr(done.delimiter))]
    lines = [", ".join(read), *_folded(done.notes)]  # a path is copied, so it stays whole
    if done.guessed:
        again = "import again with --encoding NAME --on-existing update"
        lines += _folded([f"the encoding is a guess: if {done.sample} looks wrong, {again}"])
    return lines


def _encoding(done: Import) -> str:
    return re.sub(r"^cp(125\d)$", r"windows-\1", done.encoding)


def _people(done: Import) -> list[str]:
    lines = [f"{done.added:,} added, {done.changed:,} changed, {done.unchanged:,} unchanged"]
    if done.differing:
        have = "has another value" if done.differing == 1 else "have other values"
        lines.append(f"{done.differing:,} {have} in the file, not taken: --on-existing update takes them")
    return lines


def _set(done: Import) -> str:
    said = ", ".join(f"{name} = {_word(value)}" for name, value in done.values.items())
    return f"{said}, where a row has none of its own"


def _word(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else mapping.plain(str(value))


def _opted_out(done: Import) -> list[str]:
    lines = [
        f"{rows:,} suppressed: column '{mapping.plain(column)}'"
        for column, rows in done.opted_out.most_common()
        if rows
    ]
    known = done.opted_out.total() - done.refused
    lines += [f"{known:,} of them were so already"] if known > 0 else []
    return _folded(lines)


def _left_out(done: Import) -> list[str]:
    lines = []
    if done.duplicates:
        found = number(done.duplicates, "duplicate") + " in the file"
        first = f" (line {done.repeated.line}: {done.repeated.text})" if done.repeated else ""
        lines += _folded([found + first])
        if done.filled:
            lines.append(f"  {done.filled:,} filled in what the row before left empty")
        if done.differs:
            have = "has another value" if done.unlike == 1 else "have other values"
            lines += _indented(
                [f"{done.unlike:,} {have}, not taken (line {done.differs.line}: {done.differs.reason})"]
            )
    if done.suppressed:
        lines.append(f"{done.suppressed:,} suppressed: left alone")
    if done.bad:
        lines.append(number(done.bad, "bad row") + (f": see {done.errors_file}" if done.errors_file else ""))
        lines += _indented(f"line {each.line}: {each.reason}" for each in done.bad_rows)
        lines += ["  ..."] if done.bad > len(done.bad_rows) else []
        for header, rows in done.blamed.most_common(EXAMPLES):
            said = f"  {rows:,} for {header} alone, which can be left out:"
            out = mapping.option(header, "")  # a command, so it stays whole
            lines += [f"{said} {out}"] if width(said + out) < WIDTH - LABEL - 1 else [said, f"    {out}"]
    return lines


def _indented(texts: Iterable[str]) -> list[str]:
    """What belongs to the line before it: two further in, and the further lines of each four."""
    return [line for text in texts for line in broken(text, WIDTH - LABEL - 1, first="  ", rest="    ")]


def _hints(done: Import) -> list[cautions.Hint]:
    return cautions.hints(done.warnings, done.nameless, done.good)


def _tags(done: Import) -> list[str]:
    names = f" ({', '.join(done.tags)})" if done.tags else ""
    return _folded([f"{number(done.tagged, 'new tag')}{names}"])


def _folded(texts: Iterable[str]) -> list[str]:
    """Texts in lines that fit beside a label, the further lines of each a little further in."""
    return [line for text in texts for line in broken(text, WIDTH - LABEL - 1, rest="  ")]


def _fields(done: Import) -> str:
    shown = [f"{name} ({kind})" for name, kind in done.new_fields.items()]
    more = f" and {len(shown) - MOST_FIELDS:,} more" if shown[MOST_FIELDS:] else ""
    return f"new: {', '.join(shown[:MOST_FIELDS])}{more}"


def _match(match: Match) -> str:
    name = match.campaign
    if match.people is None:
        return f"not counted for campaign {name}: {match.problem}"
    if match.edited:
        return (
            f"{match.people:,} match {name}: files differ from revision {match.edited}: outreach plan {name}"
        )
    if match.status in ("", "ended"):
        return f"{match.people:,} match campaign {name}" + (", which has ended" if match.status else "")
    if not match.nightly:
        return f"{match.people:,} match campaign {name}, {match.more:,} of them are not in it"
    day = f" ({match.per_day:,} a day)" if match.per_day else ""
    return f"{match.more:,} more match {name}; unless held they join tonight{day}"


def _next(done: Import, matches: Sequence[Match]) -> list[str]:
    if done.dry_run:
        return ["the same command without --dry-run"]
    commands = []
    if done.errors_file:
        commands.append(f"mend {done.errors_file}, then:")
        commands.append(shlex.join(["outreach", "prospects", "import", done.errors_file, *done.options]))
    counted = [match for match in matches if match.people]
    if counted:
        best = max(counted, key=lambda match: match.rank)
        return [*commands, f"outreach plan {best.campaign}"]
    return [*commands, "outreach prospects list"]


def stopped(done: Import) -> str:
    """What to say when an import is stopped in the middle."""
    rows = number(done.kept, "row") + (" would be" if done.dry_run else " are")
    return f"stopped: {rows} in; repeat the command for the rest, it does no harm"


def value(done: Import, matches: Sequence[Match] = (), problem: str = "") -> dict[str, Any]:
    """`file`, `encoding`, `encoding_guessed`, `delimiter`, `dry_run`; rows as numbers: `rows`, `added`, `changed`,
    `unchanged`, `differing` (who keep a value that their row has otherwise), `duplicates`, `duplicates_filled`
    (that had what the row before left empty), `duplicates_differing` (with a value that was not taken),
    `suppressed`, `bad`; `opted_out` (whose row says that they have: they are suppressed), `opted_out_new` (people
    who were not before), `opted_out_columns` (header to such rows); `blamed` (columns of the user's own to the
    rows that are bad for them alone); `errors_file` ("" for none); `new_fields` (name to type); `notes` (how the
    file was read, in words); `on_existing` (fill, skip or update); `mapping` as `report.mapping.value` has it;
    `tags` (those for everybody), `tagged` (tags that people did not have); `set` (field to the value for rows
    without one); `warnings` (list of `kind`, `rows`, `line`, `example`, `values`: the first 100 different ones, a
    list of `value`, `line` and `rows`); `hints` (list of `kind`, `share` of the good rows from 0 to 1, `text`);
    `campaigns` (list of `campaign`, `matching`, null with a `problem`; `status`, "" before its launch, after it
    `more`, who match and never were in it; `from_file`, who match of the file's first 200 people; `nightly`,
    `per_day`; `edited`, the launched revision that the files differ from, else 0); `campaigns_problem` ("" unless
    the campaigns cannot be read).
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
        "differing": done.differing,
        "duplicates": done.duplicates,
        "duplicates_filled": done.filled,
        "duplicates_differing": done.unlike,
        "suppressed": done.suppressed,
        "opted_out": done.opted_out.total(),
        "opted_out_new": done.refused,
        "opted_out_columns": {column: rows for column, rows in done.opted_out.items() if rows},
        "bad": done.bad,
        "blamed": dict(done.blamed),
        "errors_file": done.errors_file,
        "new_fields": dict(done.new_fields),
        "notes": list(done.notes),
        "on_existing": done.on_existing,
        "mapping": mapping.value(done.layout),
        "tags": list(done.tags),
        "tagged": done.tagged,
        "set": dict(done.values),
        "warnings": [cautions.value(kind, each) for kind, each in done.warnings.items()],
        "hints": [{"kind": each.kind, "share": each.share, "text": each.text} for each in _hints(done)],
        "campaigns": [_campaign(each) for each in matches],
        "campaigns_problem": problem,
    }


def _campaign(match: Match) -> dict[str, Any]:
    return {
        "campaign": match.campaign,
        "matching": match.people,
        "problem": match.problem,
        "status": match.status,
        "more": match.more,
        "from_file": match.ours,
        "nightly": match.nightly,
        "per_day": match.per_day,
        "edited": match.edited,
    }
