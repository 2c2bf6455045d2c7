"""docs/answers.md is true: its commands run as written, its table names every kind with what it does."""

import re
import shlex
from pathlib import Path

import pytest

from outreach.model import Kind
from outreach.sequence import RESPONSES, SOFT_LIMIT, SOFT_REST, Response
from tests.answered import BOB, answer
from tests.cli import Shell
from tests.launched import files, launch, served
from tests.screens import commands
from tests.smtpd import Misbehaving

PAGE = (Path(__file__).parent.parent / "docs" / "answers.md").read_text(encoding="utf-8")


def test_the_commands_run_as_written(shell: Shell) -> None:
    with served(Misbehaving()) as post:
        launch(shell, files(post.server.url, "sqlite:///outreach.db"), BOB)
        shell.now = shell.now.replace(hour=10)
        shell.ok("run", "--once")
        answer(shell)
        assert len(commands(PAGE)) > 5
        for command in commands(PAGE):
            program, *arguments = shlex.split(command)
            assert program == "outreach", command
            shell.ok(*arguments)


def test_every_command_that_is_mentioned_exists(shell: Shell) -> None:
    mentioned = set(re.findall(r"`outreach ([a-z]+(?: [a-z]+)?)", PAGE))
    assert len(mentioned) > 5
    for words in mentioned:
        shell.ok(*words.split()[:1], "--help")
    for name in re.findall(r"(?m)^- `(\w+) ", PAGE):
        shell.ok("inbox", name, "--help")


@pytest.mark.parametrize("kind", Kind)
def test_the_table_says_what_each_kind_does(kind: Kind) -> None:
    (does,) = re.findall(rf"(?m)^\| {kind} \|[^|]+\| ([^|]+) \|$", PAGE)
    response = RESPONSES[kind]
    assert ("suppresses" in does) == response.suppress
    assert ("company" in does) == response.colleagues
    assert ("stops" in does) == (response.status is not None)
    assert ("waits for you" in does or "you decide" in does or "shown to you" in does) == response.waiting
    assert (does == "nothing") == (response == Response())


def test_the_table_has_the_program_s_figures() -> None:
    assert SOFT_REST.days == 3
    assert f"{'three' if SOFT_LIMIT == 3 else SOFT_LIMIT} letters in a row" in PAGE
    assert f"{'three' if SOFT_REST.days == 3 else SOFT_REST.days} days later" in PAGE
