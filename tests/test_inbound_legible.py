"""What a mail holds against terminals and readers is gone once it is parsed; what scripts need stays."""

from base64 import b64encode
from email.header import Header

import pytest

from outreach.inbound import parse
from outreach.inbound.classify import classify
from outreach.inbound.clues import fingerprint
from outreach.inbound.mail import Mail
from outreach.inbound.mime import legible
from outreach.inbound.visible import visible

OVERRIDES = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
EVIL = "".join(
    map(chr, [*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0), *OVERRIDES])
)
ESCAPES = "\x1b]0;gone\x07 \x1b[2J \x9b31m \x08\x08"


def seen(mail: Mail) -> str:
    """Everything of a mail that anybody shows."""
    parts = [text for part in mail.parts for text in (part.text, *part.headers.values())]
    pieces = visible(mail.plain, mail.html)
    shown = [pieces.text, pieces.said, pieces.quoted, pieces.signature, str(classify(mail))]
    return "\n".join([mail.plain, mail.html, mail.subject, mail.header("from"), *parts, *shown])


def evil_in(text: str) -> set[str]:
    return {
        char
        for char in text
        if char in EVIL or char in "\r\v\f\x85\u2028\u2029" or "\ud800" <= char <= "\udfff"
    }


@pytest.mark.parametrize("kind", ["plain", "html"])
@pytest.mark.parametrize("encoding", ["8bit", "base64"])
def test_nothing_a_mail_shows_can_steer_a_terminal(kind: str, encoding: str) -> None:
    text = (
        f"Yes{EVIL}, gladly.{ESCAPES}\n\nOn Mon, 23 Nov 2026 Me <me@ours.example> wrote:\n> Shelves{EVIL}?\n"
    )
    data = text.encode()
    body = b64encode(data) if encoding == "base64" else data
    subject = Header(f"Re: {EVIL}Shelves", "utf-8").encode(maxlinelen=10_000)
    head = f"From: Bo\x1b[2J <bo@example.com>\nSubject: {subject}\nContent-Type: text/{kind}; charset=utf-8\n"
    mail = parse(head.encode() + f"Content-Transfer-Encoding: {encoding}\n\n".encode() + body)
    assert not evil_in(seen(mail))
    assert "Yes, gladly." in visible(mail.plain, mail.html).text
    assert mail.subject.split() == ["Re:", "Shelves"]


def test_parts_and_their_names_are_clean_too() -> None:
    raw = (
        'From: bo@example.com\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nX-Of-Part: a\x1b[2Jb\n\n'
        f"Hello {ESCAPES}\n--b\nContent-Type: message/rfc822\n\nSubject: Shelves\x07\n\nIn it: {EVIL}\n--b--\n"
    )
    mail = parse(raw.encode())
    assert "a[2Jb" in seen(mail)
    assert not evil_in(seen(mail))


def test_characters_that_html_names_are_clean_in_what_is_shown() -> None:
    html = (
        "<p>Yes&#x202e;, gladly&#x2067;.&#27;[2J&#155;&#x2028;Bo</p><blockquote>Shelves&#x202e;?</blockquote>"
    )
    found = visible("", html)
    assert not evil_in("".join((found.text, found.said, found.quoted, found.signature)))
    assert found.text.startswith("Yes, gladly.")


@pytest.mark.parametrize("end", ["\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_end_of_a_line_is_the_same(end: str) -> None:
    assert legible(f"Yes.{end}é") == "Yes.\né"
    assert legible(f"a{end}b") == "a\nb"


@pytest.mark.parametrize("text", ["می‌خواهم", "क्‍ष", "👩‍💻 ok", "\u200fשלום\u200e", "a\tb", "naïve …", "𝒳"])
def test_what_scripts_need_stays(text: str) -> None:
    assert legible(text) == text
    mail = parse(f"From: bo@example.com\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode())
    assert (mail.plain, visible(mail.plain).text) == (text, text)


def test_half_a_character_is_left_out() -> None:
    assert legible("a\ud800b\udfffc é") == "abc é"


def test_two_copies_of_a_mail_are_still_one() -> None:
    text = f"Yes{EVIL}, gladly.\nBo é\n"
    head = "From: bo@example.com\nMessage-ID: <2@example.com>\nContent-Type: text/plain; charset=utf-8\n"
    one = parse((head + "\n" + text).encode())
    other = parse(("Received: by mx\n" + head + "\n" + text).replace("\n", "\r\n").encode())
    packed = parse(f"{head}Content-Transfer-Encoding: base64\n\n".encode() + b64encode(text.encode()))
    assert fingerprint(one) == fingerprint(other) == fingerprint(packed)
    assert fingerprint(one) != fingerprint(parse((head + "\n" + text + "No").encode()))


def test_hostile_text_is_cleaned_at_once() -> None:
    assert legible(f"é{EVIL}\u2028" * 5_000) == "é\n" * 5_000
