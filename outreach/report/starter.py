"""What `outreach init` wrote, and what to do with it."""

from collections.abc import Sequence
from typing import Any

from outreach.report.lines import labelled

_LETTERS = "templates/"
_SAYS = {
    "outreach.toml": "who you are, and your mailbox",
    "campaigns/": "who gets which letters, and when",
    "campaigns/prospects.csv": "people to try it with, all invented",
    _LETTERS: "the letters, in English and German",
    ".gitignore": "keeps people's data out of git",
}


def text(files: Sequence[str], folder: str, *, dry_run: bool = False) -> str:
    """The files with what each is for, then the next commands. `folder` is "" for the current one."""
    shown = dict.fromkeys(_LETTERS if name.startswith(_LETTERS) else name for name in files)
    told = labelled("WOULD ADD" if dry_run else "WROTE", *(f"{name:<31} {_says(name)}" for name in shown))
    if dry_run:
        return f"{told}\n{labelled('NEXT', f'outreach init {folder}'.rstrip())}"
    campaign = next(name for name in files if name.startswith("campaigns/") and name.endswith(".toml"))
    stem = campaign.removeprefix("campaigns/").removesuffix(".toml")
    try_it = labelled(
        "TRY IT",
        *([f"cd {folder}"] if folder else []),
        "outreach prospects import campaigns/prospects.csv",
        f"outreach plan {stem}",
        f"outreach preview {stem} --all",
    )
    safe = labelled("SENDS", "nothing: only `outreach launch` does, and only from a mailbox of yours")
    return "\n".join(
        [told, safe, try_it, labelled("THEN", "put yourself into outreach.toml: [sender] and [[mailbox]]")]
    )


def _says(name: str) -> str:
    return _SAYS.get(name) or _SAYS.get(name.partition("/")[0] + "/", "")


def value(files: Sequence[str], folder: str, *, dry_run: bool = False) -> dict[str, Any]:
    """`folder` (absolute), `files` (paths from it), `dry_run` (true: nothing was written)."""
    return {"folder": folder, "files": list(files), "dry_run": dry_run}
