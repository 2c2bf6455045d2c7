"""outreach.toml: every mistake is named at its place, with what to do about it."""

from datetime import timedelta

import pytest

from outreach import workspace
from outreach.model import Gap, Limits, Mailbox, Sender
from tests.workspaces import FILES, MAIN, changed, problems

SMTP = '"smtps://ann@smtp.northwind.example:465"'
IMAP = 'imap = "imaps://ann@imap.northwind.example:993"\n'
SECRET = "secrets never stand here: keep this one in the keyring, the environment or a file only you may read"


def with_main(text: str) -> dict[str, str]:
    return {**FILES, "outreach.toml": text}


def test_what_is_not_said_has_the_safe_default() -> None:
    found = workspace.parse(FILES)
    assert found.sender == Sender(
        company="Northwind Shelving Ltd",
        address="1 Dock Road, Leeds LS1 4AB, United Kingdom",
        country="GB",
        timezone="Europe/London",
    )
    assert found.mailboxes == {
        "ann@northwind.example": Mailbox(
            address="ann@northwind.example",
            name="Ann Lee",
            smtp="smtps://ann@smtp.northwind.example:465",
            imap="imaps://ann@imap.northwind.example:993",
        )
    }
    assert (found.limits, found.store_url, found.segments) == (Limits(), "sqlite:///outreach.db", {})


def test_everything_that_can_be_said_is_kept() -> None:
    extra = """\
answers = "imap"
title = "Sales"
phone = "+44 113 000 0000"
per_day = 5000
gap = "0 s"
connections = 4
ramp = false
password_file = "secrets/ann"
own_relay = true

[store]
url = "postgresql+psycopg://me@db.example/outreach"
[segments]
shops = "industry == 'retail'"
big-shops = '''
shops and
  employees > 20'''
[limits]
company_per_day = 3
company_people = 4
domain_per_day = 9000
"""
    found = workspace.parse(with_main(MAIN + extra))
    mailbox = found.mailboxes["ann@northwind.example"]
    assert mailbox.gap == Gap(timedelta(0), timedelta(0))
    assert (mailbox.per_day, mailbox.connections, mailbox.ramp, mailbox.own_relay) == (5000, 4, False, True)
    assert (mailbox.title, mailbox.phone, mailbox.password_file) == (
        "Sales",
        "+44 113 000 0000",
        "secrets/ann",
    )
    assert found.limits == Limits(company_per_day=3, company_people=4, domain_per_day=9000)
    assert found.store_url == "postgresql+psycopg://me@db.example/outreach"
    assert found.segments == {
        "shops": "industry == 'retail'",
        "big-shops": "shops and\n  employees > 20",
    }
    places = {name: (where.line, where.column) for name, where in found.segment_places.items()}
    assert places == {"shops": (25, 10), "big-shops": (27, 1)}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'country = "GB"\n',
            "",
            'outreach.toml:1:2: [sender] lacks `country`\n  add: country = "GB"',
        ),
        ("country =", "contry =", "outreach.toml:4:1: unknown key `contry`, did you mean `country`?"),
        (
            "[sender]",
            "[sende]",
            "outreach.toml:1:2: unknown key `sende`, did you mean `sender`?",
        ),
        (
            "[[mailbox]]",
            "[mailbox]",
            "outreach.toml:7:2: `mailbox` must be a list of tables\n"
            "  write the heading in double brackets: [[mailbox]]",
        ),
        (
            'name = "Ann Lee"',
            'name = "Ann Lee"\nper_dya = 3',
            "outreach.toml:10:1: unknown key `per_dya`, did you mean `per_day`?",
        ),
        (
            'name = "Ann Lee"',
            'name = "Ann Lee"\nzebra = 3',
            "outreach.toml:10:1: unknown key `zebra`\n  keys here: address, name, title, phone, smtp, imap, "
            "answers, per_day, gap, connections, ramp, password_file, plus, own_relay, owner, away, ramp_from",
        ),
        (
            'name = "Ann Lee"',
            'name = "Ann Lee"\npassword = "hunter2"',
            f"outreach.toml:10:1: `password` does not belong here\n  {SECRET}",
        ),
        (
            SMTP,
            '"smtps://ann:hunter2@smtp.northwind.example"',
            f"outreach.toml:10:8: `smtp` holds a password\n  {SECRET}",
        ),
        (
            IMAP,
            "",
            "outreach.toml:7:3: [[mailbox]] does not say where answers come from\n"
            '  add: imap = "imaps://ann@imap.northwind.example:993"; or answers = "manual", and enter answers '
            "with `outreach prospects mark`",
        ),
        (
            IMAP,
            f'{IMAP}answers = "manual"',
            'outreach.toml:12:11: `answers` is "manual", but `imap` is given too\n  keep one of them',
        ),
        (
            IMAP,
            f"{IMAP}per_day = 80",
            "outreach.toml:12:11: `per_day` must be from 1 to 50, not 80\n"
            "  more a day puts the mailbox at risk; or, for a mail server of your own, say so: own_relay = true",
        ),
        (
            IMAP,
            f'{IMAP}gap = "30-90 s"',
            "outreach.toml:12:7: `gap` must be at least 60 s\n"
            '  write gap = "3-10 min"; or, for a mail server of your own, say so: own_relay = true',
        ),
        (
            IMAP,
            f"{IMAP}connections = 2",
            "outreach.toml:12:15: `connections` must be 1\n"
            "  write connections = 1; or, for a mail server of your own, say so: own_relay = true",
        ),
        (
            '"Europe/London"',
            '"Europe/Lodnon"',
            'outreach.toml:5:12: `timezone` is no time zone: "Europe/Lodnon", did you mean `Europe/London`?\n'
            '  a zone is named like "Europe/London"',
        ),
        (
            '"ann@northwind.example"',
            '"ann@northwind"',
            'outreach.toml:8:11: `address` is no e-mail address: "ann@northwind"\n'
            "  The part after the @-sign is not valid. It should have a period",
        ),
        (
            IMAP,
            f'{IMAP}[segments]\nand = "x"',
            "outreach.toml:13:1: `and` cannot name a segment\n"
            "  a letter first, then letters, digits, _ and -, and no word like `and`",
        ),
        (
            IMAP,
            f"{IMAP}[segments]\nshops = 3",
            "outreach.toml:13:9: `shops` must be text in quotes, not 3",
        ),
        (
            IMAP,
            f"{IMAP}[limits]\ncompany_people = 0",
            "outreach.toml:13:18: `company_people` must be from 1 to 1000000, not 0",
        ),
        (
            IMAP,
            f"{IMAP}[store]",
            'outreach.toml:12:2: [store] lacks `url`\n  add: url = "sqlite:///outreach.db"',
        ),
    ],
)
def test_a_mistake_is_named_at_its_place(old: str, new: str, said: str) -> None:
    found = problems(changed(FILES, "outreach.toml", old, new))
    assert found == [said]


def test_tables_that_are_missing_say_what_they_hold() -> None:
    assert problems(with_main("")) == [
        "outreach.toml:1:1: outreach.toml lacks [[mailbox]]\n  add: [[mailbox]] with address, name, smtp and imap",
        "outreach.toml:1:1: outreach.toml lacks [sender]\n"
        "  add: [sender] with company, address, country and timezone",
    ]


def test_the_same_mailbox_twice() -> None:
    again = MAIN[MAIN.index("[[mailbox]]") :].replace("ann@northwind.example", "Ann@Northwind.example", 1)
    assert problems(with_main(MAIN + again)) == [
        "outreach.toml:13:11: mailbox ann@northwind.example stands here already (line 8)\n  keep one of them"
    ]


def test_a_mailbox_with_a_problem_is_still_known_to_campaigns() -> None:
    files = changed(FILES, "outreach.toml", '"Ann Lee"', '""')
    assert problems(files) == ["outreach.toml:9:8: `name` is empty"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('mailbox = "tom@northwind.example"', "no mailbox tom@northwind.example"),
        ('heartbeat = "http://monitor.example/ping"', "`heartbeat` must start with https://"),
        ('digest = "seven"', "`digest` must be a time of day"),
        ("alerts = 1", "`alerts` must be true or false"),
    ],
)
def test_who_is_told_and_how_is_checked(line: str, said: str) -> None:
    notify = f'\n[notify]\nto = ["ops@northwind.example"]\n{line}\n'
    found = problems({**FILES, "outreach.toml": FILES["outreach.toml"] + notify})
    assert len(found) == 1
    assert said in found[0]


def test_who_is_told_cannot_be_left_out() -> None:
    found = problems({**FILES, "outreach.toml": FILES["outreach.toml"] + "\n[notify]\nalerts = true\n"})
    assert "[notify] lacks `to`" in found[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "Ann Lee"', 'name = "Ann Lee"\naway = "2026-12-24"', "`away` must be a list of dates"),
        ('name = "Ann Lee"', 'name = "Ann Lee"\nramp_from = 0', "`ramp_from` must be from 1 to 50"),
        ("[[mailbox]]", '[limits]\ncool_off = "half a year"\n\n[[mailbox]]', "must be a time like"),
        ("[[mailbox]]", '[limits]\nkey_accounts = ["no.csv"]\n\n[[mailbox]]', 'no key account file "no.csv"'),
        (
            "[[mailbox]]",
            '[limits]\nkey_accounts = ["../x.csv"]\n\n[[mailbox]]',
            "is outside of the workspace",
        ),
    ],
)
def test_the_keys_of_a_running_week_are_checked(old: str, new: str, said: str) -> None:
    found = problems(changed(FILES, "outreach.toml", old, new))
    assert said in found[0]
