"""Answers by hand: written in an editor or a file, shown, asked for, sent once, and never lost."""

import asyncio
import json
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
from tests.answered import begin, came, drafts, letter, listed, said, text
from tests.cli import MONDAY, Shell
from tests.imapd import PASSWORD, Imapd, running
from tests.launched import Served, files, launch, served
from tests.smtpd import Misbehaving
from tests.test_cli_inbox import BOB, answer
from tests.test_cli_launch import Terminal

Editor = Callable[[str], None]


@pytest.fixture
def post() -> Iterator[Served]:
    with served(Misbehaving()) as each:
        yield each


@pytest.fixture
def shops(shell: Shell, post: Served) -> Shell:
    begin(shell, post.server.url)
    return shell


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
    shops: Shell, post: Served, editor: Editor
) -> None:
    number = came(shops, own="<5@acme.example>", references="<1@acme.example> <4@acme.example>")
    editor("text = text.replace('\\n\\n\\n\\n', '\\n\\nDear Bob,\\n\\nhere it is – 5 € each.\\n\\n', 1)")
    out = shops.ok("inbox", "reply", str(number), "--yes")
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
    assert listed(shops, "waiting") == [1]
    assert "answered by hand" in shops.ok("why", BOB)
    assert drafts(shops) == []


def test_two_answers_never_have_the_same_message_id(shops: Shell, post: Served) -> None:
    for _ in range(2):
        shops.ok("inbox", "reply", "1", "--text", said(shops, "Thank you."), "--yes")
    assert len({message_from_bytes(each.data)["Message-ID"] for each in post.server.received}) == 3


def test_no_limit_counts_an_answer(shops: Shell, post: Served) -> None:
    before = json.loads(shops.ok("status", "--format", "json"))["mailboxes"]
    shops.ok("inbox", "reply", "1", "--text", said(shops, "Thank you."), "--yes")
    assert len(post.server.received) == 2
    assert json.loads(shops.ok("status", "--format", "json"))["mailboxes"] == before


def test_what_will_leave_is_shown_and_asked(
    shops: Shell, post: Served, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor("text = text.replace('\\n\\n\\n\\n', '\\n\\nHere it is.\\n\\n', 1)")
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    code, _, err = shops.run("inbox", "reply", "1")
    assert code == 1
    assert f"Send this to {BOB} from ann@northwind.example? [y/N]" in err
    assert "Here it is." in err
    assert "> Thank you, please send me the price list." in err
    (kept,) = drafts(shops)
    assert str(kept) in err
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert len(post.server.received) == 1
    editor("text = text.replace('Here it is.', 'Here it is, at last.')")
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    shops.ok("inbox", "reply", "1")
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
def test_nothing_written_is_nothing_sent(shops: Shell, post: Served, editor: Editor, act: str) -> None:
    editor(act)
    code, _, err = shops.run("inbox", "reply", "1", "--yes")
    assert (code, "nothing was written, so nothing was sent" in err) == (1, True)
    assert len(post.server.received) == 1
    assert drafts(shops) == []


def test_an_editor_that_dies_or_is_interrupted_sends_nothing_and_loses_nothing(
    shops: Shell, post: Served, editor: Editor
) -> None:
    written = "open(path, 'a').write('typed so far')"
    for end, code in (("sys.exit(3)", 1), ("os.kill(os.getppid(), signal.SIGINT); sys.exit(1)", 130)):
        editor(f"{written}; {end}")
        found, _, err = shops.run("inbox", "reply", "1", "--yes")
        assert (found, "the text is kept in" in err) == (code, True)
    assert "typed so far" in drafts(shops)[0].read_text()
    assert len(post.server.received) == 1
    assert listed(shops, "waiting") == [1]


def test_without_an_editor_and_a_terminal_the_other_way_is_told(
    shops: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO()))
    code, _, err = shops.run("inbox", "reply", "1")
    assert (code, "--text FILE" in err) == (1, True)
    monkeypatch.setenv("EDITOR", "no-such-editor-here")
    code, _, err = shops.run("inbox", "reply", "1")
    assert (code, "no-such-editor-here" in err, drafts(shops)) == (1, True, [])


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
    shops: Shell, post: Served, editor: Editor, act: str, told: str
) -> None:
    editor(act)
    code, _, err = shops.run("inbox", "reply", "1", "--yes")
    assert (code, told in err) == (1, True)
    assert len(drafts(shops)) == 1
    assert len(post.server.received) == 1


def test_a_text_that_is_no_utf8_or_not_there_is_refused(shops: Shell, post: Served, editor: Editor) -> None:
    (shops.folder / "latin.txt").write_bytes("Grüße".encode("latin-1"))
    assert (
        "latin.txt is not UTF-8 (byte 3)"
        in shops.run("inbox", "reply", "1", "--text", "latin.txt", "--yes")[2]
    )
    assert "missing.txt" in shops.run("inbox", "reply", "1", "--text", "missing.txt", "--yes")[2]
    assert "there is no text" in shops.run("inbox", "reply", "1", "--text", said(shops, " \n"), "--yes")[2]
    editor("open(path, 'ab').write(b'Gr\\xfc\\xdfe'); sys.exit()")
    code, _, err = shops.run("inbox", "reply", "1", "--yes")
    assert (code, "is not UTF-8" in err, len(drafts(shops))) == (1, True, 1)
    assert len(post.server.received) == 1


def test_a_text_comes_from_the_standard_input(
    shops: Shell, post: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO("\ufeffDear Bob,\r\nyes.\r\n".encode())))
    value = json.loads(shops.ok("inbox", "reply", "1", "--text", "-", "--yes", "--format", "json"))
    assert (value["to"], value["mail"]) == (BOB, 1)
    assert value["message_id"] == letter(post)["Message-ID"]
    assert text(letter(post)).startswith("Dear Bob,\nyes.\n\nAnn Lee\n")


def test_a_letter_of_five_thousand_lines_arrives_whole(shops: Shell, post: Served) -> None:
    lines = [f"{number}. Палка {'x' * (number % 1200)}" for number in range(5_000)]
    code, _, err = shops.run("inbox", "reply", "1", "--text", said(shops, "\n".join(lines)))
    assert (code, "lines more, all in" in err, len(err) < 20_000) == (1, True, True)
    shops.ok("inbox", "reply", "1", "--text", said(shops, "\n".join(lines)), "--yes")
    assert text(letter(post)).split("\n")[:5_000] == lines


def test_another_text_never_replaces_one_that_waits(shops: Shell, post: Served) -> None:
    shops.run("inbox", "reply", "1", "--text", said(shops, "The first one."))
    code, _, err = shops.run("inbox", "reply", "1", "--text", said(shops, "Another one."), "--yes")
    assert (code, "another text for this answer waits" in err) == (1, True)
    assert "The first one." in drafts(shops)[0].read_text()
    assert len(post.server.received) == 1


def test_who_is_suppressed_is_written_to_only_all_the_same(shops: Shell) -> None:
    shops.ok("inbox", "optout", "1", "--yes")
    code, _, err = shops.run("inbox", "reply", "1", "--text", said(shops, "Hi."))
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
    shops: Shell, post: Served, who: str, told: str
) -> None:
    number = str(came(shops, sender=f"{who}@acme.example", own="<9@x>"))
    code, _, err = shops.run("inbox", "reply", number, "--text", said(shops, "Here it is."), "--yes")
    assert (code, told in err) == (1, True)
    assert "Here it is." in drafts(shops)[0].read_text()
    assert f"outreach inbox reply {number}" in err
    assert int(number) in listed(shops, "waiting")
    assert BOB not in shops.ok("suppress", "list")
    assert len(post.server.received) == 1


def test_an_answer_that_may_have_arrived_is_said_to_be_so_and_not_sent_again_unasked(
    shops: Shell, post: Served
) -> None:
    number = str(came(shops, sender="dropafter@acme.example", own="<9@x>"))
    shops.ok("inbox", "assign", number, BOB)
    code, _, err = shops.run("inbox", "reply", number, "--text", said(shops, "Here it is."), "--yes")
    assert (code, "it may have arrived, or not" in err, f"outreach inbox done {number}" in err) == (
        1,
        True,
        True,
    )
    assert len(post.server.received) == 2
    assert len(drafts(shops)) == 1
    assert int(number) in listed(shops, "waiting")
    code, _, err = shops.run("inbox", "reply", number, "--text", said(shops, "Here it is."))
    assert (code, "perhaps answered by hand already" in err) == (1, True)


def test_what_was_begun_for_somebody_goes_with_them(shops: Shell, post: Served) -> None:
    post.wait(post.server.__aexit__(None, None, None))
    assert shops.run("inbox", "reply", "1", "--text", said(shops, "Hi Bob."), "--yes")[0] == 1
    assert len(drafts(shops)) == 1
    shops.ok("prospects", "erase", BOB, "--yes")
    assert drafts(shops) == []
    post.wait(post.server.__aenter__())


def test_a_server_that_is_away_is_told(shops: Shell, post: Served) -> None:
    post.wait(post.server.__aexit__(None, None, None))
    code, _, err = shops.run("inbox", "reply", "1", "--text", said(shops, "Hi."), "--yes")
    assert (code, "it was not sent: 127.0.0.1" in err, len(drafts(shops))) == (1, True, 1)
    assert listed(shops, "waiting") == [1]
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
    shops: Shell, post: Served
) -> None:
    number = str(came(shops, sender="slow@acme.example", own="<9@x>"))
    server = post.server
    assert isinstance(server, Misbehaving)

    def interrupt() -> None:
        post.wait(server.waiting.wait())
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    code, _, err = shops.run("inbox", "reply", number, "--text", said(shops, "Here it is."), "--yes")
    thread.join()
    post.do(server.gate.set)
    assert (code, "it may have arrived, or not: interrupted" in err, len(drafts(shops))) == (1, True, 1)
