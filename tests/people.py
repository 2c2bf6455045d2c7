"""What the tests over people share: a launched campaign, looks into the store, and what people do."""

from datetime import datetime
from typing import Any

import pytest

from outreach.engine import plans
from outreach.model import EnrollmentStatus, Prospect
from outreach.plan import Plan
from outreach.store import Store, prospects, stops, suppressions
from tests.cli import Shell


class Peopled:
    """A store with people in it, at a moment that tests set."""

    store: Store
    now: datetime

    def person(self, email: str) -> Prospect:
        found = self.store.read(prospects.get, email)
        assert found is not None
        return found

    def reply(self, email: str) -> None:
        """Somebody has answered."""
        self.store.write(
            stops.stop, self.person(email).id, EnrollmentStatus.REPLIED, reason="", at=self.now, actor="me"
        )

    def suppress(self, email: str) -> None:
        """Somebody is never to be written to again."""
        self.store.write(
            suppressions.add, self.store.key, [email], reason="asked us", at=self.now, actor="me"
        )


def launched(shell: Shell) -> None:
    """The small workspace with its people imported and its campaign launched to both retailers."""
    shell.fill()
    shell.ok("prospects", "import", "prospects.csv")
    app = shell.app()
    with app.store as store:
        plans.launch(store, app.workspace, "shops", now=shell.now, actor="ann")


@pytest.fixture
def running(shell: Shell) -> Shell:
    """Bob and Eva are in the campaign `shops`, a letter waiting for each; Tom is in none."""
    launched(shell)
    return shell


def planned(shell: Shell) -> Plan:
    """What `shops` would do now."""
    app = shell.app()
    with app.store as store:
        return plans.make(store, app.workspace, "shops", shell.now)


def shown(shell: Shell, *args: str) -> Any:
    """What a command prints as JSON."""
    return shell.json(*args)


def emails(shell: Shell) -> list[str]:
    """Everybody in the store."""
    return [each["email"] for each in shown(shell, "prospects", "list")["prospects"]]


def fields(shell: Shell, email: str) -> dict[str, Any]:
    """A person's fields."""
    found: dict[str, Any] = shown(shell, "prospects", "show", email)["fields"]
    return found
