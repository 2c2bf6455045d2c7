"""`outreach inbox`: mails fed from files, shown, worked off; and what classifying prints."""

import json

import pytest

from outreach.report import inbox as report
from outreach.report.lines import width
from tests.answered import BOB, BOUNCE, PRICES, REPLY, answer, came
from tests.cli import Shell
from tests.launched import Served, files, launch


@pytest.fixture
def shops(shell: Shell, post: Served) -> Shell:
    """Bob has had the first letter, and has answered it in answer.eml."""
    launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB)
    shell.now = shell.now.replace(hour=10)
    shell.ok("run", "--once")
    answer(shell)
    return shell


def test_an_answer_from_a_file_stops_the_person_and_waits_for_us(shops: Shell) -> None:
    assert "1 reply" in shops.ok("inbox", "import", "answer.eml")
    out = shops.ok("inbox")
    assert BOB in out
    assert "intro of shops" in out
    assert "Thank you, please" in out
    assert max(map(len, out.splitlines())) <= 80
    assert "replied" in shops.ok("why", BOB)
    assert "1 mail waits for you" in shops.ok("status")
    shown = shops.ok("inbox", "show", "1")
    assert "Thank you, please send me the price list." in shown
    assert "We make steel shelving" not in shown
    shops.ok("inbox", "done", "1")
    assert "Nothing" in shops.ok("inbox", "waiting")
    assert "waits for you" not in shops.ok("status")


def test_what_was_fed_before_is_nothing_new(shops: Shell) -> None:
    shops.ok("inbox", "import", "answer.eml")
    assert "1 mail read: nothing new" in shops.ok("inbox", "import", "answer.eml")
    assert len(shops.json("inbox", "list")) == 1


def test_a_folder_an_mbox_and_a_maildir_are_read_and_what_cannot_be_is_told(shops: Shell) -> None:
    one, two, three = (
        REPLY.format(sender=f"max@{name}.example", subject="Shelving", own=name) for name in ("a", "b", "c")
    )
    shops.write("mails/new.eml", one)
    shops.write("all.mbox", f"From max@b.example Mon Nov 23 09:30:00 2026\n{two}\n")
    for part in ("cur", "new", "tmp"):
        (shops.folder / "Maildir" / part).mkdir(parents=True)
    shops.write("Maildir/new/1.host", three)
    code, out, err = shops.run("inbox", "import", "mails", "all.mbox", "Maildir", "missing.eml")
    assert (code, out.startswith("3 mails read")) == (1, True)
    assert "missing.eml" in err


def test_which_mailbox_the_mails_came_to_must_be_known(shops: Shell) -> None:
    code, _, err = shops.run("inbox", "import", "answer.eml", "--mailbox", "tom@northwind.example")
    assert code == 1
    assert "nothing was ever sent from tom@northwind.example" in err
    assert "ann@northwind.example" in err


def test_a_mail_with_what_no_terminal_takes_is_classified_too(shell: Shell) -> None:
    head = "From: bob@acme.example\nSubject: Re: Shelving\nContent-Type: text/plain; charset=utf-7\n\n"
    shell.write("odd.eml", f"{head}+2AA-Yes. \x1b]0;owned\x07\n")
    row = shell.json("inbox", "classify", "odd.eml")
    assert (row["kind"], row["text"].isprintable()) == ("reply", True)
    assert "Yes." in row["text"]


def test_long_addresses_and_wide_letters_keep_to_eighty_columns(shops: Shell) -> None:
    long = "anna.petrova-with-a-long-name@acme.example"
    for number, said in enumerate(("谢谢，请发一份报价单给我们采购部的同事。" * 5, "Thank you. " * 20)):
        raw = REPLY.format(sender=long, subject="Shelving", own=f"{number}@x").replace(
            "Thank you, please", said
        )
        shops.write("long.eml", raw)
        shops.ok("inbox", "import", "long.eml")
    out = shops.ok("inbox")
    assert long in out
    assert max(map(width, out.splitlines())) <= 80
    assert max(map(width, shops.ok("inbox", "show", "1").splitlines())) <= 80


def test_a_file_that_is_no_mail_is_none(shell: Shell) -> None:
    shell.write("notes.txt", "Sounds good, call me.")
    assert "notes.txt: unrelated (no mail" in shell.ok("inbox", "classify", "notes.txt")


def test_before_a_launch_no_mail_answers_anything(shell: Shell) -> None:
    shell.fill()
    answer(shell)
    code, _, err = shell.run("inbox", "import", "answer.eml")
    assert (code, "nothing was launched yet" in err) == (1, True)


def test_an_unknown_mail_is_told(shops: Shell) -> None:
    assert shops.run("inbox", "show", "7")[0] == 1
    assert "no mail 7 has come back" in shops.run("inbox", "done", "7")[2]
    assert "Nothing has come back" in shops.ok("inbox")


def test_more_mails_than_are_shown_are_counted(shops: Shell) -> None:
    for number in range(3):
        answer(shops, own=f"{number}@x", subject=f"Re: Shelving {number}")
        shops.ok("inbox", "import", "answer.eml")
    out = shops.ok("inbox", "waiting", "--limit", "2")
    assert "3     Mon 23 Nov 09:30" in out
    assert "... and 1 more: --limit 3" in out
    assert "more:" not in shops.ok("inbox", "--limit", "3")
    assert shops.run("inbox", "--limit", "3", "waiting")[0] == 2


def test_the_words_that_led_to_a_guess_and_the_day_it_names_are_shown(shops: Shell) -> None:
    said = "Thanks, we have no budget now. Please get back to me in March 2027."
    shops.write(
        "later.eml", REPLY.format(sender=BOB, subject="Re: Shelving", own="7@x").replace(PRICES, said)
    )
    shops.ok("inbox", "import", "later.eml")
    out = shops.ok("inbox", "show", "1")
    assert "INTENT    later from Mon 1 Mar 2027: '" in out
    assert "wrong? outreach inbox mark 1 INTENT" in out
    assert "NEXT      outreach inbox later 1 2027-03-01" in out
    value = shops.json("inbox", "show", "1")
    assert (value["wants"]["kind"], value["wants"]["date"]) == ("later", "2027-03-01")
    words = value["wants"]["words"]
    assert words
    assert [each for each in words if each not in said.lower()] == []


def test_what_was_done_and_what_was_quoted_are_shown(shops: Shell) -> None:
    shops.ok("inbox", "import", "answer.eml")
    out = shops.ok("inbox", "show", "1", "--quoted")
    assert "replied (reply by mail)" in out
    assert "marked by sender" not in out
    assert "QUOTED\nOn Mon, 23 Nov 2026 at 10:00, Ann Lee <ann@northwind.example> wrote:" in out
    assert "> We make steel shelving." in out
    assert "QUOTED" not in shops.ok("inbox", "show", "1")


def test_a_mail_that_could_not_be_read_whole_says_so(shops: Shell) -> None:
    raw = REPLY.format(sender=BOB, subject="Re: Shelving", own="8@x")
    shops.write(
        "big.eml", raw.replace("Date:", "".join(f"X-Pad{n}: {'x' * 900}\n" for n in range(90)) + "Date:")
    )
    shops.ok("inbox", "import", "big.eml")
    assert "WARNING   not all of it could be read: the headers are too long" in shops.ok("inbox", "show", "1")


def test_classifying_needs_no_workspace_and_gives_a_row_a_file(shell: Shell) -> None:
    shell.write("bounce.eml", BOUNCE)
    answer(shell)
    shell.write("empty.eml", "")
    files = ("bounce.eml", "answer.eml", "empty.eml")
    code, out, err = shell.run("inbox", "classify", *files, "--format", "json")
    assert (code, "empty.eml" in err) == (1, True)
    bounce, reply, empty = map(json.loads, out.splitlines())
    assert [bounce["file"], reply["file"], empty["file"]] == list(files)
    assert (empty["kind"], empty["why"]) == ("unrelated", "is empty")
    assert (bounce["kind"], bounce["recipients"], bounce["permanent"]) == (
        "hard_bounce",
        ["tom@cedar.example"],
        True,
    )
    assert (bounce["code"], bounce["reason"]) == ("5.1.1", "userunknown")
    assert (reply["kind"], reply["text"]) == ("reply", "Thank you, please send me the price list.")
    assert set(reply) == {
        *("file", "kind", "recipients", "permanent", "code", "reason"),
        *("original_message_id", "text", "return_date", "why"),
    }
    assert "bounce.eml: hard_bounce tom@cedar.example" in shell.ok("inbox", "classify", "bounce.eml")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Hallo Frau Lumen,\n\nbitte senden Sie eine Liste.", "bitte senden Sie eine Liste."),
        ("Sehr geehrter Herr Lumen!\nGerne am Montag.", "Gerne am Montag."),
        ("> We make shelves.\n\nHi Ann,\n\nyes, call me.", "yes, call me."),
        ("Hello Ann, please call me.\nBob", "Hello Ann, please call me."),
        ("Yes, please.\nBob", "Yes, please."),
        ("Hello Ann,", "Hello Ann,"),
        ("> We make shelves.", "> We make shelves."),
        ("", ""),
    ],
)
def test_the_list_shows_what_was_said_and_not_the_salutation(said: str, shown: str) -> None:
    assert report._first_line(said) == shown


def test_a_list_of_mails_of_nobody_that_is_empty_says_what_it_is_a_list_of(answered: Shell) -> None:
    stranger = came(
        answered, sender="news@elsewhere.example", subject="Our news", references="<9@x>", own="<9@y>"
    )
    assert stranger == 1  # not kept: the newest is the answer
    told = answered.ok("inbox", "--unmatched")
    assert "Mails of strangers are not kept." in told
    assert "Nothing has come back.\n" not in told
