"""What a rule finds: a place, a code, what to do about it."""

from dataclasses import dataclass
from enum import StrEnum

from outreach.errors import Where


class Level(StrEnum):
    """How much a finding matters: an error holds the letter."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found in a letter: characters [start, end) of its subject, text or HTML.

    `end` is never beyond the part; where the whole part is meant both are 0. `points` count towards
    spam-likeness. `rewrite` is a wording to think about, `fix` a safe replacement of [start, end) that
    `--fix` makes (None: there is none). `where` and `until` are the place in the template, where one is
    known: of the first character, and of the last; `quote` is what stands there.
    """

    code: str
    level: Level
    message: str
    part: str  # "subject", "text" or "html"
    start: int
    end: int
    hint: str = ""
    rewrite: str = ""
    fix: str | None = None
    points: float = 0.0
    where: Where = Where()
    until: Where = Where()
    quote: str = ""
