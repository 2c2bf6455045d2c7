"""`why`, asked in the tests: what it says first, its facts, its rules."""

from itertools import takewhile
from typing import Any

import sqlalchemy as sa

from outreach.store import Store
from tests.cli import CAMPAIGN, MAIN, Shell

BOB = "bob@acme.example"
HEADER = "email,first_name,company,industry,country\n"


def launched(shell: Shell, people: str = "", campaign: str = CAMPAIGN, main: str = MAIN) -> None:
    """The small workspace with these people, imported and launched on Monday at eight."""
    shell.fill()
    shell.write("outreach.toml", main.format(smtp="smtp://127.0.0.1:1", store="sqlite:///outreach.db"))
    shell.write("campaigns/shops.toml", campaign)
    if people:
        shell.write("prospects.csv", HEADER + people)
    shell.ok("prospects", "import", "prospects.csv")
    shell.ok("launch", "shops", "--yes")


def verdict(shell: Shell, name: str = BOB) -> str:
    """The first sentence that `why` prints; the whole screen fits the terminal."""
    lines = shell.ok("why", name).splitlines()
    assert all(len(line) <= 80 for line in lines), lines
    return " ".join(
        [lines[0], *(line.strip() for line in takewhile(lambda line: line[:2] == "  ", lines[1:]))]
    )


def facts(shell: Shell, name: str = BOB) -> dict[str, Any]:
    """The same as JSON."""
    found: dict[str, Any] = shell.json("why", name)
    return found


def rules(shell: Shell, name: str = BOB) -> dict[str, dict[str, Any]]:
    """The rules of a person's first chain, by name."""
    return {rule["rule"]: rule for rule in facts(shell, name)["chains"][0]["rules"]}


def one(store: Store, query: str) -> Any:
    """The one value that a query finds."""
    return store.read(lambda tx: tx.execute(sa.text(query)).scalar_one())
