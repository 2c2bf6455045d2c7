"""A file of addresses and domains that somebody else keeps: opt-outs from another tool, customers."""

from pathlib import Path

from outreach.errors import InputError, Problem, problem
from outreach.workspace import encoding, exclude

_ALL = 1_000_000_000


def read(path: Path) -> tuple[frozenset[str], list[Problem]]:
    """Its entries, read as an exclude file is but in any encoding, and every line that is neither.

    Raises InputError for a file that cannot be read.
    """
    problems: list[Problem] = []
    try:
        name, _ = encoding.detect(path)
        text = path.read_text(encoding="utf-8-sig" if name == "utf-8" else name, errors="replace")
    except OSError as exc:
        hint = "check the path and your permissions"
        raise InputError([problem(exc.strerror or str(exc), hint=hint, file=str(path))]) from exc
    return exclude.read(str(path), text, problems, most=_ALL), problems
