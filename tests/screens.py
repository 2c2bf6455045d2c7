"""The README's commands, run in order from an empty folder with a messy list in it, and the screens below them.

`python -m tests.screens` writes the screens of README.md anew; tests/test_readme.py holds the program to them.
"""

import io
import re
import shlex
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from outreach.cli import main
from outreach.cli.app import App
from outreach.demo.run import IDENTITY
from outreach.mailbox import credentials
from outreach.store import settings
from tests import messy
from tests.cli import MONDAY

README = Path(__file__).parent.parent / "README.md"


@dataclass(frozen=True)
class Step:
    """A command as the page has it, the screen that stands below it there ("": none), and what it printed."""

    command: str
    screen: str
    said: str


def steps(page: str) -> list[tuple[str, str]]:
    """The commands of a page's console blocks, in order, each with the screen below it or ""."""
    found: list[tuple[str, str]] = []
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
        for part in re.split(r"(?m)^\$ ", block)[1:]:
            command, _, screen = part.partition("\n")
            found.append((command, screen.rstrip("\n")))
    return found


def commands(page: str) -> list[str]:
    """The commands of a page's console blocks, in order."""
    return [command for command, _ in steps(page)]


def without_plan(screen: str) -> str:
    """A screen but for the numbers of plans, which follow from every file of the workspace."""
    return re.sub(r"(?m)(plan|--plan) [0-9a-f]{4,8}\b", r"\1 ID", screen)


def followed(page: str, folder: Path, run: Callable[..., str]) -> Iterator[Step]:
    """Follow a page literally in a folder, with `fair.xlsx` in it; `run(folder, *args)` runs the program."""
    (folder / "fair.xlsx").write_bytes(messy.fair())
    for command, screen in steps(page):
        program, *arguments = shlex.split(command)
        if program == "cd":
            folder /= arguments[0]
            app = _app(folder)  # one identity for every run: slots and Message-IDs follow from it
            app.store.write(settings.assume, *IDENTITY)
            app.store.close()
        else:
            assert program == "outreach", command
            yield Step(command, screen, run(folder, *arguments).rstrip("\n"))


def _app(folder: Path) -> App:
    return App(clock=lambda: MONDAY, start=folder, state=folder / "state")


def _run(folder: Path, *arguments: str) -> str:
    app, out = _app(folder), io.StringIO()
    with redirect_stdout(out):
        code = main(list(arguments), app)
    if "store" in app.__dict__:
        app.store.close()
    assert code == 0, f"{arguments} gave {code}"
    return out.getvalue()


def write() -> None:
    """Write the README with the screens that the program shows now."""
    page = README.read_text(encoding="utf-8")
    credentials._keyrings = lambda: iter(())  # as on a machine without one
    with tempfile.TemporaryDirectory() as folder:
        for step in followed(page, Path(folder), _run):
            if step.screen:
                head = f"$ {step.command}\n"
                page = page.replace(f"{head}{step.screen}\n", f"{head}{step.said}\n", 1)
    README.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    write()
