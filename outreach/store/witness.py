"""A small witness outside the store: how many letters it has marked. A restored or cloned store is behind it."""

import json
import os
from collections.abc import Callable
from pathlib import Path

STATE = "OUTREACH_STATE"


class Witness:
    """The file `witness-STORE.json` in the user's state folder.

    `alone` (SQLite): the store has one sender, so a store that has sent letters but has no witness here
    was copied from elsewhere. On PostgreSQL a new worker's machine has no witness yet.
    """

    def __init__(self, store_id: str, *, alone: bool, state: Path | None = None) -> None:
        folder = state or _state_folder()
        self._file = folder / f"witness-{store_id}.json"
        self._alone = alone
        self._seen: int | None = None

    def complaint(self, marks_now: Callable[[], int]) -> str:
        """Why a store with that many marks must not send yet; "" if it may.

        The witness is read before the store: another sender may mark in between, never unmark.
        """
        seen, marks = self._read(), marks_now()
        if seen is None:
            if self._alone and marks:
                return "this store has sent letters from another place: it was moved or copied"
            return ""
        if marks < seen:
            return f"this store is older than what was sent from here ({seen - marks} letters are missing)"
        return ""

    def saw(self, marks: int) -> None:
        """Remember that many marks. Called after their commit: the witness is never ahead of the store."""
        if self._seen is not None and marks <= self._seen:
            return
        self.accept(marks)

    def accept(self, marks: int) -> None:
        """Take the store as it is, also if it is behind: a person has released it."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self._file.with_suffix(f".{os.getpid()}.new")
        new.write_text(json.dumps({"marks": marks}), encoding="ascii")
        new.replace(self._file)
        self._seen = marks

    def _read(self) -> int | None:
        try:
            return int(json.loads(self._file.read_text(encoding="ascii"))["marks"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None


def _state_folder() -> Path:
    if os.environ.get(STATE):
        return Path(os.environ[STATE])
    from platformdirs import user_state_path

    return user_state_path("outreach")
