"""What is odd about whom a campaign takes (words for codes, empty lists), and where nobody is found."""

import pytest

from outreach.report.shell import word
from tests.cli import Shell


@pytest.fixture
def shops(shell: Shell) -> Shell:
    shell.fill()
    shell.ok("prospects", "import", "prospects.csv")
    return shell


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("country == 'Deutschland'", "`country` holds codes: write 'DE' for 'Deutschland'"),
        ("not country in ['gb', 'UK']", "`country` holds codes: write 'GB' for 'UK'"),
        ("language != 'German' or employees > 3", "`language` holds codes: write 'de' for 'German'"),
        ("gender == 'Frau'", "`gender` holds codes: write 'female' for 'Frau'"),
        ("country == 'Narnia'", "`country` holds codes such as 'DE', and 'Narnia' is none"),
    ],
)
def test_a_word_where_a_code_stands_is_doubted(shops: Shell, condition: str, said: str) -> None:
    for args in (("prospects", "list", condition), ("segment", condition)):
        assert f"hint: {said}\n" in shops.run(*args)[2]
    shops.edit("campaigns/shops.toml", "\"industry == 'retail'\"", f'"{condition}"')
    assert shops.json("plan", "shops")["doubts"] == [said]
    assert f"DOUBTS    {said}" in shops.ok("plan", "shops")


def test_a_letter_that_is_new_where_another_is_gone_may_be_renamed(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    shops.write("templates/again.txt", "Format: text\n\nHello {{ first_name }},\n\nOther words.\n")
    shops.edit("campaigns/shops.toml", '"followup"', '"again"')
    (said,) = shops.json("plan", "shops")["doubts"]
    assert said == 'again is new and followup is gone: was it only renamed? was = "followup" in its [[step]]'
    shops.edit("campaigns/shops.toml", '"again"', '"again"\nwas = "followup"')
    assert shops.json("plan", "shops")["doubts"] == []


def test_codes_and_words_of_other_fields_are_not(shops: Shell) -> None:
    condition = (
        "country in ['gb', 'DE'] and language == 'de-at' and city == 'Deutschland' or country like 'G%'"
    )
    assert shops.run("segment", condition)[2] == ""


def test_a_list_that_holds_nobody_is_doubted(shops: Shell) -> None:
    shops.edit("campaigns/shops.toml", "mailboxes", 'exclude = ["customers.csv"]\nmailboxes')
    shops.edit("outreach.toml", "[[mailbox]]", '[limits]\nkey_accounts = ["key.csv"]\n\n[[mailbox]]')
    shops.write("customers.csv", "email\n")
    shops.write("key.csv", "")
    assert shops.json("plan", "shops")["doubts"] == [
        "the exclude file customers.csv is empty",
        "the list of key accounts key.csv is empty",
    ]
    shops.write("customers.csv", "email\neva@birch.example\n")
    assert shops.json("plan", "shops")["doubts"] == ["the list of key accounts key.csv is empty"]


def test_where_nobody_is_found_the_next_step_is_no_import(shell: Shell) -> None:
    shell.fill()
    assert shell.ok("prospects", "list", "city == 'Leeds'").splitlines() == [
        "nobody",
        "NEXT      outreach prospects import FILE.csv",
    ]
    shell.ok("prospects", "import", "prospects.csv")
    assert shell.ok("prospects", "list", "city == 'Leeds'").splitlines() == [
        "nobody of 3 people",
        "NEXT      outreach segment \"city == 'Leeds'\"",
    ]
    shell.edit("campaigns/shops.toml", "industry == 'retail'", "city == 'Leeds'")
    assert shell.ok("plan", "shops").splitlines()[-1] == "NEXT      outreach segment \"city == 'Leeds'\""


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("shops", "shops"),
        ("employees > 20", "'employees > 20'"),
        ("country != 'DE'", "\"country != 'DE'\""),
        ("name == 'a$b'", "'name == '\"'\"'a$b'\"'\"''"),
        ("name == 'hey!'", "'name == '\"'\"'hey!'\"'\"''"),
        ("name == '`id`'", "'name == '\"'\"'`id`'\"'\"''"),
    ],
)
def test_double_quotes_stand_where_a_shell_leaves_the_text_alone(text: str, quoted: str) -> None:
    assert word(text) == quoted


def test_what_mends_a_hold_fits_the_screen(shops: Shell) -> None:
    shops.edit("outreach.toml", "[[mailbox]]", "[limits]\ncompany_people = 1\n\n[[mailbox]]")
    people = "".join(f"p{place}@acme.example,P,Acme,retail,GB\n" for place in range(3))
    shops.write("more.csv", "email,first_name,company,industry,country\n" + people)
    shops.ok("prospects", "import", "more.csv")
    screen = shops.ok("plan", "shops")
    assert "fix: more people of a company: [limits] company_people in outreach.toml" in " ".join(
        screen.split()
    )
    assert max(map(len, screen.splitlines())) <= 80
