"""`outreach init`: a workspace that works at once, and nothing of the user's that is ever overwritten."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from outreach import workspace
from outreach.cli import MODULES
from outreach.report.lines import width
from outreach.workspace import starter
from tests.cli import Shell

ROOT = Path(__file__).parent.parent


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with its content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "state" not in path.parts
    }


def test_the_starter_is_a_workspace_without_a_problem(shell: Shell) -> None:
    shell.ok("init")
    loaded = workspace.load(shell.folder)
    assert set(loaded.campaigns) == {"retail-shelving", "cold-rooms", "rack-inspection", "fair"}


def test_it_writes_what_it_says_and_nothing_else(shell: Shell) -> None:
    told = shell.json("init", "my-campaign")
    assert told == {
        "folder": str(shell.folder / "my-campaign"),
        "files": told["files"],
        "dry_run": False,
    }
    assert set(told["files"]) == set(tree(shell.folder / "my-campaign"))
    assert set(tree(shell.folder)) == {f"my-campaign/{name}" for name in told["files"]}


def test_a_dry_run_names_the_same_files_and_writes_none(shell: Shell) -> None:
    told = shell.json("init", "new", "--dry-run")
    assert told["dry_run"] is True
    assert not (shell.folder / "new").exists()
    assert told["files"] == shell.json("init", "new")["files"]


@pytest.mark.parametrize("folder", [".", "my campaign", "deep/er"])
def test_the_screen_fits_and_its_commands_exist(shell: Shell, folder: str) -> None:
    screen = shell.ok("init", folder)
    assert all(width(line) <= 80 for line in screen.splitlines())
    words = [line[10:].split() for line in screen.splitlines() if line[10:].startswith("outreach ")]
    assert {word[1] for word in words} <= set(MODULES)
    assert len(words) == 6
    assert "outreach mailbox add" in screen
    cd = [line[10:] for line in screen.splitlines() if line[10:].startswith("cd ")]
    assert cd == ([] if folder == "." else ["cd 'my campaign'" if " " in folder else f"cd {folder}"])


def test_a_folder_that_is_a_workspace_is_left_as_it_is(shell: Shell) -> None:
    shell.fill()
    before = tree(shell.folder)
    code, out, err = shell.run("init")
    assert (code, out) == (1, "")
    assert "outreach.toml: is here already: this folder is a workspace" in err
    assert "outreach init my-campaign" in err
    assert "1 problem: nothing was changed" in err
    assert tree(shell.folder) == before


def test_every_file_in_the_way_is_named_at_once(shell: Shell) -> None:
    shell.write("templates/retail-intro.txt", "mine")
    (shell.folder / "campaigns").mkdir()
    (shell.folder / "campaigns/prospects.csv").symlink_to(shell.folder / "elsewhere.csv")
    before = tree(shell.folder)
    code, _, err = shell.run("init")
    assert code == 1
    assert "templates/retail-intro.txt: is here already" in err
    assert "campaigns/prospects.csv: is here already" in err
    assert "2 problems: nothing was changed" in err
    assert tree(shell.folder) == before
    assert shell.run("init", "--dry-run")[0] == 1


def test_a_file_is_no_folder_to_write_into(shell: Shell) -> None:
    shell.write("notes", "mine")
    assert "is a file, not a folder" in shell.run("init", "notes")[2]
    shell.write("campaigns", "mine")  # where a folder must go
    code, _, err = shell.run("init")
    assert (code, "cannot write" in err) == (1, True)
    assert set(tree(shell.folder)) == {"notes", "campaigns"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_may_not_be_written_is_an_error_in_words(shell: Shell) -> None:
    shell.folder.chmod(0o500)
    code, _, err = shell.run("init", "new")
    shell.folder.chmod(0o700)
    assert (code, "cannot write" in err) == (1, True)


def test_a_gitignore_keeps_its_lines_and_gets_those_it_lacks(shell: Shell) -> None:
    shell.write(".gitignore", "notes/\n*.csv\n")
    shell.ok("init")
    lines = (shell.folder / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["notes/", "*.csv"]
    assert lines.count("*.csv") == 1
    assert {"*.db", "*.xlsx", ".env"} <= set(lines)


def test_git_never_sees_people_nor_the_store(shell: Shell) -> None:
    shell.ok("init")
    ignored = ("outreach.db", "outreach.db-wal", "campaigns/prospects.csv", "import.errors.csv", "list.xlsx")
    for name in ignored:
        shell.write(name, "")
    subprocess.run(["git", "init", "--quiet"], cwd=shell.folder, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"],
        cwd=shell.folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not set(ignored) & set(listed)
    assert {"outreach.toml", "templates/retail-intro.txt", ".gitignore"} <= set(listed)


def test_it_works_at_once_without_an_edit(shell: Shell) -> None:
    shell.ok("init")
    shell.ok("prospects", "import", "campaigns/prospects.csv")
    planned = shell.json("plan", "retail-shelving")
    assert (len(planned["new"]), len(planned["held"]), planned["letters"]["findings"]) == (23, 0, [])
    for language, words in (
        ("bob@acme.example", "Hello Bob,"),
        ("s.yilmaz@bioeck.example", "Guten Tag Selin"),
    ):
        assert words in shell.ok("preview", "retail-shelving", "--prospect", language)


def test_an_installed_package_brings_the_starter_along(tmp_path: Path) -> None:
    """The wheel, unpacked as pip does, with no checkout around it."""
    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    made = subprocess.run(
        [sys.executable, "-m", "outreach", "init", "new"],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    assert tree(tmp_path / "new") == {**starter.files(tmp_path / "other")}


def test_the_starter_of_a_checkout_is_that_of_the_wheel(tmp_path: Path) -> None:
    """Only what the project's wheel packs, whatever else lies in the checkout's folders."""
    found = starter.files(tmp_path)
    assert {name: (ROOT / name).read_bytes() for name in found if name != ".gitignore"} == {
        name: content for name, content in found.items() if name != ".gitignore"
    }
    assert not [name for name in found if name.endswith(".csv") and name != "campaigns/prospects.csv"]


@pytest.mark.parametrize(("folder", "back"), [(".", ""), ("shelving", "../"), ("deep/er", "../../")])
def test_ones_own_list_is_imported_from_where_it_lies(shell: Shell, folder: str, back: str) -> None:
    """It lies where `init` was typed, and the commands are typed in the new folder."""
    assert f"outreach prospects import {back}fair.xlsx " in shell.ok("init", folder)
