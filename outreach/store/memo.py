"""What the program remembers of itself: small texts by name, such as the day of the last digest."""

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from outreach.store.tables import memo

Result = TypeVar("Result")


def get(tx: sa.Connection, name: str) -> str:
    """The text of that name; "" if there is none."""
    return str(tx.execute(sa.select(memo.c.value).where(memo.c.name == name)).scalar() or "")


def put(tx: sa.Connection, name: str, value: str) -> None:
    """Remember a text under that name, in place of the one before."""
    if tx.execute(sa.update(memo).where(memo.c.name == name).values(value=value)).rowcount == 0:
        tx.execute(sa.insert(memo), {"name": name, "value": value})


def change(tx: sa.Connection, name: str, decide: Callable[[str], tuple[str, Result]]) -> Result:
    """Let `decide` make the new text of the old one, with a result; that result.

    Writes run one at a time in all processes: of several workers one decides first, and the others see it.
    """
    value, result = decide(get(tx, name))
    put(tx, name, value)
    return result
