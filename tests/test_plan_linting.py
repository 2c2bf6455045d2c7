"""The linter before a launch: an error stops it, one person's error holds them, what is accepted is kept."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from outreach.engine import plans
from outreach.engine.revisions import Revisions
from outreach.errors import PlanError
from outreach.store import Store, events, launches
from outreach.store.tables import SCHEMA
from tests.cli import FOLLOWUP, INTRO, Shell
from tests.planning import Planning

BOB, EVA = "bob@acme.example", "eva@birch.example"
LETTER = "templates/intro.txt"
UNFILLED = INTRO + "\nYours,\n[Name]\n"  # MRG601, a gate
SHOUTED = INTRO.replace("Leeds.", "Leeds!!!")  # FMT203, an error that is no gate
REASON = ("--reason", "the customer asked for it")


def accepted(made: Planning, *codes: str) -> plans.Outcome:
    """Launch, letting these codes through."""
    workspace = made.workspace.accepting((code, "as we like it") for code in codes)
    return plans.launch(made.store, workspace, "shops", now=made.now, actor="me")


def queued(shell: Shell) -> Any:
    return shell.json("calendar")


@pytest.mark.parametrize(("text", "code"), [(UNFILLED, "MRG601"), (SHOUTED, "FMT203")])
def test_an_error_in_a_letter_is_on_the_plan_and_stops_the_launch(shops: Shell, text: str, code: str) -> None:
    shops.write(LETTER, text)
    out = shops.ok("plan")
    assert "LETTERS   1 error, " in out
    assert f"{LETTER}:" in out
    assert f": {code} " in out
    assert out.splitlines()[-1] == "NEXT      outreach lint shops"
    plan_id = out.split()[1]
    for args in (("--yes",), ("--plan", plan_id, "--yes"), ("--first", "1", "--yes")):
        failed, _, err = shops.run("launch", "shops", *args)
        assert failed == 1
        assert f"the letters of shops have 1 error: {LETTER}:" in err
        assert f"--accept {code} --reason" in err
    assert queued(shops) == []


def test_what_was_not_launched_is_never_sent(planning: Planning) -> None:
    planning.write("intro", UNFILLED)
    with pytest.raises(PlanError, match="MRG601"):
        planning.launch()
    planning.play(5)
    assert planning.enrolled() == {}


def test_an_edit_with_an_error_leaves_the_launched_letters_as_they_were(planning: Planning) -> None:
    planning.launch()
    planning.write("intro", UNFILLED)
    with pytest.raises(PlanError, match="MRG601"):
        planning.launch()
    planning.play(1)
    assert {row.subject for row in planning.letters(BOB).values()} == {"Shelving for Acme"}


@pytest.mark.parametrize("way", ["launch", "plan"])
def test_an_accepted_error_goes_out_and_the_reason_is_kept(shops: Shell, way: str) -> None:
    shops.write(LETTER, UNFILLED)
    accept = ("--accept", "mrg601", *REASON)
    if way == "plan":
        out = shops.ok("plan", "shops", *accept)
        assert "accepted MRG601: the customer asked for it" in out
        shops.ok("launch", "shops", "--plan", out.split()[1], "--yes")
    else:
        shops.ok("launch", "shops", *accept, "--yes")
    assert len(queued(shops)) == 4
    with shops.app().store as store:
        revision = store.read(launches.launched, "shops")
        assert revision is not None
        assert revision.accepted == {"MRG601": "the customer asked for it"}
        (launch,) = [each for each in store.read(events.history, campaign="shops") if each.kind == "launched"]
        assert launch.detail["accepted"] == {"MRG601": "the customer asked for it"}


def test_a_plan_is_another_with_what_it_accepts(shops: Shell) -> None:
    shops.write(LETTER, UNFILLED)
    ids = {
        shops.json("plan", "shops", *args)["plan"]
        for args in ((), ("--accept", "MRG601", *REASON), ("--accept", "MRG601", "--reason", "another"))
    }
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--accept", "MRG601"), "belong together"),
        (("--reason", "why"), "belong together"),
        (("--accept", "MRG601", "--reason", "  "), "belong together"),
        (("--accept", "MRG610", *REASON), "no rule MRG610, did you mean"),
        (("--accept", "MRG", *REASON), "no rule MRG"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "launch"])
def test_a_code_and_a_reason_belong_together(
    shops: Shell, command: str, args: tuple[str, ...], said: str
) -> None:
    code, _, err = shops.run(command, "shops", *args)
    assert code == 2
    assert said in err


def test_a_plan_that_was_shown_takes_no_more_codes(shops: Shell) -> None:
    plan_id = shops.ok("plan").split()[1]
    assert shops.run("launch", "shops", "--plan", plan_id, "--accept", "MRG601", *REASON)[0] == 2


def test_what_was_accepted_holds_for_follow_ups_that_are_written_later(planning: Planning) -> None:
    planning.write("followup", FOLLOWUP.replace("thought", "thought!!!"))
    with pytest.raises(PlanError, match="FMT203"):
        planning.launch()
    accepted(planning, "FMT203")
    planning.play(10)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "sent"}
    launched = Revisions(planning.store).get("shops")
    assert launched is not None
    assert launched.workspace.lint.accepted == (("FMT203", "as we like it"),)


def test_a_follow_up_whose_error_nobody_accepted_is_held_not_sent(planning: Planning) -> None:
    """As of a revision that an older version of the program has launched."""
    planning.write("followup", FOLLOWUP.replace("thought", "thought!!!"))
    accepted(planning, "FMT203")
    planning.store.write(lambda tx: tx.exec_driver_sql("UPDATE revision SET accepted = ''"))
    planning.play(10)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "held"}


def lint_settings(files: dict[str, str], setting: str) -> None:
    files["outreach.toml"] += f"\n[lint]\n{setting}\n"


@pytest.mark.parametrize(
    ("text", "setting", "stops"),
    [
        (UNFILLED, 'ignore = ["MRG"]', True),
        (UNFILLED, 'select = ["STR"]', True),
        (UNFILLED + "{# lint: ignore MRG601 -- as we like it #}\n", 'ignore = ["IGN"]', True),
        (SHOUTED, 'ignore = ["FMT"]', False),
        (SHOUTED, 'select = ["STR"]', False),
        (SHOUTED + "{# lint: ignore FMT203 -- as we like it #}\n", 'ignore = ["STR"]', False),
    ],
)
def test_no_file_hides_a_gate_and_files_may_hide_the_rest(
    planning: Planning, text: str, setting: str, stops: bool
) -> None:
    planning.write("intro", text)
    lint_settings(planning.files, setting)
    assert bool(planning.plan().errors) is stops
    if not stops:
        planning.launch()
        assert planning.enrolled() == {BOB: "active", EVA: "active"}


def test_an_error_in_one_persons_letter_holds_that_person_alone(planning: Planning) -> None:
    planning.put(BOB, company="{{ company }}")
    made = planning.plan()
    assert made.errors == ()
    ((held, hold),) = [(each.email, each.hold) for each in made.held]
    assert (held, hold.code) == (BOB, "lint")
    assert hold.reason == "`company` brings unresolved field '{{ company }}' (MRG601)"
    planning.launch()
    assert planning.enrolled() == {EVA: "active"}


def test_a_field_is_named_without_its_fallback(planning: Planning) -> None:
    planning.edit(LETTER, "{{ company }}", '{{ company | default("you") }}')
    planning.put(BOB, company="{{ company }}")
    assert [each.hold.reason.split()[0] for each in planning.plan().held] == ["`company`"]


def test_too_many_letters_stop_a_launch_too(planning: Planning) -> None:
    names = [f"letter{number}" for number in range(5)]
    for name in names:
        planning.write(name, f"Format: text\n\nHello {{{{ first_name }}}},\n\nThis is {name}.\n")
    planning.steps("intro", *names)
    assert [each.code for each in planning.plan().errors] == ["SEQ802"]


def test_a_letter_in_another_language_stops_the_launch_as_well(planning: Planning) -> None:
    for name in ("intro", "followup"):
        planning.write(f"templates/{name}.de.txt", planning.files[f"templates/{name}.txt"])
    planning.write("templates/intro.de.txt", "Subject: AW: Regale\n\nGuten Tag {{ first_name }},\n")
    assert [each.where.file for each in planning.plan().errors] == ["templates/intro.de.txt"]


def test_settings_of_the_linter_are_part_of_the_plan(planning: Planning) -> None:
    plan_id = planning.show()
    lint_settings(planning.files, 'ignore = ["STR"]')
    with pytest.raises(PlanError, match="the files have changed"):
        planning.launch(plan_id)


def test_a_store_of_the_schema_before_is_brought_up_to_date(
    planning: Planning, store_url: str, tmp_path: Path
) -> None:
    planning.launch()
    planning.store.write(lambda tx: tx.exec_driver_sql("ALTER TABLE revision DROP COLUMN accepted"))
    planning.store.write(lambda tx: tx.exec_driver_sql("UPDATE house SET schema = 1"))
    planning.store.close()
    planning.store = Store(store_url, state=tmp_path / "state")
    revision = planning.store.read(launches.launched, "shops")
    assert revision is not None
    assert (revision.number, revision.accepted) == (1, {})
    version = planning.store.read(lambda tx: tx.execute(sa.text("SELECT schema FROM house")).scalar_one())
    assert version == SCHEMA
    planning.play(10)
    assert planning.statuses(BOB) == {"intro": "sent", "followup": "sent"}
    planning.write("intro", INTRO.replace("Leeds.", "Leeds and York."))
    assert planning.launch().revision == 2


def test_what_was_accepted_stays_so_until_a_launch_says_otherwise(shops: Shell) -> None:
    shops.write(LETTER, UNFILLED)
    shops.ok("launch", "shops", "--accept", "MRG601", *REASON, "--yes")
    again = shops.ok("plan", "shops")
    assert "Nothing to launch" in again
    assert "accepted MRG601: the customer asked for it" in again


def test_a_launched_revision_goes_on_with_rules_that_are_no_more(shops: Shell) -> None:
    main = shops.folder / "outreach.toml"
    before = main.read_text(encoding="utf-8")
    shops.ok("launch", "shops", "--yes")
    with shops.app().store as store:
        revision = store.read(launches.launched, "shops")
        assert revision is not None
        gone = {
            **revision.files,
            "outreach.toml": before + '\n[lint]\nignore = ["OWN1"]\npacks = ["no.toml"]\n',
        }
        store.write(
            lambda tx: tx.execute(sa.text("UPDATE revision SET files = :files"), {"files": json.dumps(gone)})
        )
    assert "NEXT" in shops.ok("status")
    shops.ok("run", "--once", "--dry-run")


def test_the_linter_shows_a_gate_that_the_file_ignores_for_a_launch_stops_there(shops: Shell) -> None:
    shops.write(LETTER, UNFILLED)
    main = shops.folder / "outreach.toml"
    main.write_text(main.read_text(encoding="utf-8") + '\n[lint]\nignore = ["MRG"]\n', encoding="utf-8")
    code, out, _ = shops.run("lint", "shops")
    assert code == 1
    assert "MRG601" in out
    assert "MRG603" not in out
    assert "MRG601" not in shops.ok("lint", "shops", "--ignore", "MRG601")


def test_a_letter_is_judged_by_the_campaign_that_is_planned(shops: Shell) -> None:
    main = shops.folder / "outreach.toml"
    box = '\n[[mailbox]]\naddress = "ann@gmail.com"\nname = "Ann Lee"\n'
    box += 'smtp = "smtp://127.0.0.1:1"\nanswers = "manual"\n'
    main.write_text(main.read_text(encoding="utf-8") + box, encoding="utf-8")
    text = (shops.folder / "campaigns/shops.toml").read_text(encoding="utf-8")
    shops.write("campaigns/aaa.toml", text.replace("ann@northwind.example", "ann@gmail.com"))
    codes = {
        stem: {each["code"] for each in shops.json("plan", stem)["letters"]["findings"]}
        for stem in ("aaa", "shops")
    }
    assert "IDN505" in codes["aaa"]
    assert "IDN505" not in codes["shops"]


def test_a_false_reply_is_never_accepted(shops: Shell) -> None:
    shops.write(LETTER, INTRO.replace("Subject: ", "Subject: Re: "))
    code, _, err = shops.run("launch", "shops", "--accept", "sub006", *REASON, "--yes")
    assert code == 2
    assert "SUB006 cannot be accepted" in err
