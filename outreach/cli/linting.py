"""What `outreach lint` does: find the letters that are meant, lint them, mend them, score a batch."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outreach.cli.app import App
from outreach.errors import InputError, OutreachError, Problem, did_you_mean

if TYPE_CHECKING:
    from outreach.campaign import Workspace
    from outreach.lint import Finding, Linter, Rule
    from outreach.lint.selection import Selection
    from outreach.report.findings import Linted
    from outreach.report.outliers import Group
    from outreach.template import Letter

UNREADABLE = "TPL001"
LOOSE = "Not in templates/ of a workspace: who sends is not known, so no IDN rule is judged."


def linter(app: App) -> "Linter":
    """The linter with the workspace's own packs where there is a workspace, else with the built-in ones alone."""
    from outreach import lint

    packs: tuple[tuple[str, str], ...] = ()
    try:
        packs = app.workspace.lint.packs
    except InputError:
        with suppress(OutreachError):
            packs = app.basics.lint.packs  # whatever is wrong in letters and campaigns
    except OutreachError:
        pass
    return lint.linter(packs)


def rules(app: App) -> "Mapping[str, Rule]":
    """All rules by code."""
    return linter(app).rules


def codes(app: App, given: Iterable[str]) -> tuple[str, ...]:
    """The prefixes of an option given once or more, with commas or without; UsageError for one no rule has."""
    found = tuple(code.upper() for each in given for code in each.replace(",", " ").split())
    known = rules(app) if found else {}
    for code in found:
        if not any(each.startswith(code) for each in known):
            raise click.UsageError(f"no rule begins with {code}{meant(code, known)}")
    return found


def meant(code: str, known: "Mapping[str, Rule]") -> str:
    """`, did you mean ...?` for a code, or the beginning of one, that no rule has."""
    return did_you_mean(code, [*{each.family for each in known.values()}, *known])


def run(app: App, targets: tuple[str, ...], selection: "Selection") -> "Linted":
    """Lint what is meant; InputError where the settings, or all that is meant, cannot be read."""
    loose = _loose(app, targets)
    if loose is not None:
        return loose_letters(app, loose, selection)
    try:
        workspace = app.workspace
    except InputError as exc:
        return _rest(app, targets, selection, exc)
    return _linted(app, workspace, targets, selection)


def _rest(app: App, targets: tuple[str, ...], selection: "Selection", exc: InputError) -> "Linted":
    """What can be linted beside broken files; those among them that are meant are findings.

    InputError with what is wrong with these where nothing is left, and with everything where settings or
    packs are broken.
    """
    workspace, lacking = _without(app, exc)
    if workspace is None:
        raise exc
    broken, others = _split(app, targets, exc)
    left = tuple(each for each in targets if _inside(app, each) not in {one.where.file for one in broken})
    try:
        linted = _linted(app, workspace, left, selection, whole=False) if left or not targets else None
    except OutreachError:
        gone = {*lacking, *(one.where.file for one in exc.problems)}
        if {_inside(app, each) for each in left} & {*gone, *(Path(each).stem for each in gone)}:
            raise exc from None  # what is meant is broken, or needs what is
        raise
    if linted is None or not linted.letters:
        raise InputError(broken or exc.problems)
    notes = [f"Not judged, as they need a broken file: {', '.join(lacking)}."] if lacking else []
    if any(not (app.start / each).exists() for each in left):
        notes.append("People's letters are not judged beside broken files.")
    if others:
        notes.append(f"Problems in other files: {len(others)}; `outreach lint` shows them.")
    found = unreadable(InputError(broken)).findings if broken else ()
    return replace(linted, findings=[*found, *linted.findings], notes=[*linted.notes, *notes])


def _split(app: App, targets: tuple[str, ...], exc: InputError) -> tuple[list[Problem], list[Problem]]:
    """The problems of files that are meant, and those of others. All are meant unless only paths are given."""
    names = [_inside(app, each) for each in targets if (app.start / each).exists()]
    if len(names) < max(1, len(targets)):
        return list(exc.problems), []
    meant = [
        each
        for each in exc.problems
        if any(name in (each.where.file, ".") or each.where.file.startswith(f"{name}/") for name in names)
    ]
    return meant, [each for each in exc.problems if each not in meant]


def _inside(app: App, target: str) -> str:
    """A path as the workspace names its files; the target itself where it lies elsewhere."""
    path, root = (app.start / target).resolve(), app.root.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else target


def _without(app: App, exc: InputError) -> "tuple[Workspace | None, list[str]]":
    """The workspace without its broken files, and the files left out because they need those.

    None where others than letters and campaigns are broken.
    """
    from outreach.workspace import parse
    from outreach.workspace.disk import collect

    files, _ = collect(app.root, [])
    broken = {each.where.file for each in exc.problems}
    left_out = set(broken)
    while all(name.startswith(("templates/", "campaigns/")) for name in left_out):
        kept = {name: text for name, text in files.items() if name not in left_out}
        try:
            return parse(kept, root=str(app.root)), sorted(left_out - broken)
        except InputError as other:
            more = {each.where.file for each in other.problems} - left_out
            if not more:
                break
            left_out |= more
    return None, []


def _linted(
    app: App, workspace: "Workspace", targets: tuple[str, ...], selection: "Selection", *, whole: bool = True
) -> "Linted":
    """Lint what is meant of a workspace; people's letters only where it is `whole`."""
    from outreach.lint.letters import lint_in
    from outreach.lint.sequence import lint_sequence
    from outreach.report.findings import Letter as Scored
    from outreach.report.findings import Linted

    if any((app.start / each).resolve() == app.root.resolve() for each in targets):
        targets = ()
    by = linter(app)
    letters, campaigns = _meant(app, workspace, targets)
    settings = _settings(workspace, selection)
    gates = {code for code, rule in by.rules.items() if rule.gate}

    def shows(code: str) -> bool:
        """A launch stops at a gate whatever the file ignores, so only the command line hides it."""
        return settings.shows(code) or (code in gates and selection.shows(code))

    reports = [lint_in(workspace, letter) for letter in letters]
    findings = [found for each in reports for found in each.findings]
    for stem in campaigns:
        findings += lint_sequence(workspace, workspace.campaigns[stem])
    people, groups, notes = _people(app, campaigns if targets and whole else [], findings)
    return Linted(
        letters=[Scored(each.file, each.spam, each.craft) for each in reports],
        findings=[each for each in dict.fromkeys(findings) if shows(each.code)],
        files=workspace.files,
        groups=[each for each in groups if shows(each.finding.code)],
        people=people,
        notes=notes,
    )


def _settings(workspace: "Workspace", selection: "Selection") -> "Selection":
    """The command line's choice on top of the file's: `--select` takes its place, the rest is added."""
    from outreach.lint.selection import Selection

    own = workspace.lint
    return Selection(
        selection.select or own.select,
        (*own.ignore, *selection.ignore),
        (*own.extend_select, *selection.extend),
    )


def _loose(app: App, targets: tuple[str, ...]) -> list[Path] | None:
    """The files meant, where they lie in no workspace; None where there is a workspace to go by."""
    try:
        root = app.root
    except OutreachError:
        paths = [app.start / each for each in targets]
        if not paths or not all(path.is_file() for path in paths):
            raise
        return paths
    outside = [app.start / each for each in targets if (app.start / each).is_file()]
    own = [root.resolve() / each for each in ("templates", "campaigns", "outreach.toml")]
    inside = any(path.resolve().is_relative_to(each) for path in outside for each in own)
    return outside if outside and not inside and len(outside) == len(targets) else None


def loose_letters(app: App, paths: list[Path], selection: "Selection", note: str = LOOSE) -> "Linted":
    """Letters that lie in no workspace: nobody knows who sends them, so identity is not judged."""
    from outreach import template
    from outreach.lint.letters import lint_letter, sources
    from outreach.report.findings import Letter as Scored
    from outreach.report.findings import Linted
    from outreach.workspace import read_letter

    problems: list[Problem] = []
    letters = []
    for path in paths:
        try:
            name = str(path.relative_to(app.start) if path.is_relative_to(app.start) else path)
            letters.append(template.parse(name, *read_letter(path)))
        except InputError as exc:
            problems += exc.problems
    if problems:
        raise InputError(problems)
    by = linter(app)
    reports = [lint_letter(by, letter, first=letter.has_subject) for letter in letters]
    return Linted(
        letters=[Scored(each.file, each.spam, each.craft) for each in reports],
        findings=[found for each in reports for found in each.findings if selection.shows(found.code)],
        files={name: text for letter in letters for name, text in sources(letter).items()},
        notes=[note],
    )


def _meant(app: App, workspace: "Workspace", targets: tuple[str, ...]) -> "tuple[list[Letter], list[str]]":
    """The letters and campaigns that the arguments name; all of them without arguments."""
    every = {letter.file: letter for texts in workspace.letters.values() for letter in texts.values()}
    if not targets:
        return [every[name] for name in sorted(every)], list(workspace.campaigns)
    files: dict[str, None] = {}
    stems: list[str] = []
    for target in targets:
        stem = target.removeprefix("campaigns/").removesuffix(".toml")
        if stem in workspace.campaigns:
            stems.append(stem)
            steps = workspace.campaigns[stem].steps
            files |= dict.fromkeys(
                letter.file for step in steps for letter in workspace.letters[step.letter].values()
            )
            continue
        named = _named(app, every, target)
        if not named:
            known = [*workspace.campaigns, *every]
            raise OutreachError(
                f"{target} is neither a campaign nor a letter{did_you_mean(target, known)}",
                hint=f"campaigns: {', '.join(workspace.campaigns) or 'none yet'}; letters lie in templates/",
            )
        files |= dict.fromkeys(named)
    return [every[name] for name in files], stems


def _named(app: App, every: "dict[str, Letter]", target: str) -> list[str]:
    """The letters that a path, a folder, a partial or a letter's stem names."""
    from outreach.lint.letters import sources

    name = _inside(app, target)
    return [
        file
        for file, letter in sorted(every.items())
        if name in (file, letter.stem, ".")
        or file.startswith(f"{name}/")
        or target == letter.stem
        or (name != file and name in sources(letter))
    ]


def _people(
    app: App, stems: list[str], findings: "list[Finding]"
) -> "tuple[int | None, list[Group], list[str]]":
    """The letters of everybody in these campaigns; None where there is nobody yet."""
    if not stems:
        return None, [], []
    from outreach.engine import linting, previews
    from outreach.report.outliers import Group
    from outreach.store import prospects

    if not app.has_store or app.store.read(prospects.count) == 0:
        note = "No prospects yet: outreach prospects import FILE.csv, then each one's letter is linted."
        return None, [], [note]
    total, groups = 0, list[Group]()
    for stem in stems:
        count, found = linting.people(previews.read(app.store, app.workspace, stem, app.clock()), findings)
        total += count
        groups += found
    return total, groups, []


def unreadable(exc: InputError) -> "Linted":
    """Files that cannot be read at all, as findings."""
    from outreach.lint.unreadable import unreadable as finding
    from outreach.report.findings import Linted

    return Linted((), [finding(each) for each in exc.problems], {})


def exit_code(linted: "Linted", strict: bool) -> int:
    """1 for errors, with `strict` for warnings too."""
    from outreach.lint import Level

    levels = linted.levels
    return int(bool(levels[Level.ERROR] or (strict and levels[Level.WARNING])))


def show_fixes(linted: "Linted") -> None:
    """Print what `mend` would change, as a diff; how much that is goes to standard error."""
    from difflib import unified_diff

    changed = _mended(linted)
    for each in linted.findings:
        if each.code == UNREADABLE:
            click.echo(f"{each.where}: {each.message}", err=True)
    for name, new in changed.items():
        old = linted.files[name].splitlines(keepends=True)
        lines = unified_diff(old, new.splitlines(keepends=True), name, name)
        click.echo("".join(line if line.endswith("\n") else line + "\n" for line in lines), nl=False)
    files = f"{len(changed)} file{'' if len(changed) == 1 else 's'}"
    click.echo(f"{files} would be mended" if changed else "nothing to mend", err=True)


def _mended(linted: "Linted") -> dict[str, str]:
    """The files with safe fixes among their findings, as they are with those made."""
    from outreach.lint.fixes import fixed

    return {
        name: new for name, old in linted.files.items() if (new := fixed(name, old, linted.findings)) != old
    }


def mend(app: App, linted: "Linted", targets: tuple[str, ...], selection: "Selection") -> "Linted":
    """Make the safe fixes among the findings; what is left after them."""
    from outreach.workspace import rewrite

    changed = _mended(linted)
    folder = app.start if _loose(app, targets) is not None else app.root
    for name, new in changed.items():
        rewrite(folder / name, new)
    if not changed:
        return linted
    app.__dict__.pop("workspace", None)
    after = run(app, targets, selection)
    return replace(after, notes=[*after.notes, f"Mended: {', '.join(changed)}"])
