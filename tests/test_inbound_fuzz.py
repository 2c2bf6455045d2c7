"""Mails that are broken or made to break a reader: each is still read as something, with the trouble named."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from outreach.inbound import Kind, parse
from outreach.inbound.classify import classify
from outreach.inbound.mail import MOST_TEXT

HEAD = b"From: Anna Example <a@b.example>\nTo: me@ours.example\nDate: Wed, 25 Nov 2026 10:00:00 +0000\n"
ANSWER = (
    HEAD
    + b"Subject: =?utf-8?q?Re=3A_Regale?=\nIn-Reply-To: <1@ours.example>\n"
    + b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    + b"Gern, am Mittwoch um 3.\n\nGr=C3=BC=C3=9Fe\nAnna\n\n"
    + b"On Tue, 24 Nov 2026 Me <me@ours.example> wrote:\n> Shelves?\n"
)
ABSENT = (
    HEAD
    + b"Subject: Automatic reply: Shelves\nAuto-Submitted: auto-replied\n"
    + b'Content-Type: multipart/alternative; boundary="x"\n\n--x\nContent-Type: text/plain\n\n'
    + b"I am out of the office until 3 December.\n--x\nContent-Type: text/html; charset=koi8-r\n\n"
    + b"<html><body><p>I am out of the office until 3&nbsp;December.</p></body></html>\n--x--\n"
)
BOUNCE = (
    b"From: MAILER-DAEMON@mx.example\nReturn-Path: <>\nSubject: Undelivered Mail Returned to Sender\n"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\n\n'
    b"--r\n\n<bo@hall.example>: host mx.hall.example said: 550 5.1.1 User unknown (in reply to RCPT TO command)\n"
    b"--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
    b"Final-Recipient: rfc822; bo@hall.example\nAction: failed\nStatus: 5.1.1\n"
    b"Diagnostic-Code: smtp; 550 5.1.1 User unknown\n\n"
    b"--r\nContent-Type: message/rfc822\n\nMessage-ID: <1@ours.example>\nSubject: Shelves\n\nShelves?\n--r--\n"
)
COMPLAINT = (
    b"From: fbl@mx.example\nSubject: complaint\n"
    b'Content-Type: multipart/report; report-type=feedback-report; boundary="r"\n\n'
    b"--r\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: bo@hall.example\n\n"
    b"--r\nContent-Type: message/rfc822\n\nMessage-ID: <1@ours.example>\n\nShelves?\n--r--\n"
)
STOP = HEAD + b"Subject: Re: Shelves\nContent-Type: text/html\n\n<div>Please <b>unsubscribe</b> me.</div>\n"
KINDS = {
    ANSWER: Kind.REPLY,
    ABSENT: Kind.AUTO_REPLY,
    BOUNCE: Kind.HARD_BOUNCE,
    COMPLAINT: Kind.COMPLAINT,
    STOP: Kind.OPT_OUT,
}
CHARSETS = (b"utf-16", b"utf-7", b"idna", b"punycode", b"hex", b"none", b"\xff", b"x" * 300, b"")
PIECES = (
    *(
        b"\0",
        b"\0\0\0",
        b"\n\n",
        b"\r",
        b"=?utf-8?b?//8=?=",
        b"boundary=",
        b"--x\n",
        b"--r--\n",
        b"(" * 90,
        b"\xd8\x00",
    ),
    *(
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Type: message/rfc822\n\n",
        b"<!--",
        b"&#xd800;",
        b"\xe2\x80",
    ),
)


@some.composite
def broken(draw: some.DrawFn) -> bytes:
    """One of the mails with up to six bytes, pieces, halves or charsets exchanged."""
    raw = draw(some.sampled_from(sorted(KINDS)))
    for _ in range(draw(some.integers(1, 6))):
        at = draw(some.integers(0, len(raw)))
        how = draw(some.sampled_from(("flip", "cut", "splice", "drop", "other", "charset")))
        if how == "flip":
            raw = raw[:at] + bytes((draw(some.integers(0, 255)),)) + raw[at + 1 :]
        elif how == "cut":
            raw = raw[:at]
        elif how == "splice":
            raw = raw[:at] + draw(some.sampled_from(PIECES)) + raw[at:]
        elif how == "drop":
            raw = raw[:at] + raw[at + draw(some.integers(1, 80)) :]
        elif how == "other":
            other = draw(some.sampled_from(sorted(KINDS)))
            raw = raw[:at] + other[draw(some.integers(0, len(other))) :]
        else:
            named = b"text/plain; charset=" + draw(some.sampled_from(CHARSETS))
            raw = raw.replace(b"text/plain", named).replace(b"koi8-r", named[20:])
    return raw


@pytest.mark.parametrize("raw", sorted(KINDS))
def test_the_mails_are_what_they_are_before_they_are_broken(raw: bytes) -> None:
    assert classify(parse(raw)).kind is KINDS[raw]


@settings(max_examples=150, deadline=None)
@given(broken())
def test_a_broken_mail_is_read_as_something_and_always_as_the_same(raw: bytes) -> None:
    reading = classify(parse(raw))
    assert reading.kind in Kind
    assert reading.why
    assert "\0" not in reading.text
    for each in KINDS:
        assert classify(parse(each)).kind is KINDS[each]  # nothing of the broken mail is kept
    assert classify(parse(raw)) == reading


@settings(max_examples=100, deadline=None)
@given(some.binary(max_size=2_000))
def test_any_bytes_are_read_as_something(raw: bytes) -> None:
    assert classify(parse(raw)).why


def nested(levels: int) -> bytes:
    """Parts within parts."""
    return b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level)
        for level in range(levels)
    )


FLAT = HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n'
PART = b"--b\nContent-Type: text/plain\n\nhello\n"
END = b"\n\nhello\n"
# What it begins with, what is repeated, how often, what it ends with, and the trouble.
HOSTILE = {
    "50,000 parts": (FLAT, PART, 50_000, b"", "too many parts"),
    "150 parts": (FLAT, PART, 150, b"", "too many parts"),
    "1,000 levels": (HEAD + nested(1_000), b"", 0, END, "parts within parts"),
    "11 levels": (HEAD + nested(11), b"", 0, END, "parts within parts"),
    "a line of 50 MB": (HEAD + b"\n", b"a", 50 << 20, b"", "only the first"),
    "a header of 50 MB": (HEAD + b"Subject: ", b"a", 50 << 20, END, "too long"),
    "100,000 headers": (HEAD, b"X-A: b\n", 100_000, END, "too long"),
    "a header folded 100,000 times": (HEAD + b"References: <1@b>", b"\n <1@b>", 100_000, END, "too long"),
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_a_mail_made_to_exhaust_us_is_read_in_part_and_says_so(shape: str) -> None:
    start, repeated, times, end, trouble = HOSTILE[shape]
    mail = parse(start + repeated * times + end)
    reading = classify(mail)
    assert trouble in reading.trouble
    assert reading.kind is Kind.REPLY
    assert mail.sender == "a@b.example"
    assert sum(len(part.text) for part in mail.parts) <= 4 * MOST_TEXT


SLOW = {
    "boundaries that are not quite": FLAT + b"--bx\n" * 200_000,
    "the same boundary within itself": FLAT
    + (b'--b\nContent-Type: multipart/mixed; boundary="b"\n\n') * 20_000,
    "mails within mails": HEAD + b"Content-Type: message/rfc822\n\n" * 30_000,
    "a part with a megabyte of headers": FLAT + b"--b\n" + b"X-A: b\n" * 140_000 + END,
    "20,000 blocks of a report": HEAD
    + b"Content-Type: message/delivery-status\n\n"
    + b"Action: failed\n\n" * 20_000,
    "base64 with marks between": HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"A!" * 500_000,
    "punycode": HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"a9" * 500_000,
    "a parameter begun 6,000 times": HEAD + b"Content-Type: multipart/mixed" + b"; boundary" * 6_000 + END,
    "addresses and colons": HEAD + b"\n" + (b"a@b: " * 110 + b"\n") * 2_500,
    "attributions": HEAD + b"\nHi\n" + b"On 3 Dec 2026 10:00 A <a@b.example> wrote:\n> x\n" * 20_000,
}


@pytest.mark.parametrize("shape", SLOW)
def test_a_mail_made_to_take_time_is_read_at_once(shape: str) -> None:
    began = time.process_time()
    classify(parse(SLOW[shape]))
    assert time.process_time() - began < 1.5


@pytest.mark.parametrize(
    "header",
    [
        b"From: " + b"(" * 900 + b")" * 900 + b" <a@b.example>\n",
        b"From: " + b"(" * 900 + b" <a@b.example>\n",
        b"From: " + b'"\\' * 900 + b'" <a@b.example>\n',
        b"From: " + b"=?utf-8?q?=28?= " * 600 + b"<a@b.example>\n",
        b"From: <a@b.example>\nDate: "
        + b"(" * 900
        + b"\nContent-Type: "
        + b"(" * 900
        + b"; charset*0*="
        + b"(" * 900
        + b"\n",
    ],
)
def test_comments_within_comments_do_no_harm(header: bytes) -> None:
    mail = parse(header + b"Subject: Shelves\n\nWe take 40 shelves.\n")
    reading = classify(mail)
    assert (reading.kind, reading.said, mail.sender) == (Kind.REPLY, "We take 40 shelves.", "a@b.example")
