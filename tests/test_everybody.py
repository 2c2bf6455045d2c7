"""`outreach preview --all`: everybody's letter in a line, on a screen of 80 columns."""

import re
from dataclasses import replace

import pytest

from outreach.report import everybody
from outreach.report.everybody import Row
from outreach.report.lines import width
from tests.cli import Shell


def test_the_table_of_everybody_fits_and_still_tells_them_apart(shell: Shell) -> None:
    """Long addresses, one subject for all, and first lines that differ only at their end."""
    shell.fill()
    greeting = "Dear colleague at the fair in Leeds in the hall, dear {{ first_name }},"
    shell.write("templates/intro.txt", f"Subject: Shelving\n\n{greeting}\n\nWe.\n")
    names = ("Alexandra", "Bartholomew", "Constantine")
    rows = "".join(
        f"{name}.of.a.long.name@long-{name}-company.example,{name},C{name},retail\n" for name in names
    )
    shell.add(f"email,first_name,company,industry\n{rows}")
    about, _, table = shell.ok("preview", "shops", "--all").partition("\n\n")
    assert about.splitlines() == [
        "SUBJECT   Shelving",
        "BEGINS    Dear colleague at the fair in Leeds in the hall, dear …",
        "          … is what the table shows of it",
    ]
    head, *rows_ = table.partition("\n\n")[0].splitlines()
    assert head.split() == ["TO", "WORDS", "BEGINS"]
    assert [row.split()[-1] for row in rows_] == [f"{name}," for name in names]
    assert max(map(len, table.splitlines())) <= 80


def test_what_subjects_share_is_told_once_and_each_person_has_a_line(shell: Shell) -> None:
    """Also beside somebody who is held, and in two languages, one of them with a single letter."""
    shell.fill()
    shell.write(
        "templates/intro.txt",
        "Subject: Shelving for {{ company }}: prices on one page\n\nDear {{ first_name }},\n\nWe.\n",
    )
    shell.write(
        "templates/intro.de.txt",
        "Subject: Regale für {{ company }}: Preise auf einer Seite\n\nGuten Tag,\n\nWir.\n",
    )
    shell.write("templates/followup.de.txt", "Format: text\n\nGuten Tag.\n")
    names = ("Alexandra", "Bartholomew", "Constantine")
    rows = "".join(f"{name}@shop-{name}.example,{name},{name[:4]} & Co,retail,\n" for name in names)
    german = "laden@spielzeugkiste-markt.example,Jo,Spielzeugkiste,retail,de\n"
    held = "held@dale.example,,Dale,retail,\n"
    shell.add(f"email,first_name,company,industry,language\n{rows}{german}{held}")
    out = shell.ok("preview", "shops", "--all")
    about, _, table = out.partition("\n\n")
    assert about.splitlines() == [
        "SUBJECT   -: Shelving for … & Co: prices on one page",
        "          de: Regale für Spielzeugkiste: Preise auf einer Seite",
        "          … is what the table shows of it",
    ]
    _, *found = table.partition("\n\n")[0].splitlines()
    cells = [re.split("  +", row) for row in found]
    assert [each[3:] for each in cells] == [
        *([name[:4], f"Dear {name},"] for name in names),
        ["Guten Tag,"],
        ["HELD: no first_name"],
    ]
    assert all("  " in row and len(row) <= 80 for row in found)


def row(email: str, subject: str, first_line: str, language: str = "") -> Row:
    return Row(email, "new", language, "intro", subject, 9, first_line, "")


@pytest.mark.parametrize(
    ("firsts", "shared", "cells"),
    [
        (("Hello Al,", "Hello Bo,"), "", ("Hello Al,", "Hello Bo,")),  # short enough to be seen whole
        (("word " * 20 + "Al,", "word " * 20 + "Bo,"), "word " * 20 + "…", ("Al,", "Bo,")),
        (
            ("word " * 20 + "!", "word " * 20 + "?"),
            "word " * 19 + "…",
            ("word !", "word ?"),
        ),  # not a mere mark
        (("字" * 60 + "王", "字" * 60 + "李"), "", ()),  # no words to leave out
        (("x" * 200, "x" * 201), "", ()),
        (("-" * 90_000 + "1", "-" * 90_000 + "2"), "", ()),
        (("", "Hello"), "", ("", "Hello")),
    ],
)
def test_only_whole_words_are_left_out(firsts: tuple[str, ...], shared: str, cells: tuple[str, ...]) -> None:
    found = [row(f"p{place}@a.example", "Shelving", each) for place, each in enumerate(firsts)]
    about, _, rest = everybody.text(found, "shops").partition("\n\n")
    table = rest.partition("\n\n")[0].splitlines()[1:]
    told = " ".join(about.partition("BEGINS")[2].partition("\n          … is")[0].split())
    assert told == " ".join(shared.split())
    assert max(map(width, table)) <= 80
    for line, cell in zip(table, cells, strict=False):
        assert line.split("  ", 2)[-1].strip(" 9") == cell


def test_a_subject_that_differs_is_never_left_out_whole() -> None:
    """One that is the beginning of another, one of a single letter, one without words, none at all."""
    long = "Shelving for shops and cold rooms in the north"
    found = [row("a@a.example", long, "Hello,"), row("b@a.example", f"{long} of Leeds", "Hello,")]
    out = everybody.text(found, "shops")
    assert "SUBJECT   Shelving for shops and cold rooms in the …" in out
    assert [re.split("  +", line)[2:] for line in out.splitlines()[4:6]] == [
        ["north", "Hello,"],
        ["north of Leeds", "Hello,"],
    ]
    assert "north" in everybody.text(found[:1], "shops")
    assert everybody.text([row("a@a.example", "-" * 300, ""), row("b@a.example", "", "")], "shops")


def test_a_long_language_and_a_long_count_keep_their_columns() -> None:
    """Also in the row of somebody who is held, whose reason stands where the texts of the others begin."""
    found = [
        row("a@a.example", "Shelving", "Hello,", "zh-Hant"),
        row("b@a.example", "Shelving", "Hello,", "zh-Hant"),
        row("c@a.example", "Regale", "Guten Tag,", "de"),
        replace(row("d@a.example", "", "", "zh-Hant"), hold="no first_name"),
    ]
    out = everybody.text([replace(each, words=1_771_234) for each in found], "shops")
    head, *lines = out.rpartition("\n\n")[0].split("\n\n")[-1].splitlines()
    assert re.split("  +", head) == ["TO", "LANG", "WORDS", "BEGINS"]
    assert [re.split("  +", line)[1:] for line in lines] == [
        ["zh-Hant", "1771234", "Hello,"],
        ["zh-Hant", "1771234", "Hello,"],
        ["de", "1771234", "Guten Tag,"],
        ["zh-Hant", "1771234", "HELD: no first_name"],
    ]
    assert {line.index("1771234  ") for line in lines} == {head.index("WORDS")}
