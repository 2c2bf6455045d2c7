"""A mail is taken apart as its writer meant it: parts, charsets, encodings, enclosed mails, headers."""

from base64 import b64encode

import pytest

from outreach.inbound import parse
from outreach.inbound.classify import classify
from outreach.inbound.headers import clean

HEAD = b"From: Anna <a@b.example>\nSubject: Re: Regale\nMIME-Version: 1.0\n"


def mail(headers: str, body: bytes) -> bytes:
    return HEAD + headers.encode() + b"\n\n" + body


CHARSETS = [
    ("utf-8", "Grüße, 你好, привет"),
    ("iso-8859-1", "Grüße, señor"),
    ("windows-1252", "“Grüße” €"),
    ("iso-8859-2", "Żółć"),
    ("iso-8859-15", "Œuvre €"),
    ("koi8-r", "Нам это не нужно"),
    ("windows-1251", "Нам это не нужно"),
    ("gb2312", "我们不需要"),
    ("gb18030", "我們不需要"),
    ("big5", "我們不需要"),
    ("iso-2022-jp", "必要ありません"),
    ("shift_jis", "必要ありません"),
    ("euc-kr", "필요 없습니다"),
    ("ks_c_5601-1987", "필요 없습니다"),
    ("windows-1254", "İhtiyacımız yok"),
    ("utf-16", "Not needed"),
]


@pytest.mark.parametrize(
    ("charset", "text", "encoding"),
    [
        (*named, encoding)
        for named in CHARSETS
        for encoding in ("8bit", "base64", "quoted-printable")
        if (named[0], encoding) != ("utf-16", "8bit")  # it has NUL bytes, which no mail can hold as they are
    ],
)
def test_text_is_read_in_its_charset(charset: str, text: str, encoding: str) -> None:
    data = text.encode(charset)
    if encoding == "base64":
        data = b64encode(data)
    elif encoding == "quoted-printable":
        data = b"".join(b"=%02X" % byte for byte in data)
    headers = f'Content-Type: text/plain; charset="{charset}"\nContent-Transfer-Encoding: {encoding}'
    assert parse(mail(headers, data)).plain.strip() == text


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("gb2312", "朱镕基".encode("gbk"), "朱镕基"),  # written so by programs, though GB 2312 lacks it
        ("euc-kr", "뷁".encode("cp949"), "뷁"),
        ("shift_jis", "①髙".encode("cp932"), "①髙"),
        ("iso-8859-1", b"\x93Gr\xfc\xdfe\x94 \x80", "“Grüße” €"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("us-ascii", "Grüße".encode("cp1252"), "Grüße"),
        ("x-unknown", "привет".encode(), "привет"),
        ("utf-8", "привет, друзья".encode()[:-1] + b"!", "привет, друзь\ufffd!"),  # one broken character
        ("utf-8", "Grüße".encode("cp1252"), "Grüße"),  # mislabelled
        ("hex", b"4e6f", "4e6f"),  # a codec of Python, no charset
        ("hex", "Grüße".encode("cp1252"), "Grüße"),
        ("idna", b"xn--bcher-kva", "xn--bcher-kva"),
    ],
)
def test_a_charset_that_is_not_quite_true_costs_no_text(charset: str, data: bytes, text: str) -> None:
    assert parse(mail(f"Content-Type: text/plain; charset={charset}", data)).plain.strip() == text


@pytest.mark.parametrize(
    "boundary",
    ["=_a", '"a b c"', '"a:b;c"', '"a\\"b"', "a'()+_,-./:=?", "abc   ", '"abc  "'],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_parts_are_found_between_their_boundaries(boundary: str, end: str) -> None:
    bare = boundary.strip('" ').replace('\\"', '"')
    lines = (
        *("From: a@b.example", f"Content-Type: multipart/mixed; boundary={boundary}", "", "for old programs"),
        *(
            f"--{bare}x",
            "no boundary",
            f"--{bare}",
            "",
            "Note: one",
            "",
            f"--{bare}  ",
            "Content-Type: TEXT/Plain",
            "",
        ),
        *("two", "", f"--{bare}", "Content-Type: text/html", "", "<p>three</p>", f"--{bare}--", "after"),
    )
    read = parse(end.join(lines).encode())
    assert [part.text for part in read.parts] == ["Note: one\n", "two\n", "<p>three</p>"]
    assert (read.plain, read.html) == ("Note: one\n\ntwo\n", "<p>three</p>")


def test_a_boundary_in_pieces_is_put_together() -> None:
    headers = "Content-Type: multipart/mixed;\n boundary*0=ab;\n boundary*1=cd"
    assert parse(mail(headers, b"--abcd\n\none\n--abcd--\n")).plain == "one"


@pytest.mark.parametrize("ending", [b"\n--x--\n", b"\n", b""])
def test_a_mail_that_was_cut_off_keeps_its_last_part(ending: bytes) -> None:
    raw = mail("Content-Type: multipart/mixed; boundary=x", b"--x\n\none\n--x\n\ntwo" + ending)
    assert [part.text.strip() for part in parse(raw).parts] == ["one", "two"]


def test_what_was_enclosed_is_not_the_mail_s_own_text() -> None:
    inner = b"Message-ID: <1@ours.example>\nSubject: =?utf-8?b?UmVnYWxl?=\nContent-Type: text/plain\n\nunsubscribe"
    for encoded, header in ((inner, ""), (b64encode(inner), "Content-Transfer-Encoding: base64\n")):
        body = b"--x\n\nNo, thanks.\n--x\nContent-Type: message/rfc822\n" + header.encode() + b"\n" + encoded
        read = parse(mail("Content-Type: multipart/mixed; boundary=x", body + b"\n--x--\n"))
        assert read.plain == "No, thanks."
        assert [part.returned for part in read.parts] == [False, True, True]
        assert read.parts[1].text == "Message-ID: <1@ours.example>\nSubject: Regale\nContent-Type: text/plain"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= =?utf-8?q?_aus?=", "Grüße aus"),
        ("Subject: =?gb2312?b?" + b64encode("朱镕基".encode("gbk")).decode() + "?=", "朱镕基"),
        ("Subject: one\n two\n\tthree", "one two three"),
        ("Subject : spaced", "spaced"),
        ("SUBJECT:none", "none"),
        ("Subject: =?utf-8?q?a=C2=A0b?=", "a b"),
        ("Subject: a\x00b\x1b[31m", "ab[31m"),
    ],
)
def test_a_header_is_read_as_it_was_meant(header: str, value: str) -> None:
    assert parse(f"{header}\nFrom: a@b.example\n\ntext\n".encode()).subject == value


def test_a_text_keeps_its_spaces_whatever_they_are() -> None:
    assert clean("a\xa0b\u3000c\u202fd\u200be\x07\ud800\n\tf") == "a b c de?\n\tf"


def test_a_reply_keeps_the_mail_that_it_answers() -> None:
    quoted = "> Dear Bo,\n> we make shelves.\n" + "> and boxes\n" * 5_000
    body = f"Not now.\n\nOn 3 Dec 2026, Ann <ann@ours.example> wrote:\n{quoted}"
    reading = classify(parse(mail("Content-Type: text/plain", body.encode())))
    assert reading.text == "Not now."
    assert reading.quoted.startswith("On 3 Dec 2026, Ann <ann@ours.example> wrote:\n\n> Dear Bo,\n> we make")
    assert len(reading.quoted) == 20_000
    stop = classify(
        parse(mail("Content-Type: text/plain", b"Please unsubscribe me.\n\n> Dear Bo,\n> shelves?\n"))
    )
    assert (stop.kind, stop.quoted) == ("opt_out", "> Dear Bo,\n> shelves?")
