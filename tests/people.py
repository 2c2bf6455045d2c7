"""What the tests of the commands over people share: a launched campaign, and looks into the store."""

import json
from typing import Any

from outreach.engine import plans
from outreach.plan import Plan
from tests.cli import Shell


def launched(shell: Shell) -> None:
    """The small workspace with its people imported and its campaign launched to both retailers."""
    shell.fill()
    shell.ok("prospects", "import", "prospects.csv")
    app = shell.app()
    with app.store as store:
        plans.launch(store, app.workspace, "shops", now=shell.now, actor="ann")


def planned(shell: Shell) -> Plan:
    """What `shops` would do now."""
    app = shell.app()
    with app.store as store:
        return plans.make(store, app.workspace, "shops", shell.now)


def shown(shell: Shell, *args: str) -> Any:
    """What a command prints as JSON."""
    return json.loads(shell.ok(*args, "--format", "json"))


def emails(shell: Shell) -> list[str]:
    """Everybody in the store."""
    return [each["email"] for each in shown(shell, "prospects", "list")["prospects"]]


def fields(shell: Shell, email: str) -> dict[str, Any]:
    """A person's fields."""
    found: dict[str, Any] = shown(shell, "prospects", "show", email)["fields"]
    return found
