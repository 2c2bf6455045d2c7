"""The README is true: its commands run as written, its files exist, its numbers are the program's."""

import re
import shlex
from pathlib import Path

import pytest

from outreach.model import EnrollmentStatus, Limits, Mailbox, MessageStatus
from outreach.schedule.slots import RAMP_START, RAMP_STEP
from tests.cli import Shell

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("$ ")
]


def test_the_steps_work_as_written_from_an_empty_folder(shell: Shell) -> None:
    assert len(COMMANDS) > 10
    for command in COMMANDS:
        program, *arguments = shlex.split(command)
        if program == "cd":
            shell.folder = shell.folder / arguments[0]
        else:
            assert program == "outreach", command
            shell.ok(*arguments)


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


def test_every_file_that_is_linked_exists() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_limits_are_those_of_the_program() -> None:
    limits, box = Limits(), Mailbox("a@b.example", "A")
    assert f"`per_day` letters ({box.per_day}," in README
    assert f"starts with {RAMP_START} a day and gains {RAMP_STEP} with" in README
    assert f"at most {limits.company_per_day} letters a day and {limits.company_people} of its" in " ".join(
        README.split()
    )
    assert f"most {limits.domain_per_day} a day (`[limits]`)" in README


@pytest.mark.parametrize("status", [*MessageStatus, *EnrollmentStatus])
def test_the_glossary_names_every_status(status: str) -> None:
    assert f"`{status}`" in README
