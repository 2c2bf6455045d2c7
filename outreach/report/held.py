"""The people a plan holds, as a table to fill in and import again."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from outreach.model import Hold
from outreach.plan.draft import SENDER_FIELDS
from outreach.report.spreadsheet import escaped, line

REASON = "held_because"
# What a person lacks, or has wrong, by the code of the hold. For holds of other codes no field is to blame.
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "missing": (),  # those that the letters ask for
        "lint": (),  # the field that brings the finding, as the reason names it
        "render": (),
        "header": ("first_name", "last_name"),
        "language": ("language",),
        "owner": ("owner",),
        "undeliverable": ("verified",),
        "source": ("source",),
        "basis": ("basis",),
    }
)
_NAMED: Final = re.compile(r"`(\w+)`")


@dataclass(frozen=True, slots=True)
class Lack:
    """A person held back: why, and the fields that their letters need and they do not have."""

    email: str
    hold: Hold
    fields: tuple[str, ...]

    @property
    def mendable(self) -> tuple[str, ...]:
        """The fields that put it right when they are filled in; none for who is suppressed or has replied."""
        if self.hold.code not in _FIELDS:
            return ()
        named = _NAMED.match(self.hold.reason)
        blamed = (named[1],) if named and self.hold.code in ("lint", "render") else ()
        names = dict.fromkeys((*_FIELDS[self.hold.code], *blamed, *self.fields))
        return tuple(name for name in names if name not in SENDER_FIELDS)


def table(people: Sequence[Lack]) -> str:
    """CSV: `held_because`, `email`, and an empty column for every field that would put somebody right.

    Those whom no field puts right are left out. It may be imported again when it is filled in: an import
    passes over `held_because`, what was filled in counts, and what was not changes nothing.
    """
    names = sorted({name for each in people for name in each.mendable})
    rows: Iterable[list[str]] = (
        [each.hold.reason, each.email, *("" for _ in names)] for each in people if each.mendable
    )
    head = line([REASON, "email", *names])
    return head + "".join(line([escaped(cell) for cell in row]) for row in rows)
