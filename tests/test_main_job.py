"""The main job: a marketer's CSV of a thousand rows becomes letters in mailboxes, and nothing else does."""

import csv
import io
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import cycle, islice
from quopri import decodestring

from outreach.mailbox.sandbox import Received
from tests.cli import Shell
from tests.launched import Served

MAIN = """\
[sender]
company = "Northwind Shelving Ltd"
address = "1 Dock Road, Leeds LS1 4AB, United Kingdom"
country = "GB"
timezone = "Europe/London"

[store]
url = "{store}"

[limits]
domain_per_day = 1000
"""
MAILBOX = """
[[mailbox]]
address = "{name}@northwind.example"
name = "{name} Lee"
smtp = "{smtp}"
answers = "manual"
own_relay = true
per_day = 150
gap = "0 s"
connections = 4
ramp = false
"""
CAMPAIGN = """\
name = "Shelving for shops"
segment = "industry == 'retail'"
mailboxes = ["ann@northwind.example", "tim@northwind.example", "joe@northwind.example", "may@northwind.example"]

[[step]]
letter = "intro"

[[step]]
letter = "followup"
after = "3 business days"
"""
INTRO = "Subject: Shelves for {{ company }}\n\nHello {{ first_name }},\n\nWe make shelves.\n.\n..dots\n"
FOLLOWUP = "Format: text\n\nHello {{ first_name }},\n\nA second thought about {{ company }}.\n"
HEADER = ["E-Mail", "First Name", "Last Name", "Company", "Country", "Industry"]
# First and last name, the start of a company's name, country.
NAMES = [
    ("Айгүл", "Нұрланқызы", "«Қазақ сауда» ЖШС", "KZ"),
    ("Юрий", "Щёголев", "ООО «Полка»", "RU"),
    ("李", "雷", "北京货架有限公司", "CN"),
    ("محمد", "العربي", "شركة الرفوف", "EG"),
    ("Zoë", "O'Brien-Müller", "Müller & Söhne, GmbH", "DE"),
    ("Bob", "Smith", 'Smith "and" Sons', "GB"),
    ("Nguyễn", "Thị Ánh", "Công ty Kệ", "VN"),
    ("Ángel", "Núñez", "Estantes; S.A.", "ES"),
    ("Eve", "Stone", "Depot Subject: won", "GB"),  # the table has a line break before the header's name
]
BAD = [
    ("formula@bad.example", '=HYPERLINK("http://x.example","Bob")', "Smith", "Bad"),
    ("control@bad.example", "Bob\x00Bcc: everybody", "Smith", "Bad"),
    ("control2@bad.example", "Bob", "Smith", "Bad\x85Subject: won"),
    ("encoded@bad.example", "=?utf-8?q?Bob=0d=0aBcc:_x?=", "Smith", "Bad"),
    ("bad.example", "Bob", "Smith", "Bad"),
    ("two@@bad.example", "Bob", "Smith", "Bad"),
    ("a b@bad.example", "Bob", "Smith", "Bad"),
    ("bob@bad..example", "Bob", "Smith", "Bad"),
    ("юрий@bad.example", "Bob", "Smith", "Bad"),
    ("", "Bob", "Smith", "Bad"),
]
GOOD, DUPLICATES, WRONG = 950, 20, 30
HEADERS = {"from", "to", "subject", "date", "message-id", "list-unsubscribe", "mime-version", "content-type"}


@dataclass(frozen=True)
class Person:
    email: str
    first_name: str
    last_name: str
    company: str
    country: str


def good() -> list[Person]:
    names = islice(cycle(NAMES), GOOD)
    return [
        Person(f"person{n}@firm{n}.example", first, last, f"{company} {n}", country)
        for n, (first, last, company, country) in enumerate(names)
    ]


def table(people: list[Person]) -> str:
    """A thousand rows: the bad ones among the good ones, then duplicates in other spellings."""
    rows = [
        [
            p.email,
            p.first_name,
            p.last_name,
            p.company.replace(" Subject", "\r\nSubject"),
            p.country,
            "retail",
        ]
        for p in people
    ]
    twice = people[:: GOOD // DUPLICATES][:DUPLICATES]
    rows += [[person.email.upper(), "Somebody", "Else", "Elsewhere", "GB", "retail"] for person in twice]
    for number, (email, *rest) in enumerate(islice(cycle(BAD), WRONG)):
        rows.insert(31 * number + 7, [email, *rest, "GB", "retail"])
    assert len(rows) == 1000
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    return text.getvalue()


def fill(shell: Shell, smtp: str, store_url: str, people: list[Person]) -> None:
    boxes = [MAILBOX.format(name=name, smtp=smtp) for name in ("ann", "tim", "joe", "may")]
    shell.write("outreach.toml", MAIN.format(store=store_url) + "".join(boxes))
    shell.write("campaigns/shops.toml", CAMPAIGN)
    shell.write("templates/intro.txt", INTRO)
    shell.write("templates/followup.txt", FOLLOWUP)
    (shell.folder / "people.csv").write_bytes(table(people).encode("utf-8-sig"))


def test_a_thousand_rows(shell: Shell, store_url: str, post: Served) -> None:
    people = good()
    fill(shell, post.server.url, store_url, people)
    done = shell.json("prospects", "import", "people.csv")
    counted = {name: done[name] for name in ("rows", "added", "duplicates", "bad")}
    assert counted == {"rows": 1000, "added": GOOD, "duplicates": DUPLICATES, "bad": WRONG}
    plan = shell.json("plan", "shops")
    shell.ok("launch", "shops", "--plan", plan["plan"], "--yes", "--format", "json")
    calendar = shell.json("calendar", "shops", "--days", "30", "--all")

    came = send(shell, post, sorted({datetime.fromisoformat(each["at"]) for each in calendar}))
    said = {(each["email"], each["letter"]): datetime.fromisoformat(each["at"]) for each in calendar}
    assert came == said  # who got what when is what the calendar has said, and nothing else came
    assert len(came) == len(post.server.received) == 2 * GOOD
    first, second = post.server.received[:GOOD], post.server.received[GOOD:]
    assert {letter.rcpt_to for letter in first} == {(person.email,) for person in people}
    by_address = {person.email: person for person in people}
    opened = {letter.rcpt_to[0]: check_first(letter, by_address) for letter in first}
    for letter in second:
        check_second(letter, by_address, opened)
    assert caps(post.server.received) <= 150
    shell.ok("audit")
    shell.now += timedelta(days=30)
    shell.ok("run", "--once")
    assert len(post.server.received) == 2 * GOOD
    assert shell.json("plan", "shops")["new"] == []


def send(shell: Shell, post: Served, moments: list[datetime]) -> dict[tuple[str, str], datetime]:
    """Run the sender at each of these moments; when each letter came, by address and letter."""
    came: dict[tuple[str, str], datetime] = {}
    for moment in moments:
        shell.now = moment
        before = len(post.server.received)
        shell.ok("run", "--once", "--format", "json")
        for letter in post.server.received[before:]:
            (email,) = letter.rcpt_to
            came[email, "followup" if (email, "intro") in came else "intro"] = moment
    return came


def caps(letters: list[Received]) -> int:
    """The most letters that a mailbox sent on one day of London."""
    days = Counter((letter.mail_from, parsed(letter)["Date"].datetime.date()) for letter in letters)
    return max(days.values())


def parsed(letter: Received) -> EmailMessage:
    message = message_from_bytes(letter.data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def check_first(letter: Received, people: dict[str, Person]) -> EmailMessage:
    """A first letter as both parsers read it."""
    person, message = people[letter.rcpt_to[0]], parsed(letter)
    raw = check_raw(letter, message)
    assert raw.keys() == HEADERS | {"content-transfer-encoding"}
    (to,) = message["To"].addresses
    assert (to.addr_spec, to.display_name) == (person.email, f"{person.first_name} {person.last_name}")
    assert message["Subject"] == f"Shelves for {person.company}"
    text = body(raw, letter)
    assert text.startswith(f"Hello {person.first_name},\r\n\r\nWe make shelves.\r\n.\r\n..dots\r\n")
    assert text.splitlines() == message.get_content().splitlines()
    return message


def check_second(letter: Received, people: dict[str, Person], opened: dict[str, EmailMessage]) -> None:
    """The follow-up: in the thread of the first, three business days later."""
    email = letter.rcpt_to[0]
    message, before = parsed(letter), opened.pop(email)
    raw = check_raw(letter, message)
    assert raw.keys() == HEADERS | {"content-transfer-encoding", "in-reply-to", "references"}
    assert raw["in-reply-to"] == raw["references"] == before["Message-ID"]
    assert (message["Subject"], message["From"]) == (before["Subject"], before["From"])
    assert body(raw, letter).startswith(f"Hello {people[email].first_name},\r\n\r\nA second thought about")
    first, second = before["Date"].datetime.date(), message["Date"].datetime.date()
    days = [first + timedelta(days=each) for each in range(1, (second - first).days + 1)]
    assert len([day for day in days if day.weekday() < 5]) >= 3


def check_raw(letter: Received, message: EmailMessage) -> dict[str, str]:
    """The headers, read by hand from the bytes: each once, none smuggled in, nothing a relay must repair."""
    data = letter.data
    assert data.isascii()
    assert data.count(b"\r\n") == data.count(b"\n") == data.count(b"\r")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    head = data.partition(b"\r\n\r\n")[0].decode("ascii")
    lines = re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n")
    names = [line.partition(":")[0].lower() for line in lines]
    assert len(names) == len(set(names))
    raw = {name: line.partition(":")[2].strip() for name, line in zip(names, lines, strict=True)}
    assert raw["message-id"] == message["Message-ID"]
    assert re.fullmatch(r"<[a-z0-9]+@northwind\.example>", raw["message-id"])
    assert raw["from"].endswith(f"<{letter.mail_from}>")
    assert re.fullmatch(
        r"<mailto:\w+@northwind\.example\?subject=unsubscribe%20\w+>", raw["list-unsubscribe"]
    )
    assert message.defects == []
    return raw


def body(raw: dict[str, str], letter: Received) -> str:
    """The text, decoded by hand."""
    content = letter.data.partition(b"\r\n\r\n")[2]
    decode: dict[str, Callable[[bytes], bytes]] = {
        "base64": b64decode,
        "quoted-printable": decodestring,
        "7bit": bytes,
    }
    return decode[raw["content-transfer-encoding"]](content).decode("utf-8")
