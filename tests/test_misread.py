"""Damaged letters are found cell by cell: a good cell beside them hides nothing."""

import pytest

from outreach.workspace.misread import encoded_twice, finder


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("f@acme.example,JÃ¼rgen,Köln\n", "f@acme.example,Jürgen,Köln\n"),
        ("JÃ¼rgen Köln", "Jürgen Köln"),
        ('"Köln";"FranÃ§ois"', '"Köln";"François"'),
        ("Zoë\tRenÃ©\tБ", "Zoë\tRené\tБ"),
        ("Zoë|Ð˜Ð²Ð°Ð½", "Zoë|Иван"),
        ("a,VoilÃ\xa0,é", "a,Voilà,é"),
    ],
)
def test_one_damaged_cell_is_enough(line: str, meant: str) -> None:
    found = encoded_twice(line)
    assert found is not None
    assert found.text == meant
    assert encoded_twice(f"{found.reason},é") is None  # an errors file comes back without it
    again = finder("utf-8")(line)
    assert again == found


@pytest.mark.parametrize(
    "line", ["São Paulo,JOÃO", "«АТ»,Müller", "Ærø,Ålesund", "CAFÉ’S,Zoë", "Ні,так", "日本,é"]
)
def test_good_letters_are_left_alone(line: str) -> None:
    assert encoded_twice(line) is None


def test_a_damaged_cell_in_a_file_of_an_older_encoding() -> None:
    found = finder("cp1252")("JÃ¼rgen;Köln")
    assert found is not None
    assert found.text == "Jürgen;Köln"
    assert finder("cp1251")("Ні;Київ") is None
