"""README and the linter's guide are true: commands run as written, screens and numbers are the program's."""

import json
import re
import shlex
from pathlib import Path

import pytest

from outreach.model import EnrollmentStatus, Limits, Mailbox, MessageStatus
from outreach.schedule.slots import RAMP_STEP
from tests import screens
from tests.cli import Shell
from tests.screens import commands, without_plan

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
ANSWERS = (ROOT / "docs" / "answers.md").read_text(encoding="utf-8")


def test_the_steps_work_as_written_from_an_empty_folder(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a screen stands below a command it is what is printed: `python -m tests.screens` writes them anew."""
    monkeypatch.setattr("outreach.mailbox.credentials._keyrings", lambda: iter(()))
    followed = list(screens.followed(README, shell.folder, shell.there))
    assert len(followed) > 30
    shown = [step for step in followed if step.screen]
    assert [step.command for step in shown] == ["outreach plan fair", "outreach status"]
    for step in shown:
        assert without_plan(step.screen) == without_plan(step.said), step.command


def test_the_commands_of_the_linters_guide_run_in_the_starter(shell: Shell) -> None:
    shell.ok("init")
    row = {"id": 1, "subject": "Shelving", "text": "Hello Anna,\n\nwe make shelving.\n"}
    shell.write("letters.jsonl", json.dumps(row) + "\n")
    assert len(commands(GUIDE)) > 5
    for command in commands(GUIDE):
        program, *arguments = shlex.split(command)
        assert program == "outreach", command
        shell.ok(*arguments)


def test_the_pack_of_the_guide_is_one(shell: Shell) -> None:
    (pack,) = [text for text in re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL) if "[[phrase]]" in text]
    shell.fill()
    shell.write("packs/ours.toml", pack)
    main = (shell.folder / "outreach.toml").read_text()
    (setting,) = re.findall(r"```toml\n(\[lint\].*?)```", GUIDE, re.DOTALL)
    shell.write("outreach.toml", f"{main}\n{setting}")
    assert "OWN101" in shell.ok("rule", "OWN101")


def test_every_command_that_is_mentioned_exists(shell: Shell) -> None:
    mentioned = set(re.findall(r"`outreach ((?:[a-z]+ ?)+)", README.replace("COMMAND", "")))
    assert len(mentioned) > 5
    for words in mentioned:
        known = [word for word in words.split() if word not in ("retail", "shelving")]
        shell.ok(*known[:1], "--help")


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make ((?:[a-z]+ ?)+)", README))))
def test_every_make_target_exists(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in target.split():
        if name in ("and", "git"):
            continue
        assert re.search(rf"^{name}:", makefile, re.MULTILINE), name


@pytest.mark.parametrize(("page", "folder"), [(README, ROOT), (GUIDE, ROOT / "docs")])
def test_every_file_that_is_linked_exists(page: str, folder: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page)
    assert links
    assert [link for link in links if not (folder / link).exists()] == []


def test_the_limits_are_those_of_the_program() -> None:
    limits, box = Limits(), Mailbox("a@b.example", "A")
    assert f"`per_day` letters ({box.per_day}," in README
    assert f"starts with {box.ramp_from} a day and gains {RAMP_STEP} with" in README
    assert f"at most {limits.company_per_day} letters a day and {limits.company_people} of its" in " ".join(
        README.split()
    )
    assert f"most {limits.domain_per_day} a day (`[limits]`)" in README


@pytest.mark.parametrize("status", [*MessageStatus, *EnrollmentStatus])
def test_the_glossary_names_every_status(status: str) -> None:
    assert f"`{status}`" in README
