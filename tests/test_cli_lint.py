"""`outreach lint`: which letters are meant, which findings are shown, how they look, and what is mended."""

import json
import re
import stat
from itertools import pairwise
from pathlib import Path

import pytest

from outreach.report.lines import width
from tests.cli import CAMPAIGN, FOLLOWUP, Shell

INTRO = "templates/intro.txt"
GOOD = """\
Subject: Shelving for {{ company | default("your shop") }}

Hello {{ first_name | default("there") }},

I am {{ sender_name }} from Northwind Shelving in Leeds. We make steel shelving for shops and fit it overnight.

Would a price list of one page be useful to you?
"""
FREE = """

It is risk free. We make steel shelving for small shops in Leeds, fit it overnight, and leave the aisles as
they were, so that you open the next morning as usual and have all your goods back in their place.
"""


def lettered(shell: Shell) -> Shell:
    """The small workspace with one good letter, and one whose finding is SPM103."""
    shell.fill()
    shell.write(INTRO, GOOD)
    shell.write("templates/followup.txt", FOLLOWUP.replace("Hello", "Good day") + FREE)
    return shell


@pytest.fixture
def shops(shell: Shell) -> Shell:
    return lettered(shell)


def found(shell: Shell, *args: str) -> dict[str, set[str]]:
    """File -> codes found in it, whatever the exit code; letters without findings too."""
    _, out, err = shell.run("lint", *args, "--format", "json")
    assert out, err
    value = json.loads(out)
    files: dict[str, set[str]] = {each["file"]: set() for each in value["letters"]}
    for each in value["findings"]:
        files.setdefault(each["file"], set()).add(each["code"])
    return files


def free(shell: Shell, *args: str) -> bool:
    """Whether the SPM103 of the follow-up is shown."""
    return any("SPM103" in codes for codes in found(shell, *args).values())


@pytest.mark.parametrize("target", [INTRO, "intro", "./templates/intro.txt"])
def test_one_letter_is_named_by_its_path_or_its_stem(shops: Shell, target: str) -> None:
    assert list(found(shops, target)) == [INTRO]


@pytest.mark.parametrize("target", [(), (".",), ("templates",), ("shops",), ("campaigns/shops.toml",)])
def test_nothing_a_folder_or_a_campaign_mean_all_their_letters(shops: Shell, target: tuple[str, ...]) -> None:
    assert {INTRO, "templates/followup.txt"} <= set(found(shops, *target))


def test_a_campaigns_sequence_is_judged_with_it_and_not_with_a_folder_of_letters(shops: Shell) -> None:
    shops.write("campaigns/shops.toml", CAMPAIGN.replace("3 business days", "1 day"))
    for target in ((), (".",), ("shops",)):
        assert "SEQ804" in found(shops, *target)["campaigns/shops.toml"]
    assert "campaigns/shops.toml" not in found(shops, "templates")


def test_a_partial_means_the_letters_that_include_it(shops: Shell) -> None:
    shops.write("templates/_end.txt", "Yours,\n{{ sender_name }}\n")
    shops.write(INTRO, GOOD + '\n{% include "_end.txt" %}\n')
    assert list(found(shops, "templates/_end.txt")) == [INTRO]


def test_a_path_counts_from_where_one_is(shops: Shell) -> None:
    inner = Shell(shops.folder / "templates", shops.capsys)
    assert list(found(inner, "intro.txt")) == [INTRO]


def test_a_letter_outside_of_any_workspace_is_linted_without_its_footer(shell: Shell) -> None:
    shell.write("letter.txt", "Subject: Shelving\n\nHello Robin,\n" + FREE)
    out = shell.ok("lint", "letter.txt", "--select", "SPM,IDN")
    assert "letter.txt:6:7: warning SPM103" in out
    assert "so no IDN rule is judged" in " ".join(out.split())
    code, _, err = shell.run("lint", "nowhere.txt")
    assert code == 1
    assert "outreach init" in err


def test_a_draft_beside_templates_is_no_letter_of_the_workspace(shops: Shell) -> None:
    shops.write("drafts/new.txt", "Subject: Shelving\n\nHello Robin,\n" + FREE)
    assert "SPM103" in found(shops, "drafts/new.txt")["drafts/new.txt"]


def test_a_typo_is_told_with_what_was_meant(shops: Shell) -> None:
    for typo, meant in (("shosp", "shops"), ("templates/intr.txt", INTRO)):
        code, _, err = shops.run("lint", typo)
        assert code == 1
        assert f"{typo} is neither a campaign nor a letter, did you mean `{meant}`?" in err


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ((), True),
        (("--select", "SPM"), True),
        (("--select", "spm1,SUB"), True),
        (("--select", "SUB"), False),
        (("--ignore", "SPM"), False),
        (("--ignore", "SPM", "--extend-select", "SPM103"), True),
        (("--select", "SUB", "--extend-select", "SPM103"), True),
        (("--select", "SPM103", "--ignore", "SPM"), True),
    ],
)
def test_options_choose_what_is_shown(shops: Shell, options: tuple[str, ...], shown: bool) -> None:
    assert free(shops, *options) is shown


@pytest.mark.parametrize(
    ("setting", "options", "shown"),
    [
        ('ignore = ["SPM"]', (), False),
        ('ignore = ["SPM"]', ("--extend-select", "SPM103"), True),
        ('select = ["SUB"]', (), False),
        ('select = ["SUB"]', ("--select", "SPM"), True),
        ('select = ["SUB"]\nextend_select = ["SPM1"]', (), True),
        ('ignore = ["STR"]', ("--ignore", "SPM"), False),
    ],
)
def test_the_files_choice_holds_and_the_command_line_adds_to_it(
    shops: Shell, setting: str, options: tuple[str, ...], shown: bool
) -> None:
    main = (shops.folder / "outreach.toml").read_text()
    shops.write("outreach.toml", f"{main}\n[lint]\n{setting}\n")
    assert free(shops, *options) is shown


def test_a_code_that_no_rule_has_is_refused_with_its_place(shops: Shell) -> None:
    main = (shops.folder / "outreach.toml").read_text()
    shops.write("outreach.toml", f'{main}\n[lint]\nignore = ["SPM103", "SPN1"]\nselct = []\n')
    lines = main.count("\n") + 3
    code, out, err = shops.run("lint")
    assert (code, out) == (1, "")
    assert f"outreach.toml:{lines}:21: no rule begins with SPN1" in err
    assert f"outreach.toml:{lines + 1}" in err
    assert "did you mean `select`?" in err


def test_a_wrong_code_on_the_command_line_is_wrong_usage(shops: Shell) -> None:
    code, _, err = shops.run("lint", "--select", "SPN")
    assert code == 2
    assert "no rule begins with SPN, did you mean `SPM`?" in err


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("{# lint: ignore SPM103 -- the name of our product, see #12 #}", set()),
        ("{#- lint: ignore SPM -- its name -#}", set()),
        ("{# lint: ignore SPM103 #}", {"SPM103", "IGN902"}),
        ("{# lint: ignore SPM104 -- its name #}", {"SPM103", "IGN901"}),
        ("{# lint: ignore XYZ1 -- its name #}", {"SPM103", "IGN903"}),
    ],
)
def test_a_comment_with_a_reason_takes_findings_out(shops: Shell, comment: str, codes: set[str]) -> None:
    shops.write("templates/followup.txt", FOLLOWUP + FREE + comment + "\n")
    assert found(shops, "followup", "--select", "SPM,IGN")["templates/followup.txt"] == codes


def test_a_comment_in_a_partial_counts_for_every_letter_and_need_not_be_used_by_all(shops: Shell) -> None:
    shops.write("templates/_end.txt", "{# lint: ignore SPM103 -- its name #}Yours\n")
    for name, text in ((INTRO, GOOD), ("templates/followup.txt", FOLLOWUP + FREE)):
        shops.write(name, text + '\n{% include "_end.txt" %}\n')
    assert not {"SPM103", "IGN901"} & set().union(*found(shops).values())


def test_the_exit_code_is_1_for_errors_and_for_warnings_only_where_that_is_asked(shops: Shell) -> None:
    assert [shops.run("lint", "followup", *more)[0] for more in ((), ("--strict",))] == [0, 1]
    assert shops.run("lint", "intro", "--strict", "--select", "SPM")[0] == 0
    shops.write(INTRO, GOOD + "\nYours,\n[Name]\n")
    assert shops.run("lint", "intro")[0] == 1


def test_statistics_count_each_rule(shops: Shell) -> None:
    shops.write("templates/followup.txt", FOLLOWUP + FREE + "\nThere is no obligation.\n")
    out = shops.ok("lint", "followup", "--statistics", "--select", "SPM")
    rows = [line.split() for line in out.splitlines()[:4]]
    assert rows[0] == ["TIMES", "RULE", "LEVEL"]
    assert ["2", "SPM103", "warning"] in rows
    assert "^" not in out


OWN = """\
language = "en"
code = "OWN101"

[rule]
name = "old-name"
finds = "the old name"
why = "It was renamed."
source = "our own"
fix = "write the new one"

[[phrase]]
match = ["open the next morning"]
bad = ["You open the next morning."]
"""
CHINESE = "我们为商店生产钢制货架，" * 12
LONG = "We make steel shelving for shops in Leeds and fit it overnight, so that you open as usual, and " * 3
BROKEN = "Subject: Shelving\n\nHello {{ first_name,\n"


@pytest.mark.parametrize("shape", ["text", "json", "github", "sarif"])
def test_a_letter_that_cannot_be_read_is_told_in_every_format(shops: Shell, shape: str) -> None:
    shops.write(INTRO, BROKEN)
    code, out, err = shops.run("lint", "--format", shape)
    assert code == 1
    assert "TPL001" in out
    assert INTRO in out
    assert err == ""


@pytest.mark.parametrize("shape", ["text", "json", "github", "sarif"])
def test_a_workspace_file_that_cannot_be_read_stops_everything(shops: Shell, shape: str) -> None:
    shops.write("outreach.toml", "[sender\n")
    code, out, err = shops.run("lint", "--format", shape)
    assert code == 1
    assert ("outreach.toml" in err, out) == (True, "") if shape == "text" else ("TPL001" in out, err)


@pytest.mark.parametrize(
    ("line", "phrase"),
    [
        (f"{LONG}this is risk free for you. {LONG}", "risk free"),
        (f"{CHINESE}点击这里。{CHINESE}", "点击这里"),
        ("risk free, " + LONG, "risk free"),
        (LONG + "risk free.", "risk free"),
        (f"Ærøskøbing 我们 risk\tfree {LONG}", "risk·free"),
    ],
)
def test_a_screen_has_80_columns_and_the_mark_stands_under_the_phrase(
    shops: Shell, line: str, phrase: str
) -> None:
    shops.write("templates/intro.zh.txt" if "点" in line else INTRO, GOOD + f"\n{line}\n")
    _, out, _ = shops.run("lint")
    lines = out.splitlines()
    assert [each for each in lines if width(each) > 80] == []
    marked = [(above, mark) for above, mark in pairwise(lines) if mark.startswith("     | ")]
    under = []
    for above, mark in marked:
        before, length = mark.index("^"), mark.count("^")
        starts = [at for at in range(len(above)) if width(above[:at]) == before]
        under.append(above[starts[-1] :] if starts else "")
        assert length > 0
    assert any(each.startswith(phrase) for each in under), out


def test_people_whose_letters_alone_have_a_finding_are_counted_with_one_as_an_example(shops: Shell) -> None:
    rows = "".join(
        f"p{n}@c{n}.example,{'Robin!!' if n < 3 else 'Robin'},Firm{n},retail,GB\n" for n in range(30)
    )
    rows += "x@cx.example,Robin,{{ company }},retail,GB\n"
    shops.write("prospects.csv", f"email,first_name,company,industry,country\n{rows}")
    shops.write("templates/followup.txt", FOLLOWUP)
    assert "No prospects yet" in shops.ok("lint", "shops")
    shops.ok("prospects", "import", "prospects.csv")
    code, out, _ = shops.run("lint", "shops")
    assert code == 1  # the error in one person's letter
    assert "1 of 62 letters: templates/intro.txt:1:23: error MRG601" in out
    assert "x@cx.example: 'Shelving for {{ company }}'" in out
    assert re.search("3 of 62 letters: templates/intro.txt:3:\\d+: error FMT203", out)
    assert "p0@c0.example: 'Hello Robin!!,'" in out
    assert "in 2 letters and 62 letters to people\n" in out


def test_fix_mends_what_is_safe_and_diff_shows_it_first(shops: Shell) -> None:
    path = shops.folder / INTRO
    before = GOOD.replace("overnight.", "over\u200bnight!!!").replace("\n", "\r\n").encode()
    path.write_bytes(before)
    path.chmod(0o640)
    other = (shops.folder / "templates/followup.txt").read_bytes()
    _, diff, told = shops.run("lint", "--diff")
    assert path.read_bytes() == before
    assert f"--- {INTRO}" in diff
    assert next(line for line in diff.splitlines() if line.startswith("+I")).endswith("fit it overnight!")
    assert told == "1 file would be mended\n"
    shops.run("lint", "--fix")
    after = GOOD.replace("overnight.", "overnight!").replace("\n", "\r\n").encode()
    assert path.read_bytes() == after
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert (shops.folder / "templates/followup.txt").read_bytes() == other
    assert sorted(each.name for each in path.parent.iterdir()) == ["followup.txt", "intro.txt"]
    assert shops.run("lint", "--diff")[1:] == ("", "nothing to mend\n")


def test_fix_makes_one_mark_of_several_in_a_subject(shops: Shell) -> None:
    shops.write(INTRO, GOOD.replace('"your shop") }}', '"your shop") }}!! Or yours??'))
    shops.run("lint", "--fix")
    text = (shops.folder / INTRO).read_text()
    assert text.splitlines()[0] == 'Subject: Shelving for {{ company | default("your shop") }}! Or yours?'


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_fix_leaves_a_byte_order_mark_and_what_was_not_selected(shops: Shell, mark: str) -> None:
    path = shops.write(INTRO, mark + GOOD.replace("overnight.", "over\u200bnight!!!"))
    shops.run("lint", "--fix", "--select", "FMT")
    assert path.read_text(encoding="utf-8") == mark + GOOD.replace("overnight.", "over\u200bnight!")


def test_fix_mends_a_letter_outside_of_a_workspace(shell: Shell) -> None:
    path = shell.write("letter.txt", "Subject: Shelving\n\nHello Robin, good\u200b day to you.\n")
    shell.run("lint", "letter.txt", "--fix")
    assert path.read_text(encoding="utf-8") == "Subject: Shelving\n\nHello Robin, good day to you.\n"


def test_a_diff_is_a_format_of_its_own(shops: Shell) -> None:
    assert shops.run("lint", "--diff", "--format", "json")[0] == 2


def test_a_letter_that_goes_nowhere_has_the_good_exit_code_and_says_what_lint_is_not(shops: Shell) -> None:
    out = shops.ok("lint", "intro")
    assert out.startswith("LETTER ")
    assert "0 errors, 0 warnings, 0 notes in 1 letter\n" in out
    assert "A clean letter promises no inbox." in " ".join(out.split())


def test_nothing_is_made_in_the_folder(shops: Shell) -> None:
    before = sorted(map(str, Path(shops.folder).rglob("*")))
    shops.run("lint", "shops")
    assert sorted(map(str, Path(shops.folder).rglob("*"))) == before


def test_words_that_stand_for_a_missing_field_are_linted_and_blanks_at_line_ends_are_mended(
    shops: Shell,
) -> None:
    head = 'Subject: Shelving for {{ company | default("your shop") }}\n\n'
    gift = 'Hello {{ first_name | default("Robin") }},\n\nWe make {{ note | default("a free gift") }}.  \n'
    path = shops.write("templates/intro.txt", head + gift)
    out = shops.ok("lint", "intro")
    assert "templates/intro.txt:5:9: warning SPM103 'free gift' is free bait" in " ".join(out.split())
    assert "FMT214" in out
    shops.ok("lint", "intro", "--fix")
    assert path.read_text(encoding="utf-8") == head + gift.replace("  \n", "\n")


def test_links_of_a_markdown_letter_have_their_places(shops: Shell) -> None:
    links = "See [one](https://bit.ly/a),\nor [two](https://tinyurl.com/b).\n"
    shops.write(
        "templates/intro.txt",
        f"Subject: Shelving\nFormat: markdown\n\nHello {{{{ first_name }}}},\n\n{links}",
    )
    code, out, _ = shops.run("lint", "intro", "--select", "LNK302", "--format", "json")
    assert code == 1
    places = [(each["line"], each["column"]) for each in json.loads(out)["findings"]]
    assert places == [(6, 11), (7, 10)]


@pytest.mark.parametrize(
    ("name", "meant"),
    [("frist_name", "first_name"), ("compny", "company"), ("cityy", ""), ("county", ""), ("first_line", "")],
)
def test_a_slip_of_the_finger_in_a_field_is_told_and_a_field_of_ones_own_is_not(
    shops: Shell, name: str, meant: str
) -> None:
    shops.write("templates/intro.txt", f"Subject: Shelving\n\nHello {{{{ {name} }}}},\n\nwe make it.\n")
    out = shops.run("lint", "intro", "--select", "MRG605")[1]
    assert ("MRG605" in out, f"write {meant}" in out) == (bool(meant), bool(meant))
