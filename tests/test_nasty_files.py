"""Files as the world has them, through the command line: none crashes it, none brings garbage in silently."""

import os
import struct
from collections.abc import Sequence
from datetime import date, datetime, time

import pytest

from tests.cli import Shell
from tests.people import emails, fields, shown
from tests.sheets import Cell, compound, ods, xls, xlsb, xlsx, zipped

LEADS: list[list[Cell]] = [
    ["E-Mail", "Name"],
    ["bob@acme.example", "Bob Stone"],
    ["eva@birch.example", "Eva Moss"],
]
BOTH = ["bob@acme.example", "eva@birch.example"]


@pytest.fixture
def shell(shell: Shell) -> Shell:
    shell.fill()
    return shell


def imported(shell: Shell, name: str, content: bytes | str, *options: str) -> str:
    """The screen of an import that went through."""
    code, out, err = run(shell, name, content, *options)
    assert code == 0, err
    return " ".join(out.split())


def refused(shell: Shell, name: str, content: bytes | str, *options: str) -> str:
    """What an import says that changed nothing."""
    code, out, err = run(shell, name, content, *options)
    assert (code, out) == (1, ""), out
    assert emails(shell) == []
    return " ".join(err.split())


def run(shell: Shell, name: str, content: bytes | str, *options: str) -> tuple[int, str, str]:
    (shell.folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    code, out, err = shell.run("prospects", "import", name, "--yes", *options)
    assert "Traceback" not in out + err
    return code, out, err


# Encodings


def test_a_file_of_two_encodings_keeps_only_what_it_can_read(shell: Shell) -> None:
    names = ["Иван", "Анна", "Пётр", "Ольга"]
    lines = [f"a{at}@x.example,{name},Ромашка\n".encode("cp1251") for at, name in enumerate(names)]
    lines.insert(2, "eva@x.example,Ева,Северный ветер\n".encode())
    out = imported(shell, "two.csv", b"email,first_name,company\n" + b"".join(lines))
    assert "4 added" in out
    assert "line 4: the line is in UTF-8, the file is not: encodings are mixed" in out
    assert fields(shell, "a1@x.example")["first_name"] == "Анна"
    out = imported(shell, "two.errors.csv", (shell.folder / "two.errors.csv").read_bytes())
    assert fields(shell, "eva@x.example")["first_name"] == "Ева"  # the errors file has it as it was meant


def test_bytes_of_another_encoding_in_utf8_cost_their_row(shell: Shell) -> None:
    text = "email,first_name\na@x.example,Jörg\nb@x.example,Zoë\nc@x.example,Айгүль\n"
    out = imported(shell, "list.csv", text.encode().replace("Zoë".encode(), b"Zo\xeb"))
    assert "2 added" in out
    assert "line 3: first_name: holds \ufffd: the file's encoding is wrong or mixed" in out


def test_a_wrong_encoding_by_hand_brings_no_garbage_in(shell: Shell) -> None:
    out = imported(
        shell, "list.csv", "email,first_name\na@x.example,Jörg\nb@x.example,Bob\n", "--encoding", "cp1252"
    )
    assert "1 added" in out
    assert "line 2: the line is in UTF-8, the file is not" in out


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_letters_that_another_program_misread_are_not_taken_for_a_name(shell: Shell, kind: str) -> None:
    names = ["Müller", "Иван", "CAFÉ’S", "Сёмин «АТ»", "Zoë"]
    wrong = [name.encode().decode("cp1252") if at < 2 else name for at, name in enumerate(names)]
    rows: list[list[Cell]] = [["email", "first_name"]]
    rows.extend([f"a{at}@x.example", name] for at, name in enumerate(wrong))
    text = "".join(f"{row[0]},{row[1]}\n" for row in rows)
    out = imported(shell, f"list.{kind}", text if kind == "csv" else xlsx({"Leads": rows}))
    assert "3 added" in out
    assert (
        "line 2: letters were encoded twice, 'Müller' was meant" in out or "a0@x.example,Müller' was" in out
    )
    imported(shell, "list.errors.csv", (shell.folder / "list.errors.csv").read_bytes())
    assert [fields(shell, f"a{at}@x.example")["first_name"] for at in range(5)] == names


@pytest.mark.parametrize("marks", [b"\xef\xbb\xbf", b"\xef\xbb\xbf" * 2])
def test_byte_order_marks_are_no_part_of_the_header(shell: Shell, marks: bytes) -> None:
    imported(shell, "list.csv", marks + '"email";"note, own"\na@x.example;ä\n'.encode())
    assert fields(shell, "a@x.example") == {"note_own": "ä"}


# Headers


def test_titles_above_the_header_are_passed_over_and_told(shell: Shell) -> None:
    titles = "Messe Köln 2026;;\nStand: 12.11.2026;;\n\n"
    text = titles + "E-Mail;Firma;Umsatz\na@x.example;Acme;1,5\nb@x.example;Birch;2,25\n"
    out = imported(shell, "messe.csv", text.encode("cp1252"))
    assert "the header is line 4: lines 1-2 above it were passed over" in out
    assert "2 added" in out
    assert fields(shell, "b@x.example") == {"company": "Birch", "umsatz": 2.25}


def test_a_title_without_delimiters_does_not_hide_them(shell: Shell) -> None:
    imported(shell, "list.csv", "Our list, sorted, new\nemail\tname\tcity\na@x.example\tAnn Lee\tLeeds\n")
    assert fields(shell, "a@x.example")["city"] == "Leeds"


def test_the_row_of_the_header_can_be_named(shell: Shell) -> None:
    text = "E-Mail,Group\nsee below,\nemail,company\na@x.example,Acme\n"
    assert "line 2: email:" in imported(shell, "list.csv", text)
    imported(shell, "list.csv", text, "--header-row", "3", "--on-existing", "update")
    assert fields(shell, "a@x.example")["company"] == "Acme"
    assert "line 9 is empty or not there" in refused_again(shell, "list.csv", "--header-row", "9")


def refused_again(shell: Shell, *args: str) -> str:
    code, _, err = shell.run("prospects", "import", *args, "--yes")
    assert code == 1
    return " ".join(err.split())


def test_a_header_of_other_words_is_found_by_the_addresses_below_it(shell: Shell) -> None:
    text = "Leads 2026\n\nFirm;Town;Write to\nAcme;;\nBirch;York;b@x.example\n"
    assert "list.csv:3: no column for the e-mail address" in refused(shell, "list.csv", text)
    imported(shell, "list.csv", text, "--map", "Write to=email")
    assert fields(shell, "b@x.example")["city"] == "York"


def test_a_value_that_is_called_like_a_column_is_no_header(shell: Shell) -> None:
    imported(shell, "list.csv", "email,channel\na@x.example,E-Mail\nb@x.example,Post\n")
    assert fields(shell, "a@x.example")["channel"] == "E-Mail"
    imported(shell, "other.csv", "email,channel\n,E-Mail\nc@x.example,Post\n")
    assert fields(shell, "c@x.example")["channel"] == "Post"


def test_a_header_of_two_rows_has_the_finer_names(shell: Shell) -> None:
    rows: list[list[Cell]] = [
        ["E-Mail", "Person", None],
        [None, "First name", "City"],
        ["a@x.example", "Ann", "Leeds"],
    ]
    imported(shell, "list.xlsx", xlsx({"Leads": rows}, merged=["A1:A2", "B1:C1"]))
    assert fields(shell, "a@x.example") == {"first_name": "Ann", "city": "Leeds"}


def test_headers_may_have_spaces_of_every_kind(shell: Shell) -> None:
    imported(shell, "list.csv", "\u00a0E-Mail \u00a0, First\u00a0name ,\u200bCity\na@x.example,Ann,Leeds\n")
    assert fields(shell, "a@x.example") == {"first_name": "Ann", "city": "Leeds"}


def test_headers_that_are_there_twice_are_a_question(shell: Shell) -> None:
    found = refused(shell, "list.csv", "email,Phone,Phone\na@x.example,1,2\n")
    assert "list.csv:1: columns 2 ('Phone') and 3 ('Phone') are all for the field `phone`" in found


def test_no_column_for_the_address_says_what_is_there(shell: Shell) -> None:
    found = refused(shell, "list.csv", "Firma,Ort\nAcme,Köln\n")
    assert "no column for the e-mail address" in found
    assert "'Firma', 'Ort'" in found


def test_data_without_a_header_is_no_header(shell: Shell) -> None:
    found = refused(shell, "list.csv", "a@x.example,Ann\nb@x.example,Bob\nemail,name\n")
    assert "list.csv:1: the first line is no header, it holds 'a@x.example'" in found


def test_many_columns(shell: Shell) -> None:
    header, row = [f"c{at}" for at in range(199)], ["x"] * 199
    imported(shell, "wide.csv", f"email,{','.join(header)}\na@x.example,{','.join(row)}\n")
    assert len(fields(shell, "a@x.example")) == 199
    found = refused_text(shell, f"email,{','.join(header * 2)}\na@x.example,{','.join(row * 2)}\n")
    assert "399 columns; 300 are the most" in found


def refused_text(shell: Shell, text: str) -> str:
    code, _, err = run(shell, "other.csv", text)
    assert code == 1
    return " ".join(err.split())


# Rows


def test_empty_lines_tabs_footers_and_trailing_delimiters(shell: Shell) -> None:
    text = "email,name,city,\n\na@x.example,Ann Lee,Leeds,\n,,,\n\n\nb@x.example,Bob\tStone,York,\nTotal: 312,,,\n"
    out = imported(shell, "list.csv", text)
    assert "2 added" in out
    assert "row 8 (no people: 'Total: 312') was passed over" in out
    assert fields(shell, "b@x.example")["full_name"] == "Bob Stone"


def test_lines_may_end_in_carriage_returns_only(shell: Shell) -> None:
    imported(shell, "mac.csv", b"email,name\ra@x.example,J\x9arg Groth\rb@x.example,B\x8arbel Kr\x8aner\r")
    assert fields(shell, "a@x.example")["full_name"] == "Jörg Groth"
    assert len(emails(shell)) == 2


def test_a_line_of_ten_megabytes_costs_itself(shell: Shell) -> None:
    out = imported(
        shell, "long.csv", "email,name\na@x.example," + "x" * 10_000_000 + "\nb@x.example,Bob Stone\n"
    )
    assert "1 added" in out
    assert "line 2: the line is longer than 65,536 characters" in out
    found = refused_text(shell, "x" * 10_000_000)
    assert "other.csv:1: the header cannot be read: the line is longer than 65,536 characters" in found


def test_a_quote_that_is_never_closed_costs_its_line(shell: Shell) -> None:
    rest = "".join(f"c{at}@x.example,Carl\n" for at in range(300))
    out = imported(shell, "list.csv", f'email,first_name\na@x.example,"Ann\n{rest}')
    assert "300 added" in out
    assert "line 2: a quote is never closed" in out


def test_zero_bytes_cost_their_row(shell: Shell) -> None:
    out = imported(shell, "list.csv", b"email,first_name\na@x.example,An\0n\nb@x.example,Bob\n")
    assert "line 2: first_name: holds a control character (U+0000)" in out
    assert emails(shell) == ["b@x.example"]


def test_an_address_may_come_with_a_name_or_a_link_but_not_with_others(shell: Shell) -> None:
    text = (
        "email,city\nmailto:a@x.example,Leeds\nBob Stone <b@x.example>,York\nc@x.example; d@x.example,Hull\n"
    )
    out = imported(shell, "list.csv", text)
    assert emails(shell) == ["a@x.example", "b@x.example"]
    assert "line 4: email: " in out
    assert "addresses" in out


def test_a_phone_number_that_lost_its_digits_is_left_out_and_told(shell: Shell) -> None:
    out = imported(shell, "list.csv", "email,phone\na@x.example,4.41E+11\nb@x.example,441130000000\n")
    assert "4.41E+11" in out
    assert fields(shell, "a@x.example") == {}
    assert fields(shell, "b@x.example") == {"phone": "441130000000"}


# Workbooks


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.xlsx", xlsx({"Leads": LEADS})),
        ("list.xlsm", xlsx({"Leads": LEADS})),
        ("list.xls", xls(LEADS, name="Leads")),
        ("list.xlsb", xlsb(LEADS, name="Leads")),
        ("list.ods", ods({"Leads": LEADS})),
        ("list.xls", xlsx({"Leads": LEADS})),  # a name says little
        ("list.csv", xlsx({"Leads": LEADS})),
    ],
)
def test_every_kind_of_workbook_is_a_table(shell: Shell, name: str, content: bytes) -> None:
    assert "2 added" in imported(shell, name, content)
    assert emails(shell) == BOTH
    assert fields(shell, "eva@birch.example")["full_name"] == "Eva Moss"


def test_cells_are_what_a_person_sees(shell: Shell) -> None:
    row: list[Cell] = ["a@x.example", 441130000000.0, 1e11, 1.1, 0.1 + 0.2, True, "#N/A", date(2026, 11, 12)]
    more: list[Cell] = [datetime(2026, 11, 12), datetime(2026, 11, 12, 9, 30), time(9, 30), " \u00a0Leeds "]
    header = [
        "email",
        "phone",
        "mobile",
        "rate",
        "share",
        "member",
        "lost",
        "since",
        "day",
        "at",
        "opens",
        "city",
    ]
    imported(shell, "list.xlsx", xlsx({"Leads": [header, [*row, *more]]}))
    assert fields(shell, "a@x.example") == {
        **{"phone": "441130000000", "mobile": "100000000000", "rate": 1.1, "share": 0.3, "member": True},
        **{"since": "2026-11-12", "day": "2026-11-12", "at": "2026-11-12 09:30", "opens": "09:30"},
        "city": "Leeds",
    }


def test_a_number_of_more_digits_than_a_spreadsheet_keeps_is_not_made_up(shell: Shell) -> None:
    out = imported(
        shell, "list.xlsx", xlsx({"Leads": [["email", "phone"], ["a@x.example", 4111111111111111.0]]})
    )
    assert "4.11111111111111E+15" in out
    assert fields(shell, "a@x.example") == {}


MESSY: list[list[Cell]] = [
    ["Trade fair 2026: all leads"],
    ["Stand: 12.11.2026"],
    [],
    ["Person", None, None, "Firm", None],
    [None, "E-Mail", "Name", "Company", None],
    [None, "bob@acme.example", "Bob Stone", "Acme", None],
    [],
    [None, "eva@acme.example", "Eva Moss", None, None],
    [None, "ida@acme.example", "Ida Berg", None, "call her"],
    ["Total: 3"],
]


def test_titles_merged_cells_gaps_and_notes_beside(shell: Shell) -> None:
    merged = ["A1:E1", "A4:C4", "D6:D9"]
    out = imported(
        shell,
        "fair.xlsx",
        xlsx({"Info": [["Read me"]], "Leads": MESSY, "Old": LEADS}, hidden=["Old"], merged=merged),
    )
    assert "sheet Leads (of 3: Info, Leads, Old (hidden)): another one with --sheet" in out
    assert "the header is row 5: rows 1-4 above it were passed over" in out
    assert "what stands to the right of the header is passed over, first in row 9" in out
    assert "3 added" in out
    assert "row 10 (no people: 'Total: 3') was passed over" in out
    found = fields(shell, "ida@acme.example")
    assert (found["full_name"], found["company"]) == ("Ida Berg", "Acme")
    assert "call her" not in found.values()


def test_a_sheet_can_be_named_or_numbered(shell: Shell) -> None:
    book = xlsx({"Leads": LEADS, "Archive": [["email"], ["old@acme.example"]]})
    imported(shell, "book.xlsx", book, "--sheet", "archive")
    assert emails(shell) == ["old@acme.example"]
    imported(shell, "book.xlsx", book, "--sheet", "1")
    assert sorted(emails(shell)) == [*BOTH, "old@acme.example"]
    assert "no sheet 'Archiv', did you mean `Archive`? there are: Leads, Archive" in refused_again(
        shell, "book.xlsx", "--sheet", "Archiv"
    )
    assert "this is a file of text, which has no sheets" in refused_again(
        shell, "prospects.csv", "--sheet", "1"
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[]], "sheet Leads is empty"),
        ([["email", "name"]], "list.xlsx:1: the file has a header and no prospects"),
        ([["Firm", "Town"], ["Acme", "Leeds"]], "no column for the e-mail address"),
    ],
)
def test_sheets_without_people(shell: Shell, rows: Sequence[Sequence[Cell]], message: str) -> None:
    assert message in refused(shell, "list.xlsx", xlsx({"Leads": rows}))


BEYOND = '<row r="4294967000"><c r="A4294967000"><v>1</v></c></row>'
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
# [MS-XLS]: the start of a workbook, and the record that says it is encrypted
XLS_PASSWORD = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 5, 0, 0, 0, 6) + struct.pack(
    "<HHHHH", 0x2F, 6, 1, 1, 1
)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("list.xlsx", xlsx({"Leads": LEADS})[:-200], "the workbook is damaged or cut off"),
        ("list.xls", xls(LEADS)[:1500], "the workbook is damaged or cut off"),
        ("list.xlsx", zipped({"xl/workbook.xml": "<workbook"}), "the workbook is damaged or cut off"),
        ("list.xlsx", compound({"EncryptedPackage": b"x"}), "the workbook is protected by a password"),
        ("list.xls", compound({"Workbook": XLS_PASSWORD}), "the workbook is protected by a password"),
        ("list.xlsx", xlsx({"Leads": LEADS}, raw=FAR), "the workbook is too large to be read"),
        ("list.xlsx", xlsx({"Leads": []}, raw=BEYOND), "the workbook is too large to be read"),
        ("list.xlsx", zipped({"xl/workbook.xml": bytes(501_000_000)}), "the workbook is too large: 501 MB"),
        ("old.doc", compound({"WordDocument": b"x"}), "this is an old Office document without sheets"),
        ("list.docx", zipped({"word/document.xml": "x"}), "this is a Word document, not a table"),
        (
            "list.numbers",
            zipped({"Index/Document.iwa": "x"}),
            "this is an Apple Numbers document, not a table",
        ),
        ("export.zip", zipped({"Contacts.csv": "email"}), "this is a zip archive, not a table unpack it and"),
    ],
)
def test_workbooks_that_cannot_be_read_say_why(shell: Shell, name: str, content: bytes, message: str) -> None:
    assert f"{name}: {message}" in refused(shell, name, content)


# No tables

XML_2003 = '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "the file is empty"),
        ("empty.csv", b"\xef\xbb\xbf \r\n\r\n", "the file is empty"),
        ("list.csv", b"email,name\n", "list.csv:1: the file has a header and no prospects"),
        (
            "list.xls",
            b"\r\n<html><table><tr><td>email",
            "this is a web page named .xls, not a table open it in a",
        ),
        ("list.xls", "<HTML xmlns:o='urn'>".encode("utf-16"), "this is a web page named .xls, not a table"),
        ("list.xls", XML_2003.encode(), "this is an XML spreadsheet named .xls, not a table"),
        (
            "list.mht",
            b"MIME-Version: 1.0\nContent-Type: multipart/related\n",
            "this is a web archive or a mail",
        ),
        ("people.vcf", b"BEGIN:VCARD\r\nVERSION:3.0\r\n", "this is a file of contacts (vCard), not a table"),
        ("list.pdf", b"%PDF-1.7\n", "this is a PDF document, not a table"),
        ("list.csv.gz", b"\x1f\x8b\x08", "this is a compressed file, not a table"),
        ("photo.csv", b"\x89PNG\r\n\0\0\0\rIHDR\0\0\0\1", "this is a picture, not a table"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(shell: Shell, name: str, content: bytes, message: str) -> None:
    assert message in refused(shell, name, content)


def test_what_is_no_file(shell: Shell) -> None:
    os.mkfifo(shell.folder / "pipe.csv")
    assert "pipe.csv: this is no file" in refused_again(shell, "pipe.csv")
    assert "templates: Is a directory" in refused_again(shell, "templates")
    assert "none.csv: No such file or directory" in refused_again(shell, "none.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(shell: Shell) -> None:
    shell.write("secret.csv", "email\na@x.example\n").chmod(0)
    assert "secret.csv: Permission denied check the path and your permissions" in refused_again(
        shell, "secret.csv"
    )


def test_json_has_the_notes(shell: Shell) -> None:
    (shell.folder / "fair.xlsx").write_bytes(xlsx({"Info": [["Read me"]], "Leads": MESSY}))
    found = shown(shell, "prospects", "import", "fair.xlsx", "--yes")
    assert (found["encoding"], found["delimiter"]) == ("", "")
    assert "the header is row 5: rows 1-4 above it were passed over" in found["notes"]
