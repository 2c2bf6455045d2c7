"""Whose letter is unlike the others of its kind: there a wrong name, or a wrong column, shows first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

FEW = 5  # letters: of fewer nobody can say what is usual
FAR = 4.0  # times the usual distance from the middle
LEAST = 0.25  # of the middle: less than that is no oddity, however alike the others are


@dataclass(frozen=True, slots=True)
class Sketch:
    """What of somebody's letter is compared: how many words its own text has, and its first line."""

    email: str
    letter: str
    language: str
    words: int
    first_line: str


def sketch(email: str, letter: str, language: str, text: str) -> Sketch:
    """The sketch of a letter with that text, the footer left out."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return Sketch(email, letter, language, len(text.split()), first)


@dataclass(frozen=True, slots=True)
class _Usual:
    """The middle of some lengths, how far from it is far, and the longest and shortest."""

    middle: float
    far: float
    most: int
    least: int


def odd(sketches: Iterable[Sketch]) -> dict[str, str]:
    """Why somebody's letter is an outlier, by address, the oddest first.

    Text or first line is much longer or shorter than in most letters of the same name and language: further from
    the median than FAR times the median distance from it (which, unlike a mean, outliers do not move).
    """
    alike: dict[tuple[str, str], list[Sketch]] = defaultdict(list)
    for each in sketches:
        if each.words:
            alike[each.letter, each.language].append(each)
    found: dict[str, tuple[float, str]] = {}
    for group in (group for group in alike.values() if len(group) >= FEW):
        words, lines = (
            _usual([each.words for each in group]),
            _usual([len(each.first_line) for each in group]),
        )
        for each in group:
            told = [
                *_told(each.words, words, ("text", "words")),
                *_told(len(each.first_line), lines, ("first line", "characters")),
            ]
            if told:
                found[each.email] = max(told)
    order = sorted(found, key=lambda email: (-found[email][0], email))
    return {email: found[email][1] for email in order}


def _usual(lengths: list[int]) -> _Usual:
    middle = median(lengths)
    far = max(FAR * median(abs(each - middle) for each in lengths), LEAST * middle, 1.0)
    return _Usual(middle, far, max(lengths), min(lengths))


def _told(length: int, usual: _Usual, names: tuple[str, str]) -> list[tuple[float, str]]:
    """How odd a length is and how that is said; nothing for a usual one."""
    distance = abs(length - usual.middle)
    if distance <= usual.far:
        return []
    what, unit = names
    long = length > usual.middle
    extreme = {True: usual.most, False: usual.least}[long]
    grade = ("longest" if long else "shortest") if length == extreme else ("long" if long else "short")
    return [
        (distance / (usual.middle or 1), f"{grade} {what} ({length:,} {unit}, usually {usual.middle:,.0f})")
    ]


def said(reasons: Mapping[str, str], email: str) -> str:
    """ "outlier: longest text (182 words, usually 58)", "" for somebody who is none."""
    return f"outlier: {reasons[email]}" if email in reasons else ""
