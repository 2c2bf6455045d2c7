"""`outreach mailbox add`: a whole dialogue at a terminal, the same by options, and what goes wrong on the way."""

import json
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from outreach import workspace
from outreach.mailbox.credentials import login, variable
from outreach.mailbox.sandbox import Sandbox
from outreach.workspace import starter
from tests.cli import Shell
from tests.imapd import PASSWORD, USER, Imapd, running
from tests.launched import served
from tests.terminal import Terminal
from tests.test_credentials import Desktop

KATE = "kate@shelves.test"
CAMPAIGNS = ["cold-rooms", "fair", "rack-inspection", "retail-shelving"]  # of the starter
WHO = ("--name", "Kate Ng")
SENDER = (
    "--company",
    "Shelves Ltd",
    "--postal",
    "1 Way, Leeds",
    "--country",
    "GB",
    "--timezone",
    "Europe/London",
)
ALONE = ("--imap", "none", "--no-test", "--yes")


@dataclass
class Post:
    """Where the servers of a mailbox listen, and what its SMTP server took."""

    smtp: str
    imap: Imapd
    sandbox: Sandbox


@pytest.fixture(scope="module")
def imap() -> Iterator[Imapd]:
    with running("embedded") as server:
        server.make("Sent")
        server.deliver(b"From: bob@acme.example\r\nSubject: Hello\r\n\r\nHello Kate\r\n")
        yield server


@pytest.fixture
def post(imap: Imapd) -> Iterator[Post]:
    with served(Sandbox({USER: PASSWORD})) as smtp:
        yield Post(smtp.server.url, imap, smtp.server)


@pytest.fixture
def office(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A folder as `outreach init` leaves it, on a machine without a keyring."""
    starter.write(shell.folder)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setattr("outreach.mailbox.credentials._keyrings", lambda: iter(()))
    monkeypatch.delenv(variable(KATE), raising=False)
    return shell


def texts(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def opened(post: Post) -> tuple[str, ...]:
    return ("--smtp", post.smtp, "--imap", post.imap.url)


# At a terminal


def test_a_dialogue_from_the_starter_to_a_mailbox_that_was_tried(office: Shell, post: Post) -> None:
    """With a wrong address, a wrong server and a wrong password on the way."""
    person = Terminal(office.folder, "mailbox", "add", environ={"SSL_CERT_FILE": ""})
    person.answer("Address of the mailbox: ", "kate")
    assert "must have an @-sign" in person.answer("Address of the mailbox: ", KATE)
    person.answer("Name that people see in From: ", "Kate Ng")
    person.answer("(Enter for none): ", "Sales")
    person.answer("(Enter for none): ", "")
    person.answer("Provider that runs shelves.test [other]: ", "gmial")
    assert "did you mean `gmail`?" in person.answer("Provider that runs shelves.test [other]: ", "")
    person.answer("[kate@shelves.test]: ", USER)
    person.answer("[smtp.shelves.test:465]: ", "no server at all")
    person.answer("[smtp.shelves.test:465]: ", post.smtp)
    person.answer("[imap.shelves.test:993]: ", post.imap.url)
    person.answer("Where to keep its password [file]: ", "")
    person.answer("Password (not shown): ", "wrong secret")
    person.answer("How old is it [new]: ", "year")
    person.answer("go out from it by now [20]: ", "12")
    person.answer("(1 to 50) [30]: ", "")
    person.answer("rack-inspection, retail-shelving too) [Y/n]: ", "")
    person.answer("legal form: ", "Shelves Ltd")
    person.answer("one line: ", "1 Way, Leeds")
    person.answer("Country: ", "gb")
    person.answer("day [Europe/London]: ", "")
    person.answer("Website (Enter for none): ", "")
    person.answer("privacy notice (Enter for none): ", "")
    refused = person.answer("What now [password]: ", "change")
    assert "smtp login" in refused
    assert "FAILS" in refused
    assert "app" in refused
    before = texts(office.folder)
    assert KATE.encode() not in b"".join(before.values())
    # The same again, but for the password: what was said is the default.
    for default in (KATE, "Kate Ng", "Sales"):
        person.answer(f"[{default}]: ", "")
    person.answer("Phone (Enter for none): ", "+44 113 000 0000")
    for default in ("other", USER, post.smtp, post.imap.url, "file"):
        person.answer(f"[{default}]: ", "")
    person.answer("Enter for the one before): ", "")
    for default in ("years", "12", "30", "Y/n", "Shelves Ltd", "1 Way, Leeds", "GB", "Europe/London"):
        person.answer(f"[{default}]: ", "")
    person.answer("Website (Enter for none): ", "")
    person.answer("privacy notice (Enter for none): ", "")
    person.answer("What now [password]: ", "")
    person.answer("Enter for the one before): ", PASSWORD)
    person.answer("to itself [y/N]: ", "y")
    assert person.end() == 0, person.seen
    assert person.seen.endswith("next: outreach plan cold-rooms\n")
    assert PASSWORD not in person.seen
    assert "wrong secret" not in person.seen
    found = workspace.load(office.folder)
    box = found.mailboxes[KATE]
    assert (box.name, box.title, box.phone) == ("Kate Ng", "Sales", "+44 113 000 0000")
    assert (box.per_day, box.ramp, box.ramp_from) == (30, True, 10)
    assert found.campaigns["retail-shelving"].mailboxes == (KATE,)
    assert list(found.mailboxes) == [KATE]
    assert (found.sender.company, found.sender.country) == ("Shelves Ltd", "GB")
    assert found.sender.website == ""
    assert (office.folder / box.password_file).stat().st_mode & 0o777 == 0o600
    assert login(box, {}, office.folder) == PASSWORD
    assert post.sandbox.received[0].rcpt_to == (KATE,)
    assert b"Auto-Submitted: auto-generated\r\n" in post.sandbox.received[0].data
    assert all(
        PASSWORD.encode() not in text
        for name, text in texts(office.folder).items()
        if name != box.password_file
    )
    assert post.imap.flags() == [""]  # nobody has read the mail
    after = texts(office.folder)
    kept = {name for name in before if before[name] != after[name]}
    assert kept == {"outreach.toml", *(f"campaigns/{stem}.toml" for stem in found.campaigns)}
    assert (
        b"# public holidays of the prospect's country are off too" in after["campaigns/retail-shelving.toml"]
    )


@pytest.mark.parametrize("place", ["Name that people see", "not shown", "How old is it", "What now"])
def test_ctrl_c_leaves_everything_as_it_was(office: Shell, place: str) -> None:
    before = texts(office.folder)
    options = (
        "--smtp",
        "smtp://ann@127.0.0.1:1",
        "--imap",
        "none",
        *SENDER,
        "--website",
        "https://shelves.test",
    )
    person = Terminal(office.folder, "mailbox", "add", KATE, *options)
    answers = {"Name that people see": "Kate", "(Enter for none)": "", "Where to keep": "", "not shown": "x"}
    steps = [
        "Name that people see",
        "(Enter for none)",
        "(Enter for none)",
        "User name",
        "Where to keep",
        "not shown",
    ]
    steps += ["How old is it", "(1 to 50)", "[Y/n]", "(Enter for none)", "What now"]
    for step in steps:
        person.until(step)
        if step == place:
            person.interrupt()
            break
        person.answer(": ", answers.get(step, ""))
    assert person.end() == 130
    assert person.seen.endswith("nothing was changed\n")
    assert texts(office.folder) == before


def test_a_provider_known_by_its_domain_is_not_asked_for(office: Shell) -> None:
    person = Terminal(office.folder, "mailbox", "add", "kate.ng@gmail.com", *SENDER, "--no-test")
    person.answer("[Kate Ng]: ", "")
    person.answer(": ", "")
    person.answer(": ", "")
    person.until("Gmail: takes up to 500 letters a day")
    person.answer("How to log in [password]: ", "pass")
    person.answer("Where to keep its password [file]: ", "env")
    assert "https://myaccount.google.com/apppasswords" in person.answer(
        "App password (not shown; Enter to leave it out): ", ""
    )
    person.answer("How old is it [new]: ", "")
    person.answer("(1 to 50) [30]: ", "8")
    person.answer("[Y/n]: ", "n")
    person.answer("Website (Enter for none): ", "-")
    person.answer("(Enter for none): ", "")
    assert person.end() == 0
    assert "OUTREACH_PASSWORD_KATE_NG_GMAIL_COM=" in person.seen
    box = workspace.load(office.folder).mailboxes["kate.ng@gmail.com"]
    assert box.smtp == "smtps://kate.ng%40gmail.com@smtp.gmail.com:465"
    assert (box.per_day, box.ramp_from) == (8, 5)
    assert "ann@northwind.example" in workspace.load(office.folder).mailboxes


def test_where_only_a_sign_in_helps_it_is_begun_at_the_end(office: Shell) -> None:
    options = ("--provider", "microsoft365", "--age", "new", "--per-day", "30", *SENDER)
    person = Terminal(office.folder, "mailbox", "add", KATE, *WHO, *options)
    person.answer("(Enter for none): ", "")
    person.answer("(Enter for none): ", "")
    assert "by OAuth only" in person.until("a sign-in takes the place of a password")
    person.answer("[Y/n]: ", "")
    person.answer("(Enter for none): ", "")
    person.answer("(Enter for none): ", "")
    person.answer("It is written. Sign in now [Y/n]: ", "")
    person.until("Id of your OAuth client: ")
    person.interrupt()
    assert person.end() == 0
    assert f"sign in: outreach mailbox auth {KATE}" in person.seen
    box = workspace.load(office.folder).mailboxes[KATE]
    assert box.password_file == f"{KATE}.password"
    assert box.smtp.endswith("@smtp.office365.com:587")


def test_change_asks_again_for_all_that_the_options_said(office: Shell) -> None:
    """Servers of one's own stay though the address is at a provider, and its password is for them alone."""
    own = (
        "--smtp",
        "127.0.0.1:1",
        "--imap",
        "127.0.0.1:2",
        "--user",
        "relay",
        "--password-file",
        "own.secret",
    )
    person = Terminal(
        office.folder, "mailbox", "add", "eva@gmail.com", "--name", "Eva W", *own, *SENDER, "--keep-example"
    )
    for question, answer in (("Title", ""), ("Phone", ""), ("not shown): ", "pw-123"), ("old is it", "new")):
        person.answer(question, answer)
    for question, answer in (
        ("at most", ""),
        ("Website", ""),
        ("privacy notice", ""),
        ("What now", "change"),
    ):
        person.answer(question, answer)
    for default in ("eva@gmail.com", "Eva W", "none", "none", "other", "relay"):
        assert "Gmail:" not in person.answer(default, "")
    person.answer("[smtp://relay@127.0.0.1:1]: ", "")
    person.answer("[imap://relay@127.0.0.1:2]: ", "127.0.0.1:3")
    person.answer("[own.secret]: ", "")
    person.answer("Password (not shown): ", "pw-456")  # nobody sends the one before to another server
    for _ in range(2):
        person.answer("]: ", "")
    for default in ("Shelves Ltd", "1 Way, Leeds", "GB", "Europe/London"):
        person.answer(f"[{default}]: ", "")
    person.answer("Website", "")
    person.answer("privacy notice", "")
    person.answer("What now", "keep")
    assert person.end() == 0, person.seen
    assert "by it" not in person.seen  # --keep-example was said once
    box = workspace.load(office.folder).mailboxes["eva@gmail.com"]
    assert (box.smtp, box.imap) == ("smtp://relay@127.0.0.1:1", "imap://relay@127.0.0.1:3")
    assert (office.folder / "own.secret").read_text() == "pw-456\n"


# By options


def test_a_user_name_and_an_inbox_of_ones_own_at_a_known_provider(office: Shell) -> None:
    args = ("--login", "password", "--keep", "environment", "--no-test", "--yes", "--name", "Eva")
    office.ok("mailbox", "add", "eva@gmail.com", *args, *SENDER, "--user", "relay")
    office.ok("mailbox", "add", "leo@gmail.com", *args, "--imap", "none")
    boxes = workspace.load(office.folder).mailboxes
    eva, leo = boxes["eva@gmail.com"], boxes["leo@gmail.com"]
    assert (eva.smtp, eva.imap) == ("smtps://relay@smtp.gmail.com:465", "imaps://relay@imap.gmail.com:993")
    assert (leo.smtp, leo.imap) == ("smtps://leo%40gmail.com@smtp.gmail.com:465", "")


def test_all_questions_can_be_answered_by_options(
    office: Shell, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", (office.write("typed", f"{PASSWORD}\n")).open(encoding="utf-8"))
    args = (
        "--title",
        "Sales",
        "--age",
        "years",
        "--writes",
        "40",
        "--per-day",
        "15",
        "--send",
        "--format",
        "json",
    )
    code, out, err = office.run(
        "mailbox", "add", KATE, *WHO, *SENDER, *opened(post), "--password-stdin", *args
    )
    assert code == 0, err
    found = json.loads(out)
    assert (found["per_day"], found["ramp_from"], found["campaigns"]) == (15, 15, CAMPAIGNS)
    assert [step["ok"] for step in found["steps"]] == [
        True,
        True,
        True,
        True,
        True,
        True,
        True,
        None,
        True,
        True,
    ]
    assert found["steps"][6]["mails"] == 1
    assert "smtp login" in err
    assert PASSWORD not in out + err
    assert login(workspace.load(office.folder).mailboxes[KATE], {}, office.folder) == PASSWORD


def test_a_password_of_the_environment_stays_there(
    office: Shell, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable(KATE), PASSWORD)
    office.ok("mailbox", "add", KATE, *WHO, *SENDER, *opened(post), "--yes")
    assert not list(office.folder.glob("*.password"))
    assert office.run("mailbox", "test", KATE)[0] == 0


def test_a_file_beside_the_workspace_is_kept_from_git(office: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable(KATE), PASSWORD)
    where = ("--keep", "file", "--password-file", "secrets/kate")
    office.ok("mailbox", "add", KATE, *WHO, *SENDER, "--smtp", "smtp.shelves.test", *where, *ALONE)
    kept = office.folder / "secrets" / "kate"
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (f"{PASSWORD}\n", 0o600)
    assert "/secrets/kate" in (office.folder / ".gitignore").read_text().splitlines()


def test_a_keyring_is_the_first_choice_where_there_is_one(
    office: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: dict[tuple[str, str], str] = {}
    monkeypatch.setattr("outreach.mailbox.credentials._keyrings", lambda: iter((Desktop(held),)))
    monkeypatch.setattr("sys.stdin", office.write("typed", f"{PASSWORD}\n").open(encoding="utf-8"))
    args = ("--smtp", "smtp.shelves.test", "--password-stdin")
    assert "its password is in the keyring" in " ".join(
        office.ok("mailbox", "add", KATE, *WHO, *SENDER, *args, *ALONE).split()
    )
    assert held == {("outreach", KATE): PASSWORD}
    assert workspace.load(office.folder).mailboxes[KATE].password_file == ""


def test_a_password_that_hides_the_new_one_is_named(office: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable(KATE), "old secret")
    monkeypatch.setattr("sys.stdin", office.write("typed", f"{PASSWORD}\n").open(encoding="utf-8"))
    args = ("--smtp", "smtp.shelves.test", "--password-stdin", "--keep", "file")
    out = office.ok("mailbox", "add", KATE, *WHO, *SENDER, *args, *ALONE)
    assert f"take {variable(KATE)} out of the environment" in " ".join(out.split())
    assert "old secret" not in out


def test_when_the_files_cannot_be_written_no_password_is_left(
    office: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", office.write("typed", f"{PASSWORD}\n").open(encoding="utf-8"))
    before = texts(office.folder)
    args = ("--smtp", "smtp.shelves.test", "--password-stdin")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, usual[1]))  # room for a password, not for outreach.toml
    try:
        code, _, err = office.run("mailbox", "add", KATE, *WHO, *SENDER, *args, *ALONE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert (code, "cannot be written" in err) == (1, True)
    assert texts(office.folder) == before


def test_servers_that_let_nobody_in_change_nothing(
    office: Shell, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable(KATE), "another")
    before = texts(office.folder)
    code, out, err = office.run("mailbox", "add", KATE, *WHO, *SENDER, *opened(post), "--yes")
    assert (code, out) == (1, "")
    assert "smtp login" in err
    assert "imap login" in err
    assert "was not added" in err
    assert "--no-test" in err
    assert texts(office.folder) == before


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "--address is not given"),
        (("kate",), "must have an @-sign"),
        (("ann@northwind.example", *WHO), "is in outreach.toml already"),
        ((KATE,), "--name is not given"),
        ((KATE, "--name", "kate@shelves.test"), "holds '<', '>' or '@'"),
        ((KATE, "--name", "Kate\u2028Ng"), "control character"),
        ((KATE, *WHO, "--provider", "gmial"), "did you mean `gmail`?"),
        ((KATE, *WHO, "--smtp", "smtps://kate:secret7@smtp.shelves.test"), "--smtp holds a password"),
        ((KATE, *WHO, "--smtp", "smtp.shelves.test:99999"), "is no URL"),
        ((KATE, *WHO, "--smtp", "smtp.shelves.test", "--user", "k\udc80"), "control character"),
        (("k\udc80@shelves.test",), "--address"),
        ((KATE, *WHO, "--smtp", "s" * 100_000), "is longer than"),
        ((KATE, *WHO, "--smtp", "smtp.shelves.test", "--imap", "none", "--password-file", "a\0b"), "control"),
        (
            (KATE, *WHO, "--smtp", "a.test", "--imap", "none", "--password-file", "outreach.toml"),
            "others may read",
        ),
        ((KATE, *WHO, "--smtp", "smtp.shelves.test", "--imap", "imap://imap.shelves.test"), "without TLS"),
        ((KATE, *WHO, "--smtp", "127.0.0.1:1", "--imap", "none", "--per-day", "51"), "from 1 to 50"),
        ((KATE, *WHO, "--smtp", "127.0.0.1:1", "--imap", "none", "--per-day", "٣"), "from 1 to 50"),
        ((KATE, *WHO, "--smtp", "smtp.shelves.test", "--imap", "none"), "type the password unseen"),
        ((KATE, *WHO, "--smtp", "127.0.0.1:1", "--imap", "none", "--company", "X"), "--postal is not given"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_written(
    office: Shell, args: tuple[str, ...], message: str
) -> None:
    before = texts(office.folder)
    code, _, err = office.run("mailbox", "add", *args, "--no-test", "--yes")
    assert (code, message in err) == (1, True), err
    assert "secret7" not in err
    assert texts(office.folder) == before


@pytest.mark.parametrize("typed", ["", "a\0b", "x" * 5000, "a\tb"])
def test_a_password_that_cannot_be_one_is_never_shown(
    office: Shell, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr(
        "sys.stdin", (office.write("typed", f"{typed}\n")).open(encoding="utf-8", newline="\n")
    )
    before = texts(office.folder)
    args = ("--smtp", "smtp.shelves.test", "--imap", "none", "--no-test", "--password-stdin")
    code, out, err = office.run("mailbox", "add", KATE, *WHO, *SENDER, *args)
    assert (code, "the password on standard input" in err) == (1, True)
    assert not typed or typed not in out + err
    assert texts(office.folder) == before


def test_the_example_may_stay_and_its_sender_is_named(office: Shell) -> None:
    out, err = office.run("mailbox", "add", KATE, *WHO, "--smtp", "127.0.0.1:1", "--keep-example", *ALONE)[1:]
    assert "still the example's, Northwind Shelving Ltd" in err
    assert 'mailboxes = ["kate@shelves.test"]' in out
    assert set(workspace.load(office.folder).mailboxes) == {KATE, "ann@northwind.example"}


def test_a_workspace_without_a_sender_is_asked_for_one(office: Shell) -> None:
    office.write("outreach.toml", "# ours\n[segments]\nshops = \"industry == 'retail'\"\n")
    code, _, err = office.run("mailbox", "add", KATE, *WHO, "--smtp", "127.0.0.1:1", *ALONE)
    assert (code, "--company is not given" in err) == (1, True)
    office.ok("mailbox", "add", KATE, *WHO, *SENDER, "--smtp", "127.0.0.1:1", *ALONE)
    found = workspace.basics(office.folder)
    assert found.sender
    assert found.sender.company == "Shelves Ltd"
    assert (office.folder / "outreach.toml").read_text().startswith("# ours\n[segments]")
    office.ok("mailbox", "add", "leo@shelves.test", "--name", "Leo", "--smtp", "127.0.0.1:1", *ALONE)


def test_a_broken_outreach_toml_is_said_before_the_first_question(office: Shell) -> None:
    office.write("outreach.toml", "[sender\n")
    code, out, err = office.run("mailbox", "add")
    assert (code, out) == (1, "")
    assert "outreach.toml:1" in err
    assert "Address" not in err
