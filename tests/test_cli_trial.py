"""Test letters: what a prospect would get, sent to a colleague, and never taken for the real one."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import Message

import pytest
import sqlalchemy as sa

from outreach.store import events
from outreach.store.tables import delivery, enrollment, usage
from outreach.store.trials import A_DAY
from tests.cli import Keyboard, Shell
from tests.launched import Served

ANN, BOB, EVA = "ann@northwind.example", "bob@acme.example", "eva@northwind.example"
NAMED = {"To", "Date", "Message-ID", "In-Reply-To", "References", "List-Unsubscribe", "X-Outreach-Test"}
MARKDOWN = "Subject: Shelving for {{ company }}\nFormat: markdown\n\nHello **{{ first_name }}**, grüß Gott.\n"
ANSWER = """\
From: Eva Wood <{sender}>
To: ann@northwind.example
Subject: Re: Shelving for Acme
Message-ID: <7@northwind.example>
In-Reply-To: {test}
Date: Mon, 23 Nov 2026 09:30:00 +0000

{text}
"""


@pytest.fixture
def shops(shell: Shell, post: Served) -> Shell:
    """The small workspace with its prospects, and a server that takes letters."""
    shell.fill(smtp=post.server.url)
    shell.ok("prospects", "import", "prospects.csv")
    return shell


def tried(shell: Shell, *args: str) -> str:
    return shell.ok("preview", "shops", *args, "--yes")


def came(post: Served) -> list[Message]:
    return [message_from_bytes(each.data) for each in post.server.received]


def parts(raw: bytes) -> tuple[list[tuple[str, str]], bytes]:
    """The headers that a test letter has from the real one, and the body byte for byte."""
    message = message_from_bytes(raw)
    return [(name, value) for name, value in message.items() if name not in NAMED], raw.partition(
        b"\r\n\r\n"
    )[2]


def count(tx: sa.Connection, table: sa.Table) -> int:
    return int(tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


@pytest.mark.parametrize("intro", ["", MARKDOWN])
def test_it_is_what_raw_shows_but_for_the_named_headers(shops: Shell, post: Served, intro: str) -> None:
    if intro:
        shops.write("templates/intro.txt", intro)
    letters = shops.json("preview", "shops", "--raw")["letters"]
    out = tried(shops, "--to-me")
    assert out.startswith(f"SENT      2 test letters to {ANN}, written for {BOB}\n")
    assert [parts(each.data) for each in post.server.received] == [
        parts(letter["raw"].encode("ascii")) for letter in letters
    ]
    for test, letter in zip(came(post), letters, strict=True):
        assert (test["To"], test["X-Outreach-Test"], test["List-Unsubscribe"]) == (ANN, "yes", None)
        assert test["Message-ID"] != letter["message_id"]
        assert letter["message_id"].encode() not in post.server.received[0].data
    first, second = came(post)
    assert (second["In-Reply-To"], second["References"]) == (first["Message-ID"], first["Message-ID"])
    assert [each.rcpt_to for each in post.server.received] == [(ANN,)] * 2


def test_one_step_alone_is_in_no_thread(shops: Shell, post: Served) -> None:
    tried(shops, "--to", EVA, "--step", "2", "--prospect", "eva@birch.example")
    (only,) = came(post)
    assert (only["Subject"], only["To"], only["In-Reply-To"]) == ("Shelving for Birch", EVA, None)


def test_no_cap_no_witness_and_no_delivery_know_of_it_and_the_history_does(
    shops: Shell, post: Served
) -> None:
    shops.ok("launch", "shops", "--yes")
    before = shops.json("status")
    tried(shops, "--to-me", "--to", f"{EVA}, {ANN}")
    assert len(post.server.received) == 4
    after = shops.json("status")
    assert after["mailboxes"] == before["mailboxes"]
    shops.ok("audit")
    with shops.app().store as store:
        for table in (delivery, usage):
            assert store.read(count, table) == 0
        told = [each for each in store.read(events.history, campaign="shops") if each.kind == "tested"]
    assert [each.detail for each in told] == [{"mailbox": ANN, "letters": ["intro", "followup"], "sent": 4}]
    assert told[0].actor


def test_it_asks_first(shops: Shell, post: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard("n\n"))
    code, _, err = shops.run("preview", "shops", "--to-me")
    assert (code, f"Send 2 letters, as {BOB} would get them, to {ANN}? [y/N]" in " ".join(err.split())) == (
        1,
        True,
    )
    assert max(map(len, err.splitlines())) <= 80
    monkeypatch.setattr("sys.stdin", Keyboard("y\n"))
    shops.ok("preview", "shops", "--to-me", "--letter", "intro")
    assert len(post.server.received) == 1


def test_a_dry_run_and_nobody_at_the_keyboard_send_nothing(shops: Shell, post: Served) -> None:
    assert "WOULD     Send 2 letters" in shops.ok("preview", "shops", "--to-me", "--dry-run")
    value = shops.json("preview", "shops", "--to-me", "--dry-run")
    assert (value["dry_run"], value["sent"], value["left_today"]) == (True, 0, A_DAY)
    code, _, err = shops.run("preview", "shops", "--to-me")
    assert (code, "Nobody is there to answer" in err) == (1, True)
    assert post.server.received == []


def test_an_answer_to_a_test_is_nobodys_and_stops_nobody(shops: Shell, post: Served) -> None:
    """The subject is that of a real letter, and a colleague may write the word that opts out."""
    shops.ok("launch", "shops", "--yes")
    shops.now = shops.now.replace(hour=12)
    shops.ok("run", "--once")
    tried(shops, "--to", EVA, "--prospect", BOB)
    assert [each["To"] for each in came(post)] == ["Bob <bob@acme.example>", EVA]
    test = came(post)[-1]["Message-ID"]
    for text in ("Good, but too long.", "STOP"):
        shops.write("answer.eml", ANSWER.format(sender=EVA, test=test, text=text))
        shops.ok("inbox", "import", "answer.eml")
        assert shops.json("inbox") == []
    shops.write("answer.eml", ANSWER.format(sender="x@elm.example", test="<1@x>", text="Good, but too long."))
    shops.ok("inbox", "import", "answer.eml")
    assert len(shops.json("inbox")) == 1  # the subject alone: somebody should look
    statuses = sa.select(enrollment.c.status).distinct()
    with shops.app().store as store:
        assert store.read(lambda tx: list(tx.execute(statuses).scalars())) == ["active"]


def test_the_test_itself_in_the_inbox_or_in_sent_is_no_letter_by_hand(shops: Shell, post: Served) -> None:
    shops.ok("launch", "shops", "--yes")
    tried(shops, "--to-me", "--prospect", BOB)
    (shops.folder / "copy.eml").write_bytes(post.server.received[0].data)
    shops.ok("inbox", "import", "copy.eml")
    assert shops.json("inbox") == []
    assert "paused" not in shops.ok("why", BOB)


def test_a_mailbox_sends_twenty_tests_a_day(shops: Shell, post: Served) -> None:
    five = [word for number in range(5) for word in ("--to", f"c{number}@northwind.example")]
    tried(shops, *five)
    out = tried(shops, *five)
    assert "TESTS     0 more today" in out
    code, _, err = shops.run("preview", "shops", "--to-me", "--step", "1", "--yes")
    assert (code, f"{ANN} may send 0 more test letters today" in err) == (1, True)
    assert len(post.server.received) == A_DAY
    shops.now = shops.now.replace(day=24)
    tried(shops, "--to-me")
    assert len(post.server.received) == A_DAY + 2


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("--to", BOB), 1, "bob@acme.example is a prospect, who must not get test letters"),
        (("--to", " "), 1, "a test needs an address"),
        (("--to", "no address"), 1, "is no e-mail address"),
        (
            [word for number in range(6) for word in ("--to", f"c{number}@x.example")],
            1,
            "at most, these are 6",
        ),
        (("--to", EVA, "--all"), 2, "leave out --all"),
        (("--to", EVA, "--raw"), 2, "leave out --all"),
        (("--to", EVA, "--browser"), 2, "leave out --all"),
        (("--yes",), 2, "--yes and --dry-run go with --to-me"),
    ],
)
def test_wrong_usage(shops: Shell, post: Served, args: list[str], code: int, words: str) -> None:
    found, _, err = shops.run("preview", "shops", *args, *(["--yes"] if "--to" in args else []))
    assert (found, words in " ".join(err.split())) == (code, True), err
    assert post.server.received == []


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("zoe@elm.example", "zoe@elm.example is suppressed"),
        ("zoe+news@elm.example", "zoe@elm.example is suppressed"),
        ("bob+x@acme.example", "another address of bob@acme.example, a prospect"),
        ("pat@gmail.com", "another address of pat+shop@gmail.com, a prospect"),
        ("boss@acme.example", "acme.example is a company of your prospects"),
        ("boss@uk.acme.example", "uk.acme.example is a company of your prospects"),
        ("boss@fir.example", "fir.example is a company of your prospects"),
        ("kim@oak.example", "kim@oak.example is at a key account"),
        ("joe@ash.example", "joe@ash.example is at a key account"),
    ],
)
def test_who_is_or_may_be_written_to_gets_none(shops: Shell, post: Served, to: str, why: str) -> None:
    more = "pat+shop@gmail.com,Pat,Pine,retail\nsue@sales.fir.example,Sue,Fir,retail\n"
    shops.add(f"email,first_name,company,industry\n{more}")
    shops.write("key.csv", "domain\noak.example\nboss@ash.example\n")
    main = (shops.folder / "outreach.toml").read_text()
    shops.write("outreach.toml", f'{main}\n[limits]\nkey_accounts = ["key.csv"]\n')
    shops.ok("suppress", "add", "zoe@elm.example")
    code, _, err = shops.run("preview", "shops", "--to", to, "--yes")
    assert (code, why in " ".join(err.split()), post.server.received) == (1, True, []), err
    code, _, err = shops.run("preview", "shops", "--to", "new@gmail.com", "--step", "1", "--yes")
    assert (code, "new@gmail.com is at none of your domains" in err) == (0, True)


def test_the_mailbox_itself_may_be_written_to_though_its_domain_is_suppressed(
    shops: Shell, post: Served
) -> None:
    shops.ok("suppress", "add", "northwind.example")
    assert "--to-me" in " ".join(shops.run("preview", "shops", "--to", EVA, "--yes")[2].split())
    tried(shops, "--to-me")
    assert [each["To"] for each in came(post)] == [ANN] * 2


def test_while_everything_is_paused_no_test_leaves(shops: Shell, post: Served) -> None:
    shops.ok("launch", "shops", "--yes")
    shops.ok("pause", "--all")
    for args in (("--to-me", "--yes"), ("--to-me", "--dry-run")):
        code, _, err = shops.run("preview", "shops", *args)
        assert (code, "everything is paused" in err, "resume --all" in err) == (1, True, True)
    assert post.server.received == []
    shops.ok("resume", "--all")
    tried(shops, "--to-me")


class Meanwhile(Keyboard):
    """Somebody at a terminal who does something else before they say yes."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__("y\n")
        self._act = act

    def readline(self, size: int | None = -1) -> str:  # type: ignore[override]
        self._act()
        return "y\n"


@pytest.mark.parametrize("args", [("pause", "--all"), ("suppress", "add", EVA)])
def test_what_has_changed_before_somebody_says_yes_counts(
    shops: Shell, post: Served, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]
) -> None:
    shops.ok("launch", "shops", "--yes")
    other = Shell(shops.folder, shops.capsys)
    monkeypatch.setattr("sys.stdin", Meanwhile(lambda: other.ok(*args)))
    code, _, err = shops.run("preview", "shops", "--to", EVA)
    assert (code, "paused" in err or "suppressed" in err, post.server.received) == (1, True, []), err


COMPLAINT = """From: fbl@isp.example
To: ann@northwind.example
Subject: complaint about message
Message-ID: <c1@isp.example>
Date: Mon, 23 Nov 2026 09:30:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: x/1
Version: 1
Original-Rcpt-To: joe@stranger.example
--b
Content-Type: text/rfc822-headers

From: Ann Lee <ann@northwind.example>
To: joe@stranger.example
Subject: Shelving
Message-ID: {test}
--b--
"""


@pytest.mark.parametrize(
    "mail", [ANSWER.replace("{sender}", "joe@stranger.example").replace("{text}", "STOP"), COMPLAINT]
)
def test_a_stranger_who_wants_no_more_tests_is_heard(shops: Shell, post: Served, mail: str) -> None:
    shops.ok("launch", "shops", "--yes")
    tried(shops, "--to", "joe@stranger.example", "--prospect", BOB)
    shops.write("mail.eml", mail.format(test=came(post)[-1]["Message-ID"]))
    shops.ok("inbox", "import", "mail.eml")
    assert len(shops.json("inbox")) == 1


def test_somebody_held_can_be_tried_where_there_is_a_text(shops: Shell, post: Served) -> None:
    shops.ok("suppress", "add", BOB)
    tried(shops, "--to-me", "--prospect", BOB)
    assert len(post.server.received) == 2
    shops.add("email,company,industry\nnoname@dale.example,Dale,retail\n")
    code, _, err = shops.run("preview", "shops", "--to-me", "--prospect", "noname@dale.example", "--yes")
    assert (code, "no letter to test: no first_name" in err) == (1, True)


def test_what_the_server_refuses_is_told_and_the_rest_goes(shops: Shell, post: Served) -> None:
    args = ("--to", "nouser@northwind.example", "--to", EVA, "--step", "1", "--yes")
    code, out, _ = shops.run("preview", "shops", *args)
    assert code == 1
    assert f"1 test letter to {EVA}" in out
    assert "NOT SENT  intro to nouser@northwind.example: 550 5.1.1 no such person here" in out
    code, _, err = shops.run("preview", "shops", "--to", "policy@northwind.example", "--yes")
    assert (code, "no test letter was sent: 550 5.7.1 refused by content policy" in err) == (1, True)


def test_an_unclear_end_ends_the_test(shops: Shell, post: Served) -> None:
    code, _, err = shops.run("preview", "shops", "--to", "dropafter@northwind.example", "--yes")
    assert (code, "it may have arrived all the same" in err) == (1, True)
    assert len(post.server.received) == 1


def test_a_server_that_is_away_and_a_password_that_is_lacking_are_told(shops: Shell, post: Served) -> None:
    main = (shops.folder / "outreach.toml").read_text()
    shops.write("outreach.toml", main.replace("smtp://127", "smtp://ann@127"))
    code, _, err = shops.run("preview", "shops", "--to-me", "--yes")
    assert (code, "no password for ann@northwind.example" in err) == (1, True)
    shops.write("outreach.toml", main)
    post.wait(post.server.__aexit__(None, None, None))
    code, _, err = shops.run("preview", "shops", "--to-me", "--yes")
    assert (code, "no test letter was sent" in err) == (1, True)
    post.wait(post.server.__aenter__())
