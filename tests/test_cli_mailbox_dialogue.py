"""`outreach mailbox add` at a terminal: a whole dialogue, with mistakes, broken off, and gone through again."""

import pytest

from outreach import workspace
from outreach.mailbox.credentials import login
from tests.cli import Shell
from tests.imapd import PASSWORD, USER
from tests.office import KATE, SENDER, WHERE, WHO, Servers, texts
from tests.terminal import Terminal


def test_a_dialogue_from_the_starter_to_a_mailbox_that_was_tried(office: Shell, servers: Servers) -> None:
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
    person.answer("[smtp.shelves.test:465]: ", servers.smtp)
    person.answer("[imap.shelves.test:993]: ", servers.imap.url)
    person.answer("Where to keep its password [file]: ", "")
    person.answer("Password (not shown): ", "wrong secret")
    person.answer("How old is it [new]: ", "year")
    person.answer("go out from it by now [20]: ", "12")
    person.answer("(1 to 50) [30]: ", "")
    person.until("rack-inspection, retail-shelving too.")
    person.answer("Replace the example's mailbox [Y/n]: ", "")
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
    for default in ("other", USER, servers.smtp, servers.imap.url, "file"):
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
    assert person.seen.endswith(
        "It writes for cold-rooms, fair, rack-inspection, retail-shelving.\nnext: outreach plan\n"
    )
    assert f"Trying SMTP {servers.smtp.rpartition('@')[2]} ...\n" in person.seen
    assert f"Trying IMAP {servers.imap.url.rpartition('@')[2]} ...\n" in person.seen
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
    assert servers.sandbox.received[0].rcpt_to == (KATE,)
    assert b"Auto-Submitted: auto-generated\r\n" in servers.sandbox.received[0].data
    assert all(
        PASSWORD.encode() not in text
        for name, text in texts(office.folder).items()
        if name != box.password_file
    )
    assert servers.imap.flags() == [""]  # nobody has read the mail
    after = texts(office.folder)
    kept = {name for name in before if before[name] != after[name]}
    assert kept == {"outreach.toml", *(f"campaigns/{stem}.toml" for stem in found.campaigns)}
    assert (
        b"# public holidays of the prospect's country are off too" in after["campaigns/retail-shelving.toml"]
    )


@pytest.mark.parametrize("place", ["Name that people see", "not shown", "How old is it", "What now"])
def test_ctrl_c_leaves_everything_as_it_was(office: Shell, place: str) -> None:
    before = texts(office.folder)
    options = ("--smtp", "smtp://ann@127.0.0.1:1", "--imap", "none", "--website", "https://shelves.test")
    person = Terminal(office.folder, "mailbox", "add", KATE, *options, *SENDER)
    answers = {"Name that people see": "Kate", "(Enter for none)": "", "Where to keep": "", "not shown": "x"}
    steps = ["Name that people see", "(Enter for none)", "(Enter for none)", "User name"]
    steps += ["Where to keep", "not shown"]
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
    args = ("eva@gmail.com", "--name", "Eva W", *own, *SENDER, "--keep-example")
    person = Terminal(office.folder, "mailbox", "add", *args)
    said = {"not shown): ": "pw-123", "old is it": "new", "What now": "change"}
    for question in (
        "Title",
        "Phone",
        "not shown): ",
        "old is it",
        "at most",
        "Website",
        "privacy",
        "What now",
    ):
        person.answer(question, said.get(question, ""))
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


def test_answers_that_cannot_be_meant_are_asked_again(office: Shell) -> None:
    """Each is told why, and no line is wider than the screen but for what is typed."""
    options = ("--keep-example", "--no-test", *SENDER[2:4], *WHERE, "--age", "new", "--per-day", "30")
    person = Terminal(office.folder, "mailbox", "add", *options)
    person.answer("Address of the mailbox: ", "kate@shelves")
    person.answer("Address of the mailbox: ", KATE)
    person.answer("Name that people see in From: ", "")
    assert "needs an answer" in person.answer("Name that people see in From: ", "?")
    assert "no letter" in person.answer("Name that people see in From: ", "Kate")
    person.answer("(Enter for none): ", "")
    person.answer("(Enter for none): ", "")
    person.answer("[other]: ", "")
    person.answer("[kate@shelves.test]: ", "localhost:9")
    assert "is a server" in person.answer("[kate@shelves.test]: ", "")
    person.answer("SMTP server [smtp.shelves.test:465]: ", "none")
    assert "is no server" in person.answer("SMTP server [smtp.shelves.test:465]: ", "127.0.0.1:1")
    person.answer("[imap.shelves.test:993]: ", "-")
    person.answer("Where to keep its password", "env")
    person.answer("Enter to leave it out): ", "")
    person.answer("legal form: ", "")
    assert "needs an answer" in person.answer("legal form: ", "Shelves Ltd")
    person.answer("Website (Enter for none): ", "shelves.test")
    person.answer("privacy notice (Enter for none): ", "nothing yet")
    person.answer("privacy notice (Enter for none): ", "")
    assert person.end() == 0, person.seen
    assert max(map(len, person.seen.splitlines())) <= 80
    found = workspace.load(office.folder)
    assert found.sender.website == "https://shelves.test"
    assert found.mailboxes[KATE].smtp == "smtp://kate%40shelves.test@127.0.0.1:1"  # Enter gave that user


def test_one_server_is_corrected_without_the_other_questions(office: Shell, servers: Servers) -> None:
    """And TLS on an odd port of this machine is no riddle, nor is the user that was given first kept in a URL."""
    where = ("--smtp", "127.0.0.1:1", "--imap", servers.imap.url.replace(f"{USER}@", ""), "--user", "anne")
    args = (KATE, *WHO, *SENDER, *where, "--keep-example", "--age", "new", "--per-day", "30")
    person = Terminal(office.folder, "mailbox", "add", *args)
    for question in ("Title", "Phone"):
        person.answer(question, "")
    person.answer("Where to keep its password [file]: ", "")
    person.answer("not shown): ", PASSWORD)
    person.answer("Website", "")
    person.answer("privacy notice", "")
    person.answer("What now [servers]: ", "")
    person.answer("[anne]: ", USER)
    person.answer(f"[smtp://{USER}@127.0.0.1:1]: ", servers.smtp.rpartition("@")[2])
    person.answer(f"[{servers.imap.url}]: ", "")
    person.answer("[file]: ", "")
    person.answer("not shown): ", PASSWORD)
    person.answer("to itself [y/N]: ", "")
    assert person.end() == 0, person.seen
    box = workspace.load(office.folder).mailboxes[KATE]
    assert (box.smtp, box.imap, box.per_day) == (servers.smtp, servers.imap.url, 30)
    assert login(box, {}, office.folder) == PASSWORD
