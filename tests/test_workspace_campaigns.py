"""campaigns/*.toml: what a campaign may say, what is refused, and the exclude lists it names."""

from datetime import date, time, timedelta

import pytest

from outreach import workspace
from outreach.model import Delay, Step, Window
from tests.workspaces import CAMPAIGN, FILES, changed, problems

FILE = "campaigns/shops.toml"
MAILBOXES = 'mailboxes = ["ann@northwind.example"]'
FIRST = 'letter = "intro"'
AFTER = 'after = "3 business days"'


def with_campaign(text: str) -> dict[str, str]:
    return {**FILES, FILE: text}


def test_what_is_not_said_has_the_safe_default() -> None:
    (campaign,) = workspace.parse(FILES).campaigns.values()
    assert (campaign.stem, campaign.name, campaign.file) == ("shops", "Shelving for shops", FILE)
    assert (campaign.segment, campaign.segment_at.line, campaign.segment_at.column) == (
        "industry == 'retail'",
        2,
        12,
    )
    assert campaign.mailboxes == ("ann@northwind.example",)
    assert campaign.steps == (Step("intro"), Step("followup", Delay(days=3, business=True)))
    assert (campaign.enroll, campaign.max_new_per_day, campaign.exclusive) == ("launch", None, True)
    assert (campaign.grace, campaign.window) == (timedelta(minutes=10), Window())


def test_everything_that_can_be_said_is_kept() -> None:
    text = CAMPAIGN.replace(AFTER, f'{AFTER}\nwas = "reminder"').replace(
        "[[step]]",
        """\
exclude = ["customers.csv", "lists/partners.txt"]
enroll = "nightly"
max_new_per_day = 20
grace = "2 hours"
exclusive = false
[window]
days = "mon-thu, sat"
from = "08:30"
to = "24:00"
timezone = "Europe/Berlin"
blackout = [2026-12-24, "2026-12-31..2027-01-01"]
holidays = false
[[step]]""",
        1,
    )
    lists = {"customers.csv": "ann@acme.example\n", "lists/partners.txt": "partner.example\n"}
    campaign = workspace.parse({**with_campaign(text), **lists}).campaigns["shops"]
    assert campaign.exclude == ("customers.csv", "lists/partners.txt")
    assert campaign.excluded == {"ann@acme.example", "partner.example"}
    assert campaign.excludes("ann@acme.example")
    assert campaign.excludes("anyone@partner.example")
    assert not campaign.excludes("bob@acme.example")
    assert (campaign.enroll, campaign.max_new_per_day, campaign.exclusive) == ("nightly", 20, False)
    assert campaign.grace == timedelta(hours=2)
    assert campaign.window == Window(
        days=frozenset({0, 1, 2, 3, 5}),
        start=time(8, 30),
        end=time(0),
        timezone="Europe/Berlin",
        blackout=frozenset({date(2026, 12, 24), date(2026, 12, 31), date(2027, 1, 1)}),
        holidays=False,
    )
    assert campaign.steps[1] == Step("followup", Delay(days=3, business=True), was="reminder")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'name = "Shelving for shops"\n',
            "",
            '1:1: the campaign lacks `name`\n  add: name = "Shelving for shops"',
        ),
        (
            MAILBOXES,
            'mailboxes = ["an@northwind.example"]',
            '3:14: no mailbox "an@northwind.example" in outreach.toml, did you mean `ann@northwind.example`?\n'
            "  write the address of a [[mailbox]]",
        ),
        (MAILBOXES, "mailboxes = []", "3:13: `mailboxes` is empty\n  name the address of a [[mailbox]]"),
        (
            MAILBOXES,
            'mailboxes = ["ann@northwind.example", "Ann@northwind.example"]',
            '3:39: `mailboxes` names "Ann@northwind.example" twice\n  once is enough',
        ),
        (
            MAILBOXES,
            'mailboxes = "ann@northwind.example"',
            '3:13: `mailboxes` must be a list, not "ann@northwind.example"\n  write it in brackets: ["..."]',
        ),
        (
            MAILBOXES,
            f"{MAILBOXES}\nmax_per_day = 3",
            "4:1: unknown key `max_per_day`, did you mean `max_new_per_day`?",
        ),
        (
            FIRST,
            'letter = "intr"',
            '6:10: no letter "intr", did you mean `intro`?\n  or write templates/intr.txt',
        ),
        (
            FIRST,
            f'{FIRST}\nafter = "2 days"',
            "7:9: the first step has no letter before it\n  remove `after` here",
        ),
        (
            f"\n{AFTER}",
            "",
            '8:3: [[step]] lacks `after`: when does this letter leave?\n  add: after = "3 business days"',
        ),
        (
            AFTER,
            "after = 3",
            '10:9: `after` must be text with a unit, not 3\n  write the unit too, in quotes: "3 days"',
        ),
        (
            'letter = "followup"',
            'letter = "intro"',
            '9:10: "intro" is step 1 already\n  nobody gets the same letter twice: copy it under another name',
        ),
        (
            AFTER,
            f'{AFTER}\nwas = "intro"',
            '11:7: "intro" is a step of this campaign\n  `was` is the name a step had before it was renamed',
        ),
        (
            AFTER,
            f'{AFTER}\nwas = "old"\n[[step]]\nletter = "last"\n{AFTER}\nwas = "old"',
            '15:7: "old" is the old name of another step already\n  keep one of them',
        ),
        (
            '[[step]]\nletter = "intro"',
            '[window]\nfrom = "18:00"\n[[step]]\nletter = "intro"',
            "6:8: the window closes (17:00) before it opens (18:00)\n"
            "  `to` must be later than `from`; midnight is 24:00",
        ),
        (
            '[[step]]\nletter = "intro"',
            '[window]\nform = "18:00"\n[[step]]\nletter = "intro"',
            "6:1: unknown key `form`, did you mean `from`?",
        ),
        (
            '[[step]]\nletter = "intro"',
            '[window]\nblackout = [2026-12-24,\n "2027-13-01"]\n[[step]]\nletter = "intro"',
            '7:2: `blackout` holds "2027-13-01", which is no date\n  write 2026-12-24, or a range in quotes',
        ),
        (
            MAILBOXES,
            f'{MAILBOXES}\nstart = "25.12.2026"',
            '4:9: `start` is no date: "25.12.2026"\n  write 2026-12-25',
        ),
        (
            MAILBOXES,
            f'{MAILBOXES}\nblackout = ["2026-12-24"]',
            "4:1: unknown key `blackout` here\n  it belongs in [window]",
        ),
        (
            MAILBOXES,
            f"{MAILBOXES}\ncompany_people = 2",
            "4:1: unknown key `company_people` here\n  it belongs in [limits] of outreach.toml",
        ),
        (
            '[[step]]\nletter = "intro"',
            '[[step]]\nletter = "intro"\nenroll = "nightly"',
            "7:1: unknown key `enroll` here\n  it belongs at the top, above the first [table]",
        ),
        (
            MAILBOXES,
            f'{MAILBOXES}\nexclude = ["customer.csv"]',
            '4:12: no exclude file "customer.csv"\n  its path counts from the folder of outreach.toml',
        ),
        (
            MAILBOXES,
            f'{MAILBOXES}\nexclude = ["../customers.csv"]',
            '4:12: "../customers.csv" is outside of the workspace\n'
            "  copy the list next to outreach.toml and name it by its path from there",
        ),
    ],
)
def test_a_mistake_is_named_at_its_place(old: str, new: str, said: str) -> None:
    files = {**FILES, "templates/last.txt": "\nThis is the last letter.\n"}
    assert problems(changed(files, FILE, old, new)) == [f"{FILE}:{said}"]


def test_a_campaign_without_steps() -> None:
    head = CAMPAIGN[: CAMPAIGN.index("[[step]]")]
    assert problems(with_campaign(head)) == [
        f'{FILE}:1:1: the campaign lacks [[step]]\n  add: [[step]] with letter = "retail-intro"'
    ]
    assert problems(with_campaign(f"{head}step = []")) == [
        f"{FILE}:5:8: `step` is empty\n  write at least one [[step]]"
    ]
    assert problems(with_campaign(CAMPAIGN.replace("[[step]]", "[step]", 1).split("\n[[")[0])) == [
        f"{FILE}:5:2: `step` must be a list of tables\n  write the heading in double brackets: [[step]]"
    ]


def test_the_first_letter_needs_a_subject_in_every_language() -> None:
    files = {**FILES, "templates/intro.de.txt": "\nGuten Tag,\n"}
    assert problems(files) == [
        f"{FILE}:6:10: the first letter has no subject: templates/intro.de.txt\n"
        "  start it with a line like: Subject: Shelving for your shop"
    ]


def test_a_campaign_is_named_by_its_file() -> None:
    files = {**FILES, "campaigns/my shops.toml": CAMPAIGN}
    assert problems(files) == [
        "campaigns/my shops.toml: this is no name of a campaign\n"
        "  a campaign's file is named with letters, digits, - and _, like retail-shelving.toml"
    ]


EXCLUDE = CAMPAIGN.replace(MAILBOXES, f'{MAILBOXES}\nexclude = ["customers.csv"]')


@pytest.mark.parametrize(
    "text",
    [
        "ann@acme.example\npartner.example\n",
        "# our customers\n\nAnn@Acme.example\r\n@partner.example",
        "email\nann@acme.example\npartner.example\n",
        'name;E-Mail;phone\n"Lee; Ann";ann@acme.example;1\n;partner.example;\n',
        "Domain,Email\npartner.example,\nacme.example,ann@acme.example\n",
        "ann@acme.example,Ann,Acme\npartner.example,Bob,Partner\n",
        "ann@acme.example\nhttps://partner.example/\n",
        "ann@acme.example\nHTTP://www.partner.example:8080/about?x=1\n",
        "company\temail\nAcme\tann@acme.example\nPartner\tpartner.example\nNobody\t\n",
    ],
)
def test_exclude_files_are_lists_or_tables(text: str) -> None:
    files = {**with_campaign(EXCLUDE), "customers.csv": text}
    assert workspace.parse(files).campaigns["shops"].excluded == {"ann@acme.example", "partner.example"}


@pytest.mark.parametrize(
    "entry", ["acme.com/birch.example", "https://www.linkedin.com/company/acme", "ann.lee/acme.com"]
)
def test_an_entry_is_taken_whole_or_not_at_all(entry: str) -> None:
    (said,) = problems({**with_campaign(EXCLUDE), "customers.csv": f"{entry}\n"})
    assert "neither an address nor a domain" in str(said)


def test_an_exclude_file_names_the_lines_that_are_neither() -> None:
    hint = "one address or domain a line, or a CSV with a column named `email` or `domain`"
    files = {**with_campaign(EXCLUDE), "customers.csv": "Kunde,Ort\nAcme,Leeds\n"}
    assert problems(files) == [
        f"customers.csv:1: 'Kunde' is neither an address nor a domain\n  {hint}",
        f"customers.csv:2: 'Acme' is neither an address nor a domain\n  {hint}",
    ]
    many = problems({**files, "customers.csv": "email\n" + "?\n" * 1000})
    assert len(many) == 6
    assert many[5] == f"customers.csv:7: 995 more lines are neither an address nor a domain\n  {hint}"
    long = problems({**files, "customers.csv": "x" * 200_000})
    assert long == [
        f"customers.csv: cannot be read as a table: field larger than field limit (131072)\n  {hint}"
    ]
