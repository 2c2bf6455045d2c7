"""What the address, the other rows and a job behind a comma tell of a full name; never a wrong name."""

import pytest

from outreach.prospect.by_address import by_address, contradicted
from outreach.prospect.names import FAMILY_FIRST, GIVEN_FIRST, kept, split
from tests.cli import Shell
from tests.people import fields


@pytest.mark.parametrize(
    ("name", "local", "country", "first", "last"),
    [
        ("Xavier Grelot", "x.grelot", "FR", "Xavier", "Grelot"),
        ("Xavier Grelot", "xgrelot", "FR", "Xavier", "Grelot"),
        ("Xavier Grelot", "xavier.grelot2", "FR", "Xavier", "Grelot"),
        ("Martin Günther", "m.guenther", "DE", "Martin", "Günther"),
        ("Martin Günther", "martin_gunther", "DE", "Martin", "Günther"),
        ("Günther Martin", "m.guenther", "DE", "Martin", "Günther"),
        ("Wang Xiaomei", "xiaomei.wang", "CN", "Xiaomei", "Wang"),
        ("Nagy Péter", "peter.nagy", "HU", "Péter", "Nagy"),
        ("Karl Heinz Brüggel", "kh.brueggel", "DE", "Karl Heinz", "Brüggel"),
        ("Juan Pardo Ruiz", "j.pardo", "ES", "Juan", "Pardo Ruiz"),
        ("Xavier Grelot", "grelot.x", "FR", "", ""),  # or somebody called Grelot at the front desk
        ("Xavier Grelot", "xavier", "FR", "", ""),
        ("Xavier Grelot", "info", "FR", "", ""),
        ("Anna Maria", "anna.maria", "DE", "", ""),
        ("Jón Einarsson", "jon.einarsson", "IS", "", ""),  # the father's name
        ("João Pinto Reis", "joao.reis", "PT", "", ""),
        ("Martin Martin", "m.martin", "DE", "", ""),
    ],
)
def test_an_address_tells_the_family_name(name: str, local: str, country: str, first: str, last: str) -> None:
    found = by_address(name.split(), local, country, "")
    assert (found.first, found.last) == (first, last)


def test_an_address_contradicts_a_header() -> None:
    assert contradicted("Grelot", "Xavier", "x.grelot")
    assert not contradicted("Xavier", "Grelot", "x.grelot")
    assert not contradicted("Grelot", "Xavier", "info")


def test_a_header_counts_where_the_names_are_as_it_says() -> None:
    said = ["GRELOT Anna", "Brunel Sophie", "Simon Laurent", "", "Achats", "a" * 500]
    other = ["Anna Grelot", "Sophie Brunel"]
    assert kept(FAMILY_FIRST, said)
    assert not kept(FAMILY_FIRST, said + other)
    assert kept(GIVEN_FIRST, other)
    assert not kept(GIVEN_FIRST, said)


def test_a_list_that_is_not_as_its_header_says_gives_nobody_a_wrong_name(shell: Shell) -> None:
    shell.fill()
    shell.write(
        "list.csv",
        "Courriel,Nom et prénom\na@a.example,Anna Grelot\nb@b.example,Sophie Brunel\nc@c.example,Laurent Simon\n",
    )
    out = " ".join(shell.ok("prospects", "import", "list.csv").split())
    assert "full names are not in the order that their header says" in out
    assert fields(shell, "a@a.example")["first_name"] == "Anna"
    assert fields(shell, "c@c.example") == {"full_name": "Laurent Simon"}
    shell.write("list.csv", "Courriel,Nom et prénom\nd@d.example,Brunel Anna\ne@e.example,Laurent Simon\n")
    shell.ok("prospects", "import", "list.csv")
    assert fields(shell, "e@e.example")["first_name"] == "Simon"


@pytest.mark.parametrize(
    ("full", "country", "first", "last"),
    [
        ("Katja Wolf", "DE", "Katja", "Wolf"),
        ("Katja Wolf", "IN", "", ""),  # there it may be the father's name
        ("Jean Pierre", "FR", "", ""),
        ("Volker Rehm, Geschäftsführer", "DE", "", ""),
        ("Sabine Rehm, Geschäftsführerin", "DE", "Sabine", "Rehm"),
        ("Sabine Rehm (Einkauf)", "DE", "Sabine", "Rehm"),
        ("mgr Anna Kowal", "PL", "Anna", "Kowal"),
        ("Herr J. R. Hartwell", "DE", "", "Hartwell"),
        ("J. R. Hartwell", "GB", "", ""),
        ("Seán Ó Briain", "IE", "Seán", "Ó Briain"),
        ("Мартиросян Ольга", "RU", "Ольга", "Мартиросян"),
        ("Студия Ольга", "RU", "", ""),
        ("Ufficio Acquisti", "IT", "", ""),
        ("Direction Commerciale", "FR", "", ""),
    ],
)
def test_what_is_sure_is_taken_apart(full: str, country: str, first: str, last: str) -> None:
    found = split(full, country)
    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize("header", [FAMILY_FIRST, GIVEN_FIRST])
@pytest.mark.parametrize(
    "full", ["Ufficio Acquisti", "Direction Commerciale", "Dział Handlowy", "Accounts Payable"]
)
def test_a_header_makes_no_person_of_a_department(full: str, header: str) -> None:
    assert split(full, "", "", header) == split("")
