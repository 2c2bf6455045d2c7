"""The people a plan holds, as a table to fill in and import again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from outreach.report.spreadsheet import escaped, line

REASON = "held_because"


@dataclass(frozen=True, slots=True)
class Lack:
    """A person held back: why, and the fields that their letters need and they do not have."""

    email: str
    reason: str
    fields: tuple[str, ...]


def table(people: Sequence[Lack]) -> str:
    """CSV: `held_because`, `email`, and an empty column for every field that is missing.

    It may be imported again when it is filled in: an import passes over a leading `held_because`.
    """
    names = sorted({name for each in people for name in each.fields})
    rows: Iterable[list[str]] = ([each.reason, each.email, *("" for _ in names)] for each in people)
    head = line([REASON, "email", *names])
    return head + "".join(line([escaped(cell) for cell in row]) for row in rows)
