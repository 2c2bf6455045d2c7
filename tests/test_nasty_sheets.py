"""Lists that show a person more than their cells hold: filters, links, formulas, groups, totals, two tables."""

import pytest

from tests.cli import Shell
from tests.people import emails, fields
from tests.sheets import Cell, Formula, Padded, Rows, xlsx
from tests.test_nasty_files import imported, refused, refused_again

__all__ = ["shell"]

HEADER: list[Cell] = ["Name", "Email", "Company"]
ANN: list[Cell] = ["Ann Lee", "ann@lee.example", "Lee"]
BOB: list[Cell] = ["Bob Stone", "bob@stone.example", "Stone"]
EVA: list[Cell] = ["Eva Moss", "eva@moss.example", "Moss"]


@pytest.fixture
def shell(shell: Shell) -> Shell:
    shell.fill()
    return shell


def text(*rows: list[Cell]) -> str:
    """Rows as a file of text."""
    return "".join(",".join("" if cell is None else f'"{cell}"' for cell in row) + "\n" for row in rows)


# Sheets and rows that are hidden


def test_a_number_counts_the_sheets_that_excel_shows(shell: Shell) -> None:
    sheets: dict[str, Rows] = {
        "Cover": [["Our leads"]],
        "Do not contact": [HEADER, EVA],
        "UK": [HEADER, ANN],
        "DE": [HEADER, BOB],
    }
    book = xlsx(sheets, hidden=["Do not contact"])
    out = imported(shell, "book.xlsx", book, "--sheet", "2")
    assert "sheet UK (of 4: Cover, Do not contact (hidden), UK, DE)" in out
    assert emails(shell) == ["ann@lee.example"]
    found = refused_again(shell, "book.xlsx", "--sheet", "4")
    assert "no sheet '4' there are: Cover, Do not contact (hidden), UK, DE; a number counts" in found
    out = imported(shell, "book.xlsx", book, "--sheet", "do not contact")
    assert "sheet Do not contact (of 4" in out
    assert "eva@moss.example" in emails(shell)


def test_rows_that_a_filter_hides_stay_out_and_are_told(shell: Shell) -> None:
    rows: list[list[Cell]] = [["Leads 2026"], HEADER, ANN, BOB, EVA]
    out = imported(shell, "book.xlsx", xlsx({"Leads": rows}, filtered=[1, 4]))
    assert "1 row is hidden, first row 4, and passed over: clear the filter and save to import them" in out
    assert emails(shell) == ["ann@lee.example", "eva@moss.example"]


def test_a_list_of_hidden_rows_only_says_so(shell: Shell) -> None:
    found = refused(shell, "book.xlsx", xlsx({"Leads": [HEADER, ANN, BOB]}, filtered=[2, 3]))
    assert "book.xlsx:1: all rows below the header are hidden clear the filter" in found


# Cells


def test_a_number_keeps_the_zeros_it_is_shown_with(shell: Shell) -> None:
    rows: list[list[Cell]] = [
        ["Email", "Postcode"],
        ["a@x.example", Padded(1067)],
        ["b@x.example", Padded(99084)],
    ]
    imported(shell, "book.xlsx", xlsx({"Leads": rows}))
    assert fields(shell, "a@x.example")["postcode"] == "01067"
    assert fields(shell, "b@x.example")["postcode"] == "99084"


def test_numbers_as_text_lose_what_was_put_around_them(shell: Shell) -> None:
    imported(
        shell,
        "list.csv",
        'email,phone,mobile\na@x.example,=+4917212345,"=""0172"""\nb@x.example,491721234567.0,1\n',
    )
    assert fields(shell, "a@x.example") == {"phone": "+4917212345", "mobile": "0172"}
    assert fields(shell, "b@x.example")["phone"] == "491721234567"


def test_formulas_that_nobody_calculated_are_told(shell: Shell) -> None:
    unread = Formula('LOWER(A2)&"@lee.example"')
    rows: list[list[Cell]] = [
        HEADER,
        ["Ann", unread, "Lee"],
        ["Bob", Formula('"bob@"&"stone.example"', "bob@stone.example"), Formula("A1")],
        ["Eva", Formula('HYPERLINK("mailto:eva@moss.example?subject=Hi","Write")'), "#REF!"],
        [None, "d@x.example", None],
    ]
    out = imported(shell, "book.xlsx", xlsx({"Leads": rows}))
    assert (
        "2 formulas have no stored value, first in B2: open the workbook in Excel, save, import again" in out
    )
    assert "1 cell holds an error such as #REF!, first in C4: taken as empty" in out
    assert (
        'line 2: email: a formula without a stored value, =LOWER(A2)&"@lee.example": open the workbook' in out
    )
    assert sorted(emails(shell)) == ["bob@stone.example", "d@x.example", "eva@moss.example"]
    assert 'LOWER(A2)&""@lee.example""' in (shell.folder / "book.errors.csv").read_text()


def test_an_address_behind_a_link_is_the_address(shell: Shell) -> None:
    rows: list[list[Cell]] = [
        HEADER,
        ["Ann Lee", "Write", "Lee"],
        ["Bob Stone", "bob@stone.example", "Stone"],
    ]
    links = {"B2": "mailto:ann%40lee.example?subject=Hi", "B3": "mailto:old@stone.example"}
    imported(shell, "book.xlsx", xlsx({"Leads": rows}, links=links))
    assert emails(shell) == ["ann@lee.example", "bob@stone.example"]


def test_links_are_a_column_where_no_other_holds_addresses(shell: Shell) -> None:
    rows: list[list[Cell]] = [
        [],
        [None, "Full name", "Web"],
        [None, "Ann Lee", "Site"],
        [None, "Bob Stone", "Site"],
    ]
    links = {"B3": "mailto:ann@lee.example", "B4": "mailto:bob@stone.example", "C3": "https://lee.example"}
    out = imported(shell, "book.xlsx", xlsx({"Leads": rows}, links=links))
    assert "the column 'E-Mail' is made of the mail links of cells, first in B3" in out
    assert fields(shell, "bob@stone.example")["full_name"] == "Bob Stone"


def test_true_and_false_are_no_names(shell: Shell) -> None:
    rows: list[list[Cell]] = [
        ["Email", "First name", "Member"],
        ["a@x.example", True, True],
        ["b@x.example", "True", False],
    ]
    imported(shell, "book.xlsx", xlsx({"Leads": rows}))
    assert fields(shell, "a@x.example") == {"member": True}
    assert fields(shell, "b@x.example")["first_name"] == "True"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_line_breaks_and_tabs_in_cells_are_spaces(shell: Shell, kind: str) -> None:
    rows: list[list[Cell]] = [
        ["Full\nname", "E-Mail\n", "Note"],
        ["Ann\tLee", "ann@lee.example\n", "met at the fair \n call\r\nback"],
        ["Bob", "bob@stone.example\ninfo@stone.example", ""],
    ]
    out = imported(shell, f"list.{kind}", text(*rows) if kind == "csv" else xlsx({"Leads": rows}))
    assert fields(shell, "ann@lee.example")["full_name"] == "Ann Lee"
    assert fields(shell, "ann@lee.example")["note"] == "met at the fair call back"
    assert "bad row" in out
    assert "addresses" in out
    assert "line break" not in out


# Headers


def test_a_link_called_email_is_no_header(shell: Shell) -> None:
    rows: list[list[Cell]] = [["First name", "Contact", "Company"], ["Ann", "E-Mail", "Lee"]]
    rows += [["Bob", "bob@stone.example", "Stone"], ["Eva", "eva@moss.example", "Moss"]]
    assert "list.csv:1: no column for the e-mail address" in refused(shell, "list.csv", text(*rows))
    imported(shell, "list.csv", text(*rows), "--map", "Contact=email")
    assert fields(shell, "bob@stone.example")["first_name"] == "Bob"


def test_the_name_in_the_group_of_the_company_is_the_companys(shell: Shell) -> None:
    rows: list[list[Cell]] = [
        ["Contact", None, None, "Company", None],
        ["First name", "Last name", "Email", "Name", "City"],
        ["Ann", "Lee", "ann@lee.example", "Lee Ltd", "Leeds"],
    ]
    imported(shell, "book.xlsx", xlsx({"Leads": rows}, merged=["A1:C1", "D1:E1"]))
    found = fields(shell, "ann@lee.example")
    assert (found["company"], found["first_name"], found["city"]) == ("Lee Ltd", "Ann", "Leeds")
    assert "full_name" not in found


# What stands below and beside a list


def test_a_header_that_is_there_again_is_passed_over_in_any_order(shell: Shell) -> None:
    rows: list[list[Cell]] = [
        HEADER,
        ANN,
        ["Page 1 of 2"],
        HEADER,
        BOB,
        ["Second list"],
        ["Email", "Company", "Name"],
    ]
    rows += [["eva@moss.example", "Moss", "Eva Moss"]]
    out = imported(shell, "list.csv", text(*rows))
    assert "2 rows (the header again), first row 4, were passed over" in out
    assert "2 rows (no people: 'Page 1 of 2'), first row 3, were passed over" in out
    assert "3 added" in out
    assert fields(shell, "eva@moss.example")["company"] == "Moss"
    assert not (shell.folder / "list.errors.csv").exists()


def test_totals_and_closing_lines_are_nothing_to_mend(shell: Shell) -> None:
    rows: list[list[Cell]] = [
        HEADER,
        ANN,
        BOB,
        [],
        ["Total", "2", "13,50"],
        ["Generated by CRM, ask help@crm.example"],
        ["(c) 2026"],
    ]
    out = imported(shell, "list.csv", text(*rows))
    assert "3 rows (no people: 'Total'), first row 5, were passed over" in out
    assert "bad row" not in out


def test_a_row_with_something_to_mend_is_no_footer(shell: Shell) -> None:
    rows: list[list[Cell]] = [HEADER, ANN, [None, "bob-stone.example", None], ["Eva Moss", None, "Moss"]]
    out = imported(shell, "list.csv", text(*rows))
    assert "2 bad rows" in out
    assert "passed over" not in out


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_two_tables_side_by_side_are_told(shell: Shell, kind: str) -> None:
    rows: list[list[Cell]] = [[*HEADER, None, *HEADER], [*ANN, None, *EVA], [*BOB, None, None, None, None]]
    out = imported(shell, f"list.{kind}", text(*rows) if kind == "csv" else xlsx({"Leads": rows}))
    assert "two tables side by side: the second, from column 5 on, was passed over" in out
    assert emails(shell) == ["ann@lee.example", "bob@stone.example"]
