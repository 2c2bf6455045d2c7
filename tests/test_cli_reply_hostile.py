"""Answers to hostile mail: nothing that stands in it gets into a header, or draws an answer elsewhere."""

from datetime import UTC, date, datetime
from email.header import decode_header, make_header

import pytest

from outreach.compose import SUBJECT_LIMIT, reply
from outreach.model import Mailbox, Outgoing
from tests.answered import BOB, BOUNCE, came, letter, said
from tests.cli import Shell
from tests.launched import Served

NAMES = {
    '"Cole, Bob"': '"Cole, Bob" <bob@acme.example>',
    '"ceo@northwind.example"': "bob@acme.example",
    "=?utf-8?b?4oCuQm9i?=": "Bob <bob@acme.example>",
    "=?utf-8?q?Bob=0D=0ABcc:_tom=40cedar.example?=": "bob@acme.example",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3F=3D?=": "bob@acme.example",
    "B" * 300: "bob@acme.example",
}
SUBJECTS = {
    "Shelving": "Re: Shelving",
    "AW: Regale": "AW: Regale",
    "": "Re: (no subject)",
    "=?utf-8?q?Hi=0D=0ABcc:_tom=40cedar.example?=": "Re: HiBcc: tom@cedar.example",
    "=?utf-8?b?w7xiZXI=?=": "Re: über",
    "=?utf-8?q?=3D=3Fx?=": "Re: = ?x",
    "x" * 600: "Re: " + "x" * 196,
}


def test_a_hostile_name_or_subject_is_no_header(answered: Shell, post: Served) -> None:
    for each, (name, shown) in enumerate(NAMES.items()):
        number = came(answered, name=name, own=f"<name{each}@x>")
        answered.ok("inbox", "reply", str(number), "--text", said(answered, "Hi."), "--yes")
        assert letter(post)["To"].replace("\r\n", "") == shown
        assert post.server.received[-1].rcpt_to == (BOB,)
        assert letter(post)["Bcc"] is None
    for each, (subject, shown) in enumerate(SUBJECTS.items()):
        number = came(answered, subject=subject, own=f"<subject{each}@x>")
        answered.ok("inbox", "reply", str(number), "--text", said(answered, "Hi."), "--yes")
        assert str(make_header(decode_header(letter(post)["Subject"].replace("\r\n", "")))) == shown
        assert letter(post)["Bcc"] is None
    assert len(post.server.received) == 1 + len(NAMES) + len(SUBJECTS)


def test_message_ids_that_cannot_stand_in_a_header_are_left_out(answered: Shell, post: Served) -> None:
    long, many = f"<{'x' * 1200}@acme.example>", " ".join(f"<{number}@acme.example>" for number in range(100))
    for own, references, wanted in (
        (
            "<5@acme.example>",
            f"<1@acme.example> <ü@acme.example> <=?x@y> {long}",
            ["<1@acme.example>", "<5@acme.example>"],
        ),
        ("5", "<1@acme.example>", ["<1@acme.example>"]),
        (
            "<101@acme.example>",
            many,
            ["<0@acme.example>", *(f"<{n}@acme.example>" for n in (*range(82, 100), 101))],
        ),
    ):
        number = came(answered, own=own, references=references, text=f"This is {wanted[-1][1:4]}")
        answered.ok("inbox", "reply", str(number), "--text", said(answered, "Hi."), "--yes")
        assert letter(post)["References"].split() == wanted
        assert letter(post)["In-Reply-To"] == wanted[-1]


def test_a_mail_without_any_message_id_can_be_answered(answered: Shell, post: Served) -> None:
    answered.write("bare.eml", f"From: {BOB}\nTo: ann@northwind.example\nSubject: Re: Shelving\n\nCall me.\n")
    answered.ok("inbox", "import", "bare.eml")
    answered.ok("inbox", "reply", "2", "--text", said(answered, "Hi."), "--yes")
    assert (letter(post)["Subject"], letter(post)["In-Reply-To"]) == ("Re: Shelving", None)


REPLY_TO = (
    (BOB, "bobby@acme.example", "bobby@acme.example"),
    (BOB, "thief@elsewhere.example", BOB),
    ("bob.private@cedar.example", BOB, BOB),
    ("x@gmail.com", "y@gmail.com", "x@gmail.com"),
)


def test_reply_to_is_followed_only_where_it_is_the_same_people(answered: Shell, post: Served) -> None:
    ours = letter(post)["Message-ID"]
    for each, (sender, asked, to) in enumerate(REPLY_TO):
        number = came(answered, sender=f"{sender}>\nReply-To: <{asked}", references=ours, own=f"<to{each}@x>")
        _, _, err = answered.run("inbox", "reply", str(number), "--text", said(answered, "Hi."), "--yes")
        assert post.server.received[-1].rcpt_to == (to,)
        assert ("not followed" in err) == (to != asked)


@pytest.mark.parametrize(
    "sender", ['"bob cole"@acme.example', "жора@acme.example", "nobody", '"@"@acme.example']
)
def test_an_address_that_cannot_be_written_to_is_told(answered: Shell, post: Served, sender: str) -> None:
    answered.write("odd.eml", f"From: {sender}\nTo: ann@northwind.example\nIn-Reply-To: <0@x>\n"
                f"References: {letter(post)['Message-ID']}\nSubject: Re: Shelving\n\nYes.\n")  # fmt: skip
    answered.ok("inbox", "import", "odd.eml")
    code, _, err = answered.run("inbox", "reply", "2", "--text", said(answered, "Hi."), "--yes")
    assert (code, "no address that can be answered" in err) == (1, True)
    assert len(post.server.received) == 1


def test_nobody_answers_a_machine(answered: Shell, post: Served) -> None:
    answered.write("bounce.eml", BOUNCE.replace("tom@cedar.example", BOB))
    answered.ok("inbox", "import", "bounce.eml")
    code, _, err = answered.run("inbox", "reply", "2", "--text", said(answered, "Hi."), "--yes")
    assert (code, "not written by a person" in err, "outreach inbox mark 2" in err) == (1, True, True)
    assert len(post.server.received) == 1


def test_nothing_in_a_mail_breaks_the_draft() -> None:
    box, day = Mailbox("ann@northwind.example", "Ann Lee"), date(2026, 11, 23)
    for odd in ("\ud800", "\r", "\x00", "\u2028", "\u202e", "=?utf-8?q?x?=", "> ", "<", '"', "ж"):
        flood = (odd * 200_000)[:200_000]
        subject, name = reply.subject(flood), reply.name(flood)
        assert len(subject) <= SUBJECT_LIMIT
        assert "\n" not in subject + name
        assert len(reply.thread(flood, [flood] * 50)) <= 1
        quoted = reply.quote(flood.replace("\ud800", ""), name or BOB, day)
        assert quoted.count("\n") <= reply.MOST_QUOTED + 1
        raw = Outgoing("<1@northwind.example>", BOB, name, subject, quoted.replace("\x00", ""), None)
        draft = reply.draft(raw, box, "Hello.")
        written = reply.written(draft, raw, box)
        assert written is not None
        assert reply.compose(written, box, datetime(2026, 11, 23, tzinfo=UTC)).endswith(b"\r\n")
