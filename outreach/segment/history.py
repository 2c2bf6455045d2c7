"""What a condition may ask of a person's history: which letters have left, tags, campaigns, replies."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, Protocol, TypeAlias

from outreach.model import FieldType, Value

ANY: Final = "any"  # some letter, some tag, some campaign
LETTER, TAG, CAMPAIGN = "letter", "tag", "campaign"


class Question(NamedTuple):
    """A function of the language: the type of its answer, what it is asked about, and an example."""

    kind: FieldType
    about: str
    example: str


FUNCTIONS: Final[Mapping[str, Question]] = {
    "sent": Question(FieldType.BOOLEAN, LETTER, "sent('retail-intro')"),
    "days_since": Question(FieldType.NUMBER, LETTER, "days_since('any') > 90"),
    "tag": Question(FieldType.BOOLEAN, TAG, "tag('fair-2026')"),
    "campaign": Question(FieldType.BOOLEAN, CAMPAIGN, "campaign('retail-shelving')"),
    "replied": Question(FieldType.BOOLEAN, CAMPAIGN, "replied('any')"),
}

Names: TypeAlias = Callable[[str], Collection[str]]
"""The names that are known of a kind (letter, tag, campaign), so that a misspelt one is no question."""


class Fact(NamedTuple):
    """One question to the history: a function of the language and the name it is asked with."""

    function: str
    name: str

    @property
    def key(self) -> str:
        """Under which the answer stands among a person's fields: no field has such a name."""
        return f"{self.function}('{self.name.replace(chr(39), chr(39) * 2)}')"


@dataclass(frozen=True, slots=True)
class History:
    """The answers to the facts of one condition, by prospect id."""

    flags: Mapping[str, Collection[int]] = field(default_factory=dict)  # key -> of whom it is true
    days: Mapping[str, Mapping[int, int]] = field(default_factory=dict)  # key -> whole days

    def __bool__(self) -> bool:
        return bool(self.flags or self.days)

    def tell(self, prospect_id: int, fields: dict[str, Value]) -> None:
        """Put a person's answers among the fields; a number of days that there is not stays missing."""
        for key, people in self.flags.items():
            fields[key] = prospect_id in people
        for key, counted in self.days.items():
            if prospect_id in counted:
                fields[key] = counted[prospect_id]


class Past(Protocol):
    """Who knows the history of people: the store."""

    def names(self, about: str) -> Collection[str]:
        """The letters, tags or campaigns that somebody has."""
        ...

    def of(self, facts: Iterable[Fact], as_of: datetime) -> History:
        """The answers as of a moment, each kind by one query."""
        ...


class NoPast:
    """The history of people to whom nothing has happened."""

    def names(self, about: str) -> Collection[str]:
        """Nothing has a name yet."""
        return ()

    def of(self, facts: Iterable[Fact], as_of: datetime) -> History:
        """No to every question, and no days."""
        return History({fact.key: () for fact in facts if FUNCTIONS[fact.function].kind is FieldType.BOOLEAN})
