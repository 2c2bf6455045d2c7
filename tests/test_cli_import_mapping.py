"""`prospects import --map`: what columns are for is shown, asked, corrected and remembered."""

import io
import sys
from typing import Any

import pytest

from outreach.engine.mapping import near
from tests.cli import Shell
from tests.people import emails, fields, shown

FAIR = """\
Firma;E-Mail;Vorname;Compnay;Notizen;Umsatz 2025
Acme Stores;bob@acme.example;Bob;x;hello;12
Birch;eva@birch.example;Eva;y;there;44
"""


@pytest.fixture
def fair(shell: Shell) -> Shell:
    """A workspace with the list of a trade fair."""
    shell.fill()
    shell.write("fair.csv", FAIR)
    return shell


class Terminal(io.StringIO):
    """A person at a keyboard who has typed ahead."""

    def isatty(self) -> bool:
        return True


def at_terminal(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, typed: str, *args: str
) -> tuple[int, str, str]:
    """Run a command where a person watches and has typed that."""
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdin", Terminal(typed))
        patch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        return shell.run(*args)


def mapped(shell: Shell, *args: str) -> dict[str, dict[str, Any]]:
    """Header -> what JSON says of that column."""
    found = shown(shell, "prospects", "import", *args)
    return {each["column"]: each for each in found["mapping"]["columns"]}


def widest(out: str) -> int:
    """The columns of a screen, but for the path of the file, which is a test's."""
    return max(len(line) for line in out.splitlines() if not line.startswith("FILE"))


def problems(shell: Shell, *args: str) -> str:
    """What a refused import says; it has changed nothing."""
    code, out, err = shell.run("prospects", "import", *args)
    assert (code, out) == (1, "")
    assert emails(shell) == []
    return " ".join(err.split())


def test_the_mapping_of_a_new_file_is_on_the_screen_once(fair: Shell) -> None:
    out = fair.ok("prospects", "import", "fair.csv")
    lines = [line.split() for line in out.splitlines()]
    assert ["COLUMN", "FIELD", "TYPE", "FIRST", "VALUES"] in lines
    assert ["Firma", "company", "text", "Acme", "Stores;", "Birch"] in lines
    assert ["Umsatz", "2025", "umsatz_2025", "number,", "new", "12;", "44"] in lines
    assert widest(out) <= 80
    again = fair.ok("prospects", "import", "fair.csv")
    assert "MAPPING" not in again
    assert "MAPPING" in fair.ok("prospects", "import", "fair.csv", "--dry-run")


def test_what_was_said_holds_for_the_next_file_with_the_same_headers_in_any_order(fair: Shell) -> None:
    said = ("--map", " notizen = ", "--map", "COMPNAY=sector", "--map", "Umsatz 2025=turnover")
    out = fair.ok("prospects", "import", "fair.csv", *said)
    assert "left out" in out
    assert "as last time" not in out
    assert fields(fair, "bob@acme.example") == {
        "company": "Acme Stores",
        "first_name": "Bob",
        "industry": "x",  # `sector` is another name for it
        "turnover": 12,
    }
    fair.write(
        "wednesday.csv", "COMPNAY,e-mail,notizen,umsatz 2025,firma,vorname\nz,ida@dune.example,n,5,Dune,Ida\n"
    )
    out = fair.ok("prospects", "import", "wednesday.csv")
    said_again = "as last time: COMPNAY -> industry, notizen -> left out, umsatz 2025 -> turnover"
    assert said_again in " ".join(out.split())
    assert fields(fair, "ida@dune.example") == {
        "industry": "z",
        "turnover": 5,
        "company": "Dune",
        "first_name": "Ida",
    }


def test_a_new_word_about_a_column_goes_before_the_old_one(fair: Shell) -> None:
    fair.ok("prospects", "import", "fair.csv", "--map", "Notizen=note", "--map", "Compnay=")
    out = fair.ok("prospects", "import", "fair.csv", "--map", "Notizen=remark", "--on-existing", "update")
    assert "as last time: Compnay -> left out" in out
    assert ["Notizen", "remark", "text,", "new", "hello;", "there"] in [
        line.split() for line in out.splitlines()
    ]
    found = fields(fair, "bob@acme.example")
    assert (found["note"], found["remark"]) == ("hello", "hello")


def test_a_dry_run_remembers_nothing(fair: Shell) -> None:
    fair.ok("prospects", "import", "fair.csv", "--dry-run", "--map", "Notizen=")
    assert mapped(fair, "fair.csv", "--dry-run")["Notizen"]["field"] == "notizen"


def test_a_mistyped_header_is_pointed_out_with_what_to_write(fair: Shell) -> None:
    fair.write("typo.csv", "email,Compnay,Frist name\nbob@acme.example,Acme,Bob\n")
    out = fair.ok("prospects", "import", "typo.csv", "--dry-run")
    assert "'Compnay' looks like company: --map \"Compnay=company\"" in out
    assert "'Frist name' looks like first_name: --map \"Frist name=first_name\"" in out
    assert mapped(fair, "fair.csv", "--dry-run")["Compnay"]["guess"] == ""  # another column has it


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Compnay", "company"),
        ("Frist  Name", "first_name"),
        ("Contry", "country"),
        ("Citty", "city"),
        ("Компаня", "company"),
        ("Titel", "title"),
        *(
            (word, "")
            for word in (
                "Stand",
                "Position 2",
                "Stage",
                "Status",
                "Interest",
                "Type",
                "Notes",
                "Street",
                "Art",
                "",
            )
        ),
    ],
)
def test_one_slip_is_pointed_out_and_other_words_are_not(header: str, field: str) -> None:
    assert near(header) == field


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Notizn=note", "fair.csv:1: --map: the file has no column 'Notizn' did you mean 'Notizen'?"),
        ("Xyz=note", "no column 'Xyz' its columns are 'Firma', 'E-Mail'"),
        ("Notizen=company", "columns 1 ('Firma') and 5 ('Notizen') are all for the field `company`"),
        ("Notizen=compnay", "--map: there is no field 'compnay' did you mean `company`?"),
        ("E-Mail=", "no column for the e-mail address"),
        ("Notizen=!!", "'!!' is no name for a field"),
        ("column_9=note", "no column 'column_9'"),
    ],
)
def test_a_mapping_that_cannot_be(fair: Shell, said: str, words: str) -> None:
    assert words in problems(fair, "fair.csv", "--map", said)


def test_two_columns_of_one_name_are_told_apart_by_their_place(fair: Shell) -> None:
    fair.write("twice.csv", "email,Tel,Tel,Kommentar\nbob@acme.example,1,2,k\n")
    assert "leave out all but one, such as by --map column_3=" in problems(fair, "twice.csv")
    assert "2 columns are called 'Tel' say which: --map column_2 or column_3" in problems(
        fair, "twice.csv", "--map", "Tel=phone"
    )
    fair.ok("prospects", "import", "twice.csv", "--map", "column_3=fax")
    assert fields(fair, "bob@acme.example") == {"phone": "1", "fax": "2", "kommentar": "k"}


def test_a_column_cannot_be_for_two_fields(fair: Shell) -> None:
    assert "--map names 'firma' twice" in problems(
        fair, "fair.csv", "--map", "Firma=city", "--map", "firma=region"
    )
    fair.ok("prospects", "import", "fair.csv", "--map", "Notizen=city", "--map", "notizen=Stadt")


def test_a_map_without_its_sign_is_wrong_usage(fair: Shell) -> None:
    code, _, err = fair.run("prospects", "import", "fair.csv", "--map", "Firma")
    assert code == 2
    assert 'write --map "COLUMN=FIELD"' in err


def test_a_column_that_is_left_out_may_hold_anything(fair: Shell) -> None:
    fair.write("out.csv", 'email,Junk\nbob@acme.example,=cmd|x\r\neva@birch.example,"a\nb"\n')
    out = fair.ok("prospects", "import", "out.csv", "--map", "junk=")
    assert "2 added" in out
    assert "LEFT OUT" not in out


# At a terminal


def test_a_new_file_is_asked_about_and_one_known_is_not(fair: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    args = ("prospects", "import", "fair.csv")
    code, out, err = at_terminal(fair, monkeypatch, "\n", *args)
    assert code == 0
    assert "Import 2 rows like this? [Y/n]" in err
    assert "umsatz_2025" in err
    assert "MAPPING" not in out  # shown before
    code, _, err = at_terminal(fair, monkeypatch, "", *args)
    assert (code, "like this?" in err) == (0, False)
    code, _, err = at_terminal(fair, monkeypatch, "y\n", *args, "--map", "Notizen=")
    assert (code, "like this?" in err) == (0, True)  # it is read in another way


@pytest.mark.parametrize(("typed", "exit_code"), [("n\n", 1), ("", 130)])
def test_no_means_no(fair: Shell, monkeypatch: pytest.MonkeyPatch, typed: str, exit_code: int) -> None:
    code, out, err = at_terminal(fair, monkeypatch, typed, "prospects", "import", "fair.csv")
    assert (code, out) == (exit_code, "")
    assert "nothing was changed" in err
    assert emails(fair) == []
    assert "MAPPING" in fair.ok("prospects", "import", "fair.csv")  # and nothing is remembered


def test_yes_asks_nothing_and_shows_it_all_the_same(fair: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, err = at_terminal(fair, monkeypatch, "", "prospects", "import", "fair.csv", "--yes")
    assert (code, "like this?" in err) == (0, False)
    assert "MAPPING" in out


def test_a_header_cannot_write_to_the_terminal(fair: Shell) -> None:
    fair.write("evil.csv", "email,\x1b[31mred\nbob@acme.example,\x1b[0m\n")
    code, out, err = fair.run("prospects", "import", "evil.csv")
    assert code == 1  # its one row is bad
    assert "\x1b" not in out + err


def test_of_very_many_columns_the_screen_shows_those_that_mean_something(fair: Shell) -> None:
    names = [f"own {number}" for number in range(150)]
    text = ",".join([*names, "email", "Compnay"]) + "\n" + "v," * 150 + "bob@acme.example,Acme\n"
    fair.write("wide.csv", text)
    out = fair.ok("prospects", "import", "wide.csv", "--dry-run")
    assert "... and 112 more columns, each a field of your own" in out
    assert "bob@acme.example" in out
    assert '--map "Compnay=company"' in out
    assert widest(out) <= 80
    assert len(mapped(fair, "wide.csv", "--dry-run")) == 152
