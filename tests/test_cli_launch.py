"""`outreach launch`: it shows, asks, does exactly that, and says what comes next."""

from datetime import timedelta

import pytest

from tests.cli import Keyboard, Shell

BOB, EVA = "bob@acme.example", "eva@birch.example"


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> "type[Typing]":
    Typing.monkeypatch = monkeypatch
    return Typing


class Typing:
    monkeypatch: pytest.MonkeyPatch

    def __init__(self, text: str) -> None:
        self.monkeypatch.setattr("sys.stdin", Keyboard(text))


def crowd(shell: Shell, people: int) -> None:
    rows = "".join(f"p{number}@c{number}.example,P,C{number},retail\n" for number in range(people))
    shell.add(f"email,first_name,company,industry\n{rows}")


def queue(shell: Shell) -> list[tuple[str, str]]:
    """(address, letter) of what is in the calendar."""
    rows = shell.json("calendar", "--days", "60")
    return [(row["email"], row["letter"]) for row in rows]


def test_it_asks_and_ends_with_the_first_departure_and_the_way_back(
    shops: Shell, types: type[Typing]
) -> None:
    types("y\n")
    code, out, err = shops.run("launch", "shops")
    assert code == 0
    assert "Launch this? 2 letters from Mon 23 Nov 09:00 [y/N]" in err
    plan, _, end = out.partition("\n\n")
    assert plan.startswith("plan ")
    assert [line[:9].strip() for line in end.splitlines()] == [
        *("LAUNCHED", "FIRST", "UNDO", "SENDER", "NEXT")
    ]
    assert "shops revision 1, 2 new people" in end
    assert "Mon 23 Nov 09:00" in end
    assert "outreach undo shops" in end
    assert "NO SENDER RUNNING: start `outreach run`" in end
    assert queue(shops) == [(BOB, "intro"), (EVA, "intro"), (BOB, "followup"), (EVA, "followup")]
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("answer", ["n\n", "\n", "nonsense\nn\n", ""])
def test_anything_but_yes_launches_nothing(shops: Shell, types: type[Typing], answer: str) -> None:
    types(answer)
    code, out, err = shops.run("launch", "shops")
    assert (code, err.rstrip().endswith("nothing was changed")) == (1 if answer.endswith("\n") else 130, True)
    assert "NEXT" not in out
    assert queue(shops) == []


def test_without_anybody_to_ask_it_needs_yes(shops: Shell) -> None:
    code, _, err = shops.run("launch", "shops")
    assert (code, "--yes" in err) == (1, True)
    assert queue(shops) == []
    shops.ok("launch", "shops", "--yes")
    assert len(queue(shops)) == 4


def test_many_people_must_be_typed(shops: Shell, types: type[Typing]) -> None:
    crowd(shops, 199)
    types("y\n")
    code, _, err = shops.run("launch", "shops")
    assert (code, "Type 201 to launch" in err, "'y' is not 201" in err) == (1, True, True)
    assert queue(shops) == []
    types("201\n")
    assert shops.run("launch", "shops")[0] == 0
    assert queue(shops)


def test_two_hundred_are_not_many(shops: Shell, types: type[Typing]) -> None:
    crowd(shops, 198)
    types("y\n")
    assert shops.run("launch", "shops")[0] == 0


def test_dry_run_does_nothing_and_remembers_nothing(shops: Shell) -> None:
    code, out, err = shops.run("launch", "shops", "--dry-run")
    assert (code, out.splitlines()[0], err) == (
        0,
        "plan shops (Shelving for shops)",
        "dry run: nothing was launched\n",
    )
    assert queue(shops) == []
    value = shops.json("launch", "shops", "--dry-run")
    assert (value["launched"], value["revision"], value["people"]) == (False, None, 2)
    assert value["plan"]["plan"] is None


def test_a_pilot_and_then_the_rest(shops: Shell) -> None:
    out = shops.ok("launch", "shops", "--first", "1", "--yes")
    assert "NEW       1 person, 1 company, a pilot of 2" in out
    assert queue(shops) == [(BOB, "intro"), (BOB, "followup")]
    assert "1 person, 1 company" in shops.ok("launch", "shops", "--yes")
    assert len(queue(shops)) == 4


def test_the_plan_with_an_id(shops: Shell) -> None:
    plan_id = shops.ok("plan").split()[1]
    shops.now += timedelta(minutes=5)
    out = shops.ok("launch", "shops", "--plan", plan_id.upper(), "--yes")
    assert out.startswith(f"plan {plan_id}  shops")
    assert "SINCE" not in out
    assert len(queue(shops)) == 4


def test_what_has_changed_since_the_plan_is_told(shops: Shell) -> None:
    plan_id = shops.ok("plan").split()[1]
    shops.now += timedelta(hours=5)
    shops.ok("suppress", "add", BOB)
    shops.add("email,first_name,company,industry\nann@elm.example,Ann,Elm,retail\n")
    out = shops.ok("launch", "shops", "--plan", plan_id, "--yes")
    since = " ".join(out.partition("SINCE")[2].partition("LAUNCHED")[0].split())
    assert "1 person dropped out: bob@acme.example (suppressed: " in since
    assert "1 person matches only now and will not be in it: outreach plan shops" in since
    assert "the first departure moves from Mon 23 Nov 09:00 to Mon 23 Nov 13:1" in since
    assert queue(shops) == [(EVA, "intro"), (EVA, "followup")]


def test_it_as_json(shops: Shell) -> None:
    plan_id = shops.ok("plan").split()[1]
    shops.now += timedelta(hours=5)
    shops.ok("suppress", "add", BOB)
    value = shops.json("launch", "shops", "--plan", plan_id, "--yes")
    assert list(value) == ["launched", "revision", "people", "first", "dropped", "added", "moved", "plan"]
    assert (value["launched"], value["revision"], value["people"], value["added"]) == (True, 1, 1, 0)
    assert [(each["email"], each["code"]) for each in value["dropped"]] == [(BOB, "suppressed")]
    assert value["first"] == value["plan"]["dates"]["starts"]
    assert value["moved"][0]["what"] == "the first departure"
    assert value["plan"]["plan"] == plan_id


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("templates/intro.txt", "We make", "We sell", "the files have changed since plan"),
        ("prospects.csv", "Bob", "Robert", "letters have changed since plan"),
    ],
)
def test_a_plan_that_is_no_longer_true_is_refused(
    shops: Shell, name: str, old: str, new: str, words: str
) -> None:
    plan_id = shops.ok("plan").split()[1]
    shops.edit(name, old, new)
    shops.ok("prospects", "import", "prospects.csv", "--on-existing", "update")
    code, out, err = shops.run("launch", "shops", "--plan", plan_id, "--yes")
    assert (code, out) == (1, "")
    assert f"{words} {plan_id}" in err
    assert "outreach plan shops" in err
    assert queue(shops) == []


def test_an_old_and_an_unknown_plan_are_refused(shops: Shell) -> None:
    plan_id = shops.ok("plan").split()[1]
    shops.now += timedelta(hours=25)
    code, _, err = shops.run("launch", "shops", "--plan", plan_id, "--yes")
    assert (code, "older than 24 hours" in err) == (1, True)
    code, _, err = shops.run("launch", "shops", "--plan", "beef0", "--yes")
    assert (code, "there is no plan beef0 of shops" in err) == (1, True)


def test_a_second_launch_has_nothing_to_do_and_does_not_ask(shops: Shell) -> None:
    shops.ok("launch", "shops", "--yes")
    code, out, _ = shops.run("launch", "shops")
    assert (code, "Nothing to launch" in out) == (0, True)
    value = shops.json("launch", "shops")
    assert (value["launched"], value["plan"]["empty"]) == (False, True)


def test_changes_alone_are_launched_after_a_question_of_their_own(shops: Shell, types: type[Typing]) -> None:
    shops.ok("launch", "shops", "--yes")
    shops.edit("templates/followup.txt", "A second thought", "Another thought")
    types("y\n")
    code, out, err = shops.run("launch", "shops")
    assert (code, "Launch these changes?" in err) == (0, True)
    assert "shops revision 2, 0 new people" in out


def test_an_edit_between_the_question_and_the_answer_is_not_launched(
    shops: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody imports people while another one reads the plan: only what was shown is launched."""

    class Slow(Keyboard):
        def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
            monkeypatch.undo()
            app = shops.app()
            from outreach.cli import main

            shops.write("more.csv", "email,first_name,company,industry\nann@elm.example,Ann,Elm,retail\n")
            assert main(["prospects", "import", "more.csv"], app) == 0
            app.store.close()
            return "y\n"

    monkeypatch.setattr("sys.stdin", Slow())
    assert shops.run("launch", "shops")[0] == 0
    assert {email for email, _ in queue(shops)} == {BOB, EVA}


def test_wrong_usage(shops: Shell) -> None:
    assert shops.run("launch")[0] == 2
    assert shops.run("launch", "shops", "--first", "-1")[0] == 2
    code, _, err = shops.run("launch", "shopps", "--yes")
    assert (code, "did you mean `shops`" in err) == (1, True)


def test_first_0_corrects_the_letters_that_wait_and_takes_nobody_on(shops: Shell) -> None:
    code, _, err = shops.run("launch", "shops", "--first", "0", "--yes")
    assert (code, "was not yet" in err) == (1, True)
    shops.ok("launch", "shops", "--first", "1", "--yes")
    shops.edit("templates/intro.txt", "We make shelving", "We make steel shelving")
    out = shops.ok("launch", "shops", "--first", "0", "--yes")
    assert "NEW       nobody of 1: only what is changed" in out
    assert "shops revision 2, 0 new people" in out
    assert queue(shops) == [(BOB, "intro"), (BOB, "followup")]
    assert "steel shelving" in shops.ok("message", "show", "1")
    assert "Nothing to launch" in shops.ok("launch", "shops", "--first", "0", "--yes")


@pytest.mark.parametrize("first", ["1", ""], ids=["pilot", "all"])
def test_first_0_leaves_it_as_it_was_who_joins_at_night(shops: Shell, first: str) -> None:
    shops.edit("campaigns/shops.toml", "mailboxes =", 'enroll = "nightly"\nmailboxes =')
    shops.ok("launch", "shops", "--yes", *(("--first", first) if first else ()))
    shops.add("email,first_name,company,industry\nned@elm.example,Ned,Elm,retail\n")
    shops.edit("templates/intro.txt", "We make shelving", "We make steel shelving")
    shops.ok("launch", "shops", "--first", "0", "--yes")
    shops.now += timedelta(days=1)
    shops.run("run", "--once")
    assert ("ned@elm.example" in {email for email, _ in queue(shops)}) is not bool(first)


def test_a_dry_run_of_a_pilot_leads_to_the_pilot(shops: Shell) -> None:
    out = shops.ok("launch", "shops", "--first", "1", "--dry-run")
    assert out.rstrip().endswith("outreach launch shops --first 1")
    plan = shops.json("plan", "shops")["plan"]
    out = shops.ok("launch", "shops", "--plan", plan, "--first", "1", "--dry-run")
    assert out.rstrip().endswith(f"outreach launch shops --plan {plan} --first 1")


def test_a_pilot_that_was_shown_and_not_launched_stays_a_pilot_under_its_id(
    shops: Shell, types: type[Typing]
) -> None:
    types("n\n")
    code, out, _ = shops.run("launch", "shops", "--first", "1")
    assert code == 1
    plan = out.split()[1]
    done = shops.ok("launch", "shops", "--plan", plan, "--yes")
    assert "1 person, 1 company, a pilot of 2" in done
    assert "match only now" not in done
    assert [each for each in queue(shops) if each[1] == "intro"] == [(BOB, "intro")]


def test_a_campaign_that_would_begin_with_nobody_is_refused(shops: Shell) -> None:
    """As with a mistyped tag in its segment."""
    shops.edit("campaigns/shops.toml", "industry == 'retail'", "tag('fair-2o26')")
    code, _, err = shops.run("launch", "shops", "--yes")
    assert (code, "nobody would be in shops" in err) == (1, True)
    shops.edit("campaigns/shops.toml", "mailboxes =", 'enroll = "nightly"\nmailboxes =')
    assert "0 new people" in shops.ok("launch", "shops", "--yes")


def test_the_next_revision_is_told_by_its_number_after_an_undo(shops: Shell) -> None:
    shops.ok("launch", "shops", "--first", "1", "--yes")
    for words in ("Racks.", "Oak racks."):
        shops.write("templates/intro.txt", f"Subject: Shelves\n\nHello {{{{ first_name }}}},\n\n{words}\n")
        said = shops.ok("launch", "shops", "--first", "0", "--yes")
        if words == "Racks.":
            shops.ok("undo", "shops", "--yes")
    assert "the files become revision 3" in said
    assert "LAUNCHED  shops revision 3" in said


def test_under_a_pause_of_everything_the_dates_are_told_and_that_nothing_leaves(shops: Shell) -> None:
    shops.ok("launch", "shops", "--first", "1", "--yes")
    shops.ok("pause", "--all")
    shops.write("templates/intro.txt", "Subject: Shelves\n\nHello {{ first_name }},\n\nRacks.\n")
    said = shops.ok("launch", "shops", "--first", "0", "--yes")
    assert "DATES     Mon 23 Nov" in said
    assert "FIRST     nothing leaves while paused: outreach resume --all" in said
