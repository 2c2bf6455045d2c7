"""The suppression journal beside the store: from it an older copy of the store learns what it does not know.

It holds keyed hashes and no address. A line is added after the commit that changed a suppression; what a crash
kept from it is completed from the table when the store is opened.
"""

import json
import os
import re
from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

SUFFIX = ".suppressions"
KINDS = ("address", "domain")
_HASH = re.compile(r"[0-9a-f]{32}")
_NOTED = "outreach_suppressions"  # where a transaction keeps what the journal gets after its commit
# Reasons may quote a server, and that may name the person: the journal has only their kind.
_OWN_WORD = {"opt": "opted out", "complaint": "complaint", "erased": "erased"}
_CODES = (
    *(("bounced", "bounced"), ("hard bounce", "bounced"), ("soft bounce", "bounced"), ("moved", "moved")),
    *_OWN_WORD.items(),
)
LASTING = tuple(_OWN_WORD)
"""How reasons begin that are the person's own word."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A suppression that was added, or `lifted` again: kind (address, domain), keyed hash, code for why, when."""

    kind: str
    hash: str
    reason: str
    at: datetime
    lifted: bool = False

    @property
    def mark(self) -> str:
        """Its hash; with a `!` where it is the person's own word."""
        return f"{self.hash}!" if lasting(self.reason) else self.hash


def code(reason: str) -> str:
    """The kind of a reason, without its words."""
    return next((code for words, code in _CODES if reason.startswith(words)), "by hand")


def lasting(reason: str) -> str:
    """The kind of a reason that is the person's own word, which no mistake of ours undoes; "" for any other."""
    found = code(reason)
    return found if found in _OWN_WORD.values() else ""


def _aware(text: str) -> datetime:
    """An ISO 8601 time with a zone; ValueError for any other text."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


def note(tx: sa.Connection, entry: Entry) -> None:
    """Let the journal have this once the transaction has committed."""
    tx.info.setdefault(_NOTED, []).append(entry)


def noted(tx: sa.Connection) -> list[Entry]:
    """What the transactions on this connection have noted since this was asked the last time."""
    found: list[Entry] = tx.info.pop(_NOTED, [])
    return found


class Journal:
    """One append-only file. Lines of another store, or made with another key, do not count.

    It never raises: a suppression counts without it, and its next opening completes it. `trouble` says what
    could not be read or written, "" for nothing. Where another process opened the store between a commit and its
    line, the line is there twice, and counts once.
    """

    def __init__(self, file: Path | None, tag: str) -> None:
        """`tag` stands for the store and its key; without a file (a store in memory) nothing is kept."""
        self._file, self._tag = file, tag
        does = r'"do":"(?:add|(lift))","kind":"[a-z]+"'
        about = rf'"hash":"({_HASH.pattern})","reason":"(?:({"|".join(_OWN_WORD.values())})|[a-z ]*)"'
        whole = rf'^{{"store":"{tag}",{does},{about}[^}}\n]*}}$'
        self._whole = re.compile(whole.encode(), re.MULTILINE)
        self.trouble = ""

    def agrees(self, marks: Set[str]) -> bool:
        """Whether these marks are what its whole lines say: asked at each opening, it must be quick."""
        if self._file is None:
            return True
        found: dict[bytes, bytes] = {}
        for lifted, hashed, lasting in self._whole.findall(self._bytes()):
            if lifted:
                found.pop(hashed, None)
            else:
                found[hashed] = hashed + b"!" if lasting else hashed
        return set(found.values()) == {each.encode() for each in marks}

    def read(self) -> dict[str, Entry]:
        """By hash what the journal knows to be suppressed. Damaged lines are left out and told as `trouble`."""
        found: dict[str, Entry] = {}
        damaged = 0
        *lines, torn = self._bytes().split(b"\n")  # a crash may have cut the last one off
        for line in (*lines, torn):
            try:
                entry = self._entry(line)
            except (ValueError, KeyError, TypeError, RecursionError):
                damaged += bool(line.strip()) and line is not torn
                continue
            if entry and entry.lifted:
                found.pop(entry.hash, None)
            elif entry:
                found[entry.hash] = entry
        if damaged:
            lines_ = "1 line" if damaged == 1 else f"{damaged} lines"
            self.trouble = f"{self._file}: {lines_} cannot be read: what was said there is not known"
        return found

    def _entry(self, line: bytes) -> Entry | None:
        """What a line says; None where it is another store's. Raises for what is no line of a journal."""
        values = json.loads(line)
        if values["store"] != self._tag:
            return None
        kind, hashed, reason, at = (str(values[name]) for name in ("kind", "hash", "reason", "at"))
        if kind not in KINDS or not _HASH.fullmatch(hashed):
            raise ValueError(line)
        return Entry(kind, hashed, reason[:40], _aware(at), values["do"] == "lift")

    def complete(self, entries: Collection[Entry]) -> None:
        """Add those of the table's entries that the journal lacks, or has for a reason that could be lifted."""
        known = {entry.mark for entry in self.read().values()}
        self.append(entry for entry in entries if not known & {entry.mark, f"{entry.hash}!"})

    def append(self, entries: Iterable[Entry]) -> None:
        """Add lines, on the disk when this returns."""
        text = "".join(self._line(entry) for entry in entries).encode()
        if not text or self._file is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(handle).st_size
                torn = size and os.pread(handle, 1, size - 1) != b"\n"
                os.write(handle, (b"\n" if torn else b"") + text)
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as exc:
            self.trouble = f"the journal {self._file} cannot be written: {exc.strerror or exc}"

    def _bytes(self) -> bytes:
        try:
            return self._file.read_bytes() if self._file else b""
        except FileNotFoundError:
            return b""
        except OSError as exc:
            self.trouble = f"the journal {self._file} cannot be read: {exc.strerror or exc}"
            return b""

    def _head(self, *, lifted: bool) -> str:
        return f'{{"store":"{self._tag}","do":"{"lift" if lifted else "add"}",'

    def _line(self, entry: Entry) -> str:
        about = {"kind": entry.kind, "hash": entry.hash, "reason": entry.reason, "at": entry.at.isoformat()}
        return self._head(lifted=entry.lifted) + json.dumps(about, separators=(",", ":"))[1:] + "\n"
