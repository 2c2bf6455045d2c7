"""Prospect files as people have them: any encoding and delimiter, broken lines, no tracebacks."""

import csv
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.errors import InputError
from outreach.prospect import BadRow, Row, columns, row_reader
from outreach.workspace.delimited import MAX_LINE
from outreach.workspace.prospects import Table, open_table
from tests.sheets import Cell, xls, xlsb, xlsx

RUSSIAN = "Почта,Имя,Компания\nanna@acme.example,Анна,ООО Ромашка\nivan@beta.example,Иван,Северный ветер\n"
GERMAN = (
    "E-Mail;Vorname;Firma;Ort\nj@acme.example;Jörg;Bäckerei Groß;Köln\nu@beta.example;Ute;Müller & Co;Ulm\n"
)
CHINESE = "邮箱,姓名,公司\nwang@acme.example,王伟,北京科技有限公司\nli@beta.example,李娜,上海贸易公司\n"
KAZAKH = "Пошта,Аты,Компания\na@x.example,Айгүль,Қазақ Өнім\nb@x.example,Нұрлан,Тәуелсіздік\n"
JAPANESE = "メール,氏名,会社名\na@x.example,山田太郎,株式会社さくら\nb@x.example,佐藤花子,東京商事\n"
LEADS: list[list[Cell]] = [["email", "name"]]
LEADS += [[f"a{at}@x.example", at] for at in range(20)]
WORKBOOKS = {"xlsx": xlsx({"Leads": LEADS}), "xls": xls(LEADS), "xlsb": xlsb(LEADS)}
_fixture = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def good(table: Table) -> list[list[str]]:
    return [row[1] for row in table.rows() if not isinstance(row, BadRow)]


def bad(table: Table) -> list[BadRow]:
    return [row for row in table.rows() if isinstance(row, BadRow)]


def problem(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        open_table(path, encoding=encoding, delimiter=delimiter)
    (found,) = caught.value.problems
    assert found.where.file == str(path)
    assert found.hint
    return found.message


# Encoding


@pytest.mark.parametrize(
    ("text", "written", "found", "guessed"),
    [
        (CHINESE, "utf-8", "utf-8", False),
        (CHINESE, "utf-8-sig", "utf-8", False),
        (CHINESE, "utf-16", "utf-16", False),
        (RUSSIAN, "utf-32", "utf-32", False),
        (GERMAN, "utf-16-le", "utf-16-le", True),
        (GERMAN, "utf-16-be", "utf-16-be", True),
        (RUSSIAN, "cp1251", "cp1251", True),
        (RUSSIAN, "koi8_r", "koi8_r", True),
        (GERMAN, "cp1252", "cp1252", True),
        (GERMAN, "mac_roman", "mac_roman", True),
        (CHINESE, "gb18030", "gb18030", True),
        (KAZAKH, "kz1048", "kz1048", True),
        (KAZAKH, "ptcp154", "ptcp154", True),
        ("email,name\na@x.example,Қайрат\n", "kz1048", "kz1048", True),
        (RUSSIAN, "cp866", "cp866", True),
        (RUSSIAN, "mac_cyrillic", "mac_cyrillic", True),
        ("email,name\na@x.example,Иван\n", "koi8_r", "koi8_r", True),  # two characters in gb18030
        ("email,name\na@x.example,Олексій Їжакевич\nb@x.example,Ганна Ґудзь\n", "cp1251", "cp1251", True),
        ("email,name\na@x.example,Ѓорѓи Ќосев\nb@x.example,Љупчо Њаков\n", "cp1251", "cp1251", True),
        ("email,name\na@x.example,Łukasz Wójcik\nb@x.example,Żółta Śliwińska\n", "cp1250", "cp1250", True),
        ("email,name\na@x.example,Jiří Dvořák\nb@x.example,Šárka Černá\n", "cp1250", "cp1250", True),
        ("email,name\na@x.example,Gökçe Yılmaz\nb@x.example,Şule Işık\n", "cp1254", "cp1254", True),
        ("email,name\na@x.example,Žydrūnas Čepas\nb@x.example,Eglė Šimkutė\n", "cp1257", "cp1257", True),
        ("email,name\na@x.example,Γιώργος Παππάς\nb@x.example,Ελένη Νικολάου\n", "cp1253", "cp1253", True),
        ("email,name\na@x.example,יוסי כהן\nb@x.example,שרה לוי\n", "cp1255", "cp1255", True),
        ("email,name\na@x.example,محمد أحمد\nb@x.example,فاطمة علي\n", "cp1256", "cp1256", True),
        (JAPANESE, "shift_jis", "cp932", True),
        (
            "メール,氏名,会社名\ny@x.example,山田太郎,㈱東京商事\nt@x.example,髙橋花子,能率①\n",
            "cp932",
            "cp932",
            True,
        ),
        ("Name,Email,City\nJan Novak,jan@n.cz,Plzeň\nPetr Dvorak,p@d.cz,Brno\n", "cp1250", "cp1250", True),
        (
            "Vorname,Nachname,E-Mail\rJürgen,Groß,j@x.example\rZoë,Möller,z@x.example\r",
            "mac_roman",
            "mac_roman",
            True,
        ),
        (JAPANESE, "euc_jp", "euc_jp", True),
        ("이메일,이름\na@x.example,김철수\nb@x.example,박영희\n", "euc_kr", "euc_kr", True),
        (GERMAN, "cp850", "cp850", True),
        # as often as not of another encoding, but for the header
        ("이메일,Name\na@x.example,Bob\n", "euc_kr", "euc_kr", True),
        ("Ηλεκτρονικό ταχυδρομείο,Name\na@x.example,Bob\n", "cp1253", "cp1253", True),
    ],
)
def test_the_encoding_is_found_out(path: Path, text: str, written: str, found: str, guessed: bool) -> None:
    path.write_bytes(text.encode(written))
    table = open_table(path)
    assert (table.encoding, table.guessed) == (found, guessed)
    rows = list(csv.reader(text.splitlines(), delimiter=table.delimiter))
    assert [table.header, *good(table)] == rows


def test_a_late_letter_decides_the_encoding(path: Path) -> None:
    lines = [
        b"email,name",
        *[b"ann@acme.example,Ann"] * 120_000,
        "jörg@acme.example,Jörg Müller".encode("cp1252"),
    ]
    path.write_bytes(b"\n".join(lines))
    table = open_table(path)
    assert table.encoding == "cp1252"
    assert good(table)[-1][1] == "Jörg Müller"


def test_a_damaged_letter_costs_its_row_and_not_the_others(path: Path) -> None:
    text = "email,first_name\na@x.example,Jörg\nb@x.example,Zoë\nc@x.example,Айгүль\n"
    path.write_bytes(text.encode().replace("Zoë".encode(), b"Zo\xeb"))
    table = open_table(path)
    read = row_reader(columns(table.header), {})
    rows = [read(line, cells) for line, cells in (row for row in table.rows() if not isinstance(row, BadRow))]
    assert table.encoding == "utf-8"
    assert [row.fields["first_name"] for row in rows if isinstance(row, Row)] == ["Jörg", "Айгүль"]
    (damaged,) = [row for row in rows if isinstance(row, BadRow)]
    assert damaged.line == 3
    assert "encoding" in damaged.reason


def test_shift_jis_is_what_windows_calls_so(path: Path) -> None:
    path.write_bytes("email,氏名\na@x.example,髙橋花子\n".encode("cp932"))
    assert good(open_table(path, encoding="shift_jis")) == [["a@x.example", "髙橋花子"]]


def test_a_named_encoding_is_used(path: Path) -> None:
    path.write_bytes("email,name\na@x.example,Jiří Dvořák\n".encode("cp1250"))
    table = open_table(path, encoding="windows-1250")
    assert (table.encoding, table.guessed) == ("cp1250", False)
    assert good(table) == [["a@x.example", "Jiří Dvořák"]]
    assert "unknown encoding 'klingon'" in problem(path, encoding="klingon")
    assert "unknown encoding 'base64'" in problem(path, encoding="base64")


# Delimiter


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out_with_quotes_respected(path: Path, delimiter: str) -> None:
    rows = [
        ["email", "company, legal; name", "revenue"],
        ["a@x.example", "Acme, Sons; Partners | Co", "1,5"],
        ["b@x.example", 'The "Best"\tInn', "2,25"],
    ]
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    table = open_table(path)
    assert table.delimiter == delimiter
    rows[2][1] = 'The "Best" Inn'  # no letter has room for a tab
    assert [table.header, *good(table)] == rows


def test_a_single_column_is_a_table(path: Path) -> None:
    path.write_text("email\nann@acme.example\nbob@acme.example\n")
    assert good(open_table(path)) == [["ann@acme.example"], ["bob@acme.example"]]


def test_excel_names_its_delimiter_in_the_first_line(path: Path) -> None:
    path.write_text("sep=;\r\nemail;name,title\r\nann@acme.example;Ann,CEO\r\n")
    table = open_table(path)
    assert (table.header, table.header_line) == (["email", "name,title"], 2)
    assert list(table.rows()) == [(3, ["ann@acme.example", "Ann,CEO"])]


def test_a_named_delimiter_is_used(path: Path) -> None:
    path.write_text("email,name;x\na@x.example,Ann;y\n")
    assert open_table(path, delimiter=";").header == ["email,name", "x"]
    assert open_table(path, delimiter="tab").delimiter == "\t"
    assert "is no delimiter" in problem(path, delimiter="::")


# Rows


def test_rows_carry_the_line_they_start_on(path: Path) -> None:
    path.write_bytes(b'\r\nemail,note\r\n\r\na@x.example,"two\r\nlines"\r\n , \r\nb@x.example,one\r\n')
    table = open_table(path)
    assert table.header_line == 2
    assert list(table.rows()) == [(4, ["a@x.example", "two lines"]), (7, ["b@x.example", "one"])]


def test_rows_can_be_read_again_with_progress(path: Path) -> None:
    path.write_text("email\n" + "ann@acme.example\n" * 10_000)
    table = open_table(path)
    assert (table.position, table.size) == (0, path.stat().st_size)
    assert good(table) == good(table)
    assert table.position == table.size
    places = [table.position for _ in table.rows()]
    assert places == sorted(places)
    assert 0 < places[0] < places[5_000] < places[-1] == table.size


@pytest.mark.parametrize("after", [3, 500])
def test_an_unclosed_quote_costs_one_row(path: Path, after: int) -> None:
    lines = ["email,name", "a@x.example,Ann", 'b@x.example,"Bob', *["c@x.example,Carl"] * after]
    path.write_text("\n".join(lines))
    table = open_table(path)
    assert bad(table) == [BadRow(3, "a quote is never closed")]
    assert len(good(table)) == 1 + after
    last = list(table.rows())[-1]
    assert last == (3 + after, ["c@x.example", "Carl"])


def test_an_unclosed_quote_before_quoted_rows_costs_one_row(path: Path) -> None:
    path.write_text('email,name\n"a@x.example,Ann\n"b@x.example","Bob"\n"c@x.example","Carl"\n')
    table = open_table(path)
    assert bad(table) == [BadRow(2, "a quote is never closed")]
    assert good(table) == [["b@x.example", "Bob"], ["c@x.example", "Carl"]]


def test_a_quote_inside_a_quoted_cell_is_not_guessed_at(path: Path) -> None:
    path.write_text('email,name\na@x.example,"The "Best" Inn"\nb@x.example,Bob\n')
    table = open_table(path)
    assert bad(table) == [BadRow(2, 'a quote inside a quoted cell must be doubled: ""')]
    assert good(table) == [["b@x.example", "Bob"]]


def test_a_zero_byte_makes_its_row_bad(path: Path) -> None:
    path.write_bytes(b"email,name\na@x.example,An\0n\nb@x.example,Bob\n")
    table = open_table(path)
    read = row_reader(columns(table.header), {})
    found = [read(*row) for row in table.rows() if not isinstance(row, BadRow)]
    assert found[0] == BadRow(2, "full_name: holds a control character (U+0000)")
    assert isinstance(found[1], Row)


@pytest.mark.parametrize("quote", ["", '"'])
def test_an_endless_line_costs_one_row_and_little_memory(path: Path, quote: str) -> None:
    with path.open("w") as file:
        file.write(f"email,name\na@x.example,{quote}")
        for _ in range(160):
            file.write("x" * MAX_LINE)
        file.write("\nb@x.example,Bob\n")
    tracemalloc.start()
    try:
        table = open_table(path)
        rows = list(table.rows())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rows == [
        BadRow(2, f"the line is longer than {MAX_LINE:,} characters"),
        (3, ["b@x.example", "Bob"]),
    ]
    assert peak < 8_000_000


def test_an_endless_line_inside_a_quote_is_read_past_once(path: Path) -> None:
    path.write_text(f'email,name\na@x.example,"Ann\n{"x" * 200_000}\nb@x.example,Bob\nc@x.example,Carl\n')
    rows = list(open_table(path).rows())
    assert [row.line for row in rows if isinstance(row, BadRow)] == [2, 3]
    assert rows[2:] == [(4, ["b@x.example", "Bob"]), (5, ["c@x.example", "Carl"])]


def test_a_file_that_changes_while_it_is_read_is_not_believed(path: Path) -> None:
    path.write_text("email\n" + "ann@acme.example\n" * 50_000)
    rows = open_table(path).rows()
    next(rows)
    with path.open("a") as file:
        file.write("eve@acme.example\n")
    with pytest.raises(InputError, match="the file was changed while it was read"):
        list(rows)


# Workbooks


def test_two_readings_of_a_sheet_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(xlsx({"Leads": [LEADS[0], *LEADS[1:] * 1_000]}))
    table = open_table(path)
    assert table.position == 0
    one, other = table.rows(), table.rows()
    pairs = list(zip(one, other, strict=True))
    assert len(pairs) == 20_000
    assert all(mine == yours for mine, yours in pairs)
    assert table.position == table.size


@given(
    st.sampled_from(["xlsx", "xls", "xlsb"]),
    st.lists(st.tuples(st.integers(0, 5_000), st.binary(min_size=1, max_size=8)), max_size=4),
    st.none() | st.integers(0, 5_000),
)
@settings(_fixture, max_examples=30)
def test_a_damaged_workbook_is_a_table_or_a_problem(
    path: Path, kind: str, damage: list[tuple[int, bytes]], end: int | None
) -> None:
    content = bytearray(WORKBOOKS[kind])
    for place, raw in damage:
        place %= len(content)
        content[place : place + len(raw)] = raw
    path.write_bytes(content[:end])
    try:
        table = open_table(path)
    except InputError:
        return
    assert list(table.rows())


# No tables


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "the file is empty"),
        (b"email,name\n\n", "the file has a header and no prospects"),
        (b'email,"name\na@x.example,Ann\n', "the header cannot be read: a quote is never closed"),
        (b"PK\x03\x04rest", "the workbook is damaged or cut off"),
        (b"\x89PNG\r\n\0\0\0\rIHDR\0\0\0\1", "this is a picture, not a table"),
        (bytes(range(1, 30)) * 20, "this is a binary file, not a table"),
        (
            b'ann@x.example; Bob <bob@x.example>; "Fox, F" <f@x.example>',
            "the file is one line of addresses, not a table",
        ),
    ],
)
def test_what_is_no_table_is_said_to_be_none(path: Path, content: bytes, message: str) -> None:
    path.write_bytes(content)
    assert problem(path) == message


def test_missing_files_and_folders_are_said_to_be_so(tmp_path: Path) -> None:
    assert problem(tmp_path / "none.csv") == "No such file or directory"
    assert problem(tmp_path) == "Is a directory"


@given(st.binary(max_size=300))
@_fixture
def test_any_bytes_are_a_table_or_a_problem(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        table = open_table(path)
    except InputError:
        return
    assert list(table.rows())


_cell = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8) | st.text(
    '",;\n\r', max_size=4
)
_cell = _cell.filter(lambda cell: not cell.startswith("="))  # a spreadsheet's ="01067" is 01067


@given(st.lists(st.tuples(_cell, _cell, _cell), min_size=1, max_size=8))
@_fixture
def test_what_a_spreadsheet_writes_is_read_back(path: Path, rows: list[tuple[str, str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("email", "name", "note"), *(("a@x.example", *row[1:]) for row in rows)])
    table = open_table(path, delimiter=",")
    assert good(table) == [["a@x.example", *map(spaced, row[1:])] for row in rows]


def spaced(cell: str) -> str:
    """A text as a letter can have it: every run of line breaks is a space."""
    broken = re.split("[\t\r\n\x0b\x0c\u2028\u2029]+", cell)
    return cell if len(broken) == 1 else " ".join(part.strip() for part in broken if part.strip())
