"""The letters of everybody in a table, what is unlike the others first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from outreach.campaign import Workspace
from outreach.plan.letters import Letters, own_text
from outreach.report.lines import WIDTH, fit, labelled, number, table, width


@dataclass(frozen=True, slots=True)
class Row:
    """One person's letter: `words` and `first_line` are of its own text without the footer."""

    email: str
    status: str
    language: str
    letter: str
    subject: str
    words: int
    first_line: str
    hold: str


def rows(workspace: Workspace, people: Iterable[Letters], only: int | None = None) -> list[Row]:
    """The letter of that step (from 1), or the next one, of everybody who still gets it: outliers first.

    An outlier has a first line or a text much longer or shorter than others of the same letter: a wrong
    name shows there. People without a text at all come last.
    """
    found = list(_rows(workspace, people, only))
    usual: dict[tuple[str, str], tuple[float, float]] = {}
    for text in {(row.letter, row.language) for row in found}:
        same = [row for row in found if (row.letter, row.language) == text and row.words]
        if same:
            usual[text] = (median(len(row.first_line) for row in same), median(row.words for row in same))

    def oddness(row: Row) -> float:
        line, words = usual[row.letter, row.language]
        return max(abs(len(row.first_line) - line) / (line or 1), abs(row.words - words) / words)

    return sorted(found, key=lambda row: (not row.words, -oddness(row) if row.words else 0.0, row.email))


def _rows(workspace: Workspace, people: Iterable[Letters], only: int | None) -> Iterator[Row]:
    for each in people:
        draft = next((draft for draft in each.drafts if only in (None, draft.step + 1)), None)
        if draft is None:
            continue
        own = own_text(workspace, each, draft)
        hold = each.hold or draft.hold
        yield Row(
            email=each.person.email,
            status=each.status,
            language=each.language,
            letter=draft.letter,
            subject=draft.subject,
            words=len(own.split()),
            first_line=next((line for line in own.splitlines() if line.strip()), ""),
            hold=hold.reason if hold else "",
        )


def text(found: Sequence[Row], stem: str, columns: int = WIDTH) -> str:
    """The table in so many columns (no address is cut), the counts, and how to see one letter whole."""
    if not found:
        return f"No letter of {stem} is to come."
    more = columns - WIDTH
    languages = len({row.language for row in found}) > 1
    header = ["TO", *(["LANG"] if languages else []), "WORDS", "SUBJECT", "FIRST LINE"]
    cells = [
        [
            row.email,
            *([row.language or "-"] if languages else []),
            str(row.words),
            _cut(f"HELD: {row.hold}" if row.hold else row.subject, 22 + more // 2),
            _cut(row.first_line, 20 + more // 2),
        ]
        for row in found
    ]
    held = sum(bool(row.hold) for row in found)
    counts = f"{number(len(found), 'letter')}, {held} held" if held else number(len(found), "letter")
    example = f"outreach preview {stem} --prospect {found[0].email}"
    order = f"{counts}; what is unlike the others stands first"
    return f"{table(cells, header, columns, whole=('TO',))}\n\n{order}\n{labelled('NEXT', example)}"


def _cut(cell: str, columns: int) -> str:
    return fit(cell, min(columns, width(cell)))


def value(found: Sequence[Row]) -> list[dict[str, Any]]:
    """`[{"email", "status", "language", "letter", "subject", "words", "first_line", "hold"}]` in that order.

    `hold` is "" where nothing holds the letter; `status` as in `letters.value`.
    """
    return [asdict(row) for row in found]
