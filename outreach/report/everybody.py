"""The letters of everybody in a table, what is unlike the others first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import takewhile
from typing import Any

from outreach.campaign import Workspace
from outreach.plan.letters import Letters, own_text
from outreach.report.lines import LABEL, WIDTH, broken, labelled, number, table, width
from outreach.report.odd import Sketch, odd, sketch

HELD = "HELD: "


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

    An outlier is who `odd.odd` finds to be one: a wrong name shows there. People without a text at all come last.
    """
    found = list(_rows(workspace, people, only))
    unlike = odd(
        Sketch(each.email, each.letter, each.language, each.words, each.first_line) for each in found
    )
    place = {email: number for number, email in enumerate(unlike)}
    return sorted(found, key=lambda row: (not row.words, place.get(row.email, len(place)), row.email))


def _rows(workspace: Workspace, people: Iterable[Letters], only: int | None) -> Iterator[Row]:
    for each in people:
        draft = next((draft for draft in each.drafts if only in (None, draft.step + 1)), None)
        if draft is None:
            continue
        drawn = sketch(each.person.email, draft.letter, each.language, own_text(workspace, each, draft))
        hold = each.hold or draft.hold
        yield Row(
            email=drawn.email,
            status=each.status,
            language=drawn.language,
            letter=drawn.letter,
            subject=draft.subject,
            words=drawn.words,
            first_line=drawn.first_line,
            hold=hold.reason if hold else "",
        )


def text(found: Sequence[Row], stem: str, columns: int = WIDTH) -> str:
    """The table in so many columns, the counts, and how to see one letter whole.

    No address is cut: a long one has a line of its own. A subject that all letters have is told once, and what
    all first lines begin with is left out where they would be cut before they differ.
    """
    if not found:
        return f"No letter of {stem} is to come."
    languages = len({row.language for row in found}) > 1
    subjects = [f"{HELD}{row.hold}" if row.hold else row.subject for row in found]
    same = len(found) > 1 and len(set(subjects)) == 1
    header = ["TO", *(["LANG"] if languages else []), "WORDS", *([] if same else ["SUBJECT"]), "FIRST LINE"]
    firm = [
        [
            row.email if width(row.email) <= columns * 2 // 5 else "",
            *([row.language or "-"] if languages else []),
            str(row.words),
        ]
        for row in found
    ]
    used = [max(map(width, cells)) + 2 for cells in zip(header, *firm, strict=False)]
    texts = [[] if same else subjects, [row.first_line for row in found]]
    shown = [*_telling(found, [each for each in texts if each], columns - sum(used))]
    cells = [[*row, *rest] for row, *rest in zip(firm, *shown, strict=True)]
    head, *lines = table(cells, header, columns, whole=("TO",)).split("\n")
    addressed = [
        line if first else f"{row.email}\n{line}"
        for row, (first, *_), line in zip(found, cells, lines, strict=True)
    ]
    about = [labelled("SUBJECT", *broken(subjects[0], columns - LABEL - 1))] if same else []
    held = sum(bool(row.hold) for row in found)
    counts = f"{number(len(found), 'letter')}, {held} held" if held else number(len(found), "letter")
    example = f"outreach preview {stem} --prospect {found[0].email}"
    order = f"{counts}; what is unlike the others stands first"
    return "\n".join([head, *addressed, "", *about, order, labelled("NEXT", example)])


def _telling(found: Sequence[Row], texts: Sequence[list[str]], room: int) -> Iterator[list[str]]:
    """Columns of texts that share so much room: what does not fit loses the words that all of its
    kind begin with.
    """
    each = (room - 2 * (len(texts) - 1)) // len(texts)
    for cells in texts:
        kinds: dict[tuple[str, str], list[str]] = {}
        for row, cell in zip(found, cells, strict=True):
            kinds.setdefault((row.letter, row.language), []).append(cell)
        begins = {kind: _alike(same) if max(map(width, same)) > each else 0 for kind, same in kinds.items()}
        yield [
            _without(cell, begins[row.letter, row.language]) for row, cell in zip(found, cells, strict=True)
        ]


def _alike(texts: Sequence[str]) -> int:
    """How many words all texts begin with, if something comes after them."""
    split = [each.split(" ") for each in texts if each and not each.startswith(HELD)]
    alike = sum(1 for _ in takewhile(lambda words: len(set(words)) == 1, zip(*split, strict=False)))
    return min([alike, *(len(words) - 1 for words in split)]) if len(split) > 1 else 0


def _without(text: str, words: int) -> str:
    return f"… {text.split(' ', words)[-1]}" if words and text and not text.startswith(HELD) else text


def value(found: Sequence[Row]) -> list[dict[str, Any]]:
    """`[{"email", "status", "language", "letter", "subject", "words", "first_line", "hold"}]` in that order.

    `hold` is "" where nothing holds the letter; `status` as in `letters.value`.
    """
    return [asdict(row) for row in found]
