"""The errors file of an import: the rows that were left out, with the reason, ready to be mended."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import file_digest
from itertools import count
from pathlib import Path
from typing import IO, Final

from outreach.errors import InputError, problem
from outreach.report import spreadsheet
from outreach.workspace.encoding import MARKS

COLUMNS: Final = ("error_line", "error_reason")
"""They stand before the columns of the file; an import of the errors file passes over them."""


def beside(path: Path) -> Path:
    """Where the errors of a file go unless said otherwise: people.errors.csv for people.csv."""
    return path.with_name(f"{path.stem}.errors.csv")


class Rejects:
    """Writes an errors file, which exists only if there is something in it.

    It has the delimiter of the file that is imported and a byte order mark, so it opens in the
    spreadsheet that the file came from. `written` are the digests of the errors files of earlier imports, by
    their full paths: one that somebody has changed since stays, and `path` is people.errors-2.csv then;
    `stays` is the one that was asked for, else None. InputError if that is a file that no import has written.
    """

    def __init__(
        self,
        path: Path,
        source: Path,
        header: Sequence[str],
        delimiter: str,
        written: Mapping[str, str],
    ) -> None:
        self.path = path
        self._header = (*COLUMNS, *header)
        self._delimiter = delimiter
        self._file: IO[str] | None = None
        if path.exists() and (not path.is_file() or path.samefile(source) or not _is_ours(path)):
            hint = "name another file with --errors"
            raise InputError(
                [problem("is not an errors file of an earlier import", hint=hint, file=str(path))]
            )
        numbered = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
        while self.path.exists() and not _unchanged(self.path, written):
            self.path = next(numbered)
        self.stays = None if self.path == path else path

    def add(self, line: int, reason: str, cells: Sequence[str]) -> None:
        """Keep a bad row; its cells are as they were, but for formulas, which are marked as text."""
        if self._file is None:
            self._file = self._open()
            self._write(self._header)
        self._write((str(line), reason, *cells))

    def _open(self) -> IO[str]:
        try:
            return self.path.open("w", encoding="utf-8-sig", errors="replace", newline="")
        except OSError as exc:
            message = f"the bad rows cannot be written: {exc.strerror or exc}"
            raise InputError(
                [problem(message, hint="name another file with --errors", file=str(self.path))]
            ) from exc

    def _write(self, cells: Sequence[str]) -> None:
        assert self._file is not None
        self._file.write(spreadsheet.line(map(spreadsheet.escaped, cells), self._delimiter))

    def close(self) -> None:
        """Write what is still in memory."""
        if self._file is not None:
            self._file.close()

    @property
    def digest(self) -> tuple[str, str] | None:
        """The full path of the file that was written, and its digest for the next import; None without one."""
        return None if self._file is None else (str(self.path.absolute()), _digest(self.path))

    def clear(self) -> None:
        """Remove the file of an earlier import, which nobody has changed, where this one has no bad rows."""
        if self._file is None:
            with suppress(OSError):  # it says less than the screen: that it is there still does no harm
                self.path.unlink(missing_ok=True)


def _unchanged(path: Path, written: Mapping[str, str]) -> bool:
    """Whether a file is empty, or as an import has left it."""
    if not path.is_file():
        return False
    return not path.stat().st_size or written.get(str(path.absolute())) == _digest(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _is_ours(path: Path) -> bool:
    """Whether a file starts as an errors file does (or is empty), however a spreadsheet has saved it."""
    with path.open("rb") as file:
        start = file.read(200)
    for mark, _ in MARKS:
        start = start.removeprefix(mark)
    return not start or start.replace(b"\0", b"").lstrip(b'"').startswith(COLUMNS[0].encode())
