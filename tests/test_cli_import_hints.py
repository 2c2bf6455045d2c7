"""What an import says of a list as a whole, and of the campaigns that it feeds."""

import pytest

from outreach.report import cautions, imports
from outreach.report.cautions import CONSUMER, NAMELESS, ROLE, Warned
from outreach.report.imports import Import, Match
from outreach.report.mapping import Layout
from tests.cli import Shell
from tests.people import launched, shown


def test_a_share_below_the_threshold_is_no_hint() -> None:
    at = {ROLE: Warned(15, 2, "'info@a.example'"), CONSUMER: Warned(40, 3, "'a@gmail.com'")}
    assert cautions.hints(at, 10, 100) == []
    above = {ROLE: Warned(16, 2), CONSUMER: Warned(41, 3)}
    found = cautions.hints(above, 11, 100)
    assert [(each.kind, each.share) for each in found] == [(ROLE, 0.16), (CONSUMER, 0.41), (NAMELESS, 0.11)]
    assert found[0].text.startswith("16% are role addresses")


def test_of_few_rows_a_share_says_nothing() -> None:
    assert cautions.hints({ROLE: Warned(5, 2)}, 9, 9) == []
    assert cautions.hints({}, 0, 0) == []


def test_warnings_are_grouped_with_their_share_and_the_most_frequent_first() -> None:
    done = Import("x.csv", "utf-8", False, ",", layout=Layout(known=True), rows=302, bad=2)
    for line in range(2, 38):
        done.warn(line, f"role address 'info@firm{line}.example'")
    done.warn(40, "unknown country 'Narnia'")
    for line in range(50, 170):
        done.warn(line, f"consumer address 'a{line}@gmail.com'")
    done.nameless = 60
    out = imports.text(done)
    assert "WARNINGS  120 consumer addresses (40%), such as 'a50@gmail.com' in line 50" in out
    assert out.index("consumer") < out.index("36 role addresses (12%)") < out.index("1 unknown country (0%)")
    hints = out[out.index("HINTS") : out.index("NEXT")]
    assert "20% have no first name" in hints
    assert 'outreach prospects list "first_name is missing"' in " ".join(hints.split())
    assert "role" not in hints
    assert max(map(len, out.splitlines())) <= 80


def test_people_without_a_first_name_are_counted(shell: Shell) -> None:
    shell.fill()
    rows = "".join(f"p{number}@firm{number}.example,{'Bob' * (number > 2)}\n" for number in range(20))
    shell.write("list.csv", "email,first_name\n" + rows)
    hints = shown(shell, "prospects", "import", "list.csv")["hints"]
    assert [(each["kind"], each["share"]) for each in hints] == [("no first name", 0.15)]


def test_a_column_of_ones_own_that_spoils_rows_can_be_left_out(shell: Shell) -> None:
    shell.fill()
    rows = (
        "bob@acme.example,Bob,a\x01b\nx,Eva,a\x01b\neva@birch.example,E\x01va,\nann@elm.example,Ann,c\x01d\n"
    )
    shell.write("list.csv", "email,first_name,My notes\n" + rows)
    code, out, _ = shell.run("prospects", "import", "list.csv")
    assert code == 1  # nobody came in
    assert '2 for My notes alone, which can be left out: --map "My notes="' in out
    out = shell.ok("prospects", "import", "list.csv", "--map", "My notes=")
    assert "2 added" in out
    assert "alone" not in out


MORE = "email,first_name,company,industry\n" + "".join(
    f"p{number}@firm{number}.example,Pat,Firm {number},retail\n" for number in range(12)
)


def imported(shell: Shell) -> str:
    shell.write("more.csv", MORE)
    return shell.ok("prospects", "import", "more.csv")


def test_of_a_launched_campaign_it_says_who_is_not_in_it(shell: Shell) -> None:
    launched(shell)
    out = imported(shell)
    assert "MATCH     14 match campaign shops, 12 of them are not in it" in out
    assert out.splitlines()[-1] == "NEXT      outreach plan shops"


def test_files_that_were_edited_since_the_launch_are_told(shell: Shell) -> None:
    launched(shell)
    letter = shell.folder / "templates/intro.txt"
    letter.write_text(letter.read_text() + "Yours\n")
    assert "shops: files differ from revision 1: outreach plan shops" in imported(shell)
    found = shown(shell, "prospects", "import", "more.csv")["campaigns"]
    assert (found[0]["edited"], found[0]["more"], found[0]["status"]) == (1, 12, "launched")


def test_who_joins_a_nightly_campaign_joins_tonight(shell: Shell) -> None:
    shell.fill()
    file = shell.folder / "campaigns/shops.toml"
    nightly = 'enroll = "nightly"\nmax_new_per_day = 20\n'
    file.write_text(file.read_text().replace("mailboxes", nightly + "mailboxes", 1))
    shell.ok("prospects", "import", "prospects.csv")
    shell.ok("launch", "shops", "--yes")
    assert "12 more match shops; unless held they join tonight (20 a day)" in imported(shell)
    shell.ok("end", "shops", "--yes")
    assert "14 match campaign shops, which has ended" in imported(shell)


@pytest.mark.parametrize(
    ("matches", "command"),
    [
        ([Match("a", 5), Match("b", 9)], "outreach plan b"),
        ([Match("a", 5), Match("b", 9, status="launched", more=2)], "outreach plan a"),
        ([Match("a", 5, ours=1), Match("b", 9), Match("c", 99, status="ended", ours=1)], "outreach plan a"),
        ([Match("a", 50, ours=3), Match("b", 9, status="launched", more=2, ours=3)], "outreach plan b"),
        ([Match("a", 5, ours=3), Match("b", 9, status="launched", more=2, ours=2)], "outreach plan a"),
        ([], "outreach prospects list"),
        ([Match("a", None, "broken")], "outreach prospects list"),
    ],
)
def test_the_next_command_is_about_the_campaign_with_most_to_do(matches: list[Match], command: str) -> None:
    done = Import("x.csv", "utf-8", False, ",", layout=Layout(known=True))
    assert imports.text(done, matches).splitlines()[-1] == f"NEXT      {command}"


def test_names_with_a_number_are_told_with_the_first_of_them(shell: Shell) -> None:
    shell.fill()
    shell.write(
        "list.csv", "email,first_name\na@acme.example,Bob7\nb@acme.example,Eva\nc@acme.example,Ann2\n"
    )
    out = shell.ok("prospects", "import", "list.csv")
    assert "2 names with a number, kept, such as 'Bob7' in line 2" in out
