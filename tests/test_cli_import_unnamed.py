"""A list whose addresses are not where a header says: the cells and the letters tell what to write."""

import pytest

from tests.cli import Shell
from tests.people import emails, fields, shown

KEYED = "Firma;Kontakt;Stand\nAcme;bob@acme.example;A 1\nBirch;eva@birch.example;B 2\n"


def refused(shell: Shell, name: str, content: str | bytes, *options: str) -> str:
    """What an import says that changed nothing."""
    shell.fill()
    (shell.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    code, out, err = shell.run("prospects", "import", name, *options)
    assert (code, out) == (1, "")
    return " ".join(err.split())


def test_a_column_of_addresses_is_offered_and_the_command_works(shell: Shell) -> None:
    assert 'column 2 holds addresses: --map "Kontakt=email"' in refused(shell, "fair.csv", KEYED)
    shell.ok("prospects", "import", "fair.csv", "--map", "Kontakt=email")
    assert fields(shell, "bob@acme.example")["company"] == "Acme"


def test_a_column_of_addresses_without_a_header_is_named_by_its_place(shell: Shell) -> None:
    said = refused(shell, "fair.csv", KEYED.replace("Kontakt", ""))
    assert '--map "column_2=email"' in said


def test_a_column_with_few_addresses_is_not_offered(shell: Shell) -> None:
    said = refused(shell, "fair.csv", "Firma,Notizen\nAcme,bob@acme.example\nBirch,call\nCedar,late\n")
    assert "holds addresses" not in said
    assert "found 'Firma', 'Notizen'" in said


@pytest.mark.parametrize("wrong", ["cp1252", "cp866", "mac_roman", "koi8-r"])
def test_a_header_that_looks_misread_asks_for_the_encoding(shell: Shell, wrong: str) -> None:
    text = "Электронный ящик;Имя\nbob@acme.example;Боб\n".encode("cp1251")
    said = refused(shell, "list.csv", text, "--encoding", wrong)
    assert "looks misread: --encoding NAME, such as windows-1251 instead of" in said


def test_a_header_that_is_well_read_asks_for_no_encoding(shell: Shell) -> None:
    said = refused(shell, "list.csv", "Адрес 2;Größe;Élève né à;Naïve\nbob@acme.example;1;2;3\n")
    assert "misread" not in said


def test_a_header_that_was_encoded_twice_can_only_be_exported_anew(shell: Shell) -> None:
    said = refused(
        shell, "list.csv", "Почта,Город\nbob@acme.example,Бонн\n".encode().decode("cp1251", "replace")
    )
    assert "'Почта,Город' was meant" in said
    assert "export the list" in said
    assert "errors file" not in said


def test_lines_in_quotes_are_told(shell: Shell) -> None:
    said = refused(shell, "list.csv", '"email,name"\n"ann@a.example,Ann"\n"bob@b.example,Bob"\n')
    assert "whole lines stand in quotes" in said


def test_one_line_of_addresses_is_no_table(shell: Shell) -> None:
    said = refused(shell, "list.txt", "Ann Lee <ann@a.example>; Bob <bob@b.example>\n")
    assert "one line of addresses, not a table" in said


def test_addresses_in_another_column_than_the_one_for_them_are_told(shell: Shell) -> None:
    shell.fill()
    shell.write("list.csv", "email,name\nAnn,ann@a.example\nBob,bob@b.example\n")
    code, out, _ = shell.run("prospects", "import", "list.csv")
    assert code == 1
    assert "no address stands in 'email', but in 'name'" in " ".join(out.split())
    assert emails(shell) == []
    shell.ok("prospects", "import", "list.csv", "--map", "name=email", "--map", "email=first_name")
    assert fields(shell, "bob@b.example") == {"first_name": "Bob"}


def test_a_date_is_no_company(shell: Shell) -> None:
    shell.fill()
    shell.write(
        "list.csv", "email,company,city\nann@a.example,2026-02-01,1.2.2026\nbob@b.example,24/7,1848\n"
    )
    found = shown(shell, "prospects", "import", "list.csv")
    assert [(each["kind"], each["rows"]) for each in found["warnings"]] == [("left out as a date", 2)]
    assert fields(shell, "ann@a.example") == {}
    assert fields(shell, "bob@b.example") == {"company": "24/7", "city": "1848"}


def test_the_next_command_is_about_a_campaign_that_the_people_of_the_file_are_for(shell: Shell) -> None:
    shell.fill()
    shops = (shell.folder / "campaigns/shops.toml").read_text()
    shell.write("campaigns/bakers.toml", shops.replace("industry == 'retail'", "industry == 'bakery'"))
    retail = "".join(f"p{number}@firm{number}.example,retail\n" for number in range(9))
    shell.write("retail.csv", "email,industry\n" + retail)
    assert shell.ok("prospects", "import", "retail.csv").splitlines()[-1] == "NEXT      outreach plan shops"
    shell.write("held.csv", "held_because,email,industry\nno first_name,q@oven.example,bakery\n")
    assert shell.ok("prospects", "import", "held.csv").splitlines()[-1] == "NEXT      outreach plan bakers"


def test_an_address_far_down_is_one_and_an_assistants_is_not_offered(shell: Shell) -> None:
    shell.fill()
    rows = "".join(f"n{number},a{number}@desk.example\n" for number in range(250))
    shell.write("list.csv", f"Email,Assistant\n{rows}bob@b.example,a@desk.example\n")
    assert "no address stands in" not in shell.ok("prospects", "import", "list.csv")
    shell.write("list.csv", f"Email,Assistant\n{rows}")
    code, out, _ = shell.run("prospects", "import", "list.csv")
    assert code == 1
    assert "no address stands in 'Email', but in 'Assistant', which is somebody else's" in " ".join(
        out.split()
    )
    assert "--map" not in out.partition("LEFT OUT")[0]
