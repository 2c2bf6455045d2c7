"""The letters of everybody in a table, what is unlike the others first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import takewhile
from typing import Any

from outreach.campaign import Workspace
from outreach.plan.letters import Letters, own_text
from outreach.report.lines import LABEL, WIDTH, broken, fit, labelled, number, padded, table, width
from outreach.report.odd import Sketch, odd, sketch

HELD = "HELD: "
_LEAST = 12  # columns that a text keeps beside a long address
_LOOKED_AT = 300  # characters of a text: more no row shows
_Kind = tuple[str, str]  # letter and language: such texts are written alike


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


@dataclass(frozen=True, slots=True)
class _Column:
    """A text of every letter: what letters of a kind share, by kind, and a cell for what is a person's own."""

    label: str
    shared: tuple[tuple[_Kind, str], ...]
    cells: tuple[str, ...]


def text(found: Sequence[Row], stem: str, columns: int = WIDTH) -> str:
    """The table in so many columns, the counts, and how to see the letters whole: a person a line.

    Above it stands what the subjects, or first lines, of a letter share, where there is no room for it in every
    row; below only what is a person's own. No address is cut: a very long one has a line of its own.
    """
    if not found:
        return f"No letter of {stem} is to come."
    kinds = sorted({_kind(row) for row in found})
    languages = len({row.language for row in found}) > 1
    texts = 1 if _are_alike(found) else 2
    numbers = {"WORDS": [str(row.words) for row in found]}
    if languages:
        numbers = {"LANG": [row.language or "-" for row in found], **numbers}
    firm = sum(max(map(width, [label, *some])) + 2 for label, some in numbers.items())
    most = columns - firm - texts * (_LEAST + 2) + 2
    to = max((width(row.email) for row in found if width(row.email) <= most), default=2)
    used = max(to, 2) + 2 + firm
    half = (columns - used) // 2 - 1
    subject = _subjects(found, half if texts > 1 else 0)
    taken = max(map(width, subject.cells)) + 2 if texts > 1 else 0
    begins = _beginnings(found, max(columns - used - taken, half))
    shown = [subject, begins] if texts > 1 else [begins]
    addresses = [row.email if width(row.email) <= to else "" for row in found]
    header = ["TO", *numbers, *(each.label for each in shown)]
    cells = zip(addresses, *numbers.values(), *(each.cells for each in shown), strict=True)
    head, *lines = table(cells, header, columns, whole=("TO", *numbers)).split("\n")
    about = list(_about([subject, begins], kinds))
    held = sum(bool(row.hold) for row in found)
    counts = f"{number(len(found), 'letter')}, {held} held" if held else number(len(found), "letter")
    return "\n".join(
        [
            *about,
            *([""] if about else []),
            head,
            *(_line(row, line, used, to, columns) for row, line in zip(found, lines, strict=True)),
            "",
            f"{counts}; what is unlike the others stands first",
            labelled("NEXT", f"outreach preview {stem}"),
        ]
    )


def _kind(row: Row) -> _Kind:
    return row.letter, row.language


def _line(row: Row, line: str, used: int, to: int, columns: int) -> str:
    """A row as it is shown: why it is held takes the place of its texts; a very long address stands above."""
    if row.hold:
        line = (padded(fit(line, used), used) + fit(f"{HELD}{row.hold}", columns - used)).rstrip()
    return line if width(row.email) <= to else f"{row.email}\n{line}"


def _are_alike(found: Sequence[Row]) -> bool:
    """Whether all letters of each kind have the same subject, some kind at least two letters."""
    subjects = _by_kind(found, [row.subject for row in found]).values()
    return any(len(each) > 1 for each in subjects) and all(len(set(each)) == 1 for each in subjects)


def _by_kind(found: Sequence[Row], texts: Sequence[str]) -> dict[_Kind, list[str]]:
    """The texts of what nothing holds, by kind."""
    kinds: dict[_Kind, list[str]] = {}
    for row, each in zip(found, texts, strict=True):
        if not row.hold:
            kinds.setdefault(_kind(row), []).append(each)
    return dict(sorted(kinds.items()))


def _subjects(found: Sequence[Row], room: int) -> _Column:
    """A kind's one subject, and what its subjects share where they have no room, are told above the table."""
    texts = [row.subject[:_LOOKED_AT] for row in found]
    ends = {}
    for kind, some in _by_kind(found, texts).items():
        one, long = len(set(some)) == 1, max(map(width, some)) > room
        if (one and (long or len(some) > 1)) or long:
            ends[kind] = _shared(list(set(some)))
    return _column("SUBJECT", found, texts, ends)


def _beginnings(found: Sequence[Row], room: int) -> _Column:
    """What a kind's first lines begin with is told above the table where they would be cut before they differ."""
    texts = [row.first_line[:_LOOKED_AT] for row in found]
    ends = {}
    for kind, some in _by_kind(found, texts).items():
        different = set(some)
        if len({fit(each, room) for each in different}) < len(different):
            head, _ = _shared(list(different))
            ends[kind] = min(some, key=len)[:head].rfind(" ") + 1, 0
    return _column("BEGINS", found, texts, ends)


def _column(
    label: str, found: Sequence[Row], texts: Sequence[str], ends: Mapping[_Kind, tuple[int, int]]
) -> _Column:
    """A column without so many characters at the beginning and the end of a kind's texts."""
    shared: dict[_Kind, str] = {}
    cells = []
    for row, each in zip(found, texts, strict=True):
        head, tail = (0, 0) if row.hold else ends.get(_kind(row), (0, 0))
        own = each[head : len(each) - tail]
        cells.append("" if row.hold else own.strip())
        if head or tail:
            shared[_kind(row)] = f"{each[:head]}{'…' if own else ''}{each[len(each) - tail :]}"
    return _Column(label, tuple(sorted(shared.items())), tuple(cells))


def _shared(texts: Sequence[str]) -> tuple[int, int]:
    """How many characters all texts begin and end with, in whole words; all of them where they are the same."""
    low, high = min(texts), max(texts)  # what these two begin with, all between them do
    if low == high:
        return len(low), 0
    head = _words(texts, _alike(low, high))
    rests = [each[head:][::-1] for each in texts]
    return head, _words(rests, _alike(min(rests), max(rests)))


def _alike(one: str, other: str) -> int:
    """How many characters two texts both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _words(texts: Sequence[str], alike: int) -> int:
    """The most of so many characters that are whole words in every text, with a word after them."""
    same, least = texts[0], min(map(len, texts))
    alike = min(alike, least - 1)
    while alike > 0 and any(
        (same[alike - 1].isalnum() and each[alike].isalnum()) or not any(map(str.isalnum, each[alike:]))
        for each in texts
    ):
        alike -= 1
    return max(alike, 0)


def _about(shown: Sequence[_Column], kinds: Sequence[_Kind]) -> Iterator[str]:
    """What letters share, each kind under its name where there are several."""
    letters, languages = ({kind[place] for kind in kinds} for place in (0, 1))
    for each in shown:
        lines: list[str] = []
        for (letter, language), said in each.shared:
            name = " ".join(
                [*([letter] if len(letters) > 1 else []), *([language or "-"] if len(languages) > 1 else [])]
            )
            lines += broken(f"{name}: {said}" if name else said, WIDTH - LABEL - 1)
        if lines:
            yield labelled(each.label, *lines)
    if any("…" in said for each in shown for _, said in each.shared):
        yield labelled("", "… is what the table shows of it")


def value(found: Sequence[Row]) -> list[dict[str, Any]]:
    """`[{"email", "status", "language", "letter", "subject", "words", "first_line", "hold"}]` in that order.

    `hold` is "" where nothing holds the letter; `status` as in `letters.value`.
    """
    return [asdict(row) for row in found]
