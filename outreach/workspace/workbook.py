"""Workbooks of Excel, old and new, and of LibreOffice: a sheet's rows as text, read by a process of its own."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from outreach.errors import InputError, did_you_mean
from outreach.prospect import BadRow
from outreach.workspace import misread, sheetdump, sheetxml
from outreach.workspace.delimited import Cells, Stamp, changed, stamp, tidy
from outreach.workspace.filekind import damaged, protected, refusal

_PATIENCE: Final = 300  # seconds; a million rows take 20
_SHOWN: Final = 6  # names of sheets in a message


@dataclass(slots=True)
class Sheet:
    """The rows of a sheet, read once and kept in a temporary file.

    `name` is the sheet's, `others` are all of the workbook's, the hidden ones too, `visible` those to be seen.
    `width` is the number of cells of the widest row, `first` the column (from 0) of the first cell of a row.
    `marks` are what an XLSX says beside the values.
    """

    name: str
    others: tuple[str, ...]
    visible: tuple[str, ...]
    width: int
    first: int
    marks: sheetxml.Marks
    size: int
    _spool: BinaryIO
    position: int = 0

    def __del__(self) -> None:
        self._spool.close()

    def rows(self) -> Iterator[Cells | BadRow]:
        """Every row that is not empty: its number in the sheet, its cells up to the last that is not empty.

        Numbers have the zeros before them that they are shown with, and a line break is a space. A BadRow for
        a row whose letters a program had misread before they came into the workbook.
        """
        place = 0
        while True:
            self._spool.seek(place)  # two readers may take turns
            lines = self._spool.readlines(1 << 16)
            if not lines:
                return
            for line in lines:
                place += len(line)
                self.position = place
                number, cells = json.loads(line)
                cells = tidy(self.marks.mended(number, cells, self.first))
                text = ",".join(cells)
                if not text.isascii() and (found := misread.encoded_twice(text)):
                    yield BadRow(number, found.reason, found.text)
                else:
                    yield number, cells


def open_sheet(path: Path, wanted: str | None, expected: Stamp) -> Sheet:
    """The sheet of that name or number; None: the first one that is visible.

    Numbers count the visible ones, from 1, as Excel shows them: a hidden one is read by its name only. Hidden
    rows and columns are read like others. Raises InputError: no such sheet, a password, a damaged or
    oversized workbook.
    """
    command = [sys.executable, "-P", "-W", "ignore"]  # nothing from the folder it runs in, no warnings
    command += [sheetdump.__file__, str(path.absolute()), *([wanted] if wanted else [])]
    with ExitStack() as opened:
        spool = opened.enter_context(tempfile.TemporaryFile("w+b"))
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=spool,
                stderr=subprocess.PIPE,
                timeout=_PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired as exc:
            raise _too_large(path) from exc
        if stamp(path.stat()) != expected:
            raise changed(path)
        if done.returncode:
            raise _failure(path, done.returncode)
        told = json.loads(done.stderr)
        names = tuple(name for name, _ in told["sheets"])
        visible = tuple(name for name, seen in told["sheets"] if seen)
        if told["sheet"] is None:
            raise _no_sheet(path, wanted or "", names, visible)
        opened.pop_all()
        marks = sheetxml.marks(path, told["sheet"])
        shape = (told["width"], told["first"], marks)
        return Sheet(told["sheet"], names, visible, *shape, spool.seek(0, 2), spool)


def named(names: tuple[str, ...]) -> str:
    """Names of sheets in a message: the first of them, and nothing that a terminal would act on."""
    printable = ["".join(char if char.isprintable() else "?" for char in name) for name in names[:_SHOWN]]
    return ", ".join(printable) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def _failure(path: Path, code: int) -> InputError:
    if code == sheetdump.PASSWORD:
        return protected(path)
    if code == sheetdump.UNREADABLE:
        hint = "check your permissions, and that there is room for temporary files (TMPDIR)"
        return refusal(path, "the workbook cannot be unpacked", hint)
    # A negative code is a signal: Rust has no other way to say that memory is at its limit.
    return _too_large(path) if code < 0 or code == sheetdump.TOO_LARGE else damaged(path)


def _too_large(path: Path) -> InputError:
    hint = "delete what stands far below or to the right of the list, or save the sheet alone as CSV UTF-8"
    return refusal(path, "the workbook is too large to be read", hint)


def listed(names: tuple[str, ...], visible: tuple[str, ...]) -> str:
    """All sheets in a message, and which of them are hidden."""
    return named(tuple(name if name in visible else f"{name} (hidden)" for name in names))


def _no_sheet(path: Path, wanted: str, names: tuple[str, ...], visible: tuple[str, ...]) -> InputError:
    if not names:
        return refusal(path, "the workbook has no sheet with cells", "save the list as CSV UTF-8")
    hint = f"there are: {listed(names, visible)}"
    if wanted.isdecimal() and len(visible) < len(names):
        hint += "; a number counts those that are not hidden"
    return refusal(path, f"no sheet {wanted!r}{did_you_mean(wanted, names)}", hint)
