"""Backups: what one holds, what a restore did, and how both are shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.report.lines import ago, broken, labelled, moment, number
from outreach.report.sender import Beat

# The tables that people know, in their words.
_WORDS: Mapping[str, tuple[str, str]] = {
    "prospect": ("prospect", "prospects"),
    "campaign": ("campaign", "campaigns"),
    "message": ("letter", "letters"),
    "answer": ("answer", "answers"),
    "suppression": ("suppression", "suppressions"),
    "event": ("event of the history", "events of the history"),
}


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup, checked: where, made when, of which store with how many letters marked, rows by table, bytes.

    `plain`: a store's own file that was copied by hand; `at` is then the last thing it knows of.
    """

    file: str
    at: datetime
    store: str
    marks: int
    rows: Mapping[str, int]
    size: int
    program: str = ""
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did, or would do. `target` is where to, `aside` where the store there was moved, "" for none.

    `back` letters were being prepared when the backup was made and wait again, `uncertain` ones were leaving
    then. `relearned` suppressions came from the journal, of which `trouble` says what could not be read.
    """

    backup: Backup
    target: str
    now: datetime
    aside: str = ""
    back: int = 0
    uncertain: int = 0
    relearned: int = 0
    trouble: str = ""
    dry_run: bool = False


def named(size: int) -> str:
    """A number of bytes for people: "312 KB", "4.1 MB"."""
    for unit, one in (("GB", 10**9), ("MB", 10**6)):
        if size >= one:
            return f"{size / one:.1f} {unit}"
    return f"{max(1, round(size / 1000)):,} KB"


def holds(rows: Mapping[str, int]) -> str:
    """ "300 prospects, 2 campaigns, ..."; what there is none of is left out."""
    there = ((rows.get(table, 0), *words) for table, words in _WORDS.items())
    return ", ".join(number(count, one, many) for count, one, many in there if count) or "nothing yet"


def _told(label: str, text: str) -> Iterator[str]:
    yield from broken(text, first=f"{label:<9} ", rest=" " * 10)


def made(backup: Backup, secrets: Sequence[str]) -> str:
    """The screen of `backup`. `secrets`: each mailbox that needs a password, with the ways it may be kept."""
    lines = [
        *_told("BACKUP", f"{backup.file}, {named(backup.size)}, checked"),
        *_told("HOLDS", holds(backup.rows)),
        *_told("NOT IN IT", "outreach.toml, campaigns, letters, prospect files: copy the folder, or use git"),
    ]
    for secret in secrets:
        lines += _told("", secret)
    keep = "whoever has this file has everybody's data, and the key of this store"
    return "\n".join(
        [*lines, *_told("KEEP", keep), labelled("NEXT", f"outreach restore {backup.file} --dry-run")]
    )


def value(backup: Backup) -> dict[str, Any]:
    """`file`, `at` (when it was made; for a store's file copied by hand the last thing it knows of), `store`
    (the store's id), `marks` (letters that had been marked), `rows` (by table), `size` (bytes), `program` (the
    version that made it, ""), `plain` (whether it is a store's file copied by hand).
    """
    names = ("file", "at", "store", "marks", "rows", "size", "program", "plain")
    return {name: getattr(backup, name) for name in names}


def age(backup: Backup, now: datetime, zone: str) -> str:
    """ "made Mon 23 Nov 10:00, 2 h ago"."""
    word = "a store's own file, last written to" if backup.plain else "made"
    return f"{word} {moment(backup.at, zone)}, {ago(now - backup.at)}"


def restored(done: Restored, zone: str) -> str:
    """The screen of `restore`."""
    lines = [labelled("DRY RUN", "nothing was changed; without --dry-run:")] if done.dry_run else []
    lines += _told("RESTORED", f"{done.backup.file}, {age(done.backup, done.now, zone)}")
    lines += _told("HOLDS", holds(done.backup.rows))
    lines += _told("INTO", done.target)
    if done.aside:
        lines += _told("ASIDE", f"the store that was there is now {done.aside}")
    if done.uncertain:
        leaving = number(done.uncertain, "letter was leaving", "letters were leaving")
        lines += _told("UNCERTAIN", f"{leaving} when the backup was made: outreach uncertain list")
    if done.relearned:
        again = number(done.relearned, "suppression", "suppressions")
        lines += _told("JOURNAL", f"{again} from after the backup")
    if done.trouble:
        lines += _told("JOURNAL", done.trouble)
    lines += _told("HELD", "nothing leaves until you release it")
    unknown = "letters, answers and imports from after the backup; `release` looks for the letters in Sent"
    lines += _told("UNKNOWN", unknown)
    follow = f"outreach restore {done.backup.file}" if done.dry_run else "outreach release"
    return "\n".join([*lines, labelled("NEXT", follow)])


def restored_value(done: Restored) -> dict[str, Any]:
    """`backup` (as `backup` prints it), `target`, `aside` (where the store there was moved, ""), `back` (letters
    that were claimed and wait again), `uncertain` (letters that were leaving), `relearned` (suppressions from
    the journal), `trouble` (what is wrong with the journal, ""), `dry_run`.
    """
    names = ("target", "aside", "back", "uncertain", "relearned", "trouble", "dry_run")
    return {"backup": value(done.backup), **{name: getattr(done, name) for name in names}}


def at_work(workers: Sequence[Beat]) -> str:
    """The hosts of senders, for a refusal."""
    return ", ".join(sorted({each.host for each in workers}))
