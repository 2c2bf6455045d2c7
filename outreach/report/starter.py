"""What `outreach init` wrote, and what to do with it."""

from collections.abc import Sequence
from typing import Any

from outreach.report.lines import labelled

_LETTERS = "templates/"
_FIRST = "retail-shelving"  # the campaign to try: it has a letter in every language of the starter
_SAYS = {
    "outreach.toml": "who you are, and your mailbox",
    "campaigns/": "who gets which letters, and when",
    "campaigns/cold-rooms.toml": "food producers: racks for cold rooms",
    "campaigns/fair.toml": "your own list, whatever its columns",
    "campaigns/rack-inspection.toml": "warehouses: a yearly inspection",
    "campaigns/retail-shelving.toml": "shops: shelving",
    "campaigns/prospects.csv": "people to try it with, all invented",
    _LETTERS: "their letters: en, ru, kk, zh, some de",
    ".gitignore": "keeps people's data out of git",
}


def text(files: Sequence[str], folder: str, back: str = "", *, dry_run: bool = False) -> str:
    """The files with what each is for, then the next commands.

    `folder` is "" for the current one; `back` leads from it to where the user is, and their list with them.
    """
    shown = dict.fromkeys(_LETTERS if name.startswith(_LETTERS) else name for name in files)
    told = labelled("WOULD ADD" if dry_run else "WROTE", *(f"{name:<31} {_says(name)}" for name in shown))
    if dry_run:
        return f"{told}\n{labelled('NEXT', f'outreach init {folder}'.rstrip())}"
    parts = (
        told,
        labelled("SENDS", "nothing: only `outreach launch` does, and only from a mailbox of yours"),
        labelled(
            "TRY IT",
            *([f"cd {folder}"] if folder else []),
            "outreach prospects import campaigns/prospects.csv",
            f"outreach plan {_FIRST}",
            f"outreach preview {_FIRST}",
        ),
        labelled(
            "YOUR LIST",
            f"outreach prospects import {back}fair.xlsx --tag fair-2026",
            "outreach preview fair --all",
        ),
        labelled("THEN", "outreach mailbox add           asks for your mailbox and your company"),
    )
    return "\n".join(parts)


def _says(name: str) -> str:
    return _SAYS.get(name) or _SAYS.get(name.partition("/")[0] + "/", "")


def value(files: Sequence[str], folder: str, *, dry_run: bool = False) -> dict[str, Any]:
    """`folder` (absolute), `files` (paths from it), `dry_run` (true: nothing was written)."""
    return {"folder": folder, "files": list(files), "dry_run": dry_run}
