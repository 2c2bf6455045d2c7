"""`outreach mailbox test` and `outreach mailbox list`, as somebody reads them who has letters waiting."""

import json
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes

import pytest

from outreach.compose.trial import is_trial
from outreach.inbound.classify import read
from outreach.mailbox.credentials import variable
from outreach.mailbox.sandbox import Sandbox
from outreach.model import Kind
from outreach.report.lines import width
from tests.cli import MAIN, Shell
from tests.imapd import PASSWORD, USER, running
from tests.launched import served

ANN = "ann@northwind.example"
BOB = """
[[mailbox]]
address = "bob@northwind.example"
name = "Bob Lee"
smtp = "smtps://bob@smtp.northwind.example:465"
imap = "imaps://bob@imap.northwind.example:993"
owner = "bob"
away = ["2026-11-23..2026-11-25", "2026-12-24"]
ramp_from = 11
"""


@pytest.fixture
def office(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A workspace on a machine without a keyring."""
    monkeypatch.setattr("outreach.mailbox.credentials._keyrings", lambda: iter(()))
    monkeypatch.delenv(variable(ANN), raising=False)
    shell.fill()
    return shell


@pytest.fixture
def post(office: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Servers that know ann's password, and outreach.toml that names them."""
    with served(Sandbox({USER: PASSWORD})) as smtp, running("embedded") as imap:
        main = MAIN.format(smtp=smtp.server.url, store="sqlite:///outreach.db")
        office.write("outreach.toml", main.replace('answers = "manual"', f'imap = "{imap.url}"'))
        monkeypatch.setenv(variable(ANN), PASSWORD)
        yield smtp.server


# Trying


def test_each_step_is_a_line_that_says_ok(office: Shell, post: Sandbox) -> None:
    out = office.ok("mailbox", "test")
    assert out.startswith(f"{ANN}\n  smtp connect ok ")
    for step in ("smtp tls", "smtp login", "imap connect", "imap login", "inbox"):
        assert f"  {step:<13}ok " in out
    assert "INBOX, 0 mails" in out
    assert max(map(width, out.splitlines())) <= 80
    steps = [line for line in out.splitlines() if " ok " in line]
    assert [line for line in steps if not line.endswith(" s")] == []
    assert not post.received


def test_a_letter_to_itself_is_marked_and_waits_for_nobody(office: Shell, post: Sandbox) -> None:
    assert "Nobody is there to answer" in office.run("mailbox", "test", ANN, "--send")[2]
    assert not post.received
    out = office.ok("mailbox", "test", ANN, "--send", "--yes")
    assert "letter       ok" in out
    (letter,) = post.received
    assert (letter.mail_from, letter.rcpt_to) == (ANN, (ANN,))
    found = message_from_bytes(letter.data)
    assert (found["Auto-Submitted"], found["X-Outreach-Test"]) == ("auto-generated", "yes")
    assert is_trial(found["Message-ID"])  # so that an answer to it is nobody's
    assert found["List-Unsubscribe"] is None
    assert read(letter.data).kind is not Kind.REPLY
    assert not (office.folder / "outreach.db").exists()  # it counts for no cap


def test_a_wrong_password_and_a_missing_one_are_told_apart(
    office: Shell, post: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable(ANN), "hunter22")
    code, out, err = office.run("mailbox", "test", "--send", "--yes")
    assert (code, err) == (1, "")
    assert out.count("FAILS") == 2
    assert "smtp login   FAILS" in out
    assert "app password" in " ".join(out.split())
    assert "hunter22" not in out
    assert "letter" not in out
    assert max(map(width, out.splitlines())) <= 80
    monkeypatch.delenv(variable(ANN))
    code, out, _ = office.run("mailbox", "test")
    assert code == 1
    assert f"no password for {ANN}" in out
    assert variable(ANN) in out


def test_the_letter_that_a_server_refuses_is_said(
    office: Shell, post: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.edit("outreach.toml", '"ann@north', '"policy@north')
    monkeypatch.setenv(variable("policy@northwind.example"), PASSWORD)
    code, out, _ = office.run("mailbox", "test", "--send", "--yes")
    assert (code, out.count("FAILS")) == (1, 1)
    assert "refused by content policy" in out


def test_all_mailboxes_are_tried_and_the_json_has_every_step(office: Shell, post: Sandbox) -> None:
    office.write("outreach.toml", (office.folder / "outreach.toml").read_text() + BOB)
    code, out, _ = office.run("mailbox", "test", "--format", "json")
    ann, bob = json.loads(out)
    assert (code, ann["ok"], bob["ok"]) == (1, True, False)
    assert [step["step"] for step in ann["steps"]][:3] == ["smtp connect", "smtp tls", "smtp login"]
    assert ann["steps"][6] == {
        **{"step": "inbox", "ok": True, "said": "INBOX", "todo": "", "fault": ""},
        **{"seconds": ann["steps"][6]["seconds"], "mails": 0},
    }
    assert [step["fault"] for step in bob["steps"]] == ["secret"]
    assert "did you mean `ann@northwind.example`" in office.run("mailbox", "test", "anm@northwind.example")[2]


# Listing


def test_what_was_never_launched_is_listed_too(office: Shell, post: Sandbox) -> None:
    office.write("outreach.toml", (office.folder / "outreach.toml").read_text() + BOB)
    out = office.ok("mailbox", "list")
    header, ann, bob, *notes = out.splitlines()
    assert header.split() == ["MAILBOX", "TODAY", "RAMP", "FREE", "INBOX", "STATE"]
    assert ann.split() == [ANN, "0/30", "off", "now", "never", "new"]
    assert bob.split("  ")[0] == "bob@northwind.example"
    assert "0/0" in bob
    assert "to 30 by 10 Dec" in bob  # 11 on Thu 26 Nov, two more on each working day
    assert "Thu 26 Nov 00:0" in bob
    text = " ".join(" ".join(notes).split())
    assert "bob@northwind.example belongs to bob" in text
    assert "is away 23 Nov - 25 Nov, 24 Dec" in text
    assert "OUTREACH_PASSWORD_BOB_NORTHWIND_EXAMPLE" in text
    assert max(map(width, out.splitlines())) <= 80
    assert not (office.folder / "outreach.db").exists()


def test_a_launched_mailbox_shows_what_it_did(office: Shell, post: Sandbox) -> None:
    office.write(
        "outreach.toml",
        (office.folder / "outreach.toml").read_text().replace("ramp = false", "ramp_from = 7"),
    )
    office.ok("prospects", "import", "prospects.csv")
    office.ok("launch", "shops", "--yes")
    office.now += timedelta(hours=2)
    office.ok("run", "--once")
    (row,) = office.json("mailbox", "list")
    assert (row["used"], row["cap"], row["per_day"], row["state"]) == (1, 7, 30, "ok")
    assert row["ramp"] == {"on": True, "reaches_per_day_on": "2026-12-09"}
    assert row["free_at"] > office.now.isoformat()
    assert row["inbox"]["read_at"] == office.now.isoformat()
    assert row["launched"]
    assert "7 -> 30 by 9 Dec" in office.ok("mailbox", "list")
    office.ok("pause", ANN, "--until", "2 hours")
    out = office.ok("mailbox", "list")
    assert "12:00" in out  # the end of the pause, in London
    assert "paused" in out
    assert f"{ANN} is paused until" in out
    office.ok("resume", ANN)
    office.write(
        "outreach.toml", (office.folder / "outreach.toml").read_text().replace("per_day = 30", "per_day = 9")
    )
    (row,) = office.json("mailbox", "list")
    assert (row["state"], row["per_day"]) == ("edited", 30)


def test_a_full_mailbox_is_free_tomorrow(office: Shell, post: Sandbox) -> None:
    office.edit("outreach.toml", "per_day = 30", "per_day = 1")
    office.ok("prospects", "import", "prospects.csv")
    office.ok("launch", "shops", "--yes")
    office.now += timedelta(hours=2)
    office.ok("run", "--once")
    (row,) = office.json("mailbox", "list")
    assert (row["state"], row["used"], row["full"]) == ("full", 1, "mailbox")
    assert row["free_at"].startswith("2026-11-24T00:0")
