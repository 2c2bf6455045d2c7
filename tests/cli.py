"""The program as its users run it: commands in a folder of its own, with a clock that tests set."""

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from outreach.cli import main
from outreach.cli.app import App

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MAIN = """\
[sender]
company = "Northwind Shelving Ltd"
address = "1 Dock Road, Leeds LS1 4AB, United Kingdom"
country = "GB"
timezone = "Europe/London"

[store]
url = "{store}"

[[mailbox]]
address = "ann@northwind.example"
name = "Ann Lee"
smtp = "{smtp}"
answers = "manual"
per_day = 30
gap = "3-10 min"
ramp = false
"""
CAMPAIGN = """\
name = "Shelving for shops"
segment = "industry == 'retail'"
mailboxes = ["ann@northwind.example"]

[[step]]
letter = "intro"

[[step]]
letter = "followup"
after = "3 business days"
"""
INTRO = "Subject: Shelving for {{ company }}\n\nHello {{ first_name }},\n\nWe make shelving in Leeds.\n"
FOLLOWUP = "Format: text\n\nHello {{ first_name }},\n\nA second thought about {{ company }}.\n"
PROSPECTS = """\
email,first_name,company,industry,country
bob@acme.example,Bob,Acme,retail,GB
eva@birch.example,Eva,Birch,retail,GB
tom@cedar.example,Tom,Cedar,building,GB
"""


@dataclass
class Shell:
    """A workspace folder and the program in it; `run` gives the exit code and what was printed."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    now: datetime = MONDAY

    def write(self, name: str, text: str) -> Path:
        """Write a file of the workspace."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def fill(self, *, smtp: str = "smtp://127.0.0.1:1", store: str = "sqlite:///outreach.db") -> None:
        """Write a small workspace: one mailbox, one campaign of two letters, three prospects."""
        self.write("outreach.toml", MAIN.format(smtp=smtp, store=store))
        self.write("campaigns/shops.toml", CAMPAIGN)
        self.write("templates/intro.txt", INTRO)
        self.write("templates/followup.txt", FOLLOWUP)
        self.write("prospects.csv", PROSPECTS)

    def edit(self, name: str, old: str, new: str) -> None:
        """Change one place of a file; the text to change must be there."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        self.write(name, text.replace(old, new))

    def add(self, people: str) -> None:
        """Import more people: a header and their rows."""
        self.write("more.csv", people)
        self.ok("prospects", "import", "more.csv")

    def app(self) -> App:
        """The program's state for one call."""
        return App(clock=lambda: self.now, start=self.folder, state=self.folder / "state")

    def run(self, *args: str) -> tuple[int, str, str]:
        """Run `outreach ARGS`: exit code, standard output, standard error."""
        app = self.app()
        self.capsys.readouterr()
        code = main(list(args), app)
        if "store" in app.__dict__:
            app.store.close()
        out, err = self.capsys.readouterr()
        return code, out, err

    def ok(self, *args: str) -> str:
        """Run a command that must succeed; its standard output."""
        code, out, err = self.run(*args)
        assert code == 0, f"outreach {' '.join(args)} gave {code}:\n{out}\n{err}"
        return out

    def there(self, folder: Path, *args: str) -> str:
        """Go to a folder and run a command that must succeed there; its standard output."""
        self.folder = folder
        return self.ok(*args)

    def json(self, *args: str) -> Any:
        """What a command that must succeed prints as JSON."""
        return json.loads(self.ok(*args, "--format", "json"))

    def labels(self, *args: str) -> dict[str, str]:
        """What a command that must succeed shows, by label."""
        return labelled(self.ok(*args).splitlines())


class Keyboard(io.StringIO):
    """A person at a keyboard who has typed ahead; or, written to, the screen before them."""

    def isatty(self) -> bool:
        return True


def labelled(lines: list[str]) -> dict[str, str]:
    """The texts of a screen by their labels, which stand in its first nine columns; continued lines joined."""
    found: dict[str, str] = {}
    label = ""
    for line in lines:
        label = line[:9].strip() or label
        found[label] = f"{found.get(label, '')} {line[10:].strip()}".strip()
    return found


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """An empty workspace folder; `fill` it or write your own files."""
    return Shell(tmp_path, capsys)


@pytest.fixture
def shops(shell: Shell) -> Shell:
    """The small workspace with its prospects imported."""
    shell.fill()
    shell.ok("prospects", "import", "prospects.csv")
    return shell
