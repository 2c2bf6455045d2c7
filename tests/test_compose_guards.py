"""What may not leave: values that would break a header, false replies, bytes that are not the letter."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from outreach.compose import (
    check,
    compose,
    display_name,
    false_reply,
    header_value,
    message_id,
)
from outreach.compose.headers import encoded_words, fold
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

ATTACKS = [
    "Hello\r\nBcc: eve@evil.example",
    "Hello\nBcc: eve@evil.example",
    "Hello\rBcc: eve@evil.example",
    "=?utf-8?q?A=0D=0ABcc:eve=40evil.example?=",
    "Hello\0",
    "Hello\tthere",
    "Hello\x85Bcc: x",
    "Hello\u2028Bcc: x",
    "abc\u202egnp.exe",
    "a\u2066b\u2069",
    "half \ud83d",
]


@pytest.mark.parametrize("value", ATTACKS)
def test_values_that_would_break_a_header_are_refused(value: str) -> None:
    for letter, mailbox in (
        (replace(LETTER, subject=value), MAILBOX),
        (replace(LETTER, to_name=value), MAILBOX),
        (replace(LETTER, to_email=f"{value}@acme.example"), MAILBOX),
        (replace(LETTER, message_id=f"<{value}@a.example>"), MAILBOX),
        (replace(LETTER, references=(f"<{value} x@a.example>",)), MAILBOX),
        (replace(LETTER, unsubscribe=value), MAILBOX),
        (LETTER, replace(MAILBOX, name=value)),
        (LETTER, replace(MAILBOX, address=f"{value}@northwind.example")),
    ):
        with pytest.raises(ComposeError):
            compose(letter, mailbox, DATE)


def test_header_value_normalises_and_counts() -> None:
    assert header_value("  Cafe\u0301   bar ", limit=8, what="x") == "Café bar"
    assert header_value("x" * 200, limit=200, what="x") == "x" * 200
    with pytest.raises(ComposeError, match=r"the subject has 201 characters, 200 are allowed"):
        compose(replace(LETTER, subject="x" * 201), MAILBOX, DATE)
    with pytest.raises(ComposeError, match=r"U\+202E"):
        header_value("a\u202eb", limit=9, what="x")


@pytest.mark.parametrize("name", ["boss@bank.example", "Ann <ann@x.example>", "a > b", "x" * 81])
def test_a_name_that_could_pass_for_an_address_is_refused(name: str) -> None:
    with pytest.raises(ComposeError):
        display_name(name, what="the name")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("bøb@acme.example", "SMTPUTF8"),
        ("bob@münchen.example", "cannot stand"),
        ("bob", "cannot stand"),
        ("", "cannot stand"),
        ("bob@acme.example, eve@evil.example", "cannot stand"),
        ("bob@acme.example>", "cannot stand"),
        ("a b@acme.example", "cannot stand"),
        ("=?utf-8?q?bob?=@acme.example", "cannot stand"),
        ("x" * 250 + "@acme.example", "cannot stand"),
    ],
)
def test_addresses_that_cannot_be_written_are_refused(address: str, why: str) -> None:
    with pytest.raises(ComposeError, match=why):
        compose(replace(LETTER, to_email=address), MAILBOX, DATE)


@pytest.mark.parametrize("token", ["", "a b", "a>b", "ключ"])
def test_no_letter_leaves_without_a_way_to_opt_out(token: str) -> None:
    with pytest.raises(ComposeError, match="opt-out"):
        compose(replace(LETTER, unsubscribe=token), MAILBOX, DATE)


def test_folding_keeps_tokens_and_limits() -> None:
    folded = fold("References", [f"<{n:020}@a.example>" for n in range(20)])
    lines = folded.removesuffix("\r\n").split("\r\n")
    assert all(len(line) <= 76 for line in lines)
    assert all(line.startswith(" <") for line in lines[1:])
    assert re.findall(r"<(\d+)@", folded) == [f"{n:020}" for n in range(20)]
    assert fold("X", ["y" * 200, "z"]) == f"X: {'y' * 200}\r\n z\r\n"


@pytest.mark.parametrize("char", ["x", "é", "ж", "字", "😀"])
def test_encoded_words_hold_whole_characters(char: str) -> None:
    found = encoded_words(char * 200, 60)
    assert len(found[0]) <= 60
    assert all(len(word) <= 75 for word in found)
    assert "".join(base64.b64decode(word[10:-2]).decode() for word in found) == char * 200


@pytest.mark.parametrize(
    "subject",
    [
        *("Re: Shelving", "RE:Shelving", "re : x", "Fwd: x", "FW: x", "Re[2]: x", "Re(3): x", "AW: x"),
        *("Отв: x", "回复: x", "回复：x", "返信: x", "답장: x", " Re: x", "R\u200be: x", "\u2060Re: x"),
        *("Ｒｅ： x", "R\u034fe: x", "YNT: x"),
    ],
)
def test_a_first_letter_that_pretends_to_be_a_reply_is_refused(subject: str) -> None:
    assert false_reply(subject)
    with pytest.raises(ComposeError):
        compose(replace(LETTER, subject=subject), MAILBOX, DATE)


@pytest.mark.parametrize("subject", ["Retail shelving", "Re shelving", "Recent: news", "Shelves re: price"])
def test_an_honest_subject_is_no_reply(subject: str) -> None:
    assert not false_reply(subject)


def test_message_id_is_stable_distinct_and_tells_nothing() -> None:
    arguments = ("retail", "bob@acme.example", "intro", "northwind.example")
    first = message_id(KEY, *arguments)
    assert first == message_id(KEY, *arguments)
    assert re.fullmatch(r"<[a-z2-7]{26}@northwind\.example>", first)
    assert len(message_id(KEY, *arguments[:3], "d" * 47)) == 76
    others = [
        message_id(b"other key", *arguments),
        message_id(KEY, "retail2", *arguments[1:]),
        message_id(KEY, "retail", "ann@acme.example", *arguments[2:]),
        message_id(KEY, *arguments[:2], "followup", "northwind.example"),
        message_id(KEY, "retailbob", "@acme.example", *arguments[2:]),
    ]
    assert len({first, *others}) == 6


RAW = compose(LETTER, MAILBOX, DATE)
BOTH = replace(LETTER, html="<p>Hello</p>", references=PARENTS)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"Subject:", b"Bcc: eve@evil.example\r\nSubject:", "other headers"),
        (b"MIME-Version: 1.0\r\n", b"", "other headers"),
        (b"Date:", b"From: eve@evil.example\r\nDate:", "other headers"),
        (b"<bob@acme.example>", b"<bob@acme.example>, eve@evil.example", "wrong recipient"),
        (b"<bob@acme.example>", b"<eve@acme.example>", "wrong recipient"),
        (b"Bob Ray", b"Bob", "wrong recipient"),
        (b"Ann Lee", b"Eve Lee", "wrong sender"),
        (b"in Leeds", b"in York", "wrong subject"),
        (b"in Leeds", b"=?x-none?b?AAAA?=", "cannot be read back"),
        (b"Mon, 23 Nov 2026", b"someday", "cannot be read back"),
        (b"Message-ID: <", b"Message-ID: <x", "wrong Message-ID"),
        (b"unsubscribe%20", b"unsubscribe%20x", "wrong opt-out"),
        (b"<mailto:", b"=?utf-8?q?=3Cmailto?=:", "wrong opt-out"),
        (b"shelves", b"chairs", "wrong text/plain part"),
        (b"text/plain", b"text/html", "wrong parts"),
        (b"shelves.", b"shelves.\nBcc", "not CRLF"),
        (b"shelves.", b"shelves.\rBcc", "not CRLF"),
        (b"shelves.", b"shelves\x00", "not plain ASCII"),
        (b"shelves.", "жук".encode(), "not plain ASCII"),
        (b"shelves.", b"x" * 999, "more than 998"),
    ],
)
def test_check_finds_bytes_that_are_not_the_letter(old: bytes, new: bytes, why: str) -> None:
    check(RAW, LETTER, MAILBOX)
    assert RAW.count(old) == 1
    with pytest.raises(ComposeError, match=why):
        check(RAW.replace(old, new), LETTER, MAILBOX)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"In-Reply-To: <second", b"In-Reply-To: <third", "wrong In-Reply-To"),
        (b"References: <first", b"References: <third", "wrong References"),
        (b"<p>Hello</p>", b"<p>Bye</p>", "wrong text/html part"),
        (b"text/html", b"text/plain", "wrong parts"),
        (b"--\r\n", b"\r\n\r\nthird part\r\n", "cannot be read back|wrong"),
    ],
)
def test_check_reads_threads_and_both_parts(old: bytes, new: bytes, why: str) -> None:
    raw = compose(BOTH, MAILBOX, DATE)
    check(raw, BOTH, MAILBOX)
    assert raw.count(old) == 1
    with pytest.raises(ComposeError, match=why):
        check(raw.replace(old, new), BOTH, MAILBOX)
