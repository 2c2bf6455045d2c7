"""`message show`: all there is about one letter, and exactly the bytes that the server got."""

import asyncio
import json
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from outreach.engine.process import this_process
from outreach.engine.rounds import Engine
from outreach.mailbox.sandbox import Sandbox
from outreach.mailbox.smtp import Session
from outreach.model import Delivery, Rejected
from outreach.report import attempts
from tests.cli import MONDAY, Shell
from tests.posting import post, worker


def launched(shell: Shell, smtp: str = "smtp://127.0.0.1:1") -> None:
    shell.fill(smtp=smtp)
    shell.ok("prospects", "import", "prospects.csv")
    shell.ok("launch", "shops", "--yes")
    shell.now += timedelta(hours=1)


async def delivered(shell: Shell) -> bytes:
    """Send Bob's letter to a real server; what came in there."""
    async with Sandbox() as server:
        await asyncio.to_thread(launched, shell, server.url)
        with shell.app().store as store:
            engine = Engine(store, lambda box: Session(box, None), lambda: shell.now, this_process())
            await engine.round(limit=1)
            engine.leave()
        (letter,) = server.received
        return letter.data


def test_raw_is_what_the_server_got(shell: Shell) -> None:
    got = asyncio.run(delivered(shell))
    raw = shell.ok("message", "show", "1", "--raw").encode("ascii")
    assert raw == got
    assert message_from_bytes(raw, policy=default)["To"] == "Bob <bob@acme.example>"


def test_before_it_was_sent_there_are_no_bytes(shell: Shell) -> None:
    launched(shell)
    code, out, err = shell.run("message", "show", "1", "--raw")
    assert (code, out) == (1, "")
    assert "letter 1 has no bytes" in err
    assert "outreach preview shops --prospect bob@acme.example" in err


def test_the_screen(shell: Shell) -> None:
    asyncio.run(delivered(shell))
    told = shell.ok("message", "show", "1")
    assert "LETTER    1, intro of shops (revision 1)" in told
    assert "TO        Bob <bob@acme.example>" in told
    assert "STATUS    sent" in told
    assert "TIMES     sent Mon 23 Nov 09:00" in told
    assert "Subject: Shelving for Acme\n\nHello Bob,\n\nWe make shelving in Leeds." in told
    attempt = told.index("THE SERVER SAID")
    assert attempt < told.index("accepted") < told.index("250")
    follow = shell.ok("message", "show", "3")
    first = shell.json("message", "show", "1")
    assert f"THREAD    {first['message_id']}" in follow
    assert "opens Thu 26 Nov 09:00" in follow
    assert all(len(line) <= 80 for line in told.splitlines() + follow.splitlines())


def test_all_fields_as_json(shell: Shell) -> None:
    asyncio.run(delivered(shell))
    found = shell.json("message", "show", "1")
    assert set(found) == {
        *("message", "email", "campaign", "revision", "letter", "first", "mailbox", "message_id", "thread"),
        *("to_name", "subject", "text", "html", "status", "reason", "due_at", "opens_at", "closes_at"),
        *("marked_at", "sent_at", "tries", "deliveries"),
    }
    assert (found["message"], found["status"], found["thread"], found["html"]) == (1, "sent", [], None)
    assert found["sent_at"] == "2026-11-23T09:00:00+00:00"
    (delivery,) = found["deliveries"]
    assert (delivery["outcome"], delivery["code"]) == ("accepted", 250)
    by_id = shell.ok("message", "show", found["message_id"], "--format", "json")
    assert json.loads(by_id) == found


def test_after_an_erasure_the_letter_is_a_shell(shell: Shell) -> None:
    asyncio.run(delivered(shell))
    shell.ok("prospects", "erase", "bob@acme.example", "--yes")
    told = shell.ok("message", "show", "1")
    assert "(the text is gone)" in told
    assert "bob" not in told.lower()
    assert shell.run("message", "show", "1", "--raw")[0] == 1


@pytest.mark.parametrize("name", ["9", "<nobody@northwind.example>", "intro", "99999999999999999999"])
def test_no_such_letter(shell: Shell, name: str) -> None:
    launched(shell)
    code, _, err = shell.run("message", "show", name)
    assert code == 1
    assert f"there is no letter {name}" in err


def test_a_letter_that_a_server_refused_can_be_offered_again(shell: Shell) -> None:
    launched(shell)
    spam = Rejected("body", 554, "5.6.0", "the content is refused")
    with shell.app().store as store:
        assert post(store, shell.now, spam, by=worker(store, shell.now)) == 1
    told = shell.ok("message", "show", "1")
    assert "STATUS    held: content refused: 554 5.6.0 the content is refused" in told
    assert "outreach message retry 1" in told
    assert "WAITS     letter 1, intro to bob@acme.example" in shell.ok("message", "retry", "1")
    shell.now += timedelta(minutes=10)
    with shell.app().store as store:
        assert post(store, shell.now, by=worker(store, shell.now)) == 1
    assert "STATUS    sent" in shell.ok("message", "show", "1")
    code, _, err = shell.run("message", "retry", "1")
    assert (code, "letter 1 is sent: there is nothing to try again" in err) == (1, True)


def test_a_long_answer_of_a_server_is_shown_whole() -> None:
    answer = "550 5.7.1 " + "refused because of the policy of this house " * 4
    sent = Delivery(MONDAY, "ann@northwind.example", "refused", 550, answer.strip(), None)
    shown = attempts.delivered([sent], "Europe/London").splitlines()
    assert all(len(line) <= 80 for line in shown)
    assert " ".join(" ".join(line[shown[0].index("THE") :] for line in shown[1:]).split()) == answer.strip()
