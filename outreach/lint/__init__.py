"""Letters are linted like code. Here: what a finding is, and the gate that no unresolved field passes."""

import re
from dataclasses import dataclass
from enum import StrEnum

from outreach.model import Rendered, Span


class Level(StrEnum):
    """How much a finding matters: an error holds the letter."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found: in rendered text at [start, end), and where in the template that comes from."""

    code: str
    level: Level
    message: str
    part: str  # "subject" or "text"
    start: int
    end: int
    where: Span | None = None


# A field that was never filled in, in the notations of the tools that letters are copied from.
_UNRESOLVED = re.compile(
    r"\{\{.{0,80}?\}\}|\{%.{0,80}?%\}|\$\{\w{1,40}\}|<<\w{2,40}>>|"
    r"%(?![0-9a-f]{2})\w{2,40}%|%\w{2,40}%(?![0-9a-f]{2})|"  # both: a link with escapes, ?q=a%20b%20c
    r"[\[{<]\s?(?:first|last|full|company|contact|your|insert)[\s_-]?(?:name|company|title|here)?\s?[\]}>]",
    re.IGNORECASE,
)


def lint(rendered: Rendered) -> list[Finding]:
    """The findings of a rendered letter, in order of place; one rule so far: MRG101, an unresolved field."""
    content = rendered.content
    parts = (
        ("subject", content.subject or "", rendered.subject_map),
        ("text", content.text, rendered.text_map),
    )
    return [
        Finding(
            "MRG101",
            Level.ERROR,
            f"unresolved field {match.group()!r}",
            part,
            match.start(),
            match.end(),
            _span(spans, match.start()),
        )
        for part, text, spans in parts
        for match in _UNRESOLVED.finditer(text)
    ]


def _span(spans: tuple[Span, ...], place: int) -> Span | None:
    return next((span for span in spans if span.start <= place < span.end), None)
