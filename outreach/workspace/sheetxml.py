"""What an XLSX says of a sheet beside the values of its cells, found by one scan of its XML.

ECMA-376, part 1, 18.3: rows that are hidden, formulas that nobody has calculated yet, numbers that are shown
with zeros before them, links to addresses under another text, cells that hold an error or a logical value.
A file that is written in another way than Excel, LibreOffice and Google do it costs marks only, never a row.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import IO, Final, TypeAlias, TypeVar
from urllib.parse import unquote

_CHUNK: Final = 1 << 20
_SMALL: Final = 1 << 20  # bytes: the list of sheets, and who is where
_PART: Final = 1 << 26  # bytes: styles, and the targets of a sheet's links
_MOST: Final = 1 << 20  # cells of one kind that are kept; a sheet has a million rows

# No pattern reaches over a "<", so that every one is linear.
_ROW: Final = re.compile(rb'<row\b[^<>]*\bhidden="(?:1|true)"[^<>]*>')
_ERROR: Final = re.compile(rb'<c\b[^<>]*\bt="e"[^<>]*>')
_FLAG: Final = re.compile(rb'<c\b[^<>]*\bt="b"[^<>]*>')
_FORMULA: Final = re.compile(rb"<c\b([^<>]*)>\s*<f\b[^<>]*>(?:([^<]*)</f>)?\s*(?:<v>([^<]+))?")
_HYPERLINK: Final = re.compile(rb"<hyperlink\b[^<>]*>")
_PLACE: Final = re.compile(rb'\br="([A-Z]{0,3})([0-9]{1,7})"')
_ATTRIBUTE: Final = re.compile(r'([\w:]+)="([^"<>]*)"')
_LINKED: Final = re.compile(r'\s*HYPERLINK\(\s*"([^"]*)"(?:\s*[,;]\s*"([^"]*)")?\s*\)\s*', re.IGNORECASE)
_MAIL: Final = "mailto:"

Places: TypeAlias = dict[int, dict[int, str]]
"""Row (from 1) -> column (from 0) -> text."""

_Kept = TypeVar("_Kept")


@dataclass(slots=True)
class Marks:
    """What is said of a sheet's cells. `hidden` are rows; `unread` are formulas without a stored value;
    `links` are the addresses that cells lead to; `flags` are TRUE and FALSE; `errors` are cells such as
    #REF!, the first at `error`.
    """

    hidden: set[int] = field(default_factory=set)
    unread: Places = field(default_factory=dict)
    links: Places = field(default_factory=dict)
    flags: Places = field(default_factory=dict)
    errors: int = 0
    error: str = ""
    _texts: Places = field(default_factory=dict)  # for cells whose formula says what they show
    _zeros: dict[int, dict[int, int]] = field(default_factory=dict)  # digits that a number is shown with

    def mended(self, number: int, cells: list[str], first: int) -> list[str]:
        """A row's cells as a person sees them; `first` is the column of the first one, from 0."""
        for column, digits in self._zeros.get(number, {}).items():
            at = column - first
            if 0 <= at < len(cells) and cells[at].isdecimal():
                cells[at] = cells[at].zfill(digits)
        for column, text in self._texts.get(number, {}).items():
            at = column - first
            cells += [""] * (at + 1 - len(cells))
            if at >= 0 and not cells[at]:
                cells[at] = text
        return cells

    def look(self, piece: bytes, padded: Mapping[str, int], styled: re.Pattern[bytes] | None) -> None:
        """Take note of what a piece of the sheet's XML says."""
        # looking for a word is a hundred times faster than for a pattern, and most sheets have none of these
        if b' hidden="' in piece and len(self.hidden) < _MOST:
            self.hidden.update(row for _, row in map(_place, _ROW.findall(piece)) if row)
        if b' t="e"' in piece:
            for tag in _ERROR.findall(piece):
                self.errors += 1
                self.error = self.error or name(*_place(tag))
        if b' t="b"' in piece:
            for tag in _FLAG.findall(piece):
                column, row = _place(tag)
                _keep(self.flags, row, column, "")
        if b"<f" in piece:
            for attributes, formula, value in _FORMULA.findall(piece):
                self._formula(attributes, formula.decode(errors="replace"), stored=bool(value))
        for tag in styled.findall(piece) if styled else ():
            found = _attributes(tag)
            if found.get("t", "n") == "n":
                column, row = _place(tag)
                _keep(self._zeros, row, column, padded[found["s"]])

    def _formula(self, attributes: bytes, escaped: str, *, stored: bool) -> None:
        column, row = _place(attributes)
        formula = unescape(escaped)
        linked = _LINKED.fullmatch(formula)
        mail = _mail(linked[1]) if linked else ""
        if mail:
            _keep(self.links, row, column, mail)
        if stored or b't="str"' in attributes:  # the latter is an empty text, calculated
            return
        if linked:
            _keep(self._texts, row, column, mail or linked[2] or linked[1])
        else:
            _keep(self.unread, row, column, f"={formula[:200]}")

    def link(self, tag: bytes, targets: Mapping[str, str]) -> None:
        """Take note of a link, which may lead to an address."""
        found = _attributes(tag)
        column, row = _place(b'r="%s"' % found.get("ref", "").partition(":")[0].encode())
        if mail := targets.get(found.get("r:id", ""), ""):
            _keep(self.links, row, column, mail)


def marks(path: Path, sheet: str) -> Marks:
    """The marks of the sheet of that name; none for another workbook than an XLSX. Memory is bounded."""
    found = Marks()
    with (
        suppress(zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError, RuntimeError, OSError),
        zipfile.ZipFile(path) as book,
    ):
        if not (part := _part(book, sheet)):
            return found
        padded = _padded(book)
        styles = b"|".join(style.encode() for style in padded)
        styled = re.compile(rb'<c\b[^<>]*\bs="(?:%s)"[^<>]*>' % styles) if padded else None
        targets: dict[str, str] | None = None
        with book.open(part) as file:
            for piece in _pieces(file):
                found.look(piece, padded, styled)
                for tag in _HYPERLINK.findall(piece) if b"<hyperlink" in piece else ():
                    targets = _targets(book, part) if targets is None else targets
                    found.link(tag, targets)
    return found


def name(column: int, row: int) -> str:
    """What a spreadsheet calls a cell, B2; `column` from 0, `row` from 1."""
    letters = ""
    while column >= 0:
        letters, column = chr(65 + column % 26) + letters, column // 26 - 1
    return f"{letters}{row}"


def shifted(places: Places, first: int) -> Places:
    """Places in rows whose first cell is of the column `first`."""
    return {
        row: {column - first: text for column, text in each.items() if column >= first}
        for row, each in places.items()
    }


def first(places: Places) -> str:
    """The name of the first cell of some, "" of none."""
    row = min(places, default=0)
    return name(min(places[row]), row) if row else ""


def _keep(places: dict[int, dict[int, _Kept]], row: int, column: int, value: _Kept) -> None:
    if row > 0 and column >= 0 and (row in places or len(places) < _MOST):
        places.setdefault(row, {})[column] = value


def _place(tag: bytes) -> tuple[int, int]:
    """Column from 0, -1 for a row's tag, and row; (-1, 0) where the tag does not say it."""
    found = _PLACE.search(tag)
    if not found:
        return -1, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + letter - 64
    return column - 1, int(found[2])


def _attributes(tag: bytes) -> dict[str, str]:
    return {key: unescape(value) for key, value in _ATTRIBUTE.findall(tag.decode(errors="replace"))}


def _mail(target: str) -> str:
    """The address that a link leads to, "" for a link to something else."""
    if target[: len(_MAIL)].lower() != _MAIL:
        return ""
    return unquote(target[len(_MAIL) :].partition("?")[0]).strip()


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The XML in pieces that end with a row where that can be had."""
    rest = b""
    while chunk := file.read(_CHUNK):
        text = rest + chunk
        cut = text.rfind(b"row>") + 4
        cut = cut if cut > 3 else max(text.rfind(b"<"), 0)
        yield text[:cut]
        rest = text[cut:][:_CHUNK]
    yield rest


def _read(book: zipfile.ZipFile, part: str, most: int) -> bytes:
    with book.open(part) as file:
        return file.read(most)


def _tags(content: bytes, tag: bytes) -> Iterator[dict[str, str]]:
    return map(_attributes, re.findall(rb"<%s\b[^<>]*>" % tag, content))


def _part(book: zipfile.ZipFile, sheet: str) -> str:
    """The name of the file with the sheet in it, "" for none."""
    listed = _tags(_read(book, "xl/workbook.xml", _SMALL), b"sheet")
    key = next((each.get("r:id") for each in listed if each.get("name") == sheet), None)
    parts = _tags(_read(book, "xl/_rels/workbook.xml.rels", _SMALL), b"Relationship")
    target = next((each.get("Target", "") for each in parts if each.get("Id") == key), "") if key else ""
    return posixpath.normpath(posixpath.join("xl", target)).lstrip("/") if target else ""


def _targets(book: zipfile.ZipFile, part: str) -> dict[str, str]:
    """The addresses that a sheet's links lead to, by their key."""
    folder, _, file = part.rpartition("/")
    found = _tags(_read(book, f"{folder}/_rels/{file}.rels", _PART), b"Relationship")
    return {each.get("Id", ""): mail for each in found if (mail := _mail(each.get("Target", "")))}


def _padded(book: zipfile.ZipFile) -> dict[str, int]:
    """Styles that show a number with zeros before it, such as post codes, and the digits they show."""
    content = _read(book, "xl/styles.xml", _PART)
    digits = {
        each.get("numFmtId", ""): len(code)
        for each in _tags(content, b"numFmt")
        if len(code := each.get("formatCode", "")) > 1 and set(code) == {"0"}
    }
    cells = content.partition(b"<cellXfs")[2].partition(b"</cellXfs>")[0]
    formats = (each.get("numFmtId", "") for each in _tags(cells, b"xf"))
    return {str(at): digits[number] for at, number in enumerate(formats) if number in digits}
