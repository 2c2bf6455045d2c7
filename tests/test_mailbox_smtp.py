"""Sending over real sockets: what may be repeated is told apart from what may be out."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.mailbox.sandbox import Sandbox
from outreach.mailbox.smtp import Session
from outreach.model import Accepted, Deferred, Rejected, Unknown, Unreachable
from tests.smtpd import BOB, HANG_UP, LETTER, SILENCE, Misbehaving, Scripted, mailbox, on, send


def session(port: int, **options: Any) -> Session:
    return Session(mailbox(f"smtp://127.0.0.1:{port}"), None, **options)


def test_a_letter_arrives_byte_for_byte_with_its_envelope() -> None:
    async def scene(server: Sandbox) -> None:
        ours = session(server.port)
        assert await ours.open() is None
        assert await send(ours) == Accepted(250, "2.0.0 taken as 0")
        await ours.close()
        (received,) = server.received
        assert received.data == LETTER
        assert received.mail_from == "ann@northwind.example"
        assert received.rcpt_to == (BOB,)

    on(Sandbox(), scene)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([b".", b"..", b"", b".\r\n", b"a", b"x" * 900, b".a", b"\n"]), min_size=1))
def test_dots_and_line_ends_survive_the_way(lines: list[bytes]) -> None:
    async def scene(server: Sandbox) -> None:
        ours = session(server.port)
        await ours.open()
        letter = b"\r\n".join(lines) + b"\r\n"
        assert isinstance(await send(ours, letter=letter), Accepted)
        sent = letter.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        assert [received.data for received in server.received] == [sent]
        await ours.close()

    on(Sandbox(), scene)


def test_a_bare_line_feed_cannot_end_the_letter_early() -> None:
    smuggled = b"Hello\n.\nMAIL FROM:<ann@northwind.example>\r\n"

    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        assert isinstance(await send(ours, letter=smuggled), Accepted)
        assert server.letters == [b"Hello\r\n..\r\nMAIL FROM:<ann@northwind.example>\r\n"]

    on(Scripted(), scene)


@pytest.mark.parametrize(
    ("recipient", "answer"),
    [
        ("nouser@acme.example", Rejected("rcpt", 550, "5.1.1", "5.1.1 no such person here")),
        ("full@acme.example", Deferred("rcpt", 452, "4.2.2", "4.2.2 mailbox is full")),
        ("quota@acme.example", Rejected("rcpt", 550, "5.4.5", "5.4.5 daily sending limit exceeded")),
        ("policy1@acme.example", Rejected("body", 550, "5.7.1", "5.7.1 refused by content policy")),
        ("greylist@acme.example", Deferred("rcpt", 451, "4.7.1", "4.7.1 greylisted, please try again later")),
    ],
)
def test_a_refusal_says_where_and_why_and_the_session_goes_on(recipient: str, answer: object) -> None:
    async def scene(server: Sandbox) -> None:
        ours = session(server.port)
        await ours.open()
        assert await send(ours, recipient) == answer
        assert ours.is_open
        assert isinstance(await send(ours, "fuller@acme.example"), Accepted)
        assert [received.rcpt_to for received in server.received] == [("fuller@acme.example",)]
        await ours.close()

    on(Sandbox(), scene)


def test_greylisting_ends_with_the_second_try() -> None:
    async def scene(server: Sandbox) -> None:
        ours = session(server.port)
        await ours.open()
        assert isinstance(await send(ours, "greylist@acme.example"), Deferred)
        assert isinstance(await send(ours, "greylist@acme.example"), Accepted)
        await ours.close()

    on(Sandbox(), scene)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(
    ("said", "kind", "code"), [(b"451 4.3.0 later\r\n", Deferred, 451), (b"554 no\r\n", Rejected, 554)]
)
def test_every_stage_before_the_body_can_refuse(stage: str, said: bytes, kind: type, code: int) -> None:
    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        answer = await ours.offer(BOB, len(LETTER))
        assert isinstance(answer, Deferred | Rejected)
        assert (type(answer), answer.stage, answer.code) == (kind, stage, code)
        assert server.verbs[-1] == "RSET"
        assert ours.is_open
        assert server.letters == []

    on(Scripted({stage.upper(): said}), scene)


def test_an_abandoned_offer_leaves_nothing() -> None:
    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        assert await ours.offer(BOB, len(LETTER)) is None
        await ours.abandon()
        assert not ours.is_open
        await server.gone.wait()
        assert server.letters == []
        assert server.verbs == ["EHLO", "MAIL", "RCPT", "DATA"]

    on(Scripted(), scene)


def test_closing_after_an_offer_sends_no_quit_into_the_letter() -> None:
    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        await ours.offer(BOB, len(LETTER))
        await ours.close()
        await server.gone.wait()
        assert server.letters == []

    on(Scripted(), scene)


def test_a_session_says_goodbye() -> None:
    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        await ours.close()
        await ours.close()
        assert server.verbs == ["EHLO", "QUIT"]
        assert not ours.is_open

    on(Scripted(), scene)


def test_a_drop_before_the_body_is_safe_and_one_after_it_is_not() -> None:
    async def scene(server: Misbehaving) -> None:
        answers = {}
        ours = session(server.port)
        for recipient in ("dropbefore@acme.example", "dropbody@acme.example", "dropafter@acme.example"):
            assert await ours.open() is None
            answers[recipient] = await send(ours, recipient)
            assert not ours.is_open
        before, body, after = answers.values()
        assert isinstance(before, Unreachable)
        assert not before.auth
        assert isinstance(body, Unknown)
        assert isinstance(after, Unknown)
        assert [received.rcpt_to for received in server.received] == [("dropafter@acme.example",)]

    on(Misbehaving(), scene)


def test_a_connection_lost_between_offer_and_body_sent_nothing() -> None:
    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        assert await ours.offer(BOB, len(LETTER)) is None
        await server.gone.wait()
        while ours.is_open:
            await asyncio.sleep(0)
        answer = await ours.body(LETTER)
        assert isinstance(answer, Deferred)
        assert answer.stage == "data"
        assert server.letters == []

    class HangsUpAfter354(Scripted):
        async def _letter(self, reader: asyncio.StreamReader) -> bytes | None:
            return HANG_UP

    on(HangsUpAfter354(), scene)


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({".": b"452 4.3.1 out of space\r\n"}, Deferred("body", 452, "4.3.1", "4.3.1 out of space")),
        ({".": b"421 4.3.2 going down\r\n"}, Deferred("body", 421, "4.3.2", "4.3.2 going down")),
        ({".": b"554 5.6.0 bad\r\n"}, Rejected("body", 554, "5.6.0", "5.6.0 bad")),
        ({".": b"354 more?\r\n"}, Unknown("body", "the server answered 354 more?")),
        ({".": HANG_UP}, Unknown("body", "no answer to the body: Unexpected EOF received")),
        ({".": b"what\r\n"}, Unknown("body", "no answer to the body: Malformed SMTP response line: what")),
    ],
)
def test_only_a_clear_answer_settles_a_body(answers: dict[str, bytes], outcome: object) -> None:
    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        answer = await send(ours)
        assert server.letters[0].endswith(b"Ann\r\n")
        assert answer == outcome
        assert ours.is_open is (isinstance(outcome, Deferred | Rejected) and outcome.code != 421)

    on(Scripted(answers), scene)


@pytest.mark.parametrize(
    ("silent", "kind"), [("hello", Unreachable), ("EHLO", Unreachable), ("RCPT", Unreachable), (".", Unknown)]
)
def test_a_silent_server_is_given_up(silent: str, kind: type) -> None:
    async def scene(server: Scripted) -> None:
        patience = dict.fromkeys(("connect", "rcpt", "body"), 0.05)
        ours = session(server.port, timeouts=patience)
        answer = await ours.open() or await send(ours)
        assert isinstance(answer, kind)
        assert not ours.is_open

    on(Scripted({silent: SILENCE}), scene)


def test_a_server_that_closes_the_session_can_be_opened_again() -> None:
    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        assert await ours.offer(BOB, 10) == Deferred("mail", 421, "", "too many letters")
        assert not ours.is_open
        server.answers = {**server.answers, "MAIL": b"250 ok\r\n"}
        assert await ours.open() is None
        assert isinstance(await send(ours), Accepted)

    on(Scripted({"MAIL": b"421 too many letters\r\n"}), scene)


def test_an_answer_nobody_asked_for_never_counts_for_the_next_command() -> None:
    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        assert isinstance(await ours.offer(BOB, 10), Unreachable)
        assert not ours.is_open
        server.answers = {**server.answers, "DATA": b"354 go on\r\n", ".": b"554 no\r\n250 ok\r\n"}
        await ours.open()
        assert isinstance(await send(ours), Rejected)
        assert not ours.is_open

    on(Scripted({"DATA": b"354 go on\r\n250 taken\r\n"}), scene)


def test_what_a_server_says_is_kept_short_and_harmless() -> None:
    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        answer = await ours.offer(BOB, 10)
        assert isinstance(answer, Rejected)
        assert answer.enhanced == "5.7.1"
        assert answer.text.startswith("5.7.1 [31mred 5.7.1 caf x x")
        assert answer.text.isprintable()
        assert len(answer.text) <= 500

    said = b"550-5.7.1 \x1b[31mred\r\n550 5.7.1 caf\xe9\x00\xe2\x80\xae" + b" x" * 900 + b"\r\n"
    on(Scripted({"RCPT": said}), scene)


def test_an_enhanced_code_that_contradicts_the_answer_is_not_believed() -> None:
    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        assert await ours.offer(BOB, 10) == Rejected("rcpt", 550, "", "4.2.2 full")

    on(Scripted({"RCPT": b"550 4.2.2 full\r\n"}), scene)


@pytest.mark.parametrize(
    "recipient",
    [
        "bob@acme.example>\r\nDATA",
        "bob@acme.example> NOTIFY=NEVER",
        "b ob@acme.example",
        "bøb@acme.example",
        "",
    ],
)
def test_an_address_that_would_break_the_command_is_never_said(recipient: str) -> None:
    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        answer = await ours.offer(recipient, 10)
        assert isinstance(answer, Rejected)
        assert (answer.stage, answer.enhanced) == ("rcpt", "5.1.3")
        assert server.verbs == ["EHLO"]

    on(Scripted(), scene)


@pytest.mark.parametrize(
    ("plus", "sender"),
    [(False, "ann@northwind.example"), (True, "ann+mwzuxf2q3l4kz7yohd5tcbgwn4@northwind.example")],
)
def test_a_report_on_a_letter_can_name_it(plus: bool, sender: str) -> None:
    name = "mwzuxf2q3l4kz7yohd5tcbgwn4@northwind.example"

    async def scene(server: Scripted) -> None:
        ours = Session(replace(mailbox(f"smtp://127.0.0.1:{server.port}"), plus=plus), None)
        await ours.open()
        assert await ours.offer(BOB, 1000, f"<{name}>") is None
        assert server.heard[1] == f"MAIL FROM:<{sender}> RET=HDRS ENVID={name}"
        await ours.close()

    on(Scripted({"EHLO": b"250-scripted.test\r\n250 DSN\r\n"}), scene)


def test_announced_extensions_are_used_and_others_are_not() -> None:
    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        answer = await ours.offer(BOB, 1001)
        assert isinstance(answer, Rejected)
        assert (answer.stage, answer.code) == ("mail", 552)
        assert server.verbs == ["EHLO"]
        assert await ours.offer("bob+shop@acme.example", 1000) is None
        assert server.heard[1:3] == [
            "MAIL FROM:<ann@northwind.example> SIZE=1000 RET=HDRS",
            "RCPT TO:<bob+shop@acme.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;bob+2Bshop@acme.example",
        ]
        server.answers = {**server.answers, "EHLO": b"250 scripted.test\r\n"}
        await ours.abandon()
        await ours.open()
        assert await ours.offer(BOB, 5000) is None
        assert server.heard[-3:] == ["MAIL FROM:<ann@northwind.example>", f"RCPT TO:<{BOB}>", "DATA"]

    on(Scripted({"EHLO": b"250-scripted.test\r\n250-SIZE 1000\r\n250 DSN\r\n"}), scene)


@pytest.mark.parametrize("stage", ["RCPT", "."])
def test_a_cancelled_call_drops_the_connection(stage: str) -> None:
    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        sending = asyncio.create_task(send(ours))
        while not (server.letters if stage == "." else "RCPT" in server.verbs):
            await asyncio.sleep(0)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert not ours.is_open
        await server.gone.wait()
        assert "QUIT" not in server.verbs

    on(Scripted({stage: SILENCE}), scene)


def test_a_cancelled_body_sends_nothing_more() -> None:
    class ReadsLate(Scripted):
        async def _letter(self, reader: asyncio.StreamReader) -> bytes | None:
            await gate.wait()
            return await super()._letter(reader)

    gate = asyncio.Event()

    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        large = b"Subject: large\r\n\r\n" + b"more than the system's buffers hold\r\n" * 500_000
        await ours.offer(BOB, len(large))
        sending = asyncio.create_task(ours.body(large))
        await asyncio.sleep(0)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        gate.set()
        await server.gone.wait()
        assert "." not in server.heard
        assert all(len(letter) < len(large) for letter in server.letters)

    on(ReadsLate(), scene)


def test_an_answer_that_takes_its_time_is_waited_for() -> None:
    async def scene(server: Misbehaving) -> None:
        ours = session(server.port)
        await ours.open()
        sending = asyncio.create_task(send(ours, "slow@acme.example"))
        await server.waiting.wait()
        assert not sending.done()
        server.gate.set()
        assert isinstance(await sending, Accepted)
        await ours.close()

    on(Misbehaving(), scene)


def test_a_letter_on_offer_is_finished_before_the_next() -> None:
    async def scene(server: Scripted) -> None:
        ours = session(server.port)
        await ours.open()
        with pytest.raises(RuntimeError, match="no letter"):
            await ours.body(LETTER)
        await ours.offer(BOB, 10)
        with pytest.raises(RuntimeError, match="already on offer"):
            await ours.offer(BOB, 10)

    on(Scripted(), scene)
