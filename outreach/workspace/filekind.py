"""What a file is by its first bytes, whatever its name says: text, a workbook, or nothing with a table in it."""

import mmap
import re
import stat
import zipfile
import zlib
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Final

from outreach.errors import InputError, problem
from outreach.workspace import encoding

HEAD: Final = 65_536  # bytes that tell
# Excel's million rows of 10 columns unpack to 0.4 GB of XML. A limit on the ratio would refuse honest lists:
# 50,000 rows of the same few words are packed a hundredfold.
MAX_UNPACKED: Final = 500_000_000
_CSV: Final = "save or export it as CSV UTF-8 and import that"
_CONTROLS: Final = bytes(byte for byte in range(32) if byte not in b"\0\t\n\x0b\x0c\r\x1a\x1b")
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # compound file: XLS, DOC, MSG, and encrypted XLSX
_BINARY: Final = (
    (b"%PDF", "a PDF document", "copy the table in it into a spreadsheet and save that as XLSX or CSV UTF-8"),
    (b"\x1f\x8b", "a compressed file", "unpack it and import the file in it"),
    (b"Rar!", "an archive", "unpack it and import the file in it"),
    (b"7z\xbc\xaf", "an archive", "unpack it and import the file in it"),
    *(
        (magic, "a picture", "a list in a picture must be typed in, or copied out of it as text")
        for magic in (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
    ),
    (b"SQLite format 3\0", "a database", "export the table of people as CSV UTF-8"),
)
_PAGE: Final = "open it in a spreadsheet program and save it as XLSX or CSV UTF-8"
_TAG: Final = rb"<(?:!doctype html|html|head|meta|title|table|body|style|div)\b"
# How a text starts that is no list, in lower case and without white space before it.
_TEXTS: Final = (
    (rb"<\?xml.{0,2000}?(?:excel\.sheet|office:spreadsheet)", "an XML spreadsheet", _PAGE),
    (rb"(?:<\?xml.{0,200}?>\s*)?(?:<!--.{0,500}?-->\s*)?" + _TAG, "a web page", _PAGE),
    (rb"<\?xml", "an XML file", _CSV),
    (rb"mime-version:|content-type: *multipart/", "a web archive or a mail", _PAGE),
    (rb"begin:vcard", "a file of contacts (vCard)", "import it into an address book and export CSV there"),
    (rb"\{\\rtf", "a text document", _CSV),
)
# A file that a zip holds, and what the zip is then; a workbook is "".
_PARTS: Final = (
    (re.compile(r"xl/workbook\.(?:xml|bin)"), ""),
    (re.compile(r"xl/\w+\.xml"), ""),
    (re.compile(r"content\.xml"), ""),
    (re.compile(r"Index/.*\.iwa|Index\.zip|index\.apxl"), "an Apple Numbers document"),
    (re.compile(r"word/.*"), "a Word document"),
    (re.compile(r"ppt/.*"), "a PowerPoint document"),
)
_LISTS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods")


class Kind(Enum):
    """What a table can be read from."""

    TEXT = "text"
    WORKBOOK = "workbook"


def kind(path: Path) -> Kind:
    """Raises InputError with what the file is instead of a table, OSError where it cannot be read."""
    if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():  # opening a pipe would wait for a writer
        raise refusal(path, "this is no file", "save the list as a file and name that")
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(_ZIP):
        _check_zip(path)
        return Kind.WORKBOOK
    if head.startswith(_OLE):
        _check_compound(path)
        return Kind.WORKBOOK
    for magic, what, hint in _BINARY:
        if head.startswith(magic):
            raise refusal(path, f"this is {what}, not a table", hint)
    _check_text(path, head)
    return Kind.TEXT


def _check_text(path: Path, head: bytes) -> None:
    marked = head.startswith(tuple(mark for mark, _ in encoding.MARKS))
    if not marked and not encoding.unmarked_utf16(head) and _is_binary(head):
        raise refusal(path, "this is a binary file, not a table", _CSV)
    start = head
    for mark, _ in encoding.MARKS:
        start = start.removeprefix(mark)
    start = start.replace(b"\0", b"").lstrip().lower()
    for pattern, what, hint in _TEXTS:
        if re.match(pattern, start, re.DOTALL):
            named = f" named {path.suffix}" if path.suffix.lower().startswith((".xls", ".csv")) else ""
            raise refusal(path, f"this is {what}{named}, not a table", hint)


def _is_binary(head: bytes) -> bool:
    """Whether there are more zeros or other controls than in any text."""
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return head.count(0) > len(head) / 10 or controls > max(200, len(head) / 50)


def _check_zip(path: Path) -> None:
    """Look into a zip without unpacking it."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            kept = archive.open("mimetype").read(200) if "mimetype" in archive.namelist() else b"spreadsheet"
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as exc:
        raise damaged(path) from exc
    if any(entry.flag_bits & 1 for entry in entries):
        raise protected(path)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        size = f"{unpacked / 1e6:,.0f} MB unpacked, {MAX_UNPACKED / 1e6:,.0f} MB are the most"
        raise refusal(path, f"the workbook is too large: {size}", "save the sheet alone as CSV UTF-8")
    names = [entry.filename for entry in entries]
    what = _archive(names) if b"spreadsheet" in kept else "an OpenDocument file without sheets"
    if what:
        raise refusal(path, f"this is {what}, not a table", _unpacked(names))


def _archive(names: Sequence[str]) -> str:
    for pattern, what in _PARTS:
        if any(map(pattern.fullmatch, names)):
            return what
    return "a zip archive"


def _unpacked(names: Sequence[str]) -> str:
    inside = next((name for name in names if name.lower().endswith(_LISTS)), "")
    if inside and inside.isprintable() and len(inside) <= 80:
        return f"unpack it and import {inside}"
    return _CSV


def _check_compound(path: Path) -> None:
    """The names of a compound file's streams are in UTF-16, anywhere in it."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found = [
            content.find(name.encode("utf-16-le")) >= 0 for name in ("EncryptedPackage", "Workbook", "Book")
        ]
    encrypted, *books = found
    if encrypted:
        raise protected(path)
    if not any(books):
        is_book = path.suffix.lower() == ".xls"
        raise (
            damaged(path) if is_book else refusal(path, "this is an old Office document without sheets", _CSV)
        )


def protected(path: Path) -> InputError:
    """The file opens only with a password."""
    hint = "save it without one (in Excel: File, Info, Protect Workbook), or save the sheet as CSV UTF-8"
    return refusal(path, "the workbook is protected by a password", hint)


def damaged(path: Path) -> InputError:
    """The file is a workbook that ends too early or makes no sense."""
    hint = "copy or download it again, or open it in a spreadsheet program and save it anew"
    return refusal(path, "the workbook is damaged or cut off", hint)


def refusal(path: Path, message: str, hint: str, line: int = 0) -> InputError:
    """The one problem of a prospect file, as an error."""
    return InputError([problem(message, hint=hint, file=str(path), line=line)])
