"""What people do about mails that came back: say what they want and whose they are, put off, stop, be done."""

import json
from collections.abc import Iterator

import pytest

from outreach.store.tables import answer as table
from tests.answered import EVA, begin, came, listed
from tests.cli import Shell
from tests.launched import Served, files, launch, served
from tests.smtpd import Misbehaving
from tests.test_cli_inbox import BOB, answer


@pytest.fixture
def post() -> Iterator[Served]:
    with served(Misbehaving()) as each:
        yield each


@pytest.fixture
def shops(shell: Shell, post: Served) -> Shell:
    begin(shell, post.server.url)
    return shell


def test_a_mail_that_is_put_off_waits_again_on_its_day(shops: Shell) -> None:
    assert "Mon 30 Nov 2026" in shops.ok("inbox", "later", "1", "2026-11-30")
    assert "Nothing waits" in shops.ok("inbox", "waiting")
    assert "waits for you" not in shops.ok("status")
    assert "(from Mon 30 Nov 2026)" in shops.ok("inbox")
    shops.now = shops.now.replace(day=30)
    assert listed(shops, "waiting") == [1]
    assert "1 mail waits for you" in shops.ok("status")


@pytest.mark.parametrize(("when", "day"), [("tomorrow", 24), ("3 days", 26), ("1 week", 30)])
def test_a_day_may_be_said_in_words(shops: Shell, when: str, day: int) -> None:
    row = json.loads(shops.ok("inbox", "later", "1", *when.split(), "--format", "json"))
    assert row["later"] == f"2026-11-{day}"


@pytest.mark.parametrize("when", ["2026-11-23", "2020-01-01", "soon", "99999 weeks", "2026-02-30"])
def test_a_day_that_is_not_ahead_or_none_is_refused(shops: Shell, when: str) -> None:
    code, _, err = shops.run("inbox", "later", "1", when)
    assert (code, when in err) == (2, True)
    assert listed(shops, "waiting") == [1]


def test_a_wrong_guess_is_corrected_and_stays_so(shops: Shell) -> None:
    out = shops.ok("inbox", "mark", "1", "not-interested")
    assert "outreach inbox done 1" in out
    assert "not interested, as a person said" in shops.ok("inbox", "show", "1")
    assert "0 of 0 mails" in shops.ok("inbox", "reclassify")
    assert json.loads(shops.ok("inbox", "show", "1", "--format", "json"))["intent"] == "not_interested"


def test_what_a_person_said_of_a_mail_stays_when_it_is_given_to_somebody(shops: Shell) -> None:
    number = str(came(shops, sender=EVA, subject="Automatic reply: Shelving\nAuto-Submitted: auto-replied"))
    look = ("inbox", "show", number, "--format", "json")
    assert json.loads(shops.ok(*look))["kind"] == "auto_reply"
    shops.ok("inbox", "mark", number, "question")
    assert f"{number} belongs to {EVA} now: reply" in shops.ok("inbox", "assign", number, EVA)
    row = json.loads(shops.ok(*look))
    assert (row["kind"], row["intent"], row["email"]) == ("reply", "question", EVA)


def test_a_misspelt_intent_is_told_with_the_nearest(shops: Shell) -> None:
    code, _, err = shops.run("inbox", "mark", "1", "intrested")
    assert (code, "did you mean `interested`?" in err) == (2, True)
    assert "not-interested, referral" in shops.run("inbox", "mark", "1", "xyz")[2]


def test_an_opt_out_is_asked_for_first_and_then_holds_for_good(shops: Shell) -> None:
    for command in (("optout", "1"), ("mark", "1", "opt-out")):
        code, _, err = shops.run("inbox", *command)
        assert (code, f"Never write to {BOB} again?" in err) == (1, True)
        assert "0 " in shops.ok("suppress", "list") or BOB not in shops.ok("suppress", "list")
    assert BOB in shops.ok("inbox", "optout", "1", "--yes")
    assert BOB in shops.ok("suppress", "list")
    assert listed(shops, "waiting") == []


def test_a_domain_opts_out_but_not_one_that_strangers_share(shops: Shell) -> None:
    number = came(shops, sender="bob.cole@gmail.com", references="<1@x>", own="<3@x>", text="Stop it.")
    shops.ok("inbox", "assign", str(number), EVA)
    code, _, err = shops.run("inbox", "optout", str(number), "--domain", "--yes")
    assert (code, "gmail.com belongs to many people" in err) == (1, True)
    shops.ok("inbox", "optout", "1", "--domain", "--yes")
    assert "acme.example" in shops.ok("suppress", "list").split()


def test_a_mail_of_nobody_is_given_to_its_person_and_stops_them(shell: Shell, post: Served) -> None:
    launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB)
    shell.now = shell.now.replace(hour=10)
    shell.ok("run", "--once")
    answer(shell, sender="zoe@acme.example")
    shell.ok("inbox", "import", "answer.eml")
    assert listed(shell, "--unmatched") == listed(shell, "list", "--unmatched") == [1]
    assert "outreach inbox assign 1 EMAIL" in shell.ok("inbox", "show", "1")
    assert shell.run("inbox", "assign", "1", "bbo@acme.example")[0] == 1
    assert "gets followup" in shell.ok("why", BOB)
    assert f"1 belongs to {BOB} now: reply" in shell.ok("inbox", "assign", "1", BOB)
    assert "replied" in shell.ok("why", BOB)
    assert listed(shell, "--unmatched") == []


def test_several_mails_are_done_at_once_or_none(shops: Shell) -> None:
    second = came(shops)
    assert shops.run("inbox", "done", "1", "77")[0] == 1
    assert listed(shops, "waiting") == [second, 1]
    assert f"1, {second} are done" in shops.ok("inbox", "done", "1", str(second), "1")
    assert listed(shops, "waiting") == []


@pytest.mark.parametrize(
    "command",
    [("show", "7"), ("reply", "7"), ("mark", "7", "later"), ("later", "7", "tomorrow"), ("optout", "7"),
     ("assign", "7", BOB), ("done", "7")],
)  # fmt: skip
def test_a_number_that_no_mail_has_leads_to_the_list(shops: Shell, command: tuple[str, ...]) -> None:
    code, _, err = shops.run("inbox", *command)
    assert (code, err) == (1, "error: no mail 7 has come back\n  outreach inbox\n")


def test_reading_again_says_what_would_be_otherwise_and_changes_nothing_when_dry(shops: Shell) -> None:
    with shops.app().store as store:
        store.write(lambda tx: tx.execute(table.update().values(intent="hostile")))
    again = ("inbox", "reclassify", "--dry-run", "--format", "json")
    (change,) = json.loads(shops.ok(*again))["changed"]
    assert (change["mail"], change["was"]["intent"], change["now"]["intent"]) == (1, "hostile", "interested")
    assert "1     bob@acme.example: reply (hostile) -> reply (interested)" in shops.ok(*again[:3])
    assert "1 of 1 mail is read otherwise now" in shops.ok("inbox", "reclassify")
    assert json.loads(shops.ok(*again))["changed"] == []
