"""`segment`: who is found, who is unknown, and errors that point at their place."""

import tomllib

import pytest

from tests.cli import Shell
from tests.people import shown

PEOPLE = """\
email,first_name,industry,employees,country
bob@acme.example,Bob,retail,140,GB
eva@birch.example,Eva,retail,,GB
tom@cedar.example,Tom,,12,
ida@dune.example,Ida,building,50,IE
zoe@elm.example,Zoë,RETAIL,20,DE
"""


@pytest.fixture
def people(shell: Shell) -> Shell:
    shell.fill()
    main = (shell.folder / "outreach.toml").read_text()
    shell.write(
        "outreach.toml", f"{main}\n[segments]\nshops = \"industry == 'retail' and employees >= 20\"\n"
    )
    shell.write("prospects.csv", PEOPLE)
    shell.ok("prospects", "import", "prospects.csv")
    return shell


def test_the_screen_counts_shows_and_says_what_is_unknown(people: Shell) -> None:
    out = people.ok("segment", "shops", "--limit", "1")
    assert out.splitlines() == [
        "SEGMENT   2 of 5 people",
        "UNKNOWN   1 left out: 1 without employees",  # Tom has 12 employees: out, whatever his industry
        "",
        "EMAIL             FIRST_NAME  LAST_NAME  COMPANY  COUNTRY",
        "bob@acme.example  Bob                             GB",
        "... and 1 more: --limit 2",
        "",
        "NEXT      in a campaign file: segment = 'shops'",
    ]


@pytest.mark.parametrize("condition", ['country == "GB"', "country == 'GB'", """country in ['GB', "IE"]"""])
def test_what_to_write_in_a_file_is_toml(people: Shell, condition: str) -> None:
    line = people.ok("segment", condition).splitlines()[-1]
    assert tomllib.loads(line.partition("file: ")[2]) == {"segment": condition}


def test_json_is_a_contract(people: Shell) -> None:
    found = shown(people, "segment", "country == 'GB' or employees > 40", "--limit", "1")
    assert [each["email"] for each in found.pop("samples")] == ["bob@acme.example"]
    assert found == {
        "condition": "country == 'GB' or employees > 40",
        "people": 5,
        "matching": 3,
        "unknown": 1,
        "missing": {"country": 1},
        "values": {},
    }


@pytest.mark.parametrize(
    ("condition", "message", "caret"),
    [
        ("industri == 'retail'", "unknown field `industri`, did you mean `industry`?", "  ^"),
        ("employees >= 20 and city = 'Leeds'", "`=` is not used in conditions", " " * 27 + "^"),
        ("first_name == '王伟' and emloyees > 3", "unknown field `emloyees`", " " * 27 + "^"),
        ("shopz", "unknown field `shopz`, did you mean the segment `shops`?", "  ^"),
    ],
)
def test_an_error_points_at_its_place(people: Shell, condition: str, message: str, caret: str) -> None:
    code, out, err = people.run("segment", condition)
    assert (code, out) == (1, "")
    first, text, pointer = err.splitlines()[:3]
    assert message in first
    assert text == f"  {condition}"
    assert pointer == caret


def test_an_error_far_to_the_right_and_on_a_second_line_is_in_sight(people: Shell) -> None:
    long = " or ".join(f"country == 'C{number}'" for number in range(40))
    _, _, err = people.run("segment", f"{long}\nand {long} or nonsense == 1 or {long}")
    _, text, pointer = err.splitlines()[:3]
    assert len(text) <= 80
    assert text[pointer.index("^") :].startswith("nonsense")


def test_an_error_in_a_named_segment_shows_that_segment(people: Shell) -> None:
    main = (people.folder / "outreach.toml").read_text()
    people.write("outreach.toml", f'{main}big = "emploees > 100"\n')
    _, _, err = people.run("segment", "shops or big")
    assert err.splitlines()[:3] == [
        "error: unknown field `emploees`, did you mean `employees`? (in segment big)",
        "  emploees > 100",
        "  ^",
    ]


def test_explain_shows_each_comparison_for_one_person(people: Shell) -> None:
    out = people.ok("segment", "shops and country == 'GB'", "--explain", "eva@birch.example")
    head, _, *rows = out.splitlines()
    assert head == "eva@birch.example is left out: unknown"
    assert [row.split()[-2:] for row in rows[1:]] == [
        ["'retail'", "yes"],
        ["missing", "unknown"],
        ["'GB'", "yes"],
    ]
    found = shown(people, "segment", "shops", "--explain", "ida@dune.example")
    assert found == {
        "email": "ida@dune.example",
        "matches": False,
        "comparisons": [
            {"text": "industry == 'retail'", "value": "'building'", "result": False},
            {"text": "employees >= 20", "value": "50", "result": True},
        ],
    }
    assert people.run("segment", "shops", "--explain", "nobody@x.example")[0] == 1


def test_where_nobody_is_found_it_says_what_the_fields_hold(shell: Shell) -> None:
    """Countries are kept as codes: whoever writes the name sees that."""
    shell.fill()
    shell.ok("prospects", "import", "prospects.csv")
    assert "VALUES    country: 'GB' 3" in shell.ok("segment", "country == 'United Kingdom' and tag('hot')")
    found = shell.json("segment", "industry == 'shops'")
    assert found["values"] == {"industry": {"retail": 2, "building": 1}}
    assert "VALUES" not in shell.ok("segment", "country == 'GB'")


def test_tags_are_asked_for_by_their_question(shell: Shell) -> None:
    shell.fill()
    shell.ok("prospects", "import", "prospects.csv")
    code, _, err = shell.run("segment", "tags like '%hot%'")
    assert (code, "write `tag('hot')`" in err) == (1, True)
