"""What all commands have in common: they say what they are for, and errors are told so that they can be read."""

import io
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from outreach.cli import MODULES, cli
from outreach.cli.app import App
from outreach.cli.errors import explained
from outreach.errors import InputError, OutreachError, problem
from tests.cli import Keyboard, Shell


def test_every_command_says_what_it_is_for_in_a_line() -> None:
    def lines_of(command: click.Command) -> Iterator[str]:
        for each in getattr(command, "commands", {}).values():
            yield from (each.get_short_help_str(1000), *lines_of(each))

    commands = [command for name in MODULES if (command := cli.get_command(click.Context(cli), name))]
    said = [line for each in commands for line in (each.get_short_help_str(1000), *lines_of(each))]
    assert [line for line in said if not 0 < len(line) <= 60] == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("import", ["outreach prospects import", "outreach inbox import", "outreach suppress import"]),
        ("auth", ["there is no command auth, did you mean `outreach mailbox auth`?"]),
        ("settel", ["there is no command settel, did you mean `outreach uncertain settle`?"]),
        ("plann", ["there is no command plann, did you mean `plan`?"]),
        ("zzz", ["there is no command zzz\n"]),
    ],
)
def test_a_command_of_a_group_is_found_without_its_group(shell: Shell, name: str, said: list[str]) -> None:
    code, _, err = shell.run(name, "fair.xlsx")
    assert code == 2
    assert [line for line in said if line not in err] == []
    assert max(map(len, err.splitlines())) <= 80


def test_a_folder_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(OutreachError, match="the folder you are in is gone"):
        App()


@pytest.mark.parametrize("out", [Keyboard(), io.StringIO()], ids=["terminal", "pipe"])
def test_problems_are_wrapped_on_a_terminal_and_a_line_each_in_a_pipe(
    out: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    hint = "a hint that says what to do " * 3

    def fail() -> None:
        raise InputError([problem("something is wrong here " * 4, file="outreach.toml", line=3, hint=hint)])

    assert explained(fail, out) == 1
    first, *more = out.getvalue().splitlines()
    assert first.startswith("outreach.toml:3: something")
    assert len(more) == (4 if out.isatty() else 2)
    if out.isatty():
        assert max(map(len, (first, *more))) <= 80
        assert all(line.startswith("  ") for line in more[:-1])
