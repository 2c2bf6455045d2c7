"""What people do about mails that came back: say what they want and whose they are, put off, stop, be done."""

import json

import pytest

from outreach.store.tables import answer as table
from tests.answered import BOB, EVA, answer, came, listed
from tests.cli import Shell
from tests.launched import Served, files, launch


def test_a_mail_that_is_put_off_waits_again_on_its_day(answered: Shell) -> None:
    assert "Mon 30 Nov 2026" in answered.ok("inbox", "later", "1", "2026-11-30")
    assert "Nothing waits" in answered.ok("inbox", "waiting")
    assert "waits for you" not in answered.ok("status")
    assert "(from Mon 30 Nov 2026)" in answered.ok("inbox")
    answered.now = answered.now.replace(day=30)
    assert listed(answered, "waiting") == [1]
    assert "1 mail waits for you" in answered.ok("status")


@pytest.mark.parametrize(("when", "day"), [("tomorrow", 24), ("3 days", 26), ("1 week", 30)])
def test_a_day_may_be_said_in_words(answered: Shell, when: str, day: int) -> None:
    row = answered.json("inbox", "later", "1", *when.split())
    assert row["later"] == f"2026-11-{day}"


@pytest.mark.parametrize("when", ["2026-11-23", "2020-01-01", "soon", "99999 weeks", "2026-02-30"])
def test_a_day_that_is_not_ahead_or_none_is_refused(answered: Shell, when: str) -> None:
    code, _, err = answered.run("inbox", "later", "1", when)
    assert (code, when in err) == (2, True)
    assert listed(answered, "waiting") == [1]


def test_a_wrong_guess_is_corrected_and_stays_so(answered: Shell) -> None:
    out = answered.ok("inbox", "mark", "1", "not-interested")
    assert "outreach inbox done 1" in out
    assert "not interested, as a person said" in answered.ok("inbox", "show", "1")
    assert "0 of 0 mails" in answered.ok("inbox", "reclassify")
    assert answered.json("inbox", "show", "1")["intent"] == "not_interested"


def test_what_a_person_said_of_a_mail_stays_when_it_is_given_to_somebody(answered: Shell) -> None:
    number = str(
        came(answered, sender=EVA, subject="Automatic reply: Shelving\nAuto-Submitted: auto-replied")
    )
    look = ("inbox", "show", number, "--format", "json")
    assert json.loads(answered.ok(*look))["kind"] == "auto_reply"
    answered.ok("inbox", "mark", number, "question")
    assert f"{number} belongs to {EVA} now: reply" in answered.ok("inbox", "assign", number, EVA)
    row = json.loads(answered.ok(*look))
    assert (row["kind"], row["intent"], row["email"]) == ("reply", "question", EVA)


def test_a_misspelt_intent_is_told_with_the_nearest(answered: Shell) -> None:
    code, _, err = answered.run("inbox", "mark", "1", "intrested")
    assert (code, "did you mean `interested`?" in err) == (2, True)
    assert "not-interested, referral" in answered.run("inbox", "mark", "1", "xyz")[2]


def test_an_opt_out_is_asked_for_first_and_then_holds_for_good(answered: Shell) -> None:
    for command in (("optout", "1"), ("mark", "1", "opt-out")):
        code, _, err = answered.run("inbox", *command)
        assert (code, f"Never write to {BOB} again?" in err) == (1, True)
        assert answered.json("suppress", "list")["total"] == 0
    assert BOB in answered.ok("inbox", "optout", "1", "--yes")
    assert BOB in answered.ok("suppress", "list")
    assert listed(answered, "waiting") == []


def test_a_domain_opts_out_but_not_one_that_strangers_share(answered: Shell) -> None:
    number = came(answered, sender="bob.cole@gmail.com", references="<1@x>", own="<3@x>", text="Stop it.")
    answered.ok("inbox", "assign", str(number), EVA)
    code, _, err = answered.run("inbox", "optout", str(number), "--domain", "--yes")
    assert (code, "gmail.com belongs to many people" in err) == (1, True)
    answered.ok("inbox", "optout", "1", "--domain", "--yes")
    assert "acme.example" in answered.ok("suppress", "list").split()


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


def test_several_mails_are_done_at_once_or_none(answered: Shell) -> None:
    second = came(answered)
    assert answered.run("inbox", "done", "1", "77")[0] == 1
    assert listed(answered, "waiting") == [second, 1]
    assert f"1, {second} are done" in answered.ok("inbox", "done", "1", str(second), "1")
    assert listed(answered, "waiting") == []


@pytest.mark.parametrize(
    "command",
    [("show", "7"), ("reply", "7"), ("mark", "7", "later"), ("later", "7", "tomorrow"), ("optout", "7"),
     ("assign", "7", BOB), ("done", "7")],
)  # fmt: skip
def test_a_number_that_no_mail_has_leads_to_the_list(answered: Shell, command: tuple[str, ...]) -> None:
    code, _, err = answered.run("inbox", *command)
    assert (code, err) == (1, "error: no mail 7 has come back\n  outreach inbox\n")


def test_reading_again_says_what_would_be_otherwise_and_changes_nothing_when_dry(answered: Shell) -> None:
    with answered.app().store as store:
        store.write(lambda tx: tx.execute(table.update().values(intent="hostile")))
    again = ("inbox", "reclassify", "--dry-run", "--format", "json")
    (change,) = json.loads(answered.ok(*again))["changed"]
    assert (change["mail"], change["was"]["intent"], change["now"]["intent"]) == (1, "hostile", "interested")
    assert "1     bob@acme.example: reply (hostile) -> reply (interested)" in answered.ok(*again[:3])
    assert "1 of 1 mail is read otherwise now" in answered.ok("inbox", "reclassify")
    assert json.loads(answered.ok(*again))["changed"] == []
