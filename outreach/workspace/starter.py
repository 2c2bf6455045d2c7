"""The starter workspace: a working campaign to begin from, and the only writer of a workspace's files."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from outreach.errors import InputError, OutreachError, Problem, problem
from outreach.workspace import settings

_PACKAGE = Path(__file__).resolve().parents[1]
# What a wheel brings as outreach/starter. An editable install has the checkout, which is a workspace itself.
_PATTERNS = (settings.FILE, "campaigns/*.toml", "campaigns/prospects.csv", "templates/*.txt")
_IGNORE_FILE = ".gitignore"
_IGNORED = """\
# the store, and people's data
*.db
*.db-journal
*.db-shm
*.db-wal
*.backup
*.suppressions
*.before-restore-*
*.csv
*.tsv
*.xlsx

# secrets
*.password
.env
"""


def files(target: Path) -> dict[str, bytes]:
    """What `write` would put into a folder: content by path, with / between folders.

    A .gitignore that is there already keeps its lines and gets those that it lacks.

    Raises InputError with every file of the folder that is in the way.
    """
    root = _PACKAGE / "starter"
    root = root if root.is_dir() else _PACKAGE.parent
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in _starter(root)}
    in_the_way = list(_in_the_way(target, found))
    if in_the_way:
        raise InputError(in_the_way)
    try:
        present = (target / _IGNORE_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        present = ""
    except (OSError, ValueError) as exc:
        raise InputError([problem("cannot be read", hint="move it away", file=_IGNORE_FILE)]) from exc
    return {**found, _IGNORE_FILE: _with_missing(present).encode()}


def write(target: Path) -> list[str]:
    """Write the starter into a folder, which is made if there is none; the paths written.

    Nothing is overwritten: all is written, or nothing is. Raises InputError (see `files`) and OutreachError
    where the folder cannot be written.
    """
    wanted, written = files(target), list[Path]()
    ignore = wanted.pop(_IGNORE_FILE)
    try:
        for name, content in wanted.items():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                written.append(path)
                file.write(content)
        (target / _IGNORE_FILE).write_bytes(ignore)
    except OSError as exc:
        for path in written:
            with suppress(OSError):
                path.unlink()
        message = f"cannot write {exc.filename or target}: {exc.strerror or exc}"
        raise OutreachError(message, hint="check the folder and your rights, or name another one") from exc
    return [*wanted, _IGNORE_FILE]


def _starter(root: Path) -> Iterator[Path]:
    for pattern in _PATTERNS:
        yield from sorted(root.glob(pattern))


def _in_the_way(target: Path, wanted: dict[str, bytes]) -> Iterator[Problem]:
    hint = "name a folder that is new or empty: `outreach init my-campaign`"
    if target.exists() and not target.is_dir():
        yield problem("is a file, not a folder", hint=hint, file=str(target))
    elif (target / settings.FILE).exists():
        yield problem("is here already: this folder is a workspace", hint=hint, file=settings.FILE)
    else:
        for name in wanted:
            if (target / name).exists() or (target / name).is_symlink():
                yield problem("is here already and would be overwritten", hint=hint, file=name)


def _with_missing(present: str) -> str:
    """The lines of a .gitignore and, below them, ours that it lacks."""
    if not present:
        return _IGNORED
    have = {line.strip() for line in present.splitlines()}
    missing = [line for line in _IGNORED.splitlines() if line and line[0] != "#" and line not in have]
    if not missing:
        return present
    return "\n".join([present.rstrip("\n"), "", _IGNORED.partition("\n")[0], *missing, ""])
