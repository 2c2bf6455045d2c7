"""A message's bytes: every value arrives as it was meant, whatever it holds, and nothing else does."""

import base64
import hashlib
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.compose import check, compose, message_id
from outreach.errors import ComposeError
from outreach.model import Mailbox, Outgoing

KEY = b"k" * 32
DATE = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MAILBOX = Mailbox("ann@northwind.example", "Ann Lee")
LETTER = Outgoing(
    message_id=message_id(KEY, "retail", "bob@acme.example", "intro", "northwind.example"),
    to_email="bob@acme.example",
    to_name="Bob Ray",
    subject="Shelving for Acme in Leeds",
    text="Hello Bob,\n\nwe make shelves.\n",
    html=None,
    unsubscribe="k7q2m5x3a4b6c7d2",
)
PARENTS = ("<first@northwind.example>", "<second@northwind.example>")
HEADERS = [
    *("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
]
THREADED = [*HEADERS[:5], "In-Reply-To", "References", *HEADERS[5:]]

Headers = list[tuple[str, str]]
BODIES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=400)
ANY = st.characters(
    exclude_categories=["Cs", "Cc", "Zl", "Zp"],
    exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
)
ASCII = st.characters(min_codepoint=32, max_codepoint=126)
SUBJECTS = st.text(ANY, max_size=60) | st.text(ASCII, max_size=190)
SUBJECTS = SUBJECTS.filter(lambda text: "=?" not in text)
NAMES = st.text(ANY, max_size=25) | st.text(ASCII, max_size=80) | st.text('ab "\\.,(é', max_size=80)
NAMES = NAMES.filter(lambda text: "=?" not in text and not set(text) & set("<>@"))


def read(raw: bytes) -> tuple[Headers, bytes]:
    """A second, independent reader: the unfolded headers in order, and the body as it travels."""
    assert raw.isascii()
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", raw), "a bare line break or NUL"
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    head, _, body = raw.partition(b"\r\n\r\n")
    headers: Headers = []
    for line in head.decode().split("\r\n"):
        assert line.strip(), "an empty header line"
        if "=?" in line:
            assert len(line) <= 76
        if line.startswith(" "):
            name, value = headers[-1]
            headers[-1] = (name, value + line)
        else:
            name, value = line.split(": ", 1)
            headers.append((name, value))
    return headers, body


def words(value: str) -> str:
    """Decode what RFC 2047 encodes: white space between two encoded-words is none."""
    assert all(len(word) <= 75 for word in re.findall(r"=\?\S+\?=", value))
    joined = re.sub(r"\?= +=\?utf-8\?b\?", "?==?utf-8?b?", value)
    return re.sub(r"=\?utf-8\?b\?(\S*?)\?=", lambda word: base64.b64decode(word[1]).decode(), joined)


def name_of(value: str) -> str:
    """The display name of a From or To value, unquoted or decoded."""
    name, _, _ = value.rpartition("<")
    name = name.strip(" ")
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if name.startswith('"') else words(name)


def decode(headers: Headers, body: bytes) -> bytes:
    """A part's bytes by its transfer encoding."""
    encoding = dict(headers)["Content-Transfer-Encoding"]
    if encoding == "7bit":
        assert all(len(line) <= 78 for line in body.split(b"\r\n"))
        return body
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))
    if encoding == "base64":
        return base64.b64decode(body)
    assert encoding == "quoted-printable"
    assert not re.search(rb"[ \t]\r\n", body), "white space a relay may cut"
    assert not re.search(rb"^From ", body, re.MULTILINE), "a line a mail store may change"
    joined = body.replace(b"=\r\n", b"")
    return re.sub(rb"=([0-9A-F]{2})", lambda code: bytes.fromhex(code[1].decode()), joined)


def parts(raw: bytes) -> list[tuple[str, bytes]]:
    """Type and decoded bytes of each part, by our own reader."""
    headers, body = read(raw)
    kind = dict(headers)["Content-Type"]
    found = re.fullmatch(r'multipart/alternative; boundary="(=_[0-9a-f]{32})"', kind)
    if not found:
        return [(kind, decode(headers, body))]
    mark = b"--" + found[1].encode()
    assert body.count(mark) == 3
    before, *pieces, after = (b"\r\n" + body).split(b"\r\n" + mark)
    assert (before, after) == (b"", b"--\r\n")
    both = [read(piece.removeprefix(b"\r\n")) for piece in pieces]
    return [(dict(head)["Content-Type"], decode(head, data)) for head, data in both]


def library(raw: bytes) -> EmailMessage:
    """The standard library's modern parser, without a complaint."""
    parsed = message_from_bytes(raw, policy=policy.default)
    assert not parsed.defects
    return parsed


def wire(text: str) -> bytes:
    """Text as it must come out: CRLF after every line."""
    text = re.sub(r"\r\n|\r|\n", "\n", text)
    return (text if text.endswith("\n") else text + "\n").replace("\n", "\r\n").encode()


def built(outgoing: Outgoing, mailbox: Mailbox = MAILBOX) -> bytes:
    raw = compose(outgoing, mailbox, DATE)
    check(raw, outgoing, mailbox)
    return raw


def test_a_plain_letter_is_readable_as_it_travels() -> None:
    assert built(LETTER).decode() == (
        "From: Ann Lee <ann@northwind.example>\r\n"
        "To: Bob Ray <bob@acme.example>\r\n"
        "Subject: Shelving for Acme in Leeds\r\n"
        "Date: Mon, 23 Nov 2026 09:30:00 +0000\r\n"
        f"Message-ID: {LETTER.message_id}\r\n"
        "List-Unsubscribe:"
        f" <mailto:ann@northwind.example?subject=unsubscribe%20{LETTER.unsubscribe}>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "\r\n"
        "Hello Bob,\r\n\r\nwe make shelves.\r\n"
    )


def test_the_same_input_gives_the_same_bytes_and_only_the_date_differs() -> None:
    letter = replace(LETTER, html="<p>Hello</p>")
    assert compose(letter, MAILBOX, DATE) == compose(letter, MAILBOX, DATE)
    later = compose(letter, MAILBOX, DATE.astimezone(timezone(timedelta(hours=5))))
    assert later == compose(letter, MAILBOX, DATE).replace(b"09:30:00 +0000", b"14:30:00 +0500")


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(ComposeError, match="no time zone"):
        compose(LETTER, MAILBOX, DATE.replace(tzinfo=None))


def clean(value: str) -> str:
    """A header's value as it must arrive: NFC and single spaces."""
    return re.sub(" +", " ", unicodedata.normalize("NFC", value)).strip(" ")


@settings(deadline=None, max_examples=300)
@given(subject=SUBJECTS, name=NAMES, sender=NAMES, text=BODIES)
def test_any_subject_names_and_text_arrive_as_they_were(
    subject: str, name: str, sender: str, text: str
) -> None:
    raw = built(
        replace(LETTER, subject=f"S {subject}", to_name=name, text=text), replace(MAILBOX, name=sender)
    )
    headers, _ = read(raw)
    assert [header for header, _ in headers] == HEADERS
    values = dict(headers)
    assert words(values["Subject"]) == clean(f"S {subject}") == library(raw)["Subject"]
    assert name_of(values["To"]) == clean(name)
    assert name_of(values["From"]) == clean(sender)
    assert values["To"].endswith("bob@acme.example>" if clean(name) else "bob@acme.example")
    assert parts(raw) == [("text/plain; charset=utf-8", wire(text))]
    assert library(raw).get_payload(decode=True) == wire(text)


@settings(deadline=None, max_examples=100)
@given(text=BODIES, html=BODIES)
def test_both_parts_arrive_as_they_were(text: str, html: str) -> None:
    raw = built(replace(LETTER, text=text, html=html))
    assert [header for header, _ in read(raw)[0]] == HEADERS
    (plain_type, plain), (html_type, document) = parts(raw)
    assert (plain_type, plain) == ("text/plain; charset=utf-8", wire(text))
    assert html_type == "text/html; charset=utf-8"
    head = '<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"></head>\n<body>'
    assert document == wire(f"{head}\n{html}\n</body>\n</html>\n")
    parsed = library(raw)
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_payload(decode=True) for part in parsed.iter_parts()] == [plain, document]


@pytest.mark.parametrize(
    "text",
    [
        ".\n.. two\n.leading\nlast\n",
        "From here on\n>From there\nFrom \n",
        f"From {'x' * 70} and more\n{'y' * 75}From z\n",
        f"{'a' * 74} \n{'a' * 74}\t\n{'a' * 75} \n",
        "trailing  \ntab\t\n \n\t\nlast  ",
        "a" * 5000,
        "word " * 1000,
        "=" * 300 + "\n=3D=\n",
        "жук " * 2000,
        "é" + "plain ascii text " * 50,
        "",
        "\n",
        "\n\n\nthree empty lines first",
        "vertical\x0btab, form\x0cfeed, escape\x1b, delete\x7f",
        "one\rtwo\r\nthree\n\rfour",
        "line\u2028separator\u0085next",
        "--=_\n----\n--",
    ],
)
def test_awkward_bodies_survive(text: str) -> None:
    assert parts(built(replace(LETTER, text=text)))[0][1] == wire(text)
    plain, document = parts(built(replace(LETTER, text=text, html=text)))
    assert plain[1] == wire(text)
    assert wire(text).rstrip(b"\r\n") in document[1]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("short\n", "7bit"),
        ("x" * 78 + "\n", "7bit"),
        ("x" * 79 + "\n", "quoted-printable"),
        ("Viele Grüße und eine gute Woche aus Köln am Rhein\n", "quoted-printable"),
        ("Добрый день\n", "base64"),
    ],
)
def test_the_lightest_safe_encoding_is_chosen(text: str, encoding: str) -> None:
    assert dict(read(built(replace(LETTER, text=text)))[0])["Content-Transfer-Encoding"] == encoding


@pytest.mark.parametrize("text", ["half \ud83d", "nul \0 byte"])
def test_text_that_no_mail_can_carry_is_refused(text: str) -> None:
    with pytest.raises(ComposeError, match="the letter holds"):
        compose(replace(LETTER, text=text), MAILBOX, DATE)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Bob Ray", "Bob Ray <bob@acme.example>"),
        ("Ray, Bob", '"Ray, Bob" <bob@acme.example>'),
        ("B. Ray", '"B. Ray" <bob@acme.example>'),
        ('Bob "Bo" Ray', '"Bob \\"Bo\\" Ray" <bob@acme.example>'),
        ("a\\b (c); d:", '"a\\\\b (c); d:" <bob@acme.example>'),
        ("", "bob@acme.example"),
        ("Zoë", "=?utf-8?b?Wm/Dqw==?= <bob@acme.example>"),
    ],
)
def test_names_are_quoted_or_encoded_where_they_must_be(name: str, shown: str) -> None:
    raw = built(replace(LETTER, to_name=name))
    assert dict(read(raw)[0])["To"] == shown
    (person,) = library(raw)["To"].addresses
    assert (person.display_name, person.addr_spec) == (name, "bob@acme.example")


def test_a_follow_up_threads_and_keeps_its_subject() -> None:
    headers, _ = read(built(replace(LETTER, references=PARENTS)))
    assert [name for name, _ in headers] == THREADED
    values = dict(headers)
    assert values["In-Reply-To"] == PARENTS[-1]
    assert values["References"] == " ".join(PARENTS)
    assert values["Subject"] == LETTER.subject


def test_long_identifiers_stay_raw_and_whole() -> None:
    references = tuple(f"<{str(n) * 120}.{'x' * 60}@mail.northwind.example>" for n in range(9))
    letter = replace(LETTER, references=references, message_id=f"<{'m' * 140}@northwind.example>")
    mailbox = replace(MAILBOX, address=f"{'a' * 60}@{'b' * 60}.example")
    raw = built(letter, mailbox)
    assert b"=?" not in raw
    values = dict(read(raw)[0])
    assert tuple(values["References"].split()) == references
    assert values["Message-ID"] == letter.message_id
    assert f"<mailto:{mailbox.address}?subject=unsubscribe%20{letter.unsubscribe}>" in raw.decode()
    with pytest.raises(ComposeError, match="longer than a line"):
        compose(replace(letter, references=(f"<{'x' * 1000}@a.example>",)), mailbox, DATE)


def test_opt_out_survives_any_legal_address() -> None:
    mailbox = replace(MAILBOX, address="a+b&c=d?e%f/g@northwind.example")
    value = dict(read(built(LETTER, mailbox))[0])["List-Unsubscribe"]
    assert value.startswith("<mailto:a+b%26c%3Dd%3Fe%25f%2Fg@northwind.example?subject=unsubscribe%20")


def test_a_body_that_holds_its_boundary_gets_another() -> None:
    first = hashlib.sha256(LETTER.message_id.encode()).hexdigest()[:32]
    second = hashlib.sha256(first.encode()).hexdigest()[:32]
    quiet = built(replace(LETTER, html="<p>x</p>"))
    assert f'boundary="=_{first}"'.encode() in quiet
    text = f"--=_{first}\nContent-Type: text/html\n\n--=_{second}--\n"
    raw = built(replace(LETTER, text=text, html="<p>x</p>"))
    assert f'boundary="=_{first}"'.encode() not in raw
    assert parts(raw)[0][1] == wire(text)
