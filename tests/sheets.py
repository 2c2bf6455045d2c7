"""Workbooks for tests, written by hand to the formats' own rules: what is in them is known to the byte."""

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Final, NamedTuple, TypeAlias
from xml.sax.saxutils import escape, quoteattr


class Formula(NamedTuple):
    """A formula, and what it was calculated to be: "" for nothing yet."""

    text: str
    stored: str = ""


class Padded(NamedTuple):
    """A number that is shown with five digits."""

    number: int


Cell: TypeAlias = str | float | bool | date | datetime | time | Formula | Padded | None
Rows: TypeAlias = Sequence[Sequence[Cell]]

_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DAY_0: Final = datetime(1899, 12, 30)
# ECMA-376, 18.8.30: built-in formats of a date, a date with a time, a time
_FORMATS: Final = (0, 14, 22, 20, 164)


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def xlsx(
    sheets: Mapping[str, Rows],
    *,
    hidden: Sequence[str] = (),
    merged: Iterable[str] = (),
    raw: str = "",
    filtered: Sequence[int] = (),
    links: Mapping[str, str] | None = None,
) -> bytes:
    """An XLSX; `merged` are ranges of every sheet, `raw` is XML to stand after the rows of the first one.

    `filtered` are the rows of every sheet that are hidden, `links` those of the first sheet (B2 -> target). A
    text that starts with # is an error of a formula.
    """
    names = list(sheets)
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}" '
        f'state="{"hidden" if name in hidden else "visible"}"/>'
        for at, name in enumerate(names, start=1)
    )
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for at in range(1, len(names) + 1)
    )
    merges = "".join(f'<mergeCell ref="{each}"/>' for each in merged)
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in _FORMATS)
    files = {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{overrides}</Types>',
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            {f"rId{at}": ("worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(names) + 1)}
            | {"rId0": ("styles", "styles.xml")}
        ),
        "xl/styles.xml": f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts>'
        f'<numFmt numFmtId="164" formatCode="00000"/></numFmts><cellXfs>{styles}</cellXfs></styleSheet>',
    }
    for at, name in enumerate(names, start=1):
        rows = "".join(
            _row(number, row, hidden=number in filtered) for number, row in enumerate(sheets[name], start=1)
        )
        body = f"<sheetData>{rows}{raw if at == 1 else ''}</sheetData>"
        ranges = f"<mergeCells>{merges}</mergeCells>" if merges else ""
        ranges += _hyperlinks(links or {}) if at == 1 else ""
        files[f"xl/worksheets/sheet{at}.xml"] = f'{_XML}<worksheet xmlns="{_MAIN}">{body}{ranges}</worksheet>'
    targets = {f"rId{at}": ("hyperlink", target) for at, target in enumerate((links or {}).values(), start=1)}
    files["xl/worksheets/_rels/sheet1.xml.rels"] = _relations(targets)
    return zipped(files)


def _hyperlinks(links: Mapping[str, str]) -> str:
    each = "".join(
        f'<hyperlink xmlns:r="{_RELATION}" ref="{place}" r:id="rId{at}"/>'
        for at, place in enumerate(links, start=1)
    )
    return f"<hyperlinks>{each}</hyperlinks>" if links else ""


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="{name}" Type="{_RELATION}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def _row(number: int, row: Sequence[Cell], *, hidden: bool = False) -> str:
    cells = "".join(_cell(f"{_column(at)}{number}", cell) for at, cell in enumerate(row) if cell is not None)
    mark = ' hidden="1"' if hidden else ""
    return f'<row r="{number}"{mark}>{cells}</row>' if cells else ""


def _column(at: int) -> str:
    letters = ""
    while at >= 0:
        letters, at = chr(65 + at % 26) + letters, at // 26 - 1
    return letters


def _cell(place: str, cell: Cell) -> str:
    match cell:
        case str() if cell.startswith("#"):
            return f'<c r="{place}" t="e"><v>{escape(cell)}</v></c>'
        case str():
            return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
        case Formula(text, stored):
            kind = ' t="str"' if stored else ""
            return f'<c r="{place}"{kind}><f>{escape(text)}</f><v>{escape(stored)}</v></c>'
        case Padded(number):
            return f'<c r="{place}" s="4"><v>{number}</v></c>'
        case bool():
            return f'<c r="{place}" t="b"><v>{cell:d}</v></c>'
        case datetime():
            return f'<c r="{place}" s="2"><v>{(cell - _DAY_0).total_seconds() / 86400}</v></c>'
        case date():
            return f'<c r="{place}" s="1"><v>{(cell - _DAY_0.date()).days}</v></c>'
        case time():
            seconds = cell.hour * 3600 + cell.minute * 60 + cell.second
            return f'<c r="{place}" s="3"><v>{seconds / 86400}</v></c>'
        case _:
            return f'<c r="{place}"><v>{cell}</v></c>'


def ods(sheets: Mapping[str, Rows]) -> bytes:
    """An ODS of texts, numbers and dates."""
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>"
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    office = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'{_XML}<office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" '
        f'xmlns:text="{office}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'{_XML}<manifest:manifest xmlns:manifest="{office}:manifest:1.0"/>'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def _ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    kind, value = "string", ""
    if isinstance(cell, date):
        kind, value = "date", f' office:date-value="{cell.isoformat()}"'
    elif isinstance(cell, int | float):
        kind, value = "float", f' office:value="{cell}"'
    text = f"<text:p>{escape(str(cell))}</text:p>"
    return f'<table:table-cell office:value-type="{kind}"{value}>{text}</table:table-cell>'


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file ([MS-CFB] version 3): the container of XLS, DOC and of encrypted workbooks.

    Streams are padded to 4,096 bytes, below which they would be kept elsewhere.
    """
    end, free, fat_mark = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    sectors: list[bytes] = []
    chain: list[int] = []
    entries = [_entry("Root Entry", 5, end, 0, child=1)]
    for at, (name, content) in enumerate(streams.items(), start=1):
        padded = content.ljust(4096, b"\0")
        pieces = [padded[place : place + 512].ljust(512, b"\0") for place in range(0, len(padded), 512)]
        right = at + 1 if at < len(streams) else free
        entries.append(_entry(name, 2, len(sectors), len(padded), right=right))
        chain += [*range(len(chain) + 1, len(chain) + len(pieces)), end]
        sectors += pieces
    directory = b"".join(entries).ljust(-(-len(entries) // 4) * 512, b"\0")
    first = len(sectors)
    pieces = [directory[place : place + 512] for place in range(0, len(directory), 512)]
    chain += [*range(first + 1, first + len(pieces)), end]
    sectors += pieces
    tables = -(-(len(chain) + 4) // 128)
    chain += [fat_mark] * tables
    fat = struct.pack(f"<{128 * tables}I", *chain, *[free] * (128 * tables - len(chain)))
    places = [len(sectors) + at for at in range(tables)]
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII109I",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6),
        *(0, tables, first, 0, 4096, end, 0, end, 0),
        *(*places, *[free] * (109 - tables)),
    )
    return header + b"".join(sectors) + fat


def _entry(name: str, kind: int, start: int, size: int, *, child: int = -1, right: int = -1) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    links = struct.pack("<III", 0xFFFFFFFF, right & 0xFFFFFFFF, child & 0xFFFFFFFF)
    return struct.pack("<64sHBB12s36xIQ", raw, len(raw), kind, 1, links, start, size)


def xls(rows: Rows, *, name: str = "Sheet1") -> bytes:
    """An XLS ([MS-XLS], BIFF8) of one sheet with texts and numbers."""
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 6))
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                head = struct.pack("<HHHHB", at, column, 0, len(cell), 1)
                sheet += _record(0x0204, head + cell.encode("utf-16-le"))
            elif isinstance(cell, int | float):
                sheet += _record(0x0203, struct.pack("<HHHd", at, column, 0, cell))
    sheet += _record(0x000A, b"")
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 6))
    bound = struct.pack("<BBBB", 0, 0, len(name), 1) + name.encode("utf-16-le")
    place = len(start) + 4 + 4 + len(bound) + 4
    return compound(
        {"Workbook": start + _record(0x0085, struct.pack("<I", place) + bound) + _record(0x000A, b"") + sheet}
    )


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def xlsb(rows: Rows, *, name: str = "Sheet1") -> bytes:
    """An XLSB ([MS-XLSB]) of one sheet with texts and numbers."""
    cells = b"".join(_xlsb_row(number, row) for number, row in enumerate(rows))
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    sheet = _bin(0x81) + _bin(0x94, size) + _bin(0x91) + cells + _bin(0x92) + _bin(0x82)
    bundle = _bin(0x9C, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(name))
    return zipped(
        {
            "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types"/>',
            "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.bin")}),
            "xl/workbook.bin": _bin(0x83) + _bin(0x8F) + bundle + _bin(0x90) + _bin(0x84),
            "xl/_rels/workbook.bin.rels": _relations({"rId1": ("worksheet", "worksheets/sheet1.bin")}),
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def _xlsb_row(number: int, row: Sequence[Cell]) -> bytes:
    found = _bin(0x00, struct.pack("<I", number) + bytes(21))
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            found += _bin(0x06, struct.pack("<II", column, 0) + _wide(cell))
        elif isinstance(cell, int | float):
            found += _bin(0x05, struct.pack("<IId", column, 0, cell))
    return found


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _bin(kind: int, content: bytes = b"") -> bytes:
    """A record of BIFF12: both numbers in 7 bits a byte, types from 0x80 on with a second byte 0x01."""
    size, length = len(content), b""
    while True:
        size, low = size >> 7, size & 0x7F
        length += bytes([low | 0x80 if size else low])
        if not size:
            break
    return (bytes([kind, 1]) if kind & 0x80 else bytes([kind])) + length + content
