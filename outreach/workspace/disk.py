"""The only reader of the workspace's folder: which files belong to it, and their text."""

import os
import shutil
import tempfile
import tomllib
import unicodedata
from codecs import BOM_UTF8
from dataclasses import replace
from pathlib import Path

from outreach.errors import InputError, OutreachError, Problem, Where, problem
from outreach.workspace import campaigns, filekind, settings

MAX_FILES = 1_000
MAX_BYTES = 1_000_000
MAX_LIST_BYTES = 20_000_000  # an exclude file is data, not something a person wrote
_PATTERNS = ("campaigns/*.toml", "templates/*.txt")
_AS_UTF8 = "save it as UTF-8"
_IN_EXCEL = "in Excel: Save As, CSV UTF-8 (comma delimited)"
_FROM_EXCEL = f"{_AS_UTF8}; {_IN_EXCEL}"
_AS_CSV = f"save it as CSV and name that file instead; {_IN_EXCEL}"


def find(start: Path) -> Path:
    """The nearest folder from `start` upward that has an outreach.toml; raises OutreachError for none."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / settings.FILE).is_file():
            return folder
    raise OutreachError(f"no workspace here: {start} has no {settings.FILE}", hint="run `outreach init`")


def read(root: Path) -> dict[str, str]:
    """The text of every file of the workspace by its path from `root`, with / between folders.

    These are outreach.toml, campaigns/*.toml, templates/*.txt, and the exclude files and rule packs they name.
    Raises InputError with every file that cannot be read.
    """
    problems: list[Problem] = []
    files, _ = collect(root, problems)
    if problems:
        raise InputError(problems)
    return files


def read_letter(path: Path) -> tuple[str, dict[str, str]]:
    """The text of a letter that lies anywhere, and those of the partials beside it, by name.

    Raises InputError where it cannot be read.
    """
    problems: list[Problem] = []
    files: dict[str, str] = {}
    for each in (path, *sorted(path.parent.glob("_*.txt"))[:MAX_FILES]):
        _read_into(files, path.parent, each.name, each, MAX_BYTES, problems)
    if path.name not in files:
        raise InputError([replace(each, where=replace(each.where, file=str(path))) for each in problems[:1]])
    return files.pop(path.name), files


def rewrite(path: Path, text: str) -> None:
    """Put a text in the place of a file, whole or not at all; its rights and byte order mark stay.

    OutreachError where that cannot be done.
    """
    try:
        path = path.resolve()  # a link stays a link
        marked = path.read_bytes().startswith(BOM_UTF8)
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=".new-"
        )  # for its owner only, until it stands
        try:
            with os.fdopen(handle, "wb") as file:
                file.write((BOM_UTF8 if marked else b"") + text.encode())
                file.flush()
                os.fsync(file.fileno())
            shutil.copymode(path, name)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as exc:
        raise OutreachError(f"{path} cannot be written: {exc.strerror}") from exc


def collect(root: Path, problems: list[Problem]) -> tuple[dict[str, str], frozenset[str]]:
    """The files that can be read, and the names of those that are there but cannot."""
    paths = {settings.FILE: root / settings.FILE, **_paths(root)}
    if len(paths) > MAX_FILES:
        message = f"{len(paths)} files are too many: a workspace has at most {MAX_FILES}"
        problems.append(
            problem(message, hint="move what is not used any more to another folder", file=str(root))
        )
        return {}, frozenset(paths)
    files: dict[str, str] = {}
    for name, path in paths.items():
        _read_into(files, root, name, path, MAX_BYTES, problems)
    named = {
        entry
        for name, text in files.items()
        if not name.startswith("templates/")
        for entry in _named(name, text)
    }
    lists = {name: root / name for name in sorted(named - set(paths)) if (root / name).exists()}
    for name, path in lists.items():
        _read_into(files, root, name, path, MAX_LIST_BYTES, problems)
    return files, frozenset({*paths, *lists} - set(files))


def _paths(root: Path) -> dict[str, Path]:
    """The campaigns and templates by name; not those hidden by a dot, which editors leave for a moment.

    Names are in composed Unicode form, as text in the files is: some systems store them decomposed.
    """
    found = (path for pattern in _PATTERNS for path in sorted(root.glob(pattern)))
    return {
        unicodedata.normalize("NFC", path.relative_to(root).as_posix()): path
        for path in found
        if not path.name.startswith(".")
    }


def _named(name: str, text: str) -> frozenset[str]:
    """The files that outreach.toml (rule packs, key accounts) or a campaign (exclude lists) names."""
    names = settings.file_names if name == settings.FILE else campaigns.exclude_names
    try:
        return names(tomllib.loads(text))
    except (ValueError, RecursionError):
        return frozenset()


def _read_into(
    files: dict[str, str], root: Path, name: str, path: Path, limit: int, problems: list[Problem]
) -> None:
    try:
        found = _text(root, name, path.resolve(), limit)
    except OSError as exc:
        found = problem(
            f"cannot be read: {exc.strerror or exc}", hint="check the file and its rights", file=name
        )
    except RuntimeError:
        found = problem("is a link to itself", hint="remove it", file=name)
    if isinstance(found, Problem):
        problems.append(found)
    else:
        files[name] = found


def _text(root: Path, name: str, path: Path, limit: int) -> str | Problem:
    if not path.is_relative_to(root.resolve()):
        return problem("is a link out of the workspace", hint="copy the file here instead", file=name)
    if not path.is_file():
        hint = "run `outreach init`" if name == settings.FILE else "remove it, or put a file there"
        return problem("is no file", hint=hint, file=name)
    with path.open("rb") as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        return problem(f"is larger than {limit // 1_000_000} MB", hint="split it", file=name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        if limit == MAX_LIST_BYTES and (found := _no_list(name, path)):
            return found
        before, byte = exc.object[: exc.start], exc.object[exc.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8")) + 1
        message = f"is not UTF-8: byte 0x{byte:02X} at position {len(content) - len(exc.object) + exc.start}"
        hint = _FROM_EXCEL if limit == MAX_LIST_BYTES else _AS_UTF8
        return problem(message, hint=hint, file=name, line=line, column=column)


def _no_list(name: str, path: Path) -> Problem | None:
    """What is wrong with a list that is a spreadsheet or no text at all; None where it is a text."""
    try:
        book = filekind.kind(path) is filekind.Kind.WORKBOOK
    except InputError as exc:
        return replace(exc.problems[0], where=Where(name), hint=_AS_CSV)
    return problem("is a spreadsheet, and a list here is a text", hint=_AS_CSV, file=name) if book else None
