"""Two numbers for a letter: how much it looks like spam, and how well it is made."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import floor, fsum, sqrt

from outreach.data import table
from outreach.lint.finding import Finding, Level
from outreach.lint.rule import Rule
from outreach.lint.rules import RULES, phrases
from outreach.lint.rules.phrases import STOCK_SUBJECT, TOTAL

WARNING, ERROR = 7.0, 10.0
"""Raw scores from which a letter as a whole is warned of, and held."""

_PARTS = ("subject", "text", "html")
_FEWEST_WORDS = 20  # a letter of one line is not worse than one of a paragraph
_LEVELS = tuple(Level)
_CRAFT = {Level.ERROR: 15, Level.WARNING: 6, Level.INFO: 2}
_PHRASES = frozenset(rule.code for rule in phrases.RULES)
_MOST = 2  # findings of one code that craft counts


@dataclass(frozen=True, slots=True)
class Report:
    """What the linter says of one letter. Findings are in order of part and place.

    `raw` adds up points and has no upper end; `spam` is the same from 0 to 100, where 50 is the line of an
    error. `craft` is 100 for a letter without faults. `words` are those of its own text.
    """

    findings: tuple[Finding, ...]
    raw: float
    spam: float
    craft: int
    words: int


def judge(findings: Iterable[Finding], words: int, rules: Mapping[str, Rule] = RULES) -> Report:
    """The report over these findings of a letter of so many words; the finding on the total is made anew.

    Phrases of one built-in rule that run into each other ("special offer just for you") are one finding over
    all of them, with the points of all. `rules` are those the findings are of, by code.
    """
    kept = _apart(finding for finding in findings if finding.code != TOTAL)
    raw = _down(_raw(kept, words), 100)
    every = sorted((*kept, *_total(kept, raw)), key=_place)
    return Report(tuple(every), raw, spam(raw), _craft(kept, rules), words)


def _apart(findings: Iterable[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    runs: dict[tuple[str, str], tuple[int, int]] = {}  # of a rule in a part: its last one, how far it reaches
    for each in sorted(findings, key=_place):
        last, reached = runs.get((each.code, each.part), (0, 0))
        if each.code in _PHRASES and each.start < reached:
            before = kept[last]
            worst = min(before, each, key=lambda one: _LEVELS.index(one.level))
            end, points = max(before.end, each.end), before.points + each.points
            kept[last] = replace(worst, start=before.start, end=end, points=points)
        else:
            last = len(kept)
            kept.append(each)
        runs[each.code, each.part] = last, max(reached, each.end)
    return kept


def spam(raw: float) -> float:
    """The share of spam, in percent, among letters that look like this one, were one in ten spam.

    Straight lines between the knots of packs/score.toml, cut to one decimal: 50 from `ERROR` on, not before.
    """
    raws, shares = _knots()
    raw = min(max(raw, raws[0]), raws[-1])
    right = min(bisect_right(raws, raw), len(raws) - 1)
    low, high = raws[right - 1], raws[right]
    return _down(shares[right - 1] + (shares[right] - shares[right - 1]) * (raw - low) / (high - low), 10)


def _down(value: float, steps: int) -> float:
    """Cut to so many steps a point, not rounded: no figure looks like a line that was not reached."""
    return floor(value * steps + 1e-6) / steps  # the tiny sum: 7.1 * 100 may fall short of 710


def _raw(findings: Iterable[Finding], words: int) -> float:
    """Phrases count by how thick they stand, everything else as it is."""
    phrases: list[float] = []
    other: list[float] = []
    for finding in findings:
        of_phrases = finding.code == STOCK_SUBJECT or finding.code.startswith("SPM")
        (phrases if of_phrases else other).append(finding.points)
    return 10 * fsum(phrases) / sqrt(max(_FEWEST_WORDS, words)) + fsum(other)


def _total(findings: Iterable[Finding], raw: float) -> list[Finding]:
    """The finding on the letter as a whole, if its points add up to one."""
    if raw < WARNING:
        return []
    points: defaultdict[str, float] = defaultdict(float)
    for finding in findings:
        points[finding.code] += finding.points
    most = ", ".join(sorted((code for code in points if points[code]), key=lambda code: -points[code])[:3])
    return [
        RULES[TOTAL].found(
            f"the letter as a whole looks like spam: {_down(raw, 10):g} points, most by {most}",
            level=Level.ERROR if raw >= ERROR else Level.WARNING,
            hint=f"mend these first; below {WARNING:g} points nothing is said",
        )
    ]


def _craft(findings: Iterable[Finding], rules: Mapping[str, Rule]) -> int:
    """100 less what the faults of making weigh, the worst two of each rule."""
    weights: defaultdict[str, list[int]] = defaultdict(list)
    for finding in findings:
        if finding.code in rules and rules[finding.code].craft:
            weights[finding.code].append(_CRAFT[finding.level])
    return max(0, 100 - sum(sum(sorted(each)[-_MOST:]) for each in weights.values()))


def _place(finding: Finding) -> tuple[int, int, int, str]:
    return _PARTS.index(finding.part), finding.start, finding.end, finding.code


@cache
def _knots() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Raw scores and the shares they stand for, both rising."""
    raws, shares = zip(*table("score")["knots"], strict=True)
    return raws, shares
