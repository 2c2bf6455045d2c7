"""The JSON contract: a scenario that calls every command that shows something, and docs/json.md made from it.

`python -m tests.contract` writes docs/json.md anew; tests/test_json.py holds the program to it.
"""

import io
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from outreach.cli import main
from outreach.cli.app import App
from outreach.mailbox.sandbox import Sandbox
from outreach.model import Unknown
from tests.launched import served

DOCUMENT = Path(__file__).parent.parent / "docs" / "json.md"
SMTP = "smtps://ann@smtp.northwind.example:465"  # of the starter
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HEAD = """\
# The JSON of every command

With `--format json` a command prints one JSON value to standard output and nothing else; errors go to
standard error as text, with exit code 1 (2 for wrong usage). Times are ISO 8601 in UTC. A key is always
there; what is not known is `null` or empty. New keys may come with a new minor version, none goes away or
changes its type without a new major version. A test runs each command below and compares keys and types.
`lint --batch` alone prints one JSON value a line: see [lint.md](lint.md).

Long lists are shown with their first entry only.
"""
# title in the document -> arguments; a title in capitals is a step that is not shown.
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("init [DIR]", ("init", ".")),
    ("prospects import FILE", ("prospects", "import", "campaigns/prospects.csv")),
    ("prospects list [CONDITION]", ("prospects", "list", "country == 'IE'")),
    ("prospects export [CONDITION]", ("prospects", "export", "country == 'IE'")),
    ("segment CONDITION|NAME", ("segment", "shops")),
    ("segment CONDITION|NAME --explain EMAIL", ("segment", "shops", "--explain", "bob@acme.example")),
    ("WORSE", ()),
    ("lint [PATHS]", ("lint", "templates")),
    ("lint CAMPAIGN", ("lint", "retail-shelving")),
    ("rule [CODE]", ("rule", "SPM102")),
    ("plan CAMPAIGN", ("plan", "retail-shelving")),
    (
        "plan CAMPAIGN --accept CODE --reason WHY",
        ("plan", "retail-shelving", "--accept", "SPM102", "--reason", "the price list really ends in May"),
    ),
    ("SECOND", ()),
    ("plan", ("plan",)),
    ("SECOND", ()),
    ("preview CAMPAIGN --prospect EMAIL", ("preview", "retail-shelving", "--prospect", "bob@acme.example")),
    ("preview CAMPAIGN --all", ("preview", "retail-shelving", "--all")),
    ("preview CAMPAIGN --browser [FILE]", ("preview", "retail-shelving", "--browser", "--no-open")),
    (
        "preview CAMPAIGN --to ADDRESS --dry-run",
        ("preview", "retail-shelving", "--to", "eva@northwind.example", "--dry-run"),
    ),
    ("launch CAMPAIGN", ("launch", "retail-shelving", "--yes")),
    ("undo CAMPAIGN --dry-run", ("undo", "retail-shelving", "--dry-run")),
    ("calendar [CAMPAIGN]", ("calendar", "retail-shelving")),
    ("status --check", ("status", "--check")),
    ("run --units DIR", ("run", "--units", "server")),
    ("run --once --dry-run", ("run", "--once", "--dry-run")),
    ("UNCERTAIN", ()),
    ("uncertain list", ("uncertain", "list")),
    ("message show ID", ("message", "show", "LETTER")),
    ("uncertain settle ID", ("uncertain", "settle", "LETTER", "--sent", "--yes")),
    ("ANSWER", ()),
    ("inbox classify FILE", ("inbox", "classify", "answer.eml")),
    ("inbox import FILE", ("inbox", "import", "answer.eml")),
    ("inbox", ("inbox", "list")),
    ("inbox waiting", ("inbox", "waiting")),
    ("inbox show ID", ("inbox", "show", "1", "--quoted")),
    ("inbox reclassify --dry-run", ("inbox", "reclassify", "--dry-run")),
    ("inbox mark ID INTENT", ("inbox", "mark", "1", "question")),
    ("inbox assign ID EMAIL", ("inbox", "assign", "1", "bob@acme.example")),
    ("inbox later ID DATE", ("inbox", "later", "1", "3", "weeks")),
    ("SERVED", ()),
    ("inbox reply ID --text FILE", ("inbox", "reply", "1", "--text", "words.txt", "--yes")),
    ("UNSERVED", ()),
    ("inbox done ID...", ("inbox", "done", "1")),
    ("status", ("status",)),
    ("pause --all|CAMPAIGN|MAILBOX|EMAIL", ("pause", "retail-shelving", "--until", "2 hours")),
    ("resume --all|CAMPAIGN|MAILBOX|EMAIL", ("resume", "retail-shelving")),
    ("prospects mark EMAIL replied|opted-out|bounced", ("prospects", "mark", "bob@acme.example", "replied")),
    (
        "prospects set EMAIL|CONDITION FIELD=VALUE...",
        ("prospects", "set", "bob@acme.example", "title=Head of Stores", "--tag", "fair-2026"),
    ),
    ("prospects show EMAIL", ("prospects", "show", "bob@acme.example")),
    ("prospects list --sent LETTER[@REVISION]", ("prospects", "list", "--sent", "retail-intro@1")),
    ("prospects export --activity", ("prospects", "export", "--activity")),
    ("log", ("log",)),
    ("why EMAIL", ("why", "bob@acme.example")),
    ("why CAMPAIGN", ("why", "retail-shelving")),
    ("why MESSAGE", ("why", "LETTER")),
    ("inbox optout ID", ("inbox", "optout", "1", "--yes")),
    ("suppress add ADDRESS|DOMAIN", ("suppress", "add", "acme.example")),
    ("suppress list", ("suppress", "list")),
    ("prospects erase EMAIL", ("prospects", "erase", "bob@acme.example", "--yes")),
    ("stop EMAIL", ("stop", "sean@corkhardware.example", "--yes")),
    ("end CAMPAIGN", ("end", "retail-shelving", "--yes")),
    (
        "mailbox add ADDRESS",
        (
            *("mailbox", "add", "kate@northwind.example", "--name", "Kate Ng", "--smtp", "SERVER"),
            *("--imap", "none", "--age", "months", "--keep-example", "--yes"),
        ),
    ),
    ("mailbox test [ADDRESS]", ("mailbox", "test", "kate@northwind.example")),
    ("mailbox list", ("mailbox", "list")),
    ("audit", ("audit",)),
    ("backup FILE", ("backup", "monday.backup")),
    ("restore FILE", ("restore", "monday.backup", "--yes")),
    ("release", ("release", "--dry-run")),
)


class Scenario:
    """Runs the steps in a folder, on a clock of its own; yields (title, JSON value)."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._now, self._letter = folder, MONDAY, "1"
        self._server = ""

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        with served(Sandbox()) as post:
            self._server = post.server.url
            yield from self._steps(post.server.url)

    def _steps(self, smtp: str) -> Iterator[tuple[str, Any]]:
        for title, arguments in STEPS:
            if title in ("SERVED", "UNSERVED"):
                self._serve(smtp if title == "SERVED" else SMTP)
            elif title == "UNCERTAIN":
                self._leave_one_uncertain()
            elif title == "ANSWER":
                self._answer()
            elif title == "WORSE":
                self._worsen()
            elif title == "SECOND":
                self._a_second_campaign()
            else:
                yield title, self._run(arguments)

    def _app(self) -> App:
        return App(clock=lambda: self._now, start=self._folder, state=self._folder / "state")

    def _run(self, arguments: tuple[str, ...]) -> Any:
        app, out = self._app(), io.StringIO()
        known = {"LETTER": self._letter, "SERVER": self._server}
        words = [known.get(word, word) for word in arguments]
        with redirect_stdout(out):
            code = main([*words, "--format", "json"], app)
        if "store" in app.__dict__:
            app.store.close()
        needs = words[:2] == ["status", "--check"]  # 1: somebody must put the password somewhere
        assert code == needs, f"{words} gave {code}: {out.getvalue()}"
        return json.loads(out.getvalue())

    def _serve(self, smtp: str) -> None:
        """Let the launched mailbox send to that server."""
        from outreach.store import settings

        store = self._app().store
        house = store.read(settings.house)
        boxes = [replace(desk.mailbox, smtp=smtp) for desk in store.read(settings.desks)]
        store.write(settings.save, boxes, house.limits, house.timezone)
        store.close()

    def _answer(self) -> None:
        """Somebody answers the letter."""
        from outreach.store import messages

        store = self._app().store
        letter = store.read(messages.get, int(self._letter))
        store.close()
        assert letter is not None
        head = f"From: {letter.email}\nTo: {letter.mailbox}\nSubject: Re: {letter.subject}\n"
        head += f"Message-ID: <1@acme.example>\nIn-Reply-To: {letter.message_id}\n"
        text = "Thank you, please send me the price list.\n\n> We make steel shelving.\n"
        (self._folder / "answer.eml").write_text(f"{head}\n{text}", "utf-8")
        (self._folder / "words.txt").write_text("Here is the price list.\n", "utf-8")

    def _worsen(self) -> None:
        """A letter that presses its reader, and one person of a company more than a campaign may have."""
        letter = self._folder / "templates" / "retail-last.txt"
        letter.write_text(letter.read_text("utf-8").replace("one page,", "one page, act now,"), "utf-8")
        rows = [f"{name}@acme.example,{name.title()},Acme Stores,GB,retail,140" for name in ("lena", "max")]
        text = "\n".join(("email,first_name,company,country,industry,employees", *rows, ""))
        (self._folder / "more.csv").write_text(text, "utf-8")
        self._run(("prospects", "import", "more.csv"))

    def _a_second_campaign(self) -> None:
        """Write one; where it is there, take it away again."""
        first, second = (
            self._folder / "campaigns" / name for name in ("retail-shelving.toml", "second.toml")
        )
        if second.exists():
            second.unlink()
        else:
            second.write_bytes(first.read_bytes())

    def _leave_one_uncertain(self) -> None:
        """A letter whose connection broke after its body had begun to leave."""
        from outreach.store import claims, leases, marks, records

        store = self._app().store
        self._now += timedelta(hours=2)
        worker = store.write(leases.enter, "srv1", "srv1/boot", 1, self._now)
        letter = store.write(claims.claim, "ann@northwind.example", worker, self._now, 1)[0]
        store.write(marks.mark, store.key, letter, b"the letter's bytes\r\n", self._now)
        lost = Unknown("body", "the connection was lost")
        store.write(records.record, store.key, letter, lost, self._now)
        store.write(leases.leave, worker, self._now)
        store.close()
        self._letter = str(letter.id)


def shape(value: Any) -> Any:
    """Keys and types of a JSON value: a list is the shape of all its entries together."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        together: Any = None
        for each in value:
            together = joined(together, shape(each))
        return [together]
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return None if value is None else "text"


def joined(one: Any, other: Any) -> Any:
    """One shape for two values of the same key; null fits everything. AssertionError where they clash."""
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: joined(one.get(key), other.get(key)) for key in one | other}
    if isinstance(one, list) and isinstance(other, list):
        return [joined(one[0], other[0])]
    assert one == other, f"{one} and {other}"
    return one


def shortened(value: Any) -> Any:
    """The value with one entry left of each list that has more."""
    if isinstance(value, dict):
        return {key: shortened(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shortened(each) for each in value[:1]]
    if isinstance(value, str) and len(value) > 60:
        return value[:57] + "..."
    return value


def write() -> None:
    """Write docs/json.md from what the program prints now, as if Ann had called it."""
    os.environ["LOGNAME"] = "ann"
    with tempfile.TemporaryDirectory() as folder:
        parts = [HEAD]
        for title, value in Scenario(Path(folder)):
            example = json.dumps(shortened(value), ensure_ascii=False, indent=2).replace(folder, "/home/ann")
            parts.append(f"## `outreach {title}`\n\n```json\n{example}\n```\n")
    DOCUMENT.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    write()
