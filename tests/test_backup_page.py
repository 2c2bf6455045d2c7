"""docs/backup.md is true: its commands run as written, and so does its line for cron."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.cli import Shell
from tests.launched import files, launch
from tests.screens import commands

PAGE = (Path(__file__).parent.parent / "docs" / "backup.md").read_text(encoding="utf-8")


def test_the_commands_run_as_written(shell: Shell) -> None:
    launch(shell, files("smtp://127.0.0.1:1", "sqlite:///outreach.db"), "bob@acme.example")
    assert len(commands(PAGE)) == 5
    for command in commands(PAGE):
        program, *arguments = shlex.split(command)
        assert program == "outreach", command
        shell.ok(*arguments)
    assert "NOTHING" in shell.ok("release")


def test_every_command_that_is_mentioned_exists(shell: Shell) -> None:
    mentioned = set(re.findall(r"`outreach ([a-z]+)", PAGE))
    assert {"backup", "release", "uncertain", "stop"} <= mentioned
    for word in mentioned:
        shell.ok(word, "--help")


def test_the_line_for_cron_keeps_a_week(shell: Shell) -> None:
    """As a shell gets it from cron: with `\\%` as `%`, quiet unless something is wrong."""
    launch(shell, files("smtp://127.0.0.1:1", "sqlite:///outreach.db"), "bob@acme.example")
    (line,) = re.findall(r"(?m)^15 3 \* \* \* (.*)$", PAGE)
    line = line.replace("\\%", "%").replace("/home/ann/northwind", shlex.quote(str(shell.folder)))
    line = line.replace("outreach backup", f"{shlex.quote(sys.executable)} -m outreach backup")
    (shell.folder / "backups").mkdir()
    environ = {**os.environ, "OUTREACH_STATE": str(shell.folder / "state"), "LC_ALL": "C"}
    for _ in range(2):  # the second time over the file of a week ago
        done = subprocess.run(["sh", "-c", line], env=environ, capture_output=True, text=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (kept,) = (shell.folder / "backups").iterdir()
    assert re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\.backup", kept.name)
    (shell.folder / "backups").rename(shell.folder / "elsewhere")
    done = subprocess.run(["sh", "-c", line], env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be written" in done.stderr
