"""Letters before anybody's fields are in them: every branch linted, each finding at its place in the template."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import unescape

from outreach import policy, template
from outreach.campaign import Campaign, Workspace
from outreach.data import table
from outreach.errors import Where
from outreach.lint import ignores
from outreach.lint.copy import Copy
from outreach.lint.finding import Finding
from outreach.lint.language import words
from outreach.lint.linter import Linter, linter
from outreach.lint.rules import RULES
from outreach.lint.rules.files import BLANKS, MISSPELLED, UNUSED
from outreach.lint.rules.phrases import TOTAL
from outreach.lint.score import Report
from outreach.model import Mailbox, Rendered, Sender, Span
from outreach.template import Letter

_ADDRESS = re.compile(r"""(?:href|src)=["']([^"'<>]{1,2000})""")
_NEIGHBOURS = ("county", "state", "cite")  # fields of their own, one letter from a standard one
_TAG = re.compile(r"<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who writes a letter, and the footer that is put below it."""

    sender: Sender
    mailbox: Mailbox
    footer: str


@dataclass(frozen=True, slots=True)
class LetterReport:
    """What was found in a letter. `spam` and `craft` (0-100) are those of its worst version."""

    file: str
    findings: tuple[Finding, ...]
    spam: float
    craft: int


def lint_letter(
    by: Linter, letter: Letter, *, first: bool = True, identity: Identity | None = None
) -> LetterReport:
    """Lint a letter as it stands: its branches with specimens for fields, its fallbacks, its ignore comments.

    Without an `identity` nobody knows what stands in the footer, and no IDN rule is judged.
    """
    comments = ignores.ignores(sources(letter))
    found = [*_fields(letter), *_misspelled(letter), *_blanks(letter)]
    reports: list[tuple[Report, Rendered]] = []
    for rendered in template.specimens(letter, lambda each: specimen(each, letter.language)):
        report = by.lint(copy_of(rendered, letter, first=first, identity=identity))
        here = [located(each, rendered, letter.file) for each in report.findings if each.code != TOTAL]
        here = [each for each in here if not within_value(each, rendered)]
        found += here
        left = [each for each in here if not ignores.taken_out(each, comments, by.rules)]
        reports.append((by.judge(left, report.words), rendered))
    found += [located(each, rendered, letter.file) for each, rendered in _totals(reports)]
    found += _fallbacks(by, letter)
    findings = [each for each in found if not ignores.taken_out(each, comments, by.rules)]
    findings += [
        each  # a comment in a partial may be needed by another letter that includes it
        for each in ignores.wrong(comments, found, by.rules)
        if each.code != UNUSED.code or each.where.file == letter.file
    ]
    return LetterReport(
        letter.file,
        tuple(sorted(_once(findings), key=lambda each: (each.where, each.code))),
        max((each.spam for each, _ in reports), default=0.0),
        min((each.craft for each, _ in reports), default=100),
    )


def lint_in(workspace: Workspace, letter: Letter, campaign: Campaign | None = None) -> LetterReport:
    """One letter linted as it stands in a campaign; without one, in the first that has it."""
    having = [
        each for each in workspace.campaigns.values() if letter.stem in [step.letter for step in each.steps]
    ]
    campaign = campaign or next(iter(having), None)
    first = campaign.steps[0].letter == letter.stem if campaign else letter.has_subject
    address = campaign.mailboxes[0] if campaign else next(iter(workspace.mailboxes))
    mailbox = workspace.mailboxes[address]
    footer = policy.footer(workspace.sender, mailbox, letter.language)
    identity = Identity(workspace.sender, mailbox, footer)
    return lint_letter(linter(workspace.lint.packs), letter, first=first, identity=identity)


def sources(letter: Letter) -> dict[str, str]:
    """Path -> text of everything a letter is made from."""
    folder, slash, _ = letter.file.rpartition("/")
    return {letter.file: letter.source, **{folder + slash + name: text for name, text in letter.partials}}


def copy_of(
    rendered: Rendered, letter: Letter, *, first: bool = True, identity: Identity | None = None
) -> Copy:
    """A rendered letter as the rules see it."""
    text = rendered.content.text
    return Copy(
        rendered.content.subject,
        text,
        rendered.content.html,
        language=letter.language,
        first=first,
        closing=f"{text}\n{identity.footer}\n" if identity else None,
        sender=identity.sender if identity else None,
        mailbox=identity.mailbox if identity else None,
    )


def located(finding: Finding, rendered: Rendered, file: str) -> Finding:
    """The finding with its place in the template; where that is not known (the footer) it has the file alone."""
    text, spans = _part(finding.part, rendered)
    start, end = finding.start, finding.end
    if finding.part == "html":
        text, spans = rendered.content.text, rendered.text_map
        start, end = _in_text(rendered, start, end)
    if not spans or start < 0 or finding.code.startswith("IDN"):
        return replace(finding, where=Where(file), until=Where(file))
    last = max(start, end - 1)
    where, until = (template.locate(text, spans, min(at, len(text) - 1)) for at in (start, last))
    return replace(finding, where=where, until=until, quote=text[start:end])


def _in_text(rendered: Rendered, start: int, end: int) -> tuple[int, int]:
    """Where the text has the address or the words of a piece of the HTML, made from one source; -1: nowhere."""
    piece = (rendered.content.html or "")[start:end]
    hit = _ADDRESS.search(piece)
    for said in (hit[1] if hit else "", _TAG.sub("", piece)):
        place = rendered.content.text.find(unescape(said).strip()) if said.strip() else -1
        if place >= 0:
            return place, place + len(unescape(said).strip())
    return -1, -1


def within_value(finding: Finding, rendered: Rendered) -> bool:
    """Whether a finding lies in a field's value alone: then it is the value's, not the letter's."""
    _, spans = _part(finding.part, rendered)
    place = bisect_right(spans, finding.start, key=lambda span: span.start) - 1
    return finding.end > 0 and place >= 0 and bool(spans[place].field) and finding.end <= spans[place].end


def _part(part: str, rendered: Rendered) -> tuple[str, tuple[Span, ...]]:
    if part == "subject":
        return rendered.content.subject or "", rendered.subject_map
    return (rendered.content.text, rendered.text_map) if part == "text" else ("", ())


def specimen(expression: str, language: str = "") -> str:
    """What stands for an expression in a letter that is nobody's yet, by the field it begins with.

    An opening is one in the letter's language: "Dear Ms Ellis" is none in a Russian letter.
    """
    name, values = expression.partition("|")[0].strip(), table("specimens")
    if name == "salutation" and language:
        greeting = words(language.lower().replace("_", "-").partition("-")[0]).greetings[0]
        return f"{greeting.capitalize()} {values['last_name']}"
    return str(values.get(name, values["any"]))


def _fields(letter: Letter) -> Iterator[Finding]:
    """Fields of the reader that some reader may lack, and a letter without any."""
    own = {name: where for name, where in reversed(letter.uses) if not name.startswith("sender_")}
    lacking = sorted(letter.required & own.keys() - {"email"}, key=lambda name: own[name])
    for name in lacking:
        hint = f'write {{{{ {name} | default("...") }}}}, or {{% if {name} %}} ... {{% endif %}}'
        found = RULES["MRG603"].found(f"no fallback for {name}: whoever lacks it is held", hint=hint)
        until = replace(own[name], column=own[name].column + len(name) - 1)
        yield replace(found, where=own[name], until=until, quote=name)
    if not own:
        found = RULES["MRG604"].found("nothing in this letter is about its reader")
        yield replace(found, where=Where(letter.file), until=Where(letter.file))


def _misspelled(letter: Letter) -> Iterator[Finding]:
    """Every use of a field that is no standard one and nearly is."""
    standard = sorted(table("specimens").keys() - {"any"})
    for name, where in letter.uses:
        meant = next((each for each in standard if _slipped(name, each)), "")
        if meant and name not in (*standard, *_NEIGHBOURS):
            found = MISSPELLED.found(f"`{name}` looks like `{meant}`", hint=f"write {meant}")
            until = replace(where, column=where.column + len(name) - 1)
            yield replace(found, where=where, until=until, quote=name)


def _slipped(name: str, meant: str) -> bool:
    """Whether one slip of the finger makes one name of the other; more letters at the end are another field."""
    if name.startswith(meant) or meant.startswith(name) or abs(len(name) - len(meant)) > 1:
        return False
    start = next(place for place, (one, two) in enumerate(zip(name, meant, strict=False)) if one != two)
    ours, theirs = name[start:], meant[start:]
    turned = ours[1:2] + ours[:1] + ours[2:]  # two letters in the other order
    return theirs in (turned, ours[1:]) or ours == theirs[1:] or (ours[1:] == theirs[1:])


def _fallbacks(by: Linter, letter: Letter) -> list[Finding]:
    """What is wrong with the words that stand for missing fields: the letter of somebody with as few as may be."""
    try:
        rendered = template.render(letter, {name: specimen(name) for name in letter.required})
    except template.RenderError:
        return []  # a specimen is text, and this letter reckons with it
    report = by.lint(copy_of(rendered, letter))
    found = [each for each in report.findings if each.code != TOTAL and within_value(each, rendered)]
    return [located(each, rendered, letter.file) for each in found]


def _blanks(letter: Letter) -> Iterator[Finding]:
    """Blanks at line ends of the letter's own file, but for that of a signature's `-- `."""
    for number, line in enumerate(letter.source.splitlines(), start=1):
        bare = line.rstrip(" \t")
        if bare != line and line != "-- ":
            where = Where(letter.file, number, len(bare) + 1)
            found = BLANKS.found("blanks at the end of the line", hint="delete them", fix="")
            until = replace(where, column=len(line))
            yield replace(found, where=where, until=until, quote=line[len(bare) :])


def _totals(reports: Iterable[tuple[Report, Rendered]]) -> list[tuple[Finding, Rendered]]:
    """The worst total of all versions, if it is a finding at all."""
    totals = [
        (report.raw, found, rendered)
        for report, rendered in reports
        for found in report.findings
        if found.code == TOTAL
    ]
    return [max(totals, key=lambda each: each[0])[1:]] if totals else []


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, however many versions of the letter have it."""
    first: dict[tuple[object, ...], Finding] = {}
    for each in findings:
        first.setdefault((each.code, each.where, each.until, each.where.line == 0 and each.message), each)
    return list(first.values())
