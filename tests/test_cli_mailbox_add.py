"""`outreach mailbox add` by options alone: all questions can be answered so, and what cannot be taken is said."""

import json
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from outreach import workspace
from outreach.cli.asking import Asking
from outreach.cli.mailbox_questions import ask, ask_servers
from outreach.mailbox.credentials import login, variable
from outreach.workspace import additions
from tests.cli import Shell
from tests.imapd import PASSWORD
from tests.launched import files, launch, served
from tests.office import KATE, SENDER, WHO, Servers, texts
from tests.smtpd import Secured, certificate
from tests.test_credentials import Desktop

CAMPAIGNS = ["cold-rooms", "fair", "rack-inspection", "retail-shelving"]  # of the starter
ALONE = ("--imap", "none", "--no-test", "--yes")


def opened(servers: Servers) -> tuple[str, ...]:
    return ("--smtp", servers.smtp, "--imap", servers.imap.url)


@pytest.fixture
def types(office: Shell, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put these words on standard input."""

    def put(words: str) -> None:
        file = office.write("typed", f"{words}\n")
        monkeypatch.setattr("sys.stdin", file.open(encoding="utf-8", newline="\n"))

    return put


def add(office: Shell, *args: str) -> tuple[int, str, str]:
    """Kate's mailbox, added by options."""
    return office.run("mailbox", "add", KATE, *WHO, *SENDER, *args)


def test_a_user_name_and_an_inbox_of_ones_own_at_a_known_provider(office: Shell) -> None:
    args = ("--login", "password", "--keep", "environment", "--no-test", "--yes", "--name", "Eva")
    office.ok("mailbox", "add", "eva@gmail.com", *args, *SENDER, "--user", "relay")
    office.ok("mailbox", "add", "leo@gmail.com", *args, "--imap", "none")
    boxes = workspace.load(office.folder).mailboxes
    eva, leo = boxes["eva@gmail.com"], boxes["leo@gmail.com"]
    assert (eva.smtp, eva.imap) == ("smtps://relay@smtp.gmail.com:465", "imaps://relay@imap.gmail.com:993")
    assert (leo.smtp, leo.imap) == ("smtps://leo%40gmail.com@smtp.gmail.com:465", "")


def test_all_questions_can_be_answered_by_options(
    office: Shell, servers: Servers, types: Callable[[str], None]
) -> None:
    types(PASSWORD)
    args = ("--title", "Sales", "--age", "years", "--writes", "40", "--per-day", "15", "--send")
    code, out, err = add(office, *opened(servers), "--password-stdin", *args, "--format", "json")
    assert code == 0, err
    found = json.loads(out)
    assert (found["per_day"], found["ramp_from"], found["campaigns"]) == (15, 15, CAMPAIGNS)
    assert [step["ok"] for step in found["steps"]] == [True] * 7 + [None] + [True] * 2
    assert found["steps"][6]["mails"] == 1
    assert "smtp login" in err
    assert PASSWORD not in out + err
    assert login(workspace.load(office.folder).mailboxes[KATE], {}, office.folder) == PASSWORD


def test_a_password_of_the_environment_stays_there(
    office: Shell, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable(KATE), PASSWORD)
    office.ok("mailbox", "add", KATE, *WHO, *SENDER, *opened(servers), "--yes")
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
    office: Shell, monkeypatch: pytest.MonkeyPatch, types: Callable[[str], None]
) -> None:
    held: dict[tuple[str, str], str] = {}
    monkeypatch.setattr("outreach.mailbox.credentials._keyrings", lambda: iter((Desktop(held),)))
    types(PASSWORD)
    args = ("--smtp", "smtp.shelves.test", "--password-stdin")
    assert "its password is in the keyring" in " ".join(
        office.ok("mailbox", "add", KATE, *WHO, *SENDER, *args, *ALONE).split()
    )
    assert held == {("outreach", KATE): PASSWORD}
    assert workspace.load(office.folder).mailboxes[KATE].password_file == ""


def test_a_password_that_hides_the_new_one_is_named(
    office: Shell, monkeypatch: pytest.MonkeyPatch, types: Callable[[str], None]
) -> None:
    monkeypatch.setenv(variable(KATE), "old secret")
    types(PASSWORD)
    args = ("--smtp", "smtp.shelves.test", "--password-stdin", "--keep", "file")
    out = office.ok("mailbox", "add", KATE, *WHO, *SENDER, *args, *ALONE)
    assert f"take {variable(KATE)} out of the environment" in " ".join(out.split())
    assert "old secret" not in out


def test_when_the_files_cannot_be_written_no_password_is_left(
    office: Shell, types: Callable[[str], None]
) -> None:
    types(PASSWORD)
    before = texts(office.folder)
    args = ("--smtp", "smtp.shelves.test", "--password-stdin")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, usual[1]))  # room for a password, not for outreach.toml
    try:
        code, _, err = add(office, *args, *ALONE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert (code, "cannot be written" in err) == (1, True)
    assert texts(office.folder) == before


def test_servers_that_let_nobody_in_change_nothing(
    office: Shell, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable(KATE), "another")
    before = texts(office.folder)
    code, out, err = add(office, *opened(servers), "--yes")
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
        (("--provider", "gmial"), "did you mean `gmail`?"),  # before the first question
        (("--postal", "x"), "--postal is no postal address"),
        ((KATE, "--name", "?"), "--name is no name"),
        ((KATE, *WHO, "--smtp", "none"), "--smtp is no server"),
        ((KATE, *WHO, "--smtp", "127.0.0.1:1", "--user", "127.0.0.1:9"), "--user is a server"),
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
    office: Shell, types: Callable[[str], None], typed: str
) -> None:
    types(typed)
    before = texts(office.folder)
    args = ("--smtp", "smtp.shelves.test", "--imap", "none", "--no-test", "--password-stdin")
    code, out, err = add(office, *args)
    assert (code, "the password on standard input" in err) == (1, True)
    assert not typed or typed not in out + err
    assert texts(office.folder) == before


def test_a_user_that_is_said_is_kept_on_this_machine_and_else_there_is_none(office: Shell) -> None:
    keep = ("--keep", "environment", "--keep-example")
    for name, args in (("rosa", ("--user", "rosa@shelves.test")), ("leo", ())):
        where = ("--smtp", "localhost:1", "--imap", "localhost:2")
        address = (f"{name}@shelves.test", "--name", name)
        office.ok("mailbox", "add", *address, *SENDER, *where, *args, *keep, "--no-test", "--yes")
    boxes = workspace.load(office.folder).mailboxes
    assert boxes["rosa@shelves.test"].smtp == "smtp://rosa%40shelves.test@localhost:1"
    assert boxes["rosa@shelves.test"].imap == "imap://rosa%40shelves.test@localhost:2"
    assert boxes["leo@shelves.test"].smtp == "smtp://localhost:1"


def test_servers_are_asked_again_also_where_the_provider_is_known(
    office: Shell, types: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider's are the defaults, with the user in them who was typed last."""
    monkeypatch.setenv(variable("eva@gmail.com"), PASSWORD)
    given = {"address": "eva@gmail.com", "name": "Eva", "login": "password", "keep-example": "yes"}
    given |= {"company": "Shelves Ltd", "postal": "1 Way, Leeds", "country": "GB", "imap": "imap.gmail.com"}
    asking = Asking(given, quiet=True)
    answers = ask(asking, additions.look(office.folder), office.folder)
    assert answers.box.smtp == "smtps://eva%40gmail.com@smtp.gmail.com:465"
    asking.quiet = False
    for typed, smtp, imap in (
        ("relay\n\n\n", "smtps://relay@smtp.gmail.com:465", "imaps://relay@imap.gmail.com:993"),
        ("\nsmtp.shelves.test\n-\n", "smtps://relay@smtp.shelves.test:465", ""),
    ):
        asking.again()
        types(f"{typed}\n\n")  # how to log in, and whether the password that is there will do
        answers = ask_servers(asking, answers, office.folder)
        assert (answers.box.smtp, answers.box.imap) == (smtp, imap)


def test_a_dash_is_none_as_an_option_as_it_is_as_an_answer(office: Shell) -> None:
    none = ("--user", "-", "--title", "-", "--website", "-", "--privacy-url", "-", "--imap", "-")
    office.ok("mailbox", "add", KATE, *WHO, *SENDER, "--smtp", "localhost:1025", *none, "--no-test", "--yes")
    found = workspace.load(office.folder)
    box = found.mailboxes[KATE]
    assert (box.smtp, box.imap, box.title) == ("smtp://localhost:1025", "", "")
    assert (found.sender.website, found.sender.privacy_url) == ("", "")
    assert "--name is no name" in office.run("mailbox", "add", "leo@shelves.test", "--name", "-", *ALONE)[2]


@pytest.mark.parametrize("postal", ["北京市朝阳区1号", "上海徐汇1号", "Basel 4051"])
def test_a_short_postal_address_is_one(office: Shell, postal: str) -> None:
    """Chinese addresses have few letters, each as wide as two."""
    args = ("--company", "Shelves Ltd", "--postal", postal, "--country", "CN", "--timezone", "Asia/Shanghai")
    office.ok("mailbox", "add", KATE, *WHO, *args, "--smtp", "localhost:1025", *ALONE)
    assert workspace.load(office.folder).sender.address == postal


def test_tls_on_an_odd_port_of_this_machine_is_found(office: Shell, tmp_path: Path) -> None:
    tls, _ = certificate("localhost", tmp_path)
    with served(Secured(tls)) as secured:
        where = ("--smtp", f"localhost:{secured.server.port}", "--user", "kate", "--keep", "environment")
        office.ok("mailbox", "add", KATE, *WHO, *SENDER, *where, *ALONE)
    assert (
        workspace.load(office.folder).mailboxes[KATE].smtp == f"smtps://kate@localhost:{secured.server.port}"
    )


def test_the_campaign_that_runs_is_named_first(shell: Shell) -> None:
    texts = files("smtp://127.0.0.1:1", "sqlite:///outreach.db")
    sample = texts["campaigns/shops.toml"]
    launch(shell, {**texts, "campaigns/another.toml": sample}, "bob@acme.example", stem="shops")
    out = shell.ok("mailbox", "add", KATE, *WHO, *SENDER, "--smtp", "127.0.0.1:1", *ALONE)
    assert "It writes for shops (launched), another." in out
    assert out.endswith("next: outreach plan shops\n")


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
