"""`plan --held`: whoever lacks a field comes back from a spreadsheet, filled in."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from tests.cli import Shell
from tests.people import fields, planned

NORA, LEO, HAL = "nora@dale.example", "leo@elm.example", "hal@fir.example"
PEOPLE = f"""\
email,first_name,company,industry,language,verified
{NORA},,Dale,retail,,
{LEO},Leo,Elm,retail,fr,
{HAL},Hal,{{{{ name }}}},retail,,
bad@gum.example,Bea,Gum,retail,,invalid
off@hay.example,,Hay,retail,,
"""
FILLED = {
    NORA: {"first_name": "Nora"},
    LEO: {"language": "en"},
    HAL: {"company": "Fir & Söhne"},
    "bad@gum.example": {"verified": "valid"},
}


@pytest.fixture
def held(shell: Shell) -> Shell:
    """A campaign with a French text of one letter only, and people held for every kind of reason."""
    shell.fill()
    shell.write("templates/intro.fr.txt", "Subject: Rayonnages\n\nBonjour {{ first_name }},\n")
    shell.add(PEOPLE)
    shell.ok("suppress", "add", "off@hay.example")
    return shell


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def as_saved(path: Path) -> list[list[str]]:
    """The table with what a person fills in."""
    header, *rows = rows_of(path)
    for row in rows:
        for name, value in FILLED[row[header.index("email")]].items():
            row[header.index(name)] = value
    return [header, *rows]


def plain(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def semicolons(path: Path, rows: list[list[str]]) -> None:
    """As Excel saves a CSV in Germany: semicolons, Windows' own encoding, quotes only where needed."""
    with path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


def moved(path: Path, rows: list[list[str]]) -> None:
    """The reason moved to the end, and rows sorted."""
    plain(path, [rows[0][1:] + rows[0][:1], *sorted(row[1:] + row[:1] for row in rows[1:])])


def workbook(path: Path, rows: list[list[str]]) -> None:
    """A workbook with inline strings, the least that is one."""
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="held" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}relationships"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as file:
        for name, text in parts.items():
            file.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}')


def test_only_those_are_listed_whom_a_field_puts_right(held: Shell) -> None:
    code, _, err = held.run("plan", "shops", "--held", "held.csv")
    assert code == 0
    assert err.splitlines() == [
        "1 person held for reasons that no field puts right",
        "4 people written to held.csv: fill it in, then",
        "  outreach prospects import held.csv",
        "  outreach plan shops",
    ]
    header, *rows = rows_of(held.folder / "held.csv")
    assert header == ["held_because", "email", "first_name", "company", "language", "verified"]
    assert {row[1]: row[0] for row in rows} == {
        NORA: "no first_name",
        LEO: "followup has no text in fr",
        HAL: "`company` brings unresolved field '{{ name }}' (MRG601)",
        "bad@gum.example": "a verifier found the address invalid",
    }
    assert {
        row[1]: row[2:] for row in rows
    } == {  # what is known of them already, so that they are recognised
        NORA: ["", "Dale", "", ""],
        LEO: ["Leo", "Elm", "fr", ""],
        HAL: ["Hal", "{{ name }}", "", ""],
        "bad@gum.example": ["Bea", "Gum", "", "invalid"],
    }


def test_who_lacks_a_text_in_their_language_gets_no_other_column(held: Shell) -> None:
    """The French letter needs a city; the text that they get once their language is another may not."""
    held.write("templates/intro.fr.txt", "Subject: Rayonnages\n\nBonjour {{ city }},\n")
    held.add("email,city\nsue@yew.example,Leeds\n")
    held.run("plan", "shops", "--held", "held.csv")
    assert "city" not in rows_of(held.folder / "held.csv")[0]


@pytest.mark.parametrize(
    ("save", "name"),
    [(plain, "held.csv"), (semicolons, "held.csv"), (moved, "held.csv"), (workbook, "held.xlsx")],
)
def test_what_was_filled_in_puts_them_right(
    held: Shell, save: Callable[[Path, list[list[str]]], None], name: str
) -> None:
    held.ok("plan", "shops", "--held", "held.csv")
    save(held.folder / name, as_saved(held.folder / "held.csv"))
    out = held.ok("prospects", "import", name)
    assert "held people come back: what was filled in counts" in " ".join(out.split())
    assert {each.prospect.email for each in planned(held).new} == set(FILLED)
    assert fields(held, HAL)["company"] == "Fir & Söhne"
    assert "held_because" not in fields(held, NORA)


def test_the_file_as_it_was_written_changes_nothing(held: Shell) -> None:
    held.ok("plan", "shops", "--held", "held.csv")
    before = [fields(held, email) for email in FILLED]
    out = held.ok("prospects", "import", "held.csv")
    assert "0 added, 0 changed, 4 unchanged" in out
    assert [fields(held, email) for email in FILLED] == before


def test_when_no_field_would_help_no_file_is_written(shell: Shell) -> None:
    shell.fill()
    shell.ok("prospects", "import", "prospects.csv")
    shell.ok("suppress", "add", "bob@acme.example")
    code, _, err = shell.run("plan", "shops", "--held", "held.csv")
    assert code == 0
    assert "nobody lacks a field: held.csv was not written" in err
    assert not (shell.folder / "held.csv").exists()
