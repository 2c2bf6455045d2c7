"""Answers by hand: written in an editor or a file, shown, asked for, sent once, and never lost."""

import asyncio
import os
import shlex
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes
from io import BytesIO, TextIOWrapper

import pytest

from outreach.mailbox.imap import Inbox
from outreach.model import Mailbox
from tests.answered import BOB, answer, came, drafts, letter, listed, said, text
from tests.cli import MONDAY, Keyboard, Shell
from tests.imapd import PASSWORD, Imapd, running
from tests.launched import Served, files, launch
from tests.smtpd import Misbehaving

Editor = Callable[[str], None]


@pytest.fixture
def editor(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """Make EDITOR a program that does this Python to `text`, what stands in the file."""

    def be(act: str) -> None:
        program = shell.folder / "editor.py"
        lines = ("import os, signal, sys", "path = sys.argv[1]", "text = open(path, encoding='utf-8').read()")
        program.write_text("\n".join((*lines, act, "open(path, 'w', encoding='utf-8').write(text)")), "utf-8")
        monkeypatch.setenv("EDITOR", shlex.join([sys.executable, str(program)]))

    monkeypatch.delenv("VISUAL", raising=False)
    return be


def test_an_answer_written_in_the_editor_leaves_in_the_thread(
    answered: Shell, post: Served, editor: Editor
) -> None:
    number = came(answered, own="<5@acme.example>", references="<1@acme.example> <4@acme.example>")
    editor("text = text.replace('\\n\\n\\n\\n', '\\n\\nDear Bob,\\n\\nhere it is – 5 € each.\\n\\n', 1)")
    out = answered.ok("inbox", "reply", str(number), "--yes")
    assert f"{number} is done" in out
    sent = letter(post)
    assert (sent["To"], sent["From"]) == (f"Bob Cole <{BOB}>", "Ann Lee <ann@northwind.example>")
    assert sent["Subject"] == "Re: Shelving"
    assert sent["In-Reply-To"] == "<5@acme.example>"
    assert sent["References"].split() == ["<1@acme.example>", "<4@acme.example>", "<5@acme.example>"]
    assert sent["List-Unsubscribe"] is None
    assert text(sent).split("\n") == [
        *("Dear Bob,", "", "here it is – 5 € each.", "", "Ann Lee", "Northwind Shelving Ltd", ""),
        *("On Mon 23 Nov 2026, Bob Cole wrote:", "> Yes.", ""),
    ]
    assert listed(answered, "waiting") == [1]
    assert "answered by hand" in answered.ok("why", BOB)
    assert drafts(answered) == []


def test_two_answers_never_have_the_same_message_id(answered: Shell, post: Served) -> None:
    reply = ("inbox", "reply", "1", "--text", said(answered, "Thank you."), "--yes")
    assert "NEXT      outreach status" in answered.ok(*reply)  # nothing else waits
    assert "NEXT      outreach status" in answered.ok("inbox", "done", "1")
    answered.ok(*reply, "--again")
    assert len({message_from_bytes(each.data)["Message-ID"] for each in post.server.received}) == 3


@pytest.mark.parametrize("known", [True, False])
def test_nobody_is_answered_twice_unasked(answered: Shell, post: Served, known: bool) -> None:
    """A mail that was nobody's when it was answered was answered all the same."""
    number = 1 if known else came(answered, sender="zoe@acme.example", references="<9@x>", own="<9@y>")
    before = len(post.server.received)
    reply = ("inbox", "reply", str(number), "--text", said(answered, "Thank you."))
    answered.ok(*reply, "--yes")
    code, _, err = answered.run(*reply, "--yes")
    assert (code, f"mail {number} was answered by hand already" in err, "--again" in err) == (1, True, True)
    code, _, err = answered.run(*reply)
    assert (code, "all the same?" in err) == (1, True)
    assert len(post.server.received) == before + 1


def test_no_limit_counts_an_answer(answered: Shell, post: Served) -> None:
    before = answered.json("status")["mailboxes"]
    answered.ok("inbox", "reply", "1", "--text", said(answered, "Thank you."), "--yes")
    assert len(post.server.received) == 2
    assert answered.json("status")["mailboxes"] == before


def test_what_will_leave_is_shown_and_asked(
    answered: Shell, post: Served, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor("text = text.replace('\\n\\n\\n\\n', '\\n\\nHere it is.\\n\\n', 1)")
    monkeypatch.setattr("sys.stdin", Keyboard("n\n"))
    code, _, err = answered.run("inbox", "reply", "1")
    assert code == 1
    assert f"Send this to {BOB} from ann@northwind.example? [y/N]" in err
    assert "Here it is." in err
    assert "> Thank you, please send me the price list." in err
    (kept,) = drafts(answered)
    assert str(kept) in err
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(post.server.received) == 1
    editor("text = text.replace('Here it is.', 'Here it is, at last.')")
    monkeypatch.setattr("sys.stdin", Keyboard("y\n"))
    answered.ok("inbox", "reply", "1")
    assert text(letter(post)).startswith("Here it is, at last.\n\nAnn Lee\n")


@pytest.mark.parametrize(
    "act",
    [
        "pass",
        "text = ''",
        "text = text.replace('\\n\\n\\n', '\\n \\n\\n\\n')",
        "text = text.split('On Mon')[0]",
    ],
)
def test_nothing_written_is_nothing_sent(answered: Shell, post: Served, editor: Editor, act: str) -> None:
    editor(act)
    code, _, err = answered.run("inbox", "reply", "1", "--yes")
    assert (code, "nothing was written, so nothing was sent" in err) == (1, True)
    assert len(post.server.received) == 1
    assert drafts(answered) == []


def test_an_editor_that_dies_or_is_interrupted_sends_nothing_and_loses_nothing(
    answered: Shell, post: Served, editor: Editor
) -> None:
    written = "open(path, 'a').write('typed so far')"
    for end, code in (("sys.exit(3)", 1), ("os.kill(os.getppid(), signal.SIGINT); sys.exit(1)", 130)):
        editor(f"{written}; {end}")
        found, _, err = answered.run("inbox", "reply", "1", "--yes")
        assert (found, "the text is kept in" in err) == (code, True)
    assert "typed so far" in drafts(answered)[0].read_text()
    assert len(post.server.received) == 1
    assert listed(answered, "waiting") == [1]


def test_without_an_editor_and_a_terminal_the_other_way_is_told(
    answered: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO()))
    code, _, err = answered.run("inbox", "reply", "1")
    assert (code, "--text FILE" in err) == (1, True)
    monkeypatch.setenv("EDITOR", "no-such-editor-here")
    code, _, err = answered.run("inbox", "reply", "1")
    assert (code, "no-such-editor-here" in err, drafts(answered)) == (1, True, [])


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("text = text.partition('\\n')[2]", "does not begin with its three lines"),
        ("text = text.replace('bob@acme', 'tom@acme', 1)", "the draft is to Bob Cole <tom@acme.example>"),
        ("text = text.replace('Subject: Re: Shelving', 'Subject:') + 'x'", "no subject"),
        ("text = text + 'nul\\0'", "U+0000"),
    ],
)
def test_a_draft_that_cannot_be_sent_says_why_and_is_kept(
    answered: Shell, post: Served, editor: Editor, act: str, told: str
) -> None:
    editor(act)
    code, _, err = answered.run("inbox", "reply", "1", "--yes")
    assert (code, told in err) == (1, True)
    assert len(drafts(answered)) == 1
    assert len(post.server.received) == 1


def test_a_text_that_is_no_utf8_or_not_there_is_refused(
    answered: Shell, post: Served, editor: Editor
) -> None:
    (answered.folder / "latin.txt").write_bytes("Grüße".encode("latin-1"))
    assert (
        "latin.txt is not UTF-8 (byte 3)"
        in answered.run("inbox", "reply", "1", "--text", "latin.txt", "--yes")[2]
    )
    assert "missing.txt" in answered.run("inbox", "reply", "1", "--text", "missing.txt", "--yes")[2]
    assert (
        "there is no text" in answered.run("inbox", "reply", "1", "--text", said(answered, " \n"), "--yes")[2]
    )
    editor("open(path, 'ab').write(b'Gr\\xfc\\xdfe'); sys.exit()")
    code, _, err = answered.run("inbox", "reply", "1", "--yes")
    assert (code, "is not UTF-8" in err, len(drafts(answered))) == (1, True, 1)
    assert len(post.server.received) == 1


def test_a_text_comes_from_the_standard_input(
    answered: Shell, post: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO("\ufeffDear Bob,\r\nyes.\r\n".encode())))
    value = answered.json("inbox", "reply", "1", "--text", "-", "--yes")
    assert (value["to"], value["mail"]) == (BOB, 1)
    assert value["message_id"] == letter(post)["Message-ID"]
    assert text(letter(post)).startswith("Dear Bob,\nyes.\n\nAnn Lee\n")


def test_a_letter_of_five_thousand_lines_arrives_whole(answered: Shell, post: Served) -> None:
    lines = [f"{number}. Палка {'x' * (number % 1200)}" for number in range(5_000)]
    code, _, err = answered.run("inbox", "reply", "1", "--text", said(answered, "\n".join(lines)))
    assert (code, "lines more, all in" in err, len(err) < 20_000) == (1, True, True)
    answered.ok("inbox", "reply", "1", "--text", said(answered, "\n".join(lines)), "--yes")
    assert text(letter(post)).split("\n")[:5_000] == lines


def test_another_text_never_replaces_one_that_waits(answered: Shell, post: Served) -> None:
    answered.run("inbox", "reply", "1", "--text", said(answered, "The first one."))
    code, _, err = answered.run("inbox", "reply", "1", "--text", said(answered, "Another one."), "--yes")
    assert (code, "another text for this answer waits" in err) == (1, True)
    assert "The first one." in drafts(answered)[0].read_text()
    assert len(post.server.received) == 1


def test_who_is_suppressed_is_written_to_only_all_the_same(answered: Shell) -> None:
    answered.ok("inbox", "optout", "1", "--yes")
    code, _, err = answered.run("inbox", "reply", "1", "--text", said(answered, "Hi."))
    assert (code, f"{BOB} is suppressed" in err, "all the same?" in err) == (1, True, True)


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("nouser", "550 5.1.1 no such person here"),
        ("full", "452 4.2.2 mailbox is full"),
        ("policy", "550 5.7.1 refused by content policy"),
        ("dropbefore", "it was not sent"),
    ],
)
def test_an_answer_that_is_refused_changes_nothing_and_is_kept(
    answered: Shell, post: Served, who: str, told: str
) -> None:
    number = str(came(answered, sender=f"{who}@acme.example", own="<9@x>"))
    code, _, err = answered.run("inbox", "reply", number, "--text", said(answered, "Here it is."), "--yes")
    assert (code, told in err) == (1, True)
    assert "Here it is." in drafts(answered)[0].read_text()
    assert f"outreach inbox reply {number}" in err
    assert int(number) in listed(answered, "waiting")
    assert BOB not in answered.ok("suppress", "list")
    assert len(post.server.received) == 1


def test_an_answer_that_may_have_arrived_is_said_to_be_so_and_not_sent_again_unasked(
    answered: Shell, post: Served
) -> None:
    number = str(came(answered, sender="dropafter@acme.example", own="<9@x>"))
    answered.ok("inbox", "assign", number, BOB)
    code, _, err = answered.run("inbox", "reply", number, "--text", said(answered, "Here it is."), "--yes")
    assert (code, "it may have arrived, or not" in err, f"outreach inbox done {number}" in err) == (
        1,
        True,
        True,
    )
    assert len(post.server.received) == 2
    assert len(drafts(answered)) == 1
    assert int(number) in listed(answered, "waiting")
    code, _, err = answered.run("inbox", "reply", number, "--text", said(answered, "Here it is."))
    assert (code, "perhaps answered by hand already" in err) == (1, True)


def test_what_was_begun_for_somebody_goes_with_them(answered: Shell, post: Served) -> None:
    post.wait(post.server.__aexit__(None, None, None))
    assert answered.run("inbox", "reply", "1", "--text", said(answered, "Hi Bob."), "--yes")[0] == 1
    assert len(drafts(answered)) == 1
    answered.ok("prospects", "erase", BOB, "--yes")
    assert drafts(answered) == []
    post.wait(post.server.__aenter__())


def test_a_server_that_is_away_is_told(answered: Shell, post: Served) -> None:
    post.wait(post.server.__aexit__(None, None, None))
    code, _, err = answered.run("inbox", "reply", "1", "--text", said(answered, "Hi."), "--yes")
    assert (code, "it was not sent: 127.0.0.1" in err, len(drafts(answered))) == (1, True, 1)
    assert listed(answered, "waiting") == [1]
    post.wait(post.server.__aenter__())


@pytest.fixture
def sent() -> Iterator[Imapd]:
    with running("embedded") as imapd:
        yield imapd


def in_sent(sent: Imapd, message_id: str) -> bool:
    async def look() -> bool:
        async with Inbox(Mailbox("ann@northwind.example", "Ann", imap=sent.url), PASSWORD) as inbox:
            batch = await inbox.read("Sent", None, MONDAY)
            return any(message_id.encode() in each.raw for each in batch.mails)

    return asyncio.run(look())


@pytest.mark.parametrize("there", [True, False])
def test_a_copy_is_filed_in_sent_and_where_it_cannot_be_that_is_a_warning(
    shell: Shell, post: Served, sent: Imapd, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    monkeypatch.setenv("OUTREACH_PASSWORD_ANN_NORTHWIND_EXAMPLE", PASSWORD)
    if there:
        sent.make("Sent")
    else:
        sent.remove("Sent")
    texts = files(post.server.url, "sqlite:///outreach.db")
    texts["outreach.toml"] = texts["outreach.toml"].replace('answers = "manual"', f'imap = "{sent.url}"')
    launch(shell, texts, BOB)
    shell.now = shell.now.replace(hour=10)
    shell.ok("run", "--once")
    answer(shell)
    shell.ok("inbox", "import", "answer.eml")
    out = shell.ok("inbox", "reply", "1", "--text", said(shell, "Here it is."), "--yes")
    assert text(letter(post)).startswith("Here it is.")
    assert ("no copy in Sent" in out) == (not there)
    if there:
        assert in_sent(sent, letter(post)["Message-ID"])
    assert listed(shell, "waiting") == []


def test_ctrl_c_while_the_server_decides_leaves_it_open_whether_it_arrived(
    answered: Shell, post: Served
) -> None:
    number = str(came(answered, sender="slow@acme.example", own="<9@x>"))
    server = post.server
    assert isinstance(server, Misbehaving)

    def interrupt() -> None:
        post.wait(server.waiting.wait())
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    code, _, err = answered.run("inbox", "reply", number, "--text", said(answered, "Here it is."), "--yes")
    thread.join()
    post.do(server.gate.set)
    assert (code, "it may have arrived, or not: interrupted" in err, len(drafts(answered))) == (1, True, 1)
