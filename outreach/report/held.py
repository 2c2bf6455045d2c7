"""The people a plan holds, as a table to fill in and import again."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from outreach.model import Hold, Prospect
from outreach.plan.draft import SENDER_FIELDS
from outreach.report.people import cell
from outreach.report.spreadsheet import escaped, line

REASON = "held_because"
_WHO: Final = ("full_name", "first_name", "last_name", "company")  # by which a person is known in a table
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
        "consent": ("consent",),
        "source": ("source",),
        "basis": ("basis",),
    }
)
_NAMED: Final = re.compile(r"`(\w+)`")


@dataclass(frozen=True, slots=True)
class Lack:
    """A person held back: why, and the fields that their letters need and they do not have."""

    person: Prospect
    hold: Hold
    fields: tuple[str, ...]

    @property
    def mendable(self) -> tuple[str, ...]:
        """The fields that put it right when they are filled in; none for who is suppressed or has replied."""
        if self.hold.code not in _FIELDS:
            return ()
        named = _NAMED.match(self.hold.reason)
        blamed = (named[1],) if named and self.hold.code in ("lint", "render") else ()
        # Of a letter that has no text in their language nobody knows what it needs.
        lacking = () if self.hold.code == "language" else self.fields
        names = dict.fromkeys((*_FIELDS[self.hold.code], *blamed, *lacking))
        return tuple(name for name in names if name not in SENDER_FIELDS)


def table(people: Sequence[Lack]) -> str:
    """CSV: `held_because`, `email`, who that is as far as it is known, and a column for every field that would put
    somebody right, with what they have in it now.

    Those whom no field puts right are left out. It may be imported again when it is filled in: an import
    passes over `held_because`, what was filled in counts, and what was not changes nothing.
    """
    listed = [each for each in people if each.mendable]
    mendable = {name for each in listed for name in each.mendable}
    told = [name for name in _WHO if any(name in each.person.fields for each in listed) or name in mendable]
    names = [*told, *sorted(mendable - set(told))]
    rows: Iterable[list[str]] = (
        [each.hold.reason, each.person.email, *(cell(each.person, name) for name in names)] for each in listed
    )
    head = line([REASON, "email", *names])
    return head + "".join(line([escaped(cell) for cell in row]) for row in rows)
