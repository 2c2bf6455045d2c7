"""A small witness outside the store: how many letters it has marked. A restored or cloned store is behind it."""

import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from outreach.errors import StoreError

STATE = "OUTREACH_STATE"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a store says of itself: letters marked, whether anything was launched, the place it was made for."""

    marks: int
    launched: bool
    home: str


class Witness:
    """The file `witness-STORE.json` in the user's state folder.

    `here` is the place of the store: the path of a SQLite file, the identity of a PostgreSQL database.
    `alone` (SQLite): the store has one sender, so a store that was launched but has no witness here came
    from elsewhere. On PostgreSQL a new worker's machine has no witness yet.
    """

    def __init__(self, store_id: str, here: str, *, alone: bool, state: Path | None = None) -> None:
        self._file = (state or _state_folder()) / f"witness-{store_id}.json"
        self._here, self._alone = here, alone

    def complaint(self, ledger: Callable[[], Ledger]) -> str:
        """Why the store must not send before a person has released it; "" if it may.

        StoreError if no witness can be kept here: then nothing may leave either. The witness is read
        before the store: another sender may mark in between, never unmark.
        """
        seen, store = self._read(), ledger()
        if self._alone and seen is None and (store.launched or store.marks):
            return "this store was launched in another place: it was moved or copied here"
        if store.home != self._here and not (self._alone and seen is not None and _gone(store.home)):
            return f"this store is a copy: it was made as {store.home}"
        if seen is not None and store.marks < seen:
            return (
                f"this store is older than what was sent from here ({seen - store.marks} letters are missing)"
            )
        if seen is None and not self._alone:
            self.accept(store.marks)
        return ""

    def saw(self, marks: int) -> None:
        """Remember that many marks. Called after their commit: the witness is never ahead of the store."""
        seen = self._read()
        if seen is None or marks > seen:
            self.accept(marks)

    def accept(self, marks: int) -> None:
        """Take the store as it is, also if it is behind: a person has released it."""
        new = self._file.with_suffix(f".{os.getpid()}.{threading.get_ident()}.new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps({"marks": marks}), encoding="ascii")
            new.replace(self._file)
        except OSError as exc:
            raise self._unusable(exc) from exc

    def _read(self) -> int | None:
        try:
            return int(json.loads(self._file.read_text(encoding="ascii"))["marks"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        except OSError as exc:
            raise self._unusable(exc) from exc

    def _unusable(self, exc: OSError) -> StoreError:
        what = f"the witness {self._file} cannot be kept: {exc.strerror or exc}"
        return StoreError(what, hint=f"make its folder writable, or name another one in {STATE}")


def _gone(home: str) -> bool:
    """Whether nothing lies at a store's old place any more: it was moved, not copied."""
    return not Path(home).exists()


def _state_folder() -> Path:
    if os.environ.get(STATE):
        return Path(os.environ[STATE])
    from platformdirs import user_state_path

    return user_state_path("outreach")
