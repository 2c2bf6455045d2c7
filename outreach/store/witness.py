"""A small witness outside the store: how many letters it has marked. A restored or cloned store is behind it."""

import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from outreach.errors import StoreError

STATE = "OUTREACH_STATE"
RESTORED = "restored from "  # a store's home begins so from its restore until a person releases it


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
        self._held = False  # as the last complaint said

    @property
    def folder(self) -> Path:
        """The state folder."""
        return self._file.parent

    def complaint(self, ledger: Callable[[], Ledger]) -> str:
        """Why the store must not send before a person has released it; "" if it may.

        StoreError if no witness can be kept here: then nothing may leave either. The witness is read
        before the store: another sender may mark in between, never unmark.
        """
        complaint = self._complaint(self._read(), ledger)
        self._held = bool(complaint)
        return complaint

    def missing(self, marks: int) -> int | None:
        """How many letters were marked from here that a store with those marks knows nothing of.

        None where nobody has counted them here: the store sent its last letters from another place.
        """
        seen = self._read()
        return None if seen is None or seen < marks else seen - marks

    def _complaint(self, seen: int | None, ledger: Callable[[], Ledger]) -> str:
        store = ledger()
        if store.home.startswith(RESTORED):
            return f"this store was {store.home}"
        if self._alone and seen is None and (store.launched or store.marks):
            return "this store was launched in another place: it was moved or copied here"
        if store.home != self._here and not (self._alone and seen is not None and _gone(store.home)):
            return f"this store is a copy: it was made as {store.home}"
        if seen is not None and store.marks < seen:
            return (
                f"this store is older than what was sent from here ({seen - store.marks} letters are missing)"
            )
        if self._alone and not store.marks and self._predecessors():
            return (
                "another store sent letters from this very place and is gone: this new one knows none of them"
            )
        if seen is None and not self._alone:
            self.accept(store.marks)
        return ""

    def release(self, marks: int) -> None:
        """A person has released the store: take it as it is, and forget the stores that were here before."""
        self._held = False
        self.accept(marks)
        for file in self._predecessors():
            file.unlink(missing_ok=True)

    def saw(self, marks: int) -> None:
        """Remember that many marks. Called after their commit: the witness is never ahead of the store.

        A store that is held has marked nothing here: a witness to it would speak for it the next time.
        """
        if self._held:
            return
        seen = self._read()
        if seen is None or marks > seen:
            self.accept(marks)

    def accept(self, marks: int) -> None:
        """Write that many marks down, also if they are fewer than before."""
        new = self._file.with_suffix(f".{os.getpid()}.{threading.get_ident()}.new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps({"marks": marks, "home": self._here}), encoding="utf-8")
            new.replace(self._file)
        except OSError as exc:
            raise self._unusable(exc) from exc

    def _read(self) -> int | None:
        try:
            return _noted(self._file)[0]
        except OSError as exc:
            raise self._unusable(exc) from exc

    def _predecessors(self) -> list[Path]:
        """The witnesses of other stores that sent letters from this place."""
        others = (file for file in self._file.parent.glob("witness-*.json") if file != self._file)
        return [file for file in others if (noted := _noted(file))[0] and noted[1] == self._here]

    def _unusable(self, exc: OSError) -> StoreError:
        what = f"the witness {self._file} cannot be kept: {exc.strerror or exc}"
        return StoreError(what, hint=f"make its folder writable, or name another one in {STATE}")


def _noted(file: Path) -> tuple[int | None, str]:
    """The marks and the place that a witness has written down; (None, "") if there is none."""
    try:
        noted = json.loads(file.read_text(encoding="utf-8"))
        return int(noted["marks"]), str(noted["home"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None, ""


def _gone(home: str) -> bool:
    """Whether nothing lies at a store's old place any more: it was moved, not copied."""
    return not Path(home).exists()


def _state_folder() -> Path:
    if os.environ.get(STATE):
        return Path(os.environ[STATE])
    from platformdirs import user_state_path

    return user_state_path("outreach")
