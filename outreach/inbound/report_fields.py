"""The fields of a delivery report (RFC 3464), from its own part or from wherever they stand in a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from outreach.inbound.bounce_text import ADDRESS

_FIELD = re.compile(
    r"^[> \t]{0,4}(final-recipient|original-recipient|action|status|diagnostic-code|remote-mta|reporting-mta|"
    r"x-actual-recipient|last-attempt-date|final-log-id|will-retry-until|arrival-date|x-supplementary-info|"
    r"x-display-name|[\w-]{1,60})[ \t]{0,3}:[ \t]{0,9}(.*)$",
    re.IGNORECASE,
)
_OPENING = ("final-recipient", "original-recipient", "action")
_KNOWN = {*_OPENING, "status", "diagnostic-code", "remote-mta"}
MOST_FIELDS = 3000  # lines
MOST_BLOCKS = 50  # recipients; a letter of ours has one


@dataclass(frozen=True, slots=True)
class Block:
    """What a report says of one recipient, by lower-case field name."""

    fields: Mapping[str, str]

    @property
    def recipient(self) -> str:
        """The address, lower case: the final one, else the original, else the one it was passed on to."""
        for name in ("final-recipient", "original-recipient", "x-actual-recipient"):
            value = self.fields.get(name, "").partition(";")[2] or self.fields.get(name, "")
            if hit := ADDRESS.search(value):
                return hit[0].lower()
        return ""

    @property
    def action(self) -> str:
        """failed, delayed, delivered, relayed or expanded; "" where none is named."""
        words = self.fields.get("action", "").lower().replace(";", " ").split()
        return words[0] if words else ""

    @property
    def status(self) -> str:
        return self.fields.get("status", "")

    @property
    def diagnostic(self) -> str:
        """What the server said, without the type before it ("smtp; ")."""
        value = self.fields.get("diagnostic-code", "")
        kind, semicolon, rest = value.partition(";")
        return rest.strip() if semicolon and len(kind) < 60 and " " not in kind.strip() else value.strip()

    @property
    def by_program(self) -> bool:
        """Whether a local program failed rather than a server refusing (X-Unix; 255)."""
        return self.fields.get("diagnostic-code", "").lower().startswith("x-unix")


def blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a text, one for each recipient: a field that is there already begins the next."""
    found: list[dict[str, str]] = [{}]
    last = ""
    for line in text.split("\n", MOST_FIELDS)[:MOST_FIELDS]:
        hit = _FIELD.match(line[:4000])
        if hit:
            last = hit[1].lower()
            if last in found[-1] and last in _KNOWN:
                found.append({})
            found[-1].setdefault(last, hit[2].strip())
        elif line[:1] in " \t" and line.strip() and last in found[-1]:
            found[-1][last] = f"{found[-1][last]} {line.strip()}"[:4000]
        elif not line.strip():
            last = ""
            if any(name in found[-1] for name in ("final-recipient", "original-recipient")):
                found.append({})
    return tuple(Block(each) for each in found if _tells(each))[:MOST_BLOCKS]


def _tells(fields: Mapping[str, str]) -> bool:
    named = "final-recipient" in fields or "original-recipient" in fields
    return named and ("action" in fields or "status" in fields or "diagnostic-code" in fields)
