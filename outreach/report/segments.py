"""What a condition finds, and where it cannot be understood."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outreach.model import Prospect
from outreach.report import people
from outreach.report.lines import LABEL, WIDTH, broken, fit, labelled, number, table, width
from outreach.segment import Row, SegmentError

VALUES, VALUE = 6, 24  # values of a field that are shown; columns of one
_VERDICTS = {True: "yes", False: "no", None: "unknown"}


@dataclass(frozen=True, slots=True)
class Survey:
    """How a condition meets the people of the store.

    `unknown` are those it cannot decide on, `missing` the fields that leave it open, with how many lack them.
    `values` is set where nobody matches: what the fields that are texts hold, the most frequent first.
    """

    people: int
    matching: int
    unknown: int
    missing: Mapping[str, int]
    samples: Sequence[Prospect]
    tags: Mapping[int, Sequence[str]]  # of the samples who have some, by id
    values: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # field -> value -> people


def pointed(text: str, error: SegmentError) -> str:
    """The error with the line of the condition it is in, and a caret under the place."""
    source = text.split("\n")[error.line - 1]
    at = error.column - 1
    start = max(0, at - WIDTH // 2) if width(source) > WIDTH - 4 else 0
    end = start + WIDTH - 4
    shown = "".join(char if char.isprintable() else " " for char in source[start:end])
    caret = " " * width(shown[: at - start]) + "^"
    where = f" (in segment {error.segment})" if error.segment else ""
    return f"{error.message}{where}\n  {shown}\n  {caret}"


def text(found: Survey, condition: str) -> str:
    """The screen of a segment: the count, who is in it, and what is unknown because of which field."""
    missing = sorted(found.missing.items(), key=lambda item: (-item[1], item[0]))
    parts = [
        labelled("SEGMENT", f"{found.matching:,} of {number(found.people, 'person', 'people')}"),
        labelled(
            "UNKNOWN",
            f"{found.unknown:,} left out: "
            + ", ".join(f"{count:,} without {name}" for name, count in missing),
        )
        if found.unknown
        else "",
        labelled("VALUES", *_values(found)) if found.values else "",
    ]
    if found.samples:
        more = found.matching - len(found.samples)
        parts += ["", people.rows(found.samples, people.DEFAULT)]
        parts += [f"... and {more:,} more: --limit {found.matching}"] if more else []
        parts += ["", labelled("NEXT", f"in a campaign file: segment = {_quoted(condition)}")]
    elif not found.people:
        parts.append(labelled("NEXT", "outreach prospects import FILE.csv"))
    return "\n".join(part for place, part in enumerate(parts) if part or place > 2)


def _values(found: Survey) -> Iterator[str]:
    """What the fields hold that were asked for: "country: 'DE' 120, 'AT' 64, and 3 more"."""
    for name, values in found.values.items():
        shown = [f"'{fit(value, VALUE).rstrip()}' {count:,}" for value, count in [*values.items()][:VALUES]]
        more = [f"and {len(values) - VALUES:,} more"] if len(values) > VALUES else []
        said = ", ".join([*shown, *more]) or "nobody has one"
        yield from broken(f"{name}: {said}", WIDTH - LABEL - 1, rest="  ")


def _quoted(text: str) -> str:
    """A text as a TOML string: as it stands in single quotes, else escaped (a JSON string is a TOML one)."""
    plain = "'" not in text and text.isprintable()
    return f"'{text}'" if plain else json.dumps(text, ensure_ascii=False)


def value(found: Survey, condition: str) -> dict[str, Any]:
    """`condition`, `people` (all), `matching`, `unknown` (people), `missing` (field to people who lack it),
    `values` (where nobody matches: what the fields that were asked for hold, field to value to people),
    `samples` (as `people.value`).
    """
    return {
        "condition": condition,
        "people": found.people,
        "matching": found.matching,
        "unknown": found.unknown,
        "missing": dict(found.missing),
        "values": {name: dict(values) for name, values in found.values.items()},
        "samples": [people.value(each, found.tags.get(each.id, ())) for each in found.samples],
    }


def explained(email: str, verdict: bool | None, rows: Sequence[Row]) -> str:
    """Why a person is in a segment or not: one line per comparison."""
    said = {True: "is in the segment", False: "is not in the segment", None: "is left out: unknown"}
    cells = [(row.text, row.value, _VERDICTS[row.result]) for row in rows]
    return f"{email} {said[verdict]}\n\n" + table(cells, ("CONDITION", "VALUE", "RESULT"))


def explained_value(email: str, verdict: bool | None, rows: Sequence[Row]) -> dict[str, Any]:
    """`email`, `matches` (null: unknown), `comparisons` (list of `text`, `value`, `result`; null: unknown)."""
    comparisons = [{"text": row.text, "value": row.value, "result": row.result} for row in rows]
    return {"email": email, "matches": verdict, "comparisons": comparisons}
