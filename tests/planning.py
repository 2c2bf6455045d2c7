"""A campaign to plan, launch, edit and launch again: files as texts, people as CSV, a clock to turn."""

import csv
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from outreach import workspace
from outreach.campaign import Workspace
from outreach.engine import plans
from outreach.plan import Plan
from outreach.prospect import KNOWN, BadRow, columns, infer_types, row_reader
from outreach.store import Store, prospects
from outreach.store.tables import enrollment, message, prospect
from tests import posting, workspaces
from tests.people import Peopled

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # in London 8:00 too, an hour before windows open
FILES: Mapping[str, str] = {
    **workspaces.FILES,
    "outreach.toml": workspaces.MAIN.replace(
        'imap = "imaps://ann@imap.northwind.example:993"', 'answers = "manual"\nramp = false'
    ),
    "templates/intro.txt": "Subject: Shelving for {{ company }}\n\nHello {{ first_name }},\n\nShelves.\n",
    "templates/followup.txt": "Format: text\n\nHello {{ first_name }},\n\nAny news?\n",
}
PEOPLE = """\
email,first_name,company,industry,country
bob@acme.example,Bob,Acme,retail,GB
eva@birch.example,Eva,Birch,retail,GB
tom@cedar.example,Tom,Cedar,building,GB
"""
STEP = '[[step]]\nletter = "{letter}"\nafter = "3 business days"\n'


class Planning(Peopled):
    """A store on `url` with the people of `PEOPLE`, and the files of one campaign, `shops`."""

    def __init__(self, url: str, folder: Path, people: str = PEOPLE) -> None:
        self.store = Store(url, state=folder / "state")
        self.files: dict[str, str] = dict(FILES)
        self.now = MONDAY
        self.add(people)

    def add(self, text: str, on_existing: str = "fill") -> None:
        """Import people."""
        header, *cells = csv.reader(text.splitlines())
        names = columns(header)
        types = {**KNOWN, **infer_types(names, cells, {})}
        read = row_reader(names, types)
        rows = [read(line, row) for line, row in enumerate(cells, start=2)]
        good = [row for row in rows if not isinstance(row, BadRow)]
        assert len(good) == len(rows)
        self.store.write(prospects.fix_types, types)
        self.store.write(prospects.add_batch, self.store.key, good, on_existing=on_existing, now=self.now)

    def put(self, email: str, **fields: str) -> None:
        """Give a person fields past the import, which would refuse some values."""
        person = self.person(email)
        text = prospects.encode({**person.fields, **fields})
        change = sa.update(prospect).where(prospect.c.id == person.id).values(fields=text)
        self.store.write(lambda tx: tx.execute(change))

    def write(self, name: str, text: str) -> None:
        """Write a letter, or another file."""
        self.files[name if "." in name else f"templates/{name}.txt"] = text

    def edit(self, name: str, old: str, new: str) -> None:
        """Change one place of a file."""
        self.files = workspaces.changed(self.files, name, old, new)

    def steps(self, *letters: str, was: Mapping[str, str] | None = None) -> None:
        """Make these letters the steps of the campaign."""
        head = self.files["campaigns/shops.toml"].partition("[[step]]")[0]
        steps = [f'[[step]]\nletter = "{letters[0]}"\n', *(STEP.format(letter=each) for each in letters[1:])]
        for new, old in (was or {}).items():
            steps = [each + f'was = "{old}"\n' if f'"{new}"' in each else each for each in steps]
        self.files["campaigns/shops.toml"] = head + "\n".join(steps)

    @property
    def workspace(self) -> Workspace:
        return workspace.parse(self.files)

    def plan(self, stem: str = "shops") -> Plan:
        return plans.make(self.store, self.workspace, stem, self.now)

    def show(self) -> str:
        """Plan, and remember it; its id."""
        return plans.show(self.store, self.plan())

    def launch(self, plan_id: str = "", **more: Any) -> plans.Outcome:
        stem = more.pop("stem", "shops")
        return plans.launch(
            self.store, self.workspace, stem, now=self.now, actor="me", plan_id=plan_id, **more
        )

    def play(self, days: float) -> None:
        """Send every letter at its time, for so many days."""
        self.now = posting.play(self.store, self.now, days)

    def letters(self, email: str) -> dict[str, Any]:
        """The messages to one person by letter, in the order they were made."""
        query = (
            sa.select(message)
            .join(prospect, prospect.c.id == message.c.prospect_id)
            .where(prospect.c.email == email)
            .order_by(message.c.id)
        )
        return {row.letter: row for row in self.store.read(lambda tx: tx.execute(query).all())}

    def statuses(self, email: str) -> dict[str, str]:
        """Letter -> status, of one person."""
        return {letter: str(row.status) for letter, row in self.letters(email).items()}

    def enrolled(self) -> dict[str, str]:
        """Address -> status, of everybody in a campaign."""
        query = sa.select(prospect.c.email, enrollment.c.status).join(
            enrollment, enrollment.c.prospect_id == prospect.c.id
        )
        return {email: str(status) for email, status in self.store.read(lambda tx: tx.execute(query).all())}


@pytest.fixture
def planning(store_url: str, tmp_path: Path) -> Iterator[Planning]:
    """A campaign that nobody has launched, with two people in its segment; on either database."""
    made = Planning(store_url, tmp_path)
    yield made
    made.store.close()


def new(made: Plan) -> list[str]:
    """Who would join."""
    return [each.prospect.email for each in made.new]


def held(made: Plan) -> dict[str, tuple[str, str]]:
    """Who is held: code and reason."""
    return {each.email: (each.hold.code, each.hold.reason) for each in made.held}
